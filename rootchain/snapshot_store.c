/* SPDX-License-Identifier: MIT */
#include "rootchain/snapshot_store.h"

#include <stdio.h>

#include "common/base/memory.h"
#include "common/store/database.h"
#include "common/store/statement.h"
#include "rootchain/facts_store.h"
#include "rootchain/snapshot_store_private.h"
#include "sql/rootchain_sql.h"

#define PATH_SIZE 4096

/* ---- rows ---- */

static void bind_level(struct statement *row, int index,
		       struct snapshot_level level)
{
	if (level.known)
		statement_bind_u64(row, index, level.number);
	else
		statement_bind_null(row, index);
}

/* ---- the network ---- */

static bool read_identity(struct snapshot_identity *out, struct statement *row,
			  struct error *error)
{
	out->chain_id = statement_u64(row, 0);
	out->deployment_block = statement_u64(row, 5);
	return statement_address(&out->plasma_framework, row, 1, error) &&
	       statement_address(&out->eth_vault, row, 2, error) &&
	       statement_address(&out->erc20_vault, row, 3, error) &&
	       statement_address(&out->payment_exit_game, row, 4, error) &&
	       statement_hash(&out->deployment_block_hash, row, 6, error);
}

static bool same_identity(const struct snapshot_identity *a,
			  const struct snapshot_identity *b)
{
	return a->chain_id == b->chain_id &&
	       address_equal(&a->plasma_framework, &b->plasma_framework) &&
	       address_equal(&a->eth_vault, &b->eth_vault) &&
	       address_equal(&a->erc20_vault, &b->erc20_vault) &&
	       address_equal(&a->payment_exit_game, &b->payment_exit_game) &&
	       a->deployment_block == b->deployment_block &&
	       hash_equal(&a->deployment_block_hash, &b->deployment_block_hash);
}

/* What was fetched for another network, before anything of it was proved, goes
 * with its name. */
static bool put_identity(struct snapshot_store *store,
			 const struct snapshot_identity *identity,
			 struct error *error)
{
	if (!snapshot_store_begin(store, error))
		return false;
	if (!snapshot_store_undo(store, 0, error)) {
		snapshot_store_rollback(store);
		return false;
	}
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_PUT_NETWORK);
	statement_bind_u64(row, 1, identity->chain_id);
	statement_bind_address(row, 2, &identity->plasma_framework);
	statement_bind_address(row, 3, &identity->eth_vault);
	statement_bind_address(row, 4, &identity->erc20_vault);
	statement_bind_address(row, 5, &identity->payment_exit_game);
	statement_bind_u64(row, 6, identity->deployment_block);
	statement_bind_hash(row, 7, &identity->deployment_block_hash);
	if (statement_run(row, error) && snapshot_store_commit(store, error))
		return true;
	snapshot_store_rollback(store);
	return false;
}

static bool check_identity(struct snapshot_store *store,
			   const struct snapshot_identity *identity,
			   struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_NETWORK);
	struct snapshot_identity have;
	struct snapshot_head head;
	bool has_head;
	bool found;

	if (!statement_find(&found, row, error))
		return false;
	bool ok = !found || read_identity(&have, row, error);
	statement_end(row);
	if (!ok)
		return false;
	if (found && same_identity(&have, identity))
		return true;
	if (!snapshot_store_head(store, &has_head, &head, error))
		return false;
	/* A good poll binds the folder, and not the wish for one. */
	return has_head ? error_set(
				  error, ERROR_CONFIG,
				  "the snapshot in the data directory is about "
				  "another network than the network file; give "
				  "the file of that network, or another data "
				  "directory")
			: put_identity(store, identity, error);
}

bool snapshot_store_open(struct snapshot_store **out, const char *datadir,
			 const struct snapshot_identity *identity,
			 struct error *error)
{
	char path[PATH_SIZE];

	if (snprintf(path, sizeof(path), "%s/" SNAPSHOT_STORE_FILE, datadir) >=
	    (int)sizeof(path))
		return error_set(error, ERROR_CONFIG,
				 "%s: the path is too long", datadir);
	struct snapshot_store *store = memory_new(1, sizeof(*store));
	if (!database_open(&store->database, path, DATABASE_WRITER_IN_BULK,
			   rootchain_schema, error)) {
		memory_free(store);
		return false;
	}
	if (!check_identity(store, identity, error)) {
		snapshot_store_close(store);
		return false;
	}
	*out = store;
	return true;
}

void snapshot_store_close(struct snapshot_store *store)
{
	if (store == NULL)
		return;
	database_rollback(store->database);
	database_close(store->database);
	memory_free(store);
}

bool snapshot_store_begin(struct snapshot_store *store, struct error *error)
{
	return database_begin(store->database, error);
}

bool snapshot_store_commit(struct snapshot_store *store, struct error *error)
{
	return database_commit(store->database, error);
}

void snapshot_store_rollback(struct snapshot_store *store)
{
	database_rollback(store->database);
}

bool snapshot_store_is_writing(const struct snapshot_store *store)
{
	return database_in_transaction(store->database);
}

/* ---- eth_blocks ---- */

static bool read_eth_block(bool *found, struct stored_eth_block *out,
			   struct statement *row, struct error *error)
{
	if (!statement_find(found, row, error))
		return false;
	bool ok = true;
	if (*found) {
		out->number = statement_u64(row, 0);
		out->time.seconds = statement_u64(row, 2);
		ok = statement_hash(&out->hash, row, 1, error);
	}
	statement_end(row);
	return ok;
}

bool snapshot_store_tip(struct snapshot_store *store, bool *found,
			struct stored_eth_block *out, struct error *error)
{
	return read_eth_block(
		found, out, statement_begin(store->database, SQL_ROOTCHAIN_TIP),
		error);
}

bool snapshot_store_eth_block(struct snapshot_store *store, bool *found,
			      struct stored_eth_block *out, uint64_t number,
			      struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_ETH_BLOCK);

	statement_bind_u64(row, 1, number);
	return read_eth_block(found, out, row, error);
}

bool snapshot_store_header(struct snapshot_store *store, bool *found,
			   struct growing_buffer *out, uint64_t number,
			   struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_HEADER);

	statement_bind_u64(row, 1, number);
	if (!statement_find(found, row, error))
		return false;
	bool ok = !*found || growing_buffer_put(out, statement_bytes(row, 0)) ||
		  error_set(error, ERROR_BAD_INPUT,
			    "the snapshot is damaged: a header is too long");
	statement_end(row);
	return ok;
}

bool snapshot_store_put_eth_block(struct snapshot_store *store,
				  const struct stored_eth_block *at,
				  struct bytes header, struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_PUT_ETH_BLOCK);

	statement_bind_u64(row, 1, at->number);
	statement_bind_hash(row, 2, &at->hash);
	statement_bind_u64(row, 3, at->time.seconds);
	statement_bind_bytes(row, 4, header);
	return statement_run(row, error);
}

bool snapshot_store_put_receipts(struct snapshot_store *store,
				 uint64_t eth_block_number,
				 struct bytes receipts, struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_PUT_RECEIPTS);

	statement_bind_u64(row, 1, eth_block_number);
	statement_bind_bytes(row, 2, receipts);
	return statement_run(row, error);
}

bool snapshot_store_put_eth_transaction(struct snapshot_store *store,
					uint64_t eth_block_number,
					uint32_t eth_transaction_index,
					struct bytes proof, struct error *error)
{
	struct statement *row = statement_begin(
		store->database, SQL_ROOTCHAIN_PUT_ETH_TRANSACTION);

	statement_bind_u64(row, 1, eth_block_number);
	statement_bind_u64(row, 2, eth_transaction_index);
	statement_bind_bytes(row, 3, proof);
	return statement_run(row, error);
}

bool snapshot_store_put_log(struct snapshot_store *store,
			    const struct eth_log *log,
			    enum contract_event_kind kind, struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_PUT_LOG);

	statement_bind_u64(row, 1, log->eth_block_number);
	statement_bind_u64(row, 2, log->log_index);
	statement_bind_u64(row, 3, log->eth_transaction_index);
	statement_bind_hash(row, 4, &log->eth_transaction_hash);
	statement_bind_address(row, 5, &log->address);
	statement_bind_u64(row, 6, (uint64_t)kind);
	statement_bind_bytes(row, 7,
			     bytes_view(log->topics, 32 * log->topic_count));
	statement_bind_bytes(row, 8, log->data);
	return statement_run(row, error);
}

/* ---- the head ---- */

static struct snapshot_level read_level(struct statement *row, int column)
{
	struct snapshot_level level = { false, 0 };

	if (!statement_is_null(row, column)) {
		level.known = true;
		level.number = statement_u64(row, column);
	}
	return level;
}

bool snapshot_store_head(struct snapshot_store *store, bool *found,
			 struct snapshot_head *out, struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_HEAD);

	if (!statement_find(found, row, error))
		return false;
	bool ok = true;
	if (*found) {
		out->number = statement_u64(row, 0);
		out->time.seconds = statement_u64(row, 2);
		out->safe = read_level(row, 3);
		out->finalized = read_level(row, 4);
		out->last_good_poll.seconds = statement_u64(row, 5);
		out->generation = statement_u64(row, 6);
		out->finality_broken = statement_u64(row, 7) != 0;
		out->proofs = statement_u64(row, 8) != 0;
		out->agreeing = statement_u64(row, 9);
		out->quorum = statement_u64(row, 10);
		ok = statement_hash(&out->hash, row, 1, error);
	}
	statement_end(row);
	return ok;
}

bool snapshot_store_put_head(struct snapshot_store *store,
			     const struct snapshot_head *head,
			     struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_PUT_HEAD);

	statement_bind_u64(row, 1, head->number);
	statement_bind_hash(row, 2, &head->hash);
	statement_bind_u64(row, 3, head->time.seconds);
	bind_level(row, 4, head->safe);
	bind_level(row, 5, head->finalized);
	statement_bind_u64(row, 6, head->last_good_poll.seconds);
	statement_bind_u64(row, 7, head->generation);
	statement_bind_u64(row, 8, head->finality_broken ? 1 : 0);
	statement_bind_u64(row, 9, head->proofs ? 1 : 0);
	statement_bind_u64(row, 10, head->agreeing);
	statement_bind_u64(row, 11, head->quorum);
	return statement_run(row, error);
}

/* ---- child blocks ---- */

static void bind_deposit_tx(struct statement *row, int index,
			    struct bytes deposit_tx)
{
	if (deposit_tx.data == NULL)
		statement_bind_null(row, index);
	else
		statement_bind_bytes(row, index, deposit_tx);
}

bool snapshot_store_put_child_block(struct snapshot_store *store,
				    const struct stored_child_block *block,
				    struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_PUT_CHILD_BLOCK);

	statement_bind_u64(row, 1, block->blknum);
	statement_bind_hash(row, 2, &block->root);
	statement_bind_u64(row, 3, block->eth_block_number);
	statement_bind_u64(row, 4, block->log_index);
	bind_deposit_tx(row, 5, block->deposit_tx);
	return statement_run(row, error);
}

bool snapshot_store_correct_child_block(struct snapshot_store *store,
					uint64_t blknum,
					const struct hash *root,
					struct bytes deposit_tx,
					struct error *error)
{
	struct statement *row = statement_begin(
		store->database, SQL_ROOTCHAIN_CORRECT_CHILD_BLOCK);

	statement_bind_u64(row, 1, blknum);
	statement_bind_hash(row, 2, root);
	bind_deposit_tx(row, 3, deposit_tx);
	return statement_run(row, error);
}

bool snapshot_store_newest_blknum(struct snapshot_store *store,
				  uint64_t *blknum, struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_NEWEST_BLKNUM);
	bool found;

	if (!statement_find(&found, row, error))
		return false;
	*blknum =
		found && !statement_is_null(row, 0) ? statement_u64(row, 0) : 0;
	statement_end(row);
	return true;
}

bool snapshot_store_eth_transaction(struct snapshot_store *store, bool *found,
				    size_t *index, struct growing_buffer *proof,
				    struct growing_buffer *header,
				    uint64_t blknum, struct error *error)
{
	struct statement *row = statement_begin(
		store->database, SQL_ROOTCHAIN_ETH_TRANSACTION_OF_BLOCK);

	statement_bind_u64(row, 1, blknum);
	if (!statement_find(found, row, error))
		return false;
	bool ok = true;
	if (*found) {
		*index = (size_t)statement_u64(row, 0);
		ok = (growing_buffer_put(proof, statement_bytes(row, 1)) &&
		      growing_buffer_put(header, statement_bytes(row, 2))) ||
		     error_set(error, ERROR_BAD_INPUT,
			       "the snapshot is damaged: a proof is too long");
	}
	statement_end(row);
	return ok;
}

static bool read_child_blocks(struct stored_child_block *out, size_t *count,
			      struct statement *row, struct error *error)
{
	enum statement_result result;
	bool ok = true;

	*count = 0;
	while (ok && (result = statement_step(row, error)) != STATEMENT_DONE) {
		struct stored_child_block *block = &out[*count];

		if (result == STATEMENT_FAILED) {
			ok = false;
			break;
		}
		*block = (struct stored_child_block){
			.blknum = statement_u64(row, 0),
		};
		ok = statement_hash(&block->root, row, 1, error) &&
		     statement_hash(&block->eth_transaction_hash, row, 2,
				    error) &&
		     statement_address(&block->contract, row, 3, error);
		*count += 1;
	}
	statement_end(row);
	return ok;
}

bool snapshot_store_child_blocks_since(struct snapshot_store *store,
				       struct stored_child_block *out,
				       size_t *count, size_t capacity,
				       uint64_t eth_block_number,
				       uint64_t blknum, struct error *error)
{
	struct statement *row = statement_begin(
		store->database, SQL_ROOTCHAIN_CHILD_BLOCKS_SINCE);

	statement_bind_u64(row, 1, eth_block_number);
	statement_bind_u64(row, 2, blknum);
	statement_bind_u64(row, 3, capacity);
	return read_child_blocks(out, count, row, error);
}

bool snapshot_store_unknown_deposits(struct snapshot_store *store,
				     struct stored_child_block *out,
				     size_t *count, size_t capacity,
				     uint64_t blknum, struct error *error)
{
	struct statement *row = statement_begin(store->database,
						SQL_ROOTCHAIN_UNKNOWN_DEPOSITS);

	statement_bind_u64(row, 1, blknum);
	statement_bind_u64(row, 2, capacity);
	return read_child_blocks(out, count, row, error);
}

/* ---- what a reorganisation undoes ---- */

bool snapshot_store_undo(struct snapshot_store *store, uint64_t first,
			 struct error *error)
{
	const char *const steps[] = {
		SQL_ROOTCHAIN_UNDO_CHILD_BLOCKS,
		SQL_ROOTCHAIN_UNDO_LOGS,
		SQL_ROOTCHAIN_UNDO_ETH_TRANSACTIONS,
		SQL_ROOTCHAIN_UNDO_RECEIPTS,
		SQL_ROOTCHAIN_UNDO_ETH_BLOCKS,
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct statement *row =
			statement_begin(store->database, steps[i]);

		statement_bind_u64(row, 1, first);
		if (!statement_run(row, error))
			return false;
	}
	return true;
}

bool snapshot_store_put_reorganisation(struct snapshot_store *store,
				       const struct stored_reorganisation *what,
				       struct error *error)
{
	struct statement *row = statement_begin(
		store->database, SQL_ROOTCHAIN_PUT_REORGANISATION);

	statement_bind_u64(row, 1, what->generation);
	statement_bind_u64(row, 2, what->first_undone);
	statement_bind_hash(row, 3, &what->first_undone_hash);
	statement_bind_u64(row, 4, what->old_head_number);
	statement_bind_hash(row, 5, &what->old_head_hash);
	bind_level(row, 6, what->finalized);
	statement_bind_u64(row, 7, what->seen_at.seconds);
	return statement_run(row, error);
}

/* ---- the contracts' state ---- */

bool snapshot_store_read_facts(struct snapshot_store *store,
			       struct contract_facts *facts,
			       struct error *error)
{
	return facts_store_read(store->database, facts, INT64_MAX, error);
}

bool snapshot_store_put_word(struct snapshot_store *store, const char *name,
			     struct u256 word, struct error *error)
{
	struct statement *row = statement_begin(
		store->database, SQL_ROOTCHAIN_PUT_CONTRACT_STATE);

	statement_bind_text(row, 1, name);
	statement_bind_u256(row, 2, word);
	return statement_run(row, error);
}

bool snapshot_store_clear_tokens(struct snapshot_store *store,
				 struct error *error)
{
	return statement_run(
		statement_begin(store->database, SQL_ROOTCHAIN_DELETE_TOKENS),
		error);
}

bool snapshot_store_put_token(struct snapshot_store *store,
			      const struct snapshot_token *token,
			      struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_PUT_TOKEN);

	statement_bind_address(row, 1, &token->token.address);
	statement_bind_u256(row, 2, amount_to_u256(token->minimum_deposit));
	statement_bind_u64(row, 3, token->has_exit_queue ? 1 : 0);
	statement_bind_u256(row, 4, amount_to_u256(token->vault_balance));
	statement_bind_u256(row, 5, amount_to_u256(token->total_credits));
	return statement_run(row, error);
}

bool snapshot_store_clear_code_hashes(struct snapshot_store *store,
				      struct error *error)
{
	return statement_run(statement_begin(store->database,
					     SQL_ROOTCHAIN_DELETE_CODE_HASHES),
			     error);
}

bool snapshot_store_put_code_hash(struct snapshot_store *store,
				  const struct address *contract,
				  const struct hash *code_hash,
				  struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_ROOTCHAIN_PUT_CODE_HASH);

	statement_bind_address(row, 1, contract);
	statement_bind_hash(row, 2, code_hash);
	return statement_run(row, error);
}
