/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_REACH_LOOP_H
#define PLASMA_WATCHER_REACH_LOOP_H

/*
 * Does the operator's server still answer while no block is pending
 * (protocol.md 11, operator_unreachable)? Any answer of HTTP will do: what it
 * says is judged elsewhere.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/store/database.h"

struct reach_loop;

/* `url` is the operator's, borrowed; NULL or not of HTTP: nobody is asked. Own
 * with reach_loop_free(). */
struct reach_loop *reach_loop_new(const char *url);
void reach_loop_free(struct reach_loop *loop);

/* Asks, at most once a minute, in one request. */
void reach_loop_ask(struct reach_loop *loop, struct wall_time now);

/* Keeps what was heard, and raises or ends the event, in the caller's
 * transaction: it is raised after an hour of silence. */
NODISCARD bool reach_loop_judge(struct reach_loop *loop,
				struct database *database, struct wall_time now,
				struct root_time head_time,
				struct error *error);

#endif
