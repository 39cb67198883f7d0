/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_ROW_API_H
#define PLASMA_WATCHER_ROW_API_H

/* Coins and transactions as OMG-style wallets read them (interfaces.md 5). */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/chain/block.h"
#include "common/chain/position.h"
#include "common/service/body_store.h"
#include "common/store/database.h"
#include "watcher/watcher_store.h"

/* Where rows are read from; keeps the block that was read last. */
struct row_reader {
	struct database *database;
	struct body_store *bodies;
	bool has_block;
	struct watched_block block;
	struct body_file file; /* of its body */
	struct block_body body;
};

void row_reader_init(struct row_reader *reader, struct database *database,
		     struct body_store *bodies);
void row_reader_clear(struct row_reader *reader);

/* A block, operator's or deposit, as far as rows tell of it. */
struct row_block {
	uint64_t blknum;
	struct hash root;
	struct root_time time;
	uint64_t eth_block_number;
	uint64_t transaction_count;
	bool is_applied;
};

/* `found` false: there is no such block. */
NODISCARD bool row_reader_block(struct row_reader *reader, bool *found,
				struct row_block *block, uint64_t blknum,
				struct error *error);

/* Appends the raw transaction at a position to `raw`; `found` false if it is
 * in no body or deposit that is held. */
NODISCARD bool row_reader_raw(struct row_reader *reader, bool *found,
			      struct growing_buffer *raw,
			      struct position position, struct error *error);

/* Appends {"blknum":…,"oindex":…,"utxo_pos":…,…}. Hashes of transactions that
 * are not of a watched owner are null. */
NODISCARD bool row_reader_put_coin(struct row_reader *reader,
				   struct growing_buffer *out,
				   const struct watched_coin *coin,
				   struct error *error);

/* Appends {"txhash":…,"txbytes":…,"block":…,"inputs":[…],"outputs":[…],…}.
 * ERROR_NO_INPUT if its bytes are not here. */
NODISCARD bool row_reader_put_transaction(struct row_reader *reader,
					  struct growing_buffer *out,
					  struct position position,
					  struct error *error);

/* {"blknum":…,"hash":…,"timestamp":…,"eth_height":…,…} */
void row_reader_put_block(struct growing_buffer *out,
			  const struct row_block *block);

#endif
