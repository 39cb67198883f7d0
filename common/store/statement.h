/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_STORE_STATEMENT_H
#define PLASMA_COMMON_STORE_STATEMENT_H

/*
 * One SQL statement on its way: taken from the database, bound, stepped and
 * given back. Statements are prepared once per connection and kept.
 *
 *	struct statement *row = statement_begin(database, SQL_X_BLOCK);
 *	statement_bind_u64(row, 1, blknum);
 *	switch (statement_step(row, error)) ...
 *	statement_end(row);
 *
 * The SQL is our own: one that cannot be prepared, a parameter or a column that
 * does not exist, a column of another type than the one asked for, and a number
 * that does not fit are mistakes of ours and end the program.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/u256.h"
#include "common/chain/exit_id.h"
#include "common/store/database.h"

struct statement;

enum statement_result {
	STATEMENT_ROW,	 /* the columns can be read until the next step */
	STATEMENT_DONE,	 /* no further row */
	STATEMENT_FAILED /* see the error */
};

/* `sql` is one of the constants that tools/embed-sql makes. A statement that is
 * begun twice at once is a mistake of ours. */
struct statement *statement_begin(struct database *database, const char *sql);

/* Parameters count from 1. Bytes and text are borrowed until statement_end();
 * numbers are at most INT64_MAX (asserted). */
void statement_bind_u64(struct statement *statement, int index,
			uint64_t number);
void statement_bind_bytes(struct statement *statement, int index,
			  struct bytes bytes);
void statement_bind_text(struct statement *statement, int index,
			 const char *text);
void statement_bind_null(struct statement *statement, int index);
void statement_bind_hash(struct statement *statement, int index,
			 const struct hash *hash);
void statement_bind_address(struct statement *statement, int index,
			    const struct address *address);
void statement_bind_exit_id(struct statement *statement, int index,
			    const struct exit_id *id);

/* Copies 32 bytes big-endian. */
void statement_bind_u256(struct statement *statement, int index,
			 struct u256 number);

/* ERROR_TRY_AGAIN: locked; ERROR_REFUSED: a constraint of the schema, or
 * RAISE(); ERROR_IO otherwise. */
NODISCARD enum statement_result statement_step(struct statement *statement,
					       struct error *error);

/* Steps a statement that gives no rows, and ends it. */
NODISCARD bool statement_run(struct statement *statement, struct error *error);

/* Columns count from 0. Views hold until the next step. */
bool statement_is_null(struct statement *statement, int column);
uint64_t statement_u64(struct statement *statement, int column);
struct bytes statement_bytes(struct statement *statement, int column);
const char *statement_text(struct statement *statement, int column);

/* Bytes of exactly this length (a database that somebody changed may say
 * otherwise): false with ERROR_IO. */
NODISCARD bool statement_hash(struct hash *out, struct statement *statement,
			      int column, struct error *error);
NODISCARD bool statement_address(struct address *out,
				 struct statement *statement, int column,
				 struct error *error);
NODISCARD bool statement_exit_id(struct exit_id *out,
				 struct statement *statement, int column,
				 struct error *error);
NODISCARD bool statement_u256(struct u256 *out, struct statement *statement,
			      int column, struct error *error);

/* Steps a statement that gives one row or none: where `found`, the caller reads
 * it and ends the statement; it is ended otherwise. Errors of
 * statement_step(). */
NODISCARD bool statement_find(bool *found, struct statement *statement,
			      struct error *error);

/* Fills the element at `out`, which statement_rows_new() has zeroed, from the
 * row; false fills the error. */
typedef bool statement_reader(void *out, struct statement *row,
			      struct error *error);

/* Reads the one row of a bound statement, if there is one, and ends it. Errors
 * of statement_step() and of `read`. */
NODISCARD bool statement_read(bool *found, void *out, struct statement *row,
			      statement_reader *read, struct error *error);

/* Reads all rows of a bound statement into an array of elements of `size` bytes
 * and ends it. The caller's, by memory_free(), also where there is no row; NULL
 * with the errors of statement_step() and of `read`. */
NODISCARD void *statement_rows_new(size_t *count, size_t size,
				   struct statement *row,
				   statement_reader *read, struct error *error);

/* Gives the statement back; twice is harmless. */
void statement_end(struct statement *statement);

/* Rows that the last INSERT, UPDATE or DELETE touched. */
uint64_t statement_changes(struct database *database);

#endif
