/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_CHECK_VECTORS_ETHEREUM_VECTORS_H
#define PLASMA_TESTS_CHECK_VECTORS_ETHEREUM_VECTORS_H

/* Parts of eth_blocks.json that other tests read too. */

#include <jansson.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/ethereum/eth_header.h"
#include "common/ethereum/trie_proof.h"

/* A header from its JSON; the extra data lives in the arena. */
struct eth_header vector_header(struct arena *arena, const json_t *json);

/* The nodes of a proof; returns how many there are. */
size_t vector_nodes(struct bytes nodes[TRIE_PROOF_MAX_NODES],
		    struct arena *arena, const json_t *array);

#endif
