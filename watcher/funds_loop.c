/* SPDX-License-Identifier: MIT */
#include "watcher/funds_loop.h"

#include <stdio.h>

#include "common/base/memory.h"
#include "common/base/u256.h"
#include "common/keys/address.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "watcher/event_store.h"

#define HOUR_MS ((uint64_t)3600 * 1000)

/* What an owner has, as a node said last. */
struct owner_funds {
	bool is_known;
	uint64_t asked_ms; /* by the monotonic clock */
	struct amount wei;
};

struct funds_loop {
	struct database *database;
	struct root_chain_rpc *rpc;
	struct owner_funds *owners;
};

struct funds_loop *funds_loop_new(struct database *database,
				  struct root_chain_rpc *rpc,
				  size_t owner_count)
{
	struct funds_loop *loop = memory_new(1, sizeof(*loop));

	loop->database = database;
	loop->rpc = rpc;
	loop->owners = memory_new(owner_count, sizeof(*loop->owners));
	return loop;
}

void funds_loop_free(struct funds_loop *loop)
{
	if (loop == NULL)
		return;
	memory_free(loop->owners);
	memory_free(loop);
}

/* ---- what owners have ---- */

static bool lacks(const struct owner_funds *funds, struct amount needs)
{
	return funds->is_known && amount_compare(funds->wei, needs) < 0;
}

/* What a node says is believed: it decides about a warning only. */
static bool ask(struct funds_loop *loop, struct owner_funds *funds,
		const struct address *owner, struct error *error)
{
	struct u256 wei;

	if (!root_chain_rpc_balance(loop->rpc, &wei, owner, error))
		return false;
	funds->wei = amount_from_u256(wei);
	funds->asked_ms = clock_monotonic_ms();
	funds->is_known = true;
	return true;
}

/* An owner whose transactions do not come from here is not named to a node:
 * which accounts we look after is nobody's business (scenarios.md E-19). */
static bool is_judged(const struct watched_owner *owner, struct amount needs)
{
	return owner->signer != NULL && !amount_is_zero(needs);
}

/* A node that does not answer once is asked again in the next pass. */
static void ask_about_owners(struct funds_loop *loop,
			     const struct amount *needs,
			     const struct pass_facts *facts)
{
	uint64_t now_ms = clock_monotonic_ms();
	struct error error;

	for (size_t i = 0; i < facts->owner_count; i++) {
		struct owner_funds *funds = &loop->owners[i];

		if (!is_judged(&facts->owners[i], needs[i]) ||
		    (funds->is_known && !lacks(funds, needs[i]) &&
		     now_ms - funds->asked_ms < HOUR_MS))
			continue;
		if (ask(loop, funds, &facts->owners[i].address, &error))
			continue;
		log_event(LOG_WARNING, "the balance of an owner is not known",
			  log_text("reason", error.message));
		return;
	}
}

/* ---- the event ---- */

static bool raise(struct funds_loop *loop, const struct address *account,
		  struct u256 by_wei, const char *purpose,
		  const struct pass_facts *facts, struct error *error)
{
	char key[ADDRESS_TEXT_SIZE];
	char wei[U256_DECIMAL_SIZE];
	char text[224];
	struct raised_event event = {
		.kind = EVENT_LOW_BALANCE,
		.key = key,
		.facts = text,
		.at = facts->now,
		.eth_block = facts->head.number,
		.waits = true,
	};

	address_format(key, account);
	u256_to_decimal(wei, by_wei);
	(void)snprintf(
		text, sizeof(text),
		"{\"account\":\"%s\",\"lacks_wei\":\"%s\",\"for\":\"%s\"}", key,
		wei, purpose); /* it fits */
	return event_store_raise(loop->database, NULL, &event, error);
}

/* What an account lacks for its open actions is said rather than what it lacks
 * for leaving: that is nearer. */
static bool judge_owner(struct funds_loop *loop, size_t index,
			struct amount needs, const struct action_pass *actions,
			const struct pass_facts *facts, struct error *error)
{
	const struct address *owner = &facts->owners[index].address;
	const struct owner_funds *funds = &loop->owners[index];
	char key[ADDRESS_TEXT_SIZE];
	struct amount by;

	if (actions->low > 0 && address_equal(owner, &actions->low_account))
		return true;
	if (lacks(funds, needs))
		return amount_subtract(&by, needs, funds->wei) &&
		       raise(loop, owner, amount_to_u256(by), "leaving", facts,
			     error);
	address_format(key, owner);
	return event_store_clear(loop->database, EVENT_LOW_BALANCE, key, error);
}

/* Nothing ends by itself while something is not known. */
static bool judge(struct funds_loop *loop, const struct action_pass *actions,
		  const struct amount *needs, const struct pass_facts *facts,
		  struct error *error)
{
	bool all_known = needs != NULL;
	bool any = actions->low > 0;

	for (size_t i = 0; needs != NULL && i < facts->owner_count; i++) {
		if (is_judged(&facts->owners[i], needs[i]) &&
		    !loop->owners[i].is_known) {
			all_known = false;
			continue;
		}
		any |= lacks(&loop->owners[i], needs[i]);
		if (!judge_owner(loop, i, needs[i], actions, facts, error))
			return false;
	}
	if (actions->low > 0 &&
	    !raise(loop, &actions->low_account, actions->low_by_wei,
		   "open actions", facts, error))
		return false;
	return !all_known ||
	       event_store_clear_others(loop->database, EVENT_LOW_BALANCE,
					any ? facts->head.number : INT64_MAX,
					error);
}

bool funds_loop_pass(struct funds_loop *loop, const struct action_pass *actions,
		     const struct amount *needs, const struct pass_facts *facts,
		     struct error *error)
{
	if (needs != NULL)
		ask_about_owners(loop, needs, facts);
	if (!database_begin(loop->database, error))
		return false;
	bool ok = judge(loop, actions, needs, facts, error) &&
		  database_commit(loop->database, error);
	if (!ok)
		database_rollback(loop->database);
	return ok;
}
