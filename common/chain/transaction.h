/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_TRANSACTION_H
#define PLASMA_COMMON_CHAIN_TRANSACTION_H

/*
 * A transaction of the child chain as a value: payment, fee or deposit
 * (protocol.md 2.1). A deposit is a payment without inputs.
 */

#include <stdint.h>

#include "common/base/bytes.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"

struct transaction {
	uint8_t type; /* PROTOCOL_TX_TYPE_… */
	uint8_t input_count;
	uint8_t output_count;
	struct position inputs[PROTOCOL_MAX_INPUTS];
	struct output outputs[PROTOCOL_MAX_OUTPUTS];
	struct hash fee_nonce; /* fee transactions only, else zero */
	struct hash metadata;
};

#endif
