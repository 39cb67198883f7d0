/* SPDX-License-Identifier: MIT */
#include "common/store/database.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/store/database_private.h"

#define BUSY_TIMEOUT_MS 5000

static enum error_code code_of(int result)
{
	/* The low byte is the primary code. */
	int primary = result & 0xff;

	if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
		return ERROR_TRY_AGAIN;
	if (primary == SQLITE_CONSTRAINT)
		return ERROR_REFUSED;
	if (primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT)
		return ERROR_BAD_INPUT;
	if (primary == SQLITE_CANTOPEN)
		return ERROR_CANNOT_CREATE;
	return ERROR_IO;
}

bool database_fail(struct error *error, struct database *database,
		   const char *what)
{
	int result = sqlite3_extended_errcode(database->connection);

	return error_set(error, code_of(result), "database %s: %s: %s",
			 sqlite3_db_filename(database->connection, "main"),
			 what, sqlite3_errmsg(database->connection));
}

static bool run(struct database *database, const char *sql, struct error *error)
{
	if (sqlite3_exec(database->connection, sql, NULL, NULL, NULL) !=
	    SQLITE_OK)
		return database_fail(error, database, sql);
	return true;
}

/* The number that a pragma gives. */
static bool read_pragma(struct database *database, int *out, const char *sql,
			struct error *error)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(database->connection, sql, -1, &statement,
			       NULL) != SQLITE_OK)
		return database_fail(error, database, sql);
	bool ok = sqlite3_step(statement) == SQLITE_ROW;
	if (ok)
		*out = sqlite3_column_int(statement, 0);
	else
		(void)database_fail(error, database, sql);
	(void)sqlite3_finalize(statement); /* said by the step */
	return ok;
}

static int count_steps(const struct sql_text *schema)
{
	int count = 0;

	while (schema[count].name != NULL)
		count++;
	return count;
}

/* Everything that the schema has by now, in an order of its own. */
static const char list_schema[] =
	/* allowed: asks any file about its schema, and belongs to none */
	"SELECT type, name, tbl_name, sql FROM sqlite_schema "
	"WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type, name";

static bool same_text(const unsigned char *a, const unsigned char *b)
{
	return a != NULL && b != NULL &&
	       strcmp((const char *)a, (const char *)b) == 0;
}

/* Compares the rows of two statements over list_schema. */
static bool same_schema(struct database *database, sqlite3_stmt *have,
			sqlite3_stmt *want, struct error *error)
{
	for (;;) {
		int one = sqlite3_step(have);
		int other = sqlite3_step(want);

		if (one != SQLITE_ROW && one != SQLITE_DONE)
			return database_fail(error, database, "schema");
		if (other != SQLITE_ROW && other != SQLITE_DONE)
			return error_set(error, ERROR_IO,
					 "a schema to compare with: %s",
					 sqlite3_errstr(other));
		if (one == SQLITE_DONE && other == SQLITE_DONE)
			return true;
		for (int i = 0; i < 4; i++) {
			if (one == SQLITE_ROW && other == SQLITE_ROW &&
			    same_text(sqlite3_column_text(have, i),
				      sqlite3_column_text(want, i)))
				continue;
			return error_set(
				error, ERROR_BAD_INPUT,
				"database %s: its schema is not the one that "
				"this program makes",
				sqlite3_db_filename(database->connection,
						    "main"));
		}
	}
}

/* A schema in memory as the first `steps` make it, and a statement over it, for
 * the caller to close in any case. Only want of memory can make it fail. */
static bool open_model(sqlite3 **model, sqlite3_stmt **list,
		       const struct sql_text *schema, int steps,
		       struct error *error)
{
	int result = sqlite3_open(":memory:", model);

	*list = NULL;
	for (int i = 0; result == SQLITE_OK && i < steps; i++)
		result = sqlite3_exec(*model, schema[i].text, NULL, NULL, NULL);
	if (result == SQLITE_OK)
		result =
			sqlite3_prepare_v2(*model, list_schema, -1, list, NULL);
	assert(result != SQLITE_ERROR);
	return result == SQLITE_OK ||
	       error_set(error, ERROR_IO, "a schema to compare with: %s",
			 sqlite3_errstr(result));
}

/* True if the file's tables and indexes are exactly those that the first
 * `steps` make, to the letter, and there are no triggers, views or others. */
static bool check_schema(struct database *database,
			 const struct sql_text *schema, int steps,
			 struct error *error)
{
	sqlite3 *model;
	sqlite3_stmt *want;
	sqlite3_stmt *have = NULL;

	bool ok = open_model(&model, &want, schema, steps, error) &&
		  (sqlite3_prepare_v2(database->connection, list_schema, -1,
				      &have, NULL) == SQLITE_OK ||
		   database_fail(error, database, "schema")) &&
		  same_schema(database, have, want, error);
	(void)sqlite3_finalize(have); /* said by the steps */
	(void)sqlite3_finalize(want);
	(void)sqlite3_close(model);
	return ok;
}

/* Tells how many steps the file has, if it is what they make: somebody else's
 * file is not asked, and nothing is added to it. */
static bool read_version(struct database *database, int *have,
			 const struct sql_text *schema, struct error *error)
{
	int want = count_steps(schema);

	if (!read_pragma(database, have, "PRAGMA user_version", error))
		return false;
	if (*have < 0 || *have > want)
		return error_set(
			error, ERROR_BAD_INPUT,
			"database %s: schema %d is newer than this program, "
			"which knows %d",
			sqlite3_db_filename(database->connection, "main"),
			*have, want);
	return check_schema(database, schema, *have, error);
}

static bool apply_steps(struct database *database,
			const struct sql_text *schema, int have, int want,
			struct error *error)
{
	char pragma[64];

	for (int i = have; i < want; i++) {
		if (sqlite3_exec(database->connection, schema[i].text, NULL,
				 NULL, NULL) != SQLITE_OK)
			return database_fail(error, database, schema[i].name);
	}
	(void)snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d",
		       want); /* it fits */
	return run(database, pragma, error);
}

/* Brings the file to the schema, or finds that it cannot be. */
static bool migrate(struct database *database, const struct sql_text *schema,
		    const char *path, struct error *error)
{
	int want = count_steps(schema);
	int have;

	/* One state: a writer may be making the schema at this moment. */
	if (!run(database, "BEGIN", error))
		return false;
	bool ok = read_version(database, &have, schema, error);
	/* Nothing was changed; it fails only if SQLite did it by itself. */
	(void)sqlite3_exec(database->connection, "ROLLBACK", NULL, NULL, NULL);
	if (!ok || have == want)
		return ok;
	if (!database->is_writer)
		return error_set(error,
				 have == 0 ? ERROR_TRY_AGAIN : ERROR_BAD_INPUT,
				 "database %s: schema %d is older than %d",
				 path, have, want);
	if (!database_begin(database, error))
		return false;
	/* Somebody else may have been faster. */
	if (read_version(database, &have, schema, error) &&
	    apply_steps(database, schema, have, want, error) &&
	    database_commit(database, error))
		return true;
	database_rollback(database);
	return false;
}

static bool configure(struct database *database, enum database_mode mode,
		      struct error *error)
{
	(void)sqlite3_extended_result_codes(database->connection,
					    1); /* never fails */
	(void)sqlite3_busy_timeout(database->connection,
				   BUSY_TIMEOUT_MS); /* never fails */
	if (!run(database, "PRAGMA foreign_keys = ON", error) ||
	    !run(database, "PRAGMA trusted_schema = OFF", error))
		return false;
	if (!database->is_writer)
		return run(database, "PRAGMA query_only = ON", error);
	/* Changes nothing about a file that has a page. */
	if (mode == DATABASE_WRITER_IN_BULK &&
	    !run(database, "PRAGMA page_size = 16384", error))
		return false;
	/* EXTRA syncs the folder, too, when the journal of the time before WAL
	 * is deleted: one that came back would undo everything since. In WAL
	 * it is FULL. */
	return run(database, "PRAGMA synchronous = EXTRA", error) &&
	       run(database, "PRAGMA journal_mode = WAL", error);
}

bool database_open(struct database **out, const char *path,
		   enum database_mode mode, const struct sql_text *schema,
		   struct error *error)
{
	struct database *database;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

	flags |= mode == DATABASE_READER
			 ? SQLITE_OPEN_READONLY
			 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	if (mode == DATABASE_READER && access(path, R_OK) != 0)
		return error_set(error,
				 errno == ENOENT   ? ERROR_NO_INPUT
				 : errno == EACCES ? ERROR_PERMISSION
						   : ERROR_IO,
				 "database %s: %s", path, strerror(errno));
	database = memory_new(1, sizeof(*database));
	database->is_writer = mode != DATABASE_READER;
	if (sqlite3_open_v2(path, &database->connection, flags, NULL) !=
	    SQLITE_OK) {
		(void)error_set(error, ERROR_CANNOT_CREATE, "database %s: %s",
				path, sqlite3_errmsg(database->connection));
		database_close(database);
		return false;
	}
	if (!configure(database, mode, error) ||
	    !migrate(database, schema, path, error)) {
		database_close(database);
		return false;
	}
	*out = database;
	return true;
}

void database_close(struct database *database)
{
	if (database == NULL)
		return;
	for (size_t i = 0; i < database->statement_count; i++) {
		struct statement *statement = database->statements[i];

		assert(!statement->in_use);
		(void)sqlite3_finalize(statement->prepared); /* was reset */
		memory_free(statement);
	}
	memory_free(database->statements);
	int result = sqlite3_close(database->connection);
	assert(result == SQLITE_OK);
	memory_free(database);
}

bool database_set_cache(struct database *database, size_t bytes,
			struct error *error)
{
	char pragma[64];

	(void)snprintf(pragma, sizeof(pragma), "PRAGMA cache_size = -%zu",
		       bytes >> 10); /* it fits */
	return run(database, pragma, error);
}

bool database_begin(struct database *database, struct error *error)
{
	assert(!database->in_transaction);
	if (!run(database, database->is_writer ? "BEGIN IMMEDIATE" : "BEGIN",
		 error))
		return false;
	database->in_transaction = true;
	return true;
}

bool database_commit(struct database *database, struct error *error)
{
	assert(database->in_transaction);
	if (!run(database, "COMMIT", error))
		return false;
	database->in_transaction = false;
	return true;
}

void database_rollback(struct database *database)
{
	if (!database->in_transaction)
		return;
	database->in_transaction = false;
	/* It fails only if SQLite has rolled back by itself already. */
	(void)sqlite3_exec(database->connection, "ROLLBACK", NULL, NULL, NULL);
}

bool database_in_transaction(const struct database *database)
{
	return database->in_transaction;
}

/* SQLite reads what is cut off the last page as zeros, and says nothing where
 * no row stood there. */
static bool check_whole_pages(struct database *database, struct error *error)
{
	const char *path = sqlite3_db_filename(database->connection, "main");
	sqlite3_stmt *statement;
	struct stat file;

	if (sqlite3_prepare_v2(database->connection, "PRAGMA page_size", -1,
			       &statement, NULL) != SQLITE_OK)
		return database_fail(error, database, "page_size");
	bool ok = sqlite3_step(statement) == SQLITE_ROW ||
		  database_fail(error, database, "page_size");
	sqlite3_int64 size = ok ? sqlite3_column_int64(statement, 0) : 0;
	(void)sqlite3_finalize(statement); /* said by the step */
	if (!ok)
		return false;
	if (stat(path, &file) != 0)
		return error_set(error, ERROR_IO, "%s: %s", path,
				 strerror(errno));
	return file.st_size % size == 0 ||
	       error_set(error, ERROR_BAD_INPUT,
			 "database %s: it is truncated: it ends within a page",
			 path);
}

bool database_check_integrity(struct database *database, struct error *error)
{
	sqlite3_stmt *statement;

	if (!check_whole_pages(database, error))
		return false;
	if (sqlite3_prepare_v2(database->connection,
			       "PRAGMA integrity_check(1)", -1, &statement,
			       NULL) != SQLITE_OK)
		return database_fail(error, database, "integrity_check");
	bool ok = sqlite3_step(statement) == SQLITE_ROW ||
		  database_fail(error, database, "integrity_check");
	const char *said =
		ok ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	if (ok && (said == NULL || strcmp(said, "ok") != 0))
		ok = error_set(
			error, ERROR_BAD_INPUT, "database %s: %s",
			sqlite3_db_filename(database->connection, "main"),
			said == NULL ? "damaged" : said);
	(void)sqlite3_finalize(statement); /* said by the step */
	return ok;
}

static bool sync_file(const char *path, struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	bool ok = (fd >= 0 && fsync(fd) == 0) ||
		  error_set(error, ERROR_IO, "%s: cannot sync: %s", path,
			    strerror(errno));
	if (fd >= 0)
		(void)close(fd); /* synced, or failed */
	return ok;
}

/* All pages, as they are at one moment. */
static bool back_up(struct database *database, sqlite3 *to, struct error *error)
{
	sqlite3_backup *backup =
		sqlite3_backup_init(to, "main", database->connection, "main");

	if (backup == NULL)
		return error_set(error, ERROR_IO, "database copy: %s",
				 sqlite3_errmsg(to));
	int result = sqlite3_backup_step(backup, -1);
	(void)sqlite3_backup_finish(backup); /* said by the step */
	return result == SQLITE_DONE ||
	       error_set(error, code_of(result), "database copy: %s",
			 sqlite3_errstr(result));
}

bool database_copy(struct database *database, const char *path,
		   struct error *error)
{
	sqlite3 *to = NULL;

	if (access(path, F_OK) == 0)
		return error_set(error, ERROR_CANNOT_CREATE,
				 "%s is there already", path);
	/* The copy is made durable by one sync, and needs no other file. */
	bool ok = (sqlite3_open_v2(path, &to,
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
					   SQLITE_OPEN_NOMUTEX,
				   NULL) == SQLITE_OK ||
		   error_set(error, ERROR_CANNOT_CREATE, "%s: %s", path,
			     sqlite3_errmsg(to))) &&
		  (sqlite3_exec(to,
				"PRAGMA synchronous = OFF; "
				"PRAGMA journal_mode = OFF; "
				"PRAGMA locking_mode = EXCLUSIVE",
				NULL, NULL, NULL) == SQLITE_OK ||
		   error_set(error, ERROR_IO, "%s: %s", path,
			     sqlite3_errmsg(to))) &&
		  back_up(database, to, error) &&
		  (sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL,
				NULL) == SQLITE_OK ||
		   error_set(error, ERROR_IO, "%s: %s", path,
			     sqlite3_errmsg(to)));
	(void)sqlite3_close(to); /* nothing is left to be written */
	return ok && sync_file(path, error);
}
