/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "operator/json_scan.h"
#include "tests/unit/runner.h"

#define LEN 24

/* Whatever byte stands wherever in a long string, it is judged alike. */
START_TEST(test_a_byte_is_judged_wherever_it_stands)
{
	char text[LEN + 16];
	struct json_members members;

	for (size_t at = 0; at < LEN; at++) {
		for (unsigned int byte = 0; byte < 256; byte++) {
			bool is_plain = byte >= 0x20 && byte < 0x80 &&
					byte != '"' && byte != '\\';
			int len = snprintf(text, sizeof(text),
					   "{\"t\":\"%0*d\"}", LEN, 0);

			text[6 + at] = (char)byte;
			bool taken = json_scan_object(
				&members, bytes_view(text, (size_t)len));
			ck_assert_msg(taken == is_plain, "byte %u at %zu", byte,
				      at);
			if (taken)
				ck_assert_uint_eq(
					json_members_find(&members, "t")
						->text.len,
					LEN);
		}
	}
}
END_TEST

Suite *json_scan_suite(void);
Suite *json_scan_suite(void)
{
	Suite *suite = suite_create("json_scan");
	TCase *cases = tcase_create("json_scan");

	tcase_add_test(cases, test_a_byte_is_judged_wherever_it_stands);
	suite_add_tcase(suite, cases);
	return suite;
}
