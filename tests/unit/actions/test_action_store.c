/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/actions/action_store.h"
#include "common/store/statement.h"
#include "sql/actions_sql.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static char path[64];
static struct error error;
static struct database *database;

static void set_up(void)
{
	scratch_make();
	snprintf(path, sizeof(path), "%s", scratch_path("test.db"));
	ck_assert_msg(database_open(&database, path, DATABASE_WRITER,
				    actions_schema, &error),
		      "%s", error.message);
	ck_assert(database_begin(database, &error));
}

static void tear_down(void)
{
	database_rollback(database);
	database_close(database);
	scratch_remove();
}

static const uint8_t some_data[] = { 1, 2, 3 };

static struct action wish_of(uint64_t index, uint64_t last)
{
	struct action wish = {
		.key = { .kind = ACTION_PIGGYBACK_OUTPUT, .index = index },
		.call_data = { some_data, sizeof(some_data) },
		.value_wei = u256_of(30),
		.window = { { 1 }, { 2 }, { last } },
		.value_at_risk_wei = u256_of(1000 + index),
		.fee_cap_wei = u256_of(400),
	};

	wish.key.contract.bytes[3] = 4;
	wish.key.exit_id.bytes[20] = 9;
	wish.account.bytes[0] = 5;
	wish.detail.bytes[31] = 6;
	return wish;
}

static enum action_join_result want(const struct action *wish)
{
	enum action_join_result result;

	ck_assert_msg(action_store_want(database, NULL, &result, wish,
					(struct root_time){ 77 }, &error),
		      "%s", error.message);
	return result;
}

/* The only action with the key of the wish. */
static struct action find(struct action_list *list, const struct action *wish)
{
	ck_assert(action_store_find(database, list, &wish->key, &error));
	ck_assert_uint_eq(list->count, 1);
	return list->actions[0];
}

static void put(const struct action *action)
{
	ck_assert_msg(action_store_put_progress(database, action, &error), "%s",
		      error.message);
}

START_TEST(test_a_second_discovery_joins_the_first)
{
	struct action wish = wish_of(1, 500);
	struct action_list list;

	ck_assert_int_eq(want(&wish), ACTION_IS_NEW);
	ck_assert_int_eq(want(&wish), ACTION_IS_JOINED);
	wish.value_wei = u256_of(31);
	ck_assert_int_eq(want(&wish), ACTION_IS_JOINED);

	struct action found = find(&list, &wish);
	ck_assert(action_key_equal(&found.key, &wish.key));
	ck_assert(address_equal(&found.account, &wish.account));
	ck_assert(bytes_equal(found.call_data, wish.call_data));
	ck_assert(u256_equal(found.value_wei, u256_of(31)));
	ck_assert_uint_eq(found.window.earliest.seconds, 1);
	ck_assert_uint_eq(found.window.target.seconds, 2);
	ck_assert_uint_eq(found.window.last.seconds, 500);
	ck_assert(u256_equal(found.value_at_risk_wei, u256_of(1001)));
	ck_assert(u256_equal(found.fee_cap_wei, u256_of(400)));
	ck_assert(hash_equal(&found.detail, &wish.detail));
	ck_assert_uint_eq(found.wanted_at.seconds, 77);
	ck_assert_int_eq(found.progress.state, ACTION_WANTED);
	ck_assert(!found.progress.has_nonce);
	action_list_clear(&list);
}
END_TEST

START_TEST(test_lists_what_comes_too_late_the_earliest_first)
{
	static const enum action_state states[] = {
		ACTION_WANTED, ACTION_MISSED, ACTION_DONE,  ACTION_MOOT,
		ACTION_SENT,   ACTION_WANTED, ACTION_MISSED
	};
	static const uint64_t last[] = { 500, 400, 300, 200, 100, 0, 900 };
	struct action_list list;

	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++) {
		struct action wish = wish_of(i, last[i]);

		want(&wish);
		struct action action = find(&list, &wish);
		action.progress.state = states[i];
		action.progress.is_settled = states[i] == ACTION_MISSED;
		put(&action);
		action_list_clear(&list);
	}
	ck_assert(action_store_overdue(database, &list,
				       (struct root_time){ 500 }, &error));
	ck_assert_uint_eq(list.count, 3);
	ck_assert_uint_eq(list.actions[0].key.index, 4);
	ck_assert_uint_eq(list.actions[1].key.index, 1);
	ck_assert_uint_eq(list.actions[2].key.index, 6);
	action_list_clear(&list);
	ck_assert(action_store_overdue(database, &list,
				       (struct root_time){ 501 }, &error));
	ck_assert_uint_eq(list.count, 4);
	ck_assert_uint_eq(list.actions[2].key.index, 0);
	action_list_clear(&list);
}
END_TEST

START_TEST(test_progress_comes_back_as_it_was_put)
{
	struct action wish = wish_of(1, 500);
	struct action_list list;

	want(&wish);
	struct action action = find(&list, &wish);
	action.progress = (struct action_progress){
		.state = ACTION_MINED,
		.has_nonce = true,
		.nonce = 12,
		.mined_at = 34,
		.rested_at = 56,
		.not_before = 78,
	};
	action.highest_offer =
		(struct fee_offer){ U256_MAX, u256_of(UINT64_MAX) };
	action.spent_wei = u256_of(3);
	put(&action);
	action_list_clear(&list);

	struct action again = find(&list, &wish);
	ck_assert_int_eq(again.progress.state, ACTION_MINED);
	ck_assert(again.progress.has_nonce);
	ck_assert_uint_eq(again.progress.nonce, 12);
	ck_assert_uint_eq(again.progress.mined_at, 34);
	ck_assert_uint_eq(again.progress.rested_at, 56);
	ck_assert_uint_eq(again.progress.not_before, 78);
	ck_assert(u256_equal(again.highest_offer.max_fee_wei, U256_MAX));
	ck_assert(u256_equal(again.spent_wei, u256_of(3)));
	action_list_clear(&list);
}
END_TEST

START_TEST(test_a_wish_opens_a_settled_action)
{
	struct action wish = wish_of(1, 500);
	struct action_list list;

	want(&wish);
	struct action action = find(&list, &wish);
	action.progress.state = ACTION_DONE;
	action.progress.rested_at = 5;
	action.progress.is_settled = true;
	put(&action);
	action_list_clear(&list);
	ck_assert(action_store_unsettled(database, &list, &error));
	ck_assert_uint_eq(list.count, 0);
	action_list_clear(&list);

	ck_assert_int_eq(want(&wish), ACTION_IS_REOPENED);
	ck_assert(action_store_unsettled(database, &list, &error));
	ck_assert_uint_eq(list.count, 1);
	ck_assert_int_eq(list.actions[0].progress.state, ACTION_WANTED);
	action_list_clear(&list);
}
END_TEST

START_TEST(test_the_most_urgent_comes_first)
{
	static const uint64_t order[] = { 2, 4, 3, 1 };
	struct action wishes[] = { wish_of(1, 0), wish_of(2, 100),
				   wish_of(3, 900), wish_of(4, 900) };
	struct action_list list;

	for (size_t i = 0; i < 4; i++)
		want(&wishes[i]);
	ck_assert(action_store_unsettled(database, &list, &error));
	ck_assert_uint_eq(list.count, 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(list.actions[i].key.index, order[i]);
	for (size_t i = 0; i + 1 < 4; i++)
		ck_assert_int_eq(action_compare_urgency(&list.actions[i],
							&list.actions[i + 1]),
				 -1);
	action_list_clear(&list);
	ck_assert(action_store_newest(database, &list, 2, &error));
	ck_assert_uint_eq(list.count, 2);
	ck_assert_uint_eq(list.actions[0].key.index, 4);
	action_list_clear(&list);
}
END_TEST

static bool is_busy(const struct address *account)
{
	struct address busy[2];
	size_t count;

	ck_assert(
		action_store_busy_accounts(database, busy, &count, 2, &error));
	ck_assert_uint_le(count, 1);
	return count == 1 && address_equal(&busy[0], account);
}

START_TEST(test_says_which_account_is_spoken_for)
{
	struct action wish = wish_of(1, 500);
	struct action_list list;

	ck_assert(!is_busy(&wish.account));
	wish.print_only = true;
	want(&wish);
	ck_assert(!is_busy(&wish.account));
	wish.print_only = false;
	want(&wish);
	ck_assert(is_busy(&wish.account));
	struct action action = find(&list, &wish);
	action.progress.state = ACTION_DONE;
	action.progress.rested_at = 1;
	put(&action);
	ck_assert(!is_busy(&wish.account));
	/* Something of it is still on its way. */
	action.progress.has_nonce = true;
	put(&action);
	ck_assert(is_busy(&wish.account));
	action_list_clear(&list);
}
END_TEST

START_TEST(test_keeps_the_trouble_until_it_is_over)
{
	struct action wish = wish_of(1, 500);
	struct growing_buffer text;
	uint64_t id;

	growing_buffer_init(&text, 1024);
	ck_assert(action_store_want(database, &id, NULL, &wish,
				    (struct root_time){ 1 }, &error));
	ck_assert(action_store_put_trouble(database, id, "no ether", &error));
	ck_assert(action_store_trouble(database, &text, id, &error));
	ck_assert_str_eq(growing_buffer_string(&text), "no ether");
	growing_buffer_reset(&text);
	ck_assert(action_store_put_trouble(database, id, NULL, &error));
	ck_assert(action_store_trouble(database, &text, id, &error));
	ck_assert_uint_eq(text.len, 0);
	growing_buffer_clear(&text);
}
END_TEST

static struct action_transaction transaction_of(uint8_t account, uint64_t nonce,
						uint64_t attempt, uint64_t fee)
{
	struct action_transaction transaction = {
		.account = { { account } },
		.nonce = nonce,
		.attempt = attempt,
		.purpose = ACTION_PURPOSE_CALL,
		.raw = { some_data, sizeof(some_data) },
		.hash = { { account, (uint8_t)nonce, (uint8_t)attempt } },
		.offer = { u256_of(fee), u256_of(1) },
		.gas_limit = 100000,
		.value_wei = u256_of(7),
		.signed_at_eth_block = 3,
		.signed_at = { 1000 + nonce },
	};

	return transaction;
}

static void put_transaction(struct action_transaction transaction)
{
	ck_assert_msg(
		action_store_put_transaction(database, &transaction, &error),
		"%s", error.message);
}

START_TEST(test_a_nonce_keeps_all_its_attempts)
{
	struct action_transaction_list list;
	struct address account = { { 1 } };
	bool is_signed;
	uint64_t nonce;

	put_transaction(transaction_of(1, 4, 1, 10));
	put_transaction(transaction_of(1, 4, 2, 12));
	put_transaction(transaction_of(2, 9, 1, 10));
	ck_assert(action_store_transactions(database, &list, &account, 4,
					    &error));
	ck_assert_uint_eq(list.count, 2);
	ck_assert_uint_eq(list.transactions[1].attempt, 2);
	ck_assert(u256_equal(list.transactions[1].offer.max_fee_wei,
			     u256_of(12)));
	ck_assert_uint_eq(list.transactions[1].raw.len, sizeof(some_data));
	ck_assert_uint_eq(list.transactions[1].signed_at.seconds, 1004);
	action_transaction_list_clear(&list);

	ck_assert(action_store_next_nonce(database, &nonce, &account, &error));
	ck_assert_uint_eq(nonce, 5);
	ck_assert(action_store_nonce_is_signed(database, &is_signed, &account,
					       4, &error));
	ck_assert(is_signed);
	ck_assert(action_store_nonce_is_signed(database, &is_signed, &account,
					       3, &error));
	ck_assert(!is_signed);
}
END_TEST

START_TEST(test_an_attempt_is_signed_once_and_stays)
{
	struct action_transaction other = transaction_of(1, 4, 1, 11);
	struct statement *row;

	put_transaction(transaction_of(1, 4, 1, 10));
	other.hash.bytes[9] = 1;
	ck_assert(!action_store_put_transaction(database, &other, &error));
	ck_assert_int_eq(error.code, ERROR_REFUSED);
	row = statement_begin(database,
			      "UPDATE action_transactions SET raw = x'00'");
	ck_assert(!statement_run(row, &error));
	row = statement_begin(database, "DELETE FROM action_transactions");
	ck_assert(!statement_run(row, &error));
}
END_TEST

START_TEST(test_counts_the_dearest_attempt_until_the_cost_is_known)
{
	const struct address nobody = { { 0 } };
	const struct address first = { { 1 } };
	struct u256 spent;

	put_transaction(transaction_of(1, 4, 1, 10));
	put_transaction(transaction_of(1, 4, 2, 12));
	put_transaction(transaction_of(1, 5, 1, 20));
	put_transaction(transaction_of(2, 4, 1, 30));
	ck_assert(action_store_spent_since(
		database, &spent, (struct root_time){ 0 }, &nobody, 0, &error));
	ck_assert(u256_equal(spent, u256_of(6200000)));
	ck_assert(action_store_spent_since(
		database, &spent, (struct root_time){ 0 }, &first, 4, &error));
	ck_assert(u256_equal(spent, u256_of(5000000)));
	ck_assert(action_store_put_cost(database, &first, 4, u256_of(11),
					&error));
	ck_assert(action_store_put_cost(database, &first, 4, u256_of(12),
					&error));
	ck_assert(action_store_spent_since(
		database, &spent, (struct root_time){ 0 }, &nobody, 0, &error));
	ck_assert(u256_equal(spent, u256_of(5000012)));
	ck_assert(action_store_spent_since(database, &spent,
					   (struct root_time){ 1005 }, &nobody,
					   0, &error));
	ck_assert(u256_equal(spent, u256_of(2000000)));
	/* What is on its way takes its value along. */
	ck_assert(action_store_pending_cost(database, &spent, &first, 5, 99,
					    &error));
	ck_assert(u256_equal(spent, u256_of(2000007)));
}
END_TEST

START_TEST(test_running_numbers_do_not_meet)
{
	struct action wish = wish_of(41, 500);
	uint64_t index;

	want(&wish);
	ck_assert(action_store_fresh_index(database, &index, wish.key.kind,
					   &wish.key.contract, &error));
	ck_assert_uint_eq(index, 42);
	ck_assert(action_store_fresh_index(database, &index, ACTION_DEPOSIT,
					   &wish.key.contract, &error));
	ck_assert_uint_eq(index, 0);
}
END_TEST

Suite *action_store_suite(void);

Suite *action_store_suite(void)
{
	Suite *suite = suite_create("action_store");
	TCase *tcase = tcase_create("action_store");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_a_second_discovery_joins_the_first);
	tcase_add_test(tcase,
		       test_lists_what_comes_too_late_the_earliest_first);
	tcase_add_test(tcase, test_progress_comes_back_as_it_was_put);
	tcase_add_test(tcase, test_a_wish_opens_a_settled_action);
	tcase_add_test(tcase, test_the_most_urgent_comes_first);
	tcase_add_test(tcase, test_says_which_account_is_spoken_for);
	tcase_add_test(tcase, test_keeps_the_trouble_until_it_is_over);
	tcase_add_test(tcase, test_a_nonce_keeps_all_its_attempts);
	tcase_add_test(tcase, test_an_attempt_is_signed_once_and_stays);
	tcase_add_test(tcase,
		       test_counts_the_dearest_attempt_until_the_cost_is_known);
	tcase_add_test(tcase, test_running_numbers_do_not_meet);
	suite_add_tcase(suite, tcase);
	return suite;
}
