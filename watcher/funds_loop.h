/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_FUNDS_LOOP_H
#define PLASMA_WATCHER_FUNDS_LOOP_H

/*
 * Who runs short is told of before it does (scenarios.md D-12): accounts that
 * may not be able to pay for their open actions, and, while nothing halts yet,
 * owners who could not pay for their leaving.
 */

#include <stdbool.h>

#include "common/actions/action_sender.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/amount.h"
#include "common/service/root_chain_rpc.h"
#include "common/store/database.h"
#include "watcher/pass_facts.h"

struct funds_loop;

/* Of so many owners; borrows the rest. Own with funds_loop_free(). */
struct funds_loop *funds_loop_new(struct database *database,
				  struct root_chain_rpc *rpc,
				  size_t owner_count);
void funds_loop_free(struct funds_loop *loop);

/* Raises and ends low_balance. `needs` is what each owner of `facts` needs so
 * that it can leave, in wei, or NULL while that is not known. The balances of
 * those whose key is here are asked for once an hour, and in each pass while
 * one lacks something. ERROR_IO: the database failed. */
NODISCARD bool funds_loop_pass(struct funds_loop *loop,
			       const struct action_pass *actions,
			       const struct amount *needs,
			       const struct pass_facts *facts,
			       struct error *error);

#endif
