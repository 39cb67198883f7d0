/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_OVERDUE_H
#define PLASMA_WATCHER_OVERDUE_H

/*
 * An obligation whose last second passed before it was met (protocol.md 10):
 * what it is for a person and for `check`. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "watcher/event.h"

#define OVERDUE_KEY_SIZE 64
/* For a buffer that one line or object is appended to. */
#define OVERDUE_CEILING 4096

struct overdue {
	enum action_kind kind;
	char key[OVERDUE_KEY_SIZE]; /* the exit and its slot, as events have it
				     */
	bool has_position;	    /* of the coin that was to leave: */
	struct position position;
	struct output at_risk;
	struct root_time wanted_at; /* since when it was known */
	struct root_time last;	    /* the second that passed */
	bool is_lost;		    /* nothing helps; else it is still tried */
};

/* What it means at `now`: CRITICAL while it is still tried and, once it is
 * lost, for min(82800, exit_period / 7) seconds more; WARNING until an exit
 * period has passed; after that it is history, OK. Seconds of root-chain time.
 */
enum severity overdue_severity(const struct overdue *one, uint64_t now,
			       uint64_t exit_period);

/* Appends it as a line for people, without the newline. */
void overdue_say(struct growing_buffer *out, const struct overdue *one);

/* Appends it as a JSON object: {"answer":…,"exit":…,"position":… or null,
 * "owner":…,"token":…,"amount":"base units","wanted_at":…,"last":…,"lost":…}.
 */
void overdue_json(struct growing_buffer *out, const struct overdue *one);

#endif
