/* SPDX-License-Identifier: MIT */
#include "wallet/cmd_exit_status.h"

#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/chain/priority.h"
#include "common/chain/protocol.h"
#include "common/ethereum/contract_calls.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_root.h"
#include "wallet/problem.h"

/* Entries that one call pays at most: what it needs stays far below the gas of
 * an eth_block. */
#define MAX_PER_CALL 20

/* Slots of an exit, each of which may be in another token. */
#define MAX_SLOTS (PROTOCOL_MAX_INPUTS + PROTOCOL_MAX_OUTPUTS)

/* One exit with what the root chain says of it. */
struct exit_view {
	struct own_exit exit;
	struct root_chain_queue_place place;
	bool is_live;
	bool is_canonical;		       /* in flight */
	struct contract_in_flight_exit record; /* in flight */
	uint64_t now;			       /* root-chain time */
};

const char *exit_status_name(enum own_exit_state state)
{
	switch (state) {
	case OWN_EXIT_WANTED:
		return "wanted";
	case OWN_EXIT_STARTED:
		return "started";
	case OWN_EXIT_CHALLENGED:
		return "challenged";
	case OWN_EXIT_PAID:
		return "paid";
	case OWN_EXIT_OMITTED:
		return "omitted";
	case OWN_EXIT_DELETED:
		break;
	}
	return "deleted";
}

/* ---- what the root chain says ---- */

/* The exit that finalised the coin of ours; zero: none. */
static bool finalized_by(struct session *session, struct exit_id *out,
			 const struct own_exit *exit, struct error *error)
{
	struct wallet_transaction *made_by = memory_new(1, sizeof(*made_by));
	struct root_chain_fetch fetch = session_fetch(session);
	struct coin coin;
	bool found;

	memset(out, 0, sizeof(*out));
	bool ok = wallet_store_coin(session->store, &found, &coin,
				    exit->position, error);
	if (ok && found)
		ok = wallet_store_transaction(session->store, &found, made_by,
					      &coin.transaction_hash,
					      exit->position, error);
	if (ok && found) {
		struct hash output =
			output_id(bytes_view(made_by->raw, made_by->raw_len),
				  exit->position);

		ok = root_chain_fetch_finalized_by(&fetch, out, &output, error);
	}
	memory_free(made_by);
	return ok;
}

/* The state of an exit whose record is gone, or was never there. */
static bool judge_ended(struct session *session, struct exit_view *view,
			struct error *error)
{
	struct own_exit *exit = &view->exit;
	struct exit_id by;

	if (!finalized_by(session, &by, exit, error))
		return false;
	if (exit_id_equal(&by, &exit->id))
		exit->state = OWN_EXIT_PAID;
	else if (exit->state == OWN_EXIT_WANTED)
		return true;
	else if (exit->state == OWN_EXIT_STARTED ||
		 exit->state == OWN_EXIT_CHALLENGED)
		exit->state = exit_id_is_in_flight(&exit->id)
				      ? OWN_EXIT_DELETED
				      : OWN_EXIT_OMITTED;
	return true;
}

static bool look_standard(struct session *session, struct exit_view *view,
			  struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct contract_standard_exit record;

	if (!root_chain_fetch_standard_exit(&fetch, &record, &view->exit.id,
					    error))
		return false;
	view->is_live = !address_is_zero(&record.exit_target);
	if (!view->is_live)
		return judge_ended(session, view, error);
	view->exit.state =
		record.exitable ? OWN_EXIT_STARTED : OWN_EXIT_CHALLENGED;
	return true;
}

static bool look_in_flight(struct session *session, struct exit_view *view,
			   struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);

	if (!root_chain_fetch_in_flight_exit(&fetch, &view->record,
					     &view->exit.id, error))
		return false;
	view->is_live = view->record.started_at.seconds != 0;
	view->is_canonical = view->record.is_canonical;
	if (!view->is_live)
		return judge_ended(session, view, error);
	view->exit.state = OWN_EXIT_STARTED;
	return true;
}

static enum coin_status coin_status_of(enum own_exit_state state)
{
	switch (state) {
	case OWN_EXIT_PAID:
		return COIN_STATUS_EXITED;
	case OWN_EXIT_OMITTED:
	case OWN_EXIT_DELETED:
		/* The watcher says what became of it. */
		return COIN_STATUS_GONE;
	case OWN_EXIT_WANTED:
	case OWN_EXIT_STARTED:
	case OWN_EXIT_CHALLENGED:
		break;
	}
	return COIN_STATUS_EXITING;
}

static bool look(struct session *session, struct exit_view *view,
		 struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct own_exit before = view->exit;
	bool ok = exit_id_is_in_flight(&view->exit.id)
			  ? look_in_flight(session, view, error)
			  : look_standard(session, view, error);

	if (!ok ||
	    (view->is_live &&
	     !root_chain_fetch_queue_place(&fetch, &view->place, &view->exit.id,
					   &view->exit.token, error)))
		return false;
	if (view->place.is_queued)
		view->exit.exitable_at.seconds = view->place.exitable_at;
	if (view->exit.state == before.state &&
	    view->exit.exitable_at.seconds == before.exitable_at.seconds)
		return true;
	return wallet_store_put_exit(session->store, &view->exit, error) &&
	       root_set_coins(session, &view->exit,
			      coin_status_of(view->exit.state), error);
}

/* All exits of the account, or the one of the coin that was named; the caller
 * frees with memory_free(). */
static bool look_at_all(struct session *session, struct exit_view **out,
			size_t *count, const struct position *only,
			struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct own_exit *exits = NULL;
	struct action_moment moment;
	size_t all;

	*count = 0;
	if (!root_chain_fetch_moment(&fetch, &moment, error) ||
	    !wallet_store_exits(session->store, &exits, &all, &session->account,
				error))
		return false;
	struct exit_view *views = memory_new(all + 1, sizeof(*views));
	bool ok = true;
	for (size_t i = 0; ok && i < all; i++) {
		struct exit_view *view = &views[*count];

		if (only != NULL && !position_equal(exits[i].position, *only))
			continue;
		memset(view, 0, sizeof(*view));
		view->exit = exits[i];
		view->now = moment.now.seconds;
		ok = look(session, view, error);
		*count += 1;
	}
	memory_free(exits);
	if (!ok) {
		memory_free(views);
		return false;
	}
	*out = views;
	return true;
}

bool exit_status_refresh(struct session *session, struct error *error)
{
	struct exit_view *views = NULL;
	size_t count;

	if (!look_at_all(session, &views, &count, NULL, error))
		return false;
	memory_free(views);
	return true;
}

/* ---- status ---- */

static bool is_due(const struct exit_view *view)
{
	return view->place.is_queued && view->place.exitable_at < view->now;
}

static json_t *view_json(const struct session *session,
			 const struct exit_view *view)
{
	const struct own_exit *exit = &view->exit;
	bool in_flight = exit_id_is_in_flight(&exit->id);
	json_t *row = json_object();

	print_set_position(row, "position", exit->position);
	print_set_text(row, "kind", in_flight ? "in_flight" : "standard");
	print_set_hex(row, "exit_id", bytes_view(exit->id.bytes, 21));
	print_set_token_amount(row, session->network, &exit->token,
			       exit->amount);
	print_set_text(row, "state", exit_status_name(exit->state));
	print_set_instant(row, "exitable_at", exit->exitable_at.seconds);
	print_set_bool(row, "due", is_due(view));
	print_set_number(row, "before_it", view->place.before);
	if (in_flight && view->is_live) {
		print_set_bool(row, "canonical", view->is_canonical);
		print_set_number(row, "piggybacked",
				 view->record.exit_map.limbs[0]);
		print_set_instant(row, "phase_1_end",
				  in_flight_phase_1_end(
					  view->record.started_at.seconds,
					  session->network->min_exit_period));
	}
	return row;
}

static void print_view(struct print_table *table, const struct session *session,
		       const struct exit_view *view)
{
	const struct own_exit *exit = &view->exit;
	char text[PRINT_AMOUNT_SIZE];

	position_format(text, exit->position);
	print_table_cell(table, text);
	print_table_cell(table, exit_id_is_in_flight(&exit->id) ? "in flight"
								: "standard");
	print_table_cell(table,
			 is_due(view) ? "due" : exit_status_name(exit->state));
	print_instant(text, exit->exitable_at.seconds);
	print_table_cell(table, text);
	(void)snprintf(text, sizeof(text), "%zu",
		       view->place.before); /* fits */
	print_table_cell(table, view->place.is_queued ? text : "-");
	print_amount(text, session->network, &exit->token, exit->amount);
	print_table_cell(table, text);
}

static void say_views(const struct session *session,
		      const struct exit_view *views, size_t count)
{
	static const char *const heads[] = { "COIN",   "EXIT",	 "STATE",
					     "DUE AT", "BEFORE", "AMOUNT" };

	if (session->command->is_json) {
		json_t *object = print_object_new("exits");
		json_t *rows = json_array();

		for (size_t i = 0; i < count; i++)
			(void)json_array_append_new(
				rows, view_json(session, &views[i]));
		print_set(object, "exits", rows);
		print_json(object);
		return;
	}
	struct print_table *table = print_table_new(6);
	for (size_t i = 0; i < 6; i++)
		print_table_cell(table, heads[i]);
	for (size_t i = 0; i < count; i++)
		print_view(table, session, &views[i]);
	print_table_end(table);
}

/* The coin that was named, if one was. */
static bool read_only(const struct session *session, bool *has,
		      struct position *out, struct error *error)
{
	const struct options *options = session->command->options;

	*has = options->argument_count == 1;
	return !*has ||
	       session_read_position(out, options->arguments[0], error);
}

bool exit_status_show(struct session *session, struct error *error)
{
	struct exit_view *views = NULL;
	struct position only;
	size_t count;
	bool has_only;

	if (!read_only(session, &has_only, &only, error) ||
	    !session_find_account(session, error) ||
	    !session_open_stores(session, error) ||
	    !session_open_rpc(session, error) ||
	    !look_at_all(session, &views, &count, has_only ? &only : NULL,
			 error))
		return false;
	say_views(session, views, count);
	memory_free(views);
	return true;
}

/* ---- finalize ---- */

static uint8_t vault_id(const struct token *token)
{
	return token_is_eth(token) ? PROTOCOL_VAULT_ETH : PROTOCOL_VAULT_ERC20;
}

static bool want_call(struct session *session, struct action *wish,
		      struct growing_buffer *call, struct error *error)
{
	wish->call_data = growing_buffer_view(call);
	bool ok = root_want(session, wish, 1, NULL, error);
	growing_buffer_clear(call);
	return ok;
}

/* processExits() until the entry of this exit and token was reached. */
static bool want_processing(struct session *session,
			    const struct exit_view *view,
			    const struct token *token, uint64_t index,
			    struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct root_chain_queue_place place;
	struct growing_buffer call;
	struct action wish;

	if (!root_chain_fetch_queue_place(&fetch, &place, &view->exit.id, token,
					  error) ||
	    !root_wish(session, &wish, ACTION_PROCESS_EXITS,
		       &session->network->plasma_framework, error))
		return false;
	if (!place.is_queued || place.exitable_at >= view->now)
		return true;
	wish.key.exit_id = view->exit.id;
	wish.key.index = index;
	memcpy(wish.detail.bytes + 12, token->address.bytes, 20);
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	contract_call_process_exits(&call, vault_id(token), token,
				    place.before + 1 < MAX_PER_CALL
					    ? place.before + 1
					    : MAX_PER_CALL,
				    &session->account);
	return want_call(session, &wish, &call, error);
}

/* A slot of ours that is piggybacked. */
static bool is_our_slot(const struct session *session,
			const struct exit_view *view, size_t slot,
			struct token *token)
{
	const struct contract_in_flight_slot *at =
		slot < PROTOCOL_MAX_INPUTS
			? &view->record.inputs[slot]
			: &view->record.outputs[slot - PROTOCOL_MAX_INPUTS];

	*token = at->token;
	return (view->record.exit_map.limbs[0] >> slot & 1U) != 0 &&
	       address_equal(&at->exit_target, &session->account);
}

static bool want_in_flight(struct session *session,
			   const struct exit_view *view, struct error *error)
{
	struct token seen[MAX_SLOTS];
	size_t count = 0;

	for (size_t slot = 0; slot < MAX_SLOTS; slot++) {
		struct token token;
		bool is_new = is_our_slot(session, view, slot, &token);

		for (size_t i = 0; is_new && i < count; i++)
			is_new = !token_equal(&seen[i], &token);
		if (!is_new)
			continue;
		seen[count++] = token;
		if (!want_processing(session, view, &token, slot, error))
			return false;
	}
	return true;
}

/* An in-flight exit that nobody is in any more gives its bond back. */
static bool want_deletion(struct session *session, const struct exit_view *view,
			  struct error *error)
{
	struct growing_buffer call;
	struct action wish;
	bool is_empty = u256_is_zero(view->record.exit_map);
	bool is_late =
		in_flight_phase(view->now, view->record.started_at.seconds,
				session->network->min_exit_period) == 2;

	if (!is_empty || !is_late ||
	    !address_equal(&view->record.bond_owner, &session->account))
		return true;
	if (!root_wish(session, &wish, ACTION_DELETE_IN_FLIGHT_EXIT,
		       &session->network->payment_exit_game, error))
		return false;
	wish.key.exit_id = view->exit.id;
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	contract_call_delete_in_flight_exit(&call, &view->exit.id);
	return want_call(session, &wish, &call, error);
}

static bool want_standard(struct session *session, const struct exit_view *view,
			  struct error *error)
{
	struct growing_buffer call;
	struct action wish;

	if (!is_due(view))
		return true;
	if (!root_wish(session, &wish, ACTION_PROCESS_EXITS,
		       &session->network->plasma_framework, error))
		return false;
	wish.key.exit_id = view->exit.id;
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	contract_call_process_exits(
		&call, vault_id(&view->exit.token), &view->exit.token,
		view->place.before + 1 < MAX_PER_CALL ? view->place.before + 1
						      : MAX_PER_CALL,
		&session->account);
	return want_call(session, &wish, &call, error);
}

static bool want_payouts(struct session *session, const struct exit_view *views,
			 size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		const struct exit_view *view = &views[i];
		bool ok = true;

		if (view->is_live && exit_id_is_in_flight(&view->exit.id))
			ok = want_in_flight(session, view, error) &&
			     want_deletion(session, view, error);
		else if (view->is_live)
			ok = want_standard(session, view, error);
		if (!ok)
			return false;
	}
	return true;
}

/* What a failed pay-out left in a vault or in the exit game. */
static bool want_claim(struct session *session, const struct token *token,
		       const struct address *where, struct error *error)
{
	bool is_eth = token_is_eth(token);
	struct growing_buffer call;
	struct action wish;

	if (!root_wish(session, &wish, ACTION_CLAIM_CREDIT, where, error))
		return false;
	wish.key.exit_id = action_subject_of_token(token);
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	if (is_eth)
		contract_call_claim_credit(&call, &session->account);
	else
		contract_call_claim_token_credit(&call, token,
						 &session->account);
	return want_call(session, &wish, &call, error);
}

static bool want_credits(struct session *session, const struct token *token,
			 struct error *error)
{
	const struct network *network = session->network;
	struct root_chain_fetch fetch = session_fetch(session);
	struct root_chain_credits credits;

	if (!root_chain_fetch_credits(&fetch, &credits, token,
				      &session->account, error))
		return false;
	if (!amount_is_zero(credits.vault) &&
	    !want_claim(session, token,
			token_is_eth(token) ? &network->eth_vault
					    : &network->erc20_vault,
			error))
		return false;
	return amount_is_zero(credits.exit_game) ||
	       want_claim(session, token, &network->payment_exit_game, error);
}

static bool want_all_credits(struct session *session,
			     const struct exit_view *views, size_t count,
			     struct error *error)
{
	if (!want_credits(session, &TOKEN_ETH, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!token_is_eth(&views[i].exit.token) &&
		    !want_credits(session, &views[i].exit.token, error))
			return false;
	}
	return true;
}

/* Nothing is wanted: when will something be? Where nothing waits any more the
 * goal is reached, whoever did it. */
static bool say_not_due(const struct exit_view *views, size_t count,
			struct error *error)
{
	uint64_t next = 0;
	char text[PRINT_INSTANT_SIZE];

	for (size_t i = 0; i < count; i++) {
		uint64_t at = views[i].place.exitable_at;

		if (views[i].place.is_queued && (next == 0 || at < next))
			next = at;
	}
	if (next == 0 && count > 0)
		return true;
	if (next == 0)
		return problem_set(error, PROBLEM_NOTHING_TO_DO,
				   "no exit was started");
	print_instant(text, next + 1);
	return problem_set(error, PROBLEM_NOT_DUE,
			   "the next exit is due at %s of root-chain time",
			   text);
}

static bool pay_out(struct session *session, const struct exit_view *views,
		    size_t count, struct error *error)
{
	bool wait = !options_has(session->command->options, "no-wait");
	size_t open;

	if (!want_payouts(session, views, count, error) ||
	    !want_all_credits(session, views, count, error) ||
	    !root_open_count(session, &open, error))
		return false;
	if (open == 0)
		return say_not_due(views, count, error);
	/* What could not be paid becomes a credit only then. */
	return root_run(session, wait, error) &&
	       want_all_credits(session, views, count, error) &&
	       root_run(session, wait, error);
}

bool exit_status_finalize(struct session *session, struct error *error)
{
	struct exit_view *views = NULL;
	struct position only;
	size_t count;
	bool has_only;

	if (!read_only(session, &has_only, &only, error) ||
	    !session_open_key(session, error) ||
	    !session_open_stores(session, error) ||
	    !session_open_rpc(session, error) ||
	    !look_at_all(session, &views, &count, has_only ? &only : NULL,
			 error))
		return false;
	if (options_has(session->command->options, "dry-run")) {
		say_views(session, views, count);
		memory_free(views);
		return true;
	}
	bool ok = root_check_exits(session, error) &&
		  pay_out(session, views, count, error);
	memory_free(views);
	views = NULL;
	if (!ok || !look_at_all(session, &views, &count,
				has_only ? &only : NULL, error))
		return false;
	say_views(session, views, count);
	memory_free(views);
	return true;
}
