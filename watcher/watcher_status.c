/* SPDX-License-Identifier: MIT */
#include "watcher/watcher_status.h"

#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/service/omg_answer.h"
#include "watcher/deadline.h"
#include "watcher/event_store.h"
#include "watcher/explanation.h"
#include "watcher/incident_loop.h"
#include "watcher/mass_exit.h"
#include "watcher/overdue_store.h"
#include "watcher/watcher_store.h"

/* What is worst, and in words. */
struct worst {
	enum severity severity;
	char text[STATUS_PROBLEM_SIZE];
};

static void note(struct worst *worst, enum severity severity, const char *text)
{
	if (worst->text[0] != '\0' &&
	    severity_worse(worst->severity, severity) == worst->severity)
		return;
	worst->severity = severity_worse(worst->severity, severity);
	(void)snprintf(worst->text, sizeof(worst->text), "%s",
		       text); /* cut is fine */
}

bool watcher_status_is_complete(const struct pass_report *report)
{
	return report->problem[0] == '\0';
}

/* A halt stays critical whatever else is true. */
static bool judge_latches(struct worst *worst, struct database *database,
			  const struct pass_report *report, struct error *error)
{
	char text[STATUS_PROBLEM_SIZE];
	char until[INSTANT_TEXT_SIZE];
	struct latch_row *list;
	size_t count;

	if (!event_store_latches_new(database, &list, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct window window = deadline_protective_exit(
			list[i].latched_at.seconds, list[i].bad_at.seconds,
			report->exit_period);

		instant_format(until, window.last);
		(void)snprintf(text, sizeof(text),
			       "%s %s %s: the chain is halted, exits must have "
			       "started by %s",
			       explanations[list[i].kind].id,
			       event_code(list[i].kind), list[i].key,
			       until); /* cut is fine */
		note(worst, SEVERITY_CRITICAL, text);
	}
	event_store_latches_free(list, count);
	return true;
}

static enum severity severity_of(const struct standing_event *event)
{
	if (event->informs_only)
		return event->waits ? SEVERITY_WARNING : SEVERITY_OK;
	return event_severity(event->kind, event->answered, event->waits);
}

static bool judge_events(struct worst *worst, size_t *standing,
			 struct database *database, struct error *error)
{
	char text[STATUS_PROBLEM_SIZE];
	struct standing_event *list;

	if (!event_store_list_new(database, &list, standing, error))
		return false;
	for (size_t i = 0; i < *standing; i++) {
		enum severity severity = severity_of(&list[i]);

		if (severity == SEVERITY_OK)
			continue;
		(void)snprintf(text, sizeof(text), "%s %s %s%s",
			       explanations[list[i].kind].id,
			       event_code(list[i].kind), list[i].key,
			       list[i].answered ? " (answered)"
			       : list[i].waits	? " (waits for you)"
						: ""); /* cut is fine */
		note(worst, severity, text);
	}
	event_store_list_free(list, *standing);
	return true;
}

static void judge_actions(struct worst *worst, const struct pass_report *report)
{
	char text[STATUS_PROBLEM_SIZE];
	char account[HEX_SIZE(20)];

	if (report->actions.too_large > 0) {
		(void)snprintf(text, sizeof(text),
			       "%zu actions need more gas than an eth_block "
			       "has room for",
			       report->actions.too_large); /* it fits */
		note(worst, SEVERITY_CRITICAL, text);
	}
	if (report->exits.passed_over > 0) {
		(void)snprintf(text, sizeof(text),
			       "%zu exits or coins cannot be judged",
			       report->exits.passed_over); /* it fits */
		note(worst, SEVERITY_WARNING, text);
	}
	if (report->exits.spends_wait)
		note(worst, SEVERITY_WARNING,
		     "bad blocks hold so many spends that some wait to be "
		     "looked at");
	if (report->exits.own_stuck > 0) {
		(void)snprintf(text, sizeof(text),
			       "%zu coins cannot leave by an exit of ours",
			       report->exits.own_stuck); /* it fits */
		note(worst, SEVERITY_WARNING, text);
	}
	if (report->actions.unfunded > 0) {
		hex_encode(
			account,
			bytes_view(report->actions.unfunded_account.bytes, 20));
		(void)snprintf(text, sizeof(text),
			       "%s has too little ether for %zu actions",
			       account, report->actions.unfunded); /* it fits */
		note(worst, SEVERITY_WARNING, text);
	} else if (report->actions.troubled > 0) {
		(void)snprintf(text, sizeof(text), "%zu actions cannot go on",
			       report->actions.troubled); /* it fits */
		note(worst, SEVERITY_WARNING, text);
	}
}

/* What came too late is said as long as it matters. */
static bool judge_overdue(struct worst *worst, struct database *database,
			  const struct pass_report *report, struct error *error)
{
	struct overdue *list;
	size_t count;

	if (!report->has_head)
		return true;
	if (!overdue_store_list_new(database, &list, &count, report->head_time,
				    error))
		return false;
	for (size_t i = 0; i < count; i++) {
		enum severity severity =
			overdue_severity(&list[i], report->head_time.seconds,
					 report->exit_period);
		struct growing_buffer text;

		if (severity == SEVERITY_OK)
			continue;
		growing_buffer_init(&text, OVERDUE_CEILING);
		overdue_say(&text, &list[i]);
		note(worst, severity, growing_buffer_string(&text));
		growing_buffer_clear(&text);
	}
	memory_free(list);
	return true;
}

/* Whether everybody could still leave in time (formats.md 8). */
static void judge_exitability(struct worst *worst, uint64_t index)
{
	char text[STATUS_PROBLEM_SIZE];

	if (index < MASS_EXIT_INDEX_WARNING)
		return;
	(void)snprintf(text, sizeof(text),
		       "a mass exit of the chain would take %llu %% of the "
		       "room that it may have",
		       (unsigned long long)index); /* it fits */
	note(worst,
	     index < MASS_EXIT_INDEX_CRITICAL ? SEVERITY_WARNING
					      : SEVERITY_CRITICAL,
	     text);
}

static void judge_pass(struct worst *worst, const struct pass_report *report)
{
	char text[STATUS_PROBLEM_SIZE];

	if (report->problem[0] != '\0')
		note(worst, SEVERITY_UNKNOWN, report->problem);
	if (report->blocks.is_missing && report->blocks.is_suspected) {
		(void)snprintf(text, sizeof(text), "block %llu: %s for %llu s",
			       (unsigned long long)report->blocks.missing_block,
			       verdict_code(report->blocks.missing_why),
			       (unsigned long long)instant_since(
				       report->head_time.seconds,
				       report->blocks.missing_since
					       .seconds)); /* it fits */
		note(worst, SEVERITY_WARNING, text);
	}
	if (report->has_head && report->agreeing < report->quorum) {
		(void)snprintf(
			text, sizeof(text),
			"%llu of %llu wanted endpoints agree on the "
			"root chain",
			(unsigned long long)report->agreeing,
			(unsigned long long)report->quorum); /* it fits */
		note(worst, SEVERITY_WARNING, text);
	}
	judge_actions(worst, report);
	judge_exitability(worst, report->exits.exitability);
	if (report->warning[0] != '\0')
		note(worst, SEVERITY_WARNING, report->warning);
	if (report->clock[0] != '\0')
		note(worst, SEVERITY_WARNING, report->clock);
	if (report->blocks.has_more)
		note(worst, SEVERITY_UNKNOWN,
		     "the time was over before all blocks were verified");
}

static uint64_t blocks_behind(const struct pass_report *report)
{
	return (report->newest_block - report->applied_block) /
	       PROTOCOL_BLOCK_INTERVAL;
}

static void write_performance(char *out, size_t size,
			      const struct pass_report *report, size_t standing)
{
	char poll_age[24] = "U"; /* what a plugin says for "not known" */

	if (report->last_good_poll.seconds > 0)
		(void)snprintf(poll_age, sizeof(poll_age), "%llus",
			       (unsigned long long)instant_since(
				       report->now.seconds,
				       report->last_good_poll.seconds));
	(void)snprintf(
		out, size,
		"|block=%llu behind=%llu coins=%llu eth_block=%llu "
		"poll_age=%s "
		"events=%zu actions=%zu applied=%llu transactions=%llu "
		"time=%llu.%03llus",
		(unsigned long long)report->applied_block,
		(unsigned long long)blocks_behind(report),
		(unsigned long long)report->own_coins,
		(unsigned long long)report->head_number, poll_age, standing,
		report->actions.open + report->actions.to_print,
		(unsigned long long)report->blocks.applied,
		(unsigned long long)report->blocks.transactions,
		(unsigned long long)(report->took_ms / 1000),
		(unsigned long long)(report->took_ms % 1000)); /* it fits */
}

static void write_line(char line[STATUS_LINE_SIZE], const struct worst *worst,
		       const struct pass_report *report, size_t standing)
{
	char performance[256];
	char again[INSTANT_TEXT_SIZE + 24] = "";
	char text[INSTANT_TEXT_SIZE];

	write_performance(performance, sizeof(performance), report, standing);
	if (report->exit_period > 0) {
		instant_format(text, report->now.seconds +
					     deadline_safe_interval(
						     report->exit_period));
		(void)snprintf(again, sizeof(again), "; run again before %s",
			       text); /* it fits */
	}
	if (worst->text[0] != '\0')
		(void)snprintf(line, STATUS_LINE_SIZE, "%s - %.200s%s%s",
			       severity_name(worst->severity), worst->text,
			       again, performance); /* it fits */
	else
		(void)snprintf(
			line, STATUS_LINE_SIZE,
			"OK - block %llu of %llu verified, root chain at "
			"%llu%s%s",
			(unsigned long long)report->applied_block,
			(unsigned long long)report->newest_block,
			(unsigned long long)report->head_number, again,
			performance); /* it fits */
}

bool watcher_status_judge(enum severity *severity, char line[STATUS_LINE_SIZE],
			  struct database *database,
			  const struct pass_report *report, struct error *error)
{
	struct worst worst = { SEVERITY_OK, "" };
	size_t standing = 0;

	if (!judge_latches(&worst, database, report, error) ||
	    !judge_events(&worst, &standing, database, error) ||
	    !judge_overdue(&worst, database, report, error))
		return false;
	judge_pass(&worst, report);
	write_line(line, &worst, report, standing);
	*severity = worst.severity;
	return true;
}

/* ---- JSON ---- */

void watcher_status_event_json(struct growing_buffer *out,
			       const struct standing_event *event,
			       const char *datadir)
{
	char path[INCIDENT_PATH_SIZE];

	/* Kinds and keys are ours, facts are JSON already. */
	(void)growing_buffer_format(
		out,
		"{\"event\":\"%s\",\"id\":\"%s\",\"key\":\"%s\","
		"\"severity\":\"%s\",\"first_seen\":%llu,\"last_seen\":%llu,"
		"\"answered\":%s,\"waits\":%s,\"facts\":%s,\"evidence\":",
		event_code(event->kind), explanations[event->kind].id,
		event->key, severity_name(severity_of(event)),
		(unsigned long long)event->first_seen.seconds,
		(unsigned long long)event->last_seen.seconds,
		event->answered ? "true" : "false",
		event->waits ? "true" : "false", event->facts);
	if (incident_loop_path(path, datadir, event))
		omg_answer_put_string(out, path);
	else
		(void)growing_buffer_format(out, "null");
	(void)growing_buffer_put_byte(out, '}');
}

static bool put_events(struct growing_buffer *out, struct database *database,
		       const char *datadir, struct error *error)
{
	struct standing_event *list;
	size_t count;

	if (!event_store_list_new(database, &list, &count, error))
		return false;
	(void)growing_buffer_format(out, "\"events\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			(void)growing_buffer_put_byte(out, ',');
		watcher_status_event_json(out, &list[i], datadir);
	}
	(void)growing_buffer_format(out, "],");
	event_store_list_free(list, count);
	return true;
}

static bool put_latches(struct growing_buffer *out, struct database *database,
			struct error *error)
{
	struct latch_row *list;
	size_t count;

	if (!event_store_latches_new(database, &list, &count, error))
		return false;
	(void)growing_buffer_format(out, "\"latches\":[");
	for (size_t i = 0; i < count; i++)
		(void)growing_buffer_format(
			out,
			"%s{\"event\":\"%s\",\"key\":\"%s\",\"latched_at\":"
			"%llu,\"bad_at\":%llu,\"facts\":%s}",
			i > 0 ? "," : "", event_code(list[i].kind), list[i].key,
			(unsigned long long)list[i].latched_at.seconds,
			(unsigned long long)list[i].bad_at.seconds,
			list[i].facts);
	(void)growing_buffer_format(out, "],");
	event_store_latches_free(list, count);
	return true;
}

static bool put_overdue(struct growing_buffer *out, struct database *database,
			struct error *error)
{
	struct overdue *list;
	size_t count;

	if (!overdue_store_newest_new(database, &list, &count, error))
		return false;
	(void)growing_buffer_format(out, "\"missed\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			(void)growing_buffer_put_byte(out, ',');
		overdue_json(out, &list[i]);
	}
	(void)growing_buffer_format(out, "],");
	memory_free(list);
	return true;
}

static bool put_chain(struct growing_buffer *out, struct database *database,
		      struct error *error)
{
	struct watched_block applied = { 0 };
	struct watched_block seen = { 0 };
	struct watcher_cursor cursor = { 0 };
	bool found;

	if (!watcher_store_newest_applied(database, &found, &applied, error))
		return false;
	if (!found)
		memset(&applied, 0, sizeof(applied));
	if (!watcher_store_newest_seen(database, &found, &seen, error))
		return false;
	if (!found)
		memset(&seen, 0, sizeof(seen));
	if (!watcher_store_cursor(database, &found, &cursor, error))
		return false;
	if (!found)
		memset(&cursor, 0, sizeof(cursor));
	(void)growing_buffer_format(
		out,
		"\"applied_block\":%llu,\"newest_block\":%llu,"
		"\"eth_block\":%llu,\"eth_block_time\":%llu,"
		"\"last_good_poll\":%llu,",
		(unsigned long long)applied.blknum,
		(unsigned long long)seen.blknum,
		(unsigned long long)cursor.head_number,
		(unsigned long long)cursor.head_time.seconds,
		(unsigned long long)cursor.last_good_poll.seconds);
	return true;
}

/* A line of ours as JSON text: it has no characters to escape but these. */
static void put_text(struct growing_buffer *out, const char *text)
{
	(void)growing_buffer_put_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)growing_buffer_put_byte(out, '\\');
		(void)growing_buffer_put_byte(
			out, (uint8_t)*text < 0x20 ? ' ' : (uint8_t)*text);
	}
	(void)growing_buffer_put_byte(out, '"');
}

bool watcher_status_json(struct growing_buffer *out, struct database *database,
			 const char *datadir, struct wall_time now,
			 struct error *error)
{
	struct watcher_pass pass = { 0 };
	bool found;

	(void)growing_buffer_format(out, "{\"schema\":\"plasma.status/1\",");
	if (!put_chain(out, database, error) ||
	    !put_latches(out, database, error) ||
	    !put_events(out, database, datadir, error) ||
	    !put_overdue(out, database, error) ||
	    !watcher_store_last_pass(database, &found, &pass, error))
		return false;
	if (found) {
		(void)growing_buffer_format(out, "\"last_pass\":{");
		if (pass.completed_at.seconds > 0)
			(void)growing_buffer_format(
				out, "\"at\":%llu,\"age\":%llu,",
				(unsigned long long)pass.completed_at.seconds,
				(unsigned long long)instant_since(
					now.seconds,
					pass.completed_at.seconds));
		else /* none was completed, but one said why */
			(void)growing_buffer_format(
				out, "\"at\":null,\"age\":null,");
		(void)growing_buffer_format(
			out, "\"code\":%u,\"line\":", pass.severity);
		put_text(out, pass.line);
		(void)growing_buffer_format(out, "}}\n");
	} else {
		(void)growing_buffer_format(out, "\"last_pass\":null}\n");
	}
	return true;
}
