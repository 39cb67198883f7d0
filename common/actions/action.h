/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ACTIONS_ACTION_H
#define PLASMA_COMMON_ACTIONS_ACTION_H

/*
 * An action is something that we want to be true on the root chain and can make
 * true with one transaction. It is named by what it achieves, so that a second
 * discovery joins the first, and it is done when its goal is true, whoever made
 * it so. What happens to it is decided here from facts alone:
 *
 *	wanted -> signed -> sent -> mined -> done | moot | missed
 *
 * An action at rest (the last three) opens again when its goal is false after
 * all, until that can no longer happen: then it is settled. A last second that
 * has passed ends nothing by itself: what may still help is tried on.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/actions/fee_curve.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/base/u256.h"
#include "common/chain/amount.h"
#include "common/chain/exit_id.h"

/* The call that an action makes. Stored: the numbers never change. */
enum action_kind {
	ACTION_START_STANDARD_EXIT = 1,
	ACTION_START_IN_FLIGHT_EXIT = 2,
	ACTION_PIGGYBACK_INPUT = 3,
	ACTION_PIGGYBACK_OUTPUT = 4,
	ACTION_CHALLENGE_STANDARD_EXIT = 5,
	ACTION_CHALLENGE_NOT_CANONICAL = 6,
	ACTION_RESPOND_TO_CHALLENGE = 7,
	ACTION_CHALLENGE_INPUT_SPENT = 8,
	ACTION_CHALLENGE_OUTPUT_SPENT = 9,
	ACTION_DELETE_IN_FLIGHT_EXIT = 10,
	ACTION_PROCESS_EXITS = 11,
	ACTION_ADD_EXIT_QUEUE = 12,
	ACTION_CLAIM_CREDIT = 13,
	ACTION_DEPOSIT = 14,
	ACTION_APPROVE = 15
};

/* "challenge_standard_exit" */
const char *action_kind_name(enum action_kind kind);

/* True for what would happen twice if two transactions for it were mined
 * (deposits). Those get a second nonce only when the first can no longer be
 * used. */
bool action_kind_is_once(enum action_kind kind);

/* True for what one account alone can do for itself: its exits, its credit, its
 * deposits. All others may be sent by anybody. */
bool action_kind_is_of_account(enum action_kind kind);

/* What an action achieves, and where. */
struct action_key {
	enum action_kind kind;
	struct address contract; /* the one that is called */
	struct exit_id exit_id;	 /* or action_subject_of_token(), or zero */
	uint64_t index;		 /* input, output, vault, or running number */
};

bool action_key_equal(const struct action_key *a, const struct action_key *b);

/* A token in the place of an exit id, for queues and credits. */
struct exit_id action_subject_of_token(const struct token *token);

/* Stored: the numbers never change. */
enum action_state {
	ACTION_WANTED = 1, /* nothing signed with a nonce that still counts */
	ACTION_SIGNED = 2, /* bytes and nonce are stored */
	ACTION_SENT = 3,   /* a node took them */
	ACTION_MINED = 4,  /* in an eth_block; the goal is not seen yet */
	ACTION_DONE = 5,   /* the goal is true */
	ACTION_MOOT = 6,   /* the goal cannot become true any more */
	ACTION_MISSED = 7  /* nor can it, and it was open at its last second */
};

const char *action_state_name(enum action_state state);

/* True for done, moot and missed. */
bool action_state_is_resting(enum action_state state);

/* When a transaction makes sense, in root-chain time. */
struct action_window {
	struct root_time earliest; /* 0: at once */
	struct root_time target;   /* when it should be done; for people */
	struct root_time last;	   /* last second that is sure to help; 0: no
				    * deadline */
};

/* How far an action is. */
struct action_progress {
	enum action_state state;
	bool has_nonce;
	uint64_t nonce;
	uint64_t mined_at;   /* eth_block of our transaction, 0: none */
	uint64_t rested_at;  /* head when it came to rest, 0: it is open */
	uint64_t not_before; /* head below which nothing is signed */
	bool is_settled;
};

struct action {
	uint64_t id; /* given by the store */
	struct action_key key;
	struct address account; /* who sends it */
	struct bytes call_data; /* borrowed */
	struct u256 value_wei;	/* sent along; see the sender's refresh */
	struct action_window window;
	struct u256 value_at_risk_wei; /* what is lost if it is missed */
	struct u256 fee_cap_wei;       /* configured; for all its gas */
	bool print_only;	       /* for a person to sign and send */
	uint64_t gas_at_least; /* even if the call would work with less, as one
				* that stops by itself does; 0: the estimate */
	struct hash detail;    /* what the owner of the goal wants kept */

	/* Kept by the store and the sender. */
	struct root_time wanted_at;
	struct action_progress progress;
	struct fee_offer highest_offer; /* ever signed for it */
	struct u256 spent_wei;		/* by its used nonces, at most */
};

/* What the owner of an action says of its goal, from the snapshot. */
enum action_goal {
	ACTION_GOAL_OPEN,      /* false, and can be made true */
	ACTION_GOAL_REACHED,   /* true, whoever did it */
	ACTION_GOAL_IMPOSSIBLE /* false for ever, or no longer wanted */
};

/* What became of the nonce of an action. */
enum action_nonce_use {
	ACTION_NONCE_NONE,	/* it has none */
	ACTION_NONCE_FREE,	/* not used by any mined transaction */
	ACTION_NONCE_SUCCEEDED, /* used by our transaction, which worked */
	ACTION_NONCE_REVERTED,	/* used by our transaction, in vain */
	ACTION_NONCE_CANCELLED, /* used by our own empty transaction */
	ACTION_NONCE_FOREIGN	/* used by a transaction that is not ours */
};

/* One look at the world. */
struct action_facts {
	struct root_time now;
	uint64_t head;	    /* eth_block at which the goal was judged */
	uint64_t finalized; /* eth_block below which nothing changes */
	enum action_goal goal;
	enum action_nonce_use nonce_use;
	bool nonce_is_final; /* it is used, and that cannot change any more */
	uint64_t used_at;    /* eth_block of our transaction with the nonce */
	bool accepted;	     /* a node has the last bytes */
};

/* What is to be done with an action now. */
enum action_effect {
	ACTION_EFFECT_NONE,
	ACTION_EFFECT_SIGN,  /* reserve a nonce, sign, store, send */
	ACTION_EFFECT_SEND,  /* send the stored bytes, or replace them */
	ACTION_EFFECT_CANCEL /* fill the nonce with an empty transaction */
};

/* One step: changes `action->progress` to what the facts say and returns what
 * is to be done, after the progress is stored. Doing it twice is harmless. */
enum action_effect action_step(struct action *action,
			       const struct action_facts *facts);

/* Notes that bytes for `nonce` are stored. */
void action_note_signed(struct action *action, uint64_t nonce,
			struct fee_offer offer);

/* Notes that somebody wants it (again): an action at rest opens, and the newer
 * wish says call data, value, window and caps. While a nonce of another account
 * is held, nothing changes if it is of that account; else the nonce is given
 * up. */
void action_join(struct action *action, const struct action *wish,
		 struct root_time now);

/* True if the last second passed before the goal was true: it was missed, or it
 * is open and may come too late. */
bool action_is_overdue(const struct action *action, struct root_time now);

/* Which of two actions is served first: the earlier last second, then the
 * higher value at risk, then the older. -1, 0, 1. */
int action_compare_urgency(const struct action *a, const struct action *b);

/* Appends an action as a JSON object that is ready to be signed elsewhere:
 * {"kind":…,"from":…,"to":…,"value":"wei","data":"0x…","earliest":…,"last":…},
 * the times as unix seconds of the root chain, 0 for none. */
void action_print(struct growing_buffer *out, const struct action *action);

#endif
