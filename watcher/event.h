/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EVENT_H
#define PLASMA_WATCHER_EVENT_H

/*
 * What can be wrong with a chain, by the names of protocol.md section 11, and
 * what `plasma-watcher check` says of it (interfaces.md section 5).
 *
 *   HALT  stop applying blocks, latch until a person clears it, leave
 *   A     an answer is required on the root chain
 *   I     informs
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

#define EVENT_LIST(X)                                                          \
	X(INVALID_BLOCK, "invalid_block", HALT)                                \
	X(BLOCK_WITHHOLDING, "block_withholding", HALT)                        \
	X(CHANGED_ROOT, "changed_root", HALT)                                  \
	X(BLOCK_NUMBER_GAP, "block_number_gap", HALT)                          \
	X(EQUIVOCATION, "equivocation", I)                                     \
	X(INVALID_EXIT, "invalid_exit", A)                                     \
	X(UNCHALLENGED_EXIT, "unchallenged_exit", HALT)                        \
	X(INVALID_FINALIZED_EXIT, "invalid_finalized_exit", HALT)              \
	X(LATE_SPEND_OF_EXITING_OUTPUT, "late_spend_of_exiting_output", HALT)  \
	X(NON_CANONICAL_IFE, "non_canonical_ife", A)                           \
	X(UNCHALLENGED_NON_CANONICAL_IFE, "unchallenged_non_canonical_ife",    \
	  HALT)                                                                \
	X(INVALID_IFE_CHALLENGE, "invalid_ife_challenge", A)                   \
	X(PIGGYBACK_AVAILABLE, "piggyback_available", I)                       \
	X(INVALID_PIGGYBACK, "invalid_piggyback", A)                           \
	X(UNCHALLENGED_PIGGYBACK, "unchallenged_piggyback", HALT)              \
	X(INSOLVENT_VAULT, "insolvent_vault", HALT)                            \
	X(QUEUE_STUCK, "queue_stuck", A)                                       \
	X(GOVERNANCE_CHANGE, "governance_change", I)                           \
	X(BOND_CHANGE, "bond_change", I)                                       \
	X(DEPOSIT_BYTES_UNKNOWN, "deposit_bytes_unknown", I)                   \
	X(OWN_EXIT_MISSING, "own_exit_missing", A)                             \
	X(FINALITY_BROKEN, "finality_broken", HALT)                            \
	X(STALLED_ROOT_CHAIN, "stalled_root_chain", A)                         \
	X(STALLED_WATCHER, "stalled_watcher", A)                               \
	X(OPERATOR_UNREACHABLE, "operator_unreachable", I)                     \
	X(LOW_BALANCE, "low_balance", I)                                       \
	X(SIGNED_SPENDS_UNKNOWN, "signed_spends_unknown", I)

enum event_class { EVENT_CLASS_I = 0, EVENT_CLASS_A = 1, EVENT_CLASS_HALT = 2 };

/* Stored in watcher.db by its code, never by its number. */
enum event_kind {
#define EVENT_VALUE(name, code, class) EVENT_##name,
	EVENT_LIST(EVENT_VALUE)
#undef EVENT_VALUE
};

#define EVENT_COUNT 27

const char *event_code(enum event_kind kind);
enum event_class event_class_of(enum event_kind kind);
/* True for a HALT event that is about the root chain itself: while nobody knows
 * which one is the right one nothing is started, and only challenges go on
 * (protocol.md 11). */
bool event_allows_challenges_only(enum event_kind kind);
NODISCARD bool event_from_code(enum event_kind *out, const char *code);

/* The codes of monitoring plugins: the only exit codes of `check`. */
enum severity {
	SEVERITY_OK = 0,
	SEVERITY_WARNING = 1,
	SEVERITY_CRITICAL = 2,
	SEVERITY_UNKNOWN = 3
};

const char *severity_name(enum severity severity);

/* What one standing event means for `check`.
 *   answered  its answer is true on the root chain
 *   waits     it waits for a person (own credit, low balance, …) */
enum severity event_severity(enum event_kind kind, bool answered, bool waits);

/* Of two severities the one that wins: CRITICAL over UNKNOWN over WARNING over
 * OK. */
enum severity severity_worse(enum severity a, enum severity b);

#endif
