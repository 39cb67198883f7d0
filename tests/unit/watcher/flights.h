/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_WATCHER_FLIGHTS_H
#define PLASMA_TESTS_UNIT_WATCHER_FLIGHTS_H

/*
 * Payments with real signatures and exits of them, for tests of the exit game:
 * everybody is a letter, whose key is known.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/chain/protocol.h"
#include "common/keys/signature.h"
#include "watcher/exit_processor.h"
#include "watcher/inflight_exit.h"
#include "watcher/known_spend.h"

#define FLIGHT_PERIOD 604800
#define FLIGHT_START 10000000

/* The key, the account and, for 'T' and later, the token of a letter. */
struct secret secret_of_letter(char letter);
struct address account_of_letter(char letter);
struct token token_of_letter(char letter); /* 'E' is ETH */

struct hash flight_domain(void);

/* An output of `units` of a token for somebody. */
struct output output_for(char owner, char token, uint64_t units);

struct position place_at(uint64_t blknum, uint32_t txindex, uint32_t oindex);

struct payment {
	struct transaction transaction;
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	size_t raw_len;
	struct hash hash;
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	/* What it spends, and the transactions that made that. */
	struct output spent[PROTOCOL_MAX_INPUTS];
	uint8_t sources[PROTOCOL_MAX_INPUTS][PROTOCOL_MAX_RAW_SIZE];
	size_t source_lens[PROTOCOL_MAX_INPUTS];
};

/* One input: `units` of a token of `owner` at `position`. Coins of operator
 * blocks come from a payment whose other outputs are worthless. */
struct spent_coin {
	struct position position;
	char owner;
	char token;
	uint64_t units;
};

void payment_make(struct payment *out, const struct spent_coin *coins,
		  size_t coin_count, const struct output *outputs,
		  size_t output_count, uint8_t tag);

struct bytes payment_raw(const struct payment *payment);

/* A known spend of the coin that input `input` of the payment spends. */
struct known_spend spend_by(const struct payment *payment, size_t input);
struct known_spend spend_at(const struct payment *payment, size_t input,
			    struct position position);
struct known_spend spend_applied(const struct payment *payment, size_t input,
				 struct position position, uint64_t time);

/* The event that starts its exit; views into the payment. */
struct in_flight_exit_started_event flight_event(const struct payment *payment,
						 char initiator);

/* A life that started at FLIGHT_START, its youngest input old. */
void flight_start(struct in_flight_exit *out, const struct payment *payment);

/* Logs of it. */
void flight_queue(struct in_flight_exit *exit, uint64_t exitable_at);
void flight_piggyback(struct in_flight_exit *exit, unsigned int slot,
		      uint64_t time);
void flight_block(struct in_flight_exit *exit, unsigned int slot);
void flight_challenge(struct in_flight_exit *exit, char challenger,
		      const struct position *position, uint64_t time);
void flight_respond(struct in_flight_exit *exit, char responder,
		    struct position position);
void flight_withdraw(struct in_flight_exit *exit, unsigned int slot);

#endif
