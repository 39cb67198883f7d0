/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_COIN_STORE_H
#define PLASMA_WATCHER_COIN_STORE_H

/*
 * The large table of watcher.db: one row for each output that was ever made.
 * Everything on the way of a block goes through here; questions of people and
 * programs go through watcher_store.h. All in the caller's transaction.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "common/store/database.h"
#include "common/store/statement.h"

/* A row as it is stored. */
struct stored_coin {
	struct output output;
	bool has_spender;
	struct position spender; /* position of the transaction */
};

/* `found` false: no such output. Whether an exit took it is not looked at. */
NODISCARD bool coin_store_find(struct database *database, bool *found,
			       struct stored_coin *coin,
			       struct position position, struct error *error);

/* A row to be written. */
struct new_coin {
	struct position position;
	struct output output;
	bool has_spender;
	struct position spender; /* position of the transaction */
};

/* New coins, in order of position if there are many. */
NODISCARD bool coin_store_insert(struct database *database,
				 const struct new_coin *coins, size_t count,
				 struct error *error);

/* Names the spender of a coin; NULL: it has none again. */
NODISCARD bool coin_store_spend(struct database *database,
				struct position position,
				const struct position *spender,
				struct error *error);

/* Removes all coins of a block, operator's or deposit. */
NODISCARD bool coin_store_delete_block(struct database *database,
				       uint64_t blknum, struct error *error);

/* Whether a coin of a watched owner has a spender. */
NODISCARD bool coin_store_spend_own(struct database *database,
				    const struct address *owner,
				    struct position position, bool spent,
				    struct error *error);

/* Remembers a coin of a watched owner; and a transaction that made or spent
 * one. */
NODISCARD bool coin_store_insert_own(struct database *database,
				     const struct address *owner,
				     struct position position,
				     struct error *error);
NODISCARD bool coin_store_insert_own_transaction(struct database *database,
						 const struct hash *hash,
						 struct position position,
						 struct error *error);

/* The coin of a deposit, and what it adds to the sum of its token; `raw` may be
 * empty. coin_store_remove_deposit() takes all of it back. */
NODISCARD bool coin_store_add_deposit(struct database *database,
				      const struct output *output,
				      struct position position,
				      struct bytes raw, struct error *error);
/* Puts the transaction of a deposit into the history of its owner, if that is
 * watched: for bytes that are found later. */
NODISCARD bool coin_store_index_deposit(struct database *database,
					const struct output *output,
					struct position position,
					struct bytes raw, struct error *error);
NODISCARD bool coin_store_remove_deposit(struct database *database,
					 const struct output *output,
					 struct position position,
					 struct error *error);

/* Token and amount from two columns of a row. */
NODISCARD bool coin_store_read_value(struct output *output,
				     struct statement *row, int token_column,
				     int amount_column, struct error *error);

#endif
