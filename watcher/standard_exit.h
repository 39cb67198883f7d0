/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_STANDARD_EXIT_H
#define PLASMA_WATCHER_STANDARD_EXIT_H

/*
 * Is this standard exit honest, and is it too late to hope that somebody
 * answers it (protocol.md 7, 11)? Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/chain/exit_id.h"
#include "common/chain/output.h"
#include "common/chain/position.h"

/* The numbers are stored. */
enum standard_exit_status {
	STANDARD_EXIT_LIVE = 1,	      /* started and exitable */
	STANDARD_EXIT_CHALLENGED = 2, /* a challenge stands */
	STANDARD_EXIT_PAID = 3,	      /* ExitFinalized */
	STANDARD_EXIT_OMITTED = 4     /* processed without payment; the same id
				       * may be started again */
};

/* What the root chain says of one exit. */
struct standard_exit {
	struct exit_id id;
	struct position position; /* the exiting output */
	struct output output;
	uint64_t started_at;  /* seconds of root-chain time */
	uint64_t exitable_at; /* paid only when a block's time is later */
	enum standard_exit_status status;
};

/* What we know of the exiting output. A spend is known when its owner's
 * signature over a transaction with this input was seen anywhere. */
struct spend_facts {
	bool spend_known;
	bool in_applied_block; /* the spending transaction is valid chain */
	uint64_t spending_block_at; /* when that block was stored */
};

enum standard_exit_judgement {
	STANDARD_EXIT_HONEST,	   /* or over: nothing to do */
	STANDARD_EXIT_INVALID,	   /* invalid_exit: challenge it */
	STANDARD_EXIT_UNCHALLENGED /* unchallenged_exit: challenge it and HALT
				    */
};

/* Judges at root-chain time `now`. */
enum standard_exit_judgement
standard_exit_judge(const struct standard_exit *exit,
		    const struct spend_facts *facts, uint64_t now,
		    uint64_t exit_period);

/* True if the framework can process it in an eth_block with this time. */
bool standard_exit_is_due(const struct standard_exit *exit, uint64_t now);

#endif
