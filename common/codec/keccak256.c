/* SPDX-License-Identifier: MIT */
#include "common/codec/keccak256.h"

#include <string.h>

/* `count` is 1 to 63. */
static uint64_t rotate(uint64_t word, unsigned int count)
{
	return word << count | word >> (64 - count);
}

static const uint64_t round_constants[24] = {
	UINT64_C(0x0000000000000001), UINT64_C(0x0000000000008082),
	UINT64_C(0x800000000000808a), UINT64_C(0x8000000080008000),
	UINT64_C(0x000000000000808b), UINT64_C(0x0000000080000001),
	UINT64_C(0x8000000080008081), UINT64_C(0x8000000000008009),
	UINT64_C(0x000000000000008a), UINT64_C(0x0000000000000088),
	UINT64_C(0x0000000080008009), UINT64_C(0x000000008000000a),
	UINT64_C(0x000000008000808b), UINT64_C(0x800000000000008b),
	UINT64_C(0x8000000000008089), UINT64_C(0x8000000000008003),
	UINT64_C(0x8000000000008002), UINT64_C(0x8000000000000080),
	UINT64_C(0x000000000000800a), UINT64_C(0x800000008000000a),
	UINT64_C(0x8000000080008081), UINT64_C(0x8000000000008080),
	UINT64_C(0x0000000080000001), UINT64_C(0x8000000080008008)
};

static void permute(uint64_t a[25])
{
	static const unsigned int rotations[24] = { 1,	3,  6,	10, 15, 21,
						    28, 36, 45, 55, 2,	14,
						    27, 41, 56, 8,  25, 43,
						    62, 18, 39, 61, 20, 44 };
	static const unsigned int lanes[24] = { 10, 7,	11, 17, 18, 3,	5,  16,
						8,  21, 24, 4,	15, 23, 19, 13,
						12, 2,	20, 14, 22, 9,	6,  1 };

	for (size_t round = 0; round < 24; round++) {
		uint64_t c[5];

		for (size_t x = 0; x < 5; x++)
			c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^
			       a[x + 20];
		for (size_t x = 0; x < 5; x++) {
			uint64_t d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);

			for (size_t y = 0; y < 25; y += 5)
				a[x + y] ^= d;
		}
		uint64_t moved = a[1];
		for (size_t i = 0; i < 24; i++) {
			uint64_t next = a[lanes[i]];

			a[lanes[i]] = rotate(moved, rotations[i]);
			moved = next;
		}
		for (size_t y = 0; y < 25; y += 5) {
			memcpy(c, a + y, sizeof(c));
			for (size_t x = 0; x < 5; x++)
				a[x + y] = c[x] ^
					   (~c[(x + 1) % 5] & c[(x + 2) % 5]);
		}
		a[0] ^= round_constants[round];
	}
}

void keccak256_init(struct keccak256 *keccak)
{
	memset(keccak, 0, sizeof(*keccak));
}

static void absorb_byte(struct keccak256 *keccak, uint8_t byte)
{
	keccak->state[keccak->used / 8] ^= (uint64_t)byte
					   << (8 * (keccak->used % 8));
	if (++keccak->used == KECCAK256_BLOCK) {
		permute(keccak->state);
		keccak->used = 0;
	}
}

static uint64_t little_endian(const uint8_t bytes[8])
{
	uint64_t word = 0;
	for (size_t i = 0; i < 8; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

/* A whole block on an empty one, a word at a time. */
static void absorb_block(struct keccak256 *keccak, const uint8_t *block)
{
	for (size_t i = 0; i < KECCAK256_BLOCK / 8; i++)
		keccak->state[i] ^= little_endian(block + 8 * i);
	permute(keccak->state);
}

void keccak256_add(struct keccak256 *keccak, struct bytes view)
{
	size_t i = 0;
	while (i < view.len && keccak->used != 0)
		absorb_byte(keccak, view.data[i++]);
	for (; view.len - i >= KECCAK256_BLOCK; i += KECCAK256_BLOCK)
		absorb_block(keccak, view.data + i);
	while (i < view.len)
		absorb_byte(keccak, view.data[i++]);
}

struct hash keccak256_finish(struct keccak256 *keccak)
{
	struct hash hash;

	keccak->state[keccak->used / 8] ^= UINT64_C(1)
					   << (8 * (keccak->used % 8));
	keccak->state[(KECCAK256_BLOCK - 1) / 8] ^= UINT64_C(1) << 63;
	permute(keccak->state);
	for (size_t i = 0; i < sizeof(hash.bytes); i++)
		hash.bytes[i] =
			(uint8_t)(keccak->state[i / 8] >> (8 * (i % 8)));
	return hash;
}

struct hash keccak256(struct bytes view)
{
	struct keccak256 keccak;

	keccak256_init(&keccak);
	keccak256_add(&keccak, view);
	return keccak256_finish(&keccak);
}

bool keccak256_self_test(void)
{
	static const struct hash of_nothing = {
		{ 0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c,
		  0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
		  0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b,
		  0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70 }
	};
	struct hash hash = keccak256(bytes_view(NULL, 0));
	return hash_equal(&hash, &of_nothing);
}
