/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_BENCH_BENCH_PAYMENTS_H
#define PLASMA_TESTS_BENCH_BENCH_PAYMENTS_H

/* Bodies of blocks with real payments and signatures, for figures. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/chain/amount.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "common/keys/secret.h"
#include "common/service/workers.h"

#define BENCH_KEYS 16

/* Who signs, and for which chain. */
struct bench_signers {
	struct hash domain;
	struct secret keys[BENCH_KEYS];
	struct address accounts[BENCH_KEYS];
};

/* The same keys each time. */
struct bench_signers bench_signers_of(const struct address *framework);

/* A payment of ether; all outputs are for the owner of the first input. */
struct bench_payment {
	size_t input_count;
	struct position inputs[PROTOCOL_MAX_INPUTS];
	uint32_t
		owners[PROTOCOL_MAX_INPUTS]; /* of the inputs: index of a key */
	uint32_t output_count;
	uint64_t units[PROTOCOL_MAX_OUTPUTS]; /* of the outputs */
	bool is_wide;
};

/* So many wei, or if it is wide so many times 2^212, which takes all 32 bytes
 * from 2^36 on. */
struct amount bench_amount(uint64_t units, bool is_wide);

/* The position, which has to be in range: ends the program if it is not. */
struct position bench_place(uint64_t blknum, uint32_t tx, uint32_t output);

/* Signs the payments of one block and writes its body into `folder`, by the
 * name of its root, which is returned. Ends the program if it cannot. */
struct hash bench_payments_write(const struct bench_payment *payments,
				 size_t count,
				 const struct bench_signers *signers,
				 struct workers *workers, const char *folder);

#endif
