/* SPDX-License-Identifier: MIT */
#include "watcher/root_store.h"

#include <stdio.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/chain/protocol.h"
#include "common/service/log.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/event_store.h"
#include "watcher/exit_store.h"
#include "watcher/governance_store.h"
#include "watcher/watcher_store.h"

/* Events after which what was read is committed. */
#define COMMIT_AFTER 10000

/* Seconds of wall time without a new head (protocol.md 11). */
#define STALLED_AFTER 300

struct follow {
	struct database *database;
	struct ledger_store *ledger;
	struct root_store_report *report;
	const struct pass_facts *facts;
	uint64_t newest_blknum; /* of the operator blocks seen */
	bool is_used;		/* a deposit or a block was seen */
	struct exit_store_terms terms;
};

/* True in `same` if the snapshot has this eth_block. */
static bool has_eth_block(struct follow *follow, bool *same, uint64_t number,
			  const struct hash *expected, struct error *error)
{
	struct root_time time;
	struct hash hash;
	bool found;

	if (!snapshot_reader_eth_block(follow->facts->snapshot, &found, &hash,
				       &time, number, error))
		return false;
	*same = found && hash_equal(&hash, expected);
	return true;
}

/* The newest head of ours before `before`. */
static bool head_before(struct follow *follow, bool *found, uint64_t *number,
			struct hash *hash, uint64_t before, struct error *error)
{
	struct statement *row =
		statement_begin(follow->database, SQL_WATCHER_HEAD_BEFORE);

	statement_bind_u64(row, 1, before);
	bool ok = statement_find(found, row, error);
	if (ok && *found) {
		*number = statement_u64(row, 0);
		ok = statement_hash(hash, row, 1, error);
	}
	statement_end(row);
	return ok;
}

/* The first eth_block that is to be read again: what the follower says, unless
 * it is another follower's history, which our own heads show. Between two heads
 * of ours nobody says where the fork is: everything behind the last one that is
 * still there is read again. */
static bool find_fork(struct follow *follow, uint64_t *first_undone,
		      uint64_t generation, struct error *error)
{
	uint64_t number = 0;
	struct hash hash;
	bool is_exact;
	bool found;
	bool same = false;

	if (!snapshot_reader_undone_since(follow->facts->snapshot, &is_exact,
					  first_undone, generation, error))
		return false;
	if (!is_exact)
		*first_undone = INT64_MAX;
	while (!same) {
		if (!head_before(follow, &found, &number, &hash, *first_undone,
				 error))
			return false;
		if (!found) {
			/* Ours is older than all that we remember of it. */
			if (!is_exact)
				*first_undone = 0;
			return true;
		}
		if (!has_eth_block(follow, &same, number, &hash, error))
			return false;
		is_exact = is_exact && same;
		if (!is_exact)
			*first_undone = same ? number + 1 : number;
	}
	return true;
}

/* Whether the snapshot took back something that the cursor has seen. */
static bool find_undone(struct follow *follow, bool *undone,
			uint64_t *first_undone,
			const struct watcher_cursor *cursor,
			struct error *error)
{
	const struct pass_facts *facts = follow->facts;
	bool same;

	if (!has_eth_block(follow, &same, cursor->head_number,
			   &cursor->head_hash, error))
		return false;
	*undone = !same;
	if (same)
		return true;
	if (facts->head.number < cursor->head_number &&
	    facts->head.generation <= cursor->generation)
		return error_set(error, ERROR_BAD_INPUT,
				 "the snapshot is at eth_block %llu, one that "
				 "was used before was at %llu",
				 (unsigned long long)facts->head.number,
				 (unsigned long long)cursor->head_number);
	return find_fork(follow, first_undone, cursor->generation, error);
}

static bool raise_halt(struct follow *follow, enum event_kind kind,
		       const char *key, const char *text, struct error *error)
{
	struct raised_event event = {
		.kind = kind,
		.key = key,
		.facts = text,
		.at = follow->facts->now,
		.bad_at = follow->facts->now,
	};

	log_event(LOG_ERROR, "the chain is halted",
		  log_text("event", event_code(kind)), log_text("key", key));
	return event_store_raise(follow->database, NULL, &event, error);
}

static bool run_with_number(struct follow *follow, const char *sql,
			    uint64_t number, struct error *error)
{
	struct statement *row = statement_begin(follow->database, sql);

	statement_bind_u64(row, 1, number);
	return statement_run(row, error);
}

static bool undo(struct follow *follow, struct watcher_cursor *cursor,
		 uint64_t first_undone, struct error *error)
{
	char key[32];
	char text[160];
	bool same;

	log_event(LOG_WARNING, "the root chain was reorganised",
		  log_number("first_undone", first_undone),
		  log_number("head", follow->facts->head.number));
	if (!ledger_store_undo(follow->ledger, first_undone,
			       cursor->final_known, cursor->final_number,
			       error) ||
	    !exit_store_undo(follow->database, first_undone, error))
		return false;
	follow->report->undone = true;
	follow->report->first_undone = first_undone;
	if (cursor->eth_block_number > first_undone) {
		cursor->eth_block_number = first_undone;
		cursor->log_index = 0;
	}
	if (!run_with_number(follow, SQL_WATCHER_DELETE_HEADS_FROM,
			     first_undone, error))
		return false;
	if (!cursor->final_known || first_undone > cursor->final_number)
		return true;
	/* What is read again may be what it was. */
	if (!has_eth_block(follow, &same, cursor->final_number,
			   &cursor->final_hash, error))
		return false;
	if (same)
		return true;
	(void)snprintf(key, sizeof(key), "%llu",
		       (unsigned long long)first_undone); /* it fits */
	(void)snprintf(text, sizeof(text),
		       "{\"first_undone\":%llu,\"finalized\":%llu}",
		       (unsigned long long)first_undone,
		       (unsigned long long)cursor->final_number); /* it fits */
	return raise_halt(follow, EVENT_FINALITY_BROKEN, key, text, error);
}

/* Where to read on, after undoing what was undone. */
static bool find_start(struct follow *follow, struct watcher_cursor *cursor,
		       struct error *error)
{
	uint64_t first_undone = 0;
	bool undone;
	bool found;

	if (!watcher_store_cursor(follow->database, &found, cursor, error))
		return false;
	if (!found) {
		memset(cursor, 0, sizeof(*cursor));
		return true;
	}
	return find_undone(follow, &undone, &first_undone, cursor, error) &&
	       (!undone || undo(follow, cursor, first_undone, error));
}

/* ---- deposits ---- */

static bool raise_unknown_bytes(struct follow *follow, uint64_t blknum,
				struct error *error)
{
	char key[32];
	char text[64];
	struct raised_event event = {
		.kind = EVENT_DEPOSIT_BYTES_UNKNOWN,
		.key = key,
		.facts = text,
		.at = follow->facts->now,
	};

	(void)snprintf(key, sizeof(key), "%llu",
		       (unsigned long long)blknum); /* it fits */
	(void)snprintf(text, sizeof(text), "{\"deposit\":%llu}",
		       (unsigned long long)blknum); /* it fits */
	return event_store_raise(follow->database, NULL, &event, error);
}

static bool read_bytes(const struct follow *follow,
		       struct watched_deposit *deposit, struct error *error)
{
	struct bytes raw;
	bool found;

	if (!snapshot_reader_deposit_tx(follow->facts->snapshot, &found,
					&deposit->bytes_known, &raw,
					deposit->blknum, error))
		return false;
	deposit->bytes_known = found && deposit->bytes_known &&
			       raw.len <= sizeof(deposit->raw);
	if (!deposit->bytes_known)
		return true;
	deposit->raw_len = raw.len;
	memcpy(deposit->raw, raw.data, raw.len);
	return true;
}

/* What the snapshot has beside the event: root and bytes. */
static bool complete_deposit(struct follow *follow,
			     struct watched_deposit *deposit,
			     struct error *error)
{
	struct snapshot_reader *snapshot = follow->facts->snapshot;
	struct snapshot_block block;
	bool found;

	if (!snapshot_reader_block(snapshot, &found, &block, deposit->blknum,
				   error))
		return false;
	if (!found)
		return error_set(error, ERROR_BAD_INPUT,
				 "the snapshot has no block of deposit %llu",
				 (unsigned long long)deposit->blknum);
	deposit->root = block.root;
	return read_bytes(follow, deposit, error) &&
	       (deposit->bytes_known ||
		raise_unknown_bytes(follow, deposit->blknum, error));
}

/* Of a deposit whose bytes nobody told, which the follower may know by now, or
 * that is gone. */
static bool look_again(const struct follow *follow, const char *key,
		       struct error *error)
{
	struct watched_deposit deposit;
	uint64_t blknum;
	bool found;

	if (!decimal_parse_u64(&blknum, key, PROTOCOL_MAX_BLOCK_NUMBER))
		return error_set(error, ERROR_IO, "watcher.db: deposit %s",
				 key);
	if (!watcher_store_deposit(follow->database, &found, &deposit, blknum,
				   error))
		return false;
	if (found && (!read_bytes(follow, &deposit, error) ||
		      (deposit.bytes_known &&
		       !watcher_store_put_deposit_bytes(follow->database,
							&deposit, error))))
		return false;
	return (found && !deposit.bytes_known) ||
	       event_store_clear(follow->database, EVENT_DEPOSIT_BYTES_UNKNOWN,
				 key, error);
}

static bool look_for_bytes(const struct follow *follow, struct error *error)
{
	struct standing_event *events;
	size_t count;

	if (!event_store_list_new(follow->database, &events, &count, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		if (events[i].kind == EVENT_DEPOSIT_BYTES_UNKNOWN)
			ok = look_again(follow, events[i].key, error);
	}
	event_store_list_free(events, count);
	return ok;
}

static bool raise_gap(struct follow *follow, uint64_t blknum,
		      struct error *error)
{
	char key[32];
	char text[128];

	(void)snprintf(key, sizeof(key), "%llu",
		       (unsigned long long)blknum); /* it fits */
	(void)snprintf(text, sizeof(text),
		       "{\"number\":%llu,\"newest_before\":%llu}",
		       (unsigned long long)blknum,
		       (unsigned long long)follow->newest_blknum); /* it fits */
	return raise_halt(follow, EVENT_BLOCK_NUMBER_GAP, key, text, error);
}

static bool read_deposit(struct follow *follow,
			 const struct snapshot_event *event,
			 struct error *error)
{
	const struct deposit_created_event *created =
		&event->event.as.deposit_created;
	struct watched_deposit deposit = {
		.blknum = created->blknum,
		.output = { PROTOCOL_OUTPUT_TYPE_PAYMENT, created->depositor,
			    created->token, created->amount },
		.time = event->time,
		.eth_block_number = event->log.eth_block_number,
		.log_index = event->log.log_index,
		.eth_block_hash = event->log.eth_block_hash,
		.eth_transaction_hash = event->log.eth_transaction_hash,
	};

	follow->is_used = true;
	if (!blknum_is_deposit(deposit.blknum))
		return raise_gap(follow, deposit.blknum, error);
	return complete_deposit(follow, &deposit, error) &&
	       watcher_store_put_deposit(follow->database, &deposit, error);
}

/* ---- blocks ---- */

/* The operator gave one number two roots. Which of them is a block the root
 * chain decides; that there were two is for others to know. */
static bool raise_equivocation(struct follow *follow, const char *key,
			       const char *text, struct error *error)
{
	struct raised_event event = {
		.kind = EVENT_EQUIVOCATION,
		.key = key,
		.facts = text,
		.at = follow->facts->now,
	};

	log_event(LOG_WARNING, "the operator gave one block two roots",
		  log_text("block", key));
	return event_store_raise(follow->database, NULL, &event, error);
}

/* Those of earlier passes stand until the root chain has decided for good. */
static bool end_equivocations(struct follow *follow, struct error *error)
{
	struct statement *row = statement_begin(
		follow->database, SQL_WATCHER_DELETE_EVENTS_OF_FINAL_BLOCKS);

	statement_bind_text(row, 1, event_code(EVENT_EQUIVOCATION));
	statement_bind_u64(
		row, 2,
		follow->facts->final_known ? follow->facts->final_number : 0);
	return statement_run(row, error);
}

/* A block that was final must come back as it was; any other with the same
 * root, for a root that was signed is never replaced (protocol.md 13.5). */
static bool compare_replaced(struct follow *follow,
			     const struct watched_block *block,
			     struct error *error)
{
	struct statement *row =
		statement_begin(follow->database, SQL_WATCHER_REPLACED_BLOCK);
	char key[32];
	char before[HEX_SIZE(32)];
	char after[HEX_SIZE(32)];
	char text[320];
	struct hash root;
	bool was_final = false;
	bool differs = false;
	bool found;

	statement_bind_u64(row, 1, block->blknum);
	bool ok = statement_find(&found, row, error);
	if (ok && found) {
		ok = statement_hash(&root, row, 0, error);
		was_final = statement_u64(row, 2) != 0;
		differs = ok && (!hash_equal(&root, &block->root) ||
				 (was_final && statement_u64(row, 1) !=
						       block->time.seconds));
	}
	statement_end(row);
	if (!ok || !differs)
		return ok;
	hex_encode(before, bytes_view(root.bytes, 32));
	hex_encode(after, bytes_view(block->root.bytes, 32));
	(void)snprintf(key, sizeof(key), "%llu",
		       (unsigned long long)block->blknum); /* it fits */
	(void)snprintf(text, sizeof(text),
		       "{\"block\":%llu,\"root_before\":\"%s\","
		       "\"root_now\":\"%s\"}",
		       (unsigned long long)block->blknum, before,
		       after); /* it fits */
	return was_final ? raise_halt(follow, EVENT_CHANGED_ROOT, key, text,
				      error)
			 : raise_equivocation(follow, key, text, error);
}

static bool read_block(struct follow *follow,
		       const struct snapshot_event *event, struct error *error)
{
	struct snapshot_block submitted;
	struct watched_block block = {
		.blknum = event->event.as.block_submitted.blknum,
		.time = event->time,
		.eth_block_number = event->log.eth_block_number,
		.log_index = event->log.log_index,
		.eth_block_hash = event->log.eth_block_hash,
		.state = BLOCK_STATE_PENDING,
	};
	uint64_t expected = follow->newest_blknum + PROTOCOL_BLOCK_INTERVAL;
	bool found;

	follow->is_used = true;
	if (block.blknum != expected) {
		if (!raise_gap(follow, block.blknum, error))
			return false;
		if (block.blknum <= follow->newest_blknum ||
		    blknum_is_deposit(block.blknum))
			return true;
	}
	if (!snapshot_reader_block(follow->facts->snapshot, &found, &submitted,
				   block.blknum, error))
		return false;
	if (!found)
		return error_set(error, ERROR_BAD_INPUT,
				 "the snapshot has no root of block %llu",
				 (unsigned long long)block.blknum);
	block.root = submitted.root;
	follow->newest_blknum = block.blknum;
	return compare_replaced(follow, &block, error) &&
	       watcher_store_put_block(follow->database, &block, error);
}

static bool read_event(struct follow *follow,
		       const struct snapshot_event *event, struct error *error)
{
	follow->report->events++;
	if (event->event.kind == CONTRACT_EVENT_DEPOSIT_CREATED)
		return read_deposit(follow, event, error);
	if (event->event.kind == CONTRACT_EVENT_BLOCK_SUBMITTED)
		return read_block(follow, event, error);
	return governance_store_apply(follow->database, event, follow->is_used,
				      follow->facts, error) &&
	       exit_store_apply(&follow->terms, event, error);
}

/* Commits what was read so far and goes on. */
static bool commit_part(struct follow *follow, struct watcher_cursor *cursor,
			const struct snapshot_event *event, struct error *error)
{
	cursor->eth_block_number = event->log.eth_block_number;
	cursor->log_index = event->log.log_index + 1;
	return watcher_store_put_cursor(follow->database, cursor, error) &&
	       database_commit(follow->database, error) &&
	       database_begin(follow->database, error);
}

static bool read_events(struct follow *follow, struct watcher_cursor *cursor,
			struct error *error)
{
	struct snapshot_reader *snapshot = follow->facts->snapshot;

	if (!snapshot_reader_events_from(snapshot, cursor->eth_block_number,
					 cursor->log_index, error))
		return false;
	for (;;) {
		struct snapshot_event event;

		switch (snapshot_reader_next_event(snapshot, &event, error)) {
		case SNAPSHOT_NEXT_EVENT:
			if (!read_event(follow, &event, error))
				return false;
			if (follow->report->events % COMMIT_AFTER == 0 &&
			    !commit_part(follow, cursor, &event, error))
				return false;
			break;
		case SNAPSHOT_NEXT_END:
			return true;
		case SNAPSHOT_NEXT_FAILED:
			return false;
		}
	}
}

/* A head that does not move is one that nobody mines on, or one that no
 * endpoint knows of. */
static bool judge_head(struct follow *follow,
		       const struct watcher_cursor *cursor, struct error *error)
{
	uint64_t stood = instant_since(follow->facts->wall.seconds,
				       cursor->head_first_seen.seconds);
	char text[96];
	struct raised_event event = {
		.kind = EVENT_STALLED_ROOT_CHAIN,
		.key = "",
		.facts = text,
		.at = follow->facts->now,
	};

	if (stood <= STALLED_AFTER)
		return event_store_clear(follow->database,
					 EVENT_STALLED_ROOT_CHAIN, "", error);
	(void)snprintf(text, sizeof(text),
		       "{\"eth_block\":%llu,\"seconds\":%llu}",
		       (unsigned long long)cursor->head_number,
		       (unsigned long long)stood); /* it fits */
	return event_store_raise(follow->database, NULL, &event, error);
}

static bool any_deposit(struct follow *follow, bool *any, struct error *error)
{
	struct statement *row =
		statement_begin(follow->database, SQL_WATCHER_ANY_DEPOSIT);
	bool found;
	bool ok = statement_find(&found, row, error);

	*any = ok && found && statement_u64(row, 0) != 0;
	statement_end(row);
	return ok;
}

static bool remember_head(struct follow *follow, struct error *error)
{
	const struct snapshot_head *head = &follow->facts->head;
	struct statement *row =
		statement_begin(follow->database, SQL_WATCHER_PUT_HEAD);

	statement_bind_u64(row, 1, head->number);
	statement_bind_bytes(row, 2, bytes_view(head->hash.bytes, 32));
	return statement_run(row, error) &&
	       statement_run(statement_begin(follow->database,
					     SQL_WATCHER_PRUNE_HEADS),
			     error);
}

static bool set_head(struct follow *follow, struct watcher_cursor *cursor,
		     struct error *error)
{
	const struct pass_facts *facts = follow->facts;
	struct root_time time;

	/* A clock that was put back has no part in how long a head stands. */
	if (cursor->head_first_seen.seconds == 0 ||
	    cursor->head_first_seen.seconds > facts->wall.seconds ||
	    !hash_equal(&cursor->head_hash, &facts->head.hash))
		cursor->head_first_seen = facts->wall;
	cursor->generation = facts->head.generation;
	cursor->head_number = facts->head.number;
	cursor->head_hash = facts->head.hash;
	cursor->head_time = facts->head.time;
	cursor->final_number = facts->final_number;
	cursor->last_good_poll = facts->head.last_good_poll;
	cursor->final_known = facts->final_known;
	/* An eth_block before the deployment is not in the snapshot. */
	return !facts->final_known ||
	       snapshot_reader_eth_block(facts->snapshot, &cursor->final_known,
					 &cursor->final_hash, &time,
					 facts->final_number, error);
}

static bool follow_in_transaction(struct follow *follow, struct error *error)
{
	struct watcher_cursor cursor;
	struct watched_block newest;
	bool found;

	if (!find_start(follow, &cursor, error) ||
	    !watcher_store_newest_seen(follow->database, &found, &newest,
				       error) ||
	    !any_deposit(follow, &follow->is_used, error))
		return false;
	follow->newest_blknum = found ? newest.blknum : 0;
	follow->is_used = follow->is_used || found;
	if (!set_head(follow, &cursor, error) ||
	    !end_equivocations(follow, error) ||
	    !look_for_bytes(follow, error) ||
	    !read_events(follow, &cursor, error) ||
	    !judge_head(follow, &cursor, error) ||
	    !remember_head(follow, error) ||
	    !governance_store_pass(follow->database, follow->facts, error))
		return false;
	cursor.eth_block_number = follow->facts->head.number + 1;
	cursor.log_index = 0;
	return watcher_store_put_cursor(follow->database, &cursor, error);
}

bool root_store_follow(struct database *database, struct body_store *bodies,
		       struct ledger_store *ledger,
		       struct root_store_report *report,
		       const struct pass_facts *facts, struct error *error)
{
	struct follow follow = {
		.database = database,
		.ledger = ledger,
		.report = report,
		.facts = facts,
		.terms = { .sources = { .database = database,
					.bodies = bodies,
					.domain = facts->domain },
			   .exit_period = facts->network->min_exit_period },
	};

	memset(report, 0, sizeof(*report));
	if (!database_begin(database, error))
		return false;
	bool ok = follow_in_transaction(&follow, error) &&
		  database_commit(database, error);
	if (!ok)
		database_rollback(database);
	return ok;
}
