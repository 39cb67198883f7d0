/* SPDX-License-Identifier: MIT */
#include "watcher/governance_store.h"

#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/service/log.h"
#include "watcher/event_store.h"

/* A change, who comes, and whether that was agreed. */
struct change {
	const char *what;
	struct address who;
	bool approved;
	/* Of the log that says so; the code of a contract has none. */
	bool has_log;
	uint64_t eth_block;
	uint32_t log_index;
};

static bool raise_change(struct database *database, const struct change *change,
			 struct root_time at, const struct pass_facts *facts,
			 struct error *error)
{
	char who[HEX_SIZE(20)];
	char key[EVENT_KEY_SIZE];
	char text[256];
	char place[80] = "";
	struct raised_event event = {
		.kind = EVENT_GOVERNANCE_CHANGE,
		.key = key,
		.facts = text,
		.at = facts->now,
		.waits = change->approved,
		.bad_at = at,
		.informs_only = change->approved,
		.is_halt = !change->approved,
	};
	bool is_new;

	hex_encode(who, bytes_view(change->who.bytes, 20));
	(void)snprintf(key, sizeof(key), "%s %s", change->what,
		       who); /* it fits */
	if (change->has_log)
		(void)snprintf(place, sizeof(place),
			       ",\"eth_block\":%llu,\"log_index\":%u",
			       (unsigned long long)change->eth_block,
			       change->log_index); /* it fits */
	(void)snprintf(text, sizeof(text),
		       "{\"change\":\"%s\",\"address\":\"%s\",\"approved\":%s,"
		       "\"at\":%llu%s}",
		       change->what, who, change->approved ? "true" : "false",
		       (unsigned long long)at.seconds, place); /* it fits */
	if (!event_store_raise(database, &is_new, &event, error))
		return false;
	if (is_new)
		log_event(
			change->approved ? LOG_WARNING : LOG_ERROR,
			"governance_change", log_text("change", change->what),
			log_address("address", &change->who),
			log_text("approved", change->approved ? "yes" : "no"));
	return true;
}

/* The contracts that the network file names have their roles since the chain
 * was made; in another one nobody approved them. */
static bool has_a_role(const struct network *network,
		       const struct address *contract)
{
	const struct address named[] = {
		network->plasma_framework, network->eth_vault,
		network->erc20_vault,	   network->payment_exit_game,
		network->fee_exit_game,	   network->condition_registry,
	};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (address_equal(&named[i], contract))
			return true;
	}
	return false;
}

/* What an event changes; false if it is of another kind. */
static bool read_change(struct change *change,
			const struct contract_event *event,
			const struct network *network)
{
	if (!contract_event_governance(&change->what, &change->who, event))
		return false;
	change->approved =
		strcmp(change->what, "maintainer") == 0
			? address_equal(&change->who, &network->maintainer)
			: network_code_find(network, &change->who) != NULL;
	return true;
}

bool governance_store_apply(struct database *database,
			    const struct snapshot_event *event, bool used,
			    const struct pass_facts *facts, struct error *error)
{
	struct change change = {
		.has_log = true,
		.eth_block = event->log.eth_block_number,
		.log_index = event->log.log_index,
	};

	if (!read_change(&change, &event->event, facts->network))
		return true;
	if (used && has_a_role(facts->network, &change.who))
		change.approved = false;
	/* Until somebody uses it, the deployer is its maintainer. */
	if (!used &&
	    (change.approved || strcmp(change.what, "maintainer") == 0))
		return true;
	return raise_change(database, &change, event->time, facts, error);
}

/* Code that is not what was agreed, at an address that was. */
static bool judge_code(struct database *database,
		       const struct network_code *expected,
		       const struct pass_facts *facts, struct error *error)
{
	struct change change = { .what = "code", .who = expected->contract };
	struct hash code_hash;
	bool found;

	if (!snapshot_reader_code_hash(facts->snapshot, &found, &code_hash,
				       &expected->contract, error))
		return false;
	if (!found || hash_equal(&code_hash, &expected->code_hash))
		return true;
	return raise_change(database, &change, facts->now, facts, error);
}

bool governance_store_pass(struct database *database,
			   const struct pass_facts *facts, struct error *error)
{
	uint64_t period = facts->network->min_exit_period;
	uint64_t now = facts->now.seconds;
	struct standing_event *list;
	size_t count;

	for (size_t i = 0; i < facts->network->code_count; i++) {
		if (!judge_code(database, &facts->network->codes[i], facts,
				error))
			return false;
	}
	if (!event_store_list_new(database, &list, &count, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		if (list[i].kind == EVENT_GOVERNANCE_CHANGE &&
		    list[i].informs_only &&
		    instant_since(now, list[i].first_seen.seconds) > period)
			ok = event_store_clear(database, list[i].kind,
					       list[i].key, error);
	}
	event_store_list_free(list, count);
	return ok;
}
