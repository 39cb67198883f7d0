/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_API_H
#define PLASMA_OPERATOR_OPERATOR_API_H

/*
 * What the operator answers over HTTP: the calls of OMG-style wallets, block
 * bodies for caches and mirrors, bulk ingest, health and metrics. Called from
 * many threads at once.
 */

#include <stdint.h>

#include "common/base/bytes.h"
#include "common/service/http_server.h"
#include "operator/body_store.h"
#include "operator/operator_loop.h"
#include "operator/operator_status.h"
#include "operator/operator_store.h"

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

/* The routes; their context is a struct operator_api. */
extern const struct http_route operator_api_routes[];

#endif
