/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "operator/accepted_store.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static struct accepted_store *store;
static struct error error;

static void open_store(void)
{
	ck_assert_msg(accepted_store_open(&store, scratch_folder(), &error),
		      "%s", error.message);
}

static void set_up(void)
{
	scratch_make();
	open_store();
}

static void tear_down(void)
{
	accepted_store_close(store);
	scratch_remove();
}

static void append(uint64_t blknum, const char *text)
{
	ck_assert(accepted_store_append(store, blknum, bytes_of_string(text),
					&error));
	ck_assert(accepted_store_sync(store, &error));
}

static void assert_content(uint64_t blknum, const char *text,
			   uint64_t expected_cut)
{
	struct growing_buffer payments;
	uint64_t cut;

	growing_buffer_init(&payments, 1000);
	ck_assert_msg(
		accepted_store_load(store, &payments, &cut, blknum, &error),
		"%s", error.message);
	ck_assert_str_eq(growing_buffer_string(&payments), text);
	ck_assert_uint_eq(cut, expected_cut);
	growing_buffer_clear(&payments);
}

static void path_of(char path[128], const char *name)
{
	snprintf(path, 128, "%s", scratch_path(name));
}

START_TEST(test_gives_back_what_was_appended_in_another_life)
{
	append(1000, "one");
	append(1000, "two");
	append(2000, "three");
	accepted_store_close(store);
	open_store();
	assert_content(1000, "onetwo", 0);
	assert_content(2000, "three", 0);
	append(2000, "four");
	assert_content(2000, "threefour", 0);
}
END_TEST

START_TEST(test_lists_blocks_in_order)
{
	uint64_t *blknums;
	size_t count;

	append(10000, "a");
	append(2000, "b");
	ck_assert(accepted_store_list_new(store, &blknums, &count, &error));
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(blknums[0], 2000);
	ck_assert_uint_eq(blknums[1], 10000);
	memory_free(blknums);
	accepted_store_release(store, 2000);
	ck_assert(accepted_store_drop(store, 2000, &error));
	ck_assert(accepted_store_list_new(store, &blknums, &count, &error));
	ck_assert_uint_eq(count, 1);
	memory_free(blknums);
}
END_TEST

/* Length of the head of a file and of what begins a batch. */
#define HEAD ((off_t)16)
#define BATCH_HEADER ((off_t)20)

/* Length of a batch on disk. */
static off_t size_of(const char *text)
{
	return BATCH_HEADER + (off_t)strlen(text) + 4;
}

START_TEST(test_cuts_a_batch_torn_anywhere)
{
	char path[128];
	const off_t first = HEAD + size_of("one");

	append(1000, "one");
	append(1000, "two");
	path_of(path, "accepted/1000.log");
	for (off_t len = first + size_of("two") - 1; len > first; len--) {
		ck_assert_int_eq(truncate(path, len), 0);
		accepted_store_close(store);
		open_store();
		assert_content(1000, "one", (uint64_t)(len - first));
		append(1000, "two");
		assert_content(1000, "onetwo", 0);
	}
}
END_TEST

/* Some of its sectors were written, others are zero as they were before. */
START_TEST(test_cuts_a_batch_with_zeros_in_it)
{
	char path[128];
	struct stat before;
	const off_t first = HEAD + size_of("one");

	append(1000, "one");
	append(1000, "two");
	path_of(path, "accepted/1000.log");
	for (off_t at = first; at < first + size_of("two"); at++) {
		static const uint8_t zeros[64];
		size_t len = (size_t)(first + size_of("two") - at);
		int fd = open(path, O_RDWR);

		ck_assert_int_eq(stat(path, &before), 0);
		ck_assert_int_eq(pwrite(fd, zeros, len, at), (ssize_t)len);
		close(fd);
		accepted_store_close(store);
		open_store();
		assert_content(
			1000, "one",
			at == first ? 0 : (uint64_t)(before.st_size - first));
		append(1000, "two");
	}
	assert_content(1000, "onetwo", 0);
}
END_TEST

START_TEST(test_room_is_made_ahead_and_given_back)
{
	char path[128];
	char *much = memory_new(1, 200001);
	struct stat status;

	memset(much, 'x', 200000);
	append(1000, "one");
	path_of(path, "accepted/1000.log");
	ck_assert_int_eq(stat(path, &status), 0);
	const off_t room = status.st_size;
	ck_assert_int_gt(room, HEAD + size_of("one"));
	append(1000, "two");
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_size, room); /* it fitted */
	append(1000, much);
	append(2000, "other"); /* another file, and back with room in it */
	append(1000, "three");
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_gt(status.st_size, room + 200000);
	accepted_store_close(store);
	open_store();
	struct growing_buffer payments;
	uint64_t cut;
	growing_buffer_init(&payments, 300000);
	ck_assert(accepted_store_load(store, &payments, &cut, 1000, &error));
	ck_assert_uint_eq(cut, 0);
	ck_assert_uint_eq(payments.len, 6 + 200000 + 5);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_size,
			 HEAD + size_of("one") + size_of("two") +
				 size_of(much) + size_of("three"));
	growing_buffer_clear(&payments);
	memory_free(much);
}
END_TEST

static void flip(const char *path, off_t at)
{
	uint8_t byte;
	int fd = open(path, O_RDWR);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
	byte ^= 0x40;
	ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

START_TEST(test_refuses_damage_that_a_whole_batch_follows)
{
	char path[128];
	struct growing_buffer payments;
	uint64_t cut;

	append(1000, "one");
	append(1000, "two");
	append(1000, "three");
	path_of(path, "accepted/1000.log");
	flip(path, HEAD + BATCH_HEADER);
	growing_buffer_init(&payments, 1000);
	ck_assert(!accepted_store_load(store, &payments, &cut, 1000, &error));
	ck_assert_int_eq(error.code, ERROR_IO);
	flip(path, HEAD + BATCH_HEADER);
	assert_content(1000, "onetwothree", 0);
	growing_buffer_clear(&payments);
}
END_TEST

static void read_at(const char *path, off_t at, uint8_t *out, size_t len)
{
	int fd = open(path, O_RDONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, out, len, at), (ssize_t)len);
	close(fd);
}

/* Metadata of a payment is what its maker likes: here a whole batch with a
 * number that comes later, as it stands in another file. */
START_TEST(test_no_payment_looks_like_a_batch_that_follows)
{
	uint8_t batch[BATCH_HEADER + 4];
	char path[128];

	append(2000, "");
	append(2000, "");
	append(2000, "");
	path_of(path, "accepted/2000.log");
	read_at(path, HEAD + 2 * (off_t)sizeof(batch), batch, sizeof(batch));
	append(1000, "one");
	ck_assert(accepted_store_append(
		store, 1000, bytes_view(batch, sizeof(batch)), &error));
	ck_assert(accepted_store_sync(store, &error));
	path_of(path, "accepted/1000.log");
	const off_t first = HEAD + size_of("one");
	const off_t torn = BATCH_HEADER + (off_t)sizeof(batch) + 3;
	ck_assert_int_eq(truncate(path, first + torn), 0);
	accepted_store_close(store);
	open_store();
	assert_content(1000, "one", (uint64_t)torn);
}
END_TEST

/* A crash before the head was on disk: nothing had been accepted. */
START_TEST(test_a_torn_head_is_no_damage)
{
	char path[128];

	append(1000, "one");
	path_of(path, "accepted/1000.log");
	for (off_t len = HEAD; len >= 0; len--) {
		ck_assert_int_eq(truncate(path, len), 0);
		accepted_store_close(store);
		open_store();
		assert_content(1000, "", len == HEAD ? 0 : (uint64_t)len);
		append(1000, "one");
		assert_content(1000, "one", 0);
	}
}
END_TEST

START_TEST(test_refuses_a_file_without_its_head)
{
	struct growing_buffer payments;
	char path[128];
	uint64_t cut;

	append(1000, "one");
	path_of(path, "accepted/1000.log");
	flip(path, 5);
	accepted_store_close(store);
	open_store();
	growing_buffer_init(&payments, 1000);
	ck_assert(!accepted_store_load(store, &payments, &cut, 1000, &error));
	ck_assert_int_eq(error.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(error.message, "1000.log"));
	ck_assert(!accepted_store_append(store, 1000, bytes_of_string("two"),
					 &error));
	flip(path, 5);
	assert_content(1000, "one", 0);
	growing_buffer_clear(&payments);
}
END_TEST

START_TEST(test_replaces_all_files_at_once)
{
	struct accepted_block blocks[2] = {
		{ 2000, bytes_of_string("two") },
		{ 3000, bytes_of_string("three") },
	};
	uint64_t *blknums;
	size_t count;

	append(1000, "one");
	ck_assert_msg(accepted_store_rewrite(store, blocks, 2, &error), "%s",
		      error.message);
	ck_assert(accepted_store_list_new(store, &blknums, &count, &error));
	ck_assert_uint_eq(count, 2);
	memory_free(blknums);
	assert_content(2000, "two", 0);
	append(3000, " more");
	assert_content(3000, "three more", 0);
}
END_TEST

START_TEST(test_completes_a_rewriting_that_was_interrupted)
{
	char old_path[128];
	char new_path[128];
	char part[128];

	append(1000, "new");
	accepted_store_close(store);
	path_of(part, "accepted");
	path_of(new_path, "accepted.new");
	path_of(old_path, "accepted.old");
	/* The crash came between the two renamings. */
	ck_assert_int_eq(rename(part, new_path), 0);
	ck_assert_int_eq(mkdir(old_path, 0700), 0);
	open_store();
	assert_content(1000, "new", 0);
	ck_assert_int_ne(access(old_path, F_OK), 0);
}
END_TEST

START_TEST(test_undoes_a_rewriting_that_was_not_complete)
{
	char new_path[128];

	append(1000, "old");
	accepted_store_close(store);
	path_of(new_path, "accepted.new");
	ck_assert_int_eq(mkdir(new_path, 0700), 0);
	open_store();
	assert_content(1000, "old", 0);
	ck_assert_int_ne(access(new_path, F_OK), 0);
}
END_TEST

Suite *accepted_store_suite(void);

Suite *accepted_store_suite(void)
{
	Suite *suite = suite_create("accepted_store");
	TCase *tests = tcase_create("accepted_store");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		       test_gives_back_what_was_appended_in_another_life);
	tcase_add_test(tests, test_lists_blocks_in_order);
	tcase_add_test(tests, test_cuts_a_batch_torn_anywhere);
	tcase_add_test(tests, test_cuts_a_batch_with_zeros_in_it);
	tcase_add_test(tests, test_room_is_made_ahead_and_given_back);
	tcase_add_test(tests, test_refuses_damage_that_a_whole_batch_follows);
	tcase_add_test(tests, test_no_payment_looks_like_a_batch_that_follows);
	tcase_add_test(tests, test_a_torn_head_is_no_damage);
	tcase_add_test(tests, test_refuses_a_file_without_its_head);
	tcase_add_test(tests, test_replaces_all_files_at_once);
	tcase_add_test(tests, test_completes_a_rewriting_that_was_interrupted);
	tcase_add_test(tests, test_undoes_a_rewriting_that_was_not_complete);
	suite_add_tcase(suite, tests);
	return suite;
}
