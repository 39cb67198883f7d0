/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_HISTORY_FETCH_H
#define PLASMA_ROOTCHAIN_HISTORY_FETCH_H

/*
 * Eth_blocks from an endpoint into the snapshot: headers that link, receipts
 * that have their header's root, and what follows from the logs in them. What
 * cannot be proved is refused with ERROR_PROTOCOL and the endpoint's name.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/network_file.h"
#include "rootchain/follower.h"
#include "rootchain/rootchain_client.h"
#include "rootchain/snapshot_store.h"

struct history_fetch;

struct history_fetch_parts {
	const struct network *network;
	struct rootchain_client *client;
	struct snapshot_store *store;
	uint64_t timeout_ms; /* for one batch, whatever its size */
	bool proofs;	     /* false: hashes of transactions are believed */
};

/* Borrows the parts. Own with history_fetch_free(). */
struct history_fetch *
history_fetch_new(const struct history_fetch_parts *parts);
void history_fetch_free(struct history_fetch *fetch);

/* Which hash the endpoint has for a number; `found` false: none. */
NODISCARD bool history_fetch_hash(struct history_fetch *fetch, bool *found,
				  struct hash *hash, size_t endpoint,
				  uint64_t number, struct error *error);

/* Fetches `first` to `last`, at most HISTORY_FETCH_MOST, and writes them; the
 * store has to be writing. `parent` NULL: `first` is where the contracts were
 * deployed and has to have the network file's hash. `is_linked` false, with
 * nothing written: `first` does not stand on `parent`. */
#define HISTORY_FETCH_MOST 1024
NODISCARD bool history_fetch_range(struct history_fetch *fetch, bool *is_linked,
				   struct stored_eth_block *new_tip,
				   size_t endpoint, const struct hash *parent,
				   uint64_t first, uint64_t last,
				   struct error *error);

/* False once something was believed. */
bool history_fetch_is_proved(const struct history_fetch *fetch);

#endif
