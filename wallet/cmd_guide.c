/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/priority.h"
#include "wallet/cmd.h"
#include "wallet/cmd_exit_plan.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_session.h"
#include "wallet/cmd_sync.h"
#include "wallet/problem.h"

/* What one coin costs to exit, and when it pays. */
struct costs {
	bool is_known;
	struct amount gas_wei; /* of all transactions, at today's price */
	uint64_t now;
	uint64_t pays_at; /* if started now */
	uint64_t last;	  /* of phase 1, in flight */
};

/* Gas of each call, as measured on a root chain; the nearest above. */
static uint64_t gas_of(enum action_kind kind)
{
	if (kind == ACTION_ADD_EXIT_QUEUE)
		return 900000;
	if (kind == ACTION_START_STANDARD_EXIT)
		return 450000;
	if (kind == ACTION_START_IN_FLIGHT_EXIT)
		return 2600000;
	return 400000; /* a piggyback */
}

static bool read_costs(struct session *session, struct costs *out,
		       const struct exit_plan *plan, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	uint64_t blknum = position_blknum(plan->coin.position);
	struct contract_block block;
	struct root_chain_head head;
	struct u256 gas = U256_ZERO;

	if (!root_chain_rpc_head(session->rpc, &head, error) ||
	    !root_chain_fetch_block(&fetch, &block, blknum, error))
		return false;
	out->now = head.time.seconds;
	for (size_t i = 0; i < plan->wish_count; i++) {
		struct u256 one;

		if (!u256_multiply(&one, head.base_fee_wei,
				   u256_of(gas_of(plan->wishes[i].key.kind))) ||
		    !u256_add(&gas, gas, one))
			return error_set(error, ERROR_PROTOCOL,
					 "the base fee is absurd");
	}
	out->gas_wei = amount_from_u256(gas);
	out->pays_at = plan->choice == EXIT_CHOICE_IN_FLIGHT
			       ? exitable_at_in_flight(
					 out->now, block.time.seconds,
					 session->network->min_exit_period)
			       : exitable_at_standard(
					 blknum_is_deposit(blknum), out->now,
					 block.time.seconds,
					 session->network->min_exit_period);
	out->last = in_flight_phase_1_end(out->now,
					  session->network->min_exit_period);
	out->is_known = true;
	return true;
}

static const char *why(enum exit_choice choice)
{
	switch (choice) {
	case EXIT_CHOICE_STANDARD:
		return "It was never signed away, so a standard exit is right: "
		       "nobody can challenge it.";
	case EXIT_CHOICE_IN_FLIGHT:
		return "You signed it away in a payment that is in no verified "
		       "block. A standard exit could be challenged with that "
		       "payment, so the payment itself is exited, in flight: "
		       "if it counts, you get what it pays you, and otherwise "
		       "the coin.";
	case EXIT_CHOICE_NOT_OURS:
		return "It belongs to another account.";
	case EXIT_CHOICE_UNDER_WAY:
		return "It has an exit already, or was paid out.";
	case EXIT_CHOICE_SPENT:
		return "It was spent in a verified block: what was made of it "
		       "can be exited.";
	case EXIT_CHOICE_NO_PROOF:
		return "Its transaction and proof are not here yet: let the "
		       "watcher catch up.";
	case EXIT_CHOICE_FEE_OUTPUT:
		return "It is a fee output, which has no standard exit: send "
		       "it to yourself, then exit the result.";
	case EXIT_CHOICE_WAIT:
		break;
	}
	return "You signed it into a transaction with other owners, and their "
	       "signatures or proofs are not here. Ask them, or piggyback when "
	       "somebody starts the exit.";
}

static json_t *guide_json(const struct session *session,
			  const struct exit_plan *plan,
			  const struct costs *costs)
{
	static const char *const kinds[] = {
		[EXIT_CHOICE_STANDARD] = "standard",
		[EXIT_CHOICE_IN_FLIGHT] = "in_flight",
		[EXIT_CHOICE_NOT_OURS] = "not_ours",
		[EXIT_CHOICE_UNDER_WAY] = "under_way",
		[EXIT_CHOICE_SPENT] = "spent",
		[EXIT_CHOICE_NO_PROOF] = "no_proof",
		[EXIT_CHOICE_FEE_OUTPUT] = "fee_output",
		[EXIT_CHOICE_WAIT] = "wait",
	};
	json_t *row = json_object();
	json_t *calls = json_array();

	print_set_position(row, "position", plan->coin.position);
	print_set_token_amount(row, session->network, &plan->coin.output.token,
			       plan->coin.output.amount);
	print_set_text(row, "exit", kinds[plan->choice]);
	print_set_text(row, "why", why(plan->choice));
	print_set_amount(row, "bonds_wei", plan->bonds_wei);
	if (costs->is_known) {
		print_set_amount(row, "gas_wei", costs->gas_wei);
		print_set_instant(row, "pays_at", costs->pays_at);
	}
	for (size_t i = 0; i < plan->wish_count; i++) {
		struct growing_buffer text;

		growing_buffer_init(&text, (size_t)1 << 20);
		action_print(&text, &plan->wishes[i]);
		(void)json_array_append_new(
			calls, json_loads(growing_buffer_string(&text), 0,
					  NULL)); /* our own text */
		growing_buffer_clear(&text);
	}
	print_set(row, "calls", calls);
	return row;
}

static void say_dates(const struct exit_plan *plan, const struct costs *costs)
{
	char text[PRINT_INSTANT_SIZE];

	print_instant(text, costs->now);
	printf("  start:     now (%s by the root chain)\n", text);
	if (plan->choice == EXIT_CHOICE_IN_FLIGHT) {
		print_instant(text, costs->last);
		printf("  piggyback: by %s, at once is better\n", text);
	}
	print_instant(text, costs->pays_at + 1);
	printf("  paid:      from %s, by `exit finalize`\n", text);
}

static void say_costs(const struct session *session,
		      const struct exit_plan *plan, const struct costs *costs)
{
	char bonds[PRINT_AMOUNT_SIZE];
	char gas[PRINT_AMOUNT_SIZE];

	print_amount(bonds, session->network, &TOKEN_ETH, plan->bonds_wei);
	print_amount(gas, session->network, &TOKEN_ETH, costs->gas_wei);
	printf("  bonds:     %s, back when it is paid\n", bonds);
	printf("  gas now:   at most %s, gone\n", gas);
	if (token_is_eth(&plan->coin.output.token) &&
	    amount_compare(plan->coin.output.amount, costs->gas_wei) < 0)
		printf("  The coin is worth less than its exit costs: merge it "
		       "while the chain is healthy.\n");
}

static void say_calls(const struct exit_plan *plan)
{
	for (size_t i = 0; i < plan->wish_count; i++) {
		struct growing_buffer text;

		growing_buffer_init(&text, (size_t)1 << 20);
		action_print(&text, &plan->wishes[i]);
		printf("    %s\n", growing_buffer_string(&text));
		growing_buffer_clear(&text);
	}
}

static void say_guide(const struct session *session,
		      const struct exit_plan *plan, const struct costs *costs)
{
	char position[POSITION_TEXT_SIZE];
	char amount[PRINT_AMOUNT_SIZE];

	position_format(position, plan->coin.position);
	print_amount(amount, session->network, &plan->coin.output.token,
		     plan->coin.output.amount);
	printf("Coin %s, %s\n  %s\n", position, amount, why(plan->choice));
	if (plan->choice != EXIT_CHOICE_STANDARD &&
	    plan->choice != EXIT_CHOICE_IN_FLIGHT)
		return;
	if (costs->is_known) {
		say_dates(plan, costs);
		say_costs(session, plan, costs);
	} else {
		printf("  Without --root-rpc neither dates nor costs are "
		       "known.\n");
	}
	printf("  command:   plasma-wallet exit start %s\n", position);
	if (plan->wish_count > 0) {
		printf("  or send by hand, from this account and in this "
		       "order:\n");
		say_calls(plan);
	}
	printf("  Until it is paid: sign nothing with this coin, and let the "
	       "watcher run, which\n"
	       "  challenges what others try. A bond that changes in between "
	       "makes a call revert:\n"
	       "  start it again.\n");
}

static bool guide_coin(struct session *session, json_t *rows,
		       struct position position, bool online,
		       struct error *error)
{
	struct exit_plan *plan = memory_new(1, sizeof(*plan));
	struct costs costs = { 0 };

	bool ok = exit_plan_make(session, plan, position, online, error) &&
		  (!online || read_costs(session, &costs, plan, error));
	if (ok && session->command->is_json)
		(void)json_array_append_new(
			rows, guide_json(session, plan, &costs)); /* memory */
	else if (ok)
		say_guide(session, plan, &costs);
	exit_plan_clear(plan);
	memory_free(plan);
	return ok;
}

static bool guide_all(struct session *session, json_t *rows, bool online,
		      struct error *error)
{
	struct coin *coins = NULL;
	size_t told = 0;
	size_t count;
	bool ok = wallet_store_coins(session->store, &coins, &count,
				     &session->account, error);

	for (size_t i = 0; ok && i < count; i++) {
		if (coins[i].status != COIN_STATUS_UNSPENT &&
		    coins[i].status != COIN_STATUS_EXITING)
			continue;
		ok = guide_coin(session, rows, coins[i].position, online,
				error);
		told++;
	}
	memory_free(coins);
	if (ok && told == 0)
		ok = problem_set(error, PROBLEM_NOTHING_TO_DO,
				 "the account has no coin");
	return ok;
}

static bool guide(struct session *session, json_t *rows, struct error *error)
{
	const struct options *options = session->command->options;
	bool online = session_has_rpc(session);
	struct position position;
	struct sync sync;

	if (!session_find_account(session, error) ||
	    !session_open_stores(session, error) ||
	    !sync_account(session, &sync, error) ||
	    (online && !session_open_rpc(session, error)))
		return false;
	if (options->argument_count == 0)
		return guide_all(session, rows, online, error);
	return session_read_position(&position, options->arguments[0], error) &&
	       guide_coin(session, rows, position, online, error);
}

bool cmd_guide(const struct command *command, struct error *error)
{
	json_t *rows = json_array();
	struct session session;
	bool ok = session_begin(&session, command, error) &&
		  guide(&session, rows, error);

	if (ok && command->is_json) {
		json_t *object = print_object_new("guide");

		print_set(object, "coins", json_incref(rows));
		print_json(object);
	}
	json_decref(rows);
	session_end(&session);
	return ok;
}
