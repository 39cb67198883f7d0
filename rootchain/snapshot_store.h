/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_SNAPSHOT_STORE_H
#define PLASMA_ROOTCHAIN_SNAPSHOT_STORE_H

/*
 * The snapshot as its one writer sees it, plasma-snapshot(5). Everything
 * between begin and commit becomes visible at once or not at all; readers see
 * nothing behind the head's number, so that fetching a long history can be
 * committed in pieces without anybody acting on half of it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/base/u256.h"
#include "common/ethereum/contract_events.h"
#include "common/ethereum/eth_log.h"
#include "common/service/network_file.h"
#include "common/snapshot/snapshot_reader.h"
#include "rootchain/contract_facts.h"

#define SNAPSHOT_STORE_FILE "rootchain.db"

struct snapshot_store;

/* Opens DIR/rootchain.db, and makes it if it is not there. ERROR_CONFIG if it
 * has a head and is about another network; without one it is emptied and about
 * this one from now on. Own with snapshot_store_close(). */
NODISCARD bool snapshot_store_open(struct snapshot_store **out,
				   const char *datadir,
				   const struct snapshot_identity *identity,
				   struct error *error);
void snapshot_store_close(struct snapshot_store *store);

/* All writing below happens between begin and commit. */
NODISCARD bool snapshot_store_begin(struct snapshot_store *store,
				    struct error *error);
NODISCARD bool snapshot_store_commit(struct snapshot_store *store,
				     struct error *error);
void snapshot_store_rollback(struct snapshot_store *store);
bool snapshot_store_is_writing(const struct snapshot_store *store);

struct stored_eth_block {
	uint64_t number;
	struct hash hash;
	struct root_time time;
};

/* The newest eth_block that is stored, visible or not. */
NODISCARD bool snapshot_store_tip(struct snapshot_store *store, bool *found,
				  struct stored_eth_block *out,
				  struct error *error);
NODISCARD bool snapshot_store_eth_block(struct snapshot_store *store,
					bool *found,
					struct stored_eth_block *out,
					uint64_t number, struct error *error);

/* Appends the RLP of a stored header. */
NODISCARD bool snapshot_store_header(struct snapshot_store *store, bool *found,
				     struct growing_buffer *out,
				     uint64_t number, struct error *error);

/* What readers see; `found` false before the first good poll. */
NODISCARD bool snapshot_store_head(struct snapshot_store *store, bool *found,
				   struct snapshot_head *out,
				   struct error *error);
NODISCARD bool snapshot_store_put_head(struct snapshot_store *store,
				       const struct snapshot_head *head,
				       struct error *error);

NODISCARD bool snapshot_store_put_eth_block(struct snapshot_store *store,
					    const struct stored_eth_block *at,
					    struct bytes header,
					    struct error *error);
NODISCARD bool snapshot_store_put_receipts(struct snapshot_store *store,
					   uint64_t eth_block_number,
					   struct bytes receipts,
					   struct error *error);
NODISCARD bool snapshot_store_put_log(struct snapshot_store *store,
				      const struct eth_log *log,
				      enum contract_event_kind kind,
				      struct error *error);

/* The way to a transaction in the transactions trie. */
NODISCARD bool
snapshot_store_put_eth_transaction(struct snapshot_store *store,
				   uint64_t eth_block_number,
				   uint32_t eth_transaction_index,
				   struct bytes proof, struct error *error);

struct stored_child_block {
	uint64_t blknum;
	struct hash root;
	uint64_t eth_block_number;
	uint32_t log_index;
	struct bytes deposit_tx; /* data NULL: none, or not known */
	/* Read back only: */
	struct hash eth_transaction_hash;
	struct address contract;
};

/* ERROR_REFUSED: the number is there already. */
NODISCARD bool
snapshot_store_put_child_block(struct snapshot_store *store,
			       const struct stored_child_block *block,
			       struct error *error);

/* Another root, and the deposit that it is the root of. */
NODISCARD bool snapshot_store_correct_child_block(struct snapshot_store *store,
						  uint64_t blknum,
						  const struct hash *root,
						  struct bytes deposit_tx,
						  struct error *error);

/* The newest child block, operator's or deposit; 0: none. */
NODISCARD bool snapshot_store_newest_blknum(struct snapshot_store *store,
					    uint64_t *blknum,
					    struct error *error);

/* The transaction that announced a child block: its index in the eth_block, the
 * nodes that prove it as an RLP list, and the header, both appended. `found`
 * false: none was proved. */
NODISCARD bool snapshot_store_eth_transaction(struct snapshot_store *store,
					      bool *found, size_t *index,
					      struct growing_buffer *proof,
					      struct growing_buffer *header,
					      uint64_t blknum,
					      struct error *error);

/* Child blocks of eth_blocks behind `eth_block_number` whose number is above
 * `blknum`, ascending, at most `capacity`. */
NODISCARD bool snapshot_store_child_blocks_since(struct snapshot_store *store,
						 struct stored_child_block *out,
						 size_t *count, size_t capacity,
						 uint64_t eth_block_number,
						 uint64_t blknum,
						 struct error *error);

/* Deposits above `blknum` whose bytes are not known, ascending, at most
 * `capacity`. */
NODISCARD bool snapshot_store_unknown_deposits(struct snapshot_store *store,
					       struct stored_child_block *out,
					       size_t *count, size_t capacity,
					       uint64_t blknum,
					       struct error *error);

/* Takes back the eth_block `first` and everything behind it. */
NODISCARD bool snapshot_store_undo(struct snapshot_store *store, uint64_t first,
				   struct error *error);

struct stored_reorganisation {
	uint64_t generation;
	uint64_t first_undone;
	struct hash first_undone_hash;
	uint64_t old_head_number;
	struct hash old_head_hash;
	struct snapshot_level finalized;
	struct wall_time seen_at;
};

NODISCARD bool
snapshot_store_put_reorganisation(struct snapshot_store *store,
				  const struct stored_reorganisation *what,
				  struct error *error);

/* Applies all events that say something about the contracts' state. */
NODISCARD bool snapshot_store_read_facts(struct snapshot_store *store,
					 struct contract_facts *facts,
					 struct error *error);

NODISCARD bool snapshot_store_put_word(struct snapshot_store *store,
				       const char *name, struct u256 word,
				       struct error *error);

/* Replace all tokens, and all code hashes. */
NODISCARD bool snapshot_store_clear_tokens(struct snapshot_store *store,
					   struct error *error);
NODISCARD bool snapshot_store_put_token(struct snapshot_store *store,
					const struct snapshot_token *token,
					struct error *error);
NODISCARD bool snapshot_store_clear_code_hashes(struct snapshot_store *store,
						struct error *error);
NODISCARD bool snapshot_store_put_code_hash(struct snapshot_store *store,
					    const struct address *contract,
					    const struct hash *code_hash,
					    struct error *error);

/* Takes over what the snapshot file at `path`, verified before, has and this
 * one has not up to its head; what is stored behind the head goes. The store
 * has to be writing. ERROR_REFUSED: the file is not newer, or what is here is
 * not the beginning of it; the caller rolls back. */
NODISCARD bool snapshot_store_import(struct snapshot_store *store,
				     const char *path, struct error *error);

#endif
