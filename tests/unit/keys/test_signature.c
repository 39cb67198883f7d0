/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/keys/address.h"
#include "common/keys/signer.h"
#include "tests/unit/runner.h"

/* The key 1, whose account is known everywhere. */
static struct secret key_one(void)
{
	struct secret secret = { { 0 } };
	secret.bytes[31] = 1;
	return secret;
}

START_TEST(test_a_known_key_has_its_known_account)
{
	struct secret secret = key_one();
	char text[ADDRESS_TEXT_SIZE];
	struct address address = secret_address(&secret);
	address_format(text, &address);
	ck_assert_str_eq(text, "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
	secret_wipe(&secret);
	ck_assert(!secret_is_valid(&secret));
}
END_TEST

START_TEST(test_refuses_keys_of_zero_and_of_the_group_order)
{
	struct secret secret = { { 0 } };
	ck_assert(!secret_is_valid(&secret));
	memset(secret.bytes, 0xff, sizeof(secret.bytes));
	ck_assert(!secret_is_valid(&secret));
	secret = key_one();
	ck_assert(secret_is_valid(&secret));
}
END_TEST

START_TEST(test_the_signer_is_recovered_from_its_signature)
{
	struct secret secret = key_one();
	struct address expected = secret_address(&secret);
	for (uint8_t i = 0; i < 40; i++) {
		struct hash digest = keccak256(bytes_view(&i, 1));
		struct signature signature = signature_make(&secret, &digest);
		struct address signer;
		ck_assert(!signature_has_high_s(&signature));
		ck_assert(signature_recover(&signer, &signature, &digest));
		ck_assert(address_equal(&signer, &expected));
		digest.bytes[0] ^= 1;
		ck_assert(!signature_recover(&signer, &signature, &digest) ||
			  !address_equal(&signer, &expected));
	}
}
END_TEST

START_TEST(test_the_mirror_of_a_signature_is_refused_and_mirrors_back)
{
	struct secret secret = key_one();
	struct hash digest = keccak256(bytes_view(NULL, 0));
	struct signature signature = signature_make(&secret, &digest);
	struct signature mirror = signature_mirror(&signature);
	struct address signer;
	ck_assert(signature_has_high_s(&mirror));
	ck_assert(signature_has_valid_v(&mirror));
	ck_assert(!signature_recover(&signer, &mirror, &digest));
	struct signature again = signature_mirror(&mirror);
	ck_assert_mem_eq(again.bytes, signature.bytes, SIGNATURE_SIZE);
}
END_TEST

/* More than are hashed side by side. */
START_TEST(test_a_batch_says_of_each_job_whether_it_worked)
{
	struct signature_job jobs[43] = { 0 };
	for (uint8_t i = 0; i < 43; i++) {
		struct secret secret = { { (uint8_t)(i + 1) } };
		jobs[i].signature = signature_make(&secret, &jobs[i].digest);
		if (i % 7 == 1)
			jobs[i].signature.bytes[64] = 0;
	}
	signature_recover_batch(jobs, 43);
	for (uint8_t i = 0; i < 43; i++) {
		struct secret secret = { { (uint8_t)(i + 1) } };
		struct address expected = secret_address(&secret);
		ck_assert_int_eq(jobs[i].recovered, i % 7 != 1);
		if (jobs[i].recovered)
			ck_assert(address_equal(&jobs[i].signer, &expected));
	}
}
END_TEST

static bool sign_wrongly(struct signature *out, void *context,
			 const struct hash *digest, struct error *error)
{
	struct secret other = { { 2 } };
	(void)context;
	(void)error;
	*out = signature_make(&other, digest);
	return true;
}

START_TEST(test_a_signer_that_signs_as_somebody_else_is_found_out)
{
	struct secret secret = key_one();
	struct signer signer = signer_of_secret(&secret);
	struct hash digest = { { 7 } };
	struct signature signature;
	struct error error;
	ck_assert(signer_sign(&signature, &signer, &digest, &error));
	signer.sign = sign_wrongly;
	ck_assert(!signer_sign(&signature, &signer, &digest, &error));
	ck_assert_int_eq(error.code, ERROR_SOFTWARE);
}
END_TEST

START_TEST(test_addresses_are_read_with_a_right_checksum_or_none)
{
	static const char good[] = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";
	static const char *const taken[] = {
		good, "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf",
		"0x7E5F4552091A69125D5DFCB7B8C2659029395BDF"
	};
	static const char *const refused[] = {
		"0x7e5F4552091A69125d5DfCb7b8C2659029395Bdf",
		"7E5F4552091A69125d5DfCb7b8C2659029395Bdf",
		"0x7E5F4552091A69125d5DfCb7b8C2659029395Bd",
		"0x7E5F4552091A69125d5DfCb7b8C2659029395Bdff", ""
	};
	struct address address;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		ck_assert(address_parse(&address, taken[i], strlen(taken[i])));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		ck_assert_msg(!address_parse(&address, refused[i],
					     strlen(refused[i])),
			      "took %s", refused[i]);
}
END_TEST

Suite *signature_suite(void);

Suite *signature_suite(void)
{
	Suite *suite = suite_create("signature");
	TCase *tcase = tcase_create("keys");
	tcase_add_test(tcase, test_a_known_key_has_its_known_account);
	tcase_add_test(tcase, test_refuses_keys_of_zero_and_of_the_group_order);
	tcase_add_test(tcase, test_the_signer_is_recovered_from_its_signature);
	tcase_add_test(
		tcase,
		test_the_mirror_of_a_signature_is_refused_and_mirrors_back);
	tcase_add_test(tcase, test_a_batch_says_of_each_job_whether_it_worked);
	tcase_add_test(tcase,
		       test_a_signer_that_signs_as_somebody_else_is_found_out);
	tcase_add_test(tcase,
		       test_addresses_are_read_with_a_right_checksum_or_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
