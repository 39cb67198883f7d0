/* SPDX-License-Identifier: MIT */
#include "wallet/exit_choice.h"

enum exit_choice exit_choice_of(const struct exit_facts *facts)
{
	/* 1. Only the owner may start an exit or piggyback. */
	if (!facts->is_ours)
		return EXIT_CHOICE_NOT_OURS;

	/* 2. A spend in a verified block ends the coin. */
	if (facts->is_spent)
		return EXIT_CHOICE_SPENT;

	/* 3. One exit at a time. */
	if (facts->is_exiting)
		return EXIT_CHOICE_UNDER_WAY;

	/* 4. Without the proof no contract believes that it was made. */
	if (!facts->has_proof)
		return EXIT_CHOICE_NO_PROOF;

	/* 5. Signed away: in flight, if everything that 8.1 wants is here. */
	if (facts->is_claimed)
		return facts->claim_has_signatures && facts->claim_has_proofs
			       ? EXIT_CHOICE_IN_FLIGHT
			       : EXIT_CHOICE_WAIT;

	/* 6. A fee output has no standard exit (protocol.md 2.6). */
	if (facts->is_fee_output)
		return EXIT_CHOICE_FEE_OUTPUT;
	return EXIT_CHOICE_STANDARD;
}
