/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_RLP_WRITER_H
#define PLASMA_COMMON_CODEC_RLP_WRITER_H

/*
 * Writes canonical RLP. A list is written as its header, which needs the length
 * of its payload, and then its items: the _len functions say how long an item
 * will be.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/u256.h"
#include "common/base/writer.h"

/* The longest header: one byte and a length of eight. */
#define RLP_HEADER_MAX 9

/* Bytes of a string, of a number, and of a list with this payload. */
size_t rlp_string_len(struct bytes view);
size_t rlp_u64_len(uint64_t number);
size_t rlp_u256_len(struct u256 number);
size_t rlp_list_len(size_t payload_len);

void rlp_put_string(struct writer *out, struct bytes view);
void rlp_put_u64(struct writer *out, uint64_t number);
void rlp_put_u256(struct writer *out, struct u256 number);
void rlp_put_list_header(struct writer *out, size_t payload_len);

/* What stands before the bytes of a string, which the caller writes: nothing
 * for one that is its own encoding. */
void rlp_put_string_header(struct writer *out, struct bytes view);

#endif
