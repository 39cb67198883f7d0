/* SPDX-License-Identifier: MIT */
#include "watcher/reach_loop.h"

#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/service/http_client.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/event_store.h"

#define ASK_AFTER 60	 /* seconds */
#define ALARM_AFTER 3600 /* seconds, protocol.md 11 */
#define MOST_ANSWER 65536

enum heard { HEARD_NOTHING_YET, HEARD_ANSWER, HEARD_SILENCE };

struct reach_loop {
	struct http_client *client; /* NULL: nobody is asked */
	char *url;
	char name[160]; /* without credentials */
	uint64_t asked_at;
	enum heard heard; /* since it was last kept */
};

struct reach_loop *reach_loop_new(const char *url)
{
	static const char path[] = "/livez";
	struct reach_loop *loop = memory_new(1, sizeof(*loop));

	if (url == NULL || strncmp(url, "http", 4) != 0)
		return loop;
	size_t len = strlen(url);
	loop->url = memory_new(len + sizeof(path), 1);
	(void)snprintf(loop->url, len + sizeof(path), "%s%s", url,
		       path); /* it fits */
	http_client_mask_url(loop->name, sizeof(loop->name), url);
	loop->client = http_client_new((struct http_limits){ 2000, 5000, 5 });
	return loop;
}

void reach_loop_free(struct reach_loop *loop)
{
	if (loop == NULL)
		return;
	http_client_free(loop->client);
	memory_free(loop->url);
	memory_free(loop);
}

void reach_loop_ask(struct reach_loop *loop, struct wall_time now)
{
	struct growing_buffer answer;
	struct error error;
	long status;

	if (loop->client == NULL ||
	    (loop->asked_at != 0 &&
	     instant_since(now.seconds, loop->asked_at) < ASK_AFTER))
		return;
	loop->asked_at = now.seconds;
	growing_buffer_init(&answer, MOST_ANSWER);
	bool ok = http_client_get(loop->client, &answer, &status, loop->url,
				  &error);
	growing_buffer_clear(&answer);
	loop->heard = ok || error.code == ERROR_PROTOCOL ? HEARD_ANSWER
							 : HEARD_SILENCE;
}

static bool keep_silence(struct database *database, struct wall_time now,
			 struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_OPERATOR_SILENCE);

	statement_bind_u64(row, 1, now.seconds);
	return statement_run(row, error);
}

static bool end_silence(struct database *database, struct error *error)
{
	return statement_run(
		       statement_begin(database,
				       SQL_WATCHER_DELETE_OPERATOR_SILENCE),
		       error) &&
	       event_store_clear(database, EVENT_OPERATOR_UNREACHABLE, "",
				 error);
}

/* `silent` false: it answers, as far as is known. */
static bool silent_since(struct database *database, bool *silent,
			 uint64_t *since, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_OPERATOR_SILENCE);
	bool ok = statement_find(silent, row, error);

	*since = ok && *silent ? statement_u64(row, 0) : 0;
	statement_end(row);
	return ok;
}

bool reach_loop_judge(struct reach_loop *loop, struct database *database,
		      struct wall_time now, struct root_time head_time,
		      struct error *error)
{
	enum heard heard = loop->heard;
	char facts[320];
	struct raised_event event = {
		.kind = EVENT_OPERATOR_UNREACHABLE,
		.key = "",
		.facts = facts,
		.at = head_time,
		.waits = true,
	};
	uint64_t since;
	bool silent;

	loop->heard = HEARD_NOTHING_YET;
	if (heard == HEARD_ANSWER || loop->client == NULL)
		return end_silence(database, error);
	if (heard == HEARD_SILENCE && !keep_silence(database, now, error))
		return false;
	if (!silent_since(database, &silent, &since, error))
		return false;
	if (!silent || instant_since(now.seconds, since) < ALARM_AFTER)
		return true;
	(void)snprintf(facts, sizeof(facts),
		       "{\"operator\":\"%s\",\"silent_since\":%llu}",
		       loop->name, (unsigned long long)since); /* it fits */
	return event_store_raise(database, NULL, &event, error);
}
