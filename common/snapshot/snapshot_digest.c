/* SPDX-License-Identifier: MIT */
#include "common/snapshot/snapshot_digest.h"

#include <assert.h>

#include "common/codec/keccak256.h"
#include "common/snapshot/snapshot_reader_private.h"
#include "common/store/statement.h"
#include "sql/snapshot_sql.h"

/* ---- pieces of a record ---- */

static void add_tag(struct keccak256 *keccak, char tag)
{
	keccak256_add(keccak, bytes_view(&tag, 1));
}

static void add_number(struct keccak256 *keccak, uint64_t number)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(number >> (8 * (sizeof(bytes) - 1 - i)));
	keccak256_add(keccak, bytes_view(bytes, sizeof(bytes)));
}

static void add_with_len(struct keccak256 *keccak, struct bytes view)
{
	add_number(keccak, view.len);
	keccak256_add(keccak, view);
}

static void add_address(struct keccak256 *keccak, const struct address *address)
{
	keccak256_add(keccak,
		      bytes_view(address->bytes, sizeof(address->bytes)));
}

static void add_hash(struct keccak256 *keccak, const struct hash *hash)
{
	keccak256_add(keccak, bytes_view(hash->bytes, sizeof(hash->bytes)));
}

/* ---- records ---- */

static void add_network(struct keccak256 *keccak,
			const struct snapshot_identity *identity)
{
	add_tag(keccak, 'N');
	add_number(keccak, identity->chain_id);
	add_address(keccak, &identity->plasma_framework);
	add_address(keccak, &identity->eth_vault);
	add_address(keccak, &identity->erc20_vault);
	add_address(keccak, &identity->payment_exit_game);
	add_number(keccak, identity->deployment_block);
	add_hash(keccak, &identity->deployment_block_hash);
}

static bool add_log(struct keccak256 *keccak, struct statement *row,
		    struct error *error)
{
	struct hash transaction;
	struct address address;
	struct bytes topics = statement_bytes(row, 5);

	if (!statement_hash(&transaction, row, 3, error) ||
	    !statement_address(&address, row, 4, error))
		return false;
	add_tag(keccak, 'L');
	add_number(keccak, statement_u64(row, 0));
	add_number(keccak, statement_u64(row, 1));
	add_number(keccak, statement_u64(row, 2));
	add_hash(keccak, &transaction);
	add_address(keccak, &address);
	add_number(keccak, topics.len / sizeof(transaction.bytes));
	keccak256_add(keccak, topics);
	add_with_len(keccak, statement_bytes(row, 6));
	return true;
}

/* Adds the logs of one eth_block, of which `logs` stands at the first one or
 * behind it; `next` says what the last step on it gave. */
static bool add_logs_of(struct keccak256 *keccak, struct statement *logs,
			enum statement_result *next, uint64_t number,
			struct error *error)
{
	while (*next == STATEMENT_ROW && statement_u64(logs, 0) == number) {
		if (!add_log(keccak, logs, error))
			return false;
		*next = statement_step(logs, error);
	}
	return *next != STATEMENT_FAILED;
}

static bool walk_history(struct keccak256 *keccak, struct statement *headers,
			 struct statement *logs, struct error *error)
{
	enum statement_result log = statement_step(logs, error);
	enum statement_result header = STATEMENT_FAILED;

	if (log != STATEMENT_FAILED)
		header = statement_step(headers, error);
	while (header == STATEMENT_ROW) {
		add_tag(keccak, 'H');
		add_with_len(keccak, statement_bytes(headers, 1));
		if (!add_logs_of(keccak, logs, &log, statement_u64(headers, 0),
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
static bool add_history(struct keccak256 *keccak, struct database *database,
			uint64_t head, struct error *error)
{
	struct statement *headers =
		statement_begin(database, SQL_SNAPSHOT_DIGEST_HEADERS);
	struct statement *logs =
		statement_begin(database, SQL_SNAPSHOT_DIGEST_LOGS);

	statement_bind_u64(headers, 1, head);
	statement_bind_u64(logs, 1, head);
	bool ok = walk_history(keccak, headers, logs, error);
	statement_end(logs);
	statement_end(headers);
	return ok;
}

static bool add_child_blocks(struct keccak256 *keccak,
			     struct database *database, uint64_t head,
			     struct error *error)
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
		add_tag(keccak, 'R');
		add_number(keccak, statement_u64(row, 0));
		add_hash(keccak, &root);
		add_number(keccak, statement_u64(row, 2));
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

bool snapshot_digest(struct hash *out, struct snapshot_reader *reader,
		     struct error *error)
{
	struct database *database = reader->database;
	struct keccak256 keccak;
	uint64_t number;
	struct hash hash;

	assert(database_in_transaction(database));
	keccak256_init(&keccak);
	add_network(&keccak, &reader->identity);
	if (!read_head(&number, &hash, database, error) ||
	    !add_history(&keccak, database, number, error) ||
	    !add_child_blocks(&keccak, database, number, error))
		return false;
	add_tag(&keccak, 'E');
	add_number(&keccak, number);
	add_hash(&keccak, &hash);
	*out = keccak256_finish(&keccak);
	return true;
}
