/* SPDX-License-Identifier: MIT */
#include "watcher/exit_store.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/exit_id.h"
#include "common/chain/priority.h"
#include "common/chain/transaction_codec.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/inflight_store.h"
#include "watcher/payout_store.h"
#include "watcher/queue_store.h"
#include "watcher/watcher_store.h"

/* ---- standard exits: writing ---- */

/* What the log does not say of the exit that it starts. */
static bool output_of(struct output *out,
		      const struct exit_started_event *event)
{
	struct transaction transaction;
	uint32_t oindex = position_oindex(event->position);
	enum verdict verdict =
		blknum_is_deposit(position_blknum(event->position))
			? transaction_decode_deposit(&transaction,
						     event->output_tx)
			: transaction_decode(&transaction, event->output_tx);

	if (verdict != VERDICT_VALID || oindex >= transaction.output_count)
		return false;
	*out = transaction.outputs[oindex];
	return true;
}

/* exitableAt comes from the priority that was queued; were there none, by the
 * formula of protocol.md 4 without the block's time, which is never too late.
 */
static bool start(const struct exit_store_terms *terms,
		  const struct snapshot_event *event, struct error *error)
{
	struct database *database = terms->sources.database;
	const struct exit_started_event *started =
		&event->event.as.exit_started;
	struct output output;
	uint64_t exitable_at;
	bool found;

	/* A contract without our rules lets outputs exit that no block of ours
	 * can have: of another type, or of bytes that we refuse. */
	if (!output_of(&output, started)) {
		memset(&output, 0, sizeof(output));
		output.owner = started->owner;
	}
	if (!queue_store_name(database, &found, &exitable_at, &started->exit_id,
			      &output.token, error))
		return false;
	if (!found)
		exitable_at = exitable_at_standard(true, event->time.seconds, 0,
						   terms->exit_period);
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_STANDARD_EXIT);
	statement_bind_u64(row, 1, event->log.eth_block_number);
	statement_bind_u64(row, 2, event->log.log_index);
	statement_bind_exit_id(row, 3, &started->exit_id);
	statement_bind_u64(row, 4, started->position.packed);
	statement_bind_u64(row, 5, output.type);
	statement_bind_address(row, 6, &output.owner);
	statement_bind_address(row, 7, &output.token.address);
	statement_bind_u256(row, 8, amount_to_u256(output.amount));
	statement_bind_bytes(row, 9, started->output_tx);
	statement_bind_u64(row, 10, event->time.seconds);
	statement_bind_u64(row, 11, exitable_at);
	return statement_run(row, error);
}

static bool challenge(struct database *database,
		      const struct snapshot_event *event, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_CHALLENGE_STANDARD_EXIT);

	statement_bind_u64(row, 1,
			   event->event.as.exit_challenged.position.packed);
	statement_bind_u64(row, 2, event->log.eth_block_number);
	statement_bind_u64(row, 3, event->time.seconds);
	return statement_run(row, error);
}

static bool end(struct database *database, const struct snapshot_event *event,
		bool paid, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_END_STANDARD_EXIT);

	statement_bind_exit_id(row, 1, &event->event.as.exit_ended.exit_id);
	statement_bind_u64(row, 2, event->log.eth_block_number);
	statement_bind_u64(row, 3, event->time.seconds);
	statement_bind_u64(row, 4, paid);
	return statement_run(row, error);
}

static bool put_payout(struct database *database,
		       const struct snapshot_event *event,
		       struct position position, struct error *error)
{
	struct payout payout = {
		.place = { event->log.eth_block_number, event->log.log_index },
		.exit_id = event->event.as.exit_ended.exit_id,
		.time = event->time.seconds,
		.has_position = true,
		.position = position,
	};

	return payout_store_put(database, &payout, error);
}

/* "flag the output with this id; […] ExitFinalized(exitId)" */
static bool finalize(const struct exit_store_terms *terms,
		     const struct snapshot_event *event, struct error *error)
{
	struct database *database = terms->sources.database;
	const struct exit_id *id = &event->event.as.exit_ended.exit_id;
	uint64_t eth_block = event->log.eth_block_number;
	struct recorded_standard_exit recorded;
	struct growing_buffer raw;
	bool found;

	if (!exit_store_standard(database, &found, &recorded, id, error))
		return false;
	if (!found)
		return error_set(error, ERROR_IO,
				 "an exit was finalised that never started");
	growing_buffer_init(&raw, SIZE_MAX / 2);
	bool ok = exit_store_output_tx(database, &raw, recorded.place, error);
	if (ok) {
		struct hash hash = output_id(growing_buffer_view(&raw),
					     recorded.exit.position);

		ok = inflight_store_flag(database, &hash, id, eth_block, error);
	}
	growing_buffer_clear(&raw);
	return ok &&
	       put_payout(database, event, recorded.exit.position, error) &&
	       watcher_store_put_exited(database, recorded.exit.position,
					eth_block, event->log.log_index, id,
					true, error) &&
	       end(database, event, true, error);
}

/* ---- queues ---- */

/* In-flight exits whose entry leaves without a log of its own are processed
 * here; the others are known already. */
static bool processed(const struct exit_store_terms *terms,
		      const struct snapshot_event *event, struct error *error)
{
	struct database *database = terms->sources.database;
	const struct processed_exits_num_event *done =
		&event->event.as.processed_exits_num;
	struct exit_id *ids;
	size_t popped;
	uint64_t count;

	if (!u256_to_u64(&count, done->processed))
		count = INT64_MAX;
	if (!queue_store_pop_new(database, &ids, &popped, &done->token, count,
				 event->log.eth_block_number, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < popped; i++) {
		if (exit_id_is_in_flight(&ids[i]))
			ok = inflight_store_processed(terms, event, &ids[i],
						      &done->token, i, error);
	}
	memory_free(ids);
	return ok;
}

/* ---- every kind ---- */

static bool apply_in_flight(const struct exit_store_terms *terms,
			    const struct snapshot_event *event,
			    struct error *error)
{
	switch ((int)event->event.kind) {
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGE_RESPONDED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_BLOCKED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_FINALIZED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_DELETED:
		return inflight_store_apply(terms, event, error);
	}
	return true;
}

bool exit_store_apply(const struct exit_store_terms *terms,
		      const struct snapshot_event *event, struct error *error)
{
	struct database *database = terms->sources.database;

	assert(database_in_transaction(database));
	if (event->verdict != CONTRACT_EVENT_VALID)
		return true;
	switch ((int)event->event.kind) {
	case CONTRACT_EVENT_EXIT_QUEUED:
		return queue_store_put(database, event, error);
	case CONTRACT_EVENT_PROCESSED_EXITS_NUM:
		return processed(terms, event, error);
	case CONTRACT_EVENT_EXIT_STARTED:
		return start(terms, event, error);
	case CONTRACT_EVENT_EXIT_CHALLENGED:
		return challenge(database, event, error);
	case CONTRACT_EVENT_EXIT_FINALIZED:
		return finalize(terms, event, error);
	case CONTRACT_EVENT_EXIT_OMITTED:
		return end(database, event, false, error);
	case CONTRACT_EVENT_CREDIT_ADDED:
	case CONTRACT_EVENT_CREDIT_CLAIMED:
	case CONTRACT_EVENT_SHORTFALL:
	case CONTRACT_EVENT_EXIT_QUEUE_ADDED:
	case CONTRACT_EVENT_STANDARD_EXIT_BOND_UPDATED:
	case CONTRACT_EVENT_IFE_BOND_UPDATED:
	case CONTRACT_EVENT_PIGGYBACK_BOND_UPDATED:
		return payout_store_put_notice(database, event, error);
	}
	return apply_in_flight(terms, event, error);
}

bool exit_store_undo(struct database *database, uint64_t first,
		     struct error *error)
{
	static const char *const steps[] = {
		SQL_WATCHER_UNDO_STANDARD_EXITS,
		SQL_WATCHER_UNDO_STANDARD_CHALLENGES,
		SQL_WATCHER_UNDO_STANDARD_ENDS,
		SQL_WATCHER_UNDO_IN_FLIGHT_EXITS,
		SQL_WATCHER_UNDO_IN_FLIGHT_ENDS,
		SQL_WATCHER_UNDO_IN_FLIGHT_LOGS,
		SQL_WATCHER_UNDO_QUEUE_ENTRIES,
		SQL_WATCHER_UNDO_QUEUE_REMOVALS,
		SQL_WATCHER_UNDO_FINALISED_OUTPUTS,
		SQL_WATCHER_UNDO_PAYOUTS,
		SQL_WATCHER_UNDO_CREDITS,
		SQL_WATCHER_UNDO_EXIT_NOTICES,
	};

	assert(database_in_transaction(database));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct statement *row = statement_begin(database, steps[i]);

		statement_bind_u64(row, 1, first);
		if (!statement_run(row, error))
			return false;
	}
	return true;
}

/* ---- standard exits: reading ---- */

static bool read_standard(void *element, struct statement *row,
			  struct error *error)
{
	struct recorded_standard_exit *out = element;
	struct standard_exit *exit = &out->exit;
	struct u256 amount;

	memset(out, 0, sizeof(*out));
	out->place.eth_block_number = statement_u64(row, 0);
	out->place.log_index = (uint32_t)statement_u64(row, 1);
	if (!statement_exit_id(&exit->id, row, 2, error) ||
	    !statement_address(&exit->output.owner, row, 5, error) ||
	    !statement_address(&exit->output.token.address, row, 6, error) ||
	    !statement_u256(&amount, row, 7, error))
		return false;
	if (!position_from_packed(&exit->position, statement_u64(row, 3)))
		return error_set(error, ERROR_IO,
				 "watcher.db: an exit is of no position");
	exit->output.type = (uint8_t)statement_u64(row, 4);
	exit->output.amount = amount_from_u256(amount);
	exit->started_at = statement_u64(row, 8);
	exit->exitable_at = statement_u64(row, 9);
	if (!statement_is_null(row, 10))
		out->challenged_at = statement_u64(row, 10);
	if (!statement_is_null(row, 11))
		out->ended_at = statement_u64(row, 11);
	exit->status = STANDARD_EXIT_LIVE;
	if (out->ended_at != 0)
		exit->status = statement_u64(row, 12) != 0
				       ? STANDARD_EXIT_PAID
				       : STANDARD_EXIT_OMITTED;
	else if (out->challenged_at != 0)
		exit->status = STANDARD_EXIT_CHALLENGED;
	return true;
}

bool exit_store_alive_standard_new(struct database *database,
				   struct recorded_standard_exit **out,
				   size_t *count, struct error *error)
{
	*out = statement_rows_new(
		count, sizeof(**out),
		statement_begin(database, SQL_WATCHER_ALIVE_STANDARD_EXITS),
		read_standard, error);
	return *out != NULL;
}

bool exit_store_all_standard_new(struct database *database,
				 struct recorded_standard_exit **out,
				 size_t *count, size_t limit,
				 struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_ALL_STANDARD_EXITS);

	statement_bind_u64(row, 1, limit);
	*out = statement_rows_new(count, sizeof(**out), row, read_standard,
				  error);
	return *out != NULL;
}

bool exit_store_standard(struct database *database, bool *found,
			 struct recorded_standard_exit *out,
			 const struct exit_id *id, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_STANDARD_EXIT);

	statement_bind_exit_id(row, 1, id);
	return statement_read(found, out, row, read_standard, error);
}

bool exit_store_standard_of_output(struct database *database, bool *found,
				   struct recorded_standard_exit *out,
				   struct position position,
				   struct error *error)
{
	struct statement *row = statement_begin(
		database, SQL_WATCHER_STANDARD_EXIT_OF_POSITION);

	statement_bind_u64(row, 1, position.packed);
	return statement_read(found, out, row, read_standard, error);
}

bool exit_store_output_tx(struct database *database, struct growing_buffer *raw,
			  struct exit_place place, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_STANDARD_EXIT_OUTPUT_TX);

	statement_bind_u64(row, 1, place.eth_block_number);
	statement_bind_u64(row, 2, place.log_index);
	enum statement_result result = statement_step(row, error);
	bool ok = result == STATEMENT_ROW &&
		  growing_buffer_put(raw, statement_bytes(row, 0));
	statement_end(row);
	return ok || (result != STATEMENT_FAILED &&
		      error_set(error, ERROR_IO,
				"watcher.db: an exit has no transaction"));
}
