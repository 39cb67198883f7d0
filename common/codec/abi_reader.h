/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_ABI_READER_H
#define PLASMA_COMMON_CODEC_ABI_READER_H

/*
 * Reads what contracts return, strictly: a value out of the range of its type,
 * bytes that pad and are not zero, and an offset that is not where an encoder
 * puts the part are failures. Like a cursor, a reader remembers the first one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/cursor.h"
#include "common/base/u256.h"

struct abi_reader {
	struct cursor cursor;
	size_t len; /* of the whole input */
};

struct abi_reader abi_reader_of(struct bytes view);

/* The next word; zero after a failure. */
struct hash abi_take_hash(struct abi_reader *reader);
struct u256 abi_take_u256(struct abi_reader *reader);
uint64_t abi_take_u64(struct abi_reader *reader);
bool abi_take_bool(struct abi_reader *reader);
struct address abi_take_address(struct abi_reader *reader);

/* A word that must have this value, such as an offset. */
void abi_expect(struct abi_reader *reader, uint64_t number);

/* A length, the bytes and their padding; points into the input. */
struct bytes abi_take_bytes(struct abi_reader *reader);

/* True if nothing failed and nothing is left. */
NODISCARD bool abi_reader_finished(const struct abi_reader *reader);

#endif
