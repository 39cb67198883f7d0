/* SPDX-License-Identifier: MIT */
#include "wallet/cmd_root.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/actions/action_sender.h"
#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/chain/transaction_codec.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "wallet/cmd_goal.h"
#include "wallet/cmd_sync.h"
#include "wallet/problem.h"

/* Between two looks at the root chain. */
#define LOOK_MS 250

/* What cannot go on is tried this long: a node may lag behind itself. */
#define STUCK_MS 15000

/* ---- wishes ---- */

static bool read_limit(const struct session *session, struct u256 *out,
		       const char *key, struct error *error)
{
	return config_wei(out, session->command->config, "wallet", key, error);
}

bool root_wish(const struct session *session, struct action *out,
	       enum action_kind kind, const struct address *contract,
	       struct error *error)
{
	memset(out, 0, sizeof(*out));
	out->key.kind = kind;
	out->key.contract = *contract;
	out->account = session->account;
	if (!read_limit(session, &out->fee_cap_wei, "max_fee_per_action",
			error))
		return false;
	/* Its owner has decided that it is worth it: the cap alone counts. */
	out->value_at_risk_wei =
		u256_saturating_multiply(out->fee_cap_wei, u256_of(2));
	return true;
}

static bool set_inputs(struct session *session,
		       const struct signed_spend *spend,
		       enum coin_status status, struct error *error)
{
	struct bytes raw = bytes_view(spend->raw, spend->raw_len);
	struct transaction transaction;

	if (transaction_decode(&transaction, raw) != VERDICT_VALID)
		return error_set(error, ERROR_IO, "signed.db is damaged");
	for (size_t i = 0; i < transaction.input_count; i++) {
		if (spend->is_ours[i] &&
		    !wallet_store_set_coin_status(session->store,
						  transaction.inputs[i], status,
						  error))
			return false;
	}
	return true;
}

bool root_set_coins(struct session *session, const struct own_exit *exit,
		    enum coin_status status, struct error *error)
{
	struct signed_spend *spend;
	bool found = false;

	if (!exit_id_is_in_flight(&exit->id))
		return wallet_store_set_coin_status(
			session->store, exit->position, status, error);
	spend = memory_new(1, sizeof(*spend));
	bool ok = signed_spend_table_of_hash(session->signed_spends, &found,
					     spend, &exit->hash, error) &&
		  (!found || set_inputs(session, spend, status, error));
	memory_free(spend);
	return ok;
}

static bool put_exit(struct session *session, const struct own_exit *exit,
		     struct error *error)
{
	return exit == NULL ||
	       (wallet_store_put_exit(session->store, exit, error) &&
		root_set_coins(session, exit, COIN_STATUS_EXITING, error));
}

bool root_want(struct session *session, const struct action *wishes,
	       size_t count, const struct own_exit *exit, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct action_moment moment;

	if (!root_chain_fetch_moment(&fetch, &moment, error) ||
	    !wallet_store_begin(session->store, error))
		return false;
	bool ok = put_exit(session, exit, error);
	for (size_t i = 0; ok && i < count; i++)
		ok = action_store_want(wallet_store_database(session->store),
				       NULL, NULL, &wishes[i], moment.now,
				       error);
	if (ok && wallet_store_commit(session->store, error))
		return true;
	wallet_store_abandon(session->store);
	return false;
}

bool root_check_bond(const struct session *session, struct amount bond,
		     struct error *error)
{
	struct u256 most;

	if (!read_limit(session, &most, "max_bond", error))
		return false;
	if (amount_compare(bond, amount_from_u256(most)) <= 0)
		return true;
	return problem_set(error, PROBLEM_BOND_TOO_HIGH,
			   "the bond is above max_bond");
}

/* ---- may anything be sent? ---- */

bool root_check_free(struct session *session, struct error *kept,
		     struct error *error)
{
	struct sync sync;

	kept->code = ERROR_NONE;
	session->keeps_deposits = !sync_account(session, &sync, kept);
	if (session->keeps_deposits) {
		fprintf(stderr,
			"plasma-wallet: note: the watcher is not "
			"followed: %s\n",
			problem_message(kept));
		return true;
	}
	session->keeps_deposits = !sync_check_quiet(session, &sync, kept);
	if (!sync.is_asked || !sync.status.account_is_busy ||
	    options_has(session->command->options, "force"))
		return true;
	return problem_set(error, PROBLEM_ACCOUNT_BUSY,
			   "the watcher sends from this account");
}

bool root_unsent_deposits(struct session *session, size_t *count,
			  struct error *error)
{
	struct action_list list = { 0 };
	bool ok = action_store_unsettled(wallet_store_database(session->store),
					 &list, error);

	*count = 0;
	for (size_t i = 0; ok && i < list.count; i++) {
		const struct action *action = &list.actions[i];
		enum action_state state = action->progress.state;
		bool brings = action->key.kind == ACTION_DEPOSIT ||
			      action->key.kind == ACTION_APPROVE;

		if (brings &&
		    address_equal(&action->account, &session->account) &&
		    (state == ACTION_WANTED || state == ACTION_SIGNED))
			*count += 1;
	}
	action_list_clear(&list);
	return ok;
}

bool root_check_exits(struct session *session, struct error *error)
{
	struct error kept;
	size_t unsent;

	if (!root_check_free(session, &kept, error) ||
	    !root_unsent_deposits(session, &unsent, error))
		return false;
	if (session->keeps_deposits && unsent > 0)
		fprintf(stderr,
			"plasma-wallet: note: a deposit that was not sent yet "
			"is given up: %s\n",
			problem_message(&kept));
	return true;
}

/* ---- running ---- */

/* One run of the sender. */
struct run {
	struct session *session;
	struct goals goals;
};

static enum action_goal find_goal(void *context, const struct action *action)
{
	const struct run *run = context;

	return goals_find(&run->goals, action->id);
}

/* Which view says the bond that goes with a call; false: none goes. */
static bool bond_view(enum contract_view *view, enum action_kind kind)
{
	if (kind == ACTION_START_STANDARD_EXIT)
		*view = CONTRACT_VIEW_STANDARD_EXIT_BOND;
	else if (kind == ACTION_START_IN_FLIGHT_EXIT)
		*view = CONTRACT_VIEW_IFE_BOND;
	else if (kind == ACTION_PIGGYBACK_INPUT ||
		 kind == ACTION_PIGGYBACK_OUTPUT)
		*view = CONTRACT_VIEW_PIGGYBACK_BOND;
	else
		return false;
	return true;
}

/* The bond is what the contract asks for now, each time anew. */
static bool refresh_bond(void *context, struct u256 *value_wei,
			 const struct action *action, struct error *error)
{
	const struct run *run = context;
	struct root_chain_fetch fetch = session_fetch(run->session);
	enum contract_view view;
	struct amount bond;

	if (!bond_view(&view, action->key.kind))
		return true;
	if (!root_chain_fetch_bond(&fetch, &bond, view, error) ||
	    !root_check_bond(run->session, bond, error))
		return false;
	*value_wei = amount_to_u256(bond);
	return true;
}

static bool make_sender(struct action_sender **out, struct run *run,
			struct error *error)
{
	struct session *session = run->session;
	struct action_sender_parts parts = {
		.database = wallet_store_database(session->store),
		.rpc = session->rpc,
		.chain_id = session->network->chain_id,
		.signers = &session->signer,
		.signer_count = 1,
		.goal = find_goal,
		.refresh = refresh_bond,
		.context = run,
		.limits = { .max_value_wei = U256_MAX },
	};

	if (!read_limit(session, &parts.limits.max_fee_per_action_wei,
			"max_fee_per_action", error) ||
	    !read_limit(session, &parts.limits.max_spend_per_day_wei,
			"max_spend_per_day", error) ||
	    !read_limit(session, &parts.tip_wei, "tip", error))
		return false;
	*out = action_sender_new(&parts);
	return true;
}

/* One look and one step. */
static bool pass_once(struct action_sender *sender, struct run *run,
		      struct action_pass *pass, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(run->session);
	struct action_moment moment;

	goals_clear(&run->goals);
	return root_chain_fetch_moment(&fetch, &moment, error) &&
	       sync_drop_moved(run->session, error) &&
	       goals_read(run->session, &run->goals, error) &&
	       action_sender_pass(sender, pass, &moment, error);
}

/* What the open actions look like: the first trouble, and whether all were
 * sent. */
struct open_actions {
	size_t count;
	size_t unsent;
	size_t missed;
	char kind[40];
	struct growing_buffer trouble;
};

static bool look_at_open(struct session *session, struct open_actions *out,
			 struct error *error)
{
	struct database *database = wallet_store_database(session->store);
	struct action_list list = { 0 };
	bool ok = action_store_unsettled(database, &list, error);

	out->count = 0;
	out->unsent = 0;
	out->missed = 0;
	growing_buffer_reset(&out->trouble);
	for (size_t i = 0; ok && i < list.count; i++) {
		const struct action *action = &list.actions[i];
		enum action_state state = action->progress.state;

		/* Other accounts' are theirs. */
		if (!address_equal(&action->account, &session->account))
			continue;
		out->missed += state == ACTION_MISSED;
		if (action_state_is_resting(state))
			continue;
		out->count++;
		out->unsent += state == ACTION_WANTED || state == ACTION_SIGNED;
		if (out->trouble.len > 0)
			continue;
		(void)snprintf(out->kind, sizeof(out->kind), "%s",
			       action_kind_name(action->key.kind)); /* fits */
		ok = action_store_trouble(database, &out->trouble, action->id,
					  error);
	}
	action_list_clear(&list);
	return ok;
}

static void show_progress(const struct open_actions *open)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (open->count == 0)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\r\033[Kwaiting for the root chain: %s",
			open->kind);
}

static bool say_stuck(struct error *error, struct open_actions *open)
{
	return problem_set(error, PROBLEM_STUCK, "%s: %s", open->kind,
			   open->trouble.len > 0
				   ? growing_buffer_string(&open->trouble)
				   : "not mined yet");
}

/* Until nothing is open, nothing has to be waited for, or one has been stuck
 * for too long. */
static bool run_until(struct action_sender *sender, struct run *run, bool wait,
		      struct open_actions *open, struct error *error)
{
	uint64_t good_ms = clock_monotonic_ms();
	struct action_pass pass;

	for (;;) {
		if (!pass_once(sender, run, &pass, error) ||
		    !look_at_open(run->session, open, error))
			return false;
		show_progress(open);
		if (open->count == 0 || (!wait && open->unsent == 0))
			return true;
		if (open->trouble.len == 0)
			good_ms = clock_monotonic_ms();
		if (clock_monotonic_ms() - good_ms > STUCK_MS)
			return say_stuck(error, open);
		(void)poll(NULL, 0, LOOK_MS); /* between two looks */
	}
}

bool root_run(struct session *session, bool wait, struct error *error)
{
	struct run run = { .session = session };
	struct action_sender *sender = NULL;
	struct open_actions open = { 0 };

	log_set_level(LOG_WARNING);
	growing_buffer_init(&open.trouble, 4096);
	bool ok = make_sender(&sender, &run, error) &&
		  run_until(sender, &run, wait, &open, error);
	if (ok && open.missed > 0)
		ok = problem_set(error, PROBLEM_MISSED,
				 "a root-chain transaction came too late");
	growing_buffer_clear(&open.trouble);
	action_sender_free(sender);
	goals_clear(&run.goals);
	return ok;
}

bool root_open_count(struct session *session, size_t *count,
		     struct error *error)
{
	struct open_actions open = { 0 };

	growing_buffer_init(&open.trouble, 4096);
	bool ok = look_at_open(session, &open, error);
	*count = open.count;
	growing_buffer_clear(&open.trouble);
	return ok;
}
