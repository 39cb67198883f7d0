/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/chain/transaction_hash.h"
#include "tests/unit/runner.h"

/* One digest at a time is judged by the vectors; many at once by one. */

#define COUNT 50

static struct transaction transactions[COUNT];

/* All shapes, from nothing to five inputs and five outputs. */
static void set_up(void)
{
	memset(transactions, 0, sizeof(transactions));
	for (size_t i = 0; i < COUNT; i++) {
		struct transaction *transaction = &transactions[i];

		transaction->type = (uint8_t)(1 + i % 3);
		transaction->input_count = (uint8_t)(i % 6);
		transaction->output_count = (uint8_t)(i / 6 % 6);
		for (size_t j = 0; j < PROTOCOL_MAX_INPUTS; j++)
			ck_assert(position_make(&transaction->inputs[j],
						1000 * (i + 1), (uint32_t)j,
						(uint32_t)(i % 5)));
		for (size_t j = 0; j < PROTOCOL_MAX_OUTPUTS; j++) {
			struct output *output = &transaction->outputs[j];

			output->type = 1;
			output->owner.bytes[i % 20] = (uint8_t)(j + 1);
			output->token.address.bytes[j] = (uint8_t)i;
			output->amount = amount_from_u256(u256_of(i * j + 1));
		}
		transaction->metadata.bytes[i % 32] = (uint8_t)i;
	}
}

START_TEST(test_digests_of_many_are_those_of_each)
{
	const struct transaction *pointers[COUNT];
	struct hash digests[COUNT];
	struct hash domain = { { 7 } };

	for (size_t i = 0; i < COUNT; i++)
		pointers[i] = &transactions[i];
	for (size_t count = 0; count <= COUNT; count++) {
		memset(digests, 0, sizeof(digests));
		transaction_digest_batch(digests, &domain, pointers, count);
		for (size_t i = 0; i < count; i++) {
			struct hash digest =
				transaction_digest(&domain, pointers[i]);

			ck_assert(hash_equal(&digest, &digests[i]));
		}
		ck_assert(count == COUNT || hash_is_zero(&digests[count]));
	}
}
END_TEST

Suite *transaction_hash_suite(void);

Suite *transaction_hash_suite(void)
{
	Suite *suite = suite_create("transaction_hash");
	TCase *tests = tcase_create("digests");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests, test_digests_of_many_are_those_of_each);
	suite_add_tcase(suite, tests);
	return suite;
}
