/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_LOOP_H
#define PLASMA_OPERATOR_OPERATOR_LOOP_H

/*
 * The deciding thread: the only one that changes the state of the child chain
 * and the only one that writes accepted payments. It takes requests in batches,
 * runs a step for each event in them, puts what was accepted on disk with one
 * fsync for the whole batch, and only then lets anybody know.
 *
 * When the disk fails it ends the program with exit code 74: what is on disk is
 * not known then, and a start reads it again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "operator/accepted_store.h"
#include "operator/operator_step.h"

struct operator_loop;

/* A payment on its way in and what became of it. */
struct ticket {
	struct candidate candidate;
	struct refusal refusal;
	struct position position; /* if it was accepted */
	bool may_recover;	  /* for whoever submits it */
	bool was_recovered;
};

/* Takes state and store over, and starts the thread. Own with
 * operator_loop_stop(). */
NODISCARD bool operator_loop_start(struct operator_loop **out,
				   struct operator_state *state,
				   struct accepted_store *store,
				   struct error *error);

/* Accepts nothing more, waits for what was submitted, ends the thread. The
 * state is the caller's again. Frees. */
struct operator_state *operator_loop_stop(struct operator_loop *loop);

/* From now on payments are refused with SHUTTING_DOWN. */
void operator_loop_refuse(struct operator_loop *loop);

/* Submits payments whose signers are known, in order, and returns when all of
 * them are either refused or on disk. A ticket that is refused already is left
 * as it is. From any thread. */
void operator_loop_submit(struct operator_loop *loop, struct ticket *tickets,
			  size_t count);

/* The same without waiting: `done` is called with `context` on the deciding
 * thread, or on this one if payments are not taken any more, when all of them
 * are either refused or on disk. The tickets must live until then; `done` must
 * not wait. With `more_follow` others are being judged at this moment: the disk
 * is asked a little later, for all of them at once. */
typedef void operator_loop_done(void *context);
void operator_loop_submit_later(struct operator_loop *loop,
				struct ticket *tickets, size_t count,
				bool more_follow, operator_loop_done *done,
				void *context);

/* Refuses those that would be refused whoever signed them, as far as that can
 * be told before those ahead of them are judged; from any thread. */
void operator_loop_prejudge(struct operator_loop *loop, struct ticket *tickets,
			    size_t count);

/* Applies events in order and returns when that is done; for those of the root
 * chain, of fees and of halts. False if a committed block rests on what the
 * root chain took back: `broken` is then that position. */
NODISCARD bool operator_loop_apply(struct operator_loop *loop,
				   struct position *broken,
				   const struct operator_event *events,
				   size_t count);

/* Waits until a block closes or operator_loop_wake() is called, `timeout_ms` at
 * most. */
void operator_loop_wait_closed(struct operator_loop *loop, uint64_t timeout_ms);
void operator_loop_wake(struct operator_loop *loop);

/* The oldest block that is closed and not committed, without what may not be
 * included any more, or NULL if there is none or if it may not be signed now.
 * It stays as it is until the caller applies events or asks again. */
const struct forming_block *
operator_loop_check_next_borrow(struct operator_loop *loop);

/* The same block, from now on fixed: it stays as it is until
 * operator_loop_commit(). */
const struct forming_block *
operator_loop_fix_next_borrow(struct operator_loop *loop);

/* Says that the block that was fixed is on disk, root, body and row, with these
 * fee outputs behind its payments. */
void operator_loop_commit(struct operator_loop *loop, uint64_t blknum,
			  const struct output *fees, size_t fee_count);

/* Runs `visit` on the deciding thread between two batches. */
typedef void operator_visit(struct operator_state *state, void *context);
void operator_loop_visit(struct operator_loop *loop, operator_visit *visit,
			 void *context);

/* Runs `visit` on the deciding thread for each part of the ledger in turn
 * (ledger_part_next()), until it answers false. Payments are accepted
 * meanwhile: no batch waits longer than for COINS_BETWEEN_BATCHES coins, about
 * a millisecond. */
#define COINS_BETWEEN_BATCHES ((size_t)50000)

typedef bool operator_visit_part(struct operator_state *state, size_t part,
				 void *context);
void operator_loop_walk(struct operator_loop *loop, operator_visit_part *visit,
			void *context);

struct operator_counts {
	uint64_t accepted; /* since the start */
	uint64_t refused;
	uint64_t batches;
	uint64_t reforms; /* batches in which blocks were formed again */
	uint64_t waiting; /* payments in no committed block */
	uint64_t closed;  /* blocks that are not committed */
	uint64_t coins;	  /* unspent */
	uint64_t frozen;
	uint64_t ledger_bytes;
	uint64_t open_blknum;
	bool halted;
};

struct operator_counts operator_loop_counts(struct operator_loop *loop);

#endif
