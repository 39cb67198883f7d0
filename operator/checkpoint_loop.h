/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_CHECKPOINT_LOOP_H
#define PLASMA_OPERATOR_CHECKPOINT_LOOP_H

/*
 * Makes checkpoints while the operator runs, without the deciding thread: from
 * the checkpoint before and the bodies behind it, in a ledger of its own, which
 * is thrown away afterwards.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "operator/operator_store.h"

struct checkpoint_loop;

/* Borrows all. Own with checkpoint_loop_stop(). */
NODISCARD bool checkpoint_loop_start(struct checkpoint_loop **out,
				     const char *datadir,
				     const struct operator_network *network,
				     struct error *error);

/* Waits for a checkpoint that is under way. */
void checkpoint_loop_stop(struct checkpoint_loop *loop);

/* Asks for a checkpoint of what is committed; from any thread. */
void checkpoint_loop_wake(struct checkpoint_loop *loop);

#endif
