/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_BYTES_H
#define PLASMA_COMMON_BASE_BYTES_H

/*
 * Views of bytes, and the two fixed sizes that everything here is made of.
 * A view borrows: what it points to must outlive it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *data;
	size_t len;
};

/* 32 bytes, big-endian where it stands for a number. */
struct hash {
	uint8_t bytes[32];
};

/* 20 bytes: an account or a contract of the root chain. */
struct address {
	uint8_t bytes[20];
};

/* A view of `len` bytes at `data`; `data` may be NULL when `len` is 0. */
struct bytes bytes_view(const void *data, size_t len);

/* A view of the characters of `text` without its terminating zero. */
struct bytes bytes_of_string(const char *text);

/* True if both views hold the same bytes. Takes a variable time. */
bool bytes_equal(struct bytes a, struct bytes b);

/* True if every byte is zero; true for an empty view. */
bool bytes_are_zero(struct bytes view);

/* -1, 0 or 1 by byte order; a prefix comes before what it begins. */
int bytes_compare(struct bytes a, struct bytes b);

bool hash_equal(const struct hash *a, const struct hash *b);
int hash_compare(const struct hash *a, const struct hash *b);
bool hash_is_zero(const struct hash *hash);

bool address_equal(const struct address *a, const struct address *b);
int address_compare(const struct address *a, const struct address *b);
bool address_is_zero(const struct address *address);

#endif
