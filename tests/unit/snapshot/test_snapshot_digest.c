/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/writer.h"
#include "common/codec/keccak256.h"
#include "common/snapshot/snapshot_digest.h"
#include "tests/unit/runner.h"
#include "tests/unit/snapshot/snapshot_file.h"

static struct hash digest_now(void)
{
	struct snapshot_head head;
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	struct error error;
	struct hash digest;

	ck_assert_msg(snapshot_digest(&digest, reader, &error), "%s",
		      error.message);
	snapshot_reader_end(reader);
	snapshot_reader_close(reader);
	return digest;
}

/* True if the change leaves the digest as it was; undone by the next test. */
static bool is_blind_to(const char *sql)
{
	struct hash before = digest_now();

	snapshot_file_change(sql);
	struct hash after = digest_now();
	return hash_equal(&before, &after);
}

/* The records one by one, and the hash of each behind the other. */
static uint8_t hashes[64 * 32];
static size_t hashes_len;
static size_t record_start;

static void end_record(const struct writer *out)
{
	struct hash hash = keccak256(
		bytes_view(out->start + record_start, out->len - record_start));

	ck_assert_uint_le(hashes_len + 32, sizeof(hashes));
	memcpy(hashes + hashes_len, hash.bytes, 32);
	hashes_len += 32;
	record_start = out->len;
}

static void put_same(struct writer *out, uint8_t byte, size_t len)
{
	while (len-- > 0)
		writer_put_byte(out, byte);
}

static void put_log(struct writer *out, uint64_t number, uint64_t log_index,
		    uint64_t blknum)
{
	struct hash topic =
		contract_event_topic(CONTRACT_EVENT_BLOCK_SUBMITTED);

	writer_put_byte(out, 'L');
	writer_put_number(out, number, 8);
	writer_put_number(out, 7, 8);
	writer_put_number(out, log_index, 8);
	put_same(out, 0x77, 32);
	put_same(out, 0xf0, 20);
	writer_put_number(out, 1, 8);
	writer_put(out, bytes_view(topic.bytes, 32));
	writer_put_number(out, 32, 8);
	writer_put_zeros(out, 24);
	writer_put_number(out, blknum, 8);
	end_record(out);
}

static void put_block(struct writer *out, uint64_t blknum, uint8_t root,
		      uint64_t time)
{
	writer_put_byte(out, 'R');
	writer_put_number(out, blknum, 8);
	put_same(out, root, 32);
	writer_put_number(out, time, 8);
	end_record(out);
}

/* Every byte of the records of the file that snapshot_file.c makes. */
static void put_records(struct writer *out)
{
	writer_put_byte(out, 'N');
	writer_put_number(out, 31337, 8);
	put_same(out, 0xf0, 20);
	put_same(out, 0xe0, 20);
	put_same(out, 0xe2, 20);
	put_same(out, 0x90, 20);
	writer_put_number(out, 100, 8);
	put_same(out, 100, 32);
	end_record(out);
	for (uint64_t number = 100; number <= 104; number++) {
		writer_put_byte(out, 'H');
		writer_put_number(out, number, 8); /* is its length too */
		put_same(out, 0xc0, (size_t)number);
		end_record(out);
		if (number == 101)
			put_log(out, 101, 4, 1000);
		if (number == 103) {
			put_log(out, 103, 0, 2000);
			put_log(out, 103, 2, 3000);
		}
	}
	put_block(out, 1, 1, 1012);
	put_block(out, 2, 1, 1012);
	put_block(out, 1000, 1, 1012);
	put_block(out, 2000, 2, 1036);
	put_block(out, 3000, 3, 1036);
	writer_put_byte(out, 'E');
	writer_put_number(out, 104, 8);
	put_same(out, 104, 32);
	end_record(out);
}

START_TEST(test_the_digest_is_that_of_the_records)
{
	static uint8_t buffer[8192];
	struct writer writer = writer_of(buffer, sizeof(buffer));

	put_records(&writer);
	ck_assert(writer_ok(&writer));
	struct hash expected = keccak256(bytes_view(hashes, hashes_len));
	struct hash digest = digest_now();
	ck_assert(hash_equal(&digest, &expected));
}
END_TEST

static const char *const truths[] = {
	"UPDATE network SET chain_id = 31338",
	"UPDATE network SET eth_vault = zeroblob(20)",
	"UPDATE network SET deployment_block = 99",
	"UPDATE network SET deployment_block_hash = zeroblob(32)",
	"UPDATE eth_blocks SET header = X'c1' WHERE number = 102",
	"UPDATE logs SET data = X'' WHERE log_index = 4",
	"UPDATE logs SET topics = X'' WHERE log_index = 4",
	"UPDATE logs SET address = zeroblob(20) WHERE log_index = 4",
	"UPDATE logs SET eth_transaction_hash = zeroblob(32)",
	"UPDATE logs SET eth_transaction_index = 8",
	"UPDATE logs SET log_index = 1 WHERE log_index = 0",
	"DELETE FROM logs WHERE log_index = 0",
	"UPDATE child_blocks SET root = zeroblob(32) WHERE blknum = 2000",
	"UPDATE child_blocks SET blknum = 4000 WHERE blknum = 2000",
	"DELETE FROM child_blocks WHERE blknum = 2",
	"UPDATE eth_blocks SET time = time + 1 WHERE number = 103",
	"UPDATE head SET number = 103",
	"UPDATE head SET hash = zeroblob(32)",
};

START_TEST(test_the_digest_sees_every_truth)
{
	ck_assert_msg(!is_blind_to(truths[_i]), "%s", truths[_i]);
}
END_TEST

static const char *const circumstances[] = {
	"UPDATE head SET safe_number = NULL, finalized_number = NULL",
	"UPDATE head SET last_good_poll = 1, generation = 9",
	"DELETE FROM reorganisations",
	"INSERT INTO receipts VALUES (101, X'c0')",
	"INSERT INTO eth_blocks VALUES (105, zeroblob(32), 1060, X'c0');"
	"INSERT INTO logs SELECT 105, log_index, eth_transaction_index, "
	"eth_transaction_hash, address, kind, topics, data FROM logs;"
	"INSERT INTO child_blocks VALUES (4000, zeroblob(32), 105, 0, NULL)",
};

START_TEST(test_the_digest_is_blind_to_what_followers_may_differ_in)
{
	ck_assert_msg(is_blind_to(circumstances[_i]), "%s", circumstances[_i]);
}
END_TEST

START_TEST(test_a_log_without_its_header_is_damage)
{
	struct snapshot_head head;
	struct error error;
	struct hash digest;

	snapshot_file_change("DELETE FROM eth_blocks WHERE number = 103");
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	ck_assert(!snapshot_digest(&digest, reader, &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	snapshot_reader_end(reader);
	snapshot_reader_close(reader);
}
END_TEST

Suite *snapshot_digest_suite(void);

Suite *snapshot_digest_suite(void)
{
	Suite *suite = suite_create("snapshot_digest");
	TCase *tests = tcase_create("digest");

	tcase_add_checked_fixture(tests, snapshot_file_make,
				  snapshot_file_remove);
	tcase_add_test(tests, test_the_digest_is_that_of_the_records);
	tcase_add_loop_test(tests, test_the_digest_sees_every_truth, 0,
			    (int)(sizeof(truths) / sizeof(truths[0])));
	tcase_add_loop_test(
		tests, test_the_digest_is_blind_to_what_followers_may_differ_in,
		0, (int)(sizeof(circumstances) / sizeof(circumstances[0])));
	tcase_add_test(tests, test_a_log_without_its_header_is_damage);
	suite_add_tcase(suite, tests);
	return suite;
}
