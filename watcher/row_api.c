/* SPDX-License-Identifier: MIT */
#include "watcher/row_api.h"

#include <string.h>

#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/service/omg_answer.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"

typedef unsigned long long number;

void row_reader_init(struct row_reader *reader, struct database *database,
		     struct body_store *bodies)
{
	memset(reader, 0, sizeof(*reader));
	reader->database = database;
	reader->bodies = bodies;
	reader->file = BODY_FILE_NONE;
}

static void forget_block(struct row_reader *reader)
{
	if (reader->has_block)
		block_body_clear(&reader->body);
	reader->has_block = false;
	body_file_clear(&reader->file);
}

void row_reader_clear(struct row_reader *reader)
{
	forget_block(reader);
}

/* ---- blocks and bytes ---- */

static bool read_deposit_block(struct row_reader *reader, bool *found,
			       struct row_block *block, uint64_t blknum,
			       struct error *error)
{
	struct watched_deposit deposit;

	if (!watcher_store_deposit(reader->database, found, &deposit, blknum,
				   error))
		return false;
	if (*found)
		*block = (struct row_block){ blknum,
					     deposit.root,
					     deposit.time,
					     deposit.eth_block_number,
					     1,
					     true };
	return true;
}

bool row_reader_block(struct row_reader *reader, bool *found,
		      struct row_block *block, uint64_t blknum,
		      struct error *error)
{
	struct watched_block row;

	if (blknum_is_deposit(blknum))
		return read_deposit_block(reader, found, block, blknum, error);
	if (!watcher_store_block(reader->database, found, &row, blknum, error))
		return false;
	if (*found)
		*block = (struct row_block){ blknum,
					     row.root,
					     row.time,
					     row.eth_block_number,
					     row.transaction_count,
					     row.state == BLOCK_STATE_APPLIED };
	return true;
}

/* Cuts the body of a block; `found` false if it is not held. */
static bool open_block(struct row_reader *reader, bool *found, uint64_t blknum,
		       struct error *error)
{
	*found = reader->has_block && reader->block.blknum == blknum;
	if (*found)
		return true;
	forget_block(reader);
	if (!watcher_store_block(reader->database, found, &reader->block,
				 blknum, error))
		return false;
	if (!*found || !reader->block.has_body) {
		*found = false;
		return true;
	}
	if (!body_store_map(reader->bodies, &reader->file, &reader->block.root,
			    error)) {
		*found = false;
		return error->code == ERROR_NO_INPUT;
	}
	struct finding finding =
		block_body_read_mapped(&reader->body, reader->file.bytes);
	reader->has_block = finding.verdict == VERDICT_VALID;
	return reader->has_block ||
	       error_set(error, ERROR_IO, "the body of block %llu is damaged",
			 (number)blknum);
}

static bool read_deposit_raw(struct row_reader *reader, bool *found,
			     struct growing_buffer *raw, uint64_t blknum,
			     struct error *error)
{
	struct watched_deposit deposit;

	if (!watcher_store_deposit(reader->database, found, &deposit, blknum,
				   error))
		return false;
	*found = *found && deposit.bytes_known;
	if (*found)
		(void)growing_buffer_put(
			raw, bytes_view(deposit.raw, deposit.raw_len));
	return true;
}

bool row_reader_raw(struct row_reader *reader, bool *found,
		    struct growing_buffer *raw, struct position position,
		    struct error *error)
{
	uint64_t blknum = position_blknum(position);
	uint32_t index = position_txindex(position);

	if (blknum_is_deposit(blknum))
		return read_deposit_raw(reader, found, raw, blknum, error);
	if (!open_block(reader, found, blknum, error))
		return false;
	*found = *found && index < reader->body.count;
	if (*found) {
		struct growing_buffer one;

		growing_buffer_init(&one, PROTOCOL_MAX_SIGNED_SIZE);
		(void)growing_buffer_put(
			raw, block_body_raw(&reader->body, index, &one));
		growing_buffer_clear(&one);
	}
	return true;
}

/* ---- coins ---- */

/* The hash of a transaction of a watched owner, or null. */
static bool put_hash_at(struct row_reader *reader, struct growing_buffer *out,
			const char *key, struct position position,
			struct error *error)
{
	struct statement *row = statement_begin(reader->database,
						SQL_WATCHER_OWN_TRANSACTION_AT);

	statement_bind_u64(row, 1, position_of_transaction(position).packed);
	(void)growing_buffer_format(out, ",\"%s\":", key);
	enum statement_result result = statement_step(row, error);
	if (result == STATEMENT_ROW)
		omg_answer_put_hex(out, statement_bytes(row, 0));
	else
		(void)growing_buffer_format(out, "null");
	statement_end(row);
	return result != STATEMENT_FAILED;
}

static void put_place(struct growing_buffer *out, struct position position)
{
	(void)growing_buffer_format(
		out,
		"\"blknum\":%llu,\"txindex\":%u,\"oindex\":%u,\"utxo_pos\":",
		(number)position_blknum(position), position_txindex(position),
		position_oindex(position));
	omg_answer_put_u256(out, position_to_u256(position));
}

static void put_output(struct growing_buffer *out, const struct output *output)
{
	(void)growing_buffer_format(out,
				    ",\"otype\":%u,\"owner\":", output->type);
	omg_answer_put_hex(out, bytes_view(output->owner.bytes, 20));
	(void)growing_buffer_format(out, ",\"currency\":");
	omg_answer_put_hex(out, bytes_view(output->token.address.bytes, 20));
	(void)growing_buffer_format(out, ",\"amount\":");
	omg_answer_put_u256(out, amount_to_u256(output->amount));
}

static void put_times(struct growing_buffer *out, struct root_time time)
{
	char text[INSTANT_TEXT_SIZE];

	instant_format(text, time.seconds);
	(void)growing_buffer_format(
		out, ",\"inserted_at\":\"%s\",\"updated_at\":\"%s\"", text,
		text);
}

bool row_reader_put_coin(struct row_reader *reader, struct growing_buffer *out,
			 const struct watched_coin *coin, struct error *error)
{
	struct row_block block = { .blknum = 0 };
	bool found;

	(void)growing_buffer_put_byte(out, '{');
	put_place(out, coin->position);
	put_output(out, &coin->output);
	if (!put_hash_at(reader, out, "creating_txhash", coin->position, error))
		return false;
	if (!coin->has_spender)
		(void)growing_buffer_format(out, ",\"spending_txhash\":null");
	else if (!put_hash_at(reader, out, "spending_txhash", coin->spender,
			      error))
		return false;
	if (!row_reader_block(reader, &found, &block,
			      position_blknum(coin->position), error))
		return false;
	put_times(out, block.time);
	(void)growing_buffer_put_byte(out, '}');
	return true;
}

/* ---- transactions ---- */

static bool put_coin_at(struct row_reader *reader, struct growing_buffer *out,
			struct position position, struct error *error)
{
	struct watched_coin coin;
	bool found;

	if (!watcher_store_coin(reader->database, &found, &coin, position,
				error))
		return false;
	if (!found)
		return error_set(error, ERROR_NO_INPUT,
				 "an output of the transaction is not in the "
				 "verified chain");
	return row_reader_put_coin(reader, out, &coin, error);
}

static bool put_inputs(struct row_reader *reader, struct growing_buffer *out,
		       const struct transaction *transaction,
		       struct error *error)
{
	(void)growing_buffer_format(out, ",\"inputs\":[");
	for (unsigned int i = 0; i < transaction->input_count; i++) {
		if (i > 0)
			(void)growing_buffer_put_byte(out, ',');
		if (!put_coin_at(reader, out, transaction->inputs[i], error))
			return false;
	}
	(void)growing_buffer_put_byte(out, ']');
	return true;
}

static bool put_outputs(struct row_reader *reader, struct growing_buffer *out,
			const struct transaction *transaction,
			struct position position, struct error *error)
{
	(void)growing_buffer_format(out, ",\"outputs\":[");
	for (unsigned int i = 0; i < transaction->output_count; i++) {
		struct position at;

		if (i > 0)
			(void)growing_buffer_put_byte(out, ',');
		if (!position_make(&at, position_blknum(position),
				   position_txindex(position), i) ||
		    !put_coin_at(reader, out, at, error))
			return false;
	}
	(void)growing_buffer_put_byte(out, ']');
	return true;
}

void row_reader_put_block(struct growing_buffer *out,
			  const struct row_block *block)
{
	(void)growing_buffer_format(
		out, "{\"blknum\":%llu,\"hash\":", (number)block->blknum);
	omg_answer_put_hex(out, bytes_view(block->root.bytes, 32));
	(void)growing_buffer_format(
		out,
		",\"timestamp\":%llu,\"eth_height\":%llu,\"tx_count\":%llu",
		(number)block->time.seconds, (number)block->eth_block_number,
		(number)block->transaction_count);
	put_times(out, block->time);
	(void)growing_buffer_put_byte(out, '}');
}

static bool decode(struct transaction *out, struct bytes raw, bool is_deposit)
{
	return is_deposit
		       ? transaction_decode_deposit(out, raw) == VERDICT_VALID
		       : transaction_decode(out, raw) == VERDICT_VALID;
}

static void put_head(struct growing_buffer *out,
		     const struct transaction *transaction, struct bytes raw,
		     struct position position)
{
	struct hash hash = transaction_hash(raw);

	(void)growing_buffer_format(out, "{\"txhash\":");
	omg_answer_put_hex(out, bytes_view(hash.bytes, 32));
	(void)growing_buffer_format(
		out, ",\"txindex\":%u,\"txtype\":%u,\"metadata\":",
		position_txindex(position), transaction->type);
	omg_answer_put_hex(out, bytes_view(transaction->metadata.bytes, 32));
	(void)growing_buffer_format(out, ",\"txbytes\":");
	omg_answer_put_hex(out, raw);
}

static bool put_raw_transaction(struct row_reader *reader,
				struct growing_buffer *out, struct bytes raw,
				struct position position, struct error *error)
{
	uint64_t blknum = position_blknum(position);
	struct transaction transaction;
	struct row_block block;
	bool found;

	if (!decode(&transaction, raw, blknum_is_deposit(blknum)))
		return error_set(error, ERROR_NO_INPUT,
				 "the bytes are no transaction");
	if (!row_reader_block(reader, &found, &block, blknum, error))
		return false;
	if (!found)
		return error_set(error, ERROR_NO_INPUT,
				 "block %llu of the transaction is not known",
				 (number)blknum);
	put_head(out, &transaction, raw, position);
	(void)growing_buffer_format(out, ",\"block\":");
	row_reader_put_block(out, &block);
	if (!put_inputs(reader, out, &transaction, error) ||
	    !put_outputs(reader, out, &transaction, position, error))
		return false;
	put_times(out, block.time);
	(void)growing_buffer_put_byte(out, '}');
	return true;
}

bool row_reader_put_transaction(struct row_reader *reader,
				struct growing_buffer *out,
				struct position position, struct error *error)
{
	struct growing_buffer raw;
	bool found;

	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE);
	bool ok = row_reader_raw(reader, &found, &raw, position, error);
	if (ok && !found)
		ok = error_set(error, ERROR_NO_INPUT,
			       "the bytes of the transaction are not here");
	ok = ok && put_raw_transaction(reader, out, growing_buffer_view(&raw),
				       position, error);
	growing_buffer_clear(&raw);
	return ok;
}
