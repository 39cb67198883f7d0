/* SPDX-License-Identifier: MIT */
#include "operator/json_scan.h"

#include <string.h>

#include "common/base/cursor.h"
#include "common/base/hex.h"

static uint8_t look(const struct cursor *cursor)
{
	return cursor->left > 0 ? *cursor->at : 0;
}

static bool skip_byte(struct cursor *cursor, char expected)
{
	if (cursor->left == 0 || *cursor->at != (uint8_t)expected)
		return false;
	(void)cursor_take_byte(cursor); /* looked at */
	return true;
}

static void skip_blanks(struct cursor *cursor)
{
	while (look(cursor) == ' ' || look(cursor) == '\t' ||
	       look(cursor) == '\n' || look(cursor) == '\r')
		(void)cursor_take_byte(cursor); /* looked at */
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* The four digits of an escape: one unit of UTF-16. */
static bool take_unit(uint32_t *unit, struct cursor *cursor)
{
	struct bytes digits = cursor_take(cursor, 4);
	uint8_t bytes[2];

	if (!cursor_ok(cursor) ||
	    !hex_decode_bare(bytes, sizeof(bytes), (const char *)digits.data,
			     digits.len))
		return false;
	*unit = (uint32_t)bytes[0] << 8 | bytes[1];
	return true;
}

/* What stands behind a backslash. Halves of a pair of surrogates stand together
 * or not at all: alone they are no character. */
static bool skip_escape(struct cursor *cursor)
{
	uint8_t byte = cursor_take_byte(cursor);
	uint32_t unit;

	if (byte != 'u')
		return byte != 0 && strchr("\"\\/bfnrt", byte) != NULL;
	if (!take_unit(&unit, cursor))
		return false;
	if (unit < 0xd800 || unit > 0xdfff)
		return true;
	return unit < 0xdc00 && skip_byte(cursor, '\\') &&
	       skip_byte(cursor, 'u') && take_unit(&unit, cursor) &&
	       unit >= 0xdc00 && unit <= 0xdfff;
}

/* Skips what follows the first byte of a UTF-8 sequence (RFC 3629). */
static bool skip_utf8(struct cursor *cursor, uint8_t first)
{
	size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;

	if (first < 0xc2 || first > 0xf4)
		return false;
	for (size_t i = 0; i < more; i++) {
		uint8_t byte = cursor_take_byte(cursor);

		if ((byte & 0xc0) != 0x80)
			return false;
		if (i > 0)
			continue;
		if ((first == 0xe0 && byte < 0xa0) ||
		    (first == 0xed && byte > 0x9f) ||
		    (first == 0xf0 && byte < 0x90) ||
		    (first == 0xf4 && byte > 0x8f))
			return false;
	}
	return true;
}

/* True if none of eight bytes is below 0x20, above 0x7f, a quote or a
 * backslash: each of these leaves the highest bit of its byte set. */
static bool are_plain(const uint8_t bytes[8])
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	uint64_t quotes = word ^ each * '"';
	uint64_t slashes = word ^ each * '\\';

	return ((word | (word - each * 0x20) | (quotes - each) |
		 (slashes - each)) &
		each * 0x80) == 0;
}

/* Skips what is nothing but itself in a string: long ones are mostly that. */
static void skip_plain(struct cursor *cursor)
{
	size_t len = 0;

	while (cursor->left - len >= 8 && are_plain(cursor->at + len))
		len += 8;
	while (len < cursor->left && cursor->at[len] >= 0x20 &&
	       cursor->at[len] < 0x80 && cursor->at[len] != '"' &&
	       cursor->at[len] != '\\')
		len++;
	(void)cursor_take(cursor, len); /* so many are left */
}

static bool scan_string(struct json_value *out, struct cursor *cursor)
{
	if (!skip_byte(cursor, '"'))
		return false;
	const uint8_t *start = cursor->at;

	out->kind = JSON_KIND_STRING;
	out->has_escape = false;
	for (;;) {
		skip_plain(cursor);
		uint8_t byte = cursor_take_byte(cursor);

		if (!cursor_ok(cursor) || byte < 0x20)
			return false;
		if (byte == '"')
			break;
		if (byte == '\\') {
			out->has_escape = true;
			if (!skip_escape(cursor))
				return false;
		} else if (byte >= 0x80 && !skip_utf8(cursor, byte)) {
			return false;
		}
	}
	out->text = bytes_view(start, (size_t)(cursor->at - start) - 1);
	return cursor_ok(cursor);
}

static bool skip_digits(struct cursor *cursor)
{
	if (!is_digit(look(cursor)))
		return false;
	while (is_digit(look(cursor)))
		(void)cursor_take_byte(cursor); /* looked at */
	return true;
}

static bool scan_number(struct json_value *out, struct cursor *cursor)
{
	const uint8_t *start = cursor->at;

	(void)skip_byte(cursor, '-'); /* may be there */
	if (!skip_byte(cursor, '0') && !skip_digits(cursor))
		return false;
	if (skip_byte(cursor, '.') && !skip_digits(cursor))
		return false;
	if (skip_byte(cursor, 'e') || skip_byte(cursor, 'E')) {
		if (!skip_byte(cursor, '+'))
			(void)skip_byte(cursor, '-'); /* may be there */
		if (!skip_digits(cursor))
			return false;
	}
	out->kind = JSON_KIND_NUMBER;
	out->text = bytes_view(start, (size_t)(cursor->at - start));
	return true;
}

static bool scan_word(struct json_value *out, struct cursor *cursor)
{
	static const struct {
		const char *word;
		enum json_kind kind;
	} words[] = {
		{ "true", JSON_KIND_TRUE },
		{ "false", JSON_KIND_FALSE },
		{ "null", JSON_KIND_NULL },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].word);

		if (cursor->left >= len &&
		    memcmp(cursor->at, words[i].word, len) == 0) {
			out->kind = words[i].kind;
			out->text = cursor_take(cursor, len);
			return true;
		}
	}
	return false;
}

static bool scan_scalar(struct json_value *out, struct cursor *cursor)
{
	if (look(cursor) == '"')
		return scan_string(out, cursor);
	if (look(cursor) == '-' || is_digit(look(cursor)))
		return scan_number(out, cursor);
	return scan_word(out, cursor);
}

/* Skips the key of a member and its colon. */
static bool skip_key(struct cursor *cursor)
{
	struct json_value key;

	skip_blanks(cursor);
	if (!scan_string(&key, cursor))
		return false;
	skip_blanks(cursor);
	return skip_byte(cursor, ':');
}

/* Closes as many containers as end here. False if something else than a comma
 * or the end of the outermost follows. */
static bool close_containers(struct cursor *cursor, const char *closers,
			     size_t *depth)
{
	for (;;) {
		skip_blanks(cursor);
		if (!skip_byte(cursor, closers[*depth - 1]))
			return *depth > 0 && skip_byte(cursor, ',') &&
			       (closers[*depth - 1] == ']' || skip_key(cursor));
		if (--*depth == 0)
			return true;
	}
}

/* Scans a list or an object with all that is in it. */
static bool scan_container(struct json_value *out, struct cursor *cursor)
{
	char closers[JSON_SCAN_MAX_DEPTH] = { 0 };
	const uint8_t *start = cursor->at;
	size_t depth = 0;

	out->kind = look(cursor) == '{' ? JSON_KIND_OBJECT : JSON_KIND_LIST;
	do {
		struct json_value scalar;

		skip_blanks(cursor);
		bool is_object = look(cursor) == '{';
		if (is_object || look(cursor) == '[') {
			if (depth == JSON_SCAN_MAX_DEPTH)
				return false;
			closers[depth++] = is_object ? '}' : ']';
			(void)cursor_take_byte(cursor); /* looked at */
			skip_blanks(cursor);
			bool is_empty =
				look(cursor) == (uint8_t)closers[depth - 1];
			if (!is_empty) {
				if (is_object && !skip_key(cursor))
					return false;
				continue;
			}
		} else if (!scan_scalar(&scalar, cursor)) {
			return false;
		}
		if (!close_containers(cursor, closers, &depth))
			return false;
	} while (depth > 0);
	out->text = bytes_view(start, (size_t)(cursor->at - start));
	return cursor_ok(cursor);
}

static bool scan_value(struct json_value *out, struct cursor *cursor)
{
	skip_blanks(cursor);
	if (look(cursor) == '{' || look(cursor) == '[')
		return scan_container(out, cursor);
	return scan_scalar(out, cursor);
}

static bool scan_member(struct json_members *out, struct cursor *cursor)
{
	struct json_value key;

	if (out->count == JSON_SCAN_MAX_MEMBERS)
		return false;
	skip_blanks(cursor);
	if (!scan_string(&key, cursor) || key.has_escape)
		return false;
	for (size_t i = 0; i < out->count; i++) {
		if (bytes_equal(out->of[i].key, key.text))
			return false;
	}
	skip_blanks(cursor);
	out->of[out->count].key = key.text;
	return skip_byte(cursor, ':') &&
	       scan_value(&out->of[out->count++].value, cursor);
}

bool json_scan_object(struct json_members *out, struct bytes text)
{
	struct cursor cursor = cursor_of(text);

	out->count = 0;
	skip_blanks(&cursor);
	if (!skip_byte(&cursor, '{'))
		return false;
	skip_blanks(&cursor);
	if (!skip_byte(&cursor, '}')) {
		do {
			if (!scan_member(out, &cursor))
				return false;
			skip_blanks(&cursor);
		} while (skip_byte(&cursor, ','));
		if (!skip_byte(&cursor, '}'))
			return false;
	}
	skip_blanks(&cursor);
	return cursor_finished(&cursor);
}

const struct json_value *json_members_find(const struct json_members *members,
					   const char *key)
{
	struct bytes wanted = bytes_of_string(key);

	for (size_t i = 0; i < members->count; i++) {
		if (bytes_equal(members->of[i].key, wanted))
			return &members->of[i].value;
	}
	return NULL;
}

bool json_scan_next_element(struct json_value *out, struct bytes *rest)
{
	struct cursor cursor = cursor_of(*rest);

	/* In front of an element stands the bracket or a comma. */
	if (!skip_byte(&cursor, '[') && !skip_byte(&cursor, ','))
		return false;
	skip_blanks(&cursor);
	if (look(&cursor) == ']' || !scan_value(out, &cursor))
		return false;
	skip_blanks(&cursor);
	*rest = bytes_view(cursor.at, cursor.left);
	return true;
}
