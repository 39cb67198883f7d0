/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_STEP_H
#define PLASMA_OPERATOR_OPERATOR_STEP_H

/*
 * What the operator decides: state and event to effects, without a clock, a
 * file or a thread. The shell tells it what happened and performs what it asks
 * for: above all it writes accepted payments to disk before anybody hears of
 * them.
 *
 * The ledger holds unspent coins alone, with those of payments that wait for a
 * block; what a waiting payment spent is kept beside it, so that a block which
 * may not be committed as it stands can be formed again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/chain/fee.h"
#include "common/chain/ledger.h"
#include "operator/admission.h"
#include "operator/mempool.h"
#include "operator/refusal.h"

struct operator_settings {
	uint64_t next_blknum;	 /* the first block that is not committed */
	uint64_t interval_ms;	 /* a block waits this long for company */
	uint32_t block_payments; /* a block of this many payments closes */
	size_t queue_limit;	 /* payments that may wait */
	struct admission_policy policy;
	uint8_t seed[16]; /* randomness for hash tables */
};

struct operator_state;

/* Own with operator_state_free(). */
struct operator_state *
operator_state_new(const struct operator_settings *settings);
void operator_state_free(struct operator_state *state);

enum operator_event_kind {
	OPERATOR_EVENT_PAYMENT,	 /* a candidate with its signers */
	OPERATOR_EVENT_REPLAYED, /* a candidate accepted in an earlier life */
	OPERATOR_EVENT_TIME,	 /* look at the clock */
	OPERATOR_EVENT_FORM_NOW, /* somebody asks for a block */
	OPERATOR_EVENT_DEPOSIT_SEEN, /* not final yet */
	OPERATOR_EVENT_DEPOSIT_CREDITED,
	OPERATOR_EVENT_DEPOSIT_REVOKED, /* a reorganisation removed it */
	OPERATOR_EVENT_FROZEN,		/* an exit of a position started */
	OPERATOR_EVENT_THAWED,		/* a reorganisation removed that exit */
	OPERATOR_EVENT_HALT,		/* a watcher says halt, or no longer */
	OPERATOR_EVENT_FEES, /* another fee table, borrowed from then on */
	OPERATOR_EVENT_CHECK_BLOCK, /* might this block be signed? */
	OPERATOR_EVENT_FIX_BLOCK,   /* the same, and it is about to be */
	OPERATOR_EVENT_COMMITTED    /* its root and body are on disk */
};

struct operator_event {
	enum operator_event_kind kind;
	uint64_t now_ms; /* monotonic */
	union {
		const struct candidate *candidate;
		struct {
			uint64_t blknum;
			struct output output; /* not for SEEN and REVOKED */
		} deposit;
		struct position position; /* FROZEN, THAWED */
		bool halted;
		const struct fee_table *fees;
		uint64_t blknum; /* CHECK_BLOCK, FIX_BLOCK */
		struct {
			uint64_t blknum;
			const struct output *fees; /* fee outputs in order */
			size_t fee_count;
		} committed;
	} as;
};

enum operator_effect_kind {
	OPERATOR_EFFECT_KEEP,	   /* write the candidate to the log, answer */
	OPERATOR_EFFECT_REFUSE,	   /* answer */
	OPERATOR_EFFECT_CLOSED,	   /* block `blknum` is complete */
	OPERATOR_EFFECT_SOUND,	   /* block `blknum` may be signed as it is */
	OPERATOR_EFFECT_NOT_SOUND, /* it may not be signed now */
	OPERATOR_EFFECT_DROPPED, /* an accepted payment can never be included */
	OPERATOR_EFFECT_DONE,	 /* `block` is committed: free it some time */
	OPERATOR_EFFECT_REFORMED, /* rewrite the log: blocks have changed */
	OPERATOR_EFFECT_FINALITY_BROKEN /* a committed block spends `position`,
					   which the root chain took back */
};

struct operator_effect {
	enum operator_effect_kind kind;
	struct position position; /* KEEP: transaction; FINALITY_BROKEN */
	uint64_t blknum;
	struct hash hash;	     /* DROPPED */
	struct refusal refusal;	     /* REFUSE, DROPPED */
	struct forming_block *block; /* DONE: the receiver's */
};

/* Effects of one or more steps, in order. */
struct operator_effects {
	struct operator_effect *items;
	size_t count;
	size_t capacity;
};

void operator_effects_clear(struct operator_effects *effects);

/* Appends the effects of one event. */
void operator_step(struct operator_state *state,
		   struct operator_effects *effects,
		   const struct operator_event *event);

/* Puts a committed block of an earlier life into the state: inputs are taken
 * out, outputs put in. `transactions` are the block's, in order. An input that
 * is not there breaks the state. */
void operator_state_replay(struct operator_state *state, uint64_t blknum,
			   const struct transaction *transactions,
			   uint32_t count);

/* Says that the block has `count` transactions, for a block whose outputs are
 * in the ledger already. */
void operator_state_note_block(struct operator_state *state, uint64_t blknum,
			       uint32_t count);

/* Says that the deposit was credited in an earlier life. */
void operator_state_note_deposit(struct operator_state *state, uint64_t blknum);

/* True if a committed block spends `broken`, a deposit that the root chain took
 * back: nothing may be built on it, signed for it or kept of it. For good: only
 * a state that is made anew from disk may find the deposit there again. */
bool operator_state_is_broken(const struct operator_state *state,
			      struct position *broken);

/* True if the root chain took the deposit back: what spends it is dropped
 * before its block is fixed, and nothing is kept of it until then. */
bool operator_state_was_revoked(const struct operator_state *state,
				struct position position);

/* For the shell; all borrowed. */
struct ledger *operator_state_ledger_borrow(struct operator_state *state);
struct mempool *operator_state_mempool_borrow(struct operator_state *state);
struct admission_view operator_state_view(const struct operator_state *state);
size_t operator_state_frozen_count(const struct operator_state *state);

/* When the open block will close by itself; UINT64_MAX if it is empty. */
uint64_t operator_state_closes_at_ms(const struct operator_state *state);

#endif
