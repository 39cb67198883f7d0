/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/store/database.h"
#include "common/store/statement.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static const struct sql_text schema_one[] = {
	{ "0001-coins",
	  "CREATE TABLE coin (id INTEGER PRIMARY KEY, hash BLOB, text TEXT) "
	  "STRICT" },
	{ NULL, NULL },
};
static const struct sql_text schema_two[] = {
	{ "0001-coins",
	  "CREATE TABLE coin (id INTEGER PRIMARY KEY, hash BLOB, text TEXT) "
	  "STRICT" },
	{ "0002-owners", "ALTER TABLE coin ADD COLUMN owner BLOB" },
	{ NULL, NULL },
};
static const struct sql_text schema_other[] = {
	{ "0001-bills", "CREATE TABLE bill (id INTEGER PRIMARY KEY) STRICT" },
	{ NULL, NULL },
};
static const char insert_coin[] =
	"INSERT INTO coin (id, hash, text) VALUES (?1, ?2, ?3)";
static const char select_coin[] = "SELECT hash, text FROM coin WHERE id = ?1";
static const char select_coins[] = "SELECT id, hash FROM coin ORDER BY id";
static const char select_owner[] = "SELECT owner FROM coin WHERE id = ?1";

static char path[64];
static struct error error;

static void set_up(void)
{
	scratch_make();
	snprintf(path, sizeof(path), "%s", scratch_path("test.db"));
}

static struct database *open_database(enum database_mode mode,
				      const struct sql_text *schema)
{
	struct database *database;

	ck_assert_msg(database_open(&database, path, mode, schema, &error),
		      "%s", error.message);
	return database;
}

static bool insert(struct database *database, uint64_t id)
{
	struct statement *row = statement_begin(database, insert_coin);
	uint8_t hash[32] = { 7 };

	statement_bind_u64(row, 1, id);
	statement_bind_bytes(row, 2, bytes_view(hash, sizeof(hash)));
	statement_bind_text(row, 3, "seven");
	return statement_run(row, &error);
}

static bool has(struct database *database, uint64_t id)
{
	struct statement *row = statement_begin(database, select_coin);
	struct hash hash;

	statement_bind_u64(row, 1, id);
	enum statement_result result = statement_step(row, &error);
	if (result == STATEMENT_ROW) {
		ck_assert(statement_hash(&hash, row, 0, &error));
		ck_assert_int_eq(hash.bytes[0], 7);
		ck_assert_str_eq(statement_text(row, 1), "seven");
	}
	statement_end(row);
	ck_assert_int_ne(result, STATEMENT_FAILED);
	return result == STATEMENT_ROW;
}

START_TEST(test_gives_back_what_another_life_committed)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);

	ck_assert(insert(database, 1));
	database_close(database);
	database = open_database(DATABASE_READER, schema_one);
	ck_assert(has(database, 1));
	ck_assert(!has(database, 2));
	ck_assert(!insert(database, 2));
	database_close(database);
}
END_TEST

START_TEST(test_forgets_what_was_rolled_back)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);

	ck_assert(database_begin(database, &error));
	ck_assert(insert(database, 1));
	database_rollback(database);
	ck_assert(!has(database, 1));
	ck_assert(database_begin(database, &error));
	ck_assert(insert(database, 2));
	ck_assert(database_commit(database, &error));
	ck_assert(has(database, 2));
	database_close(database);
}
END_TEST

struct coin {
	uint64_t id;
	struct hash hash;
};

static bool read_coin(void *element, struct statement *row, struct error *why)
{
	struct coin *out = element;

	out->id = statement_u64(row, 0);
	return statement_hash(&out->hash, row, 1, why);
}

START_TEST(test_reads_every_row_into_an_array)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);
	size_t count = 1;

	for (uint64_t filled = 0; filled <= 100; filled += 50) {
		for (uint64_t id = filled; id > 0 && id > filled - 50; id--)
			ck_assert(insert(database, id));
		struct coin *coins = statement_rows_new(
			&count, sizeof(*coins),
			statement_begin(database, select_coins), read_coin,
			&error);
		ck_assert_ptr_nonnull(coins);
		ck_assert_uint_eq(count, filled);
		for (uint64_t i = 0; i < filled; i++)
			ck_assert_uint_eq(coins[i].id, i + 1);
		memory_free(coins);
	}
	database_close(database);
}
END_TEST

START_TEST(test_a_row_that_cannot_be_read_is_no_shorter_array)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);
	struct coin coin;
	size_t count;
	bool found;

	ck_assert(insert(database, 1));
	struct statement *row = statement_begin(database, insert_coin);
	statement_bind_u64(row, 1, 2);
	statement_bind_bytes(row, 2, bytes_of_string("too short"));
	statement_bind_text(row, 3, "");
	ck_assert(statement_run(row, &error));
	ck_assert_ptr_null(statement_rows_new(
		&count, sizeof(coin), statement_begin(database, select_coins),
		read_coin, &error));
	ck_assert_int_eq(error.code, ERROR_IO);
	/* The statement is given back: it can be begun again. */
	ck_assert(statement_read(&found, &coin,
				 statement_begin(database, select_coins),
				 read_coin, &error));
	ck_assert(found);
	ck_assert_uint_eq(coin.id, 1);
	database_close(database);
}
END_TEST

START_TEST(test_a_row_that_is_not_there_is_not_found)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);
	struct coin coin;
	bool found = true;

	for (int i = 0; i < 2; i++) {
		struct statement *row = statement_begin(database, select_coin);

		statement_bind_u64(row, 1, 7);
		ck_assert(statement_find(&found, row, &error));
		ck_assert(!found);
	}
	ck_assert(statement_read(&found, &coin,
				 statement_begin(database, select_coins),
				 read_coin, &error));
	ck_assert(!found);
	database_close(database);
}
END_TEST

START_TEST(test_a_constraint_is_a_refusal)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);

	ck_assert(insert(database, 1));
	ck_assert(!insert(database, 1));
	ck_assert_int_eq(error.code, ERROR_REFUSED);
	database_close(database);
}
END_TEST

START_TEST(test_applies_the_steps_that_are_missing)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);
	struct statement *row;

	ck_assert(insert(database, 1));
	database_close(database);
	ck_assert(!database_open(&database, path, DATABASE_READER, schema_two,
				 &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	database = open_database(DATABASE_WRITER, schema_two);
	row = statement_begin(database, select_owner);
	statement_bind_u64(row, 1, 1);
	ck_assert_int_eq(statement_step(row, &error), STATEMENT_ROW);
	ck_assert(statement_is_null(row, 0));
	statement_end(row);
	database_close(database);
	ck_assert(!database_open(&database, path, DATABASE_WRITER, schema_one,
				 &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
}
END_TEST

START_TEST(test_a_missing_file_is_no_input_for_a_reader)
{
	struct database *database;

	ck_assert(!database_open(&database, path, DATABASE_READER, schema_one,
				 &error));
	ck_assert_int_eq(error.code, ERROR_NO_INPUT);
}
END_TEST

START_TEST(test_a_file_that_is_no_database_is_bad_input)
{
	struct database *database;
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 100; i++)
		fputs("this is no database at all, whatever its name\n", file);
	fclose(file);
	ck_assert(!database_open(&database, path, DATABASE_WRITER, schema_one,
				 &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
}
END_TEST

START_TEST(test_a_file_of_another_program_is_refused_and_left_alone)
{
	const struct sql_text *ours[] = { schema_one, schema_two };
	struct database *database;

	database_close(open_database(DATABASE_WRITER, schema_other));
	for (size_t i = 0; i < 2; i++) {
		ck_assert(!database_open(&database, path, DATABASE_WRITER,
					 ours[i], &error));
		ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
		ck_assert(!database_open(&database, path, DATABASE_READER,
					 ours[i], &error));
		ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	}
	database_close(open_database(DATABASE_READER, schema_other));
}
END_TEST

START_TEST(test_copies_everything_into_one_file)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);

	const char *copy = scratch_path("copy.db");
	ck_assert(insert(database, 1));
	ck_assert_msg(database_copy(database, copy, &error), "%s",
		      error.message);
	ck_assert(!database_copy(database, copy, &error));
	database_close(database);
	ck_assert_msg(database_open(&database, copy, DATABASE_WRITER,
				    schema_one, &error),
		      "%s", error.message);
	ck_assert(has(database, 1));
	database_close(database);
}
END_TEST

/* Of the file as it is: bytes 16 and 17 of its header. */
static unsigned int page_size(void)
{
	uint8_t header[18] = { 0 };
	FILE *file = fopen(path, "rb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fread(header, 1, sizeof(header), file),
			  sizeof(header));
	(void)fclose(file); /* only read */
	return (unsigned int)header[16] << 8 | header[17];
}

START_TEST(test_large_pages_are_for_files_that_are_new)
{
	database_close(open_database(DATABASE_WRITER_IN_BULK, schema_one));
	ck_assert_uint_eq(page_size(), 16384);
	database_close(open_database(DATABASE_WRITER, schema_one));
	ck_assert_uint_eq(page_size(), 16384);
	ck_assert_int_eq(unlink(path), 0);
	database_close(open_database(DATABASE_WRITER, schema_one));
	database_close(open_database(DATABASE_WRITER_IN_BULK, schema_one));
	ck_assert_uint_eq(page_size(), 4096);
}
END_TEST

START_TEST(test_as_much_stays_in_memory_as_is_said)
{
	struct database *database = open_database(DATABASE_WRITER, schema_one);
	struct statement *row;

	ck_assert(database_set_cache(database, (size_t)12 << 20, &error));
	row = statement_begin(database, "SELECT -cache_size "
					"FROM pragma_cache_size");
	ck_assert_int_eq(statement_step(row, &error), STATEMENT_ROW);
	ck_assert_uint_eq(statement_u64(row, 0), 12288); /* KiB */
	statement_end(row);
	database_close(database);
}
END_TEST

Suite *database_suite(void);

Suite *database_suite(void)
{
	Suite *suite = suite_create("database");
	TCase *tests = tcase_create("database");

	tcase_add_checked_fixture(tests, set_up, scratch_remove);
	tcase_add_test(tests, test_gives_back_what_another_life_committed);
	tcase_add_test(tests, test_forgets_what_was_rolled_back);
	tcase_add_test(tests, test_large_pages_are_for_files_that_are_new);
	tcase_add_test(tests, test_as_much_stays_in_memory_as_is_said);
	tcase_add_test(tests, test_reads_every_row_into_an_array);
	tcase_add_test(tests,
		       test_a_row_that_cannot_be_read_is_no_shorter_array);
	tcase_add_test(tests, test_a_row_that_is_not_there_is_not_found);
	tcase_add_test(tests, test_a_constraint_is_a_refusal);
	tcase_add_test(tests, test_applies_the_steps_that_are_missing);
	tcase_add_test(tests, test_a_missing_file_is_no_input_for_a_reader);
	tcase_add_test(tests, test_a_file_that_is_no_database_is_bad_input);
	tcase_add_test(
		tests,
		test_a_file_of_another_program_is_refused_and_left_alone);
	tcase_add_test(tests, test_copies_everything_into_one_file);
	suite_add_tcase(suite, tests);
	return suite;
}
