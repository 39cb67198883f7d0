/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "wallet/cmd.h"
#include "wallet/cmd_exit_plan.h"
#include "wallet/cmd_exit_status.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_root.h"
#include "wallet/cmd_session.h"
#include "wallet/cmd_sync.h"
#include "wallet/problem.h"

/* The account has to hold the bonds, and something for gas. */
static bool check_funds(struct session *session, const struct exit_plan *plan,
			struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	char bonds[PRINT_AMOUNT_SIZE];
	char owned[PRINT_AMOUNT_SIZE];
	struct amount wei;

	if (!root_chain_fetch_balance(&fetch, &wei, &TOKEN_ETH,
				      &session->account, error))
		return false;
	print_amount(bonds, session->network, &TOKEN_ETH, plan->bonds_wei);
	print_amount(owned, session->network, &TOKEN_ETH, wei);
	return amount_compare(wei, plan->bonds_wei) > 0
		       ? true
		       : problem_set(error, PROBLEM_NOT_ENOUGH,
				     "the bonds are %s and the gas, the "
				     "account has %s on the root chain",
				     bonds, owned);
}

static bool check_owner(struct session *session, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	bool has_code;

	if (!root_chain_fetch_has_code(&fetch, &has_code, &session->account,
				       error))
		return false;
	if (has_code && session->network->extensions == 0)
		return problem_set(error, PROBLEM_CONTRACT_OWNER,
				   "the account has contract code");
	if (has_code)
		fprintf(stderr, "plasma-wallet: note: the account has contract "
				"code: what cannot be paid waits as a "
				"credit\n");
	return true;
}

static json_t *plan_json(const struct session *session,
			 const struct exit_plan *plan)
{
	json_t *object = json_object();
	json_t *calls = json_array();

	print_set_position(object, "position", plan->coin.position);
	print_set_text(object, "kind",
		       plan->choice == EXIT_CHOICE_IN_FLIGHT ? "in_flight"
							     : "standard");
	print_set_hex(object, "exit_id", bytes_view(plan->exit.id.bytes, 21));
	print_set_token_amount(object, session->network,
			       &plan->coin.output.token,
			       plan->coin.output.amount);
	print_set_amount(object, "bonds_wei", plan->bonds_wei);
	for (size_t i = 0; i < plan->wish_count; i++) {
		struct growing_buffer text;

		growing_buffer_init(&text, (size_t)1 << 20);
		action_print(&text, &plan->wishes[i]);
		(void)json_array_append_new(
			calls, json_loads(growing_buffer_string(&text), 0,
					  NULL)); /* our own text */
		growing_buffer_clear(&text);
	}
	print_set(object, "calls", calls);
	return object;
}

static void say_plan(const struct session *session,
		     const struct exit_plan *plan, bool is_done)
{
	char position[POSITION_TEXT_SIZE];
	char amount[PRINT_AMOUNT_SIZE];
	char bonds[PRINT_AMOUNT_SIZE];

	position_format(position, plan->coin.position);
	print_amount(amount, session->network, &plan->coin.output.token,
		     plan->coin.output.amount);
	print_amount(bonds, session->network, &TOKEN_ETH, plan->bonds_wei);
	printf("%s exit of coin %s (%s), bonds %s: %s\n",
	       plan->choice == EXIT_CHOICE_IN_FLIGHT ? "in-flight" : "standard",
	       position, amount, bonds, is_done ? "is begun" : "planned");
}

/* One coin: planned, checked, stored. */
static bool want_exit(struct session *session, json_t *rows,
		      struct position position, struct error *error)
{
	bool is_dry = options_has(session->command->options, "dry-run");
	struct exit_plan *plan = memory_new(1, sizeof(*plan));

	bool ok = exit_plan_make(session, plan, position, true, error);
	if (ok && plan->wish_count == 0)
		ok = exit_plan_refuse(plan, error);
	ok = ok && check_funds(session, plan, error);
	if (ok && !is_dry)
		ok = root_want(session, plan->wishes, plan->wish_count,
			       &plan->exit, error);
	if (ok && session->command->is_json)
		(void)json_array_append_new(
			rows, plan_json(session, plan)); /* memory */
	else if (ok)
		say_plan(session, plan, !is_dry);
	exit_plan_clear(plan);
	memory_free(plan);
	return ok;
}

/* The order of a mass exit (protocol.md 15): what is in flight, whose first
 * phase runs, then by value, equal values by age. Values of different tokens
 * cannot be compared: ether comes first. */
static int compare_coins(const void *a, const void *b)
{
	const struct coin *one = a;
	const struct coin *other = b;
	int order = token_compare(&one->output.token, &other->output.token);

	if (one->is_claimed != other->is_claimed)
		return one->is_claimed ? -1 : 1;
	if (order == 0)
		order = amount_compare(other->output.amount,
				       one->output.amount);
	return order != 0 ? order
			  : position_compare(one->position, other->position);
}

/* True if the coin is still to be exited: one that left together with another
 * is not. */
static bool is_left(struct session *session, bool *left,
		    struct position position, struct error *error)
{
	struct coin coin;
	bool found;

	if (!wallet_store_coin(session->store, &found, &coin, position, error))
		return false;
	*left = found && coin.status == COIN_STATUS_UNSPENT;
	return true;
}

static bool want_all(struct session *session, json_t *rows, struct error *error)
{
	struct coin *coins = NULL;
	size_t wanted = 0;
	size_t count;
	bool ok = sync_coins(session, &coins, &count, error);

	if (ok)
		qsort(coins, count, sizeof(*coins), compare_coins);
	for (size_t i = 0; ok && i < count; i++) {
		struct error detail;
		bool left;

		ok = is_left(session, &left, coins[i].position, error);
		if (!ok || !left)
			continue;
		if (want_exit(session, rows, coins[i].position, &detail)) {
			wanted++;
			continue;
		}
		fprintf(stderr, "plasma-wallet: %s: %s\n",
			problem_id(problem_of_error(&detail)),
			problem_message(&detail));
	}
	memory_free(coins);
	if (ok && wanted == 0)
		ok = problem_set(error, PROBLEM_NOTHING_TO_DO,
				 "no coin can be exited");
	return ok;
}

static bool want(struct session *session, json_t *rows, struct error *error)
{
	const struct options *options = session->command->options;
	struct position position;

	if (options_has(options, "all"))
		return want_all(session, rows, error);
	if (options->argument_count != 1)
		return error_set(error, ERROR_USAGE,
				 "exit start: which POSITION, or --all?");
	return session_read_position(&position, options->arguments[0], error) &&
	       want_exit(session, rows, position, error);
}

static bool start(struct session *session, struct error *error)
{
	const struct options *options = session->command->options;
	json_t *rows = json_array();

	bool ok = session_open_key(session, error) &&
		  session_open_stores(session, error) &&
		  session_open_rpc(session, error) &&
		  root_check_exits(session, error) &&
		  check_owner(session, error) && want(session, rows, error);
	if (ok && !options_has(options, "dry-run"))
		ok = root_run(session, !options_has(options, "no-wait"),
			      error) &&
		     exit_status_refresh(session, error);
	if (ok && !session->command->is_json &&
	    !options_has(options, "dry-run"))
		printf("%s; `plasma-wallet exit status` tells when it is "
		       "paid\n",
		       options_has(options, "no-wait") ? "sent, not mined yet"
						       : "on the root chain");
	if (!ok || !session->command->is_json) {
		json_decref(rows);
		return ok;
	}
	json_t *object = print_object_new("exits_started");
	print_set(object, "exits", rows);
	print_json(object);
	return true;
}

static bool run_exit(struct session *session, struct error *error)
{
	const struct options *options = session->command->options;

	if (options_is(options, "exit start"))
		return start(session, error);
	if (options_is(options, "exit status"))
		return exit_status_show(session, error);
	return exit_status_finalize(session, error);
}

bool cmd_exit(const struct command *command, struct error *error)
{
	struct session session;
	bool ok = session_begin(&session, command, error) &&
		  run_exit(&session, error);

	session_end(&session);
	return ok;
}
