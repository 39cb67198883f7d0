/* SPDX-License-Identifier: MIT */
#include "wallet/wallet_store.h"

#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/store/statement.h"
#include "sql/wallet_sql.h"

struct wallet_store {
	struct database *database;
};

static struct statement *begin(struct wallet_store *store, const char *sql)
{
	return statement_begin(store->database, sql);
}

static void bind_amount(struct statement *row, int index, struct amount amount)
{
	statement_bind_u256(row, index, amount_to_u256(amount));
}

static bool read_amount(struct amount *out, struct statement *row, int column,
			struct error *error)
{
	struct u256 number;

	if (!statement_u256(&number, row, column, error))
		return false;
	*out = amount_from_u256(number);
	return true;
}

static bool read_position(struct position *out, struct statement *row,
			  int column, struct error *error)
{
	if (position_from_packed(out, statement_u64(row, column)))
		return true;
	return error_set(error, ERROR_IO,
			 "wallet.db is damaged: a position that is none");
}

/* Exactly `len` bytes. */
static bool read_bytes(uint8_t *out, size_t len, struct statement *row,
		       int column, struct error *error)
{
	struct bytes view = statement_bytes(row, column);

	if (view.len != len)
		return error_set(error, ERROR_IO,
				 "wallet.db is damaged: %zu bytes instead of "
				 "%zu",
				 view.len, len);
	memcpy(out, view.data, len);
	return true;
}

/* ---- opening ---- */

static bool write_network(struct wallet_store *store, uint64_t chain_id,
			  const struct address *framework, struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_INSERT_NETWORK);

	statement_bind_u64(row, 1, chain_id);
	statement_bind_address(row, 2, framework);
	return statement_run(row, error);
}

/* The database belongs to one child chain for ever. */
static bool check_network(struct wallet_store *store, uint64_t chain_id,
			  const struct address *framework, struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_NETWORK);
	enum statement_result result = statement_step(row, error);
	struct address known;
	bool ok = result != STATEMENT_FAILED;

	if (result == STATEMENT_ROW) {
		ok = statement_address(&known, row, 1, error);
		if (ok && (statement_u64(row, 0) != chain_id ||
			   !address_equal(&known, framework)))
			ok = error_set(error, ERROR_CONFIG,
				       "wallet.db belongs to another child "
				       "chain than the network file says");
	}
	statement_end(row);
	return result == STATEMENT_DONE
		       ? write_network(store, chain_id, framework, error)
		       : ok;
}

bool wallet_store_open(struct wallet_store **out, const char *path,
		       uint64_t chain_id, const struct address *framework,
		       struct error *error)
{
	struct wallet_store *store = memory_new(1, sizeof(*store));

	if (!database_open(&store->database, path, DATABASE_WRITER,
			   wallet_schema, error)) {
		memory_free(store);
		return false;
	}
	if (!check_network(store, chain_id, framework, error)) {
		wallet_store_close(store);
		return false;
	}
	*out = store;
	return true;
}

void wallet_store_close(struct wallet_store *store)
{
	if (store == NULL)
		return;
	database_close(store->database);
	memory_free(store);
}

struct database *wallet_store_database(struct wallet_store *store)
{
	return store->database;
}

bool wallet_store_begin(struct wallet_store *store, struct error *error)
{
	return database_begin(store->database, error);
}

bool wallet_store_commit(struct wallet_store *store, struct error *error)
{
	return database_commit(store->database, error);
}

void wallet_store_abandon(struct wallet_store *store)
{
	database_rollback(store->database);
}

/* ---- transactions ---- */

/* What tells transactions of the same hash apart. */
static uint64_t deposit_number(struct position position)
{
	uint64_t blknum = position_blknum(position);

	return blknum_is_deposit(blknum) ? blknum : 0;
}

bool wallet_store_put_transaction(struct wallet_store *store,
				  const struct wallet_transaction *transaction,
				  struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_PUT_TRANSACTION);

	statement_bind_hash(row, 1, &transaction->hash);
	statement_bind_bytes(
		row, 2, bytes_view(transaction->raw, transaction->raw_len));
	statement_bind_null(row, 3);
	statement_bind_null(row, 4);
	statement_bind_null(row, 5);
	statement_bind_null(row, 6);
	statement_bind_u64(row, 7,
			   transaction->is_included
				   ? deposit_number(transaction->position)
				   : 0);
	if (transaction->is_included)
		statement_bind_u64(row, 3, transaction->position.packed);
	if (transaction->is_included && transaction->block_time.seconds != 0)
		statement_bind_u64(row, 4, transaction->block_time.seconds);
	if (transaction->has_proof) {
		statement_bind_bytes(
			row, 5,
			bytes_view(transaction->proof, PROTOCOL_PROOF_SIZE));
		statement_bind_hash(row, 6, &transaction->root);
	}
	return statement_run(row, error);
}

static bool read_transaction(void *out, struct statement *row,
			     struct error *error)
{
	struct wallet_transaction *transaction = out;
	struct bytes raw = statement_bytes(row, 1);

	memset(transaction, 0, sizeof(*transaction));
	if (raw.len > sizeof(transaction->raw))
		return error_set(error, ERROR_IO,
				 "wallet.db is damaged: a transaction of %zu "
				 "bytes",
				 raw.len);
	memcpy(transaction->raw, raw.data, raw.len);
	transaction->raw_len = raw.len;
	transaction->is_included = !statement_is_null(row, 2);
	if (transaction->is_included &&
	    !read_position(&transaction->position, row, 2, error))
		return false;
	if (!statement_is_null(row, 3))
		transaction->block_time.seconds = statement_u64(row, 3);
	transaction->has_proof =
		!statement_is_null(row, 4) && !statement_is_null(row, 5);
	return statement_hash(&transaction->hash, row, 0, error) &&
	       (!transaction->has_proof ||
		(read_bytes(transaction->proof, PROTOCOL_PROOF_SIZE, row, 4,
			    error) &&
		 statement_hash(&transaction->root, row, 5, error)));
}

bool wallet_store_transaction(struct wallet_store *store, bool *found,
			      struct wallet_transaction *out,
			      const struct hash *hash, struct position position,
			      struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_TRANSACTION);

	statement_bind_hash(row, 1, hash);
	statement_bind_u64(row, 2, deposit_number(position));
	return statement_read(found, out, row, read_transaction, error);
}

bool wallet_store_transaction_of_hash(struct wallet_store *store, bool *found,
				      struct wallet_transaction *out,
				      const struct hash *hash,
				      struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_TRANSACTION_OF_HASH);

	statement_bind_hash(row, 1, hash);
	return statement_read(found, out, row, read_transaction, error);
}

bool wallet_store_transactions_newest(struct wallet_store *store,
				      struct wallet_transaction **out,
				      size_t *count, size_t limit,
				      struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_TRANSACTIONS_NEWEST);

	statement_bind_u64(row, 1, limit);
	*out = statement_rows_new(count, sizeof(**out), row, read_transaction,
				  error);
	return *out != NULL;
}

/* ---- coins ---- */

bool wallet_store_put_coin(struct wallet_store *store, const struct coin *coin,
			   struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_PUT_COIN);

	statement_bind_u64(row, 1, coin->position.packed);
	statement_bind_u64(row, 2, coin->output.type);
	statement_bind_address(row, 3, &coin->output.owner);
	statement_bind_address(row, 4, &coin->output.token.address);
	bind_amount(row, 5, coin->output.amount);
	statement_bind_u64(row, 6, coin->status);
	statement_bind_u64(row, 7, coin->is_verified ? 1 : 0);
	statement_bind_hash(row, 8, &coin->transaction_hash);
	statement_bind_u64(row, 9, deposit_number(coin->position));
	return statement_run(row, error);
}

bool wallet_store_drop_unverified(struct wallet_store *store,
				  struct position position, struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_DELETE_UNVERIFIED_COIN);

	statement_bind_u64(row, 1, position.packed);
	return statement_run(row, error);
}

bool wallet_store_set_coin_status(struct wallet_store *store,
				  struct position position,
				  enum coin_status status, struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_SET_COIN_STATUS);

	statement_bind_u64(row, 1, position.packed);
	statement_bind_u64(row, 2, status);
	return statement_run(row, error);
}

static bool read_coin(void *out, struct statement *row, struct error *error)
{
	struct coin *coin = out;

	memset(coin, 0, sizeof(*coin));
	coin->output.type = (uint8_t)statement_u64(row, 1);
	coin->status = (enum coin_status)statement_u64(row, 5);
	coin->is_verified = statement_u64(row, 6) != 0;
	coin->has_proof = statement_u64(row, 8) != 0;
	return read_position(&coin->position, row, 0, error) &&
	       statement_address(&coin->output.owner, row, 2, error) &&
	       statement_address(&coin->output.token.address, row, 3, error) &&
	       read_amount(&coin->output.amount, row, 4, error) &&
	       statement_hash(&coin->transaction_hash, row, 7, error);
}

bool wallet_store_coin(struct wallet_store *store, bool *found,
		       struct coin *out, struct position position,
		       struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_COIN);

	statement_bind_u64(row, 1, position.packed);
	return statement_read(found, out, row, read_coin, error);
}

bool wallet_store_coins(struct wallet_store *store, struct coin **out,
			size_t *count, const struct address *owner,
			struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_COINS_OF_OWNER);

	statement_bind_address(row, 1, owner);
	*out = statement_rows_new(count, sizeof(**out), row, read_coin, error);
	return *out != NULL;
}

/* ---- payments ---- */

bool wallet_store_put_payment(struct wallet_store *store,
			      const struct own_payment *payment,
			      struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_PUT_PAYMENT);

	statement_bind_hash(row, 1, &payment->hash);
	statement_bind_address(row, 2, &payment->account);
	statement_bind_u64(row, 3, payment->made_at.seconds);
	statement_bind_u64(row, 4, payment->state);
	statement_bind_text(row, 5, payment->answer);
	return statement_run(row, error);
}

static bool read_payment(void *out, struct statement *row, struct error *error)
{
	struct own_payment *payment = out;

	payment->made_at.seconds = statement_u64(row, 2);
	payment->state = (enum payment_state)statement_u64(row, 3);
	(void)snprintf(payment->answer, sizeof(payment->answer), "%s",
		       statement_text(row, 4)); /* cut is fine */
	return statement_hash(&payment->hash, row, 0, error) &&
	       statement_address(&payment->account, row, 1, error);
}

bool wallet_store_payments(struct wallet_store *store, struct own_payment **out,
			   size_t *count, const struct address *account,
			   struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_PAYMENTS_OF_ACCOUNT);

	statement_bind_address(row, 1, account);
	*out = statement_rows_new(count, sizeof(**out), row, read_payment,
				  error);
	return *out != NULL;
}

/* ---- exits ---- */

bool wallet_store_put_exit(struct wallet_store *store,
			   const struct own_exit *exit, struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_PUT_EXIT);

	statement_bind_bytes(row, 1, bytes_view(exit->id.bytes, 21));
	statement_bind_u64(row, 2, exit->position.packed);
	statement_bind_address(row, 3, &exit->account);
	statement_bind_address(row, 4, &exit->token.address);
	bind_amount(row, 5, exit->amount);
	statement_bind_hash(row, 6, &exit->hash);
	statement_bind_u64(row, 7, exit->wanted_at.seconds);
	statement_bind_u64(row, 8, exit->exitable_at.seconds);
	statement_bind_u64(row, 9, exit->state);
	return statement_run(row, error);
}

static bool read_exit(void *out, struct statement *row, struct error *error)
{
	struct own_exit *exit = out;

	exit->wanted_at.seconds = statement_u64(row, 6);
	exit->exitable_at.seconds = statement_u64(row, 7);
	exit->state = (enum own_exit_state)statement_u64(row, 8);
	return read_bytes(exit->id.bytes, 21, row, 0, error) &&
	       read_position(&exit->position, row, 1, error) &&
	       statement_address(&exit->account, row, 2, error) &&
	       statement_address(&exit->token.address, row, 3, error) &&
	       read_amount(&exit->amount, row, 4, error) &&
	       statement_hash(&exit->hash, row, 5, error);
}

bool wallet_store_exits(struct wallet_store *store, struct own_exit **out,
			size_t *count, const struct address *account,
			struct error *error)
{
	struct statement *row = begin(store, SQL_WALLET_EXITS_OF_ACCOUNT);

	statement_bind_address(row, 1, account);
	*out = statement_rows_new(count, sizeof(**out), row, read_exit, error);
	return *out != NULL;
}
