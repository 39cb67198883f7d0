/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "wallet/cmd.h"
#include "wallet/cmd_pay.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_session.h"
#include "wallet/cmd_sync.h"
#include "wallet/coin_selection.h"
#include "wallet/operator_client.h"
#include "wallet/payment.h"
#include "wallet/problem.h"

/* Merges of one call. */
#define MAX_MERGES 100

struct send {
	struct session session;
	struct sync sync;
	struct coin *coins; /* those that are free */
	size_t count;
	struct payment_wish wish;
};

static bool is_dry_run(const struct send *send)
{
	return options_has(send->session.command->options, "dry-run");
}

/* Keeps the coins that can be signed away now. */
static void keep_free(struct send *send)
{
	bool without_watcher =
		options_has(send->session.command->options, "without-watcher");
	size_t kept = 0;

	for (size_t i = 0; i < send->count; i++) {
		if (sync_coin_is_free(&send->coins[i], without_watcher))
			send->coins[kept++] = send->coins[i];
	}
	send->count = kept;
}

/* Account, key, state of the chain, coins: everything before a payment is
 * decided on. */
static bool prepare(struct send *send, struct error *error)
{
	struct session *session = &send->session;

	if (!session_need_operator(session, error) ||
	    !session_open_key(session, error) ||
	    !session_open_stores(session, error) ||
	    !sync_account(session, &send->sync, error) ||
	    !sync_check_quiet(session, &send->sync, error) ||
	    !sync_coins(session, &send->coins, &send->count, error))
		return false;
	keep_free(send);
	return true;
}

/* ---- the fee ---- */

static bool find_fee(struct send *send, const struct operator_fees *fees,
		     const struct token *token)
{
	for (size_t i = 0; i < fees->count; i++) {
		if (!token_equal(&fees->of[i].token, token))
			continue;
		send->wish.fee_token = fees->of[i].token;
		send->wish.fee = fees->of[i].amount;
		return true;
	}
	return false;
}

/* In the token that was asked for, else in that of the payment, else in ether,
 * else in the first one that the operator lists. */
static bool choose_fee(struct send *send, struct error *error)
{
	const struct session *session = &send->session;
	const char *text =
		options_value(session->command->options, "fee-token");
	struct operator_fees fees;
	struct token wanted;

	if (!operator_client_fees(session->operator_service, &fees, error))
		return false;
	if (text != NULL) {
		if (!session_read_token(session, &wanted, text, error))
			return false;
		return find_fee(send, &fees, &wanted)
			       ? true
			       : problem_set(error, PROBLEM_NO_FEE,
					     "the operator takes no fee in %s",
					     text);
	}
	if (find_fee(send, &fees, &send->wish.token) ||
	    find_fee(send, &fees, &TOKEN_ETH))
		return true;
	return fees.count > 0 && find_fee(send, &fees, &fees.of[0].token)
		       ? true
		       : problem_set(error, PROBLEM_NO_FEE,
				     "the operator lists no fee");
}

/* The most of a token that may go as a fee without being asked for: of ether
 * what the configuration says, of what is paid a tenth, of others nothing. */
static bool find_limit(const struct send *send, struct amount *out,
		       struct error *error)
{
	const struct payment_wish *wish = &send->wish;
	struct u256 wei;

	if (token_is_eth(&wish->fee_token)) {
		if (!config_wei(&wei, send->session.command->config, "wallet",
				"max_child_fee", error))
			return false;
		*out = amount_from_u256(wei);
	} else if (!token_equal(&wish->fee_token, &wish->token) ||
		   !amount_scale(out, wish->amount, 1, 10)) {
		*out = amount_zero();
	}
	return true;
}

/* The operator may ask for anything: more than this is not paid. */
static bool check_fee(const struct send *send, struct error *error)
{
	const struct session *session = &send->session;
	const struct payment_wish *wish = &send->wish;
	const char *text = options_value(session->command->options, "max-fee");
	char asked[PRINT_AMOUNT_SIZE];
	char allowed[PRINT_AMOUNT_SIZE];
	struct amount most;

	if (text == NULL ? !find_limit(send, &most, error)
			 : !session_read_amount_of(session, &wish->fee_token,
						   &most, text, error))
		return false;
	if (amount_compare(wish->fee, most) <= 0)
		return true;
	print_amount(asked, session->network, &wish->fee_token, wish->fee);
	print_amount(allowed, session->network, &wish->fee_token, most);
	return problem_set(error, PROBLEM_FEE_TOO_HIGH,
			   "the operator asks for a fee of %s, and %s are "
			   "allowed",
			   asked, allowed);
}

/* ---- what is said ---- */

static json_t *outputs_json(const struct send *send,
			    const struct transaction *transaction)
{
	json_t *outputs = json_array();

	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];
		json_t *row = json_object();

		print_set_address(row, "owner", &output->owner);
		print_set_token_amount(row, send->session.network,
				       &output->token, output->amount);
		(void)json_array_append_new(outputs, row); /* memory */
	}
	return outputs;
}

static json_t *result_json(const struct send *send,
			   const struct transaction *transaction,
			   const struct payment_raw *raw,
			   const struct pay_result *result)
{
	json_t *object = json_object();
	json_t *inputs = json_array();

	print_set_hash(object, "transaction", &raw->hash);
	print_set_hex(object, "raw", bytes_view(raw->bytes, raw->len));
	for (size_t i = 0; i < transaction->input_count; i++) {
		char position[POSITION_TEXT_SIZE];

		position_format(position, transaction->inputs[i]);
		(void)json_array_append_new(inputs,
					    json_string(position)); /* memory */
	}
	print_set(object, "inputs", inputs);
	print_set(object, "outputs", outputs_json(send, transaction));
	print_set_bool(object, "accepted", result->is_accepted);
	if (result->is_accepted) {
		print_set_number(object, "forecast_blknum",
				 result->forecast.blknum);
		print_set_number(object, "forecast_txindex",
				 result->forecast.txindex);
	}
	return object;
}

static void say_payment(const struct send *send,
			const struct transaction *transaction)
{
	char amount[PRINT_AMOUNT_SIZE];
	char to[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];

		address_format(to, &output->owner);
		print_amount(amount, send->session.network, &output->token,
			     output->amount);
		printf("%s to %s%s\n", amount, to,
		       address_equal(&output->owner, &send->wish.from)
			       ? " (you)"
			       : "");
	}
	if (!amount_is_zero(send->wish.fee)) {
		print_amount(amount, send->session.network,
			     &send->wish.fee_token, send->wish.fee);
		printf("%s fee\n", amount);
	}
}

static void say_result(const struct payment_raw *raw,
		       const struct pay_result *result)
{
	char hash[HEX_SIZE(32)];

	hex_encode(hash, bytes_view(raw->hash.bytes, 32));
	if (!result->is_accepted)
		printf("%s would be signed\n", hash);
	else
		printf("%s accepted, forecast for block %llu\n"
		       "It is paid when your watcher has seen it in a "
		       "block.\n",
		       hash, (unsigned long long)result->forecast.blknum);
}

/* Signs and hands in, unless it is only to be shown. */
static bool carry_out(struct send *send, struct pay_result *result,
		      const struct payment_raw *raw, struct error *error)
{
	struct signed_spend_form form;

	memset(result, 0, sizeof(*result));
	if (is_dry_run(send))
		return true;
	return pay_sign(&send->session, &form, raw, error) &&
	       pay_submit(&send->session, result, &form, &raw->hash, error);
}

/* ---- send ---- */

static bool read_wish(struct send *send, struct error *error)
{
	const struct options *options = send->session.command->options;
	const char *metadata = options_value(options, "metadata");
	struct payment_wish *wish = &send->wish;

	if (options->argument_count != 2)
		return error_set(error, ERROR_USAGE,
				 "send: to whom, and how much?");
	if (!session_read_address(&wish->to, options->arguments[0], error) ||
	    !session_read_amount(&send->session, &wish->token, &wish->amount,
				 options->arguments[1],
				 options_value(options, "token"), error))
		return false;
	if (metadata != NULL &&
	    !hex_decode(wish->metadata.bytes, 32, metadata, strlen(metadata)))
		return error_set(error, ERROR_USAGE,
				 "--metadata: not 32 bytes of hex");
	return true;
}

static bool say_shortage(const struct send *send,
			 enum coin_selection_result result,
			 const struct coin_need *need,
			 const struct coin_selection *selection,
			 struct error *error)
{
	char wanted[PRINT_AMOUNT_SIZE];
	char there[PRINT_AMOUNT_SIZE];

	print_amount(wanted, send->session.network, &need->token, need->amount);
	print_amount(there, send->session.network, &need->token,
		     selection->available);
	if (result == COIN_SELECTION_TOO_SCATTERED)
		return problem_set(error, PROBLEM_TOO_SCATTERED,
				   "%s lie in more than five coins", wanted);
	return problem_set(error, PROBLEM_NOT_ENOUGH,
			   "%s are needed, and %s are free", wanted, there);
}

static bool build_payment(struct send *send, struct transaction *out,
			  struct error *error)
{
	struct coin_need needs[COIN_SELECTION_MAX_NEEDS];
	struct coin_selection selection;
	size_t need_count = payment_needs(needs, &send->wish);

	if (need_count == 0)
		return problem_set(error, PROBLEM_BAD_AMOUNT,
				   "amount and fee are more than 256 bits");
	enum coin_selection_result result = coin_selection_choose(
		&selection, send->coins, send->count, needs, need_count);
	if (result != COIN_SELECTION_FOUND)
		return say_shortage(send, result, &needs[selection.failed_need],
				    &selection, error);
	*out = payment_build(&send->wish, send->coins, &selection);
	return sync_check_verified(&send->session, &send->sync, send->coins,
				   selection.chosen, selection.count, error);
}

static bool run_send(struct send *send, struct error *error)
{
	struct transaction transaction;
	struct pay_result result;

	if (!read_wish(send, error) || !prepare(send, error) ||
	    !choose_fee(send, error) || !check_fee(send, error))
		return false;
	send->wish.from = send->session.account;
	if (!build_payment(send, &transaction, error))
		return false;
	struct payment_raw raw = payment_encode(&transaction);
	if (!send->session.command->is_json)
		say_payment(send, &transaction);
	if (!carry_out(send, &result, &raw, error))
		return false;
	if (send->session.command->is_json) {
		json_t *object = print_object_new("payment");
		json_t *row = result_json(send, &transaction, &raw, &result);

		(void)json_object_update(object, row); /* memory */
		json_decref(row);
		print_json(object);
	} else {
		say_result(&raw, &result);
	}
	return true;
}

/* ---- merge ---- */

/* Takes the chosen coins out, so that the next merge finds others. */
static void take_out(struct send *send, const size_t *chosen, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < send->count; i++) {
		bool is_chosen = false;

		for (size_t j = 0; j < count; j++)
			is_chosen = is_chosen || chosen[j] == i;
		if (!is_chosen)
			send->coins[kept++] = send->coins[i];
	}
	send->count = kept;
}

static bool merge_once(struct send *send, json_t *rows, const size_t *chosen,
		       size_t count, struct error *error)
{
	struct transaction transaction =
		payment_merge(send->coins, chosen, count);
	struct payment_raw raw = payment_encode(&transaction);
	struct pay_result result;

	if (!sync_check_verified(&send->session, &send->sync, send->coins,
				 chosen, count, error))
		return false;
	if (!send->session.command->is_json)
		say_payment(send, &transaction);
	if (!carry_out(send, &result, &raw, error))
		return false;
	if (send->session.command->is_json)
		(void)json_array_append_new(
			rows, result_json(send, &transaction, &raw,
					  &result)); /* memory */
	else
		say_result(&raw, &result);
	take_out(send, chosen, count);
	return true;
}

/* The next token that has something to merge; false if none has. */
static bool next_merge(const struct send *send, size_t *chosen, size_t *count,
		       const struct token *only)
{
	for (size_t i = 0; i < send->count; i++) {
		const struct token *token = &send->coins[i].output.token;

		if (only != NULL && !token_equal(token, only))
			continue;
		*count = coin_selection_merge(chosen, send->coins, send->count,
					      token);
		if (*count > 0)
			return true;
	}
	return false;
}

static bool merge_all(struct send *send, json_t *rows, size_t *done,
		      const struct token *only, struct error *error)
{
	bool is_all = options_has(send->session.command->options, "all");
	size_t chosen[PROTOCOL_MAX_INPUTS];
	size_t most = is_all ? MAX_MERGES : 1;
	size_t count;

	*done = 0;
	while (*done < most && next_merge(send, chosen, &count, only)) {
		if (!merge_once(send, rows, chosen, count, error))
			return false;
		*done += 1;
	}
	return true;
}

static bool run_merge(struct send *send, struct error *error)
{
	const char *text =
		options_value(send->session.command->options, "token");
	struct token token;
	size_t done;

	if ((text != NULL &&
	     !session_read_token(&send->session, &token, text, error)) ||
	    !prepare(send, error))
		return false;
	send->wish.from = send->session.account;
	json_t *rows = json_array();
	bool ok = merge_all(send, rows, &done, text == NULL ? NULL : &token,
			    error);
	if (ok && done == 0)
		ok = problem_set(error, PROBLEM_NOTHING_TO_DO,
				 "no token has two free coins");
	if (!ok || !send->session.command->is_json) {
		json_decref(rows);
		return ok;
	}
	json_t *object = print_object_new("merges");
	print_set(object, "merges", rows);
	print_json(object);
	return true;
}

bool cmd_send(const struct command *command, struct error *error)
{
	struct send *send = memory_new(1, sizeof(*send));
	bool ok = session_begin(&send->session, command, error);

	if (ok)
		ok = options_is(command->options, "merge")
			     ? run_merge(send, error)
			     : run_send(send, error);
	memory_free(send->coins);
	session_end(&send->session);
	memory_free(send);
	return ok;
}
