/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_KECCAK256_H
#define PLASMA_COMMON_CODEC_KECCAK256_H

/*
 * Keccak-256 with the original 0x01 padding, which is not SHA3-256
 * (protocol.md, notation). Bytes are added in any pieces.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define KECCAK256_BLOCK 136

struct keccak256 {
	uint64_t state[25];
	size_t used; /* bytes absorbed into the current block */
};

void keccak256_init(struct keccak256 *keccak);
void keccak256_add(struct keccak256 *keccak, struct bytes view);

/* The hash of all that was added; the state is then used up. */
struct hash keccak256_finish(struct keccak256 *keccak);

/* The hash of one view. */
struct hash keccak256(struct bytes view);

/* True if the hash of nothing is what the whole world says it is: a program
 * that finds otherwise must not go on. */
NODISCARD bool keccak256_self_test(void);

#endif
