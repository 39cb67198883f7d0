/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "common/chain/amount.h"
#include "common/store/statement.h"
#include "rootchain/snapshot_store.h"
#include "rootchain/snapshot_store_private.h"
#include "sql/rootchain_sql.h"

struct import {
	struct snapshot_store *store;
	struct database *source;
	uint64_t first;
	uint64_t last;
};

/* Takes one row of the source. */
typedef bool take_row(struct import *import, struct statement *row,
		      struct error *error);

static bool each(struct import *import, const char *sql, bool is_bounded,
		 take_row *take, struct error *error)
{
	struct statement *row = statement_begin(import->source, sql);
	enum statement_result result;

	if (is_bounded) {
		statement_bind_u64(row, 1, import->last);
		statement_bind_u64(row, 2, import->first);
	}
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (!take(import, row, error)) {
			result = STATEMENT_FAILED;
			break;
		}
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

static bool take_eth_block(struct import *import, struct statement *row,
			   struct error *error)
{
	struct stored_eth_block at = {
		.number = statement_u64(row, 0),
		.time = { statement_u64(row, 2) },
	};

	return statement_hash(&at.hash, row, 1, error) &&
	       snapshot_store_put_eth_block(import->store, &at,
					    statement_bytes(row, 3), error) &&
	       (statement_is_null(row, 4) ||
		snapshot_store_put_receipts(import->store, at.number,
					    statement_bytes(row, 4), error));
}

static bool take_log(struct import *import, struct statement *row,
		     struct error *error)
{
	struct statement *put =
		statement_begin(import->store->database, SQL_ROOTCHAIN_PUT_LOG);

	statement_bind_u64(put, 1, statement_u64(row, 0));
	statement_bind_u64(put, 2, statement_u64(row, 1));
	statement_bind_u64(put, 3, statement_u64(row, 2));
	statement_bind_bytes(put, 4, statement_bytes(row, 3));
	statement_bind_bytes(put, 5, statement_bytes(row, 4));
	statement_bind_u64(put, 6, statement_u64(row, 5));
	statement_bind_bytes(put, 7, statement_bytes(row, 6));
	statement_bind_bytes(put, 8, statement_bytes(row, 7));
	return statement_run(put, error);
}

static bool take_eth_transaction(struct import *import, struct statement *row,
				 struct error *error)
{
	return snapshot_store_put_eth_transaction(
		import->store, statement_u64(row, 0),
		(uint32_t)statement_u64(row, 1), statement_bytes(row, 2),
		error);
}

static bool take_child_block(struct import *import, struct statement *row,
			     struct error *error)
{
	struct stored_child_block block = {
		.blknum = statement_u64(row, 2),
		.eth_block_number = statement_u64(row, 0),
		.log_index = (uint32_t)statement_u64(row, 1),
	};

	if (!statement_is_null(row, 4))
		block.deposit_tx = statement_bytes(row, 4);
	return statement_hash(&block.root, row, 3, error) &&
	       snapshot_store_put_child_block(import->store, &block, error);
}

static bool take_word(struct import *import, struct statement *row,
		      struct error *error)
{
	struct u256 word;

	return statement_u256(&word, row, 1, error) &&
	       snapshot_store_put_word(import->store, statement_text(row, 0),
				       word, error);
}

static bool take_token(struct import *import, struct statement *row,
		       struct error *error)
{
	struct statement *put = statement_begin(import->store->database,
						SQL_ROOTCHAIN_PUT_TOKEN);

	statement_bind_bytes(put, 1, statement_bytes(row, 0));
	statement_bind_bytes(put, 2, statement_bytes(row, 1));
	statement_bind_u64(put, 3, statement_u64(row, 2));
	statement_bind_bytes(put, 4, statement_bytes(row, 3));
	statement_bind_bytes(put, 5, statement_bytes(row, 4));
	return statement_run(put, error);
}

static bool take_code_hash(struct import *import, struct statement *row,
			   struct error *error)
{
	struct address contract;
	struct hash code_hash;

	return statement_address(&contract, row, 0, error) &&
	       statement_hash(&code_hash, row, 1, error) &&
	       snapshot_store_put_code_hash(import->store, &contract,
					    &code_hash, error);
}

/* What an unfinished synchronisation left behind the head was never checked
 * against the contracts, and nobody would look at it again below a new head. */
static bool drop_unchecked(struct snapshot_store *store, struct error *error)
{
	struct snapshot_head head;
	bool found;

	return snapshot_store_head(store, &found, &head, error) &&
	       snapshot_store_undo(store, found ? head.number + 1 : 0, error);
}

/* What is here has to be the beginning of what is there. */
static bool find_first(struct import *import, struct snapshot_store *source,
		       const struct snapshot_head *head, struct error *error)
{
	struct stored_eth_block tip;
	struct stored_eth_block same;
	bool found;

	import->last = head->number;
	import->first = 0;
	if (!snapshot_store_tip(import->store, &found, &tip, error))
		return false;
	if (!found)
		return true;
	if (tip.number >= head->number)
		return error_set(
			error, ERROR_REFUSED,
			"the snapshot ends at eth_block %llu and is not "
			"newer than what is here, which ends at %llu",
			(unsigned long long)head->number,
			(unsigned long long)tip.number);
	if (!snapshot_store_eth_block(source, &found, &same, tip.number, error))
		return false;
	import->first = tip.number + 1;
	return (found && hash_equal(&same.hash, &tip.hash)) ||
	       error_set(error, ERROR_REFUSED,
			 "the snapshot is of another chain than what is here: "
			 "they differ at eth_block %llu",
			 (unsigned long long)tip.number);
}

/* The levels and the poll are those of who made the file; what happened to our
 * own history stays ours. */
static bool put_head(struct import *import, const struct snapshot_head *theirs,
		     struct error *error)
{
	struct snapshot_head head = *theirs;
	struct snapshot_head own;
	bool found;

	if (!snapshot_store_head(import->store, &found, &own, error))
		return false;
	head.generation = found ? own.generation : 0;
	if (found) {
		head.finality_broken |= own.finality_broken;
		head.proofs &= own.proofs;
	}
	return snapshot_store_put_head(import->store, &head, error);
}

bool snapshot_store_import(struct snapshot_store *store, const char *path,
			   struct error *error)
{
	struct snapshot_store source = { NULL };
	struct import import = { .store = store };
	struct snapshot_head head;
	bool found;

	assert(snapshot_store_is_writing(store));
	if (!database_open(&source.database, path, DATABASE_READER,
			   rootchain_schema, error))
		return false;
	import.source = source.database;
	bool ok = database_begin(source.database, error) &&
		  snapshot_store_head(&source, &found, &head, error) &&
		  (found || error_set(error, ERROR_BAD_INPUT,
				      "the snapshot has no head")) &&
		  drop_unchecked(store, error) &&
		  find_first(&import, &source, &head, error) &&
		  each(&import, SQL_ROOTCHAIN_ETH_BLOCKS_BETWEEN, true,
		       take_eth_block, error) &&
		  each(&import, SQL_ROOTCHAIN_ETH_TRANSACTIONS_BETWEEN, true,
		       take_eth_transaction, error) &&
		  each(&import, SQL_ROOTCHAIN_LOGS_BETWEEN, true, take_log,
		       error) &&
		  each(&import, SQL_ROOTCHAIN_CHILD_BLOCKS_BETWEEN, true,
		       take_child_block, error) &&
		  each(&import, SQL_ROOTCHAIN_ALL_CONTRACT_STATE, false,
		       take_word, error) &&
		  snapshot_store_clear_tokens(store, error) &&
		  each(&import, SQL_ROOTCHAIN_ALL_TOKENS, false, take_token,
		       error) &&
		  snapshot_store_clear_code_hashes(store, error) &&
		  each(&import, SQL_ROOTCHAIN_ALL_CODE_HASHES, false,
		       take_code_hash, error) &&
		  put_head(&import, &head, error);
	database_rollback(source.database);
	database_close(source.database);
	return ok;
}
