/* SPDX-License-Identifier: MIT */
#include "common/actions/action.h"

#include <assert.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"

const char *action_kind_name(enum action_kind kind)
{
	switch (kind) {
	case ACTION_START_STANDARD_EXIT:
		return "start_standard_exit";
	case ACTION_START_IN_FLIGHT_EXIT:
		return "start_in_flight_exit";
	case ACTION_PIGGYBACK_INPUT:
		return "piggyback_input";
	case ACTION_PIGGYBACK_OUTPUT:
		return "piggyback_output";
	case ACTION_CHALLENGE_STANDARD_EXIT:
		return "challenge_standard_exit";
	case ACTION_CHALLENGE_NOT_CANONICAL:
		return "challenge_not_canonical";
	case ACTION_RESPOND_TO_CHALLENGE:
		return "respond_to_challenge";
	case ACTION_CHALLENGE_INPUT_SPENT:
		return "challenge_input_spent";
	case ACTION_CHALLENGE_OUTPUT_SPENT:
		return "challenge_output_spent";
	case ACTION_DELETE_IN_FLIGHT_EXIT:
		return "delete_in_flight_exit";
	case ACTION_PROCESS_EXITS:
		return "process_exits";
	case ACTION_ADD_EXIT_QUEUE:
		return "add_exit_queue";
	case ACTION_CLAIM_CREDIT:
		return "claim_credit";
	case ACTION_DEPOSIT:
		return "deposit";
	case ACTION_APPROVE:
		return "approve";
	}
	assert(false);
	return "";
}

const char *action_state_name(enum action_state state)
{
	switch (state) {
	case ACTION_WANTED:
		return "wanted";
	case ACTION_SIGNED:
		return "signed";
	case ACTION_SENT:
		return "sent";
	case ACTION_MINED:
		return "mined";
	case ACTION_DONE:
		return "done";
	case ACTION_MOOT:
		return "moot";
	case ACTION_MISSED:
		return "missed";
	}
	assert(false);
	return "";
}

bool action_kind_is_once(enum action_kind kind)
{
	return kind == ACTION_DEPOSIT;
}

bool action_kind_is_of_account(enum action_kind kind)
{
	switch (kind) {
	case ACTION_START_STANDARD_EXIT:
	case ACTION_START_IN_FLIGHT_EXIT:
	case ACTION_PIGGYBACK_INPUT:
	case ACTION_PIGGYBACK_OUTPUT:
	case ACTION_CLAIM_CREDIT:
	case ACTION_DEPOSIT:
	case ACTION_APPROVE:
		return true;
	case ACTION_CHALLENGE_STANDARD_EXIT:
	case ACTION_CHALLENGE_NOT_CANONICAL:
	case ACTION_RESPOND_TO_CHALLENGE:
	case ACTION_CHALLENGE_INPUT_SPENT:
	case ACTION_CHALLENGE_OUTPUT_SPENT:
	case ACTION_DELETE_IN_FLIGHT_EXIT:
	case ACTION_PROCESS_EXITS:
	case ACTION_ADD_EXIT_QUEUE:
		return false;
	}
	return true;
}

bool action_key_equal(const struct action_key *a, const struct action_key *b)
{
	return a->kind == b->kind &&
	       address_equal(&a->contract, &b->contract) &&
	       exit_id_equal(&a->exit_id, &b->exit_id) && a->index == b->index;
}

struct exit_id action_subject_of_token(const struct token *token)
{
	struct exit_id subject = { { 0 } };

	memcpy(subject.bytes + 1, token->address.bytes,
	       sizeof(token->address.bytes));
	return subject;
}

bool action_state_is_resting(enum action_state state)
{
	return state == ACTION_DONE || state == ACTION_MOOT ||
	       state == ACTION_MISSED;
}

/* The nonce no longer counts: the next signature takes another one. */
static void release_nonce(struct action_progress *progress)
{
	progress->has_nonce = false;
	progress->nonce = 0;
	progress->mined_at = 0;
}

/* The state of an action whose goal is false, by its nonce alone. */
static void follow_nonce(struct action_progress *progress,
			 const struct action_facts *facts)
{
	progress->mined_at = 0;
	switch (facts->nonce_use) {
	case ACTION_NONCE_NONE:
		progress->state = ACTION_WANTED;
		return;
	case ACTION_NONCE_FREE:
		progress->state = facts->accepted ? ACTION_SENT : ACTION_SIGNED;
		return;
	case ACTION_NONCE_SUCCEEDED:
	case ACTION_NONCE_REVERTED:
		progress->state = ACTION_MINED;
		progress->mined_at = facts->used_at;
		return;
	case ACTION_NONCE_CANCELLED:
	case ACTION_NONCE_FOREIGN:
		progress->state = ACTION_SENT;
		return;
	}
}

/* The goal is decided. It stays so when the eth_blocks that decided it, and the
 * one that used our nonce, are final. */
static enum action_effect rest(struct action_progress *progress,
			       const struct action_facts *facts,
			       enum action_state state)
{
	if (progress->state != state || progress->rested_at == 0)
		progress->rested_at = facts->head;
	progress->state = state;
	if (facts->nonce_use == ACTION_NONCE_FREE)
		return ACTION_EFFECT_CANCEL;
	if (facts->finalized < progress->rested_at ||
	    (progress->has_nonce && !facts->nonce_is_final))
		return ACTION_EFFECT_NONE;
	release_nonce(progress);
	progress->is_settled = true;
	return ACTION_EFFECT_NONE;
}

/* The nonce is used and the goal is false. Whether that is the last word
 * depends on who looked when. */
static void try_again(struct action *action, const struct action_facts *facts)
{
	struct action_progress *progress = &action->progress;

	if (action_kind_is_once(action->key.kind) && !facts->nonce_is_final)
		return;
	/* Ours may have made the goal true where nobody has looked yet. */
	if (facts->nonce_use == ACTION_NONCE_SUCCEEDED &&
	    facts->head < facts->used_at)
		return;
	/* What made ours revert has to be seen before the next one. */
	if (facts->nonce_use == ACTION_NONCE_REVERTED)
		progress->not_before = facts->used_at;
	release_nonce(progress);
	progress->state = ACTION_WANTED;
}

static bool is_late(const struct action *action, struct root_time now)
{
	return action->window.last.seconds != 0 &&
	       now.seconds > action->window.last.seconds;
}

/* The goal is false for ever. What was at rest before had no deadline to miss.
 */
static enum action_state lost(const struct action *action,
			      const struct action_facts *facts)
{
	enum action_state before = action->progress.state;

	return is_late(action, facts->now) && before != ACTION_DONE &&
			       before != ACTION_MOOT
		       ? ACTION_MISSED
		       : ACTION_MOOT;
}

static enum action_effect work(struct action *action,
			       const struct action_facts *facts)
{
	struct action_progress *progress = &action->progress;

	progress->rested_at = 0;
	follow_nonce(progress, facts);
	switch (facts->nonce_use) {
	case ACTION_NONCE_NONE:
		if (action->print_only ||
		    facts->now.seconds < action->window.earliest.seconds ||
		    facts->head < progress->not_before)
			return ACTION_EFFECT_NONE;
		return ACTION_EFFECT_SIGN;
	case ACTION_NONCE_FREE:
		return ACTION_EFFECT_SEND;
	case ACTION_NONCE_SUCCEEDED:
	case ACTION_NONCE_REVERTED:
	case ACTION_NONCE_CANCELLED:
	case ACTION_NONCE_FOREIGN:
		try_again(action, facts);
		return ACTION_EFFECT_NONE;
	}
	return ACTION_EFFECT_NONE;
}

enum action_effect action_step(struct action *action,
			       const struct action_facts *facts)
{
	struct action_progress *progress = &action->progress;

	assert(!progress->is_settled);
	assert(progress->has_nonce == (facts->nonce_use != ACTION_NONCE_NONE));
	switch (facts->goal) {
	case ACTION_GOAL_REACHED:
		return rest(progress, facts, ACTION_DONE);
	case ACTION_GOAL_IMPOSSIBLE:
		return rest(progress, facts, lost(action, facts));
	case ACTION_GOAL_OPEN:
		break;
	}
	return work(action, facts);
}

bool action_is_overdue(const struct action *action, struct root_time now)
{
	enum action_state state = action->progress.state;

	return state == ACTION_MISSED ||
	       (!action_state_is_resting(state) && is_late(action, now));
}

void action_note_signed(struct action *action, uint64_t nonce,
			struct fee_offer offer)
{
	struct action_progress *progress = &action->progress;

	if (!action_state_is_resting(progress->state))
		progress->state = ACTION_SIGNED;
	progress->has_nonce = true;
	progress->nonce = nonce;
	progress->mined_at = 0;
	action->highest_offer = fee_offer_larger(action->highest_offer, offer);
}

/* What was signed may still be mined: then the goal is true. */
static void give_up_nonce(struct action_progress *progress)
{
	release_nonce(progress);
	if (!action_state_is_resting(progress->state))
		progress->state = ACTION_WANTED;
}

static void reopen(struct action *action, struct root_time now)
{
	struct action_progress *progress = &action->progress;

	/* A settled action has nothing left on its way: a new life. */
	if (progress->is_settled) {
		action->highest_offer =
			(struct fee_offer){ U256_ZERO, U256_ZERO };
		action->spent_wei = U256_ZERO;
	}
	progress->is_settled = false;
	progress->rested_at = 0;
	progress->state = progress->has_nonce ? ACTION_SENT : ACTION_WANTED;
	action->wanted_at = now;
}

void action_join(struct action *action, const struct action *wish,
		 struct root_time now)
{
	assert(action_key_equal(&action->key, &wish->key));
	/* The credit of another account has to wait for the nonce to be free:
	 * this one would claim it. What anybody may send is sent by whoever
	 * wants it now: the key of this account may be gone, or its ether. */
	if (action->progress.has_nonce &&
	    !address_equal(&action->account, &wish->account)) {
		if (wish->print_only ||
		    action_kind_is_of_account(action->key.kind))
			return;
		give_up_nonce(&action->progress);
	}
	action->account = wish->account;
	action->call_data = wish->call_data;
	action->value_wei = wish->value_wei;
	action->window = wish->window;
	action->value_at_risk_wei = wish->value_at_risk_wei;
	action->fee_cap_wei = wish->fee_cap_wei;
	action->print_only = wish->print_only;
	action->gas_at_least = wish->gas_at_least;
	action->detail = wish->detail;
	if (action_state_is_resting(action->progress.state))
		reopen(action, now);
}

static uint64_t last_second(const struct action *action)
{
	uint64_t last = action->window.last.seconds;

	return last == 0 ? UINT64_MAX : last;
}

int action_compare_urgency(const struct action *a, const struct action *b)
{
	if (last_second(a) != last_second(b))
		return last_second(a) < last_second(b) ? -1 : 1;
	int by_value = u256_compare(b->value_at_risk_wei, a->value_at_risk_wei);
	if (by_value != 0)
		return by_value;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return 0;
}

void action_print(struct growing_buffer *out, const struct action *action)
{
	char account[HEX_SIZE(20)];
	char contract[HEX_SIZE(20)];
	char value[U256_DECIMAL_SIZE];
	char *data = memory_new(HEX_SIZE(action->call_data.len), 1);

	hex_encode(account, bytes_view(action->account.bytes, 20));
	hex_encode(contract, bytes_view(action->key.contract.bytes, 20));
	hex_encode(data, action->call_data);
	u256_to_decimal(value, action->value_wei);
	growing_buffer_format(
		out,
		"{\"kind\":\"%s\",\"from\":\"%s\",\"to\":\"%s\","
		"\"value\":\"%s\",\"data\":\"%s\",\"earliest\":%llu,"
		"\"last\":%llu}",
		action_kind_name(action->key.kind), account, contract, value,
		data, (unsigned long long)action->window.earliest.seconds,
		(unsigned long long)action->window.last.seconds);
	memory_free(data);
}
