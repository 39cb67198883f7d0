/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"
#include "watcher/reserve_store.h"

#define SIZE ((uint64_t)2 << 20)

static struct error error;

static bool tend(void)
{
	bool is_there = false;

	ck_assert(reserve_store_tend(&is_there, scratch_path("data"), SIZE,
				     &error));
	return is_there;
}

START_TEST(test_room_is_taken_for_real)
{
	struct stat status;

	ck_assert(tend());
	ck_assert_int_eq(stat(scratch_path("data/RESERVE"), &status), 0);
	ck_assert_uint_eq((uint64_t)status.st_size, SIZE);
	/* In blocks of 512 bytes: a file with holes would free nothing. */
	ck_assert_uint_ge((uint64_t)status.st_blocks * 512, SIZE);
	ck_assert(tend());
}
END_TEST

START_TEST(test_what_a_crash_left_is_made_whole)
{
	ck_assert(tend());
	ck_assert_int_eq(truncate(scratch_path("data/RESERVE"), 1), 0);
	ck_assert(tend());

	struct stat status;
	ck_assert_int_eq(stat(scratch_path("data/RESERVE"), &status), 0);
	ck_assert_uint_eq((uint64_t)status.st_size, SIZE);
}
END_TEST

START_TEST(test_who_wants_none_has_one)
{
	bool is_there = false;

	ck_assert(
		reserve_store_tend(&is_there, scratch_path("none"), 0, &error));
	ck_assert(is_there);
	ck_assert_int_ne(access(scratch_path("none"), F_OK), 0);
}
END_TEST

START_TEST(test_a_reserve_that_cannot_be_made_is_an_error)
{
	bool is_there;

	ck_assert(tend());
	ck_assert_int_eq(unlink(scratch_path("data/RESERVE")), 0);
	ck_assert_int_eq(mkdir(scratch_path("data/RESERVE"), 0700), 0);
	ck_assert(!reserve_store_tend(&is_there, scratch_path("data"), SIZE,
				      &error));
	ck_assert_int_eq(error.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(error.message, "data/RESERVE"));
}
END_TEST

Suite *reserve_store_suite(void);

Suite *reserve_store_suite(void)
{
	Suite *suite = suite_create("reserve_store");
	TCase *tests = tcase_create("reserve");

	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_test(tests, test_room_is_taken_for_real);
	tcase_add_test(tests, test_what_a_crash_left_is_made_whole);
	tcase_add_test(tests, test_who_wants_none_has_one);
	tcase_add_test(tests, test_a_reserve_that_cannot_be_made_is_an_error);
	suite_add_tcase(suite, tests);
	return suite;
}
