/* SPDX-License-Identifier: MIT */

/*
 * bench-snapshot [EVENTS [ROUNDS [FOLDER]]]: a portable copy of a snapshot, its
 * digest, and opening it, each against copying the file with fsync. Prints one
 * JSON object; ratios are medians.
 */

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/codec/keccak256.h"
#include "common/snapshot/snapshot_digest.h"
#include "rootchain/portable_store.h"
#include "rootchain/snapshot_store.h"

#define LOGS_PER_BLOCK 10
#define HEADER_LEN 600
#define RECEIPTS_LEN 3000
#define MOST_ROUNDS 32
#define PATH 300

static struct error error;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "bench-snapshot: %s\n", error.message);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	int result = clock_gettime(CLOCK_MONOTONIC, &time);
	assert(result == 0);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Bytes that no compression or cache of zeros makes cheap. */
static void fill(uint8_t *out, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		out[i] = (uint8_t)(seed >> 56);
	}
}

static void put_block(struct snapshot_store *store, uint64_t number,
		      const struct snapshot_identity *identity)
{
	static uint8_t content[RECEIPTS_LEN];
	struct stored_eth_block at = { .number = number, .time = { number } };

	fill(content, sizeof(content), number);
	at.hash = keccak256(bytes_view(content, HEADER_LEN));
	must(snapshot_store_put_eth_block(
		store, &at, bytes_view(content, HEADER_LEN), &error));
	must(snapshot_store_put_receipts(
		store, number, bytes_view(content, RECEIPTS_LEN), &error));
	for (uint32_t i = 0; i < LOGS_PER_BLOCK; i++) {
		struct eth_log log = {
			.address = identity->eth_vault,
			.topic_count = 4,
			.data = bytes_view(content + i, 32),
			.eth_block_number = number,
			.eth_transaction_hash = at.hash,
			.eth_transaction_index = i,
			.log_index = i,
		};

		for (size_t k = 0; k < 4; k++)
			memcpy(log.topics[k].bytes, content + 32 * k + i, 32);
		must(snapshot_store_put_log(
			store, &log, CONTRACT_EVENT_DEPOSIT_CREATED, &error));
	}
	struct stored_child_block block = {
		.blknum = 1000 * (number + 1),
		.root = at.hash,
		.eth_block_number = number,
	};
	must(snapshot_store_put_child_block(store, &block, &error));
}

static void make(const char *folder, uint64_t events)
{
	struct snapshot_identity identity = { .chain_id = 1 };
	struct snapshot_head head = { .proofs = true, .agreeing = 1 };
	struct snapshot_store *store;
	uint64_t last = events / LOGS_PER_BLOCK;

	memset(identity.eth_vault.bytes, 2, 20);
	must(snapshot_store_open(&store, folder, &identity, &error));
	for (uint64_t number = 0; number <= last; number++) {
		if (!snapshot_store_is_writing(store))
			must(snapshot_store_begin(store, &error));
		put_block(store, number, &identity);
		if (number % 2000 == 0)
			must(snapshot_store_commit(store, &error));
	}
	if (!snapshot_store_is_writing(store))
		must(snapshot_store_begin(store, &error));
	struct stored_eth_block tip;
	bool found;
	must(snapshot_store_tip(store, &found, &tip, &error));
	head.number = tip.number;
	head.hash = tip.hash;
	head.time = tip.time;
	must(snapshot_store_put_head(store, &head, &error));
	must(snapshot_store_commit(store, &error));
	snapshot_store_close(store);
}

/* The measure: the file once more, on the disk. */
static double copy(const char *from, const char *to)
{
	static uint8_t piece[1 << 20];
	double start = now();
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t got;

	assert(in >= 0 && out >= 0);
	while ((got = read(in, piece, sizeof(piece))) > 0) {
		ssize_t put = write(out, piece, (size_t)got);
		assert(put == got);
	}
	int result = fsync(out);
	assert(result == 0);
	(void)close(in);  /* only read */
	(void)close(out); /* synced */
	return now() - start;
}

static double take_digest(const char *file)
{
	struct snapshot_reader *reader;
	struct snapshot_head head;
	struct hash digest;

	must(snapshot_reader_open(&reader, file, NULL, &error));
	double start = now();
	must(snapshot_reader_begin(reader, &head, &error));
	must(snapshot_digest(&digest, reader, &error));
	double spent = now() - start;
	snapshot_reader_close(reader);
	return spent;
}

static double take_open(const char *file)
{
	struct snapshot_reader *reader;
	struct snapshot_head head;
	double start = now();

	must(snapshot_reader_open(&reader, file, NULL, &error));
	must(snapshot_reader_begin(reader, &head, &error));
	double spent = now() - start;
	snapshot_reader_close(reader);
	return spent;
}

static int compare(const void *a, const void *b)
{
	const double *left = a;
	const double *right = b;

	return (*left > *right) - (*left < *right);
}

static double median(double *values, unsigned int count)
{
	qsort(values, count, sizeof(values[0]), compare);
	return values[count / 2];
}

static void measure(const char *folder, uint64_t events, unsigned int rounds)
{
	double copies[MOST_ROUNDS];
	double ratios[3][MOST_ROUNDS];
	struct snapshot_file_digest is;
	struct snapshot_head head;
	char from[PATH];
	char file[PATH];
	char other[PATH];
	struct stat status;

	(void)snprintf(from, sizeof(from), "%s/rootchain.db", folder);
	(void)snprintf(file, sizeof(file), "%s/portable.db", folder);
	(void)snprintf(other, sizeof(other), "%s/copy.db", folder);
	for (unsigned int i = 0; i < rounds; i++) {
		double start = now();

		must(portable_store_write(&is, &head, from, file, &error));
		double exported = now() - start;
		copies[i] = copy(file, other);
		double digested = take_digest(file);
		double opened = take_open(file);
		ratios[0][i] = exported / copies[i];
		ratios[1][i] = digested / copies[i];
		ratios[2][i] = opened / copies[i];
		fprintf(stderr,
			"copy %.2f s, export %.2f s, digest %.2f s, open %.2f "
			"s\n",
			copies[i], exported, digested, opened);
	}
	int result = stat(file, &status);
	assert(result == 0);
	printf("{\"snapshot_export_ratio\":%.3f,\"snapshot_digest_ratio\":%.3f,"
	       "\"snapshot_open_ratio\":%.3f,\"snapshot_events\":%llu,"
	       "\"snapshot_bytes\":%llu,\"snapshot_copy_s\":%.3f,"
	       "\"snapshot_rounds\":%u}\n",
	       median(ratios[0], rounds), median(ratios[1], rounds),
	       median(ratios[2], rounds), (unsigned long long)events,
	       (unsigned long long)status.st_size, median(copies, rounds),
	       rounds);
}

int main(int argc, char **argv)
{
	uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	unsigned int rounds =
		argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 10) : 5;
	const char *folder = argc > 3 ? argv[3] : "bench-snapshot.tmp";

	if (events == 0 || rounds == 0 || rounds > MOST_ROUNDS || argc > 4) {
		fputs("usage: bench-snapshot [EVENTS [ROUNDS [FOLDER]]]\n",
		      stderr);
		return 64;
	}
	if (mkdir(folder, 0700) != 0) {
		fprintf(stderr, "bench-snapshot: cannot make %s\n", folder);
		return 1;
	}
	make(folder, events);
	measure(folder, events, rounds);
	return 0;
}
