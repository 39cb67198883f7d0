/* SPDX-License-Identifier: MIT */

/*
 * Blocks, receipts, proofs and transactions of a real root chain, as
 * tests/support/eth_blocks.mjs writes them.
 */

#include "tests/check_vectors/ethereum_vectors.h"

#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/ethereum/eth_header.h"
#include "common/ethereum/eth_receipt.h"
#include "common/ethereum/eth_transaction.h"
#include "common/ethereum/trie_proof.h"
#include "tests/check_vectors/vector.h"

#define CEILING ((size_t)1 << 24)

/* ---- headers ---- */

static void read_fixed(uint8_t *out, size_t len, struct arena *arena,
		       const json_t *object, const char *key)
{
	struct bytes view = vector_bytes(arena, object, key);
	if (view.len != len)
		vector_stop("%s has %zu bytes", key, view.len);
	memcpy(out, view.data, len);
}

static bool has(const json_t *object, const char *key)
{
	return json_object_get(object, key) != NULL;
}

static void read_appended(struct eth_header *out, const json_t *json)
{
	if (!has(json, "baseFeePerGas"))
		return;
	out->appended = ETH_HEADER_APPENDED_BASE_FEE;
	out->base_fee_wei = vector_u256(json, "baseFeePerGas");
	if (!has(json, "withdrawalsRoot"))
		return;
	out->appended = ETH_HEADER_APPENDED_WITHDRAWALS_ROOT;
	out->withdrawals_root = vector_hash(json, "withdrawalsRoot");
	if (!has(json, "excessBlobGas"))
		return;
	out->appended = ETH_HEADER_APPENDED_PARENT_BEACON_ROOT;
	out->blob_gas_used = vector_u64(json, "blobGasUsed");
	out->excess_blob_gas = vector_u64(json, "excessBlobGas");
	out->parent_beacon_root = vector_hash(json, "parentBeaconBlockRoot");
	if (!has(json, "requestsHash"))
		return;
	out->appended = ETH_HEADER_APPENDED_REQUESTS_HASH;
	out->requests_hash = vector_hash(json, "requestsHash");
}

struct eth_header vector_header(struct arena *arena, const json_t *json)
{
	struct eth_header header = {
		.parent_hash = vector_hash(json, "parentHash"),
		.ommers_hash = vector_hash(json, "sha3Uncles"),
		.beneficiary = vector_address(json, "miner"),
		.state_root = vector_hash(json, "stateRoot"),
		.transactions_root = vector_hash(json, "transactionsRoot"),
		.receipts_root = vector_hash(json, "receiptsRoot"),
		.difficulty = vector_u256(json, "difficulty"),
		.number = vector_u64(json, "number"),
		.gas_limit = vector_u64(json, "gasLimit"),
		.gas_used = vector_u64(json, "gasUsed"),
		.time = { vector_u64(json, "timestamp") },
		.extra_data = vector_bytes(arena, json, "extraData"),
		.mix_hash = vector_hash(json, "mixHash"),
	};
	read_fixed(header.logs_bloom.bytes, ETH_BLOOM_LEN, arena, json,
		   "logsBloom");
	read_fixed(header.nonce, sizeof(header.nonce), arena, json, "nonce");
	read_appended(&header, json);
	return header;
}

static bool encodes_to(const struct eth_header *header, struct bytes rlp)
{
	struct growing_buffer buffer;
	growing_buffer_init(&buffer, CEILING);
	eth_header_encode(&buffer, header);
	bool same = bytes_equal(growing_buffer_view(&buffer), rlp);
	growing_buffer_clear(&buffer);
	return same;
}

static void check_header(struct arena *arena, const json_t *block)
{
	struct bytes rlp = vector_bytes(arena, block, "rlp");
	struct eth_header header =
		vector_header(arena, vector_member(block, "header"));
	unsigned long long number = header.number;
	struct hash hash = eth_header_hash(rlp);
	struct eth_header again;

	point(vector_is_hash(block, "hash", &hash),
	      "block %llu: its RLP has its hash", number);
	point(encodes_to(&header, rlp), "block %llu: its JSON gives its RLP",
	      number);
	point(eth_header_decode(&again, rlp) && encodes_to(&again, rlp) &&
		      again.appended == header.appended &&
		      again.number == header.number,
	      "block %llu: its RLP is read and written again", number);
}

/* Each block stands on the one before it, and has the fee that it foretells. */
static void check_link(struct arena *arena, const json_t *parent,
		       const json_t *child)
{
	struct eth_header below =
		vector_header(arena, vector_member(parent, "header"));
	struct eth_header above =
		vector_header(arena, vector_member(child, "header"));
	struct hash hash = vector_hash(parent, "hash");
	struct u256 fee = eth_header_next_base_fee(&below);

	point(eth_header_follows(&above, below.number, &hash) &&
		      !eth_header_follows(&above, below.number + 1, &hash) &&
		      !eth_header_follows(&below, below.number, &hash),
	      "block %llu stands on the one before",
	      (unsigned long long)above.number);
	point(above.appended < ETH_HEADER_APPENDED_BASE_FEE ||
		      u256_equal(fee, above.base_fee_wei),
	      "block %llu has the base fee that the one before foretells",
	      (unsigned long long)above.number);
}

/* ---- receipts ---- */

static struct eth_log read_log(struct arena *arena, const json_t *json)
{
	struct eth_log log = { .address = vector_address(json, "address"),
			       .data = vector_bytes(arena, json, "data") };
	const json_t *topics = vector_member(json, "topics");
	size_t i;
	json_t *topic;

	json_array_foreach(topics, i, topic)
	{
		if (log.topic_count == ETH_LOG_MAX_TOPICS)
			vector_stop("too many topics");
		log.topics[log.topic_count++] =
			vector_hash_of(json_string_value(topic));
	}
	return log;
}

static struct eth_receipt read_receipt(struct arena *arena, const json_t *json)
{
	const json_t *logs = vector_member(json, "logs");
	struct eth_receipt receipt = {
		.type = (uint8_t)vector_u64(json, "type"),
		.succeeded = vector_u64(json, "status") == 1,
		.cumulative_gas_used = vector_u64(json, "cumulativeGasUsed"),
		.log_count = json_array_size(logs),
	};
	receipt.logs =
		arena_new(arena, receipt.log_count + 1, sizeof(*receipt.logs));
	for (size_t i = 0; i < receipt.log_count; i++)
		receipt.logs[i] = read_log(arena, json_array_get(logs, i));
	return receipt;
}

static bool same_receipt(const struct eth_receipt *a,
			 const struct eth_receipt *b)
{
	if (a->type != b->type || a->succeeded != b->succeeded ||
	    a->has_state_root != b->has_state_root ||
	    a->cumulative_gas_used != b->cumulative_gas_used ||
	    a->log_count != b->log_count)
		return false;
	for (size_t i = 0; i < a->log_count; i++)
		if (!eth_log_same_content(&a->logs[i], &b->logs[i]))
			return false;
	return true;
}

static void check_receipt(struct arena *arena, const json_t *json,
			  const char *where)
{
	struct bytes rlp = vector_bytes(arena, json, "rlp");
	struct eth_receipt receipt = read_receipt(arena, json);
	struct eth_receipt again;
	struct growing_buffer buffer;

	growing_buffer_init(&buffer, CEILING);
	eth_receipt_encode(&buffer, &receipt);
	point(bytes_equal(growing_buffer_view(&buffer), rlp),
	      "%s: its JSON gives its RLP", where);
	growing_buffer_clear(&buffer);
	point(eth_receipt_decode(&again, arena, rlp) &&
		      same_receipt(&again, &receipt),
	      "%s: its RLP is read", where);
	struct eth_bloom bloom = eth_receipt_bloom(&receipt);
	point(vector_is_bytes(arena, json, "logsBloom",
			      bytes_view(bloom.bytes, ETH_BLOOM_LEN)),
	      "%s: its bloom is that of its logs", where);
}

/* ---- lists ---- */

/* Each item is proved by nodes of our own, from a root that is not. */
static bool all_proved(struct arena *arena, const struct hash *root,
		       const struct bytes *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct bytes nodes[TRIE_PROOF_MAX_NODES];
		size_t node_count;
		struct bytes value;

		if (!trie_proof_of_item(nodes, &node_count, arena, items, count,
					i) ||
		    trie_proof_list_item(&value, root, i, nodes, node_count) !=
			    TRIE_PROOF_PRESENT ||
		    !bytes_equal(value, items[i]))
			return false;
	}
	return true;
}

static void check_list(struct arena *arena, const struct hash *root,
		       const struct bytes *items, size_t count,
		       const char *what)
{
	struct hash found = trie_proof_list_root(items, count);

	point(hash_equal(&found, root), "%s have the root in the header", what);
	point(all_proved(arena, root, items, count), "%s are proved one by one",
	      what);
}

static void check_lists(struct arena *arena, const json_t *block)
{
	const json_t *receipts = vector_member(block, "receipts");
	const json_t *raw = vector_member(block, "transactions");
	size_t count = json_array_size(raw);
	struct eth_header header =
		vector_header(arena, vector_member(block, "header"));
	struct bytes *items = arena_new(arena, count + 1, sizeof(*items));
	char what[64];

	if (json_array_size(receipts) != count)
		vector_stop("not a receipt for each transaction");
	for (size_t i = 0; i < count; i++)
		items[i] = vector_hex(
			arena, json_string_value(json_array_get(raw, i)));
	(void)snprintf(what, sizeof(what), "transactions of block %llu",
		       (unsigned long long)header.number);
	check_list(arena, &header.transactions_root, items, count, what);
	for (size_t i = 0; i < count; i++) {
		const json_t *receipt = json_array_get(receipts, i);

		items[i] = vector_bytes(arena, receipt, "rlp");
		(void)snprintf(what, sizeof(what), "block %llu: receipt %zu",
			       (unsigned long long)header.number, i);
		check_receipt(arena, receipt, what);
	}
	(void)snprintf(what, sizeof(what), "receipts of block %llu",
		       (unsigned long long)header.number);
	check_list(arena, &header.receipts_root, items, count, what);
}

/* ---- accounts ---- */

size_t vector_nodes(struct bytes nodes[TRIE_PROOF_MAX_NODES],
		    struct arena *arena, const json_t *array)
{
	size_t count = json_array_size(array);

	if (count > TRIE_PROOF_MAX_NODES)
		vector_stop("%zu nodes", count);
	for (size_t i = 0; i < count; i++)
		nodes[i] = vector_hex(
			arena, json_string_value(json_array_get(array, i)));
	return count;
}

static void check_slot(struct arena *arena, const struct hash *storage_root,
		       const json_t *json)
{
	struct bytes nodes[TRIE_PROOF_MAX_NODES];
	size_t count = vector_nodes(nodes, arena, vector_member(json, "proof"));
	struct hash slot = vector_hash(json, "slot");
	struct u256 expected = vector_u256(json, "value");
	struct u256 word;
	enum trie_proof_verdict verdict =
		trie_proof_storage(&word, storage_root, &slot, nodes, count);

	point(verdict == (u256_is_zero(expected) ? TRIE_PROOF_ABSENT
						 : TRIE_PROOF_PRESENT) &&
		      u256_equal(word, expected),
	      "slot %.10s is proved", vector_text(json, "slot"));
}

static void check_account(struct arena *arena, const struct hash *state_root,
			  const json_t *json)
{
	struct bytes nodes[TRIE_PROOF_MAX_NODES];
	size_t count = vector_nodes(nodes, arena, vector_member(json, "proof"));
	struct address address = vector_address(json, "address");
	struct eth_account account;
	enum trie_proof_verdict verdict = trie_proof_account(
		&account, state_root, &address, nodes, count);
	size_t i;
	json_t *slot;

	/* In all our files who has nothing is not there. */
	bool exists = vector_u64(json, "nonce") != 0 ||
		      !u256_is_zero(vector_u256(json, "balance"));
	point(verdict == (exists ? TRIE_PROOF_PRESENT : TRIE_PROOF_ABSENT) &&
		      account.nonce == vector_u64(json, "nonce") &&
		      u256_equal(account.balance_wei,
				 vector_u256(json, "balance")) &&
		      vector_is_hash(json, "storageHash",
				     &account.storage_root) &&
		      vector_is_hash(json, "codeHash", &account.code_hash),
	      "account %s is proved", vector_text(json, "address"));
	json_array_foreach(vector_member(json, "storage"), i, slot)
		check_slot(arena, &account.storage_root, slot);
}

/* ---- transactions ---- */

static struct eth_transaction read_transaction(struct arena *arena,
					       const json_t *json)
{
	struct eth_transaction tx = {
		.chain_id = vector_u64(json, "chainId"),
		.nonce = vector_u64(json, "nonce"),
		.max_priority_fee_wei =
			vector_u256(json, "maxPriorityFeePerGas"),
		.max_fee_wei = vector_u256(json, "maxFeePerGas"),
		.gas_limit = vector_u64(json, "gasLimit"),
		.creates_contract = json_is_null(vector_member(json, "to")),
		.value_wei = vector_u256(json, "value"),
		.data = vector_bytes(arena, json, "data"),
	};
	if (!tx.creates_contract)
		tx.to = vector_address(json, "to");
	return tx;
}

static bool encodes_transaction(const struct eth_transaction *tx,
				const struct eth_transaction_signature *sig,
				struct bytes raw)
{
	struct growing_buffer buffer;
	growing_buffer_init(&buffer, CEILING);
	eth_transaction_encode(&buffer, tx, sig);
	bool same = bytes_equal(growing_buffer_view(&buffer), raw);
	growing_buffer_clear(&buffer);
	return same;
}

static void check_transaction(struct arena *arena, const json_t *json)
{
	struct bytes raw = vector_bytes(arena, json, "raw");
	const char *name = vector_text(json, "hash");
	struct eth_transaction tx = read_transaction(arena, json);
	struct hash r = vector_hash(json, "r");
	struct hash s = vector_hash(json, "s");
	struct eth_transaction_signature signature = {
		.y_parity = (uint8_t)vector_u64(json, "yParity"),
		.r = u256_from_be(r.bytes),
		.s = u256_from_be(s.bytes),
	};
	struct hash hash = eth_transaction_hash(raw);
	struct hash to_sign = eth_transaction_signing_hash(&tx);
	struct address from = vector_address(json, "from");
	struct address sender;
	struct eth_transaction again;
	struct eth_transaction_signature its_signature;

	point(vector_is_hash(json, "hash", &hash) &&
		      vector_is_hash(json, "signingHash", &to_sign),
	      "transaction %.10s: its hashes", name);
	point(encodes_transaction(&tx, &signature, raw),
	      "transaction %.10s: its parts give its bytes", name);
	point(eth_transaction_decode(&again, &its_signature, raw) &&
		      encodes_transaction(&again, &its_signature, raw) &&
		      eth_transaction_sender(&sender, &again, &its_signature) &&
		      address_equal(&sender, &from),
	      "transaction %.10s: is read, and its sender found", name);
}

void read_eth_blocks(const json_t *file, struct arena *arena)
{
	const json_t *blocks = vector_member(file, "blocks");
	size_t i;
	json_t *block;
	size_t j;
	json_t *item;

	json_array_foreach(blocks, i, block)
	{
		struct eth_header header =
			vector_header(arena, vector_member(block, "header"));

		check_header(arena, block);
		if (i > 0)
			check_link(arena, json_array_get(blocks, i - 1), block);
		check_lists(arena, block);
		json_array_foreach(vector_member(block, "accounts"), j, item)
			check_account(arena, &header.state_root, item);
	}
	json_array_foreach(vector_member(file, "eth_transactions"), j, item)
		check_transaction(arena, item);
}
