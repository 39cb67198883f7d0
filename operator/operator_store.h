/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_STORE_H
#define PLASMA_OPERATOR_OPERATOR_STORE_H

/*
 * operator.db: committed blocks, what the authority's key may sign and has
 * signed, and what was taken from the root chain. Everything that is written
 * here is on disk when the call returns.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/u256.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "operator/submission.h"

/* The directory of bodies in DATADIR. */
#define OPERATOR_STORE_BODIES "blocks"

struct operator_store;

struct operator_network {
	uint64_t chain_id;
	struct address framework;
	uint64_t first_nonce;
};

/* Opens, and makes it if it is not there. ERROR_CONFIG if it belongs to another
 * network; `network` may be NULL for a reader that does not care. A reader
 * never writes. Own with operator_store_close(). */
NODISCARD bool operator_store_open(struct operator_store **out,
				   const char *datadir,
				   const struct operator_network *network,
				   struct error *error);
NODISCARD bool operator_store_open_reader(struct operator_store **out,
					  const char *datadir,
					  struct error *error);
void operator_store_close(struct operator_store *store);

/* A complete copy of the database at `path`, which must not be there. */
NODISCARD bool operator_store_copy(struct operator_store *store,
				   const char *path, struct error *error);

struct committed_block {
	uint64_t blknum;
	struct hash root;
	uint32_t transaction_count;
	uint64_t body_len;
	uint64_t formed_at; /* wall time, seconds */
};

/* Commits to a root: from now on the authority's key signs nothing else for
 * this number. Committing to the same again changes nothing. ERROR_REFUSED: the
 * number has another root. */
NODISCARD bool operator_store_commit_block(struct operator_store *store,
					   const struct committed_block *block,
					   struct error *error);

/* The one root that may be signed for the number. */
NODISCARD bool operator_store_signed_root(struct operator_store *store,
					  bool *found, struct hash *root,
					  uint64_t blknum, struct error *error);

/* Binds a nonce to its blocks, for ever: ERROR_REFUSED unless both follow the
 * newest batch. */
NODISCARD bool operator_store_put_root_batch(struct operator_store *store,
					     const struct root_batch *batch,
					     struct error *error);
NODISCARD bool operator_store_newest_root_batch(struct operator_store *store,
						bool *found,
						struct root_batch *batch,
						struct error *error);

/* The batch that carries the block. */
NODISCARD bool operator_store_root_batch_of(struct operator_store *store,
					    bool *found,
					    struct root_batch *batch,
					    uint64_t blknum,
					    struct error *error);

NODISCARD bool operator_store_block(struct operator_store *store, bool *found,
				    struct committed_block *block,
				    uint64_t blknum, struct error *error);
NODISCARD bool operator_store_block_of_root(struct operator_store *store,
					    bool *found,
					    struct committed_block *block,
					    const struct hash *root,
					    struct error *error);
NODISCARD bool operator_store_newest_block(struct operator_store *store,
					   bool *found,
					   struct committed_block *block,
					   struct error *error);

/* At most `capacity` blocks from `blknum` on, ascending. */
NODISCARD bool operator_store_blocks_from(struct operator_store *store,
					  struct committed_block *out,
					  size_t *count, size_t capacity,
					  uint64_t blknum, struct error *error);

/* A root-chain transaction that was signed for a nonce. */
struct root_transaction {
	uint64_t attempt; /* from 1 */
	struct hash hash;
	struct u256 max_fee_wei;
	struct u256 max_priority_fee_wei;
	uint64_t gas_limit;
	uint64_t signed_at_eth_block;
	uint64_t signed_at; /* wall time, seconds */
};

NODISCARD bool
operator_store_put_root_transaction(struct operator_store *store,
				    uint64_t nonce,
				    const struct root_transaction *transaction,
				    struct bytes raw, struct error *error);

/* The last one of a nonce; its bytes are appended to `raw`. */
NODISCARD bool
operator_store_last_root_transaction(struct operator_store *store, bool *found,
				     struct root_transaction *transaction,
				     struct growing_buffer *raw, uint64_t nonce,
				     struct error *error);

/* The head when the first one of a nonce was signed. */
NODISCARD bool operator_store_first_signed_at(struct operator_store *store,
					      bool *found,
					      uint64_t *eth_block_number,
					      uint64_t nonce,
					      struct error *error);

/* All that were signed from `since` on, in seconds of wall time, in order of
 * nonce and attempt; on the heap, to be freed with memory_free(). */
NODISCARD bool operator_store_root_transactions_since_new(
	struct operator_store *store, struct root_transaction **out,
	size_t *count, uint64_t since, struct error *error);

/* How far a mirror has the bodies; 0: it has none. */
NODISCARD bool operator_store_put_mirror(struct operator_store *store,
					 const char *name, uint64_t blknum,
					 struct error *error);
NODISCARD bool operator_store_mirror(struct operator_store *store,
				     uint64_t *blknum, const char *name,
				     struct error *error);

struct stored_deposit {
	uint64_t blknum;
	struct output output;
	uint64_t eth_block_number;
	uint32_t log_index;
	uint64_t credited; /* 0: not final yet */
};

/* Lists on the heap, to be freed with memory_free(). */
NODISCARD bool operator_store_deposits_new(struct operator_store *store,
					   struct stored_deposit **deposits,
					   size_t *count, struct error *error);
NODISCARD bool operator_store_deposits_from_new(
	struct operator_store *store, struct stored_deposit **deposits,
	size_t *count, uint64_t eth_block_number, struct error *error);
NODISCARD bool operator_store_deposits_to_credit_new(
	struct operator_store *store, struct stored_deposit **deposits,
	size_t *count, uint64_t eth_block_number, struct error *error);
NODISCARD bool operator_store_freezes_from_new(struct operator_store *store,
					       struct position **positions,
					       size_t *count,
					       uint64_t eth_block_number,
					       struct error *error);

/* A coin that was frozen; by the start of an in-flight exit, with the hash of
 * its transaction, or by anything else. */
struct stored_freeze {
	struct position position;
	bool is_in_flight;
	struct hash hash;
};

/* Those of the eth_blocks behind `after` up to `eth_block_number`. */
NODISCARD bool operator_store_freezes_between_new(
	struct operator_store *store, struct stored_freeze **freezes,
	size_t *count, uint64_t after, uint64_t eth_block_number,
	struct error *error);
NODISCARD bool operator_store_deposits_credited(struct operator_store *store,
						uint64_t *count,
						struct error *error);

/* What follows happens between begin and commit: all of it or nothing. */
NODISCARD bool operator_store_begin(struct operator_store *store,
				    struct error *error);
NODISCARD bool operator_store_commit(struct operator_store *store,
				     struct error *error);
void operator_store_abandon(struct operator_store *store);

/* Inserts or replaces; what is replaced stays credited if it was. */
NODISCARD bool operator_store_put_deposit(struct operator_store *store,
					  const struct stored_deposit *deposit,
					  struct error *error);
NODISCARD bool operator_store_credit_deposit(struct operator_store *store,
					     uint64_t blknum, uint64_t credited,
					     struct error *error);
NODISCARD bool operator_store_delete_deposit(struct operator_store *store,
					     uint64_t blknum,
					     struct error *error);
NODISCARD bool operator_store_put_freeze(struct operator_store *store,
					 uint64_t eth_block_number,
					 uint32_t log_index,
					 struct position position,
					 struct error *error);
NODISCARD bool operator_store_put_in_flight_exit(struct operator_store *store,
						 uint64_t eth_block_number,
						 uint32_t log_index,
						 const struct hash *hash,
						 struct bytes raw,
						 struct error *error);
NODISCARD bool operator_store_in_flight_exit(struct operator_store *store,
					     bool *found,
					     struct growing_buffer *raw,
					     const struct hash *hash,
					     struct error *error);

struct stored_piggyback {
	uint64_t eth_block_number;
	uint32_t log_index;
	struct hash hash;
	uint32_t output_index;
};

NODISCARD bool
operator_store_put_piggyback(struct operator_store *store,
			     const struct stored_piggyback *piggyback,
			     struct error *error);
NODISCARD bool operator_store_piggybacks_new(struct operator_store *store,
					     struct stored_piggyback **out,
					     size_t *count,
					     struct error *error);
NODISCARD bool
operator_store_resolve_piggyback(struct operator_store *store,
				 const struct stored_piggyback *piggyback,
				 struct error *error);

/* Forgets freezes, in-flight exits and piggybacks of this eth_block and later
 * ones. */
NODISCARD bool operator_store_undo_exits(struct operator_store *store,
					 uint64_t eth_block_number,
					 struct error *error);

/* Everything before this place has been read. */
struct root_cursor {
	uint64_t eth_block_number;
	uint32_t log_index;
	uint64_t generation;
};

NODISCARD bool operator_store_cursor(struct operator_store *store, bool *found,
				     struct root_cursor *cursor,
				     struct error *error);
NODISCARD bool operator_store_put_cursor(struct operator_store *store,
					 const struct root_cursor *cursor,
					 struct error *error);

#endif
