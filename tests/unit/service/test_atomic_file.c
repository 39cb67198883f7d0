/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/service/atomic_file.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static struct error error;

static bool holds(const char *name, const char *text)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 64);
	ck_assert_msg(atomic_file_read(&out, scratch_path(name), &error), "%s",
		      error.message);
	bool same =
		bytes_equal(growing_buffer_view(&out), bytes_of_string(text));
	growing_buffer_clear(&out);
	return same;
}

START_TEST(test_a_file_is_replaced_as_a_whole)
{
	struct stat status;

	for (int i = 0; i < 2; i++) {
		const char *text = i == 0 ? "first" : "the second";

		ck_assert(atomic_file_write(scratch_folder(), "name",
					    bytes_of_string(text), 0600,
					    &error));
		ck_assert(holds("name", text));
	}
	ck_assert_int_eq(stat(scratch_path("name"), &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
}
END_TEST

START_TEST(test_what_is_abandoned_leaves_the_old_file)
{
	struct atomic_file file;

	ck_assert(atomic_file_write(scratch_folder(), "name",
				    bytes_of_string("old"), 0600, &error));
	ck_assert(atomic_file_begin(&file, scratch_folder(), "name", 0600,
				    &error));
	ck_assert(atomic_file_put(&file, bytes_of_string("half of "), &error));
	ck_assert(holds("name", "old"));
	atomic_file_abandon(&file);
	ck_assert(holds("name", "old"));
	/* And nothing beside it: the folder can go (scratch_remove counts). */
	ck_assert_int_eq(unlink(scratch_path("name")), 0);
	ck_assert_int_eq(rmdir(scratch_folder()), 0);
	ck_assert_int_eq(mkdir(scratch_folder(), 0700), 0);
}
END_TEST

START_TEST(test_parts_become_one_file)
{
	struct atomic_file file;

	ck_assert(atomic_file_begin(&file, scratch_folder(), "name", 0644,
				    &error));
	ck_assert(atomic_file_put(&file, bytes_of_string("one "), &error));
	ck_assert(atomic_file_put(&file, bytes_of_string("and two"), &error));
	ck_assert(atomic_file_commit(&file, &error));
	ck_assert(holds("name", "one and two"));
}
END_TEST

START_TEST(test_only_plain_names_are_names)
{
	static const char *const bad[] = {
		"",   ".",   "..",  ".hidden", "a/b",
		"/a", "a b", "a\n", "\xc3",    "a\\b"
	};
	char longest[ATOMIC_FILE_NAME_SIZE + 1];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!atomic_file_name_is_good(bad[i]), "%s", bad[i]);
	ck_assert(atomic_file_name_is_good("aZ09._-"));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert(!atomic_file_name_is_good(longest));
}
END_TEST

START_TEST(test_reading_says_what_is_wrong)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 4);
	ck_assert(!atomic_file_read(&out, scratch_path("none"), &error));
	ck_assert_int_eq(error.code, ERROR_NO_INPUT);
	const char *path = scratch_write("long", "12345");
	ck_assert(!atomic_file_read(&out, path, &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	growing_buffer_clear(&out);
	ck_assert(!atomic_file_write(scratch_path("none"), "name",
				     bytes_of_string("x"), 0600, &error));
	ck_assert_int_eq(error.code, ERROR_CANNOT_CREATE);
}
END_TEST

Suite *atomic_file_suite(void);

Suite *atomic_file_suite(void)
{
	Suite *suite = suite_create("atomic_file");
	TCase *tests = tcase_create("files");

	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_test(tests, test_a_file_is_replaced_as_a_whole);
	tcase_add_test(tests, test_what_is_abandoned_leaves_the_old_file);
	tcase_add_test(tests, test_parts_become_one_file);
	tcase_add_test(tests, test_only_plain_names_are_names);
	tcase_add_test(tests, test_reading_says_what_is_wrong);
	suite_add_tcase(suite, tests);
	return suite;
}
