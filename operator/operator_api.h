/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_API_H
#define PLASMA_OPERATOR_OPERATOR_API_H

/*
 * What the operator answers over HTTP: the calls of OMG-style wallets, block
 * bodies for caches and mirrors, bulk ingest, health and metrics. Called from
 * many threads at once.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "operator/body_store.h"
#include "operator/operator_loop.h"
#include "operator/operator_status.h"
#include "operator/operator_store.h"

/* Longest bodies: of a call, and of bulk ingest. */
#define OPERATOR_API_MAX_CALL ((size_t)4 << 20)
#define OPERATOR_API_MAX_BULK ((size_t)64 << 20)

struct operator_api_parts {
	struct operator_loop *loop;
	struct body_store *bodies;
	struct operator_store *reader; /* read-only, of the API alone */
	struct operator_status *status;
	struct hash domain; /* EIP-712 separator */
	struct address framework;
	uint64_t exit_period; /* seconds */
	uint64_t deposit_margin;
};

struct operator_api;

/* Borrows all parts. Own with operator_api_free(). */
struct operator_api *operator_api_new(const struct operator_api_parts *parts);
void operator_api_free(struct operator_api *api);

struct api_request {
	const char *method;
	const char *path;
	struct bytes body;
	const char *if_none_match; /* NULL if there is none */
	bool is_local;		   /* comes from this machine */
};

struct api_answer {
	unsigned int status;
	const char *content_type;
	struct growing_buffer body; /* unless there is a file */
	int file;		    /* -1: none; the caller's to close */
	uint64_t file_len;
	bool is_immutable;
	char etag[72];	   /* empty: none */
	char location[80]; /* empty: none */
};

/* Answers one request. The caller owns `out` and clears it. */
void operator_api_answer(struct operator_api *api, struct api_answer *out,
			 const struct api_request *request);
void api_answer_clear(struct api_answer *answer);

/* The longest body that a request may have. */
size_t operator_api_max_body(const char *path);

#endif
