/* SPDX-License-Identifier: MIT */

/*
 * Every statement of sql/ is prepared against the schema that it runs on, built
 * from the same files: a column that is renamed in one place only ends here,
 * and so does one that reads a table from end to end which grows with the
 * chain.
 */

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* What holds one row, what people or exits made, or what stands in the
 * statement itself: all of it may be read. */
static const char *const small_tables[] = {
	"(subquery-1)",
	"(subquery-2)",
	"CONSTANT",
	"actions",
	"cleared_latches",
	"code_hashes",
	"contract_state",
	"events",
	"exit_notices",
	"exited",
	"exits",
	"found",
	"head",
	"heads",
	"in_flight_exits",
	"latches",
	"network",
	"owners",
	"payments",
	"payouts",
	"piggybacks",
	"queue_entries",
	"reorganisations",
	"standard_exits",
	"tokens",
	"totals",
	"transactions",
	NULL,
};

/* Statements that may read any table from end to end. */
static const char *const readers[] = {
	/* Its rows stand in the statement itself. */
	"insert_coins",
	/* End after a few rows. */
	"any_deposit",
	"applied_block_page",
	"deposit_page",
	"newest_block",
	"newest_root_batch",
	"own_transaction_page",
	"tip",
	/* Once at the start, or for a person who asked. */
	"all_deposits",
	"digest_child_blocks",
	"index_coins_of_owner",
	"index_payments_of_owner",
	"negative_numbers",
	"reopen_blocks",
	/* For chains that are small. */
	"applied_transaction_count",
	/* Once in an hour. */
	"chain_unspent",
	NULL,
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

static bool is_listed(const char *const *list, const char *name, size_t len)
{
	for (; *list != NULL; list++) {
		if (strlen(*list) == len && memcmp(*list, name, len) == 0)
			return true;
	}
	return false;
}

/* True if a step of the plan reads no table that grows from end to end. */
static bool is_bounded(const char *step)
{
	static const char scan[] = "SCAN ";

	if (strncmp(step, scan, strlen(scan)) != 0)
		return true;
	const char *table = step + strlen(scan);
	return is_listed(small_tables, table, strcspn(table, " "));
}

static void check_plan(const char *database, sqlite3 *connection,
		       const struct sql_text *statement)
{
	char *question =
		sqlite3_mprintf("EXPLAIN QUERY PLAN %s", statement->text);
	sqlite3_stmt *plan = NULL;
	bool good = sqlite3_prepare_v2(connection, question, -1, &plan, NULL) ==
		    SQLITE_OK;

	while (good && sqlite3_step(plan) == SQLITE_ROW)
		good = is_bounded((const char *)sqlite3_column_text(plan, 3));
	point(good || is_listed(readers, statement->name,
				strlen(statement->name)),
	      database, "plan of", statement->name, connection);
	sqlite3_finalize(plan);
	sqlite3_free(question);
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
		for (; statement->name != NULL; statement++) {
			prepare(database->name, connection, statement);
			check_plan(database->name, connection, statement);
		}
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
