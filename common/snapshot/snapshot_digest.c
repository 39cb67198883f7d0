/* SPDX-License-Identifier: MIT */
#include "common/snapshot/snapshot_digest.h"

#include <assert.h>

#include "common/base/growing_buffer.h"
#include "common/base/writer.h"
#include "common/codec/keccak256.h"
#include "common/codec/keccak256_batch.h"
#include "common/snapshot/snapshot_reader_private.h"
#include "common/store/statement.h"
#include "sql/snapshot_sql.h"

/* ---- pieces of a record ---- */

/* Records that are hashed together, and the longest they may be. */
#define GROUP 64
#define MAX_GROUP_LEN ((size_t)256 << 20)

struct records {
	struct keccak256 digest;
	struct growing_buffer bytes; /* those not hashed yet, one by one */
	size_t ends[GROUP];
	size_t count;
};

static void hash_group(struct records *records)
{
	struct bytes views[GROUP];
	struct hash hashes[GROUP];
	size_t start = 0;

	for (size_t i = 0; i < records->count; i++) {
		views[i] = bytes_view(records->bytes.data + start,
				      records->ends[i] - start);
		start = records->ends[i];
	}
	keccak256_batch(hashes, views, records->count);
	keccak256_add(&records->digest,
		      bytes_view(hashes, records->count * sizeof(hashes[0])));
	growing_buffer_reset(&records->bytes);
	records->count = 0;
}

static void end_record(struct records *records)
{
	records->ends[records->count++] = records->bytes.len;
	if (records->count == GROUP)
		hash_group(records);
}

static void add_tag(struct records *records, char tag)
{
	growing_buffer_put(&records->bytes, bytes_view(&tag, 1));
}

static void add_number(struct records *records, uint64_t number)
{
	uint8_t bytes[8];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	writer_put_number(&writer, number, sizeof(bytes));
	growing_buffer_put(&records->bytes, writer_view(&writer));
}

static void add_bytes(struct records *records, struct bytes view)
{
	growing_buffer_put(&records->bytes, view);
}

static void add_with_len(struct records *records, struct bytes view)
{
	add_number(records, view.len);
	add_bytes(records, view);
}

static void add_address(struct records *records, const struct address *address)
{
	add_bytes(records, bytes_view(address->bytes, sizeof(address->bytes)));
}

static void add_hash(struct records *records, const struct hash *hash)
{
	add_bytes(records, bytes_view(hash->bytes, sizeof(hash->bytes)));
}

/* ---- records ---- */

static void add_network(struct records *records,
			const struct snapshot_identity *identity)
{
	add_tag(records, 'N');
	add_number(records, identity->chain_id);
	add_address(records, &identity->plasma_framework);
	add_address(records, &identity->eth_vault);
	add_address(records, &identity->erc20_vault);
	add_address(records, &identity->payment_exit_game);
	add_number(records, identity->deployment_block);
	add_hash(records, &identity->deployment_block_hash);
	end_record(records);
}

static bool add_log(struct records *records, struct statement *row,
		    struct error *error)
{
	struct hash transaction;
	struct address address;
	struct bytes topics = statement_bytes(row, 5);

	if (!statement_hash(&transaction, row, 3, error) ||
	    !statement_address(&address, row, 4, error))
		return false;
	add_tag(records, 'L');
	add_number(records, statement_u64(row, 0));
	add_number(records, statement_u64(row, 1));
	add_number(records, statement_u64(row, 2));
	add_hash(records, &transaction);
	add_address(records, &address);
	add_number(records, topics.len / sizeof(transaction.bytes));
	add_bytes(records, topics);
	add_with_len(records, statement_bytes(row, 6));
	end_record(records);
	return true;
}

/* Adds the logs of one eth_block, of which `logs` stands at the first one or
 * behind it; `next` says what the last step on it gave. */
static bool add_logs_of(struct records *records, struct statement *logs,
			enum statement_result *next, uint64_t number,
			struct error *error)
{
	while (*next == STATEMENT_ROW && statement_u64(logs, 0) == number) {
		if (!add_log(records, logs, error))
			return false;
		*next = statement_step(logs, error);
	}
	return *next != STATEMENT_FAILED;
}

static bool walk_history(struct records *records, struct statement *headers,
			 struct statement *logs, struct error *error)
{
	enum statement_result log = statement_step(logs, error);
	enum statement_result header = STATEMENT_FAILED;

	if (log != STATEMENT_FAILED)
		header = statement_step(headers, error);
	while (header == STATEMENT_ROW) {
		add_tag(records, 'H');
		add_with_len(records, statement_bytes(headers, 1));
		end_record(records);
		if (!add_logs_of(records, logs, &log, statement_u64(headers, 0),
				 error))
			return false;
		header = statement_step(headers, error);
	}
	if (header == STATEMENT_FAILED)
		return false;
	return log == STATEMENT_DONE
		       ? true
		       : error_set(
				 error, ERROR_BAD_INPUT,
				 "the snapshot is damaged: a log of eth_block "
				 "%llu, which has no header",
				 (unsigned long long)statement_u64(logs, 0));
}

/* All headers up to `head`, each with its logs behind it. */
static bool add_history(struct records *records, struct database *database,
			uint64_t head, struct error *error)
{
	struct statement *headers =
		statement_begin(database, SQL_SNAPSHOT_DIGEST_HEADERS);
	struct statement *logs =
		statement_begin(database, SQL_SNAPSHOT_DIGEST_LOGS);

	statement_bind_u64(headers, 1, head);
	statement_bind_u64(logs, 1, head);
	bool ok = walk_history(records, headers, logs, error);
	statement_end(logs);
	statement_end(headers);
	return ok;
}

static bool add_child_blocks(struct records *records, struct database *database,
			     uint64_t head, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_SNAPSHOT_DIGEST_CHILD_BLOCKS);
	enum statement_result result;
	struct hash root;

	statement_bind_u64(row, 1, head);
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (!statement_hash(&root, row, 1, error)) {
			result = STATEMENT_FAILED;
			break;
		}
		add_tag(records, 'R');
		add_number(records, statement_u64(row, 0));
		add_hash(records, &root);
		add_number(records, statement_u64(row, 2));
		end_record(records);
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

static bool read_head(uint64_t *number, struct hash *hash,
		      struct database *database, struct error *error)
{
	struct statement *row = statement_begin(database, SQL_SNAPSHOT_HEAD);
	bool ok = false;

	switch (statement_step(row, error)) {
	case STATEMENT_ROW:
		*number = statement_u64(row, 0);
		ok = statement_hash(hash, row, 1, error);
		break;
	case STATEMENT_DONE:
		ok = error_set(error, ERROR_TRY_AGAIN,
			       "the snapshot has no head");
		break;
	case STATEMENT_FAILED:
		break;
	}
	statement_end(row);
	return ok;
}

/* Adds all records in order. */
static bool add_all(struct records *records, struct snapshot_reader *reader,
		    struct error *error)
{
	struct database *database = reader->database;
	uint64_t number;
	struct hash hash;

	add_network(records, &reader->identity);
	if (!read_head(&number, &hash, database, error) ||
	    !add_history(records, database, number, error) ||
	    !add_child_blocks(records, database, number, error))
		return false;
	add_tag(records, 'E');
	add_number(records, number);
	add_hash(records, &hash);
	end_record(records);
	hash_group(records);
	return !records->bytes.overflowed
		       ? true
		       : error_set(error, ERROR_BAD_INPUT,
				   "the snapshot is damaged: a header or a log "
				   "that is too long");
}

bool snapshot_digest(struct hash *out, struct snapshot_reader *reader,
		     struct error *error)
{
	struct records records = { .count = 0 };

	assert(database_in_transaction(reader->database));
	keccak256_init(&records.digest);
	growing_buffer_init(&records.bytes, MAX_GROUP_LEN);
	bool ok = add_all(&records, reader, error);
	growing_buffer_clear(&records.bytes);
	if (ok)
		*out = keccak256_finish(&records.digest);
	return ok;
}
