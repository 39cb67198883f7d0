/* SPDX-License-Identifier: MIT */
#include "common/actions/action_sender.h"

#include <assert.h>
#include <string.h>

#include "common/actions/account_sender.h"
#include "common/base/memory.h"
#include "common/ethereum/eth_transaction.h"
#include "common/service/log.h"

/* Eth_blocks after which a nonce without any transaction is filled, and one
 * that keeps a more urgent action waiting is cancelled. */
#define GAP_PATIENCE 3
#define BLOCKED_PATIENCE 10

struct action_sender {
	struct action_sender_parts parts;
	struct sending sending;
	bool chain_is_checked;
};

/* What is found out about one action. */
struct look {
	struct action *action;
	struct account_state *account;
	struct action_transaction_list transactions; /* of its nonce */
	struct action_facts facts;
	struct u256 cost_wei; /* of its nonce, if that is used */
	bool is_known;	      /* else it is left alone in this pass */
	bool is_changed;
	enum action_effect effect;
	struct trouble *trouble; /* NULL: none */
};

/* One pass over all actions. */
struct round {
	struct action_sender *sender;
	struct action_pass *pass;
	struct action_list list;
	struct look *looks; /* one per action, in the order of the list */
	struct account_state *accounts;
	size_t account_count;
};

struct action_sender *action_sender_new(const struct action_sender_parts *parts)
{
	struct action_sender *sender = memory_new(1, sizeof(*sender));

	sender->parts = *parts;
	sender->sending.parts = &sender->parts;
	return sender;
}

void action_sender_free(struct action_sender *sender)
{
	if (sender == NULL)
		return;
	memory_free(sender->sending.notes);
	memory_free(sender);
}

/* ---- looking ---- */

static bool check_chain(struct action_sender *sender, struct error *error)
{
	uint64_t chain_id;

	if (sender->chain_is_checked)
		return true;
	if (!root_chain_rpc_chain_id(sender->parts.rpc, &chain_id, error))
		return false;
	if (chain_id != sender->parts.chain_id)
		return error_set(error, ERROR_PROTOCOL,
				 "%s: it is chain %llu and not %llu",
				 root_chain_rpc_name(sender->parts.rpc),
				 (unsigned long long)chain_id,
				 (unsigned long long)sender->parts.chain_id);
	sender->chain_is_checked = true;
	return true;
}

static bool read_market(struct action_sender *sender,
			const struct action_moment *moment, struct error *error)
{
	struct sending *sending = &sender->sending;

	sending->moment = *moment;
	if (!root_chain_rpc_head(sender->parts.rpc, &sending->head, error))
		return false;
	sending->market.tip_wei = sender->parts.tip_wei;
	sending->market.base_fee_wei = sending->head.base_fee_wei;
	if (!u256_is_zero(moment->base_fee_wei))
		sending->market.base_fee_wei = fee_curve_believable_base(
			sending->head.base_fee_wei, moment->base_fee_wei,
			instant_since(sending->head.number, moment->head) + 1);
	return true;
}

/* What was noted of nonces that are used is forgotten. */
static void forget_notes(struct sending *sending,
			 const struct account_state *account)
{
	size_t kept = 0;

	for (size_t i = 0; i < sending->note_count; i++) {
		const struct sent_note *note = &sending->notes[i];

		if (note->nonce >= account->nonce ||
		    !address_equal(&note->account, &account->address))
			sending->notes[kept++] = *note;
	}
	sending->note_count = kept;
}

/* There is room for one per action. */
static bool find_account(struct round *round, struct account_state **out,
			 const struct address *address, struct error *error)
{
	struct sending *sending = &round->sender->sending;

	for (size_t i = 0; i < round->account_count; i++) {
		*out = &round->accounts[i];
		if (address_equal(&(*out)->address, address))
			return true;
	}
	*out = &round->accounts[round->account_count];
	if (!account_state_read(*out, sending, address, error))
		return false;
	round->account_count++;
	forget_notes(sending, *out);
	return true;
}

static const struct action_transaction *newest(const struct look *look)
{
	return &look->transactions.transactions[look->transactions.count - 1];
}

static bool look_at_nonce(struct round *round, struct look *look,
			  struct error *error)
{
	const struct sending *sending = &round->sender->sending;
	const struct action *action = look->action;

	look->is_known = true;
	if (!action->progress.has_nonce)
		return true;
	if (!action_store_transactions(round->sender->parts.database,
				       &look->transactions, &action->account,
				       action->progress.nonce, error))
		return false;
	if (look->transactions.count == 0)
		return error_set(error, ERROR_IO,
				 "action %llu has a nonce and no transaction",
				 (unsigned long long)action->id);
	if (!account_nonce_use(sending, look->account, &look->is_known,
			       &look->facts, &look->cost_wei,
			       &look->transactions, error))
		return false;
	look->facts.accepted = action->progress.state == ACTION_SENT ||
			       account_was_sent(sending, newest(look));
	if (look->facts.nonce_use == ACTION_NONCE_FREE)
		look->account->live++;
	return true;
}

static bool progress_equal(const struct action_progress *a,
			   const struct action_progress *b)
{
	return a->state == b->state && a->has_nonce == b->has_nonce &&
	       a->nonce == b->nonce && a->mined_at == b->mined_at &&
	       a->rested_at == b->rested_at && a->not_before == b->not_before &&
	       a->is_settled == b->is_settled;
}

static void tell(const struct round *round, const struct action *action,
		 enum action_state before)
{
	enum action_state state = action->progress.state;

	if (state == before)
		return;
	round->pass->newly_done += state == ACTION_DONE;
	round->pass->newly_missed += state == ACTION_MISSED;
	log_event(state == ACTION_MISSED ? LOG_ERROR : LOG_INFO, "action",
		  log_text("kind", action_kind_name(action->key.kind)),
		  log_number("id", action->id),
		  log_text("state", action_state_name(state)));
}

static void step(const struct round *round, struct look *look)
{
	const struct action_sender_parts *parts = &round->sender->parts;
	struct action *action = look->action;
	struct action_progress before = action->progress;

	look->facts.goal = parts->goal(parts->context, action);
	look->effect = action_step(action, &look->facts);
	look->is_changed = !progress_equal(&before, &action->progress);
	/* What a nonce cost is added when it no longer counts. */
	if (before.has_nonce && !action->progress.has_nonce &&
	    !u256_add(&action->spent_wei, action->spent_wei, look->cost_wei))
		action->spent_wei = U256_MAX;
	tell(round, action, before.state);
	if (action_state_is_resting(action->progress.state))
		return;
	if (action->print_only || parts->print_only)
		round->pass->to_print++;
	else
		round->pass->open++;
}

static bool look_at_all(struct round *round, struct error *error)
{
	const struct action_moment *moment = &round->sender->sending.moment;

	for (size_t i = 0; i < round->list.count; i++) {
		struct look *look = &round->looks[i];

		look->action = &round->list.actions[i];
		look->facts.now = moment->now;
		look->facts.head = moment->head;
		look->facts.finalized = moment->finalized;
		if (!find_account(round, &look->account, &look->action->account,
				  error) ||
		    !look_at_nonce(round, look, error))
			return false;
		if (look->is_known)
			step(round, look);
	}
	return true;
}

/* ---- storing ---- */

static bool store_look(struct database *database, const struct look *look,
		       struct error *error)
{
	/* Of a free nonce nothing is known yet; a foreign one cost nothing. */
	if (look->facts.nonce_use != ACTION_NONCE_NONE &&
	    look->facts.nonce_use != ACTION_NONCE_FREE &&
	    !action_store_put_cost(database, &look->action->account,
				   look->transactions.transactions[0].nonce,
				   look->cost_wei, error))
		return false;
	return action_store_put_progress(database, look->action, error);
}

static bool store_progress(struct round *round, struct error *error)
{
	struct database *database = round->sender->parts.database;
	bool is_changed = false;
	bool ok = true;

	for (size_t i = 0; i < round->list.count; i++)
		is_changed = is_changed || round->looks[i].is_changed;
	if (!is_changed)
		return true;
	if (!database_begin(database, error))
		return false;
	for (size_t i = 0; i < round->list.count && ok; i++)
		if (round->looks[i].is_changed)
			ok = store_look(database, &round->looks[i], error);
	if (ok && database_commit(database, error))
		return true;
	database_rollback(database);
	return false;
}

static bool store_troubles(struct round *round, struct error *error)
{
	struct database *database = round->sender->parts.database;
	bool ok = true;

	if (round->list.count == 0)
		return true;
	if (!database_begin(database, error))
		return false;
	for (size_t i = 0; i < round->list.count && ok; i++) {
		const struct look *look = &round->looks[i];

		ok = action_store_put_trouble(
			database, look->action->id,
			look->trouble == NULL ? NULL
					      : look->trouble->error.message,
			error);
	}
	if (ok && database_commit(database, error))
		return true;
	database_rollback(database);
	return false;
}

/* ---- reckoning ---- */

static void note_trouble(struct round *round, struct look *look,
			 const struct trouble *trouble)
{
	struct action_pass *pass = round->pass;

	if (trouble->kind == TROUBLE_NONE || look->trouble != NULL)
		return;
	look->trouble = memory_new(1, sizeof(*look->trouble));
	*look->trouble = *trouble;
	pass->troubled++;
	pass->keyless += trouble->kind == TROUBLE_KEYLESS;
	pass->limited += trouble->kind == TROUBLE_LIMITED;
	if (trouble->kind == TROUBLE_UNFUNDED && pass->unfunded++ == 0) {
		pass->unfunded_account = look->account->address;
		pass->missing_wei = trouble->missing_wei;
	}
}

/* What the gas of an action may still cost. */
static struct u256 budget_of(const struct round *round,
			     const struct action *action)
{
	struct u256 limit = round->sender->parts.limits.max_fee_per_action_wei;
	struct u256 budget = fee_curve_budget(action->value_at_risk_wei,
					      action->fee_cap_wei);

	if (u256_compare(limit, budget) < 0)
		budget = limit;
	return u256_subtract(&budget, budget, action->spent_wei) ? budget
								 : U256_ZERO;
}

static struct fee_curve curve_of(const struct round *round,
				 const struct action *action,
				 uint64_t gas_limit)
{
	struct root_time from = action->wanted_at;

	if (from.seconds < action->window.earliest.seconds)
		from = action->window.earliest;
	return (struct fee_curve){ .from = from,
				   .last = action->window.last,
				   .budget_wei = budget_of(round, action),
				   .gas_limit = gas_limit };
}

/* The value as it has to be now. */
static bool read_value(const struct round *round, struct u256 *value_wei,
		       struct trouble *trouble, const struct action *action)
{
	const struct action_sender_parts *parts = &round->sender->parts;

	*value_wei = action->value_wei;
	if (parts->refresh == NULL ||
	    parts->refresh(parts->context, value_wei, action, &trouble->error))
		return true;
	trouble->kind = TROUBLE_REFUSED;
	return false;
}

/* The gas that the call needs now. True with trouble if it would fail. */
static bool read_gas(const struct round *round, uint64_t *gas_limit,
		     struct trouble *trouble, const struct action *action,
		     struct u256 value_wei, struct error *error)
{
	uint64_t estimate;

	if (!root_chain_rpc_estimate_payment(round->sender->parts.rpc,
					     &estimate, &action->account,
					     &action->key.contract, value_wei,
					     action->call_data, error)) {
		trouble->kind = TROUBLE_REFUSED;
		trouble->error = *error;
		return error->code == ERROR_REFUSED;
	}
	if (fee_curve_gas_limit(gas_limit, estimate))
		return true;
	trouble->kind = TROUBLE_LIMITED;
	(void)error_set(&trouble->error, ERROR_REFUSED,
			"it needs %llu gas, more than one transaction may have",
			(unsigned long long)estimate);
	return true;
}

static struct u256 smaller(struct u256 a, struct u256 b)
{
	return u256_compare(a, b) < 0 ? a : b;
}

static void lower_offer(struct fee_offer *offer, struct u256 most)
{
	offer->max_fee_wei = smaller(offer->max_fee_wei, most);
	offer->max_priority_fee_wei =
		smaller(offer->max_priority_fee_wei, offer->max_fee_wei);
}

/* wei / gas */
static struct u256 per_gas(struct u256 wei, uint64_t gas)
{
	struct u256 rest;
	struct u256 result = U256_ZERO;
	bool divided = u256_divide(&result, &rest, wei, u256_of(gas));

	assert(divided);
	return result;
}

/* The offer of a first signature: by the curve, no lower than ever before,
 * within the budget and within what the account has. */
static bool first_offer(struct round *round, struct look *look,
			struct signing *signing, struct trouble *trouble,
			struct error *error)
{
	struct sending *sending = &round->sender->sending;
	struct fee_curve curve =
		curve_of(round, look->action, signing->gas_limit);
	struct u256 funds;

	signing->offer = fee_offer_larger(
		fee_curve_at(&curve, &sending->market, sending->moment.now),
		look->action->highest_offer);
	lower_offer(&signing->offer,
		    per_gas(curve.budget_wei, signing->gas_limit));
	if (u256_compare(signing->offer.max_fee_wei,
			 sending->market.base_fee_wei) < 0) {
		trouble->kind = TROUBLE_LIMITED;
		return error_set(&trouble->error, ERROR_REFUSED,
				 "what it may cost does not reach the base "
				 "fee");
	}
	if (!account_funds(sending, look->account, &funds, signing->nonce,
			   error))
		return false;
	/* With less ether than the curve offers, what is there is offered if
	 * it can be mined; else account_sign() says what is missing. */
	if (u256_subtract(&funds, funds, signing->value_wei)) {
		funds = per_gas(funds, signing->gas_limit);
		if (u256_compare(funds, sending->market.base_fee_wei) > 0)
			lower_offer(&signing->offer, funds);
	}
	return true;
}

/* ---- effects ---- */

/* False with `error` untouched and trouble set: not now. */
static bool goes_on(const struct trouble *trouble)
{
	return trouble->kind == TROUBLE_NONE;
}

static bool check_value(struct round *round, struct look *look,
			struct trouble *trouble, struct u256 value_wei,
			uint64_t except_nonce, struct error *error)
{
	struct u256 funds;

	if (!account_funds(&round->sender->sending, look->account, &funds,
			   except_nonce, error))
		return false;
	if (u256_subtract(&trouble->missing_wei, value_wei, funds) &&
	    !u256_is_zero(trouble->missing_wei)) {
		trouble->kind = TROUBLE_UNFUNDED;
		(void)error_set(&trouble->error, ERROR_REFUSED,
				"the account has less ether than has to be "
				"sent along");
	}
	return true;
}

static bool prepare_first(struct round *round, struct look *look,
			  struct signing *signing, struct trouble *trouble,
			  struct error *error)
{
	const struct action *action = look->action;

	if (look->account->signer == NULL) {
		trouble->kind = TROUBLE_KEYLESS;
		(void)error_set(&trouble->error, ERROR_REFUSED,
				"there is no key for the account");
		return true;
	}
	if (!account_fresh_nonce(&round->sender->sending, look->account,
				 &signing->nonce, error))
		return false;
	if (!read_value(round, &signing->value_wei, trouble, action))
		return true;
	if (!check_value(round, look, trouble, signing->value_wei,
			 signing->nonce, error))
		return false;
	if (!goes_on(trouble))
		return true;
	if (!read_gas(round, &signing->gas_limit, trouble, action,
		      signing->value_wei, error))
		return false;
	if (!goes_on(trouble))
		return true;
	return first_offer(round, look, signing, trouble, error) ||
	       !goes_on(trouble);
}

static bool sign_first(struct round *round, struct look *look,
		       struct error *error)
{
	struct trouble trouble = { .kind = TROUBLE_NONE };
	struct signing signing = { .purpose = ACTION_PURPOSE_CALL,
				   .attempt = 1 };

	if (look->account->live >= ACCOUNT_MAX_LIVE)
		return true;
	if (!prepare_first(round, look, &signing, &trouble, error))
		return false;
	bool is_ready = goes_on(&trouble);
	bool ok = !is_ready ||
		  account_sign(&round->sender->sending, look->account, &trouble,
			       &signing, look->action, error);
	if (ok && is_ready && look->action->progress.has_nonce)
		look->account->live++;
	note_trouble(round, look, &trouble);
	return ok;
}

/* True if the newest transaction does not say what the action says now. */
static bool is_outdated(const struct look *look, struct u256 value_wei)
{
	const struct action_transaction *last = newest(look);
	struct eth_transaction_signature signature;
	struct eth_transaction eth;

	if (last->purpose == ACTION_PURPOSE_CANCEL ||
	    !u256_equal(last->value_wei, value_wei))
		return true;
	return !eth_transaction_decode(&eth, &signature, last->raw) ||
	       !bytes_equal(eth.data, look->action->call_data);
}

static uint64_t age(const struct round *round, const struct look *look)
{
	return instant_since(round->sender->sending.head.number,
			     newest(look)->signed_at_eth_block);
}

/* What a replacement of the newest transaction would offer. */
static enum fee_answer reckon_replacement(struct round *round,
					  struct look *look,
					  struct signing *signing,
					  bool outdated)
{
	const struct sending *sending = &round->sender->sending;
	const struct action_transaction *last = newest(look);
	struct fee_curve curve =
		curve_of(round, look->action, signing->gas_limit);
	struct fee_offer least = fee_curve_least_replacement(last->offer);
	enum fee_answer answer = FEE_KEEP;

	if (outdated ||
	    age(round, look) >= fee_curve_patience(&curve, sending->moment.now))
		answer = fee_curve_replace(&signing->offer, &curve,
					   &sending->market,
					   sending->moment.now, last->offer);
	if (answer == FEE_KEEP && outdated) {
		signing->offer = least;
		answer = FEE_REPLACE;
	}
	return answer;
}

/* Replaces the newest transaction of an action if that is due. */
static bool replace(struct round *round, struct look *look, bool *is_replaced,
		    enum fee_answer *answer, struct trouble *trouble,
		    struct error *error)
{
	const struct action_transaction *last = newest(look);
	struct signing signing = { .purpose = ACTION_PURPOSE_CALL,
				   .nonce = last->nonce,
				   .attempt = last->attempt + 1,
				   .gas_limit = last->gas_limit };

	*answer = FEE_KEEP;
	if (!read_value(round, &signing.value_wei, trouble, look->action))
		return true;
	bool outdated = is_outdated(look, signing.value_wei);
	if (outdated && !read_gas(round, &signing.gas_limit, trouble,
				  look->action, signing.value_wei, error))
		return false;
	if (!goes_on(trouble))
		return true;
	*answer = reckon_replacement(round, look, &signing, outdated);
	if (*answer != FEE_REPLACE)
		return true;
	bool ok = account_sign(&round->sender->sending, look->account, trouble,
			       &signing, look->action, error);
	*is_replaced = ok && goes_on(trouble);
	return ok;
}

/* Fills the nonce with an empty transaction, or raises or repeats that. */
static bool cancel(struct round *round, struct look *look,
		   struct fee_offer least, struct error *error)
{
	struct sending *sending = &round->sender->sending;
	const struct action_transaction *last = newest(look);
	struct trouble trouble = { .kind = TROUBLE_NONE };
	struct signing signing = { .purpose = ACTION_PURPOSE_CANCEL,
				   .nonce = last->nonce,
				   .attempt = last->attempt + 1,
				   .gas_limit = ACCOUNT_CANCEL_GAS };
	struct fee_offer fresh = account_cancel_offer(sending, NULL, least);
	bool ok = true;

	if (look->account->signer == NULL)
		return true;
	signing.offer = account_cancel_offer(sending, &last->offer, least);
	/* A cancellation is raised only if the market asks for it. */
	bool is_due =
		last->purpose == ACTION_PURPOSE_CALL ||
		(age(round, look) >= FEE_CURVE_PATIENCE &&
		 u256_equal(fresh.max_fee_wei, signing.offer.max_fee_wei));
	if (is_due)
		ok = account_sign(sending, look->account, &trouble, &signing,
				  look->action, error);
	if (ok && (!is_due || !goes_on(&trouble)))
		ok = account_send(sending, &trouble, last, error);
	note_trouble(round, look, &trouble);
	return ok;
}

/* The dearest offer of a more urgent action that waits behind this one, which
 * the market will not take as it is; zero if there is none. */
static struct fee_offer waiting_offer(const struct round *round,
				      const struct look *look)
{
	const struct action_transaction *last = newest(look);
	struct fee_offer dearest = { U256_ZERO, U256_ZERO };
	bool is_stuck =
		u256_compare(last->offer.max_fee_wei,
			     round->sender->sending.market.base_fee_wei) < 0 ||
		age(round, look) >= BLOCKED_PATIENCE;

	for (size_t i = 0; i < round->list.count && is_stuck; i++) {
		const struct look *other = &round->looks[i];

		if (other->account != look->account ||
		    other->facts.nonce_use != ACTION_NONCE_FREE ||
		    other->action->progress.nonce <= last->nonce ||
		    action_compare_urgency(other->action, look->action) >= 0)
			continue;
		if (u256_compare(newest(other)->offer.max_fee_wei,
				 last->offer.max_fee_wei) > 0)
			dearest =
				fee_offer_larger(dearest, newest(other)->offer);
	}
	return dearest;
}

static bool send(struct round *round, struct look *look, struct error *error)
{
	struct trouble trouble = { .kind = TROUBLE_NONE };
	bool is_replaced = false;
	enum fee_answer answer = FEE_KEEP;

	if (look->account->signer != NULL &&
	    !replace(round, look, &is_replaced, &answer, &trouble, error))
		return false;
	note_trouble(round, look, &trouble);
	if (is_replaced)
		return true;
	struct fee_offer waiting = waiting_offer(round, look);
	if (!u256_is_zero(waiting.max_fee_wei))
		return cancel(round, look, waiting, error);
	trouble.kind = TROUBLE_NONE;
	if (!account_send(&round->sender->sending, &trouble, newest(look),
			  error))
		return false;
	if (answer == FEE_CAPPED && goes_on(&trouble)) {
		trouble.kind = TROUBLE_LIMITED;
		(void)error_set(&trouble.error, ERROR_REFUSED,
				"it offers all that it may cost");
	}
	note_trouble(round, look, &trouble);
	return true;
}

static bool perform(struct round *round, struct look *look, struct error *error)
{
	static const struct fee_offer nothing = { { { 0 } }, { { 0 } } };

	switch (look->effect) {
	case ACTION_EFFECT_NONE:
		return true;
	case ACTION_EFFECT_SIGN:
		return sign_first(round, look, error);
	case ACTION_EFFECT_SEND:
		return send(round, look, error);
	case ACTION_EFFECT_CANCEL:
		return cancel(round, look, nothing, error);
	}
	return true;
}

/* ---- gaps ---- */

/* True if an action holds the nonce; `is_awaited` if one has waited for it. */
static bool is_held(const struct round *round,
		    const struct account_state *account, uint64_t nonce,
		    bool *is_awaited)
{
	bool held = false;

	*is_awaited = false;
	for (size_t i = 0; i < round->list.count; i++) {
		const struct look *look = &round->looks[i];

		if (look->account != account ||
		    !look->action->progress.has_nonce)
			continue;
		held = held || look->action->progress.nonce == nonce;
		*is_awaited =
			*is_awaited || (look->transactions.count > 0 &&
					look->action->progress.nonce > nonce &&
					age(round, look) >= GAP_PATIENCE);
	}
	return held;
}

/* A nonce below others that nothing of ours holds: a reorganisation freed it.
 * What was signed for it before is replaced by nothing. */
static bool fill_gap(struct round *round, struct account_state *account,
		     uint64_t nonce, bool is_awaited, struct error *error)
{
	struct sending *sending = &round->sender->sending;
	struct look look = { .account = account };
	struct trouble trouble = { .kind = TROUBLE_NONE };
	struct signing signing = { .purpose = ACTION_PURPOSE_CANCEL,
				   .nonce = nonce,
				   .attempt = 1,
				   .gas_limit = ACCOUNT_CANCEL_GAS };
	const struct fee_offer nothing = { U256_ZERO, U256_ZERO };
	bool ok = action_store_transactions(sending->parts->database,
					    &look.transactions,
					    &account->address, nonce, error);

	if (ok && look.transactions.count > 0) {
		ok = cancel(round, &look, nothing, error);
	} else if (ok && is_awaited) {
		signing.offer = account_cancel_offer(sending, NULL, nothing);
		ok = account_sign(sending, account, &trouble, &signing, NULL,
				  error);
	}
	action_transaction_list_clear(&look.transactions);
	memory_free(look.trouble);
	return ok;
}

static bool fill_gaps(struct round *round, struct account_state *account,
		      struct error *error)
{
	uint64_t end;
	bool is_awaited;

	if (account->signer == NULL)
		return true;
	if (!action_store_next_nonce(round->sender->parts.database, &end,
				     &account->address, error))
		return false;
	for (uint64_t nonce = account->nonce; nonce < end; nonce++) {
		if (is_held(round, account, nonce, &is_awaited))
			continue;
		if (!fill_gap(round, account, nonce, is_awaited, error))
			return false;
	}
	return true;
}

/* ---- the pass ---- */

static bool perform_all(struct round *round, struct error *error)
{
	if (round->sender->parts.print_only)
		return true;
	for (size_t i = 0; i < round->list.count; i++)
		if (!perform(round, &round->looks[i], error))
			return false;
	for (size_t i = 0; i < round->account_count; i++)
		if (!fill_gaps(round, &round->accounts[i], error))
			return false;
	return true;
}

static void round_clear(struct round *round)
{
	for (size_t i = 0; i < round->list.count && round->looks != NULL; i++) {
		action_transaction_list_clear(&round->looks[i].transactions);
		memory_free(round->looks[i].trouble);
	}
	memory_free(round->looks);
	memory_free(round->accounts);
	action_list_clear(&round->list);
}

bool action_sender_pass(struct action_sender *sender, struct action_pass *pass,
			const struct action_moment *moment, struct error *error)
{
	struct round round = { .sender = sender, .pass = pass };

	*pass = (struct action_pass){ 0 };
	assert(!database_in_transaction(sender->parts.database));
	if (!check_chain(sender, error) || !read_market(sender, moment, error))
		return false;
	bool ok = action_store_unsettled(sender->parts.database, &round.list,
					 error);
	if (ok) {
		round.looks =
			memory_new(round.list.count + 1, sizeof(*round.looks));
		round.accounts = memory_new(round.list.count + 1,
					    sizeof(*round.accounts));
		ok = look_at_all(&round, error) &&
		     store_progress(&round, error) &&
		     perform_all(&round, error) &&
		     store_troubles(&round, error);
	}
	round_clear(&round);
	return ok;
}
