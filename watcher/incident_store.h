/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_INCIDENT_STORE_H
#define PLASMA_WATCHER_INCIDENT_STORE_H

/* What convinces others of an event, put together from what is recorded: which
 * logs and transactions each event of protocol.md 11 needs. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/proof_store.h"

/* True if events of this kind have an evidence: what is wrong with the chain
 * has, what is wrong with a node or what only concerns us has not. */
bool incident_store_has_evidence(enum event_kind kind);

/* Fills the evidence; sources, facts, event and arena are set. Clear with
 * proof_store_clear() in any case. */
NODISCARD bool incident_store_collect(struct incident *incident,
				      struct error *error);

/* The parts of it: a bad block, and an exit. */
NODISCARD bool incident_store_block(struct incident *incident,
				    struct error *error);
NODISCARD bool incident_store_exit(struct incident *incident,
				   struct error *error);

#endif
