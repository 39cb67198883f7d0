/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_ANSWER_API_H
#define PLASMA_OPERATOR_ANSWER_API_H

/* The answers of common/service/omg_answer.h in the name of the operator. */

#include <stdbool.h>

#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"

/* Up to the data, which the caller appends before answer_api_end(). */
void answer_api_begin(struct growing_buffer *out);
void answer_api_end(struct growing_buffer *out);

/* Replaces what is there by a refusal "AREA:REASON". */
void answer_api_refuse(struct growing_buffer *out, const char *area,
		       const char *reason, const char *description);

/* Hex digits, without 0x. */
void answer_api_put_hex(struct growing_buffer *out, struct bytes bytes);

#endif
