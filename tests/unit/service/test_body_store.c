/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/chain/protocol.h"
#include "common/service/body_store.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static struct error error;
static struct body_store *store;

static void make(void)
{
	scratch_make();
	ck_assert_msg(
		body_store_open_directory(&store, scratch_folder(), &error),
		"%s", error.message);
}

static void remove_all(void)
{
	body_store_close(store);
	scratch_remove();
}

static struct hash root_of(uint8_t byte)
{
	struct hash root;

	memset(root.bytes, byte, sizeof(root.bytes));
	return root;
}

static bool holds(uint8_t byte, const char *text)
{
	struct growing_buffer body;
	struct hash root = root_of(byte);

	growing_buffer_init(&body, 64);
	ck_assert_msg(body_store_get(store, &body, &root, &error), "%s",
		      error.message);
	bool same =
		bytes_equal(growing_buffer_view(&body), bytes_of_string(text));
	growing_buffer_clear(&body);
	return same;
}

/* What was fetched is kept. */
static void keep(uint8_t byte, const char *text)
{
	struct hash root = root_of(byte);
	struct body_file file;

	ck_assert(body_store_begin(store, &file, &error));
	ck_assert(body_file_put(&file, bytes_of_string(text), &error));
	ck_assert(body_store_put_unsynced(store, &root, &file, &error));
	body_file_clear(&file);
}

static size_t count_files(void)
{
	DIR *folder = opendir(scratch_folder());
	size_t count = 0;

	ck_assert_ptr_nonnull(folder);
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
		count += entry->d_name[0] != '.';
	(void)closedir(folder);
	return count;
}

START_TEST(test_a_body_is_found_by_its_root)
{
	struct hash root = root_of(0xab);
	uint64_t len = 0;

	ck_assert(body_store_put(store, &root, bytes_of_string("a body"),
				 &error));
	ck_assert(holds(0xab, "a body"));
	int fd = body_store_open_file(store, &len, &root, &error);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_uint_eq(len, 6);
}
END_TEST

START_TEST(test_the_name_of_a_file_is_the_root_in_hex)
{
	struct hash root = root_of(0xab);
	struct stat status;

	ck_assert(body_store_put(store, &root, bytes_of_string("a body"),
				 &error));
	ck_assert_int_eq(stat(scratch_path("abababababababababababababababab"
					   "abababababababababababababababab"),
			      &status),
			 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0644);
	ck_assert_int_ne(access(scratch_path("part"), F_OK), 0);
}
END_TEST

START_TEST(test_a_body_is_replaced_as_a_whole)
{
	struct hash root = root_of(1);

	ck_assert(body_store_put(store, &root, bytes_of_string("the longer"),
				 &error));
	keep(1, "short");
	ck_assert(body_store_sync(store, &error));
	ck_assert(holds(1, "short"));
}
END_TEST

/* More than are kept open until the sync. */
START_TEST(test_any_number_of_bodies_is_synced_at_once)
{
	ck_assert(body_store_sync(store, &error));
	for (int round = 0; round < 2; round++) {
		for (uint8_t i = 0; i < 40; i++)
			keep(i, "a body");
		ck_assert(body_store_sync(store, &error));
	}
	for (uint8_t i = 0; i < 40; i++)
		ck_assert(holds(i, "a body"));
}
END_TEST

START_TEST(test_a_body_is_looked_at_through_a_mapping)
{
	struct hash root = root_of(5);
	struct body_file file;

	ck_assert(!body_store_map(store, &file, &root, &error));
	ck_assert_int_eq(error.code, ERROR_NO_INPUT);
	keep(5, "mapped");
	ck_assert(body_store_map(store, &file, &root, &error));
	ck_assert(bytes_equal(file.bytes, bytes_of_string("mapped")));
	body_file_clear(&file);
	body_file_clear(&file);
}
END_TEST

START_TEST(test_a_body_on_its_way_has_no_name)
{
	struct body_file file;

	ck_assert(body_store_begin(store, &file, &error));
	ck_assert_uint_eq(count_files(), 0);
	ck_assert(body_file_map(&file, &error));
	ck_assert_uint_eq(file.bytes.len, 0);
	body_file_clear(&file);
}
END_TEST

START_TEST(test_a_body_on_its_way_ends_at_the_longest)
{
	static const uint8_t zeros[65536];
	struct body_file file;
	uint64_t left = PROTOCOL_MAX_BODY_SIZE;

	ck_assert(body_store_begin(store, &file, &error));
	while (left > 0) {
		size_t len =
			left < sizeof(zeros) ? (size_t)left : sizeof(zeros);

		ck_assert(body_file_put(&file, bytes_view(zeros, len), &error));
		left -= len;
	}
	ck_assert(!body_file_put(&file, bytes_view(zeros, 1), &error));
	ck_assert_int_eq(error.code, ERROR_PROTOCOL);
	ck_assert(file.overflowed);
	ck_assert_uint_eq(file.len, PROTOCOL_MAX_BODY_SIZE);
	body_file_clear(&file);
}
END_TEST

START_TEST(test_a_disk_that_takes_no_more_is_an_error_of_ours)
{
	static const uint8_t zeros[65536];
	struct body_file file;

	ck_assert(body_store_begin(store, &file, &error));
	scratch_limit_files(100);
	bool ok =
		body_file_put(&file, bytes_view(zeros, sizeof(zeros)), &error);
	scratch_limit_files(SIZE_MAX);
	ck_assert(!ok);
	ck_assert_int_eq(error.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(error.message, "cannot write a body"));
	ck_assert(!file.overflowed);
	body_file_clear(&file);
}
END_TEST

START_TEST(test_a_body_that_is_not_there_is_no_input)
{
	struct growing_buffer body;
	struct hash root = root_of(2);

	growing_buffer_init(&body, 64);
	ck_assert(!body_store_get(store, &body, &root, &error));
	ck_assert_int_eq(error.code, ERROR_NO_INPUT);
	ck_assert_uint_eq(body.len, 0);
	growing_buffer_clear(&body);
}
END_TEST

START_TEST(test_an_empty_or_endless_file_is_no_body)
{
	struct hash root = root_of(0x22);
	uint64_t len;
	const char *path = scratch_write("22222222222222222222222222222222"
					 "22222222222222222222222222222222",
					 "");

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(
			body_store_open_file(store, &len, &root, &error), -1);
		ck_assert_int_eq(error.code, ERROR_IO);
		ck_assert_ptr_nonnull(strstr(error.message, "not a body"));
		ck_assert_int_eq(truncate(path, PROTOCOL_MAX_BODY_SIZE + 1), 0);
	}
}
END_TEST

START_TEST(test_a_body_longer_than_wanted_is_refused)
{
	struct growing_buffer body;
	struct hash root = root_of(3);

	ck_assert(body_store_put(store, &root, bytes_of_string("too long"),
				 &error));
	growing_buffer_init(&body, 7);
	ck_assert(!body_store_get(store, &body, &root, &error));
	ck_assert_int_eq(error.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(error.message, "a body is too long"));
	growing_buffer_clear(&body);
}
END_TEST

START_TEST(test_a_directory_that_has_to_be_there_is_not_made)
{
	struct body_store *other;

	ck_assert(!body_store_open_directory(&other, scratch_path("mirror"),
					     &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert_int_ne(access(scratch_path("mirror"), F_OK), 0);
}
END_TEST

START_TEST(test_a_directory_of_ours_is_made_once)
{
	struct body_store *other;
	struct hash root = root_of(4);
	uint64_t len;

	for (int i = 0; i < 2; i++) {
		ck_assert(body_store_open(&other, scratch_folder(), "bodies",
					  &error));
		ck_assert_int_eq(
			body_store_open_file(other, &len, &root, &error), -1);
		ck_assert_ptr_nonnull(strstr(error.message, "bodies: 0404"));
		body_store_close(other);
	}
	ck_assert(!body_store_open(&other, scratch_path("none"), "bodies",
				   &error));
	ck_assert_int_eq(error.code, ERROR_IO);
}
END_TEST

Suite *body_store_suite(void);

Suite *body_store_suite(void)
{
	Suite *suite = suite_create("body_store");
	TCase *tests = tcase_create("bodies");

	tcase_add_checked_fixture(tests, make, remove_all);
	tcase_add_test(tests, test_a_body_is_found_by_its_root);
	tcase_add_test(tests, test_the_name_of_a_file_is_the_root_in_hex);
	tcase_add_test(tests, test_a_body_is_replaced_as_a_whole);
	tcase_add_test(tests, test_any_number_of_bodies_is_synced_at_once);
	tcase_add_test(tests, test_a_body_is_looked_at_through_a_mapping);
	tcase_add_test(tests, test_a_body_on_its_way_has_no_name);
	tcase_add_test(tests, test_a_body_on_its_way_ends_at_the_longest);
	tcase_add_test(tests,
		       test_a_disk_that_takes_no_more_is_an_error_of_ours);
	tcase_add_test(tests, test_a_body_that_is_not_there_is_no_input);
	tcase_add_test(tests, test_an_empty_or_endless_file_is_no_body);
	tcase_add_test(tests, test_a_body_longer_than_wanted_is_refused);
	tcase_add_test(tests,
		       test_a_directory_that_has_to_be_there_is_not_made);
	tcase_add_test(tests, test_a_directory_of_ours_is_made_once);
	suite_add_tcase(suite, tests);
	return suite;
}
