/* SPDX-License-Identifier: MIT */
#include "watcher/watcher_store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/transaction_hash.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/coin_store.h"

/* MiB that a watcher takes at most beside the cache of its database; the bench
 * of memory measures it. */
#define BESIDE_CACHE 52

static char *path_new(const char *datadir)
{
	size_t size = strlen(datadir) + sizeof("/watcher.db");
	char *path = memory_new(size, 1);

	(void)snprintf(path, size, "%s/watcher.db", datadir); /* it fits */
	return path;
}

static bool make_network(struct database *database,
			 const struct watcher_network *network,
			 struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_NETWORK);

	statement_bind_u64(row, 1, network->chain_id);
	statement_bind_bytes(row, 2,
			     bytes_view(network->plasma_framework.bytes, 20));
	return statement_run(row, error);
}

/* The file is about this network, or new. */
static bool check_network(struct database *database,
			  const struct watcher_network *network,
			  struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_NETWORK);
	struct address framework;
	bool ok = false;

	switch (statement_step(row, error)) {
	case STATEMENT_DONE:
		statement_end(row);
		return make_network(database, network, error);
	case STATEMENT_FAILED:
		break;
	case STATEMENT_ROW:
		ok = statement_address(&framework, row, 1, error);
		if (ok &&
		    (statement_u64(row, 0) != network->chain_id ||
		     !address_equal(&framework, &network->plasma_framework)))
			ok = error_set(error, ERROR_CONFIG,
				       "watcher.db is about another network: "
				       "use another data directory");
		break;
	}
	statement_end(row);
	return ok;
}

bool watcher_store_open(struct database **out, const char *datadir,
			const struct watcher_network *network,
			struct error *error)
{
	char *path = path_new(datadir);
	bool ok = database_open(out, path, DATABASE_WRITER, watcher_schema,
				error);

	memory_free(path);
	if (!ok)
		return false;
	ok = database_begin(*out, error) &&
	     check_network(*out, network, error) &&
	     database_commit(*out, error);
	if (!ok) {
		database_rollback(*out);
		database_close(*out);
		*out = NULL;
	}
	return ok;
}

bool watcher_store_set_memory(struct database *database, uint64_t mib,
			      struct error *error)
{
	assert(mib >= WATCHER_STORE_LEAST_MEMORY);
	return database_set_cache(database, (size_t)(mib - BESIDE_CACHE) << 20,
				  error);
}

bool watcher_store_open_reader(struct database **out, const char *datadir,
			       struct error *error)
{
	char *path = path_new(datadir);
	bool ok = database_open(out, path, DATABASE_READER, watcher_schema,
				error);

	memory_free(path);
	return ok;
}

bool watcher_store_cursor(struct database *database, bool *found,
			  struct watcher_cursor *cursor, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_CURSOR);
	bool ok = statement_find(found, row, error);

	if (ok && *found) {
		cursor->eth_block_number = statement_u64(row, 0);
		cursor->log_index = (uint32_t)statement_u64(row, 1);
		cursor->generation = statement_u64(row, 2);
		cursor->head_number = statement_u64(row, 3);
		ok = statement_hash(&cursor->head_hash, row, 4, error);
		cursor->head_time.seconds = statement_u64(row, 5);
		cursor->final_known = !statement_is_null(row, 6) &&
				      !statement_is_null(row, 9);
		ok = ok && (!cursor->final_known ||
			    statement_hash(&cursor->final_hash, row, 9, error));
		cursor->final_number =
			cursor->final_known ? statement_u64(row, 6) : 0;
		cursor->last_good_poll.seconds = statement_u64(row, 7);
		cursor->head_first_seen.seconds = statement_u64(row, 8);
	}
	statement_end(row);
	return ok;
}

bool watcher_store_put_cursor(struct database *database,
			      const struct watcher_cursor *cursor,
			      struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_CURSOR);

	statement_bind_u64(row, 1, cursor->eth_block_number);
	statement_bind_u64(row, 2, cursor->log_index);
	statement_bind_u64(row, 3, cursor->generation);
	statement_bind_u64(row, 4, cursor->head_number);
	statement_bind_bytes(row, 5, bytes_view(cursor->head_hash.bytes, 32));
	statement_bind_u64(row, 6, cursor->head_time.seconds);
	if (cursor->final_known)
		statement_bind_u64(row, 7, cursor->final_number);
	else
		statement_bind_null(row, 7);
	statement_bind_u64(row, 8, cursor->last_good_poll.seconds);
	statement_bind_u64(row, 9, cursor->head_first_seen.seconds);
	if (cursor->final_known)
		statement_bind_bytes(row, 10,
				     bytes_view(cursor->final_hash.bytes, 32));
	else
		statement_bind_null(row, 10);
	return statement_run(row, error);
}

static bool read_block(struct watched_block *block, struct statement *row,
		       struct error *error)
{
	memset(block, 0, sizeof(*block));
	block->blknum = statement_u64(row, 0);
	block->time.seconds = statement_u64(row, 2);
	block->eth_block_number = statement_u64(row, 3);
	block->log_index = (uint32_t)statement_u64(row, 4);
	block->state = (enum block_state)statement_u64(row, 6);
	block->has_tx_index = !statement_is_null(row, 8);
	if (block->has_tx_index)
		block->tx_index = (uint32_t)statement_u64(row, 8);
	block->has_body = !statement_is_null(row, 9);
	if (block->has_body)
		block->transaction_count = (uint32_t)statement_u64(row, 9);
	block->was_tried = !statement_is_null(row, 10);
	if (block->was_tried)
		block->first_tried.seconds = statement_u64(row, 10);
	block->failed_rounds = statement_u64(row, 11);
	const char *code = statement_text(row, 7);
	block->verdict = VERDICT_VALID;
	if (code[0] != '\0' && !verdict_from_code(&block->verdict, code))
		return error_set(error, ERROR_IO,
				 "watcher.db: block %llu: no such verdict",
				 (unsigned long long)block->blknum);
	return statement_hash(&block->root, row, 1, error) &&
	       statement_hash(&block->eth_block_hash, row, 5, error);
}

static bool one_block(struct statement *row, bool *found,
		      struct watched_block *block, struct error *error)
{
	bool ok = statement_find(found, row, error) &&
		  (!*found || read_block(block, row, error));

	statement_end(row);
	return ok;
}

bool watcher_store_block(struct database *database, bool *found,
			 struct watched_block *block, uint64_t blknum,
			 struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_BLOCK);

	statement_bind_u64(row, 1, blknum);
	return one_block(row, found, block, error);
}

static bool many_blocks(struct statement *row, struct watched_block *blocks,
			size_t *count, struct error *error)
{
	bool found = true;
	bool ok = true;

	*count = 0;
	while (ok) {
		ok = statement_find(&found, row, error);
		if (!ok || !found)
			break;
		ok = read_block(&blocks[(*count)++], row, error);
	}
	statement_end(row);
	return ok;
}

bool watcher_store_blocks(struct database *database,
			  struct watched_block *blocks, size_t *count,
			  size_t capacity, uint64_t from, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_BLOCKS);

	statement_bind_u64(row, 1, from);
	statement_bind_u64(row, 2, capacity);
	return many_blocks(row, blocks, count, error);
}

bool watcher_store_open_blocks(struct database *database,
			       struct watched_block *blocks, size_t *count,
			       size_t capacity, uint64_t from,
			       struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_OPEN_BLOCKS);

	statement_bind_u64(row, 1, from);
	statement_bind_u64(row, 2, capacity);
	return many_blocks(row, blocks, count, error);
}

bool watcher_store_blocks_to_keep(struct database *database,
				  struct watched_block *blocks, size_t *count,
				  size_t capacity, uint64_t from, bool halted,
				  struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_BLOCKS_TO_KEEP);

	statement_bind_u64(row, 1, from);
	statement_bind_u64(row, 2, capacity);
	statement_bind_u64(row, 3, halted ? 1 : 0);
	return many_blocks(row, blocks, count, error);
}

/* The newest operator block with a number below `before`. */
static bool block_before(struct database *database, bool *found,
			 struct watched_block *block, uint64_t before,
			 struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_NEWEST_BLOCK_BEFORE);

	statement_bind_u64(row, 1, before);
	return one_block(row, found, block, error);
}

/* Blocks are applied in order: the newest applied one stands before the first
 * that is not. */
bool watcher_store_newest_applied(struct database *database, bool *found,
				  struct watched_block *block,
				  struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_FIRST_OPEN_BLKNUM);
	uint64_t before = INT64_MAX;
	bool ok = statement_find(found, row, error);

	if (ok && *found && !statement_is_null(row, 0))
		before = statement_u64(row, 0);
	statement_end(row);
	return ok && block_before(database, found, block, before, error);
}

bool watcher_store_newest_seen(struct database *database, bool *found,
			       struct watched_block *block, struct error *error)
{
	return block_before(database, found, block, INT64_MAX, error);
}

bool watcher_store_root_repeated(struct database *database, bool *repeated,
				 const struct hash *root, uint64_t blknum,
				 struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_ROOT_REPEATED);
	bool found = false;

	statement_bind_bytes(row, 1, bytes_view(root->bytes, 32));
	statement_bind_u64(row, 2, blknum);
	bool ok = statement_find(&found, row, error);
	if (ok)
		*repeated = found && statement_u64(row, 0) != 0;
	statement_end(row);
	return ok;
}

bool watcher_store_put_block(struct database *database,
			     const struct watched_block *block,
			     struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_BLOCK);

	statement_bind_u64(row, 1, block->blknum);
	statement_bind_bytes(row, 2, bytes_view(block->root.bytes, 32));
	statement_bind_u64(row, 3, block->time.seconds);
	statement_bind_u64(row, 4, block->eth_block_number);
	statement_bind_u64(row, 5, block->log_index);
	statement_bind_bytes(row, 6,
			     bytes_view(block->eth_block_hash.bytes, 32));
	statement_bind_u64(row, 7, (uint64_t)block->state);
	statement_bind_text(row, 8,
			    block->verdict == VERDICT_VALID
				    ? ""
				    : verdict_code(block->verdict));
	if (block->has_tx_index)
		statement_bind_u64(row, 9, block->tx_index);
	else
		statement_bind_null(row, 9);
	if (block->has_body)
		statement_bind_u64(row, 10, block->transaction_count);
	else
		statement_bind_null(row, 10);
	if (block->was_tried)
		statement_bind_u64(row, 11, block->first_tried.seconds);
	else
		statement_bind_null(row, 11);
	statement_bind_u64(row, 12, block->failed_rounds);
	return statement_run(row, error);
}

static bool read_deposit(struct watched_deposit *deposit, struct statement *row,
			 struct error *error)
{
	struct u256 amount;

	memset(deposit, 0, sizeof(*deposit));
	deposit->blknum = statement_u64(row, 0);
	deposit->output.type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	deposit->time.seconds = statement_u64(row, 5);
	deposit->eth_block_number = statement_u64(row, 6);
	deposit->log_index = (uint32_t)statement_u64(row, 7);
	if (!statement_address(&deposit->output.owner, row, 1, error) ||
	    !statement_address(&deposit->output.token.address, row, 2, error) ||
	    !statement_u256(&amount, row, 3, error) ||
	    !statement_hash(&deposit->root, row, 4, error) ||
	    !statement_hash(&deposit->eth_block_hash, row, 8, error) ||
	    !statement_hash(&deposit->eth_transaction_hash, row, 9, error))
		return false;
	deposit->output.amount = amount_from_u256(amount);
	deposit->bytes_known = !statement_is_null(row, 10);
	if (!deposit->bytes_known)
		return true;
	struct bytes raw = statement_bytes(row, 10);
	if (raw.len > sizeof(deposit->raw))
		return error_set(error, ERROR_IO,
				 "watcher.db: deposit %llu is too long",
				 (unsigned long long)deposit->blknum);
	deposit->raw_len = raw.len;
	memcpy(deposit->raw, raw.data, raw.len);
	return true;
}

bool watcher_store_deposit(struct database *database, bool *found,
			   struct watched_deposit *deposit, uint64_t blknum,
			   struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_DEPOSIT);

	statement_bind_u64(row, 1, blknum);
	bool ok = statement_find(found, row, error) &&
		  (!*found || read_deposit(deposit, row, error));
	statement_end(row);
	return ok;
}

static bool put_deposit_row(struct database *database,
			    const struct watched_deposit *deposit,
			    struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_DEPOSIT);
	const struct output *output = &deposit->output;
	uint8_t amount[32];

	amount_to_be(amount, output->amount);
	statement_bind_u64(row, 1, deposit->blknum);
	statement_bind_bytes(row, 2, bytes_view(output->owner.bytes, 20));
	statement_bind_bytes(row, 3,
			     bytes_view(output->token.address.bytes, 20));
	statement_bind_bytes(row, 4, bytes_view(amount, 32));
	statement_bind_bytes(row, 5, bytes_view(deposit->root.bytes, 32));
	statement_bind_u64(row, 6, deposit->time.seconds);
	statement_bind_u64(row, 7, deposit->eth_block_number);
	statement_bind_u64(row, 8, deposit->log_index);
	statement_bind_bytes(row, 9,
			     bytes_view(deposit->eth_block_hash.bytes, 32));
	statement_bind_bytes(
		row, 10, bytes_view(deposit->eth_transaction_hash.bytes, 32));
	if (deposit->bytes_known)
		statement_bind_bytes(
			row, 11, bytes_view(deposit->raw, deposit->raw_len));
	else
		statement_bind_null(row, 11);
	return statement_run(row, error);
}

bool watcher_store_put_deposit(struct database *database,
			       const struct watched_deposit *deposit,
			       struct error *error)
{
	struct position position;
	struct watched_deposit before;
	bool found;
	bool in_range = position_make(&position, deposit->blknum, 0, 0);

	assert(in_range);
	if (!watcher_store_deposit(database, &found, &before, deposit->blknum,
				   error))
		return false;
	if (found && !coin_store_remove_deposit(database, &before.output,
						position, error))
		return false;
	return put_deposit_row(database, deposit, error) &&
	       coin_store_add_deposit(
		       database, &deposit->output, position,
		       bytes_view(deposit->raw, deposit->raw_len), error);
}

bool watcher_store_put_deposit_bytes(struct database *database,
				     const struct watched_deposit *deposit,
				     struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_DEPOSIT_BYTES);
	struct bytes raw = bytes_view(deposit->raw, deposit->raw_len);
	struct position position;
	bool in_range = position_make(&position, deposit->blknum, 0, 0);

	assert(in_range);
	statement_bind_u64(row, 1, deposit->blknum);
	statement_bind_bytes(row, 2, raw);
	return statement_run(row, error) &&
	       coin_store_index_deposit(database, &deposit->output, position,
					raw, error);
}

static bool read_exit(struct watched_coin *coin, struct statement *row,
		      struct error *error)
{
	coin->exited = !statement_is_null(row, 6);
	if (!coin->exited)
		return true;
	struct bytes id = statement_bytes(row, 8);
	if (id.len != sizeof(coin->exit_id.bytes))
		return error_set(error, ERROR_IO,
				 "watcher.db: an exit id has %zu bytes",
				 id.len);
	memcpy(coin->exit_id.bytes, id.data, id.len);
	coin->exited_eth_block = statement_u64(row, 6);
	coin->exited_log_index = (uint32_t)statement_u64(row, 7);
	coin->exit_paid = statement_u64(row, 9) != 0;
	coin->state = COIN_EXITED;
	return true;
}

static bool read_coin(struct watched_coin *coin, struct statement *row,
		      struct error *error)
{
	memset(coin, 0, sizeof(*coin));
	if (!position_from_packed(&coin->position, statement_u64(row, 0)))
		return error_set(error, ERROR_IO,
				 "watcher.db: a coin is at no position");
	coin->output.type = (uint8_t)statement_u64(row, 1);
	if (!statement_address(&coin->output.owner, row, 2, error) ||
	    !coin_store_read_value(&coin->output, row, 3, 4, error))
		return false;
	uint64_t spender = statement_u64(row, 5);
	coin->has_spender = spender != 0;
	coin->state = coin->has_spender ? COIN_SPENT : COIN_UNSPENT;
	if (coin->has_spender && !position_from_packed(&coin->spender, spender))
		return error_set(error, ERROR_IO,
				 "watcher.db: a spender is at no position");
	return read_exit(coin, row, error);
}

bool watcher_store_coin(struct database *database, bool *found,
			struct watched_coin *coin, struct position position,
			struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_COIN);

	statement_bind_u64(row, 1, position.packed);
	bool ok = statement_find(found, row, error) &&
		  (!*found || read_coin(coin, row, error));
	statement_end(row);
	return ok;
}

/* Coins of an owner by a statement that takes owner, first and limit. */
static bool read_coins(struct database *database, const char *sql,
		       struct watched_coin *coins, size_t *count,
		       size_t capacity, const struct address *owner,
		       struct position from, struct error *error)
{
	struct statement *row = statement_begin(database, sql);
	bool found;
	bool ok = true;

	statement_bind_bytes(row, 1, bytes_view(owner->bytes, 20));
	statement_bind_u64(row, 2, from.packed);
	statement_bind_u64(row, 3, capacity);
	*count = 0;
	while (ok) {
		ok = statement_find(&found, row, error);
		if (!ok || !found)
			break;
		ok = read_coin(&coins[(*count)++], row, error);
	}
	statement_end(row);
	return ok;
}

bool watcher_store_own_count(struct database *database, uint64_t *count,
			     struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_OWN_UNSPENT_COUNT);
	bool found;
	bool ok = statement_find(&found, row, error);

	*count = ok && found ? statement_u64(row, 0) : 0;
	statement_end(row);
	return ok;
}

bool watcher_store_own_coins(struct database *database,
			     struct watched_coin *coins, size_t *count,
			     size_t capacity, const struct address *owner,
			     struct position from, bool unspent_only,
			     struct error *error)
{
	return read_coins(database,
			  unspent_only ? SQL_WATCHER_OWN_UNSPENT_COINS
				       : SQL_WATCHER_OWN_COINS,
			  coins, count, capacity, owner, from, error);
}

bool watcher_store_scan_coins(struct database *database,
			      struct watched_coin *coins, size_t *count,
			      size_t capacity, const struct address *owner,
			      struct position from, struct error *error)
{
	return read_coins(database, SQL_WATCHER_UNSPENT_COINS_OF_ANYBODY, coins,
			  count, capacity, owner, from, error);
}

bool watcher_store_own_transaction(struct database *database, bool *found,
				   struct position *position,
				   const struct hash *hash, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_OWN_TRANSACTION);

	statement_bind_bytes(row, 1, bytes_view(hash->bytes, 32));
	bool ok = statement_find(found, row, error);
	if (ok && *found) {
		*found = !statement_is_null(row, 0);
		ok = !*found ||
		     position_from_packed(position, statement_u64(row, 0)) ||
		     error_set(error, ERROR_IO,
			       "watcher.db: a transaction is at no position");
	}
	statement_end(row);
	return ok;
}

bool watcher_store_put_exited(struct database *database,
			      struct position position,
			      uint64_t eth_block_number, uint32_t log_index,
			      const struct exit_id *exit_id, bool paid,
			      struct error *error)
{
	struct bytes id = bytes_view(exit_id->bytes, sizeof(exit_id->bytes));
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_EXITED);

	statement_bind_u64(row, 1, position.packed);
	statement_bind_u64(row, 2, eth_block_number);
	statement_bind_u64(row, 3, log_index);
	statement_bind_bytes(row, 4, id);
	statement_bind_u64(row, 5, paid ? 1 : 0);
	if (!statement_run(row, error))
		return false;
	if (!paid || statement_changes(database) != 0)
		return true;
	row = statement_begin(database, SQL_WATCHER_PAY_EXITED);
	statement_bind_u64(row, 1, position.packed);
	statement_bind_bytes(row, 2, id);
	return statement_run(row, error);
}

/* Takes what left by exits from the sum of all deposits. */
static bool subtract_exited(struct database *database,
			    struct watched_total *total, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_EXITED_UNSPENT);
	struct bytes token = bytes_view(total->token.address.bytes,
					token_is_eth(&total->token) ? 0 : 20);
	bool found;
	bool ok;

	statement_bind_bytes(row, 1, token);
	while ((ok = statement_find(&found, row, error)) && found) {
		struct bytes amount = statement_bytes(row, 0);

		if (amount.len > 32 ||
		    !amount_subtract(&total->owed, total->owed,
				     amount_from_u256(u256_from_be_bytes(
					     amount.data, amount.len)))) {
			ok = error_set(error, ERROR_IO,
				       "watcher.db: more left than was "
				       "deposited");
			break;
		}
	}
	statement_end(row);
	return ok;
}

bool watcher_store_totals(struct database *database,
			  struct watched_total *totals, size_t *count,
			  size_t capacity, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_TOTALS);
	struct u256 deposited;
	bool found;
	bool ok;

	*count = 0;
	while ((ok = statement_find(&found, row, error)) && found) {
		struct watched_total total;

		ok = statement_address(&total.token.address, row, 0, error) &&
		     statement_u256(&deposited, row, 1, error);
		if (!ok)
			break;
		total.owed = amount_from_u256(deposited);
		if (*count < capacity)
			totals[*count] = total;
		(*count)++;
	}
	statement_end(row);
	for (size_t i = 0; ok && i < *count && i < capacity; i++)
		ok = subtract_exited(database, &totals[i], error);
	return ok;
}

static bool run_with_owner(struct database *database, const char *sql,
			   const struct address *owner, struct error *error)
{
	struct statement *row = statement_begin(database, sql);

	statement_bind_bytes(row, 1, bytes_view(owner->bytes, 20));
	return statement_run(row, error);
}

static bool is_listed(const struct address *owners, size_t count,
		      const struct address *owner)
{
	for (size_t i = 0; i < count; i++) {
		if (address_equal(&owners[i], owner))
			return true;
	}
	return false;
}

/* The accounts that are watched so far. */
static bool read_owners(struct database *database, struct address **out,
			size_t *count, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_WATCHER_OWNERS);
	bool found;
	bool ok;

	*out = NULL;
	*count = 0;
	while ((ok = statement_find(&found, row, error)) && found) {
		*out = memory_resize(*out, *count + 1, sizeof(**out));
		if (!statement_address(&(*out)[(*count)++], row, 0, error)) {
			ok = false;
			break;
		}
	}
	statement_end(row);
	return ok;
}

bool watcher_store_watch(struct database *database,
			 const struct address *owners, size_t count,
			 struct error *error)
{
	struct address *known;
	size_t known_count;
	bool ok = read_owners(database, &known, &known_count, error);

	for (size_t i = 0; ok && i < known_count; i++) {
		if (is_listed(owners, count, &known[i]))
			continue;
		ok = run_with_owner(database, SQL_WATCHER_FORGET_COINS_OF_OWNER,
				    &known[i], error) &&
		     run_with_owner(database,
				    SQL_WATCHER_FORGET_PAYMENTS_OF_OWNER,
				    &known[i], error) &&
		     run_with_owner(database, SQL_WATCHER_DELETE_OWNER,
				    &known[i], error);
	}
	for (size_t i = 0; ok && i < count; i++) {
		if (is_listed(known, known_count, &owners[i]) ||
		    is_listed(owners, i, &owners[i]))
			continue;
		ok = run_with_owner(database, SQL_WATCHER_INSERT_OWNER,
				    &owners[i], error) &&
		     run_with_owner(database, SQL_WATCHER_INDEX_COINS_OF_OWNER,
				    &owners[i], error) &&
		     run_with_owner(database,
				    SQL_WATCHER_INDEX_PAYMENTS_OF_OWNER,
				    &owners[i], error);
	}
	memory_free(known);
	return ok;
}

bool watcher_store_last_pass(struct database *database, bool *found,
			     struct watcher_pass *pass, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_LAST_PASS);
	bool ok = statement_find(found, row, error);

	if (ok && *found) {
		pass->completed_at.seconds = statement_u64(row, 0);
		pass->head_number = statement_u64(row, 1);
		pass->head_time.seconds = statement_u64(row, 2);
		pass->severity = (unsigned int)statement_u64(row, 3);
		(void)snprintf(pass->line, sizeof(pass->line), "%s",
			       statement_text(row, 4)); /* cut is fine */
	}
	statement_end(row);
	return ok;
}

bool watcher_store_put_last_pass(struct database *database,
				 const struct watcher_pass *pass,
				 struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_LAST_PASS);

	statement_bind_u64(row, 1, pass->completed_at.seconds);
	statement_bind_u64(row, 2, pass->head_number);
	statement_bind_u64(row, 3, pass->head_time.seconds);
	statement_bind_u64(row, 4, pass->severity);
	statement_bind_text(row, 5, pass->line);
	return statement_run(row, error);
}
