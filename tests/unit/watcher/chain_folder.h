/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_WATCHER_CHAIN_FOLDER_H
#define PLASMA_TESTS_UNIT_WATCHER_CHAIN_FOLDER_H

/* A folder with a watcher.db for one test, and values to put in it. */

#include <stdint.h>

#include "common/chain/output.h"
#include "common/chain/position.h"
#include "common/store/database.h"
#include "watcher/watcher_store.h"

extern char chain_folder[32];
extern struct database *chain_database; /* open for writing */
extern const struct watcher_network chain_network;

/* Fixture of a test case. */
void chain_folder_set_up(void);
void chain_folder_tear_down(void);

/* The account all of whose bytes are `byte`. */
struct address account_of(uint8_t byte);

/* An output of `units` wei for account_of(owner). */
struct output output_of(uint8_t owner, uint64_t units);

struct position position_at(uint64_t blknum, uint32_t txindex, uint32_t oindex);

/* A deposit in an eth_block of that number, its bytes known. */
struct watched_deposit deposit_of(uint64_t blknum, uint8_t owner,
				  uint64_t units, uint64_t eth_block_number);

/* A pending block committed at 1000 seconds per thousand of its number. */
struct watched_block block_of(uint64_t blknum, uint64_t eth_block_number);

#endif
