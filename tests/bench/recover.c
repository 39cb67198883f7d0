/* SPDX-License-Identifier: MIT */
#include "tests/bench/recover.h"

#include <assert.h>
#include <pthread.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/base/writer.h"
#include "common/codec/keccak256.h"

#define SEED "recover: a fixed seed"
#define MAX_THREADS 256

struct recovery {
	secp256k1_ecdsa_recoverable_signature signature;
	struct hash digest;
};

struct share {
	pthread_t thread;
	struct recovery *recoveries;
	size_t first;
	size_t count;
	double cpu_s;
	size_t failures;
};

static double seconds_of(clockid_t clock)
{
	struct timespec now;

	int result = clock_gettime(clock, &now);
	assert(result == 0);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* keccak256(seed || what || number): a digest, or a key. */
static struct hash number_hash(uint8_t what, uint64_t number)
{
	uint8_t buffer[64];
	struct writer writer = writer_of(buffer, sizeof(buffer));

	writer_put(&writer, bytes_of_string(SEED));
	writer_put_byte(&writer, what);
	writer_put_number(&writer, number, 8);
	return keccak256(writer_view(&writer));
}

/* A thread that signs its share, each with a key of its own. */
static void *sign_share(void *argument)
{
	struct share *share = argument;
	secp256k1_context *context =
		secp256k1_context_create(SECP256K1_CONTEXT_SIGN);

	for (size_t i = 0; i < share->count; i++) {
		struct recovery *recovery = &share->recoveries[i];
		struct hash key = number_hash('k', share->first + i);

		recovery->digest = number_hash('d', share->first + i);
		int signed_it = secp256k1_ecdsa_sign_recoverable(
			context, &recovery->signature, recovery->digest.bytes,
			key.bytes, NULL, NULL);
		assert(signed_it == 1);
	}
	secp256k1_context_destroy(context);
	return NULL;
}

static void *recover_share(void *argument)
{
	struct share *share = argument;
	secp256k1_context *context =
		secp256k1_context_create(SECP256K1_CONTEXT_VERIFY);
	double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);

	for (size_t i = 0; i < share->count; i++) {
		const struct recovery *recovery = &share->recoveries[i];
		secp256k1_pubkey key;

		if (secp256k1_ecdsa_recover(context, &key, &recovery->signature,
					    recovery->digest.bytes) != 1)
			share->failures++;
	}
	share->cpu_s = seconds_of(CLOCK_THREAD_CPUTIME_ID) - start;
	secp256k1_context_destroy(context);
	return NULL;
}

/* Runs `job` for all shares at once; returns the wall time. */
static double run(struct share *shares, unsigned int threads,
		  void *(*job)(void *))
{
	double start = seconds_of(CLOCK_MONOTONIC);

	for (unsigned int i = 0; i < threads; i++) {
		int result = pthread_create(&shares[i].thread, NULL, job,
					    &shares[i]);
		assert(result == 0);
	}
	for (unsigned int i = 0; i < threads; i++) {
		int result = pthread_join(shares[i].thread, NULL);
		assert(result == 0);
	}
	return seconds_of(CLOCK_MONOTONIC) - start;
}

static unsigned int processor_count(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	if (count < 1)
		return 1;
	return count > MAX_THREADS ? MAX_THREADS : (unsigned int)count;
}

struct recover_figures recover_measure(size_t count, unsigned int threads)
{
	struct share shares[MAX_THREADS] = { 0 };
	struct recovery *recoveries = calloc(count, sizeof(*recoveries));
	size_t given = 0;

	if (threads == 0)
		threads = processor_count();
	assert(recoveries != NULL && threads <= MAX_THREADS);
	for (unsigned int i = 0; i < threads; i++) {
		shares[i].recoveries = recoveries + given;
		shares[i].first = given;
		shares[i].count = (count - given) / (threads - i);
		given += shares[i].count;
	}
	(void)run(shares, threads, sign_share); /* not what is measured */
	struct recover_figures figures = { .count = count, .threads = threads };
	figures.wall_s = run(shares, threads, recover_share);
	for (unsigned int i = 0; i < threads; i++) {
		assert(shares[i].failures == 0);
		figures.cpu_s += shares[i].cpu_s;
	}
	figures.per_second = (double)count / figures.wall_s;
	figures.cpu_s_per_recovery = figures.cpu_s / (double)count;
	free(recoveries);
	return figures;
}
