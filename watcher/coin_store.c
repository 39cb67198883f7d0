/* SPDX-License-Identifier: MIT */
#include "watcher/coin_store.h"

#include <assert.h>
#include <string.h>

#include "common/chain/transaction_hash.h"
#include "sql/watcher_sql.h"

/* A spender has a block number of at least 1, so that 0 says there is none. */
#define NO_SPENDER 0

/* Of the table, and of the statement that inserts many. */
#define COIN_COLUMNS 6
#define ROWS_AT_ONCE 16

static bool step_one(struct statement *row, bool *found, struct error *error)
{
	switch (statement_step(row, error)) {
	case STATEMENT_ROW:
		*found = true;
		return true;
	case STATEMENT_DONE:
		*found = false;
		return true;
	case STATEMENT_FAILED:
		break;
	}
	return false;
}

bool coin_store_read_value(struct output *output, struct statement *row,
			   int token_column, int amount_column,
			   struct error *error)
{
	struct bytes token = statement_bytes(row, token_column);

	output->token = TOKEN_ETH;
	if (token.len == sizeof(output->token.address.bytes))
		memcpy(output->token.address.bytes, token.data, token.len);
	else if (token.len != 0)
		return error_set(error, ERROR_IO,
				 "watcher.db: a token has %zu bytes",
				 token.len);
	struct bytes amount = statement_bytes(row, amount_column);
	if (amount.len > 32)
		return error_set(error, ERROR_IO,
				 "watcher.db: an amount has %zu bytes",
				 amount.len);
	output->amount =
		amount_from_u256(u256_from_be_bytes(amount.data, amount.len));
	return true;
}

static bool read_stored(struct stored_coin *coin, struct statement *row,
			struct error *error)
{
	coin->output.type = (uint8_t)statement_u64(row, 0);
	if (!statement_address(&coin->output.owner, row, 1, error) ||
	    !coin_store_read_value(&coin->output, row, 2, 3, error))
		return false;
	uint64_t spender = statement_u64(row, 4);
	coin->has_spender = spender != NO_SPENDER;
	if (coin->has_spender && !position_from_packed(&coin->spender, spender))
		return error_set(error, ERROR_IO,
				 "watcher.db: a spender is at no position");
	return true;
}

bool coin_store_find(struct database *database, bool *found,
		     struct stored_coin *coin, struct position position,
		     struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_BARE_COIN);

	statement_bind_u64(row, 1, position.packed);
	bool ok = step_one(row, found, error) &&
		  (!*found || read_stored(coin, row, error));
	statement_end(row);
	return ok;
}

/* Binds the columns of a coin from `index` on; `amount` has to stay until the
 * statement has run. */
static void bind_coin(struct statement *row, int index, uint8_t amount[32],
		      const struct new_coin *coin)
{
	const struct output *output = &coin->output;
	size_t token_len = token_is_eth(&output->token) ? 0 : 20;
	size_t amount_len = u256_byte_len(amount_to_u256(output->amount));

	amount_to_be(amount, output->amount);
	statement_bind_u64(row, index, coin->position.packed);
	statement_bind_u64(row, index + 1, output->type);
	statement_bind_bytes(row, index + 2,
			     bytes_view(output->owner.bytes, 20));
	statement_bind_bytes(
		row, index + 3,
		bytes_view(output->token.address.bytes, token_len));
	statement_bind_bytes(row, index + 4,
			     bytes_view(amount + 32 - amount_len, amount_len));
	statement_bind_u64(row, index + 5,
			   coin->has_spender ? coin->spender.packed
					     : NO_SPENDER);
}

static bool insert_one(struct database *database, const struct new_coin *coin,
		       struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_COIN);
	uint8_t amount[32];

	bind_coin(row, 1, amount, coin);
	return statement_run(row, error);
}

/* ROWS_AT_ONCE of them. */
static bool insert_rows(struct database *database, const struct new_coin *coins,
			struct error *error)
{
	struct statement *rows =
		statement_begin(database, SQL_WATCHER_INSERT_COINS);
	uint8_t amounts[ROWS_AT_ONCE][32];

	for (int i = 0; i < ROWS_AT_ONCE; i++)
		bind_coin(rows, 1 + i * COIN_COLUMNS, amounts[i], &coins[i]);
	return statement_run(rows, error);
}

bool coin_store_insert(struct database *database, const struct new_coin *coins,
		       size_t count, struct error *error)
{
	size_t i = 0;

	for (; count - i >= ROWS_AT_ONCE; i += ROWS_AT_ONCE) {
		if (!insert_rows(database, &coins[i], error))
			return false;
	}
	for (; i < count; i++) {
		if (!insert_one(database, &coins[i], error))
			return false;
	}
	return true;
}

bool coin_store_spend(struct database *database, struct position position,
		      const struct position *spender, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_SPEND_COIN);

	statement_bind_u64(row, 1, position.packed);
	statement_bind_u64(row, 2,
			   spender == NULL ? NO_SPENDER : spender->packed);
	return statement_run(row, error);
}

/* First and last position that a block can have. */
static void block_range(struct position *first, struct position *last,
			uint64_t blknum)
{
	bool in_range = position_make(first, blknum, 0, 0) &&
			position_make(last, blknum, 65535, 4);
	assert(in_range);
}

/* Runs a statement over all positions of a block. */
static bool run_over_block(struct database *database, const char *sql,
			   uint64_t blknum, struct error *error)
{
	struct statement *row = statement_begin(database, sql);
	struct position first;
	struct position last;

	block_range(&first, &last, blknum);
	statement_bind_u64(row, 1, first.packed);
	statement_bind_u64(row, 2, last.packed);
	return statement_run(row, error);
}

bool coin_store_delete_block(struct database *database, uint64_t blknum,
			     struct error *error)
{
	return run_over_block(database, SQL_WATCHER_DELETE_OWN_COINS, blknum,
			      error) &&
	       run_over_block(database, SQL_WATCHER_DELETE_OWN_TRANSACTIONS,
			      blknum, error) &&
	       run_over_block(database, SQL_WATCHER_DELETE_COINS, blknum,
			      error);
}

bool coin_store_insert_own(struct database *database,
			   const struct address *owner,
			   struct position position, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_OWN_COIN);

	statement_bind_bytes(row, 1, bytes_view(owner->bytes, 20));
	statement_bind_u64(row, 2, position.packed);
	return statement_run(row, error);
}

bool coin_store_spend_own(struct database *database,
			  const struct address *owner, struct position position,
			  bool spent, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_SPEND_OWN_COIN);

	statement_bind_bytes(row, 1, bytes_view(owner->bytes, 20));
	statement_bind_u64(row, 2, position.packed);
	statement_bind_u64(row, 3, spent ? 1 : 0);
	return statement_run(row, error);
}

bool coin_store_insert_own_transaction(struct database *database,
				       const struct hash *hash,
				       struct position position,
				       struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_OWN_TRANSACTION);

	statement_bind_bytes(row, 1, bytes_view(hash->bytes, 32));
	statement_bind_u64(row, 2, position.packed);
	return statement_run(row, error);
}

static bool read_total(struct database *database, struct amount *total,
		       const struct token *token, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_TOTAL);
	struct u256 number = U256_ZERO;
	bool found;

	statement_bind_bytes(row, 1, bytes_view(token->address.bytes, 20));
	bool ok = step_one(row, &found, error) &&
		  (!found || statement_u256(&number, row, 0, error));
	statement_end(row);
	*total = amount_from_u256(number);
	return ok;
}

static bool put_total(struct database *database, const struct token *token,
		      struct amount total, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_TOTAL);
	uint8_t bytes[32];

	amount_to_be(bytes, total);
	statement_bind_bytes(row, 1, bytes_view(token->address.bytes, 20));
	statement_bind_bytes(row, 2, bytes_view(bytes, 32));
	return statement_run(row, error);
}

static bool is_owner(struct database *database, bool *is,
		     const struct address *account, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_IS_OWNER);

	statement_bind_bytes(row, 1, bytes_view(account->bytes, 20));
	bool ok = step_one(row, is, error);
	statement_end(row);
	return ok;
}

bool coin_store_index_deposit(struct database *database,
			      const struct output *output,
			      struct position position, struct bytes raw,
			      struct error *error)
{
	bool is_ours;

	if (!is_owner(database, &is_ours, &output->owner, error))
		return false;
	if (!is_ours || raw.len == 0)
		return true;
	struct hash hash = transaction_hash(raw);
	return coin_store_insert_own_transaction(database, &hash, position,
						 error);
}

/* Indexes the coin of a deposit if its owner is watched. */
static bool index_coin(struct database *database, const struct output *output,
		       struct position position, struct error *error)
{
	bool is_ours;

	return is_owner(database, &is_ours, &output->owner, error) &&
	       (!is_ours || coin_store_insert_own(database, &output->owner,
						  position, error));
}

bool coin_store_add_deposit(struct database *database,
			    const struct output *output,
			    struct position position, struct bytes raw,
			    struct error *error)
{
	struct new_coin coin = { .position = position, .output = *output };
	struct amount total;

	if (!read_total(database, &total, &output->token, error))
		return false;
	if (!amount_add(&total, total, output->amount))
		return error_set(error, ERROR_BAD_INPUT,
				 "deposits of a token sum up to more than "
				 "2^256");
	return put_total(database, &output->token, total, error) &&
	       coin_store_insert(database, &coin, 1, error) &&
	       index_coin(database, output, position, error) &&
	       coin_store_index_deposit(database, output, position, raw, error);
}

bool coin_store_remove_deposit(struct database *database,
			       const struct output *output,
			       struct position position, struct error *error)
{
	struct amount total;

	if (!read_total(database, &total, &output->token, error))
		return false;
	if (!amount_subtract(&total, total, output->amount))
		return error_set(error, ERROR_IO,
				 "watcher.db: a deposit is not in its sum");
	return put_total(database, &output->token, total, error) &&
	       coin_store_delete_block(database, position_blknum(position),
				       error);
}
