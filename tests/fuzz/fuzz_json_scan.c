/* SPDX-License-Identifier: MIT */

/* Any text for the operator's scanner: it takes no object that jansson refuses,
 * but for numbers that are too long for jansson, and finds the same members. */

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "operator/json_scan.h"
#include "tests/fuzz/driver.h"

const char *const fuzz_seeds[] = {
	"={\"transaction\":\"0xf8f8\"}",
	"={\"jsonrpc\":\"2.0\",\"id\":1,\"transactions\":[\"0xaa\",\"0xbb\"]}",
	"= { \"a\" : [ 1 , -2.5e+3 , { \"b\" : null } ] , \"c\" : true }",
	"={\"n\":115792089237316195423570985008687907853269984665640564039457}",
	"={\"s\":\"\\u00e4\\n\\\"\"}",
	"={\"pair\":\"\\ud83d\\ude00\"}",
	"={\"low\":\"\\ude00\"}",
	"={\"high\":\"\\ud83d\"}",
	"={\"twice\":\"\\ud83d\\ud83d\"}",
	NULL,
};

static void check_elements(struct bytes list)
{
	struct json_value element;
	size_t count = 0;

	while (json_scan_next_element(&element, &list))
		if (++count > 4096)
			abort();
}

static void check_member(const struct json_member *member, const json_t *object)
{
	char key[4097];

	memcpy(key, member->key.data, member->key.len);
	key[member->key.len] = '\0';
	const json_t *same = json_object_get(object, key);
	if (same == NULL)
		abort();
	const struct json_value *value = &member->value;
	if ((value->kind == JSON_KIND_STRING) != json_is_string(same) ||
	    (value->kind == JSON_KIND_LIST) != json_is_array(same) ||
	    (value->kind == JSON_KIND_OBJECT) != json_is_object(same) ||
	    (value->kind == JSON_KIND_NULL) != json_is_null(same))
		abort();
	if (value->kind == JSON_KIND_STRING && !value->has_escape &&
	    (json_string_length(same) != value->text.len ||
	     memcmp(json_string_value(same), value->text.data,
		    value->text.len) != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_members members;
	json_error_t error;

	if (!json_scan_object(&members, bytes_view(data, size)))
		return 0;
	for (size_t i = 0; i < members.count; i++)
		if (members.of[i].value.kind == JSON_KIND_LIST)
			check_elements(members.of[i].value.text);
	json_t *object = json_loadb((const char *)data, size, 0, &error);
	if (object == NULL) {
		enum json_error_code code = json_error_code(&error);

		/* Numbers, a zero byte written as an escape, and text that is
		 * no UTF-8 are judged by whoever uses the value. */
		if (code != json_error_numeric_overflow &&
		    code != json_error_null_character &&
		    code != json_error_invalid_utf8 &&
		    code != json_error_null_byte_in_key)
			abort();
		return 0;
	}
	for (size_t i = 0; i < members.count; i++)
		check_member(&members.of[i], object);
	json_decref(object);
	return 0;
}
