/* SPDX-License-Identifier: MIT */
#include "tests/check_vectors/vector.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"

static const char *file_name = "";
static int count;
static int failures;

void point(bool good, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	count++;
	failures += good ? 0 : 1;
	printf("%s %d - %s: ", good ? "ok" : "not ok", count, file_name);
	vprintf(format, arguments);
	puts("");
	va_end(arguments);
}

void point_file(const char *name)
{
	file_name = name;
}

int point_count(void)
{
	return count;
}

int point_failures(void)
{
	return failures;
}

void vector_stop(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("Bail out! %s: ", file_name);
	vprintf(format, arguments);
	puts("");
	va_end(arguments);
	exit(EXIT_FAILURE);
}

json_t *vector_member(const json_t *object, const char *key)
{
	json_t *member = json_object_get(object, key);
	if (member == NULL)
		vector_stop("no member %s", key);
	return member;
}

const char *vector_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(vector_member(object, key));
	if (text == NULL)
		vector_stop("%s is no string", key);
	return text;
}

struct u256 vector_u256(const json_t *object, const char *key)
{
	const json_t *member = vector_member(object, key);
	struct u256 number = U256_ZERO;
	if (json_is_integer(member) && json_integer_value(member) >= 0)
		return u256_of((uint64_t)json_integer_value(member));
	const char *text = vector_text(object, key);
	if (!u256_from_decimal(&number, text, strlen(text)))
		vector_stop("%s is no number", key);
	return number;
}

uint64_t vector_u64(const json_t *object, const char *key)
{
	uint64_t number;
	if (!u256_to_u64(&number, vector_u256(object, key)))
		vector_stop("%s needs more than 64 bits", key);
	return number;
}

struct amount vector_amount(const json_t *object, const char *key)
{
	return amount_from_u256(vector_u256(object, key));
}

struct bytes vector_hex(struct arena *arena, const char *text)
{
	size_t text_len = strlen(text);
	size_t len = text_len < 2 ? 0 : (text_len - 2) / 2;
	uint8_t *data = arena_new(arena, len + 1, 1);
	if (data == NULL || !hex_decode(data, len, text, text_len))
		vector_stop("no hexadecimal bytes: %.40s", text);
	return bytes_view(data, len);
}

struct bytes vector_bytes(struct arena *arena, const json_t *object,
			  const char *key)
{
	return vector_hex(arena, vector_text(object, key));
}

struct hash vector_hash_of(const char *text)
{
	struct hash hash;
	if (!hex_decode(hash.bytes, sizeof(hash.bytes), text, strlen(text)))
		vector_stop("no hash: %.40s", text);
	return hash;
}

struct hash vector_hash(const json_t *object, const char *key)
{
	return vector_hash_of(vector_text(object, key));
}

struct address vector_address(const json_t *object, const char *key)
{
	struct address address;
	const char *text = vector_text(object, key);
	if (!hex_decode(address.bytes, sizeof(address.bytes), text,
			strlen(text)))
		vector_stop("%s is no address", key);
	return address;
}

struct token vector_token(const json_t *object, const char *key)
{
	return (struct token){ vector_address(object, key) };
}

struct position vector_position(const json_t *object, const char *key)
{
	struct position position;
	if (!position_from_u256(&position, vector_u256(object, key)))
		vector_stop("%s is no position", key);
	return position;
}

bool vector_is_hash(const json_t *object, const char *key,
		    const struct hash *hash)
{
	struct hash expected = vector_hash(object, key);
	return hash_equal(&expected, hash);
}

bool vector_is_bytes(struct arena *arena, const json_t *object, const char *key,
		     struct bytes view)
{
	return bytes_equal(vector_bytes(arena, object, key), view);
}
