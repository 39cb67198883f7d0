/* SPDX-License-Identifier: MIT */

/* Any text as the answer of a node: what is taken is written by jansson and
 * read again; quantities and data have one form. */

#include <stdlib.h>
#include <string.h>

#include "common/ethereum/eth_quantity.h"
#include "common/service/strict_json.h"
#include "tests/fuzz/driver.h"

const char *const fuzz_seeds[] = {
	"={\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1f\"}",
	"={\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,"
	"\"message\":\"nonce too low\"}}",
	"=[{\"result\":{\"hash\":\"0x00ff\",\"number\":\"0x10\"}},null,true,"
	"1.5e3]",
	"=\"0x\"",
	"=\"\\u00e4\\ud83d\\ude00\"",
	NULL,
};

static void check_number(const json_t *value)
{
	struct error error;
	char text[ETH_QUANTITY_SIZE];
	struct u256 number;
	struct u256 other;
	const char *from = json_string_value(value);

	bool taken = strict_json_quantity_u256(&number, value, &error);
	if (taken !=
	    (from != NULL &&
	     eth_quantity_parse(&other, from, json_string_length(value))))
		abort();
	if (!taken)
		return;
	eth_quantity_format(text, number);
	if (!u256_equal(number, other) || strlen(text) != strlen(from))
		abort();
}

static void check_members(const json_t *object)
{
	struct growing_buffer data;
	struct error error;
	uint8_t bytes[2];
	const char *text;
	uint64_t number;
	json_t *member;

	growing_buffer_init(&data, 64);
	(void)!strict_json_bytes(bytes, sizeof(bytes), object, "result",
				 &error);
	(void)!strict_json_string(&text, object, "jsonrpc", &error);
	(void)!strict_json_number(&number, object, "id", &error);
	if (strict_json_member(&member, object, "result", &error)) {
		check_number(member);
		(void)!strict_json_data(&data, member, &error);
	}
	growing_buffer_clear(&data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error;
	json_t *value = strict_json_parse_new(bytes_view(data, size), &error);

	if (value == NULL)
		return 0;
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	if (text == NULL)
		abort();
	json_t *again = strict_json_parse_new(bytes_of_string(text), &error);
	if (again == NULL || !json_equal(value, again))
		abort();
	check_number(value);
	check_members(value);
	json_decref(again);
	json_decref(value);
	free(text);
	return 0;
}
