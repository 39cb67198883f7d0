/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_WATCHER_BLOCK_FOLDER_H
#define PLASMA_TESTS_UNIT_WATCHER_BLOCK_FOLDER_H

/*
 * Blocks as an operator commits them, bodies in a folder, and what the loop
 * makes of them. Alice has the deposit 1 (1000 wei), Bob 2; deposit 3 is
 * Alice's and has left. Block 1000 is valid: Alice pays 600 to herself and 390
 * to Bob, with a fee of 10 that nobody claims.
 */

#define LIMIT 7200
#define COMMITTED_AT 100000

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/keys/secret.h"
#include "tests/support/hostile/forge.h"
#include "watcher/block_loop.h"

#define LIMIT 7200
#define COMMITTED_AT 100000

extern struct secret key; /* Alice's */
extern struct address alice;
extern struct hash domain;
extern struct body_store *bodies;
extern struct ledger_store *ledger;
extern struct block_loop *loop;
extern struct pass_facts facts;		/* of the last pass */
extern struct block_loop_report report; /* too */
extern char mirror[64];			/* a folder that is asked second */

/* Fixture of a test case. */
void block_folder_set_up(void);
void block_folder_tear_down(void);

void put_deposit(uint64_t blknum, const struct address *owner);

/* A signed payment of Alice's. */
void add_payment(struct forge *forge, struct position input,
		 const struct output *outputs, size_t count);

struct forge new_forge(uint64_t blknum);

/* Where the first source finds it, or another folder. */
void write_body(const struct hash *root, struct bytes body);
void write_body_to(const char *folder, const struct hash *root,
		   struct bytes body);

/* The root chain gets the block; its body is served unless withheld. */
struct hash commit_block(struct forge *forge, bool served);
void commit_first_block(void);

/* One pass, with this head time and final eth_block. */
void pass_at(uint64_t now, uint64_t final_number);

struct watched_block block_at(uint64_t blknum);
struct watched_coin coin_at(struct position position, bool *found);

#endif
