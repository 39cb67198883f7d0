/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_COIN_BATCH_STORE_H
#define PLASMA_WATCHER_COIN_BATCH_STORE_H

/*
 * The coins that blocks have made and spent and that are not in watcher.db yet.
 * Most coins are spent soon after they were made: within a batch such a coin is
 * neither looked up nor changed in the large table, but written once, with its
 * spender; and all rows are written in order of position, each page once.
 */

#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/ledger.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "common/store/database.h"

struct coin_batch_store;

/* Own with coin_batch_store_free(). */
struct coin_batch_store *coin_batch_store_new(void);
void coin_batch_store_free(struct coin_batch_store *batch);

/* Forgets everything. */
void coin_batch_store_reset(struct coin_batch_store *batch);

/* A new coin; its position is behind those of all coins made since the batch
 * was empty (asserted). */
void coin_batch_store_make(struct coin_batch_store *batch,
			   struct position position,
			   const struct output *output);

/* The transaction at `spender` spends a coin, which was made in the batch or is
 * in the database. */
void coin_batch_store_spend(struct coin_batch_store *batch,
			    struct position position, struct position spender);

/* What the batch knows of a coin; COIN_UNKNOWN: ask the database. `output` is
 * that of a coin that was made in the batch. */
enum coin_state coin_batch_store_find(const struct coin_batch_store *batch,
				      struct output *output,
				      struct position position);

/* Asks the memory for what the batch knows of so many coins, as
 * ledger_prefetch() does. */
void coin_batch_store_prefetch(const struct coin_batch_store *batch,
			       const struct position *positions, size_t count);

/* Bytes of memory in use. */
size_t coin_batch_store_memory(const struct coin_batch_store *batch);

/* Writes everything, in the caller's transaction, and forgets it. */
NODISCARD bool coin_batch_store_write(struct coin_batch_store *batch,
				      struct database *database,
				      struct error *error);

#endif
