/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/service/http_callers.h"
#include "common/service/process.h"
#include "tests/unit/runner.h"

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#define IS_SANITIZED __has_feature(address_sanitizer)
#else
#define IS_SANITIZED false
#endif

/* A value that is not there would be left out of an answer or a file in
 * silence. */
START_TEST(test_memory_that_ends_in_json_ends_the_program)
{
	struct error error;

	ck_assert(process_start(&error));
	if (IS_SANITIZED)
		exit(70); /* a sanitizer ends the program in its own way */
	json_decref(json_stringn_nocheck("", SIZE_MAX - 1));
}
END_TEST

/* Else what is printed would go into a file of ours. */
START_TEST(test_no_file_gets_the_number_of_a_closed_stream)
{
	struct error error;

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		(void)close(fd);
	if (!process_start(&error))
		exit(1);
	int first = open("/dev/null", O_RDONLY);
	if (first <= STDERR_FILENO)
		exit(2);
	if (write(STDOUT_FILENO, "x", 1) != -1)
		exit(3);
	exit(0);
}
END_TEST

START_TEST(test_a_mapped_file_that_cannot_be_read_ends_the_program)
{
	FILE *file = tmpfile();
	struct error error;

	ck_assert_ptr_nonnull(file);
	ck_assert(process_start(&error));
	int fd = fileno(file);
	ck_assert_int_eq(ftruncate(fd, 4096), 0);
	void *mapping = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(mapping, MAP_FAILED);
	const volatile char *at = mapping;
	ck_assert_int_eq(at[0], 0);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	exit(at[0]);
}
END_TEST

/* Whoever connects to a server must not take the last file that the program
 * can open: it would look as if the disk had failed. */
START_TEST(test_connections_leave_files_to_the_rest_of_the_program)
{
	struct rlimit files;
	struct error error;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
	if (files.rlim_max < 4096)
		exit(0); /* nothing can be raised */
	files.rlim_cur = 1024;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
	ck_assert_uint_eq(http_callers_fit(100), 100);
	ck_assert_uint_eq(http_callers_fit(1000), 384);
	ck_assert(process_start(&error));
	ck_assert_uint_eq(http_callers_fit(1000), 1000);
	files.rlim_cur = 128;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
	ck_assert_uint_eq(http_callers_fit(1000), 48);
	exit(0);
}
END_TEST

Suite *process_suite(void);

Suite *process_suite(void)
{
	Suite *suite = suite_create("process");
	TCase *tests = tcase_create("process");

	tcase_set_tags(tests, "ends-the-program");

	tcase_add_exit_test(tests,
			    test_memory_that_ends_in_json_ends_the_program, 70);
	tcase_add_exit_test(tests,
			    test_no_file_gets_the_number_of_a_closed_stream, 0);
	tcase_add_exit_test(
		tests, test_a_mapped_file_that_cannot_be_read_ends_the_program,
		74);
	tcase_add_exit_test(
		tests, test_connections_leave_files_to_the_rest_of_the_program,
		0);
	suite_add_tcase(suite, tests);
	return suite;
}
