/* SPDX-License-Identifier: MIT */

/*
 * bench-watcher [PAYMENTS [ROUNDS [COINS [FOLDER]]]]: how fast history is
 * verified, against the bare recovery of as many signatures on all processors.
 * Payments have one input and two outputs, real signatures, and lie in bodies
 * in a folder; each round verifies them from an empty database. Beside it, the
 * memory and the start of a small watcher with COINS unspent outputs, and what
 * an idle look at 100,000 blocks costs against 1,000. The last line is JSON.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/deposit.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/codec/merkle_tree.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "tests/bench/recover.h"
#include "watcher/block_loop.h"
#include "watcher/coin_store.h"
#include "watcher/event_store.h"

#define KEYS 16
#define DEPOSITS 999
#define BLOCK_PAYMENTS 5000
#define SIGNED_SIZE 400
#define DEPOSIT_UNITS (UINT64_C(1) << 40)

static struct error error;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "bench-watcher: %s\n", error.message);
	exit(1);
}

/* One payment to be signed, as a value for workers. */
struct job {
	const struct hash *domain;
	struct secret *keys;
	const struct address *accounts;
	struct position input;
	uint32_t owner;	   /* of the input: index of a key */
	uint64_t units[2]; /* of the outputs, for the same account */
	uint8_t bytes[SIGNED_SIZE];
	size_t len;
	struct hash leaf;
};

struct history {
	char folder[256];
	struct hash domain;
	struct secret keys[KEYS];
	struct address accounts[KEYS];
	struct workers *workers;
	struct hash *roots;
	size_t block_count;
	uint64_t payments;
};

static void sign_job(struct job *job)
{
	struct transaction transaction = { 0 };
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	struct writer raw_writer = writer_of(raw, sizeof(raw));
	struct writer writer = writer_of(job->bytes, sizeof(job->bytes));

	transaction.type = PROTOCOL_TX_TYPE_PAYMENT;
	transaction.input_count = 1;
	transaction.inputs[0] = job->input;
	transaction.output_count = 2;
	for (uint32_t i = 0; i < 2; i++)
		transaction.outputs[i] =
			(struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT,
					 job->accounts[job->owner], TOKEN_ETH,
					 amount_of(job->units[i]) };
	transaction_encode(&raw_writer, &transaction);
	struct hash digest = transaction_digest(job->domain, &transaction);
	struct signature signature =
		signature_make(&job->keys[job->owner], &digest);
	transaction_encode_signed(&writer, writer_view(&raw_writer), &signature,
				  1);
	job->len = writer.len;
	job->leaf = merkle_tree_leaf(writer_view(&raw_writer));
}

static void sign_piece(void *items, size_t count)
{
	struct job *jobs = items;

	for (size_t i = 0; i < count; i++)
		sign_job(&jobs[i]);
}

static void write_block(struct history *history, struct job *jobs, size_t count)
{
	uint8_t head[16];
	struct writer writer = writer_of(head, sizeof(head));
	struct hash *leaves = memory_new(count, sizeof(*leaves));
	char name[65];
	char path[400];
	uint64_t len = 0;

	for (size_t i = 0; i < count; i++) {
		leaves[i] = jobs[i].leaf;
		len += jobs[i].len;
	}
	history->roots = memory_resize(history->roots, history->block_count + 1,
				       sizeof(*history->roots));
	struct hash *root = &history->roots[history->block_count++];
	*root = merkle_tree_root(leaves, count);
	hex_encode_bare(name, bytes_view(root->bytes, 32));
	(void)snprintf(path, sizeof(path), "%s/source/%s", history->folder,
		       name);
	FILE *file = fopen(path, "wb");
	if (file == NULL)
		exit(1);
	block_body_write_header(&writer, len);
	(void)fwrite(head, 1, writer.len, file);
	for (size_t i = 0; i < count; i++)
		(void)fwrite(jobs[i].bytes, 1, jobs[i].len, file);
	(void)fclose(file);
	memory_free(leaves);
}

static struct position place(uint64_t blknum, uint32_t tx, uint32_t output)
{
	struct position position;

	if (!position_make(&position, blknum, tx, output))
		exit(1);
	return position;
}

/* The coin that payment `index` of a block spends, `made` being the payments of
 * the block before: of a full block each first output, of others both. */
static void choose_input(struct job *job, const struct job *made, size_t count,
			 size_t index, uint64_t blknum)
{
	bool is_full = count == BLOCK_PAYMENTS;
	size_t tx = is_full ? index : index / 2;
	uint32_t output = is_full ? 0 : (uint32_t)(index % 2);
	uint64_t units = DEPOSIT_UNITS;

	if (count == 0) {
		job->owner = (uint32_t)(index % KEYS);
		job->input = place(1 + index, 0, 0);
	} else {
		job->owner = made[tx].owner;
		job->input = place(blknum - 1000, (uint32_t)tx, output);
		units = made[tx].units[output];
	}
	job->units[0] = is_full ? units - 1 : units / 2;
	job->units[1] = units - job->units[0];
}

/* Deposits, then blocks that double the coins, then blocks of the same size. */
static void make_history(struct history *history, uint64_t payments)
{
	struct job *jobs = memory_new(BLOCK_PAYMENTS, sizeof(*jobs));
	struct job *made = memory_new(BLOCK_PAYMENTS, sizeof(*made));
	size_t before = 0;

	while (history->payments < payments) {
		size_t count = before == 0 ? DEPOSITS : 2 * before;
		uint64_t blknum = (history->block_count + 1) * 1000;

		if (count > BLOCK_PAYMENTS)
			count = BLOCK_PAYMENTS;
		if (count > payments - history->payments)
			count = (size_t)(payments - history->payments);
		for (size_t i = 0; i < count; i++) {
			jobs[i].domain = &history->domain;
			jobs[i].keys = history->keys;
			jobs[i].accounts = history->accounts;
			choose_input(&jobs[i], made, before, i, blknum);
		}
		workers_run(history->workers, sign_piece, jobs, sizeof(*jobs),
			    count, 64);
		write_block(history, jobs, count);
		history->payments += count;
		before = count;
		struct job *swap = made;
		made = jobs;
		jobs = swap;
	}
	memory_free(jobs);
	memory_free(made);
}

/* ---- what is measured ---- */

static struct watched_deposit deposit_of(const struct history *history,
					 uint64_t index)
{
	struct watched_deposit deposit = { 0 };

	deposit.blknum = index + 1;
	deposit.output = (struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT,
					  history->accounts[index % KEYS],
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
	struct pass_facts facts = { .domain = history->domain,
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
	struct block_fetch *fetch = block_fetch_new(sources, 1);
	struct block_fetch *ahead = block_fetch_new(sources, 1);
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

/* ---- a large state, a long history ---- */

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

/* `count` unspent outputs in full blocks, which are applied. */
static void fill_state(const char *folder, uint64_t count)
{
	struct database *database = open_state(folder);
	struct new_coin coin = { .output = { PROTOCOL_OUTPUT_TYPE_PAYMENT,
					     { { 7 } },
					     TOKEN_ETH,
					     amount_of(DEPOSIT_UNITS) } };

	for (uint64_t i = 0; i < count; i++) {
		coin.position =
			place((1 + i / 65536) * 1000, (uint32_t)(i % 65536), 0);
		must(coin_store_insert(database, &coin, 1, &error));
	}
	must(database_commit(database, &error));
	database_close(database);
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

/* Spends coins all over the table, sorted, as a block does. */
static void spend_everywhere(struct database *database, uint64_t count)
{
	uint64_t step = count / 20000 + 1;
	struct position spender = place(900000000, 0, 0);

	must(database_begin(database, &error));
	for (uint64_t i = 0; i < count; i += step)
		must(coin_store_spend(
			database,
			place((1 + i / 65536) * 1000, (uint32_t)(i % 65536), 0),
			&spender, &error));
	must(database_commit(database, &error));
}

struct state_figures {
	double start_s; /* until the first pass is over */
	double rss_mib; /* after spending 20,000 coins */
	double idle_us; /* of one idle pass, the median */
};

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return *left < *right ? -1 : *left > *right;
}

static struct state_figures use_state(const char *folder, uint64_t coins)
{
	static uint64_t passes[201];
	uint64_t started = microseconds_now();
	struct state_figures figures;
	struct body_store *bodies;
	struct rusage usage;
	struct watcher_network network = { 1, { { 1 } } };
	struct database *database;

	must(watcher_store_open(&database, folder, &network, &error));
	must(body_store_open(&bodies, folder, WATCHER_STORE_BODIES, &error));
	struct ledger_store *ledger =
		ledger_store_new(database, bodies, NULL, 0);
	struct block_fetch *fetch = block_fetch_new(NULL, 0);
	struct block_fetch *ahead = block_fetch_new(NULL, 0);
	struct workers *workers = workers_new(1);
	struct block_loop_parts parts = { database, bodies,  ledger, fetch,
					  ahead,    workers, 7200 };
	struct block_loop *loop = block_loop_new(&parts);
	idle_pass(database, loop);
	figures.start_s = (double)(microseconds_now() - started) / 1e6;
	for (size_t i = 0; i < 201; i++) {
		uint64_t from = microseconds_now();

		idle_pass(database, loop);
		passes[i] = microseconds_now() - from;
	}
	qsort(passes, 201, sizeof(passes[0]), compare_numbers);
	figures.idle_us = (double)passes[100];
	if (coins > 0)
		spend_everywhere(database, coins);
	(void)getrusage(RUSAGE_SELF, &usage);
	figures.rss_mib = (double)usage.ru_maxrss / 1024.0;
	block_loop_free(loop);
	workers_free(workers);
	block_fetch_free(ahead);
	block_fetch_free(fetch);
	ledger_store_free(ledger);
	body_store_close(bodies);
	database_close(database);
	return figures;
}

/* In a process of its own, so that memory is that of a small program. */
static struct state_figures measure_apart(const char *parent, const char *name,
					  uint64_t coins, uint64_t blocks)
{
	struct state_figures figures = { 0, 0, 0 };
	char folder[400];
	int ends[2];

	(void)snprintf(folder, sizeof(folder), "%s/%s", parent, name);
	for (int step = 0; step < 2; step++) {
		if (pipe(ends) != 0 || (step == 0 && mkdir(folder, 0700) != 0))
			exit(1);
		pid_t child = fork();
		if (child == 0) {
			if (step == 0 && coins > 0)
				fill_state(folder, coins);
			else if (step == 0)
				fill_history(folder, blocks);
			else
				figures = use_state(folder, coins);
			_exit(write(ends[1], &figures, sizeof(figures)) ==
					      (ssize_t)sizeof(figures)
				      ? 0
				      : 1);
		}
		(void)close(ends[1]);
		if (read(ends[0], &figures, sizeof(figures)) !=
		    (ssize_t)sizeof(figures)) {
			fputs("bench-watcher: a measure failed\n", stderr);
			exit(1);
		}
		(void)close(ends[0]);
		(void)waitpid(child, NULL, 0);
	}
	return figures;
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

	uint64_t coins = argc > 3 ? strtoull(argv[3], NULL, 10) : 10000000;
	if (argc > 4)
		(void)snprintf(history.folder, sizeof(history.folder), "%s",
			       argv[4]);
	if (payments == 0 || rounds == 0 || rounds > 64 || coins == 0 ||
	    argc > 5) {
		fputs("usage: bench-watcher [PAYMENTS [ROUNDS [COINS "
		      "[FOLDER]]]]\n",
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
	for (uint8_t i = 0; i < KEYS; i++) {
		memset(history.keys[i].bytes, i + 1, 32);
		history.accounts[i] = secret_address(&history.keys[i]);
	}
	history.domain = eip712_domain_separator(&framework);
	/* First, while this process is small and has one thread. */
	struct state_figures large =
		measure_apart(history.folder, "large", coins, 0);
	struct state_figures young =
		measure_apart(history.folder, "young", 0, 1000);
	struct state_figures old =
		measure_apart(history.folder, "old", 0, 100000);
	history.workers = workers_new(0);
	make_history(&history, payments);
	double verify_s;
	double ratio = measure_verification(&history, rounds, &verify_s);
	printf("{\"verify_ratio\":%.3f,\"small_rss_mib\":%.1f,"
	       "\"idle_history_ratio\":%.3f,\"start_s\":%.3f,"
	       "\"payments\":%llu,\"rounds\":%u,\"verify_s\":%.3f,"
	       "\"coins\":%llu,\"idle_us_young\":%.0f,\"idle_us_old\":%.0f}"
	       "\n",
	       ratio, large.rss_mib, old.idle_us / young.idle_us, large.start_s,
	       (unsigned long long)payments, rounds, verify_s,
	       (unsigned long long)coins, young.idle_us, old.idle_us);
	workers_free(history.workers);
	memory_free(history.roots);
	return 0;
}
