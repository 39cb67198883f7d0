/* SPDX-License-Identifier: MIT */
#include "rootchain/verify_store.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/chain/deposit.h"
#include "common/chain/protocol.h"
#include "common/codec/keccak256.h"
#include "common/codec/rlp_reader.h"
#include "common/ethereum/eth_header.h"
#include "common/ethereum/eth_receipt.h"
#include "common/ethereum/trie_proof.h"
#include "common/snapshot/snapshot_digest.h"
#include "common/snapshot/snapshot_file.h"
#include "common/store/database.h"
#include "common/store/statement.h"
#include "rootchain/eth_block_proof.h"
#include "rootchain/facts_store.h"
#include "rootchain/snapshot_store.h"
#include "sql/rootchain_sql.h"

#define CONTRACTS 4
#define ARENA_CEILING ((size_t)512 << 20)
#define PROGRESS_BLOCKS 4096

struct verifier {
	struct database *database;
	struct snapshot_reader *reader;
	struct verify_report *report;
	struct address contracts[CONTRACTS];
	struct eth_block_filter filter;
	struct arena arena; /* of one eth_block */
	struct statement *logs;
	struct statement *child_blocks;
	struct statement *transactions;
	uint64_t index; /* of the transaction whose row that is */
	/* Of the walk over the headers: */
	uint64_t number;
	struct hash hash;
	struct root_time time;
	void (*progress)(uint64_t at, uint64_t head);
};

static bool wrong(struct verifier *verifier, const char *what,
		  struct error *error)
{
	return error_set(error, ERROR_BAD_INPUT,
			 "the snapshot is not what the root chain says: "
			 "eth_block %llu: %s",
			 (unsigned long long)verifier->number, what);
}

/* ---- logs and what follows from them ---- */

/* The next row of a walk; none left is not a failure. */
static bool next_row(bool *found, struct statement *row, struct error *error)
{
	enum statement_result result = statement_step(row, error);

	*found = result == STATEMENT_ROW;
	return result != STATEMENT_FAILED;
}

static bool same_topics(struct bytes stored, const struct eth_log *log)
{
	return bytes_equal(stored,
			   bytes_view(log->topics, 32 * log->topic_count));
}

static unsigned int role_of(const struct verifier *verifier,
			    const struct address *contract)
{
	static const unsigned int roles[CONTRACTS] = {
		CONTRACT_ROLE_FRAMEWORK,
		CONTRACT_ROLE_ETH_VAULT,
		CONTRACT_ROLE_ERC20_VAULT,
		CONTRACT_ROLE_EXIT_GAME,
	};

	for (size_t i = 0; i < CONTRACTS; i++) {
		if (address_equal(contract, &verifier->contracts[i]))
			return roles[i];
	}
	return 0;
}

static enum contract_event_kind decode(const struct verifier *verifier,
				       struct contract_event *event,
				       const struct eth_log *log)
{
	if (contract_event_decode(event, log) != CONTRACT_EVENT_VALID ||
	    (contract_event_emitters(event->kind) &
	     role_of(verifier, &log->address)) == 0)
		event->kind = CONTRACT_EVENT_UNKNOWN;
	return event->kind;
}

static bool check_deposit(struct verifier *verifier, struct statement *row,
			  const struct contract_event *event,
			  const struct hash *root, struct error *error)
{
	if (event->as.deposit_created.blknum % PROTOCOL_BLOCK_INTERVAL == 0)
		return wrong(verifier, "a deposit has an operator's number",
			     error);
	if (statement_is_null(row, 4))
		return true;
	struct hash own = deposit_root(statement_bytes(row, 4));
	return hash_equal(&own, root) ||
	       wrong(verifier, "a deposit's bytes have another root", error);
}

/* The row of the child block that a log announces. `announced` NULL: the log
 * does not say the root. */
static bool check_child_block(struct verifier *verifier,
			      const struct eth_log *log,
			      const struct contract_event *event,
			      uint64_t blknum, const struct hash *announced,
			      struct error *error)
{
	struct statement *row = verifier->child_blocks;
	struct hash root;
	bool found;

	if (!next_row(&found, row, error))
		return false;
	if (!found || statement_u64(row, 0) != log->eth_block_number ||
	    statement_u64(row, 1) != log->log_index ||
	    statement_u64(row, 2) != blknum ||
	    !statement_hash(&root, row, 3, error))
		return wrong(verifier,
			     "a child block is missing, or another one stands "
			     "in its place",
			     error);
	verifier->report->child_blocks++;
	if (event->kind == CONTRACT_EVENT_DEPOSIT_CREATED)
		return check_deposit(verifier, row, event, &root, error);
	if (!statement_is_null(row, 4))
		return wrong(verifier, "an operator's block has a deposit",
			     error);
	return announced == NULL || hash_equal(&root, announced) ||
	       wrong(verifier, "a child block has another root than announced",
		     error);
}

/* The root that stands beside a BlockSubmitted, in its transaction. */
static const struct hash *find_root(struct verifier *verifier,
				    const struct eth_block_logs *logs,
				    const struct eth_log *submitted,
				    uint64_t blknum, struct hash *space)
{
	struct contract_event event;

	for (size_t i = 0; i < logs->count; i++) {
		const struct eth_log *log = &logs->logs[i];

		if (log->eth_transaction_index !=
			    submitted->eth_transaction_index ||
		    decode(verifier, &event, log) !=
			    CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED ||
		    event.as.block_root_submitted.blknum != blknum)
			continue;
		*space = event.as.block_root_submitted.root;
		return space;
	}
	return NULL;
}

/* The strings of the list, in the arena. */
static bool read_list(struct verifier *verifier, struct bytes **items,
		      size_t *count, struct bytes encoded)
{
	struct rlp_item list;

	if (!rlp_item_read(&list, encoded) || !list.is_list)
		return false;
	struct rlp_reader reader = rlp_reader_into(&list);
	*count = rlp_reader_count(reader);
	*items = arena_new(&verifier->arena, *count + 1, sizeof(**items));
	if (*items == NULL)
		return false;
	for (size_t i = 0; i < *count; i++) {
		struct rlp_item item = rlp_reader_next(&reader);

		if (item.is_list)
			return false;
		(*items)[i] = item.payload;
	}
	return rlp_reader_finished(&reader);
}

/* The hash of the transaction that left a log, out of the way to it in the trie
 * of the header. Where nothing was proved there is nothing to hold it against.
 */
static bool check_transaction(struct verifier *verifier,
			      const struct eth_header *header,
			      const struct eth_log *log,
			      const struct hash *stored, struct error *error)
{
	struct statement *row = verifier->transactions;
	struct bytes *nodes;
	struct bytes value;
	size_t count;
	bool found;

	if (!verifier->report->head.proofs)
		return true;
	if (log->eth_transaction_index != verifier->index) {
		if (!next_row(&found, row, error))
			return false;
		if (!found || statement_u64(row, 0) != verifier->number ||
		    statement_u64(row, 1) != log->eth_transaction_index)
			return wrong(verifier, "a transaction is missing",
				     error);
		verifier->index = log->eth_transaction_index;
	}
	if (!read_list(verifier, &nodes, &count, statement_bytes(row, 2)) ||
	    trie_proof_list_item(&value, &header->transactions_root,
				 log->eth_transaction_index, nodes,
				 count) != TRIE_PROOF_PRESENT)
		return wrong(verifier, "a transaction is not one of its own",
			     error);
	struct hash hash = keccak256(value);
	return hash_equal(&hash, stored) ||
	       wrong(verifier, "a log names another transaction", error);
}

static bool check_log(struct verifier *verifier,
		      const struct eth_header *header,
		      const struct eth_block_logs *logs,
		      const struct eth_log *log, struct error *error)
{
	struct statement *row = verifier->logs;
	struct contract_event event;
	struct address address;
	struct hash transaction;
	struct hash root;
	bool found;

	if (!next_row(&found, row, error))
		return false;
	if (!found || statement_u64(row, 0) != log->eth_block_number ||
	    statement_u64(row, 1) != log->log_index)
		return wrong(verifier, "a log is missing", error);
	enum contract_event_kind kind = decode(verifier, &event, log);
	if (statement_u64(row, 2) != log->eth_transaction_index ||
	    !statement_address(&address, row, 4, error) ||
	    !address_equal(&address, &log->address) ||
	    statement_u64(row, 5) != (uint64_t)kind ||
	    !same_topics(statement_bytes(row, 6), log) ||
	    !bytes_equal(statement_bytes(row, 7), log->data))
		return wrong(verifier, "a log is not the one in its receipt",
			     error);
	if (!statement_hash(&transaction, row, 3, error) ||
	    !check_transaction(verifier, header, log, &transaction, error))
		return false;
	verifier->report->logs++;
	if (kind == CONTRACT_EVENT_DEPOSIT_CREATED)
		return check_child_block(verifier, log, &event,
					 event.as.deposit_created.blknum, NULL,
					 error);
	if (kind != CONTRACT_EVENT_BLOCK_SUBMITTED)
		return true;
	uint64_t blknum = event.as.block_submitted.blknum;
	return check_child_block(verifier, log, &event, blknum,
				 find_root(verifier, logs, log, blknum, &root),
				 error);
}

/* ---- receipts ---- */

static bool is_ours(const struct verifier *verifier,
		    const struct address *contract)
{
	return role_of(verifier, contract) != 0;
}

/* Appends the logs of ours in one receipt. */
static bool collect(struct verifier *verifier, struct eth_block_logs *out,
		    struct bytes encoded, size_t index, uint32_t *log_index)
{
	struct eth_receipt receipt;

	if (!eth_receipt_decode(&receipt, &verifier->arena, encoded))
		return false;
	struct eth_log *grown =
		arena_new(&verifier->arena, out->count + receipt.log_count + 1,
			  sizeof(*grown));
	if (grown == NULL)
		return false;
	if (out->count > 0)
		memcpy(grown, out->logs, out->count * sizeof(*grown));
	out->logs = grown;
	for (size_t i = 0; i < receipt.log_count; i++) {
		struct eth_log *log = &out->logs[out->count];

		*log = receipt.logs[i];
		log->log_index = (*log_index)++;
		log->eth_block_number = verifier->number;
		log->eth_transaction_index = (uint32_t)index;
		if (is_ours(verifier, &log->address))
			out->count++;
	}
	return true;
}

static bool check_receipts(struct verifier *verifier,
			   const struct eth_header *header,
			   struct bytes encoded, struct error *error)
{
	struct eth_block_logs logs = { NULL, 0 };
	struct bytes *items;
	uint32_t log_index = 0;
	size_t count;

	if (!read_list(verifier, &items, &count, encoded))
		return wrong(verifier, "its receipts are not a list", error);
	struct hash root = trie_proof_list_root(items, count);
	if (!hash_equal(&root, &header->receipts_root))
		return wrong(verifier,
			     eth_block_verdict_text(ETH_BLOCK_OTHER_RECEIPTS),
			     error);
	for (size_t i = 0; i < count; i++) {
		if (!collect(verifier, &logs, items[i], i, &log_index))
			return wrong(verifier, "a receipt cannot be read",
				     error);
	}
	for (size_t i = 0; i < logs.count; i++) {
		if (!check_log(verifier, header, &logs, &logs.logs[i], error))
			return false;
	}
	verifier->report->receipts++;
	return true;
}

/* ---- headers ---- */

static bool check_link(struct verifier *verifier,
		       const struct eth_header *header,
		       const struct hash *stored, struct bytes rlp,
		       struct error *error)
{
	const struct snapshot_identity *identity = &verifier->report->identity;
	struct hash hash = eth_header_hash(rlp);

	if (!hash_equal(&hash, stored))
		return wrong(verifier,
			     eth_block_verdict_text(ETH_BLOCK_OTHER_HASH),
			     error);
	if (verifier->report->eth_blocks == 0)
		return (verifier->number == identity->deployment_block &&
			hash_equal(&hash, &identity->deployment_block_hash)) ||
		       wrong(verifier,
			     "the first one is not that of the deployment",
			     error);
	return hash_equal(&header->parent_hash, &verifier->hash) ||
	       wrong(verifier, eth_block_verdict_text(ETH_BLOCK_OTHER_PARENT),
		     error);
}

static bool check_header(struct verifier *verifier, struct statement *row,
			 struct error *error)
{
	struct bytes rlp = statement_bytes(row, 3);
	struct eth_header header;
	struct hash stored;

	verifier->number = statement_u64(row, 0);
	if (!statement_hash(&stored, row, 1, error))
		return false;
	if (!eth_header_decode(&header, rlp) ||
	    header.number != verifier->number ||
	    header.time.seconds != statement_u64(row, 2))
		return wrong(verifier, "its header is not one, or of another",
			     error);
	if (!check_link(verifier, &header, &stored, rlp, error))
		return false;
	verifier->hash = stored;
	verifier->time = header.time;
	verifier->report->eth_blocks++;
	if (!eth_block_proof_may_concern(&header.logs_bloom, &verifier->filter))
		return statement_is_null(row, 4) ||
		       wrong(verifier, "it has receipts and needs none", error);
	if (statement_is_null(row, 4))
		return wrong(verifier, "its receipts are missing", error);
	arena_reset(&verifier->arena);
	verifier->index = UINT64_MAX;
	return check_receipts(verifier, &header, statement_bytes(row, 4),
			      error);
}

static bool check_head(struct verifier *verifier, struct error *error)
{
	const struct snapshot_head *head = &verifier->report->head;

	if (verifier->report->eth_blocks == 0 ||
	    head->number != verifier->number ||
	    !hash_equal(&head->hash, &verifier->hash) ||
	    head->time.seconds != verifier->time.seconds)
		return wrong(verifier, "it is not the head that it should be",
			     error);
	return !(head->safe.known && head->safe.number > head->number) ||
	       wrong(verifier, "a level lies behind the head", error);
}

/* Rows that no header accounts for. */
static bool check_nothing_left(struct verifier *verifier, struct error *error)
{
	bool found;

	if (!next_row(&found, verifier->logs, error))
		return false;
	if (found)
		return wrong(verifier, "a log more than there are", error);
	if (verifier->report->head.proofs &&
	    !next_row(&found, verifier->transactions, error))
		return false;
	if (found)
		return wrong(verifier, "a transaction more than there are",
			     error);
	if (!next_row(&found, verifier->child_blocks, error))
		return false;
	return !found ||
	       wrong(verifier, "a child block more than there are", error);
}

static bool walk(struct verifier *verifier, struct error *error)
{
	uint64_t last = verifier->report->head.number;
	struct statement *row = statement_begin(
		verifier->database, SQL_ROOTCHAIN_ETH_BLOCKS_BETWEEN);
	bool found = true;
	bool ok = true;

	verifier->logs =
		statement_begin(verifier->database, SQL_ROOTCHAIN_LOGS_BETWEEN);
	verifier->child_blocks = statement_begin(
		verifier->database, SQL_ROOTCHAIN_CHILD_BLOCKS_BETWEEN);
	statement_bind_u64(row, 1, last);
	statement_bind_u64(row, 2, 0);
	statement_bind_u64(verifier->logs, 1, last);
	statement_bind_u64(verifier->logs, 2, 0);
	statement_bind_u64(verifier->child_blocks, 1, last);
	statement_bind_u64(verifier->child_blocks, 2, 0);
	verifier->transactions = statement_begin(
		verifier->database, SQL_ROOTCHAIN_ETH_TRANSACTIONS_BETWEEN);
	statement_bind_u64(verifier->transactions, 1, last);
	statement_bind_u64(verifier->transactions, 2, 0);
	while (ok && found) {
		ok = next_row(&found, row, error) &&
		     (!found || check_header(verifier, row, error));
		if (verifier->progress != NULL &&
		    verifier->report->eth_blocks % PROGRESS_BLOCKS == 0)
			verifier->progress(verifier->number, last);
	}
	ok = ok && check_head(verifier, error) &&
	     check_nothing_left(verifier, error);
	statement_end(row);
	statement_end(verifier->logs);
	statement_end(verifier->child_blocks);
	statement_end(verifier->transactions);
	return ok;
}

/* ---- the whole ---- */

static bool check_numbers(struct verifier *verifier, struct error *error)
{
	struct statement *row = statement_begin(verifier->database,
						SQL_ROOTCHAIN_NEGATIVE_NUMBERS);
	bool found;

	bool ok = next_row(&found, row, error);
	if (ok && (!found || statement_u64(row, 0) != 0))
		ok = error_set(error, ERROR_BAD_INPUT,
			       "the snapshot is damaged: a negative number");
	statement_end(row);
	return ok;
}

static bool open_both(struct verifier *verifier, const char *path,
		      const struct network *network, struct error *error)
{
	struct snapshot_file_digest digest;

	/* The bytes first: who reads rows of a file that was damaged may read
	 * anything. */
	if (!snapshot_file_read_digest(
		    &digest, &verifier->report->has_digest_beside, path, error))
		return false;
	if (verifier->report->has_digest_beside) {
		struct hash file;

		if (!snapshot_file_hash(&file, path, error))
			return false;
		if (!hash_equal(&file, &digest.file))
			return error_set(error, ERROR_BAD_INPUT,
					 "%s: not the file that the digest "
					 "beside it is about",
					 path);
	}
	if (!database_open(&verifier->database, path, DATABASE_READER,
			   rootchain_schema, error) ||
	    !database_check_integrity(verifier->database, error) ||
	    !check_numbers(verifier, error))
		return false;
	return snapshot_reader_open(&verifier->reader, path, network, error);
}

static bool begin_both(struct verifier *verifier, struct error *error)
{
	struct snapshot_identity *identity = &verifier->report->identity;

	if (!database_begin(verifier->database, error) ||
	    !snapshot_reader_begin(verifier->reader, &verifier->report->head,
				   error))
		return false;
	*identity = snapshot_reader_identity(verifier->reader);
	verifier->contracts[0] = identity->plasma_framework;
	verifier->contracts[1] = identity->eth_vault;
	verifier->contracts[2] = identity->erc20_vault;
	verifier->contracts[3] = identity->payment_exit_game;
	verifier->filter.contracts = verifier->contracts;
	verifier->filter.contract_count = CONTRACTS;
	return true;
}

static bool check_digest(struct verifier *verifier, const char *path,
			 struct error *error)
{
	struct snapshot_file_digest beside;
	bool found;

	if (!snapshot_digest(&verifier->report->digest, verifier->reader,
			     error) ||
	    !snapshot_file_read_digest(&beside, &found, path, error))
		return false;
	return !found ||
	       hash_equal(&beside.content, &verifier->report->digest) ||
	       error_set(error, ERROR_BAD_INPUT,
			 "%s: its content has another digest than the one "
			 "beside it",
			 path);
}

bool verify_store_check(struct verify_report *out, const char *path,
			const struct network *network,
			void (*progress)(uint64_t at, uint64_t head),
			struct error *error)
{
	struct verifier verifier = { .report = out, .progress = progress };

	memset(out, 0, sizeof(*out));
	arena_init(&verifier.arena, ARENA_CEILING);
	bool ok = open_both(&verifier, path, network, error) &&
		  begin_both(&verifier, error) && walk(&verifier, error) &&
		  facts_store_check(verifier.database, verifier.reader,
				    &out->state, &out->head, network, error) &&
		  check_digest(&verifier, path, error);
	arena_clear(&verifier.arena);
	snapshot_reader_close(verifier.reader);
	if (verifier.database != NULL)
		database_rollback(verifier.database);
	database_close(verifier.database);
	return ok;
}
