/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_ROOT_STORE_H
#define PLASMA_OPERATOR_ROOT_STORE_H

/*
 * What the root chain says, as events for the operator's step: reads the
 * snapshot from where it stopped, records what it found in operator.db, and
 * only then gives it out. Coins are frozen at `latest`, deposits credited when
 * final, and both are undone by a reorganisation (protocol.md 12).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/snapshot/snapshot_reader.h"
#include "operator/operator_step.h"
#include "operator/operator_store.h"

struct root_store;

/* When a deposit is credited. */
struct deposit_finality {
	bool at_finalized;	/* else after `confirmations` */
	uint64_t confirmations; /* at least 1 */
};

/* Borrows all it is given. Own with root_store_free(). */
struct root_store *root_store_new(struct snapshot_reader *snapshot,
				  struct operator_store *store,
				  const char *datadir,
				  struct deposit_finality finality);
void root_store_free(struct root_store *reader);

/* Something on the root chain that must never be. */
enum root_trouble {
	ROOT_TROUBLE_NONE,
	ROOT_TROUBLE_FOREIGN_ROOT, /* a block that we did not commit */
	ROOT_TROUBLE_FINALITY	   /* what was final was replaced */
};

struct root_news {
	struct snapshot_head head;
	struct snapshot_state state;
	struct operator_event *events; /* borrowed until the next poll */
	size_t event_count;
	enum root_trouble trouble;
	uint64_t trouble_blknum;
};

/* One look at the snapshot. */
NODISCARD bool root_store_poll(struct root_store *reader,
			       struct root_news *news, struct error *error);

/* The newest eth_block that was `seconds` before the head or earlier; 0: none
 * is known. */
NODISCARD bool root_store_eth_block_before(struct root_store *reader,
					   uint64_t *number, uint64_t seconds,
					   struct error *error);

#endif
