/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_SOAK_SLOW_GAME_H
#define PLASMA_TESTS_SOAK_SLOW_GAME_H

/*
 * The exit game of the contracts as a model that is slow and plain: what
 * protocol.md 7 and 8 say, with W9 to W11, over small numbers. Coins and
 * payments have numbers instead of bytes. Nothing is shared with watcher/.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOW_COINS 64
#define SLOW_PAYMENTS 40
#define SLOW_SIDE 2   /* inputs or outputs of a payment at most */
#define SLOW_TOKENS 2 /* 0 and 1 */
#define SLOW_QUEUE 400
#define SLOW_NONE (-1)

struct slow_coin {
	int owner;
	int token;
	uint64_t blknum; /* place: block and index of its transaction */
	uint32_t txindex;
	uint32_t oindex;
	uint64_t block_time;
	int spender;	   /* payment in a block, or SLOW_NONE */
	uint64_t spent_at; /* time of that block */
	int final_by;	   /* 2 * number for a standard exit of the coin, 2 *
			    * number + 1 for the flight of a payment */
	/* The standard exit of the coin. */
	bool se_alive;
	bool se_challenged;
	uint64_t se_started;
	uint64_t se_challenged_at;
	uint64_t frozen_at; /* an exit first started on it; 0: none ever */
};

struct slow_payment {
	int inputs[SLOW_SIDE]; /* coins */
	int input_count;
	int output_owner[SLOW_SIDE];
	int output_token[SLOW_SIDE];
	int outputs[SLOW_SIDE]; /* coins, once it is in a block */
	int output_count;
	bool known; /* its signatures were seen */
	bool included;
	uint64_t blknum;
	uint32_t txindex;
	uint64_t block_time;
	/* Flags of outputs that exist in no block. */
	bool output_final[SLOW_SIDE];
	/* Its flight. */
	bool alive;
	int life;
	uint64_t started;
	unsigned int map; /* bits as in the contract */
	bool canonical;
	/* 0 none, UINT64_MAX in no block, else place + 1. */
	uint64_t oldest;
	uint64_t challenged_at;
	int bond_owner;
	uint64_t due[SLOW_TOKENS]; /* of this life; 0: none */
	uint64_t joined_at[10];
	bool joined_ever[10]; /* in this life */
	int side;	      /* 0 open, 1 inputs, 2 outputs */
	int paid;	      /* the same, for ever */
};

struct slow_entry {
	uint64_t due;
	uint64_t place;
	int number; /* coin of a standard exit, payment of a flight */
	bool is_flight;
	int token;
};

struct slow_game {
	uint64_t now;
	uint64_t period;
	struct slow_coin coins[SLOW_COINS];
	int coin_count;
	struct slow_payment payments[SLOW_PAYMENTS];
	int payment_count;
	struct slow_entry queue[SLOW_QUEUE];
	int queue_count;
	uint64_t next_block;
};

/* Where the transaction stands that made a coin, and where a payment stands, as
 * one number in the order of places. */
uint64_t slow_place_of_coin(const struct slow_game *game, int coin);
uint64_t slow_place_of_payment(const struct slow_game *game, int payment);

/* Calls: false if the contract would revert. `by` is who calls. */
bool slow_start_standard(struct slow_game *game, int coin);
bool slow_challenge_standard(struct slow_game *game, int coin, int spend);
bool slow_start_flight(struct slow_game *game, int payment, int by);
bool slow_piggyback(struct slow_game *game, int payment, unsigned int slot,
		    bool *queued);
bool slow_challenge(struct slow_game *game, int payment, int rival,
		    bool with_place, int by);
bool slow_respond(struct slow_game *game, int payment, int by);
bool slow_block(struct slow_game *game, int payment, unsigned int slot,
		int spend);
bool slow_delete(struct slow_game *game, int payment);

/* An exit starts on the coin. */
void slow_freeze(struct slow_game *game, int coin);

/* What processing the first due entry of a token did. */
struct slow_processed {
	bool any;
	struct slow_entry entry;
	bool omitted;
	unsigned int paid;    /* slots, or 1 for a standard exit */
	unsigned int flagged; /* slots */
	unsigned int cleared;
	bool ended;
	int side;
};
struct slow_processed slow_process(struct slow_game *game, int token);

/* Owner and token of a slot, 0 to 4 inputs and 5 to 9 outputs; false if there
 * is none. */
bool slow_slot(const struct slow_game *game, int payment, unsigned int slot,
	       int *owner, int *token);

/* Input `input` of the payment that is this coin, or SLOW_NONE. */
int slow_input_of(const struct slow_payment *payment, int coin);

#endif
