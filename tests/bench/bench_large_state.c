/* SPDX-License-Identifier: MIT */

/*
 * The parts of bench_memory.mjs that are for a fast program: a state with many
 * unspent outputs, blocks that spend them, and how much memory a program takes.
 *
 *	bench_large_state fill DATADIR CHAIN_ID FRAMEWORK COINS
 *		Says of the blocks in DATADIR/watcher.db that they are applied,
 *		and gives them COINS unspent outputs, 65536 each.
 *	bench_large_state blocks|wide FOLDER FRAMEWORK COINS BLOCKS PAYMENTS IN
 *OUT Writes bodies of BLOCKS blocks, each of PAYMENTS payments with IN inputs,
 *of these outputs all over the table, and OUT outputs; wide: with amounts that
 *take all bytes they can. Prints their roots. bench_large_state run FILE
 *PROGRAM [ARGUMENT ...] Runs a program, writes the most memory that was
 *resident, in KiB, into FILE, and ends as the program does.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "tests/bench/bench_payments.h"
#include "watcher/coin_store.h"
#include "watcher/watcher_store.h"

#define COIN_UNITS (UINT64_C(1) << 40)
#define GROUP 64

/* Prime, so that its multiples are all over the table and differ. */
#define STRIDE 7368787

/* One coin in so many is of an amount as long as can be. */
#define WIDE_EACH 8

static struct error error;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "bench-large-state: %s\n", error.message);
	exit(1);
}

static bool is_wide_coin(uint64_t index)
{
	return index % WIDE_EACH == 0;
}

static struct position place_of_coin(uint64_t index)
{
	return bench_place((1 + index / PROTOCOL_LEAVES) * 1000,
			   (uint32_t)(index % PROTOCOL_LEAVES), 0);
}

static void apply_blocks(struct database *database, uint64_t count)
{
	struct watched_block block;
	bool found;

	for (uint64_t i = 1; i <= count; i++) {
		must(watcher_store_block(database, &found, &block, i * 1000,
					 &error));
		if (!found) {
			fputs("bench-large-state: too few blocks\n", stderr);
			exit(1);
		}
		block.state = BLOCK_STATE_APPLIED;
		block.verdict = VERDICT_VALID;
		must(watcher_store_put_block(database, &block, &error));
	}
}

static int fill(char **argv)
{
	struct watcher_network network = { .chain_id = strtoull(argv[1], NULL,
								10) };
	uint64_t coins = strtoull(argv[3], NULL, 10);
	struct new_coin group[GROUP];
	struct database *database;
	size_t count = 0;

	if (!address_parse(&network.plasma_framework, argv[2], strlen(argv[2])))
		return 64;
	struct bench_signers signers =
		bench_signers_of(&network.plasma_framework);
	must(watcher_store_open(&database, argv[0], &network, &error));
	must(database_begin(database, &error));
	apply_blocks(database, (coins + PROTOCOL_LEAVES - 1) / PROTOCOL_LEAVES);
	for (uint64_t i = 0; i < coins; i++) {
		group[count++] = (struct new_coin){
			.position = place_of_coin(i),
			.output = { PROTOCOL_OUTPUT_TYPE_PAYMENT,
				    signers.accounts[i % BENCH_KEYS], TOKEN_ETH,
				    bench_amount(COIN_UNITS, is_wide_coin(i)) },
		};
		if (count < GROUP && i + 1 < coins)
			continue;
		must(coin_store_insert(database, group, count, &error));
		count = 0;
	}
	must(database_commit(database, &error));
	database_close(database);
	return 0;
}

static void choose(struct bench_payment *payment, uint64_t *next,
		   uint64_t coins, size_t inputs, uint32_t outputs)
{
	payment->input_count = inputs;
	payment->output_count = outputs;
	for (size_t i = 0; i < inputs; i++) {
		uint64_t coin;

		do
			coin = (*next)++ * STRIDE % coins;
		while (is_wide_coin(coin) != payment->is_wide);
		payment->inputs[i] = place_of_coin(coin);
		payment->owners[i] = (uint32_t)(coin % BENCH_KEYS);
	}
	for (uint32_t i = 0; i < outputs; i++)
		payment->units[i] = COIN_UNITS * inputs / outputs;
}

static int make_blocks(char **argv, bool is_wide)
{
	struct address framework;
	uint64_t coins = strtoull(argv[2], NULL, 10);
	uint64_t blocks = strtoull(argv[3], NULL, 10);
	size_t payments = strtoull(argv[4], NULL, 10);
	size_t inputs = strtoull(argv[5], NULL, 10);
	uint32_t outputs = (uint32_t)strtoul(argv[6], NULL, 10);
	uint64_t next = 0;

	if (!address_parse(&framework, argv[1], strlen(argv[1])) ||
	    payments == 0 || payments > PROTOCOL_LEAVES || inputs == 0 ||
	    inputs > PROTOCOL_MAX_INPUTS || outputs == 0 ||
	    outputs > PROTOCOL_MAX_OUTPUTS ||
	    WIDE_EACH * blocks * payments * inputs > coins)
		return 64;
	struct bench_signers signers = bench_signers_of(&framework);
	struct workers *workers = workers_new(0);
	struct bench_payment *list = memory_new(payments, sizeof(*list));
	for (uint64_t i = 0; i < blocks; i++) {
		char name[HEX_SIZE(32)];

		for (size_t k = 0; k < payments; k++) {
			list[k].is_wide = is_wide;
			choose(&list[k], &next, coins, inputs, outputs);
		}
		struct hash root = bench_payments_write(
			list, payments, &signers, workers, argv[0]);
		hex_encode(name, bytes_view(root.bytes, 32));
		puts(name);
	}
	memory_free(list);
	workers_free(workers);
	return 0;
}

static pid_t child;

static void pass_on(int signal_number)
{
	(void)kill(child, signal_number);
}

static int run(char **argv)
{
	struct rusage usage;
	int status;

	child = fork();
	if (child == 0) {
		(void)execv(argv[1], argv + 1);
		_exit(127);
	}
	(void)signal(SIGTERM, pass_on);
	while (wait4(child, &status, 0, &usage) < 0) {
		if (errno != EINTR)
			return 71;
	}
	FILE *file = fopen(argv[0], "w");
	if (file == NULL)
		return 73;
	(void)fprintf(file, "%ld\n", usage.ru_maxrss);
	(void)fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "fill") == 0)
		return fill(argv + 2);
	if (argc == 9 && strcmp(argv[1], "blocks") == 0)
		return make_blocks(argv + 2, false);
	if (argc == 9 && strcmp(argv[1], "wide") == 0)
		return make_blocks(argv + 2, true);
	if (argc >= 4 && strcmp(argv[1], "run") == 0)
		return run(argv + 2);
	return 64;
}
