/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/service/process.h"
#include "tests/unit/runner.h"

/* A value that is not there would be left out of an answer or a file in
 * silence. */
START_TEST(test_memory_that_ends_in_json_ends_the_program)
{
	struct error error;

	ck_assert(process_start(&error));
#if defined(__SANITIZE_ADDRESS__)
	exit(70); /* a sanitizer ends the program in its own way */
#endif
	json_decref(json_stringn_nocheck("", SIZE_MAX - 1));
}
END_TEST

Suite *process_suite(void);

Suite *process_suite(void)
{
	Suite *suite = suite_create("process");
	TCase *tests = tcase_create("process");

	tcase_add_exit_test(tests,
			    test_memory_that_ends_in_json_ends_the_program, 70);
	suite_add_tcase(suite, tests);
	return suite;
}
