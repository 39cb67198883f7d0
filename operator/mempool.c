/* SPDX-License-Identifier: MIT */
#include "operator/mempool.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"

struct mempool {
	struct forming_block **blocks;
	size_t block_count;
	size_t block_capacity;
	size_t count;
};

struct bytes payment_bytes(const struct payment *payment)
{
	return bytes_view(payment->signed_form, payment->signed_len);
}

static struct payment *payment_new(const struct candidate *candidate,
				   const struct admission_result *result)
{
	size_t spent_count = candidate->transaction.input_count;
	size_t spent_size = spent_count * sizeof(struct output);
	size_t signed_len = candidate->signed_form.len;
	struct payment *payment =
		memory_new(1, sizeof(*payment) + spent_size + signed_len);
	struct output *spent = (struct output *)(void *)(payment + 1);
	uint8_t *signed_form = (uint8_t *)(spent + spent_count);

	memcpy(spent, result->spent, spent_size);
	memcpy(signed_form, candidate->signed_form.data, signed_len);
	payment->hash = candidate->hash;
	payment->leaf = candidate->leaf;
	payment->signed_len = (uint32_t)signed_len;
	payment->spent_count = (uint32_t)spent_count;
	payment->spent = spent;
	payment->signed_form = signed_form;
	return payment;
}

void payment_free(struct payment *payment)
{
	memory_free(payment);
}

void forming_block_free(struct forming_block *block)
{
	if (block == NULL)
		return;
	for (uint32_t i = 0; i < block->count; i++)
		payment_free(block->payments[i]);
	memory_free(block->payments);
	fee_pots_free(block->pots);
	memory_free(block);
}

static void open_block(struct mempool *pool, uint64_t blknum)
{
	if (pool->block_count == pool->block_capacity) {
		pool->block_capacity = 2 * pool->block_capacity + 8;
		pool->blocks = memory_resize(pool->blocks, pool->block_capacity,
					     sizeof(*pool->blocks));
	}
	struct forming_block *block = memory_new(1, sizeof(*block));
	block->blknum = blknum;
	block->state = FORMING_OPEN;
	block->pots = fee_pots_new();
	pool->blocks[pool->block_count++] = block;
}

struct mempool *mempool_new(uint64_t first_blknum)
{
	struct mempool *pool = memory_new(1, sizeof(*pool));

	open_block(pool, first_blknum);
	return pool;
}

void mempool_free(struct mempool *pool)
{
	if (pool == NULL)
		return;
	for (size_t i = 0; i < pool->block_count; i++)
		forming_block_free(pool->blocks[i]);
	memory_free(pool->blocks);
	memory_free(pool);
}

size_t mempool_count(const struct mempool *pool)
{
	return pool->count;
}

size_t mempool_block_count(const struct mempool *pool)
{
	return pool->block_count;
}

struct forming_block *mempool_block_borrow(struct mempool *pool, size_t index)
{
	assert(index < pool->block_count);
	return pool->blocks[index];
}

struct forming_block *mempool_find_borrow(struct mempool *pool, uint64_t blknum)
{
	for (size_t i = 0; i < pool->block_count; i++) {
		if (pool->blocks[i]->blknum == blknum)
			return pool->blocks[i];
	}
	return NULL;
}

struct forming_block *mempool_open_borrow(struct mempool *pool)
{
	return pool->blocks[pool->block_count - 1];
}

/* Tokens of the surplus that no pot of the block has yet. */
static size_t count_new_pots(const struct fee_pots *pots,
			     const struct surplus *surplus)
{
	size_t known_count = fee_pots_count(pots);
	size_t new_count = 0;

	for (size_t i = 0; i < surplus->count; i++) {
		bool known = amount_is_zero(surplus->of[i].amount);

		for (size_t j = 0; j < known_count && !known; j++) {
			struct token token;
			struct amount amount;

			fee_pots_get(pots, j, &token, &amount);
			known = token_equal(&token, &surplus->of[i].token);
		}
		new_count += known ? 0 : 1;
	}
	return new_count;
}

struct position mempool_place(struct mempool *pool, bool *closed,
			      const struct surplus *surplus)
{
	struct forming_block *block = mempool_open_borrow(pool);
	size_t total = (size_t)block->count + 1 + fee_pots_count(block->pots) +
		       count_new_pots(block->pots, surplus);
	struct position position;

	*closed = total > PROTOCOL_LEAVES;
	if (*closed) {
		mempool_close(pool);
		block = mempool_open_borrow(pool);
	}
	bool made = position_make(&position, block->blknum, block->count, 0);
	assert(made);
	return position;
}

enum verdict mempool_add(struct mempool *pool,
			 const struct candidate *candidate,
			 const struct admission_result *result, uint64_t now_ms)
{
	struct forming_block *block = mempool_open_borrow(pool);
	enum verdict verdict = fee_pots_add(block->pots, &result->surplus);

	if (verdict != VERDICT_VALID)
		return verdict;
	if (block->count == block->capacity) {
		block->capacity = 2 * block->capacity + 64;
		block->payments =
			memory_resize(block->payments, block->capacity,
				      sizeof(*block->payments));
	}
	if (block->count == 0)
		block->opened_at_ms = now_ms;
	block->payments[block->count++] = payment_new(candidate, result);
	pool->count++;
	return VERDICT_VALID;
}

void mempool_close(struct mempool *pool)
{
	struct forming_block *block = mempool_open_borrow(pool);

	assert(block->state == FORMING_OPEN && block->count > 0);
	block->state = FORMING_CLOSED;
	open_block(pool, block->blknum + PROTOCOL_BLOCK_INTERVAL);
}

struct forming_block *mempool_take_oldest(struct mempool *pool)
{
	assert(pool->block_count > 1);
	struct forming_block *oldest = pool->blocks[0];

	pool->count -= oldest->count;
	pool->block_count--;
	memmove(pool->blocks, pool->blocks + 1,
		pool->block_count * sizeof(*pool->blocks));
	return oldest;
}

struct payment **mempool_take_from_adopt(struct mempool *pool, size_t *count,
					 size_t **ends, size_t *end_count,
					 size_t index)
{
	assert(index < pool->block_count);
	uint64_t blknum = pool->blocks[index]->blknum;
	struct payment **taken = memory_new(pool->count + 1, sizeof(*taken));

	*count = 0;
	*end_count = pool->block_count - index;
	*ends = memory_new(*end_count, sizeof(**ends));
	for (size_t i = index; i < pool->block_count; i++) {
		struct forming_block *block = pool->blocks[i];

		assert(block->state != FORMING_FIXED);
		for (uint32_t j = 0; j < block->count; j++)
			taken[(*count)++] = block->payments[j];
		block->count = 0;
		(*ends)[i - index] = *count;
		forming_block_free(block);
	}
	pool->count -= *count;
	pool->block_count = index;
	open_block(pool, blknum);
	return taken;
}
