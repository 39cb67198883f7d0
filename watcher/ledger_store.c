/* SPDX-License-Identifier: MIT */
#include "watcher/ledger_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/chain/transaction_hash.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/coin_batch_store.h"
#include "watcher/coin_store.h"
#include "watcher/inclusion_store.h"
#include "watcher/known_store.h"

/* Bodies that are read to name a fault: enough for any honest mistake, and no
 * way to keep us busy. */
#define MOST_NAME_LOOKUPS 256

/* Coins that are asked for at once. */
#define LOOKUPS 64

/* Bytes of coins; a full block makes many more. */
#define USUALLY_HELD_BACK ((size_t)8 << 20)

struct ledger_store {
	struct database *database;
	struct body_store *bodies;
	struct coin_batch_store
		*batch;		/* what blocks did since the last write */
	size_t most_held_back;	/* bytes */
	bool wrote_early;	/* of a block in work, a part */
	struct address *owners; /* ascending */
	size_t owner_count;
	struct ledger *own; /* coins of theirs that the block in work spends */
};

static int compare_owners(const void *a, const void *b)
{
	return address_compare(a, b);
}

struct ledger_store *ledger_store_new(struct database *database,
				      struct body_store *bodies,
				      const struct address *owners,
				      size_t owner_count)
{
	struct ledger_store *store = memory_new(1, sizeof(*store));

	store->database = database;
	store->bodies = bodies;
	store->batch = coin_batch_store_new();
	store->most_held_back = USUALLY_HELD_BACK;
	store->owners = memory_new(owner_count + 1, sizeof(*owners));
	store->owner_count = owner_count;
	store->own = ledger_new();
	if (owner_count > 0) {
		memcpy(store->owners, owners, owner_count * sizeof(*owners));
		qsort(store->owners, owner_count, sizeof(*owners),
		      compare_owners);
	}
	return store;
}

void ledger_store_free(struct ledger_store *store)
{
	if (store == NULL)
		return;
	coin_batch_store_free(store->batch);
	ledger_free(store->own);
	memory_free(store->owners);
	memory_free(store);
}

void ledger_store_hold(struct ledger_store *store, size_t bytes)
{
	store->most_held_back = bytes;
}

static bool is_own(const struct ledger_store *store,
		   const struct address *owner)
{
	return store->owner_count > 0 &&
	       bsearch(owner, store->owners, store->owner_count, sizeof(*owner),
		       compare_owners) != NULL;
}

static bool any_exited(struct ledger_store *store, bool *any,
		       struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_WATCHER_EXITED_COUNT);
	bool found;
	bool ok = statement_find(&found, row, error);

	*any = ok && found && statement_u64(row, 0) > 0;
	statement_end(row);
	return ok;
}

/* True in `exited` if an exit took the output at a log before the block's. */
static bool find_exit(struct ledger_store *store, bool *exited,
		      struct ledger_footing *footing, struct position position,
		      const struct watched_block *block, struct error *error)
{
	struct statement *row =
		statement_begin(store->database, SQL_WATCHER_EXITED);
	bool found;

	*exited = false;
	statement_bind_u64(row, 1, position.packed);
	bool ok = statement_find(&found, row, error);
	if (ok && found) {
		uint64_t number = statement_u64(row, 0);

		*exited = number < block->eth_block_number ||
			  (number == block->eth_block_number &&
			   statement_u64(row, 1) < block->log_index);
		if (number > footing->newest_eth_block)
			footing->newest_eth_block = number;
	}
	statement_end(row);
	return ok;
}

/* A deposit that is spent may still be taken back by the root chain. */
static bool note_deposit(struct ledger_store *store,
			 struct ledger_footing *footing, uint64_t blknum,
			 struct error *error)
{
	struct watched_deposit deposit;
	bool found;

	if (!watcher_store_deposit(store->database, &found, &deposit, blknum,
				   error))
		return false;
	if (!found)
		footing->has_unknown_deposit = true;
	else if (deposit.eth_block_number > footing->newest_eth_block)
		footing->newest_eth_block = deposit.eth_block_number;
	return true;
}

/* A coin in the batch or in the database; COIN_UNKNOWN: there is none. */
static bool find_coin(struct ledger_store *store, enum coin_state *state,
		      struct output *output, struct position position,
		      struct error *error)
{
	struct stored_coin coin;
	bool found;

	*state = coin_batch_store_find(store->batch, output, position);
	if (*state != COIN_UNKNOWN)
		return true;
	if (!coin_store_find(store->database, &found, &coin, position, error))
		return false;
	if (found) {
		*output = coin.output;
		*state = coin.has_spender ? COIN_SPENT : COIN_UNSPENT;
	}
	return true;
}

static bool load_input(struct ledger_store *store, struct ledger *ledger,
		       struct ledger_footing *footing, bool look_for_exits,
		       struct position position,
		       const struct watched_block *block, struct error *error)
{
	struct output output;
	enum coin_state state;
	bool exited = false;

	if (blknum_is_deposit(position_blknum(position)) &&
	    !note_deposit(store, footing, position_blknum(position), error))
		return false;
	if (!find_coin(store, &state, &output, position, error))
		return false;
	if (state == COIN_UNKNOWN)
		return true;
	if (look_for_exits &&
	    !find_exit(store, &exited, footing, position, block, error))
		return false;
	ledger_put(ledger, position, &output, exited ? COIN_EXITED : state);
	if (is_own(store, &output.owner))
		ledger_put(store->own, position, &output, state);
	return true;
}

void ledger_store_begin(struct ledger_store *store,
			struct ledger_footing *footing)
{
	ledger_reset(store->own);
	*footing = (struct ledger_footing){ 0, false };
}

bool ledger_store_load(struct ledger_store *store, struct ledger *ledger,
		       struct ledger_footing *footing,
		       const struct block_judge *judge,
		       const struct watched_block *block, struct error *error)
{
	size_t count;
	const struct position *inputs = block_judge_inputs(judge, &count);
	bool look_for_exits;

	bool ok = any_exited(store, &look_for_exits, error);
	ledger_reset(ledger);
	for (size_t i = 0; ok && i < count; i++) {
		size_t left = count - i;

		if (i % LOOKUPS == 0)
			coin_batch_store_prefetch(store->batch, &inputs[i],
						  left < LOOKUPS ? left
								 : LOOKUPS);
		ok = load_input(store, ledger, footing, look_for_exits,
				inputs[i], block, error);
	}
	return ok;
}

static struct position place_of(uint64_t blknum, uint32_t index,
				uint32_t oindex)
{
	struct position position;
	bool in_range = position_make(&position, blknum, index, oindex);

	assert(in_range);
	return position;
}

static bool insert_outputs(struct ledger_store *store,
			   const struct transaction *transaction,
			   uint64_t blknum, uint32_t index, bool *own,
			   struct error *error)
{
	for (uint32_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];
		struct position position = place_of(blknum, index, i);

		coin_batch_store_make(store->batch, position, output);
		if (!is_own(store, &output->owner))
			continue;
		*own = true;
		ledger_put(store->own, position, output, COIN_UNSPENT);
		if (!coin_store_insert_own(store->database, &output->owner,
					   position, error))
			return false;
	}
	return true;
}

/* Spends the inputs, and marks those that watched owners have. */
static bool spend_inputs(struct ledger_store *store, bool *own,
			 const struct transaction *transaction,
			 struct position spender, struct error *error)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct position position = transaction->inputs[i];
		struct output output;

		coin_batch_store_spend(store->batch, position, spender);
		if (ledger_find(store->own, &output, position) == COIN_UNKNOWN)
			continue;
		*own = true;
		if (!coin_store_spend_own(store->database, &output.owner,
					  position, true, error))
			return false;
	}
	return true;
}

static bool note_own_transaction(struct ledger_store *store,
				 const struct block_body *body, uint64_t blknum,
				 uint32_t index, struct error *error)
{
	struct growing_buffer buffer;

	growing_buffer_init(&buffer, PROTOCOL_MAX_RAW_SIZE);
	struct hash hash =
		transaction_hash(block_body_raw(body, index, &buffer));
	growing_buffer_clear(&buffer);
	return coin_store_insert_own_transaction(
		store->database, &hash, place_of(blknum, index, 0), error);
}

/* Writes in the midst of a block what takes too much memory. */
static bool write_early(struct ledger_store *store, struct error *error)
{
	if (coin_batch_store_memory(store->batch) < store->most_held_back)
		return true;
	store->wrote_early = true;
	return coin_batch_store_write(store->batch, store->database, error);
}

bool ledger_store_apply(struct ledger_store *store,
			const struct block_judge *judge,
			const struct block_body *body,
			const struct watched_block *block, struct error *error)
{
	for (uint32_t i = 0; i < body->count; i++) {
		struct transaction room;
		block_body_walk(body, i);
		const struct transaction *transaction =
			block_judge_transaction(judge, i, &room);
		struct position place = place_of(block->blknum, i, 0);
		bool own = false;

		if (!insert_outputs(store, transaction, block->blknum, i, &own,
				    error) ||
		    !spend_inputs(store, &own, transaction, place, error) ||
		    (own && !note_own_transaction(store, body, block->blknum, i,
						  error)) ||
		    !write_early(store, error))
			return false;
	}
	return true;
}

bool ledger_store_write(struct ledger_store *store, struct error *error)
{
	store->wrote_early = false;
	return coin_batch_store_write(store->batch, store->database, error);
}

void ledger_store_forget(struct ledger_store *store)
{
	store->wrote_early = false;
	coin_batch_store_reset(store->batch);
}

bool ledger_store_is_full(const struct ledger_store *store)
{
	return store->wrote_early ||
	       coin_batch_store_memory(store->batch) >= store->most_held_back;
}

static bool unspend_own(struct ledger_store *store, struct position position,
			struct error *error)
{
	struct stored_coin coin;
	bool found;

	if (store->owner_count == 0)
		return true;
	return coin_store_find(store->database, &found, &coin, position,
			       error) &&
	       (!found || !is_own(store, &coin.output.owner) ||
		coin_store_spend_own(store->database, &coin.output.owner,
				     position, false, error));
}

static int compare_positions(const void *a, const void *b)
{
	const struct position *left = a;
	const struct position *right = b;

	return position_compare(*left, *right);
}

/* Sorted, so that a page of the large table is touched once. */
static bool unspend_all(struct ledger_store *store, struct position *spent,
			size_t count, struct error *error)
{
	if (count > 0)
		qsort(spent, count, sizeof(*spent), compare_positions);
	for (size_t i = 0; i < count; i++) {
		if (!coin_store_spend(store->database, spent[i], NULL, error) ||
		    !unspend_own(store, spent[i], error))
			return false;
	}
	return true;
}

/* The coins that a body of an applied block spends have no spender again. */
static bool unspend(struct ledger_store *store, const struct block_body *body,
		    struct error *error)
{
	struct position *spent = memory_new(
		(size_t)body->count * PROTOCOL_MAX_INPUTS + 1, sizeof(*spent));
	struct growing_buffer buffer;
	size_t count = 0;

	growing_buffer_init(&buffer, PROTOCOL_MAX_RAW_SIZE);
	for (uint32_t i = 0; i < body->count; i++) {
		struct transaction transaction;
		block_body_walk(body, i);
		struct bytes raw = block_body_raw(body, i, &buffer);
		enum verdict verdict = transaction_decode(&transaction, raw);

		assert(verdict == VERDICT_VALID); /* it was applied */
		for (size_t k = 0; k < transaction.input_count; k++)
			spent[count++] = transaction.inputs[k];
	}
	bool ok = unspend_all(store, spent, count, error);
	growing_buffer_clear(&buffer);
	memory_free(spent);
	return ok;
}

static bool unapply(struct ledger_store *store,
		    const struct watched_block *block, struct error *error)
{
	struct body_file file;
	struct block_body body;

	if (!body_store_map(store->bodies, &file, &block->root, error))
		return false;
	struct finding finding = block_body_read_mapped(&body, file.bytes);
	bool ok = (finding.verdict == VERDICT_VALID &&
		   hash_equal(&body.root, &block->root)) ||
		  error_set(error, ERROR_IO,
			    "bodies: the file of block %llu is damaged",
			    (unsigned long long)block->blknum);
	ok = ok && unspend(store, &body, error) &&
	     known_store_put_body(store->database, &body, block->blknum,
				  error) &&
	     coin_store_delete_block(store->database, block->blknum, error);
	block_body_clear(&body);
	body_file_clear(&file);
	return ok;
}

static bool run_with_number(struct ledger_store *store, const char *sql,
			    uint64_t number, struct error *error)
{
	struct statement *row = statement_begin(store->database, sql);

	statement_bind_u64(row, 1, number);
	return statement_run(row, error);
}

static bool remember_replaced(struct ledger_store *store,
			      const struct watched_block *block, bool was_final,
			      struct error *error)
{
	struct statement *row = statement_begin(store->database,
						SQL_WATCHER_PUT_REPLACED_BLOCK);

	statement_bind_u64(row, 1, block->blknum);
	statement_bind_bytes(row, 2, bytes_view(block->root.bytes, 32));
	statement_bind_u64(row, 3, block->time.seconds);
	statement_bind_u64(row, 4, block->eth_block_number);
	statement_bind_bytes(row, 5,
			     bytes_view(block->eth_block_hash.bytes, 32));
	statement_bind_u64(row, 6, was_final ? 1 : 0);
	return statement_run(row, error);
}

/* Takes back the newest block of the undone eth_blocks; `found` false: there is
 * none. */
static bool undo_newest_block(struct ledger_store *store, bool *found,
			      uint64_t first_undone, bool final_known,
			      uint64_t final_number, struct error *error)
{
	struct statement *row = statement_begin(
		store->database, SQL_WATCHER_BLOCKS_FROM_ETH_BLOCK);
	struct watched_block block;
	uint64_t blknum = 0;

	statement_bind_u64(row, 1, first_undone);
	bool ok = statement_find(found, row, error);
	if (ok && *found)
		blknum = statement_u64(row, 0);
	statement_end(row);
	if (!ok || !*found)
		return ok;
	return watcher_store_block(store->database, found, &block, blknum,
				   error) &&
	       (block.state != BLOCK_STATE_APPLIED ||
		unapply(store, &block, error)) &&
	       remember_replaced(store, &block,
				 final_known &&
					 block.eth_block_number <= final_number,
				 error) &&
	       run_with_number(store, SQL_WATCHER_DELETE_BLOCK, blknum, error);
}

static bool undo_newest_deposit(struct ledger_store *store, bool *found,
				uint64_t first_undone, struct error *error)
{
	struct statement *row = statement_begin(
		store->database, SQL_WATCHER_DEPOSIT_FROM_ETH_BLOCK);
	struct watched_deposit deposit;
	uint64_t blknum = 0;

	statement_bind_u64(row, 1, first_undone);
	bool ok = statement_find(found, row, error);
	if (ok && *found)
		blknum = statement_u64(row, 0);
	statement_end(row);
	if (!ok || !*found)
		return ok;
	return watcher_store_deposit(store->database, found, &deposit, blknum,
				     error) &&
	       coin_store_remove_deposit(store->database, &deposit.output,
					 place_of(blknum, 0, 0), error) &&
	       run_with_number(store, SQL_WATCHER_DELETE_DEPOSIT, blknum,
			       error);
}

bool ledger_store_undo(struct ledger_store *store, uint64_t first_undone,
		       bool final_known, uint64_t final_number,
		       struct error *error)
{
	bool found = true;

	if (!ledger_store_write(store, error))
		return false;
	while (found) {
		if (!undo_newest_block(store, &found, first_undone, final_known,
				       final_number, error))
			return false;
	}
	found = true;
	while (found) {
		if (!undo_newest_deposit(store, &found, first_undone, error))
			return false;
	}
	return run_with_number(store, SQL_WATCHER_DELETE_EXITED_FROM_ETH_BLOCK,
			       first_undone, error);
}

/* True in `same` if the transaction at `position` has these raw bytes. */
static bool is_same(struct ledger_store *store, bool *same,
		    struct position position, struct bytes raw,
		    struct error *error)
{
	struct inclusion inclusion;
	bool found;

	bool ok = inclusion_store_find(store->bodies, &found, &inclusion,
				       store->database, position, error);
	*same = ok && found && bytes_equal(inclusion.raw, raw);
	inclusion_clear(&inclusion);
	return ok;
}

bool ledger_store_find_duplicates(struct ledger_store *store, bool *known,
				  const struct block_judge *judge,
				  const struct block_body *body,
				  struct error *error)
{
	struct growing_buffer buffer;
	size_t lookups = 0;
	bool ok = true;

	growing_buffer_init(&buffer, PROTOCOL_MAX_RAW_SIZE);
	for (uint32_t i = 0; ok && i < body->count; i++) {
		struct transaction room;
		block_body_walk(body, i);
		const struct transaction *transaction =
			block_judge_transaction(judge, i, &room);
		struct stored_coin coin;
		bool found = false;

		known[i] = false;
		/* What was included before has spent its inputs. A fee
		 * transaction names its block. */
		if (transaction->input_count == 0)
			continue;
		ok = coin_store_find(store->database, &found, &coin,
				     transaction->inputs[0], error);
		if (ok && found && coin.has_spender &&
		    lookups++ < MOST_NAME_LOOKUPS)
			ok = is_same(store, &known[i], coin.spender,
				     block_body_raw(body, i, &buffer), error);
	}
	growing_buffer_clear(&buffer);
	return ok;
}
