/* SPDX-License-Identifier: MIT */
#include "watcher/queue_store.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/chain/priority.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"

static void bind_token(struct statement *row, int index,
		       const struct token *token)
{
	statement_bind_bytes(
		row, index,
		bytes_view(token->address.bytes, sizeof(token->address.bytes)));
}

bool queue_store_put(struct database *database,
		     const struct snapshot_event *event, struct error *error)
{
	const struct exit_queued_event *queued = &event->event.as.exit_queued;
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_QUEUE_ENTRY);

	statement_bind_u64(row, 1, event->log.eth_block_number);
	statement_bind_u64(row, 2, event->log.log_index);
	statement_bind_exit_id(row, 3, &queued->exit_id);
	statement_bind_u256(row, 4, queued->priority);
	return statement_run(row, error);
}

bool queue_store_name(struct database *database, bool *found,
		      uint64_t *exitable_at, const struct exit_id *id,
		      const struct token *token, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_UNNAMED_QUEUE_ENTRY);
	struct u256 priority;

	statement_bind_exit_id(row, 1, id);
	enum statement_result result = statement_step(row, error);
	*found = result == STATEMENT_ROW;
	bool ok = result != STATEMENT_FAILED &&
		  (!*found || statement_u256(&priority, row, 0, error));
	statement_end(row);
	if (!ok || !*found)
		return ok;
	*exitable_at = priority_exitable_at(priority);
	row = statement_begin(database, SQL_WATCHER_NAME_QUEUE_ENTRY);
	statement_bind_exit_id(row, 1, id);
	bind_token(row, 2, token);
	return statement_run(row, error);
}

/* ---- taking out ---- */

struct popped_entry {
	uint64_t eth_block_number;
	uint64_t log_index;
};

static bool remove_entries(struct database *database,
			   const struct popped_entry *entries, size_t count,
			   uint64_t eth_block_number, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		struct statement *row = statement_begin(
			database, SQL_WATCHER_REMOVE_QUEUE_ENTRY);

		statement_bind_u64(row, 1, entries[i].eth_block_number);
		statement_bind_u64(row, 2, entries[i].log_index);
		statement_bind_u64(row, 3, eth_block_number);
		if (!statement_run(row, error))
			return false;
	}
	return true;
}

bool queue_store_pop_new(struct database *database, struct exit_id **out,
			 size_t *popped, const struct token *token,
			 uint64_t count, uint64_t eth_block_number,
			 struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_QUEUE_HEAD);
	struct popped_entry *entries = NULL;
	struct exit_id *ids = NULL;
	size_t capacity = 0;
	enum statement_result result;
	bool ok = true;

	*popped = 0;
	bind_token(row, 1, token);
	statement_bind_u64(row, 2, count);
	while (ok && (result = statement_step(row, error)) != STATEMENT_DONE) {
		if (*popped == capacity) {
			capacity = capacity == 0 ? 16 : 2 * capacity;
			ids = memory_resize(ids, capacity, sizeof(*ids));
			entries = memory_resize(entries, capacity,
						sizeof(*entries));
		}
		ok = result == STATEMENT_ROW &&
		     statement_exit_id(&ids[*popped], row, 2, error);
		if (ok) {
			entries[*popped].eth_block_number =
				statement_u64(row, 0);
			entries[(*popped)++].log_index = statement_u64(row, 1);
		}
	}
	statement_end(row);
	ok = ok && remove_entries(database, entries, *popped, eth_block_number,
				  error);
	memory_free(entries);
	if (!ok) {
		memory_free(ids);
		return false;
	}
	*out = ids;
	return true;
}

/* ---- reading ---- */

static bool read_count(uint64_t *count, struct statement *row,
		       struct error *error)
{
	enum statement_result result = statement_step(row, error);

	if (result == STATEMENT_ROW)
		*count = statement_u64(row, 0);
	statement_end(row);
	return result == STATEMENT_ROW;
}

bool queue_store_entries(struct database *database, struct queue_entry *out,
			 size_t *count, size_t capacity, uint64_t *total,
			 const struct token *token, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_QUEUE_COUNT);
	enum statement_result result;
	bool ok = true;

	*count = 0;
	bind_token(row, 1, token);
	if (!read_count(total, row, error))
		return false;
	row = statement_begin(database, SQL_WATCHER_QUEUE_HEAD);
	bind_token(row, 1, token);
	statement_bind_u64(row, 2, capacity);
	while (ok && (result = statement_step(row, error)) != STATEMENT_DONE) {
		ok = result == STATEMENT_ROW &&
		     statement_exit_id(&out[*count].exit_id, row, 2, error) &&
		     statement_u256(&out[*count].priority, row, 3, error);
		if (ok) {
			out[*count].exitable_at =
				priority_exitable_at(out[*count].priority);
			(*count)++;
		}
	}
	statement_end(row);
	return ok;
}

bool queue_store_tokens(struct database *database, struct token *out,
			size_t *count, size_t capacity, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_QUEUE_TOKENS);
	enum statement_result result;
	bool ok = true;

	*count = 0;
	while (ok && *count < capacity &&
	       (result = statement_step(row, error)) != STATEMENT_DONE) {
		ok = result == STATEMENT_ROW &&
		     statement_address(&out[*count].address, row, 0, error);
		*count += ok;
	}
	statement_end(row);
	return ok;
}

/* The first entry of an exit in the queue of a token. */
static bool first_entry(struct database *database, bool *found,
			struct u256 *priority, const struct exit_id *id,
			const struct token *token, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_QUEUE_ENTRY_OF_EXIT);

	statement_bind_exit_id(row, 1, id);
	bind_token(row, 2, token);
	enum statement_result result = statement_step(row, error);
	*found = result == STATEMENT_ROW;
	bool ok = result != STATEMENT_FAILED &&
		  (!*found || statement_u256(priority, row, 0, error));
	statement_end(row);
	return ok;
}

bool queue_store_due(struct database *database, uint64_t *exitable_at,
		     const struct exit_id *id, const struct token *token,
		     struct error *error)
{
	struct u256 priority;
	bool found;

	if (!first_entry(database, &found, &priority, id, token, error))
		return false;
	*exitable_at = found ? priority_exitable_at(priority) : UINT64_MAX;
	return true;
}
