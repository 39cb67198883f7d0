/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/transaction_codec.h"
#include "common/keys/address.h"
#include "wallet/cmd.h"
#include "wallet/cmd_exit_status.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_session.h"
#include "wallet/cmd_sync.h"

#define MAX_TRANSACTIONS 1000
#define MAX_TOKENS (PROTOCOL_MAX_INPUTS + PROTOCOL_MAX_OUTPUTS)

/* What a transaction did to one token of ours. */
struct change {
	struct token token;
	struct amount came; /* outputs of ours */
	struct amount went; /* inputs of ours */
};

struct entry {
	const struct wallet_transaction *from;
	bool is_deposit;
	bool has_other; /* somebody else is paid */
	struct address other;
	size_t count;
	struct change changes[MAX_TOKENS];
};

static struct change *change_of(struct entry *entry, const struct token *token)
{
	for (size_t i = 0; i < entry->count; i++) {
		if (token_equal(&entry->changes[i].token, token))
			return &entry->changes[i];
	}
	entry->changes[entry->count].token = *token;
	return &entry->changes[entry->count++];
}

/* What one transaction takes or makes of a token fits 256 bits (rule 47). */
static void add_to(struct amount *sum, struct amount more)
{
	bool ok = amount_add(sum, *sum, more);

	assert(ok);
}

static void add_outputs(struct entry *entry,
			const struct transaction *transaction,
			const struct address *account)
{
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];
		struct change *change;

		if (!address_equal(&output->owner, account)) {
			entry->has_other = true;
			entry->other = output->owner;
			continue;
		}
		change = change_of(entry, &output->token);
		add_to(&change->came, output->amount);
	}
}

static bool add_inputs(struct session *session, struct entry *entry,
		       const struct transaction *transaction,
		       struct error *error)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct change *change;
		struct coin coin;
		bool found;

		if (!wallet_store_coin(session->store, &found, &coin,
				       transaction->inputs[i], error))
			return false;
		if (!found ||
		    !address_equal(&coin.output.owner, &session->account))
			continue;
		change = change_of(entry, &coin.output.token);
		add_to(&change->went, coin.output.amount);
	}
	return true;
}

static bool read_entry(struct session *session, struct entry *out,
		       const struct wallet_transaction *from,
		       struct error *error)
{
	struct bytes raw = bytes_view(from->raw, from->raw_len);
	struct transaction transaction;

	memset(out, 0, sizeof(*out));
	out->from = from;
	if (transaction_decode_deposit(&transaction, raw) == VERDICT_VALID)
		out->is_deposit = true;
	else if (transaction_decode(&transaction, raw) != VERDICT_VALID)
		return error_set(error, ERROR_IO, "wallet.db is damaged");
	add_outputs(out, &transaction, &session->account);
	return add_inputs(session, out, &transaction, error);
}

static const char *kind_of(const struct entry *entry)
{
	bool paid = false;

	for (size_t i = 0; i < entry->count; i++)
		paid = paid || !amount_is_zero(entry->changes[i].went);
	if (entry->is_deposit)
		return "deposit";
	if (!paid)
		return "received";
	return entry->has_other ? "sent" : "merged";
}

/* "+1.5 ETH" or "-1.5 ETH". */
static void write_change(char *out, size_t size, const struct session *session,
			 const struct change *change)
{
	int order = amount_compare(change->came, change->went);
	char text[PRINT_AMOUNT_SIZE];
	struct amount difference;
	bool ok = order >= 0 ? amount_subtract(&difference, change->came,
					       change->went)
			     : amount_subtract(&difference, change->went,
					       change->came);

	print_amount(text, session->network, &change->token,
		     ok ? difference : amount_zero());
	(void)snprintf(out, size, "%s%s", order >= 0 ? "+" : "-",
		       text); /* it fits */
}

static void write_place(char *out, size_t size, const struct entry *entry)
{
	if (entry->from->is_included)
		(void)snprintf(out, size, "block %llu",
			       (unsigned long long)position_blknum(
				       entry->from->position)); /* it fits */
	else
		(void)snprintf(out, size, "in no block yet"); /* it fits */
}

static void print_row(struct print_table *table, const struct session *session,
		      const struct entry *entry)
{
	char text[PRINT_AMOUNT_SIZE + 1];
	char hash[HEX_SIZE(32)];

	print_instant(text, entry->from->block_time.seconds);
	print_table_cell(table, text);
	print_table_cell(table, kind_of(entry));
	write_place(text, sizeof(text), entry);
	print_table_cell(table, text);
	text[0] = '\0';
	if (entry->count > 0)
		write_change(text, sizeof(text), session, &entry->changes[0]);
	print_table_cell(table, text);
	hex_encode(hash, bytes_view(entry->from->hash.bytes, 32));
	print_table_cell(table, hash);
	for (size_t i = 1; i < entry->count; i++) {
		for (int column = 0; column < 3; column++)
			print_table_cell(table, "");
		write_change(text, sizeof(text), session, &entry->changes[i]);
		print_table_cell(table, text);
		print_table_cell(table, "");
	}
}

static json_t *entry_json(const struct session *session,
			  const struct entry *entry)
{
	json_t *object = json_object();
	json_t *changes = json_array();

	print_set_text(object, "kind", kind_of(entry));
	print_set_hash(object, "transaction", &entry->from->hash);
	print_set_bool(object, "included", entry->from->is_included);
	if (entry->from->is_included)
		print_set_number(object, "blknum",
				 position_blknum(entry->from->position));
	print_set_instant(object, "block_time",
			  entry->from->block_time.seconds);
	if (entry->has_other)
		print_set_address(object, "to", &entry->other);
	for (size_t i = 0; i < entry->count; i++) {
		const struct change *change = &entry->changes[i];
		char text[PRINT_AMOUNT_SIZE + 1];
		json_t *row = json_object();

		write_change(text, sizeof(text), session, change);
		print_set_address(row, "token", &change->token.address);
		print_set_amount(row, "came", change->came);
		print_set_amount(row, "went", change->went);
		print_set_text(row, "text", text);
		(void)json_array_append_new(changes, row); /* memory */
	}
	print_set(object, "changes", changes);
	return object;
}

/* ---- exits ---- */

static void print_exit(struct print_table *table, const struct session *session,
		       const struct own_exit *exit)
{
	bool leaves = exit->state == OWN_EXIT_WANTED ||
		      exit->state == OWN_EXIT_STARTED ||
		      exit->state == OWN_EXIT_PAID;
	char amount[PRINT_AMOUNT_SIZE];
	char text[PRINT_AMOUNT_SIZE + 1];
	char hash[HEX_SIZE(32)];

	print_instant(text, exit->wanted_at.seconds);
	print_table_cell(table, text);
	print_table_cell(table, "exit");
	print_table_cell(table, exit_status_name(exit->state));
	print_amount(amount, session->network, &exit->token, exit->amount);
	(void)snprintf(text, sizeof(text), "%s%s", leaves ? "-" : "",
		       amount); /* it fits */
	print_table_cell(table, text);
	hex_encode(hash, bytes_view(exit->hash.bytes, 32));
	print_table_cell(table, hash);
}

static json_t *exit_json(const struct session *session,
			 const struct own_exit *exit)
{
	json_t *object = json_object();

	print_set_text(object, "kind", "exit");
	print_set_hash(object, "transaction", &exit->hash);
	print_set_position(object, "position", exit->position);
	print_set_bool(object, "in_flight", exit_id_is_in_flight(&exit->id));
	print_set_text(object, "state", exit_status_name(exit->state));
	print_set_instant(object, "wanted_at", exit->wanted_at.seconds);
	print_set_token_amount(object, session->network, &exit->token,
			       exit->amount);
	return object;
}

/* ---- all, the newest first ---- */

struct history {
	struct session *session;
	struct wallet_transaction *transactions; /* the newest first */
	size_t count;
	struct own_exit *exits; /* the oldest first */
	size_t exits_left;
	struct print_table *table;
	json_t *rows;
};

/* The exits that were wanted after that time, wall time against root-chain
 * time, which is near enough for the order of a list. */
static void say_exits_after(struct history *history, uint64_t time)
{
	while (history->exits_left > 0) {
		const struct own_exit *exit =
			&history->exits[history->exits_left - 1];

		if (exit->wanted_at.seconds < time)
			return;
		history->exits_left--;
		if (history->session->command->is_json)
			(void)json_array_append_new(
				history->rows,
				exit_json(history->session, exit)); /* memory */
		else
			print_exit(history->table, history->session, exit);
	}
}

static bool say_entries(struct history *history, struct error *error)
{
	struct session *session = history->session;
	struct entry entry;

	for (size_t i = 0; i < history->count; i++) {
		const struct wallet_transaction *from =
			&history->transactions[i];

		if (!read_entry(session, &entry, from, error))
			return false;
		if (entry.count == 0)
			continue; /* of another account in this wallet */
		if (from->is_included)
			say_exits_after(history, from->block_time.seconds);
		if (session->command->is_json)
			(void)json_array_append_new(
				history->rows,
				entry_json(session, &entry)); /* memory */
		else
			print_row(history->table, session, &entry);
	}
	say_exits_after(history, 0);
	return true;
}

static bool say_history(struct history *history, struct error *error)
{
	static const char *const heads[] = { "TIME", "KIND", "WHERE", "CHANGE",
					     "TRANSACTION" };
	const struct session *session = history->session;
	bool is_json = session->command->is_json;

	history->table = print_table_new(5);
	history->rows = json_array();
	for (size_t i = 0; i < 5 && !is_json; i++)
		print_table_cell(history->table, heads[i]);
	bool ok = say_entries(history, error);
	print_table_end(history->table);
	if (!ok || !is_json) {
		json_decref(history->rows);
		return ok;
	}
	json_t *object = print_object_new("history");
	print_set_address(object, "address", &session->account);
	print_set(object, "entries", history->rows);
	print_json(object);
	return true;
}

static bool run_history(struct session *session, struct error *error)
{
	struct history history = { .session = session };
	struct sync sync;

	bool ok = session_find_account(session, error) &&
		  session_open_stores(session, error) &&
		  sync_account(session, &sync, error) &&
		  wallet_store_transactions_newest(
			  session->store, &history.transactions, &history.count,
			  MAX_TRANSACTIONS, error) &&
		  wallet_store_exits(session->store, &history.exits,
				     &history.exits_left, &session->account,
				     error) &&
		  say_history(&history, error);
	memory_free(history.transactions);
	memory_free(history.exits);
	return ok;
}

bool cmd_history(const struct command *command, struct error *error)
{
	struct session session;
	bool ok = session_begin(&session, command, error) &&
		  run_history(&session, error);

	session_end(&session);
	return ok;
}
