/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/witness.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "tests/unit/watcher/flights.h"
#include "watcher/known_store.h"

static struct error error;

/* Bodies in which somebody put so many items of 65 bytes beside a payment. */
#define BODIES 4
#define ITEMS 32

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static void put(const struct payment *payment,
		const struct signature *signatures, size_t count)
{
	must(known_store_put(chain_database, payment_raw(payment), signatures,
			     count, KNOWN_SOURCE_BAD_BLOCK, NULL, &error));
}

static void put_worthless(const struct payment *payment)
{
	for (uint8_t body = 0; body < BODIES; body++) {
		struct signature items[ITEMS] = { 0 };

		for (uint8_t i = 0; i < ITEMS; i++) {
			items[i].bytes[1] = body;
			items[i].bytes[2] = i;
		}
		put(payment, items, ITEMS);
	}
}

START_TEST(test_no_signature_hides_behind_others)
{
	struct spent_coin coins[2] = {
		{ place_at(1000, 0, 0), 'A', 'E', 5 },
		{ place_at(1000, 1, 0), 'B', 'E', 6 },
	};
	struct output to = output_for('C', 'E', 11);
	struct known_sources sources = { .database = chain_database,
					 .domain = flight_domain() };
	struct address carol = account_of_letter('C');
	struct signature witness;
	struct payment payment;
	bool found;

	payment_make(&payment, coins, 2, &to, 1, 0);
	put_worthless(&payment);
	put(&payment, payment.signatures, 2);
	for (size_t i = 0; i < 2; i++) {
		must(known_store_witness(&sources, &found, &witness,
					 &payment.transaction, &payment.hash,
					 &payment.spent[i].owner, &error));
		ck_assert(found);
		ck_assert_mem_eq(witness.bytes, payment.signatures[i].bytes,
				 SIGNATURE_SIZE);
	}
	must(known_store_witness(&sources, &found, &witness,
				 &payment.transaction, &payment.hash, &carol,
				 &error));
	ck_assert(!found);
}
END_TEST

/* ---- spends ---- */

static struct spent_coin coin_at_1000(void)
{
	return (struct spent_coin){ place_at(1000, 0, 0), 'A', 'E', 5 };
}

/* A spend of the coin that bears somebody else's signature. */
static void put_forged(uint8_t tag, struct position position)
{
	struct spent_coin coin = coin_at_1000();
	struct output to = output_for('M', 'E', 5);
	struct payment payment;

	payment_make(&payment, &coin, 1, &to, 1, tag);
	payment.signatures[0].bytes[40] ^= 1;
	must(known_store_put(chain_database, payment_raw(&payment),
			     payment.signatures, 1, KNOWN_SOURCE_BAD_BLOCK,
			     &position, &error));
}

static size_t count_spends(uint64_t *recoveries)
{
	struct known_sources sources = { .database = chain_database,
					 .domain = flight_domain(),
					 .recoveries = recoveries };
	struct address alice = account_of_letter('A');
	struct known_spend_list spends;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	must(known_store_spends(&sources, &arena, &spends, place_at(1000, 0, 0),
				&alice, &error));
	for (size_t i = 0; i < spends.count; i++) {
		struct transaction transaction;
		struct signature witness;

		ck_assert_int_eq(
			transaction_decode(&transaction, spends.of[i].raw),
			VERDICT_VALID);
		ck_assert(witness_find(&witness, &transaction, &sources.domain,
				       &alice, &spends.of[i].witness, 1));
	}
	arena_clear(&arena);
	return spends.count;
}

START_TEST(test_a_signature_is_recovered_once)
{
	struct spent_coin coin = coin_at_1000();
	struct output to = output_for('C', 'E', 5);
	struct payment payment;
	uint64_t recoveries = 1000;

	payment_make(&payment, &coin, 1, &to, 1, 255);
	for (uint8_t i = 0; i < 20; i++)
		put_forged(i, place_at(2000, i, 0));
	put(&payment, payment.signatures, 1);
	ck_assert_uint_eq(count_spends(&recoveries), 1);
	/* Each transaction counts, and its signature. */
	ck_assert_uint_eq(recoveries, 1000 - 2 * 21);
	ck_assert_uint_eq(count_spends(&recoveries), 1);
	ck_assert_uint_eq(recoveries, 1000 - 2 * 21);
}
END_TEST

START_TEST(test_a_signature_that_comes_later_is_found)
{
	struct spent_coin coin = coin_at_1000();
	struct output to = output_for('C', 'E', 5);
	struct payment payment;
	uint64_t recoveries = 1000;

	payment_make(&payment, &coin, 1, &to, 1, 255);
	put_worthless(&payment);
	ck_assert_uint_eq(count_spends(&recoveries), 0);
	put(&payment, payment.signatures, 1);
	uint64_t left = recoveries;
	ck_assert_uint_eq(count_spends(&recoveries), 1);
	ck_assert_uint_eq(recoveries, left - 2);
}
END_TEST

START_TEST(test_what_is_too_much_for_one_pass_waits_the_oldest_first)
{
	struct spent_coin coin = coin_at_1000();
	struct output to = output_for('C', 'E', 5);
	struct position behind = place_at(3000, 0, 0);
	struct payment payment;
	uint64_t recoveries = 10;

	payment_make(&payment, &coin, 1, &to, 1, 255);
	must(known_store_put(chain_database, payment_raw(&payment),
			     payment.signatures, 1, KNOWN_SOURCE_BAD_BLOCK,
			     &behind, &error));
	for (uint8_t i = 0; i < 10; i++)
		put_forged(i, place_at(2000, i, 0));
	ck_assert_uint_eq(count_spends(&recoveries), 0);
	ck_assert_uint_eq(recoveries, 0);
	/* Whoever only reads need not wait. */
	ck_assert_uint_eq(count_spends(NULL), 1);
	recoveries = 100;
	ck_assert_uint_eq(count_spends(&recoveries), 1);
	ck_assert_uint_eq(count_spends(NULL), 1);
}
END_TEST

/* ---- payments ---- */

static void watch(const struct address *owner)
{
	must(watcher_store_watch(chain_database, owner, 1, &error));
}

static size_t count_paying(const struct address *owner)
{
	struct hash *list;
	size_t count;

	must(known_store_paying_new(chain_database, &list, &count, owner,
				    &error));
	memory_free(list);
	return count;
}

START_TEST(test_payments_to_watched_owners_are_listed)
{
	struct spent_coin coin = coin_at_1000();
	struct output to[2] = { output_for('C', 'E', 3),
				output_for('D', 'E', 2) };
	struct address carol = account_of_letter('C');
	struct address dave = account_of_letter('D');
	struct payment payment;

	watch(&carol);
	for (uint8_t i = 0; i < 3; i++) {
		payment_make(&payment, &coin, 1, to, i == 0 ? 1 : 2, i);
		put(&payment, payment.signatures, 1);
		put(&payment, payment.signatures, 1);
	}
	ck_assert_uint_eq(count_paying(&carol), 3);
	/* Who is watched later has those of before. */
	watch(&dave);
	ck_assert_uint_eq(count_paying(&dave), 2);
	ck_assert_uint_eq(count_paying(&carol), 0);
}
END_TEST

Suite *known_store_suite(void);

Suite *known_store_suite(void)
{
	Suite *suite = suite_create("known_store");
	TCase *tests = tcase_create("known_store");

	tcase_add_checked_fixture(tests, chain_folder_set_up,
				  chain_folder_tear_down);
	tcase_add_test(tests, test_no_signature_hides_behind_others);
	tcase_add_test(tests, test_a_signature_is_recovered_once);
	tcase_add_test(tests, test_a_signature_that_comes_later_is_found);
	tcase_add_test(
		tests,
		test_what_is_too_much_for_one_pass_waits_the_oldest_first);
	tcase_add_test(tests, test_payments_to_watched_owners_are_listed);
	suite_add_tcase(suite, tests);
	return suite;
}
