/* SPDX-License-Identifier: MIT */
#include "watcher/chain_api.h"

#include <string.h>

#include "common/chain/transaction_codec.h"
#include "common/service/omg_answer.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/row_api.h"
#include "watcher/watcher_store.h"

typedef unsigned long long number;

/* ---- one transaction ---- */

bool chain_api_transaction(struct call *call)
{
	struct row_reader reader;
	struct position position;
	struct hash hash;
	bool found;

	if (!call_hash(call, &hash, "id") ||
	    !watcher_store_own_transaction(call->database, &found, &position,
					   &hash, &call->error))
		return false;
	if (!found)
		return call_refuse(call, "transaction:not_found",
				   "no verified transaction of a watched "
				   "owner has this hash");
	row_reader_init(&reader, call->database, call->bodies);
	bool ok = row_reader_put_transaction(&reader, call->out, position,
					     &call->error);
	row_reader_clear(&reader);
	return ok;
}

/* ---- lists of transactions ---- */

/* One list on its way out. Rows that do not fit the filter do not count. */
struct listing {
	struct call *call;
	struct row_reader reader;
	bool has_metadata;
	struct hash metadata;
	uint64_t skip; /* matching rows of earlier pages */
	uint64_t count;
};

static bool matches(struct listing *listing, bool *is_match,
		    struct position position)
{
	bool is_deposit = blknum_is_deposit(position_blknum(position));
	struct transaction transaction;
	struct growing_buffer raw;

	*is_match = true;
	if (!listing->has_metadata)
		return true;
	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE);
	bool ok = row_reader_raw(&listing->reader, is_match, &raw, position,
				 &listing->call->error);
	if (ok && *is_match) {
		struct bytes bytes = growing_buffer_view(&raw);
		enum verdict verdict =
			is_deposit ? transaction_decode_deposit(&transaction,
								bytes)
				   : transaction_decode(&transaction, bytes);

		*is_match =
			verdict == VERDICT_VALID &&
			hash_equal(&transaction.metadata, &listing->metadata);
	}
	growing_buffer_clear(&raw);
	return ok;
}

/* Appends the transaction if it belongs to the page. One whose bytes are not
 * here is left out. */
static bool add(struct listing *listing, struct position position)
{
	struct call *call = listing->call;
	size_t before = call->out->len;
	bool is_match;

	if (!matches(listing, &is_match, position))
		return false;
	if (!is_match)
		return true;
	if (listing->skip > 0) {
		listing->skip--;
		return true;
	}
	(void)growing_buffer_format(call->out, "%s",
				    listing->count == 0 ? "" : ",");
	if (row_reader_put_transaction(&listing->reader, call->out, position,
				       &call->error)) {
		listing->count++;
		return true;
	}
	call->out->len = before;
	return call->error.code == ERROR_NO_INPUT;
}

static bool is_full(const struct listing *listing)
{
	return listing->count >= listing->call->limit;
}

/* Adds the positions that a statement gives, until the page is full. */
static bool add_rows(struct listing *listing, struct statement *row)
{
	enum statement_result result = STATEMENT_DONE;
	struct position position;
	bool ok = true;

	while (ok && !is_full(listing) &&
	       (result = statement_step(row, &listing->call->error)) ==
		       STATEMENT_ROW)
		ok = position_from_packed(&position, statement_u64(row, 0)) &&
		     add(listing, position);
	statement_end(row);
	return ok && result != STATEMENT_FAILED;
}

/* With a filter the pages are counted here, without one by SQL. */
static uint64_t offset_of(struct listing *listing)
{
	uint64_t before = (listing->call->page - 1) * listing->call->limit;

	listing->skip = listing->has_metadata ? before : 0;
	return listing->has_metadata ? 0 : before;
}

static uint64_t limit_of(const struct listing *listing)
{
	return listing->has_metadata ? INT64_MAX : listing->call->limit;
}

static bool list_of_owner(struct listing *listing, const struct address *owner)
{
	uint64_t offset = offset_of(listing);
	struct statement *row = statement_begin(
		listing->call->database, SQL_WATCHER_TRANSACTIONS_OF_OWNER);

	statement_bind_bytes(row, 1, bytes_view(owner->bytes, 20));
	statement_bind_u64(row, 2, limit_of(listing));
	statement_bind_u64(row, 3, offset);
	return add_rows(listing, row);
}

static bool list_of_watched(struct listing *listing)
{
	uint64_t offset = offset_of(listing);
	struct statement *row = statement_begin(
		listing->call->database, SQL_WATCHER_OWN_TRANSACTION_PAGE);

	statement_bind_u64(row, 1, limit_of(listing));
	statement_bind_u64(row, 2, offset);
	return add_rows(listing, row);
}

static bool list_of_block(struct listing *listing, uint64_t blknum)
{
	uint64_t offset = offset_of(listing);
	struct row_block block;
	bool found;
	bool ok = true;

	if (!row_reader_block(&listing->reader, &found, &block, blknum,
			      &listing->call->error))
		return false;
	if (!found || !block.is_applied)
		return true;
	for (uint64_t i = offset;
	     ok && i < block.transaction_count && !is_full(listing); i++) {
		struct position position;

		ok = position_make(&position, blknum, (uint32_t)i, 0) &&
		     add(listing, position);
	}
	return ok;
}

static bool list(struct listing *listing)
{
	struct call *call = listing->call;
	struct address owner;
	uint64_t blknum;

	if (call_has(call, "metadata")) {
		listing->has_metadata = true;
		if (!call_hash(call, &listing->metadata, "metadata"))
			return false;
	}
	if (call_has(call, "blknum"))
		return call_index(call, &blknum, "blknum",
				  PROTOCOL_MAX_BLOCK_NUMBER) &&
		       list_of_block(listing, blknum);
	if (call_has(call, "address"))
		return call_address(call, &owner, "address") &&
		       list_of_owner(listing, &owner);
	return list_of_watched(listing);
}

bool chain_api_transactions(struct call *call)
{
	struct listing listing = { .call = call };

	if (!call_paging(call))
		return false;
	row_reader_init(&listing.reader, call->database, call->bodies);
	(void)growing_buffer_put_byte(call->out, '[');
	bool ok = list(&listing);
	(void)growing_buffer_put_byte(call->out, ']');
	row_reader_clear(&listing.reader);
	return ok;
}

bool chain_api_account_transactions(struct call *call)
{
	struct address owner;

	return call_address(call, &owner, "address") &&
	       chain_api_transactions(call);
}

/* ---- blocks and deposits ---- */

typedef bool row_function(struct call *call, struct row_reader *reader,
			  uint64_t blknum);

/* Appends one row for each number that a statement gives. */
static bool put_list(struct call *call, struct statement *row,
		     row_function *put_row)
{
	struct row_reader reader;
	enum statement_result result;
	const char *separator = "";
	bool ok = true;

	row_reader_init(&reader, call->database, call->bodies);
	(void)growing_buffer_put_byte(call->out, '[');
	while (ok &&
	       (result = statement_step(row, &call->error)) == STATEMENT_ROW) {
		(void)growing_buffer_format(call->out, "%s", separator);
		separator = ",";
		ok = put_row(call, &reader, statement_u64(row, 0));
	}
	(void)growing_buffer_put_byte(call->out, ']');
	statement_end(row);
	row_reader_clear(&reader);
	return ok && result != STATEMENT_FAILED;
}

static bool put_block_row(struct call *call, struct row_reader *reader,
			  uint64_t blknum)
{
	struct row_block block;
	bool found;

	if (!row_reader_block(reader, &found, &block, blknum, &call->error))
		return false;
	row_reader_put_block(call->out, &block);
	return true;
}

bool chain_api_blocks(struct call *call)
{
	if (!call_paging(call))
		return false;
	struct statement *row =
		statement_begin(call->database, SQL_WATCHER_APPLIED_BLOCK_PAGE);
	statement_bind_u64(row, 1, call->limit);
	statement_bind_u64(row, 2, (call->page - 1) * call->limit);
	return put_list(call, row, put_block_row);
}

static bool put_deposit_row(struct call *call, struct row_reader *reader,
			    uint64_t blknum)
{
	struct watched_deposit deposit;
	struct watched_coin coin;
	struct position position;
	bool found;

	if (!watcher_store_deposit(call->database, &found, &deposit, blknum,
				   &call->error) ||
	    !position_make(&position, blknum, 0, 0) ||
	    !watcher_store_coin(call->database, &found, &coin, position,
				&call->error))
		return false;
	(void)growing_buffer_format(
		call->out,
		"{\"event_type\":\"deposit\",\"root_chain_txhash\":");
	omg_answer_put_hex(call->out,
			   bytes_view(deposit.eth_transaction_hash.bytes, 32));
	(void)growing_buffer_format(
		call->out,
		",\"log_index\":%lu,\"eth_height\":%llu,\"txoutputs\":[",
		(unsigned long)deposit.log_index,
		(number)deposit.eth_block_number);
	if (found &&
	    !row_reader_put_coin(reader, call->out, &coin, &call->error))
		return false;
	(void)growing_buffer_format(call->out, "]}");
	return true;
}

bool chain_api_deposits(struct call *call)
{
	struct address owner;
	bool has_owner = call_has(call, "address");

	if (!call_paging(call) ||
	    (has_owner && !call_address(call, &owner, "address")))
		return false;
	struct statement *row =
		statement_begin(call->database, SQL_WATCHER_DEPOSIT_PAGE);
	if (has_owner)
		statement_bind_bytes(row, 1, bytes_view(owner.bytes, 20));
	else
		statement_bind_null(row, 1);
	statement_bind_u64(row, 2, call->limit);
	statement_bind_u64(row, 3, (call->page - 1) * call->limit);
	return put_list(call, row, put_deposit_row);
}
