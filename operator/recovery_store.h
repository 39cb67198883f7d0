/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_RECOVERY_STORE_H
#define PLASMA_OPERATOR_RECOVERY_STORE_H

/*
 * From disk to the state of the child chain and back: the checkpoint, the
 * bodies of the blocks behind it, what was taken from the root chain, and the
 * accepted payments that are in no committed block.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/body_store.h"
#include "operator/accepted_store.h"
#include "operator/operator_step.h"
#include "operator/operator_store.h"

struct recovery_source {
	const char *datadir;
	struct address framework;
	struct accepted_store *accepted;
	struct body_store *bodies;
	struct operator_store *store;
};

struct recovery_counts {
	uint64_t checkpoint_blknum; /* 0: there was none that fits */
	uint64_t blocks_replayed;
	uint64_t payments_waiting;
	uint64_t payments_dropped; /* accepted, but no longer possible */
	uint64_t bytes_cut;	   /* of batches that were never acknowledged */
};

/* Makes the state as it was. `settings` is completed with the number of the
 * next block. ERROR_IO: a body or a file of payments is missing or damaged. Own
 * with operator_state_free(). */
NODISCARD bool recovery_store_load(struct operator_state **out,
				   struct recovery_counts *counts,
				   const struct operator_settings *settings,
				   const struct recovery_source *source,
				   struct error *error);

/* Makes the state of committed blocks alone, with no payment that waits and no
 * freeze; `credited` is the number of deposits in it. source->accepted is not
 * looked at. */
NODISCARD bool recovery_store_load_committed(
	struct operator_state **out, struct recovery_counts *counts,
	uint64_t *credited, const struct operator_settings *settings,
	const struct recovery_source *source, struct error *error);

/* Writes the checkpoint of all committed blocks; on the deciding thread, or
 * when it does not run. ERROR_REFUSED: the state is broken. */
NODISCARD bool recovery_store_checkpoint(struct operator_state *state,
					 const char *datadir,
					 const struct address *framework,
					 uint64_t deposits_credited,
					 struct error *error);

/* Writes all payments that wait anew, each into the file of its block; on the
 * deciding thread, or when it does not run. Failure is final. */
NODISCARD bool recovery_store_write_waiting(struct operator_state *state,
					    struct accepted_store *accepted,
					    struct error *error);

#endif
