/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_PURSUIT_LOOP_H
#define PLASMA_ROOTCHAIN_PURSUIT_LOOP_H

/* From what is stored to a target, with one endpoint: what the follower wants
 * is done until it wants nothing more. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/network_file.h"
#include "common/snapshot/snapshot_reader.h"
#include "rootchain/follower.h"
#include "rootchain/history_fetch.h"
#include "rootchain/rootchain_client.h"
#include "rootchain/snapshot_store.h"

struct pursuit {
	/* Set by the caller: */
	const struct network *network;
	struct rootchain_client *client;
	struct snapshot_store *store;
	struct history_fetch *history;
	uint64_t range; /* eth_blocks fetched and committed at once */
	size_t endpoint;
	struct follower_point target;
	bool may_break_finality; /* enough endpoints agree on the target */
	/* Called after each range; false ends it with ERROR_TRY_AGAIN. */
	bool (*progress)(void *context, uint64_t number, uint64_t target);
	void *context;

	/* What came of it: */
	struct follower follower;
	bool has_head;
	struct snapshot_head before; /* as readers see it until the commit */
	struct snapshot_head head;   /* what the next one will be */
	bool is_visible_undone;	     /* so that all is one transaction */
	bool is_behind; /* the target is older than what is stored */
	uint64_t seen;	/* child blocks up to this eth_block are checked */
	unsigned int searches;
};

/* Reads where the store is. */
NODISCARD bool pursuit_loop_start(struct pursuit *pursuit, struct error *error);

/* Reaches the target. The store may be writing then, and holds what belongs to
 * the poll's own transaction. */
NODISCARD bool pursuit_loop_run(struct pursuit *pursuit, struct error *error);

#endif
