/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/unit/runner.h"
#include "tests/unit/watcher/flights.h"
#include "watcher/overdue.h"

#define LAST 5000000
#define WEEK 604800

static struct overdue overdue_of(char token)
{
	struct overdue one = {
		.kind = ACTION_PIGGYBACK_OUTPUT,
		.key = "0x01:output 2",
		.at_risk = output_for('A', token, 7),
		.wanted_at = { LAST - 60 },
		.last = { LAST },
		.is_lost = true,
	};

	return one;
}

START_TEST(test_what_is_still_tried_is_critical_however_late)
{
	struct overdue one = overdue_of('E');

	one.is_lost = false;
	ck_assert_int_eq(overdue_severity(&one, LAST + 9 * WEEK, WEEK),
			 SEVERITY_CRITICAL);
}
END_TEST

START_TEST(test_what_is_lost_is_less_severe_as_time_goes_by)
{
	struct overdue one = overdue_of('E');

	ck_assert_int_eq(overdue_severity(&one, LAST + 82800, WEEK),
			 SEVERITY_CRITICAL);
	ck_assert_int_eq(overdue_severity(&one, LAST + 82801, WEEK),
			 SEVERITY_WARNING);
	ck_assert_int_eq(overdue_severity(&one, LAST + WEEK, WEEK),
			 SEVERITY_WARNING);
	ck_assert_int_eq(overdue_severity(&one, LAST + WEEK + 1, WEEK),
			 SEVERITY_OK);
	ck_assert_int_eq(overdue_severity(&one, LAST + 100, 700),
			 SEVERITY_CRITICAL);
	ck_assert_int_eq(overdue_severity(&one, LAST + 101, 700),
			 SEVERITY_WARNING);
}
END_TEST

static void check_said(const struct overdue *one, const char *line,
		       const char *json)
{
	struct growing_buffer text;

	growing_buffer_init(&text, OVERDUE_CEILING);
	overdue_say(&text, one);
	ck_assert_str_eq(growing_buffer_string(&text), line);
	growing_buffer_reset(&text);
	overdue_json(&text, one);
	ck_assert_str_eq(growing_buffer_string(&text), json);
	growing_buffer_clear(&text);
}

START_TEST(test_says_what_it_was_its_value_and_since_when)
{
	struct overdue one = overdue_of('E');

	memset(one.at_risk.owner.bytes, 0, 20);
	memset(one.at_risk.token.address.bytes, 0, 20);
	check_said(&one,
		   "missed: piggyback_output 0x01:output 2, "
		   "0.000000000000000007 ETH of "
		   "0x0000000000000000000000000000000000000000, until "
		   "1970-02-27T20:53:20Z, known since "
		   "1970-02-27T20:52:20Z",
		   "{\"answer\":\"piggyback_output\",\"exit\":"
		   "\"0x01:output 2\",\"position\":null,\"owner\":"
		   "\"0x0000000000000000000000000000000000000000\","
		   "\"token\":"
		   "\"0x0000000000000000000000000000000000000000\","
		   "\"amount\":\"7\",\"wanted_at\":4999940,"
		   "\"last\":5000000,\"lost\":true}");
	one.kind = ACTION_START_STANDARD_EXIT;
	one.is_lost = false;
	one.has_position = true;
	one.position = place_at(1000, 0, 1);
	one.at_risk.token.address.bytes[19] = 1;
	check_said(&one,
		   "overdue: start_standard_exit 0x01:output 2 of "
		   "1000000000001, 7 units of token "
		   "0x0000000000000000000000000000000000000001 of "
		   "0x0000000000000000000000000000000000000000, until "
		   "1970-02-27T20:53:20Z, known since "
		   "1970-02-27T20:52:20Z",
		   "{\"answer\":\"start_standard_exit\",\"exit\":"
		   "\"0x01:output 2\",\"position\":\"1000000000001\","
		   "\"owner\":"
		   "\"0x0000000000000000000000000000000000000000\","
		   "\"token\":"
		   "\"0x0000000000000000000000000000000000000001\","
		   "\"amount\":\"7\",\"wanted_at\":4999940,"
		   "\"last\":5000000,\"lost\":false}");
}
END_TEST

Suite *overdue_suite(void);

Suite *overdue_suite(void)
{
	Suite *suite = suite_create("overdue");
	TCase *tests = tcase_create("overdue");

	tcase_add_test(tests,
		       test_what_is_still_tried_is_critical_however_late);
	tcase_add_test(tests, test_what_is_lost_is_less_severe_as_time_goes_by);
	tcase_add_test(tests, test_says_what_it_was_its_value_and_since_when);
	suite_add_tcase(suite, tests);
	return suite;
}
