/* SPDX-License-Identifier: MIT */
#include "tests/unit/runner.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * Runs the suites of one layer and prints TAP. CK_FORK=no keeps all tests in
 * this process (valgrind, debuggers), without those that end it if
 * CK_EXCLUDE_TAGS=ends-the-program; CK_RUN_SUITE and CK_RUN_CASE choose.
 */
int main(void)
{
	if (unit_suites[0] == NULL) {
		puts("1..0 # SKIP this layer has no suite");
		return EXIT_SUCCESS;
	}
	SRunner *runner = srunner_create(unit_suites[0]());
	for (size_t i = 1; unit_suites[i] != NULL; i++)
		srunner_add_suite(runner, unit_suites[i]());
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
