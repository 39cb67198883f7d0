/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_MASS_EXIT_H
#define PLASMA_WATCHER_MASS_EXIT_H

/*
 * If everybody has to leave now: which of our coins leaves by which exit, in
 * which order (protocol.md section 15). Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "common/chain/transaction.h"
#include "watcher/exit_response.h"

/* One output of a watched owner, with all that decides how it leaves. */
struct own_coin {
	struct position position;
	struct output output;
	uint64_t block_time;	/* when its block was stored */
	bool in_good_state;	/* made at or before the last good block, or a
				 * finalised deposit */
	bool bytes_known;	/* we hold the transaction and its proof */
	bool exit_started;	/* a live exit of it stands, or it is paid */
	bool exit_challenged;	/* its newest exit was challenged: somebody can
				 * show a spend of it */
	unsigned int signed_by; /* distinct transactions that its owner ever
				 * signed over it and that are in no verified
				 * block */
	struct hash signed_tx;	/* the one most likely included; with
				 * signed_by > 0 */
	/* Of an exit in flight: whether this coin is the one of its inputs that
	 * the start is counted for, and the slots that are piggybacked for it,
	 * its own and, with the start, the owners' outputs. */
	bool starts_flight;
	unsigned int piggybacks;
};

enum exit_way {
	EXIT_WAY_NONE,	    /* nothing to do: already leaving */
	EXIT_WAY_STANDARD,  /* startStandardExit */
	EXIT_WAY_IN_FLIGHT, /* of the transaction that spends it */
	EXIT_WAY_IMPOSSIBLE /* say so to a person */
};

/* One value per row of the table; the text is in mass_exit_reason_text(). */
enum exit_reason {
	EXIT_REASON_SETTLED,	    /* in the good state, never signed */
	EXIT_REASON_DEPOSIT,	    /* a deposit, never signed */
	EXIT_REASON_SIGNED_AWAY,    /* a standard exit would be challenged */
	EXIT_REASON_SIGNED_TWICE,   /* as above; the coin can be lost */
	EXIT_REASON_CHALLENGED,	    /* with a spend that is not known here */
	EXIT_REASON_FEE_OUTPUT,	    /* no standard exit for fee outputs */
	EXIT_REASON_BAD_STATE,	    /* made in or after the bad block */
	EXIT_REASON_BYTES_UNKNOWN,  /* it cannot be proved */
	EXIT_REASON_ZERO_AMOUNT,    /* contracts refuse it */
	EXIT_REASON_ALREADY_LEAVING /* an exit stands */
};

struct exit_decision {
	enum exit_way way;
	enum exit_reason reason;
};

/* How one coin leaves. */
struct exit_decision mass_exit_decide(const struct own_coin *coin);

/* A sentence for people. */
const char *mass_exit_reason_text(enum exit_reason reason);

/* The payment of a coin to its owner. "Fee output: sign a payment to ourselves,
 * IFE it, piggyback its output." Of one coin it is always the same. */
struct transaction mass_exit_pay_oneself(const struct own_coin *coin);

/* A payment that is in no verified block, to a watched owner. */
struct received_payment {
	struct transaction payment;
	struct address owner;
	bool has_own_input; /* of any watched owner: it leaves as their coin */
	bool is_disputed;   /* an input is unknown, spent, exited, not signed
			     * away, or signed away otherwise: there is no exit
			     * of it, or it would lose its bond */
};

/* True if the receiver has to start the exit in flight, once the sender has
 * been silent: "only if value > 3x all bonds". Of tokens nobody knows the price
 * here. */
bool mass_exit_receiver_starts(const struct received_payment *received,
			       const struct exit_bonds *bonds);

/* Its most valuable ether output to the owner, of which there is one. */
struct output
mass_exit_largest_received(const struct received_payment *received);

/* Sorts coins into the order in which their exits are to be sent: deposits made
 * after `bad_block_time` first, then exits in flight, then by value (of their
 * own token's units), highest first, then by older position. */
void mass_exit_order(struct own_coin *coins, size_t count,
		     uint64_t bad_block_time);

/* ---- what it costs ---- */

/* What a plan is made with. */
struct mass_exit_prices {
	struct amount gas_now_wei;  /* per gas, of the newest eth_block */
	struct amount gas_high_wei; /* at a high percentile */
	struct amount standard_bond_wei;
	struct amount standard_bounty_wei;
	struct amount in_flight_bond_wei;
	struct amount piggyback_bond_wei;
	struct amount piggyback_bounty_wei;
	uint64_t now; /* root-chain seconds */
	uint64_t exit_period;
};

/* One coin's exit. Bonds are capital that comes back, bounties are cost. */
struct mass_exit_line {
	struct exit_decision decision;
	uint64_t gas; /* of all its transactions, as measured at most */
	struct amount gas_now_wei;
	struct amount gas_high_wei;
	struct amount bonds_wei;
	struct amount bounties_wei;
	bool is_stranded;    /* ether that is worth less than its exit */
	uint64_t pays_at;    /* if it is started now; 0: not at all */
	uint64_t start_last; /* the last second that helps */
};

struct mass_exit_line mass_exit_cost(const struct own_coin *coin,
				     const struct mass_exit_prices *prices);

/* What an owner has to have in ether so that its coins can leave: bonds, of
 * which bounties are a part, and gas at the high price, of all that are not
 * stranded. */
struct amount mass_exit_needs(const struct address *owner,
			      const struct own_coin *coins, size_t count,
			      const struct mass_exit_prices *prices);

/* The exitability index (formats.md 8) in percent: outputs * gas per exit / a
 * quarter of the gas of all eth_blocks from now to the deadline, `seconds` away
 * with one of `block_gas` every `block_seconds`. UINT64_MAX if there is no room
 * at all. */
uint64_t mass_exit_index(uint64_t outputs, uint64_t block_gas,
			 uint64_t block_seconds, uint64_t seconds);

#define MASS_EXIT_INDEX_WARNING 50
#define MASS_EXIT_INDEX_CRITICAL 80

#endif
