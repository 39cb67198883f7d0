/* SPDX-License-Identifier: MIT */
#include "rootchain/deposit_fetch.h"

#include "common/base/arena.h"
#include "common/chain/deposit.h"
#include "common/codec/rlp_reader.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/eth_header.h"
#include "common/ethereum/eth_transaction.h"
#include "common/ethereum/trie_proof.h"
#include "common/service/root_chain_reader.h"
#include "rootchain/trace_fetch.h"

#define ARENA_CEILING ((size_t)64 << 20)
#define PROOF_CEILING ((size_t)4 << 20)

/* Whether a call of a transaction is the deposit; then its bytes are appended.
 */
static bool put_call(struct growing_buffer *raw, const struct address *to,
		     struct bytes input, const struct stored_child_block *block,
		     const struct hash *root)
{
	struct bytes bytes;

	if (!address_equal(to, &block->contract) ||
	    !contract_call_read_deposit(&bytes, input))
		return false;
	struct hash own = deposit_root(bytes);

	return hash_equal(&own, root) && growing_buffer_put(raw, bytes);
}

/* ---- the transaction that was proved ---- */

/* The transaction out of its proof, an RLP list of nodes; false if it is not
 * one under the header. */
static bool take_transaction(struct bytes *out, struct bytes proof,
			     size_t index, struct bytes header_rlp)
{
	struct bytes nodes[TRIE_PROOF_MAX_NODES];
	struct eth_header header;
	struct rlp_item list;
	size_t count = 0;

	if (!eth_header_decode(&header, header_rlp) ||
	    !rlp_item_read(&list, proof))
		return false;
	struct rlp_reader reader = rlp_reader_into(&list);
	while (count < TRIE_PROOF_MAX_NODES && rlp_reader_has_more(&reader))
		nodes[count++] = rlp_reader_next(&reader).payload;
	return rlp_reader_finished(&reader) &&
	       trie_proof_list_item(out, &header.transactions_root, index,
				    nodes, count) == TRIE_PROOF_PRESENT;
}

/* `known` false: no transaction was proved, for the follower was told to
 * believe, or its type is not one of Ethereum's. */
static bool look_at_proved(const struct deposit_fetch *fetch, bool *known,
			   bool *found, struct growing_buffer *raw,
			   const struct stored_child_block *block,
			   const struct hash *root, struct error *error)
{
	struct growing_buffer header;
	struct growing_buffer proof;
	struct bytes transaction;
	struct address to;
	struct bytes input;
	size_t index;

	growing_buffer_init(&header, ETH_HEADER_MAX_LEN);
	growing_buffer_init(&proof, PROOF_CEILING);
	bool ok = snapshot_store_eth_transaction(fetch->store, known, &index,
						 &proof, &header, block->blknum,
						 error);
	*known = ok && *known &&
		 take_transaction(&transaction, growing_buffer_view(&proof),
				  index, growing_buffer_view(&header));
	*found = *known &&
		 eth_transaction_read_call(&to, &input, transaction) &&
		 put_call(raw, &to, input, block, root);
	growing_buffer_clear(&header);
	growing_buffer_clear(&proof);
	return ok;
}

/* ---- what endpoints say ---- */

static bool ask_call(const struct deposit_fetch *fetch, size_t endpoint,
		     bool *found, struct growing_buffer *raw,
		     const struct stored_child_block *block,
		     const struct hash *root, struct error *error)
{
	struct root_chain_batch *batch = root_chain_batch_new();
	struct root_chain_transaction transaction;
	struct arena arena;
	bool has_it;

	/* It is call 0. */
	(void)root_chain_reader_add_transaction(batch,
						&block->eth_transaction_hash);
	if (!rootchain_client_ask(fetch->client, endpoint, &batch,
				  fetch->timeout_ms, error))
		return false;
	arena_init(&arena, ARENA_CEILING);
	bool ok = root_chain_reader_take_transaction(
			  batch, 0, &has_it, &transaction, &arena, error) ||
		  error_wrap(error, "%s",
			     rootchain_client_name(fetch->client, endpoint));
	*found = ok && has_it && !transaction.creates_contract &&
		 put_call(raw, &transaction.to, transaction.input, block, root);
	arena_clear(&arena);
	root_chain_batch_free(batch);
	return ok;
}

static bool ask_one(const struct deposit_fetch *fetch, size_t endpoint,
		    bool is_call_known, bool *found, struct growing_buffer *raw,
		    const struct stored_child_block *block,
		    const struct hash *root, struct error *error)
{
	*found = false;
	if (!is_call_known &&
	    !ask_call(fetch, endpoint, found, raw, block, root, error))
		return false;
	return *found || trace_fetch_deposit(fetch->client, endpoint, found,
					     raw, &block->eth_transaction_hash,
					     &block->contract, root,
					     fetch->timeout_ms, error);
}

bool deposit_fetch_bytes(const struct deposit_fetch *fetch, bool *found,
			 struct growing_buffer *raw,
			 const struct stored_child_block *block,
			 const struct hash *root, struct error *error)
{
	size_t count = rootchain_client_count(fetch->client);
	struct error ignored; /* of those who are not followed */
	bool known;

	if (!look_at_proved(fetch, &known, found, raw, block, root, error))
		return false;
	if (!*found && fetch->endpoint < count &&
	    !ask_one(fetch, fetch->endpoint, known, found, raw, block, root,
		     error))
		return false;
	for (size_t i = 0; !*found && i < count; i++) {
		if (i != fetch->endpoint && fetch->members[i] &&
		    !ask_one(fetch, i, known, found, raw, block, root,
			     &ignored))
			*found = false;
	}
	return true;
}
