/* SPDX-License-Identifier: MIT */
#include "rootchain/state_fetch.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/codec/keccak256.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/trie_proof.h"
#include "common/service/log.h"
#include "common/service/root_chain_reader.h"
#include "common/service/root_chain_state.h"
#include "rootchain/contract_facts.h"
#include "rootchain/deposit_fetch.h"
#include "rootchain/explanation.h"
#include "rootchain/heads_fetch.h"
#include "rootchain/quorum.h"

/* Storage of the framework (contracts/storage-layout.json): both counters in
 * one slot, nextDeposit in the upper half, and the mapping of the roots. */
#define SLOT_COUNTERS 8
#define SLOT_ROOTS 9

/* Child blocks that are checked with one question. */
#define PAGE 256

/* Deposits of earlier heads that are looked for again at once, and after how
 * many seconds of root-chain time. */
#define MOST_OLD_DEPOSITS 4
#define OLD_DEPOSITS_S 3600
#define ARENA_CEILING ((size_t)256 << 20)

struct state_fetch {
	struct state_fetch_parts parts;
	struct arena arena;
	struct contract_facts *facts;
	uint64_t old_deposit;	  /* the last that was looked for again */
	uint64_t old_deposits_at; /* root-chain time of the next look */
};

struct state_fetch *state_fetch_new(const struct state_fetch_parts *parts)
{
	struct state_fetch *fetch = memory_new(1, sizeof(*fetch));

	fetch->parts = *parts;
	arena_init(&fetch->arena, ARENA_CEILING);
	return fetch;
}

void state_fetch_free(struct state_fetch *fetch)
{
	if (fetch == NULL)
		return;
	arena_clear(&fetch->arena);
	contract_facts_free(fetch->facts);
	memory_free(fetch);
}

bool state_fetch_is_proved(const struct state_fetch *fetch)
{
	return fetch->parts.proofs && fetch->parts.network->extensions != 0;
}

static const char *name_of(const struct state_fetch *fetch, size_t endpoint)
{
	return rootchain_client_name(fetch->parts.client, endpoint);
}

static bool ask(struct state_fetch *fetch, size_t endpoint,
		struct root_chain_batch **batch, struct error *error)
{
	return rootchain_client_ask(fetch->parts.client, endpoint, batch,
				    fetch->parts.timeout_ms, error);
}

static bool blame(struct state_fetch *fetch, size_t endpoint, const char *what,
		  struct error *error)
{
	return error_set(error, ERROR_PROTOCOL, "%s: %s",
			 name_of(fetch, endpoint), what);
}

static struct eth_point point_of(const struct state_point *at)
{
	return (struct eth_point){ .kind = ETH_POINT_NUMBER,
				   .number = at->number };
}

/* ---- accounts and slots ---- */

static struct hash slot_of(uint64_t number)
{
	struct hash slot = { { 0 } };

	u256_to_be(slot.bytes, u256_of(number));
	return slot;
}

/* Where a mapping at `slot` keeps the value of a number. */
static struct hash mapping_slot(uint64_t key, uint64_t slot)
{
	uint8_t preimage[64];

	u256_to_be(preimage, u256_of(key));
	u256_to_be(preimage + 32, u256_of(slot));
	return keccak256(bytes_view(preimage, sizeof(preimage)));
}

/* An account out of its proof, and the words of its slots. */
static bool prove_account(struct state_fetch *fetch, size_t endpoint,
			  const struct root_chain_batch *batch, size_t index,
			  const struct state_point *at,
			  const struct address *account,
			  struct eth_account *out, struct u256 *words,
			  const struct hash *slots, size_t slot_count,
			  struct error *error)
{
	struct root_chain_account_proof proof;

	if (!root_chain_state_take_proof(batch, index, &proof, &fetch->arena,
					 slots, slot_count, error))
		return error_wrap(error, "%s", name_of(fetch, endpoint));
	if (trie_proof_account(out, &at->state_root, account, proof.nodes,
			       proof.node_count) == TRIE_PROOF_BROKEN)
		return blame(fetch, endpoint,
			     "the proof of an account is not one under the "
			     "state root of the head",
			     error);
	for (size_t i = 0; i < slot_count; i++) {
		if (trie_proof_storage(&words[i], &out->storage_root, &slots[i],
				       proof.slots[i].nodes,
				       proof.slots[i].node_count) ==
		    TRIE_PROOF_BROKEN)
			return blame(fetch, endpoint,
				     "the proof of a storage slot is not one "
				     "under the account's root",
				     error);
	}
	return true;
}

/* ---- child blocks ---- */

struct page {
	struct stored_child_block blocks[PAGE];
	size_t count;
	struct hash roots[PAGE]; /* as the contract has them */
	uint64_t next_child_block;
	uint64_t next_deposit;
};

/* Counters and roots from the framework's storage. */
static bool prove_page(struct state_fetch *fetch, size_t endpoint,
		       const struct state_point *at, struct page *page,
		       struct error *error)
{
	const struct address *framework =
		&fetch->parts.network->plasma_framework;
	const struct eth_point point = point_of(at);
	struct root_chain_batch *batch = root_chain_batch_new();
	struct eth_account account;
	struct hash slots[PAGE + 1];
	struct u256 words[PAGE + 1];
	uint8_t counters[32];

	slots[0] = slot_of(SLOT_COUNTERS);
	for (size_t i = 0; i < page->count; i++)
		slots[i + 1] = mapping_slot(page->blocks[i].blknum, SLOT_ROOTS);
	/* It is call 0. */
	(void)root_chain_state_add_proof(batch, framework, slots,
					 page->count + 1, &point);
	if (!ask(fetch, endpoint, &batch, error))
		return false;
	arena_reset(&fetch->arena);
	bool ok = prove_account(fetch, endpoint, batch, 0, at, framework,
				&account, words, slots, page->count + 1, error);
	root_chain_batch_free(batch);
	if (!ok)
		return false;
	u256_to_be(counters, words[0]);
	if (!u256_to_u64(&page->next_deposit,
			 u256_from_be_bytes(counters, 16)) ||
	    !u256_to_u64(&page->next_child_block,
			 u256_from_be_bytes(counters + 16, 16)))
		return blame(fetch, endpoint, "a counter above 2^64", error);
	for (size_t i = 0; i < page->count; i++)
		u256_to_be(page->roots[i].bytes, words[i + 1]);
	return true;
}

static void add_view(struct root_chain_batch *batch,
		     const struct address *contract,
		     struct growing_buffer *call, const struct eth_point *point)
{
	/* The index is the order of the calls. */
	(void)root_chain_state_add_view(batch, contract,
					growing_buffer_view(call), point);
	growing_buffer_reset(call);
}

static bool take_page(struct state_fetch *fetch, struct page *page,
		      const struct root_chain_batch *batch, struct error *error)
{
	struct contract_block block;
	struct bytes data;

	for (size_t i = 0; i < page->count; i++) {
		if (!root_chain_state_take_data(batch, i, &data, &fetch->arena,
						error))
			return false;
		if (!contract_return_block(&block, data))
			return error_set(error, ERROR_PROTOCOL,
					 "blocks(): not what it returns");
		page->roots[i] = block.root;
	}
	if (!root_chain_state_take_data(batch, page->count, &data,
					&fetch->arena, error))
		return false;
	if (!contract_return_u64(&page->next_child_block, data))
		return error_set(error, ERROR_PROTOCOL,
				 "nextChildBlock(): not what it returns");
	if (!root_chain_state_take_data(batch, page->count + 1, &data,
					&fetch->arena, error))
		return false;
	if (!contract_return_u64(&page->next_deposit, data))
		return error_set(error, ERROR_PROTOCOL,
				 "nextDeposit(): not what it returns");
	return true;
}

/* The same from views, which the endpoint has to be believed. */
static bool view_page(struct state_fetch *fetch, size_t endpoint,
		      const struct state_point *at, struct page *page,
		      struct error *error)
{
	const struct address *framework =
		&fetch->parts.network->plasma_framework;
	const struct eth_point point = point_of(at);
	struct root_chain_batch *batch = root_chain_batch_new();
	struct growing_buffer call;

	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	for (size_t i = 0; i < page->count; i++) {
		contract_call_blocks(&call, page->blocks[i].blknum);
		add_view(batch, framework, &call, &point);
	}
	contract_call_view(&call, CONTRACT_VIEW_NEXT_CHILD_BLOCK);
	add_view(batch, framework, &call, &point);
	contract_call_view(&call, CONTRACT_VIEW_NEXT_DEPOSIT);
	add_view(batch, framework, &call, &point);
	growing_buffer_clear(&call);
	if (!ask(fetch, endpoint, &batch, error))
		return false;
	arena_reset(&fetch->arena);
	bool ok = take_page(fetch, page, batch, error) ||
		  error_wrap(error, "%s", name_of(fetch, endpoint));
	root_chain_batch_free(batch);
	return ok;
}

/* Writes the bytes, if anybody tells them, and the root. */
static bool look_for_deposit(struct state_fetch *fetch, size_t endpoint,
			     bool *found,
			     const struct state_witnesses *witnesses,
			     const struct stored_child_block *block,
			     const struct hash *root, struct error *error)
{
	const struct deposit_fetch deposit = {
		.client = fetch->parts.client,
		.store = fetch->parts.store,
		.timeout_ms = fetch->parts.timeout_ms,
		.endpoint = endpoint,
		.members = witnesses->members,
	};
	struct bytes raw = { NULL, 0 };
	struct growing_buffer told;

	growing_buffer_init(&told, CONTRACT_CALL_MAX_LEN);
	bool ok =
		deposit_fetch_bytes(&deposit, found, &told, block, root, error);
	if (ok && *found)
		raw = growing_buffer_view(&told);
	ok = ok && snapshot_store_correct_child_block(
			   fetch->parts.store, block->blknum, root, raw, error);
	growing_buffer_clear(&told);
	return ok;
}

/* "if different it takes the call data of the root transaction (or a trace when
 * a contract called the vault), and checks again" (protocol.md 2.5). */
static bool find_deposit(struct state_fetch *fetch, size_t endpoint,
			 const struct state_witnesses *witnesses,
			 const struct stored_child_block *block,
			 const struct hash *root, struct error *error)
{
	bool found;

	if (!look_for_deposit(fetch, endpoint, &found, witnesses, block, root,
			      error))
		return false;
	if (!found)
		log_event(LOG_WARNING, "the bytes of a deposit are not known",
			  log_text("id", EXPLANATION_DEPOSIT),
			  log_number("blknum", block->blknum),
			  log_hash("root", root));
	return true;
}

/* Some of those that nobody knew are looked for again now and then, in turn:
 * who traces no transaction today may do so tomorrow. Nobody is blamed for it.
 */
static bool find_old_deposits(struct state_fetch *fetch,
			      const struct state_point *at,
			      const struct state_witnesses *witnesses,
			      struct error *error)
{
	size_t nobody = rootchain_client_count(fetch->parts.client);
	struct stored_child_block blocks[MOST_OLD_DEPOSITS];
	size_t count;
	bool found;

	if (at->time.seconds < fetch->old_deposits_at)
		return true;
	fetch->old_deposits_at = at->time.seconds + OLD_DEPOSITS_S;
	bool ok = snapshot_store_unknown_deposits(fetch->parts.store, blocks,
						  &count, MOST_OLD_DEPOSITS,
						  fetch->old_deposit, error);
	for (size_t i = 0; ok && i < count; i++)
		ok = look_for_deposit(fetch, nobody, &found, witnesses,
				      &blocks[i], &blocks[i].root, error);
	fetch->old_deposit =
		ok && count == MOST_OLD_DEPOSITS ? blocks[count - 1].blknum : 0;
	return ok;
}

static bool check_child_block(struct state_fetch *fetch, size_t endpoint,
			      const struct state_witnesses *witnesses,
			      const struct stored_child_block *block,
			      const struct hash *root, struct error *error)
{
	static const struct bytes no_deposit;
	bool is_deposit = block->blknum % PROTOCOL_BLOCK_INTERVAL != 0;

	if (hash_equal(&block->root, root))
		return true;
	if (hash_is_zero(root))
		return blame(fetch, endpoint,
			     "the framework has no root for a block that it "
			     "announced",
			     error);
	if (is_deposit)
		return find_deposit(fetch, endpoint, witnesses, block, root,
				    error);
	/* Contracts that do not announce the root (protocol.md 14.5). */
	if (hash_is_zero(&block->root))
		return snapshot_store_correct_child_block(fetch->parts.store,
							  block->blknum, root,
							  no_deposit, error);
	return blame(fetch, endpoint,
		     "the framework has another root than it announced", error);
}

/* "Logs are checked for completeness against contract state at the same
 * height" (protocol.md 12). */
static bool check_counters(struct state_fetch *fetch, size_t endpoint,
			   const struct page *page, struct error *error)
{
	uint64_t newest;

	if (!snapshot_store_newest_blknum(fetch->parts.store, &newest, error))
		return false;
	if (page->next_child_block == contract_facts_next_child_block(newest) &&
	    page->next_deposit == contract_facts_next_deposit(newest))
		return true;
	return error_set(error, ERROR_PROTOCOL,
			 "%s: nextChildBlock %llu and nextDeposit %llu are not "
			 "what the logs say, whose newest block is %llu",
			 name_of(fetch, endpoint),
			 (unsigned long long)page->next_child_block,
			 (unsigned long long)page->next_deposit,
			 (unsigned long long)newest);
}

static bool check_child_blocks(struct state_fetch *fetch, size_t endpoint,
			       const struct state_point *at, uint64_t seen,
			       const struct state_witnesses *witnesses,
			       struct error *error)
{
	struct page *page = memory_new(1, sizeof(*page));
	uint64_t blknum = 0;
	bool ok = true;

	do {
		ok = snapshot_store_child_blocks_since(
			     fetch->parts.store, page->blocks, &page->count,
			     PAGE, seen, blknum, error) &&
		     (state_fetch_is_proved(fetch)
			      ? prove_page(fetch, endpoint, at, page, error)
			      : view_page(fetch, endpoint, at, page, error)) &&
		     check_counters(fetch, endpoint, page, error);
		for (size_t i = 0; ok && i < page->count; i++)
			ok = check_child_block(fetch, endpoint, witnesses,
					       &page->blocks[i],
					       &page->roots[i], error);
		if (page->count > 0)
			blknum = page->blocks[page->count - 1].blknum;
	} while (ok && page->count == PAGE);
	memory_free(page);
	return ok;
}

/* ---- codes and balances ---- */

struct holdings {
	struct amount eth;
	struct amount *tokens; /* in the order of the facts */
};

static void add_codes(struct state_fetch *fetch, struct root_chain_batch *batch,
		      const struct eth_point *point)
{
	size_t count;
	const struct address *contracts =
		contract_facts_contracts_borrow(fetch->facts, &count);

	/* The indexes are the order of the calls. */
	for (size_t i = 0; i < count; i++) {
		if (fetch->parts.proofs)
			(void)root_chain_state_add_proof(batch, &contracts[i],
							 NULL, 0, point);
		else
			(void)root_chain_state_add_code(batch, &contracts[i],
							point);
	}
	if (!fetch->parts.proofs)
		(void)root_chain_state_add_balance(
			batch, &fetch->parts.network->eth_vault, point);
}

static void add_balances(struct state_fetch *fetch,
			 struct root_chain_batch *batch,
			 const struct eth_point *point)
{
	struct growing_buffer call;
	size_t count;
	const struct contract_facts_token *tokens =
		contract_facts_tokens_borrow(fetch->facts, &count);

	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	for (size_t i = 0; i < count; i++) {
		if (token_is_eth(&tokens[i].token) || !tokens[i].may_be_held)
			continue;
		contract_call_balance_of(&call,
					 &fetch->parts.network->erc20_vault);
		add_view(batch, &tokens[i].token.address, &call, point);
	}
	growing_buffer_clear(&call);
}

static bool take_code(struct state_fetch *fetch, size_t endpoint,
		      const struct root_chain_batch *batch, size_t index,
		      const struct state_point *at,
		      const struct address *contract, struct hash *code_hash,
		      struct amount *eth, struct error *error)
{
	struct eth_account account = { .nonce = 0 };
	struct bytes code;

	if (fetch->parts.proofs) {
		if (!prove_account(fetch, endpoint, batch, index, at, contract,
				   &account, NULL, NULL, 0, error))
			return false;
		*code_hash = account.code_hash;
		if (hash_is_zero(code_hash))
			*code_hash = keccak256(bytes_view(NULL, 0));
		if (address_equal(contract, &fetch->parts.network->eth_vault))
			*eth = amount_from_u256(account.balance_wei);
		return true;
	}
	if (!root_chain_state_take_data(batch, index, &code, &fetch->arena,
					error))
		return error_wrap(error, "%s", name_of(fetch, endpoint));
	*code_hash = keccak256(code);
	const struct network_code *expected =
		network_code_find(fetch->parts.network, contract);
	/* Nothing proves it, so that it may as well be the endpoint's. */
	return expected == NULL ||
	       hash_equal(&expected->code_hash, code_hash) ||
	       blame(fetch, endpoint,
		     "it has other code of a contract than the network file",
		     error);
}

/* Whoever changes code behind an address changes the rules. */
static void compare_code(struct state_fetch *fetch,
			 const struct address *contract,
			 const struct hash *code_hash)
{
	const struct network_code *expected =
		network_code_find(fetch->parts.network, contract);

	if (expected != NULL && !hash_equal(&expected->code_hash, code_hash))
		log_event(
			LOG_ERROR,
			"a contract has other code than the network file says",
			log_text("id", EXPLANATION_CODE),
			log_address("contract", contract),
			log_hash("code_hash", code_hash));
}

static bool take_codes(struct state_fetch *fetch, size_t endpoint,
		       const struct root_chain_batch *batch, size_t *index,
		       const struct state_point *at, struct amount *eth,
		       struct error *error)
{
	struct hash code_hash;
	struct u256 balance;
	size_t count;
	const struct address *contracts =
		contract_facts_contracts_borrow(fetch->facts, &count);

	if (!snapshot_store_clear_code_hashes(fetch->parts.store, error))
		return false;
	for (size_t i = 0; i < count; i++, *index += 1) {
		if (!take_code(fetch, endpoint, batch, *index, at,
			       &contracts[i], &code_hash, eth, error) ||
		    !snapshot_store_put_code_hash(fetch->parts.store,
						  &contracts[i], &code_hash,
						  error))
			return false;
		compare_code(fetch, &contracts[i], &code_hash);
	}
	if (fetch->parts.proofs)
		return true;
	if (!root_chain_state_take_quantity(batch, *index, &balance, error))
		return error_wrap(error, "%s", name_of(fetch, endpoint));
	*index += 1;
	*eth = amount_from_u256(balance);
	return true;
}

/* A token whose contract does not answer as tokens do holds nothing for us; but
 * a node that does not ask it says nothing about it. */
static bool take_balance(struct state_fetch *fetch, size_t endpoint,
			 const struct root_chain_batch *batch, size_t index,
			 struct amount *balance, struct error *error)
{
	struct bytes data;

	*balance = amount_zero();
	if (root_chain_state_take_data(batch, index, &data, &fetch->arena,
				       error)) {
		if (!contract_return_amount(balance, data))
			*balance = amount_zero();
		return true;
	}
	return (error->code == ERROR_REFUSED &&
		strstr(error->message, "revert") != NULL) ||
	       error_wrap(error, "%s", name_of(fetch, endpoint));
}

/* The balances of all tokens that are asked about, and their hash, which is
 * what is voted on. */
static bool take_balances(struct state_fetch *fetch, size_t endpoint,
			  const struct root_chain_batch *batch, size_t index,
			  struct amount *balances, struct hash *vote,
			  struct error *error)
{
	struct keccak256 keccak;
	uint8_t word[32];
	size_t count;
	const struct contract_facts_token *tokens =
		contract_facts_tokens_borrow(fetch->facts, &count);

	keccak256_init(&keccak);
	for (size_t i = 0; i < count; i++) {
		balances[i] = amount_zero();
		if (token_is_eth(&tokens[i].token) || !tokens[i].may_be_held)
			continue;
		if (!take_balance(fetch, endpoint, batch, index++, &balances[i],
				  error))
			return false;
		amount_to_be(word, balances[i]);
		keccak256_add(&keccak, bytes_view(word, sizeof(word)));
	}
	*vote = keccak256_finish(&keccak);
	return true;
}

/* Asks the other members for the same. */
static void ask_witnesses(struct state_fetch *fetch, size_t endpoint,
			  const struct eth_point *point,
			  const struct state_witnesses *witnesses,
			  struct amount *space, struct quorum_vote *votes)
{
	struct rootchain_client *client = fetch->parts.client;
	bool started[HEADS_FETCH_MAX_ENDPOINTS] = { false };
	size_t count = 0;

	for (size_t i = 0; i < rootchain_client_count(client); i++) {
		if (i == endpoint || !witnesses->members[i] ||
		    rootchain_client_is_busy(client, i))
			continue;
		struct root_chain_batch *batch = root_chain_batch_new();
		add_balances(fetch, batch, point);
		started[i] = true;
		count++;
		rootchain_client_start(client, i, batch);
	}
	rootchain_client_wait(client, count, fetch->parts.timeout_ms, 0);
	for (size_t i = 0; i < rootchain_client_count(client); i++) {
		struct root_chain_batch *batch;
		struct error problem;

		if (!started[i] ||
		    !rootchain_client_take(client, i, &batch, &problem))
			continue;
		votes[i].is_known = take_balances(fetch, i, batch, 0, space,
						  &votes[i].hash, &problem);
		root_chain_batch_free(batch);
	}
}

static bool vote_on_balances(struct state_fetch *fetch, size_t endpoint,
			     const struct eth_point *point,
			     const struct hash *own,
			     const struct state_witnesses *witnesses,
			     struct amount *space, struct error *error)
{
	struct quorum_vote votes[HEADS_FETCH_MAX_ENDPOINTS];
	size_t count = rootchain_client_count(fetch->parts.client);

	memset(votes, 0, sizeof(votes));
	ask_witnesses(fetch, endpoint, point, witnesses, space, votes);
	votes[endpoint] = (struct quorum_vote){ true, *own };
	struct quorum_count result =
		quorum_count(votes, count, witnesses->quorum);
	if (result.outcome == QUORUM_DISPUTED || !hash_equal(&result.hash, own))
		return blame(fetch, endpoint,
			     "it tells other balances of tokens than others",
			     error);
	for (size_t i = 0; i < count; i++)
		witnesses->dissent[i] =
			votes[i].is_known && !hash_equal(&votes[i].hash, own);
	return true;
}

static bool write_tokens(struct state_fetch *fetch,
			 const struct amount *balances, struct amount eth,
			 struct error *error)
{
	size_t count;
	const struct contract_facts_token *tokens =
		contract_facts_tokens_borrow(fetch->facts, &count);

	if (!snapshot_store_clear_tokens(fetch->parts.store, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct snapshot_token row = {
			.token = tokens[i].token,
			.minimum_deposit = tokens[i].minimum_deposit,
			.has_exit_queue = tokens[i].has_exit_queue,
			.vault_balance = token_is_eth(&tokens[i].token)
						 ? eth
						 : balances[i],
			.total_credits = tokens[i].credits,
		};

		if (!snapshot_store_put_token(fetch->parts.store, &row, error))
			return false;
	}
	return true;
}

static bool is_anything_held(const struct state_fetch *fetch)
{
	size_t count;
	const struct contract_facts_token *tokens =
		contract_facts_tokens_borrow(fetch->facts, &count);

	for (size_t i = 0; i < count; i++) {
		if (tokens[i].may_be_held && !token_is_eth(&tokens[i].token))
			return true;
	}
	return false;
}

static bool take_tokens(struct state_fetch *fetch, size_t endpoint,
			const struct root_chain_batch *batch, size_t index,
			const struct eth_point *point, struct amount eth,
			const struct state_witnesses *witnesses,
			struct error *error)
{
	struct amount *balances =
		memory_new(CONTRACT_FACTS_MAX_TOKENS, sizeof(*balances));
	struct amount *space =
		memory_new(CONTRACT_FACTS_MAX_TOKENS, sizeof(*space));
	struct hash own;

	bool ok = take_balances(fetch, endpoint, batch, index, balances, &own,
				error) &&
		  (!is_anything_held(fetch) ||
		   vote_on_balances(fetch, endpoint, point, &own, witnesses,
				    space, error)) &&
		  write_tokens(fetch, balances, eth, error);
	memory_free(balances);
	memory_free(space);
	return ok;
}

static bool write_holdings(struct state_fetch *fetch, size_t endpoint,
			   const struct state_point *at,
			   const struct state_witnesses *witnesses,
			   struct error *error)
{
	const struct eth_point point = point_of(at);
	struct root_chain_batch *batch = root_chain_batch_new();
	struct amount eth = amount_zero();
	size_t index = 0;

	add_codes(fetch, batch, &point);
	add_balances(fetch, batch, &point);
	if (!ask(fetch, endpoint, &batch, error))
		return false;
	arena_reset(&fetch->arena);
	bool ok = take_codes(fetch, endpoint, batch, &index, at, &eth, error) &&
		  take_tokens(fetch, endpoint, batch, index, &point, eth,
			      witnesses, error);
	root_chain_batch_free(batch);
	return ok;
}

/* ---- words ---- */

static struct u256 word_of_address(const struct address *address)
{
	return u256_from_be_bytes(address->bytes, sizeof(address->bytes));
}

static bool write_words(struct state_fetch *fetch, struct root_time now,
			struct error *error)
{
	const struct network *network = fetch->parts.network;
	const struct contract_facts *facts = fetch->facts;
	struct contract_facts_bond se = contract_facts_bond_at(
		facts, CONTRACT_FACTS_BOND_STANDARD_EXIT, now);
	struct contract_facts_bond ife =
		contract_facts_bond_at(facts, CONTRACT_FACTS_BOND_IFE, now);
	struct contract_facts_bond piggyback = contract_facts_bond_at(
		facts, CONTRACT_FACTS_BOND_PIGGYBACK, now);
	uint64_t newest;

	if (!snapshot_store_newest_blknum(fetch->parts.store, &newest, error))
		return false;
	const struct {
		const char *name;
		struct u256 word;
	} words[] = {
		{ "next_child_block",
		  u256_of(contract_facts_next_child_block(newest)) },
		{ "next_deposit",
		  u256_of(contract_facts_next_deposit(newest)) },
		{ "min_exit_period", u256_of(network->min_exit_period) },
		{ "extensions", u256_of(network->extensions) },
		{ "authority", word_of_address(&network->authority) },
		{ "standard_exit_bond", amount_to_u256(se.bond_wei) },
		{ "standard_exit_bounty", amount_to_u256(se.bounty_wei) },
		{ "ife_bond", amount_to_u256(ife.bond_wei) },
		{ "piggyback_bond", amount_to_u256(piggyback.bond_wei) },
		{ "piggyback_bounty", amount_to_u256(piggyback.bounty_wei) },
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!snapshot_store_put_word(fetch->parts.store, words[i].name,
					     words[i].word, error))
			return false;
	}
	return true;
}

bool state_fetch_head(struct state_fetch *fetch, size_t endpoint,
		      const struct state_point *at, uint64_t seen,
		      const struct state_witnesses *witnesses,
		      struct error *error)
{
	assert(snapshot_store_is_writing(fetch->parts.store));
	contract_facts_free(fetch->facts);
	fetch->facts = contract_facts_new(fetch->parts.network);
	return snapshot_store_read_facts(fetch->parts.store, fetch->facts,
					 error) &&
	       find_old_deposits(fetch, at, witnesses, error) &&
	       check_child_blocks(fetch, endpoint, at, seen, witnesses,
				  error) &&
	       write_holdings(fetch, endpoint, at, witnesses, error) &&
	       write_words(fetch, at->time, error);
}
