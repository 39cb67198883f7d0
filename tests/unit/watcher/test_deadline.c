/* SPDX-License-Identifier: MIT */

/*
 * The deadline engine against a root chain that is played second by second,
 * with somebody who processes, invents and activates at every one of them. The
 * times of protocol.md 4 and 8 are written here once more: nothing is shared
 * with what is tested but the clock's unit.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/actions/action.h"
#include "common/chain/priority.h"
#include "tests/unit/runner.h"
#include "watcher/deadline.h"

#define ROUNDS 100
#define START 1000000
#define NEVER UINT64_MAX

static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
	random_state += 0x9e3779b97f4a7c15;
	uint64_t x = random_state;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return (x ^ x >> 31) % below;
}

/* Plays a check with many random worlds. */
static void play(void (*check)(void))
{
	for (uint64_t seed = 0; seed < ROUNDS; seed++) {
		random_state = seed;
		check();
	}
}

static uint64_t draw_period(void)
{
	return 20 + draw(300);
}

static uint64_t max_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* ---- the queue ---- */

struct entry {
	uint64_t exitable_at;
	uint64_t place; /* of the output, in the order of positions */
	uint64_t processed_at;
};

#define ENTRIES 8

struct queue {
	struct entry of[ENTRIES];
	size_t count;
};

static struct entry *head_of(struct queue *queue)
{
	struct entry *head = NULL;

	for (size_t i = 0; i < queue->count; i++) {
		struct entry *one = &queue->of[i];

		if (one->processed_at != NEVER)
			continue;
		if (head == NULL || one->exitable_at < head->exitable_at ||
		    (one->exitable_at == head->exitable_at &&
		     one->place < head->place))
			head = one;
	}
	return head;
}

/* "due when exitableAt < now" */
static bool process_one(struct queue *queue, uint64_t now)
{
	struct entry *head = head_of(queue);

	if (head == NULL || head->exitable_at >= now)
		return false;
	head->processed_at = now;
	return true;
}

static void enqueue(struct queue *queue, uint64_t exitable_at, uint64_t place)
{
	ck_assert_uint_lt(queue->count, ENTRIES);
	queue->of[queue->count++] = (struct entry){ exitable_at, place, NEVER };
}

static void fill_queue(struct queue *queue, uint64_t seconds)
{
	queue->count = 0;
	for (size_t count = 1 + (size_t)draw(ENTRIES - 1); count > 0; count--)
		enqueue(queue, START + draw(seconds), draw(100));
}

static void check_target(struct window window, uint64_t wanted)
{
	uint64_t target = wanted < window.last ? wanted : window.last;

	ck_assert_uint_eq(window.target, target);
}

/* Everybody processes as soon as something is due, before we are heard. */
static void check_answer(void)
{
	uint64_t seconds = 30 + draw(200);
	uint64_t started = START - draw(seconds);
	uint64_t helped = 0;
	struct queue queue;

	fill_queue(&queue, seconds);
	struct entry *ours = &queue.of[draw(queue.count)];
	struct window window =
		deadline_before_processing(started, ours->exitable_at);

	for (uint64_t now = started; now <= START + seconds + 1; now++) {
		while (process_one(&queue, now))
			continue;
		bool helps = ours->processed_at == NEVER;

		helped += helps;
		ck_assert_int_eq(helps,
				 now >= window.earliest && now <= window.last);
	}
	ck_assert_uint_gt(helped, 0);
	check_target(window, started + 3600);
}

START_TEST(test_an_answer_helps_until_the_entry_can_be_processed)
{
	play(check_answer);
}
END_TEST

static void check_processing(void)
{
	uint64_t seconds = 30 + draw(200);
	struct queue queue;

	fill_queue(&queue, seconds);
	for (uint64_t now = START; now <= START + seconds + 1; now++) {
		while (process_one(&queue, now))
			continue;
	}
	for (size_t i = 0; i < queue.count; i++) {
		struct window window =
			deadline_process(queue.of[i].exitable_at);

		ck_assert_uint_eq(window.earliest, queue.of[i].processed_at);
		ck_assert_uint_eq(window.target, window.earliest);
		ck_assert_uint_eq(window.last, NEVER);
	}
}

START_TEST(test_an_entry_is_processed_at_the_first_second_it_can_be)
{
	play(check_processing);
}
END_TEST

/* ---- phases ---- */

/* "Phase 1 iff (now - exitStartTimestamp) / H < 1" */
static bool contract_takes_in_phase_1(uint64_t now, uint64_t start,
				      uint64_t period)
{
	return (now - start) / (period / 2) < 1;
}

static void check_phases(void)
{
	uint64_t period = draw_period();
	struct window join = deadline_piggyback(START, period);
	struct window challenge = deadline_canonicity(START, period);
	struct window delete = deadline_delete_empty(START, period);

	for (uint64_t now = START; now < START + 2 * period; now++) {
		bool first = contract_takes_in_phase_1(now, START, period);

		ck_assert_int_eq(first,
				 now >= join.earliest && now <= join.last);
		ck_assert_int_eq(first, now >= challenge.earliest &&
						now <= challenge.last);
		ck_assert_int_eq(!first,
				 now >= delete.earliest && now <= delete.last);
	}
	ck_assert_uint_eq(join.target, START);
	check_target(challenge, START + 3600);
	ck_assert_uint_eq(delete.target, delete.earliest + 86400);
	ck_assert_uint_eq(delete.last, NEVER);
}

START_TEST(test_phase_1_ends_where_the_contract_refuses)
{
	play(check_phases);
}
END_TEST

/* ---- leaving ---- */

/* A block that invents money is stored at START. Blocks have even places, the
 * deposits after them the odd ones. */
#define BAD_PLACE 100

enum honest_kind {
	OLD_OUTPUT,   /* of a good block; also as the youngest input of a
		       * flight */
	OLD_DEPOSIT,  /* by standard exit */
	LATE_DEPOSIT, /* made after the bad block */
	HONEST_KINDS
};

struct honest {
	enum honest_kind kind;
	uint64_t made_at;
	uint64_t place;
};

static struct honest draw_honest(uint64_t period)
{
	struct honest coin = { .kind = (enum honest_kind)draw(HONEST_KINDS) };

	if (coin.kind == LATE_DEPOSIT) {
		coin.made_at = START + draw(period / 2);
		coin.place = BAD_PLACE + 1;
	} else {
		coin.made_at = START - draw(3 * period);
		coin.place = 1 + draw(BAD_PLACE - 1);
	}
	return coin;
}

static uint64_t payable(bool is_deposit, uint64_t made_at, uint64_t now,
			uint64_t period)
{
	return is_deposit ? now + period
			  : max_of(made_at + 2 * period, now + period);
}

/* Whether an exit that starts at `now` is paid before every exit of invented
 * money, whenever that is started, out of a vault that suffices for the first
 * alone. */
static bool is_saved(const struct honest *coin, uint64_t now, uint64_t period)
{
	bool is_deposit = coin->kind != OLD_OUTPUT;

	for (uint64_t theirs = START; theirs <= START + 2 * period; theirs++) {
		struct queue queue = { .count = 0 };

		enqueue(&queue, payable(is_deposit, coin->made_at, now, period),
			coin->place);
		enqueue(&queue, payable(false, START, theirs, period),
			BAD_PLACE);
		/* Nobody processes before both are due. */
		ck_assert(process_one(&queue, START + 9 * period));
		if (queue.of[0].processed_at == NEVER)
			return false;
	}
	return true;
}

static void check_leaving(void)
{
	uint64_t period = draw_period();
	struct honest coin = draw_honest(period);
	uint64_t noticed = max_of(coin.made_at, START + draw(period / 2));
	struct window window = deadline_protective_exit(noticed, START, period);

	ck_assert_uint_eq(window.earliest, noticed);
	check_target(window, START + period / 7);
	ck_assert(is_saved(&coin, window.earliest, period));
	ck_assert(is_saved(&coin, window.last, period));
	/* An older output wins a tie; a second later nobody does. */
	ck_assert_int_eq(is_saved(&coin, window.last + 1, period),
			 coin.kind != LATE_DEPOSIT);
	ck_assert(!is_saved(&coin, window.last + 2, period));
}

START_TEST(test_who_leaves_in_time_is_paid_before_invented_money)
{
	play(check_leaving);
}
END_TEST

/* ---- in which order ---- */

#define OBLIGATIONS 5

struct obligation {
	struct action action;
	uint64_t served_at;
};

static struct window draw_window(void)
{
	uint64_t from = START + draw(5);

	switch (draw(4)) {
	case 0:
		return deadline_before_processing(from, from + draw(6));
	case 1:
		return deadline_piggyback(from, 2 + draw(12));
	case 2:
		return deadline_canonicity(from, 2 + draw(12));
	}
	return deadline_protective_exit(from, from, 2 + draw(6));
}

static void draw_obligations(struct obligation list[OBLIGATIONS])
{
	for (size_t i = 0; i < OBLIGATIONS; i++) {
		struct window window = draw_window();

		list[i] = (struct obligation){
			.action = { .id = i + 1,
				    .key = { .kind = ACTION_START_STANDARD_EXIT },
				    .window = { { window.earliest },
						{ window.target },
						{ window.last } },
				    .value_at_risk_wei = u256_of(draw(3)),
				    .progress = { .state = ACTION_WANTED } },
			.served_at = NEVER,
		};
	}
}

/* Whether some order meets all: every order is tried. `left` are the bits of
 * those that wait. */
static bool can_save_all(const struct obligation list[OBLIGATIONS],
			 unsigned int left, uint64_t now)
{
	bool may_come = false;

	if (left == 0)
		return true;
	for (unsigned int i = 0; i < OBLIGATIONS; i++) {
		const struct action_window *window = &list[i].action.window;

		if ((left >> i & 1) == 0)
			continue;
		if (now > window->last.seconds)
			return false;
		if (now < window->earliest.seconds)
			may_come = true;
		else if (can_save_all(list, left & ~(1u << i), now + 1))
			return true;
	}
	return may_come && can_save_all(list, left, now + 1);
}

/* In the worst world nothing helps after the last second. */
static enum action_goal goal_of(const struct obligation *one, uint64_t now)
{
	if (one->served_at != NEVER)
		return ACTION_GOAL_REACHED;
	return now > one->action.window.last.seconds ? ACTION_GOAL_IMPOSSIBLE
						     : ACTION_GOAL_OPEN;
}

/* One eth_transaction of ours fits into each second. */
static void serve(struct obligation list[OBLIGATIONS], uint64_t now)
{
	struct obligation *first = NULL;

	for (size_t i = 0; i < OBLIGATIONS; i++) {
		struct obligation *one = &list[i];
		bool done = one->served_at != NEVER;

		if (one->action.progress.is_settled)
			continue;
		struct action_facts facts = {
			.now = { now },
			.head = now,
			.finalized = now - 1,
			.goal = goal_of(one, now),
		};
		enum action_effect effect = action_step(&one->action, &facts);

		if (done)
			ck_assert_int_eq(one->action.progress.state,
					 ACTION_DONE);
		else
			/* Listed as missed from the first second on at which
			 * nothing helps, and not before. */
			ck_assert_int_eq(one->action.progress.state,
					 now > one->action.window.last.seconds
						 ? ACTION_MISSED
						 : ACTION_WANTED);
		if (effect == ACTION_EFFECT_SIGN &&
		    (first == NULL ||
		     action_compare_urgency(&one->action, &first->action) < 0))
			first = one;
	}
	if (first != NULL)
		first->served_at = now;
}

/* Of two with one deadline that both waited, the dearer was not the one that
 * was missed. */
static void check_dearer_first(const struct obligation *a,
			       const struct obligation *b)
{
	if (a->action.window.last.seconds == b->action.window.last.seconds &&
	    u256_compare(a->action.value_at_risk_wei,
			 b->action.value_at_risk_wei) > 0 &&
	    a->served_at == NEVER && b->served_at != NEVER)
		ck_assert_uint_lt(b->served_at,
				  a->action.window.earliest.seconds);
}

static void check_order(void)
{
	struct obligation list[OBLIGATIONS];
	size_t missed = 0;

	draw_obligations(list);
	bool possible = can_save_all(list, (1u << OBLIGATIONS) - 1, START);
	for (uint64_t now = START; now < START + 40; now++)
		serve(list, now);
	for (size_t i = 0; i < OBLIGATIONS; i++) {
		missed += list[i].action.progress.state == ACTION_MISSED;
		for (size_t j = 0; j < OBLIGATIONS; j++)
			check_dearer_first(&list[i], &list[j]);
	}
	ck_assert_int_eq(missed == 0, possible);
}

START_TEST(test_what_any_order_can_save_is_saved_and_the_rest_is_listed)
{
	play(check_order);
}
END_TEST

/* ---- limits ---- */

START_TEST(test_limits_are_parts_of_the_exit_period)
{
	uint64_t week = 604800;

	ck_assert_uint_eq(deadline_withholding_limit(0, week), 7200);
	ck_assert_uint_eq(deadline_withholding_limit(0, 1400), 100);
	ck_assert_uint_eq(deadline_withholding_limit(week, week), week / 14);
	ck_assert_uint_eq(exit_late_after(week), 82800);
	ck_assert_uint_eq(exit_late_after(700), 100);
	ck_assert_uint_eq(deadline_safe_interval(week), week / 2);
}
END_TEST

Suite *deadline_suite(void);

Suite *deadline_suite(void)
{
	Suite *suite = suite_create("deadline");
	TCase *tests = tcase_create("second by second");

	tcase_set_timeout(tests, 60);

	tcase_add_test(tests,
		       test_an_answer_helps_until_the_entry_can_be_processed);
	tcase_add_test(
		tests,
		test_an_entry_is_processed_at_the_first_second_it_can_be);
	tcase_add_test(tests, test_phase_1_ends_where_the_contract_refuses);
	tcase_add_test(tests,
		       test_who_leaves_in_time_is_paid_before_invented_money);
	tcase_add_test(
		tests,
		test_what_any_order_can_save_is_saved_and_the_rest_is_listed);
	tcase_add_test(tests, test_limits_are_parts_of_the_exit_period);
	suite_add_tcase(suite, tests);
	return suite;
}
