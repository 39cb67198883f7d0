/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_KECCAK256_BATCH_H
#define PLASMA_COMMON_CODEC_KECCAK256_BATCH_H

/*
 * The keccak256 of many messages at once: four or eight of them side by side
 * where the machine can (AVX2, AVX-512), one after the other where it cannot.
 * The hashes are those of keccak256() in any case.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

/* out[i] = keccak256(messages[i]), 0 <= i < count; messages of any lengths.
 * `out` must not lie inside of a message. */
void keccak256_batch(struct hash *out, const struct bytes *messages,
		     size_t count);

/* How many messages go side by side. */
enum keccak256_way {
	KECCAK256_ONE = 1,
	KECCAK256_FOUR = 4, /* AVX2 */
	KECCAK256_EIGHT = 8 /* AVX-512 */
};

/* True if this machine can go that way; the first one it always can. */
bool keccak256_can_go(enum keccak256_way way);

/* keccak256_batch() in one way, which the machine must be able to go
 * (asserted): for tests and benches. */
void keccak256_batch_by(enum keccak256_way way, struct hash *out,
			const struct bytes *messages, size_t count);

#endif
