/* SPDX-License-Identifier: MIT */
#include "common/base/memory.h"
#include "common/chain/ledger.h"
#include "tests/unit/runner.h"

#define COINS 4000

static struct position place(uint32_t number)
{
	struct position position;
	bool made = position_make(&position, 1000 * (1 + number / 50),
				  number % 50 / 5, number % 5);

	ck_assert(made);
	return position;
}

/* The reverse of place(). */
static size_t number_at(struct position position)
{
	return (position_blknum(position) / 1000 - 1) * 50 +
	       position_txindex(position) * 5 + position_oindex(position);
}

/* Every third amount needs more than 96 bits. */
static struct output output_of(uint32_t number, uint64_t round)
{
	struct output output = { .type = (uint8_t)(1 + number % 2) };
	struct u256 amount = u256_of(round + 1);

	output.owner.bytes[3] = (uint8_t)number;
	output.owner.bytes[19] = (uint8_t)(number >> 8);
	output.token.address.bytes[0] = (uint8_t)(number % 7);
	if (number % 3 == 0)
		amount.limbs[3] = number + 1;
	else if (number % 3 == 1)
		amount.limbs[1] = UINT32_MAX;
	output.amount = amount_from_u256(amount);
	return output;
}

struct model {
	enum coin_state states[COINS];
	struct output outputs[COINS];
	size_t count;
};

static void assert_alike(const struct ledger *ledger, const struct model *model)
{
	struct position position;
	struct output output;
	enum coin_state state;
	size_t walked = 0;
	size_t at = 0;

	for (uint32_t i = 0; i < COINS; i++) {
		enum coin_state found = ledger_find(ledger, &output, place(i));

		ck_assert_int_eq(found, model->states[i]);
		if (found != COIN_UNKNOWN)
			ck_assert(output_equal(&output, &model->outputs[i]));
	}
	while (ledger_next(ledger, &at, &position, &output, &state))
		walked++;
	ck_assert_uint_eq(walked, model->count);
	ck_assert_uint_eq(ledger_count(ledger), model->count);
}

START_TEST(test_a_ledger_holds_what_was_put_and_not_removed)
{
	struct model *model = memory_new(1, sizeof(*model));
	struct ledger *ledger = ledger_new();
	uint64_t random = 7;

	for (uint64_t round = 0; round < 60000; round++) {
		random = random * UINT64_C(6364136223846793005) + 1442695041;
		uint32_t number = (uint32_t)(random >> 33) % COINS;
		enum coin_state before = model->states[number];

		if (random >> 61 < 4) {
			struct output output = output_of(number, round);

			ledger_put(ledger, place(number), &output,
				   COIN_UNSPENT);
			model->states[number] = COIN_UNSPENT;
			model->outputs[number] = output;
			model->count += before == COIN_UNKNOWN ? 1 : 0;
		} else if (random >> 61 == 4 && before != COIN_UNKNOWN) {
			ledger_mark(ledger, place(number), COIN_EXITED);
			model->states[number] = COIN_EXITED;
		} else {
			ledger_remove(ledger, place(number));
			model->states[number] = COIN_UNKNOWN;
			model->count -= before == COIN_UNKNOWN ? 0 : 1;
		}
		if (round % 20000 == 19999)
			assert_alike(ledger, model);
	}
	ledger_reset(ledger);
	ck_assert_uint_eq(ledger_count(ledger), 0);
	ck_assert_int_eq(ledger_find(ledger, NULL, place(1)), COIN_UNKNOWN);
	ledger_free(ledger);
	memory_free(model);
}
END_TEST

START_TEST(test_a_ledger_that_changes_is_walked_part_by_part)
{
	struct ledger *ledger = ledger_new();
	size_t met[COINS] = { 0 };
	struct output output;
	enum coin_state state;
	uint32_t added = 0;

	for (uint32_t i = 0; i < COINS; i++) {
		output = output_of(i, 0);
		ledger_put(ledger, place(i), &output, COIN_UNSPENT);
	}
	for (size_t part = 0; part < LEDGER_PARTS; part++) {
		struct position position;

		for (size_t at = 0; ledger_part_next(
			     ledger, part, &at, &position, &output, &state);) {
			size_t number = number_at(position);

			if (number < COINS)
				met[number]++;
		}
		/* Every part grows before the last is looked at. */
		for (uint32_t i = 0; i < 20; i++, added++) {
			output = output_of(added, 1);
			ledger_put(ledger, place(COINS + added), &output,
				   COIN_UNSPENT);
		}
		ledger_remove(ledger, place(COINS + added / 2));
	}
	for (uint32_t i = 0; i < COINS; i++)
		ck_assert_uint_eq(met[i], 1);
	ledger_free(ledger);
}
END_TEST

START_TEST(test_a_million_coins_fit_into_64_megabytes)
{
	struct output output = output_of(1, 1);

	for (size_t reserved = 0; reserved <= 1; reserved++) {
		struct ledger *ledger = ledger_new();

		if (reserved == 1)
			ledger_reserve(ledger, 400000);
		for (uint32_t i = 0; i < 400000; i++) {
			ledger_put(ledger, place(i), &output, COIN_UNSPENT);
			if (i > 100000 && i % 20000 == 0 && reserved == 0)
				ck_assert_uint_le(ledger_memory(ledger),
						  64 * (size_t)i);
		}
		ck_assert_uint_le(ledger_memory(ledger), 64 * 400000);
		ledger_free(ledger);
	}
}
END_TEST

Suite *ledger_suite(void);
Suite *ledger_suite(void)
{
	Suite *suite = suite_create("ledger");
	TCase *cases = tcase_create("ledger");

	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, test_a_ledger_holds_what_was_put_and_not_removed);
	tcase_add_test(cases,
		       test_a_ledger_that_changes_is_walked_part_by_part);
	tcase_add_test(cases, test_a_million_coins_fit_into_64_megabytes);
	suite_add_tcase(suite, cases);
	return suite;
}
