/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_SOAK_OPERATOR_WORLD_H
#define PLASMA_TESTS_SOAK_OPERATOR_WORLD_H

/*
 * The world of operator_walk: the operator's real state and files, and beside
 * them an account book of its own, which knows of every coin what it is and not
 * only where it stands. Every block is judged by the rules that watchers have
 * against that book.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/chain/ledger.h"
#include "common/chain/transaction.h"
#include "operator/operator_step.h"
#include "operator/recovery_store.h"

#define OWNERS 4
#define MAX_COINS 4096
#define MAX_PAID 1024
#define MAX_DEPOSITS 256
#define MAX_EXITS 1024

/* What a coin is, wherever it stands: an output of a transaction, or a deposit
 * with this content. */
struct coin_name {
	struct hash hash;
	uint32_t oindex;
};

/* A coin of a committed block or of a deposit that was credited. */
struct coin {
	struct position position;
	struct output output;
	struct coin_name name;
	bool is_spent;
	bool is_gone; /* a deposit that was taken back */
};

enum paid_state { PAID_NOT, PAID_WAITS, PAID_DROPPED, PAID_COMMITTED };

/* A payment that was signed; its inputs are meant to be `sources`. */
struct paid {
	struct hash hash;
	struct transaction transaction;
	struct coin_name sources[PROTOCOL_MAX_INPUTS];
	uint8_t bytes[PROTOCOL_MAX_SIGNED_SIZE];
	size_t len;
	enum paid_state state;
	struct position at; /* while it waits */
	unsigned int signers[PROTOCOL_MAX_INPUTS];
	bool is_seen; /* for counting */
};

struct deposit {
	uint64_t blknum;
	struct output output;
	uint64_t eth_block;
	uint64_t credited; /* 0: not yet */
	bool is_gone;
};

struct exit_log {
	struct position position;
	uint64_t eth_block;
};

struct operator_world {
	struct operator_state *state;
	struct operator_effects effects;
	struct recovery_source source;
	char folder[64];
	struct operator_settings settings;
	uint64_t now_ms;
	uint64_t head; /* eth_block */
	uint64_t newest_blknum;
	uint64_t credited;
	bool is_halted;
	bool is_fixed;	     /* the next block is, and not committed */
	bool is_broken;	     /* the root chain took back what a block spends */
	bool is_sound;	     /* what the last step said */
	const char *refusal; /* what the last step said; NULL: none */
	struct fee_price prices[2];
	struct fee_table fees;
	struct ledger *truth; /* for those who judge */
	uint64_t supply[2];   /* of each token */
	struct coin coins[MAX_COINS];
	size_t coin_count;
	struct paid paid[MAX_PAID];
	size_t paid_count;
	struct deposit deposits[MAX_DEPOSITS];
	size_t deposit_count;
	struct exit_log exits[MAX_EXITS];
	size_t exit_count;
};

extern struct operator_world world;
extern const struct address world_framework;

/* Ends the walk: prints what is wrong and from which seed. */
extern uint64_t walk_seed;
extern uint64_t walk_step;
extern uint64_t blocks_judged;
extern uint64_t payments_dropped;
void world_fail(const char *what);
void world_expect(bool holds, const char *what);
void world_expect_ok(bool ok, const struct error *error);

void world_begin(void);
void world_end(void);
void world_remove_files(void);

struct address world_owner(unsigned int index);
struct token world_token(unsigned int index);
struct hash world_domain(void);
uint64_t world_units(struct amount amount);

/* The deposit is final, or is not on the root chain any more. */
void world_credit(const struct deposit *deposit);
void world_revoke(const struct deposit *deposit);

/* What stands at a position for who looks at the operator's state: false if
 * nothing can be spent there. */
bool world_look(struct position position, struct output *output,
		struct coin_name *name);
bool world_is_frozen(struct position position);

/* The transaction of a committed block that made the coin at a position; where
 * a coin of a transaction stands that no committed or fixed block spends. */
bool world_hash_at(struct hash *hash, struct position position);
bool world_find_unspent(struct position *position, const struct hash *hash,
			uint32_t oindex);
size_t world_waiting(void);

/* Makes a signed payment of owner[i] for input i; NULL if there are too many.
 */
struct paid *world_sign(const struct transaction *transaction,
			const unsigned int *signers);

/* Whether the book says that the operator has to take it now. */
bool world_must_take(const struct paid *paid, const unsigned int *signers);

/* One step of the real state, and what the book makes of its effects. */
void world_step(const struct operator_event *event, struct paid *paid);

/* Every payment that waits stands in one place, in the order in which they were
 * accepted, and nothing else does. Then, of those that were dropped: whether
 * each had to be, and no other is gone. */
void world_read_places(void);
void world_drop(struct paid *paid);
void world_judge_dropped(const struct paid *const *dropped, size_t count);

/* The next block is fixed: is what it spends free of exits? It is committed: is
 * it valid, and does each payment spend what it was signed for? */
void world_look_at_fixed(void);
void world_commit(bool and_crash);

/* The operator ends here and starts again from its files. */
void world_restart(void);
void world_checkpoint(void);

/* The operator's ledger is what the book says. */
void world_compare_ledger(void);

#endif
