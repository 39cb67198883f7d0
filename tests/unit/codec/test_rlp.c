/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"
#include "tests/unit/runner.h"

START_TEST(test_a_reader_walks_over_a_list_to_its_end)
{
	static const uint8_t input[] = { 0xc7, 0x01, 0x82, 0x02,
					 0x03, 0xc1, 0x80, 0x80 };
	struct rlp_item whole;
	ck_assert(rlp_item_read(&whole, bytes_view(input, sizeof(input))));
	struct rlp_reader reader = rlp_reader_into(&whole);
	ck_assert_uint_eq(rlp_reader_count(reader), 4);
	uint64_t number;
	struct rlp_item item = rlp_reader_next(&reader);
	ck_assert(rlp_item_to_u64(&number, &item));
	ck_assert_uint_eq(number, 1);
	item = rlp_reader_next(&reader);
	ck_assert(rlp_item_to_u64(&number, &item));
	ck_assert_uint_eq(number, 0x0203);
	item = rlp_reader_next(&reader);
	ck_assert(item.is_list);
	ck_assert(!rlp_item_to_u64(&number, &item));
	item = rlp_reader_next(&reader);
	ck_assert(rlp_item_to_u64(&number, &item));
	ck_assert_uint_eq(number, 0);
	ck_assert(rlp_reader_finished(&reader));
	(void)rlp_reader_next(&reader);
	ck_assert(!rlp_reader_ok(&reader));
}
END_TEST

START_TEST(test_a_reader_into_a_string_has_failed)
{
	static const uint8_t input[] = { 0x82, 0xc0, 0xc0 };
	struct rlp_item whole;
	ck_assert(rlp_item_read(&whole, bytes_view(input, sizeof(input))));
	struct rlp_reader reader = rlp_reader_into(&whole);
	ck_assert(!rlp_reader_ok(&reader));
	ck_assert_uint_eq(rlp_reader_count(reader), 0);
}
END_TEST

START_TEST(test_a_fault_deep_inside_is_found)
{
	/* [[[ 81 05 ]]]: a small byte with a header, three lists down. */
	static const uint8_t bad[] = { 0xc4, 0xc3, 0xc2, 0x81, 0x05 };
	static const uint8_t good[] = { 0xc4, 0xc3, 0xc2, 0x05, 0x05 };
	struct rlp_item item;
	ck_assert(rlp_item_read(&item, bytes_view(bad, sizeof(bad))));
	ck_assert(!rlp_item_is_canonical(&item));
	ck_assert(rlp_item_read(&item, bytes_view(good, sizeof(good))));
	ck_assert(rlp_item_is_canonical(&item));
}
END_TEST

/* Lists in lists, each with its header in front of the one inside. */
static size_t nest(uint8_t *out, size_t capacity, size_t depth)
{
	size_t len = 0;
	for (size_t i = 0; i < depth; i++) {
		uint8_t header[RLP_HEADER_MAX];
		struct writer writer = writer_of(header, sizeof(header));
		rlp_put_list_header(&writer, len);
		struct bytes view = writer_view(&writer);
		ck_assert_uint_le(len + view.len, capacity);
		memmove(out + view.len, out, len);
		memcpy(out, view.data, view.len);
		len += view.len;
	}
	return len;
}

START_TEST(test_deep_nesting_costs_no_stack_and_has_an_end)
{
	static uint8_t input[16384];
	struct rlp_item item;
	size_t len = nest(input, sizeof(input), RLP_DEPTH_MAX);
	ck_assert(rlp_item_read(&item, bytes_view(input, len)));
	ck_assert(rlp_item_is_canonical(&item));
	len = nest(input, sizeof(input), RLP_DEPTH_MAX + 3);
	ck_assert(rlp_item_read(&item, bytes_view(input, len)));
	ck_assert(!rlp_item_is_canonical(&item));
}
END_TEST

START_TEST(test_lengths_foretell_what_is_written)
{
	static const size_t lens[] = {
		0, 1, 2, 55, 56, 255, 256, 65535, 65536
	};
	static uint8_t content[65536];
	static uint8_t buffer[65600];
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct bytes view = bytes_view(content, lens[i]);
		struct writer writer = writer_of(buffer, sizeof(buffer));
		rlp_put_string(&writer, view);
		ck_assert_uint_eq(writer.len, rlp_string_len(view));
		struct rlp_item item;
		ck_assert(rlp_item_read(&item, writer_view(&writer)));
		ck_assert(bytes_equal(item.payload, view));
	}
	struct u256 number = u256_of(1);
	for (int i = 0; i < 255; i++) {
		struct writer writer = writer_of(buffer, sizeof(buffer));
		rlp_put_u256(&writer, number);
		ck_assert_uint_eq(writer.len, rlp_u256_len(number));
		number = u256_shift_left(number, 1);
	}
}
END_TEST

Suite *rlp_suite(void);

Suite *rlp_suite(void)
{
	Suite *suite = suite_create("rlp");
	TCase *tcase = tcase_create("items");
	tcase_add_test(tcase, test_a_reader_walks_over_a_list_to_its_end);
	tcase_add_test(tcase, test_a_reader_into_a_string_has_failed);
	tcase_add_test(tcase, test_a_fault_deep_inside_is_found);
	tcase_add_test(tcase, test_deep_nesting_costs_no_stack_and_has_an_end);
	tcase_add_test(tcase, test_lengths_foretell_what_is_written);
	suite_add_tcase(suite, tcase);
	return suite;
}
