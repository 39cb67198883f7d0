/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "watcher/cmd.h"
#include "watcher/watcher_api.h"

/* How long one pass may verify blocks before exits get their turn again. */
#define PASS_BUDGET_MS 10000

/* Between two passes that run a follower of our own. */
#define FOLLOW_MS 10000

/* An account may take on code at any time; a look costs a request for each. */
#define LOOK_MS 86400000

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

/* Once a day. What ends a program at its start is only said here: who watches
 * goes on watching. */
static void look_at_accounts(struct session *session, uint64_t *looked_ms)
{
	uint64_t now_ms = clock_monotonic_ms();
	struct error reason;

	if (now_ms - *looked_ms < LOOK_MS)
		return;
	*looked_ms = now_ms;
	if (!cmd_look_at_accounts(session, &reason))
		log_event(LOG_ERROR, "an account cannot be paid",
			  log_text("reason", reason.message));
}

static bool watch(struct session *session, uint64_t poll_ms,
		  struct error *error)
{
	enum severity before = SEVERITY_UNKNOWN;
	uint64_t looked_ms = clock_monotonic_ms(); /* when it was opened */

	/* A pass that runs a follower costs a program. */
	if (config_text(session->command->config, "watcher", "snapshot") ==
		    NULL &&
	    poll_ms < FOLLOW_MS)
		poll_ms = FOLLOW_MS;
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
		look_at_accounts(session, &looked_ms);
		if (process_wait(report.blocks.has_more ? 0 : poll_ms) ==
		    PROCESS_SIGNAL_STOP)
			return true;
	}
}

/* What `run` serves besides. */
struct service {
	struct watcher_api *api;
	struct http_server *server;
};

static bool write_port(const struct session *session,
		       const struct service *service, struct error *error)
{
	char port[16];

	(void)snprintf(
		port, sizeof(port), "%u\n",
		(unsigned int)http_server_port(service->server)); /* it fits */
	return atomic_file_write(session->datadir, "port",
				 bytes_of_string(port), 0644, error);
}

static bool serve(struct service *service, struct session *session,
		  struct error *error)
{
	const struct config *config = session->command->config;
	struct watcher_api_parts parts = { .datadir = session->datadir,
					   .network = session->network,
					   .bodies = session->bodies,
					   .operator_url = cmd_session_operator(
						   session) };

	if (!config_number(&parts.snapshot_max_age, config, "watcher",
			   "snapshot_max_age", 1, 86400, error))
		return false;
	if (session->acts) {
		parts.signers = session->signers;
		parts.signer_count = session->signer_count;
	}
	service->api = watcher_api_new(&parts);
	const struct http_service offer = { watcher_api_routes(), NULL,
					    service->api };
	return http_server_start(&service->server,
				 config_text(config, "watcher", "listen"),
				 offer, HTTP_SERVER_LIMITS_USUAL, error) &&
	       write_port(session, service, error);
}

static void stop_serving(struct service *service)
{
	if (service->server != NULL)
		http_server_stop(service->server);
	watcher_api_free(service->api);
}

bool cmd_run(const struct command *command, struct error *error)
{
	struct service service = { NULL, NULL };
	struct session session;
	uint64_t poll_ms;
	bool ok = cmd_session_open(&session, command, true, error) &&
		  config_number(&poll_ms, command->config, "watcher", "poll_ms",
				1, 3600000, error) &&
		  serve(&service, &session, error);

	if (ok) {
		process_notify("READY=1");
		log_event(LOG_INFO, "ready",
			  log_number("port", http_server_port(service.server)),
			  log_number("owners", session.owner_count),
			  log_number("sources",
				     block_fetch_count(session.fetch)));
		ok = watch(&session, poll_ms, error);
		process_notify("STOPPING=1");
	}
	stop_serving(&service);
	cmd_session_close(&session);
	return ok;
}
