/* SPDX-License-Identifier: MIT */

/*
 * bench-watcher [PAYMENTS [ROUNDS [FOLDER]]]: how fast history is verified,
 * against the bare recovery of as many signatures on all processors. Payments
 * have one input and two outputs, real signatures, and lie in bodies in a
 * folder; each round verifies them from an empty database. Beside it, what an
 * idle look at 100,000 blocks costs against 1,000. The last line is JSON.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "common/base/memory.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "tests/bench/bench_payments.h"
#include "tests/bench/recover.h"
#include "watcher/block_loop.h"
#include "watcher/event_store.h"

#define DEPOSITS 999
#define BLOCK_PAYMENTS 5000
#define DEPOSIT_UNITS (UINT64_C(1) << 40)

static struct error error;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "bench-watcher: %s\n", error.message);
	exit(1);
}

struct history {
	char folder[256];
	struct bench_signers signers;
	struct workers *workers;
	struct hash *roots;
	size_t block_count;
	uint64_t payments;
};

/* The coin that payment `index` of a block spends, `made` being the payments of
 * the block before: of a full block each first output, of others both. */
static void choose_input(struct bench_payment *payment,
			 const struct bench_payment *made, size_t count,
			 size_t index, uint64_t blknum)
{
	bool is_full = count == BLOCK_PAYMENTS;
	size_t tx = is_full ? index : index / 2;
	uint32_t output = is_full ? 0 : (uint32_t)(index % 2);
	uint64_t units = DEPOSIT_UNITS;

	payment->input_count = 1;
	payment->output_count = 2;
	if (count == 0) {
		payment->owners[0] = (uint32_t)(index % BENCH_KEYS);
		payment->inputs[0] = bench_place(1 + index, 0, 0);
	} else {
		payment->owners[0] = made[tx].owners[0];
		payment->inputs[0] =
			bench_place(blknum - 1000, (uint32_t)tx, output);
		units = made[tx].units[output];
	}
	payment->units[0] = is_full ? units - 1 : units / 2;
	payment->units[1] = units - payment->units[0];
}

/* Deposits, then blocks that double the coins, then blocks of the same size. */
static void make_history(struct history *history, uint64_t payments)
{
	struct bench_payment *next = memory_new(BLOCK_PAYMENTS, sizeof(*next));
	struct bench_payment *made = memory_new(BLOCK_PAYMENTS, sizeof(*made));
	size_t before = 0;
	char source[300];

	(void)snprintf(source, sizeof(source), "%s/source", history->folder);
	while (history->payments < payments) {
		size_t count = before == 0 ? DEPOSITS : 2 * before;
		uint64_t blknum = (history->block_count + 1) * 1000;

		if (count > BLOCK_PAYMENTS)
			count = BLOCK_PAYMENTS;
		if (count > payments - history->payments)
			count = (size_t)(payments - history->payments);
		for (size_t i = 0; i < count; i++)
			choose_input(&next[i], made, before, i, blknum);
		history->roots =
			memory_resize(history->roots, history->block_count + 1,
				      sizeof(*history->roots));
		history->roots[history->block_count++] =
			bench_payments_write(next, count, &history->signers,
					     history->workers, source);
		history->payments += count;
		before = count;
		struct bench_payment *swap = made;
		made = next;
		next = swap;
	}
	memory_free(next);
	memory_free(made);
}

/* ---- what is measured ---- */

static struct watched_deposit deposit_of(const struct history *history,
					 uint64_t index)
{
	struct watched_deposit deposit = { 0 };

	deposit.blknum = index + 1;
	deposit.output =
		(struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT,
				 history->signers.accounts[index % BENCH_KEYS],
				 TOKEN_ETH, amount_of(DEPOSIT_UNITS) };
	deposit.eth_block_number = 1;
	return deposit;
}

/* A database that knows of the deposits and roots, and of nothing else. */
static struct database *new_database(const struct history *history,
				     const char *datadir)
{
	struct watcher_network network = { 1, { { 1 } } };
	struct database *database;

	must(watcher_store_open(&database, datadir, &network, &error));
	must(watcher_store_set_memory(database, WATCHER_STORE_LEAST_MEMORY,
				      &error));
	must(database_begin(database, &error));
	for (uint64_t i = 0; i < DEPOSITS; i++) {
		struct watched_deposit deposit = deposit_of(history, i);

		must(watcher_store_put_deposit(database, &deposit, &error));
	}
	for (size_t i = 0; i < history->block_count; i++) {
		struct watched_block block = { 0 };

		block.blknum = (i + 1) * 1000;
		block.root = history->roots[i];
		block.eth_block_number = 2 + i;
		block.state = BLOCK_STATE_PENDING;
		must(watcher_store_put_block(database, &block, &error));
	}
	must(database_commit(database, &error));
	return database;
}

struct measure {
	double wall_s;
	double cpu_s;
};

static double cpu_now(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Verifies the whole history once. */
static struct measure verify(const struct history *history, unsigned int round)
{
	struct pass_facts facts = { .domain = history->signers.domain,
				    .final_known = true,
				    .final_number = UINT32_MAX };
	struct block_loop_report report;
	char datadir[300];
	char source[300];
	const char *sources[1] = { source };
	struct body_store *bodies;

	(void)snprintf(datadir, sizeof(datadir), "%s/round-%u", history->folder,
		       round);
	(void)snprintf(source, sizeof(source), "%s/source", history->folder);
	if (mkdir(datadir, 0700) != 0)
		exit(1);
	struct database *database = new_database(history, datadir);
	must(body_store_open(&bodies, datadir, WATCHER_STORE_BODIES, &error));
	struct ledger_store *ledger =
		ledger_store_new(database, bodies, NULL, 0);
	struct block_fetch *fetch = block_fetch_new(sources, 1, bodies);
	struct block_fetch *ahead = block_fetch_new(sources, 1, bodies);
	struct block_loop_parts parts = { database, bodies, ledger,
					  fetch,    ahead,  history->workers,
					  7200 };
	struct block_loop *loop = block_loop_new(&parts);
	uint64_t started = clock_monotonic_ms();
	double cpu = cpu_now();
	must(block_loop_pass(loop, &report, &facts, UINT64_MAX, &error));
	struct measure measure = { (double)(clock_monotonic_ms() - started) /
					   1000.0,
				   cpu_now() - cpu };
	if (report.transactions != history->payments) {
		fprintf(stderr, "bench-watcher: only %llu were verified\n",
			(unsigned long long)report.transactions);
		exit(1);
	}
	block_loop_free(loop);
	block_fetch_free(ahead);
	block_fetch_free(fetch);
	ledger_store_free(ledger);
	body_store_close(bodies);
	database_close(database);
	return measure;
}

/* ---- a long history ---- */

static uint64_t microseconds_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static struct database *open_state(const char *folder)
{
	struct watcher_network network = { 1, { { 1 } } };
	struct database *database;

	must(watcher_store_open(&database, folder, &network, &error));
	must(database_begin(database, &error));
	return database;
}

/* `count` applied blocks and nothing else. */
static void fill_history(const char *folder, uint64_t count)
{
	struct database *database = open_state(folder);

	for (uint64_t i = 0; i < count; i++) {
		struct watched_block block = { 0 };

		block.blknum = (i + 1) * 1000;
		memcpy(block.root.bytes, &i, sizeof(i));
		block.eth_block_number = 1 + i;
		block.state = BLOCK_STATE_APPLIED;
		must(watcher_store_put_block(database, &block, &error));
	}
	must(database_commit(database, &error));
	database_close(database);
}

/* Opens everything that blocks need and makes one idle pass over them. */
static void idle_pass(struct database *database, struct block_loop *loop)
{
	struct pass_facts facts = { .final_known = true };
	struct block_loop_report report;
	struct watched_block newest;
	uint64_t coins;
	bool found;

	must(event_store_latch(database, &facts.latch, &error));
	must(watcher_store_newest_applied(database, &found, &newest, &error));
	must(block_loop_pass(loop, &report, &facts, UINT64_MAX, &error));
	must(watcher_store_newest_seen(database, &found, &newest, &error));
	must(watcher_store_own_count(database, &coins, &error));
}

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return *left < *right ? -1 : *left > *right;
}

/* Microseconds of one idle pass, the median. */
static double measure_idle(const char *folder)
{
	static uint64_t passes[201];
	struct watcher_network network = { 1, { { 1 } } };
	struct body_store *bodies;
	struct database *database;

	must(watcher_store_open(&database, folder, &network, &error));
	must(body_store_open(&bodies, folder, WATCHER_STORE_BODIES, &error));
	struct ledger_store *ledger =
		ledger_store_new(database, bodies, NULL, 0);
	struct block_fetch *fetch = block_fetch_new(NULL, 0, bodies);
	struct block_fetch *ahead = block_fetch_new(NULL, 0, bodies);
	struct workers *workers = workers_new(1);
	struct block_loop_parts parts = { database, bodies,  ledger, fetch,
					  ahead,    workers, 7200 };
	struct block_loop *loop = block_loop_new(&parts);
	idle_pass(database, loop);
	for (size_t i = 0; i < 201; i++) {
		uint64_t from = microseconds_now();

		idle_pass(database, loop);
		passes[i] = microseconds_now() - from;
	}
	qsort(passes, 201, sizeof(passes[0]), compare_numbers);
	block_loop_free(loop);
	workers_free(workers);
	block_fetch_free(ahead);
	block_fetch_free(fetch);
	ledger_store_free(ledger);
	body_store_close(bodies);
	database_close(database);
	return (double)passes[100];
}

/* The same with `blocks` applied blocks. */
static double measure_history(const char *parent, const char *name,
			      uint64_t blocks)
{
	char folder[400];

	(void)snprintf(folder, sizeof(folder), "%s/%s", parent, name);
	if (mkdir(folder, 0700) != 0)
		exit(1);
	fill_history(folder, blocks);
	return measure_idle(folder);
}

static int compare_doubles(const void *a, const void *b)
{
	const double *left = a;
	const double *right = b;

	return *left < *right ? -1 : *left > *right;
}

/* Seconds that the bare recovery of `payments` signatures takes. */
static double measure_bare(uint64_t payments)
{
	struct recover_figures bare = recover_measure(RECOVER_COUNT, 0);

	return bare.wall_s / (double)bare.count * (double)payments;
}

/* Each round against the mean of the bare recovery before and behind it. */
static double measure_verification(const struct history *history,
				   unsigned int rounds, double *verify_s)
{
	double ratios[64];
	struct measure last = { 0, 0 };
	double before = measure_bare(history->payments);

	for (unsigned int i = 0; i < rounds; i++) {
		last = verify(history, i);
		double behind = measure_bare(history->payments);
		double bare_s = (before + behind) / 2;
		ratios[i] = bare_s / last.wall_s;
		printf("# round %u: %.2f s, %.2f us of CPU per payment; bare "
		       "%.2f s: ratio %.3f\n",
		       i + 1, last.wall_s,
		       last.cpu_s * 1e6 / (double)history->payments, bare_s,
		       ratios[i]);
		(void)fflush(stdout);
		before = behind;
	}
	qsort(ratios, rounds, sizeof(ratios[0]), compare_doubles);
	*verify_s = last.wall_s;
	return ratios[rounds / 2];
}

int main(int argc, char **argv)
{
	struct history history = { .folder = "bench-watcher.tmp" };
	uint64_t payments = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	unsigned int rounds =
		argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 10) : 5;
	struct address framework = { { 1 } };
	char source[300];

	memory_be_small(); /* as the program is */
	if (argc > 3)
		(void)snprintf(history.folder, sizeof(history.folder), "%s",
			       argv[3]);
	if (payments == 0 || rounds == 0 || rounds > 64 || argc > 4) {
		fputs("usage: bench-watcher [PAYMENTS [ROUNDS [FOLDER]]]\n",
		      stderr);
		return 64;
	}
	log_set_level(LOG_ERROR);
	(void)snprintf(source, sizeof(source), "%s/source", history.folder);
	if (mkdir(history.folder, 0700) != 0 || mkdir(source, 0700) != 0) {
		fprintf(stderr, "bench-watcher: cannot make %s\n",
			history.folder);
		return 1;
	}
	history.signers = bench_signers_of(&framework);
	double young = measure_history(history.folder, "young", 1000);
	double old = measure_history(history.folder, "old", 100000);
	history.workers = workers_new(0);
	make_history(&history, payments);
	double verify_s;
	double ratio = measure_verification(&history, rounds, &verify_s);
	printf("{\"verify_ratio\":%.3f,\"idle_history_ratio\":%.3f,"
	       "\"payments\":%llu,\"rounds\":%u,\"verify_s\":%.3f,"
	       "\"idle_us_young\":%.0f,\"idle_us_old\":%.0f}\n",
	       ratio, old / young, (unsigned long long)payments, rounds,
	       verify_s, young, old);
	workers_free(history.workers);
	memory_free(history.roots);
	return 0;
}
