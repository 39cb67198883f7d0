/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_INFLIGHT_STORE_H
#define PLASMA_WATCHER_INFLIGHT_STORE_H

/*
 * Lives of in-flight exits as rows: their logs as they are, replayed into
 * values. Over the watcher's database; exit_store writes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/exit_id.h"
#include "common/ethereum/contract_events.h"
#include "common/snapshot/snapshot_reader.h"
#include "common/store/database.h"
#include "watcher/exit_place.h"
#include "watcher/exit_store.h"
#include "watcher/inflight_exit.h"

/* ---- writing, in the order of the logs ---- */

/* InFlightExitStarted, a piggyback, a challenge, a response, a blocked slot, a
 * withdrawal or an end: kept as a log of the life, with what follows from it.
 */
NODISCARD bool inflight_store_apply(const struct exit_store_terms *terms,
				    const struct snapshot_event *event,
				    struct error *error);

/* An entry of the exit left the queue of `token` at this ProcessedExitsNum, as
 * the `sequence`th of the call. */
NODISCARD bool inflight_store_processed(const struct exit_store_terms *terms,
					const struct snapshot_event *event,
					const struct exit_id *id,
					const struct token *token,
					uint64_t sequence, struct error *error);

/* Flags an output for good, by the first exit that does. */
NODISCARD bool inflight_store_flag(struct database *database,
				   const struct hash *output_id,
				   const struct exit_id *id,
				   uint64_t eth_block_number,
				   struct error *error);

/* ---- reading ---- */

struct recorded_in_flight_exit {
	struct in_flight_exit exit;
	struct exit_place place;
};

/* All that are alive, oldest first. Free with memory_free(). */
NODISCARD bool inflight_store_alive_new(struct database *database,
					struct recorded_in_flight_exit **out,
					size_t *count, uint64_t exit_period,
					struct error *error);

/* The newest life of an id, over or not. */
NODISCARD bool inflight_store_newest(struct database *database, bool *found,
				     struct recorded_in_flight_exit *out,
				     const struct exit_id *id,
				     uint64_t exit_period, struct error *error);

/* The bytes of the InFlightExitStarted log of a life; copied into the arena. */
NODISCARD bool inflight_store_start(struct database *database,
				    struct arena *arena,
				    struct in_flight_exit_started_event *out,
				    struct exit_place place,
				    struct error *error);

/* How the outputs of all slots are finalised now. */
NODISCARD bool inflight_store_finalised(struct database *database,
					enum finalisation out[IN_FLIGHT_SLOTS],
					const struct in_flight_exit *exit,
					struct error *error);

#endif
