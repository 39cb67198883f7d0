/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SNAPSHOT_SNAPSHOT_READER_H
#define PLASMA_COMMON_SNAPSHOT_SNAPSHOT_READER_H

/*
 * How operator, watcher and wallet see the root chain: the database that
 * plasma-rootchain writes (plasma-snapshot(5)). A reader takes one pass at a
 * time: between begin and end it sees one state, whatever the writer does.
 * It never writes, never waits for the writer and never makes the writer wait.
 *
 * All functions between begin and end assert that a pass is open. Views in
 * results are valid until the next call on the same reader.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/base/u256.h"
#include "common/chain/amount.h"
#include "common/ethereum/contract_events.h"
#include "common/ethereum/eth_log.h"
#include "common/service/network_file.h"

struct snapshot_reader;

/* Which chain and which contracts a snapshot is about. */
struct snapshot_identity {
	uint64_t chain_id;
	struct address plasma_framework;
	struct address eth_vault;
	struct address erc20_vault;
	struct address payment_exit_game;
	uint64_t deployment_block; /* eth_block; nothing older is followed */
	struct hash deployment_block_hash;
};

/* The one that a snapshot of this network has. */
struct snapshot_identity snapshot_identity_of(const struct network *network);

/* Opens read-only. With `expected` the snapshot has to be about exactly that
 * network, and its exit period, authority and extensions what the follower
 * found on the root chain (ERROR_BAD_INPUT names the first difference); NULL
 * takes any.
 * ERROR_NO_INPUT: no such file; ERROR_TRY_AGAIN: the follower has made the file
 * but not completed its first poll, try again; ERROR_BAD_INPUT: not a snapshot,
 * of another schema, damaged, or not what the digest beside it says
 * (snapshot_file.h); ERROR_PERMISSION, ERROR_IO: unreadable. Own with
 * snapshot_reader_close(). */
NODISCARD bool snapshot_reader_open(struct snapshot_reader **out,
				    const char *path,
				    const struct network *expected,
				    struct error *error);
void snapshot_reader_close(struct snapshot_reader *reader);

/* Whether a snapshot could be read now, is of this network, and its last good
 * poll is not older than `most_age` seconds before `now`: else ERROR_TRY_AGAIN,
 * or the errors of opening it. */
NODISCARD bool snapshot_reader_check(const char *path,
				     const struct network *network,
				     uint64_t now, uint64_t most_age,
				     struct error *error);

/* The network that the file says it is about. */
struct snapshot_identity
snapshot_reader_identity(const struct snapshot_reader *reader);

/* An eth_block that some part of the chain is judged by. */
struct snapshot_level {
	bool known; /* nodes of some development chains have no such tag */
	uint64_t number;
};

struct snapshot_head {
	uint64_t number; /* eth_block; at `latest` */
	struct hash hash;
	struct root_time time;
	struct snapshot_level safe;
	struct snapshot_level finalized; /* never above `safe` */
	struct wall_time last_good_poll; /* not covered by the digest */
	/* Raised by one by every reorganisation that undid an eth_block. */
	uint64_t generation;
	/* True once an eth_block at or below `finalized` was replaced; stays.
	 */
	bool finality_broken;
	/* Everything was proved, from the deployment on. */
	bool proofs;
	/* How many endpoints agreed at the last good poll, and how many the
	 * follower was told to want; fewer is a WARNING. */
	uint64_t agreeing;
	uint64_t quorum;
};

/* Opens a pass: one state until snapshot_reader_end(). */
NODISCARD bool snapshot_reader_begin(struct snapshot_reader *reader,
				     struct snapshot_head *head,
				     struct error *error);
void snapshot_reader_end(struct snapshot_reader *reader);

/* What happened since a reader last looked at generation `seen`: if anything
 * was undone, `first_undone` is the lowest eth_block that was, and everything
 * that was derived from it or from later ones has to be derived again. */
NODISCARD bool snapshot_reader_undone_since(struct snapshot_reader *reader,
					    bool *undone,
					    uint64_t *first_undone,
					    uint64_t seen, struct error *error);

/* The hash of a stored eth_block; `found` false outside of what is stored. The
 * same hash as last time is what shows that a point is still on the chain. */
NODISCARD bool snapshot_reader_eth_block(struct snapshot_reader *reader,
					 bool *found, struct hash *hash,
					 struct root_time *time,
					 uint64_t number, struct error *error);

/* RLP of a stored header. */
NODISCARD bool snapshot_reader_header(struct snapshot_reader *reader,
				      bool *found, struct bytes *header,
				      uint64_t number, struct error *error);

/* All receipts of a stored eth_block, each as the receipts trie holds it: an
 * RLP list of strings. `found` false: none are kept, for no log of the
 * contracts is in it, or the follower takes logs on trust. */
NODISCARD bool snapshot_reader_receipts(struct snapshot_reader *reader,
					bool *found, struct bytes *receipts,
					uint64_t number, struct error *error);

struct snapshot_event {
	struct eth_log log;	     /* raw, with its place */
	struct root_time time;	     /* of its eth_block */
	struct contract_event event; /* views into log.data */
	/* Not VALID: the contract emitted what it cannot emit; the event is
	 * then of kind UNKNOWN and somebody must look. */
	enum contract_event_verdict verdict;
};

enum snapshot_next {
	SNAPSHOT_NEXT_EVENT,
	SNAPSHOT_NEXT_END,   /* no further one at this head */
	SNAPSHOT_NEXT_FAILED /* see the error */
};

/* Starts at the first event at or behind (eth_block_number, log_index), in this
 * order; (0, 0) is the beginning. One walk at a time per reader. */
NODISCARD bool snapshot_reader_events_from(struct snapshot_reader *reader,
					   uint64_t eth_block_number,
					   uint32_t log_index,
					   struct error *error);

/* The next event of the walk; its views hold until the next call. */
NODISCARD enum snapshot_next
snapshot_reader_next_event(struct snapshot_reader *reader,
			   struct snapshot_event *event, struct error *error);

/* A child block as the framework stores it, operator's or deposit. */
struct snapshot_block {
	uint64_t blknum;
	struct hash root;
	struct root_time time; /* ts(b) of protocol.md */
	uint64_t eth_block_number;
	struct hash eth_block_hash;
	struct hash eth_transaction_hash;
	uint32_t log_index; /* of its BlockSubmitted or DepositCreated */
};

NODISCARD bool snapshot_reader_block(struct snapshot_reader *reader,
				     bool *found, struct snapshot_block *block,
				     uint64_t blknum, struct error *error);

/* The raw transaction of a deposit block (protocol.md 2.5). `found` false: no
 * such deposit; `known` false: its bytes could not be had
 * (deposit_bytes_unknown). */
NODISCARD bool snapshot_reader_deposit_tx(struct snapshot_reader *reader,
					  bool *found, bool *known,
					  struct bytes *raw, uint64_t blknum,
					  struct error *error);

/* The contracts' own state at the head. */
struct snapshot_state {
	uint64_t next_child_block;
	uint64_t next_deposit;
	uint64_t min_exit_period; /* seconds */
	uint64_t extensions;	  /* 0: no extension */
	struct address authority;
	struct amount standard_exit_bond_wei;
	struct amount standard_exit_bounty_wei;
	struct amount ife_bond_wei;
	struct amount piggyback_bond_wei;
	struct amount piggyback_bounty_wei;
};

NODISCARD bool snapshot_reader_state(struct snapshot_reader *reader,
				     struct snapshot_state *state,
				     struct error *error);

/* A token that ever had a minimum deposit or an exit queue. */
struct snapshot_token {
	struct token token;
	struct amount minimum_deposit; /* zero: deposits are refused */
	bool has_exit_queue;
	struct amount vault_balance;
	struct amount total_credits; /* of the vault */
};

NODISCARD bool snapshot_reader_token(struct snapshot_reader *reader,
				     bool *found, struct snapshot_token *out,
				     const struct token *token,
				     struct error *error);

/* All of them, ascending by address; at most `capacity` are written, `count`
 * is how many there are. */
NODISCARD bool snapshot_reader_tokens(struct snapshot_reader *reader,
				      struct snapshot_token *out, size_t *count,
				      size_t capacity, struct error *error);

/* keccak256 of the code of a contract named in the network file or registered
 * since; `found` false for any other. */
NODISCARD bool snapshot_reader_code_hash(struct snapshot_reader *reader,
					 bool *found, struct hash *code_hash,
					 const struct address *contract,
					 struct error *error);

#endif
