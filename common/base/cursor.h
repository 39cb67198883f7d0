/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_CURSOR_H
#define PLASMA_COMMON_BASE_CURSOR_H

/*
 * Reads outside bytes from front to back and remembers the first failure.
 * After a failure every read gives zeros and stays failed, so a parser may
 * read a whole structure and ask once at the end.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct cursor {
	const uint8_t *at;
	size_t left;
	bool failed;
};

/* A cursor at the first of the view's bytes, which it borrows. */
struct cursor cursor_of(struct bytes view);

/* The next `len` bytes as a view into the input; empty and failed if fewer are
 * left. */
struct bytes cursor_take(struct cursor *cursor, size_t len);

uint8_t cursor_take_byte(struct cursor *cursor);

/* The next byte without moving; 0 and failed at the end. */
uint8_t cursor_peek(struct cursor *cursor);

/* A big-endian number of `len` bytes, 1 to 8. */
uint64_t cursor_take_number(struct cursor *cursor, size_t len);

struct hash cursor_take_hash(struct cursor *cursor);
struct address cursor_take_address(struct cursor *cursor);

void cursor_fail(struct cursor *cursor);

bool cursor_ok(const struct cursor *cursor);

/* True if nothing failed and nothing is left. */
NODISCARD bool cursor_finished(const struct cursor *cursor);

#endif
