/* SPDX-License-Identifier: MIT */
#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/coin_batch_store.h"
#include "watcher/coin_store.h"

/* Enough for groups of rows and a rest. */
#define MADE 150

static struct error error;
static struct coin_batch_store *batch;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static void set_up(void)
{
	chain_folder_set_up();
	batch = coin_batch_store_new();
}

static void tear_down(void)
{
	coin_batch_store_free(batch);
	chain_folder_tear_down();
}

static void make(struct position position, uint64_t units)
{
	struct output output = output_of(7, units);

	coin_batch_store_make(batch, position, &output);
}

static void spend(struct position position, struct position spender)
{
	coin_batch_store_spend(batch, position, spender);
}

static bool stored(struct stored_coin *coin, struct position position)
{
	bool found;

	must(coin_store_find(chain_database, &found, coin, position, &error));
	return found;
}

static void check_stored(struct position position, uint64_t units,
			 const struct position *spender)
{
	struct output output = output_of(7, units);
	struct stored_coin coin;

	ck_assert(stored(&coin, position));
	ck_assert(output_equal(&coin.output, &output));
	ck_assert_int_eq(coin.has_spender, spender != NULL);
	if (spender != NULL)
		ck_assert(position_equal(coin.spender, *spender));
}

START_TEST(test_what_is_held_back_is_known)
{
	struct position position = position_at(1000, 0, 0);
	struct stored_coin coin;
	struct output output;

	ck_assert_int_eq(coin_batch_store_find(batch, &output, position),
			 COIN_UNKNOWN);
	make(position, 5);
	ck_assert_int_eq(coin_batch_store_find(batch, &output, position),
			 COIN_UNSPENT);
	ck_assert(amount_equal(output.amount, amount_of(5)));
	spend(position, position_at(2000, 0, 0));
	ck_assert_int_eq(coin_batch_store_find(batch, &output, position),
			 COIN_SPENT);
	ck_assert(!stored(&coin, position));
	coin_batch_store_reset(batch);
	must(coin_batch_store_write(batch, chain_database, &error));
	ck_assert(!stored(&coin, position));
}
END_TEST

/* Every third coin is spent, some of them by the transaction behind. */
START_TEST(test_every_coin_is_written_with_its_spender)
{
	struct position spender = position_at(3000, 1, 0);

	for (uint32_t i = 0; i < MADE; i++)
		make(position_at(2000, i, 0), 1 + i);
	for (uint32_t i = MADE; i-- > 0;) {
		if (i % 3 == 0)
			spend(position_at(2000, i, 0), spender);
	}
	must(coin_batch_store_write(batch, chain_database, &error));
	for (uint32_t i = 0; i < MADE; i++)
		check_stored(position_at(2000, i, 0), 1 + i,
			     i % 3 == 0 ? &spender : NULL);
}
END_TEST

START_TEST(test_coins_of_an_earlier_batch_get_spenders)
{
	struct position old = position_at(1000, 0, 0);
	struct position older = position_at(5, 0, 0);
	struct position kept = position_at(1000, 1, 0);
	struct position one = position_at(2000, 0, 0);
	struct position other = position_at(3000, 0, 0);
	struct output output;

	make(older, 1);
	make(old, 2);
	make(kept, 3);
	must(coin_batch_store_write(batch, chain_database, &error));
	ck_assert_int_eq(coin_batch_store_find(batch, &output, old),
			 COIN_UNKNOWN);
	spend(old, other);
	make(one, 4);
	spend(older, one);
	must(coin_batch_store_write(batch, chain_database, &error));
	check_stored(older, 1, &one);
	check_stored(old, 2, &other);
	check_stored(kept, 3, NULL);
	check_stored(one, 4, NULL);
	/* And when nothing is made. */
	spend(one, other);
	must(coin_batch_store_write(batch, chain_database, &error));
	check_stored(one, 4, &other);
}
END_TEST

Suite *coin_batch_store_suite(void);

Suite *coin_batch_store_suite(void)
{
	Suite *suite = suite_create("coin_batch_store");
	TCase *tests = tcase_create("coin_batch_store");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_what_is_held_back_is_known);
	tcase_add_test(tests, test_every_coin_is_written_with_its_spender);
	tcase_add_test(tests, test_coins_of_an_earlier_batch_get_spenders);
	suite_add_tcase(suite, tests);
	return suite;
}
