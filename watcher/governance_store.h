/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_GOVERNANCE_STORE_H
#define PLASMA_WATCHER_GOVERNANCE_STORE_H

/*
 * governance_change (protocol.md 11): who may take money out of the vaults. The
 * approved contracts, their code and the maintainer are those of the network
 * file; whatever else comes halts the chain. What is approved is said for one
 * exit period, so that who does not like it can leave. Over the watcher's
 * database, in the caller's transaction.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/snapshot/snapshot_reader.h"
#include "common/store/database.h"
#include "watcher/pass_facts.h"

/* Judges one event of the root chain; other kinds are ignored. Before the chain
 * is `used` by a deposit or a block, approved changes are its making and not
 * worth a word. */
NODISCARD bool governance_store_apply(struct database *database,
				      const struct snapshot_event *event,
				      bool used, const struct pass_facts *facts,
				      struct error *error);

/* Compares the code of all approved contracts with what the snapshot says, and
 * forgets approved changes that are older than an exit period. */
NODISCARD bool governance_store_pass(struct database *database,
				     const struct pass_facts *facts,
				     struct error *error);

#endif
