/* SPDX-License-Identifier: MIT */
#include "operator/crc32c.h"
#include "tests/unit/runner.h"

/* RFC 3720, B.4, and the check value of the catalogues. */
START_TEST(test_known_sums)
{
	static const uint8_t zeros[32];
	struct crc32c crc;

	crc32c_init(&crc);
	ck_assert_uint_eq(crc32c_value(&crc), 0);
	crc32c_add(&crc, bytes_of_string("123456789"));
	ck_assert_uint_eq(crc32c_value(&crc), 0xe3069283);
	crc32c_reset(&crc);
	crc32c_add(&crc, bytes_view(zeros, sizeof(zeros)));
	ck_assert_uint_eq(crc32c_value(&crc), 0x8a9136aa);
}
END_TEST

/* Single bytes go by the table alone, many at once by whatever is fastest. */
START_TEST(test_the_sum_is_the_same_in_any_pieces)
{
	uint8_t bytes[300];
	struct crc32c whole;
	struct crc32c single;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i + 7 * i + 1);
	crc32c_init(&whole);
	crc32c_init(&single);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		crc32c_reset(&whole);
		crc32c_reset(&single);
		crc32c_add(&whole, bytes_view(bytes, len));
		for (size_t i = 0; i < len; i++)
			crc32c_add(&single, bytes_view(bytes + i, 1));
		ck_assert_uint_eq(crc32c_value(&whole), crc32c_value(&single));
	}
}
END_TEST

Suite *crc32c_suite(void);

Suite *crc32c_suite(void)
{
	Suite *suite = suite_create("crc32c");
	TCase *tests = tcase_create("crc32c");

	tcase_add_test(tests, test_known_sums);
	tcase_add_test(tests, test_the_sum_is_the_same_in_any_pieces);
	suite_add_tcase(suite, tests);
	return suite;
}
