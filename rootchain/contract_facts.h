/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_CONTRACT_FACTS_H
#define PLASMA_ROOTCHAIN_CONTRACT_FACTS_H

/*
 * The state of the contracts as it follows from their events, so that no node
 * has to be believed about it: bonds with their delay (protocol.md 9), admitted
 * tokens and exit queues (6.2, 6.3), credits, and which contracts play a part.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/chain/amount.h"
#include "common/ethereum/contract_events.h"
#include "common/service/network_file.h"

/* Anybody can add an exit queue, so the list of tokens needs an end. */
#define CONTRACT_FACTS_MAX_TOKENS 4096
#define CONTRACT_FACTS_MAX_CONTRACTS 256

struct contract_facts_token {
	struct token token;
	struct amount minimum_deposit;
	bool has_exit_queue;
	/* It was admitted once, or there are contracts that take any token: the
	 * vault may hold some of it. */
	bool may_be_held;
	struct amount credits;
};

struct contract_facts_bond {
	struct amount bond_wei;
	struct amount bounty_wei;
};

enum contract_facts_bond_kind {
	CONTRACT_FACTS_BOND_STANDARD_EXIT,
	CONTRACT_FACTS_BOND_IFE,
	CONTRACT_FACTS_BOND_PIGGYBACK
};

struct contract_facts;

/* Before the first event. Borrows the network. Own with
 * contract_facts_free(). */
struct contract_facts *contract_facts_new(const struct network *network);
void contract_facts_free(struct contract_facts *facts);

/* The next event in order. Kinds that say nothing about state are ignored. */
void contract_facts_apply(struct contract_facts *facts,
			  const struct address *contract,
			  const struct contract_event *event,
			  struct root_time time);

/* The bond that the exit game asks at this time. */
struct contract_facts_bond
contract_facts_bond_at(const struct contract_facts *facts,
		       enum contract_facts_bond_kind kind,
		       struct root_time now);

/* Ascending by address. */
const struct contract_facts_token *
contract_facts_tokens_borrow(const struct contract_facts *facts, size_t *count);

/* Every contract of the network file, and what was registered since. */
const struct address *
contract_facts_contracts_borrow(const struct contract_facts *facts,
				size_t *count);

/* nextChildBlock() and nextDeposit() once this is the newest child block; 0:
 * there is none yet (protocol.md 6.1). */
uint64_t contract_facts_next_child_block(uint64_t newest_blknum);
uint64_t contract_facts_next_deposit(uint64_t newest_blknum);

#endif
