/* SPDX-License-Identifier: MIT */
#include "wallet/root_chain_fetch.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/chain/priority.h"
#include "common/chain/protocol.h"
#include "common/ethereum/contract_events.h"
#include "common/service/root_chain_reader.h"

#define CALL_CEILING CONTRACT_CALL_MAX_LEN
#define RETURN_CEILING ((size_t)4 << 20)

/* Confirmations where a node does not say what is final. */
#define CONFIRMATIONS 64

/* Logs are looked for in ranges of this many eth_blocks. */
#define LOG_RANGE 5000

/* Receipts of one eth_block, as a node writes them. */
#define ARENA_CEILING ((size_t)128 << 20)

static uint8_t vault_id(const struct token *token)
{
	return token_is_eth(token) ? PROTOCOL_VAULT_ETH : PROTOCOL_VAULT_ERC20;
}

static const struct address *vault_of(const struct network *network,
				      const struct token *token)
{
	return token_is_eth(token) ? &network->eth_vault
				   : &network->erc20_vault;
}

/* ---- views ---- */

/* A call on its way: what is asked, and what came back. */
struct view {
	struct growing_buffer call;
	struct growing_buffer returned;
};

static void view_begin(struct view *view)
{
	growing_buffer_init(&view->call, CALL_CEILING);
	growing_buffer_init(&view->returned, RETURN_CEILING);
}

static void view_end(struct view *view)
{
	growing_buffer_clear(&view->call);
	growing_buffer_clear(&view->returned);
}

static bool view_ask(struct view *view, const struct root_chain_fetch *fetch,
		     const struct address *contract, struct error *error)
{
	return root_chain_rpc_view(fetch->rpc, &view->returned, contract,
				   growing_buffer_view(&view->call), error);
}

static struct bytes view_bytes(const struct view *view)
{
	return growing_buffer_view(&view->returned);
}

static bool not_an_answer(struct error *error, const char *what)
{
	return error_set(error, ERROR_PROTOCOL,
			 "the root chain's %s is not what the contract "
			 "returns; is this the right network?",
			 what);
}

static bool ask_amount(struct view *view, const struct root_chain_fetch *fetch,
		       struct amount *out, const struct address *contract,
		       const char *what, struct error *error)
{
	bool ok = view_ask(view, fetch, contract, error) &&
		  (contract_return_amount(out, view_bytes(view)) ||
		   not_an_answer(error, what));

	view_end(view);
	return ok;
}

bool root_chain_fetch_moment(const struct root_chain_fetch *fetch,
			     struct action_moment *out, struct error *error)
{
	struct eth_point point = { .kind = ETH_POINT_FINALIZED };
	struct root_chain_block block;
	struct root_chain_head head;
	struct arena arena;
	struct error ignored; /* a node without the tag */
	bool found = false;

	if (!root_chain_rpc_head(fetch->rpc, &head, error))
		return false;
	arena_init(&arena, ARENA_CEILING);
	bool is_tagged = root_chain_reader_block(fetch->rpc, &found, &block,
						 &arena, &point, &ignored) &&
			 found;
	out->now = head.time;
	out->head = head.number;
	out->base_fee_wei = U256_ZERO;
	out->finalized = is_tagged ? block.header.number
				   : instant_since(head.number, CONFIRMATIONS);
	if (out->finalized > out->head)
		out->finalized = out->head;
	arena_clear(&arena);
	return true;
}

bool root_chain_fetch_has_queue(const struct root_chain_fetch *fetch, bool *out,
				const struct token *token, struct error *error)
{
	struct view view;

	view_begin(&view);
	contract_call_has_exit_queue(&view.call, vault_id(token), token);
	bool ok = view_ask(&view, fetch, &fetch->network->plasma_framework,
			   error) &&
		  (contract_return_bool(out, view_bytes(&view)) ||
		   not_an_answer(error, "hasExitQueue"));
	view_end(&view);
	return ok;
}

bool root_chain_fetch_allowance(const struct root_chain_fetch *fetch,
				struct amount *out, const struct token *token,
				const struct address *owner,
				struct error *error)
{
	struct view view;

	view_begin(&view);
	contract_call_allowance(&view.call, owner,
				&fetch->network->erc20_vault);
	return ask_amount(&view, fetch, out, &token->address, "allowance",
			  error);
}

bool root_chain_fetch_balance(const struct root_chain_fetch *fetch,
			      struct amount *out, const struct token *token,
			      const struct address *owner, struct error *error)
{
	struct view view;
	struct u256 wei;

	if (token_is_eth(token)) {
		if (!root_chain_rpc_balance(fetch->rpc, &wei, owner, error))
			return false;
		*out = amount_from_u256(wei);
		return true;
	}
	view_begin(&view);
	contract_call_balance_of(&view.call, owner);
	return ask_amount(&view, fetch, out, &token->address, "balanceOf",
			  error);
}

bool root_chain_fetch_minimum_deposit(const struct root_chain_fetch *fetch,
				      struct amount *out,
				      const struct token *token,
				      struct error *error)
{
	struct view view;

	if (fetch->network->extensions == 0) {
		*out = amount_of(1);
		return true;
	}
	view_begin(&view);
	contract_call_minimum_deposit(&view.call, token);
	return ask_amount(&view, fetch, out, vault_of(fetch->network, token),
			  "minimumDeposit", error);
}

bool root_chain_fetch_bond(const struct root_chain_fetch *fetch,
			   struct amount *out, enum contract_view which,
			   struct error *error)
{
	struct view view;

	view_begin(&view);
	contract_call_view(&view.call, which);
	return ask_amount(&view, fetch, out, &fetch->network->payment_exit_game,
			  "bond", error);
}

bool root_chain_fetch_block(const struct root_chain_fetch *fetch,
			    struct contract_block *out, uint64_t blknum,
			    struct error *error)
{
	struct view view;

	view_begin(&view);
	contract_call_blocks(&view.call, blknum);
	bool ok = view_ask(&view, fetch, &fetch->network->plasma_framework,
			   error) &&
		  (contract_return_block(out, view_bytes(&view)) ||
		   not_an_answer(error, "blocks"));
	view_end(&view);
	return ok;
}

bool root_chain_fetch_standard_exit(const struct root_chain_fetch *fetch,
				    struct contract_standard_exit *out,
				    const struct exit_id *id,
				    struct error *error)
{
	struct view view;

	view_begin(&view);
	contract_call_standard_exits(&view.call, id, 1);
	bool ok = view_ask(&view, fetch, &fetch->network->payment_exit_game,
			   error) &&
		  (contract_return_standard_exits(out, 1, view_bytes(&view)) ||
		   not_an_answer(error, "standardExits"));
	view_end(&view);
	return ok;
}

bool root_chain_fetch_in_flight_exit(const struct root_chain_fetch *fetch,
				     struct contract_in_flight_exit *out,
				     const struct exit_id *id,
				     struct error *error)
{
	struct view view;

	view_begin(&view);
	contract_call_in_flight_exits(&view.call, id, 1);
	bool ok = view_ask(&view, fetch, &fetch->network->payment_exit_game,
			   error) &&
		  (contract_return_in_flight_exits(out, 1, view_bytes(&view)) ||
		   not_an_answer(error, "inFlightExits"));
	view_end(&view);
	return ok;
}

bool root_chain_fetch_finalized_by(const struct root_chain_fetch *fetch,
				   struct exit_id *out,
				   const struct hash *output_id,
				   struct error *error)
{
	struct view view;

	view_begin(&view);
	contract_call_outputs_finalizations(&view.call, output_id);
	bool ok = view_ask(&view, fetch, &fetch->network->plasma_framework,
			   error) &&
		  (contract_return_exit_id(out, view_bytes(&view)) ||
		   not_an_answer(error, "outputsFinalizations"));
	view_end(&view);
	return ok;
}

bool root_chain_fetch_has_code(const struct root_chain_fetch *fetch, bool *out,
			       const struct address *account,
			       struct error *error)
{
	struct growing_buffer code;

	growing_buffer_init(&code, RETURN_CEILING);
	bool ok = root_chain_rpc_code(fetch->rpc, &code, account, error);
	*out = code.len != 0;
	growing_buffer_clear(&code);
	return ok;
}

/* ---- queues and credits ---- */

static bool fetch_queue(const struct root_chain_fetch *fetch,
			struct address *queue, const struct token *token,
			struct error *error)
{
	struct hash key = exit_queue_key(vault_id(token), token);
	struct view view;

	view_begin(&view);
	contract_call_exits_queues(&view.call, &key);
	bool ok = view_ask(&view, fetch, &fetch->network->plasma_framework,
			   error) &&
		  (contract_return_address(queue, view_bytes(&view)) ||
		   not_an_answer(error, "exitsQueues"));
	view_end(&view);
	return ok;
}

/* Entries are looked through as often as the exit id stands there: the one that
 * comes first counts. */
static void find_place(struct root_chain_queue_place *out,
		       const struct u256 *priorities, size_t count,
		       const struct exit_id *id)
{
	struct u256 mine = U256_MAX;

	for (size_t i = 0; i < count; i++) {
		struct exit_id other = priority_exit_id(priorities[i]);

		if (exit_id_equal(&other, id) &&
		    u256_compare(priorities[i], mine) < 0) {
			mine = priorities[i];
			out->is_queued = true;
		}
	}
	for (size_t i = 0; out->is_queued && i < count; i++) {
		if (!u256_is_zero(priorities[i]) &&
		    u256_compare(priorities[i], mine) < 0)
			out->before++;
	}
	if (out->is_queued)
		out->exitable_at = priority_exitable_at(mine);
}

bool root_chain_fetch_queue_place(const struct root_chain_fetch *fetch,
				  struct root_chain_queue_place *out,
				  const struct exit_id *id,
				  const struct token *token,
				  struct error *error)
{
	struct address queue;
	struct view view;
	size_t count = 0;

	memset(out, 0, sizeof(*out));
	if (!fetch_queue(fetch, &queue, token, error))
		return false;
	if (address_is_zero(&queue))
		return true;
	view_begin(&view);
	contract_call_view(&view.call, CONTRACT_VIEW_HEAP_LIST);
	bool ok = view_ask(&view, fetch, &queue, error);
	size_t capacity = view.returned.len / 32 + 1;
	struct u256 *priorities = memory_new(capacity, sizeof(*priorities));
	if (ok && !contract_return_u256_list(priorities, &count, capacity,
					     view_bytes(&view)))
		ok = not_an_answer(error, "heapList");
	/* The word in front is zero and no entry. */
	if (ok)
		find_place(out, priorities, count, id);
	memory_free(priorities);
	view_end(&view);
	return ok;
}

static bool fetch_ether_credit(const struct root_chain_fetch *fetch,
			       struct amount *out, const struct address *where,
			       const struct address *owner, struct error *error)
{
	struct view view;

	view_begin(&view);
	contract_call_credit_of(&view.call, owner);
	return ask_amount(&view, fetch, out, where, "creditOf", error);
}

bool root_chain_fetch_credits(const struct root_chain_fetch *fetch,
			      struct root_chain_credits *out,
			      const struct token *token,
			      const struct address *owner, struct error *error)
{
	const struct network *network = fetch->network;
	struct view view;

	out->vault = amount_zero();
	out->exit_game = amount_zero();
	if (network->extensions == 0)
		return true;
	if (token_is_eth(token))
		return fetch_ether_credit(fetch, &out->vault,
					  &network->eth_vault, owner, error) &&
		       fetch_ether_credit(fetch, &out->exit_game,
					  &network->payment_exit_game, owner,
					  error);
	view_begin(&view);
	contract_call_token_credit_of(&view.call, owner, token);
	return ask_amount(&view, fetch, &out->vault, &network->erc20_vault,
			  "creditOf", error);
}

/* ---- logs ---- */

static bool is_deposit_of(const struct eth_log *log, uint64_t *blknum)
{
	struct contract_event event;

	if (contract_event_decode(&event, log) != CONTRACT_EVENT_VALID ||
	    event.kind != CONTRACT_EVENT_DEPOSIT_CREATED)
		return false;
	*blknum = event.as.deposit_created.blknum;
	return true;
}

bool root_chain_fetch_deposit(const struct root_chain_fetch *fetch, bool *found,
			      uint64_t *blknum,
			      const struct hash *eth_transaction_hash,
			      const struct address *vault, struct error *error)
{
	struct root_chain_receipt receipt;
	struct root_chain_log_filter filter = { .by_hash = true,
						.addresses = vault,
						.address_count = 1 };
	struct arena arena;
	struct eth_log *logs;
	size_t count = 0;

	if (!root_chain_rpc_receipt(fetch->rpc, found, &receipt,
				    eth_transaction_hash, error))
		return false;
	bool is_mined = *found && receipt.succeeded;
	*found = false;
	if (!is_mined)
		return true;
	filter.eth_block_hash = receipt.eth_block_hash;
	arena_init(&arena, ARENA_CEILING);
	bool ok = root_chain_reader_logs(fetch->rpc, &logs, &count, &arena,
					 &filter, error);
	for (size_t i = 0; ok && !*found && i < count; i++)
		*found = hash_equal(&logs[i].eth_transaction_hash,
				    eth_transaction_hash) &&
			 is_deposit_of(&logs[i], blknum);
	arena_clear(&arena);
	return ok;
}

/* True if the log says what the evidence needs. */
static bool is_anchor_log(const struct eth_log *log, uint64_t blknum)
{
	struct contract_event event;

	if (contract_event_decode(&event, log) != CONTRACT_EVENT_VALID)
		return false;
	if (event.kind == CONTRACT_EVENT_DEPOSIT_CREATED)
		return event.as.deposit_created.blknum == blknum;
	return event.kind == CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED &&
	       event.as.block_root_submitted.blknum == blknum;
}

/* The log among those of a range of eth_blocks. */
static bool find_log(const struct root_chain_fetch *fetch, bool *found,
		     struct eth_log *out, struct arena *arena,
		     const struct coin_evidence *evidence, uint64_t first,
		     uint64_t last, struct error *error)
{
	uint64_t blknum = position_blknum(evidence->position);
	const struct address *emitter =
		blknum_is_deposit(blknum)
			? vault_of(fetch->network, &evidence->output.token)
			: &fetch->network->plasma_framework;
	struct root_chain_log_filter filter = { .first = first,
						.last = last,
						.addresses = emitter,
						.address_count = 1 };
	struct eth_log *logs;
	size_t count;

	if (!root_chain_reader_logs(fetch->rpc, &logs, &count, arena, &filter,
				    error))
		return false;
	for (size_t i = 0; !*found && i < count; i++) {
		if (is_anchor_log(&logs[i], blknum)) {
			*out = logs[i];
			*found = true;
		}
	}
	return true;
}

/* The last eth_block whose time is at most `time`: the block's root was stored
 * in one of exactly that time. */
static bool find_eth_block(const struct root_chain_fetch *fetch, uint64_t *out,
			   uint64_t time, struct error *error)
{
	struct action_moment moment;
	uint64_t low = fetch->network->deployment_block;

	if (!root_chain_fetch_moment(fetch, &moment, error))
		return false;
	uint64_t high = moment.head;
	while (low < high) {
		uint64_t middle = low + (high - low + 1) / 2;
		struct eth_point point = { .kind = ETH_POINT_NUMBER,
					   .number = middle };
		struct root_chain_block block;
		struct arena arena;
		bool found;

		arena_init(&arena, ARENA_CEILING);
		bool ok = root_chain_reader_block(fetch->rpc, &found, &block,
						  &arena, &point, error);
		arena_clear(&arena);
		if (!ok)
			return false;
		if (found && block.header.time.seconds <= time)
			low = middle;
		else
			high = middle - 1;
	}
	*out = low;
	return true;
}

/* The index of the log within its receipt, and the receipts as the trie has
 * them. */
static bool prove_receipt(struct coin_evidence *evidence, struct arena *arena,
			  const struct root_chain_mined *mined, size_t count,
			  const struct eth_log *log, struct error *error)
{
	struct log_anchor *anchor = &evidence->anchor;
	struct bytes *items = arena_new(arena, count + 1, sizeof(*items));

	if (items == NULL)
		return error_set(error, ERROR_PROTOCOL,
				 "the receipts are too long");
	for (size_t i = 0; i < count; i++) {
		struct growing_buffer encoded;

		growing_buffer_init(&encoded, ARENA_CEILING);
		eth_receipt_encode(&encoded, &mined[i].receipt);
		items[i] = arena_copy(arena, growing_buffer_view(&encoded));
		growing_buffer_clear(&encoded);
		if (items[i].data == NULL)
			return error_set(error, ERROR_PROTOCOL,
					 "the receipts are too long");
	}
	return log_anchor_find(anchor, arena, items, count, log->log_index)
		       ? true
		       : error_set(error, ERROR_PROTOCOL,
				   "the receipts of an eth_block are not "
				   "complete, or too long");
}

static bool fill_anchor(const struct root_chain_fetch *fetch,
			struct coin_evidence *evidence, struct arena *arena,
			const struct eth_log *log, struct error *error)
{
	struct log_anchor *anchor = &evidence->anchor;
	struct eth_point point = { .kind = ETH_POINT_HASH,
				   .hash = log->eth_block_hash };
	struct root_chain_block block;
	struct root_chain_mined *mined;
	struct growing_buffer header;
	size_t count;
	bool found;

	if (!root_chain_reader_block(fetch->rpc, &found, &block, arena, &point,
				     error))
		return false;
	bool ok = found && root_chain_reader_receipts(
				   fetch->rpc, &found, &mined, &count, arena,
				   &log->eth_block_hash, error);
	if (!found)
		return error_set(error, ERROR_TRY_AGAIN,
				 "the root chain is being reorganised");
	growing_buffer_init(&header, ETH_HEADER_MAX_LEN);
	eth_header_encode(&header, &block.header);
	anchor->eth_block_number = block.header.number;
	anchor->eth_block_hash = log->eth_block_hash;
	anchor->header = arena_copy(arena, growing_buffer_view(&header));
	growing_buffer_clear(&header);
	return ok && prove_receipt(evidence, arena, mined, count, log, error);
}

bool root_chain_fetch_anchor(const struct root_chain_fetch *fetch,
			     struct coin_evidence *evidence,
			     struct arena *arena, struct error *error)
{
	struct contract_block block;
	struct eth_log log;
	bool found = false;
	uint64_t last;

	evidence->has_anchor = false;
	if (!root_chain_fetch_block(fetch, &block,
				    position_blknum(evidence->position),
				    error) ||
	    !find_eth_block(fetch, &last, block.time.seconds, error))
		return false;
	uint64_t first = instant_since(last, LOG_RANGE);
	if (first < fetch->network->deployment_block)
		first = fetch->network->deployment_block;
	if (!find_log(fetch, &found, &log, arena, evidence, first, last, error))
		return false;
	if (!found)
		return error_set(error, ERROR_NO_INPUT,
				 "the root chain has no log of the block");
	evidence->has_anchor = fill_anchor(fetch, evidence, arena, &log, error);
	return evidence->has_anchor;
}

bool root_chain_fetch_confirms(const struct root_chain_fetch *fetch,
			       bool *known, uint64_t number,
			       const struct hash *hash, struct error *error)
{
	struct hash there;
	bool found;

	if (!root_chain_rpc_block_hash(fetch->rpc, &found, &there, number,
				       error))
		return false;
	*known = found && hash_equal(&there, hash);
	return true;
}
