/* SPDX-License-Identifier: MIT */
#include "watcher/event_store.h"

#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/watcher_store.h"

static bool stands(struct database *database, bool *found, enum event_kind kind,
		   const char *key, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_EVENT);

	statement_bind_text(row, 1, event_code(kind));
	statement_bind_text(row, 2, key);
	bool ok = statement_find(found, row, error);
	statement_end(row);
	return ok;
}

static bool put_event(struct database *database,
		      const struct raised_event *event, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_EVENT);

	statement_bind_text(row, 1, event_code(event->kind));
	statement_bind_text(row, 2, event->key);
	statement_bind_text(row, 3, event->facts);
	statement_bind_u64(row, 4, event->at.seconds);
	statement_bind_u64(row, 5, event->answered ? 1 : 0);
	statement_bind_u64(row, 6, event->waits ? 1 : 0);
	statement_bind_u64(row, 7, event->informs_only ? 1 : 0);
	statement_bind_u64(row, 8, event->eth_block);
	return statement_run(row, error);
}

static bool put_latch(struct database *database,
		      const struct raised_event *event, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_LATCH);

	statement_bind_text(row, 1, event_code(event->kind));
	statement_bind_text(row, 2, event->key);
	statement_bind_text(row, 3, event->facts);
	statement_bind_u64(row, 4, event->at.seconds);
	if (event->has_bad_block)
		statement_bind_u64(row, 5, event->bad_block);
	else
		statement_bind_null(row, 5);
	statement_bind_u64(row, 6, event->bad_at.seconds);
	return statement_run(row, error);
}

bool event_store_raise(struct database *database, bool *is_new,
		       const struct raised_event *event, struct error *error)
{
	bool found;

	if (!stands(database, &found, event->kind, event->key, error) ||
	    !put_event(database, event, error))
		return false;
	if (is_new != NULL)
		*is_new = !found;
	if (!event->is_halt &&
	    (event->informs_only ||
	     event_class_of(event->kind) != EVENT_CLASS_HALT))
		return true;
	return put_latch(database, event, error);
}

bool event_store_clear(struct database *database, enum event_kind kind,
		       const char *key, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_DELETE_EVENT);

	statement_bind_text(row, 1, event_code(kind));
	statement_bind_text(row, 2, key);
	return statement_run(row, error);
}

bool event_store_clear_others(struct database *database, enum event_kind kind,
			      uint64_t eth_block, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_DELETE_OTHER_EVENTS);

	statement_bind_text(row, 1, event_code(kind));
	statement_bind_u64(row, 2, eth_block);
	return statement_run(row, error);
}

/* Kind, key and facts, the first three columns of both lists. */
static bool read_name(enum event_kind *kind, char key[EVENT_KEY_SIZE],
		      char **facts, struct statement *row, struct error *error)
{
	const char *text = statement_text(row, 2);

	*facts = memory_copy_string(text, strlen(text));
	(void)snprintf(key, EVENT_KEY_SIZE, "%s",
		       statement_text(row, 1)); /* ours are short */
	return event_from_code(kind, statement_text(row, 0)) ||
	       error_set(error, ERROR_IO, "watcher.db: no event is called %s",
			 statement_text(row, 0));
}

bool event_store_list_new(struct database *database,
			  struct standing_event **out, size_t *count,
			  struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_EVENTS);
	bool found;
	bool ok;

	*out = NULL;
	*count = 0;
	while ((ok = statement_find(&found, row, error)) && found) {
		*out = memory_resize(*out, *count + 1, sizeof(**out));
		struct standing_event *event = &(*out)[(*count)++];

		memset(event, 0, sizeof(*event));
		ok = read_name(&event->kind, event->key, &event->facts, row,
			       error);
		if (!ok)
			break;
		event->first_seen.seconds = statement_u64(row, 3);
		event->last_seen.seconds = statement_u64(row, 4);
		event->answered = statement_u64(row, 5) != 0;
		event->waits = statement_u64(row, 6) != 0;
		event->informs_only = statement_u64(row, 7) != 0;
		event->told = statement_u64(row, 8) != 0;
	}
	statement_end(row);
	if (!ok)
		event_store_list_free(*out, *count);
	return ok;
}

void event_store_list_free(struct standing_event *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		memory_free(list[i].facts);
	memory_free(list);
}

bool event_store_mark_told(struct database *database, enum event_kind kind,
			   const char *key, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_MARK_EVENT_TOLD);

	statement_bind_text(row, 1, event_code(kind));
	statement_bind_text(row, 2, key);
	return statement_run(row, error);
}

/* The latch with the oldest bad block, else the oldest one. */
static bool read_latch(struct database *database, struct latch_facts *latch,
		       struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_OLDEST_BAD_BLOCK);
	bool found;
	bool ok = statement_find(&found, row, error);

	memset(latch, 0, sizeof(*latch));
	if (ok && found) {
		latch->latched = true;
		latch->has_bad_block = true;
		latch->bad_block = statement_u64(row, 1);
		latch->bad_at.seconds = statement_u64(row, 2);
		ok = event_from_code(&latch->kind, statement_text(row, 0)) ||
		     error_set(error, ERROR_IO, "watcher.db: a bad latch");
	}
	statement_end(row);
	if (!ok || found)
		return ok;
	row = statement_begin(database, SQL_WATCHER_OLDEST_LATCH);
	ok = statement_find(&found, row, error);
	if (ok && found) {
		latch->latched = true;
		latch->bad_at.seconds = statement_u64(row, 1);
		latch->halted_at.seconds = statement_u64(row, 2);
		ok = event_from_code(&latch->kind, statement_text(row, 0)) ||
		     error_set(error, ERROR_IO, "watcher.db: a bad latch");
	}
	statement_end(row);
	return ok;
}

static bool find_root_chain_latch(struct database *database, bool *found,
				  struct error *error)
{
	struct latch_row *list;
	size_t count;

	*found = false;
	if (!event_store_latches_new(database, &list, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		*found = *found || event_allows_challenges_only(list[i].kind);
	event_store_latches_free(list, count);
	return true;
}

bool event_store_latch(struct database *database, struct latch_facts *latch,
		       struct error *error)
{
	struct watched_block block;
	bool found;

	if (!read_latch(database, latch, error) ||
	    !find_root_chain_latch(database, &latch->challenges_only, error))
		return false;
	if (latch->has_bad_block) {
		latch->last_good_block =
			latch->bad_block - PROTOCOL_BLOCK_INTERVAL;
		return true;
	}
	if (!watcher_store_newest_applied(database, &found, &block, error))
		return false;
	latch->last_good_block = found ? block.blknum : 0;
	return true;
}

bool event_store_stops(const struct latch_facts *latch,
		       struct root_time committed_at)
{
	return latch->latched &&
	       (latch->has_bad_block || latch->challenges_only ||
		committed_at.seconds > latch->halted_at.seconds);
}

bool event_store_latches_new(struct database *database, struct latch_row **out,
			     size_t *count, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_LATCHES);
	bool found;
	bool ok;

	*out = NULL;
	*count = 0;
	while ((ok = statement_find(&found, row, error)) && found) {
		*out = memory_resize(*out, *count + 1, sizeof(**out));
		struct latch_row *latch = &(*out)[(*count)++];

		memset(latch, 0, sizeof(*latch));
		ok = read_name(&latch->kind, latch->key, &latch->facts, row,
			       error);
		if (!ok)
			break;
		latch->latched_at.seconds = statement_u64(row, 3);
		latch->has_bad_block = !statement_is_null(row, 4);
		if (latch->has_bad_block)
			latch->bad_block = statement_u64(row, 4);
		latch->bad_at.seconds = statement_u64(row, 5);
	}
	statement_end(row);
	if (!ok)
		event_store_latches_free(*out, *count);
	return ok;
}

void event_store_latches_free(struct latch_row *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		memory_free(list[i].facts);
	memory_free(list);
}

bool event_store_was_cleared(struct database *database, bool *was,
			     enum event_kind kind, const char *key,
			     struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_CLEARED_LATCH);

	statement_bind_text(row, 1, event_code(kind));
	statement_bind_text(row, 2, key);
	bool ok = statement_find(was, row, error);
	if (ok && *was)
		statement_end(row);
	return ok;
}

bool event_store_clear_latches(struct database *database, size_t *count,
			       const char *reason, struct wall_time now,
			       struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_KEEP_CLEARED_LATCHES);

	statement_bind_u64(row, 1, now.seconds);
	statement_bind_text(row, 2, reason);
	if (!statement_run(row, error))
		return false;
	*count = (size_t)statement_changes(database);
	return statement_run(
		       statement_begin(database,
				       SQL_WATCHER_DELETE_EVENTS_OF_LATCHES),
		       error) &&
	       statement_run(
		       statement_begin(database, SQL_WATCHER_DELETE_LATCHES),
		       error) &&
	       statement_run(
		       statement_begin(database, SQL_WATCHER_REOPEN_BLOCKS),
		       error);
}
