/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_KECCAK256_ROUND_H
#define PLASMA_COMMON_CODEC_KECCAK256_ROUND_H

/*
 * One round of Keccak-f[1600] for keccak256.c and keccak256_batch.c: written
 * once for a word of any width, a number or several side by side. A macro,
 * since C has no other name for that.
 */

#include <stdint.h>

#define KECCAK256_ROUNDS 24

extern const uint64_t keccak256_round_constants[KECCAK256_ROUNDS];

#define KECCAK256_ROTATE(word, count)                                          \
	((word) << (count) | (word) >> (64 - (count)))

/* A column of the state after theta: what is xored to the column `x`. */
#define KECCAK256_SUM(a, x)                                                    \
	((a)[x] ^ (a)[(x) + 5] ^ (a)[(x) + 10] ^ (a)[(x) + 15] ^ (a)[(x) + 20])

/* From the state `a` to the state `e`, with `b`, `c` and `d` of five words each
 * as scratch. */
#define KECCAK256_ROUND(e, a, b, c, d, constant)                               \
	do {                                                                   \
		(c)[0] = KECCAK256_SUM(a, 0);                                  \
		(c)[1] = KECCAK256_SUM(a, 1);                                  \
		(c)[2] = KECCAK256_SUM(a, 2);                                  \
		(c)[3] = KECCAK256_SUM(a, 3);                                  \
		(c)[4] = KECCAK256_SUM(a, 4);                                  \
		(d)[0] = (c)[4] ^ KECCAK256_ROTATE((c)[1], 1);                 \
		(d)[1] = (c)[0] ^ KECCAK256_ROTATE((c)[2], 1);                 \
		(d)[2] = (c)[1] ^ KECCAK256_ROTATE((c)[3], 1);                 \
		(d)[3] = (c)[2] ^ KECCAK256_ROTATE((c)[4], 1);                 \
		(d)[4] = (c)[3] ^ KECCAK256_ROTATE((c)[0], 1);                 \
		(b)[0] = (a)[0] ^ (d)[0];                                      \
		(b)[1] = KECCAK256_ROTATE((a)[6] ^ (d)[1], 44);                \
		(b)[2] = KECCAK256_ROTATE((a)[12] ^ (d)[2], 43);               \
		(b)[3] = KECCAK256_ROTATE((a)[18] ^ (d)[3], 21);               \
		(b)[4] = KECCAK256_ROTATE((a)[24] ^ (d)[4], 14);               \
		(e)[0] = (b)[0] ^ (~(b)[1] & (b)[2]);                          \
		(e)[1] = (b)[1] ^ (~(b)[2] & (b)[3]);                          \
		(e)[2] = (b)[2] ^ (~(b)[3] & (b)[4]);                          \
		(e)[3] = (b)[3] ^ (~(b)[4] & (b)[0]);                          \
		(e)[4] = (b)[4] ^ (~(b)[0] & (b)[1]);                          \
		(b)[0] = KECCAK256_ROTATE((a)[3] ^ (d)[3], 28);                \
		(b)[1] = KECCAK256_ROTATE((a)[9] ^ (d)[4], 20);                \
		(b)[2] = KECCAK256_ROTATE((a)[10] ^ (d)[0], 3);                \
		(b)[3] = KECCAK256_ROTATE((a)[16] ^ (d)[1], 45);               \
		(b)[4] = KECCAK256_ROTATE((a)[22] ^ (d)[2], 61);               \
		(e)[5] = (b)[0] ^ (~(b)[1] & (b)[2]);                          \
		(e)[6] = (b)[1] ^ (~(b)[2] & (b)[3]);                          \
		(e)[7] = (b)[2] ^ (~(b)[3] & (b)[4]);                          \
		(e)[8] = (b)[3] ^ (~(b)[4] & (b)[0]);                          \
		(e)[9] = (b)[4] ^ (~(b)[0] & (b)[1]);                          \
		(b)[0] = KECCAK256_ROTATE((a)[1] ^ (d)[1], 1);                 \
		(b)[1] = KECCAK256_ROTATE((a)[7] ^ (d)[2], 6);                 \
		(b)[2] = KECCAK256_ROTATE((a)[13] ^ (d)[3], 25);               \
		(b)[3] = KECCAK256_ROTATE((a)[19] ^ (d)[4], 8);                \
		(b)[4] = KECCAK256_ROTATE((a)[20] ^ (d)[0], 18);               \
		(e)[10] = (b)[0] ^ (~(b)[1] & (b)[2]);                         \
		(e)[11] = (b)[1] ^ (~(b)[2] & (b)[3]);                         \
		(e)[12] = (b)[2] ^ (~(b)[3] & (b)[4]);                         \
		(e)[13] = (b)[3] ^ (~(b)[4] & (b)[0]);                         \
		(e)[14] = (b)[4] ^ (~(b)[0] & (b)[1]);                         \
		(b)[0] = KECCAK256_ROTATE((a)[4] ^ (d)[4], 27);                \
		(b)[1] = KECCAK256_ROTATE((a)[5] ^ (d)[0], 36);                \
		(b)[2] = KECCAK256_ROTATE((a)[11] ^ (d)[1], 10);               \
		(b)[3] = KECCAK256_ROTATE((a)[17] ^ (d)[2], 15);               \
		(b)[4] = KECCAK256_ROTATE((a)[23] ^ (d)[3], 56);               \
		(e)[15] = (b)[0] ^ (~(b)[1] & (b)[2]);                         \
		(e)[16] = (b)[1] ^ (~(b)[2] & (b)[3]);                         \
		(e)[17] = (b)[2] ^ (~(b)[3] & (b)[4]);                         \
		(e)[18] = (b)[3] ^ (~(b)[4] & (b)[0]);                         \
		(e)[19] = (b)[4] ^ (~(b)[0] & (b)[1]);                         \
		(b)[0] = KECCAK256_ROTATE((a)[2] ^ (d)[2], 62);                \
		(b)[1] = KECCAK256_ROTATE((a)[8] ^ (d)[3], 55);                \
		(b)[2] = KECCAK256_ROTATE((a)[14] ^ (d)[4], 39);               \
		(b)[3] = KECCAK256_ROTATE((a)[15] ^ (d)[0], 41);               \
		(b)[4] = KECCAK256_ROTATE((a)[21] ^ (d)[1], 2);                \
		(e)[20] = (b)[0] ^ (~(b)[1] & (b)[2]);                         \
		(e)[21] = (b)[1] ^ (~(b)[2] & (b)[3]);                         \
		(e)[22] = (b)[2] ^ (~(b)[3] & (b)[4]);                         \
		(e)[23] = (b)[3] ^ (~(b)[4] & (b)[0]);                         \
		(e)[24] = (b)[4] ^ (~(b)[0] & (b)[1]);                         \
		(e)[0] ^= (constant);                                          \
	} while (0)

/* All rounds on the state of words of type `word` at `state`. */
#define KECCAK256_ALL_ROUNDS(word, state)                                      \
	do {                                                                   \
		word even[25];                                                 \
		word odd[25];                                                  \
		word b[5];                                                     \
		word c[5];                                                     \
		word d[5];                                                     \
		memcpy(even, state, sizeof(even));                             \
		for (size_t i = 0; i < KECCAK256_ROUNDS; i += 2) {             \
			KECCAK256_ROUND(odd, even, b, c, d,                    \
					keccak256_round_constants[i]);         \
			KECCAK256_ROUND(even, odd, b, c, d,                    \
					keccak256_round_constants[i + 1]);     \
		}                                                              \
		memcpy(state, even, sizeof(even));                             \
	} while (0)

#endif
