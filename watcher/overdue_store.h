/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_OVERDUE_STORE_H
#define PLASMA_WATCHER_OVERDUE_STORE_H

/* What actions are about, for people, and which of them come too late. Over the
 * watcher's database. */

#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/output.h"
#include "common/store/database.h"
#include "watcher/overdue.h"

/* What is lost if the action comes too late; in the caller's transaction. */
NODISCARD bool overdue_store_put_stake(struct database *database,
				       uint64_t action_id,
				       const struct output *at_risk,
				       struct error *error);

/* All whose last second passed before `now` with their goal false, the earliest
 * first: missed ones for ever. Free with memory_free(). */
NODISCARD bool overdue_store_list_new(struct database *database,
				      struct overdue **out, size_t *count,
				      struct root_time now,
				      struct error *error);

/* The same as of the head that the last pass saw; none before the first. */
NODISCARD bool overdue_store_newest_new(struct database *database,
					struct overdue **out, size_t *count,
					struct error *error);

#endif
