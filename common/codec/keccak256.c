/* SPDX-License-Identifier: MIT */
#include "common/codec/keccak256.h"

#include <string.h>

#include "common/codec/keccak256_round.h"

const uint64_t keccak256_round_constants[KECCAK256_ROUNDS] = {
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

static void permute(uint64_t state[25])
{
	KECCAK256_ALL_ROUNDS(uint64_t, state);
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

/* Byte by byte in one expression: compilers make one load of it. */
static uint64_t little_endian(const uint8_t b[8])
{
	return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 |
	       (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
	       (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
	       (uint64_t)b[7] << 56;
}

static void absorb_word(struct keccak256 *keccak, const uint8_t *bytes)
{
	keccak->state[keccak->used / 8] ^= little_endian(bytes);
	keccak->used += 8;
	if (keccak->used == KECCAK256_BLOCK) {
		permute(keccak->state);
		keccak->used = 0;
	}
}

void keccak256_add(struct keccak256 *keccak, struct bytes view)
{
	size_t i = 0;

	while (i < view.len && keccak->used % 8 != 0)
		absorb_byte(keccak, view.data[i++]);
	for (; view.len - i >= 8; i += 8)
		absorb_word(keccak, view.data + i);
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
