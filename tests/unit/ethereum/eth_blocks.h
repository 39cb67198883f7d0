/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_ETHEREUM_ETH_BLOCKS_H
#define PLASMA_TESTS_UNIT_ETHEREUM_ETH_BLOCKS_H

/* The vector file eth_blocks.json, for tests that change what is in it. */

#include <jansson.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

/* The file; the caller's to json_decref(). */
json_t *eth_blocks_load(void);

/* The receipts of a block as the trie holds them; returns how many. */
size_t eth_blocks_receipts(struct bytes *out, size_t capacity,
			   struct arena *arena, const json_t *block);

#endif
