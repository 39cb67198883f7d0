/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/u256.h"
#include "tests/unit/runner.h"

/* The same sequence of numbers each time, of all lengths. */
static uint64_t sequence;

static uint64_t next_limb(void)
{
	sequence = sequence * UINT64_C(6364136223846793005) +
		   UINT64_C(1442695040888963407);
	return sequence ^ sequence >> 29;
}

static struct u256 next_number(void)
{
	struct u256 number = { { next_limb(), next_limb(), next_limb(),
				 next_limb() } };
	return u256_shift_right(number, (unsigned int)(next_limb() % 256));
}

static struct u256 number_of(const char *digits)
{
	struct u256 number;
	ck_assert(u256_from_decimal(&number, digits, strlen(digits)));
	return number;
}

START_TEST(test_what_is_added_can_be_subtracted)
{
	struct u256 sum;
	struct u256 back;
	for (int i = 0; i < 2000; i++) {
		struct u256 a = next_number();
		struct u256 b = next_number();
		if (!u256_add(&sum, a, b)) {
			ck_assert(u256_subtract(&back, U256_MAX, a));
			ck_assert_int_lt(u256_compare(back, b), 0);
			continue;
		}
		ck_assert(u256_subtract(&back, sum, b));
		ck_assert(u256_equal(back, a));
	}
}
END_TEST

START_TEST(test_quotient_times_divisor_and_rest_is_the_number)
{
	struct u256 quotient;
	struct u256 rest;
	struct u256 product;
	for (int i = 0; i < 2000; i++) {
		struct u256 a = next_number();
		struct u256 b = next_number();
		if (!u256_divide(&quotient, &rest, a, b)) {
			ck_assert(u256_is_zero(b));
			continue;
		}
		ck_assert_int_lt(u256_compare(rest, b), 0);
		ck_assert(u256_multiply(&product, quotient, b));
		ck_assert(u256_add(&product, product, rest));
		ck_assert(u256_equal(product, a));
	}
}
END_TEST

START_TEST(test_a_product_that_fits_divides_back)
{
	struct u256 product;
	struct u256 quotient;
	struct u256 rest;
	for (int i = 0; i < 2000; i++) {
		struct u256 a = next_number();
		struct u256 b = next_number();
		size_t bits = u256_bit_len(a) + u256_bit_len(b);
		bool fits = u256_multiply(&product, a, b);
		/* One of the two holds whatever the numbers are. */
		ck_assert(fits ? bits <= 257 : bits > 256);
		if (!fits || u256_is_zero(b))
			continue;
		ck_assert(u256_divide(&quotient, &rest, product, b));
		ck_assert(u256_equal(quotient, a) && u256_is_zero(rest));
	}
}
END_TEST

START_TEST(test_divides_by_the_largest_divisors)
{
	struct u256 quotient;
	struct u256 rest;
	struct u256 half = u256_shift_left(u256_of(1), 255);
	ck_assert(u256_divide(&quotient, &rest, U256_MAX, half));
	ck_assert(u256_equal(quotient, u256_of(1)));
	struct u256 expected;
	ck_assert(u256_subtract(&expected, half, u256_of(1)));
	ck_assert(u256_equal(rest, expected));
	ck_assert(u256_divide(&quotient, &rest, U256_MAX, U256_MAX));
	ck_assert(u256_equal(quotient, u256_of(1)) && u256_is_zero(rest));
}
END_TEST

START_TEST(test_leaves_its_output_alone_when_a_result_does_not_fit)
{
	struct u256 out = u256_of(7);
	struct u256 rest = u256_of(8);
	ck_assert(!u256_add(&out, U256_MAX, u256_of(1)));
	ck_assert(!u256_subtract(&out, u256_of(1), u256_of(2)));
	ck_assert(!u256_multiply(&out, U256_MAX, u256_of(2)));
	ck_assert(!u256_divide(&out, &rest, U256_MAX, U256_ZERO));
	ck_assert(u256_equal(out, u256_of(7)));
	ck_assert(u256_equal(rest, u256_of(8)));
}
END_TEST

START_TEST(test_saturates_at_both_ends_and_nowhere_else)
{
	struct u256 sum;
	struct u256 product;
	for (int i = 0; i < 2000; i++) {
		struct u256 a = next_number();
		struct u256 b = next_number();
		struct u256 most = u256_larger(a, b);
		struct u256 least = u256_smaller(a, b);
		ck_assert_int_ge(u256_compare(most, least), 0);
		ck_assert(u256_equal(a, most) ? u256_equal(b, least)
					      : u256_equal(a, least));
		bool fits = u256_add(&sum, a, b);
		ck_assert(u256_equal(u256_saturating_add(a, b),
				     fits ? sum : U256_MAX));
		ck_assert(u256_is_zero(u256_saturating_subtract(least, most)));
		ck_assert(u256_equal(
			u256_saturating_add(
				least, u256_saturating_subtract(most, least)),
			most));
		fits = u256_multiply(&product, a, b);
		ck_assert(u256_equal(u256_saturating_multiply(a, b),
				     fits ? product : U256_MAX));
	}
}
END_TEST

START_TEST(test_shifts_as_powers_of_two_multiply)
{
	struct u256 power = u256_of(1);
	for (unsigned int count = 0; count < 255; count++) {
		ck_assert(
			u256_equal(u256_shift_left(u256_of(1), count), power));
		ck_assert(
			u256_equal(u256_shift_right(power, count), u256_of(1)));
		ck_assert_uint_eq(u256_bit_len(power), count + 1);
		ck_assert_uint_eq(u256_byte_len(power), count / 8 + 1);
		ck_assert(u256_multiply(&power, power, u256_of(2)));
	}
}
END_TEST

START_TEST(test_bytes_and_digits_give_the_number_back)
{
	uint8_t bytes[32];
	char digits[U256_DECIMAL_SIZE];
	for (int i = 0; i < 500; i++) {
		struct u256 number = next_number();
		u256_to_be(bytes, number);
		ck_assert(u256_equal(u256_from_be(bytes), number));
		size_t len = u256_to_decimal(digits, number);
		ck_assert_uint_eq(len, strlen(digits));
		ck_assert(u256_equal(number_of(digits), number));
	}
	ck_assert_uint_eq(u256_byte_len(U256_ZERO), 0);
}
END_TEST

START_TEST(test_refuses_digits_that_are_not_one_number)
{
	static const char *const refused[] = {
		"",
		"00",
		"01",
		"+1",
		"-1",
		" 1",
		"1 ",
		"0x1",
		"1e3",
		/* 2^256 */
		"115792089237316195423570985008687907853269984665640564039457"
		"584007913129639936",
		/* 79 digits */
		"1000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000",
	};
	struct u256 number;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		ck_assert_msg(!u256_from_decimal(&number, refused[i],
						 strlen(refused[i])),
			      "took %s", refused[i]);
	ck_assert(u256_equal(number_of("1157920892373161954235709850086879078"
				       "53269984665640564039457584007913129639"
				       "935"),
			     U256_MAX));
}
END_TEST

START_TEST(test_scaled_text_goes_both_ways)
{
	static const struct {
		const char *text;
		unsigned int decimals;
		const char *digits;
	} cases[] = {
		{ "12.5", 3, "12500" }, { "0", 18, "0" },
		{ "0.001", 3, "1" },	{ "1", 18, "1000000000000000000" },
		{ "100", 0, "100" },	{ "0.05", 2, "5" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct u256 number;
		char text[DECIMAL_SCALED_SIZE];
		ck_assert(decimal_parse_scaled(&number, cases[i].text,
					       strlen(cases[i].text),
					       cases[i].decimals));
		ck_assert(u256_equal(number, number_of(cases[i].digits)));
		decimal_format_scaled(text, number, cases[i].decimals);
		ck_assert_str_eq(text, cases[i].text);
	}
}
END_TEST

START_TEST(test_refuses_scaled_text_with_too_many_digits_or_none)
{
	static const char *const refused[] = { "",	 ".",	 "1.",	 ".5",
					       "1.2345", "01.5", "1..5", "1.5.",
					       "-1",	 "1e2",	 "1,5" };
	struct u256 number;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		ck_assert_msg(!decimal_parse_scaled(&number, refused[i],
						    strlen(refused[i]), 3),
			      "took %s", refused[i]);
	uint64_t small;
	ck_assert(
		decimal_parse_u64(&small, "18446744073709551615", UINT64_MAX));
	ck_assert_uint_eq(small, UINT64_MAX);
	ck_assert(
		!decimal_parse_u64(&small, "18446744073709551616", UINT64_MAX));
	ck_assert(!decimal_parse_u64(&small, "11", 10));
	ck_assert(!decimal_parse_u64(&small, "", 10));
}
END_TEST

Suite *u256_suite(void);

Suite *u256_suite(void)
{
	Suite *suite = suite_create("u256");
	TCase *tcase = tcase_create("numbers");
	tcase_add_test(tcase, test_what_is_added_can_be_subtracted);
	tcase_add_test(tcase,
		       test_quotient_times_divisor_and_rest_is_the_number);
	tcase_add_test(tcase, test_a_product_that_fits_divides_back);
	tcase_add_test(tcase, test_divides_by_the_largest_divisors);
	tcase_add_test(tcase,
		       test_leaves_its_output_alone_when_a_result_does_not_fit);
	tcase_add_test(tcase, test_saturates_at_both_ends_and_nowhere_else);
	tcase_add_test(tcase, test_shifts_as_powers_of_two_multiply);
	tcase_add_test(tcase, test_bytes_and_digits_give_the_number_back);
	tcase_add_test(tcase, test_refuses_digits_that_are_not_one_number);
	tcase_add_test(tcase, test_scaled_text_goes_both_ways);
	tcase_add_test(tcase,
		       test_refuses_scaled_text_with_too_many_digits_or_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
