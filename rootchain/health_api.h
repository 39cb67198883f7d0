/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_HEALTH_API_H
#define PLASMA_ROOTCHAIN_HEALTH_API_H

/*
 * What a follower tells over HTTP about itself: /livez, /readyz and /metrics.
 * The thread that follows says after each poll how things stand; whoever asks
 * reads what was said last, and never waits for a poll.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/snapshot/snapshot_reader.h"
#include "rootchain/quorum.h"
#include "rootchain/rootchain_client.h"

/* After a poll. Everything is borrowed for the call. */
struct health_facts {
	const struct snapshot_head *head; /* NULL before the first good poll */
	const struct endpoint_record *records;
	const struct rootchain_client *client; /* names of the endpoints */
	uint64_t good_polls;		       /* since the start */
	uint64_t failed_polls;
	const char *problem; /* of the last poll; NULL: it was good */
};

struct health_api;

/* Listens on "HOST:PORT"; not ready until told otherwise. ERROR_CONFIG,
 * ERROR_CANNOT_CREATE. Own with health_api_stop(). */
NODISCARD bool health_api_start(struct health_api **out, const char *listen,
				struct error *error);

/* NULL is harmless, here and below. */
void health_api_tell(struct health_api *api, const struct health_facts *facts);

void health_api_stop(struct health_api *api);

#endif
