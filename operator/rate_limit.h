/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_RATE_LIMIT_H
#define PLASMA_OPERATOR_RATE_LIMIT_H

/*
 * How much one address may ask for: each has a bucket that fills by itself, at
 * a rate, up to what it holds, and what is asked takes out of it. The buckets
 * lie in a table of fixed size, so that many addresses cost no memory: when a
 * place is taken, who asked last has it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct rate_limit;

/* Each address may take `per_second` in the long run and `burst` at once; a
 * rate of 0 limits nothing. `seed` is randomness. One thread at a time. Own
 * with rate_limit_free(). */
struct rate_limit *rate_limit_new(uint64_t per_second, uint64_t burst,
				  const uint8_t seed[16]);
void rate_limit_free(struct rate_limit *limit);

/* True if the bucket of the address holds `count`, which is then taken out. An
 * IPv6 address counts by its first 64 bits. `now_ms` is monotonic. */
NODISCARD bool rate_limit_take(struct rate_limit *limit,
			       const uint8_t address[16], uint64_t count,
			       uint64_t now_ms);

/* True if there is anything in the bucket of the address. */
NODISCARD bool rate_limit_has(struct rate_limit *limit,
			      const uint8_t address[16], uint64_t now_ms);

/* Takes out `count` even if that is more than there is: the address then has to
 * wait until the debt is paid, which is 30 full buckets at most. */
void rate_limit_charge(struct rate_limit *limit, const uint8_t address[16],
		       uint64_t count, uint64_t now_ms);

#endif
