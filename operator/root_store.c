/* SPDX-License-Identifier: MIT */
#include "operator/root_store.h"

#include <string.h>

#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/chain/transaction_hash.h"
#include "operator/checkpoint_store.h"

/* Confirmations where the node knows no finalized block (protocol.md 12). */
#define CONFIRMATIONS_WITHOUT_TAG 64

struct root_store {
	struct snapshot_reader *snapshot;
	struct operator_store *store;
	const char *datadir;
	struct deposit_finality finality;
	struct operator_event *events;
	size_t event_count;
	size_t event_capacity;
	/* Deposits of undone eth_blocks, until they are seen again. */
	struct stored_deposit *undone;
	size_t undone_count;
	bool checkpoint_is_false; /* a credited deposit was revoked */
};

struct root_store *root_store_new(struct snapshot_reader *snapshot,
				  struct operator_store *store,
				  const char *datadir,
				  struct deposit_finality finality)
{
	struct root_store *reader = memory_new(1, sizeof(*reader));

	reader->snapshot = snapshot;
	reader->store = store;
	reader->datadir = datadir;
	reader->finality = finality;
	return reader;
}

void root_store_free(struct root_store *reader)
{
	if (reader == NULL)
		return;
	memory_free(reader->events);
	memory_free(reader->undone);
	memory_free(reader);
}

static struct operator_event *add_event(struct root_store *reader,
					enum operator_event_kind kind)
{
	if (reader->event_count == reader->event_capacity) {
		reader->event_capacity = 2 * reader->event_capacity + 64;
		reader->events =
			memory_resize(reader->events, reader->event_capacity,
				      sizeof(*reader->events));
	}
	struct operator_event *event = &reader->events[reader->event_count++];
	*event = (struct operator_event){ .kind = kind };
	return event;
}

/* Takes back what rests on undone eth_blocks. Deposits are only set aside: most
 * will be seen again in another eth_block. */
static bool undo_from(struct root_store *reader, uint64_t first_undone,
		      struct error *error)
{
	struct position *positions;
	size_t count;

	if (!operator_store_freezes_from_new(reader->store, &positions, &count,
					     first_undone, error))
		return false;
	for (size_t i = 0; i < count; i++)
		add_event(reader, OPERATOR_EVENT_THAWED)->as.position =
			positions[i];
	memory_free(positions);
	memory_free(reader->undone);
	reader->undone = NULL;
	return operator_store_undo_exits(reader->store, first_undone, error) &&
	       operator_store_deposits_from_new(reader->store, &reader->undone,
						&reader->undone_count,
						first_undone, error);
}

/* Takes the deposit with this number out of those set aside. */
static bool take_undone(struct root_store *reader, struct stored_deposit *out,
			uint64_t blknum)
{
	for (size_t i = 0; i < reader->undone_count; i++) {
		if (reader->undone[i].blknum != blknum)
			continue;
		*out = reader->undone[i];
		reader->undone[i] = reader->undone[--reader->undone_count];
		return true;
	}
	return false;
}

/* A deposit is gone from the root chain. */
static bool revoke(struct root_store *reader,
		   const struct stored_deposit *deposit, struct error *error)
{
	add_event(reader, OPERATOR_EVENT_DEPOSIT_REVOKED)->as.deposit.blknum =
		deposit->blknum;
	if (deposit->credited != 0) {
		if (!checkpoint_store_remove(reader->datadir, error))
			return false;
		reader->checkpoint_is_false = true;
	}
	return operator_store_delete_deposit(reader->store, deposit->blknum,
					     error);
}

static bool read_deposit(struct root_store *reader,
			 const struct snapshot_event *event,
			 struct error *error)
{
	const struct deposit_created_event *created =
		&event->event.as.deposit_created;
	struct stored_deposit deposit = {
		.blknum = created->blknum,
		.output = { PROTOCOL_OUTPUT_TYPE_PAYMENT, created->depositor,
			    created->token, created->amount },
		.eth_block_number = event->log.eth_block_number,
		.log_index = event->log.log_index,
	};
	struct stored_deposit before;

	if (take_undone(reader, &before, deposit.blknum)) {
		if (output_equal(&before.output, &deposit.output))
			return operator_store_put_deposit(reader->store,
							  &deposit, error);
		if (!revoke(reader, &before, error))
			return false;
	}
	add_event(reader, OPERATOR_EVENT_DEPOSIT_SEEN)->as.deposit.blknum =
		deposit.blknum;
	return operator_store_put_deposit(reader->store, &deposit, error);
}

static bool freeze(struct root_store *reader,
		   const struct snapshot_event *event, struct position position,
		   struct error *error)
{
	add_event(reader, OPERATOR_EVENT_FROZEN)->as.position = position;
	return operator_store_put_freeze(reader->store,
					 event->log.eth_block_number,
					 event->log.log_index, position, error);
}

static bool read_in_flight_exit(struct root_store *reader,
				const struct snapshot_event *event,
				struct error *error)
{
	const struct in_flight_exit_started_event *started =
		&event->event.as.in_flight_exit_started;
	struct hash hash = transaction_hash(started->in_flight_tx);

	for (size_t i = 0; i < started->input_count; i++) {
		if (!freeze(reader, event, started->input_positions[i], error))
			return false;
	}
	return operator_store_put_in_flight_exit(
		reader->store, event->log.eth_block_number,
		event->log.log_index, &hash, started->in_flight_tx, error);
}

static bool read_piggyback(struct root_store *reader,
			   const struct snapshot_event *event,
			   struct error *error)
{
	struct stored_piggyback piggyback = {
		event->log.eth_block_number, event->log.log_index,
		event->event.as.in_flight_exit_slot.transaction_hash,
		event->event.as.in_flight_exit_slot.index
	};

	return operator_store_put_piggyback(reader->store, &piggyback, error);
}

/* A root that we did not commit to means that somebody else has the key. */
static bool read_root(struct root_store *reader, struct root_news *news,
		      uint64_t blknum, const struct hash *root,
		      struct error *error)
{
	struct hash ours;
	bool found;

	if (!operator_store_signed_root(reader->store, &found, &ours, blknum,
					error))
		return false;
	if (!found || !hash_equal(&ours, root)) {
		news->trouble = ROOT_TROUBLE_FOREIGN_ROOT;
		news->trouble_blknum = blknum;
	}
	return true;
}

static bool read_event(struct root_store *reader, struct root_news *news,
		       const struct snapshot_event *event, struct error *error)
{
	/* The other kinds say nothing that an operator acts on. */
	if (event->event.kind == CONTRACT_EVENT_DEPOSIT_CREATED)
		return read_deposit(reader, event, error);
	if (event->event.kind == CONTRACT_EVENT_EXIT_STARTED)
		return freeze(reader, event,
			      event->event.as.exit_started.position, error);
	if (event->event.kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED)
		return read_in_flight_exit(reader, event, error);
	if (event->event.kind ==
	    CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED)
		return read_piggyback(reader, event, error);
	if (event->event.kind == CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED)
		return read_root(reader, news,
				 event->event.as.block_root_submitted.blknum,
				 &event->event.as.block_root_submitted.root,
				 error);
	return true;
}

static bool read_events(struct root_store *reader, struct root_news *news,
			const struct root_cursor *cursor, struct error *error)
{
	if (!snapshot_reader_events_from(reader->snapshot,
					 cursor->eth_block_number,
					 cursor->log_index, error))
		return false;
	for (;;) {
		struct snapshot_event event;

		switch (snapshot_reader_next_event(reader->snapshot, &event,
						   error)) {
		case SNAPSHOT_NEXT_EVENT:
			if (!read_event(reader, news, &event, error))
				return false;
			break;
		case SNAPSHOT_NEXT_END:
			return true;
		case SNAPSHOT_NEXT_FAILED:
			return false;
		}
	}
}

/* The last eth_block whose deposits are final; false if there is none. */
static bool find_final(const struct root_store *reader, uint64_t *number,
		       const struct snapshot_head *head)
{
	uint64_t confirmations = reader->finality.confirmations;

	if (reader->finality.at_finalized && head->finalized.known) {
		*number = head->finalized.number;
		return true;
	}
	if (reader->finality.at_finalized)
		confirmations = CONFIRMATIONS_WITHOUT_TAG;
	if (head->number + 1 < confirmations)
		return false;
	*number = head->number + 1 - confirmations;
	return true;
}

static bool credit_final(struct root_store *reader,
			 const struct snapshot_head *head, struct error *error)
{
	struct stored_deposit *deposits;
	uint64_t credited;
	uint64_t number;
	size_t count;

	if (!find_final(reader, &number, head))
		return true;
	if (!operator_store_deposits_credited(reader->store, &credited,
					      error) ||
	    !operator_store_deposits_to_credit_new(reader->store, &deposits,
						   &count, number, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		struct operator_event *event =
			add_event(reader, OPERATOR_EVENT_DEPOSIT_CREDITED);

		event->as.deposit.blknum = deposits[i].blknum;
		event->as.deposit.output = deposits[i].output;
		ok = operator_store_credit_deposit(
			reader->store, deposits[i].blknum, ++credited, error);
	}
	memory_free(deposits);
	return ok;
}

/* From where to read, after undoing what was undone. */
static bool find_start(struct root_store *reader, struct root_cursor *cursor,
		       const struct snapshot_head *head, struct error *error)
{
	uint64_t first_undone;
	bool undone = false;
	bool found;

	if (!operator_store_cursor(reader->store, &found, cursor, error))
		return false;
	if (!found) {
		*cursor = (struct root_cursor){ 0, 0, head->generation };
		return true;
	}
	if (cursor->generation == head->generation)
		return true;
	if (!snapshot_reader_undone_since(reader->snapshot, &undone,
					  &first_undone, cursor->generation,
					  error))
		return false;
	cursor->generation = head->generation;
	if (!undone || first_undone >= cursor->eth_block_number)
		return true;
	cursor->eth_block_number = first_undone;
	cursor->log_index = 0;
	return undo_from(reader, first_undone, error);
}

static bool poll_in_pass(struct root_store *reader, struct root_news *news,
			 struct error *error)
{
	struct root_cursor cursor;

	if (!find_start(reader, &cursor, &news->head, error) ||
	    !read_events(reader, news, &cursor, error))
		return false;
	for (size_t i = 0; i < reader->undone_count; i++) {
		if (!revoke(reader, &reader->undone[i], error))
			return false;
	}
	reader->undone_count = 0;
	if (!credit_final(reader, &news->head, error) ||
	    !snapshot_reader_state(reader->snapshot, &news->state, error))
		return false;
	if (news->head.finality_broken)
		news->trouble = ROOT_TROUBLE_FINALITY;
	cursor.eth_block_number = news->head.number + 1;
	cursor.log_index = 0;
	return operator_store_put_cursor(reader->store, &cursor, error);
}

bool root_store_poll(struct root_store *reader, struct root_news *news,
		     struct error *error)
{
	reader->event_count = 0;
	reader->undone_count = 0;
	reader->checkpoint_is_false = false;
	memset(news, 0, sizeof(*news));
	if (!snapshot_reader_begin(reader->snapshot, &news->head, error))
		return false;
	bool ok = operator_store_begin(reader->store, error);
	if (ok) {
		ok = poll_in_pass(reader, news, error) &&
		     operator_store_commit(reader->store, error);
		if (!ok)
			operator_store_abandon(reader->store);
	}
	/* Once more: a checkpoint that was being written meanwhile compared
	 * itself with what stood before the commit. */
	if (ok && reader->checkpoint_is_false)
		ok = checkpoint_store_remove(reader->datadir, error);
	snapshot_reader_end(reader->snapshot);
	news->events = reader->events;
	news->event_count = reader->event_count;
	return ok;
}

/* Halves what lies between an eth_block that is old enough, or older than what
 * is stored, and one that is not. */
static bool search_before(struct root_store *reader, uint64_t *number,
			  const struct snapshot_head *head, uint64_t seconds,
			  struct error *error)
{
	uint64_t too_new = head->number + 1;

	*number = 0;
	while (too_new - *number > 1) {
		uint64_t middle = *number + (too_new - *number) / 2;
		struct root_time time;
		struct hash hash;
		bool found;

		if (!snapshot_reader_eth_block(reader->snapshot, &found, &hash,
					       &time, middle, error))
			return false;
		if (!found ||
		    instant_since(head->time.seconds, time.seconds) >= seconds)
			*number = middle;
		else
			too_new = middle;
	}
	return true;
}

bool root_store_eth_block_before(struct root_store *reader, uint64_t *number,
				 uint64_t seconds, struct error *error)
{
	struct snapshot_head head;

	if (!snapshot_reader_begin(reader->snapshot, &head, error))
		return false;
	bool ok = search_before(reader, number, &head, seconds, error);
	snapshot_reader_end(reader->snapshot);
	return ok;
}
