/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>

#include "common/base/memory.h"
#include "common/service/clock.h"
#include "common/service/json_print.h"
#include "common/service/network_file.h"
#include "watcher/cmd.h"
#include "watcher/event_store.h"
#include "watcher/watcher_store.h"

static void print_text(const struct latch_row *list, size_t count)
{
	char since[INSTANT_TEXT_SIZE];

	for (size_t i = 0; i < count; i++) {
		instant_format(since, list[i].latched_at.seconds);
		printf("%s %s since %s\n  %s\n", event_code(list[i].kind),
		       list[i].key, since, list[i].facts);
	}
	if (count == 0)
		puts("the chain is not halted");
}

static void print_json(const struct latch_row *list, size_t count)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
			rows,
			json_pack("{s:s,s:s,s:I,s:o}", "event",
				  event_code(list[i].kind), "key", list[i].key,
				  "latched_at_unix",
				  (json_int_t)list[i].latched_at.seconds,
				  "facts",
				  json_loads(list[i].facts, 0,
					     NULL))); /* an array; our JSON */
	json_t *object = json_pack("{s:s,s:b,s:o}", "schema", "plasma.latch/1",
				   "halted", count > 0, "latches", rows);
	json_print(object);
}

static bool show(const struct command *command, struct error *error)
{
	struct database *database;
	struct latch_row *list;
	size_t count;

	if (!watcher_store_open_reader(
		    &database,
		    config_text(command->config, "watcher", "datadir"), error))
		return false;
	bool ok = event_store_latches_new(database, &list, &count, error);
	if (ok && command->is_json)
		print_json(list, count);
	else if (ok)
		print_text(list, count);
	if (ok)
		event_store_latches_free(list, count);
	database_close(database);
	return ok;
}

static bool clear_in(struct database *database, const char *reason,
		     struct error *error)
{
	size_t count;

	if (!database_begin(database, error))
		return false;
	bool ok = event_store_clear_latches(database, &count, reason,
					    clock_wall(), error) &&
		  database_commit(database, error);
	if (!ok) {
		database_rollback(database);
		return false;
	}
	printf("%zu cleared; the next pass judges again\n", count);
	return true;
}

/* One process writes: a daemon has to be stopped for this. */
static bool clear(const struct command *command, struct error *error)
{
	const char *datadir =
		config_text(command->config, "watcher", "datadir");
	const char *reason = options_value(command->options, "reason");
	struct database *database = NULL;
	struct network *network = NULL;
	struct process_lock lock = { -1 };
	const char *path;

	if (reason == NULL || reason[0] == '\0')
		return error_set(error, ERROR_USAGE,
				 "latch clear wants --reason TEXT: why may the "
				 "halt end?");
	if (!config_needed(&path, command->config, "watcher", "network",
			   error) ||
	    !network_read_new(&network, path, error))
		return false;
	struct watcher_network wanted = { network->chain_id,
					  network->plasma_framework };
	bool ok = process_lock_take(&lock, datadir, error) &&
		  watcher_store_open(&database, datadir, &wanted, error) &&
		  clear_in(database, reason, error);
	database_close(database);
	process_lock_release(&lock);
	network_free(network);
	return ok;
}

bool cmd_latch(const struct command *command, struct error *error)
{
	return options_is(command->options, "latch clear")
		       ? clear(command, error)
		       : show(command, error);
}
