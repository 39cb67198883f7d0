/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_ROOTCHAIN_CLIENT_H
#define PLASMA_ROOTCHAIN_ROOTCHAIN_CLIENT_H

/*
 * The endpoints of the root chain, each with a thread of its own, so that one
 * that hangs delays no other. A batch is handed to an endpoint and taken back
 * with its answers; what comes after nobody waits any more is thrown away.
 *
 * All functions are for one thread, the follower's, except where told.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/http_client.h"
#include "common/service/root_chain_batch.h"

struct rootchain_client;

struct rootchain_client_settings {
	struct http_limits limits;
	size_t max_answer; /* bytes */
	size_t most_calls; /* in one request; halved where a node refuses */
	uint64_t
		requests_per_second; /* to one endpoint; 0: as fast as it can */
};

/* `urls` are copied. Own with rootchain_client_free(), which ends what is under
 * way. */
struct rootchain_client *
rootchain_client_new(const char *const *urls, size_t count,
		     const struct rootchain_client_settings *settings);
void rootchain_client_free(struct rootchain_client *client);

size_t rootchain_client_count(const struct rootchain_client *client);

/* The URL without its credentials. */
const char *rootchain_client_name(const struct rootchain_client *client,
				  size_t endpoint);

/* True while an endpoint works on a batch, awaited or not. */
bool rootchain_client_is_busy(const struct rootchain_client *client,
			      size_t endpoint);

/* Hands a batch over; the endpoint must not be busy (asserted). */
void rootchain_client_start(struct rootchain_client *client, size_t endpoint,
			    struct root_chain_batch *batch_adopt);

/* Waits until every started endpoint is done or `timeout_ms` are over; once
 * `enough` of them are, no longer than `grace_ms` more. */
void rootchain_client_wait(struct rootchain_client *client, size_t enough,
			   uint64_t timeout_ms, uint64_t grace_ms);

/* Takes a batch back, the caller's to free. False with an error if the endpoint
 * failed or is still at it (ERROR_UNREACHABLE); then there is no batch, and
 * nobody waits for it any more. Asserts that it was started. */
NODISCARD bool rootchain_client_take(struct rootchain_client *client,
				     size_t endpoint,
				     struct root_chain_batch **batch,
				     struct error *error);

/* One endpoint asked and waited for. The batch is adopted, and given back as by
 * rootchain_client_take(). */
NODISCARD bool rootchain_client_ask(struct rootchain_client *client,
				    size_t endpoint,
				    struct root_chain_batch **batch,
				    uint64_t timeout_ms, struct error *error);

#endif
