/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_CHECKPOINT_STORE_H
#define PLASMA_OPERATOR_CHECKPOINT_STORE_H

/*
 * All unspent coins of committed blocks as one file, DATADIR/checkpoint, so
 * that a start replays only the blocks behind it:
 *
 *	8 bytes	 "PLASMAC2"
 *	20	 framework
 *	8	 number of the last block that is contained
 *	8	 number of deposits that were credited until then
 *	8	 number of coins
 *	...	 coins: 8 packed position; 1 type in bits 0 and 1, a token that
 *		 is not ETH in bit 2, length of the amount less 1 above;
 *		 20 owner; 20 token; 1 to 32 amount
 *	4	 CRC-32C of all that
 *
 * Numbers are big-endian. The file is only a shortcut: one that is missing or
 * damaged costs time and nothing else.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/chain/ledger.h"

struct checkpoint_head {
	struct address framework;
	uint64_t blknum;
	uint64_t deposits_credited;
	uint64_t coin_count;
};

/* Writes coins one by one: begin, put coin_count times, end. */
struct checkpoint_writer;

NODISCARD bool checkpoint_writer_begin(struct checkpoint_writer **out,
				       const char *datadir,
				       const struct checkpoint_head *head,
				       struct error *error);
void checkpoint_writer_put(struct checkpoint_writer *writer,
			   struct position position,
			   const struct output *output);

/* Puts the file in place, durable, if everything could be written; frees. */
NODISCARD bool checkpoint_writer_end(struct checkpoint_writer *writer,
				     struct error *error);

/* Reads the checkpoint into an empty ledger. ERROR_NO_INPUT: there is none;
 * ERROR_BAD_INPUT: damaged or of another chain; the ledger is empty then. */
NODISCARD bool checkpoint_store_read(struct ledger *ledger,
				     struct checkpoint_head *head,
				     const char *datadir,
				     const struct address *framework,
				     struct error *error);

/* Removes the checkpoint: what it says is no longer true. */
NODISCARD bool checkpoint_store_remove(const char *datadir,
				       struct error *error);

#endif
