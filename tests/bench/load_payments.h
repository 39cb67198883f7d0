/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_BENCH_LOAD_PAYMENTS_H
#define PLASMA_TESTS_BENCH_LOAD_PAYMENTS_H

/*
 * Payments for a load, signed in advance. One deposit is split by five again
 * and again, in the order in which the parts came, so that the place of every
 * part is known before anybody has accepted anything, as long as the operator
 * closes blocks by their number of payments alone. Everything follows from one
 * key.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/base/growing_buffer.h"
#include "common/chain/position.h"
#include "common/keys/secret.h"

struct load_coin {
	struct position position;
	uint64_t amount;
};

struct load_payments {
	struct secret secret;
	struct address owner;
	struct hash domain;
	uint64_t first_blknum;	 /* of the first payment */
	uint64_t block_payments; /* payments of a full block */
	struct load_coin *coins; /* in the order in which they came */
	size_t coin_count;
	size_t spent_count; /* those at the front */
};

/* The key is the hash of `seed`. */
void load_payments_init(struct load_payments *load, uint64_t seed,
			const struct address *framework, uint64_t first_blknum,
			uint64_t block_payments);
void load_payments_clear(struct load_payments *load);

/* The coin that everything comes from. */
void load_payments_add(struct load_payments *load, struct position position,
		       uint64_t amount);

/* Signed payments one behind the other; where each begins. */
struct load_bytes {
	struct growing_buffer bytes;
	size_t *starts; /* count + 1 */
	size_t count;
};

void load_bytes_clear(struct load_bytes *bytes);
struct bytes load_bytes_at(const struct load_bytes *bytes, size_t index);

/* Splits the next `count` coins by five; the parts are coins then. */
void load_payments_split(struct load_payments *load, struct load_bytes *out,
			 size_t count);

/* Pays with coins `first` to `first + count`, half back and half to somebody
 * else, on all processors. The coins stay in the list. */
void load_payments_pay(const struct load_payments *load, struct load_bytes *out,
		       size_t first, size_t count);

#endif
