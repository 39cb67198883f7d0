/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/unit/runner.h"
#include "wallet/problem.h"

START_TEST(test_each_id_stands_once_and_is_found)
{
	for (size_t i = 0; i < PROBLEM_COUNT; i++) {
		enum problem problem = (enum problem)i;
		enum problem found;

		ck_assert_int_eq(strncmp(problem_id(problem), "PLL-", 4), 0);
		ck_assert_uint_eq(strlen(problem_id(problem)), 7);
		ck_assert(problem_from_id(&found, problem_id(problem)));
		ck_assert_int_eq(found, problem);
		ck_assert_uint_gt(strlen(problem_why(problem)), 10);
		ck_assert_uint_gt(strlen(problem_remedy(problem)), 5);
	}
}
END_TEST

START_TEST(test_ids_are_read_in_any_case_and_nothing_else_is)
{
	static const char *const wrong[] = { "",	 "PLL-",    "PLL-000",
					     "PLL-0011", "PLW-001", "1" };
	enum problem problem;

	ck_assert(problem_from_id(&problem, "pll-012"));
	ck_assert_int_eq(problem, PROBLEM_COIN_SIGNED_AWAY);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert(!problem_from_id(&problem, wrong[i]));
}
END_TEST

START_TEST(test_an_error_keeps_its_problem_through_contexts)
{
	struct error error;

	ck_assert(!problem_set(&error, PROBLEM_NOT_DUE, "coin %d", 7));
	ck_assert_int_eq(error.code, ERROR_TRY_AGAIN);
	ck_assert_str_eq(problem_message(&error), "coin 7");
	error_wrap(&error, "while exiting");
	ck_assert_int_eq(problem_of_error(&error), PROBLEM_NOT_DUE);
	ck_assert_str_eq(problem_message(&error), "coin 7");
}
END_TEST

START_TEST(test_an_error_from_elsewhere_has_the_problem_of_its_code)
{
	struct error error;

	error_set(&error, ERROR_UNREACHABLE, "no answer");
	ck_assert_int_eq(problem_of_error(&error), PROBLEM_UNREACHABLE);
	ck_assert_str_eq(problem_message(&error), "no answer");
	error_set(&error, ERROR_PERMISSION, "wrong password");
	ck_assert_int_eq(problem_of_error(&error), PROBLEM_PERMISSION);
	error_set(&error, ERROR_USAGE, "PLL-999: what");
	ck_assert_int_eq(problem_of_error(&error), PROBLEM_USAGE);
}
END_TEST

Suite *problem_suite(void);

Suite *problem_suite(void)
{
	Suite *suite = suite_create("problem");
	TCase *tests = tcase_create("problem");

	tcase_add_test(tests, test_each_id_stands_once_and_is_found);
	tcase_add_test(tests,
		       test_ids_are_read_in_any_case_and_nothing_else_is);
	tcase_add_test(tests, test_an_error_keeps_its_problem_through_contexts);
	tcase_add_test(
		tests,
		test_an_error_from_elsewhere_has_the_problem_of_its_code);
	suite_add_tcase(suite, tests);
	return suite;
}
