/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_U256_H
#define PLASMA_COMMON_BASE_U256_H

/*
 * Unsigned 256-bit numbers. Nothing wraps: an operation whose result does not
 * fit says so and leaves its output alone. Token amounts are not u256 but
 * struct amount (common/chain/amount.h), which is built on this.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct u256 {
	uint64_t limbs[4]; /* least significant first */
};

#define U256_ZERO ((struct u256){ { 0, 0, 0, 0 } })
#define U256_MAX                                                               \
	((struct u256){ { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } })

/* Digits of the largest value, and a zero byte. */
#define U256_DECIMAL_SIZE 79

struct u256 u256_of(uint64_t number);

/* 32 bytes, big-endian. */
struct u256 u256_from_be(const uint8_t bytes[32]);
void u256_to_be(uint8_t bytes[32], struct u256 number);

/* Big-endian of 0 to 32 bytes; the caller has judged leading zeros. Asserts
 * len <= 32. */
struct u256 u256_from_be_bytes(const uint8_t *bytes, size_t len);

/* Fewest bytes that hold it, 0 to 32. */
size_t u256_byte_len(struct u256 number);

/* Fewest bits that hold it, 0 to 256. */
size_t u256_bit_len(struct u256 number);

bool u256_is_zero(struct u256 number);
int u256_compare(struct u256 a, struct u256 b);
bool u256_equal(struct u256 a, struct u256 b);

/* True if it fits 64 bits, which are then written. */
NODISCARD bool u256_to_u64(uint64_t *out, struct u256 number);

/* Each returns false, with `out` untouched, when the result does not fit (for
 * the divisions: when the divisor is zero). `out` may be one of the inputs. */
NODISCARD bool u256_add(struct u256 *out, struct u256 a, struct u256 b);
NODISCARD bool u256_subtract(struct u256 *out, struct u256 a, struct u256 b);
NODISCARD bool u256_multiply(struct u256 *out, struct u256 a, struct u256 b);
NODISCARD bool u256_divide(struct u256 *quotient, struct u256 *remainder,
			   struct u256 a, struct u256 b);

/* For estimates and bounds, where the nearest number that fits is as good: the
 * largest instead of more, zero instead of less. Never for what is owned. */
struct u256 u256_saturating_add(struct u256 a, struct u256 b);
struct u256 u256_saturating_subtract(struct u256 a, struct u256 b);
struct u256 u256_saturating_multiply(struct u256 a, struct u256 b);

struct u256 u256_smaller(struct u256 a, struct u256 b);
struct u256 u256_larger(struct u256 a, struct u256 b);

/* Bits shifted out are lost: for identifiers, not for money. count <= 255. */
struct u256 u256_shift_left(struct u256 number, unsigned int count);
struct u256 u256_shift_right(struct u256 number, unsigned int count);
struct u256 u256_or(struct u256 a, struct u256 b);

/* Strict: 1 to 78 digits, no sign, no leading zero but "0" itself, <= 2^256-1.
 */
NODISCARD bool u256_from_decimal(struct u256 *out, const char *digits,
				 size_t len);

/* Writes digits and a zero byte; returns the number of digits. */
size_t u256_to_decimal(char text[U256_DECIMAL_SIZE], struct u256 number);

#endif
