/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_PROOF_STORE_H
#define PLASMA_WATCHER_PROOF_STORE_H

/*
 * The parts of an incident's evidence, collected one by one from what is
 * recorded: each once, each with its proof. What is not here makes the evidence
 * incomplete, which is no error: others are told so.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/block.h"
#include "common/ethereum/incident_evidence.h"
#include "watcher/event_store.h"
#include "watcher/evidence_store.h"
#include "watcher/known_spend.h"
#include "watcher/pass_facts.h"

/* An evidence in the making. */
struct incident {
	const struct evidence_sources *sources;
	const struct pass_facts *facts;
	const struct standing_event *event;
	struct arena *arena; /* the bytes of all parts */
	struct incident_evidence evidence;
	struct log_anchor *logs; /* owned, as the next two */
	struct incident_root *roots;
	struct incident_transaction *transactions;
};

/* Frees the lists. */
void proof_store_clear(struct incident *incident);

/* Adds the log at a place, as the root chain has it. */
NODISCARD bool proof_store_log(struct incident *incident,
			       uint64_t eth_block_number, uint32_t log_index,
			       struct error *error);

/* Adds the log that carries the root of a block, operator's or deposit; or the
 * root alone where the snapshot has no receipts. */
NODISCARD bool proof_store_root(struct incident *incident, uint64_t blknum,
				struct error *error);

/* Adds the transaction at a position with its signatures, its proof and the
 * root of its block. */
NODISCARD bool proof_store_transaction(struct incident *incident,
				       struct position position,
				       struct error *error);

/* The same of a body that is read already; of an index behind its end, that
 * nothing stands there. */
NODISCARD bool proof_store_of_body(struct incident *incident,
				   const struct block_body *body,
				   struct position position,
				   struct error *error);

/* Adds a spend with the signature of the output's owner; NULL: there is none,
 * and the evidence is incomplete. */
NODISCARD bool proof_store_spend(struct incident *incident,
				 const struct known_spend *spend,
				 struct error *error);

/* Reads the body of an operator block that is held. `found` false: it is not,
 * or is not what its name says. Clear both in any case. */
NODISCARD bool proof_store_body(struct incident *incident, bool *found,
				struct block_body *body, struct body_file *file,
				uint64_t blknum, struct error *error);

#endif
