/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_DECIMAL_H
#define PLASMA_COMMON_BASE_DECIMAL_H

/* Decimal text to numbers and back: strict, whole, without locale. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/u256.h"

/* 1 to 20 digits, no sign, no leading zero but "0" itself, at most `max`. */
NODISCARD bool decimal_parse_u64(uint64_t *out, const char *text, uint64_t max);

/* "12.5" with `decimals` = 3 gives 12500. At most `decimals` digits behind the
 * point, at least one digit on each side of it, no sign, no exponent. */
NODISCARD bool decimal_parse_scaled(struct u256 *out, const char *text,
				    size_t len, unsigned int decimals);

/* The reverse: 12500 with 3 decimals gives "12.5"; no trailing zeros, no point
 * for whole numbers. `decimals` <= 77. */
#define DECIMAL_SCALED_SIZE (U256_DECIMAL_SIZE + 3)
void decimal_format_scaled(char text[DECIMAL_SCALED_SIZE], struct u256 number,
			   unsigned int decimals);

#endif
