/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_RESPONSE_H
#define PLASMA_WATCHER_EXIT_RESPONSE_H

/*
 * From an answer to the call that gives it (protocol.md 7, 8, 14): every index,
 * proof and witness in its place. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/chain/amount.h"
#include "common/chain/exit_id.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "watcher/exit_processor.h"

/* The bytes that an answer shows besides the spend. Borrowed. */
struct response_bytes {
	struct bytes exiting_tx;   /* of a standard exit */
	struct bytes in_flight_tx; /* of an in-flight exit */
	struct bytes input_tx;	   /* that made the disputed input */
	struct position input_position;
	/* Where the in-flight transaction (respond, output spent) or the
	 * competitor (not canonical) stands, and its 512-byte proof. */
	struct position position;
	struct bytes proof;
};

/* Appends the call data of a challenge, a response, a piggyback or a deletion
 * that `sender` sends. `kind` must be one of these (asserted), and what the
 * kind shows must be given. A competitor in a block is shown with its place
 * only if `bytes` has a proof of it. */
void exit_response_encode(struct growing_buffer *out,
			  const struct exit_response *response,
			  const struct response_bytes *bytes,
			  const struct address *sender);

/* What starts an exit of an own coin. */
struct provable_output {
	struct position position;
	struct bytes raw;   /* the transaction that made it */
	struct bytes proof; /* 512 bytes */
};

void exit_response_start_standard(struct growing_buffer *out,
				  const struct provable_output *output);

/* `inputs[i]` is what input i of the transaction spends, `witnesses[i]` the
 * signature of its owner. */
void exit_response_start_in_flight(
	struct growing_buffer *out, struct bytes in_flight_tx,
	const struct provable_output inputs[PROTOCOL_MAX_INPUTS],
	const struct signature witnesses[PROTOCOL_MAX_INPUTS], size_t count);

/* The bonds as they are now. */
struct exit_bonds {
	struct amount standard_exit_wei;
	struct amount in_flight_exit_wei;
	struct amount piggyback_wei;
};

/* What has to be sent along: a bond, or nothing. */
struct amount exit_response_value(enum action_kind kind,
				  const struct exit_bonds *bonds);

/* The number that tells canonicity challenges of one exit apart: 0 for a
 * competitor in no block, else one more than its place. */
uint64_t exit_response_competitor_index(const struct known_spend *competitor);

/* What of `value_at_risk` counts in wei: ether as it is; of tokens nobody knows
 * the price here, so that they count as much as anything, and the configured
 * cap decides. `reward_wei` is what the answer itself earns. */
struct u256 exit_response_value_at_risk(const struct output *at_risk,
					struct amount reward_wei);

#endif
