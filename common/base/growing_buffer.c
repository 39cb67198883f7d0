/* SPDX-License-Identifier: MIT */
#include "common/base/growing_buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"

void growing_buffer_init(struct growing_buffer *buffer, size_t ceiling)
{
	*buffer = (struct growing_buffer){ .ceiling = ceiling };
}

void growing_buffer_clear(struct growing_buffer *buffer)
{
	memory_free(buffer->data);
	growing_buffer_init(buffer, buffer->ceiling);
}

void growing_buffer_reset(struct growing_buffer *buffer)
{
	buffer->len = 0;
	buffer->overflowed = false;
}

/* Memory for `len` bytes and a zero byte behind them. */
static void reserve(struct growing_buffer *buffer, size_t len)
{
	if (len < buffer->capacity)
		return;
	size_t capacity = buffer->capacity == 0 ? 256 : 2 * buffer->capacity;

	if (capacity <= len)
		capacity = len + 1;
	buffer->data = memory_resize(buffer->data, capacity, 1);
	buffer->capacity = capacity;
}

uint8_t *growing_buffer_extend(struct growing_buffer *buffer, size_t len)
{
	if (buffer->overflowed || len > buffer->ceiling - buffer->len) {
		buffer->overflowed = true;
		return NULL;
	}
	reserve(buffer, buffer->len + len);
	uint8_t *at = buffer->data + buffer->len;
	buffer->len += len;
	return at;
}

bool growing_buffer_put(struct growing_buffer *buffer, struct bytes view)
{
	uint8_t *at = growing_buffer_extend(buffer, view.len);

	if (at == NULL)
		return false;
	if (view.len > 0)
		memcpy(at, view.data, view.len);
	return true;
}

bool growing_buffer_put_byte(struct growing_buffer *buffer, uint8_t byte)
{
	return growing_buffer_put(buffer, bytes_view(&byte, 1));
}

bool growing_buffer_format(struct growing_buffer *buffer, const char *format,
			   ...)
{
	size_t room = buffer->capacity - buffer->len;
	va_list arguments;
	va_list again;

	va_start(arguments, format);
	va_copy(again, arguments);
	/* What fits is written at once, with the zero byte. */
	int len =
		vsnprintf(room == 0 ? NULL : (char *)buffer->data + buffer->len,
			  room, format, arguments);
	va_end(arguments);
	uint8_t *at =
		len < 0 ? NULL : growing_buffer_extend(buffer, (size_t)len);
	/* There is always room for the zero byte, see reserve(). */
	if (at != NULL && (size_t)len >= room)
		(void)vsnprintf((char *)at, (size_t)len + 1, format, again);
	va_end(again);
	return at != NULL;
}

struct bytes growing_buffer_view(const struct growing_buffer *buffer)
{
	return bytes_view(buffer->data, buffer->len);
}

const char *growing_buffer_string(struct growing_buffer *buffer)
{
	reserve(buffer, buffer->len);
	buffer->data[buffer->len] = 0;
	return (const char *)buffer->data;
}
