/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_BLOCK_H
#define PLASMA_COMMON_CHAIN_BLOCK_H

/*
 * The body of a child block: the RLP list of signed transactions, nothing else
 * (formats.md 3), and the rules 8-10 of protocol.md 2.8, which say whether a
 * body belongs to a root.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/verdict.h"

/* The first rule that a block breaks. */
struct finding {
	enum verdict verdict;
	bool has_tx_index;
	uint32_t tx_index;
};

#define FINDING_VALID ((struct finding){ VERDICT_VALID, false, 0 })

/* Where the signatures of a transaction lie in a body; its fields follow them.
 */
struct frame_place {
	uint32_t at;
	uint32_t signatures_len;
	uint32_t fields_len;
};

/* A body cut into its transactions. The bytes it was read from must outlive it.
 */
struct block_body {
	uint32_t count;
	struct frame_place *places; /* owned */
	struct hash *leaves;	    /* owned: of the raw forms */
	struct hash root;	    /* of the leaves */
	struct bytes bytes;
	bool is_large_mapping; /* of a file, to be read page by page */
};

/* Cuts a body and computes its root: rules 8 and 9; BLOCK_NOT_AVAILABLE when
 * the outer list is not one canonical RLP list, or longer than any body. Rule
 * 10 is judged by comparing `root`. On anything but VALID `out` is empty. Clear
 * with block_body_clear().
 */
NODISCARD struct finding block_body_read(struct block_body *out,
					 struct bytes body);

/* The same for a body that is a read-only mapping of a file: of a large one
 * only what is being looked at stays in memory. */
NODISCARD struct finding block_body_read_mapped(struct block_body *out,
						struct bytes body);

/* Whoever walks through the transactions in order says so of each before he
 * looks at it, and of `count` at the end: what lies before it of a mapped body
 * leaves memory, now and then. */
void block_body_walk(const struct block_body *body, uint32_t index);

void block_body_clear(struct block_body *body);

/* Transaction `index`, views into the bytes of the body. */
struct transaction_frame block_body_frame(const struct block_body *body,
					  uint32_t index);

/* Raw form of transaction `index` into a buffer of the caller of
 * transaction_frame_raw_len() bytes; returns the view. */
struct bytes block_body_raw(const struct block_body *body, uint32_t index,
			    struct growing_buffer *buffer);

/* The 512-byte proof of transaction `index`. */
void block_body_proof(uint8_t proof[PROTOCOL_PROOF_SIZE],
		      const struct block_body *body, uint32_t index);

/* Writes the header of the body's list for a payload of `payload_len` bytes of
 * signed transactions, which the caller appends. At most 9 bytes. */
void block_body_write_header(struct writer *out, uint64_t payload_len);

#endif
