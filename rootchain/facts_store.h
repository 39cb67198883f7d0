/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_FACTS_STORE_H
#define PLASMA_ROOTCHAIN_FACTS_STORE_H

/* The contracts' state out of the logs in a snapshot, and the rows that hold it
 * against them. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/service/network_file.h"
#include "common/snapshot/snapshot_reader.h"
#include "common/store/database.h"
#include "rootchain/contract_facts.h"

/* Applies all events of eth_blocks up to `last` that say something about the
 * contracts' state. */
NODISCARD bool facts_store_read(struct database *database,
				struct contract_facts *facts, uint64_t last,
				struct error *error);

/* True if the state at the head of the open pass is the one that follows from
 * the logs, and gives it. With a network, the code of its contracts has to be
 * the same too. ERROR_BAD_INPUT names what is not. Balances, which do not
 * follow from anything, are not looked at, nor what never changes: who opened
 * the reader compared that. */
NODISCARD bool facts_store_check(struct database *database,
				 struct snapshot_reader *reader,
				 struct snapshot_state *state,
				 const struct snapshot_head *head,
				 const struct network *network,
				 struct error *error);

#endif
