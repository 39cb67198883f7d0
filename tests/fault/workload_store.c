/* SPDX-License-Identifier: MIT */
#include "common/store/database.h"
#include "common/store/statement.h"
#include "tests/fault/workload.h"

/* Rows that come, change and go, small and of several pages, and a sum of them
 * all in one row, so that half of a transaction would show. */

static const struct sql_text schema[] = {
	{ "0001-rows",
	  "CREATE TABLE entry (id INTEGER PRIMARY KEY, content BLOB NOT NULL) "
	  "STRICT; CREATE TABLE total (id INTEGER PRIMARY KEY, count INTEGER "
	  "NOT NULL, bytes INTEGER NOT NULL) STRICT; INSERT INTO total VALUES "
	  "(1, 0, 0);" },
	{ "0002-index", "CREATE INDEX entry_by_content ON entry (content);" },
	{ NULL, NULL },
};
static const char put_entry[] = "INSERT INTO entry (id, content) VALUES "
				"(?1, CAST(zeroblob(?2) || ?3 AS BLOB))";
static const char change_entry[] =
	"UPDATE entry SET content = CAST(content || ?2 AS BLOB) WHERE id = ?1";
static const char drop_entry[] = "DELETE FROM entry WHERE id = ?1";
static const char sum_up[] =
	"UPDATE total SET count = (SELECT count(*) FROM entry), "
	"bytes = (SELECT ifnull(sum(length(content)), 0) FROM entry)";

static bool open_store(void **out, struct error *error)
{
	return database_open((struct database **)out, "store.db",
			     DATABASE_WRITER, schema, error);
}

static bool do_step(struct database *database, unsigned int number,
		    struct error *error)
{
	static const uint8_t mark[40] = { 1, 2, 3 };
	struct statement *row = statement_begin(database, put_entry);

	statement_bind_u64(row, 1, number);
	statement_bind_u64(row, 2, number % 5 == 0 ? 9000 : number * 20);
	statement_bind_bytes(row, 3, bytes_view(mark, sizeof(mark)));
	if (!statement_run(row, error))
		return false;
	row = statement_begin(database, change_entry);
	statement_bind_u64(row, 1, number / 2);
	statement_bind_bytes(row, 2, bytes_view(&mark[number % 3], 1));
	if (!statement_run(row, error))
		return false;
	row = statement_begin(database, drop_entry);
	statement_bind_u64(row, 1, number / 3);
	if (!statement_run(row, error))
		return false;
	return statement_run(statement_begin(database, sum_up), error);
}

static bool take_step(void *handle, unsigned int number, struct error *error)
{
	if (!database_begin(handle, error))
		return false;
	if (do_step(handle, number, error) && database_commit(handle, error))
		return true;
	database_rollback(handle);
	return false;
}

static void close_store(void *handle)
{
	database_close(handle);
}

const struct workload workload_store = { "rows",     "store.db", 12,
					 open_store, take_step,	 close_store };
