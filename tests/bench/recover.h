/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_BENCH_RECOVER_H
#define PLASMA_TESTS_BENCH_RECOVER_H

/*
 * The measure of all other figures: bare secp256k1_ecdsa_recover, nothing
 * before and nothing behind it, over signatures that are all different and come
 * from a fixed seed. Other benches link this and quote it from their own run.
 */

#include <stddef.h>

#define RECOVER_COUNT 200000

struct recover_figures {
	size_t count;
	unsigned int threads;
	double wall_s;
	double cpu_s; /* of all threads together */
	double per_second;
	double cpu_s_per_recovery;
};

/* Makes `count` signatures, which is not measured, and recovers them all once;
 * threads 0: one for each processor. */
struct recover_figures recover_measure(size_t count, unsigned int threads);

#endif
