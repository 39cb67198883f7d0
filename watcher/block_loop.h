/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_BLOCK_LOOP_H
#define PLASMA_WATCHER_BLOCK_LOOP_H

/*
 * Gets bodies, has them judged by common/chain/block_rules.h and applies them
 * in order, or halts the chain (protocol.md 2.8, 11). Behind a halt nothing is
 * applied any more, but bodies are still fetched: they are evidence.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/body_store.h"
#include "common/service/workers.h"
#include "common/store/database.h"
#include "watcher/block_fetch.h"
#include "watcher/ledger_store.h"
#include "watcher/pass_facts.h"

struct block_loop_parts {
	struct database *database; /* no transaction open between calls */
	struct body_store *bodies;
	struct ledger_store *ledger;
	struct block_fetch *fetch;
	struct block_fetch *ahead; /* of the same sources, for a thread */
	struct workers *workers;
	uint64_t withholding_limit; /* seconds of root-chain time */
};

struct block_loop;

/* Borrows its parts. Own with block_loop_free(). */
struct block_loop *block_loop_new(const struct block_loop_parts *parts);
void block_loop_free(struct block_loop *loop);

struct block_loop_report {
	uint64_t applied;      /* blocks of this pass */
	uint64_t transactions; /* in them */
	bool has_more;	       /* the time was over before the work */
	bool is_missing;       /* the next block cannot be applied yet: */
	uint64_t missing_block;
	struct root_time missing_since; /* its commitment */
	bool is_suspected;		/* missing for ten minutes */
	enum verdict missing_why;
};

/* Works until nothing is left, or the monotonic clock says `until_ms`. Updates
 * `facts` where a block was applied or the chain halted. ERROR_IO: the database
 * or the disk failed. */
NODISCARD bool block_loop_pass(struct block_loop *loop,
			       struct block_loop_report *report,
			       struct pass_facts *facts, uint64_t until_ms,
			       struct error *error);

#endif
