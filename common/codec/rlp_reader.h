/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_RLP_READER_H
#define PLASMA_COMMON_CODEC_RLP_READER_H

/*
 * Reads canonical RLP (protocol.md 2.3): one encoding per value, each item ends
 * inside its parent, and nothing recurses on the input. Like a cursor, a reader
 * remembers its first failure and gives empty items from then on.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/cursor.h"
#include "common/base/u256.h"

/* Both views point into the input. */
struct rlp_item {
	bool is_list;
	struct bytes payload;
	struct bytes encoding; /* header and payload */
};

/* Walks over the items of one list. */
struct rlp_reader {
	struct cursor cursor;
};

/* The items that lie one after the other in `payload`. */
struct rlp_reader rlp_reader_of(struct bytes payload);

/* The items inside `item`, as it stands; failed if it is not a list. */
struct rlp_reader rlp_reader_into(const struct rlp_item *item);

/* The next item; failed, and an empty string, if there is none or it breaks
 * rules 2-5. Its payload is not looked at. */
struct rlp_item rlp_reader_next(struct rlp_reader *reader);

/* True while there is something left and nothing failed. */
bool rlp_reader_has_more(const struct rlp_reader *reader);

bool rlp_reader_ok(const struct rlp_reader *reader);

/* True if nothing failed and nothing is left. */
NODISCARD bool rlp_reader_finished(const struct rlp_reader *reader);

/* The number of items left; the reader does not move. Failed items end it. */
size_t rlp_reader_count(struct rlp_reader reader);

/* One item that fills `input` exactly (rule 1). */
NODISCARD bool rlp_item_read(struct rlp_item *out, struct bytes input);

/* True if the item keeps rules 2-5 at every depth. Lists nested deeper than
 * RLP_DEPTH_MAX are refused, which no transaction reaches. */
#define RLP_DEPTH_MAX 1024
NODISCARD bool rlp_item_is_canonical(const struct rlp_item *item);

/* Rule 6: a string of 0 to 32 (or 8) bytes without a leading zero byte. */
NODISCARD bool rlp_item_to_u256(struct u256 *out, const struct rlp_item *item);
NODISCARD bool rlp_item_to_u64(uint64_t *out, const struct rlp_item *item);

/* Rule 7: strings of exactly 20 and 32 bytes. */
NODISCARD bool rlp_item_to_address(struct address *out,
				   const struct rlp_item *item);
NODISCARD bool rlp_item_to_hash(struct hash *out, const struct rlp_item *item);

#endif
