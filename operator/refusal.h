/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_REFUSAL_H
#define PLASMA_OPERATOR_REFUSAL_H

/*
 * Why a payment is not accepted: one of the block rules of protocol.md 2.8,
 * with the code of its verdict, or one of the operator's own rules below
 * (protocol.md 2.7). plasma-operator(1) lists the same codes, and a test
 * compares.
 */

#include <stdbool.h>

#include "common/chain/verdict.h"

#define REFUSAL_LIST(X)                                                        \
	X(FEE_TX_NOT_ACCEPTED, "fee_tx_not_accepted",                          \
	  "only the operator makes fee transactions")                          \
	X(DEPOSIT_NOT_FINAL, "deposit_not_final",                              \
	  "an input is a deposit that is not final on the root chain yet")     \
	X(INPUT_EXITING, "input_exiting",                                      \
	  "an exit of an input has started on the root chain")                 \
	X(FEES_NOT_COVERED, "fees_not_covered",                                \
	  "the payment leaves no fee, too little of it, or in a token that "   \
	  "is not taken")                                                      \
	X(OVERPAYING_FEES, "overpaying_fees",                                  \
	  "the payment leaves more than the fee, which is taken exactly")      \
	X(MULTIPLE_POTENTIAL_CURRENCY_FEES,                                    \
	  "multiple_potential_currency_fees",                                  \
	  "the payment leaves a surplus in more than one token")               \
	X(CHAIN_HALTED, "chain_halted",                                        \
	  "a watcher reports that the chain cannot be trusted")                \
	X(DUST, "dust", "an output is worth less than its exit would cost")    \
	X(OUTPUTS_LIMITED, "outputs_limited",                                  \
	  "the chain has as many outputs as the root chain can let out in "    \
	  "time: only payments with no more outputs than inputs are taken")    \
	X(TOO_MANY_REFUSED, "too_many_refused",                                \
	  "too many payments of this address were refused: try again")         \
	X(QUEUE_FULL, "queue_full",                                            \
	  "too many payments wait for a block: try again")                     \
	X(SHUTTING_DOWN, "shutting_down",                                      \
	  "the operator is going down: try again")

enum refusal_kind {
	REFUSAL_NONE = 0,
	REFUSAL_BREAKS_RULE, /* see the verdict */
#define REFUSAL_VALUE(name, code, text) REFUSAL_##name,
	REFUSAL_LIST(REFUSAL_VALUE)
#undef REFUSAL_VALUE
};

struct refusal {
	enum refusal_kind kind;
	enum verdict verdict; /* VERDICT_VALID unless BREAKS_RULE */
};

#define REFUSED_NOT ((struct refusal){ REFUSAL_NONE, VERDICT_VALID })

/* A refusal by one of the operator's own rules. */
struct refusal refusal_of(enum refusal_kind kind);

/* A refusal by a block rule; no refusal for VERDICT_VALID. */
struct refusal refusal_of_verdict(enum verdict verdict);

bool refusal_is_none(struct refusal refusal);

/* The reason as it stands behind "submit:" on the wire; "none" for none. */
const char *refusal_code(struct refusal refusal);

/* A sentence for people. */
const char *refusal_text(struct refusal refusal);

#endif
