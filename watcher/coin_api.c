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

/* The unspent coins of an owner, a page at a time. */
struct coin_walk {
	struct call *call;
	struct address owner;
	bool is_watched;
	bool is_over;
	struct position from;
	struct watched_coin *page;
	size_t count; /* of the page */
};

/* End it with walk_end() in any case. */
static bool walk_begin(struct coin_walk *walk, struct call *call,
		       const struct address *owner)
{
	*walk = (struct coin_walk){ .call = call, .owner = *owner };
	walk->page = memory_new(PAGE_COINS, sizeof(*walk->page));
	return choose_source(call, &walk->is_watched, owner);
}

/* Reads the next page; at the end it is empty. */
static bool walk_next(struct coin_walk *walk)
{
	struct call *call = walk->call;
	bool ok = true;

	walk->count = 0;
	if (walk->is_over)
		return true;
	ok = walk->is_watched
		     ? watcher_store_own_coins(call->database, walk->page,
					       &walk->count, PAGE_COINS,
					       &walk->owner, walk->from, true,
					       &call->error)
		     : watcher_store_scan_coins(call->database, walk->page,
						&walk->count, PAGE_COINS,
						&walk->owner, walk->from,
						&call->error);
	walk->is_over = walk->count < PAGE_COINS;
	if (ok && walk->count > 0) {
		walk->from = walk->page[walk->count - 1].position;
		walk->from.packed++;
	}
	return ok;
}

static void walk_end(struct coin_walk *walk)
{
	memory_free(walk->page);
}

bool coin_api_list_new(struct call *call, struct watched_coin **out,
		       size_t *count, const struct address *owner)
{
	struct watched_coin *coins = NULL;
	struct coin_walk walk;
	bool ok = walk_begin(&walk, call, owner);

	*count = 0;
	while (ok && (ok = walk_next(&walk)) && walk.count > 0 &&
	       *count < MOST_COINS) {
		coins = memory_resize(coins, *count + walk.count,
				      sizeof(*coins));
		memcpy(coins + *count, walk.page, walk.count * sizeof(*coins));
		*count += walk.count;
	}
	walk_end(&walk);
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

/* One coin, behind the separator that it needs, unless it cannot leave. */
static bool put_coin(struct call *call, struct row_reader *reader,
		     const char **separator, const struct watched_coin *coin,
		     bool exitable_only)
{
	bool leaves = false;

	if (exitable_only && !is_leaving(call, &leaves, coin))
		return false;
	if (leaves || (exitable_only &&
		       coin->output.type != PROTOCOL_OUTPUT_TYPE_PAYMENT))
		return true;
	(void)growing_buffer_format(call->out, "%s", *separator);
	*separator = ",";
	return row_reader_put_coin(reader, call->out, coin, &call->error);
}

/* What is too long is not read to its end. */
static bool put_coins(struct call *call, struct coin_walk *walk,
		      bool exitable_only)
{
	struct row_reader reader;
	const char *separator = "";
	bool ok;

	row_reader_init(&reader, call->database, call->bodies);
	(void)growing_buffer_put_byte(call->out, '[');
	while ((ok = walk_next(walk)) && walk->count > 0 &&
	       !call->out->overflowed) {
		for (size_t i = 0; i < walk->count && ok; i++)
			ok = put_coin(call, &reader, &separator, &walk->page[i],
				      exitable_only);
		if (!ok)
			break;
	}
	(void)growing_buffer_put_byte(call->out, ']');
	row_reader_clear(&reader);
	return ok;
}

static bool list_coins(struct call *call, bool exitable_only)
{
	struct coin_walk walk;
	struct address owner;

	if (!call_address(call, &owner, "address"))
		return false;
	bool ok = walk_begin(&walk, call, &owner) &&
		  put_coins(call, &walk, exitable_only);
	walk_end(&walk);
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

struct balances {
	struct balance *of; /* ascending by token */
	size_t count;
};

/* Adds a coin to the balance of its token, which has its place. */
static bool add_coin(struct balances *balances, const struct output *output)
{
	size_t at = 0;

	while (at < balances->count &&
	       token_compare(&balances->of[at].token, &output->token) < 0)
		at++;
	if (at == balances->count ||
	    !token_equal(&balances->of[at].token, &output->token)) {
		balances->of = memory_resize(balances->of, balances->count + 1,
					     sizeof(*balances->of));
		memmove(balances->of + at + 1, balances->of + at,
			(balances->count - at) * sizeof(*balances->of));
		balances->of[at] =
			(struct balance){ output->token, amount_zero() };
		balances->count += 1;
	}
	return amount_add(&balances->of[at].amount, balances->of[at].amount,
			  output->amount);
}

static bool add_coins(struct balances *balances, struct coin_walk *walk)
{
	bool ok;

	while ((ok = walk_next(walk)) && walk->count > 0) {
		for (size_t i = 0; i < walk->count; i++) {
			if (!add_coin(balances, &walk->page[i].output))
				return error_set(&walk->call->error, ERROR_IO,
						 "the coins of a token have no "
						 "sum");
		}
	}
	return ok;
}

static void put_balances(struct growing_buffer *out,
			 const struct balances *balances)
{
	(void)growing_buffer_put_byte(out, '[');
	for (size_t i = 0; i < balances->count; i++) {
		const struct balance *one = &balances->of[i];

		(void)growing_buffer_format(
			out, "%s{\"currency\":", i == 0 ? "" : ",");
		omg_answer_put_hex(out,
				   bytes_view(one->token.address.bytes, 20));
		(void)growing_buffer_format(out, ",\"amount\":");
		omg_answer_put_u256(out, amount_to_u256(one->amount));
		(void)growing_buffer_put_byte(out, '}');
	}
	(void)growing_buffer_put_byte(out, ']');
}

bool coin_api_balance(struct call *call)
{
	struct balances balances = { NULL, 0 };
	struct coin_walk walk;
	struct address owner;

	if (!call_address(call, &owner, "address"))
		return false;
	bool ok =
		walk_begin(&walk, call, &owner) && add_coins(&balances, &walk);
	if (ok)
		put_balances(call->out, &balances);
	walk_end(&walk);
	memory_free(balances.of);
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
