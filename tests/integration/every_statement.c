/* SPDX-License-Identifier: MIT */

/*
 * Every statement of sql/ is prepared against the schema that it runs on, built
 * from the same files: a column that is renamed in one place only ends here.
 */

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "sql/actions_sql.h"
#include "sql/operator_sql.h"
#include "sql/rootchain_sql.h"
#include "sql/signed_spend_sql.h"
#include "sql/snapshot_sql.h"
#include "sql/wallet_sql.h"
#include "sql/watcher_sql.h"

/* A database: the schemas it is made of, one after the other, and the sets of
 * statements that are run on it. Closed by NULLs. */
struct database_case {
	const char *name;
	const struct sql_text *schemas[4];
	const struct sql_text *statements[4];
};

static const struct database_case databases[] = {
	{ "actions", { actions_schema }, { actions_statements } },
	{ "rootchain",
	  { rootchain_schema },
	  { rootchain_statements, snapshot_statements } },
	{ "operator", { operator_schema }, { operator_statements } },
	{ "watcher",
	  { watcher_schema },
	  { watcher_statements, actions_statements } },
	{ "wallet",
	  { wallet_schema },
	  { wallet_statements, actions_statements } },
	{ "signed_spend",
	  { signed_spend_schema },
	  { signed_spend_statements } },
};

static int points;
static int failures;

static void point(bool good, const char *database, const char *what,
		  const char *name, sqlite3 *connection)
{
	points++;
	if (good) {
		printf("ok %d - %s: %s %s\n", points, database, what, name);
		return;
	}
	failures++;
	printf("not ok %d - %s: %s %s\n# %s\n", points, database, what, name,
	       sqlite3_errmsg(connection));
}

static void prepare(const char *database, sqlite3 *connection,
		    const struct sql_text *statement)
{
	sqlite3_stmt *prepared = NULL;
	const char *rest = NULL;
	int result = sqlite3_prepare_v2(connection, statement->text, -1,
					&prepared, &rest);
	bool alone = rest != NULL && (*rest == '\n' || *rest == '\0');
	point(result == SQLITE_OK && prepared != NULL && alone, database,
	      "statement", statement->name, connection);
	sqlite3_finalize(prepared);
}

static void check_database(const struct database_case *database)
{
	sqlite3 *connection = NULL;
	if (sqlite3_open(":memory:", &connection) != SQLITE_OK) {
		puts("Bail out! no database in memory");
		exit(EXIT_FAILURE);
	}
	for (size_t i = 0; database->schemas[i] != NULL; i++) {
		const struct sql_text *step = database->schemas[i];
		for (; step->name != NULL; step++) {
			int result = sqlite3_exec(connection, step->text, NULL,
						  NULL, NULL);
			point(result == SQLITE_OK, database->name, "schema",
			      step->name, connection);
		}
	}
	for (size_t i = 0; database->statements[i] != NULL; i++) {
		const struct sql_text *statement = database->statements[i];
		for (; statement->name != NULL; statement++)
			prepare(database->name, connection, statement);
	}
	sqlite3_close(connection);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++)
		check_database(&databases[i]);
	printf("1..%d\n", points);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
