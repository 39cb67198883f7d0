/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_INCIDENT_PARTS_H
#define PLASMA_COMMON_ETHEREUM_INCIDENT_PARTS_H

/* The parts of an incident's evidence once they are proved: what incident_block
 * and incident_exit look at. Private to incident_evidence. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/chain/transaction.h"
#include "common/ethereum/contract_events.h"
#include "common/ethereum/incident_evidence.h"

struct incident_log {
	struct eth_log log; /* its log_index counts within the receipt */
	struct root_time time;
	struct contract_event event;
};

struct incident_known {
	const struct incident_transaction *of;
	bool decodes; /* as a transaction that a block of its number can hold */
	struct transaction transaction;
};

struct incident_parts {
	const struct incident_evidence *evidence;
	struct hash domain; /* EIP-712 separator of the framework */
	struct root_time seen_at;
	struct incident_log *logs;
	struct incident_known *transactions;
	unsigned int trusts;
};

/* The place of a log on the root chain. */
bool incident_parts_is_before(const struct incident_log *a,
			      const struct incident_log *b);

/* The log that carries the root of an operator block; NULL: none does. */
const struct incident_log *
incident_parts_root_log(const struct incident_parts *parts, uint64_t blknum);

/* The root of an operator block, from its log or taken on trust. */
NODISCARD bool incident_parts_root(struct incident_parts *parts,
				   struct hash *out, uint64_t blknum);

/* The transaction that stands at the position of an output; NULL: the file has
 * none. */
const struct incident_known *
incident_parts_at(const struct incident_parts *parts, struct position position);

/* The output at a position; false if the file does not show that it exists. */
NODISCARD bool incident_parts_output(const struct incident_parts *parts,
				     struct output *out,
				     struct position position);

/* Which input of a payment spends the position; its count if none does. */
unsigned int incident_parts_input(const struct transaction *transaction,
				  struct position position);

/* True if the owner's signature is among those that came along. */
bool incident_parts_is_signed(const struct incident_parts *parts,
			      const struct incident_known *known,
			      const struct address *owner);

/* incident_block.c: the rule of 2.8 is broken. */
bool incident_block_shows(struct incident_parts *parts);

/* incident_exit.c: the exit, claim or pay-out is what the event says. */
bool incident_exit_shows_standard(struct incident_parts *parts);
bool incident_exit_shows_late_spend(struct incident_parts *parts);
bool incident_exit_shows_competitor(struct incident_parts *parts);
bool incident_exit_shows_inclusion(struct incident_parts *parts);
bool incident_exit_shows_piggyback(struct incident_parts *parts);
bool incident_exit_shows_payout(struct incident_parts *parts);

#endif
