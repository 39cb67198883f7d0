/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_PRIORITY_H
#define PLASMA_COMMON_CHAIN_PRIORITY_H

/* When exits can be paid, and in which order (protocol.md 4, 8). */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/u256.h"
#include "common/chain/exit_id.h"
#include "common/chain/position.h"

/* Root-chain seconds at which a standard exit started at `now` becomes due, for
 * an output of a block stored at `block_time`. */
uint64_t exitable_at_standard(bool is_deposit, uint64_t now,
			      uint64_t block_time, uint64_t exit_period);

/* The same for an in-flight exit first piggybacked for a token at `now`, whose
 * youngest input's block was stored at `youngest_block_time`. */
uint64_t exitable_at_in_flight(uint64_t now, uint64_t youngest_block_time,
			       uint64_t exit_period);

/* exitableAt * 2^224 + priorityPosition * 2^168 + exit id. `exitable_at` must
 * be below 2^32 (asserted). */
struct u256 priority_make(uint64_t exitable_at, struct position position,
			  const struct exit_id *id);
uint64_t priority_exitable_at(struct u256 priority);
struct exit_id priority_exit_id(struct u256 priority);

/* keccak256(u256(priority) || u256(vaultId) || token20). */
struct hash priority_delegation_key(struct u256 priority, uint8_t vault_id,
				    const struct token *token);

/* L, in seconds: an exit that is not challenged, or a spend of what exits, is
 * late after it: min(82800, exit_period / 7) (protocol.md 10). */
uint64_t exit_late_after(uint64_t exit_period);

/* 1 or 2 for an in-flight exit started at `start` (protocol.md 8). */
int in_flight_phase(uint64_t now, uint64_t start, uint64_t exit_period);

/* The last second of phase 1: start + exit_period / 2 - 1. */
uint64_t in_flight_phase_1_end(uint64_t start, uint64_t exit_period);

#endif
