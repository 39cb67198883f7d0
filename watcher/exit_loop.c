/* SPDX-License-Identifier: MIT */
#include "watcher/exit_loop.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/service/log.h"
#include "watcher/deadline.h"
#include "watcher/exit_case_store.h"
#include "watcher/exit_goal_store.h"
#include "watcher/exit_turn.h"
#include "watcher/exit_want_store.h"
#include "watcher/leave_loop.h"
#include "watcher/price_store.h"
#include "watcher/ready_loop.h"
#include "watcher/vault_loop.h"
#include "watcher/wallet_loop.h"

struct exit_loop {
	struct exit_loop_parts parts;
	struct exit_goal_moment moment; /* of the last pass */
	struct exit_bonds bonds;
	uint64_t recoveries; /* that the pass may still do */
	/* What leaving would take; found once an hour, for it reads all coins.
	 */
	uint64_t found_at;    /* 0: not yet */
	uint64_t index;	      /* exitability, percent */
	struct amount *needs; /* of each owner, in wei */
};

#define FOUND_AGE 3600

struct exit_loop *exit_loop_new(const struct exit_loop_parts *parts)
{
	struct exit_loop *loop = memory_new(1, sizeof(*loop));

	loop->parts = *parts;
	return loop;
}

void exit_loop_free(struct exit_loop *loop)
{
	memory_free(loop->needs);
	memory_free(loop);
}

/* ---- the turn ---- */

static struct address responder_of(const struct exit_loop *loop,
				   const struct pass_facts *facts)
{
	if (!address_is_zero(&loop->parts.responder))
		return loop->parts.responder;
	for (size_t i = 0; i < facts->owner_count; i++) {
		if (facts->owners[i].signer != NULL)
			return facts->owners[i].address;
	}
	if (facts->owner_count > 0)
		return facts->owners[0].address;
	return loop->parts.responder;
}

/* `accounts` has room for the owners and one more. */
static void fill_turn(struct exit_turn *turn, struct exit_loop *loop,
		      const struct pass_facts *facts, struct address *accounts)
{
	for (size_t i = 0; i < facts->owner_count; i++)
		accounts[i] = facts->owners[i].address;
	turn->database = loop->parts.database;
	turn->bodies = loop->parts.bodies;
	turn->policy = &loop->parts.policy;
	turn->facts = facts;
	turn->sources.database = loop->parts.database;
	turn->sources.bodies = loop->parts.bodies;
	turn->sources.domain = facts->domain;
	turn->sources.recoveries = &loop->recoveries;
	turn->bonds = loop->bonds;
	turn->leave_all = loop->parts.leave_all;
	turn->leave = loop->parts.leave;
	turn->leave_count = loop->parts.leave_count;
	turn->responder = responder_of(loop, facts);
	accounts[facts->owner_count] = turn->responder;
	turn->world.now = facts->now.seconds;
	turn->world.exit_period = facts->network->min_exit_period;
	turn->world.has_extensions = (facts->state.extensions & 1) != 0;
	if (facts->latch.latched)
		turn->world.leave_by =
			deadline_protective_exit(0, facts->latch.bad_at.seconds,
						 turn->world.exit_period)
				.last;
	turn->world.owners = accounts;
	turn->world.owner_count = facts->owner_count;
	turn->world.accounts = accounts;
	turn->world.account_count = facts->owner_count + 1;
}

/* ---- judging ---- */

static bool judge_standard(const struct exit_turn *turn,
			   struct ready_tokens *ready,
			   const struct recorded_standard_exit *recorded,
			   struct error *error)
{
	struct exit_findings findings = { NULL, 0, 0 };
	struct standard_exit_case one;

	if (!exit_case_store_standard(turn, &one, recorded, error))
		return false;
	exit_processor_judge_standard(&findings, &turn->world, &one);
	bool ok = true;
	for (size_t i = 0; ok && i < findings.count; i++) {
		ok = exit_want_store_standard(turn, &findings.of[i],
					      recorded->place, error);
		if (findings.of[i].has_response &&
		    standard_exit_is_due(&one.exit, turn->world.now))
			ready_loop_hold(ready, &recorded->exit.output.token);
	}
	exit_findings_clear(&findings);
	return ok;
}

/* What has to be answered before an entry of the exit is processed. */
static void hold_for(struct ready_tokens *ready, uint64_t now,
		     const struct in_flight_exit *exit,
		     const struct exit_finding *finding)
{
	if (!finding->has_response ||
	    finding->response.kind == ACTION_DELETE_IN_FLIGHT_EXIT)
		return;
	for (size_t i = 0; i < exit->entry_count; i++) {
		if (exit->entries[i].exitable_at < now)
			ready_loop_hold(ready, &exit->entries[i].token);
	}
}

static bool judge_in_flight(const struct exit_turn *turn,
			    struct ready_tokens *ready,
			    const struct recorded_in_flight_exit *recorded,
			    struct error *error)
{
	struct exit_findings findings = { NULL, 0, 0 };
	struct in_flight_exit_case one;

	if (!exit_case_store_in_flight(turn, &one, recorded, error))
		return false;
	exit_processor_judge_in_flight(&findings, &turn->world, &one);
	bool ok = true;
	for (size_t i = 0; ok && i < findings.count; i++) {
		ok = exit_want_store_in_flight(turn, &findings.of[i],
					       recorded->place, &one.place,
					       error);
		hold_for(ready, turn->world.now, &recorded->exit,
			 &findings.of[i]);
	}
	exit_findings_clear(&findings);
	return ok;
}

static bool judge_all_standard(const struct exit_turn *turn,
			       struct ready_tokens *ready, struct error *error)
{
	struct recorded_standard_exit *list;
	size_t count;

	if (!exit_store_alive_standard_new(turn->database, &list, &count,
					   error))
		return false;
	turn->report->standard_exits = count;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		ok = judge_standard(turn, ready, &list[i], error) ||
		     exit_want_store_pass_over(turn, error);
		ready_loop_note_standard(ready, turn, &list[i]);
		arena_reset(turn->arena);
	}
	memory_free(list);
	return ok;
}

static bool judge_all_in_flight(const struct exit_turn *turn,
				struct ready_tokens *ready, struct error *error)
{
	struct recorded_in_flight_exit *list;
	size_t count;

	if (!inflight_store_alive_new(turn->database, &list, &count,
				      turn->world.exit_period, error))
		return false;
	turn->report->in_flight_exits = count;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		ok = judge_in_flight(turn, ready, &list[i], error) ||
		     exit_want_store_pass_over(turn, error);
		ready_loop_note_in_flight(ready, turn, &list[i]);
		arena_reset(turn->arena);
	}
	memory_free(list);
	return ok;
}

static bool judge(const struct exit_turn *turn, struct error *error)
{
	struct ready_tokens *ready = memory_new(1, sizeof(*ready));

	bool ok = wallet_loop_read(turn, error) &&
		  judge_all_standard(turn, ready, error) &&
		  judge_all_in_flight(turn, ready, error) &&
		  exit_want_store_clear_others(turn, error) &&
		  vault_loop_pass(turn, error) &&
		  leave_loop_pass(turn, error) &&
		  ready_loop_pass(turn, ready, error);
	memory_free(ready);
	return ok;
}

/* What every owner would have to have; not known without a header. */
static bool find_needs(struct exit_loop *loop, const struct exit_turn *turn,
		       struct error *error)
{
	struct mass_exit_prices prices;
	struct own_coin *coins;
	size_t owners = turn->world.owner_count;
	size_t count;
	bool found;

	if (!price_store_read(turn, &found, &prices, error))
		return false;
	if (!found)
		return true;
	if (!leave_loop_coins_new(turn, &coins, &count, error))
		return false;
	loop->needs =
		memory_resize(loop->needs, owners + 1, sizeof(*loop->needs));
	for (size_t i = 0; i < owners; i++)
		loop->needs[i] = mass_exit_needs(&turn->world.owners[i], coins,
						 count, &prices);
	memory_free(coins);
	return true;
}

static bool judge_leaving(struct exit_loop *loop, const struct exit_turn *turn,
			  struct error *error)
{
	uint64_t now = turn->world.now;
	uint64_t outputs;

	if (!turn->facts->caught_up)
		return true;
	if (loop->found_at == 0 || now < loop->found_at ||
	    now - loop->found_at >= FOUND_AGE) {
		if (!leave_loop_index(turn, &loop->index, &outputs, error) ||
		    !find_needs(loop, turn, error))
			return false;
		loop->found_at = now;
	}
	turn->report->exitability = loop->index;
	return true;
}

bool exit_loop_pass(struct exit_loop *loop, struct exit_report *report,
		    const struct pass_facts *facts, struct error *error)
{
	struct database *database = loop->parts.database;
	struct address *accounts =
		memory_new(facts->owner_count + 1, sizeof(*accounts));
	struct exit_turn turn = { .report = report };
	struct arena arena;

	memset(report, 0, sizeof(*report));
	loop->recoveries = EXIT_TURN_RECOVERIES;
	loop->moment.now = facts->now.seconds;
	loop->moment.exit_period = facts->network->min_exit_period;
	loop->bonds.standard_exit_wei = facts->state.standard_exit_bond_wei;
	loop->bonds.in_flight_exit_wei = facts->state.ife_bond_wei;
	loop->bonds.piggyback_wei = facts->state.piggyback_bond_wei;
	arena_init(&arena, EXIT_TURN_ARENA);
	turn.arena = &arena;
	fill_turn(&turn, loop, facts, accounts);
	bool ok = database_begin(database, error) && judge(&turn, error) &&
		  judge_leaving(loop, &turn, error) &&
		  database_commit(database, error);
	if (!ok)
		database_rollback(database);
	report->spends_wait = loop->recoveries == 0;
	arena_clear(&arena);
	memory_free(accounts);
	return ok;
}

const struct amount *exit_loop_needs_borrow(const struct exit_loop *loop)
{
	return loop->needs;
}

/* ---- for the sender ---- */

/* A database that fails here fails again where it can be said; until then the
 * action stays as it is. */
enum action_goal exit_loop_goal(void *context, const struct action *action)
{
	const struct exit_loop *loop = context;
	enum action_goal goal = ACTION_GOAL_OPEN;
	struct error error;

	if (!exit_goal_store_judge(loop->parts.database, &goal, action,
				   &loop->moment, &error)) {
		log_event(LOG_ERROR, "the goal of an action is not known",
			  log_text("reason", error.message));
		return ACTION_GOAL_OPEN;
	}
	return goal;
}

bool exit_loop_refresh(void *context, struct u256 *value_wei,
		       const struct action *action, struct error *error)
{
	const struct exit_loop *loop = context;
	struct amount value =
		exit_response_value(action->key.kind, &loop->bonds);

	(void)error;
	if (!amount_is_zero(value))
		*value_wei = amount_to_u256(value);
	return true;
}
