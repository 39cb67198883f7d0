/* SPDX-License-Identifier: MIT */
#include "tests/unit/runner.h"
#include "wallet/exit_choice.h"

/* The facts that the bits of `bits` say. */
static struct exit_facts facts_of(unsigned int bits)
{
	return (struct exit_facts){
		.is_ours = (bits & 1) != 0,
		.is_fee_output = (bits & 2) != 0,
		.has_proof = (bits & 4) != 0,
		.is_exiting = (bits & 8) != 0,
		.is_claimed = (bits & 16) != 0,
		.claim_has_signatures = (bits & 32) != 0,
		.claim_has_proofs = (bits & 64) != 0,
		.is_spent = (bits & 128) != 0,
	};
}

START_TEST(test_a_signed_coin_never_gets_a_standard_exit)
{
	for (unsigned int bits = 0; bits < 256; bits++) {
		struct exit_facts facts = facts_of(bits);

		if (facts.is_claimed)
			ck_assert_int_ne(exit_choice_of(&facts),
					 EXIT_CHOICE_STANDARD);
	}
}
END_TEST

START_TEST(test_an_exit_is_started_only_of_what_can_be_proved_and_is_ours)
{
	for (unsigned int bits = 0; bits < 256; bits++) {
		struct exit_facts facts = facts_of(bits);
		enum exit_choice choice = exit_choice_of(&facts);

		if (choice != EXIT_CHOICE_STANDARD &&
		    choice != EXIT_CHOICE_IN_FLIGHT)
			continue;
		ck_assert(facts.is_ours && facts.has_proof);
		ck_assert(!facts.is_spent && !facts.is_exiting);
		if (choice == EXIT_CHOICE_STANDARD)
			ck_assert(!facts.is_fee_output);
		else
			ck_assert(facts.claim_has_signatures &&
				  facts.claim_has_proofs);
	}
}
END_TEST

START_TEST(test_eight_combinations_of_claim_inclusion_and_proof)
{
	/* claimed, spent in a block, everything for an in-flight exit there */
	static const struct {
		bool claimed, spent, complete;
		enum exit_choice choice;
	} rows[8] = {
		{ false, false, false, EXIT_CHOICE_STANDARD },
		{ false, false, true, EXIT_CHOICE_STANDARD },
		{ false, true, false, EXIT_CHOICE_SPENT },
		{ false, true, true, EXIT_CHOICE_SPENT },
		{ true, false, false, EXIT_CHOICE_WAIT },
		{ true, false, true, EXIT_CHOICE_IN_FLIGHT },
		{ true, true, false, EXIT_CHOICE_SPENT },
		{ true, true, true, EXIT_CHOICE_SPENT },
	};

	for (size_t i = 0; i < 8; i++) {
		struct exit_facts facts = { .is_ours = true,
					    .has_proof = true };

		facts.is_claimed = rows[i].claimed;
		facts.is_spent = rows[i].spent;
		facts.claim_has_signatures = rows[i].complete;
		facts.claim_has_proofs = rows[i].complete;
		ck_assert_int_eq(exit_choice_of(&facts), rows[i].choice);
	}
}
END_TEST

START_TEST(test_says_why_not)
{
	struct exit_facts facts = { .is_ours = true, .has_proof = true };

	facts.is_fee_output = true;
	ck_assert_int_eq(exit_choice_of(&facts), EXIT_CHOICE_FEE_OUTPUT);
	facts.is_exiting = true;
	ck_assert_int_eq(exit_choice_of(&facts), EXIT_CHOICE_UNDER_WAY);
	facts.is_exiting = false;
	facts.has_proof = false;
	ck_assert_int_eq(exit_choice_of(&facts), EXIT_CHOICE_NO_PROOF);
	facts.is_ours = false;
	ck_assert_int_eq(exit_choice_of(&facts), EXIT_CHOICE_NOT_OURS);
}
END_TEST

Suite *exit_choice_suite(void);

Suite *exit_choice_suite(void)
{
	Suite *suite = suite_create("exit_choice");
	TCase *tests = tcase_create("exit_choice");

	tcase_add_test(tests, test_a_signed_coin_never_gets_a_standard_exit);
	tcase_add_test(
		tests,
		test_an_exit_is_started_only_of_what_can_be_proved_and_is_ours);
	tcase_add_test(tests,
		       test_eight_combinations_of_claim_inclusion_and_proof);
	tcase_add_test(tests, test_says_why_not);
	suite_add_tcase(suite, tests);
	return suite;
}
