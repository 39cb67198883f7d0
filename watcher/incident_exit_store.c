/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/memory.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/exit_case_store.h"
#include "watcher/exit_want_store.h"
#include "watcher/incident_store.h"

/* Logs of one life that are shown. */
#define MOST_LOGS 256

static struct known_sources sources_of(const struct incident *incident)
{
	return (struct known_sources){
		.database = incident->sources->database,
		.bodies = incident->sources->bodies,
		.domain = incident->facts->domain,
	};
}

/* The log that paid: of an invalid_finalized_exit, by its key. */
static bool add_payout(struct incident *incident, struct error *error)
{
	struct payout *list;
	size_t count;

	if (incident->event->kind != EVENT_INVALID_FINALIZED_EXIT)
		return true;
	if (!payout_store_invalid_new(incident->sources->database, &list,
				      &count, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		char key[EXIT_KEY_SIZE];

		exit_want_store_key(key, &list[i].exit_id,
				    list[i].in_flight ? (int)list[i].slot : -1);
		if (strcmp(key, incident->event->key) == 0)
			ok = proof_store_log(incident,
					     list[i].place.eth_block_number,
					     list[i].place.log_index, error);
	}
	memory_free(list);
	return ok;
}

static bool add_standard(struct incident *incident,
			 const struct recorded_standard_exit *exit,
			 struct error *error)
{
	struct known_sources sources = sources_of(incident);
	struct known_spend_list spends;

	return proof_store_log(incident, exit->place.eth_block_number,
			       exit->place.log_index, error) &&
	       add_payout(incident, error) &&
	       known_store_spends(&sources, incident->arena, &spends,
				  exit->exit.position, &exit->exit.output.owner,
				  error) &&
	       proof_store_spend(incident, known_spend_best(&spends, NULL),
				 error);
}

/* ---- in-flight exits ---- */

/* All logs of the life: what was piggybacked, challenged and answered. */
static bool add_life(struct incident *incident, struct exit_place place,
		     struct error *error)
{
	struct statement *row = statement_begin(
		incident->sources->database, SQL_WATCHER_IN_FLIGHT_LOG_PLACES);
	struct exit_place *places = memory_new(MOST_LOGS, sizeof(*places));
	enum statement_result result;
	size_t count = 0;

	statement_bind_u64(row, 1, place.eth_block_number);
	statement_bind_u64(row, 2, place.log_index);
	while ((result = statement_step(row, error)) == STATEMENT_ROW &&
	       count < MOST_LOGS) {
		places[count].eth_block_number = statement_u64(row, 0);
		places[count++].log_index = (uint32_t)statement_u64(row, 1);
	}
	statement_end(row);
	if (result == STATEMENT_ROW)
		incident->evidence.is_complete = false;
	bool ok = result != STATEMENT_FAILED;
	for (size_t i = 0; ok && i < count; i++)
		ok = proof_store_log(incident, places[i].eth_block_number,
				     places[i].log_index, error);
	memory_free(places);
	return ok;
}

/* Where the transaction itself stands, without anybody's signature. */
static bool add_place(struct incident *incident,
		      const struct in_flight_exit_case *one,
		      struct error *error)
{
	return one->place.kind == BLOCK_PLACE_NONE ||
	       proof_store_transaction(incident, one->place.position, error);
}

static bool add_competitor(struct incident *incident,
			   const struct in_flight_exit_case *one,
			   struct error *error)
{
	unsigned int input;
	const struct known_spend *spend =
		exit_processor_competitor(one, &input);

	for (unsigned int i = 0; spend == NULL && i < IN_FLIGHT_OUTPUT_SLOT;
	     i++)
		spend = known_spend_best(&one->spends[i],
					 &one->exit->transaction_hash);
	return proof_store_spend(incident, spend, error);
}

/* What spends the slot; of a pay-out of an output, any of the inputs, too. */
static bool add_slot(struct incident *incident,
		     const struct in_flight_exit_case *one, struct error *error)
{
	unsigned int slot = incident->evidence.slot;
	const struct known_spend *spend = known_spend_best(
		&one->spends[slot], &one->exit->transaction_hash);

	return spend == NULL && slot >= IN_FLIGHT_OUTPUT_SLOT
		       ? add_competitor(incident, one, error)
		       : proof_store_spend(incident, spend, error);
}

static bool add_for_event(struct incident *incident,
			  const struct in_flight_exit_case *one,
			  struct error *error)
{
	if (!add_place(incident, one, error) || !add_payout(incident, error))
		return false;
	if (incident->event->kind == EVENT_INVALID_IFE_CHALLENGE)
		return true;
	return incident->evidence.has_slot
		       ? add_slot(incident, one, error)
		       : add_competitor(incident, one, error);
}

static bool add_in_flight(struct incident *incident,
			  const struct recorded_in_flight_exit *flight,
			  struct error *error)
{
	struct in_flight_exit_case *one = memory_new(1, sizeof(*one));
	struct exit_turn turn;

	memset(&turn, 0, sizeof(turn));
	turn.database = incident->sources->database;
	turn.bodies = incident->sources->bodies;
	turn.sources = sources_of(incident);
	turn.world.has_extensions = incident->facts->network->extensions != 0;
	turn.arena = incident->arena;
	bool ok = proof_store_log(incident, flight->place.eth_block_number,
				  flight->place.log_index, error) &&
		  add_life(incident, flight->place, error) &&
		  exit_case_store_in_flight(&turn, one, flight, error) &&
		  add_for_event(incident, one, error);
	memory_free(one);
	return ok;
}

bool incident_store_exit(struct incident *incident, struct error *error)
{
	struct database *database = incident->sources->database;
	const struct exit_id *id = &incident->evidence.exit_id;
	struct recorded_in_flight_exit *flight;
	struct recorded_standard_exit standard;
	bool found;

	if (!exit_id_is_in_flight(id)) {
		if (!exit_store_standard(database, &found, &standard, id,
					 error))
			return false;
		return !found || add_standard(incident, &standard, error);
	}
	flight = memory_new(1, sizeof(*flight));
	bool ok = inflight_store_newest(
		database, &found, flight, id,
		incident->facts->network->min_exit_period, error);
	if (ok && found)
		ok = add_in_flight(incident, flight, error);
	memory_free(flight);
	return ok;
}
