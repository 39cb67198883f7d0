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
NODISCARD bool statement_u256(struct u256 *out, struct statement *statement,
			      int column, struct error *error);

/* Gives the statement back. */
void statement_end(struct statement *statement);

/* Rows that the last INSERT, UPDATE or DELETE touched. */
uint64_t statement_changes(struct database *database);

#endif
