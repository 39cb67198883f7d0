/* SPDX-License-Identifier: MIT */
#include "operator/operator_loop.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

#define ALICE 0xa1
#define COINS (2 * COINS_BETWEEN_BATCHES)

static struct accepted_store *store;
static struct operator_loop *loop;
static struct fee_price price;
static struct fee_table fees = { true, 1, &price };

static void set_up(void)
{
	struct operator_settings settings = { .next_blknum = 1000,
					      .interval_ms = 3600000,
					      .block_payments = 100,
					      .queue_limit = 100 };
	struct operator_event event = { .kind = OPERATOR_EVENT_FEES,
					.as.fees = &fees };
	struct operator_effects effects = { NULL, 0, 0 };
	struct output coin = output_of(ALICE, 2);
	struct error error;

	price = (struct fee_price){ .token = TOKEN_ETH, .accepted_count = 1 };
	price.accepted[0] = amount_of(1);
	scratch_make();
	ck_assert(accepted_store_open(&store, scratch_folder(), &error));
	struct operator_state *state = operator_state_new(&settings);
	operator_step(state, &effects, &event);
	operator_effects_clear(&effects);
	for (uint64_t i = 0; i < COINS; i++)
		ledger_put(operator_state_ledger_borrow(state),
			   position_at(i + 1, 0, 0), &coin, COIN_UNSPENT);
	ck_assert(operator_loop_start(&loop, state, store, &error));
}

static void tear_down(void)
{
	operator_state_free(operator_loop_stop(loop));
	accepted_store_close(store);
	scratch_remove();
}

struct walk {
	bool submits; /* a payment; the walk must outlast it */
	size_t next_part;
	size_t coins;
	size_t stop_after; /* parts */
	uint64_t batches;
	size_t coins_of_batch;
	size_t most_coins_of_batch;
	struct made_payment payment;
	struct ticket ticket;
	bool was_accepted;
	bool was_accepted_before_the_end;
	bool is_in_order;
};

static void accepted(void *context)
{
	struct walk *walk = context;

	walk->was_accepted = refusal_is_none(walk->ticket.refusal);
}

static size_t coins_of_part(const struct ledger *ledger, size_t part)
{
	struct position position;
	struct output output;
	enum coin_state state;
	size_t count = 0;

	for (size_t at = 0;
	     ledger_part_next(ledger, part, &at, &position, &output, &state);)
		count++;
	return count;
}

static bool visit(struct operator_state *state, size_t part, void *context)
{
	struct walk *walk = context;
	size_t coins = coins_of_part(operator_state_ledger_borrow(state), part);
	uint64_t batches = operator_loop_counts(loop).batches;

	walk->is_in_order &= part == walk->next_part++;
	if (part == 0 && walk->submits) {
		struct output output = output_of(ALICE, 1);

		make_payment(&walk->payment, position_at(1, 0, 0), ALICE,
			     &output, 1);
		walk->ticket.candidate = walk->payment.candidate;
		operator_loop_submit_later(loop, &walk->ticket, 1, false,
					   accepted, walk);
	}
	if (batches != walk->batches)
		walk->coins_of_batch = 0;
	walk->batches = batches;
	walk->coins += coins;
	walk->coins_of_batch += coins;
	if (walk->coins_of_batch > walk->most_coins_of_batch)
		walk->most_coins_of_batch = walk->coins_of_batch;
	walk->was_accepted_before_the_end = walk->was_accepted;
	return walk->next_part != walk->stop_after;
}

START_TEST(test_payments_are_accepted_while_the_ledger_is_walked)
{
	struct walk walk = { .submits = true, .is_in_order = true };

	operator_loop_walk(loop, visit, &walk);
	ck_assert_uint_eq(walk.next_part, LEDGER_PARTS);
	ck_assert(walk.is_in_order);
	ck_assert_str_eq(refusal_code(walk.ticket.refusal), "none");
	ck_assert(walk.was_accepted_before_the_end);
	/* The one that was spent may have been seen before or not. */
	ck_assert_uint_ge(walk.coins, COINS - 1);
	ck_assert_uint_le(walk.coins, COINS + 1);
	ck_assert_uint_gt(walk.most_coins_of_batch, COINS_BETWEEN_BATCHES / 2);
	ck_assert_uint_lt(walk.most_coins_of_batch,
			  COINS_BETWEEN_BATCHES * 11 / 10);
}
END_TEST

START_TEST(test_a_walk_ends_when_it_has_what_it_wants)
{
	struct walk walk = { .stop_after = 500 };

	operator_loop_walk(loop, visit, &walk);
	ck_assert_uint_eq(walk.next_part, 500);
}
END_TEST

static void form_now(void)
{
	struct operator_event event = { .kind = OPERATOR_EVENT_FORM_NOW };
	struct position broken;

	ck_assert(operator_loop_apply(loop, &broken, &event, 1));
}

/* Whoever would form one early has to know that one is on its way. */
START_TEST(test_counts_blocks_that_are_not_committed)
{
	struct output output = output_of(ALICE, 1);
	struct ticket ticket = { .was_recovered = true };
	struct made_payment payment;

	make_payment(&payment, position_at(1, 0, 0), ALICE, &output, 1);
	ticket.candidate = payment.candidate;
	operator_loop_submit(loop, &ticket, 1);
	ck_assert(refusal_is_none(ticket.refusal));
	ck_assert_uint_eq(operator_loop_counts(loop).closed, 0);
	form_now();
	form_now();
	ck_assert_uint_eq(operator_loop_counts(loop).closed, 1);
	ck_assert_ptr_nonnull(operator_loop_check_next_borrow(loop));
	ck_assert_ptr_nonnull(operator_loop_fix_next_borrow(loop));
	ck_assert_uint_eq(operator_loop_counts(loop).closed, 1);
	operator_loop_commit(loop, 1000, NULL, 0);
	ck_assert_uint_eq(operator_loop_counts(loop).closed, 0);
	ck_assert_ptr_null(operator_loop_check_next_borrow(loop));
}
END_TEST

Suite *operator_loop_suite(void);
Suite *operator_loop_suite(void)
{
	Suite *suite = suite_create("operator_loop");
	TCase *cases = tcase_create("operator_loop");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases,
		       test_payments_are_accepted_while_the_ledger_is_walked);
	tcase_add_test(cases, test_a_walk_ends_when_it_has_what_it_wants);
	tcase_add_test(cases, test_counts_blocks_that_are_not_committed);
	suite_add_tcase(suite, cases);
	return suite;
}
