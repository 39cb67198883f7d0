/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_WATCHER_STORE_H
#define PLASMA_WATCHER_WATCHER_STORE_H

/*
 * The verified chain in DATADIR/watcher.db: blocks, deposits, coins by packed
 * position and who spent them. Rows name their eth_block, so that what a
 * reorganisation takes away can be undone and told again (protocol.md 12).
 *
 * One thread of one process writes, inside database_begin() and _commit();
 * others read through a connection of their own. Functions that only read work
 * on both.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/chain/exit_id.h"
#include "common/chain/ledger.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "common/chain/verdict.h"
#include "common/store/database.h"

/* The directory of bodies in DATADIR, of bad blocks too: they are evidence. */
#define WATCHER_STORE_BODIES "bodies"

struct watcher_network {
	uint64_t chain_id;
	struct address plasma_framework;
};

/* Opens DATADIR/watcher.db for writing, making it for this network.
 * ERROR_CONFIG: it is about another network. Close with database_close(). */
NODISCARD bool watcher_store_open(struct database **out, const char *datadir,
				  const struct watcher_network *network,
				  struct error *error);

/* The least that a watcher can do with, in MiB, and what it does with unless it
 * is said. */
#define WATCHER_STORE_LEAST_MEMORY 64

/* Keeps as much of watcher.db in memory as a watcher that may take `mib` MiB
 * has room for. */
NODISCARD bool watcher_store_set_memory(struct database *database, uint64_t mib,
					struct error *error);

/* Opens it for reading. ERROR_NO_INPUT: it is not there. */
NODISCARD bool watcher_store_open_reader(struct database **out,
					 const char *datadir,
					 struct error *error);

/* How far the events of the root chain were read. */
struct watcher_cursor {
	uint64_t eth_block_number; /* everything before this place */
	uint32_t log_index;
	uint64_t generation;
	uint64_t head_number;
	struct hash head_hash;
	struct root_time head_time;
	bool final_known;
	uint64_t final_number;
	struct hash final_hash;
	struct wall_time last_good_poll;
	struct wall_time head_first_seen;
};

NODISCARD bool watcher_store_cursor(struct database *database, bool *found,
				    struct watcher_cursor *cursor,
				    struct error *error);
NODISCARD bool watcher_store_put_cursor(struct database *database,
					const struct watcher_cursor *cursor,
					struct error *error);

/* The numbers are stored. */
enum block_state {
	BLOCK_STATE_PENDING = 1,  /* no body, or not judged yet */
	BLOCK_STATE_APPLIED = 2,  /* valid, its coins are in the table */
	BLOCK_STATE_INVALID = 3,  /* a rule is broken for good */
	BLOCK_STATE_WITHHELD = 4, /* no good body within the limit */
	BLOCK_STATE_EVIDENCE = 5 /* behind a bad block: body kept, not judged */
};

/* An operator block as the root chain has it, and what came of it. */
struct watched_block {
	uint64_t blknum;
	struct hash root;
	struct root_time time;
	uint64_t eth_block_number;
	uint32_t log_index;
	struct hash eth_block_hash;
	enum block_state state;
	enum verdict verdict; /* broken so far, or VALID */
	bool has_tx_index;
	uint32_t tx_index;
	bool has_body; /* the body store holds it */
	uint32_t transaction_count;
	bool was_tried;
	struct root_time first_tried;
	uint64_t failed_rounds; /* full rounds over all sources */
};

NODISCARD bool watcher_store_block(struct database *database, bool *found,
				   struct watched_block *block, uint64_t blknum,
				   struct error *error);

/* At most `capacity` operator blocks from number `from` on, ascending. */
NODISCARD bool watcher_store_blocks(struct database *database,
				    struct watched_block *blocks, size_t *count,
				    size_t capacity, uint64_t from,
				    struct error *error);

/* The same of those that are not applied. */
NODISCARD bool watcher_store_open_blocks(struct database *database,
					 struct watched_block *blocks,
					 size_t *count, size_t capacity,
					 uint64_t from, struct error *error);

/* The same of those whose body is not held; behind a halt of those, too, that
 * are not marked as evidence yet. */
NODISCARD bool watcher_store_blocks_to_keep(struct database *database,
					    struct watched_block *blocks,
					    size_t *count, size_t capacity,
					    uint64_t from, bool halted,
					    struct error *error);

/* The newest applied block; `found` false before the first. */
NODISCARD bool watcher_store_newest_applied(struct database *database,
					    bool *found,
					    struct watched_block *block,
					    struct error *error);

/* The newest operator block that the root chain has. */
NODISCARD bool watcher_store_newest_seen(struct database *database, bool *found,
					 struct watched_block *block,
					 struct error *error);

/* True in `repeated` if an operator block before `blknum` has this root. */
NODISCARD bool watcher_store_root_repeated(struct database *database,
					   bool *repeated,
					   const struct hash *root,
					   uint64_t blknum,
					   struct error *error);

/* Writes a block, new or changed. */
NODISCARD bool watcher_store_put_block(struct database *database,
				       const struct watched_block *block,
				       struct error *error);

/* A deposit block. */
struct watched_deposit {
	uint64_t blknum;
	struct output output;
	struct hash root;
	struct root_time time;
	uint64_t eth_block_number;
	uint32_t log_index;
	struct hash eth_block_hash;
	struct hash eth_transaction_hash;
	bool bytes_known;
	size_t raw_len;
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
};

NODISCARD bool watcher_store_deposit(struct database *database, bool *found,
				     struct watched_deposit *deposit,
				     uint64_t blknum, struct error *error);

/* Writes a deposit and its coin. One of this number with another content is
 * replaced. */
NODISCARD bool watcher_store_put_deposit(struct database *database,
					 const struct watched_deposit *deposit,
					 struct error *error);

/* Writes the bytes of a deposit that is stored without them. */
NODISCARD bool
watcher_store_put_deposit_bytes(struct database *database,
				const struct watched_deposit *deposit,
				struct error *error);

/* A coin and what became of it. */
struct watched_coin {
	struct position position;
	struct output output;
	enum coin_state state;	 /* EXITED wins over SPENT */
	bool has_spender;	 /* in an applied block */
	struct position spender; /* position of the spending transaction */
	bool exited;		 /* by an exit at this log: */
	uint64_t exited_eth_block;
	uint32_t exited_log_index;
	struct exit_id exit_id;
	bool exit_paid; /* else only flagged */
};

/* `found` false: no applied block and no deposit made it. */
NODISCARD bool watcher_store_coin(struct database *database, bool *found,
				  struct watched_coin *coin,
				  struct position position,
				  struct error *error);

/* Coins of a watched owner from `from` on, ascending, at most `capacity`; with
 * `unspent_only` those that are neither spent nor exited. */
NODISCARD bool watcher_store_own_coins(struct database *database,
				       struct watched_coin *coins,
				       size_t *count, size_t capacity,
				       const struct address *owner,
				       struct position from, bool unspent_only,
				       struct error *error);

/* How many coins of watched owners are neither spent nor exited. */
NODISCARD bool watcher_store_own_count(struct database *database,
				       uint64_t *count, struct error *error);

/* The same of any owner, unspent ones only: reads the whole table. */
NODISCARD bool watcher_store_scan_coins(struct database *database,
					struct watched_coin *coins,
					size_t *count, size_t capacity,
					const struct address *owner,
					struct position from,
					struct error *error);

/* Position of a transaction of a watched owner by its hash; of several the
 * newest. */
NODISCARD bool watcher_store_own_transaction(struct database *database,
					     bool *found,
					     struct position *position,
					     const struct hash *hash,
					     struct error *error);

/* Records that an exit flagged an output at this log, and paid it or not. The
 * first flag stays; a later payment under the same exit id marks it paid. Used
 * by exit_store, in the order of the logs. */
NODISCARD bool watcher_store_put_exited(struct database *database,
					struct position position,
					uint64_t eth_block_number,
					uint32_t log_index,
					const struct exit_id *exit_id,
					bool paid, struct error *error);

/* What a vault owes of a token: the unspent coins that no exit flagged, and the
 * pots that nobody claimed. */
struct watched_total {
	struct token token;
	struct amount owed;
};

/* At most `capacity`, ascending by token; `count` is how many there are. */
NODISCARD bool watcher_store_totals(struct database *database,
				    struct watched_total *totals, size_t *count,
				    size_t capacity, struct error *error);

/* Makes `owners` the watched ones; indexes the coins of new ones, and what pays
 * them outside applied blocks, which reads the whole tables once. */
NODISCARD bool watcher_store_watch(struct database *database,
				   const struct address *owners, size_t count,
				   struct error *error);

/* The last pass. */
struct watcher_pass {
	struct wall_time completed_at; /* of the last complete one; 0: none */
	uint64_t head_number;
	struct root_time head_time;
	unsigned int severity;
	char line[512];
};

NODISCARD bool watcher_store_last_pass(struct database *database, bool *found,
				       struct watcher_pass *pass,
				       struct error *error);
NODISCARD bool watcher_store_put_last_pass(struct database *database,
					   const struct watcher_pass *pass,
					   struct error *error);

#endif
