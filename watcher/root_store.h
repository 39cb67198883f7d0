/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_ROOT_STORE_H
#define PLASMA_WATCHER_ROOT_STORE_H

/*
 * Reads the events of the root chain out of the snapshot, in order and from
 * where it stopped, into the watcher's rows; and takes back what a
 * reorganisation took back (protocol.md 12).
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/body_store.h"
#include "common/store/database.h"
#include "watcher/ledger_store.h"
#include "watcher/pass_facts.h"

struct root_store_report {
	uint64_t events; /* read in this pass */
	bool undone;	 /* a reorganisation took something back: */
	uint64_t first_undone;
};

/* Follows up to the head of `facts`, whose snapshot has its pass open.
 * ERROR_BAD_INPUT: the snapshot is older than one that was used. */
NODISCARD bool
root_store_follow(struct database *database, struct body_store *bodies,
		  struct ledger_store *ledger, struct root_store_report *report,
		  const struct pass_facts *facts, struct error *error);

#endif
