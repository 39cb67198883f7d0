/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_SOAK_WALK_H
#define PLASMA_TESTS_SOAK_WALK_H

/* The world of exit_walk: the model, and beside it the watcher's values, which
 * are replayed from the logs that the contracts would emit. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/soak/slow_game.h"
#include "tests/unit/watcher/flights.h"

#define PERIOD 604800
#define LATE 82800
#define OPERATOR_LAG 7200
#define LOG_MAX 400
#define OWNERS 4
#define UNITS 5

enum log_kind { LOG_EVENT, LOG_PROCESSED };

struct log_entry {
	enum log_kind kind;
	uint64_t time;
	struct contract_event event;
	struct token token;
	struct in_flight_processing done;
};

struct flight_log {
	struct in_flight_terms terms;
	int starter;
	int count;
	struct log_entry entries[LOG_MAX];
};

struct walk {
	struct slow_game game;
	struct payment made[SLOW_PAYMENTS];
	struct in_flight_exit flights[SLOW_PAYMENTS];
	struct flight_log logs[SLOW_PAYMENTS];
	bool quiet;	/* the operator is honest, the watcher awake */
	bool is_hunted; /* and users try to make it halt */
};

/* Tells each step as a line "@ WHAT NUMBERS…", for who plays it elsewhere. The
 * last two numbers are whether the model took it, and its time. */
extern bool walk_tells;
void walk_tell(const char *what, bool taken, const int *numbers, size_t count);
#define WALK_TELL(what, taken, ...)                                            \
	walk_tell(what, taken, (const int[]){ __VA_ARGS__ },                   \
		  sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

extern struct walk walk;
extern struct walk before; /* what a reorganisation goes back to */
extern uint64_t random_state;
extern uint64_t step_number;

uint64_t walk_draw(uint64_t below);
int walk_pick(int below);
void walk_fail(const char *what, int number, unsigned int slot);
char walk_letter_of(int owner);
char walk_token_letter(int token);
struct position walk_position_of_coin(int coin);
void walk_begin_world(bool quiet, bool is_hunted);
void walk_new_payment(void);
void walk_include_payment(void);
void walk_replay_entry(struct in_flight_exit *exit,
		       const struct log_entry *entry);
void walk_begin_flight(int payment);
void walk_start_standard(int coin);
void walk_challenge_standard(int coin, int spend);
void walk_start_flight(int payment, int by);
void walk_piggyback(int payment, unsigned int slot);
bool walk_challenge(int payment, int rival, bool with_place, int by);
bool walk_answer_challenge(int payment, int by);
bool walk_block_slot(int payment, unsigned int slot, int spend);
bool walk_delete_flight(int payment);
void walk_finalised_of(enum finalisation out[IN_FLIGHT_SLOTS], int payment);
void walk_process(int token);

#endif
