/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "rootchain/quorum.h"
#include "tests/unit/runner.h"

/* "aab." becomes votes for a, a, b and one that is not known. */
static struct quorum_count count(const char *text, size_t wanted)
{
	struct quorum_vote votes[16];
	size_t len = strlen(text);

	memset(votes, 0, sizeof(votes));
	for (size_t i = 0; i < len; i++) {
		votes[i].is_known = text[i] != '.';
		votes[i].hash.bytes[0] = (uint8_t)text[i];
	}
	return quorum_count(votes, len, wanted);
}

START_TEST(test_a_quorum_is_as_many_as_wanted_and_most_of_those_who_answer)
{
	ck_assert_int_eq(count("aa", 2).outcome, QUORUM_AGREED);
	ck_assert_int_eq(count("aab", 2).outcome, QUORUM_AGREED);
	ck_assert_int_eq(count("baa", 2).hash.bytes[0], 'a');
	ck_assert_int_eq(count("a", 1).outcome, QUORUM_AGREED);
	ck_assert_int_eq(count("a..", 1).outcome, QUORUM_AGREED);
	ck_assert_int_eq(count("aabb", 2).outcome, QUORUM_DISPUTED);
	ck_assert_int_eq(count("abc", 1).outcome, QUORUM_DISPUTED);
	ck_assert_uint_eq(count("aab", 2).count, 2);
}
END_TEST

START_TEST(test_fewer_than_wanted_are_told_from_those_who_contradict)
{
	ck_assert_int_eq(count("a.", 2).outcome, QUORUM_FEWER);
	ck_assert_int_eq(count("ab", 2).outcome, QUORUM_DISPUTED);
	ck_assert_int_eq(count("aab", 3).outcome, QUORUM_DISPUTED);
	ck_assert_int_eq(count("...", 2).outcome, QUORUM_NOBODY);
	ck_assert_int_eq(count("", 2).outcome, QUORUM_NOBODY);
}
END_TEST

START_TEST(test_the_height_is_what_a_quorum_reaches)
{
	const uint64_t numbers[] = { 10, 900, 12 };

	ck_assert_uint_eq(quorum_height(numbers, 3, 1), 900);
	ck_assert_uint_eq(quorum_height(numbers, 3, 2), 12);
	ck_assert_uint_eq(quorum_height(numbers, 3, 3), 10);
	ck_assert_uint_eq(quorum_height(numbers, 3, 4), 10);
	ck_assert_uint_eq(quorum_height(numbers, 1, 2), 10);
}
END_TEST

START_TEST(test_a_head_far_behind_is_stale)
{
	ck_assert(!quorum_is_stale(100, 100));
	ck_assert(!quorum_is_stale(100, 116));
	ck_assert(quorum_is_stale(100, 117));
	ck_assert(!quorum_is_stale(1000, 100));
}
END_TEST

START_TEST(test_an_excluded_endpoint_waits_longer_each_time)
{
	struct endpoint_record record;
	uint64_t now = 1000;
	uint64_t before = 0;

	memset(&record, 0, sizeof(record));
	ck_assert(endpoint_record_is_due(&record, now));
	for (int i = 0; i < 20; i++) {
		bool is_news = endpoint_record_exclude(
			&record, ENDPOINT_UNREACHABLE, "why", now, 0);

		ck_assert(is_news == (i == 0));
		uint64_t wait = record.retry_at_ms - now;
		ck_assert_uint_ge(wait, before);
		ck_assert_uint_le(wait, 60000);
		ck_assert(!endpoint_record_is_due(&record, now + wait - 1));
		ck_assert(endpoint_record_is_due(&record, now + wait));
		before = wait;
		now += wait;
	}
	ck_assert_uint_eq(before, 60000);
	ck_assert(endpoint_record_restore(&record));
	ck_assert(!endpoint_record_restore(&record));
	ck_assert(endpoint_record_is_due(&record, 0));
	ck_assert(endpoint_record_exclude(&record, ENDPOINT_STALE, "why", now,
					  UINT32_MAX));
	ck_assert_uint_eq(record.retry_at_ms - now, 250);
}
END_TEST

START_TEST(test_late_answers_exclude_the_third_time)
{
	struct endpoint_record record;

	memset(&record, 0, sizeof(record));
	ck_assert(!endpoint_record_late(&record, 1, 0));
	ck_assert(!endpoint_record_late(&record, 2, 0));
	ck_assert(endpoint_record_restore(&record) == false);
	ck_assert(!endpoint_record_late(&record, 3, 0));
	ck_assert(!endpoint_record_late(&record, 4, 0));
	ck_assert(endpoint_record_late(&record, 5, 0));
	ck_assert_int_eq(record.trouble, ENDPOINT_SLOW);
}
END_TEST

START_TEST(test_every_trouble_has_a_name)
{
	ck_assert_str_eq(endpoint_trouble_name(ENDPOINT_WELL), "well");
	ck_assert_str_eq(
		endpoint_trouble_name(endpoint_trouble_of(ERROR_UNREACHABLE)),
		"unreachable");
	ck_assert_str_eq(
		endpoint_trouble_name(endpoint_trouble_of(ERROR_PROTOCOL)),
		"breaks the protocol");
	ck_assert_str_eq(
		endpoint_trouble_name(endpoint_trouble_of(ERROR_CONFIG)),
		"on another chain");
	ck_assert_str_eq(endpoint_trouble_name(ENDPOINT_SLOW), "slow");
	ck_assert_str_eq(endpoint_trouble_name(ENDPOINT_STALE), "stale");
	ck_assert_str_eq(endpoint_trouble_name(ENDPOINT_DISAGREES),
			 "disagrees");
}
END_TEST

Suite *quorum_suite(void);

Suite *quorum_suite(void)
{
	Suite *suite = suite_create("quorum");
	TCase *test = tcase_create("quorum");

	tcase_add_test(
		test,
		test_a_quorum_is_as_many_as_wanted_and_most_of_those_who_answer);
	tcase_add_test(
		test,
		test_fewer_than_wanted_are_told_from_those_who_contradict);
	tcase_add_test(test, test_the_height_is_what_a_quorum_reaches);
	tcase_add_test(test, test_a_head_far_behind_is_stale);
	tcase_add_test(test, test_an_excluded_endpoint_waits_longer_each_time);
	tcase_add_test(test, test_late_answers_exclude_the_third_time);
	tcase_add_test(test, test_every_trouble_has_a_name);
	suite_add_tcase(suite, test);
	return suite;
}
