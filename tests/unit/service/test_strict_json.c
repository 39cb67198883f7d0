/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/service/strict_json.h"
#include "tests/unit/runner.h"

static struct error error;

static json_t *parse(const char *text)
{
	return strict_json_parse_new(bytes_of_string(text), &error);
}

static const char *const refused[] = {
	"",
	" ",
	"{",
	"{\"a\":1,\"a\":1}",
	"{\"a\":1} {}",
	"[1,]",
	"{'a':1}",
	"{\"a\":01}",
	"{\"a\":+1}",
	"nul",
	"[1e999]",
	"{\"a\":9223372036854775808}",
	"{\"a\":115792089237316195423570985008687907853269984665640564039457}",
	"[\"\\ud800\"]",
	"\"\x80\"",
	"\"a\\u0000b\"",
	"[1]\x01",
	"\xef\xbb\xbf[]",
};

START_TEST(test_refuses_what_is_not_one_value)
{
	memset(&error, 0, sizeof(error));
	ck_assert_msg(parse(refused[_i]) == NULL, "%s", refused[_i]);
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
}
END_TEST

START_TEST(test_deep_nesting_is_refused_and_costs_no_stack)
{
	static char text[200001];

	memset(text, '[', sizeof(text) - 1);
	ck_assert_ptr_null(parse(text));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
}
END_TEST

START_TEST(test_members_are_of_the_type_that_is_asked_for)
{
	json_t *root = parse("{\"s\":\"text\",\"n\":7,\"m\":-1,\"r\":1.5,"
			     "\"h\":\"0xC0ffee\"}");
	const char *text;
	uint64_t number;
	uint8_t bytes[3];
	json_t *member;

	ck_assert_ptr_nonnull(root);
	ck_assert(strict_json_string(&text, root, "s", &error));
	ck_assert_str_eq(text, "text");
	ck_assert(strict_json_number(&number, root, "n", &error));
	ck_assert_uint_eq(number, 7);
	ck_assert(strict_json_bytes(bytes, 3, root, "h", &error));
	ck_assert_uint_eq(bytes[0], 0xc0);
	ck_assert(!strict_json_bytes(bytes, 2, root, "h", &error));
	ck_assert(!strict_json_string(&text, root, "n", &error));
	ck_assert(!strict_json_number(&number, root, "m", &error));
	ck_assert(!strict_json_number(&number, root, "r", &error));
	ck_assert(!strict_json_number(&number, root, "s", &error));
	ck_assert(!strict_json_member(&member, root, "none", &error));
	ck_assert_ptr_nonnull(strstr(error.message, "none"));
	json_decref(root);
}
END_TEST

static const struct {
	const char *json;
	bool fits; /* is a quantity of 64 bits */
	uint64_t number;
} quantities[] = {
	{ "\"0x0\"", true, 0 },
	{ "\"0x1f\"", true, 31 },
	{ "\"0xFF\"", true, 255 },
	{ "\"0xffffffffffffffff\"", true, UINT64_MAX },
	{ "\"0x10000000000000000\"", false, 0 },
	{ "\"0x00\"", false, 0 },
	{ "\"0x01\"", false, 0 },
	{ "\"0x\"", false, 0 },
	{ "\"1\"", false, 0 },
	{ "\"0X1\"", false, 0 },
	{ "\"0x1g\"", false, 0 },
	{ "\"0x 1\"", false, 0 },
	{ "\"-0x1\"", false, 0 },
	{ "1", false, 0 },
	{ "null", false, 0 },
	{ "[]", false, 0 },
};

START_TEST(test_a_quantity_has_one_form)
{
	json_t *value = parse(quantities[_i].json);
	uint64_t number = 1;

	ck_assert_ptr_nonnull(value);
	bool ok = strict_json_quantity(&number, value, &error);
	ck_assert_msg(ok == quantities[_i].fits, "%s", quantities[_i].json);
	if (ok)
		ck_assert_uint_eq(number, quantities[_i].number);
	else
		ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	json_decref(value);
}
END_TEST

START_TEST(test_data_is_whole_bytes_below_the_ceiling)
{
	static const char *const bad[] = { "\"0x1\"", "\"0xzz\"", "\"\"",
					   "\"12\"",  "12",	  "\"0\"" };
	struct growing_buffer out;

	growing_buffer_init(&out, 4);
	json_t *value = parse("\"0x01020304\"");
	ck_assert(strict_json_data(&out, value, &error));
	ck_assert_uint_eq(out.len, 4);
	ck_assert(!strict_json_data(&out, value, &error));
	json_decref(value);
	growing_buffer_clear(&out);
	growing_buffer_init(&out, 64);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		value = parse(bad[i]);
		ck_assert_ptr_nonnull(value);
		ck_assert_msg(!strict_json_data(&out, value, &error), "%s",
			      bad[i]);
		json_decref(value);
	}
	value = parse("\"0x\"");
	growing_buffer_reset(&out);
	ck_assert(strict_json_data(&out, value, &error));
	ck_assert_uint_eq(out.len, 0);
	json_decref(value);
	growing_buffer_clear(&out);
}
END_TEST

Suite *strict_json_suite(void);

Suite *strict_json_suite(void)
{
	Suite *suite = suite_create("strict_json");
	TCase *tests = tcase_create("strict_json");

	tcase_add_loop_test(tests, test_refuses_what_is_not_one_value, 0,
			    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tests, test_deep_nesting_is_refused_and_costs_no_stack);
	tcase_add_test(tests, test_members_are_of_the_type_that_is_asked_for);
	tcase_add_loop_test(tests, test_a_quantity_has_one_form, 0,
			    (int)(sizeof(quantities) / sizeof(quantities[0])));
	tcase_add_test(tests, test_data_is_whole_bytes_below_the_ceiling);
	suite_add_tcase(suite, tests);
	return suite;
}
