/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_DEPOSIT_FETCH_H
#define PLASMA_ROOTCHAIN_DEPOSIT_FETCH_H

/*
 * The bytes of a deposit whose event does not tell them (protocol.md 2.5): out
 * of the call of the transaction that made it, which the snapshot holds with
 * its proof, or out of a trace of it. The root of the deposit, which was
 * proved, says whether they are the right ones, whoever told them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "rootchain/rootchain_client.h"
#include "rootchain/snapshot_store.h"

struct deposit_fetch {
	struct rootchain_client *client;
	struct snapshot_store *store;
	uint64_t timeout_ms;
	/* Who is asked: the one that is followed (none, if there is no such
	 * endpoint), and then, by endpoint, whoever agrees with it. */
	size_t endpoint;
	const bool *members;
};

/* Appends the bytes of the deposit `block` with this root; `found` false: none
 * of them tells any that have it. The errors are those of the endpoint that is
 * followed, and of the store; those of others are no news. */
NODISCARD bool deposit_fetch_bytes(const struct deposit_fetch *fetch,
				   bool *found, struct growing_buffer *raw,
				   const struct stored_child_block *block,
				   const struct hash *root,
				   struct error *error);

#endif
