/* SPDX-License-Identifier: MIT */
#include "watcher/coin_api.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/codec/eip712.h"
#include "common/service/omg_answer.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/exit_store.h"
#include "watcher/inclusion_store.h"
#include "watcher/known_store.h"
#include "watcher/row_api.h"

/* A chain with fewer transactions is searched for coins of anybody. */
#define SMALL_CHAIN 1000000
#define MOST_COINS 100000
#define PAGE_COINS 1000
#define ARENA_CEILING ((size_t)64 << 20)

/* ---- coins of an owner ---- */

/* The number that a statement gives; 0 without a row. */
static bool read_number(struct call *call, uint64_t *out, struct statement *row)
{
	enum statement_result result = statement_step(row, &call->error);

	*out = result == STATEMENT_ROW ? statement_u64(row, 0) : 0;
	statement_end(row);
	return result != STATEMENT_FAILED;
}

/* Whether the coins of the owner have an index. */
static bool choose_source(struct call *call, bool *is_watched,
			  const struct address *owner)
{
	struct statement *row =
		statement_begin(call->database, SQL_WATCHER_IS_OWNER);
	uint64_t number;

	statement_bind_bytes(row, 1, bytes_view(owner->bytes, 20));
	if (!read_number(call, &number, row))
		return false;
	*is_watched = number == 1;
	if (*is_watched)
		return true;
	if (!read_number(
		    call, &number,
		    statement_begin(call->database,
				    SQL_WATCHER_APPLIED_TRANSACTION_COUNT)))
		return false;
	return number <= SMALL_CHAIN ||
	       call_refuse(call, "account:not_watched",
			   "this watcher looks after other accounts: name the "
			   "account with --owner");
}

bool coin_api_list_new(struct call *call, struct watched_coin **out,
		       size_t *count, const struct address *owner)
{
	struct watched_coin *coins = NULL;
	struct position from = { 0 };
	bool is_watched = false;
	size_t got = PAGE_COINS;
	bool ok = choose_source(call, &is_watched, owner);

	*count = 0;
	while (ok && got == PAGE_COINS && *count < MOST_COINS) {
		coins = memory_resize(coins, *count + PAGE_COINS,
				      sizeof(*coins));
		ok = is_watched
			     ? watcher_store_own_coins(call->database,
						       coins + *count, &got,
						       PAGE_COINS, owner, from,
						       true, &call->error)
			     : watcher_store_scan_coins(
				       call->database, coins + *count, &got,
				       PAGE_COINS, owner, from, &call->error);
		if (ok && got > 0) {
			*count += got;
			from = coins[*count - 1].position;
			from.packed++;
		}
	}
	if (!ok) {
		memory_free(coins);
		return false;
	}
	*out = coins;
	return true;
}

/* True in `leaves` if a standard exit of the coin is under way. */
static bool is_leaving(struct call *call, bool *leaves,
		       const struct watched_coin *coin)
{
	struct recorded_standard_exit exit;
	bool found;

	if (!exit_store_standard_of_output(call->database, &found, &exit,
					   coin->position, &call->error))
		return false;
	*leaves = found && exit.ended_at == 0 && exit.challenged_at == 0;
	return true;
}

static bool put_coins(struct call *call, const struct watched_coin *coins,
		      size_t count, bool exitable_only)
{
	struct row_reader reader;
	const char *separator = "";
	bool ok = true;

	row_reader_init(&reader, call->database, call->bodies);
	(void)growing_buffer_put_byte(call->out, '[');
	for (size_t i = 0; i < count && ok; i++) {
		bool leaves = false;

		if (exitable_only)
			ok = is_leaving(call, &leaves, &coins[i]);
		if (!ok || leaves ||
		    (exitable_only &&
		     coins[i].output.type != PROTOCOL_OUTPUT_TYPE_PAYMENT))
			continue;
		(void)growing_buffer_format(call->out, "%s", separator);
		separator = ",";
		ok = row_reader_put_coin(&reader, call->out, &coins[i],
					 &call->error);
	}
	(void)growing_buffer_put_byte(call->out, ']');
	row_reader_clear(&reader);
	return ok;
}

static bool list_coins(struct call *call, bool exitable_only)
{
	struct watched_coin *coins;
	struct address owner;
	size_t count;

	if (!call_address(call, &owner, "address") ||
	    !coin_api_list_new(call, &coins, &count, &owner))
		return false;
	bool ok = put_coins(call, coins, count, exitable_only);
	memory_free(coins);
	return ok;
}

bool coin_api_coins(struct call *call)
{
	return list_coins(call, false);
}

bool coin_api_exitable(struct call *call)
{
	return list_coins(call, true);
}

/* ---- balances ---- */

struct balance {
	struct token token;
	struct amount amount;
};

/* Adds a coin to the balance of its token, which has its place. */
static bool add_coin(struct balance *balances, size_t *count,
		     const struct output *output)
{
	size_t at = 0;

	while (at < *count &&
	       token_compare(&balances[at].token, &output->token) < 0)
		at++;
	if (at == *count || !token_equal(&balances[at].token, &output->token)) {
		memmove(balances + at + 1, balances + at,
			(*count - at) * sizeof(*balances));
		balances[at] = (struct balance){ output->token, amount_zero() };
		*count += 1;
	}
	return amount_add(&balances[at].amount, balances[at].amount,
			  output->amount);
}

bool coin_api_balance(struct call *call)
{
	struct watched_coin *coins;
	struct address owner;
	size_t coin_count;
	size_t count = 0;

	if (!call_address(call, &owner, "address") ||
	    !coin_api_list_new(call, &coins, &coin_count, &owner))
		return false;
	struct balance *balances =
		memory_new(coin_count + 1, sizeof(*balances));
	bool ok = true;
	for (size_t i = 0; i < coin_count && ok; i++)
		ok = add_coin(balances, &count, &coins[i].output) ||
		     error_set(&call->error, ERROR_IO,
			       "the coins of a token have no sum");
	(void)growing_buffer_put_byte(call->out, '[');
	for (size_t i = 0; i < count; i++) {
		(void)growing_buffer_format(
			call->out, "%s{\"currency\":", i == 0 ? "" : ",");
		omg_answer_put_hex(
			call->out,
			bytes_view(balances[i].token.address.bytes, 20));
		(void)growing_buffer_format(call->out, ",\"amount\":");
		omg_answer_put_u256(call->out,
				    amount_to_u256(balances[i].amount));
		(void)growing_buffer_put_byte(call->out, '}');
	}
	(void)growing_buffer_put_byte(call->out, ']');
	memory_free(balances);
	memory_free(coins);
	return ok;
}

/* ---- exits ---- */

static void put_exit_data(struct growing_buffer *out, struct position position,
			  const struct inclusion *inclusion)
{
	(void)growing_buffer_format(out, "{\"utxo_pos\":");
	omg_answer_put_u256(out, position_to_u256(position));
	(void)growing_buffer_format(out, ",\"txbytes\":");
	omg_answer_put_hex(out, inclusion->raw);
	(void)growing_buffer_format(out, ",\"proof\":");
	omg_answer_put_hex(
		out, bytes_view(inclusion->proof, sizeof(inclusion->proof)));
	(void)growing_buffer_put_byte(out, '}');
}

bool coin_api_exit_data(struct call *call)
{
	struct watched_coin coin;
	struct inclusion inclusion;
	struct position position;
	bool found;

	if (!call_position(call, &position, "utxo_pos") ||
	    !watcher_store_coin(call->database, &found, &coin, position,
				&call->error))
		return false;
	if (!found)
		return call_refuse(call, "utxo:not_found",
				   "no verified block has this output");
	bool ok = inclusion_store_find(call->bodies, &found, &inclusion,
				       call->database, position, &call->error);
	if (ok && !found)
		ok = call_refuse(call, "utxo:bytes_unknown",
				 "the bytes of the deposit are not known");
	if (ok)
		put_exit_data(call->out, position, &inclusion);
	inclusion_clear(&inclusion);
	return ok;
}

static void put_challenge(struct growing_buffer *out,
			  const struct exit_id *exit_id,
			  const struct known_spend *spend, struct bytes exiting)
{
	(void)growing_buffer_format(out, "{\"exit_id\":");
	omg_answer_put_u256(out, exit_id_to_u256(exit_id));
	(void)growing_buffer_format(out, ",\"exiting_tx\":");
	omg_answer_put_hex(out, exiting);
	(void)growing_buffer_format(out, ",\"txbytes\":");
	omg_answer_put_hex(out, spend->raw);
	(void)growing_buffer_format(
		out, ",\"input_index\":%u,\"sig\":", spend->input_index);
	omg_answer_put_hex(out,
			   bytes_view(spend->witness.bytes, SIGNATURE_SIZE));
	(void)growing_buffer_put_byte(out, '}');
}

static bool challenge_exit(struct call *call, struct arena *arena,
			   const struct recorded_standard_exit *exit)
{
	struct known_sources sources = {
		.database = call->database,
		.bodies = call->bodies,
		.domain = eip712_domain_separator(
			&call->network->plasma_framework),
	};
	struct known_spend_list spends;
	struct growing_buffer exiting;

	if (!known_store_spends(&sources, arena, &spends, exit->exit.position,
				&exit->exit.output.owner, &call->error))
		return false;
	const struct known_spend *spend = known_spend_best(&spends, NULL);
	if (spend == NULL)
		return call_refuse(call, "utxo:not_spent",
				   "nobody is known to spend the output");
	growing_buffer_init(&exiting, PROTOCOL_MAX_RAW_SIZE);
	bool ok = exit_store_output_tx(call->database, &exiting, exit->place,
				       &call->error);
	if (ok)
		put_challenge(call->out, &exit->exit.id, spend,
			      growing_buffer_view(&exiting));
	growing_buffer_clear(&exiting);
	return ok;
}

bool coin_api_challenge_data(struct call *call)
{
	struct recorded_standard_exit exit;
	struct position position;
	struct arena arena;
	bool found;

	if (!call_position(call, &position, "utxo_pos") ||
	    !exit_store_standard_of_output(call->database, &found, &exit,
					   position, &call->error))
		return false;
	if (!found || exit.ended_at != 0 || exit.challenged_at != 0)
		return call_refuse(call, "exit:not_found",
				   "no standard exit of this output can be "
				   "challenged");
	arena_init(&arena, ARENA_CEILING);
	bool ok = challenge_exit(call, &arena, &exit);
	arena_clear(&arena);
	return ok;
}
