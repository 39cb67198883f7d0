/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_PIGGYBACK_STORE_H
#define PLASMA_OPERATOR_PIGGYBACK_STORE_H

/*
 * Outputs that are piggybacked are frozen (protocol.md 12), for a block that
 * spends one later halts the chain. Where they are has to be found
 * (piggyback_search.h).
 *
 * A transaction that is in no block when its in-flight exit is seen never gets
 * into one: its inputs are frozen before. So each piggyback is looked at once.
 * What a waiting payment has spent already is not looked for: it is in a block
 * long before that would be too late.
 */

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/body_store.h"
#include "operator/operator_loop.h"
#include "operator/operator_store.h"

/* What it works with; all borrowed. */
struct piggyback_parts {
	struct operator_loop *loop;
	struct operator_store *store;
	struct body_store *bodies;
};

/* Freezes what was piggybacked since it was last called, on disk and in the
 * state. On the thread that commits blocks. The errors of the stores. */
NODISCARD bool piggyback_store_freeze(const struct piggyback_parts *parts,
				      struct error *error);

#endif
