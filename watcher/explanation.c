/* SPDX-License-Identifier: MIT */
#include "watcher/explanation.h"

#include "common/chain/verdict.h"

#define HALTED                                                                 \
	"All coins of the owners leave by themselves; keep this program "      \
	"running and the accounts funded until they are paid."

#define CHALLENGES                                                             \
	"Challenges go on, no exit is started by itself; then clear the "      \
	"latch, or leave with exit --all."

const struct explanation explanations[EXPLANATION_COUNT] = {
	{ EVENT_INVALID_BLOCK, "PLW-001",
	  "The operator committed a block that breaks a rule: it may have "
	  "stolen or invented coins.",
	  HALTED },
	{ EVENT_BLOCK_WITHHOLDING, "PLW-002",
	  "No source has the body of a committed block: nobody can know what "
	  "is in it.",
	  HALTED " A body that comes late is evidence, not a cure." },
	{ EVENT_CHANGED_ROOT, "PLW-003",
	  "The root or the time of a final block is another one than before.",
	  "Compare with other root-chain nodes before anything else: either "
	  "the root chain broke its promise, or an endpoint "
	  "lies. " CHALLENGES },
	{ EVENT_BLOCK_NUMBER_GAP, "PLW-004",
	  "Numbers of blocks skip or repeat on the root chain.",
	  "Compare with other root-chain nodes: a log may be "
	  "missing. " CHALLENGES },
	{ EVENT_EQUIVOCATION, "PLW-005",
	  "The operator, or a source of bodies, gave out two things for one "
	  "block number.",
	  "The root decides; show both to others." },
	{ EVENT_INVALID_EXIT, "PLW-006",
	  "Somebody exits a coin that its owner has spent.",
	  "It is challenged by itself with --act=do; otherwise sign the "
	  "printed "
	  "challenge before the exit is paid." },
	{ EVENT_UNCHALLENGED_EXIT, "PLW-007",
	  "An exit of a spent coin stands unchallenged for so long that nobody "
	  "else seems to watch.",
	  HALTED },
	{ EVENT_INVALID_FINALIZED_EXIT, "PLW-008",
	  "An exit was paid that should not have been: a vault is short.",
	  HALTED },
	{ EVENT_LATE_SPEND_OF_EXITING_OUTPUT, "PLW-009",
	  "A block spends a coin whose exit started long before.", HALTED },
	{ EVENT_NON_CANONICAL_IFE, "PLW-010",
	  "An in-flight exit has an older competitor.",
	  "It is challenged by itself within the first phase." },
	{ EVENT_UNCHALLENGED_NON_CANONICAL_IFE, "PLW-011",
	  "An in-flight exit with an included competitor stands unchallenged.",
	  HALTED },
	{ EVENT_INVALID_IFE_CHALLENGE, "PLW-012",
	  "An in-flight exit was challenged although its transaction is in an "
	  "older block.",
	  "It is answered by itself before the exit is processed." },
	{ EVENT_PIGGYBACK_AVAILABLE, "PLW-013",
	  "An in-flight exit has inputs or outputs that nobody claimed.",
	  "Own ones are claimed by themselves." },
	{ EVENT_INVALID_PIGGYBACK, "PLW-014",
	  "Somebody claims an input or output that is spent elsewhere.",
	  "It is blocked by itself before it is paid." },
	{ EVENT_UNCHALLENGED_PIGGYBACK, "PLW-015",
	  "A wrong claim in an in-flight exit stands unblocked for long.",
	  HALTED },
	{ EVENT_INSOLVENT_VAULT, "PLW-016",
	  "A vault holds less of a token than it owes.",
	  HALTED " Coins of that token leave first." },
	{ EVENT_QUEUE_STUCK, "PLW-017",
	  "The exit at the head of a queue is due and cannot be processed.",
	  "Look at the reason in the facts; other sizes are tried." },
	{ EVENT_GOVERNANCE_CHANGE, "PLW-018",
	  "A vault, an exit game, a verifier, the maintainer or the code of a "
	  "contract has changed.",
	  "If it was agreed, add it to [code_hashes] of the network file and "
	  "clear the latch; otherwise leave before it counts." },
	{ EVENT_BOND_CHANGE, "PLW-019",
	  "What has to be sent along with an exit changes.",
	  "Keep enough ether in the accounts; see [policy] max_bond." },
	{ EVENT_DEPOSIT_BYTES_UNKNOWN, "PLW-020",
	  "The transaction of a deposit could not be found on the root chain.",
	  "Its owner alone can prove it; do not take payments made of it." },
	{ EVENT_OWN_EXIT_MISSING, "PLW-021",
	  "What we did on the root chain was reorganised away.",
	  "It is sent again until it is final." },
	{ EVENT_FINALITY_BROKEN, "PLW-022",
	  "The root chain replaced what it had called final.",
	  "Stop paying and deposit nothing; find out from other nodes which "
	  "chain is the right one. " CHALLENGES },
	{ EVENT_STALLED_ROOT_CHAIN, "PLW-023",
	  "No endpoint has seen a new head of the root chain for a while.",
	  "Look at the nodes; deadlines go on with the root chain's time." },
	{ EVENT_STALLED_WATCHER, "PLW-024",
	  "This watcher slept for longer than is safe: half the exit period.",
	  "Look through what stands now, and run it more often." },
	{ EVENT_OPERATOR_UNREACHABLE, "PLW-025",
	  "The operator's server does not answer.",
	  "Nothing is lost while no block is pending." },
	{ EVENT_LOW_BALANCE, "PLW-026",
	  "An owner has less ether than bonds and gas of leaving may take; or "
	  "an account that sends has less than twice what its open actions of "
	  "the next two days may need, should the base fee become ten times "
	  "what it is.",
	  "Send it what the facts say that it lacks, while there is time." },
	{ EVENT_SIGNED_SPENDS_UNKNOWN, "PLW-027",
	  "The table of what an owner signed cannot be read. A coin that its "
	  "wallet signed away might leave by a standard exit, which loses its "
	  "bond.",
	  "Let [owner] signed name the wallet's signed.db, whole and readable "
	  "for the watcher; the facts say what is wrong with it." },
};

const char *explanation_of_rule(const char *code)
{
	enum verdict verdict;

	if (!verdict_from_code(&verdict, code))
		return NULL;
	switch (verdict_grade(verdict)) {
	case VERDICT_GRADE_NONE:
		return "The block breaks no rule.";
	case VERDICT_GRADE_F:
		return "What a source sent is not the body of the committed "
		       "root: all sources are asked again, and within the "
		       "limit it may be the fault of a mirror.";
	case VERDICT_GRADE_W:
		return "A signature is not good. The root does not commit to "
		       "signatures: another copy may have a good one until the "
		       "limit has passed.";
	case VERDICT_GRADE_P:
		break;
	}
	return "The root chain and the authenticated bytes prove that the "
	       "block is invalid; no other copy can change that.";
}
