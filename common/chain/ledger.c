/* SPDX-License-Identifier: MIT */
#include "common/chain/ledger.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"

/*
 * Open addressing with linear probing in 1024 segments, each of which grows by
 * a fifth when it is six sevenths full: so at least seven tenths of the memory
 * is in use, and no growth moves more than a thousandth of the coins. The
 * capacity is any number, and homes are found by multiplication.
 *
 * A slot has 44 bytes: the token is an index into a table of tokens, of which
 * there are few, and an amount that does not fit 96 bits lies in a table of its
 * own. Positions are no secret and cannot be chosen freely, but their low parts
 * can: so they are mixed.
 */

#define SEGMENT_BITS 10
#define SEGMENTS ((size_t)1 << SEGMENT_BITS)
static_assert(SEGMENTS == LEDGER_PARTS, "a part is a segment");
#define FIRST_CAPACITY 8

#define KEY_BITS 60 /* a packed position + 1 */
#define KEY_MASK ((UINT64_C(1) << KEY_BITS) - 1)

#define IS_WIDE 0x100u
#define TOKEN_SHIFT 9
#define MAX_TOKENS ((size_t)1 << 23)

struct slot {
	uint32_t key[2];    /* packed position + 1, state above; 0: free */
	uint32_t amount[3]; /* low first; of a wide one its index */
	uint32_t kind;	    /* type, IS_WIDE, index of the token */
	struct address owner;
};
static_assert(sizeof(struct slot) == 44, "a coin takes 44 bytes");

struct segment {
	struct slot *slots;
	uint32_t capacity;
	uint32_t count;
};

struct ledger {
	struct segment *segments; /* NULL as long as it is empty */
	size_t count;
	size_t slot_count; /* of all segments */
	struct token *tokens;
	size_t token_count;
	struct u256 *wide;
	size_t wide_count;
	size_t wide_capacity;
	size_t wide_free; /* index + 1 of the first free one; 0: none */
};

struct ledger *ledger_new(void)
{
	return memory_new(1, sizeof(struct ledger));
}

void ledger_reset(struct ledger *ledger)
{
	for (size_t i = 0; ledger->segments != NULL && i < SEGMENTS; i++)
		memory_free(ledger->segments[i].slots);
	memory_free(ledger->segments);
	memory_free(ledger->tokens);
	memory_free(ledger->wide);
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
static uint64_t mix(uint64_t key)
{
	key ^= key >> 33;
	key *= UINT64_C(0xff51afd7ed558ccd);
	key ^= key >> 33;
	key *= UINT64_C(0xc4ceb9fe1a85ec53);
	key ^= key >> 33;
	return key;
}

static struct segment *segment_of(const struct ledger *ledger, uint64_t mixed)
{
	return &ledger->segments[mixed >> (64 - SEGMENT_BITS)];
}

static uint32_t home_of(const struct segment *segment, uint64_t mixed)
{
	return (uint32_t)((mixed & UINT32_MAX) * segment->capacity >> 32);
}

static uint64_t key_of(const struct slot *slot)
{
	return ((uint64_t)slot->key[1] << 32 | slot->key[0]) & KEY_MASK;
}

static enum coin_state state_of(const struct slot *slot)
{
	return (enum coin_state)(slot->key[1] >> (KEY_BITS - 32));
}

static void set_key(struct slot *slot, uint64_t key, enum coin_state state)
{
	key |= (uint64_t)state << KEY_BITS;
	slot->key[0] = (uint32_t)key;
	slot->key[1] = (uint32_t)(key >> 32);
}

static bool is_free(const struct slot *slot)
{
	return (slot->key[0] | slot->key[1]) == 0;
}

static uint32_t next_of(const struct segment *segment, uint32_t at)
{
	return at + 1 == segment->capacity ? 0 : at + 1;
}

/* The slot of the key, or the free one where it belongs. */
static struct slot *find(const struct segment *segment, uint64_t key,
			 uint64_t mixed)
{
	uint32_t at = home_of(segment, mixed);

	while (!is_free(&segment->slots[at]) &&
	       key_of(&segment->slots[at]) != key)
		at = next_of(segment, at);
	return &segment->slots[at];
}

static struct slot *find_coin(const struct ledger *ledger,
			      struct position position)
{
	uint64_t key = position.packed + 1;
	uint64_t mixed = mix(key);

	if (ledger->segments == NULL)
		return NULL;
	const struct segment *segment = segment_of(ledger, mixed);
	if (segment->count == 0)
		return NULL;
	struct slot *slot = find(segment, key, mixed);

	return is_free(slot) ? NULL : slot;
}

void ledger_prefetch(const struct ledger *ledger,
		     const struct position *positions, size_t count)
{
	if (ledger->segments == NULL)
		return;
	/* Where a slot lies stands in its segment: all of these come first. */
	for (size_t i = 0; i < count; i++)
		__builtin_prefetch(
			segment_of(ledger, mix(positions[i].packed + 1)));
	for (size_t i = 0; i < count; i++) {
		uint64_t mixed = mix(positions[i].packed + 1);
		const struct segment *segment = segment_of(ledger, mixed);

		if (segment->slots != NULL)
			__builtin_prefetch(
				&segment->slots[home_of(segment, mixed)]);
	}
}

static uint32_t token_index(struct ledger *ledger, const struct token *token)
{
	for (size_t i = 0; i < ledger->token_count; i++) {
		if (token_equal(&ledger->tokens[i], token))
			return (uint32_t)i;
	}
	assert(ledger->token_count < MAX_TOKENS);
	ledger->tokens = memory_resize(ledger->tokens, ledger->token_count + 1,
				       sizeof(*ledger->tokens));
	ledger->tokens[ledger->token_count] = *token;
	return (uint32_t)ledger->token_count++;
}

static void resize(struct ledger *ledger, struct segment *segment,
		   uint32_t capacity)
{
	struct segment old = *segment;

	segment->capacity = capacity;
	segment->slots = memory_new(capacity, sizeof(*segment->slots));
	ledger->slot_count += capacity - old.capacity;
	for (uint32_t i = 0; i < old.capacity; i++) {
		const struct slot *slot = &old.slots[i];

		if (!is_free(slot))
			*find(segment, key_of(slot), mix(key_of(slot))) = *slot;
	}
	memory_free(old.slots);
}

/* Room for one more, with a seventh of the slots free behind it. */
static void make_room(struct ledger *ledger, struct segment *segment)
{
	uint32_t more = segment->capacity / 5;

	if (7 * ((uint64_t)segment->count + 1) <=
	    6 * (uint64_t)segment->capacity)
		return;
	resize(ledger, segment,
	       segment->capacity +
		       (more < FIRST_CAPACITY ? FIRST_CAPACITY : more));
}

void ledger_reserve(struct ledger *ledger, size_t count)
{
	/* Segments are filled at random: some get a few more than others. */
	uint64_t each = count / SEGMENTS;
	uint64_t capacity = (each + each / 64) * 7 / 6 + FIRST_CAPACITY;

	assert(capacity < UINT32_MAX);
	if (ledger->segments == NULL)
		ledger->segments =
			memory_new(SEGMENTS, sizeof(*ledger->segments));
	for (size_t i = 0; i < SEGMENTS; i++) {
		if (ledger->segments[i].capacity < capacity)
			resize(ledger, &ledger->segments[i],
			       (uint32_t)capacity);
	}
}

static uint32_t put_wide(struct ledger *ledger, struct u256 amount)
{
	size_t index = ledger->wide_count;

	if (ledger->wide_free != 0) {
		index = ledger->wide_free - 1;
		ledger->wide_free = (size_t)ledger->wide[index].limbs[0];
	} else {
		if (index == ledger->wide_capacity) {
			ledger->wide_capacity = 2 * index + 16;
			ledger->wide = memory_resize(ledger->wide,
						     ledger->wide_capacity,
						     sizeof(*ledger->wide));
		}
		ledger->wide_count++;
	}
	assert(index < UINT32_MAX);
	ledger->wide[index] = amount;
	return (uint32_t)index;
}

static void drop_wide(struct ledger *ledger, const struct slot *slot)
{
	if ((slot->kind & IS_WIDE) == 0)
		return;
	ledger->wide[slot->amount[0]] = u256_of(ledger->wide_free);
	ledger->wide_free = (size_t)slot->amount[0] + 1;
}

static void fill_slot(struct ledger *ledger, struct slot *slot,
		      const struct output *output)
{
	struct u256 amount = amount_to_u256(output->amount);
	bool is_wide = amount.limbs[3] != 0 || amount.limbs[2] != 0 ||
		       amount.limbs[1] > UINT32_MAX;

	slot->owner = output->owner;
	slot->kind = output->type | token_index(ledger, &output->token)
					    << TOKEN_SHIFT;
	slot->amount[0] = (uint32_t)amount.limbs[0];
	slot->amount[1] = (uint32_t)(amount.limbs[0] >> 32);
	slot->amount[2] = (uint32_t)amount.limbs[1];
	if (is_wide) {
		slot->kind |= IS_WIDE;
		slot->amount[0] = put_wide(ledger, amount);
	}
}

void ledger_put(struct ledger *ledger, struct position position,
		const struct output *output, enum coin_state state)
{
	uint64_t key = position.packed + 1;
	uint64_t mixed = mix(key);

	assert(state != COIN_UNKNOWN);
	if (ledger->segments == NULL)
		ledger->segments =
			memory_new(SEGMENTS, sizeof(*ledger->segments));
	struct segment *segment = segment_of(ledger, mixed);
	make_room(ledger, segment);
	struct slot *slot = find(segment, key, mixed);

	if (is_free(slot)) {
		segment->count++;
		ledger->count++;
	} else {
		drop_wide(ledger, slot);
	}
	set_key(slot, key, state);
	fill_slot(ledger, slot, output);
}

static void read_slot(const struct ledger *ledger, struct output *output,
		      const struct slot *slot)
{
	struct u256 amount = { { (uint64_t)slot->amount[1] << 32 |
					 slot->amount[0],
				 slot->amount[2], 0, 0 } };

	if ((slot->kind & IS_WIDE) != 0)
		amount = ledger->wide[slot->amount[0]];
	output->type = (uint8_t)slot->kind;
	output->owner = slot->owner;
	output->token = ledger->tokens[slot->kind >> TOKEN_SHIFT];
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
	return state_of(slot);
}

void ledger_mark(struct ledger *ledger, struct position position,
		 enum coin_state state)
{
	struct slot *slot = find_coin(ledger, position);

	assert(slot != NULL && state != COIN_UNKNOWN);
	set_key(slot, position.packed + 1, state);
}

/* Moves up what stands behind a hole, as far as that brings it nearer home. */
static void close_hole(struct segment *segment, uint32_t hole)
{
	uint32_t capacity = segment->capacity;

	for (uint32_t next = next_of(segment, hole);
	     !is_free(&segment->slots[next]); next = next_of(segment, next)) {
		uint64_t mixed = mix(key_of(&segment->slots[next]));
		uint32_t home = home_of(segment, mixed);
		uint32_t from_home = (next + capacity - home) % capacity;
		uint32_t from_hole = (next + capacity - hole) % capacity;

		if (from_home < from_hole)
			continue;
		segment->slots[hole] = segment->slots[next];
		hole = next;
	}
	segment->slots[hole] = (struct slot){ 0 };
}

void ledger_remove(struct ledger *ledger, struct position position)
{
	struct slot *slot = find_coin(ledger, position);

	if (slot == NULL)
		return;
	struct segment *segment = segment_of(ledger, mix(position.packed + 1));
	drop_wide(ledger, slot);
	close_hole(segment, (uint32_t)(slot - segment->slots));
	segment->count--;
	ledger->count--;
}

size_t ledger_count(const struct ledger *ledger)
{
	return ledger->count;
}

size_t ledger_memory(const struct ledger *ledger)
{
	size_t segments = ledger->segments == NULL ? 0 : SEGMENTS;

	return sizeof(*ledger) + segments * sizeof(*ledger->segments) +
	       ledger->slot_count * sizeof(struct slot) +
	       ledger->wide_capacity * sizeof(*ledger->wide) +
	       ledger->token_count * sizeof(*ledger->tokens);
}

bool ledger_part_next(const struct ledger *ledger, size_t part, size_t *at,
		      struct position *position, struct output *output,
		      enum coin_state *state)
{
	assert(part < SEGMENTS);
	if (ledger->segments == NULL)
		return false;
	const struct segment *segment = &ledger->segments[part];

	while (*at < segment->capacity && is_free(&segment->slots[*at]))
		++*at;
	if (*at >= segment->capacity)
		return false;
	const struct slot *slot = &segment->slots[(*at)++];
	position->packed = key_of(slot) - 1;
	read_slot(ledger, output, slot);
	*state = state_of(slot);
	return true;
}

bool ledger_next(const struct ledger *ledger, size_t *at,
		 struct position *position, struct output *output,
		 enum coin_state *state)
{
	size_t place = *at & UINT32_MAX;

	for (size_t part = *at >> 32; part < SEGMENTS; part++, place = 0) {
		if (ledger_part_next(ledger, part, &place, position, output,
				     state)) {
			*at = part << 32 | place;
			return true;
		}
	}
	return false;
}
