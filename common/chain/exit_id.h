/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_EXIT_ID_H
#define PLASMA_COMMON_CHAIN_EXIT_ID_H

/* Names of outputs and exits (protocol.md 4). */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/u256.h"
#include "common/chain/amount.h"
#include "common/chain/position.h"

/* 168 bits, big-endian. Bit 167 is set for in-flight exits. */
struct exit_id {
	uint8_t bytes[21];
};

/* The output id of output oindex of `raw` at `position`, whose block number
 * says whether it is a deposit. */
struct hash output_id(struct bytes raw, struct position position);

/* The output id that the outputs of an in-flight transaction have: the formula
 * of operator blocks, whatever the position. */
struct hash output_id_in_flight(struct bytes raw, uint32_t oindex);

struct exit_id exit_id_standard(const struct hash *output_id);
struct exit_id exit_id_in_flight(struct bytes raw);

/* The same from the hash of the raw transaction, as logs name it. */
struct exit_id exit_id_in_flight_of_hash(const struct hash *transaction_hash);

bool exit_id_is_in_flight(const struct exit_id *id);
bool exit_id_equal(const struct exit_id *a, const struct exit_id *b);
struct u256 exit_id_to_u256(const struct exit_id *id);

/* False when the number needs more than 168 bits. */
NODISCARD bool exit_id_from_u256(struct exit_id *out, struct u256 number);

/* keccak256(u256(vaultId) || token20). */
struct hash exit_queue_key(uint8_t vault_id, const struct token *token);

/* keccak256(caller20), the senderData of protocol.md 4. */
struct hash sender_data(const struct address *caller);

#endif
