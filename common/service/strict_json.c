/* SPDX-License-Identifier: MIT */
#include "common/service/strict_json.h"

#include <string.h>

#include "common/base/hex.h"

json_t *strict_json_parse_new(struct bytes text, struct error *error)
{
	json_error_t problem;

	if (text.len == 0) {
		(void)error_set(error, ERROR_BAD_INPUT,
				"not JSON: there is nothing");
		return NULL;
	}
	json_t *value =
		json_loadb((const char *)text.data, text.len,
			   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);

	if (value == NULL)
		(void)error_set(error, ERROR_BAD_INPUT, "not JSON: line %d: %s",
				problem.line, problem.text);
	return value;
}

bool strict_json_member(json_t **out, const json_t *object, const char *key,
			struct error *error)
{
	json_t *member = json_object_get(object, key);

	if (member == NULL)
		return error_set(error, ERROR_BAD_INPUT,
				 "JSON: there is no \"%s\"", key);
	*out = member;
	return true;
}

bool strict_json_string(const char **out, const json_t *object, const char *key,
			struct error *error)
{
	json_t *member = NULL;

	if (!strict_json_member(&member, object, key, error))
		return false;
	/* A zero byte inside would cut it where nobody looks. */
	if (!json_is_string(member) ||
	    strlen(json_string_value(member)) != json_string_length(member))
		return error_set(error, ERROR_BAD_INPUT,
				 "JSON: \"%s\" is not a string", key);
	*out = json_string_value(member);
	return true;
}

bool strict_json_number(uint64_t *out, const json_t *object, const char *key,
			struct error *error)
{
	json_t *member = NULL;

	if (!strict_json_member(&member, object, key, error))
		return false;
	if (!json_is_integer(member) || json_integer_value(member) < 0)
		return error_set(error, ERROR_BAD_INPUT,
				 "JSON: \"%s\" is not a whole number", key);
	*out = (uint64_t)json_integer_value(member);
	return true;
}

bool strict_json_bytes(uint8_t *out, size_t len, const json_t *object,
		       const char *key, struct error *error)
{
	const char *text;

	if (!strict_json_string(&text, object, key, error))
		return false;
	if (!hex_decode(out, len, text, strlen(text)))
		return error_set(error, ERROR_BAD_INPUT,
				 "JSON: \"%s\" is not %zu bytes of hex", key,
				 len);
	return true;
}

bool strict_json_data(struct growing_buffer *out, const json_t *value,
		      struct error *error)
{
	const char *text = json_string_value(value);

	if (text == NULL || json_string_length(value) < 2)
		return error_set(error, ERROR_BAD_INPUT, "JSON: no hex string");
	size_t len = (json_string_length(value) - 2) / 2;
	uint8_t *at = growing_buffer_extend(out, len);
	if (at == NULL)
		return error_set(error, ERROR_BAD_INPUT,
				 "JSON: %zu bytes of hex are too many", len);
	if (!hex_decode(at, len, text, json_string_length(value)))
		return error_set(error, ERROR_BAD_INPUT, "JSON: bad hex");
	return true;
}

bool strict_json_quantity_u256(struct u256 *out, const json_t *value,
			       struct error *error)
{
	const char *text = json_string_value(value);
	size_t digits = text == NULL ? 0 : json_string_length(value);
	char padded[65];
	uint8_t bytes[32];

	if (digits < 3 || digits > 66 || text[0] != '0' || text[1] != 'x' ||
	    (text[2] == '0' && digits > 3))
		return error_set(error, ERROR_BAD_INPUT,
				 "JSON: not a quantity of hex");
	digits -= 2;
	memset(padded, '0', 64);
	memcpy(padded + 64 - digits, text + 2, digits);
	if (!hex_decode_bare(bytes, sizeof(bytes), padded, 64))
		return error_set(error, ERROR_BAD_INPUT,
				 "JSON: not a quantity of hex");
	*out = u256_from_be(bytes);
	return true;
}

bool strict_json_quantity(uint64_t *out, const json_t *value,
			  struct error *error)
{
	struct u256 number;

	if (!strict_json_quantity_u256(&number, value, error))
		return false;
	if (!u256_to_u64(out, number))
		return error_set(error, ERROR_BAD_INPUT,
				 "JSON: a quantity above 2^64");
	return true;
}
