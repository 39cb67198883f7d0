/* SPDX-License-Identifier: MIT */
#include "watcher/inflight_store.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/payout_store.h"
#include "watcher/queue_store.h"
#include "watcher/watcher_store.h"

/*
 * Rows of in_flight_logs are logs as they are but for two kinds:
 *
 *   LOG_QUEUED     exitableAt, 8 bytes, of the entry that the next log made
 *   LOG_PROCESSED  token (20), side (1), paid slots (2), cleared slots (2),
 *                  1 if the life ends (1)
 *
 * All numbers are big-endian.
 */
#define LOG_PROCESSED 0
#define LOG_QUEUED CONTRACT_EVENT_EXIT_QUEUED
#define QUEUED_SIZE 8
#define PROCESSED_SIZE 26

/* A log is the last of what is derived at its place. */
#define SEQUENCE_OF_LOG 1000000

/* ---- replaying a life ---- */

static bool read_log(struct eth_log *log, struct statement *row)
{
	struct bytes topics = statement_bytes(row, 2);

	memset(log, 0, sizeof(*log));
	if (topics.len > sizeof(log->topics) || topics.len % 32 != 0)
		return false;
	log->topic_count = topics.len / 32;
	if (topics.len > 0)
		memcpy(log->topics, topics.data, topics.len);
	log->data = statement_bytes(row, 3);
	return true;
}

static uint64_t number_of(const uint8_t *at, size_t len)
{
	uint64_t number = 0;

	for (size_t i = 0; i < len; i++)
		number = number << 8 | at[i];
	return number;
}

static bool replay_processed(struct in_flight_exit *exit, struct bytes data)
{
	struct in_flight_processing done = { 0 };
	struct token token;

	if (data.len != PROCESSED_SIZE ||
	    data.data[20] > IN_FLIGHT_SIDE_OUTPUTS)
		return false;
	memcpy(token.address.bytes, data.data, 20);
	done.side = (enum in_flight_side)data.data[20];
	done.paid = (uint16_t)number_of(data.data + 21, 2);
	done.cleared = (uint16_t)number_of(data.data + 23, 2);
	done.ends = data.data[25] != 0;
	in_flight_exit_process(exit, &token, &done);
	return true;
}

/* One row: derived, the start, or another log. */
static bool replay_row(struct in_flight_exit *exit, struct statement *row,
		       const struct in_flight_terms *terms)
{
	uint64_t kind = statement_u64(row, 0);
	struct contract_event event;
	struct eth_log log;

	if (kind == LOG_PROCESSED)
		return replay_processed(exit, statement_bytes(row, 3));
	if (kind == LOG_QUEUED) {
		struct bytes data = statement_bytes(row, 3);

		if (data.len != QUEUED_SIZE)
			return false;
		exit->queued_for = number_of(data.data, QUEUED_SIZE);
		return true;
	}
	if (!read_log(&log, row) ||
	    contract_event_decode(&event, &log) != CONTRACT_EVENT_VALID)
		return false;
	if (event.kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED)
		return in_flight_exit_start(
			exit, &event.as.in_flight_exit_started, terms);
	in_flight_exit_apply(exit, &event, statement_u64(row, 1));
	return true;
}

static bool replay(struct database *database,
		   struct recorded_in_flight_exit *out,
		   const struct in_flight_terms *terms, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_IN_FLIGHT_LOGS);
	enum statement_result result;
	bool good = true;

	memset(&out->exit, 0, sizeof(out->exit));
	statement_bind_u64(row, 1, out->place.eth_block_number);
	statement_bind_u64(row, 2, out->place.log_index);
	while (good && (result = statement_step(row, error)) == STATEMENT_ROW)
		good = replay_row(&out->exit, row, terms);
	statement_end(row);
	if (!good || out->exit.life == 0)
		return error_set(error, ERROR_IO,
				 "watcher.db: an in-flight exit cannot be "
				 "replayed");
	return result == STATEMENT_DONE;
}

/* ---- what a life needs from elsewhere ---- */

static bool lives_before(struct database *database, uint64_t *lives,
			 const struct exit_id *id, struct exit_place place,
			 struct error *error)
{
	struct statement *row = statement_begin(
		database, SQL_WATCHER_IN_FLIGHT_EXITS_OF_ID_BEFORE);

	statement_bind_exit_id(row, 1, id);
	statement_bind_u64(row, 2, place.eth_block_number);
	statement_bind_u64(row, 3, place.log_index);
	enum statement_result result = statement_step(row, error);
	if (result == STATEMENT_ROW)
		*lives = statement_u64(row, 0);
	statement_end(row);
	return result == STATEMENT_ROW;
}

/* Pay-outs have the slot + 1; under one id they are all of one side. */
static bool paid_before(struct database *database, enum in_flight_side *side,
			const struct exit_id *id, struct exit_place place,
			struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PAID_SIDE_BEFORE);

	*side = IN_FLIGHT_SIDE_OPEN;
	statement_bind_exit_id(row, 1, id);
	statement_bind_u64(row, 2, place.eth_block_number);
	statement_bind_u64(row, 3, place.log_index);
	enum statement_result result = statement_step(row, error);
	if (result == STATEMENT_ROW && !statement_is_null(row, 0))
		*side = statement_u64(row, 0) > IN_FLIGHT_OUTPUT_SLOT
				? IN_FLIGHT_SIDE_OUTPUTS
				: IN_FLIGHT_SIDE_INPUTS;
	statement_end(row);
	return result != STATEMENT_FAILED;
}

static unsigned int slot_of(const struct contract_event *event)
{
	unsigned int index = event->as.in_flight_exit_slot.index;

	if (event->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED ||
	    event->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED)
		index += IN_FLIGHT_OUTPUT_SLOT;
	return index;
}

/* Slots that somebody blocked in lives before. */
static bool blocked_before(struct database *database, uint16_t *slots,
			   const struct exit_id *id, struct exit_place place,
			   struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_BLOCKED_BEFORE);
	enum statement_result result;

	*slots = 0;
	statement_bind_exit_id(row, 1, id);
	statement_bind_u64(row, 2, place.eth_block_number);
	statement_bind_u64(row, 3, place.log_index);
	statement_bind_u64(row, 4, CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_BLOCKED);
	statement_bind_u64(row, 5,
			   CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED);
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		struct contract_event event;
		struct eth_log log;
		unsigned int slot;

		if (!read_log(&log, row) ||
		    contract_event_decode(&event, &log) != CONTRACT_EVENT_VALID)
			continue;
		slot = slot_of(&event);
		if (slot < IN_FLIGHT_SLOTS)
			*slots |= (uint16_t)(1u << slot);
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

/* A row of in_flight_exits; replayed by load(). */
struct life_row {
	struct exit_place place;
	struct exit_id id;
	uint64_t started_at;
	uint64_t youngest_block_time;
};

static bool read_life(void *element, struct statement *row, struct error *error)
{
	struct life_row *out = element;

	if (!statement_exit_id(&out->id, row, 2, error))
		return false;
	out->place.eth_block_number = statement_u64(row, 0);
	out->place.log_index = (uint32_t)statement_u64(row, 1);
	out->started_at = statement_u64(row, 3);
	out->youngest_block_time = statement_u64(row, 4);
	return true;
}

static bool load(struct database *database, struct recorded_in_flight_exit *out,
		 const struct life_row *life, uint64_t exit_period,
		 struct error *error)
{
	struct in_flight_terms terms = {
		.started_at = life->started_at,
		.youngest_block_time = life->youngest_block_time,
		.exit_period = exit_period,
	};
	uint64_t lives;

	out->place = life->place;
	if (!lives_before(database, &lives, &life->id, life->place, error) ||
	    !paid_before(database, &terms.paid_side, &life->id, life->place,
			 error) ||
	    !blocked_before(database, &terms.blocked, &life->id, life->place,
			    error))
		return false;
	terms.life = (unsigned int)lives + 1;
	return replay(database, out, &terms, error);
}

/* ---- reading ---- */

bool inflight_store_newest(struct database *database, bool *found,
			   struct recorded_in_flight_exit *out,
			   const struct exit_id *id, uint64_t exit_period,
			   struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_IN_FLIGHT_EXIT);
	struct life_row life;

	statement_bind_exit_id(row, 1, id);
	return statement_read(found, &life, row, read_life, error) &&
	       (!*found || load(database, out, &life, exit_period, error));
}

bool inflight_store_alive_new(struct database *database,
			      struct recorded_in_flight_exit **out,
			      size_t *count, uint64_t exit_period,
			      struct error *error)
{
	struct life_row *lives = statement_rows_new(
		count, sizeof(*lives),
		statement_begin(database, SQL_WATCHER_ALIVE_IN_FLIGHT_EXITS),
		read_life, error);

	if (lives == NULL)
		return false;
	struct recorded_in_flight_exit *list =
		*count == 0 ? NULL : memory_new(*count, sizeof(*list));
	bool ok = true;
	for (size_t i = 0; ok && i < *count; i++)
		ok = load(database, &list[i], &lives[i], exit_period, error);
	memory_free(lives);
	if (!ok) {
		memory_free(list);
		return false;
	}
	*out = list;
	return true;
}

bool inflight_store_start(struct database *database, struct arena *arena,
			  struct in_flight_exit_started_event *out,
			  struct exit_place place, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_IN_FLIGHT_LOGS);
	struct contract_event event;
	struct eth_log log;

	statement_bind_u64(row, 1, place.eth_block_number);
	statement_bind_u64(row, 2, place.log_index);
	enum statement_result result = statement_step(row, error);
	bool good = result == STATEMENT_ROW && read_log(&log, row);
	if (good) {
		log.data = arena_copy(arena, log.data);
		good = log.data.data != NULL &&
		       contract_event_decode(&event, &log) ==
			       CONTRACT_EVENT_VALID &&
		       event.kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED;
	}
	statement_end(row);
	if (good)
		*out = event.as.in_flight_exit_started;
	return good || (result != STATEMENT_FAILED &&
			error_set(error, ERROR_IO,
				  "watcher.db: an in-flight exit has no "
				  "beginning"));
}

static bool finalisation_of(struct database *database, enum finalisation *out,
			    const struct hash *output_id,
			    const struct exit_id *by, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_FINALISED_OUTPUT);

	*out = FINALISATION_NONE;
	statement_bind_bytes(row, 1, bytes_view(output_id->bytes, 32));
	enum statement_result result = statement_step(row, error);
	if (result == STATEMENT_ROW)
		*out = bytes_equal(statement_bytes(row, 0),
				   bytes_view(by->bytes, sizeof(by->bytes)))
			       ? FINALISATION_OWN
			       : FINALISATION_FOREIGN;
	statement_end(row);
	return result != STATEMENT_FAILED;
}

bool inflight_store_finalised(struct database *database,
			      enum finalisation out[IN_FLIGHT_SLOTS],
			      const struct in_flight_exit *exit,
			      struct error *error)
{
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		out[i] = FINALISATION_NONE;
		if (in_flight_exit_has(exit, i) &&
		    !finalisation_of(database, &out[i],
				     &exit->slots[i].output_id, &exit->id,
				     error))
			return false;
	}
	return true;
}

/* ---- writing ---- */

static bool put_row(struct database *database, struct exit_place life,
		    const struct snapshot_event *event, uint64_t sequence,
		    uint64_t kind, struct bytes topics, struct bytes data,
		    struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_IN_FLIGHT_LOG);

	statement_bind_u64(row, 1, life.eth_block_number);
	statement_bind_u64(row, 2, life.log_index);
	statement_bind_u64(row, 3, event->log.eth_block_number);
	statement_bind_u64(row, 4, event->log.log_index);
	statement_bind_u64(row, 5, sequence);
	statement_bind_u64(row, 6, kind);
	statement_bind_u64(row, 7, event->time.seconds);
	statement_bind_bytes(row, 8, topics);
	statement_bind_bytes(row, 9, data);
	return statement_run(row, error);
}

static bool put_log(struct database *database, struct exit_place life,
		    const struct snapshot_event *event, struct error *error)
{
	return put_row(
		database, life, event, SEQUENCE_OF_LOG, event->event.kind,
		bytes_view(event->log.topics, event->log.topic_count * 32),
		event->log.data, error);
}

static bool put_processed(struct database *database, struct exit_place life,
			  const struct snapshot_event *event, uint64_t sequence,
			  const struct token *token,
			  const struct in_flight_processing *done,
			  struct error *error)
{
	uint8_t data[PROCESSED_SIZE];
	struct writer writer = writer_of(data, sizeof(data));

	writer_put(&writer, bytes_view(token->address.bytes, 20));
	writer_put_byte(&writer, (uint8_t)done->side);
	writer_put_number(&writer, done->paid, 2);
	writer_put_number(&writer, done->cleared, 2);
	writer_put_byte(&writer, done->ends);
	return put_row(database, life, event, sequence, LOG_PROCESSED,
		       bytes_view(NULL, 0), writer_view(&writer), error);
}

bool inflight_store_flag(struct database *database,
			 const struct hash *output_id, const struct exit_id *id,
			 uint64_t eth_block_number, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_FINALISED_OUTPUT);

	statement_bind_bytes(row, 1, bytes_view(output_id->bytes, 32));
	statement_bind_exit_id(row, 2, id);
	statement_bind_u64(row, 3, eth_block_number);
	return statement_run(row, error);
}

/* The position of a slot's output in the verified chain; an output has one only
 * where the transaction stands in an applied block. */
static bool position_of_slot(const struct exit_store_terms *terms, bool *found,
			     struct position *position,
			     const struct in_flight_exit *exit,
			     unsigned int slot, struct error *error)
{
	struct known_inclusion inclusion;

	*found = slot < IN_FLIGHT_OUTPUT_SLOT;
	if (*found) {
		*position = exit->transaction.inputs[slot];
		return true;
	}
	if (!known_store_inclusion(&terms->sources, &inclusion,
				   &exit->transaction, &exit->transaction_hash,
				   error))
		return false;
	*found = inclusion.applied &&
		 position_make(position,
			       position_blknum(inclusion.place.position),
			       position_txindex(inclusion.place.position),
			       slot - IN_FLIGHT_OUTPUT_SLOT);
	return true;
}

/* Finalises the outputs of the slots in `bits`, of which those in `paid` left a
 * vault at this log. */
static bool finalise_slots(const struct exit_store_terms *terms,
			   const struct snapshot_event *event,
			   const struct in_flight_exit *exit, uint16_t bits,
			   uint16_t paid, struct error *error)
{
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		struct position position;
		bool found;

		if ((bits >> i & 1) == 0)
			continue;
		if (!inflight_store_flag(terms->sources.database,
					 &exit->slots[i].output_id, &exit->id,
					 event->log.eth_block_number, error) ||
		    !position_of_slot(terms, &found, &position, exit, i, error))
			return false;
		if (found &&
		    !watcher_store_put_exited(terms->sources.database, position,
					      event->log.eth_block_number,
					      event->log.log_index, &exit->id,
					      (paid >> i & 1) != 0, error))
			return false;
	}
	return true;
}

/* ---- the beginning ---- */

static bool youngest_time(struct database *database, uint64_t *time,
			  const struct in_flight_exit_started_event *started,
			  struct error *error)
{
	struct position youngest = started->input_positions[0];
	struct watched_deposit deposit;
	struct watched_block block;
	bool found;

	for (size_t i = 1; i < started->input_count; i++) {
		if (position_compare(started->input_positions[i], youngest) > 0)
			youngest = started->input_positions[i];
	}
	*time = 0;
	if (blknum_is_deposit(position_blknum(youngest))) {
		if (!watcher_store_deposit(database, &found, &deposit,
					   position_blknum(youngest), error))
			return false;
		if (found)
			*time = deposit.time.seconds;
		return true;
	}
	if (!watcher_store_block(database, &found, &block,
				 position_blknum(youngest), error))
		return false;
	if (found)
		*time = block.time.seconds;
	return true;
}

/* Whoever starts an in-flight exit shows a signed transaction. */
static bool remember(struct database *database, struct bytes raw,
		     const struct bytes *witnesses, size_t count,
		     enum known_source source, struct error *error)
{
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (witnesses[i].len == SIGNATURE_SIZE)
			memcpy(signatures[kept++].bytes, witnesses[i].data,
			       SIGNATURE_SIZE);
	}
	return known_store_put(database, raw, signatures, kept, source, NULL,
			       error);
}

static bool start(const struct exit_store_terms *terms,
		  const struct snapshot_event *event, struct error *error)
{
	struct database *database = terms->sources.database;
	const struct in_flight_exit_started_event *started =
		&event->event.as.in_flight_exit_started;
	struct exit_place place = { event->log.eth_block_number,
				    event->log.log_index };
	struct exit_id id = exit_id_in_flight(started->in_flight_tx);
	struct in_flight_terms unknown = { .exit_period = terms->exit_period,
					   .life = 1 };
	struct in_flight_exit exit;
	uint64_t time;

	/* Other contracts than ours take transactions that no block of ours can
	 * have. They stay evidence; their exit cannot be played. */
	if (!remember(database, started->in_flight_tx, started->witnesses,
		      started->input_count, KNOWN_SOURCE_EXIT, error))
		return false;
	if (!in_flight_exit_start(&exit, started, &unknown))
		return true;
	if (!youngest_time(database, &time, started, error))
		return false;
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_IN_FLIGHT_EXIT);
	statement_bind_u64(row, 1, place.eth_block_number);
	statement_bind_u64(row, 2, place.log_index);
	statement_bind_exit_id(row, 3, &id);
	statement_bind_bytes(row, 4,
			     bytes_view(started->transaction_hash.bytes, 32));
	statement_bind_u64(row, 5, event->time.seconds);
	statement_bind_u64(row, 6, time);
	return statement_run(row, error) &&
	       put_log(database, place, event, error);
}

/* ---- later logs ---- */

static bool piggybacked(const struct exit_store_terms *terms,
			const struct snapshot_event *event,
			const struct recorded_in_flight_exit *recorded,
			struct error *error)
{
	struct database *database = terms->sources.database;
	unsigned int index = slot_of(&event->event);
	uint64_t exitable_at;
	uint8_t number[QUEUED_SIZE];
	bool found;

	if (!in_flight_exit_has(&recorded->exit, index))
		return true;
	if (!queue_store_name(database, &found, &exitable_at,
			      &recorded->exit.id,
			      &recorded->exit.slots[index].output.token, error))
		return false;
	if (found) {
		struct writer writer = writer_of(number, sizeof(number));

		writer_put_number(&writer, exitable_at, QUEUED_SIZE);
		if (!put_row(database, recorded->place, event, 0, LOG_QUEUED,
			     bytes_view(NULL, 0), writer_view(&writer), error))
			return false;
	}
	return put_log(database, recorded->place, event, error);
}

static bool challenged(struct database *database,
		       const struct snapshot_event *event,
		       const struct recorded_in_flight_exit *recorded,
		       struct error *error)
{
	const struct in_flight_exit_challenged_event *challenge =
		&event->event.as.in_flight_exit_challenged;

	return remember(database, challenge->competing_tx,
			&challenge->competing_tx_witness, 1,
			KNOWN_SOURCE_CHALLENGE, error) &&
	       put_log(database, recorded->place, event, error);
}

static bool withdrawn(const struct exit_store_terms *terms,
		      const struct snapshot_event *event,
		      const struct recorded_in_flight_exit *recorded,
		      struct error *error)
{
	struct database *database = terms->sources.database;
	const struct in_flight_exit *exit = &recorded->exit;
	unsigned int slot = event->event.as.in_flight_exit_withdrawn.index;
	struct payout payout = {
		.place = { event->log.eth_block_number, event->log.log_index },
		.exit_id = exit->id,
		.in_flight = true,
		.time = event->time.seconds,
	};

	if (event->event.kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN)
		slot += IN_FLIGHT_OUTPUT_SLOT;
	if (!in_flight_exit_has(exit, slot))
		return true;
	payout.slot = slot;
	return position_of_slot(terms, &payout.has_position, &payout.position,
				exit, slot, error) &&
	       finalise_slots(terms, event, exit,
			      in_flight_exit_flagged_with(exit, slot),
			      (uint16_t)(1u << slot), error) &&
	       payout_store_put(database, &payout, error) &&
	       put_log(database, recorded->place, event, error);
}

static bool process_silently(const struct exit_store_terms *terms,
			     const struct snapshot_event *event,
			     const struct recorded_in_flight_exit *recorded,
			     const struct token *token, uint64_t sequence,
			     struct error *error)
{
	enum finalisation finalised[IN_FLIGHT_SLOTS];

	if (!inflight_store_finalised(terms->sources.database, finalised,
				      &recorded->exit, error))
		return false;
	struct in_flight_processing done = in_flight_exit_foresee(
		&recorded->exit, token, event->time.seconds, finalised);
	if (done.omitted)
		return true;
	/* What was paid has a log of its own, before this one. */
	done.paid = 0;
	return finalise_slots(terms, event, &recorded->exit, done.flagged, 0,
			      error) &&
	       put_processed(terms->sources.database, recorded->place, event,
			     sequence, token, &done, error);
}

/* The entry whose processing ended the life has shown itself by withdrawals,
 * or is the one that clears all bits. */
static bool finalized(const struct exit_store_terms *terms,
		      const struct snapshot_event *event,
		      const struct recorded_in_flight_exit *recorded,
		      struct error *error)
{
	static const enum finalisation none[IN_FLIGHT_SLOTS];
	const struct in_flight_exit *exit = &recorded->exit;

	for (size_t i = 0; i < exit->entry_count; i++) {
		const struct in_flight_entry *entry = &exit->entries[i];
		struct in_flight_processing done = in_flight_exit_foresee(
			exit, &entry->token, event->time.seconds, none);

		if (entry->processed || done.omitted || !done.ends)
			continue;
		return process_silently(terms, event, recorded, &entry->token,
					0, error);
	}
	return true;
}

static bool ended(struct database *database, const struct snapshot_event *event,
		  const struct recorded_in_flight_exit *recorded,
		  struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_END_IN_FLIGHT_EXIT);

	statement_bind_exit_id(row, 1, &recorded->exit.id);
	statement_bind_u64(row, 2, event->log.eth_block_number);
	return statement_run(row, error) &&
	       put_log(database, recorded->place, event, error);
}

static struct exit_id id_of(const struct contract_event *event)
{
	switch ((int)event->kind) {
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED:
		return exit_id_in_flight_of_hash(
			&event->as.in_flight_exit_challenged.transaction_hash);
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGE_RESPONDED:
		return exit_id_in_flight_of_hash(
			&event->as.in_flight_exit_challenge_responded
				 .transaction_hash);
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN:
		return event->as.in_flight_exit_withdrawn.exit_id;
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_FINALIZED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_DELETED:
		return event->as.exit_ended.exit_id;
	}
	return exit_id_in_flight_of_hash(
		&event->as.in_flight_exit_slot.transaction_hash);
}

static bool apply_to(const struct exit_store_terms *terms,
		     const struct snapshot_event *event,
		     const struct recorded_in_flight_exit *recorded,
		     struct error *error)
{
	struct database *database = terms->sources.database;

	switch ((int)event->event.kind) {
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED:
		return piggybacked(terms, event, recorded, error);
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED:
		return challenged(database, event, recorded, error);
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN:
		return withdrawn(terms, event, recorded, error);
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_FINALIZED:
		return finalized(terms, event, recorded, error) &&
		       ended(database, event, recorded, error);
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_DELETED:
		return ended(database, event, recorded, error);
	}
	return put_log(database, recorded->place, event, error);
}

bool inflight_store_apply(const struct exit_store_terms *terms,
			  const struct snapshot_event *event,
			  struct error *error)
{
	struct recorded_in_flight_exit recorded;
	bool found;

	if (event->event.kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED)
		return start(terms, event, error);
	struct exit_id id = id_of(&event->event);
	if (!inflight_store_newest(terms->sources.database, &found, &recorded,
				   &id, terms->exit_period, error))
		return false;
	/* Of a life that could not be recorded. */
	if (!found || !in_flight_exit_is_live(&recorded.exit))
		return true;
	return apply_to(terms, event, &recorded, error);
}

bool inflight_store_processed(const struct exit_store_terms *terms,
			      const struct snapshot_event *event,
			      const struct exit_id *id,
			      const struct token *token, uint64_t sequence,
			      struct error *error)
{
	struct recorded_in_flight_exit recorded;
	bool found;

	if (!inflight_store_newest(terms->sources.database, &found, &recorded,
				   id, terms->exit_period, error))
		return false;
	if (!found || !in_flight_exit_is_live(&recorded.exit))
		return true;
	return process_silently(terms, event, &recorded, token, sequence,
				error);
}
