/* SPDX-License-Identifier: MIT */
#include "watcher/exit_goal_store.h"

#include <string.h>

#include "common/chain/priority.h"
#include "watcher/exit_store.h"
#include "watcher/inflight_store.h"
#include "watcher/payout_store.h"
#include "watcher/queue_store.h"

#define TOKEN_AT 12 /* of a word: zeros, then the address */

struct hash exit_goal_store_detail(const struct token *token)
{
	struct hash detail = { { 0 } };

	memcpy(detail.bytes + TOKEN_AT, token->address.bytes, 20);
	return detail;
}

static struct token token_of(const struct hash *detail)
{
	struct token token;

	memcpy(token.address.bytes, detail->bytes + TOKEN_AT, 20);
	return token;
}

struct hash exit_goal_store_coin_detail(struct position position)
{
	struct hash detail = { { 0 } };

	for (size_t i = 0; i < 8; i++)
		detail.bytes[31 - i] = (uint8_t)(position.packed >> 8 * i);
	return detail;
}

bool exit_goal_store_coin(struct position *out, const struct hash *detail)
{
	out->packed = 0;
	for (size_t i = 0; i < 8; i++)
		out->packed = out->packed << 8 | detail->bytes[24 + i];
	return out->packed != 0;
}

/* ---- standard exits ---- */

static enum action_goal
challenged(bool found, const struct recorded_standard_exit *recorded)
{
	if (!found)
		return ACTION_GOAL_IMPOSSIBLE;
	if (recorded->challenged_at != 0)
		return ACTION_GOAL_REACHED;
	return recorded->ended_at == 0 ? ACTION_GOAL_OPEN
				       : ACTION_GOAL_IMPOSSIBLE;
}

/* An exit that was omitted after a challenge would be challenged again. */
static enum action_goal
started_standard(bool found, const struct recorded_standard_exit *recorded)
{
	if (!found)
		return ACTION_GOAL_OPEN;
	if (recorded->ended_at == 0 ||
	    recorded->exit.status == STANDARD_EXIT_PAID)
		return ACTION_GOAL_REACHED;
	return ACTION_GOAL_IMPOSSIBLE;
}

static bool judge_standard(struct database *database, enum action_goal *goal,
			   const struct action *action, struct error *error)
{
	struct recorded_standard_exit recorded;
	bool found;

	if (!exit_store_standard(database, &found, &recorded,
				 &action->key.exit_id, error))
		return false;
	*goal = action->key.kind == ACTION_CHALLENGE_STANDARD_EXIT
			? challenged(found, &recorded)
			: started_standard(found, &recorded);
	return true;
}

/* ---- in-flight exits ---- */

static enum action_goal piggybacked(const struct in_flight_exit *exit,
				    unsigned int slot, bool phase_1)
{
	if (!in_flight_exit_has(exit, slot))
		return ACTION_GOAL_IMPOSSIBLE;
	if ((exit->map >> slot & 1) != 0 || exit->slots[slot].paid)
		return ACTION_GOAL_REACHED;
	if (!in_flight_exit_is_live(exit) || !phase_1 ||
	    !in_flight_exit_may_pay(exit, slot))
		return ACTION_GOAL_IMPOSSIBLE;
	return ACTION_GOAL_OPEN;
}

static enum action_goal blocked(const struct in_flight_exit *exit,
				unsigned int slot)
{
	if (!in_flight_exit_has(exit, slot) || exit->slots[slot].paid)
		return ACTION_GOAL_IMPOSSIBLE;
	if (!in_flight_exit_is_live(exit) || (exit->map >> slot & 1) == 0)
		return ACTION_GOAL_REACHED;
	return ACTION_GOAL_OPEN;
}

/* `index` is 0 for a competitor in no block, else its place + 1. */
static enum action_goal not_canonical(const struct in_flight_exit *exit,
				      uint64_t index, bool phase_1)
{
	bool recorded = exit->oldest.kind != OLDEST_COMPETITOR_NONE;

	if (index != 0)
		recorded = exit->oldest.kind == OLDEST_COMPETITOR_IN_BLOCK &&
			   position_priority(exit->oldest.position) < index;
	if (recorded)
		return ACTION_GOAL_REACHED;
	return in_flight_exit_is_live(exit) && phase_1 &&
			       in_flight_exit_side_is_open(exit)
		       ? ACTION_GOAL_OPEN
		       : ACTION_GOAL_IMPOSSIBLE;
}

static enum action_goal responded(const struct in_flight_exit *exit)
{
	if (exit->is_canonical)
		return ACTION_GOAL_REACHED;
	return in_flight_exit_is_live(exit) && in_flight_exit_side_is_open(exit)
		       ? ACTION_GOAL_OPEN
		       : ACTION_GOAL_IMPOSSIBLE;
}

static enum action_goal deleted(const struct in_flight_exit *exit)
{
	if (!in_flight_exit_is_live(exit))
		return ACTION_GOAL_REACHED;
	return exit->map == 0 ? ACTION_GOAL_OPEN : ACTION_GOAL_IMPOSSIBLE;
}

/* A life that ended and paid nobody took nothing out. */
static enum action_goal started_in_flight(const struct in_flight_exit *exit)
{
	return in_flight_exit_is_live(exit) ||
			       exit->paid_side != IN_FLIGHT_SIDE_OPEN
		       ? ACTION_GOAL_REACHED
		       : ACTION_GOAL_OPEN;
}

static enum action_goal judge_life(const struct in_flight_exit *exit,
				   const struct action *action,
				   const struct exit_goal_moment *moment)
{
	bool phase_1 = in_flight_phase(moment->now, exit->started_at,
				       moment->exit_period) == 1;
	unsigned int index = (unsigned int)action->key.index;

	switch ((int)action->key.kind) {
	case ACTION_START_IN_FLIGHT_EXIT:
		return started_in_flight(exit);
	case ACTION_PIGGYBACK_INPUT:
		return piggybacked(exit, index, phase_1);
	case ACTION_PIGGYBACK_OUTPUT:
		return piggybacked(exit, index + IN_FLIGHT_OUTPUT_SLOT,
				   phase_1);
	case ACTION_CHALLENGE_INPUT_SPENT:
		return blocked(exit, index);
	case ACTION_CHALLENGE_OUTPUT_SPENT:
		return blocked(exit, index + IN_FLIGHT_OUTPUT_SLOT);
	case ACTION_CHALLENGE_NOT_CANONICAL:
		return not_canonical(exit, action->key.index, phase_1);
	case ACTION_RESPOND_TO_CHALLENGE:
		return responded(exit);
	case ACTION_DELETE_IN_FLIGHT_EXIT:
		return deleted(exit);
	}
	return ACTION_GOAL_IMPOSSIBLE;
}

static bool judge_in_flight(struct database *database, enum action_goal *goal,
			    const struct action *action,
			    const struct exit_goal_moment *moment,
			    struct error *error)
{
	struct recorded_in_flight_exit recorded;
	bool found;

	if (!inflight_store_newest(database, &found, &recorded,
				   &action->key.exit_id, moment->exit_period,
				   error))
		return false;
	if (found)
		*goal = judge_life(&recorded.exit, action, moment);
	else
		*goal = action->key.kind == ACTION_START_IN_FLIGHT_EXIT
				? ACTION_GOAL_OPEN
				: ACTION_GOAL_IMPOSSIBLE;
	return true;
}

/* ---- queues and credits ---- */

/* An exit may have two entries, of which the second is due later: what is not
 * due yet would be processed by nobody. */
static bool judge_queue(struct database *database, enum action_goal *goal,
			const struct action *action,
			const struct exit_goal_moment *moment,
			struct error *error)
{
	struct token token = token_of(&action->detail);
	uint64_t due;

	if (!queue_store_due(database, &due, &action->key.exit_id, &token,
			     error))
		return false;
	*goal = due < moment->now ? ACTION_GOAL_OPEN : ACTION_GOAL_REACHED;
	return true;
}

static bool judge_credit(struct database *database, enum action_goal *goal,
			 const struct action *action, struct error *error)
{
	struct token token = token_of(&action->detail);
	struct credit credits[64];
	size_t count;

	if (!payout_store_credits(database, credits, &count,
				  sizeof(credits) / sizeof(credits[0]),
				  &action->account, error))
		return false;
	*goal = ACTION_GOAL_REACHED;
	for (size_t i = 0; i < count; i++) {
		if (address_equal(&credits[i].contract,
				  &action->key.contract) &&
		    token_equal(&credits[i].token, &token))
			*goal = ACTION_GOAL_OPEN;
	}
	return true;
}

static bool judge_new_queue(struct database *database, enum action_goal *goal,
			    const struct action *action, struct error *error)
{
	struct token token = token_of(&action->detail);
	bool has;

	if (!payout_store_has_queue(database, &has, &token, error))
		return false;
	*goal = has ? ACTION_GOAL_REACHED : ACTION_GOAL_OPEN;
	return true;
}

bool exit_goal_store_judge(struct database *database, enum action_goal *goal,
			   const struct action *action,
			   const struct exit_goal_moment *moment,
			   struct error *error)
{
	switch (action->key.kind) {
	case ACTION_START_STANDARD_EXIT:
	case ACTION_CHALLENGE_STANDARD_EXIT:
		return judge_standard(database, goal, action, error);
	case ACTION_START_IN_FLIGHT_EXIT:
	case ACTION_PIGGYBACK_INPUT:
	case ACTION_PIGGYBACK_OUTPUT:
	case ACTION_CHALLENGE_NOT_CANONICAL:
	case ACTION_RESPOND_TO_CHALLENGE:
	case ACTION_CHALLENGE_INPUT_SPENT:
	case ACTION_CHALLENGE_OUTPUT_SPENT:
	case ACTION_DELETE_IN_FLIGHT_EXIT:
		return judge_in_flight(database, goal, action, moment, error);
	case ACTION_PROCESS_EXITS:
		return judge_queue(database, goal, action, moment, error);
	case ACTION_CLAIM_CREDIT:
		return judge_credit(database, goal, action, error);
	case ACTION_ADD_EXIT_QUEUE:
		return judge_new_queue(database, goal, action, error);
	case ACTION_DEPOSIT:
	case ACTION_APPROVE:
		break;
	}
	*goal = ACTION_GOAL_IMPOSSIBLE;
	return true;
}
