/* SPDX-License-Identifier: MIT */
#include "common/actions/action_store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/store/statement.h"
#include "sql/actions_sql.h"

#define LIST_CEILING ((size_t)512 << 20)
#define TROUBLE_MAX_LEN 480

/* ---- binding and reading ---- */

static void bind_key(struct statement *row, const struct action_key *key)
{
	statement_bind_u64(row, 1, (uint64_t)key->kind);
	statement_bind_address(row, 2, &key->contract);
	statement_bind_bytes(
		row, 3,
		bytes_view(key->exit_id.bytes, sizeof(key->exit_id.bytes)));
	statement_bind_u64(row, 4, key->index);
}

static bool read_exit_id(struct exit_id *out, struct statement *row, int column,
			 struct error *error)
{
	struct bytes bytes = statement_bytes(row, column);

	if (bytes.len != sizeof(out->bytes))
		return error_set(error, ERROR_IO, "an exit id of %zu bytes",
				 bytes.len);
	memcpy(out->bytes, bytes.data, sizeof(out->bytes));
	return true;
}

/* A copy in the arena of the bytes in a column. */
static bool copy_bytes(struct bytes *out, struct arena *arena,
		       struct statement *row, int column, struct error *error)
{
	struct bytes bytes = statement_bytes(row, column);

	*out = bytes_view(NULL, 0);
	if (bytes.len == 0)
		return true;
	*out = arena_copy(arena, bytes);
	return out->data != NULL ||
	       error_set(error, ERROR_IO, "too many actions at once");
}

static bool read_progress(struct action *action, struct statement *row,
			  struct error *error)
{
	struct action_progress *progress = &action->progress;

	action->wanted_at.seconds = statement_u64(row, 15);
	progress->state = (enum action_state)statement_u64(row, 16);
	progress->has_nonce = !statement_is_null(row, 17);
	progress->nonce = progress->has_nonce ? statement_u64(row, 17) : 0;
	progress->mined_at = statement_u64(row, 18);
	progress->rested_at = statement_u64(row, 19);
	progress->not_before = statement_u64(row, 20);
	progress->is_settled = statement_u64(row, 21) != 0;
	return statement_u256(&action->highest_offer.max_fee_wei, row, 22,
			      error) &&
	       statement_u256(&action->highest_offer.max_priority_fee_wei, row,
			      23, error) &&
	       statement_u256(&action->spent_wei, row, 24, error);
}

static bool read_action(struct action *action, struct arena *arena,
			struct statement *row, struct error *error)
{
	*action = (struct action){ .id = statement_u64(row, 0) };
	action->key.kind = (enum action_kind)statement_u64(row, 1);
	action->key.index = statement_u64(row, 4);
	action->window.earliest.seconds = statement_u64(row, 8);
	action->window.target.seconds = statement_u64(row, 9);
	action->window.last.seconds = statement_u64(row, 10);
	action->print_only = statement_u64(row, 13) != 0;
	action->gas_at_least = statement_u64(row, 25);
	return statement_address(&action->key.contract, row, 2, error) &&
	       read_exit_id(&action->key.exit_id, row, 3, error) &&
	       statement_address(&action->account, row, 5, error) &&
	       copy_bytes(&action->call_data, arena, row, 6, error) &&
	       statement_u256(&action->value_wei, row, 7, error) &&
	       statement_u256(&action->value_at_risk_wei, row, 11, error) &&
	       statement_u256(&action->fee_cap_wei, row, 12, error) &&
	       statement_hash(&action->detail, row, 14, error) &&
	       read_progress(action, row, error);
}

/* All rows of a statement that gives actions, and ends it. */
static bool read_actions(struct action_list *list, struct statement *row,
			 struct error *error)
{
	enum statement_result result;
	size_t capacity = 0;

	*list = (struct action_list){ .count = 0 };
	arena_init(&list->arena, LIST_CEILING);
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (list->count == capacity) {
			capacity = 2 * capacity + 16;
			list->actions = memory_resize(list->actions, capacity,
						      sizeof(*list->actions));
		}
		if (!read_action(&list->actions[list->count], &list->arena, row,
				 error)) {
			result = STATEMENT_FAILED;
			break;
		}
		list->count++;
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

void action_list_clear(struct action_list *list)
{
	arena_clear(&list->arena);
	memory_free(list->actions);
	*list = (struct action_list){ .count = 0 };
}

/* ---- actions ---- */

bool action_store_unsettled(struct database *database, struct action_list *list,
			    struct error *error)
{
	return read_actions(
		list, statement_begin(database, SQL_ACTIONS_UNSETTLED_ACTIONS),
		error);
}

bool action_store_newest(struct database *database, struct action_list *list,
			 size_t limit, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_NEWEST_ACTIONS);

	statement_bind_u64(row, 1, limit);
	return read_actions(list, row, error);
}

bool action_store_overdue(struct database *database, struct action_list *list,
			  struct root_time now, struct error *error)
{
	size_t kept = 0;

	if (!read_actions(list,
			  statement_begin(database,
					  SQL_ACTIONS_OPEN_OR_MISSED_ACTIONS),
			  error))
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (action_is_overdue(&list->actions[i], now))
			list->actions[kept++] = list->actions[i];
	list->count = kept;
	return true;
}

bool action_store_find(struct database *database, struct action_list *list,
		       const struct action_key *key, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_ACTION_OF_KEY);

	bind_key(row, key);
	return read_actions(list, row, error);
}

static bool insert(struct database *database, uint64_t *id,
		   const struct action *wish, struct root_time now,
		   struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_INSERT_ACTION);

	bind_key(row, &wish->key);
	statement_bind_address(row, 5, &wish->account);
	statement_bind_bytes(row, 6, wish->call_data);
	statement_bind_u256(row, 7, wish->value_wei);
	statement_bind_u64(row, 8, wish->window.earliest.seconds);
	statement_bind_u64(row, 9, wish->window.target.seconds);
	statement_bind_u64(row, 10, wish->window.last.seconds);
	statement_bind_u256(row, 11, wish->value_at_risk_wei);
	statement_bind_u256(row, 12, wish->fee_cap_wei);
	statement_bind_u64(row, 13, wish->print_only);
	statement_bind_bytes(
		row, 14,
		bytes_view(wish->detail.bytes, sizeof(wish->detail.bytes)));
	statement_bind_u64(row, 15, now.seconds);
	statement_bind_u64(row, 16, wish->gas_at_least);
	bool ok = statement_step(row, error) == STATEMENT_ROW;
	if (ok)
		*id = statement_u64(row, 0);
	statement_end(row);
	return ok;
}

bool action_store_put_progress(struct database *database,
			       const struct action *action, struct error *error)
{
	const struct action_progress *progress = &action->progress;
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_UPDATE_ACTION);

	assert(database_in_transaction(database));
	statement_bind_u64(row, 1, action->id);
	statement_bind_address(row, 2, &action->account);
	statement_bind_bytes(row, 3, action->call_data);
	statement_bind_u256(row, 4, action->value_wei);
	statement_bind_u64(row, 5, action->window.earliest.seconds);
	statement_bind_u64(row, 6, action->window.target.seconds);
	statement_bind_u64(row, 7, action->window.last.seconds);
	statement_bind_u256(row, 8, action->value_at_risk_wei);
	statement_bind_u256(row, 9, action->fee_cap_wei);
	statement_bind_u64(row, 10, action->print_only);
	statement_bind_bytes(
		row, 11,
		bytes_view(action->detail.bytes, sizeof(action->detail.bytes)));
	statement_bind_u64(row, 12, action->wanted_at.seconds);
	statement_bind_u64(row, 13, (uint64_t)progress->state);
	if (progress->has_nonce)
		statement_bind_u64(row, 14, progress->nonce);
	else
		statement_bind_null(row, 14);
	statement_bind_u64(row, 15, progress->mined_at);
	statement_bind_u64(row, 16, progress->rested_at);
	statement_bind_u64(row, 17, progress->not_before);
	statement_bind_u64(row, 18, progress->is_settled);
	statement_bind_u256(row, 19, action->highest_offer.max_fee_wei);
	statement_bind_u256(row, 20,
			    action->highest_offer.max_priority_fee_wei);
	statement_bind_u256(row, 21, action->spent_wei);
	statement_bind_u64(row, 22, action->gas_at_least);
	return statement_run(row, error);
}

/* True if a second wish says what the first one said. */
static bool says_the_same(const struct action *a, const struct action *b)
{
	return address_equal(&a->account, &b->account) &&
	       bytes_equal(a->call_data, b->call_data) &&
	       u256_equal(a->value_wei, b->value_wei) &&
	       a->window.earliest.seconds == b->window.earliest.seconds &&
	       a->window.target.seconds == b->window.target.seconds &&
	       a->window.last.seconds == b->window.last.seconds &&
	       u256_equal(a->value_at_risk_wei, b->value_at_risk_wei) &&
	       u256_equal(a->fee_cap_wei, b->fee_cap_wei) &&
	       a->print_only == b->print_only &&
	       a->gas_at_least == b->gas_at_least &&
	       hash_equal(&a->detail, &b->detail);
}

static bool join(struct database *database, enum action_join_result *result,
		 struct action *action, const struct action *wish,
		 struct root_time now, struct error *error)
{
	bool rested = action_state_is_resting(action->progress.state);

	*result = rested ? ACTION_IS_REOPENED : ACTION_IS_JOINED;
	if (!rested && says_the_same(action, wish))
		return true;
	action_join(action, wish, now);
	return action_store_put_progress(database, action, error);
}

bool action_store_want(struct database *database, uint64_t *id,
		       enum action_join_result *result,
		       const struct action *wish, struct root_time now,
		       struct error *error)
{
	enum action_join_result found_result = ACTION_IS_NEW;
	uint64_t found_id = 0;
	struct action_list list;

	assert(database_in_transaction(database));
	bool ok = action_store_find(database, &list, &wish->key, error);
	if (ok && list.count > 0) {
		found_id = list.actions[0].id;
		ok = join(database, &found_result, &list.actions[0], wish, now,
			  error);
	} else if (ok) {
		ok = insert(database, &found_id, wish, now, error);
	}
	action_list_clear(&list);
	if (!ok)
		return error_wrap(error, "action %s",
				  action_kind_name(wish->key.kind));
	if (id != NULL)
		*id = found_id;
	if (result != NULL)
		*result = found_result;
	return true;
}

bool action_store_busy_accounts(struct database *database,
				struct address *accounts, size_t *count,
				size_t capacity, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_BUSY_ACCOUNTS);
	enum statement_result result;

	statement_bind_u64(row, 1, capacity);
	*count = 0;
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (*count == capacity ||
		    !statement_address(&accounts[*count], row, 0, error)) {
			result = STATEMENT_FAILED;
			break;
		}
		*count += 1;
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

/* The number that a statement gives in its only row. */
static bool read_number(uint64_t *out, struct statement *row,
			struct error *error)
{
	bool found;

	*out = 0;
	if (!statement_find(&found, row, error))
		return false;
	if (!found)
		return true;
	*out = statement_u64(row, 0);
	statement_end(row);
	return true;
}

bool action_store_fresh_index(struct database *database, uint64_t *index,
			      enum action_kind kind,
			      const struct address *contract,
			      struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_FRESH_INDEX);

	statement_bind_u64(row, 1, (uint64_t)kind);
	statement_bind_address(row, 2, contract);
	return read_number(index, row, error);
}

bool action_store_put_trouble(struct database *database, uint64_t id,
			      const char *trouble, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_PUT_TROUBLE);
	char text[TROUBLE_MAX_LEN + 1];

	assert(database_in_transaction(database));
	statement_bind_u64(row, 1, id);
	if (trouble == NULL) {
		statement_bind_null(row, 2);
	} else {
		(void)snprintf(text, sizeof(text), "%s", trouble); /* cut */
		statement_bind_text(row, 2, text);
	}
	return statement_run(row, error);
}

bool action_store_trouble(struct database *database, struct growing_buffer *out,
			  uint64_t id, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_ACTIONS_TROUBLE);
	bool found;

	statement_bind_u64(row, 1, id);
	if (!statement_find(&found, row, error))
		return false;
	if (!found)
		return true;
	if (!statement_is_null(row, 0))
		(void)growing_buffer_put(
			out, bytes_of_string(statement_text(row, 0)));
	statement_end(row);
	return true;
}

/* ---- signed transactions ---- */

bool action_store_put_transaction(struct database *database,
				  const struct action_transaction *transaction,
				  struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_INSERT_TRANSACTION);

	assert(database_in_transaction(database));
	statement_bind_address(row, 1, &transaction->account);
	statement_bind_u64(row, 2, transaction->nonce);
	statement_bind_u64(row, 3, transaction->attempt);
	if (transaction->action_id == 0)
		statement_bind_null(row, 4);
	else
		statement_bind_u64(row, 4, transaction->action_id);
	statement_bind_u64(row, 5, (uint64_t)transaction->purpose);
	statement_bind_bytes(row, 6, transaction->raw);
	statement_bind_bytes(row, 7,
			     bytes_view(transaction->hash.bytes,
					sizeof(transaction->hash.bytes)));
	statement_bind_u256(row, 8, transaction->offer.max_fee_wei);
	statement_bind_u256(row, 9, transaction->offer.max_priority_fee_wei);
	statement_bind_u64(row, 10, transaction->gas_limit);
	statement_bind_u256(row, 11, transaction->value_wei);
	statement_bind_u64(row, 12, transaction->signed_at_eth_block);
	statement_bind_u64(row, 13, transaction->signed_at.seconds);
	return statement_run(row, error);
}

static bool read_transaction(struct action_transaction *out,
			     struct arena *arena, struct statement *row,
			     struct error *error)
{
	*out = (struct action_transaction){ .nonce = statement_u64(row, 1) };
	out->attempt = statement_u64(row, 2);
	out->action_id = statement_is_null(row, 3) ? 0 : statement_u64(row, 3);
	out->purpose = (enum action_purpose)statement_u64(row, 4);
	out->gas_limit = statement_u64(row, 9);
	out->signed_at_eth_block = statement_u64(row, 11);
	out->signed_at.seconds = statement_u64(row, 12);
	return statement_address(&out->account, row, 0, error) &&
	       copy_bytes(&out->raw, arena, row, 5, error) &&
	       statement_hash(&out->hash, row, 6, error) &&
	       statement_u256(&out->offer.max_fee_wei, row, 7, error) &&
	       statement_u256(&out->offer.max_priority_fee_wei, row, 8,
			      error) &&
	       statement_u256(&out->value_wei, row, 10, error);
}

bool action_store_transactions(struct database *database,
			       struct action_transaction_list *list,
			       const struct address *account, uint64_t nonce,
			       struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_TRANSACTIONS_OF_NONCE);
	enum statement_result result;
	size_t capacity = 0;

	*list = (struct action_transaction_list){ .count = 0 };
	arena_init(&list->arena, LIST_CEILING);
	statement_bind_address(row, 1, account);
	statement_bind_u64(row, 2, nonce);
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (list->count == capacity) {
			capacity = 2 * capacity + 4;
			list->transactions =
				memory_resize(list->transactions, capacity,
					      sizeof(*list->transactions));
		}
		if (!read_transaction(&list->transactions[list->count],
				      &list->arena, row, error)) {
			result = STATEMENT_FAILED;
			break;
		}
		list->count++;
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

void action_transaction_list_clear(struct action_transaction_list *list)
{
	arena_clear(&list->arena);
	memory_free(list->transactions);
	*list = (struct action_transaction_list){ .count = 0 };
}

bool action_store_next_nonce(struct database *database, uint64_t *nonce,
			     const struct address *account, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_NEXT_NONCE);

	statement_bind_address(row, 1, account);
	return read_number(nonce, row, error);
}

bool action_store_nonce_is_signed(struct database *database, bool *is_signed,
				  const struct address *account, uint64_t nonce,
				  struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_SIGNED_NONCE);

	statement_bind_address(row, 1, account);
	statement_bind_u64(row, 2, nonce);
	if (!statement_find(is_signed, row, error))
		return false;
	if (*is_signed)
		statement_end(row);
	return true;
}

bool action_store_put_cost(struct database *database,
			   const struct address *account, uint64_t nonce,
			   struct u256 cost_wei, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_ACTIONS_PUT_COST);

	assert(database_in_transaction(database));
	statement_bind_address(row, 1, account);
	statement_bind_u64(row, 2, nonce);
	statement_bind_u256(row, 3, cost_wei);
	return statement_run(row, error);
}

/* ---- what was spent ---- */

/* Adds up, per nonce, what its dearest attempt can cost, or what is known to
 * have been paid for it. */
struct tally {
	struct u256 total;
	struct u256 dearest; /* of the nonce at hand */
	struct address account;
	uint64_t nonce;
};

static void close_nonce(struct tally *tally)
{
	tally->total = u256_saturating_add(tally->total, tally->dearest);
	tally->dearest = U256_ZERO;
}

static bool add_row(struct tally *tally, struct statement *row, bool with_value,
		    struct error *error)
{
	struct fee_offer offer = { U256_ZERO, U256_ZERO };
	struct address account;
	struct u256 value;
	struct u256 cost;
	uint64_t nonce = statement_u64(row, 1);

	if (!statement_address(&account, row, 0, error) ||
	    !statement_u256(&offer.max_fee_wei, row, 2, error) ||
	    !statement_u256(&value, row, 4, error))
		return false;
	if (!address_equal(&account, &tally->account) || nonce != tally->nonce)
		close_nonce(tally);
	tally->account = account;
	tally->nonce = nonce;
	cost = fee_curve_worst_cost(offer, statement_u64(row, 3));
	if (!statement_is_null(row, 5) && !statement_u256(&cost, row, 5, error))
		return false;
	if (with_value)
		cost = u256_saturating_add(cost, value);
	if (u256_compare(cost, tally->dearest) > 0)
		tally->dearest = cost;
	return true;
}

/* Leaves out the nonce of the account. */
static bool add_rows(struct u256 *out, struct statement *row, bool with_value,
		     const struct address *except_account,
		     uint64_t except_nonce, struct error *error)
{
	struct tally tally = { .nonce = 0 };
	enum statement_result result;

	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		struct address account;

		if (!statement_address(&account, row, 0, error)) {
			result = STATEMENT_FAILED;
			break;
		}
		if (statement_u64(row, 1) == except_nonce &&
		    address_equal(&account, except_account))
			continue;
		if (!add_row(&tally, row, with_value, error)) {
			result = STATEMENT_FAILED;
			break;
		}
	}
	statement_end(row);
	close_nonce(&tally);
	*out = tally.total;
	return result == STATEMENT_DONE;
}

bool action_store_spent_since(struct database *database, struct u256 *spent_wei,
			      struct root_time since,
			      const struct address *except_account,
			      uint64_t except_nonce, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_COSTS_SINCE);

	statement_bind_u64(row, 1, since.seconds);
	return add_rows(spent_wei, row, false, except_account, except_nonce,
			error);
}

bool action_store_pending_cost(struct database *database, struct u256 *wei,
			       const struct address *account, uint64_t nonce,
			       uint64_t except_nonce, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ACTIONS_COSTS_FROM_NONCE);

	statement_bind_address(row, 1, account);
	statement_bind_u64(row, 2, nonce);
	return add_rows(wei, row, true, account, except_nonce, error);
}
