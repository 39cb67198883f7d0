/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "operator/recovery_store.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

#define ALICE 0xa1
#define BOB 0xb0
#define CAROL 0xc0
#define MALLORY 0xee

static struct recovery_source source;
static struct operator_state *state;
static struct recovery_counts counts;
static struct operator_effects effects;
static struct growing_buffer accepted;
static struct error error;
static struct fee_price price;
static struct fee_table fees;

static const struct operator_settings settings = { .next_blknum = 1000,
						   .interval_ms = 100,
						   .block_payments = 100,
						   .queue_limit = 100 };

static void step(struct operator_event event)
{
	effects.count = 0;
	operator_step(state, &effects, &event);
}

static void set_up(void)
{
	struct operator_network network = { 31337, account_of(0x77), 0 };

	scratch_make();
	source = (struct recovery_source){ .datadir = scratch_folder(),
					   .framework = network.framework };
	ck_assert(operator_store_open(&source.store, scratch_folder(), &network,
				      &error));
	ck_assert(accepted_store_open(&source.accepted, scratch_folder(),
				      &error));
	ck_assert(body_store_open(&source.bodies, scratch_folder(),
				  OPERATOR_STORE_BODIES, &error));
	growing_buffer_init(&accepted, 100000);
	state = operator_state_new(&settings);
	price = (struct fee_price){ .token = TOKEN_ETH, .accepted_count = 1 };
	price.accepted[0] = amount_of(1);
	fees = (struct fee_table){ true, 1, &price };
	step((struct operator_event){ .kind = OPERATOR_EVENT_FEES,
				      .as.fees = &fees });
}

static void tear_down(void)
{
	operator_state_free(state);
	operator_effects_clear(&effects);
	growing_buffer_clear(&accepted);
	body_store_close(source.bodies);
	accepted_store_close(source.accepted);
	operator_store_close(source.store);
	scratch_remove();
}

static void credit(uint64_t blknum, uint8_t owner)
{
	step((struct operator_event){
		.kind = OPERATOR_EVENT_DEPOSIT_CREDITED,
		.as.deposit = { blknum, output_of(owner, 100) } });
}

/* A deposit that the next life finds on disk. */
static void store_deposit(uint64_t blknum, uint8_t owner)
{
	struct stored_deposit deposit = { .blknum = blknum,
					  .output = output_of(owner, 100),
					  .eth_block_number = 5,
					  .log_index = (uint32_t)blknum };

	ck_assert(operator_store_put_deposit(source.store, &deposit, &error));
	ck_assert(operator_store_credit_deposit(source.store, blknum, blknum,
						&error));
	credit(blknum, owner);
}

static void pay(struct position input, uint8_t signer, uint8_t to,
		uint64_t units)
{
	struct made_payment payment;
	struct output output = output_of(to, units);

	make_payment(&payment, input, signer, &output, 1);
	step((struct operator_event){ .kind = OPERATOR_EVENT_PAYMENT,
				      .as.candidate = &payment.candidate });
	ck_assert_int_eq(effects.items[0].kind, OPERATOR_EFFECT_KEEP);
	ck_assert(growing_buffer_put(&accepted, payment.candidate.signed_form));
}

static void start_again(void)
{
	operator_state_free(state);
	state = NULL;
	ck_assert_msg(recovery_store_load(&state, &counts, &settings, &source,
					  &error),
		      "%s", error.message);
}

static void write_accepted(void)
{
	ck_assert(accepted_store_append(
		source.accepted, 1000, growing_buffer_view(&accepted), &error));
	ck_assert(accepted_store_sync(source.accepted, &error));
}

/* The exit of a coin is on disk, and no block was formed since. What moves up
 * must not spend what is somebody else's where it names it. */
START_TEST(test_what_moves_up_spends_nothing_of_others)
{
	store_deposit(1, ALICE);
	store_deposit(2, MALLORY);
	store_deposit(3, BOB);
	pay(position_at(1, 0, 0), ALICE, ALICE, 99);
	pay(position_at(2, 0, 0), MALLORY, MALLORY, 99);
	pay(position_at(3, 0, 0), BOB, CAROL, 99);
	pay(position_at(1000, 1, 0), MALLORY, MALLORY, 98);
	write_accepted();
	ck_assert(operator_store_put_freeze(source.store, 9, 0,
					    position_at(1, 0, 0), &error));
	start_again();
	ck_assert_uint_eq(counts.payments_waiting, 2);
	ck_assert_uint_eq(counts.payments_dropped, 2);

	/* What stands now is what is on disk, without the freeze as with it. */
	ck_assert(operator_store_undo_exits(source.store, 9, &error));
	start_again();
	ck_assert_uint_eq(counts.payments_waiting, 2);
	ck_assert_uint_eq(counts.payments_dropped, 0);
}
END_TEST

START_TEST(test_a_checkpoint_keeps_no_deposit_that_was_taken_back)
{
	credit(1, ALICE);
	pay(position_at(1, 0, 0), ALICE, BOB, 99);
	write_accepted();
	step((struct operator_event){ .kind = OPERATOR_EVENT_DEPOSIT_REVOKED,
				      .as.deposit.blknum = 1 });
	ck_assert(recovery_store_checkpoint(state, source.datadir,
					    &source.framework, 0, &error));
	start_again();
	ck_assert_uint_eq(counts.payments_waiting, 0);
	ck_assert_uint_eq(counts.payments_dropped, 1);
}
END_TEST

Suite *recovery_store_suite(void);

Suite *recovery_store_suite(void)
{
	Suite *suite = suite_create("recovery_store");
	TCase *tests = tcase_create("recovery_store");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_what_moves_up_spends_nothing_of_others);
	tcase_add_test(tests,
		       test_a_checkpoint_keeps_no_deposit_that_was_taken_back);
	suite_add_tcase(suite, tests);
	return suite;
}
