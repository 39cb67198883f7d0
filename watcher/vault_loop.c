/* SPDX-License-Identifier: MIT */
#include "watcher/vault_loop.h"

#include <stdio.h>
#include <string.h>

#include "common/actions/action_store.h"
#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/keys/address.h"
#include "watcher/event_store.h"
#include "watcher/exit_case_store.h"
#include "watcher/exit_goal_store.h"
#include "watcher/exit_want_store.h"
#include "watcher/payout_store.h"
#include "watcher/queue_store.h"
#include "watcher/watcher_store.h"

#define MAX_TOKENS 1024
#define FACTS_SIZE 1024

static bool raise(const struct exit_turn *turn, enum event_kind kind,
		  const char *key, const char *facts, bool answered,
		  bool informs_only, struct error *error)
{
	struct raised_event event = {
		.kind = kind,
		.key = key,
		.facts = facts,
		.at = turn->facts->now,
		.eth_block = turn->facts->head.number,
		.answered = answered,
		.bad_at = turn->facts->now,
		.informs_only = informs_only,
	};

	turn->report->findings++;
	return event_store_raise(turn->database, NULL, &event, error);
}

/* `facts` without its end: where the log stands, for its evidence. */
static void end_with_place(char facts[FACTS_SIZE], struct exit_place place)
{
	size_t len = strlen(facts);

	(void)snprintf(facts + len, FACTS_SIZE - len,
		       ",\"eth_block\":%llu,\"log_index\":%u}",
		       (unsigned long long)place.eth_block_number,
		       place.log_index); /* it fits */
}

/* ---- pay-outs ---- */

static bool raise_payout(const struct exit_turn *turn,
			 const struct payout *payout, struct error *error)
{
	char facts[FACTS_SIZE];
	char id[EXIT_KEY_SIZE];
	char key[EXIT_KEY_SIZE];

	exit_want_store_key(id, &payout->exit_id, -1);
	exit_want_store_key(key, &payout->exit_id,
			    payout->in_flight ? (int)payout->slot : -1);
	(void)snprintf(facts, sizeof(facts),
		       "{\"exit_id\":\"%s\",\"eth_block\":%llu,"
		       "\"log_index\":%u,\"paid_at\":%llu}",
		       id, (unsigned long long)payout->place.eth_block_number,
		       payout->place.log_index,
		       (unsigned long long)payout->time); /* it fits */
	return raise(turn, EVENT_INVALID_FINALIZED_EXIT, key, facts, false,
		     false, error);
}

static bool judge_payout(const struct exit_turn *turn,
			 const struct payout *payout, struct error *error)
{
	struct payout_case one;
	bool ready;

	if (!exit_case_store_payout(turn, &ready, &one, payout, error))
		return false;
	if (!ready)
		return true;
	return payout_store_judge(turn->database, payout->place,
				  exit_processor_payout_is_invalid(&one)
					  ? PAYOUT_INVALID
					  : PAYOUT_RIGHT,
				  error);
}

/* Each is judged once, when it is final and the blocks before it are known: by
 * the state at its own log, which later exits do not change. */
static bool judge_payouts(const struct exit_turn *turn, struct error *error)
{
	struct payout *list;
	size_t count;

	if (!turn->facts->final_known)
		return true;
	if (!payout_store_open_new(turn->database, &list, &count,
				   turn->facts->final_number, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = judge_payout(turn, &list[i], error);
	memory_free(list);
	if (!ok ||
	    !payout_store_invalid_new(turn->database, &list, &count, error))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		ok = raise_payout(turn, &list[i], error);
	memory_free(list);
	return ok;
}

/* ---- queues ---- */

/* What a simulated call said of the queue; NULL: nothing against it. */
static const char *stuck_reason(const struct exit_turn *turn,
				const struct token *token)
{
	for (size_t i = 0; i < turn->facts->stuck_count; i++) {
		if (token_equal(&turn->facts->stuck[i].token, token))
			return turn->facts->stuck[i].reason;
	}
	return NULL;
}

static bool judge_queue(const struct exit_turn *turn, const struct token *token,
			struct error *error)
{
	const char *reason = stuck_reason(turn, token);
	struct queue_entry head;
	char key[ADDRESS_TEXT_SIZE];
	char facts[FACTS_SIZE];
	uint64_t total;
	size_t count;

	if (!queue_store_entries(turn->database, &head, &count, 1, &total,
				 token, error))
		return false;
	if (count == 0 ||
	    (reason == NULL &&
	     !exit_processor_queue_is_stuck(head.exitable_at, turn->world.now,
					    turn->world.exit_period)))
		return true;
	address_format(key, &token->address);
	(void)snprintf(facts, sizeof(facts),
		       "{\"token\":\"%s\",\"entries\":%llu,\"due_at\":%llu,"
		       "\"revert\":\"%s\"}",
		       key, (unsigned long long)total,
		       (unsigned long long)head.exitable_at,
		       reason == NULL ? "" : reason); /* it fits */
	return raise(turn, EVENT_QUEUE_STUCK, key, facts, false, false, error);
}

static bool judge_queues(const struct exit_turn *turn, struct error *error)
{
	struct token *tokens = memory_new(MAX_TOKENS, sizeof(*tokens));
	size_t count;

	bool ok = queue_store_tokens(turn->database, tokens, &count, MAX_TOKENS,
				     error);
	for (size_t i = 0; ok && i < count; i++)
		ok = judge_queue(turn, &tokens[i], error);
	memory_free(tokens);
	return ok && event_store_clear_others(turn->database, EVENT_QUEUE_STUCK,
					      turn->facts->head.number, error);
}

/* ---- vaults ---- */

/* Since when the vault has looked short without a break; now if it did not. */
static bool short_since(const struct exit_turn *turn, uint64_t *since,
			const char *key, struct error *error)
{
	struct standing_event *list;
	size_t count;

	*since = turn->facts->now.seconds;
	if (!event_store_list_new(turn->database, &list, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t j = 0;

		while (key[j] != '\0' && key[j] == list[i].key[j])
			j++;
		if (list[i].kind == EVENT_INSOLVENT_VAULT &&
		    key[j] == list[i].key[j])
			*since = list[i].first_seen.seconds;
	}
	event_store_list_free(list, count);
	return true;
}

#define PAGE 64

static bool owns_token(const struct exit_turn *turn,
		       const struct address *owner, const struct token *token,
		       bool *owns, struct error *error)
{
	struct position from = { 0 };
	size_t count = PAGE;

	while (!*owns && count == PAGE) {
		struct watched_coin coins[PAGE];

		if (!watcher_store_own_coins(turn->database, coins, &count,
					     PAGE, owner, from, true, error))
			return false;
		for (size_t i = 0; i < count; i++) {
			*owns = *owns ||
				token_equal(&coins[i].output.token, token);
			from.packed = coins[i].position.packed + 1;
		}
	}
	return true;
}

static bool is_watched_token(const struct exit_turn *turn,
			     const struct token *token, bool *watched,
			     struct error *error)
{
	*watched = false;
	for (size_t i = 0; i < turn->facts->owner_count; i++) {
		if (!owns_token(turn, &turn->facts->owners[i].address, token,
				watched, error))
			return false;
	}
	return true;
}

/* Only a token that is admitted or that our owners have halts. */
static bool is_of_concern(const struct exit_turn *turn,
			  const struct snapshot_token *vault, bool *concerns,
			  struct error *error)
{
	*concerns = !amount_is_zero(vault->minimum_deposit);
	return *concerns ||
	       is_watched_token(turn, &vault->token, concerns, error);
}

static bool raise_shortage(const struct exit_turn *turn,
			   const struct snapshot_token *vault,
			   const struct watched_total *total,
			   struct error *error)
{
	char key[ADDRESS_TEXT_SIZE];
	char facts[FACTS_SIZE];
	char balance[AMOUNT_DECIMAL_SIZE];
	char owed[AMOUNT_DECIMAL_SIZE];
	char credits[AMOUNT_DECIMAL_SIZE];
	struct root_time final_time;
	struct hash hash;
	bool concerns;
	bool found;
	uint64_t since;

	address_format(key, &vault->token.address);
	(void)amount_to_decimal(balance, vault->vault_balance);
	(void)amount_to_decimal(owed, total->owed);
	(void)amount_to_decimal(credits, vault->total_credits);
	(void)snprintf(facts, sizeof(facts),
		       "{\"token\":\"%s\",\"balance\":\"%s\","
		       "\"owed\":\"%s\",\"credits\":\"%s\"}",
		       key, balance, owed, credits); /* it fits */
	if (!is_of_concern(turn, vault, &concerns, error) ||
	    !short_since(turn, &since, key, error) ||
	    !snapshot_reader_eth_block(turn->facts->snapshot, &found, &hash,
				       &final_time, turn->facts->final_number,
				       error))
		return false;
	/* Only what was short at a final eth_block halts. */
	bool is_final = turn->facts->final_known && found &&
			since <= final_time.seconds;
	return raise(turn, EVENT_INSOLVENT_VAULT, key, facts, false,
		     !is_final || !concerns, error);
}

/* "a `Shortfall` is `insolvent_vault` for its token": the vault paid less than
 * was due, whatever it holds and owes since. What a person has seen and cleared
 * halts no more. */
static bool raise_shortfall(const struct exit_turn *turn,
			    const struct exit_notice *notice,
			    struct error *error)
{
	struct snapshot_token vault = { .token = notice->token };
	char token[ADDRESS_TEXT_SIZE];
	char amount[AMOUNT_DECIMAL_SIZE];
	char key[EVENT_KEY_SIZE];
	char facts[FACTS_SIZE];
	struct raised_event event = {
		.kind = EVENT_INSOLVENT_VAULT,
		.key = key,
		.facts = facts,
		.at = turn->facts->now,
		.eth_block = turn->facts->head.number,
		.bad_at = { notice->time },
	};
	bool concerns;
	bool found;
	bool seen;

	address_format(token, &notice->token.address);
	(void)amount_to_decimal(amount, notice->amount);
	(void)snprintf(key, sizeof(key), "%s %llu:%u", token,
		       (unsigned long long)notice->place.eth_block_number,
		       notice->place.log_index); /* it fits */
	(void)snprintf(facts, sizeof(facts),
		       "{\"token\":\"%s\",\"shortfall\":\"%s\"", token,
		       amount); /* it fits */
	end_with_place(facts, notice->place);
	if (!event_store_was_cleared(turn->database, &seen, event.kind, key,
				     error))
		return false;
	if (seen)
		return true;
	if (!snapshot_reader_token(turn->facts->snapshot, &found, &vault,
				   &notice->token, error) ||
	    !is_of_concern(turn, &vault, &concerns, error))
		return false;
	event.informs_only = !concerns;
	turn->report->findings++;
	return event_store_raise(turn->database, NULL, &event, error);
}

/* Final ones of the last exit period. */
static bool judge_shortfalls(const struct exit_turn *turn, struct error *error)
{
	uint64_t since =
		instant_since(turn->world.now, turn->world.exit_period);
	struct exit_notice *list;
	size_t count;

	if (!turn->facts->final_known)
		return true;
	if (!payout_store_notices_new(turn->database, &list, &count, since,
				      error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		if (list[i].kind == CONTRACT_EVENT_SHORTFALL &&
		    list[i].place.eth_block_number <= turn->facts->final_number)
			ok = raise_shortfall(turn, &list[i], error);
	}
	memory_free(list);
	return ok;
}

static bool judge_vaults(const struct exit_turn *turn, struct error *error)
{
	struct watched_total *totals = memory_new(MAX_TOKENS, sizeof(*totals));
	size_t count;

	bool ok = watcher_store_totals(turn->database, totals, &count,
				       MAX_TOKENS, error);
	for (size_t i = 0; ok && i < count && i < MAX_TOKENS; i++) {
		struct snapshot_token vault;
		bool found;

		ok = snapshot_reader_token(turn->facts->snapshot, &found,
					   &vault, &totals[i].token, error);
		if (ok && found &&
		    exit_processor_is_insolvent(vault.vault_balance,
						totals[i].owed,
						vault.total_credits))
			ok = raise_shortage(turn, &vault, &totals[i], error);
	}
	memory_free(totals);
	return ok &&
	       event_store_clear_others(turn->database, EVENT_INSOLVENT_VAULT,
					turn->facts->head.number, error);
}

/* ---- bonds ---- */

static bool raise_bond(const struct exit_turn *turn,
		       const struct exit_notice *notice, struct error *error)
{
	const char *name = contract_event_name(notice->kind);
	char facts[FACTS_SIZE];
	char bond[AMOUNT_DECIMAL_SIZE];
	bool informs = exit_processor_bond_class(notice->amount,
						 turn->policy->max_bond_wei) ==
		       EVENT_CLASS_I;

	(void)amount_to_decimal(bond, notice->amount);
	(void)snprintf(facts, sizeof(facts),
		       "{\"log\":\"%s\",\"bond\":\"%s\",\"effective_at\":%llu",
		       name, bond,
		       (unsigned long long)instant_after(
			       notice->time,
			       PROTOCOL_BOND_CHANGE_DELAY)); /* it fits */
	end_with_place(facts, notice->place);
	return raise(turn, EVENT_BOND_CHANGE, name, facts, informs, true,
		     error);
}

/* A change stands until it has taken effect. */
static bool judge_bonds(const struct exit_turn *turn, struct error *error)
{
	struct exit_notice *list;
	size_t count;

	if (!payout_store_notices_new(
		    turn->database, &list, &count,
		    instant_since(turn->world.now, PROTOCOL_BOND_CHANGE_DELAY),
		    error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		if (contract_event_is_bond(list[i].kind))
			ok = raise_bond(turn, &list[i], error);
	}
	memory_free(list);
	return ok && event_store_clear_others(turn->database, EVENT_BOND_CHANGE,
					      turn->facts->head.number, error);
}

/* ---- what was ours and is gone ---- */

static bool is_own_exit(enum action_kind kind)
{
	return kind == ACTION_START_STANDARD_EXIT ||
	       kind == ACTION_START_IN_FLIGHT_EXIT ||
	       kind == ACTION_PIGGYBACK_INPUT ||
	       kind == ACTION_PIGGYBACK_OUTPUT ||
	       kind == ACTION_CHALLENGE_STANDARD_EXIT ||
	       kind == ACTION_CHALLENGE_NOT_CANONICAL;
}

static bool judge_own(const struct exit_turn *turn, const struct action *action,
		      struct error *error)
{
	struct exit_goal_moment moment = { turn->world.now,
					   turn->world.exit_period };
	char key[EXIT_KEY_SIZE + 24];
	char id[EXIT_KEY_SIZE];
	char facts[FACTS_SIZE];
	enum action_goal goal;

	if (action->progress.state != ACTION_DONE ||
	    !is_own_exit(action->key.kind))
		return true;
	if (!exit_goal_store_judge(turn->database, &goal, action, &moment,
				   error))
		return false;
	if (goal == ACTION_GOAL_REACHED)
		return true;
	exit_want_store_key(id, &action->key.exit_id, -1);
	(void)snprintf(key, sizeof(key), "%s:%d", id,
		       (int)action->key.kind); /* it fits */
	(void)snprintf(facts, sizeof(facts),
		       "{\"exit_id\":\"%s\",\"action\":\"%s\"}", id,
		       action_kind_name(action->key.kind)); /* it fits */
	return raise(turn, EVENT_OWN_EXIT_MISSING, key, facts, false, false,
		     error);
}

static bool judge_own_all(const struct exit_turn *turn, struct error *error)
{
	struct action_list list;

	bool ok = action_store_unsettled(turn->database, &list, error);
	for (size_t i = 0; ok && i < list.count; i++)
		ok = judge_own(turn, &list.actions[i], error);
	action_list_clear(&list);
	return ok &&
	       event_store_clear_others(turn->database, EVENT_OWN_EXIT_MISSING,
					turn->facts->head.number, error);
}

bool vault_loop_pass(const struct exit_turn *turn, struct error *error)
{
	return judge_payouts(turn, error) && judge_queues(turn, error) &&
	       judge_shortfalls(turn, error) &&
	       (!turn->facts->caught_up || judge_vaults(turn, error)) &&
	       judge_bonds(turn, error) && judge_own_all(turn, error);
}
