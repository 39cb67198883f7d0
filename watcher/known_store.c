/* SPDX-License-Identifier: MIT */
#include "watcher/known_store.h"

#include <assert.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_hash.h"
#include "common/chain/witness.h"
#include "common/codec/rlp_reader.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/inclusion_store.h"
#include "watcher/watcher_store.h"

/* ---- putting ---- */

static bool put_transaction(struct database *database, const struct hash *hash,
			    struct bytes raw, enum known_source source,
			    struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_KNOWN_TRANSACTION);

	statement_bind_hash(row, 1, hash);
	statement_bind_bytes(row, 2, raw);
	statement_bind_u64(row, 3, source);
	if (!statement_run(row, error))
		return false;
	row = statement_begin(database, SQL_WATCHER_PUT_KNOWN_PAYMENTS);
	statement_bind_hash(row, 1, hash);
	statement_bind_bytes(row, 2, raw);
	return statement_run(row, error);
}

/* `order` is that in which signatures are recovered. */
static bool put_spends(struct database *database, const struct hash *hash,
		       const struct transaction *transaction, uint64_t order,
		       struct error *error)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct statement *row =
			statement_begin(database, SQL_WATCHER_PUT_KNOWN_SPEND);

		statement_bind_u64(row, 1, transaction->inputs[i].packed);
		statement_bind_hash(row, 2, hash);
		statement_bind_u64(row, 3, i);
		statement_bind_u64(row, 4, order);
		if (!statement_run(row, error))
			return false;
	}
	return true;
}

/* Runs `sql` for each input: ?1 its position, ?2 the hash, ?3 `order`. */
static bool run_for_inputs(struct database *database, const char *sql,
			   const struct hash *hash,
			   const struct transaction *transaction,
			   const uint64_t *order, struct error *error)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct statement *row = statement_begin(database, sql);

		statement_bind_u64(row, 1, transaction->inputs[i].packed);
		statement_bind_hash(row, 2, hash);
		if (order != NULL)
			statement_bind_u64(row, 3, *order);
		if (!statement_run(row, error))
			return false;
	}
	return true;
}

/* `some_new`: one at least was not known. */
static bool put_signatures(struct database *database, bool *some_new,
			   const struct hash *hash,
			   const struct signature *signatures, size_t count,
			   struct error *error)
{
	*some_new = false;
	for (size_t i = 0; i < count; i++) {
		struct statement *row = statement_begin(
			database, SQL_WATCHER_PUT_KNOWN_SIGNATURE);

		statement_bind_hash(row, 1, hash);
		statement_bind_bytes(row, 2,
				     bytes_view(signatures[i].bytes,
						sizeof(signatures[i].bytes)));
		if (!statement_run(row, error))
			return false;
		*some_new = *some_new || statement_changes(database) > 0;
	}
	return true;
}

static bool put_inclusion(struct database *database, const struct hash *hash,
			  struct position position, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_KNOWN_INCLUSION);

	statement_bind_hash(row, 1, hash);
	statement_bind_u64(row, 2, position_of_transaction(position).packed);
	return statement_run(row, error);
}

bool known_store_put(struct database *database, struct bytes raw,
		     const struct signature *signatures, size_t count,
		     enum known_source source, const struct position *position,
		     struct error *error)
{
	struct transaction transaction;

	if (transaction_decode(&transaction, raw) != VERDICT_VALID ||
	    transaction.type != PROTOCOL_TX_TYPE_PAYMENT)
		return true;
	struct hash hash = transaction_hash(raw);
	uint64_t order = position == NULL ? 0 : position->packed;
	bool some_new;

	return put_transaction(database, &hash, raw, source, error) &&
	       put_spends(database, &hash, &transaction, order, error) &&
	       put_signatures(database, &some_new, &hash, signatures, count,
			      error) &&
	       (!some_new ||
		run_for_inputs(database, SQL_WATCHER_SET_KNOWN_SPEND_PENDING,
			       &hash, &transaction, &order, error)) &&
	       (position == NULL ||
		put_inclusion(database, &hash, *position, error));
}

/* The items of 65 bytes, so many at most: the contracts take five. */
#define MOST_SIGNATURES 32
static size_t read_signatures(struct signature out[MOST_SIGNATURES],
			      struct bytes payload)
{
	struct rlp_reader items = rlp_reader_of(payload);
	size_t count = 0;

	while (count < MOST_SIGNATURES && rlp_reader_has_more(&items)) {
		struct rlp_item item = rlp_reader_next(&items);

		if (rlp_reader_ok(&items) && !item.is_list &&
		    item.payload.len == SIGNATURE_SIZE) {
			memcpy(out[count].bytes, item.payload.data,
			       SIGNATURE_SIZE);
			count++;
		}
	}
	return count;
}

bool known_store_put_frame(struct database *database,
			   const struct transaction_frame *frame,
			   enum known_source source,
			   const struct position *position, struct error *error)
{
	struct signature signatures[MOST_SIGNATURES];
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];

	/* Longer ones are no payments. */
	if (transaction_frame_raw_len(frame) > sizeof(raw))
		return true;
	struct writer writer = writer_of(raw, sizeof(raw));
	transaction_frame_write_raw(&writer, frame);
	size_t count = read_signatures(signatures, frame->signatures);

	return known_store_put(database, writer_view(&writer), signatures,
			       count, source, position, error);
}

bool known_store_put_body(struct database *database,
			  const struct block_body *body, uint64_t blknum,
			  struct error *error)
{
	bool ok = true;

	for (uint32_t i = 0; ok && i < body->count; i++) {
		struct transaction_frame frame = block_body_frame(body, i);
		struct position position;
		bool in_range = position_make(&position, blknum, i, 0);

		assert(in_range);
		block_body_walk(body, i);
		ok = known_store_put_frame(database, &frame,
					   KNOWN_SOURCE_BAD_BLOCK, &position,
					   error);
	}
	return ok;
}

/* ---- asking ---- */

static bool read_witness(struct signature *signature, struct statement *row,
			 int column, struct error *error)
{
	struct bytes bytes = statement_bytes(row, column);

	if (bytes.len != SIGNATURE_SIZE)
		return error_set(error, ERROR_IO, "a signature of %zu bytes",
				 bytes.len);
	memcpy(signature->bytes, bytes.data, SIGNATURE_SIZE);
	return true;
}

static bool read_signature(void *out, struct statement *row,
			   struct error *error)
{
	return read_witness(out, row, 0, error);
}

static struct signature *signatures_new(struct database *database,
					size_t *count, const char *sql,
					const struct hash *transaction_hash,
					struct error *error)
{
	struct statement *row = statement_begin(database, sql);

	statement_bind_hash(row, 1, transaction_hash);
	return statement_rows_new(count, sizeof(struct signature), row,
				  read_signature, error);
}

struct signature *
known_store_signatures_new(struct database *database, size_t *count,
			   const struct hash *transaction_hash,
			   struct error *error)
{
	return signatures_new(database, count, SQL_WATCHER_KNOWN_SIGNATURES,
			      transaction_hash, error);
}

bool known_store_witness(const struct known_sources *sources, bool *found,
			 struct signature *out,
			 const struct transaction *transaction,
			 const struct hash *transaction_hash,
			 const struct address *owner, struct error *error)
{
	size_t count;
	struct signature *list = known_store_signatures_new(
		sources->database, &count, transaction_hash, error);

	if (list == NULL)
		return false;
	*found = witness_find(out, transaction, &sources->domain, owner, list,
			      count);
	memory_free(list);
	return true;
}

bool known_store_is_claimed(struct database *database, bool *claimed,
			    struct position position, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_KNOWN_CLAIM);

	statement_bind_u64(row, 1, position.packed);
	statement_bind_u64(row, 2, KNOWN_SOURCE_WALLET);
	enum statement_result result = statement_step(row, error);
	*claimed = result == STATEMENT_ROW;
	statement_end(row);
	return result != STATEMENT_FAILED;
}

bool known_store_raw(struct database *database, bool *found,
		     struct growing_buffer *raw,
		     const struct hash *transaction_hash, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_KNOWN_TRANSACTION);

	statement_bind_hash(row, 1, transaction_hash);
	enum statement_result result = statement_step(row, error);
	*found = result == STATEMENT_ROW;
	if (*found)
		(void)growing_buffer_put(
			raw,
			statement_bytes(row, 0)); /* the buffer remembers */
	statement_end(row);
	return result != STATEMENT_FAILED;
}

static bool read_hash(void *out, struct statement *row, struct error *error)
{
	return statement_hash(out, row, 0, error);
}

bool known_store_paying_new(struct database *database, struct hash **out,
			    size_t *count, const struct address *owner,
			    struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_KNOWN_PAYING);

	statement_bind_address(row, 1, owner);
	statement_bind_u64(row, 2, KNOWN_STORE_MAX_PAYMENTS);
	*out = statement_rows_new(count, sizeof(**out), row, read_hash, error);
	return *out != NULL;
}

static bool transaction_at(struct database *database, bool *found,
			   struct hash *hash, struct position position,
			   struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_KNOWN_TRANSACTION_AT);

	statement_bind_u64(row, 1, position_of_transaction(position).packed);
	return statement_read(found, hash, row, read_hash, error);
}

/* A body is read once for each of its spenders that matters to an exit: from
 * then on it is among the known transactions. */
static bool remember_spender(const struct known_sources *sources, bool *found,
			     struct hash *hash, struct position spender,
			     struct error *error)
{
	struct inclusion inclusion;
	struct signature signatures[MOST_SIGNATURES];

	if (!transaction_at(sources->database, found, hash, spender, error))
		return false;
	if (*found)
		return true;
	bool ok = inclusion_store_find(sources->bodies, found, &inclusion,
				       sources->database, spender, error);
	if (ok && *found) {
		size_t count =
			read_signatures(signatures, inclusion.signatures);

		*hash = transaction_hash(inclusion.raw);
		ok = known_store_put(sources->database, inclusion.raw,
				     signatures, count, KNOWN_SOURCE_BLOCK,
				     &spender, error);
	}
	inclusion_clear(&inclusion);
	return ok;
}

static bool block_time_of(struct database *database, uint64_t *time,
			  struct position position, struct error *error)
{
	struct watched_block block;
	bool found;

	*time = 0;
	if (!watcher_store_block(database, &found, &block,
				 position_blknum(position), error))
		return false;
	if (found)
		*time = block.time.seconds;
	return true;
}

/* ---- who signed ---- */

static bool put_signer(struct database *database, const struct hash *hash,
		       struct position position, const struct address *signer,
		       const struct signature *usable, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_KNOWN_SIGNER);

	statement_bind_u64(row, 1, position.packed);
	statement_bind_address(row, 2, signer);
	statement_bind_hash(row, 3, hash);
	statement_bind_bytes(row, 4, bytes_view(usable->bytes, SIGNATURE_SIZE));
	return statement_run(row, error);
}

static bool put_signers(const struct known_sources *sources,
			const struct hash *hash,
			const struct transaction *transaction,
			const struct signature *list, size_t count,
			struct error *error)
{
	struct hash digest = transaction_digest(&sources->domain, transaction);
	bool ok = true;

	for (size_t i = 0; i < count; i++) {
		struct signature usable;
		struct address signer;

		if (!witness_signer(&signer, &usable, &list[i], &digest))
			continue;
		for (size_t j = 0; ok && j < transaction->input_count; j++)
			ok = put_signer(sources->database, hash,
					transaction->inputs[j], &signer,
					&usable, error);
	}
	return ok;
}

/* Recovers what is not recovered yet of the signatures of a transaction. */
static bool recover(const struct known_sources *sources,
		    const struct hash *hash, struct error *error)
{
	struct database *database = sources->database;
	struct transaction transaction;
	struct growing_buffer raw;
	size_t count;
	bool found;

	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE);
	bool ok = known_store_raw(database, &found, &raw, hash, error);
	bool is_payment = ok && transaction_decode(&transaction,
						   growing_buffer_view(&raw)) ==
					VERDICT_VALID;
	growing_buffer_clear(&raw);
	if (!ok)
		return false;
	if (!is_payment)
		return error_set(error, ERROR_IO,
				 "watcher.db: a known transaction is none");
	struct signature *list = signatures_new(
		database, &count, SQL_WATCHER_SIGNATURES_NOT_RECOVERED, hash,
		error);
	if (list == NULL)
		return false;
	ok = put_signers(sources, hash, &transaction, list, count, error);
	memory_free(list);
	*sources->recoveries -= *sources->recoveries <= count
					? *sources->recoveries
					: count + 1;
	struct statement *row =
		statement_begin(database, SQL_WATCHER_SET_SIGNATURES_RECOVERED);
	statement_bind_hash(row, 1, hash);
	return statement_run(row, error) && ok &&
	       run_for_inputs(database, SQL_WATCHER_CLEAR_KNOWN_SPEND_PENDING,
			      hash, &transaction, NULL, error);
}

static bool recover_applied(const struct known_sources *sources,
			    struct position position, const struct hash *hash,
			    struct error *error)
{
	struct statement *row = statement_begin(
		sources->database, SQL_WATCHER_KNOWN_SPEND_IS_PENDING);
	bool pending;

	statement_bind_u64(row, 1, position.packed);
	statement_bind_hash(row, 2, hash);
	bool ok = statement_find(&pending, row, error);
	statement_end(row);
	return ok && (!pending || recover(sources, hash, error));
}

/* Finds out who signed the spends of an output, as many as may be: the next
 * pass need not do it again. */
static bool recover_spends(const struct known_sources *sources,
			   struct position position, struct error *error)
{
	bool found = true;

	while (found && *sources->recoveries > 0) {
		struct statement *row = statement_begin(
			sources->database, SQL_WATCHER_FIRST_PENDING_SPEND);
		struct hash hash;

		statement_bind_u64(row, 1, position.packed);
		if (!statement_read(&found, &hash, row, read_hash, error) ||
		    (found && !recover(sources, &hash, error)))
			return false;
	}
	return true;
}

/* ---- spends of one output ---- */

struct search {
	const struct known_sources *sources;
	struct arena *arena;
	const struct address *owner;
	bool has_applied;
	struct hash applied_hash;
	struct position applied_at;
	uint64_t applied_time;
};

static bool find_applied(struct search *search, struct position position,
			 struct error *error)
{
	struct database *database = search->sources->database;
	struct watched_coin coin;
	bool found;

	if (!watcher_store_coin(database, &found, &coin, position, error))
		return false;
	if (!found || !coin.has_spender)
		return true;
	search->applied_at = position_of_transaction(coin.spender);
	return remember_spender(search->sources, &search->has_applied,
				&search->applied_hash, coin.spender, error) &&
	       block_time_of(database, &search->applied_time, coin.spender,
			     error);
}

/* Fills from a row of known_spends, all but the transaction. */
static bool fill(struct known_spend *out, const struct search *search,
		 struct statement *row, struct error *error)
{
	memset(out, 0, sizeof(*out));
	if (!statement_hash(&out->transaction_hash, row, 0, error))
		return false;
	out->input_index = (uint16_t)statement_u64(row, 1);
	if (search->has_applied &&
	    hash_equal(&out->transaction_hash, &search->applied_hash)) {
		out->in_applied_block = true;
		out->block_time = search->applied_time;
		out->place.kind = BLOCK_PLACE_KNOWN;
		out->place.position = search->applied_at;
		return true;
	}
	if (!statement_is_null(row, 2)) {
		if (!position_from_packed(&out->place.position,
					  statement_u64(row, 2)))
			return error_set(error, ERROR_IO,
					 "watcher.db: a known transaction "
					 "stands at no position");
		out->place.kind = BLOCK_PLACE_KNOWN;
	}
	return true;
}

/* The signature of a signer that was recovered before. */
static bool take_witness(bool *taken, struct known_spend *out,
			 struct statement *row, struct error *error)
{
	*taken = !statement_is_null(row, 3);
	return !*taken || read_witness(&out->witness, row, 3, error);
}

/* Keeps the transaction in the arena if it bears the signature of the owner,
 * which `proved` says of one whose signer was recovered before: there may be
 * any number of others, which nobody signed. */
static bool prove(const struct search *search, bool *proved,
		  struct known_spend *spend, struct bytes raw,
		  struct error *error)
{
	struct transaction transaction;

	if (!*proved && transaction_decode(&transaction, raw) != VERDICT_VALID)
		return true;
	if (!*proved &&
	    !known_store_witness(search->sources, proved, &spend->witness,
				 &transaction, &spend->transaction_hash,
				 search->owner, error))
		return false;
	if (!*proved)
		return true;
	spend->raw = arena_copy(search->arena, raw);
	return spend->raw.data != NULL ||
	       error_set(error, ERROR_SOFTWARE,
			 "too many known spends for one pass");
}

static bool read_and_prove(const struct search *search, bool *proved,
			   struct known_spend *spend, struct error *error)
{
	struct statement *row = statement_begin(search->sources->database,
						SQL_WATCHER_KNOWN_TRANSACTION);

	statement_bind_hash(row, 1, &spend->transaction_hash);
	bool ok = statement_step(row, error) == STATEMENT_ROW &&
		  prove(search, proved, spend, statement_bytes(row, 0), error);
	statement_end(row);
	return ok;
}

bool known_store_spends(const struct known_sources *sources,
			struct arena *arena, struct known_spend_list *out,
			struct position position, const struct address *owner,
			struct error *error)
{
	struct search search = { .sources = sources,
				 .arena = arena,
				 .owner = owner };
	struct known_spend found[KNOWN_STORE_MAX_SPENDS];
	size_t count = 0;
	enum statement_result result;

	out->of = NULL;
	out->count = 0;
	if (!find_applied(&search, position, error) ||
	    (sources->recoveries != NULL &&
	     (!recover_applied(sources, position, &search.applied_hash,
			       error) ||
	      !recover_spends(sources, position, error))))
		return false;
	struct statement *row =
		statement_begin(sources->database, SQL_WATCHER_KNOWN_SPENDS);
	statement_bind_u64(row, 1, position.packed);
	statement_bind_hash(row, 2, &search.applied_hash);
	statement_bind_address(row, 3, owner);
	statement_bind_u64(row, 4, sources->recoveries == NULL);
	bool ok = true;
	while (ok && count < KNOWN_STORE_MAX_SPENDS &&
	       (result = statement_step(row, error)) != STATEMENT_DONE) {
		bool proved = false;

		ok = result == STATEMENT_ROW &&
		     fill(&found[count], &search, row, error) &&
		     take_witness(&proved, &found[count], row, error) &&
		     read_and_prove(&search, &proved, &found[count], error);
		count += ok && proved;
	}
	statement_end(row);
	if (!ok || count == 0)
		return ok;
	struct known_spend *kept = arena_new(arena, count, sizeof(*kept));
	if (kept == NULL)
		return error_set(error, ERROR_SOFTWARE,
				 "too many known spends for one pass");
	memcpy(kept, found, count * sizeof(*kept));
	out->count = count;
	out->of = kept;
	return true;
}

/* ---- where a transaction stands ---- */

static bool find_elsewhere(struct database *database,
			   struct known_inclusion *out, const struct hash *hash,
			   struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_KNOWN_INCLUSION);

	statement_bind_hash(row, 1, hash);
	enum statement_result result = statement_step(row, error);
	if (result == STATEMENT_ROW && !statement_is_null(row, 0) &&
	    position_from_packed(&out->place.position, statement_u64(row, 0)))
		out->place.kind = BLOCK_PLACE_KNOWN;
	statement_end(row);
	return result != STATEMENT_FAILED;
}

bool known_store_inclusion(const struct known_sources *sources,
			   struct known_inclusion *out,
			   const struct transaction *transaction,
			   const struct hash *transaction_hash,
			   struct error *error)
{
	struct watched_coin coin;
	struct hash hash;
	bool found;

	memset(out, 0, sizeof(*out));
	if (transaction->input_count == 0)
		return true;
	if (!watcher_store_coin(sources->database, &found, &coin,
				transaction->inputs[0], error))
		return false;
	if (found && coin.has_spender) {
		if (!remember_spender(sources, &found, &hash, coin.spender,
				      error))
			return false;
		if (found && hash_equal(&hash, transaction_hash)) {
			out->place.kind = BLOCK_PLACE_KNOWN;
			out->place.position =
				position_of_transaction(coin.spender);
			out->applied = true;
			return block_time_of(sources->database,
					     &out->block_time, coin.spender,
					     error);
		}
	}
	return find_elsewhere(sources->database, out, transaction_hash, error);
}
