/* SPDX-License-Identifier: MIT */
#include "tests/unit/ethereum/eth_blocks.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/check_vectors/vector.h"
#include "tests/unit/runner.h"

json_t *eth_blocks_load(void)
{
	const char *folder = getenv("VECTORS");
	char path[512];

	snprintf(path, sizeof(path), "%s/eth_blocks.json",
		 folder != NULL ? folder : "tests/vectors");
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_msg(file != NULL, "%s", path);
	return file;
}

size_t eth_blocks_receipts(struct bytes *out, size_t capacity,
			   struct arena *arena, const json_t *block)
{
	const json_t *receipts = vector_member(block, "receipts");
	size_t count = json_array_size(receipts);

	ck_assert_uint_le(count, capacity);
	for (size_t i = 0; i < count; i++)
		out[i] =
			vector_bytes(arena, json_array_get(receipts, i), "rlp");
	return count;
}
