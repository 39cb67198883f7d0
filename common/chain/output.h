/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_OUTPUT_H
#define PLASMA_COMMON_CHAIN_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/chain/amount.h"

/* One output of a transaction (protocol.md 2.1). The owner of a fee output is
 * its claimer. */
struct output {
	uint8_t type; /* PROTOCOL_OUTPUT_TYPE_… */
	struct address owner;
	struct token token;
	struct amount amount;
};

bool output_equal(const struct output *a, const struct output *b);

#endif
