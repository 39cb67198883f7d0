/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <string.h>

#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/coin_api.h"
#include "watcher/coin_batch_store.h"

/* More than one block holds, so that they stand in two. */
#define BLOCK_COINS 60000
#define MANY ((size_t)2 * BLOCK_COINS)

static struct error error;
static struct growing_buffer out;
static json_t *parameters;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

/* Coins of one wei of account 7. */
static void put_many_coins(void)
{
	struct coin_batch_store *batch = coin_batch_store_new();
	struct output output = output_of(7, 1);

	for (uint32_t i = 0; i < MANY; i++)
		coin_batch_store_make(batch,
				      position_at(1000 + i / BLOCK_COINS * 1000,
						  i % BLOCK_COINS, 0),
				      &output);
	must(coin_batch_store_write(batch, chain_database, &error));
	coin_batch_store_free(batch);
}

static void set_up(void)
{
	chain_folder_set_up();
	put_many_coins();
	growing_buffer_init(&out, (size_t)64 << 20);
	parameters = json_pack("{s:s}", "address",
			       "0x0707070707070707070707070707070707070707");
}

static void tear_down(void)
{
	json_decref(parameters);
	growing_buffer_clear(&out);
	chain_folder_tear_down();
}

static const char *ask(call_function *function)
{
	struct call call = { .database = chain_database,
			     .parameters = parameters,
			     .out = &out };

	growing_buffer_reset(&out);
	ck_assert_msg(function(&call), "%s", call.error.message);
	return growing_buffer_string(&out);
}

START_TEST(test_a_balance_is_that_of_all_coins)
{
	ck_assert_str_eq(ask(coin_api_balance),
			 "[{\"currency\":"
			 "\"0x0000000000000000000000000000000000000000\","
			 "\"amount\":120000}]");
}
END_TEST

START_TEST(test_all_coins_are_listed_or_none)
{
	static const char name[] = "\"utxo_pos\":";
	const char *text = ask(coin_api_coins);
	size_t count = 0;

	/* A long text: strstr() of a sanitizer reads it to its end each time.
	 */
	for (size_t i = 0; i + sizeof(name) <= out.len; i++)
		count += text[i] == name[0] &&
			 memcmp(text + i, name, sizeof(name) - 1) == 0;
	ck_assert(out.overflowed || count == MANY);
	out.ceiling = 100000;
	(void)ask(coin_api_coins);
	ck_assert(out.overflowed);
}
END_TEST

Suite *coin_api_suite(void);

Suite *coin_api_suite(void)
{
	Suite *suite = suite_create("coin_api");
	TCase *tests = tcase_create("coin_api");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_a_balance_is_that_of_all_coins);
	tcase_add_test(tests, test_all_coins_are_listed_or_none);
	suite_add_tcase(suite, tests);
	return suite;
}
