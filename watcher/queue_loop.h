/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_QUEUE_LOOP_H
#define PLASMA_WATCHER_QUEUE_LOOP_H

/*
 * Would the exit at the head of each queue be processed if somebody tried
 * (protocol.md 11, queue_stuck)? A call of processExits() is simulated at the
 * head of the snapshot for every queue that is due.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/root_chain_rpc.h"
#include "common/store/database.h"
#include "watcher/pass_facts.h"

/* Fills facts->stuck with the queues whose call reverts; empty when no node is
 * asked (`rpc` NULL), when none answers, or when nothing is due. One request
 * for all queues. */
NODISCARD bool queue_loop_simulate(struct root_chain_rpc *rpc,
				   struct database *database,
				   struct pass_facts *facts,
				   struct error *error);

#endif
