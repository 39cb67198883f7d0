/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_AHEAD_FETCH_H
#define PLASMA_WATCHER_AHEAD_FETCH_H

/*
 * Gets bodies ahead of the thread that decides, and does with them everything
 * that needs no state: cutting, hashing, the rules of single transactions, and
 * the recovery of all signers on the workers. Small blocks wait in a row, a
 * large one is alone in memory.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/chain/block_rules.h"
#include "common/service/body_store.h"
#include "common/service/workers.h"
#include "watcher/block_fetch.h"

/* A body, and what is known of it without the state of the chain. The judge
 * points into it, so that it stays where it is. */
struct prepared_block {
	struct body_file file;
	struct block_body body; /* authenticated if `has_body` */
	bool has_body;
	bool is_stored; /* the body comes from the store */
	struct block_judge *judge;
	struct finding finding;
};

/* Own with prepared_block_free(). */
struct prepared_block *prepared_block_new(void);
void prepared_block_free(struct prepared_block *prepared);

/* Cuts the file and compares the root: rules 8-10. */
void prepared_block_authenticate(struct prepared_block *prepared,
				 const struct hash *root);

/* Judges an authenticated body by everything that needs no state, and recovers
 * its signers. */
void prepared_block_judge(struct prepared_block *prepared,
			  const struct block_facts *facts,
			  struct workers *workers);

struct ahead_fetch;

/* Borrows bodies and workers; `fetch` is used by its threads alone. Own with
 * ahead_fetch_free(). */
struct ahead_fetch *ahead_fetch_new(struct body_store *bodies,
				    struct block_fetch *fetch,
				    struct workers *workers);
void ahead_fetch_free(struct ahead_fetch *ahead);

/* True if another block can be wanted. */
bool ahead_fetch_has_room(struct ahead_fetch *ahead);

/* Wants a block, behind all that are wanted; does not wait. Needs room
 * (asserted). */
void ahead_fetch_want(struct ahead_fetch *ahead,
		      const struct block_facts *facts);

/* Number of the newest block that is wanted, 0: none is. */
uint64_t ahead_fetch_newest(struct ahead_fetch *ahead);

/* Waits for the oldest block that is wanted, if it is this one; NULL if it is
 * not, whereupon everything that is wanted is forgotten, or if no good body was
 * found: then it is the caller's to look for one. */
struct prepared_block *ahead_fetch_take_new(struct ahead_fetch *ahead,
					    uint64_t blknum,
					    const struct hash *root);

/* Forgets everything that is wanted; waits for what is under way. */
void ahead_fetch_reset(struct ahead_fetch *ahead);

#endif
