/* SPDX-License-Identifier: MIT */
#include "common/service/omg_answer.h"
#include "tests/unit/runner.h"

static struct growing_buffer out;

static void set_up(void)
{
	growing_buffer_init(&out, 1024);
}

static void tear_down(void)
{
	growing_buffer_clear(&out);
}

static const char *prose(const char *text)
{
	growing_buffer_reset(&out);
	omg_answer_put_prose(&out, text);
	return growing_buffer_string(&out);
}

START_TEST(test_strangers_see_no_more_of_a_url_than_its_host)
{
	ck_assert_str_eq(prose("https://node.example:8545/v3/5ec2e7: HTTP 429"),
			 "\"https://node.example:8545/***: HTTP 429\"");
	ck_assert_str_eq(prose("asked http://a.example?key=5ec2e7 and "
			       "https://b.example#x"),
			 "\"asked http://a.example/*** and "
			 "https://b.example/***\"");
	ck_assert_str_eq(prose("http://user:p@ss@c.example: gone"),
			 "\"http://c.example: gone\"");
	ck_assert_str_eq(prose("http://[::1]:8545: gone"),
			 "\"http://[::1]:8545: gone\"");
	ck_assert_str_eq(prose("http://a.example/x: http://b.example/y"),
			 "\"http://a.example/***: http://b.example/***\"");
}
END_TEST

START_TEST(test_other_sentences_stay_as_they_are)
{
	ck_assert_str_eq(prose("a/b: \"c\"\\\n"), "\"a/b: \\\"c\\\"\\\\\"");
	ck_assert_str_eq(prose(""), "\"\"");
	ck_assert_str_eq(prose("://"), "\"://\"");
	ck_assert_str_eq(prose(":// ://: "), "\":// ://: \"");
}
END_TEST

Suite *omg_answer_suite(void);

Suite *omg_answer_suite(void)
{
	Suite *suite = suite_create("omg_answer");
	TCase *tests = tcase_create("omg_answer");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		       test_strangers_see_no_more_of_a_url_than_its_host);
	tcase_add_test(tests, test_other_sentences_stay_as_they_are);
	suite_add_tcase(suite, tests);
	return suite;
}
