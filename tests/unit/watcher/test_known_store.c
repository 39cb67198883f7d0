/* SPDX-License-Identifier: MIT */
#include <string.h>

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

Suite *known_store_suite(void);

Suite *known_store_suite(void)
{
	Suite *suite = suite_create("known_store");
	TCase *tests = tcase_create("known_store");

	tcase_add_checked_fixture(tests, chain_folder_set_up,
				  chain_folder_tear_down);
	tcase_add_test(tests, test_no_signature_hides_behind_others);
	suite_add_tcase(suite, tests);
	return suite;
}
