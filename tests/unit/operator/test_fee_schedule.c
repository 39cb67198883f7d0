/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "operator/fee_schedule.h"
#include "operator/operator_status.h"
#include "tests/unit/runner.h"

static struct token token_of(uint8_t byte)
{
	struct token token;

	memset(token.address.bytes, byte, sizeof(token.address.bytes));
	return token;
}

static struct fee_row row_of(uint8_t token, uint64_t units)
{
	return (struct fee_row){ token_of(token), amount_of(units) };
}

static enum fee_answer judge(const struct fee_schedule *schedule, uint8_t token,
			     uint64_t units)
{
	struct surplus surplus = { .count = 1 };

	surplus.of[0].token = token_of(token);
	surplus.of[0].amount = amount_of(units);
	return fee_judge(fee_schedule_table_borrow(schedule), &surplus, false);
}

static void change(struct fee_schedule *schedule, const struct fee_row *rows,
		   size_t count, uint64_t now_ms)
{
	struct error error;

	ck_assert(
		fee_schedule_change(schedule, rows, count, 2, now_ms, &error));
}

START_TEST(test_accepts_nothing_before_a_table_is_loaded)
{
	struct fee_schedule *schedule = fee_schedule_new();

	ck_assert_int_eq(judge(schedule, 0, 5), FEE_NOT_COVERED);
	fee_schedule_free(schedule);
}
END_TEST

START_TEST(test_accepts_the_previous_amount_for_thirty_seconds)
{
	struct fee_schedule *schedule = fee_schedule_new();
	struct fee_row row = row_of(0, 10);

	change(schedule, &row, 1, 1000);
	ck_assert_int_eq(judge(schedule, 0, 10), FEE_ACCEPTED);
	row.amount = amount_of(15);
	change(schedule, &row, 1, 2000);
	ck_assert_int_eq(judge(schedule, 0, 10), FEE_ACCEPTED);
	ck_assert_int_eq(judge(schedule, 0, 15), FEE_ACCEPTED);
	fee_schedule_expire(schedule, 31999);
	ck_assert_int_eq(judge(schedule, 0, 10), FEE_ACCEPTED);
	fee_schedule_expire(schedule, 32000);
	ck_assert_int_eq(judge(schedule, 0, 10), FEE_NOT_COVERED);
	ck_assert_int_eq(judge(schedule, 0, 15), FEE_ACCEPTED);
	fee_schedule_free(schedule);
}
END_TEST

START_TEST(test_accepts_a_token_that_was_taken_out_for_thirty_seconds)
{
	struct fee_schedule *schedule = fee_schedule_new();
	struct fee_row rows[2] = { row_of(0, 10), row_of(1, 3) };

	change(schedule, rows, 2, 0);
	change(schedule, rows, 1, 5000);
	ck_assert_int_eq(judge(schedule, 1, 3), FEE_ACCEPTED);
	fee_schedule_expire(schedule, 35000);
	ck_assert_int_eq(judge(schedule, 1, 3), FEE_NOT_COVERED);
	ck_assert_int_eq(judge(schedule, 0, 10), FEE_ACCEPTED);
	fee_schedule_free(schedule);
}
END_TEST

START_TEST(test_refuses_an_amount_that_jumps)
{
	struct fee_schedule *schedule = fee_schedule_new();
	struct fee_row row = row_of(0, 10);
	struct error error;

	change(schedule, &row, 1, 0);
	row.amount = amount_of(21);
	ck_assert(!fee_schedule_change(schedule, &row, 1, 2, 0, &error));
	ck_assert_int_eq(error.code, ERROR_REFUSED);
	row.amount = amount_of(4);
	ck_assert(!fee_schedule_change(schedule, &row, 1, 2, 0, &error));
	ck_assert_int_eq(judge(schedule, 0, 10), FEE_ACCEPTED);
	row.amount = amount_of(20);
	change(schedule, &row, 1, 0);
	ck_assert_int_eq(judge(schedule, 0, 20), FEE_ACCEPTED);
	fee_schedule_free(schedule);
}
END_TEST

START_TEST(test_refuses_a_token_that_stands_twice)
{
	struct fee_schedule *schedule = fee_schedule_new();
	struct fee_row rows[2] = { row_of(1, 10), row_of(1, 11) };
	struct error error;

	ck_assert(!fee_schedule_change(schedule, rows, 2, 0, 0, &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	fee_schedule_free(schedule);
}
END_TEST

/* The answer of fees.all. */
static struct growing_buffer said_fees(struct operator_status *status)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 4096);
	operator_status_write_fees(status, &out);
	ck_assert(growing_buffer_put_byte(&out, 0));
	return out;
}

START_TEST(test_offers_what_is_in_force_in_units_of_the_network)
{
	struct fee_schedule *schedule = fee_schedule_new();
	struct operator_status *status = operator_status_new();
	struct network *network = memory_new(1, sizeof(*network));
	const struct fee_row rows[3] = { row_of(0, 7), row_of(0xaa, 9),
					 row_of(0xbb, 3) };
	const struct wall_time now = { 1 };

	network->tokens[0] = (struct network_token){ .token = token_of(0xaa),
						     .decimals = 6 };
	network->token_count = 1;
	change(schedule, rows, 2, 1000);
	operator_status_put_fees(status, schedule, network, now);
	struct growing_buffer both = said_fees(status);
	const char *text = (const char *)both.data;
	ck_assert_ptr_nonnull(strstr(
		text, "\"amount\":7,\"subunit_to_unit\":1000000000000000000,"));
	ck_assert_ptr_nonnull(
		strstr(text, "\"amount\":9,\"subunit_to_unit\":1000000,"));

	/* Still accepted, but nobody is told to pay with it any more. */
	const struct fee_row kept[2] = { rows[0], rows[2] };
	change(schedule, kept, 2, 2000);
	ck_assert_int_eq(judge(schedule, 0xaa, 9), FEE_ACCEPTED);
	operator_status_put_fees(status, schedule, network, now);
	struct growing_buffer one = said_fees(status);
	text = (const char *)one.data;
	ck_assert_ptr_nonnull(strstr(text, "{\"1\":[{"));
	ck_assert_ptr_nonnull(strstr(text, "\"amount\":7,"));
	ck_assert_ptr_nonnull(strstr(text, "},{"));
	ck_assert_ptr_nonnull(strstr(text, "\"amount\":3,"));
	ck_assert_ptr_null(strstr(text, "\"amount\":9,"));
	growing_buffer_clear(&both);
	growing_buffer_clear(&one);
	memory_free(network);
	operator_status_free(status);
	fee_schedule_free(schedule);
}
END_TEST

Suite *fee_schedule_suite(void);

Suite *fee_schedule_suite(void)
{
	Suite *suite = suite_create("fee_schedule");
	TCase *tests = tcase_create("fee_schedule");

	tcase_add_test(tests, test_accepts_nothing_before_a_table_is_loaded);
	tcase_add_test(tests,
		       test_accepts_the_previous_amount_for_thirty_seconds);
	tcase_add_test(
		tests,
		test_accepts_a_token_that_was_taken_out_for_thirty_seconds);
	tcase_add_test(tests, test_refuses_an_amount_that_jumps);
	tcase_add_test(tests, test_refuses_a_token_that_stands_twice);
	tcase_add_test(tests,
		       test_offers_what_is_in_force_in_units_of_the_network);
	suite_add_tcase(suite, tests);
	return suite;
}
