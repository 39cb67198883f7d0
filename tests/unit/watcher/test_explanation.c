/* SPDX-License-Identifier: MIT */
#include "common/chain/verdict.h"
#include "tests/unit/runner.h"
#include "watcher/explanation.h"

START_TEST(test_every_event_is_explained_once)
{
	for (size_t i = 0; i < EXPLANATION_COUNT; i++) {
		const struct explanation *one = &explanations[i];

		ck_assert_uint_eq((size_t)one->kind, i);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(one->id, explanations[j].id);
		ck_assert(one->what[0] != '\0' && one->action[0] != '\0');
	}
}
END_TEST

START_TEST(test_every_rule_is_explained)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		ck_assert_ptr_nonnull(
			explanation_of_rule(verdict_code((enum verdict)i)));
	ck_assert_ptr_null(explanation_of_rule("nonsense"));
}
END_TEST

Suite *explanation_suite(void);

Suite *explanation_suite(void)
{
	Suite *suite = suite_create("explanation");
	TCase *tests = tcase_create("explanation");

	tcase_add_test(tests, test_every_event_is_explained_once);
	tcase_add_test(tests, test_every_rule_is_explained);
	suite_add_tcase(suite, tests);
	return suite;
}
