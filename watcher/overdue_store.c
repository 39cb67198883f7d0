/* SPDX-License-Identifier: MIT */
#include "watcher/overdue_store.h"

#include <assert.h>

#include "common/actions/action_store.h"
#include "common/base/memory.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/exit_goal_store.h"
#include "watcher/exit_want_store.h"
#include "watcher/inflight_exit.h"
#include "watcher/watcher_store.h"

static_assert(OVERDUE_KEY_SIZE == EXIT_KEY_SIZE, "a key is copied whole");

bool overdue_store_put_stake(struct database *database, uint64_t action_id,
			     const struct output *at_risk, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_STAKE);

	assert(database_in_transaction(database));
	statement_bind_u64(row, 1, action_id);
	statement_bind_address(row, 2, &at_risk->owner);
	statement_bind_address(row, 3, &at_risk->token.address);
	statement_bind_u256(row, 4, amount_to_u256(at_risk->amount));
	return statement_run(row, error);
}

static bool read_stake(struct output *out, struct statement *row,
		       struct error *error)
{
	struct u256 amount;

	if (!statement_address(&out->owner, row, 0, error) ||
	    !statement_address(&out->token.address, row, 1, error) ||
	    !statement_u256(&amount, row, 2, error))
		return false;
	out->amount = amount_from_u256(amount);
	return true;
}

/* `out` stays as it is if nobody said what is at stake. */
static bool find_stake(struct database *database, struct output *out,
		       uint64_t action_id, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_STAKE);

	statement_bind_u64(row, 1, action_id);
	enum statement_result result = statement_step(row, error);
	bool ok = result == STATEMENT_DONE ||
		  (result == STATEMENT_ROW && read_stake(out, row, error));
	statement_end(row);
	return ok;
}

static int slot_of(const struct action_key *key)
{
	switch ((int)key->kind) {
	case ACTION_PIGGYBACK_INPUT:
	case ACTION_CHALLENGE_INPUT_SPENT:
		return (int)key->index;
	case ACTION_PIGGYBACK_OUTPUT:
	case ACTION_CHALLENGE_OUTPUT_SPENT:
		return (int)key->index + IN_FLIGHT_OUTPUT_SLOT;
	}
	return -1;
}

static void fill(struct overdue *one, const struct action *action)
{
	*one = (struct overdue){
		.kind = action->key.kind,
		.at_risk.owner = action->account,
		.wanted_at = action->wanted_at,
		.last = action->window.last,
		.is_lost = action->progress.state == ACTION_MISSED,
	};
	exit_want_store_key(one->key, &action->key.exit_id,
			    slot_of(&action->key));
	if (action->key.kind == ACTION_START_STANDARD_EXIT ||
	    action->key.kind == ACTION_START_IN_FLIGHT_EXIT)
		one->has_position =
			exit_goal_store_coin(&one->position, &action->detail);
}

bool overdue_store_list_new(struct database *database, struct overdue **out,
			    size_t *count, struct root_time now,
			    struct error *error)
{
	struct action_list list;

	*out = NULL;
	*count = 0;
	bool ok = action_store_overdue(database, &list, now, error);
	if (ok)
		*out = memory_new(list.count + 1, sizeof(**out));
	for (size_t i = 0; ok && i < list.count; i++) {
		struct overdue *one = &(*out)[(*count)++];

		fill(one, &list.actions[i]);
		ok = find_stake(database, &one->at_risk, list.actions[i].id,
				error);
	}
	action_list_clear(&list);
	if (ok)
		return true;
	memory_free(*out);
	*out = NULL;
	*count = 0;
	return false;
}

bool overdue_store_newest_new(struct database *database, struct overdue **out,
			      size_t *count, struct error *error)
{
	struct watcher_cursor cursor = { .head_number = 0 };
	bool found;

	*out = NULL;
	*count = 0;
	if (!watcher_store_cursor(database, &found, &cursor, error))
		return false;
	return !found || overdue_store_list_new(database, out, count,
						cursor.head_time, error);
}
