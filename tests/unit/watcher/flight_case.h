/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_WATCHER_FLIGHT_CASE_H
#define PLASMA_TESTS_UNIT_WATCHER_FLIGHT_CASE_H

/* One exit in flight and what is known of it, made anew for each test: Alice's
 * 5 ETH and Bob's 7 T become Carol's 5 ETH and Dave's 7 T. */

#include "common/chain/exit_id.h"
#include "tests/unit/watcher/flights.h"

#define IN(i) (i)
#define OUT(j) ((j) + IN_FLIGHT_OUTPUT_SLOT)
#define LATE 82800 /* min(82800, 604800 / 7) */
#define HALF (FLIGHT_PERIOD / 2)
#define DUE ((uint64_t)FLIGHT_START + FLIGHT_PERIOD)

extern struct address us;
extern struct exit_world world;
extern struct exit_findings findings;
extern struct payment payment;
extern struct payment rival;	 /* spends Alice's coin as its input 1 */
extern struct payment of_output; /* spends Carol's output */
extern struct in_flight_exit exit_of;
extern struct in_flight_exit_case flight;
extern struct known_spend spends[4];
extern struct known_spend own_spend;

void flight_case_set_up(void);
void flight_case_tear_down(void);

void judge_flight(void);
size_t count_of(enum event_kind kind);
const struct exit_finding *find(enum event_kind kind);
const struct exit_response *response(enum action_kind kind);
bool halts(void);

/* The known spends of one slot. */
void known(unsigned int slot, const struct known_spend *list, size_t count);

/* The flight stands there, in a block that was applied or not. */
void include(bool applied, struct position position);

#endif
