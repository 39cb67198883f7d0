/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_ABI_WRITER_H
#define PLASMA_COMMON_CODEC_ABI_WRITER_H

/*
 * Arguments of contract calls: words of 32 bytes, and parts of varying length
 * behind the words of the tuple that they belong to. A tuple is written in two
 * goes, first the words, then the parts in the same order:
 *
 *   struct abi_tuple tuple = abi_tuple_begin(2);          two words
 *   abi_put_u64(out, 7);
 *   abi_put_offset(out, &tuple, abi_bytes_len(raw));      where `raw` will be
 *   abi_put_bytes(out, raw);
 */

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/base/u256.h"

#define ABI_WORD ((size_t)32)

/* The first four bytes of keccak256 of "name(types)". */
void abi_put_selector(struct growing_buffer *out, const char *signature);

void abi_put_u64(struct growing_buffer *out, uint64_t number);
void abi_put_u256(struct growing_buffer *out, struct u256 number);
void abi_put_address(struct growing_buffer *out, const struct address *address);
void abi_put_hash(struct growing_buffer *out, const struct hash *hash);

/* A length, the bytes and zeros up to a whole word. */
void abi_put_bytes(struct growing_buffer *out, struct bytes view);

/* What abi_put_bytes() writes. */
size_t abi_bytes_len(struct bytes view);

/* Where the next part of a tuple will stand, from the tuple's first word. */
struct abi_tuple {
	size_t next_part;
};

/* A tuple, or the items of an array, of `words` words. */
struct abi_tuple abi_tuple_begin(size_t words);

/* The word for a part of `len` bytes. */
void abi_put_offset(struct growing_buffer *out, struct abi_tuple *tuple,
		    size_t len);

#endif
