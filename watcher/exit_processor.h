/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_PROCESSOR_H
#define PLASMA_WATCHER_EXIT_PROCESSOR_H

/*
 * Judges exits: what is wrong, by the names of protocol.md 11, and what is to
 * be answered. The class rules are exact: a spend known only from outside
 * applied blocks never halts, or anybody could halt everybody by revealing one
 * late. No answer is given that our own evidence says will lose. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/base/bytes.h"
#include "common/chain/competitor.h"
#include "common/chain/exit_id.h"
#include "common/chain/output.h"
#include "watcher/deadline.h"
#include "watcher/event.h"
#include "watcher/inflight_exit.h"
#include "watcher/known_spend.h"
#include "watcher/standard_exit.h"

/* What all exits of a pass are judged by. */
struct exit_world {
	uint64_t now; /* root-chain seconds */
	uint64_t exit_period;
	bool has_extensions; /* of protocol.md 14.5 */
	uint64_t leave_by;   /* T + P - 1 while the chain is halted; 0: not */
	const struct address *owners;
	size_t owner_count;
	/* Accounts that our bonds come from; owners are among them. */
	const struct address *accounts;
	size_t account_count;
};

/* An answer on the root chain. */
struct exit_response {
	enum action_kind kind;
	struct exit_id exit_id;
	unsigned int index; /* input or output of the in-flight
			     * transaction */
	bool has_spend;	    /* the answer shows this transaction: */
	struct known_spend spend;
	bool by_owner; /* only this account can send it: */
	struct address owner;
	struct window window;  /* root-chain seconds */
	struct output at_risk; /* what is lost if it is missed */
};

/* One thing that was found. */
struct exit_finding {
	bool has_event; /* else only the response matters */
	enum event_kind event;
	enum event_class class;
	struct exit_id exit_id;
	int slot;   /* of an in-flight exit; -1: the whole exit */
	bool waits; /* nothing can be done but by a person */
	bool has_response;
	struct exit_response response;
};

struct exit_findings {
	struct exit_finding *of; /* owned */
	size_t count;
	size_t capacity;
};

/* Frees; clearing twice is harmless. A zeroed struct is empty. */
void exit_findings_clear(struct exit_findings *findings);

/* ---- standard exits ---- */

struct standard_exit_case {
	struct standard_exit exit;
	uint64_t challenged_at; /* 0: no challenge stands */
	/* The output is one of an applied block, or a deposit. An exit of
	 * anything else cannot be disproved, but it can be challenged. */
	bool is_judged;
	struct known_spend_list spends;
};

/* invalid_exit, unchallenged_exit, late_spend_of_exiting_output. */
void exit_processor_judge_standard(struct exit_findings *out,
				   const struct exit_world *world,
				   const struct standard_exit_case *one);

/* ---- in-flight exits ---- */

struct in_flight_exit_case {
	const struct in_flight_exit *exit;
	/* Where the transaction stands, in whatever body. */
	struct block_place place;
	bool in_applied_block;
	uint64_t block_time; /* of the applied block */
	/* Known spends of each input, and of each output of the transaction
	 * where it stands. */
	struct known_spend_list spends[IN_FLIGHT_SLOTS];
	enum finalisation finalised[IN_FLIGHT_SLOTS];
	/* The smallest exitableAt in the queue of each slot's token for this
	 * exit id, whatever life it is of (protocol.md 11.3); UINT64_MAX: none.
	 */
	uint64_t queued_for[IN_FLIGHT_SLOTS];
};

/* non_canonical_ife, unchallenged_non_canonical_ife, invalid_ife_challenge,
 * piggyback_available, invalid_piggyback, unchallenged_piggyback,
 * late_spend_of_exiting_output; and the deletion of an empty exit whose bond is
 * ours, or that keeps our coins in a halt. */
void exit_processor_judge_in_flight(struct exit_findings *out,
				    const struct exit_world *world,
				    const struct in_flight_exit_case *one);

/* The competitor to show (protocol.md 11.1): the oldest viable one. NULL if
 * there is none. `input` is the input that both spend. */
const struct known_spend *
exit_processor_competitor(const struct in_flight_exit_case *one,
			  unsigned int *input);

/* ---- pay-outs ---- */

/* An output as the valid state had it when something was paid for it. */
struct paid_output {
	bool exists;		    /* in the valid state */
	bool is_spent;		    /* by an applied block */
	bool is_spent_by_exit;	    /* … namely by the exiting transaction */
	bool is_exited_by_other_id; /* before this log */
};

struct payout_case {
	bool is_in_flight_output;
	/* Of an in-flight output: the transaction is in an applied block. */
	bool is_included;
	/* The paid output; of an in-flight output that is not included it does
	 * not matter. */
	struct paid_output paid;
	/* Inputs of the transaction; of an in-flight output only. */
	struct paid_output inputs[PROTOCOL_MAX_INPUTS];
	size_t input_count;
};

/* True for invalid_finalized_exit. */
bool exit_processor_payout_is_invalid(const struct payout_case *one);

/* ---- queues, vaults and bonds ---- */

/* queue_stuck: the head has been due for more than P / 14. `head_due` is its
 * exitableAt; UINT64_MAX for an empty queue. */
bool exit_processor_queue_is_stuck(uint64_t head_due, uint64_t now,
				   uint64_t exit_period);

/* insolvent_vault: the vault holds less than what is owed, that is unspent and
 * unexited outputs with unclaimed pots, and credits. */
bool exit_processor_is_insolvent(struct amount balance, struct amount owed,
				 struct amount credits);

/* The class of bond_change for a bond of `bond_wei`: A above the configured
 * ceiling (zero: none). */
enum event_class exit_processor_bond_class(struct amount bond_wei,
					   struct amount ceiling_wei);

#endif
