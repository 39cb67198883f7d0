/* SPDX-License-Identifier: MIT */
#include "watcher/pass_facts.h"

bool pass_facts_spends_are_known(const struct pass_facts *facts)
{
	return facts->caught_up || facts->latch.has_bad_block ||
	       facts->latch.challenges_only;
}
