/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_TURN_H
#define PLASMA_WATCHER_EXIT_TURN_H

/* One pass of exit_loop: what its parts share. */

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/service/body_store.h"
#include "common/store/database.h"
#include "watcher/exit_loop.h"
#include "watcher/exit_processor.h"
#include "watcher/exit_response.h"
#include "watcher/known_store.h"
#include "watcher/pass_facts.h"

/* Enough for every exit that can be alive: a life with all its evidence. */
#define EXIT_TURN_ARENA ((size_t)1 << 30)

/* Signatures that a turn recovers: those of a long block, in some seconds. */
#define EXIT_TURN_RECOVERIES 65536

struct exit_turn {
	struct database *database;
	struct body_store *bodies;
	const struct exit_policy *policy;
	const struct pass_facts *facts;
	struct known_sources sources;
	struct exit_world world;
	struct exit_bonds bonds;
	struct address responder;
	/* Coins that leave although nothing halts. */
	bool leave_all;
	const struct position *leave;
	size_t leave_count;
	struct arena *arena; /* of one exit or coin of the turn */
	struct exit_report *report;
};

#endif
