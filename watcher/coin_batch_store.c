/* SPDX-License-Identifier: MIT */
#include "watcher/coin_batch_store.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/memory.h"
#include "watcher/coin_store.h"

/* Coins that are inserted together. */
#define GROUP 64

/* A coin, and who spends it. */
struct spend {
	struct position position;
	struct position spender;
};

struct coin_batch_store {
	struct ledger *coins;  /* all that were made or spent */
	struct position *made; /* ascending */
	size_t made_count;
	size_t made_capacity;
	struct spend *spends; /* as they came */
	size_t spend_count;
	size_t spend_capacity;
};

struct coin_batch_store *coin_batch_store_new(void)
{
	struct coin_batch_store *batch = memory_new(1, sizeof(*batch));

	batch->coins = ledger_new();
	return batch;
}

void coin_batch_store_free(struct coin_batch_store *batch)
{
	if (batch == NULL)
		return;
	ledger_free(batch->coins);
	memory_free(batch->made);
	memory_free(batch->spends);
	memory_free(batch);
}

void coin_batch_store_reset(struct coin_batch_store *batch)
{
	ledger_reset(batch->coins);
	batch->made_count = 0;
	batch->spend_count = 0;
}

/* Room for one more item behind `count`. */
static void *make_room(void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	*capacity = 2 * count + 1024;
	return memory_resize(items, *capacity, size);
}

void coin_batch_store_make(struct coin_batch_store *batch,
			   struct position position,
			   const struct output *output)
{
	size_t count = batch->made_count;

	assert(count == 0 ||
	       position_compare(batch->made[count - 1], position) < 0);
	batch->made = make_room(batch->made, count, &batch->made_capacity,
				sizeof(*batch->made));
	batch->made[batch->made_count++] = position;
	ledger_put(batch->coins, position, output, COIN_UNSPENT);
}

void coin_batch_store_spend(struct coin_batch_store *batch,
			    struct position position, struct position spender)
{
	const struct output unknown = { 0 };

	batch->spends =
		make_room(batch->spends, batch->spend_count,
			  &batch->spend_capacity, sizeof(*batch->spends));
	batch->spends[batch->spend_count++] =
		(struct spend){ position, spender };
	if (ledger_find(batch->coins, NULL, position) == COIN_UNKNOWN)
		ledger_put(batch->coins, position, &unknown, COIN_SPENT);
	else
		ledger_mark(batch->coins, position, COIN_SPENT);
}

enum coin_state coin_batch_store_find(const struct coin_batch_store *batch,
				      struct output *output,
				      struct position position)
{
	return ledger_find(batch->coins, output, position);
}

void coin_batch_store_prefetch(const struct coin_batch_store *batch,
			       const struct position *positions, size_t count)
{
	ledger_prefetch(batch->coins, positions, count);
}

size_t coin_batch_store_memory(const struct coin_batch_store *batch)
{
	return ledger_memory(batch->coins) +
	       batch->made_capacity * sizeof(*batch->made) +
	       batch->spend_capacity * sizeof(*batch->spends);
}

static int compare_spends(const void *a, const void *b)
{
	const struct spend *left = a;
	const struct spend *right = b;

	return position_compare(left->position, right->position);
}

/* The next spender in the list, if it spends the coin at this position. */
static bool take_spender(struct position *spender, const struct spend **next,
			 const struct spend *end, struct position position)
{
	if (*next == end || !position_equal((*next)->position, position))
		return false;
	*spender = (*next)->spender;
	(*next)++;
	return true;
}

/* Names the spenders of coins that are in the database, up to `position`. */
static bool write_spends(const struct spend **next, const struct spend *end,
			 struct database *database, struct position position,
			 struct error *error)
{
	for (; *next < end && position_compare((*next)->position, position) < 0;
	     (*next)++) {
		if (!coin_store_spend(database, (*next)->position,
				      &(*next)->spender, error))
			return false;
	}
	return true;
}

/* Asks the memory for the group of coins from here on. */
static void prefetch(const struct coin_batch_store *batch, size_t first)
{
	size_t left = batch->made_count - first;

	ledger_prefetch(batch->coins, &batch->made[first],
			left < GROUP ? left : GROUP);
}

/* Both lists ascend. */
static bool write_all(const struct coin_batch_store *batch,
		      struct database *database, struct error *error)
{
	const struct position last = { UINT64_MAX };
	const struct spend *next = batch->spends;
	/* No spends have no place, and nothing is added to none. */
	const struct spend *end = next;
	if (next != NULL)
		end += batch->spend_count;
	struct new_coin coins[GROUP];
	size_t count = 0;

	for (size_t i = 0; i < batch->made_count; i++) {
		struct position made = batch->made[i];

		if (i % GROUP == 0)
			prefetch(batch, i);
		struct new_coin *coin = &coins[count++];

		if (!write_spends(&next, end, database, made, error))
			return false;
		coin->position = made;
		coin->has_spender =
			take_spender(&coin->spender, &next, end, made);
		enum coin_state state =
			ledger_find(batch->coins, &coin->output, made);
		assert(state != COIN_UNKNOWN);
		if (count == GROUP) {
			if (!coin_store_insert(database, coins, count, error))
				return false;
			count = 0;
		}
	}
	return coin_store_insert(database, coins, count, error) &&
	       write_spends(&next, end, database, last, error);
}

bool coin_batch_store_write(struct coin_batch_store *batch,
			    struct database *database, struct error *error)
{
	if (batch->spend_count > 0)
		qsort(batch->spends, batch->spend_count, sizeof(*batch->spends),
		      compare_spends);
	bool ok = write_all(batch, database, error);
	coin_batch_store_reset(batch);
	return ok;
}
