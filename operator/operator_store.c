/* SPDX-License-Identifier: MIT */
#include "operator/operator_store.h"

#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/store/database.h"
#include "common/store/statement.h"
#include "sql/operator_sql.h"

#define PATH_SIZE 4096

struct operator_store {
	struct database *database;
};

static struct statement *begin(struct operator_store *store, const char *sql)
{
	return statement_begin(store->database, sql);
}

static bool write_network(struct operator_store *store,
			  const struct operator_network *network,
			  struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_INSERT_NETWORK);

	statement_bind_u64(row, 1, network->chain_id);
	statement_bind_address(row, 2, &network->framework);
	statement_bind_u64(row, 3, network->first_nonce);
	return statement_run(row, error);
}

/* The database belongs to one network for ever. */
static bool check_network(struct operator_store *store,
			  const struct operator_network *network,
			  struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_NETWORK);
	struct address framework;
	bool found;

	if (!statement_find(&found, row, error))
		return false;
	if (!found) {
		statement_end(row);
		return write_network(store, network, error);
	}
	bool ok = statement_address(&framework, row, 1, error);
	if (ok && (statement_u64(row, 0) != network->chain_id ||
		   !address_equal(&framework, &network->framework) ||
		   statement_u64(row, 2) != network->first_nonce))
		ok = error_set(error, ERROR_CONFIG,
			       "operator.db belongs to another network than "
			       "the network file says");
	statement_end(row);
	return ok;
}

static bool open_database(struct operator_store **out, const char *datadir,
			  enum database_mode mode, struct error *error)
{
	struct operator_store *store = memory_new(1, sizeof(*store));
	char path[PATH_SIZE];

	if (snprintf(path, sizeof(path), "%s/operator.db", datadir) >=
	    (int)sizeof(path)) {
		memory_free(store);
		return error_set(error, ERROR_CONFIG,
				 "the data directory's name is too long");
	}
	if (!database_open(&store->database, path, mode, operator_schema,
			   error)) {
		memory_free(store);
		return false;
	}
	*out = store;
	return true;
}

bool operator_store_open(struct operator_store **out, const char *datadir,
			 const struct operator_network *network,
			 struct error *error)
{
	struct operator_store *store;

	if (!open_database(&store, datadir, DATABASE_WRITER, error))
		return false;
	if (network != NULL && !check_network(store, network, error)) {
		operator_store_close(store);
		return false;
	}
	*out = store;
	return true;
}

bool operator_store_open_reader(struct operator_store **out,
				const char *datadir, struct error *error)
{
	return open_database(out, datadir, DATABASE_READER, error);
}

void operator_store_close(struct operator_store *store)
{
	if (store == NULL)
		return;
	database_close(store->database);
	memory_free(store);
}

bool operator_store_begin(struct operator_store *store, struct error *error)
{
	return database_begin(store->database, error);
}

bool operator_store_commit(struct operator_store *store, struct error *error)
{
	return database_commit(store->database, error);
}

void operator_store_abandon(struct operator_store *store)
{
	database_rollback(store->database);
}

bool operator_store_copy(struct operator_store *store, const char *path,
			 struct error *error)
{
	return database_copy(store->database, path, error);
}

bool operator_store_signed_root(struct operator_store *store, bool *found,
				struct hash *root, uint64_t blknum,
				struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_SIGNED_ROOT);

	statement_bind_u64(row, 1, blknum);
	if (!statement_find(found, row, error))
		return false;
	bool ok = !*found || statement_hash(root, row, 0, error);
	statement_end(row);
	return ok;
}

static bool insert_block(struct operator_store *store,
			 const struct committed_block *block,
			 struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_INSERT_BLOCK);

	statement_bind_u64(row, 1, block->blknum);
	statement_bind_hash(row, 2, &block->root);
	statement_bind_u64(row, 3, block->transaction_count);
	statement_bind_u64(row, 4, block->body_len);
	statement_bind_u64(row, 5, block->formed_at);
	if (!statement_run(row, error))
		return false;
	row = begin(store, SQL_OPERATOR_INSERT_SIGNED_ROOT);
	statement_bind_u64(row, 1, block->blknum);
	statement_bind_hash(row, 2, &block->root);
	return statement_run(row, error);
}

bool operator_store_commit_block(struct operator_store *store,
				 const struct committed_block *block,
				 struct error *error)
{
	struct hash root;
	bool found;

	if (!operator_store_signed_root(store, &found, &root, block->blknum,
					error))
		return false;
	if (found && hash_equal(&root, &block->root))
		return true;
	if (found)
		return error_set(error, ERROR_REFUSED,
				 "block %llu has another root already",
				 (unsigned long long)block->blknum);
	if (!operator_store_begin(store, error))
		return false;
	if (insert_block(store, block, error) &&
	    operator_store_commit(store, error))
		return true;
	operator_store_abandon(store);
	return error_wrap(error, "block %llu",
			  (unsigned long long)block->blknum);
}

static bool find_batch(struct statement *row, bool *found,
		       struct root_batch *batch, struct error *error)
{
	if (!statement_find(found, row, error))
		return false;
	if (*found)
		*batch = (struct root_batch){ statement_u64(row, 0),
					      statement_u64(row, 1),
					      statement_u64(row, 2) };
	statement_end(row);
	return true;
}

bool operator_store_newest_root_batch(struct operator_store *store, bool *found,
				      struct root_batch *batch,
				      struct error *error)
{
	return find_batch(begin(store, SQL_OPERATOR_NEWEST_ROOT_BATCH), found,
			  batch, error);
}

bool operator_store_root_batch_of(struct operator_store *store, bool *found,
				  struct root_batch *batch, uint64_t blknum,
				  struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_ROOT_BATCH_OF_BLOCK);

	statement_bind_u64(row, 1, blknum);
	if (!find_batch(row, found, batch, error))
		return false;
	*found = *found && blknum < root_batch_end(batch);
	return true;
}

bool operator_store_put_root_batch(struct operator_store *store,
				   const struct root_batch *batch,
				   struct error *error)
{
	struct root_batch newest;
	bool found;

	if (!operator_store_newest_root_batch(store, &found, &newest, error))
		return false;
	if (found && (batch->nonce != newest.nonce + 1 ||
		      batch->first_blknum != root_batch_end(&newest)))
		return error_set(error, ERROR_REFUSED,
				 "block %llu: nonce %llu is not the one that "
				 "follows",
				 (unsigned long long)batch->first_blknum,
				 (unsigned long long)batch->nonce);
	struct statement *row = begin(store, SQL_OPERATOR_INSERT_ROOT_BATCH);

	statement_bind_u64(row, 1, batch->nonce);
	statement_bind_u64(row, 2, batch->first_blknum);
	statement_bind_u64(row, 3, batch->block_count);
	return statement_run(row, error);
}

static bool read_block(struct committed_block *out, struct statement *row,
		       struct error *error)
{
	out->blknum = statement_u64(row, 0);
	out->transaction_count = (uint32_t)statement_u64(row, 2);
	out->body_len = statement_u64(row, 3);
	out->formed_at = statement_u64(row, 4);
	return statement_hash(&out->root, row, 1, error);
}

static bool find_block(bool *found, struct committed_block *block,
		       struct statement *row, struct error *error)
{
	if (!statement_find(found, row, error))
		return false;
	bool ok = !*found || read_block(block, row, error);
	statement_end(row);
	return ok;
}

bool operator_store_block(struct operator_store *store, bool *found,
			  struct committed_block *block, uint64_t blknum,
			  struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_BLOCK);

	statement_bind_u64(row, 1, blknum);
	return find_block(found, block, row, error);
}

bool operator_store_block_of_root(struct operator_store *store, bool *found,
				  struct committed_block *block,
				  const struct hash *root, struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_BLOCK_OF_ROOT);

	statement_bind_hash(row, 1, root);
	return find_block(found, block, row, error);
}

bool operator_store_newest_block(struct operator_store *store, bool *found,
				 struct committed_block *block,
				 struct error *error)
{
	return find_block(found, block, begin(store, SQL_OPERATOR_NEWEST_BLOCK),
			  error);
}

bool operator_store_blocks_from(struct operator_store *store,
				struct committed_block *out, size_t *count,
				size_t capacity, uint64_t blknum,
				struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_BLOCKS_FROM);
	enum statement_result result;

	statement_bind_u64(row, 1, blknum);
	statement_bind_u64(row, 2, capacity);
	*count = 0;
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (*count == capacity ||
		    !read_block(&out[*count], row, error)) {
			result = STATEMENT_FAILED;
			break;
		}
		*count += 1;
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

bool operator_store_put_root_transaction(
	struct operator_store *store, uint64_t nonce,
	const struct root_transaction *transaction, struct bytes raw,
	struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_INSERT_ROOT_TRANSACTION);

	statement_bind_u64(row, 1, nonce);
	statement_bind_u64(row, 2, transaction->attempt);
	statement_bind_bytes(row, 3, raw);
	statement_bind_hash(row, 4, &transaction->hash);
	statement_bind_u256(row, 5, transaction->max_fee_wei);
	statement_bind_u256(row, 6, transaction->max_priority_fee_wei);
	statement_bind_u64(row, 7, transaction->gas_limit);
	statement_bind_u64(row, 8, transaction->signed_at_eth_block);
	statement_bind_u64(row, 9, transaction->signed_at);
	return statement_run(row, error);
}

static bool read_root_transaction(void *element, struct statement *row,
				  struct error *error)
{
	struct root_transaction *out = element;

	out->attempt = statement_u64(row, 0);
	out->gas_limit = statement_u64(row, 5);
	out->signed_at_eth_block = statement_u64(row, 6);
	out->signed_at = statement_u64(row, 7);
	return statement_hash(&out->hash, row, 2, error) &&
	       statement_u256(&out->max_fee_wei, row, 3, error) &&
	       statement_u256(&out->max_priority_fee_wei, row, 4, error);
}

bool operator_store_last_root_transaction(struct operator_store *store,
					  bool *found,
					  struct root_transaction *transaction,
					  struct growing_buffer *raw,
					  uint64_t nonce, struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_LAST_ROOT_TRANSACTION);

	statement_bind_u64(row, 1, nonce);
	if (!statement_find(found, row, error))
		return false;
	bool ok = true;
	if (*found) {
		ok = read_root_transaction(transaction, row, error);
		if (ok && !growing_buffer_put(raw, statement_bytes(row, 1)))
			ok = error_set(error, ERROR_IO,
				       "a root transaction is too long");
	}
	statement_end(row);
	return ok;
}

bool operator_store_first_signed_at(struct operator_store *store, bool *found,
				    uint64_t *eth_block_number, uint64_t nonce,
				    struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_FIRST_ROOT_TRANSACTION);

	statement_bind_u64(row, 1, nonce);
	if (!statement_find(found, row, error))
		return false;
	if (*found)
		*eth_block_number = statement_u64(row, 0);
	statement_end(row);
	return true;
}

bool operator_store_root_transactions_since_new(struct operator_store *store,
						struct root_transaction **out,
						size_t *count, uint64_t since,
						struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_ROOT_TRANSACTIONS_SINCE);

	statement_bind_u64(row, 1, since);
	*out = statement_rows_new(count, sizeof(**out), row,
				  read_root_transaction, error);
	return *out != NULL;
}

bool operator_store_put_mirror(struct operator_store *store, const char *name,
			       uint64_t blknum, struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_PUT_MIRROR);

	statement_bind_text(row, 1, name);
	statement_bind_u64(row, 2, blknum);
	return statement_run(row, error);
}

bool operator_store_mirror(struct operator_store *store, uint64_t *blknum,
			   const char *name, struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_MIRROR);
	bool found;

	statement_bind_text(row, 1, name);
	if (!statement_find(&found, row, error))
		return false;
	*blknum = found ? statement_u64(row, 0) : 0;
	statement_end(row);
	return true;
}

static bool read_deposit(void *element, struct statement *row,
			 struct error *error)
{
	struct stored_deposit *out = element;
	struct u256 amount;

	out->blknum = statement_u64(row, 0);
	out->eth_block_number = statement_u64(row, 4);
	out->log_index = (uint32_t)statement_u64(row, 5);
	out->credited = statement_is_null(row, 6) ? 0 : statement_u64(row, 6);
	out->output.type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	if (!statement_address(&out->output.owner, row, 1, error) ||
	    !statement_address(&out->output.token.address, row, 2, error) ||
	    !statement_u256(&amount, row, 3, error))
		return false;
	out->output.amount = amount_from_u256(amount);
	return true;
}

bool operator_store_deposits_new(struct operator_store *store,
				 struct stored_deposit **deposits,
				 size_t *count, struct error *error)
{
	*deposits = statement_rows_new(count, sizeof(**deposits),
				       begin(store, SQL_OPERATOR_ALL_DEPOSITS),
				       read_deposit, error);
	return *deposits != NULL;
}

bool operator_store_deposits_from_new(struct operator_store *store,
				      struct stored_deposit **deposits,
				      size_t *count, uint64_t eth_block_number,
				      struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_DEPOSITS_FROM_ETH_BLOCK);

	statement_bind_u64(row, 1, eth_block_number);
	*deposits = statement_rows_new(count, sizeof(**deposits), row,
				       read_deposit, error);
	return *deposits != NULL;
}

bool operator_store_deposits_to_credit_new(struct operator_store *store,
					   struct stored_deposit **deposits,
					   size_t *count,
					   uint64_t eth_block_number,
					   struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_DEPOSITS_TO_CREDIT);

	statement_bind_u64(row, 1, eth_block_number);
	*deposits = statement_rows_new(count, sizeof(**deposits), row,
				       read_deposit, error);
	return *deposits != NULL;
}

bool operator_store_deposits_credited(struct operator_store *store,
				      uint64_t *count, struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_DEPOSITS_CREDITED);
	bool found;

	if (!statement_find(&found, row, error))
		return false;
	*count = found ? statement_u64(row, 0) : 0;
	statement_end(row);
	return true;
}

bool operator_store_put_deposit(struct operator_store *store,
				const struct stored_deposit *deposit,
				struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_UPSERT_DEPOSIT);

	statement_bind_u64(row, 1, deposit->blknum);
	statement_bind_address(row, 2, &deposit->output.owner);
	statement_bind_address(row, 3, &deposit->output.token.address);
	statement_bind_u256(row, 4, amount_to_u256(deposit->output.amount));
	statement_bind_u64(row, 5, deposit->eth_block_number);
	statement_bind_u64(row, 6, deposit->log_index);
	return statement_run(row, error);
}

bool operator_store_credit_deposit(struct operator_store *store,
				   uint64_t blknum, uint64_t credited,
				   struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_CREDIT_DEPOSIT);

	statement_bind_u64(row, 1, blknum);
	statement_bind_u64(row, 2, credited);
	return statement_run(row, error);
}

bool operator_store_delete_deposit(struct operator_store *store,
				   uint64_t blknum, struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_DELETE_DEPOSIT);

	statement_bind_u64(row, 1, blknum);
	return statement_run(row, error);
}

static bool read_position(void *out, struct statement *row, struct error *error)
{
	return position_from_packed(out, statement_u64(row, 0)) ||
	       error_set(error, ERROR_IO, "database: a position out of range");
}

bool operator_store_freezes_from_new(struct operator_store *store,
				     struct position **positions, size_t *count,
				     uint64_t eth_block_number,
				     struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_FREEZES_FROM_ETH_BLOCK);

	statement_bind_u64(row, 1, eth_block_number);
	*positions = statement_rows_new(count, sizeof(**positions), row,
					read_position, error);
	return *positions != NULL;
}

static bool read_freeze(void *element, struct statement *row,
			struct error *error)
{
	struct stored_freeze *out = element;

	out->is_in_flight = !statement_is_null(row, 1);
	return read_position(&out->position, row, error) &&
	       (!out->is_in_flight ||
		statement_hash(&out->hash, row, 1, error));
}

bool operator_store_freezes_between_new(struct operator_store *store,
					struct stored_freeze **freezes,
					size_t *count, uint64_t after,
					uint64_t eth_block_number,
					struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_FREEZES_BETWEEN_ETH_BLOCKS);

	statement_bind_u64(row, 1, after);
	statement_bind_u64(row, 2, eth_block_number);
	*freezes = statement_rows_new(count, sizeof(**freezes), row,
				      read_freeze, error);
	return *freezes != NULL;
}

bool operator_store_put_freeze(struct operator_store *store,
			       uint64_t eth_block_number, uint32_t log_index,
			       struct position position, struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_INSERT_FREEZE);

	statement_bind_u64(row, 1, eth_block_number);
	statement_bind_u64(row, 2, log_index);
	statement_bind_u64(row, 3, position.packed);
	return statement_run(row, error);
}

bool operator_store_put_in_flight_exit(struct operator_store *store,
				       uint64_t eth_block_number,
				       uint32_t log_index,
				       const struct hash *hash,
				       struct bytes raw, struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_INSERT_IN_FLIGHT_EXIT);

	statement_bind_u64(row, 1, eth_block_number);
	statement_bind_u64(row, 2, log_index);
	statement_bind_hash(row, 3, hash);
	statement_bind_bytes(row, 4, raw);
	return statement_run(row, error);
}

bool operator_store_in_flight_exit(struct operator_store *store, bool *found,
				   struct growing_buffer *raw,
				   const struct hash *hash, struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_IN_FLIGHT_EXIT_OF_HASH);

	statement_bind_hash(row, 1, hash);
	if (!statement_find(found, row, error))
		return false;
	bool ok = !*found || growing_buffer_put(raw, statement_bytes(row, 0));
	statement_end(row);
	return ok ? true
		  : error_set(error, ERROR_IO,
			      "an in-flight transaction is "
			      "too long");
}

bool operator_store_put_piggyback(struct operator_store *store,
				  const struct stored_piggyback *piggyback,
				  struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_INSERT_PIGGYBACK);

	statement_bind_u64(row, 1, piggyback->eth_block_number);
	statement_bind_u64(row, 2, piggyback->log_index);
	statement_bind_hash(row, 3, &piggyback->hash);
	statement_bind_u64(row, 4, piggyback->output_index);
	return statement_run(row, error);
}

static bool read_piggyback(void *element, struct statement *row,
			   struct error *error)
{
	struct stored_piggyback *out = element;

	out->eth_block_number = statement_u64(row, 0);
	out->log_index = (uint32_t)statement_u64(row, 1);
	out->output_index = (uint32_t)statement_u64(row, 3);
	return statement_hash(&out->hash, row, 2, error);
}

bool operator_store_piggybacks_new(struct operator_store *store,
				   struct stored_piggyback **out, size_t *count,
				   struct error *error)
{
	struct statement *row =
		begin(store, SQL_OPERATOR_UNRESOLVED_PIGGYBACKS);

	*out = statement_rows_new(count, sizeof(**out), row, read_piggyback,
				  error);
	return *out != NULL;
}

bool operator_store_resolve_piggyback(struct operator_store *store,
				      const struct stored_piggyback *piggyback,
				      struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_RESOLVE_PIGGYBACK);

	statement_bind_u64(row, 1, piggyback->eth_block_number);
	statement_bind_u64(row, 2, piggyback->log_index);
	return statement_run(row, error);
}

bool operator_store_undo_exits(struct operator_store *store,
			       uint64_t eth_block_number, struct error *error)
{
	const char *const statements[] = {
		SQL_OPERATOR_DELETE_FREEZES_FROM_ETH_BLOCK,
		SQL_OPERATOR_DELETE_IN_FLIGHT_EXITS_FROM_ETH_BLOCK,
		SQL_OPERATOR_DELETE_PIGGYBACKS_FROM_ETH_BLOCK,
	};

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]);
	     i++) {
		struct statement *row = begin(store, statements[i]);

		statement_bind_u64(row, 1, eth_block_number);
		if (!statement_run(row, error))
			return false;
	}
	return true;
}

bool operator_store_cursor(struct operator_store *store, bool *found,
			   struct root_cursor *cursor, struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_CURSOR);

	if (!statement_find(found, row, error))
		return false;
	if (*found) {
		cursor->eth_block_number = statement_u64(row, 0);
		cursor->log_index = (uint32_t)statement_u64(row, 1);
		cursor->generation = statement_u64(row, 2);
	}
	statement_end(row);
	return true;
}

bool operator_store_put_cursor(struct operator_store *store,
			       const struct root_cursor *cursor,
			       struct error *error)
{
	struct statement *row = begin(store, SQL_OPERATOR_PUT_CURSOR);

	statement_bind_u64(row, 1, cursor->eth_block_number);
	statement_bind_u64(row, 2, cursor->log_index);
	statement_bind_u64(row, 3, cursor->generation);
	return statement_run(row, error);
}
