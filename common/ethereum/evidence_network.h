/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_EVIDENCE_NETWORK_H
#define PLASMA_COMMON_ETHEREUM_EVIDENCE_NETWORK_H

/* The child chain that an evidence is about, as plasma-evidence(5) has it. */

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

/* keccak256 of the runtime code of a contract. */
struct evidence_code {
	struct address contract;
	struct hash code_hash;
};

struct evidence_network {
	uint64_t chain_id;
	struct address plasma_framework;
	struct address eth_vault;
	struct address erc20_vault;
	struct address payment_exit_game;
	uint64_t min_exit_period;	   /* seconds */
	const struct evidence_code *codes; /* borrowed */
	size_t code_count;
};

#endif
