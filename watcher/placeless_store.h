/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_PLACELESS_STORE_H
#define PLASMA_WATCHER_PLACELESS_STORE_H

/*
 * Outputs that exits in flight paid before the body of their block was here, as
 * a watcher sees them that begins or comes late: the log says which output of
 * which transaction, the body where that stands. Over the watcher's database;
 * what writes does so in the caller's transaction.
 */

#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/block.h"
#include "common/store/database.h"
#include "watcher/pass_facts.h"

/* A block is being applied: what was paid of its outputs has exited at the log
 * of the pay-out (protocol.md 12). `facts` are those of the pass. */
NODISCARD bool placeless_store_apply(struct database *database,
				     const struct block_body *body,
				     uint64_t blknum,
				     const struct pass_facts *facts,
				     struct error *error);

#endif
