/* SPDX-License-Identifier: MIT */
#include "common/service/watcher_answer.h"

#include <stdbool.h>
#include <string.h>

static bool is_halt(const char *event)
{
	static const char *const names[] = {
		"invalid_block",
		"block_withholding",
		"changed_root",
		"block_number_gap",
		"unchallenged_exit",
		"invalid_finalized_exit",
		"late_spend_of_exiting_output",
		"unchallenged_non_canonical_ife",
		"unchallenged_piggyback",
		"insolvent_vault",
		"finality_broken",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], event) == 0)
			return true;
	}
	return false;
}

const char *watcher_answer_halt(const json_t *data)
{
	const json_t *events = json_object_get(data, "byzantine_events");
	const json_t *halted = json_object_get(data, "halted");

	if (json_is_false(halted))
		return NULL;
	for (size_t i = 0; i < json_array_size(events); i++) {
		const char *name = json_string_value(
			json_object_get(json_array_get(events, i), "event"));

		if (name != NULL && is_halt(name))
			return name;
	}
	return json_is_true(halted) ? "a latch" : NULL;
}
