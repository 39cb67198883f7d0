/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/chain/deposit.h"
#include "common/ethereum/contract_calls.h"
#include "wallet/cmd.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_root.h"
#include "wallet/cmd_session.h"
#include "wallet/cmd_sync.h"
#include "wallet/payment.h"
#include "wallet/problem.h"

struct deposit {
	struct session session;
	struct token token;
	struct amount amount;
	uint64_t index; /* running number of the deposit */
	struct action wishes[2];
	size_t wish_count;
	struct growing_buffer call;
	struct growing_buffer approval;
};

/* ---- is it a good idea? ---- */

static bool check_amount(struct deposit *deposit, struct error *error)
{
	const struct session *session = &deposit->session;
	struct root_chain_fetch fetch = session_fetch(session);
	char text[PRINT_AMOUNT_SIZE];
	struct amount least;
	struct amount owned;

	if (!root_chain_fetch_minimum_deposit(&fetch, &least, &deposit->token,
					      error) ||
	    !root_chain_fetch_balance(&fetch, &owned, &deposit->token,
				      &session->account, error))
		return false;
	print_amount(text, session->network, &deposit->token, least);
	if (amount_is_zero(least))
		return problem_set(error, PROBLEM_DEPOSIT_TOO_SMALL,
				   "the vault does not take this token");
	if (amount_compare(deposit->amount, least) < 0)
		return problem_set(error, PROBLEM_DEPOSIT_TOO_SMALL,
				   "the smallest deposit is %s", text);
	print_amount(text, session->network, &deposit->token, owned);
	if (amount_compare(owned, deposit->amount) < 0)
		return problem_set(error, PROBLEM_NOT_ENOUGH,
				   "the account has %s on the root chain",
				   text);
	return true;
}

/* What exits pay to a contract may not arrive (protocol.md 8.9, W5). */
static bool check_owner(struct deposit *deposit, struct error *error)
{
	const struct session *session = &deposit->session;
	struct root_chain_fetch fetch = session_fetch(session);
	bool has_code;

	if (!root_chain_fetch_has_code(&fetch, &has_code, &session->account,
				       error))
		return false;
	if (!has_code)
		return true;
	if (session->network->extensions == 0)
		return problem_set(error, PROBLEM_CONTRACT_OWNER,
				   "the account has contract code");
	fprintf(stderr, "plasma-wallet: note: the account has contract code: "
			"what an exit cannot pay waits as a credit\n");
	return true;
}

/* A deposit that is under way is finished first: typing the command again after
 * a crash must not deposit twice. */
static bool check_open(struct deposit *deposit, struct error *error)
{
	size_t count;

	if (options_has(deposit->session.command->options, "another"))
		return true;
	if (!root_open_count(&deposit->session, &count, error))
		return false;
	return count == 0 ? true
			  : problem_set(error, PROBLEM_DEPOSIT_UNDER_WAY,
					"%zu root-chain transactions are under "
					"way",
					count);
}

/* Money is brought only to a chain of which nothing bad is known. */
static bool check_chain(struct deposit *deposit, struct error *error)
{
	struct session *session = &deposit->session;
	struct sync sync;

	if (!sync_account(session, &sync, error))
		return false;
	return session->watcher == NULL ||
	       sync_check_quiet(session, &sync, error);
}

/* ---- what is wanted ---- */

static bool wish_approval(struct deposit *deposit, struct error *error)
{
	struct session *session = &deposit->session;
	struct action *wish = &deposit->wishes[deposit->wish_count];

	if (!root_wish(session, wish, ACTION_APPROVE, &deposit->token.address,
		       error))
		return false;
	contract_call_approve(&deposit->approval,
			      &session->network->erc20_vault, deposit->amount);
	wish->call_data = growing_buffer_view(&deposit->approval);
	wish->key.index = deposit->index;
	amount_to_be(wish->detail.bytes, deposit->amount);
	deposit->wish_count++;
	return true;
}

static bool wish_deposit(struct deposit *deposit, struct error *error)
{
	struct session *session = &deposit->session;
	bool is_eth = token_is_eth(&deposit->token);
	struct hash no_metadata = { { 0 } };
	struct transaction transaction =
		deposit_transaction(&session->account, &deposit->token,
				    deposit->amount, &no_metadata);
	struct payment_raw raw = payment_encode(&transaction);
	struct action *wish = &deposit->wishes[deposit->wish_count];

	if (!root_wish(session, wish, ACTION_DEPOSIT,
		       is_eth ? &session->network->eth_vault
			      : &session->network->erc20_vault,
		       error))
		return false;
	contract_call_deposit(&deposit->call, bytes_view(raw.bytes, raw.len));
	wish->call_data = growing_buffer_view(&deposit->call);
	wish->key.index = deposit->index;
	wish->detail = raw.hash;
	if (is_eth)
		wish->value_wei = amount_to_u256(deposit->amount);
	deposit->wish_count++;
	return true;
}

static bool make_wishes(struct deposit *deposit, struct error *error)
{
	struct session *session = &deposit->session;
	bool is_eth = token_is_eth(&deposit->token);

	if (!action_store_fresh_index(wallet_store_database(session->store),
				      &deposit->index, ACTION_DEPOSIT,
				      is_eth ? &session->network->eth_vault
					     : &session->network->erc20_vault,
				      error))
		return false;
	return (is_eth || wish_approval(deposit, error)) &&
	       wish_deposit(deposit, error);
}

/* ---- what is said ---- */

/* The coin that the deposit made, if it is mined. */
static bool find_coin(struct deposit *deposit, bool *found, struct coin *out,
		      struct error *error)
{
	const struct hash *hash =
		&deposit->wishes[deposit->wish_count - 1].detail;
	struct coin *coins = NULL;
	size_t count;

	*found = false;
	if (!wallet_store_coins(deposit->session.store, &coins, &count,
				&deposit->session.account, error))
		return false;
	/* Of several deposits with the same bytes the newest. */
	for (size_t i = 0; i < count; i++) {
		if (hash_equal(&coins[i].transaction_hash, hash)) {
			*out = coins[i];
			*found = true;
		}
	}
	memory_free(coins);
	return true;
}

static bool say_deposit(struct deposit *deposit, struct error *error)
{
	const struct session *session = &deposit->session;
	char amount[PRINT_AMOUNT_SIZE];
	char position[POSITION_TEXT_SIZE];
	struct coin coin;
	bool found;

	if (!find_coin(deposit, &found, &coin, error))
		return false;
	if (session->command->is_json) {
		json_t *object = print_object_new("deposit");

		print_set_address(object, "address", &session->account);
		print_set_token_amount(object, session->network,
				       &deposit->token, deposit->amount);
		print_set_bool(object, "mined", found);
		if (found)
			print_set_position(object, "position", coin.position);
		print_json(object);
		return true;
	}
	print_amount(amount, session->network, &deposit->token,
		     deposit->amount);
	if (!found) {
		printf("%s sent; `plasma-wallet resume` finishes it\n", amount);
		return true;
	}
	position_format(position, coin.position);
	printf("%s deposited as coin %s\n"
	       "It can be spent when the root chain is final there.\n",
	       amount, position);
	return true;
}

static void say_plan(const struct deposit *deposit)
{
	for (size_t i = 0; i < deposit->wish_count; i++) {
		struct growing_buffer text;

		growing_buffer_init(&text, (size_t)1 << 20);
		action_print(&text, &deposit->wishes[i]);
		puts(growing_buffer_string(&text));
		growing_buffer_clear(&text);
	}
}

static bool run_deposit(struct deposit *deposit, struct error *error)
{
	struct session *session = &deposit->session;
	const struct options *options = session->command->options;

	if (options->argument_count != 1)
		return error_set(error, ERROR_USAGE, "deposit: how much?");
	if (!session_read_amount(session, &deposit->token, &deposit->amount,
				 options->arguments[0],
				 options_value(options, "token"), error) ||
	    !session_open_key(session, error) ||
	    !session_open_stores(session, error) ||
	    !session_open_rpc(session, error) || !check_open(deposit, error) ||
	    !check_chain(deposit, error) || !check_amount(deposit, error) ||
	    !check_owner(deposit, error) || !make_wishes(deposit, error))
		return false;
	if (options_has(options, "dry-run")) {
		say_plan(deposit);
		return true;
	}
	return root_want(session, deposit->wishes, deposit->wish_count, NULL,
			 error) &&
	       root_run(session, !options_has(options, "no-wait"), error) &&
	       say_deposit(deposit, error);
}

bool cmd_deposit(const struct command *command, struct error *error)
{
	struct deposit *deposit = memory_new(1, sizeof(*deposit));

	growing_buffer_init(&deposit->call, CONTRACT_CALL_MAX_LEN);
	growing_buffer_init(&deposit->approval, CONTRACT_CALL_MAX_LEN);
	bool ok = session_begin(&deposit->session, command, error) &&
		  run_deposit(deposit, error);
	growing_buffer_clear(&deposit->call);
	growing_buffer_clear(&deposit->approval);
	session_end(&deposit->session);
	memory_free(deposit);
	return ok;
}

/* ---- resume ---- */

static bool run_resume(struct session *session, struct error *error)
{
	bool wait = !options_has(session->command->options, "no-wait");
	struct error kept;
	size_t unsent;
	size_t before;
	size_t after;

	if (!session_open_key(session, error) ||
	    !session_open_stores(session, error) ||
	    !session_open_rpc(session, error) ||
	    !root_check_free(session, &kept, error) ||
	    !root_unsent_deposits(session, &unsent, error))
		return false;
	/* Whoever has exits under way, too, goes on with `exit finalize`. */
	if (unsent > 0 && session->keeps_deposits) {
		*error = kept;
		return false;
	}
	if (!root_open_count(session, &before, error) ||
	    !root_run(session, wait, error) ||
	    !root_open_count(session, &after, error))
		return false;
	if (session->command->is_json) {
		json_t *object = print_object_new("resumed");

		print_set_number(object, "open_before", before);
		print_set_number(object, "open", after);
		print_json(object);
		return true;
	}
	printf("%zu root-chain transactions were under way, %zu are\n", before,
	       after);
	return true;
}

bool cmd_resume(const struct command *command, struct error *error)
{
	struct session session;
	bool ok = session_begin(&session, command, error) &&
		  run_resume(&session, error);

	session_end(&session);
	return ok;
}
