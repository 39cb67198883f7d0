/* SPDX-License-Identifier: MIT */
#include "tests/unit/runner.h"
#include "watcher/block_validator.h"

#define T 1000000
#define LIMIT 7200

static enum block_outcome decide(enum verdict verdict, uint64_t now,
				 uint64_t failed_rounds)
{
	struct block_circumstances circumstances = {
		.verdict = verdict,
		.committed_at = T,
		.now = now,
		.limit = LIMIT,
		.failed_rounds = failed_rounds,
	};

	return block_validator_decide(&circumstances);
}

START_TEST(test_a_fault_of_the_body_waits_for_the_limit)
{
	enum verdict missing = VERDICT_BLOCK_NOT_AVAILABLE;

	ck_assert_int_eq(decide(missing, T + LIMIT - 1, 9), BLOCK_OUTCOME_WAIT);
	ck_assert_int_eq(decide(missing, T + LIMIT, 9), BLOCK_OUTCOME_WITHHELD);
	ck_assert_int_eq(decide(missing, T + 10 * LIMIT, 0),
			 BLOCK_OUTCOME_WAIT);
	/* A clock that went back is no reason. */
	ck_assert_int_eq(decide(missing, T - 1, 9), BLOCK_OUTCOME_WAIT);
}
END_TEST

START_TEST(test_a_fault_of_a_signature_waits_for_another_copy)
{
	enum verdict verdict = VERDICT_SIGNATURE_WRONG_OWNER;

	ck_assert_int_eq(decide(verdict, T + LIMIT - 1, 9), BLOCK_OUTCOME_WAIT);
	ck_assert_int_eq(decide(verdict, T + LIMIT, 1), BLOCK_OUTCOME_INVALID);
}
END_TEST

START_TEST(test_what_is_proved_is_final_at_once)
{
	ck_assert_int_eq(decide(VERDICT_INPUT_SPENT, T, 0),
			 BLOCK_OUTCOME_INVALID);
	ck_assert_int_eq(decide(VERDICT_VALID, T, 0), BLOCK_OUTCOME_APPLY);
}
END_TEST

START_TEST(test_what_rests_on_an_unfinal_deposit_waits)
{
	struct block_circumstances circumstances = {
		.verdict = VERDICT_INPUT_UNKNOWN,
		.committed_at = T,
		.now = T + LIMIT - 1,
		.limit = LIMIT,
		.rests_on_unfinal = true,
	};

	ck_assert_int_eq(block_validator_decide(&circumstances),
			 BLOCK_OUTCOME_WAIT);
	circumstances.block_is_final = true;
	ck_assert_int_eq(block_validator_decide(&circumstances),
			 BLOCK_OUTCOME_INVALID);
	circumstances.block_is_final = false;
	circumstances.now = T + LIMIT;
	ck_assert_int_eq(block_validator_decide(&circumstances),
			 BLOCK_OUTCOME_INVALID);
}
END_TEST

START_TEST(test_the_worse_of_two_copies_is_reported)
{
	struct finding body = { VERDICT_ROOT_MISMATCH, false, 0 };
	struct finding signature = { VERDICT_SIGNATURE_BAD_V, true, 3 };
	struct finding proved = { VERDICT_INPUT_SPENT, true, 5 };

	ck_assert_int_eq(block_validator_worse(body, signature).verdict,
			 VERDICT_SIGNATURE_BAD_V);
	ck_assert_int_eq(block_validator_worse(proved, signature).verdict,
			 VERDICT_INPUT_SPENT);
	ck_assert_int_eq(block_validator_worse(FINDING_VALID, body).verdict,
			 VERDICT_ROOT_MISMATCH);
}
END_TEST

Suite *block_validator_suite(void);

Suite *block_validator_suite(void)
{
	Suite *suite = suite_create("block_validator");
	TCase *tests = tcase_create("block_validator");

	tcase_add_test(tests, test_a_fault_of_the_body_waits_for_the_limit);
	tcase_add_test(tests,
		       test_a_fault_of_a_signature_waits_for_another_copy);
	tcase_add_test(tests, test_what_is_proved_is_final_at_once);
	tcase_add_test(tests, test_what_rests_on_an_unfinal_deposit_waits);
	tcase_add_test(tests, test_the_worse_of_two_copies_is_reported);
	suite_add_tcase(suite, tests);
	return suite;
}
