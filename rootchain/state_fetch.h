/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_STATE_FETCH_H
#define PLASMA_ROOTCHAIN_STATE_FETCH_H

/*
 * The contracts' state at the head into the snapshot. Most of it follows from
 * the logs. What an endpoint is asked for is proved against the state root of
 * the head's header: codes, the ETH vault's balance, the roots of new deposits,
 * and the two counters of the framework, which have to be what the logs say.
 * The balance of an ERC-20 token alone is the answer of a view, because where a
 * token keeps it nobody knows: about that the endpoints vote.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/service/network_file.h"
#include "rootchain/rootchain_client.h"
#include "rootchain/snapshot_store.h"

struct state_fetch;

struct state_fetch_parts {
	const struct network *network;
	struct rootchain_client *client;
	struct snapshot_store *store;
	uint64_t timeout_ms;
	bool proofs; /* false: answers are believed */
};

/* Borrows the parts. Own with state_fetch_free(). */
struct state_fetch *state_fetch_new(const struct state_fetch_parts *parts);
void state_fetch_free(struct state_fetch *fetch);

/* An eth_block that was proved, and what it says its state is. */
struct state_point {
	uint64_t number;
	struct hash hash;
	struct hash state_root;
	struct root_time time;
};

/* Who else is asked for what cannot be proved. */
struct state_witnesses {
	const bool *members; /* by endpoint */
	size_t quorum;
	bool *dissent; /* set for those who say otherwise than a quorum */
};

/* Checks the child blocks of eth_blocks behind `seen`, the head so far, and
 * writes the state at `at`; the store has to be writing. ERROR_PROTOCOL: the
 * endpoint told something else than the header proves. */
NODISCARD bool state_fetch_head(struct state_fetch *fetch, size_t endpoint,
				const struct state_point *at, uint64_t seen,
				const struct state_witnesses *witnesses,
				struct error *error);

/* Whether state is proved with this network and these settings. */
bool state_fetch_is_proved(const struct state_fetch *fetch);

#endif
