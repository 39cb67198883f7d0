/* SPDX-License-Identifier: MIT */

/* bench-walk: how long the deciding thread accepts nothing while 10,000,000
 * unspent outputs are walked to find one that is piggybacked: in one piece, and
 * as operator_loop_walk() does it. CPU time, of several walks. */

#include <assert.h>
#include <stdio.h>
#include <time.h>

#include "operator/operator_loop.h"
#include "operator/piggyback_search.h"

#define COINS UINT32_C(10000000)
#define ROUNDS 5

static struct operator_loop *loop;
static struct piggyback_search search;

static double cpu_ms(void)
{
	struct timespec now;

	int result = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	assert(result == 0);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct output coin_of(uint32_t number)
{
	struct output coin = { .type = PROTOCOL_OUTPUT_TYPE_PAYMENT,
			       .token = TOKEN_ETH,
			       .amount = amount_of(1000) };

	for (size_t i = 0; i < sizeof(number); i++)
		coin.owner.bytes[i] = (uint8_t)(number * 2654435761u >> 8 * i);
	return coin;
}

static struct position place_of(uint32_t number)
{
	struct position position;
	bool made = position_make(&position,
				  PROTOCOL_BLOCK_INTERVAL *
					  (1 + (uint64_t)number / 60000),
				  number % 60000, 0);

	assert(made);
	return position;
}

static struct operator_state *make_state(void)
{
	struct operator_settings settings = { .next_blknum = 1000000,
					      .interval_ms = 3600000,
					      .block_payments = 1000,
					      .queue_limit = 1000 };
	struct operator_state *state = operator_state_new(&settings);
	struct ledger *ledger = operator_state_ledger_borrow(state);

	ledger_reserve(ledger, COINS);
	for (uint32_t i = 0; i < COINS; i++) {
		struct output coin = coin_of(i);

		ledger_put(ledger, place_of(i), &coin, COIN_UNSPENT);
	}
	return state;
}

struct held {
	double ms; /* in the batch that is counted */
	double longest_ms;
	uint64_t batch;
};

static bool visit_part(struct operator_state *state, size_t part, void *context)
{
	struct held *held = context;
	uint64_t batch = operator_loop_counts(loop).batches;
	double start = cpu_ms();

	piggyback_search_part(&search, state, part);
	if (batch != held->batch)
		held->ms = 0;
	held->batch = batch;
	held->ms += cpu_ms() - start;
	if (held->ms > held->longest_ms)
		held->longest_ms = held->ms;
	return true;
}

static void visit_all(struct operator_state *state, void *context)
{
	for (size_t part = 0; part < LEDGER_PARTS; part++)
		(void)visit_part(state, part, context); /* always goes on */
}

static void measure(const char *name, bool in_parts)
{
	struct piggyback_question question = {
		.transaction = { .type = PROTOCOL_TX_TYPE_PAYMENT,
				 .output_count = 1,
				 .outputs = { coin_of(COINS / 2) } },
		.is_open = true,
	};
	struct held held = { 0 };

	piggyback_search_init(&search, &question, 1);
	search.by_output[search.open_count++] = &question;
	if (in_parts)
		operator_loop_walk(loop, visit_part, &held);
	else
		operator_loop_visit(loop, visit_all, &held);
	assert(search.candidate_count == 1);
	piggyback_search_clear(&search);
	printf("%-14s %8.2f ms\n", name, held.longest_ms);
}

int main(int argc, char **argv)
{
	struct accepted_store *store;
	struct error error;

	if (argc != 2 || !accepted_store_open(&store, argv[1], &error) ||
	    !operator_loop_start(&loop, make_state(), store, &error))
		return 1;
	for (int round = 0; round < ROUNDS; round++) {
		measure("in one piece", false);
		measure("part by part", true);
	}
	operator_state_free(operator_loop_stop(loop));
	accepted_store_close(store);
	return 0;
}
