/* SPDX-License-Identifier: MIT */
#include "tests/unit/watcher/flight_case.h"

#include <string.h>

struct address us;
struct exit_world world;
struct exit_findings findings;

/* Alice's 5 ETH and Bob's 7 T become Carol's 5 ETH and Dave's 7 T. */
struct payment payment;
struct payment rival;	  /* spends Alice's coin as its input 1 */
struct payment of_output; /* spends Carol's output */
struct in_flight_exit exit_of;
struct in_flight_exit_case flight;
struct known_spend spends[4];
struct known_spend own_spend;

void flight_case_set_up(void)
{
	struct spent_coin coins[] = {
		{ place_at(3000, 7, 1), 'A', 'E', 5 },
		{ place_at(2001, 0, 0), 'B', 'T', 7 },
	};
	struct spent_coin rivals[] = {
		{ place_at(1001, 0, 0), 'M', 'E', 2 },
		{ place_at(3000, 7, 1), 'A', 'E', 5 },
	};
	struct spent_coin later = { place_at(5000, 3, 0), 'C', 'E', 5 };
	struct output outputs[] = { output_for('C', 'E', 5),
				    output_for('D', 'T', 7) };

	payment_make(&payment, coins, 2, outputs, 2, 1);
	payment_make(&rival, rivals, 2, outputs, 1, 2);
	payment_make(&of_output, &later, 1, outputs, 1, 3);
	flight_start(&exit_of, &payment);
	memset(&flight, 0, sizeof(flight));
	flight.exit = &exit_of;
	for (size_t i = 0; i < IN_FLIGHT_SLOTS; i++)
		flight.queued_for[i] = UINT64_MAX;
	us = account_of_letter('W');
	world = (struct exit_world){
		.now = FLIGHT_START + 60,
		.exit_period = FLIGHT_PERIOD,
		.has_extensions = true,
		.owners = &us,
		.owner_count = 1,
		.accounts = &us,
		.account_count = 1,
	};
	memset(&findings, 0, sizeof(findings));
}

void flight_case_tear_down(void)
{
	exit_findings_clear(&findings);
}

void judge_flight(void)
{
	exit_findings_clear(&findings);
	exit_processor_judge_in_flight(&findings, &world, &flight);
}

size_t count_of(enum event_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < findings.count; i++)
		count += findings.of[i].has_event &&
			 findings.of[i].event == kind;
	return count;
}

const struct exit_finding *find(enum event_kind kind)
{
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.of[i].has_event && findings.of[i].event == kind)
			return &findings.of[i];
	}
	return NULL;
}

const struct exit_response *response(enum action_kind kind)
{
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.of[i].has_response &&
		    findings.of[i].response.kind == kind)
			return &findings.of[i].response;
	}
	return NULL;
}

bool halts(void)
{
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.of[i].has_event &&
		    findings.of[i].class == EVENT_CLASS_HALT)
			return true;
	}
	return false;
}

void known(unsigned int slot, const struct known_spend *list, size_t count)
{
	flight.spends[slot].of = list;
	flight.spends[slot].count = count;
}

void include(bool applied, struct position position)
{
	flight.place.kind = BLOCK_PLACE_KNOWN;
	flight.place.position = position;
	flight.in_applied_block = applied;
	flight.block_time = FLIGHT_START - 100;
}
