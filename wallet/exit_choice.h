/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_EXIT_CHOICE_H
#define PLASMA_WALLET_EXIT_CHOICE_H

/*
 * How a coin leaves the child chain (protocol.md 7, 8.1, 15). A coin that its
 * owner has ever signed away never gets a standard exit: anybody who has the
 * signature could challenge it and win the bond.
 */

#include <stdbool.h>

struct exit_facts {
	bool is_ours;		   /* we have the owner's key */
	bool is_fee_output;	   /* type 2 */
	bool has_proof;		   /* transaction and proof are stored */
	bool is_exiting;	   /* an exit of it is live or was paid */
	bool is_claimed;	   /* signed away by us, sent or not */
	bool claim_has_signatures; /* of every input of that transaction */
	bool claim_has_proofs;	   /* of every input of that transaction */
	bool is_spent;		   /* by a transaction in a verified block */
};

enum exit_choice {
	EXIT_CHOICE_STANDARD,	/* of the coin */
	EXIT_CHOICE_IN_FLIGHT,	/* of the transaction that it is signed into */
	EXIT_CHOICE_NOT_OURS,	/* the owner has to do it */
	EXIT_CHOICE_UNDER_WAY,	/* nothing more to start */
	EXIT_CHOICE_SPENT,	/* exit what was made of it */
	EXIT_CHOICE_NO_PROOF,	/* it cannot be proved yet */
	EXIT_CHOICE_FEE_OUTPUT, /* spend it to yourself first */
	EXIT_CHOICE_WAIT	/* for signatures or proofs of others */
};

enum exit_choice exit_choice_of(const struct exit_facts *facts);

#endif
