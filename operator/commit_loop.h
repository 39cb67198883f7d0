/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_COMMIT_LOOP_H
#define PLASMA_OPERATOR_COMMIT_LOOP_H

/*
 * The thread between the two chains: reads the snapshot, tells the deciding
 * thread what it says, commits closed blocks, and gets their roots mined.
 *
 * A block is committed when nothing keeps its root from being signed at once,
 * in this order: its inputs are checked against the newest root chain, its body
 * is written, root and nonce are recorded for ever, the transaction is signed
 * and stored, and then it is sent. A crash anywhere repeats what was not done
 * yet, with the same root.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/keys/signer.h"
#include "common/service/body_store.h"
#include "common/service/root_chain_rpc.h"
#include "operator/checkpoint_loop.h"
#include "operator/exitability.h"
#include "operator/mirror_loop.h"
#include "operator/operator_loop.h"
#include "operator/operator_status.h"
#include "operator/operator_store.h"
#include "operator/root_sender.h"
#include "operator/root_store.h"

struct commit_loop_parts {
	struct operator_loop *loop;
	struct operator_store *store;
	struct body_store *bodies;
	struct root_store *reader;
	struct root_chain_rpc *rpc;
	struct root_sender *sender;
	struct operator_status *status;
	struct checkpoint_loop *checkpoints;
	const struct signer *signer; /* the authority */
	const char *watcher_url;     /* NULL: none */
	struct address framework;
	struct address fee_claimer;
	uint64_t exit_period; /* seconds */
	uint64_t poll_ms;
	uint64_t snapshot_max_age; /* seconds of wall time */
	uint64_t blocks_in_flight;
	uint64_t checkpoint_blocks;
	struct exitability_settings exitability;
	struct mirror_loop **mirrors;
	size_t mirror_count;
	/* No block is committed, and no root sent, that a mirror lacks. */
	bool mirror_before_send;
	/* A committed block spends it and the root chain took it back in an
	 * earlier life; 0: none. */
	uint64_t broken_deposit;
};

struct commit_loop;

/* Compares the contract with what was committed and refuses to start if it is
 * ahead or differs: ERROR_REFUSED. Then starts the thread. Borrows all parts.
 * Own with commit_loop_stop(). */
NODISCARD bool commit_loop_start(struct commit_loop **out,
				 const struct commit_loop_parts *parts,
				 struct error *error);
void commit_loop_stop(struct commit_loop *loop);

/* Refuses the bump that waits and all that come: a server that stops waits for
 * whoever asked. */
void commit_loop_refuse(struct commit_loop *loop);

/* Signs the root transaction of a block again with fees that are higher by
 * `percent`; waits for the loop to do it. ERROR_TRY_AGAIN: the snapshot is too
 * old to sign by, another one is under way, or the operator is stopping. From
 * any thread. */
NODISCARD bool commit_loop_bump(struct commit_loop *loop,
				uint64_t *max_fee_gwei, uint64_t blknum,
				uint64_t percent, struct error *error);

#endif
