/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_QUEUE_STORE_H
#define PLASMA_WATCHER_QUEUE_STORE_H

/*
 * The exit queues, replayed from ExitQueued and ProcessedExitsNum. Over the
 * watcher's database; exit_store writes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/u256.h"
#include "common/chain/amount.h"
#include "common/chain/exit_id.h"
#include "common/snapshot/snapshot_reader.h"
#include "common/store/database.h"

/* ---- writing, in the order of the logs ---- */

/* ExitQueued: its token is not known before the log that follows. */
NODISCARD bool queue_store_put(struct database *database,
			       const struct snapshot_event *event,
			       struct error *error);

/* That log: names the token of the entry and gives its exitableAt; `found`
 * false if none waits for its name. */
NODISCARD bool queue_store_name(struct database *database, bool *found,
				uint64_t *exitable_at, const struct exit_id *id,
				const struct token *token, struct error *error);

/* ProcessedExitsNum: takes the first `count` entries of a token out and gives
 * their exit ids. Free with memory_free(). */
NODISCARD bool queue_store_pop_new(struct database *database,
				   struct exit_id **out, size_t *popped,
				   const struct token *token, uint64_t count,
				   uint64_t eth_block_number,
				   struct error *error);

/* ---- reading ---- */

struct queue_entry {
	struct u256 priority;
	struct exit_id exit_id;
	uint64_t exitable_at;
};

/* The first `capacity` entries of the queue of a token, in the order in which
 * they are processed; `total` is how many there are. */
NODISCARD bool queue_store_entries(struct database *database,
				   struct queue_entry *out, size_t *count,
				   size_t capacity, uint64_t *total,
				   const struct token *token,
				   struct error *error);

/* Tokens whose queue is not empty, ascending; `count` of at most `capacity`. */
NODISCARD bool queue_store_tokens(struct database *database, struct token *out,
				  size_t *count, size_t capacity,
				  struct error *error);

/* The smallest exitableAt of an entry of the exit; UINT64_MAX if the queue of
 * the token has none. */
NODISCARD bool queue_store_due(struct database *database, uint64_t *exitable_at,
			       const struct exit_id *id,
			       const struct token *token, struct error *error);

#endif
