/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/service/wide_json.h"
#include "tests/unit/runner.h"

static struct error error;

static json_t *parse(const char *text)
{
	return wide_json_parse_new(bytes_of_string(text), &error);
}

static void assert_number(const char *text, const char *expected)
{
	json_t *value = parse(text);
	char digits[U256_DECIMAL_SIZE];
	struct u256 number;

	ck_assert_msg(value != NULL, "%s: %s", text, error.message);
	ck_assert_msg(wide_json_u256(&number, value, "a", &error), "%s: %s",
		      text, error.message);
	u256_to_decimal(digits, number);
	ck_assert_str_eq(digits, expected);
	json_decref(value);
}

START_TEST(test_reads_integers_of_any_width)
{
	static const char largest[] =
		"1157920892373161954235709850086879078532699846656405640394"
		"57584007913129639935";
	char text[100];

	assert_number("{\"a\":0}", "0");
	assert_number("{\"a\": 999999999999999999 }", "999999999999999999");
	assert_number("{\"a\":9223372036854775807}", "9223372036854775807");
	assert_number("{\"a\":18446744073709551616}", "18446744073709551616");
	assert_number("{\"a\":\"18446744073709551616\"}",
		      "18446744073709551616");
	snprintf(text, sizeof(text), "{\"a\":%s}", largest);
	assert_number(text, largest);
}
END_TEST

START_TEST(test_leaves_strings_alone)
{
	json_t *value = parse("{\"a\\\"1\":\"x 123456789012345678901 \\\\\","
			      "\"b\":\"1.5\"}");

	ck_assert_ptr_nonnull(value);
	ck_assert_str_eq(json_string_value(json_object_get(value, "a\"1")),
			 "x 123456789012345678901 \\");
	ck_assert_str_eq(json_string_value(json_object_get(value, "b")), "1.5");
	json_decref(value);
}
END_TEST

START_TEST(test_refuses_what_is_no_integer)
{
	static const char *const texts[] = {
		"{\"a\":1.5}",	     "{\"a\":1e5}", "{\"a\":1E300}",
		"{\"a\":--1}",	     "{\"a\":1}x",  "{\"a\":01}",
		"{\"a\":1,\"a\":2}", "{\"a\":\"x",  "",
		"{\"a\":!1}",	     "{\"a\":1-1}",
	};
	static const char *const numbers[] = {
		"{\"a\":-1}",
		"{\"a\":-123456789012345678901}",
		"{\"a\":0123456789012345678901}",
		"{\"a\":true}",
		"{\"a\":\"0x1\"}",
		"{\"b\":1}",
	};
	struct u256 number;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(parse(texts[i]) == NULL, "%s", texts[i]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		json_t *value = parse(numbers[i]);

		ck_assert_msg(value != NULL, "%s", numbers[i]);
		ck_assert_msg(!wide_json_u256(&number, value, "a", &error),
			      "%s", numbers[i]);
		json_decref(value);
	}
}
END_TEST

START_TEST(test_a_number_of_64_bits_has_its_bounds)
{
	json_t *value = parse("{\"a\":18446744073709551615,"
			      "\"b\":18446744073709551616}");
	uint64_t number;

	ck_assert_ptr_nonnull(value);
	ck_assert(wide_json_u64(&number, value, "a", &error));
	ck_assert_uint_eq(number, UINT64_MAX);
	ck_assert(!wide_json_u64(&number, value, "b", &error));
	json_decref(value);
}
END_TEST

Suite *wide_json_suite(void);

Suite *wide_json_suite(void)
{
	Suite *suite = suite_create("wide_json");
	TCase *tests = tcase_create("wide_json");

	tcase_add_test(tests, test_reads_integers_of_any_width);
	tcase_add_test(tests, test_leaves_strings_alone);
	tcase_add_test(tests, test_refuses_what_is_no_integer);
	tcase_add_test(tests, test_a_number_of_64_bits_has_its_bounds);
	suite_add_tcase(suite, tests);
	return suite;
}
