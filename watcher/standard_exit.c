/* SPDX-License-Identifier: MIT */
#include "watcher/standard_exit.h"

#include "common/base/instant.h"
#include "common/chain/priority.h"
#include "watcher/deadline.h"

enum standard_exit_judgement
standard_exit_judge(const struct standard_exit *exit,
		    const struct spend_facts *facts, uint64_t now,
		    uint64_t exit_period)
{
	uint64_t provable_at = exit->started_at;

	if (exit->status != STANDARD_EXIT_LIVE || !facts->spend_known)
		return STANDARD_EXIT_HONEST;

	/* A spend known only from outside blocks makes nobody poorer. If it
	 * could halt, anybody could halt everybody by revealing one late. */
	if (!facts->in_applied_block)
		return STANDARD_EXIT_INVALID;

	if (facts->spending_block_at > provable_at)
		provable_at = facts->spending_block_at;
	if (now < instant_after(provable_at, exit_late_after(exit_period)))
		return STANDARD_EXIT_INVALID;
	return STANDARD_EXIT_UNCHALLENGED;
}

bool standard_exit_is_due(const struct standard_exit *exit, uint64_t now)
{
	return exit->status == STANDARD_EXIT_LIVE && exit->exitable_at < now;
}
