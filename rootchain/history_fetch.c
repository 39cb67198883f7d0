/* SPDX-License-Identifier: MIT */
#include "rootchain/history_fetch.h"

#include <assert.h>

#include "common/base/arena.h"
#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/chain/deposit.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/ethereum/trie_proof.h"
#include "common/service/log.h"
#include "common/service/root_chain_reader.h"
#include "common/service/root_chain_transactions.h"
#include "rootchain/eth_block_proof.h"
#include "rootchain/explanation.h"

#define CONTRACTS 4
#define ARENA_CEILING ((size_t)512 << 20)
#define RECEIPTS_CEILING ((size_t)256 << 20)
/* Receipts of so many eth_blocks are in memory at once. */
#define RECEIPTS_MOST 32

struct history_fetch {
	struct history_fetch_parts parts;
	struct address contracts[CONTRACTS];
	struct eth_block_filter filter;
	struct arena headers;  /* of one range */
	struct arena receipts; /* of one piece of it */
	struct growing_buffer encoded;
	/* Of the range: those whose bloom may hold a log of ours. */
	struct root_chain_block *concerned;
	size_t concerned_count;
	bool has_unproved; /* a transaction's hash was the node's word */
};

struct history_fetch *history_fetch_new(const struct history_fetch_parts *parts)
{
	struct history_fetch *fetch = memory_new(1, sizeof(*fetch));

	fetch->parts = *parts;
	fetch->contracts[0] = parts->network->plasma_framework;
	fetch->contracts[1] = parts->network->eth_vault;
	fetch->contracts[2] = parts->network->erc20_vault;
	fetch->contracts[3] = parts->network->payment_exit_game;
	fetch->filter.contracts = fetch->contracts;
	fetch->filter.contract_count = CONTRACTS;
	arena_init(&fetch->headers, ARENA_CEILING);
	arena_init(&fetch->receipts, ARENA_CEILING);
	growing_buffer_init(&fetch->encoded, RECEIPTS_CEILING);
	fetch->concerned =
		memory_new(HISTORY_FETCH_MOST, sizeof(*fetch->concerned));
	return fetch;
}

void history_fetch_free(struct history_fetch *fetch)
{
	if (fetch == NULL)
		return;
	arena_clear(&fetch->headers);
	arena_clear(&fetch->receipts);
	growing_buffer_clear(&fetch->encoded);
	memory_free(fetch->concerned);
	memory_free(fetch);
}

/* Says who told what cannot be. */
static bool blame(struct history_fetch *fetch, size_t endpoint, uint64_t number,
		  const char *what, struct error *error)
{
	return error_set(error, ERROR_PROTOCOL, "%s: eth_block %llu: %s",
			 rootchain_client_name(fetch->parts.client, endpoint),
			 (unsigned long long)number, what);
}

static bool wrap(struct history_fetch *fetch, size_t endpoint,
		 struct error *error)
{
	return error_wrap(error, "%s",
			  rootchain_client_name(fetch->parts.client, endpoint));
}

static bool ask(struct history_fetch *fetch, size_t endpoint,
		struct root_chain_batch **batch, struct error *error)
{
	return rootchain_client_ask(fetch->parts.client, endpoint, batch,
				    fetch->parts.timeout_ms, error);
}

/* ---- headers ---- */

/* One eth_block of a batch, judged; its RLP is in fetch->encoded. */
static bool take_header(struct history_fetch *fetch,
			const struct root_chain_batch *batch, size_t index,
			bool *found, struct root_chain_block *block,
			size_t endpoint, uint64_t number,
			const struct hash *parent, bool *is_linked,
			struct error *error)
{
	if (!root_chain_reader_take_block(batch, index, found, block,
					  &fetch->headers, error))
		return wrap(fetch, endpoint, error);
	if (!*found)
		return true;
	enum eth_block_verdict verdict =
		eth_block_proof_header(&fetch->encoded, block, number, parent);
	*is_linked = verdict != ETH_BLOCK_OTHER_PARENT;
	return verdict == ETH_BLOCK_PROVED ||
	       verdict == ETH_BLOCK_OTHER_PARENT ||
	       blame(fetch, endpoint, number, eth_block_verdict_text(verdict),
		     error);
}

bool history_fetch_hash(struct history_fetch *fetch, bool *found,
			struct hash *hash, size_t endpoint, uint64_t number,
			struct error *error)
{
	const struct eth_point point = { .kind = ETH_POINT_NUMBER,
					 .number = number };
	struct root_chain_batch *batch = root_chain_batch_new();
	struct root_chain_block block;
	bool is_linked;

	arena_reset(&fetch->headers);
	(void)root_chain_reader_add_block(batch, &point); /* it is call 0 */
	if (!ask(fetch, endpoint, &batch, error))
		return false;
	bool ok = take_header(fetch, batch, 0, found, &block, endpoint, number,
			      NULL, &is_linked, error);
	root_chain_batch_free(batch);
	if (ok && *found)
		*hash = block.hash;
	return ok;
}

struct range {
	size_t endpoint;
	uint64_t first;
	uint64_t last;
	const struct hash *parent; /* of the first; NULL: the deployment */
	struct stored_eth_block tip;
	bool is_linked;
};

static bool is_deployment(struct history_fetch *fetch, struct range *range,
			  const struct root_chain_block *block,
			  struct error *error)
{
	return hash_equal(&block->hash,
			  &fetch->parts.network->deployment_block_hash) ||
	       blame(fetch, range->endpoint, range->first,
		     "it is not the one in which the contracts were deployed",
		     error);
}

static bool store_header(struct history_fetch *fetch, struct range *range,
			 const struct root_chain_block *block,
			 struct error *error)
{
	range->tip.number = block->header.number;
	range->tip.hash = block->hash;
	range->tip.time = block->header.time;
	if (eth_block_proof_may_concern(&block->header.logs_bloom,
					&fetch->filter))
		fetch->concerned[fetch->concerned_count++] = *block;
	return snapshot_store_put_eth_block(
		fetch->parts.store, &range->tip,
		growing_buffer_view(&fetch->encoded), error);
}

static bool take_headers(struct history_fetch *fetch, struct range *range,
			 const struct root_chain_batch *batch,
			 struct error *error)
{
	struct root_chain_block block;
	bool found;

	for (uint64_t number = range->first; number <= range->last; number++) {
		bool is_first = number == range->first;
		const struct hash *parent =
			is_first ? range->parent : &range->tip.hash;

		if (!take_header(fetch, batch, (size_t)(number - range->first),
				 &found, &block, range->endpoint, number,
				 parent, &range->is_linked, error))
			return false;
		if (!found)
			return blame(fetch, range->endpoint, number,
				     "it has none", error);
		if (!range->is_linked)
			return is_first ||
			       blame(fetch, range->endpoint, number,
				     eth_block_verdict_text(
					     ETH_BLOCK_OTHER_PARENT),
				     error);
		if (parent == NULL &&
		    !is_deployment(fetch, range, &block, error))
			return false;
		if (!store_header(fetch, range, &block, error))
			return false;
	}
	return true;
}

static bool fetch_headers(struct history_fetch *fetch, struct range *range,
			  struct error *error)
{
	struct root_chain_batch *batch = root_chain_batch_new();

	for (uint64_t number = range->first; number <= range->last; number++) {
		const struct eth_point point = { .kind = ETH_POINT_NUMBER,
						 .number = number };

		(void)root_chain_reader_add_block(batch, &point); /* in order */
	}
	if (!ask(fetch, range->endpoint, &batch, error))
		return false;
	bool ok = take_headers(fetch, range, batch, error);
	root_chain_batch_free(batch);
	return ok;
}

/* ---- what follows from the logs ---- */

/* A deposit as most are: without metadata (protocol.md 2.5). Where the contract
 * says otherwise, the row is corrected later. */
static bool store_deposit(struct history_fetch *fetch,
			  const struct eth_log *log,
			  const struct deposit_created_event *event,
			  struct error *error)
{
	static const struct hash no_metadata;
	struct transaction deposit = deposit_transaction(
		&event->depositor, &event->token, event->amount, &no_metadata);
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	struct writer writer = writer_of(raw, sizeof(raw));

	/* "follower asserts n % 1000 != 0 for deposits" */
	if (event->blknum % PROTOCOL_BLOCK_INTERVAL == 0)
		return error_set(
			error, ERROR_PROTOCOL,
			"the vault numbers a deposit %llu, which is an "
			"operator's",
			(unsigned long long)event->blknum);
	transaction_encode(&writer, &deposit);
	struct stored_child_block block = {
		.blknum = event->blknum,
		.root = deposit_root(writer_view(&writer)),
		.eth_block_number = log->eth_block_number,
		.log_index = log->log_index,
		.deposit_tx = writer_view(&writer),
	};
	return snapshot_store_put_child_block(fetch->parts.store, &block,
					      error);
}

/* The root that stands beside a BlockSubmitted, in its transaction; zero if the
 * contract does not say it. */
static struct hash find_root(const struct eth_block_logs *logs,
			     const struct eth_log *submitted, uint64_t blknum)
{
	struct contract_event event;

	for (size_t i = 0; i < logs->count; i++) {
		const struct eth_log *log = &logs->logs[i];

		if (log->eth_transaction_index ==
			    submitted->eth_transaction_index &&
		    address_equal(&log->address, &submitted->address) &&
		    contract_event_decode(&event, log) ==
			    CONTRACT_EVENT_VALID &&
		    event.kind == CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED &&
		    event.as.block_root_submitted.blknum == blknum)
			return event.as.block_root_submitted.root;
	}
	return (struct hash){ { 0 } };
}

static unsigned int role_of(const struct network *network,
			    const struct address *contract)
{
	if (address_equal(contract, &network->plasma_framework))
		return CONTRACT_ROLE_FRAMEWORK;
	if (address_equal(contract, &network->eth_vault))
		return CONTRACT_ROLE_ETH_VAULT;
	if (address_equal(contract, &network->erc20_vault))
		return CONTRACT_ROLE_ERC20_VAULT;
	return CONTRACT_ROLE_EXIT_GAME;
}

static bool store_log(struct history_fetch *fetch,
		      const struct eth_block_logs *logs,
		      const struct eth_log *log, struct error *error)
{
	struct contract_event event;

	if (contract_event_decode(&event, log) != CONTRACT_EVENT_VALID ||
	    (contract_event_emitters(event.kind) &
	     role_of(fetch->parts.network, &log->address)) == 0)
		event.kind = CONTRACT_EVENT_UNKNOWN;
	if (event.kind == CONTRACT_EVENT_UNKNOWN)
		log_event(LOG_ERROR, "a contract emits what it cannot emit",
			  log_text("id", EXPLANATION_EVENT),
			  log_address("contract", &log->address),
			  log_number("eth_block", log->eth_block_number),
			  log_number("log_index", log->log_index));
	if (!snapshot_store_put_log(fetch->parts.store, log, event.kind, error))
		return false;
	if (event.kind == CONTRACT_EVENT_DEPOSIT_CREATED)
		return store_deposit(fetch, log, &event.as.deposit_created,
				     error);
	if (event.kind != CONTRACT_EVENT_BLOCK_SUBMITTED)
		return true;
	struct stored_child_block block = {
		.blknum = event.as.block_submitted.blknum,
		.root = find_root(logs, log, event.as.block_submitted.blknum),
		.eth_block_number = log->eth_block_number,
		.log_index = log->log_index,
	};
	return snapshot_store_put_child_block(fetch->parts.store, &block,
					      error);
}

/* ---- receipts ---- */

/* An eth_block of a piece, and what its receipts hold of ours. */
struct piece {
	const struct root_chain_block *block;
	struct eth_block_logs logs;
};

static bool take_receipts(struct history_fetch *fetch, size_t endpoint,
			  const struct root_chain_batch *batch, size_t index,
			  struct piece *piece, struct error *error)
{
	const struct root_chain_block *block = piece->block;
	struct root_chain_mined *mined;
	size_t count;
	bool found;

	if (!root_chain_reader_take_receipts(batch, index, &found, &mined,
					     &count, &fetch->receipts, error))
		return wrap(fetch, endpoint, error);
	if (!found)
		return blame(fetch, endpoint, block->header.number,
			     "it has no receipts", error);
	enum eth_block_verdict verdict = eth_block_proof_receipts(
		&piece->logs, &fetch->encoded, &fetch->receipts, block, mined,
		count, &fetch->filter);
	if (verdict != ETH_BLOCK_PROVED)
		return blame(fetch, endpoint, block->header.number,
			     eth_block_verdict_text(verdict), error);
	return snapshot_store_put_receipts(
		fetch->parts.store, block->header.number,
		growing_buffer_view(&fetch->encoded), error);
}

static bool fetch_receipts(struct history_fetch *fetch, size_t endpoint,
			   struct piece *pieces, size_t count,
			   struct error *error)
{
	struct root_chain_batch *batch = root_chain_batch_new();
	bool ok = true;

	for (size_t i = 0; i < count; i++)
		/* The index is the one of the loop. */
		(void)root_chain_reader_add_receipts(batch,
						     &pieces[i].block->hash);
	if (!ask(fetch, endpoint, &batch, error))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		ok = take_receipts(fetch, endpoint, batch, i, &pieces[i],
				   error);
	root_chain_batch_free(batch);
	return ok;
}

/* ---- transactions ---- */

/* The way to one of the transactions, as the snapshot keeps it. */
static bool store_transaction(struct history_fetch *fetch,
			      const struct eth_log *log,
			      const struct bytes *transactions, size_t count,
			      struct error *error)
{
	struct bytes nodes[TRIE_PROOF_MAX_NODES];
	size_t node_count;

	if (!trie_proof_of_item(nodes, &node_count, &fetch->receipts,
				transactions, count,
				log->eth_transaction_index) ||
	    !eth_block_proof_write_list(&fetch->encoded, nodes, node_count))
		return error_set(error, ERROR_PROTOCOL,
				 "eth_block %llu: more than may come",
				 (unsigned long long)log->eth_block_number);
	return snapshot_store_put_eth_transaction(
		fetch->parts.store, log->eth_block_number,
		log->eth_transaction_index,
		growing_buffer_view(&fetch->encoded), error);
}

static bool take_transactions(struct history_fetch *fetch, size_t endpoint,
			      const struct root_chain_batch *batch,
			      size_t index, struct piece *piece,
			      struct error *error)
{
	const struct root_chain_block *block = piece->block;
	struct bytes *transactions;
	size_t count;
	bool found;
	bool known;

	if (!root_chain_transactions_take(batch, index, &found, &known,
					  &transactions, &count,
					  &fetch->receipts, error))
		return wrap(fetch, endpoint, error);
	if (!found)
		return blame(fetch, endpoint, block->header.number,
			     "it is gone", error);
	/* On chains with types of their own the hashes are the node's word. */
	if (!known) {
		fetch->has_unproved = true;
		return true;
	}
	enum eth_block_verdict verdict = eth_block_proof_transactions(
		&piece->logs, block, transactions, count);
	if (verdict != ETH_BLOCK_PROVED)
		return blame(fetch, endpoint, block->header.number,
			     eth_block_verdict_text(verdict), error);
	for (size_t i = 0; i < piece->logs.count; i++) {
		const struct eth_log *log = &piece->logs.logs[i];

		if (i > 0 &&
		    log[-1].eth_transaction_index == log->eth_transaction_index)
			continue;
		if (!store_transaction(fetch, log, transactions, count, error))
			return false;
	}
	return true;
}

static bool fetch_transactions(struct history_fetch *fetch, size_t endpoint,
			       struct piece *pieces, size_t count,
			       struct error *error)
{
	struct root_chain_batch *batch = root_chain_batch_new();
	size_t index = 0;
	bool ok = true;

	for (size_t i = 0; i < count; i++) {
		if (pieces[i].logs.count > 0)
			/* In the order in which they are taken. */
			(void)root_chain_transactions_add(
				batch, &pieces[i].block->hash);
	}
	if (root_chain_batch_count(batch) == 0) {
		root_chain_batch_free(batch);
		return true;
	}
	if (!ask(fetch, endpoint, &batch, error))
		return false;
	for (size_t i = 0; ok && i < count; i++) {
		if (pieces[i].logs.count > 0)
			ok = take_transactions(fetch, endpoint, batch, index++,
					       &pieces[i], error);
	}
	root_chain_batch_free(batch);
	return ok;
}

/* Some of the eth_blocks whose blooms may hold logs of ours. */
static bool fetch_pieces(struct history_fetch *fetch, size_t endpoint,
			 size_t first, size_t count, struct error *error)
{
	struct piece pieces[RECEIPTS_MOST];

	for (size_t i = 0; i < count; i++)
		pieces[i].block = &fetch->concerned[first + i];
	arena_reset(&fetch->receipts);
	if (!fetch_receipts(fetch, endpoint, pieces, count, error))
		return false;
	if (fetch->parts.proofs &&
	    !fetch_transactions(fetch, endpoint, pieces, count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < pieces[i].logs.count; k++) {
			if (!store_log(fetch, &pieces[i].logs,
				       &pieces[i].logs.logs[k], error))
				return false;
		}
	}
	return true;
}

bool history_fetch_is_proved(const struct history_fetch *fetch)
{
	return fetch->parts.proofs && !fetch->has_unproved;
}

bool history_fetch_range(struct history_fetch *fetch, bool *is_linked,
			 struct stored_eth_block *new_tip, size_t endpoint,
			 const struct hash *parent, uint64_t first,
			 uint64_t last, struct error *error)
{
	struct range range = { .endpoint = endpoint,
			       .first = first,
			       .last = last,
			       .parent = parent,
			       .is_linked = true };

	assert(first <= last && last - first < HISTORY_FETCH_MOST);
	assert(snapshot_store_is_writing(fetch->parts.store));
	arena_reset(&fetch->headers);
	fetch->concerned_count = 0;
	if (!fetch_headers(fetch, &range, error))
		return false;
	*is_linked = range.is_linked;
	*new_tip = range.tip;
	for (size_t i = 0; range.is_linked && i < fetch->concerned_count;
	     i += RECEIPTS_MOST) {
		size_t left = fetch->concerned_count - i;

		if (!fetch_pieces(fetch, endpoint, i,
				  left < RECEIPTS_MOST ? left : RECEIPTS_MOST,
				  error))
			return false;
	}
	return true;
}
