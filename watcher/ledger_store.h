/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_LEDGER_STORE_H
#define PLASMA_WATCHER_LEDGER_STORE_H

/*
 * Blocks on their way into the verified chain and out of it again: loads the
 * coins that a block needs, writes what it did, and undoes what a
 * reorganisation of the root chain took away. Writes run in the caller's
 * transaction.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/block_rules.h"
#include "common/chain/ledger.h"
#include "common/service/body_store.h"
#include "common/store/database.h"
#include "watcher/watcher_store.h"

struct ledger_store;

/* Borrows database and bodies; copies the owners. Own with
 * ledger_store_free(). */
struct ledger_store *ledger_store_new(struct database *database,
				      struct body_store *bodies,
				      const struct address *owners,
				      size_t owner_count);
void ledger_store_free(struct ledger_store *store);

/* How many bytes of coins may be held back, 8 MiB unless it is said: a block
 * that makes more is written in pieces. */
void ledger_store_hold(struct ledger_store *store, size_t bytes);

/* What a judgement rested on that the root chain may still take back. */
struct ledger_footing {
	/* The highest eth_block of a deposit that is spent, and of an exit that
	 * took an input; 0: none. */
	uint64_t newest_eth_block;
	bool has_unknown_deposit; /* an input with the number of a deposit that
				   * is not on the root chain */
};

/* Begins with a block, which rests on nothing yet. */
void ledger_store_begin(struct ledger_store *store,
			struct ledger_footing *footing);

/* Fills `ledger` with what the transactions in work spend: exited by logs
 * before that of the block, spent by other blocks, or unspent. What is unknown
 * is left out. */
NODISCARD bool ledger_store_load(struct ledger_store *store,
				 struct ledger *ledger,
				 struct ledger_footing *footing,
				 const struct block_judge *judge,
				 const struct watched_block *block,
				 struct error *error);

/* Applies a valid block, all of whose inputs were loaded: its coins, and who
 * spent which. Coins of accounts that nobody here looks after are held back for
 * the next ledger_store_write(), as far as memory allows. */
NODISCARD bool ledger_store_apply(struct ledger_store *store,
				  const struct block_judge *judge,
				  const struct block_body *body,
				  const struct watched_block *block,
				  struct error *error);

/* Writes what is held back; before a commit, and before anything else reads the
 * table of coins. */
NODISCARD bool ledger_store_write(struct ledger_store *store,
				  struct error *error);

/* Forgets what is held back; after a rollback. */
void ledger_store_forget(struct ledger_store *store);

/* True when it is time to commit: so much is held back, or was written in the
 * midst of a block. */
bool ledger_store_is_full(const struct ledger_store *store);

/* Takes back every block, deposit and exit of eth_block `first_undone` and
 * later. Bodies stay. Blocks at or below `final_number` are remembered for
 * comparison. */
NODISCARD bool ledger_store_undo(struct ledger_store *store,
				 uint64_t first_undone, bool final_known,
				 uint64_t final_number, struct error *error);

/* For each transaction of a block that is known to be invalid: whether an
 * applied block holds the same raw bytes (rule 41). `known` has one flag per
 * transaction of the body. */
NODISCARD bool ledger_store_find_duplicates(struct ledger_store *store,
					    bool *known,
					    const struct block_judge *judge,
					    const struct block_body *body,
					    struct error *error);

#endif
