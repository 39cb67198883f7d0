/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_API_H
#define PLASMA_OPERATOR_OPERATOR_API_H

/*
 * What the operator answers over HTTP: the calls of OMG-style wallets, block
 * bodies for caches and mirrors, bulk ingest, health and metrics. Called from
 * many threads at once.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/service/body_store.h"
#include "common/service/http_server.h"
#include "common/service/workers.h"
#include "operator/commit_loop.h"
#include "operator/operator_loop.h"
#include "operator/operator_status.h"
#include "operator/operator_store.h"
#include "operator/rate_limit.h"
#include "operator/submit_loop.h"

#define OPERATOR_CONTROL_KEY_SIZE 32

/* The file of the data directory that has it, as hex digits. */
#define OPERATOR_CONTROL_KEY_FILE "control_key"

struct operator_api_parts {
	struct operator_loop *loop;
	struct commit_loop *commit;
	struct body_store *bodies;
	struct operator_store *reader; /* read-only, of the API alone */
	struct operator_status *status;
	struct hash domain; /* EIP-712 separator */
	struct address framework;
	uint64_t exit_period; /* seconds */
	uint64_t deposit_margin;
	uint64_t requests_per_second; /* of one address; 0: any */
	uint64_t wasted_per_second;   /* refused payments that cost a recovery,
				       * of one address; 0: any */
	uint8_t seed[16];
	/* Of the calls for who runs the operator: that a request comes from
	 * this machine says nothing behind a reverse proxy, and websites make
	 * browsers send some. */
	uint8_t control_key[OPERATOR_CONTROL_KEY_SIZE];
};

/* The context of all handlers. */
struct operator_api {
	struct operator_api_parts parts;
	struct workers *workers;
	struct submit_loop *submits;
	struct http_route *routes;
	pthread_mutex_t reader_mutex;
	pthread_mutex_t limit_mutex; /* covers the limits */
	struct rate_limit *requests;
	struct rate_limit *wasted;
};

/* Borrows all parts. Own with operator_api_free(). */
struct operator_api *operator_api_new(const struct operator_api_parts *parts);
void operator_api_free(struct operator_api *api);

/* What it offers to a server; lives as long as the API. */
struct http_service operator_api_service(struct operator_api *api);

/* Begins an answer in JSON with status 200. False, answered, if the address
 * asks too often. */
NODISCARD bool operator_api_begin_call(struct operator_api *api,
				       struct http_response *out,
				       const struct http_request *request);

/* The same for an answer that is no envelope. */
NODISCARD bool operator_api_begin_plain(struct operator_api *api,
					struct http_response *out,
					const struct http_request *request);

/* True if the address may still cost a recovery; then what was wasted. */
NODISCARD bool operator_api_may_waste(struct operator_api *api,
				      const uint8_t peer[16]);
void operator_api_count_wasted(struct operator_api *api, const uint8_t peer[16],
			       uint64_t count);

/* A line of text as the whole answer. */
void operator_answer_api_text(struct http_response *out, unsigned int status,
			      const char *text);

#endif
