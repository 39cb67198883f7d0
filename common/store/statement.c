/* SPDX-License-Identifier: MIT */
#include "common/store/statement.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/store/database_private.h"

#define FIRST_ROWS 16

/* Where the statement with this SQL is or belongs. */
static size_t find_place(const struct database *database, const char *sql)
{
	size_t low = 0;
	size_t high = database->statement_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (database->statements[middle]->sql < sql)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* SQL that is wrong is a mistake of ours. What the disk does while the schema
 * is read is not: the first step says it, and the next use tries again. */
static void prepare(struct statement *statement)
{
	struct database *database = statement->database;
	const char *rest;

	int result = sqlite3_prepare_v3(database->connection, statement->sql,
					-1, SQLITE_PREPARE_PERSISTENT,
					&statement->prepared, &rest);
	if (result == SQLITE_OK)
		return;
	assert(result != SQLITE_ERROR && result != SQLITE_MISUSE);
	statement->prepared = NULL;
	(void)database_fail(&statement->problem, database, "statement");
}

static struct statement *add(struct database *database, const char *sql,
			     size_t place)
{
	struct statement *statement = memory_new(1, sizeof(*statement));

	statement->database = database;
	statement->sql = sql;
	database->statements = memory_resize(database->statements,
					     database->statement_count + 1,
					     sizeof(*database->statements));
	memmove(database->statements + place + 1, database->statements + place,
		(database->statement_count - place) *
			sizeof(*database->statements));
	database->statements[place] = statement;
	database->statement_count++;
	return statement;
}

struct statement *statement_begin(struct database *database, const char *sql)
{
	size_t place = find_place(database, sql);
	struct statement *statement;

	if (place < database->statement_count &&
	    database->statements[place]->sql == sql)
		statement = database->statements[place];
	else
		statement = add(database, sql, place);
	assert(!statement->in_use);
	if (statement->prepared == NULL)
		prepare(statement);
	statement->in_use = true;
	return statement;
}

void statement_bind_u64(struct statement *statement, int index, uint64_t number)
{
	assert(number <= INT64_MAX);
	if (statement->prepared == NULL)
		return;
	int result = sqlite3_bind_int64(statement->prepared, index,
					(sqlite3_int64)number);
	assert(result == SQLITE_OK);
}

void statement_bind_bytes(struct statement *statement, int index,
			  struct bytes bytes)
{
	if (statement->prepared == NULL)
		return;
	/* An empty blob is not NULL. */
	const void *data = bytes.len == 0 ? (const void *)"" : bytes.data;
	int result = sqlite3_bind_blob64(statement->prepared, index, data,
					 bytes.len, SQLITE_STATIC);
	assert(result == SQLITE_OK);
}

void statement_bind_text(struct statement *statement, int index,
			 const char *text)
{
	if (statement->prepared == NULL)
		return;
	int result = sqlite3_bind_text(statement->prepared, index, text, -1,
				       SQLITE_STATIC);
	assert(result == SQLITE_OK);
}

void statement_bind_null(struct statement *statement, int index)
{
	if (statement->prepared == NULL)
		return;
	int result = sqlite3_bind_null(statement->prepared, index);
	assert(result == SQLITE_OK);
}

void statement_bind_hash(struct statement *statement, int index,
			 const struct hash *hash)
{
	statement_bind_bytes(statement, index,
			     bytes_view(hash->bytes, sizeof(hash->bytes)));
}

void statement_bind_address(struct statement *statement, int index,
			    const struct address *address)
{
	statement_bind_bytes(
		statement, index,
		bytes_view(address->bytes, sizeof(address->bytes)));
}

void statement_bind_exit_id(struct statement *statement, int index,
			    const struct exit_id *id)
{
	statement_bind_bytes(statement, index,
			     bytes_view(id->bytes, sizeof(id->bytes)));
}

void statement_bind_u256(struct statement *statement, int index,
			 struct u256 number)
{
	if (statement->prepared == NULL)
		return;
	uint8_t bytes[32];

	u256_to_be(bytes, number);
	int result = sqlite3_bind_blob64(statement->prepared, index, bytes,
					 sizeof(bytes), SQLITE_TRANSIENT);
	assert(result == SQLITE_OK);
}

enum statement_result statement_step(struct statement *statement,
				     struct error *error)
{
	if (statement->prepared == NULL) {
		*error = statement->problem;
		return STATEMENT_FAILED;
	}
	int result = sqlite3_step(statement->prepared);

	if (result == SQLITE_ROW)
		return STATEMENT_ROW;
	if (result == SQLITE_DONE)
		return STATEMENT_DONE;
	(void)database_fail(error, statement->database, "statement");
	return STATEMENT_FAILED;
}

bool statement_run(struct statement *statement, struct error *error)
{
	enum statement_result result = statement_step(statement, error);

	assert(result != STATEMENT_ROW);
	statement_end(statement);
	return result == STATEMENT_DONE;
}

bool statement_is_null(struct statement *statement, int column)
{
	return sqlite3_column_type(statement->prepared, column) == SQLITE_NULL;
}

uint64_t statement_u64(struct statement *statement, int column)
{
	assert(sqlite3_column_type(statement->prepared, column) ==
	       SQLITE_INTEGER);
	sqlite3_int64 number =
		sqlite3_column_int64(statement->prepared, column);
	assert(number >= 0);
	return (uint64_t)number;
}

struct bytes statement_bytes(struct statement *statement, int column)
{
	assert(sqlite3_column_type(statement->prepared, column) == SQLITE_BLOB);
	const void *data = sqlite3_column_blob(statement->prepared, column);
	int len = sqlite3_column_bytes(statement->prepared, column);

	return bytes_view(data, (size_t)len);
}

const char *statement_text(struct statement *statement, int column)
{
	assert(sqlite3_column_type(statement->prepared, column) == SQLITE_TEXT);
	return (const char *)sqlite3_column_text(statement->prepared, column);
}

/* Copies bytes of a known length out of a column. */
static bool read_fixed(uint8_t *out, size_t len, struct statement *statement,
		       int column, struct error *error)
{
	struct bytes bytes = statement_bytes(statement, column);

	if (bytes.len != len)
		return error_set(error, ERROR_IO,
				 "database: a value of %zu bytes instead of "
				 "%zu",
				 bytes.len, len);
	memcpy(out, bytes.data, len);
	return true;
}

bool statement_hash(struct hash *out, struct statement *statement, int column,
		    struct error *error)
{
	return read_fixed(out->bytes, sizeof(out->bytes), statement, column,
			  error);
}

bool statement_address(struct address *out, struct statement *statement,
		       int column, struct error *error)
{
	return read_fixed(out->bytes, sizeof(out->bytes), statement, column,
			  error);
}

bool statement_exit_id(struct exit_id *out, struct statement *statement,
		       int column, struct error *error)
{
	return read_fixed(out->bytes, sizeof(out->bytes), statement, column,
			  error);
}

bool statement_u256(struct u256 *out, struct statement *statement, int column,
		    struct error *error)
{
	uint8_t bytes[32];

	if (!read_fixed(bytes, sizeof(bytes), statement, column, error))
		return false;
	*out = u256_from_be(bytes);
	return true;
}

bool statement_find(bool *found, struct statement *statement,
		    struct error *error)
{
	enum statement_result result = statement_step(statement, error);

	*found = result == STATEMENT_ROW;
	if (!*found)
		statement_end(statement);
	return result != STATEMENT_FAILED;
}

bool statement_read(bool *found, void *out, struct statement *row,
		    statement_reader *read, struct error *error)
{
	if (!statement_find(found, row, error))
		return false;
	if (!*found)
		return true;
	bool ok = read(out, row, error);
	statement_end(row);
	return ok;
}

void *statement_rows_new(size_t *count, size_t size, struct statement *row,
			 statement_reader *read, struct error *error)
{
	enum statement_result result;
	size_t capacity = FIRST_ROWS;
	uint8_t *rows = memory_new(capacity, size);

	*count = 0;
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (*count == capacity) {
			capacity *= 2;
			rows = memory_resize(rows, capacity, size);
		}
		memset(rows + *count * size, 0, size);
		if (!read(rows + *count * size, row, error))
			break;
		*count += 1;
	}
	statement_end(row);
	if (result == STATEMENT_DONE)
		return rows;
	memory_free(rows);
	return NULL;
}

void statement_end(struct statement *statement)
{
	statement->in_use = false;
	if (statement->prepared == NULL)
		return;
	(void)sqlite3_reset(statement->prepared); /* said by the step */
	(void)sqlite3_clear_bindings(statement->prepared); /* never fails */
}

uint64_t statement_changes(struct database *database)
{
	return (uint64_t)sqlite3_changes64(database->connection);
}
