/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/actions/action_store.h"
#include "common/keys/address.h"
#include "watcher/cmd.h"

static const char *const policy_keys[EXIT_POLICY_COUNT] = {
#define POLICY_KEY(name, key) [EXIT_POLICY_ON_##name] = (key),
	EXIT_POLICY_LIST(POLICY_KEY)
#undef POLICY_KEY
};

static bool read_words(struct exit_policy *policy, const struct config *config,
		       struct error *error)
{
	static const char *const words[] = { "do", "print", NULL };

	for (size_t i = 0; i < EXIT_POLICY_COUNT; i++) {
		size_t word;

		if (!config_word(&word, config, "policy", policy_keys[i], words,
				 error))
			return false;
		policy->prints[i] = word == 1;
	}
	return true;
}

static bool read_limits(struct watcher_loop_parts *parts,
			const struct config *config, struct error *error)
{
	struct u256 least;

	if (!config_wei(&parts->limits.max_fee_per_action_wei, config, "policy",
			"max_fee_per_action", error) ||
	    !config_wei(&parts->limits.max_spend_per_day_wei, config, "policy",
			"max_spend_per_day", error) ||
	    !config_wei(&parts->limits.max_value_wei, config, "policy",
			"max_bond", error) ||
	    !config_wei(&parts->tip_wei, config, "policy", "first_tip",
			error) ||
	    !config_wei(&least, config, "policy", "min_exit_value", error))
		return false;
	parts->policy.max_fee_per_action_wei =
		parts->limits.max_fee_per_action_wei;
	parts->policy.max_bond_wei =
		amount_from_u256(parts->limits.max_value_wei);
	parts->policy.min_exit_value = amount_from_u256(least);
	return true;
}

static bool is_owner(const struct watcher_loop_parts *parts,
		     const struct address *account)
{
	for (size_t i = 0; i < parts->owner_count; i++) {
		if (address_equal(&parts->owners[i].address, account))
			return true;
	}
	return false;
}

/* "Challenges, responses and processing come from a separate account of the
 * watcher where one is configured": that of a key which is no owner's. */
static void choose_responder(struct watcher_loop_parts *parts)
{
	for (size_t i = 0; i < parts->signer_count; i++) {
		if (!is_owner(parts, &parts->signers[i].address)) {
			parts->responder = parts->signers[i].address;
			return;
		}
	}
}

bool cmd_read_policy(struct watcher_loop_parts *parts,
		     const struct config *config, bool acts,
		     struct error *error)
{
	const char *responder = config_text(config, "watcher", "responder");

	parts->policy.act = acts;
	choose_responder(parts);
	if (responder != NULL &&
	    !address_parse(&parts->responder, responder, strlen(responder)))
		return config_fail(error, config, "watcher", "responder",
				   "not an account");
	return read_words(&parts->policy, config, error) &&
	       read_limits(parts, config, error);
}

bool cmd_list_printed(struct growing_buffer *out, struct database *database,
		      struct error *error)
{
	struct action_list list;
	bool ok = action_store_unsettled(database, &list, error);

	for (size_t i = 0; ok && i < list.count; i++) {
		const struct action *action = &list.actions[i];

		if (!action->print_only ||
		    action_state_is_resting(action->progress.state))
			continue;
		action_print(out, action);
		(void)growing_buffer_put_byte(out, '\n');
	}
	action_list_clear(&list);
	return ok;
}
