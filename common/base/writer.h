/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_WRITER_H
#define PLASMA_COMMON_BASE_WRITER_H

/*
 * Writes into a buffer of the caller, whose size is the ceiling. Remembers an
 * overflow and then writes nothing more; `needed` goes on counting.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct writer {
	uint8_t *start;
	size_t capacity;
	size_t len;    /* bytes written */
	size_t needed; /* bytes that were asked for */
};

struct writer writer_of(void *buffer, size_t capacity);
void writer_put(struct writer *writer, struct bytes view);
void writer_put_byte(struct writer *writer, uint8_t byte);

/* Big-endian, exactly `len` bytes, 1 to 8; the number must fit (asserted). */
void writer_put_number(struct writer *writer, uint64_t number, size_t len);

void writer_put_zeros(struct writer *writer, size_t count);

/* True if all that was put fitted. */
NODISCARD bool writer_ok(const struct writer *writer);

/* What has been written, borrowed from the buffer. */
struct bytes writer_view(const struct writer *writer);

#endif
