/* SPDX-License-Identifier: MIT */

/*
 * Each workload on a disk that fails at one operation, for every operation and
 * every way to fail. Afterwards the database has to open and to hold exactly
 * the rows after some step: not before the last one that was said to be on
 * disk, not behind the last one begun. Then the work goes on to its end.
 *
 *	FAULT_STRIDE	of the operations take every how many (7); 1 takes all
 *	FAULT_POINT	"WORKLOAD WAY OPERATION" as a failure names them: this
 *			one alone, in this process
 */

#include <assert.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/attributes.h"
#include "common/codec/keccak256.h"
#include "tests/fault/fault_vfs.h"
#include "tests/fault/workload.h"

#define MAX_STEPS 64
#define TRIES 3

static const struct workload *const workloads[] = {
	&workload_store,    &workload_actions, &workload_signed_spends,
	&workload_snapshot, &workload_watcher,
};
#define WORKLOAD_COUNT (sizeof(workloads) / sizeof(workloads[0]))

static const struct way {
	const char *name;
	enum fault_kind kind;
	enum fault_loss loss;
} ways[] = {
	{ "power fails, nothing unsynced is left", FAULT_POWER,
	  FAULT_LOSS_ALL },
	{ "power fails, everything is left", FAULT_POWER, FAULT_LOSS_NONE },
	{ "power fails, some writes are left", FAULT_POWER, FAULT_LOSS_SOME },
	{ "power fails, some sectors are left", FAULT_POWER,
	  FAULT_LOSS_SECTORS },
	{ "one I/O error", FAULT_ERROR_ONCE, FAULT_LOSS_NONE },
	{ "I/O errors from there on", FAULT_ERROR_FOREVER, FAULT_LOSS_NONE },
	{ "the disk is full once", FAULT_FULL_ONCE, FAULT_LOSS_NONE },
	{ "the disk is full from there on", FAULT_FULL_FOREVER,
	  FAULT_LOSS_NONE },
};
#define WAY_COUNT (sizeof(ways) / sizeof(ways[0]))

/* What the parent process knows of a child that died. */
struct progress {
	uint64_t points;
	uint64_t at;
	char complaint[700];
};

static struct progress *progress;

/* The rows after each step in a life without faults. */
static struct hash expected[MAX_STEPS + 1];

static bool complain(const char *format, ...) PRINTF_LIKE(1, 2);

static bool complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(progress->complaint, sizeof(progress->complaint),
			format, arguments); /* cut is fine */
	va_end(arguments);
	return false;
}

/* ---- what a database holds ---- */

static void add_value(struct keccak256 *keccak, sqlite3_stmt *row, int column)
{
	uint8_t type = (uint8_t)sqlite3_column_type(row, column);
	const void *data = sqlite3_column_blob(row, column);
	int len = sqlite3_column_bytes(row, column);

	keccak256_add(keccak, bytes_view(&type, 1));
	keccak256_add(keccak, bytes_view(&len, sizeof(len)));
	if (len > 0)
		keccak256_add(keccak, bytes_view(data, (size_t)len));
}

static bool add_rows(struct keccak256 *keccak, sqlite3 *connection,
		     const char *sql)
{
	sqlite3_stmt *row;
	int result;

	if (sqlite3_prepare_v2(connection, sql, -1, &row, NULL) != SQLITE_OK)
		return complain("%s: %s", sql, sqlite3_errmsg(connection));
	while ((result = sqlite3_step(row)) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(row); i++)
			add_value(keccak, row, i);
	(void)sqlite3_finalize(row); /* said by the step */
	return result == SQLITE_DONE
		       ? true
		       : complain("%s: %s", sql, sqlite3_errmsg(connection));
}

static bool add_tables(struct keccak256 *keccak, sqlite3 *connection)
{
	sqlite3_stmt *row;
	bool ok = add_rows(keccak, connection, "PRAGMA user_version") &&
		  add_rows(keccak, connection, "PRAGMA integrity_check") &&
		  add_rows(keccak, connection,
			   "SELECT name, sql FROM sqlite_schema ORDER BY name");

	if (!ok || sqlite3_prepare_v2(connection,
				      "SELECT name FROM sqlite_schema WHERE "
				      "type = 'table' ORDER BY name",
				      -1, &row, NULL) != SQLITE_OK)
		return false;
	while (ok && sqlite3_step(row) == SQLITE_ROW) {
		char sql[128];

		(void)snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"",
			       (const char *)sqlite3_column_text(row, 0));
		ok = add_rows(keccak, connection, sql);
	}
	(void)sqlite3_finalize(row);
	return ok;
}

static bool hash_rows(struct hash *out, const struct workload *workload)
{
	struct keccak256 keccak;
	sqlite3 *connection;

	keccak256_init(&keccak);
	bool ok = sqlite3_open_v2(workload->path, &connection,
				  SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
		  add_tables(&keccak, connection);
	if (sqlite3_close(connection) != SQLITE_OK)
		return complain("a statement is left");
	*out = keccak256_finish(&keccak);
	return ok;
}

/* ---- a life ---- */

static bool open_in_tries(void **handle, const struct workload *workload,
			  struct error *error)
{
	for (int i = 0; i < TRIES; i++)
		if (workload->open(handle, error))
			return true;
	return false;
}

static bool step_in_tries(const struct workload *workload, void *handle,
			  unsigned int number, struct error *error)
{
	for (int i = 0; i < TRIES; i++)
		if (workload->step(handle, number, error))
			return true;
	return false;
}

/* Works until something does not. `done` steps are said to be on disk. */
static void live(const struct workload *workload, unsigned int *done)
{
	struct error error;
	void *handle;

	*done = 0;
	if (!open_in_tries(&handle, workload, &error))
		return;
	while (*done < workload->steps &&
	       step_in_tries(workload, handle, *done + 1, &error))
		*done += 1;
	workload->close(handle);
}

/* Works from step `done` on to the end, where nothing may fail any more. */
static bool go_on(const struct workload *workload, unsigned int done)
{
	struct error error;
	struct hash rows;
	void *handle;

	if (!workload->open(&handle, &error))
		return complain("it does not open again: %s", error.message);
	for (unsigned int i = done + 1; i <= workload->steps; i++) {
		if (workload->step(handle, i, &error))
			continue;
		workload->close(handle);
		return complain("it does not go on with step %u: %s", i,
				error.message);
	}
	workload->close(handle);
	return hash_rows(&rows, workload) &&
	       (hash_equal(&rows, &expected[workload->steps]) ||
		complain("it ends with other rows"));
}

/* Which step the rows are those of, at least `done` and at most one more. */
static bool find_step(const struct workload *workload, unsigned int *found,
		      unsigned int done)
{
	struct error error;
	struct hash rows;
	void *handle;

	if (!workload->open(&handle, &error))
		return complain("it does not open: %s", error.message);
	workload->close(handle);
	if (!hash_rows(&rows, workload))
		return false;
	for (unsigned int i = 0; i <= workload->steps; i++) {
		if (!hash_equal(&rows, &expected[i]))
			continue;
		*found = i;
		return i == done || i == done + 1
			       ? true
			       : complain("%u steps are there, %u were done", i,
					  done);
	}
	return complain("the rows are those of no step; %u were done", done);
}

static bool learn(const struct workload *workload)
{
	struct error error;
	void *handle;

	assert(workload->steps <= MAX_STEPS);
	fault_vfs_format();
	if (!workload->open(&handle, &error))
		return complain("%s", error.message);
	bool ok = hash_rows(&expected[0], workload);
	for (unsigned int i = 1; ok && i <= workload->steps; i++) {
		ok = workload->step(handle, i, &error)
			     ? hash_rows(&expected[i], workload)
			     : complain("step %u: %s", i, error.message);
		if (ok && hash_equal(&expected[i], &expected[i - 1]))
			ok = complain("step %u changes nothing", i);
	}
	workload->close(handle);
	return ok;
}

static uint64_t count_operations(const struct workload *workload)
{
	unsigned int done;

	fault_vfs_format();
	live(workload, &done);
	return fault_vfs_operations();
}

static bool try_point(const struct workload *workload, const struct way *way,
		      uint64_t at)
{
	unsigned int done;
	unsigned int found = 0;

	progress->at = at;
	progress->points++;
	fault_vfs_format();
	fault_vfs_arm(way->kind, at);
	live(workload, &done);
	bool once =
		way->kind == FAULT_ERROR_ONCE || way->kind == FAULT_FULL_ONCE;
	if (once && done != workload->steps)
		return complain("after %u steps it gives up for good", done);
	fault_vfs_boot(way->loss, at);
	return find_step(workload, &found, done) && go_on(workload, found);
}

/* ---- all points ---- */

static uint64_t stride(void)
{
	const char *text = getenv("FAULT_STRIDE");
	uint64_t number = text == NULL ? 7 : strtoull(text, NULL, 10);

	return number == 0 ? 1 : number;
}

static int try_all(const struct workload *workload, const struct way *way,
		   uint64_t first)
{
	if (!learn(workload))
		return EXIT_FAILURE;
	uint64_t count = count_operations(workload);
	for (uint64_t at = first; at <= count; at += stride())
		if (!try_point(workload, way, at))
			return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

/* In a child, so that an assert is one failure and not the end. */
static bool report(size_t which_workload, size_t which_way, unsigned int point)
{
	const struct workload *workload = workloads[which_workload];
	const struct way *way = &ways[which_way];
	int status = 1;

	memset(progress, 0, sizeof(*progress));
	(void)fflush(stdout); /* or it is printed twice */
	pid_t child = fork();
	if (child == 0)
		exit(try_all(workload, way, 1 + which_way % stride()));
	bool good = child > 0 && waitpid(child, &status, 0) == child &&
		    WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
	printf("%s %u - %s: %s, at %llu operations\n", good ? "ok" : "not ok",
	       point, workload->name, way->name,
	       (unsigned long long)progress->points);
	if (!good)
		printf("# FAULT_POINT='%zu %zu %llu': %s\n", which_workload,
		       which_way, (unsigned long long)progress->at,
		       progress->complaint[0] != '\0' ? progress->complaint
						      : "it died");
	return good;
}

static int try_one(const char *text)
{
	char *end;
	size_t workload = strtoul(text, &end, 10);
	size_t way = strtoul(end, &end, 10);
	uint64_t at = strtoull(end, &end, 10);

	assert(workload < WORKLOAD_COUNT && way < WAY_COUNT);
	bool good = learn(workloads[workload]) &&
		    try_point(workloads[workload], &ways[way], at);
	printf("%s 1 - the point\n1..1\n# %s\n", good ? "ok" : "not ok",
	       progress->complaint);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(void)
{
	const char *point = getenv("FAULT_POINT");
	unsigned int count = 0;
	uint64_t points = 0;
	bool good = true;

	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert(progress != MAP_FAILED);
	fault_vfs_install();
	if (point != NULL)
		return try_one(point);
	for (size_t i = 0; i < WORKLOAD_COUNT; i++)
		for (size_t j = 0; j < WAY_COUNT; j++) {
			good = report(i, j, ++count) && good;
			points += progress->points;
		}
	bool enough = points >= 1000 || getenv("FAULT_STRIDE") != NULL;
	printf("%s %u - a thousand points, or as many as were asked for\n",
	       enough ? "ok" : "not ok", ++count);
	printf("# %llu points\n1..%u\n", (unsigned long long)points, count);
	return good && enough ? EXIT_SUCCESS : EXIT_FAILURE;
}
