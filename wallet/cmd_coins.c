/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/keys/address.h"
#include "wallet/cmd.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_session.h"
#include "wallet/cmd_sync.h"

#define MAX_TOKENS 256

static const char *status_name(const struct coin *coin)
{
	switch (coin->status) {
	case COIN_STATUS_UNSPENT:
		if (coin->is_claimed)
			return "signed away";
		return coin->is_verified ? "free" : "not verified";
	case COIN_STATUS_SPENT:
		return "spent";
	case COIN_STATUS_EXITING:
		return "exiting";
	case COIN_STATUS_EXITED:
		return "exited";
	case COIN_STATUS_GONE:
		break;
	}
	return "gone";
}

static bool is_ours_still(const struct coin *coin)
{
	return coin->status == COIN_STATUS_UNSPENT ||
	       coin->status == COIN_STATUS_EXITING;
}

/* ---- balance ---- */

struct balance {
	struct token token;
	struct amount free;
	struct amount signed_away; /* in payments that are in no block yet */
	struct amount exiting;
	struct amount unverified; /* deposits that the watcher waits for */
};

struct balances {
	size_t count;
	struct balance of[MAX_TOKENS];
};

static struct balance *find_balance(struct balances *all,
				    const struct token *token)
{
	for (size_t i = 0; i < all->count; i++) {
		if (token_equal(&all->of[i].token, token))
			return &all->of[i];
	}
	if (all->count == MAX_TOKENS)
		return NULL;
	all->of[all->count].token = *token;
	return &all->of[all->count++];
}

static bool add_coin(struct balances *all, const struct coin *coin)
{
	struct balance *balance = find_balance(all, &coin->output.token);
	struct amount *part;

	if (balance == NULL)
		return false;
	part = &balance->free;
	if (coin->status == COIN_STATUS_EXITING)
		part = &balance->exiting;
	else if (coin->is_claimed)
		part = &balance->signed_away;
	else if (!coin->is_verified)
		part = &balance->unverified;
	return amount_add(part, *part, coin->output.amount);
}

static void set_part(json_t *row, const char *key, const char *text_key,
		     const struct session *session, const struct token *token,
		     struct amount amount)
{
	char text[PRINT_AMOUNT_SIZE];

	print_amount(text, session->network, token, amount);
	print_set_amount(row, key, amount);
	print_set_text(row, text_key, text);
}

static void print_balances_json(const struct session *session,
				const struct balances *all, bool is_asked)
{
	json_t *object = print_object_new("balance");
	json_t *rows = json_array();

	print_set_address(object, "address", &session->account);
	print_set_bool(object, "watcher_asked", is_asked);
	for (size_t i = 0; i < all->count; i++) {
		const struct balance *one = &all->of[i];
		char name[PRINT_TOKEN_SIZE];
		json_t *row = json_object();

		print_token_name(name, session->network, &one->token);
		print_set_address(row, "token", &one->token.address);
		print_set_text(row, "symbol", name);
		set_part(row, "free", "free_text", session, &one->token,
			 one->free);
		set_part(row, "signed_away", "signed_away_text", session,
			 &one->token, one->signed_away);
		set_part(row, "exiting", "exiting_text", session, &one->token,
			 one->exiting);
		set_part(row, "unverified", "unverified_text", session,
			 &one->token, one->unverified);
		(void)json_array_append_new(rows, row); /* memory */
	}
	print_set(object, "balances", rows);
	print_json(object);
}

static void print_part(struct print_table *table, const struct session *session,
		       const struct token *token, struct amount amount)
{
	char text[PRINT_AMOUNT_SIZE];

	print_amount(text, session->network, token, amount);
	print_table_cell(table, amount_is_zero(amount) ? "-" : text);
}

static void print_balances(const struct session *session,
			   const struct balances *all)
{
	struct print_table *table = print_table_new(4);

	print_table_cell(table, "FREE");
	print_table_cell(table, "SIGNED AWAY");
	print_table_cell(table, "EXITING");
	print_table_cell(table, "NOT VERIFIED");
	for (size_t i = 0; i < all->count; i++) {
		const struct balance *one = &all->of[i];

		print_part(table, session, &one->token, one->free);
		print_part(table, session, &one->token, one->signed_away);
		print_part(table, session, &one->token, one->exiting);
		print_part(table, session, &one->token, one->unverified);
	}
	print_table_end(table);
}

static bool say_balance(const struct session *session, const struct sync *sync,
			const struct coin *coins, size_t count,
			struct error *error)
{
	struct balances *all = memory_new(1, sizeof(*all));
	bool ok = true;

	for (size_t i = 0; ok && i < count; i++)
		ok = !is_ours_still(&coins[i]) || add_coin(all, &coins[i]);
	if (!ok)
		(void)error_set(error, ERROR_SOFTWARE,
				"more money than 256 bits, or more than %d "
				"tokens",
				MAX_TOKENS);
	else if (session->command->is_json)
		print_balances_json(session, all, sync->is_asked);
	else
		print_balances(session, all);
	memory_free(all);
	return ok;
}

/* ---- coins ---- */

static void print_coins_json(const struct session *session,
			     const struct coin *coins, size_t count,
			     bool is_all, bool is_asked)
{
	json_t *object = print_object_new("coins");
	json_t *rows = json_array();

	print_set_address(object, "address", &session->account);
	print_set_bool(object, "watcher_asked", is_asked);
	for (size_t i = 0; i < count; i++) {
		const struct coin *coin = &coins[i];
		json_t *row;

		if (!is_all && !is_ours_still(coin))
			continue;
		row = json_object();
		print_set_position(row, "position", coin->position);
		print_set_number(row, "blknum",
				 position_blknum(coin->position));
		print_set_token_amount(row, session->network,
				       &coin->output.token,
				       coin->output.amount);
		print_set_text(row, "status", status_name(coin));
		print_set_bool(row, "has_proof", coin->has_proof);
		print_set_hash(row, "transaction", &coin->transaction_hash);
		(void)json_array_append_new(rows, row); /* memory */
	}
	print_set(object, "coins", rows);
	print_json(object);
}

static void print_coins(const struct session *session, const struct coin *coins,
			size_t count, bool is_all)
{
	struct print_table *table = print_table_new(4);

	print_table_cell(table, "POSITION");
	print_table_cell(table, "STATUS");
	print_table_cell(table, "PROOF");
	print_table_cell(table, "AMOUNT");
	for (size_t i = 0; i < count; i++) {
		char position[POSITION_TEXT_SIZE];
		char amount[PRINT_AMOUNT_SIZE];

		if (!is_all && !is_ours_still(&coins[i]))
			continue;
		position_format(position, coins[i].position);
		print_amount(amount, session->network, &coins[i].output.token,
			     coins[i].output.amount);
		print_table_cell(table, position);
		print_table_cell(table, status_name(&coins[i]));
		print_table_cell(table, coins[i].has_proof ? "yes" : "no");
		print_table_cell(table, amount);
	}
	print_table_end(table);
}

static bool run_coins(struct session *session, struct error *error)
{
	const struct options *options = session->command->options;
	bool is_all = options_has(options, "all");
	struct coin *coins = NULL;
	struct sync sync;
	size_t count;

	if (!session_find_account(session, error) ||
	    !session_open_stores(session, error) ||
	    !sync_account(session, &sync, error) ||
	    !sync_coins(session, &coins, &count, error))
		return false;
	sync_mark_unreached(coins, count, &sync);
	bool ok = true;
	if (options_is(options, "balance"))
		ok = say_balance(session, &sync, coins, count, error);
	else if (session->command->is_json)
		print_coins_json(session, coins, count, is_all, sync.is_asked);
	else
		print_coins(session, coins, count, is_all);
	memory_free(coins);
	return ok;
}

bool cmd_coins(const struct command *command, struct error *error)
{
	struct session session;
	bool ok = session_begin(&session, command, error) &&
		  run_coins(&session, error);

	session_end(&session);
	return ok;
}
