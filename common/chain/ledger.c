/* SPDX-License-Identifier: MIT */
#include "common/chain/ledger.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"

/*
 * Open addressing with linear probing over fixed slots. A slot keeps what a
 * coin is made of with the token as an index into a table of tokens, of which
 * there are few, so that a coin takes 72 bytes. Positions are no secret and
 * cannot be chosen freely, but their low parts can: so they are mixed.
 */

struct slot {
	uint64_t packed; /* packed position + 1; 0: free */
	uint64_t amount[4];
	struct address owner;
	uint32_t token; /* index into the table */
	uint8_t type;
	uint8_t state; /* enum coin_state */
};

struct ledger {
	struct slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
	struct token *tokens;
	size_t token_count;
};

struct ledger *ledger_new(void)
{
	return memory_new(1, sizeof(struct ledger));
}

void ledger_reset(struct ledger *ledger)
{
	memory_free(ledger->slots);
	memory_free(ledger->tokens);
	*ledger = (struct ledger){ 0 };
}

void ledger_free(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	ledger_reset(ledger);
	memory_free(ledger);
}

/* The finaliser of MurmurHash3. */
static size_t home_of(const struct ledger *ledger, uint64_t key)
{
	key ^= key >> 33;
	key *= UINT64_C(0xff51afd7ed558ccd);
	key ^= key >> 33;
	key *= UINT64_C(0xc4ceb9fe1a85ec53);
	key ^= key >> 33;
	return (size_t)key & (ledger->capacity - 1);
}

/* The slot of the key, or the free one where it belongs. */
static struct slot *find(const struct ledger *ledger, uint64_t key)
{
	size_t at = home_of(ledger, key);

	while (ledger->slots[at].packed != 0 && ledger->slots[at].packed != key)
		at = (at + 1) & (ledger->capacity - 1);
	return &ledger->slots[at];
}

static struct slot *find_coin(const struct ledger *ledger,
			      struct position position)
{
	if (ledger->capacity == 0)
		return NULL;
	struct slot *slot = find(ledger, position.packed + 1);

	return slot->packed == 0 ? NULL : slot;
}

static uint32_t token_index(struct ledger *ledger, const struct token *token)
{
	for (size_t i = 0; i < ledger->token_count; i++) {
		if (token_equal(&ledger->tokens[i], token))
			return (uint32_t)i;
	}
	ledger->tokens = memory_resize(ledger->tokens, ledger->token_count + 1,
				       sizeof(*ledger->tokens));
	ledger->tokens[ledger->token_count] = *token;
	return (uint32_t)ledger->token_count++;
}

static void grow(struct ledger *ledger)
{
	struct slot *old = ledger->slots;
	size_t old_capacity = ledger->capacity;

	ledger->capacity = old_capacity == 0 ? 16 : 2 * old_capacity;
	ledger->slots = memory_new(ledger->capacity, sizeof(*ledger->slots));
	for (size_t i = 0; i < old_capacity; i++) {
		if (old[i].packed != 0)
			*find(ledger, old[i].packed) = old[i];
	}
	memory_free(old);
}

void ledger_put(struct ledger *ledger, struct position position,
		const struct output *output, enum coin_state state)
{
	assert(state != COIN_UNKNOWN);
	if (5 * (ledger->count + 1) > 4 * ledger->capacity)
		grow(ledger);
	struct slot *slot = find(ledger, position.packed + 1);
	struct u256 amount = amount_to_u256(output->amount);

	if (slot->packed == 0)
		ledger->count++;
	slot->packed = position.packed + 1;
	memcpy(slot->amount, amount.limbs, sizeof(slot->amount));
	slot->owner = output->owner;
	slot->token = token_index(ledger, &output->token);
	slot->type = output->type;
	slot->state = (uint8_t)state;
}

static void read_slot(const struct ledger *ledger, struct output *output,
		      const struct slot *slot)
{
	struct u256 amount;

	memcpy(amount.limbs, slot->amount, sizeof(slot->amount));
	output->type = slot->type;
	output->owner = slot->owner;
	output->token = ledger->tokens[slot->token];
	output->amount = amount_from_u256(amount);
}

enum coin_state ledger_find(const struct ledger *ledger, struct output *output,
			    struct position position)
{
	const struct slot *slot = find_coin(ledger, position);

	if (slot == NULL)
		return COIN_UNKNOWN;
	if (output != NULL)
		read_slot(ledger, output, slot);
	return (enum coin_state)slot->state;
}

void ledger_mark(struct ledger *ledger, struct position position,
		 enum coin_state state)
{
	struct slot *slot = find_coin(ledger, position);

	assert(slot != NULL && state != COIN_UNKNOWN);
	slot->state = (uint8_t)state;
}

void ledger_remove(struct ledger *ledger, struct position position)
{
	struct slot *slot = find_coin(ledger, position);

	if (slot == NULL)
		return;
	size_t mask = ledger->capacity - 1;
	size_t hole = (size_t)(slot - ledger->slots);

	for (size_t next = (hole + 1) & mask; ledger->slots[next].packed != 0;
	     next = (next + 1) & mask) {
		size_t home = home_of(ledger, ledger->slots[next].packed);

		/* It may move up only if that is not before its home. */
		if (((next - home) & mask) < ((next - hole) & mask))
			continue;
		ledger->slots[hole] = ledger->slots[next];
		hole = next;
	}
	ledger->slots[hole].packed = 0;
	ledger->count--;
}

size_t ledger_count(const struct ledger *ledger)
{
	return ledger->count;
}

size_t ledger_memory(const struct ledger *ledger)
{
	return sizeof(*ledger) + ledger->capacity * sizeof(*ledger->slots) +
	       ledger->token_count * sizeof(*ledger->tokens);
}

bool ledger_next(const struct ledger *ledger, size_t *at,
		 struct position *position, struct output *output,
		 enum coin_state *state)
{
	while (*at < ledger->capacity && ledger->slots[*at].packed == 0)
		*at += 1;
	if (*at >= ledger->capacity)
		return false;
	const struct slot *slot = &ledger->slots[*at];

	position->packed = slot->packed - 1;
	read_slot(ledger, output, slot);
	*state = (enum coin_state)slot->state;
	*at += 1;
	return true;
}
