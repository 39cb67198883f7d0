/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_MEMPOOL_H
#define PLASMA_OPERATOR_MEMPOOL_H

/*
 * Accepted payments that are in no committed block yet. Each has its place from
 * the moment it is accepted: the blocks that they will form stand here in
 * order, the last one open, those before it closed. A payment that does not fit
 * closes the open block and opens the next (protocol.md 2.7: a full block never
 * refuses).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/chain/fee.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "operator/admission.h"

/* One accepted payment, in one piece of memory. */
struct payment {
	struct hash hash;
	struct hash leaf;
	uint32_t signed_len;
	uint32_t spent_count;
	const struct output *spent; /* what its inputs were */
	const uint8_t *signed_form;
};

struct bytes payment_bytes(const struct payment *payment);

enum forming_state {
	FORMING_OPEN,	/* takes payments */
	FORMING_CLOSED, /* complete; may still lose payments */
	FORMING_FIXED	/* its root is about to be signed: never changes */
};

struct forming_block {
	uint64_t blknum;
	enum forming_state state;
	uint64_t opened_at_ms; /* when its first payment came */
	struct payment **payments;
	uint32_t count;
	uint32_t capacity;
	struct fee_pots *pots;
};

struct mempool;

/* `first_blknum` is the block that is open first. Own with mempool_free(). */
struct mempool *mempool_new(uint64_t first_blknum);
void mempool_free(struct mempool *pool);

/* Payments in all blocks. */
size_t mempool_count(const struct mempool *pool);

size_t mempool_block_count(const struct mempool *pool);

/* Block `index`, oldest first; the last one is open. */
struct forming_block *mempool_block_borrow(struct mempool *pool, size_t index);

/* The block with this number, or NULL. */
struct forming_block *mempool_find_borrow(struct mempool *pool,
					  uint64_t blknum);

struct forming_block *mempool_open_borrow(struct mempool *pool);

/* Where a payment with this surplus would go now. Closes the open block when
 * it has no room left: payments and one fee transaction per token stay within
 * 65536 (protocol.md 13.3). `closed` says so. */
struct position mempool_place(struct mempool *pool, bool *closed,
			      const struct surplus *surplus);

/* Appends to the open block. The place is the one that mempool_place() gave.
 * FEE_POT_OVERFLOW: the payment is refused, nothing changed. */
NODISCARD enum verdict mempool_add(struct mempool *pool,
				   const struct candidate *candidate,
				   const struct admission_result *result,
				   uint64_t now_ms);

/* Closes the open block, which has a payment (asserted), and opens the next. */
void mempool_close(struct mempool *pool);

/* Takes the oldest block out, which is committed; to be freed with
 * forming_block_free(), which takes its time for a full one. */
struct forming_block *mempool_take_oldest(struct mempool *pool);
void forming_block_free(struct forming_block *block);

/* Takes all payments out of block `index` and those behind it, in order, and
 * leaves an open block with the number of block `index` behind. The caller owns
 * the array, to be freed with memory_free(), and each payment, to be freed with
 * payment_free(); `ends` gets, per block taken, where its payments end. */
struct payment **mempool_take_from_adopt(struct mempool *pool, size_t *count,
					 size_t **ends, size_t *end_count,
					 size_t index);

void payment_free(struct payment *payment);

#endif
