/* SPDX-License-Identifier: MIT */
#include "common/actions/action_sender.h"

#include <assert.h>

#include "common/actions/account_sender.h"
#include "common/actions/effect_sender.h"
#include "common/base/memory.h"
#include "common/service/log.h"
#include "common/store/statement.h"

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
			       account_was_sent(sending, look_newest(look));
	look->is_live = look->facts.nonce_use == ACTION_NONCE_FREE;
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
	if (before.has_nonce && !action->progress.has_nonce)
		action->spent_wei =
			u256_saturating_add(action->spent_wei, look->cost_wei);
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

/* Said when it is new or has become another one. */
static void tell_trouble(const struct look *look)
{
	bool is_weighty = look->trouble->kind != TROUBLE_REFUSED;

	log_event(is_weighty ? LOG_WARNING : LOG_INFO, "an action cannot go on",
		  log_text("kind", action_kind_name(look->action->key.kind)),
		  log_number("id", look->action->id),
		  log_address("account", &look->action->account),
		  log_text("reason", look->trouble->error.message));
}

static bool store_trouble(struct database *database, const struct look *look,
			  struct error *error)
{
	const char *text =
		look->trouble == NULL ? NULL : look->trouble->error.message;

	if (!action_store_put_trouble(database, look->action->id, text, error))
		return false;
	if (text != NULL && statement_changes(database) > 0)
		tell_trouble(look);
	return true;
}

static bool store_troubles(struct round *round, struct error *error)
{
	struct database *database = round->sender->parts.database;
	bool ok = true;

	if (round->list.count == 0)
		return true;
	if (!database_begin(database, error))
		return false;
	for (size_t i = 0; i < round->list.count && ok; i++)
		ok = store_trouble(database, &round->looks[i], error);
	if (ok && database_commit(database, error))
		return true;
	database_rollback(database);
	return false;
}

/* ---- the pass ---- */

static bool perform_all(struct round *round, struct error *error)
{
	if (round->sender->parts.print_only)
		return true;
	for (size_t i = 0; i < round->list.count; i++)
		if (!effect_perform(round, &round->looks[i], error))
			return false;
	for (size_t i = 0; i < round->account_count; i++)
		if (!effect_fill_gaps(round, &round->accounts[i], error))
			return false;
	return effect_count_low(round, error);
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
