/* SPDX-License-Identifier: MIT */

/* bench-keccak: what a hash of 64 bytes costs in each way, and a hash of the
 * 180 bytes that a usual payment has. CPU time, best of several rounds. */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/codec/keccak256_batch.h"

#define MESSAGES 4096
#define ROUNDS 60

static uint8_t content[MESSAGES * 180];
static struct bytes messages[MESSAGES];
static struct hash hashes[MESSAGES];

static double cpu_seconds(void)
{
	struct timespec now;

	int result = clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	assert(result == 0);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Nanoseconds for each hash. */
static double measure(enum keccak256_way way, size_t len)
{
	double best = 1e9;

	for (size_t i = 0; i < MESSAGES; i++)
		messages[i] = bytes_view(content + i * len, len);
	for (int round = 0; round < ROUNDS; round++) {
		double start = cpu_seconds();

		keccak256_batch_by(way, hashes, messages, MESSAGES);
		double spent = cpu_seconds() - start;
		best = spent < best ? spent : best;
	}
	return best * 1e9 / MESSAGES;
}

int main(void)
{
	static const struct {
		enum keccak256_way way;
		const char *name;
	} ways[] = { { KECCAK256_ONE, "one at a time" },
		     { KECCAK256_FOUR, "four (AVX2)" },
		     { KECCAK256_EIGHT, "eight (AVX-512)" } };

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7919);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (!keccak256_can_go(ways[i].way)) {
			printf("%-16s not on this machine\n", ways[i].name);
			continue;
		}
		printf("%-16s %6.1f ns for 64 bytes, %6.1f ns for 180 bytes\n",
		       ways[i].name, measure(ways[i].way, 64),
		       measure(ways[i].way, 180));
	}
	return EXIT_SUCCESS;
}
