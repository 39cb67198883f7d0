/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_GROWING_BUFFER_H
#define PLASMA_COMMON_BASE_GROWING_BUFFER_H

/* Bytes that grow on the heap up to a ceiling chosen where it is made. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct growing_buffer {
	uint8_t *data;
	size_t len;
	size_t capacity;
	size_t ceiling;
	bool overflowed; /* something did not fit below the ceiling */
};

void growing_buffer_init(struct growing_buffer *buffer, size_t ceiling);

/* Frees; clearing twice is harmless. */
void growing_buffer_clear(struct growing_buffer *buffer);

/* Empties but keeps the memory. */
void growing_buffer_reset(struct growing_buffer *buffer);

/* Appends; past the ceiling nothing of this call is appended, `overflowed` is
 * set and false is returned, now and for every later call. */
bool growing_buffer_put(struct growing_buffer *buffer, struct bytes view);
bool growing_buffer_put_byte(struct growing_buffer *buffer, uint8_t byte);
bool growing_buffer_format(struct growing_buffer *buffer, const char *format,
			   ...) PRINTF_LIKE(2, 3);

/* Room for `len` further bytes to be written by the caller, counted as written
 * at once; NULL past the ceiling. */
uint8_t *growing_buffer_extend(struct growing_buffer *buffer, size_t len);

struct bytes growing_buffer_view(const struct growing_buffer *buffer);

/* The content as a string: a zero byte stands behind it, not counted. */
const char *growing_buffer_string(struct growing_buffer *buffer);

#endif
