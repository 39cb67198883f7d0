/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_SECOND_LOOK_LOOP_H
#define PLASMA_WATCHER_SECOND_LOOK_LOOP_H

/*
 * Does a source give out another body of a block that is verified already, or
 * another one than its neighbour does (protocol.md 11, equivocation;
 * scenarios.md )? The root has decided which of them is the block,
 * and nothing else changes; that there are two is for others to know.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/body_store.h"
#include "common/store/database.h"
#include "watcher/block_fetch.h"
#include "watcher/pass_facts.h"

struct second_look_parts {
	struct database *database; /* no transaction open */
	struct body_store *bodies;
	struct block_fetch *fetch;
	bool takes_large; /* else blocks that take long to fetch are left out */
};

/* Asks every source for the newest applied block and for an older one, which
 * the hour picks. Of a body that is a list of transactions with another root
 * `equivocation` is raised, once for each block, and the body is kept beside
 * the true one, under its own root; of sixteen blocks at most, for whoever
 * serves it chooses how large it is. What is no such list is a fault like any
 * other, and says nothing. ERROR_IO: the database or the disk failed. */
NODISCARD bool second_look_loop_pass(const struct second_look_parts *parts,
				     const struct pass_facts *facts,
				     struct error *error);

#endif
