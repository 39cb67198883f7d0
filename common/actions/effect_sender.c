/* SPDX-License-Identifier: MIT */
#include "common/actions/effect_sender.h"

#include <assert.h>

#include "common/base/memory.h"
#include "common/ethereum/eth_transaction.h"
#include "common/service/log.h"

/* Eth_blocks after which a nonce without any transaction is filled, and one
 * that keeps a more urgent action waiting is cancelled. */
#define GAP_PATIENCE 3
#define BLOCKED_PATIENCE 10

/* How far the reserve of an account looks, in seconds; how often the base fee
 * may become what it is; the gas of what was not estimated yet. */
#define RESERVE_SECONDS 172800
#define RESERVE_GROWTH 10
#define RESERVE_GAS UINT64_C(500000)

const struct action_transaction *look_newest(const struct look *look)
{
	return &look->transactions.transactions[look->transactions.count - 1];
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
	pass->too_large += trouble->kind == TROUBLE_TOO_LARGE;
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

	return u256_saturating_subtract(u256_smaller(limit, budget),
					action->spent_wei);
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

/* A call of ours needs far less than a transaction may have. When a fork of the
 * root chain has made it dear, somebody should know long before it does not
 * fit. The size of a batch is chosen. */
static void watch_gas(const struct action *action, uint64_t estimate)
{
	if (estimate >= ETH_TRANSACTION_MAX_GAS / 2 &&
	    action->key.kind != ACTION_PROCESS_EXITS)
		log_event(LOG_WARNING, "a call needs very much gas",
			  log_text("kind", action_kind_name(action->key.kind)),
			  log_number("gas", estimate),
			  log_number("most", ETH_TRANSACTION_MAX_GAS));
}

/* The gas that the call needs now. True with trouble if it would fail, or fits
 * into no eth_block as large as the head. */
static bool read_gas(const struct round *round, uint64_t *gas_limit,
		     struct trouble *trouble, const struct action *action,
		     struct u256 value_wei, struct error *error)
{
	uint64_t room = round->sender->sending.head.gas_limit;
	uint64_t estimate;

	if (!root_chain_rpc_estimate_payment(round->sender->parts.rpc,
					     &estimate, &action->account,
					     &action->key.contract, value_wei,
					     action->call_data, error)) {
		trouble->kind = TROUBLE_REFUSED;
		trouble->error = *error;
		return error->code == ERROR_REFUSED;
	}
	watch_gas(action, estimate);
	if (room > ETH_TRANSACTION_MAX_GAS)
		room = ETH_TRANSACTION_MAX_GAS;
	if (estimate <= room && fee_curve_gas_limit(gas_limit, estimate)) {
		if (*gas_limit < action->gas_at_least)
			*gas_limit = action->gas_at_least;
		if (*gas_limit > room)
			*gas_limit = room;
		return true;
	}
	trouble->kind = TROUBLE_TOO_LARGE;
	(void)error_set(&trouble->error, ERROR_REFUSED,
			"it needs %llu gas and cannot fit: a transaction may "
			"have %llu now",
			(unsigned long long)estimate, (unsigned long long)room);
	return true;
}

static void lower_offer(struct fee_offer *offer, struct u256 most)
{
	offer->max_fee_wei = u256_smaller(offer->max_fee_wei, most);
	offer->max_priority_fee_wei =
		u256_smaller(offer->max_priority_fee_wei, offer->max_fee_wei);
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

/* With less than the curve offers, what there is is offered if it can be mined
 * and is at least `least`; else account_sign() says what is missing. */
static bool lower_to_means(struct round *round, struct look *look,
			   struct signing *signing, struct u256 least,
			   struct error *error)
{
	struct sending *sending = &round->sender->sending;
	struct u256 means;

	if (!account_gas_means(sending, look->account, &means, signing, error))
		return false;
	means = per_gas(means, signing->gas_limit);
	if (u256_compare(means, sending->market.base_fee_wei) > 0 &&
	    u256_compare(means, least) >= 0)
		lower_offer(&signing->offer, means);
	return true;
}

/* The offer of a first signature: by the curve, no lower than ever before,
 * within the budget and within what there is. */
static bool first_offer(struct round *round, struct look *look,
			struct signing *signing, struct trouble *trouble,
			struct error *error)
{
	struct sending *sending = &round->sender->sending;
	struct fee_curve curve =
		curve_of(round, look->action, signing->gas_limit);

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
	return lower_to_means(round, look, signing, U256_ZERO, error);
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
				"the account has too little ether for what "
				"is sent along");
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

/* Only what is at least as urgent keeps an action waiting: the rest may never
 * be mined, and makes way once this one is signed. */
static bool is_crowded(const struct round *round, const struct look *look)
{
	size_t live = 0;

	for (size_t i = 0; i < round->list.count; i++) {
		const struct look *other = &round->looks[i];

		live += other->is_live && other->account == look->account &&
			action_compare_urgency(other->action, look->action) < 0;
	}
	return live >= ACCOUNT_MAX_LIVE;
}

static bool sign_first(struct round *round, struct look *look,
		       struct error *error)
{
	struct trouble trouble = { .kind = TROUBLE_NONE };
	struct signing signing = { .purpose = ACTION_PURPOSE_CALL,
				   .attempt = 1 };

	if (is_crowded(round, look))
		return true;
	if (!prepare_first(round, look, &signing, &trouble, error))
		return false;
	bool is_ready = goes_on(&trouble);
	bool ok = !is_ready ||
		  account_sign(&round->sender->sending, look->account, &trouble,
			       &signing, look->action, error);
	look->is_live = ok && look->action->progress.has_nonce;
	note_trouble(round, look, &trouble);
	return ok;
}

/* True if the newest transaction does not say what the action says now. */
static bool is_outdated(const struct look *look, struct u256 value_wei)
{
	const struct action_transaction *last = look_newest(look);
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
			     look_newest(look)->signed_at_eth_block);
}

/* What a replacement of the newest transaction would offer. */
static enum fee_curve_answer reckon_replacement(struct round *round,
						struct look *look,
						struct signing *signing,
						bool outdated)
{
	const struct sending *sending = &round->sender->sending;
	const struct action_transaction *last = look_newest(look);
	struct fee_curve curve =
		curve_of(round, look->action, signing->gas_limit);
	struct fee_offer least = fee_curve_least_replacement(last->offer);
	enum fee_curve_answer answer = FEE_KEEP;

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
		    enum fee_curve_answer *answer, struct trouble *trouble,
		    struct error *error)
{
	const struct action_transaction *last = look_newest(look);
	struct signing signing = { .purpose = ACTION_PURPOSE_CALL,
				   .nonce = last->nonce,
				   .attempt = last->attempt + 1,
				   .gas_limit = last->gas_limit };

	*answer = FEE_KEEP;
	if (!read_value(round, &signing.value_wei, trouble, look->action))
		return true;
	bool outdated = is_outdated(look, signing.value_wei) ||
			last->gas_limit > round->sender->sending.head.gas_limit;
	if (outdated && !read_gas(round, &signing.gas_limit, trouble,
				  look->action, signing.value_wei, error))
		return false;
	if (!goes_on(trouble))
		return true;
	*answer = reckon_replacement(round, look, &signing, outdated);
	if (*answer != FEE_REPLACE)
		return true;
	if (!lower_to_means(
		    round, look, &signing,
		    fee_curve_least_replacement(last->offer).max_fee_wei,
		    error))
		return false;
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
	const struct action_transaction *last = look_newest(look);
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
	const struct action_transaction *last = look_newest(look);
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
		if (u256_compare(look_newest(other)->offer.max_fee_wei,
				 last->offer.max_fee_wei) > 0)
			dearest = fee_offer_larger(dearest,
						   look_newest(other)->offer);
	}
	return dearest;
}

static bool send(struct round *round, struct look *look, struct error *error)
{
	struct trouble trouble = { .kind = TROUBLE_NONE };
	bool is_replaced = false;
	enum fee_curve_answer answer = FEE_KEEP;

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
	if (!account_send(&round->sender->sending, &trouble, look_newest(look),
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

bool effect_perform(struct round *round, struct look *look, struct error *error)
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

bool effect_fill_gaps(struct round *round, struct account_state *account,
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

/* ---- reserves ---- */

/* What an open action may need from now on. */
static struct u256 need_of(const struct round *round, const struct look *look)
{
	const struct fee_market *market = &round->sender->sending.market;
	uint64_t gas = look->transactions.count > 0
			       ? look_newest(look)->gas_limit
			       : RESERVE_GAS;
	struct fee_offer offer = account_cancel_offer(
		&round->sender->sending, NULL,
		(struct fee_offer){ u256_saturating_add(market->base_fee_wei,
							market->tip_wei),
				    U256_ZERO });
	struct u256 gas_wei = fee_curve_worst_cost(offer, gas);

	gas_wei = u256_saturating_multiply(gas_wei, u256_of(RESERVE_GROWTH));
	return u256_saturating_add(
		look->action->value_wei,
		u256_smaller(gas_wei, budget_of(round, look->action)));
}

static bool is_due_soon(const struct round *round, const struct look *look)
{
	const struct action *action = look->action;
	uint64_t until = instant_after(
		round->sender->sending.moment.now.seconds, RESERVE_SECONDS);

	return !action->print_only &&
	       !action_state_is_resting(action->progress.state) &&
	       action->window.earliest.seconds <= until;
}

bool effect_count_low(struct round *round, struct error *error)
{
	struct sending *sending = &round->sender->sending;
	struct action_pass *pass = round->pass;

	for (size_t i = 0; i < round->account_count; i++) {
		struct account_state *account = &round->accounts[i];
		struct u256 need = U256_ZERO;
		struct u256 funds;
		struct u256 lack;

		for (size_t j = 0; j < round->list.count; j++)
			if (round->looks[j].account == account &&
			    is_due_soon(round, &round->looks[j]))
				need = u256_saturating_add(
					need, need_of(round, &round->looks[j]));
		if (u256_is_zero(need) || account->signer == NULL)
			continue;
		/* With everything that is on its way. */
		if (!account_funds(sending, account, &funds, account->nonce,
				   error))
			return false;
		if (!u256_subtract(&lack, u256_saturating_add(need, need),
				   account->balance_wei) ||
		    u256_is_zero(lack))
			continue;
		if (pass->low++ == 0) {
			pass->low_account = account->address;
			pass->low_by_wei = lack;
		}
	}
	return true;
}
