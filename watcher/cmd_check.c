/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>

#include "common/service/clock.h"
#include "common/service/json_print.h"
#include "watcher/cmd.h"
#include "watcher/event.h"
#include "watcher/watcher_store.h"

#define MILLISECONDS 1000
#define PRINTED_CEILING ((size_t)64 << 20)

/* A reason that is no UTF-8 is left out; the code says enough. */
static void print_json(enum severity severity, const char *line)
{
	json_t *object =
		json_pack("{s:s,s:i,s:s}", "schema", "plasma.check/1", "code",
			  (int)severity, "severity", severity_name(severity));
	json_t *text = json_string(line);

	(void)json_object_set_new(object, "line",
				  text == NULL ? json_null() : text);
	json_print(object);
}

static int say(const struct command *command, enum severity severity,
	       const char *line)
{
	if (severity == SEVERITY_OK && options_has(command->options, "cron"))
		return (int)severity;
	if (command->is_json)
		print_json(severity, line);
	else
		printf("%s\n", line);
	return (int)severity;
}

static int say_unknown(const struct command *command, const char *why)
{
	char line[STATUS_LINE_SIZE];

	(void)snprintf(line, sizeof(line), "UNKNOWN - %s", why); /* cut is fine
								  */
	return say(command, SEVERITY_UNKNOWN, line);
}

/* Another process watches: its last verdict counts, as long as it is young. */
static int say_last_pass(const struct command *command, const char *datadir,
			 const char *holder)
{
	struct database *database;
	struct watcher_pass pass;
	struct error error;
	char line[STATUS_LINE_SIZE + 64];
	uint64_t max_age;
	bool found = false;

	if (!config_number(&max_age, command->config, "watcher",
			   "snapshot_max_age", 1, 86400, &error) ||
	    !watcher_store_open_reader(&database, datadir, &error))
		return say_unknown(command, error.message);
	bool ok = watcher_store_last_pass(database, &found, &pass, &error);
	database_close(database);
	if (!ok || !found)
		return say_unknown(command, holder);
	struct wall_time now = clock_wall();
	uint64_t age = instant_since(now.seconds, pass.completed_at.seconds);
	bool is_ahead = instant_lies_ahead(pass.completed_at, now);
	bool is_stale = age > max_age || is_ahead;
	enum severity severity =
		severity_worse((enum severity)pass.severity,
			       is_stale ? SEVERITY_UNKNOWN : SEVERITY_OK);
	if (is_ahead && severity == SEVERITY_UNKNOWN)
		(void)snprintf(line, sizeof(line),
			       "UNKNOWN - %.200s and the wall clock is wrong: "
			       "its last pass lies ahead of it",
			       holder); /* cut is fine */
	else if (is_stale && severity == SEVERITY_UNKNOWN)
		(void)snprintf(line, sizeof(line),
			       "UNKNOWN - %.200s and has completed no pass for "
			       "%llu s",
			       holder,
			       (unsigned long long)age); /* cut is fine */
	else
		(void)snprintf(line, sizeof(line), "%s age=%llus", pass.line,
			       (unsigned long long)age); /* it fits */
	return say(command, severity, line);
}

/* Whoever runs it must do so often enough to act in time. */
static bool check_interval(const struct session *session, struct error *error)
{
	uint64_t most = session->network->min_exit_period / 4;
	uint64_t interval;

	if (!config_number(&interval, session->command->config, "watcher",
			   "interval", 1, UINT32_MAX, error))
		return false;
	return interval <= most ||
	       error_set(error, ERROR_CONFIG,
			 "[watcher] interval = %llu: at most a quarter of the "
			 "exit period is safe, %llu s",
			 (unsigned long long)interval,
			 (unsigned long long)most);
}

static bool check(struct session *session, enum severity *severity,
		  char line[STATUS_LINE_SIZE], struct error *error)
{
	struct pass_report report;
	uint64_t seconds;

	return check_interval(session, error) &&
	       config_number(&seconds, session->command->config, "watcher",
			     "check_seconds", 1, 86400, error) &&
	       watcher_loop_pass(session->loop, &report, severity, line,
				 seconds * MILLISECONDS, error);
}

/* The line, and behind it what waits for a signature. */
static int say_pass(struct session *session, enum severity severity,
		    const char *line)
{
	struct growing_buffer printed;
	struct error error;
	int code = say(session->command, severity, line);

	growing_buffer_init(&printed, PRINTED_CEILING);
	if (cmd_list_printed(&printed, session->database, &error))
		fputs(growing_buffer_string(&printed), stdout);
	else
		code = say_unknown(session->command, error.message);
	growing_buffer_clear(&printed);
	return code;
}

int cmd_check(const struct command *command)
{
	struct session session;
	struct error error;
	char line[STATUS_LINE_SIZE];
	enum severity severity;
	int code;
	bool opened = cmd_session_open(&session, command, false, &error);

	if (opened && check(&session, &severity, line, &error))
		code = say_pass(&session, severity, line);
	else if (!opened && error.code == ERROR_TRY_AGAIN && !session.has_lock)
		code = say_last_pass(command, session.datadir, error.message);
	else
		code = say_unknown(command, error.message);
	if (code != (int)SEVERITY_OK)
		fputs(growing_buffer_string(&session.follower_said), stderr);
	cmd_session_close(&session);
	return code;
}
