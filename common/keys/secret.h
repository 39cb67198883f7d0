/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_KEYS_SECRET_H
#define PLASMA_COMMON_KEYS_SECRET_H

/*
 * A private key of secp256k1. It is wiped when it is not needed any more, never
 * logged, and never lies in an arena.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct secret {
	uint8_t bytes[32];
};

/* True if it is a key: 1 to n - 1. */
NODISCARD bool secret_is_valid(const struct secret *secret);

/* The account that the key controls; the key must be valid (asserted). */
struct address secret_address(const struct secret *secret);

/* Overwrites it in a way that the compiler cannot leave out. */
void secret_wipe(struct secret *secret);

#endif
