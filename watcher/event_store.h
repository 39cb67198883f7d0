/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EVENT_STORE_H
#define PLASMA_WATCHER_EVENT_STORE_H

/*
 * What stands against the chain (protocol.md 11): one row for each (kind, key),
 * raised again in every pass in which it is true and cleared when it is not. A
 * HALT event latches too, and only a person clears a latch. Over the watcher's
 * database; what writes does so in the caller's transaction.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/store/database.h"
#include "watcher/event.h"
#include "watcher/pass_facts.h"

#define EVENT_KEY_SIZE 80

/* An event that is true now. */
struct raised_event {
	enum event_kind kind;
	const char *key;     /* what it is about: block number, exit id, … */
	const char *facts;   /* one JSON object, for people and programs */
	struct root_time at; /* root-chain time of this pass */
	uint64_t eth_block;  /* head of this pass, for what clear_others() ends
			      */
	bool answered;	     /* its answer is true on the root chain */
	bool waits;	     /* for a person */
	/* For a HALT event: T of protocol.md 15, that is the time of the bad
	 * block or, without one, when the condition arose. */
	bool has_bad_block;
	uint64_t bad_block;
	struct root_time bad_at;
	/* Say it, but do not latch: for what is HALT for some tokens only. */
	bool informs_only;
	/* It latches although its kind does not always. */
	bool is_halt;
};

/* Raises or refreshes. `is_new` (may be NULL) is true if it did not stand. */
NODISCARD bool event_store_raise(struct database *database, bool *is_new,
				 const struct raised_event *event,
				 struct error *error);

/* Ends one event; harmless if it does not stand. A latch stays. */
NODISCARD bool event_store_clear(struct database *database,
				 enum event_kind kind, const char *key,
				 struct error *error);

/* Ends all events of a kind that were last raised at another head than this
 * eth_block: those that were not true in this pass. */
NODISCARD bool event_store_clear_others(struct database *database,
					enum event_kind kind,
					uint64_t eth_block,
					struct error *error);

struct standing_event {
	enum event_kind kind;
	char key[EVENT_KEY_SIZE];
	char *facts; /* JSON, owned */
	struct root_time first_seen;
	struct root_time last_seen;
	bool answered;
	bool waits;
	bool told; /* the hook knows it */
	bool informs_only;
};

/* All that stands, by kind and key. Free with event_store_list_free(). */
NODISCARD bool event_store_list_new(struct database *database,
				    struct standing_event **out, size_t *count,
				    struct error *error);
void event_store_list_free(struct standing_event *list, size_t count);

/* The hook has been told of the event. */
NODISCARD bool event_store_mark_told(struct database *database,
				     enum event_kind kind, const char *key,
				     struct error *error);

/* Whether the chain is halted, and by which facts: the oldest bad block wins.
 * `last_good_block` is filled from it; without a bad block it is the newest
 * applied one. */
NODISCARD bool event_store_latch(struct database *database,
				 struct latch_facts *latch,
				 struct error *error);

/* Whether the halt stops an operator block whose root was stored then ("stop
 * applying blocks", protocol.md 11). If no block is bad "the good state is the
 * current one" (15): what the root chain had when the halt arose is applied
 * yet, unless the root chain itself is in doubt. */
bool event_store_stops(const struct latch_facts *latch,
		       struct root_time committed_at);

struct latch_row {
	enum event_kind kind;
	char key[EVENT_KEY_SIZE];
	char *facts; /* owned */
	struct root_time latched_at;
	bool has_bad_block;
	uint64_t bad_block;
	struct root_time bad_at;
};

/* All latches. Free with event_store_latches_free(). */
NODISCARD bool event_store_latches_new(struct database *database,
				       struct latch_row **out, size_t *count,
				       struct error *error);
void event_store_latches_free(struct latch_row *list, size_t count);

/* True in `was` if a person has ever cleared a latch of this kind and key. */
NODISCARD bool event_store_was_cleared(struct database *database, bool *was,
				       enum event_kind kind, const char *key,
				       struct error *error);

/* A person clears all latches, and says why. Blocks behind them are judged
 * again from the first one on. `count` is how many there were. */
NODISCARD bool event_store_clear_latches(struct database *database,
					 size_t *count, const char *reason,
					 struct wall_time now,
					 struct error *error);

#endif
