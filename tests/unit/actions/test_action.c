/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "common/actions/action.h"
#include "tests/unit/runner.h"

#define LAST 2000
#define DEPTH 2

static struct action action_of(enum action_kind kind)
{
	return (struct action){
		.id = 1,
		.key = { .kind = kind },
		.window = { .last = { LAST } },
		.progress = { .state = ACTION_WANTED },
	};
}

static struct action_facts facts_of(enum action_goal goal,
				    enum action_nonce_use use)
{
	return (struct action_facts){ .now = { 1000 },
				      .head = 50,
				      .finalized = 40,
				      .goal = goal,
				      .nonce_use = use,
				      .used_at = 45 };
}

static void note_signed(struct action *action)
{
	action_note_signed(action, 7,
			   (struct fee_offer){ u256_of(10), u256_of(1) });
}

START_TEST(test_goes_from_wanted_to_done)
{
	struct action action = action_of(ACTION_CHALLENGE_STANDARD_EXIT);
	struct action_facts facts =
		facts_of(ACTION_GOAL_OPEN, ACTION_NONCE_NONE);

	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_SIGN);
	note_signed(&action);
	ck_assert_int_eq(action.progress.state, ACTION_SIGNED);

	facts.nonce_use = ACTION_NONCE_FREE;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_SEND);
	ck_assert_int_eq(action.progress.state, ACTION_SIGNED);
	facts.accepted = true;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_SEND);
	ck_assert_int_eq(action.progress.state, ACTION_SENT);

	/* Mined where the snapshot has not looked yet. */
	facts.nonce_use = ACTION_NONCE_SUCCEEDED;
	facts.used_at = 51;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(action.progress.state, ACTION_MINED);
	ck_assert_uint_eq(action.progress.mined_at, 51);

	facts.head = 51;
	facts.goal = ACTION_GOAL_REACHED;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(action.progress.state, ACTION_DONE);
	ck_assert(!action.progress.is_settled);

	facts.head = 100;
	facts.finalized = 51;
	facts.nonce_is_final = true;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert(action.progress.is_settled);
	ck_assert(!action.progress.has_nonce);
}
END_TEST

START_TEST(test_a_reorganisation_sends_the_same_nonce_again)
{
	struct action action = action_of(ACTION_CHALLENGE_STANDARD_EXIT);
	struct action_facts facts =
		facts_of(ACTION_GOAL_REACHED, ACTION_NONCE_SUCCEEDED);

	note_signed(&action);
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(action.progress.state, ACTION_DONE);
	facts = facts_of(ACTION_GOAL_OPEN, ACTION_NONCE_FREE);
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_SEND);
	ck_assert_int_eq(action.progress.state, ACTION_SIGNED);
	ck_assert_uint_eq(action.progress.nonce, 7);
	ck_assert_uint_eq(action.progress.rested_at, 0);
}
END_TEST

START_TEST(test_somebody_elses_success_cancels_what_is_on_its_way)
{
	struct action action = action_of(ACTION_CHALLENGE_STANDARD_EXIT);
	struct action_facts facts =
		facts_of(ACTION_GOAL_REACHED, ACTION_NONCE_FREE);

	note_signed(&action);
	facts.finalized = 1000;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_CANCEL);
	ck_assert_int_eq(action.progress.state, ACTION_DONE);
	ck_assert(!action.progress.is_settled);
	facts.nonce_use = ACTION_NONCE_CANCELLED;
	facts.nonce_is_final = true;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert(action.progress.is_settled);
}
END_TEST

START_TEST(test_a_foreign_transaction_at_our_nonce_opens_it_again)
{
	struct action action = action_of(ACTION_CHALLENGE_STANDARD_EXIT);
	struct action_facts facts =
		facts_of(ACTION_GOAL_OPEN, ACTION_NONCE_FOREIGN);

	note_signed(&action);
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(action.progress.state, ACTION_WANTED);
	ck_assert(!action.progress.has_nonce);
}
END_TEST

START_TEST(test_what_must_not_happen_twice_waits_for_finality)
{
	struct action action = action_of(ACTION_DEPOSIT);
	struct action_facts facts =
		facts_of(ACTION_GOAL_OPEN, ACTION_NONCE_FOREIGN);

	note_signed(&action);
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert(action.progress.has_nonce);
	facts.nonce_is_final = true;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert(!action.progress.has_nonce);
}
END_TEST

START_TEST(test_a_revert_is_tried_again_when_its_reason_is_seen)
{
	struct action action = action_of(ACTION_START_STANDARD_EXIT);
	struct action_facts facts =
		facts_of(ACTION_GOAL_OPEN, ACTION_NONCE_REVERTED);

	note_signed(&action);
	facts.used_at = 52;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(action.progress.state, ACTION_WANTED);
	facts.nonce_use = ACTION_NONCE_NONE;
	facts.head = 51;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	facts.head = 52;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_SIGN);
}
END_TEST

START_TEST(test_what_may_still_help_is_sent_after_the_last_second)
{
	struct action action = action_of(ACTION_CHALLENGE_STANDARD_EXIT);
	struct action_facts facts =
		facts_of(ACTION_GOAL_OPEN, ACTION_NONCE_NONE);

	facts.now.seconds = LAST;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_SIGN);
	ck_assert(!action_is_overdue(&action, facts.now));
	facts.now.seconds = LAST + 1;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_SIGN);
	ck_assert(action_is_overdue(&action, facts.now));
	facts.goal = ACTION_GOAL_REACHED;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert(!action_is_overdue(&action, facts.now));
}
END_TEST

START_TEST(test_what_was_open_at_its_last_second_and_cannot_be_is_missed)
{
	struct action late = action_of(ACTION_PIGGYBACK_OUTPUT);
	struct action moot = action_of(ACTION_PIGGYBACK_OUTPUT);
	struct action done = action_of(ACTION_PIGGYBACK_OUTPUT);
	struct action_facts facts =
		facts_of(ACTION_GOAL_IMPOSSIBLE, ACTION_NONCE_NONE);

	facts.now.seconds = LAST;
	ck_assert_int_eq(action_step(&moot, &facts), ACTION_EFFECT_NONE);
	facts.goal = ACTION_GOAL_REACHED;
	ck_assert_int_eq(action_step(&done, &facts), ACTION_EFFECT_NONE);
	facts.now.seconds = LAST + 1;
	facts.goal = ACTION_GOAL_IMPOSSIBLE;
	ck_assert_int_eq(action_step(&late, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(late.progress.state, ACTION_MISSED);
	ck_assert(action_is_overdue(&late, facts.now));
	ck_assert_int_eq(action_step(&moot, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(moot.progress.state, ACTION_MOOT);
	ck_assert(!action_is_overdue(&moot, facts.now));
	ck_assert_int_eq(action_step(&done, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(done.progress.state, ACTION_MOOT);
	/* A reorganisation to before the last second. */
	facts.now.seconds = LAST;
	facts.goal = ACTION_GOAL_OPEN;
	ck_assert_int_eq(action_step(&late, &facts), ACTION_EFFECT_SIGN);
	ck_assert_int_eq(late.progress.state, ACTION_WANTED);
}
END_TEST

START_TEST(test_nothing_is_signed_too_early_or_for_a_person)
{
	struct action action = action_of(ACTION_PROCESS_EXITS);
	struct action_facts facts =
		facts_of(ACTION_GOAL_OPEN, ACTION_NONCE_NONE);

	action.window.earliest.seconds = 1001;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	facts.now.seconds = 1001;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_SIGN);
	action.print_only = true;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	facts.goal = ACTION_GOAL_REACHED;
	ck_assert_int_eq(action_step(&action, &facts), ACTION_EFFECT_NONE);
	ck_assert_int_eq(action.progress.state, ACTION_DONE);
}
END_TEST

START_TEST(test_a_wish_opens_what_is_at_rest_and_begins_a_new_life)
{
	struct action action = action_of(ACTION_START_STANDARD_EXIT);
	struct action wish = action_of(ACTION_START_STANDARD_EXIT);

	action.progress.state = ACTION_MISSED;
	action.progress.is_settled = true;
	action.highest_offer.max_fee_wei = u256_of(9);
	action.spent_wei = u256_of(3);
	wish.window.last.seconds = 9000;
	action_join(&action, &wish, (struct root_time){ 3000 });
	ck_assert_int_eq(action.progress.state, ACTION_WANTED);
	ck_assert(!action.progress.is_settled);
	ck_assert_uint_eq(action.window.last.seconds, 9000);
	ck_assert_uint_eq(action.wanted_at.seconds, 3000);
	ck_assert(u256_is_zero(action.highest_offer.max_fee_wei));
	ck_assert(u256_is_zero(action.spent_wei));
}
END_TEST

START_TEST(test_a_wish_for_an_open_one_keeps_nonce_fees_and_age)
{
	struct action action = action_of(ACTION_START_STANDARD_EXIT);
	struct action wish = action_of(ACTION_START_STANDARD_EXIT);

	action.wanted_at.seconds = 5;
	note_signed(&action);
	wish.value_wei = u256_of(77);
	action_join(&action, &wish, (struct root_time){ 3000 });
	ck_assert_int_eq(action.progress.state, ACTION_SIGNED);
	ck_assert_uint_eq(action.progress.nonce, 7);
	ck_assert_uint_eq(action.wanted_at.seconds, 5);
	ck_assert(u256_equal(action.value_wei, u256_of(77)));
	ck_assert(u256_equal(action.highest_offer.max_fee_wei, u256_of(10)));
}
END_TEST

/* The credit of one owner is not claimed for another. */
START_TEST(test_a_wish_of_another_account_waits_for_the_nonce)
{
	struct action action = action_of(ACTION_CLAIM_CREDIT);
	struct action wish = action_of(ACTION_CLAIM_CREDIT);

	note_signed(&action);
	wish.account.bytes[0] = 1;
	wish.value_wei = u256_of(77);
	action_join(&action, &wish, (struct root_time){ 3000 });
	ck_assert_uint_eq(action.account.bytes[0], 0);
	ck_assert(!u256_equal(action.value_wei, u256_of(77)));
	action.progress.has_nonce = false;
	action_join(&action, &wish, (struct root_time){ 3000 });
	ck_assert_uint_eq(action.account.bytes[0], 1);
	ck_assert(u256_equal(action.value_wei, u256_of(77)));
}
END_TEST

/* The key of the first one may be gone, or its ether. */
START_TEST(test_what_anybody_may_send_is_sent_by_who_wants_it_last)
{
	struct action action = action_of(ACTION_RESPOND_TO_CHALLENGE);
	struct action wish = action_of(ACTION_RESPOND_TO_CHALLENGE);

	note_signed(&action);
	wish.account.bytes[0] = 1;
	wish.print_only = true;
	action_join(&action, &wish, (struct root_time){ 3000 });
	ck_assert_uint_eq(action.account.bytes[0], 0);
	ck_assert(action.progress.has_nonce);
	wish.print_only = false;
	action_join(&action, &wish, (struct root_time){ 3000 });
	ck_assert_uint_eq(action.account.bytes[0], 1);
	ck_assert(!action.progress.has_nonce);
	ck_assert_int_eq(action.progress.state, ACTION_WANTED);
}
END_TEST

START_TEST(test_the_urgent_comes_before_the_valuable)
{
	struct action soon = action_of(ACTION_PIGGYBACK_INPUT);
	struct action dear = action_of(ACTION_PIGGYBACK_INPUT);
	struct action never = action_of(ACTION_PIGGYBACK_INPUT);

	dear.window.last.seconds = LAST + 1;
	dear.value_at_risk_wei = u256_of(5);
	never.window.last.seconds = 0;
	ck_assert_int_eq(action_compare_urgency(&soon, &dear), -1);
	ck_assert_int_eq(action_compare_urgency(&never, &dear), 1);
	dear.window.last.seconds = LAST;
	ck_assert_int_eq(action_compare_urgency(&soon, &dear), 1);
	ck_assert_int_eq(action_compare_urgency(&soon, &soon), 0);
}
END_TEST

/* ---- every order of events ---- */

/* ck_assert() tells another process each time, which is slow in millions. */
#define RULE(holds)                                                            \
	do {                                                                   \
		if (!(holds))                                                  \
			ck_abort_msg("broken: %s", #holds);                    \
	} while (0)

static bool facts_are_late(const struct action_facts *facts)
{
	return facts->now.seconds > LAST;
}

static void check_effect(const struct action *before,
			 const struct action *after,
			 const struct action_facts *facts,
			 enum action_effect effect)
{
	bool is_wanted = facts->goal == ACTION_GOAL_OPEN;

	switch (effect) {
	case ACTION_EFFECT_NONE:
		break;
	case ACTION_EFFECT_SIGN:
		RULE(is_wanted && !before->progress.has_nonce);
		RULE((after->progress.state) == (ACTION_WANTED));
		break;
	case ACTION_EFFECT_SEND:
		RULE(is_wanted);
		RULE(facts->nonce_use == ACTION_NONCE_FREE);
		RULE(after->progress.has_nonce);
		break;
	case ACTION_EFFECT_CANCEL:
		RULE(!is_wanted);
		RULE(facts->nonce_use == ACTION_NONCE_FREE);
		RULE(after->progress.has_nonce);
		break;
	}
	/* A wish with a free hand is never left lying. */
	if (is_wanted && facts->nonce_use == ACTION_NONCE_FREE)
		RULE(effect == ACTION_EFFECT_SEND);
}

static void check_progress(const struct action *before,
			   const struct action *after,
			   const struct action_facts *facts)
{
	const struct action_progress *progress = &after->progress;
	bool resting = action_state_is_resting(progress->state);

	RULE((progress->state == ACTION_DONE) ==
	     (facts->goal == ACTION_GOAL_REACHED));
	RULE((progress->state == ACTION_MOOT ||
	      progress->state == ACTION_MISSED) ==
	     (facts->goal == ACTION_GOAL_IMPOSSIBLE));
	RULE((progress->state == ACTION_MISSED) ==
	     (facts->goal == ACTION_GOAL_IMPOSSIBLE && facts_are_late(facts) &&
	      before->progress.state != ACTION_DONE &&
	      before->progress.state != ACTION_MOOT));
	RULE(resting == (progress->rested_at != 0));
	if (progress->is_settled) {
		RULE(resting && !progress->has_nonce);
		RULE(facts->nonce_use == ACTION_NONCE_NONE ||
		     facts->nonce_is_final);
		RULE(facts->finalized >= progress->rested_at);
	}
	/* A nonce is given up only when a transaction has used it. */
	if (before->progress.has_nonce && !progress->has_nonce)
		RULE(facts->nonce_use != ACTION_NONCE_FREE);
	if (before->progress.has_nonce && !progress->has_nonce &&
	    action_kind_is_once(after->key.kind))
		RULE(facts->nonce_is_final);
	if (progress->has_nonce)
		RULE(progress->nonce == (before->progress.nonce));
}

static bool progress_equal(const struct action_progress *a,
			   const struct action_progress *b)
{
	return a->state == b->state && a->has_nonce == b->has_nonce &&
	       a->nonce == b->nonce && a->mined_at == b->mined_at &&
	       a->rested_at == b->rested_at && a->not_before == b->not_before &&
	       a->is_settled == b->is_settled;
}

static unsigned long step_count;

/* All facts that can be found for the action, and what follows each. */
static void explore(const struct action *action, int depth);

static void explore_facts(const struct action *action,
			  const struct action_facts *facts, int depth)
{
	struct action after = *action;
	enum action_effect effect = action_step(&after, facts);

	step_count++;
	check_effect(action, &after, facts, effect);
	check_progress(action, &after, facts);
	if (after.progress.is_settled || depth == 0)
		return;

	/* The same facts again change nothing: a crash repeats a step. */
	if (action->progress.has_nonce == after.progress.has_nonce) {
		struct action again = after;

		RULE(action_step(&again, facts) == effect);
		RULE(progress_equal(&again.progress, &after.progress));
	}
	explore(&after, depth - 1);
	if (effect == ACTION_EFFECT_SIGN) {
		note_signed(&after);
		explore(&after, depth - 1);
	}
}

static void explore_use(const struct action *action, enum action_nonce_use use,
			int depth)
{
	for (int i = 0; i < 3 * 16; i++) {
		struct action_facts facts =
			facts_of((enum action_goal)(i % 3), use);
		int bits = i / 3;

		facts.now.seconds = (bits & 1) != 0 ? LAST + 1 : LAST;
		facts.nonce_is_final = (bits & 2) != 0 &&
				       use != ACTION_NONCE_NONE &&
				       use != ACTION_NONCE_FREE;
		facts.finalized = (bits & 2) != 0 ? 60 : 40;
		facts.used_at = (bits & 4) != 0 ? 55 : 45;
		facts.accepted = (bits & 8) != 0;
		explore_facts(action, &facts, depth);
	}
}

static void explore(const struct action *action, int depth)
{
	if (!action->progress.has_nonce) {
		explore_use(action, ACTION_NONCE_NONE, depth);
		return;
	}
	explore_use(action, ACTION_NONCE_FREE, depth);
	explore_use(action, ACTION_NONCE_SUCCEEDED, depth);
	explore_use(action, ACTION_NONCE_REVERTED, depth);
	explore_use(action, ACTION_NONCE_CANCELLED, depth);
	explore_use(action, ACTION_NONCE_FOREIGN, depth);
}

START_TEST(test_every_order_of_events_keeps_the_rules)
{
	struct action challenge = action_of(ACTION_CHALLENGE_STANDARD_EXIT);
	struct action deposit = action_of(ACTION_DEPOSIT);

	step_count = 0;
	explore(&challenge, DEPTH);
	note_signed(&deposit);
	explore(&deposit, DEPTH);
	ck_assert_uint_gt(step_count, 300000);
}
END_TEST

START_TEST(test_every_kind_and_state_has_its_own_name)
{
	for (int i = ACTION_START_STANDARD_EXIT; i <= ACTION_APPROVE; i++)
		for (int j = ACTION_START_STANDARD_EXIT; j < i; j++)
			ck_assert_str_ne(action_kind_name((enum action_kind)i),
					 action_kind_name((enum action_kind)j));
	for (int i = ACTION_WANTED; i <= ACTION_MISSED; i++)
		for (int j = ACTION_WANTED; j < i; j++)
			ck_assert_str_ne(
				action_state_name((enum action_state)i),
				action_state_name((enum action_state)j));
}
END_TEST

START_TEST(test_prints_what_a_person_can_sign)
{
	struct action action = action_of(ACTION_CLAIM_CREDIT);
	struct growing_buffer text;
	const uint8_t data[] = { 0xab, 0x01 };

	growing_buffer_init(&text, 1024);
	action.account.bytes[19] = 1;
	action.key.contract.bytes[0] = 0xcc;
	action.value_wei = u256_of(12);
	action.call_data = bytes_view(data, sizeof(data));
	action_print(&text, &action);
	ck_assert_str_eq(
		growing_buffer_string(&text),
		"{\"kind\":\"claim_credit\","
		"\"from\":\"0x0000000000000000000000000000000000000001\","
		"\"to\":\"0xcc00000000000000000000000000000000000000\","
		"\"value\":\"12\",\"data\":\"0xab01\",\"earliest\":0,"
		"\"last\":2000}");
	growing_buffer_clear(&text);
}
END_TEST

Suite *action_suite(void);

Suite *action_suite(void)
{
	Suite *suite = suite_create("action");
	TCase *tcase = tcase_create("action");

	tcase_add_test(tcase, test_goes_from_wanted_to_done);
	tcase_add_test(tcase, test_a_reorganisation_sends_the_same_nonce_again);
	tcase_add_test(tcase,
		       test_somebody_elses_success_cancels_what_is_on_its_way);
	tcase_add_test(tcase,
		       test_a_foreign_transaction_at_our_nonce_opens_it_again);
	tcase_add_test(tcase,
		       test_what_must_not_happen_twice_waits_for_finality);
	tcase_add_test(tcase,
		       test_a_revert_is_tried_again_when_its_reason_is_seen);
	tcase_add_test(tcase,
		       test_what_may_still_help_is_sent_after_the_last_second);
	tcase_add_test(
		tcase,
		test_what_was_open_at_its_last_second_and_cannot_be_is_missed);
	tcase_add_test(tcase, test_nothing_is_signed_too_early_or_for_a_person);
	tcase_add_test(tcase,
		       test_a_wish_opens_what_is_at_rest_and_begins_a_new_life);
	tcase_add_test(tcase,
		       test_a_wish_for_an_open_one_keeps_nonce_fees_and_age);
	tcase_add_test(tcase,
		       test_a_wish_of_another_account_waits_for_the_nonce);
	tcase_add_test(tcase,
		       test_what_anybody_may_send_is_sent_by_who_wants_it_last);
	tcase_add_test(tcase, test_the_urgent_comes_before_the_valuable);
	tcase_add_test(tcase, test_every_order_of_events_keeps_the_rules);
	tcase_add_test(tcase, test_every_kind_and_state_has_its_own_name);
	tcase_add_test(tcase, test_prints_what_a_person_can_sign);
	suite_add_tcase(suite, tcase);
	return suite;
}
