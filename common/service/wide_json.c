/* SPDX-License-Identifier: MIT */
#include "common/service/wide_json.h"

#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/service/strict_json.h"

/* The longest integer that jansson takes whatever its digits are. */
#define PLAIN_LEN 18

static bool is_number_character(uint8_t c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ||
	       c == 'e' || c == 'E';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Behind the string that begins at `at`; the end if it has none. */
static size_t skip_string(struct bytes text, size_t at)
{
	for (at++; at < text.len; at++) {
		if (text.data[at] == '\\')
			at++;
		else if (text.data[at] == '"')
			return at + 1;
	}
	return text.len;
}

/* Appends the number at `at` and returns where it ends: one of many digits in
 * quotes, and a real as what no parser takes. */
static size_t copy_number(struct growing_buffer *out, struct bytes text,
			  size_t at)
{
	size_t end = at;
	bool is_integer = true;

	while (end < text.len && is_number_character(text.data[end])) {
		is_integer =
			is_integer && (is_digit(text.data[end]) ||
				       (end == at && text.data[end] == '-'));
		end++;
	}
	bool is_wide = end - at > PLAIN_LEN;
	if (!is_integer)
		(void)growing_buffer_put_byte(out, '!'); /* remembered */
	if (is_wide)
		(void)growing_buffer_put_byte(out, '"');
	(void)growing_buffer_put(out, bytes_view(text.data + at, end - at));
	if (is_wide)
		(void)growing_buffer_put_byte(out, '"');
	return end;
}

json_t *wide_json_parse_new(struct bytes text, struct error *error)
{
	struct growing_buffer plain;
	size_t at = 0;

	growing_buffer_init(&plain, 2 * text.len + 16);
	while (at < text.len) {
		size_t end = at + 1;

		if (text.data[at] == '"') {
			end = skip_string(text, at);
		} else if (is_digit(text.data[at]) || text.data[at] == '-') {
			at = copy_number(&plain, text, at);
			continue;
		}
		(void)growing_buffer_put(&plain,
					 bytes_view(text.data + at, end - at));
		at = end;
	}
	json_t *value =
		strict_json_parse_new(growing_buffer_view(&plain), error);
	growing_buffer_clear(&plain);
	return value;
}

bool wide_json_u256(struct u256 *out, const json_t *object, const char *key,
		    struct error *error)
{
	json_t *member = NULL;

	if (!strict_json_member(&member, object, key, error))
		return false;
	if (json_is_integer(member) && json_integer_value(member) >= 0) {
		*out = u256_of((uint64_t)json_integer_value(member));
		return true;
	}
	if (json_is_string(member) &&
	    u256_from_decimal(out, json_string_value(member),
			      json_string_length(member)))
		return true;
	return error_set(error, ERROR_BAD_INPUT,
			 "JSON: \"%s\" is not a whole number", key);
}

bool wide_json_u64(uint64_t *out, const json_t *object, const char *key,
		   struct error *error)
{
	struct u256 number;

	if (!wide_json_u256(&number, object, key, error))
		return false;
	return u256_to_u64(out, number)
		       ? true
		       : error_set(error, ERROR_BAD_INPUT,
				   "JSON: \"%s\" is above 2^64", key);
}
