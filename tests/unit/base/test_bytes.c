/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/instant.h"
#include "common/base/writer.h"
#include "tests/unit/runner.h"

static const uint8_t some[] = { 1, 2, 3, 4, 5 };

START_TEST(test_a_cursor_gives_bytes_once_and_in_order)
{
	struct cursor cursor = cursor_of(bytes_view(some, sizeof(some)));
	ck_assert_uint_eq(cursor_peek(&cursor), 1);
	ck_assert_uint_eq(cursor_take_byte(&cursor), 1);
	ck_assert_uint_eq(cursor_take_number(&cursor, 3), 0x020304);
	ck_assert(!cursor_finished(&cursor));
	ck_assert_uint_eq(cursor_take(&cursor, 1).data[0], 5);
	ck_assert(cursor_finished(&cursor));
}
END_TEST

START_TEST(test_a_cursor_stays_failed_after_the_first_failure)
{
	struct cursor cursor = cursor_of(bytes_view(some, sizeof(some)));
	struct bytes taken = cursor_take(&cursor, 6);
	ck_assert_uint_eq(taken.len, 0);
	ck_assert(!cursor_ok(&cursor));
	ck_assert_uint_eq(cursor_take_byte(&cursor), 0);
	ck_assert_uint_eq(cursor_take_number(&cursor, 2), 0);
	struct hash hash = cursor_take_hash(&cursor);
	struct address address = cursor_take_address(&cursor);
	ck_assert(hash_is_zero(&hash) && address_is_zero(&address));
	ck_assert(!cursor_finished(&cursor));
}
END_TEST

START_TEST(test_a_length_near_the_largest_does_not_wrap)
{
	struct cursor cursor = cursor_of(bytes_view(some, sizeof(some)));
	(void)cursor_take_byte(&cursor);
	ck_assert_uint_eq(cursor_take(&cursor, SIZE_MAX).len, 0);
	ck_assert(!cursor_ok(&cursor));
}
END_TEST

START_TEST(test_a_writer_stops_at_its_ceiling_and_counts_on)
{
	uint8_t buffer[6];
	struct writer writer = writer_of(buffer, 5);
	buffer[5] = 0xaa;
	writer_put_number(&writer, 0x010203, 3);
	writer_put_byte(&writer, 4);
	ck_assert(writer_ok(&writer));
	writer_put_zeros(&writer, 2);
	ck_assert(!writer_ok(&writer));
	writer_put_byte(&writer, 9);
	ck_assert(!writer_ok(&writer));
	ck_assert_uint_eq(writer.needed, 7);
	ck_assert_uint_eq(writer_view(&writer).len, 4);
	ck_assert_mem_eq(buffer, some, 4);
	ck_assert_uint_eq(buffer[5], 0xaa);
}
END_TEST

START_TEST(test_a_buffer_grows_to_its_ceiling_and_not_over_it)
{
	struct growing_buffer buffer;
	growing_buffer_init(&buffer, 1000);
	for (int i = 0; i < 200; i++)
		ck_assert(growing_buffer_put(&buffer,
					     bytes_view(some, sizeof(some))));
	ck_assert(!growing_buffer_put_byte(&buffer, 1));
	ck_assert(!growing_buffer_put(&buffer, bytes_view(NULL, 0)));
	ck_assert(buffer.overflowed);
	ck_assert_uint_eq(growing_buffer_view(&buffer).len, 1000);
	growing_buffer_reset(&buffer);
	ck_assert(growing_buffer_format(&buffer, "%d blocks", 7));
	ck_assert_str_eq(growing_buffer_string(&buffer), "7 blocks");
	growing_buffer_clear(&buffer);
	growing_buffer_clear(&buffer);
	ck_assert_str_eq(growing_buffer_string(&buffer), "");
	growing_buffer_clear(&buffer);
}
END_TEST

START_TEST(test_hex_goes_both_ways_and_takes_nothing_else)
{
	char text[HEX_SIZE(5)];
	uint8_t back[5];
	hex_encode(text, bytes_view(some, sizeof(some)));
	ck_assert_str_eq(text, "0x0102030405");
	ck_assert(hex_decode(back, 5, text, strlen(text)));
	ck_assert_mem_eq(back, some, 5);
	ck_assert(hex_decode_bare(back, 2, "aBCd", 4));
	ck_assert_uint_eq(back[0], 0xab);
	ck_assert(!hex_decode(back, 5, "0102030405", 10));
	ck_assert(!hex_decode(back, 5, "0x010203040", 11));
	ck_assert(!hex_decode(back, 5, "0x01020304055", 13));
	ck_assert(!hex_decode(back, 5, "0X0102030405", 12));
	ck_assert(!hex_decode(back, 5, "0x010203040g", 12));
	ck_assert(!hex_decode(back, 0, "0", 1));
	ck_assert(hex_decode(back, 0, "0x", 2));
}
END_TEST

START_TEST(test_bytes_are_ordered_like_words_in_a_book)
{
	struct bytes a = bytes_of_string("ab");
	struct bytes longer = bytes_of_string("abc");
	struct bytes later = bytes_of_string("b");
	ck_assert_int_eq(bytes_compare(a, longer), -1);
	ck_assert_int_eq(bytes_compare(later, longer), 1);
	ck_assert_int_eq(bytes_compare(a, a), 0);
	ck_assert(!bytes_equal(a, longer));
	ck_assert(bytes_are_zero(bytes_view(NULL, 0)));
	ck_assert(bytes_equal(bytes_view(NULL, 0), bytes_view(some, 0)));
}
END_TEST

START_TEST(test_an_arena_gives_clean_aligned_memory_up_to_its_ceiling)
{
	struct arena arena;
	arena_init(&arena, 100000);
	size_t given = 0;
	uint8_t *object;
	while ((object = arena_new(&arena, 3, 100)) != NULL) {
		ck_assert_uint_eq((uintptr_t)object % 16, 0);
		ck_assert(bytes_are_zero(bytes_view(object, 300)));
		memset(object, 0xff, 300);
		given += 300;
		if (given == 30000)
			arena_reset(&arena);
	}
	ck_assert_uint_ge(given, 100000);
	ck_assert_ptr_null(arena_new(&arena, SIZE_MAX / 2, 4));
	ck_assert_ptr_null(arena_copy(&arena, bytes_view(some, 99999)).data);
	arena_clear(&arena);
	arena_clear(&arena);
}
END_TEST

START_TEST(test_an_error_is_one_line_with_its_context_before_it)
{
	struct error error;
	ck_assert(!error_set(&error, ERROR_IO, "disk\nfull %d", 3));
	ck_assert_str_eq(error.message, "disk full 3");
	ck_assert(!error_wrap(&error, "block %d", 1000));
	ck_assert_str_eq(error.message, "block 1000: disk full 3");
	ck_assert_int_eq(error.code, ERROR_IO);
	char longer[1000];
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert(!error_set(&error, ERROR_CONFIG, "%s", longer));
	ck_assert_uint_eq(strlen(error.message), sizeof(error.message) - 1);
	ck_assert_int_eq(error.code, ERROR_CONFIG);
}
END_TEST

START_TEST(test_instants_are_written_in_rfc_3339)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 1767225599, "2025-12-31T23:59:59Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ UINT64_MAX, "9999-12-31T23:59:59Z" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[INSTANT_TEXT_SIZE];
		instant_format(text, cases[i].seconds);
		ck_assert_str_eq(text, cases[i].text);
	}
}
END_TEST

START_TEST(test_deadlines_never_wrap)
{
	ck_assert_uint_eq(instant_after(10, 5), 15);
	ck_assert_uint_eq(instant_after(UINT64_MAX - 1, 5), UINT64_MAX);
	ck_assert_uint_eq(instant_since(10, 4), 6);
	ck_assert_uint_eq(instant_since(4, 10), 0);
}
END_TEST

START_TEST(test_a_moment_lies_ahead_when_clocks_cannot_differ_so)
{
	struct wall_time now = { 1000 };

	ck_assert(!instant_lies_ahead((struct wall_time){ 0 }, now));
	ck_assert(!instant_lies_ahead((struct wall_time){ 1060 }, now));
	ck_assert(instant_lies_ahead((struct wall_time){ 1061 }, now));
	ck_assert(instant_lies_ahead((struct wall_time){ UINT64_MAX }, now));
}
END_TEST

Suite *bytes_suite(void);

Suite *bytes_suite(void)
{
	Suite *suite = suite_create("bytes");
	TCase *tcase = tcase_create("views, text and time");
	tcase_add_test(tcase, test_a_cursor_gives_bytes_once_and_in_order);
	tcase_add_test(tcase,
		       test_a_cursor_stays_failed_after_the_first_failure);
	tcase_add_test(tcase, test_a_length_near_the_largest_does_not_wrap);
	tcase_add_test(tcase, test_a_writer_stops_at_its_ceiling_and_counts_on);
	tcase_add_test(tcase,
		       test_a_buffer_grows_to_its_ceiling_and_not_over_it);
	tcase_add_test(tcase, test_hex_goes_both_ways_and_takes_nothing_else);
	tcase_add_test(tcase, test_bytes_are_ordered_like_words_in_a_book);
	tcase_add_test(
		tcase,
		test_an_arena_gives_clean_aligned_memory_up_to_its_ceiling);
	tcase_add_test(tcase,
		       test_an_error_is_one_line_with_its_context_before_it);
	tcase_add_test(tcase, test_instants_are_written_in_rfc_3339);
	tcase_add_test(tcase, test_deadlines_never_wrap);
	tcase_add_test(tcase,
		       test_a_moment_lies_ahead_when_clocks_cannot_differ_so);
	suite_add_tcase(suite, tcase);
	return suite;
}
