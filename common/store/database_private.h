/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_STORE_DATABASE_PRIVATE_H
#define PLASMA_COMMON_STORE_DATABASE_PRIVATE_H

/* What database.c and statement.c share, and nobody else. */

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/error.h"

struct statement {
	struct database *database;
	const char *sql;
	sqlite3_stmt *prepared; /* NULL: it could not be, see the problem */
	struct error problem;
	bool in_use;
};

struct database {
	sqlite3 *connection;
	bool is_writer;
	bool in_transaction;
	struct statement **statements; /* ascending by address of the SQL */
	size_t statement_count;
};

/* Fills the error from what SQLite says. Returns false. */
bool database_fail(struct error *error, struct database *database,
		   const char *what);

#endif
