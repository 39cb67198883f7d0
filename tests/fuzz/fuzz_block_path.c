/* SPDX-License-Identifier: MIT */

/* Any text behind /blocks/ and /blocks/by-number/: what is taken as a root or
 * as a number is written in exactly one way. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/chain/protocol.h"
#include "common/service/omg_answer.h"
#include "tests/fuzz/driver.h"

#define TEXT_SIZE 4097

const char *const fuzz_seeds[] = {
	"=1111111111111111111111111111111111111111111111111111111111111111",
	"=00aabbccddeeff00112233445566778899aabbccddeeff001122334455667788",
	"=1000",
	"=0",
	"=9223372036854775000",
	"=../operator.db",
	NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_SIZE];
	char again[HEX_SIZE(32)];
	struct hash root;
	uint64_t number;

	memcpy(text, data, size);
	text[size] = '\0';
	if (omg_answer_read_root(&root, text)) {
		hex_encode_bare(again, bytes_view(root.bytes, 32));
		if (strcmp(again, text) != 0)
			abort();
	}
	if (decimal_parse_u64(&number, text, PROTOCOL_MAX_BLOCK_NUMBER)) {
		(void)snprintf(again, sizeof(again), "%llu",
			       (unsigned long long)number);
		if (strcmp(again, text) != 0)
			abort();
	}
	return 0;
}
