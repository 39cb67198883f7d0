/* SPDX-License-Identifier: MIT */
#include "common/actions/account_sender.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/ethereum/eth_transaction.h"
#include "common/service/log.h"

#define DAY 86400

/* ---- nonces ---- */

bool account_state_read(struct account_state *account,
			const struct sending *sending,
			const struct address *address, struct error *error)
{
	const struct action_sender_parts *parts = sending->parts;

	*account = (struct account_state){ .address = *address };
	for (size_t i = 0; i < parts->signer_count; i++)
		if (address_equal(&parts->signers[i].address, address))
			account->signer = &parts->signers[i];
	return root_chain_rpc_nonce(parts->rpc, &account->nonce, address,
				    error);
}

/* The nonce as it was after an eth_block; 0 if the node has forgotten. */
static bool nonce_at(const struct sending *sending, uint64_t *nonce,
		     const struct address *address, uint64_t eth_block_number,
		     struct error *error)
{
	if (root_chain_rpc_nonce_at(sending->parts->rpc, nonce, address,
				    eth_block_number, error))
		return true;
	*nonce = 0;
	return error->code == ERROR_REFUSED;
}

static bool read_final_nonce(const struct sending *sending,
			     struct account_state *account, struct error *error)
{
	if (account->has_final_nonce)
		return true;
	account->has_final_nonce =
		nonce_at(sending, &account->final_nonce, &account->address,
			 sending->moment.finalized, error);
	return account->has_final_nonce;
}

static bool read_parent_nonce(const struct sending *sending,
			      struct account_state *account,
			      struct error *error)
{
	if (account->has_parent_nonce)
		return true;
	account->has_parent_nonce =
		nonce_at(sending, &account->parent_nonce, &account->address,
			 instant_since(sending->head.number, 1), error);
	return account->has_parent_nonce;
}

static struct u256 cost_of(const struct root_chain_receipt *receipt,
			   const struct action_transaction *transaction)
{
	struct fee_offer paid = transaction->offer;

	if (!u256_is_zero(receipt->gas_price_wei))
		paid.max_fee_wei = receipt->gas_price_wei;
	return fee_curve_worst_cost(paid, receipt->gas_used);
}

static enum action_nonce_use
use_of(const struct root_chain_receipt *receipt,
       const struct action_transaction *transaction)
{
	if (transaction->purpose == ACTION_PURPOSE_CANCEL)
		return ACTION_NONCE_CANCELLED;
	return receipt->succeeded ? ACTION_NONCE_SUCCEEDED
				  : ACTION_NONCE_REVERTED;
}

/* Looks for the one of ours that was mined. */
static bool find_receipt(const struct sending *sending, bool *found,
			 struct action_facts *facts, struct u256 *cost_wei,
			 const struct action_transaction_list *transactions,
			 struct error *error)
{
	*found = false;
	for (size_t i = transactions->count; i-- > 0 && !*found;) {
		const struct action_transaction *transaction =
			&transactions->transactions[i];
		struct root_chain_receipt receipt;

		if (!root_chain_rpc_receipt(sending->parts->rpc, found,
					    &receipt, &transaction->hash,
					    error))
			return false;
		if (!*found)
			continue;
		facts->nonce_use = use_of(&receipt, transaction);
		facts->used_at = receipt.eth_block_number;
		*cost_wei = cost_of(&receipt, transaction);
	}
	return true;
}

bool account_nonce_use(const struct sending *sending,
		       struct account_state *account, bool *known,
		       struct action_facts *facts, struct u256 *cost_wei,
		       const struct action_transaction_list *transactions,
		       struct error *error)
{
	uint64_t nonce = transactions->transactions[0].nonce;
	bool found;

	*known = true;
	*cost_wei = U256_ZERO;
	facts->nonce_use = ACTION_NONCE_FREE;
	if (nonce >= account->nonce)
		return true;
	if (!read_final_nonce(sending, account, error) ||
	    !find_receipt(sending, &found, facts, cost_wei, transactions,
			  error))
		return false;
	facts->nonce_is_final = nonce < account->final_nonce;
	if (found)
		return true;
	/* A receipt may come a moment later than the count. */
	facts->nonce_use = ACTION_NONCE_FOREIGN;
	facts->used_at = sending->head.number;
	if (!read_parent_nonce(sending, account, error))
		return false;
	*known = nonce < account->parent_nonce;
	return true;
}

bool account_fresh_nonce(const struct sending *sending,
			 const struct account_state *account, uint64_t *nonce,
			 struct error *error)
{
	bool is_signed = true;

	for (*nonce = account->nonce; is_signed; *nonce += is_signed) {
		if (!action_store_nonce_is_signed(sending->parts->database,
						  &is_signed, &account->address,
						  *nonce, error))
			return false;
	}
	return true;
}

/* ---- money ---- */

bool account_funds(const struct sending *sending, struct account_state *account,
		   struct u256 *wei, uint64_t except_nonce, struct error *error)
{
	const struct action_sender_parts *parts = sending->parts;
	struct u256 pending;

	if (!account->has_balance &&
	    !root_chain_rpc_balance(parts->rpc, &account->balance_wei,
				    &account->address, error))
		return false;
	account->has_balance = true;
	if (!action_store_pending_cost(parts->database, &pending,
				       &account->address, account->nonce,
				       except_nonce, error))
		return false;
	*wei = u256_saturating_subtract(account->balance_wei, pending);
	return true;
}

/* True, as all trouble is no failure. */
static bool set_trouble(struct trouble *trouble, enum trouble_kind kind,
			const char *what, struct u256 have, struct u256 want)
{
	char have_text[U256_DECIMAL_SIZE];
	char want_text[U256_DECIMAL_SIZE];

	u256_to_decimal(have_text, have);
	u256_to_decimal(want_text, want);
	trouble->kind = kind;
	trouble->missing_wei = u256_saturating_subtract(want, have);
	(void)error_set(&trouble->error, ERROR_REFUSED,
			"%s: %s wei, and it needs %s wei", what, have_text,
			want_text);
	return true;
}

/* What a nonce may cost for gas today beside all others. */
static bool day_rest(const struct sending *sending, struct u256 *wei,
		     const struct address *account, uint64_t nonce,
		     struct error *error)
{
	struct root_time since = { instant_since(sending->moment.now.seconds,
						 DAY) };
	struct u256 spent;

	if (!action_store_spent_since(sending->parts->database, &spent, since,
				      account, nonce, error))
		return false;
	*wei = u256_saturating_subtract(
		sending->parts->limits.max_spend_per_day_wei, spent);
	return true;
}

bool account_gas_means(const struct sending *sending,
		       struct account_state *account, struct u256 *wei,
		       const struct signing *signing, struct error *error)
{
	struct u256 funds;

	if (!account_funds(sending, account, &funds, signing->nonce, error) ||
	    !day_rest(sending, wei, &account->address, signing->nonce, error))
		return false;
	*wei = u256_smaller(
		*wei, u256_saturating_subtract(funds, signing->value_wei));
	return true;
}

/* The limits that hold whatever was reckoned before. */
static bool check_limits(const struct sending *sending,
			 const struct account_state *account,
			 struct trouble *trouble, const struct signing *signing,
			 struct error *error)
{
	const struct action_limits *limits = &sending->parts->limits;
	struct u256 cost =
		fee_curve_worst_cost(signing->offer, signing->gas_limit);
	struct u256 rest;

	assert(signing->gas_limit <= ETH_TRANSACTION_MAX_GAS);
	if (u256_compare(signing->value_wei, limits->max_value_wei) > 0)
		return set_trouble(
			trouble, TROUBLE_LIMITED,
			"the most that one transaction may send along",
			limits->max_value_wei, signing->value_wei);
	if (u256_compare(cost, limits->max_fee_per_action_wei) > 0)
		return set_trouble(
			trouble, TROUBLE_LIMITED,
			"the most that the gas of one action may cost",
			limits->max_fee_per_action_wei, cost);
	if (!day_rest(sending, &rest, &account->address, signing->nonce, error))
		return false;
	if (u256_compare(cost, rest) > 0)
		return set_trouble(trouble, TROUBLE_LIMITED,
				   "what the gas of a day may cost leaves",
				   rest, cost);
	return true;
}

static bool check_funds(const struct sending *sending,
			struct account_state *account, struct trouble *trouble,
			const struct signing *signing, struct error *error)
{
	struct u256 cost = u256_saturating_add(
		fee_curve_worst_cost(signing->offer, signing->gas_limit),
		signing->value_wei);
	struct u256 funds;

	if (!account_funds(sending, account, &funds, signing->nonce, error))
		return false;
	if (u256_compare(cost, funds) > 0)
		return set_trouble(trouble, TROUBLE_UNFUNDED,
				   "the account has too little ether", funds,
				   cost);
	return true;
}

/* ---- sending ---- */

static struct sent_note *find_note(const struct sending *sending,
				   const struct address *account,
				   uint64_t nonce)
{
	for (size_t i = 0; i < sending->note_count; i++)
		if (sending->notes[i].nonce == nonce &&
		    address_equal(&sending->notes[i].account, account))
			return &sending->notes[i];
	return NULL;
}

static void put_note(struct sending *sending,
		     const struct action_transaction *transaction)
{
	struct sent_note *note =
		find_note(sending, &transaction->account, transaction->nonce);

	if (note == NULL) {
		sending->notes =
			memory_resize(sending->notes, sending->note_count + 1,
				      sizeof(*sending->notes));
		note = &sending->notes[sending->note_count++];
	}
	*note = (struct sent_note){ transaction->account, transaction->nonce,
				    transaction->hash, sending->head.hash };
}

bool account_was_sent(const struct sending *sending,
		      const struct action_transaction *transaction)
{
	const struct sent_note *note =
		find_note(sending, &transaction->account, transaction->nonce);

	return note != NULL && hash_equal(&note->hash, &transaction->hash);
}

bool account_send(struct sending *sending, struct trouble *trouble,
		  const struct action_transaction *transaction,
		  struct error *error)
{
	const struct sent_note *note =
		find_note(sending, &transaction->account, transaction->nonce);
	enum root_chain_receiving receiving;

	if (note != NULL && hash_equal(&note->hash, &transaction->hash) &&
	    hash_equal(&note->head, &sending->head.hash))
		return true;
	if (root_chain_rpc_send(sending->parts->rpc, &receiving,
				transaction->raw, error)) {
		/* The count of nonces will say what happened. */
		if (receiving == ROOT_CHAIN_NONCE_USED)
			return true;
		if (!account_was_sent(sending, transaction))
			log_event(LOG_INFO, "transaction sent",
				  log_address("account", &transaction->account),
				  log_number("nonce", transaction->nonce),
				  log_number("attempt", transaction->attempt),
				  log_hash("hash", &transaction->hash));
		put_note(sending, transaction);
		return true;
	}
	if (error->code != ERROR_REFUSED)
		return false;
	trouble->kind = TROUBLE_REFUSED;
	trouble->error = *error;
	return true;
}

/* ---- signing ---- */

static bool sign_bytes(const struct sending *sending,
		       const struct account_state *account,
		       struct growing_buffer *raw,
		       const struct signing *signing,
		       const struct action *action, struct error *error)
{
	bool is_call = signing->purpose == ACTION_PURPOSE_CALL;
	struct eth_transaction eth = {
		.chain_id = sending->parts->chain_id,
		.nonce = signing->nonce,
		.max_fee_wei = signing->offer.max_fee_wei,
		.max_priority_fee_wei = signing->offer.max_priority_fee_wei,
		.gas_limit = signing->gas_limit,
		.to = is_call ? action->key.contract : account->address,
		.value_wei = is_call ? signing->value_wei : U256_ZERO,
		.data = is_call ? action->call_data : bytes_view(NULL, 0),
	};

	assert(u256_compare(eth.max_priority_fee_wei, eth.max_fee_wei) <= 0);
	if (!eth_transaction_sign(raw, &eth, account->signer, error))
		return false;
	return !raw->overflowed ||
	       error_set(error, ERROR_REFUSED, "the call data is too long");
}

/* Nonce and bytes, in one transaction of the database. */
static bool store(const struct sending *sending,
		  const struct action_transaction *transaction,
		  struct action *action, struct error *error)
{
	struct database *database = sending->parts->database;

	if (!database_begin(database, error))
		return false;
	if (action != NULL) {
		if (transaction->purpose == ACTION_PURPOSE_CALL)
			action_note_signed(action, transaction->nonce,
					   transaction->offer);
		if (!action_store_put_progress(database, action, error)) {
			database_rollback(database);
			return false;
		}
	}
	if (action_store_put_transaction(database, transaction, error) &&
	    database_commit(database, error))
		return true;
	database_rollback(database);
	return false;
}

static bool store_and_send(struct sending *sending,
			   const struct account_state *account,
			   struct trouble *trouble,
			   const struct signing *signing, struct bytes raw,
			   struct action *action, struct error *error)
{
	struct action_transaction transaction = {
		.account = account->address,
		.nonce = signing->nonce,
		.attempt = signing->attempt,
		.action_id = action == NULL ? 0 : action->id,
		.purpose = signing->purpose,
		.raw = raw,
		.hash = eth_transaction_hash(raw),
		.offer = signing->offer,
		.gas_limit = signing->gas_limit,
		.value_wei = signing->value_wei,
		.signed_at_eth_block = sending->head.number,
		.signed_at = sending->moment.now,
	};

	return store(sending, &transaction, action, error) &&
	       account_send(sending, trouble, &transaction, error);
}

bool account_sign(struct sending *sending, struct account_state *account,
		  struct trouble *trouble, const struct signing *signing,
		  struct action *action, struct error *error)
{
	struct growing_buffer raw;

	if (account->signer == NULL) {
		trouble->kind = TROUBLE_KEYLESS;
		(void)error_set(&trouble->error, ERROR_REFUSED,
				"there is no key for the account");
		return true;
	}
	if (!check_limits(sending, account, trouble, signing, error) ||
	    (trouble->kind == TROUBLE_NONE &&
	     !check_funds(sending, account, trouble, signing, error)))
		return false;
	if (trouble->kind != TROUBLE_NONE)
		return true;
	growing_buffer_init(&raw, ETH_TRANSACTION_MAX_LEN);
	bool ok = true;
	if (!sign_bytes(sending, account, &raw, signing, action,
			&trouble->error))
		trouble->kind = TROUBLE_REFUSED;
	else
		ok = store_and_send(sending, account, trouble, signing,
				    growing_buffer_view(&raw), action, error);
	growing_buffer_clear(&raw);
	return ok;
}

struct fee_offer account_cancel_offer(const struct sending *sending,
				      const struct fee_offer *before,
				      struct fee_offer least)
{
	const struct fee_curve curve = {
		.from = sending->moment.now,
		.budget_wei = sending->parts->limits.max_fee_per_action_wei,
		.gas_limit = ACCOUNT_CANCEL_GAS,
	};
	struct fee_offer offer =
		fee_curve_at(&curve, &sending->market, sending->moment.now);

	offer = fee_offer_larger(offer, least);
	if (before != NULL)
		offer = fee_offer_larger(offer,
					 fee_curve_least_replacement(*before));
	return offer;
}
