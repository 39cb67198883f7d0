/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_COMMIT_LOOP_H
#define PLASMA_OPERATOR_COMMIT_LOOP_H

/*
 * The thread between the two chains: reads the snapshot, tells the deciding
 * thread what it says, commits closed blocks, and gets their roots mined.
 *
 * A block is committed in this order: its inputs are checked against the newest
 * root chain, its body is written, root and nonce are recorded for ever, the
 * transaction is signed and stored, and then it is sent. A crash anywhere
 * repeats what was not done yet, with the same root.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/u256.h"
#include "common/keys/signer.h"
#include "common/service/root_chain_rpc.h"
#include "operator/body_store.h"
#include "operator/operator_loop.h"
#include "operator/operator_status.h"
#include "operator/operator_store.h"
#include "operator/root_store.h"

struct commit_loop_parts {
	struct operator_loop *loop;
	struct operator_store *store;
	struct body_store *bodies;
	struct root_store *reader;
	struct root_chain_rpc *rpc;
	struct operator_status *status;
	const struct signer *signer;
	const char *datadir;
	const char *watcher_url; /* NULL: none */
	uint64_t chain_id;
	struct address framework;
	struct address fee_claimer;
	uint64_t first_nonce;
	uint64_t poll_ms;
	uint64_t snapshot_max_age; /* seconds of wall time */
	uint64_t blocks_in_flight;
	uint64_t checkpoint_blocks;
	struct u256 max_fee_wei;
	struct u256 tip_wei;
};

struct commit_loop;

/* Compares the contract with what was committed and refuses to start if it is
 * ahead or differs: ERROR_REFUSED. Then starts the thread. Borrows all parts.
 * Own with commit_loop_stop(). */
NODISCARD bool commit_loop_start(struct commit_loop **out,
				 const struct commit_loop_parts *parts,
				 struct error *error);
void commit_loop_stop(struct commit_loop *loop);

#endif
