/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/service/omg_answer.h"
#include "common/service/process.h"
#include "common/service/temporary_folder.h"
#include "watcher/cmd.h"
#include "watcher/event.h"
#include "watcher/event_store.h"

/* Between two looks whether somebody wants it to end. */
#define SLICE_MS 2000

#define OUTPUT_CEILING ((size_t)256 << 20)

/* ---- what is said ---- */

static bool print_text(struct session *session, const char *path,
		       const char *line, struct error *error)
{
	struct growing_buffer actions;

	printf("%s: %s\n", path, line);
	growing_buffer_init(&actions, OUTPUT_CEILING);
	bool ok = cmd_print_events(session->database, NULL, error) &&
		  cmd_list_printed(&actions, session->database, error);
	if (ok)
		fputs(growing_buffer_string(&actions), stdout);
	growing_buffer_clear(&actions);
	return ok;
}

/* The actions of a pass, which are a line each, as members of a list. */
static bool put_actions(struct growing_buffer *out, struct session *session,
			struct error *error)
{
	struct growing_buffer lines;

	growing_buffer_init(&lines, OUTPUT_CEILING);
	bool ok = cmd_list_printed(&lines, session->database, error);
	if (ok && lines.len > 0) {
		const char *text = growing_buffer_string(&lines);

		for (size_t i = 0; i + 1 < lines.len; i++)
			(void)growing_buffer_put_byte(
				out, text[i] == '\n' ? ',' : (uint8_t)text[i]);
	}
	growing_buffer_clear(&lines);
	return ok;
}

static bool put_events(struct growing_buffer *out, struct session *session,
		       struct error *error)
{
	struct standing_event *list;
	size_t count;

	if (!event_store_list_new(session->database, &list, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			(void)growing_buffer_put_byte(out, ',');
		watcher_status_event_json(out, &list[i], NULL);
	}
	event_store_list_free(list, count);
	return true;
}

static bool put_json(struct growing_buffer *out, struct session *session,
		     const char *path, enum severity severity, const char *line,
		     struct error *error)
{
	(void)growing_buffer_format(
		out, "%s{\"snapshot\":", out->len > 0 ? "," : "");
	omg_answer_put_string(out, path);
	(void)growing_buffer_format(
		out, ",\"code\":%u,\"line\":", (unsigned int)severity);
	omg_answer_put_string(out, line);
	(void)growing_buffer_format(out, ",\"events\":[");
	if (!put_events(out, session, error))
		return false;
	(void)growing_buffer_format(out, "],\"actions\":[");
	if (!put_actions(out, session, error))
		return false;
	(void)growing_buffer_format(out, "]}");
	return true;
}

/* ---- passes ---- */

/* Passes at the same moment until all blocks are verified. */
static bool judge(struct session *session, enum severity *severity,
		  char line[STATUS_LINE_SIZE], struct error *error)
{
	struct pass_report report;

	do {
		if (process_wait(0) == PROCESS_SIGNAL_STOP)
			return error_set(error, ERROR_TRY_AGAIN, "interrupted");
		if (!watcher_loop_pass(session->loop, &report, severity, line,
				       SLICE_MS, error))
			return false;
	} while (report.blocks.has_more);
	return true;
}

static bool replay_one(struct growing_buffer *json, enum severity *worst,
		       const struct command *command, const char *path,
		       const char *datadir, struct error *error)
{
	const struct session_recording recording = { path, datadir };
	struct session session;
	enum severity severity;
	char line[STATUS_LINE_SIZE];
	bool ok = cmd_session_open_recording(&session, command, &recording,
					     error) &&
		  judge(&session, &severity, line, error);

	if (ok) {
		*worst = severity_worse(*worst, severity);
		ok = command->is_json ? put_json(json, &session, path, severity,
						 line, error)
				      : print_text(&session, path, line, error);
	}
	cmd_session_close(&session);
	return ok;
}

/* One pass after the other, each knowing what those before it found. */
static bool replay(enum severity *worst, const struct command *command,
		   const char *datadir, struct error *error)
{
	const struct options *options = command->options;
	struct growing_buffer json;
	bool ok = true;

	growing_buffer_init(&json, OUTPUT_CEILING);
	for (size_t i = 0; ok && i < options->argument_count; i++)
		ok = replay_one(&json, worst, command, options->arguments[i],
				datadir, error);
	if (ok && json.overflowed)
		ok = error_set(error, ERROR_REFUSED,
			       "the answer is longer than %zu bytes",
			       OUTPUT_CEILING);
	if (ok && command->is_json)
		printf("{\"schema\":\"plasma.replay/1\",\"code\":%u,"
		       "\"passes\":[%s]}\n",
		       (unsigned int)*worst, growing_buffer_string(&json));
	growing_buffer_clear(&json);
	return ok;
}

int cmd_replay(const struct command *command)
{
	enum severity worst = SEVERITY_OK;
	char folder[TEMPORARY_FOLDER_SIZE];
	struct error error;

	if (command->options->argument_count == 0) {
		(void)error_set(&error, ERROR_USAGE,
				"replay: which FILE?"); /* says false */
		return process_fail("plasma-watcher", &error);
	}
	bool ok = temporary_folder_make(folder, &error);
	if (ok) {
		ok = replay(&worst, command, folder, &error);
		temporary_folder_remove(folder);
	}
	if (ok)
		return (int)worst;
	(void)process_fail("plasma-watcher", &error); /* it is unknown */
	return (int)severity_worse(worst, SEVERITY_UNKNOWN);
}
