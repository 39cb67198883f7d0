/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_OMG_ANSWER_H
#define PLASMA_COMMON_SERVICE_OMG_ANSWER_H

/*
 * The envelope in which the calls of OMG-style wallets are answered, always
 * with status 200:
 *
 *	{"version":…,"service_name":…,"success":true,"data":…}
 *
 * and the same with an error as data. Amounts and positions are raw integers of
 * up to 256 bits. Beside them the bodies of blocks as files that never change.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/base/u256.h"
#include "common/service/http_server.h"

/* Up to the data, which the caller appends before omg_answer_end(). */
void omg_answer_begin(struct growing_buffer *out, const char *service);
void omg_answer_end(struct growing_buffer *out);

/* The same end for a list of which this is one page. */
void omg_answer_end_page(struct growing_buffer *out, uint64_t page,
			 uint64_t limit);

/* Replaces what is there by a refusal with this code, "area:reason". */
void omg_answer_refuse(struct growing_buffer *out, const char *service,
		       const char *code, const char *description);

/* A string with its quotes; what JSON cannot carry is left out. */
void omg_answer_put_string(struct growing_buffer *out, const char *text);

/* The same for a sentence of ours that strangers may read: of the URLs in it no
 * more than the host, for what stands behind that is often the key of an
 * account there. */
void omg_answer_put_prose(struct growing_buffer *out, const char *text);

/* Hex digits: without 0x; or as a string with 0x and quotes. */
void omg_answer_put_digits(struct growing_buffer *out, struct bytes bytes);
void omg_answer_put_hex(struct growing_buffer *out, struct bytes bytes);

/* A raw integer. */
void omg_answer_put_u256(struct growing_buffer *out, struct u256 number);

/* A body is named by the 64 lower-case hex digits of its root: false for any
 * other name. */
NODISCARD bool omg_answer_read_root(struct hash *root, const char *name);

/* Answers with a body that is open as `file`, which is taken over, or with 304
 * if the client has it. */
void omg_answer_body(struct http_response *response,
		     const struct http_request *request,
		     const struct hash *root, int file, uint64_t len);

#endif
