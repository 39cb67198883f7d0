/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_HEADS_FETCH_H
#define PLASMA_ROOTCHAIN_HEADS_FETCH_H

/* Where each endpoint is: asked of all at once, and judged one by one. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/ethereum/eth_header.h"
#include "common/service/network_file.h"
#include "rootchain/rootchain_client.h"

/* The most endpoints that one follower asks. */
#define HEADS_FETCH_MAX_ENDPOINTS 32

struct endpoint_head {
	bool is_asked; /* false: not now, or still busy */
	bool is_answered;
	bool is_late;	    /* nobody waited for it any longer */
	struct error error; /* if asked and not answered as it should be */
	uint64_t number;
	struct hash hash;
	struct hash parent_hash;
	struct hash state_root;
	struct root_time time;
	/* Nodes of some development chains have no such tags. */
	bool has_safe;
	uint64_t safe;
	bool has_finalized;
	uint64_t finalized;
	/* What it has where everybody agreed before. */
	bool has_anchor;
	struct hash anchor_hash;
};

/* Asks the endpoints for which `ask[i]` holds and which are not busy, and waits
 * until `enough` have answered and a little longer, `timeout_ms` at most.
 * `anchor` is the number of an eth_block whose hash they are asked for, too.
 * Another chain id, another eth_block of the deployment, a framework that says
 * otherwise than the network (network_check.h) and headers that are not what
 * their hash says are errors of the endpoint. */
void heads_fetch(struct endpoint_head out[HEADS_FETCH_MAX_ENDPOINTS],
		 struct rootchain_client *client, const bool *ask,
		 const struct network *network, uint64_t anchor, size_t enough,
		 uint64_t timeout_ms);

/* Which hash each of them has for an eth_block; `known[i]` false: it has none,
 * or did not answer. */
void heads_fetch_hashes(struct hash *out, bool *known,
			struct rootchain_client *client, const bool *ask,
			uint64_t number, size_t enough, uint64_t timeout_ms);

#endif
