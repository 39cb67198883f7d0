/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_ACCEPTED_STORE_H
#define PLASMA_OPERATOR_ACCEPTED_STORE_H

/*
 * Accepted payments on disk, before anybody is told that they are accepted:
 * DATADIR/accepted has one file BLKNUM.log per block that is not committed. It
 * begins with a head, which is synchronised before anything follows it:
 *
 *	4 bytes	 "PLA2"
 *	8 bytes	 mark of the file, random
 *	4 bytes	 CRC-32C of all that
 *
 * From then on it only ever gains batches, each written and synchronised as
 * one, over the zeros that stand behind them:
 *
 *	8 bytes	 mark of the file
 *	4 bytes	 length of the payments, big-endian
 *	8 bytes	 number of the batch in the file, from 1
 *	...	 signed payments, one behind the other
 *	4 bytes	 CRC-32C of all that
 *
 * A batch that is torn or damaged was never acknowledged if it is the last
 * of its file, and is then cut away. Damage that a whole batch follows cannot
 * come from a crash: then the file is refused. Nobody who makes a payment knows
 * the mark: none holds what looks like a batch.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"

/* The directory in DATADIR, and the one before it while it is replaced. */
#define ACCEPTED_STORE_FOLDER "accepted"
#define ACCEPTED_STORE_FOLDER_OLD "accepted.old"

struct accepted_store;

/* Opens DATADIR/accepted, making it if it is not there, and completes or undoes
 * a rewriting that a crash interrupted. Own with accepted_store_close(). */
NODISCARD bool accepted_store_open(struct accepted_store **out,
				   const char *datadir, struct error *error);
void accepted_store_close(struct accepted_store *store);

/* The numbers of the blocks that have a file, ascending. The array is owned by
 * the caller, to be freed with memory_free(). */
NODISCARD bool accepted_store_list_new(struct accepted_store *store,
				       uint64_t **blknums, size_t *count,
				       struct error *error);

/* Appends the payments of a block to `payments`, and cuts away what stands
 * behind; `cut` is how many bytes that were, 0 if there was no torn batch.
 * ERROR_IO if the file is damaged. */
NODISCARD bool accepted_store_load(struct accepted_store *store,
				   struct growing_buffer *payments,
				   uint64_t *cut, uint64_t blknum,
				   struct error *error);

/* Writes a batch. It is durable only after accepted_store_sync(). Failure is
 * final: what is on disk is unknown then, and the program has to end. */
NODISCARD bool accepted_store_append(struct accepted_store *store,
				     uint64_t blknum, struct bytes payments,
				     struct error *error);
NODISCARD bool accepted_store_sync(struct accepted_store *store,
				   struct error *error);

/* Nothing more is written for a block that is committed. */
void accepted_store_release(struct accepted_store *store, uint64_t blknum);

/* Removes the file of such a block; from any thread, while the store is not
 * rewritten. */
NODISCARD bool accepted_store_drop(struct accepted_store *store,
				   uint64_t blknum, struct error *error);

struct accepted_block {
	uint64_t blknum;
	struct bytes payments;
};

/* Replaces all files at once by others: after a crash either all old or all new
 * ones are there. */
NODISCARD bool accepted_store_rewrite(struct accepted_store *store,
				      const struct accepted_block *blocks,
				      size_t count, struct error *error);

#endif
