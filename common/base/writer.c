/* SPDX-License-Identifier: MIT */
#include "common/base/writer.h"

#include <assert.h>
#include <string.h>

struct writer writer_of(void *buffer, size_t capacity)
{
	return (struct writer){ buffer, capacity, 0, 0 };
}

/* Room for `len` bytes; NULL if they do not fit, or something did not. */
static uint8_t *extend(struct writer *writer, size_t len)
{
	bool fits = writer->needed == writer->len &&
		    len <= writer->capacity - writer->len;

	writer->needed += len;
	if (!fits)
		return NULL;
	uint8_t *at = writer->start + writer->len;
	writer->len += len;
	return at;
}

void writer_put(struct writer *writer, struct bytes view)
{
	if (view.len == 0)
		return;
	uint8_t *at = extend(writer, view.len);

	if (at != NULL)
		memcpy(at, view.data, view.len);
}

void writer_put_byte(struct writer *writer, uint8_t byte)
{
	writer_put(writer, bytes_view(&byte, 1));
}

void writer_put_number(struct writer *writer, uint64_t number, size_t len)
{
	uint8_t bytes[8];

	assert(len >= 1 && len <= 8);
	assert(len == 8 || number >> (8 * len) == 0);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(number >> (8 * (len - 1 - i)));
	writer_put(writer, bytes_view(bytes, len));
}

void writer_put_zeros(struct writer *writer, size_t count)
{
	if (count == 0)
		return;
	uint8_t *at = extend(writer, count);

	if (at != NULL)
		memset(at, 0, count);
}

bool writer_ok(const struct writer *writer)
{
	return writer->needed == writer->len;
}

struct bytes writer_view(const struct writer *writer)
{
	return bytes_view(writer->start, writer->len);
}
