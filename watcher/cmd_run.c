/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/service/log.h"
#include "watcher/cmd.h"

/* How long one pass may verify blocks before exits get their turn again. */
#define PASS_BUDGET_MS 10000

/* Says what changed since the last pass. */
static void log_pass(enum severity severity, const char *line,
		     enum severity before, const struct pass_report *report)
{
	enum log_level level = severity == SEVERITY_OK	      ? LOG_INFO
			       : severity == SEVERITY_WARNING ? LOG_WARNING
							      : LOG_ERROR;

	if (severity != before || report->blocks.applied > 0)
		log_event(level, "pass", log_text("line", line));
}

static void notify(const char *line, bool complete)
{
	char status[STATUS_LINE_SIZE + 32];

	(void)snprintf(status, sizeof(status), "STATUS=%.*s",
		       (int)strcspn(line, "|"), line); /* it fits */
	process_notify(status);
	if (complete)
		process_notify("WATCHDOG=1");
}

static bool watch(struct session *session, uint64_t poll_ms,
		  struct error *error)
{
	enum severity before = SEVERITY_UNKNOWN;

	for (;;) {
		struct pass_report report;
		char line[STATUS_LINE_SIZE];
		enum severity severity;

		if (!watcher_loop_pass(session->loop, &report, &severity, line,
				       PASS_BUDGET_MS, error))
			return false;
		log_pass(severity, line, before, &report);
		before = severity;
		notify(line, watcher_status_is_complete(&report));
		if (process_wait(report.blocks.has_more ? 0 : poll_ms) ==
		    PROCESS_SIGNAL_STOP)
			return true;
	}
}

bool cmd_run(const struct command *command, struct error *error)
{
	struct session session;
	uint64_t poll_ms;
	bool ok = cmd_session_open(&session, command, true, error) &&
		  config_number(&poll_ms, command->config, "watcher", "poll_ms",
				1, 3600000, error);

	if (ok) {
		process_notify("READY=1");
		log_event(LOG_INFO, "ready",
			  log_number("owners", session.owner_count),
			  log_number("sources",
				     block_fetch_count(session.fetch)));
		ok = watch(&session, poll_ms, error);
		process_notify("STOPPING=1");
	}
	cmd_session_close(&session);
	return ok;
}
