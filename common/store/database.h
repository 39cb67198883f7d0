/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_STORE_DATABASE_H
#define PLASMA_COMMON_STORE_DATABASE_H

/*
 * A SQLite file: one writer, any number of readers. What a writer commits is on
 * disk when the call returns (WAL, synchronous = EXTRA). The schema comes in
 * numbered steps, and the file says how many of them it has.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "sql/sql_text.h"

struct database;

enum database_mode {
	DATABASE_WRITER,	 /* makes the file and applies missing steps */
	DATABASE_WRITER_IN_BULK, /* the same; a file that it makes has large
				  * pages: for long rows that come in order and
				  * are copied as a whole */
	DATABASE_READER		 /* never changes anything */
};

/* Opens the file for the steps in `schema`, closed by a row of NULLs.
 * ERROR_NO_INPUT: a reader finds no file. ERROR_BAD_INPUT: not a database, or
 * of a newer schema, or, for a reader, of an older one; or its tables and
 * indexes are not, to the letter, those that the steps make, or it has
 * triggers, views or others: what somebody else made is not asked.
 * ERROR_TRY_AGAIN: locked, or, for a reader, not made yet. ERROR_CANNOT_CREATE,
 * ERROR_PERMISSION, ERROR_IO otherwise. Own with database_close(). */
NODISCARD bool database_open(struct database **out, const char *path,
			     enum database_mode mode,
			     const struct sql_text *schema,
			     struct error *error);

/* Closes; NULL is harmless. No statement may be in use. */
void database_close(struct database *database);

/* How much of the file stays in memory, in bytes; 2 MB unless it is said. What
 * a transaction changes beyond that is written twice. */
NODISCARD bool database_set_cache(struct database *database, size_t bytes,
				  struct error *error);

/* A transaction: of a writer it has the write lock from the beginning; of a
 * reader it sees one state until the end. Not nested (asserted). */
NODISCARD bool database_begin(struct database *database, struct error *error);
NODISCARD bool database_commit(struct database *database, struct error *error);

/* Undoes everything since database_begin(); nothing if no transaction is open.
 */
void database_rollback(struct database *database);

bool database_in_transaction(const struct database *database);

/* True if every page, row, type and constraint is as it should be; looks at the
 * whole file. ERROR_BAD_INPUT says what is not. */
NODISCARD bool database_check_integrity(struct database *database,
					struct error *error);

/* Writes a complete and durable copy, as everything is at one moment, to
 * `path`, which must not be there; the copy needs no file beside it. */
NODISCARD bool database_copy(struct database *database, const char *path,
			     struct error *error);

#endif
