/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_FOLLOWER_LOOP_H
#define PLASMA_ROOTCHAIN_FOLLOWER_LOOP_H

/* The follower itself: one poll after the other. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/network_file.h"
#include "rootchain/quorum.h"
#include "rootchain/rootchain_client.h"
#include "rootchain/snapshot_store.h"

struct follower_loop;

struct follower_loop_parts {
	const struct network *network;
	struct rootchain_client *client;
	struct snapshot_store *store;
	uint64_t quorum;
	uint64_t timeout_ms; /* for one answer */
	uint64_t range;	     /* eth_blocks fetched and committed at once */
	bool proofs;
	/* Called while a long history is fetched; false ends the poll with
	 * ERROR_TRY_AGAIN. What was fetched is kept. */
	bool (*progress)(void *context, uint64_t number, uint64_t target);
	void *context;
};

/* Borrows the parts. Own with follower_loop_free(). */
struct follower_loop *
follower_loop_new(const struct follower_loop_parts *parts);
void follower_loop_free(struct follower_loop *loop);

/* One poll: ask where the endpoints are, follow to where they agree, write what
 * readers see in one transaction. False: the snapshot is as it was, and its
 * last good poll too. */
NODISCARD bool follower_loop_poll(struct follower_loop *loop,
				  struct error *error);

/* Who is well and who is excluded, in the order of the endpoints. */
const struct endpoint_record *
follower_loop_records_borrow(const struct follower_loop *loop);

/* What the last good poll left; NULL before the first. */
const struct snapshot_head *
follower_loop_head_borrow(const struct follower_loop *loop);

#endif
