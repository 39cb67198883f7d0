/* SPDX-License-Identifier: MIT */
#include "common/codec/keccak256_batch.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/codec/keccak256_round.h"

#define WORDS (KECCAK256_BLOCK / 8)
#define MAX_WAY 8

/* States side by side: word i of lane j lies at words[i * way + j]. */
struct lanes {
	alignas(64) uint64_t words[25 * MAX_WAY];
	struct bytes left[MAX_WAY]; /* of the lane's message */
	struct hash *out[MAX_WAY];  /* NULL: the lane is idle */
	size_t busy;		    /* lanes that are not */
};

/* ---- permutations ---- */

#if CPU_HAS_FEATURES

typedef LANES_OF(uint64_t, 32) four_words;
typedef LANES_OF(uint64_t, 64) eight_words;

CPU_FEATURES("avx2") static void permute_four(uint64_t *words)
{
	KECCAK256_ALL_ROUNDS(four_words, words);
}

CPU_FEATURES("avx512f") static void permute_eight(uint64_t *words)
{
	KECCAK256_ALL_ROUNDS(eight_words, words);
}

static void permute(enum keccak256_way way, uint64_t *words)
{
	if (way == KECCAK256_EIGHT)
		permute_eight(words);
	else
		permute_four(words);
}

bool keccak256_can_go(enum keccak256_way way)
{
	switch (way) {
	case KECCAK256_ONE:
		return true;
	case KECCAK256_FOUR:
		return CPU_HAS("avx2");
	case KECCAK256_EIGHT:
		return CPU_HAS("avx512f");
	}
	return false;
}

#else

static void permute(enum keccak256_way way, uint64_t *words)
{
	(void)way;
	(void)words;
	assert(false); /* one message after the other */
}

bool keccak256_can_go(enum keccak256_way way)
{
	return way == KECCAK256_ONE;
}

#endif

/* ---- messages in lanes ---- */

/* Byte by byte in one expression: compilers make one load or store of it. */
static uint64_t little_endian(const uint8_t b[8])
{
	return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 |
	       (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
	       (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
	       (uint64_t)b[7] << 56;
}

static void put_little_endian(uint8_t b[8], uint64_t word)
{
	b[0] = (uint8_t)word;
	b[1] = (uint8_t)(word >> 8);
	b[2] = (uint8_t)(word >> 16);
	b[3] = (uint8_t)(word >> 24);
	b[4] = (uint8_t)(word >> 32);
	b[5] = (uint8_t)(word >> 40);
	b[6] = (uint8_t)(word >> 48);
	b[7] = (uint8_t)(word >> 56);
}

/* The last bytes of a message, fewer than eight, and the padding's first bit.
 */
static uint64_t last_word(struct bytes rest)
{
	uint64_t word = UINT64_C(1) << (8 * rest.len);

	for (size_t i = 0; i < rest.len; i++)
		word |= (uint64_t)rest.data[i] << (8 * i);
	return word;
}

/* Adds the next block of a lane, padded if it is the last; true if it is. */
static bool absorb(struct lanes *lanes, size_t way, size_t lane)
{
	uint64_t *word = lanes->words + lane;
	struct bytes *left = &lanes->left[lane];
	size_t whole = left->len < KECCAK256_BLOCK ? left->len / 8 : WORDS;

	for (size_t i = 0; i < whole; i++)
		word[i * way] ^= little_endian(left->data + 8 * i);
	if (whole == WORDS) {
		*left = bytes_view(left->data + KECCAK256_BLOCK,
				   left->len - KECCAK256_BLOCK);
		return false;
	}
	word[whole * way] ^= last_word(
		bytes_view(left->data + 8 * whole, left->len - 8 * whole));
	word[(WORDS - 1) * way] ^= UINT64_C(1) << 63;
	return true;
}

/* Writes the hash of a lane, which is idle then. */
static void squeeze(struct lanes *lanes, size_t way, size_t lane)
{
	for (size_t i = 0; i < sizeof(struct hash) / 8; i++)
		put_little_endian(lanes->out[lane]->bytes + 8 * i,
				  lanes->words[i * way + lane]);
	lanes->out[lane] = NULL;
	lanes->busy--;
}

/* Gives messages to the idle lanes, as long as there are any. */
static void fill(struct lanes *lanes, size_t way, struct hash *out,
		 const struct bytes *messages, size_t count, size_t *next)
{
	bool were_all_idle = lanes->busy == 0;

	if (were_all_idle)
		memset(lanes->words, 0, sizeof(lanes->words));
	for (size_t lane = 0; lane < way && *next < count; lane++) {
		if (lanes->out[lane] != NULL)
			continue;
		for (size_t i = 0; i < 25 && !were_all_idle; i++)
			lanes->words[i * way + lane] = 0;
		lanes->left[lane] = messages[*next];
		lanes->out[lane] = &out[*next];
		lanes->busy++;
		*next += 1;
	}
}

/* Each lane takes the next message as soon as it is through with one. */
static void hash_in_lanes(enum keccak256_way way, struct hash *out,
			  const struct bytes *messages, size_t count)
{
	struct lanes lanes = { .busy = 0 };
	bool is_last[MAX_WAY] = { false };
	size_t next = 0;

	fill(&lanes, way, out, messages, count, &next);
	while (lanes.busy > 0) {
		for (size_t lane = 0; lane < way; lane++)
			if (lanes.out[lane] != NULL)
				is_last[lane] = absorb(&lanes, way, lane);
		permute(way, lanes.words);
		for (size_t lane = 0; lane < way; lane++)
			if (lanes.out[lane] != NULL && is_last[lane])
				squeeze(&lanes, way, lane);
		fill(&lanes, way, out, messages, count, &next);
	}
}

void keccak256_batch_by(enum keccak256_way way, struct hash *out,
			const struct bytes *messages, size_t count)
{
	assert(keccak256_can_go(way));
	if (way == KECCAK256_ONE || count < 2) {
		for (size_t i = 0; i < count; i++)
			out[i] = keccak256(messages[i]);
		return;
	}
	hash_in_lanes(way, out, messages, count);
}

void keccak256_batch(struct hash *out, const struct bytes *messages,
		     size_t count)
{
	enum keccak256_way way = KECCAK256_ONE;

	/* Half-empty lanes still win, one message alone does not. */
	if (count > 2 && keccak256_can_go(KECCAK256_EIGHT))
		way = KECCAK256_EIGHT;
	else if (count > 1 && keccak256_can_go(KECCAK256_FOUR))
		way = KECCAK256_FOUR;
	keccak256_batch_by(way, out, messages, count);
}
