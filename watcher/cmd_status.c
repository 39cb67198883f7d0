/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/service/clock.h"
#include "watcher/cmd.h"
#include "watcher/event_store.h"
#include "watcher/explanation.h"
#include "watcher/incident_loop.h"
#include "watcher/overdue_store.h"
#include "watcher/watcher_store.h"

#define OUTPUT_CEILING ((size_t)16 << 20)

static bool print_json(struct database *database, const char *datadir,
		       struct error *error)
{
	struct growing_buffer out;

	growing_buffer_init(&out, OUTPUT_CEILING);
	bool ok = watcher_status_json(&out, database, datadir, clock_wall(),
				      error);
	if (ok)
		fputs(growing_buffer_string(&out), stdout);
	growing_buffer_clear(&out);
	return ok;
}

bool cmd_print_events(struct database *database, const char *datadir,
		      struct error *error)
{
	char since[INSTANT_TEXT_SIZE];
	char path[INCIDENT_PATH_SIZE];
	struct standing_event *list;
	size_t count;

	if (!event_store_list_new(database, &list, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		instant_format(since, list[i].first_seen.seconds);
		printf("%s %s %s since %s%s\n  %s\n",
		       explanations[list[i].kind].id, event_code(list[i].kind),
		       list[i].key, since, list[i].answered ? ", answered" : "",
		       list[i].facts);
		if (incident_loop_path(path, datadir, &list[i]))
			printf("  evidence: %s\n", path);
	}
	event_store_list_free(list, count);
	return true;
}

bool cmd_print_overdue(struct database *database, struct error *error)
{
	struct overdue *list;
	size_t count;

	if (!overdue_store_newest_new(database, &list, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct growing_buffer text;

		growing_buffer_init(&text, OVERDUE_CEILING);
		overdue_say(&text, &list[i]);
		puts(growing_buffer_string(&text));
		growing_buffer_clear(&text);
	}
	memory_free(list);
	return true;
}

static bool print_text(struct database *database, const char *datadir,
		       struct error *error)
{
	struct watcher_pass pass;
	char at[INSTANT_TEXT_SIZE];
	bool found;

	if (!watcher_store_last_pass(database, &found, &pass, error))
		return false;
	if (!found) {
		puts("no pass has been completed yet");
		return true;
	}
	puts(pass.line);
	if (pass.completed_at.seconds == 0) {
		puts("no pass has been completed yet");
	} else {
		instant_format(at, pass.completed_at.seconds);
		printf("last completed pass at %s\n", at);
	}
	return cmd_print_events(database, datadir, error) &&
	       cmd_print_overdue(database, error);
}

bool cmd_status(const struct command *command, struct error *error)
{
	const char *datadir =
		config_text(command->config, "watcher", "datadir");
	struct database *database;

	if (!watcher_store_open_reader(&database, datadir, error))
		return false;
	bool ok = database_begin(database, error) &&
		  (command->is_json ? print_json(database, datadir, error)
				    : print_text(database, datadir, error));
	database_rollback(database);
	database_close(database);
	return ok;
}
