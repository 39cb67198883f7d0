/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_MIRROR_LOOP_H
#define PLASMA_OPERATOR_MIRROR_LOOP_H

/*
 * Copies block bodies to another place, so that users can have them while the
 * operator is down: into a directory, or to a web server by PUT URL/ROOT. One
 * thread per mirror; what fails is tried again, in order, for ever.
 */

#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "operator/operator_loop.h"
#include "operator/operator_status.h"

struct mirror_loop;

/* `target` is a directory, which must be there, or an http or https URL. The
 * mirror begins behind the block that operator.db says it has, and wakes
 * `waiting` (may be NULL) for each body that it has taken. Borrows all. Own
 * with mirror_loop_stop(). */
NODISCARD bool mirror_loop_start(struct mirror_loop **out, const char *target,
				 const char *datadir,
				 struct operator_status *status,
				 struct operator_loop *waiting,
				 struct error *error);

/* What is being copied over HTTP is given up: the next start goes on with it.
 */
void mirror_loop_stop(struct mirror_loop *loop);

/* There is a new block. */
void mirror_loop_wake(struct mirror_loop *loop);

/* There is a body for the block behind the newest one, which is not committed
 * yet: the mirror copies it when it has all before it. */
void mirror_loop_offer(struct mirror_loop *loop, const struct hash *root);

/* True if the mirror has the body that was offered. From any thread. */
NODISCARD bool mirror_loop_has(struct mirror_loop *loop,
			       const struct hash *root);

/* The newest block that the mirror has, with all before it; 0: none. From any
 * thread. It is for the writer of operator.db to store. */
uint64_t mirror_loop_blknum(struct mirror_loop *loop);

/* The name in operator.db: the target without its credentials. */
const char *mirror_loop_name(const struct mirror_loop *loop);

#endif
