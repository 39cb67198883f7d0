/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_INFLIGHT_EXIT_H
#define PLASMA_WATCHER_INFLIGHT_EXIT_H

/*
 * One life of an in-flight exit as a value, replayed from the logs of the root
 * chain (protocol.md 8): which slots are piggybacked, whether it is canonical,
 * when its entries are due, what processing an entry pays and flags. Pure: who
 * replays says the time of each log and what is finalised.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/chain/competitor.h"
#include "common/chain/exit_id.h"
#include "common/chain/output.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction.h"
#include "common/ethereum/contract_events.h"
#include "watcher/deadline.h"

/* Slots count as the bits of exitMap do: inputs 0 to 4, outputs 5 to 9. */
#define IN_FLIGHT_OUTPUT_SLOT PROTOCOL_MAX_INPUTS
#define IN_FLIGHT_SLOTS (PROTOCOL_MAX_INPUTS + PROTOCOL_MAX_OUTPUTS)

struct in_flight_slot {
	bool present;	      /* the transaction has it */
	struct output output; /* owner, token and amount */
	struct hash output_id;
	uint64_t piggybacked_at; /* the last time; with its bit set */
	bool paid;		 /* withdrawn in this life */
};

/* What stands in a queue for one token of the exit. */
struct in_flight_entry {
	struct token token;
	uint64_t exitable_at; /* of this life: the smallest */
	bool processed;	      /* in this life, and not omitted */
};

/* The numbers are stored. */
enum in_flight_side {
	IN_FLIGHT_SIDE_OPEN = 0,
	IN_FLIGHT_SIDE_INPUTS = 1,
	IN_FLIGHT_SIDE_OUTPUTS = 2
};

enum in_flight_end {
	IN_FLIGHT_LIVE,
	IN_FLIGHT_FINALIZED, /* its last entry was processed */
	IN_FLIGHT_DELETED    /* nothing was piggybacked */
};

struct in_flight_exit {
	struct exit_id id;
	struct hash transaction_hash;
	struct transaction transaction;
	uint64_t started_at;	      /* seconds of root-chain time */
	uint64_t youngest_block_time; /* of the youngest input's block */
	uint64_t exit_period;
	unsigned int life; /* 1: the first under this id */
	struct in_flight_slot slots[IN_FLIGHT_SLOTS];
	uint16_t map;	  /* exitMap */
	uint16_t blocked; /* slots that somebody blocked, in any life so far */
	bool is_canonical;
	struct oldest_competitor oldest;
	uint64_t challenged_at; /* the last canonicity challenge; 0: none */
	struct address bond_owner;
	size_t entry_count;
	struct in_flight_entry entries[IN_FLIGHT_SLOTS];
	uint64_t queued_for; /* exitableAt of an ExitQueued whose piggyback
			      * comes next; 0: none */
	/* The first entry of a life that is processed fixes the side for all of
	 * them; `paid_side` outlives it (protocol.md 8.9, W11). */
	enum in_flight_side side;
	enum in_flight_side paid_side;
	enum in_flight_end end;
};

/* What a life needs besides its InFlightExitStarted log. */
struct in_flight_terms {
	uint64_t started_at; /* time of the log */
	uint64_t youngest_block_time;
	uint64_t exit_period;
	unsigned int life;
	enum in_flight_side paid_side; /* by earlier lives of the id */
	uint16_t blocked;	       /* in earlier lives */
};

/* A new life from its InFlightExitStarted log. False if the transaction or an
 * input transaction is not one that the contracts take: the log cannot be
 * theirs. */
NODISCARD bool
in_flight_exit_start(struct in_flight_exit *out,
		     const struct in_flight_exit_started_event *event,
		     const struct in_flight_terms *terms);

/* Replays a later log of this life at `time`: ExitQueued, a piggyback, a
 * challenge, a response, a blocked slot, a withdrawal, the end. Kinds that are
 * about something else are ignored. */
void in_flight_exit_apply(struct in_flight_exit *exit,
			  const struct contract_event *event, uint64_t time);

/* By which exit an output is finalised. */
enum finalisation {
	FINALISATION_NONE,
	FINALISATION_OWN,    /* by the same exit id */
	FINALISATION_FOREIGN /* by another */
};

/* What processing one entry does, as bits of slots. */
struct in_flight_processing {
	bool omitted; /* not due in this life: nothing happens */
	enum in_flight_side side;
	uint16_t paid;	  /* paid from the vault */
	uint16_t flagged; /* outputs finalised from now on */
	uint16_t cleared; /* their bonds return */
	bool ends;	  /* no bit is left: the record is deleted */
};

/* Protocol.md 8.6 with W10 and W11: what the entry of `token` does when it is
 * processed at `now`, given how the output of each slot is finalised. Changes
 * nothing. */
struct in_flight_processing
in_flight_exit_foresee(const struct in_flight_exit *exit,
		       const struct token *token, uint64_t now,
		       const enum finalisation finalised[IN_FLIGHT_SLOTS]);

/* Takes over what in_flight_exit_foresee() said of an entry that was processed.
 */
void in_flight_exit_process(struct in_flight_exit *exit,
			    const struct token *token,
			    const struct in_flight_processing *done);

/* What a withdrawal of slot `slot` says was flagged with it, as bits of slots
 * (protocol.md 12): of an input, the piggybacked inputs of its token; of an
 * output, all inputs and the piggybacked outputs of its token. */
uint16_t in_flight_exit_flagged_with(const struct in_flight_exit *exit,
				     unsigned int slot);

bool in_flight_exit_is_live(const struct in_flight_exit *exit);
bool in_flight_exit_has(const struct in_flight_exit *exit, unsigned int slot);

/* False if joining with a slot pays nothing: what somebody blocked they would
 * block again, and under one id one side is paid, ever (protocol.md 8.9, W11).
 * Whether it is finalised is not known here. */
bool in_flight_exit_may_pay(const struct in_flight_exit *exit,
			    unsigned int slot);

/* The smallest exitableAt of this life's entries; UINT64_MAX before the first
 * piggyback. With `token` of that token's alone. */
uint64_t in_flight_exit_due_at(const struct in_flight_exit *exit,
			       const struct token *token);

/* The youngest input's position, which orders the exit. */
struct position in_flight_exit_youngest(const struct in_flight_exit *exit);

/* True while a response or a canonicity challenge is not refused because an
 * entry was processed. */
bool in_flight_exit_side_is_open(const struct in_flight_exit *exit);

#endif
