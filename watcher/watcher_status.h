/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_WATCHER_STATUS_H
#define PLASMA_WATCHER_WATCHER_STATUS_H

/*
 * What a pass means for a person: one severity, one line with performance data
 * as monitoring plugins print it, and the same as JSON (interfaces.md 5).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/store/database.h"
#include "watcher/block_loop.h"
#include "watcher/event.h"
#include "watcher/exit_loop.h"

#define STATUS_LINE_SIZE 512
#define STATUS_PROBLEM_SIZE 240

/* What a pass saw beside what stands in the database. */
struct pass_report {
	struct wall_time now;
	uint64_t took_ms;
	bool has_head; /* the snapshot was read: */
	uint64_t head_number;
	struct root_time head_time;
	struct wall_time last_good_poll;
	uint64_t agreeing; /* endpoints at that poll, and how many are wanted */
	uint64_t quorum;
	uint64_t exit_period;  /* seconds; 0: not known yet */
	uint64_t newest_block; /* on the root chain, 0: none */
	uint64_t applied_block;
	uint64_t own_coins; /* neither spent nor exited */
	struct block_loop_report blocks;
	struct exit_report exits;
	struct action_pass actions;
	/* What kept the pass from finding out (UNKNOWN), and what somebody
	 * should look at (WARNING); empty: nothing. */
	char problem[STATUS_PROBLEM_SIZE];
	char warning[STATUS_PROBLEM_SIZE];
	char clock[STATUS_PROBLEM_SIZE]; /* WARNING: the wall clock is wrong */
};

/* The pass found out everything that it is there for. */
bool watcher_status_is_complete(const struct pass_report *report);

/* Severity and line of a pass with what stands in the database. */
NODISCARD bool watcher_status_judge(enum severity *severity,
				    char line[STATUS_LINE_SIZE],
				    struct database *database,
				    const struct pass_report *report,
				    struct error *error);

/* Everything that the database says, as one JSON object
 * ("schema":"plasma.status/1"). */
NODISCARD bool watcher_status_json(struct growing_buffer *out,
				   struct database *database,
				   const char *datadir, struct wall_time now,
				   struct error *error);

/* One incident as a JSON object, for the hook; with the file that convinces
 * others of it, or null, as it is without `datadir`. */
struct standing_event;
void watcher_status_event_json(struct growing_buffer *out,
			       const struct standing_event *event,
			       const char *datadir);

#endif
