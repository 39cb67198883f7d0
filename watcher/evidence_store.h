/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EVIDENCE_STORE_H
#define PLASMA_WATCHER_EVIDENCE_STORE_H

/*
 * From what is recorded to what convinces others: where the root chain says
 * something, from the headers and receipts of the snapshot, and coins with
 * their proofs. What comes out lies in the arena. `found` false: what is
 * needed is not here; the facts stand all the same, but others have to ask the
 * root chain for them.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/ethereum/coin_evidence.h"
#include "common/ethereum/log_anchor.h"
#include "common/service/body_store.h"
#include "common/snapshot/snapshot_reader.h"
#include "common/store/database.h"
#include "watcher/inclusion_store.h"
#include "watcher/watcher_store.h"

/* Enough for all receipts of an eth_block, decoded, many times. */
#define EVIDENCE_STORE_ARENA ((size_t)1 << 30)

struct evidence_sources {
	struct snapshot_reader *snapshot; /* with its pass open */
	struct database *database;
	struct body_store *bodies;
};

/* Where a log of the contracts stands. */
NODISCARD bool evidence_store_anchor(const struct evidence_sources *sources,
				     bool *found, struct log_anchor *out,
				     struct arena *arena,
				     uint64_t eth_block_number,
				     uint32_t log_index, struct error *error);

/* Where the root of a block stands: its BlockRootSubmitted, or, of a deposit,
 * its DepositCreated. */
NODISCARD bool
evidence_store_block_anchor(const struct evidence_sources *sources, bool *found,
			    struct log_anchor *out, struct arena *arena,
			    uint64_t blknum, struct error *error);

/* Everything about a coin but network, date and bond, its exit included.
 * `found` false: the bytes of its transaction are not known. */
NODISCARD bool evidence_store_coin(const struct evidence_sources *sources,
				   bool *found, struct coin_evidence *out,
				   struct arena *arena,
				   const struct watched_coin *coin,
				   struct error *error);

#endif
