/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_STORE_H
#define PLASMA_WATCHER_EXIT_STORE_H

/*
 * What the logs of the root chain say about exits (protocol.md 7, 8, 12):
 * standard exits here, in-flight exits in inflight_store, queues in
 * queue_store, pay-outs, credits and notices in payout_store. Rows name their
 * eth_block, so that a reorganisation can be undone and told again. Each output
 * that an exit finalises is marked in the verified chain at the very log.
 *
 * Over the watcher's database; what writes does so in the caller's transaction.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/exit_id.h"
#include "common/chain/position.h"
#include "common/snapshot/snapshot_reader.h"
#include "common/store/database.h"
#include "watcher/exit_place.h"
#include "watcher/known_store.h"
#include "watcher/standard_exit.h"

/* What a log is recorded with. */
struct exit_store_terms {
	struct known_sources sources;
	uint64_t exit_period;
};

/* Records what one event says about exits; other kinds are ignored. Events come
 * in order, each once, those of blocks and deposits having been recorded before
 * the ones that follow them. */
NODISCARD bool exit_store_apply(const struct exit_store_terms *terms,
				const struct snapshot_event *event,
				struct error *error);

/* Forgets everything that logs of eth_block `first` and later ones said. */
NODISCARD bool exit_store_undo(struct database *database, uint64_t first,
			       struct error *error);

struct recorded_standard_exit {
	struct standard_exit exit;
	struct exit_place place;
	uint64_t challenged_at; /* 0: no challenge stands */
	uint64_t ended_at;	/* 0: it is in the queue */
};

/* All that are in a queue, those due soonest first. Free with memory_free(). */
NODISCARD bool
exit_store_alive_standard_new(struct database *database,
			      struct recorded_standard_exit **out,
			      size_t *count, struct error *error);

/* The newest of any state, newest first, at most `limit`. */
NODISCARD bool exit_store_all_standard_new(struct database *database,
					   struct recorded_standard_exit **out,
					   size_t *count, size_t limit,
					   struct error *error);

/* The newest life of an id, and of an output. */
NODISCARD bool exit_store_standard(struct database *database, bool *found,
				   struct recorded_standard_exit *out,
				   const struct exit_id *id,
				   struct error *error);
NODISCARD bool exit_store_standard_of_output(struct database *database,
					     bool *found,
					     struct recorded_standard_exit *out,
					     struct position position,
					     struct error *error);

/* Appends the raw transaction that made the exiting output. */
NODISCARD bool exit_store_output_tx(struct database *database,
				    struct growing_buffer *raw,
				    struct exit_place place,
				    struct error *error);

#endif
