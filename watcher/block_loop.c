/* SPDX-License-Identifier: MIT */
#include "watcher/block_loop.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/block_mend.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "watcher/ahead_fetch.h"
#include "watcher/block_getter.h"
#include "watcher/block_validator.h"
#include "watcher/event_store.h"
#include "watcher/known_store.h"
#include "watcher/placeless_store.h"
#include "watcher/watcher_store.h"

/* Bodies fetched behind a block that cannot be applied. */
#define AHEAD 64

/* Inputs of a block whose coins are in memory at once. */
#define MOST_INPUTS ((size_t)65536)

struct block_loop {
	struct block_loop_parts parts;
	struct ahead_fetch *ahead;
};

struct block_loop *block_loop_new(const struct block_loop_parts *parts)
{
	struct block_loop *loop = memory_new(1, sizeof(*loop));

	loop->parts = *parts;
	loop->ahead =
		ahead_fetch_new(parts->bodies, parts->ahead, parts->workers);
	return loop;
}

void block_loop_free(struct block_loop *loop)
{
	if (loop == NULL)
		return;
	ahead_fetch_free(loop->ahead);
	memory_free(loop);
}

/* A body in work, and what its judgement rests on. */
struct attempt {
	struct prepared_block *prepared;
	struct ledger_footing footing;
};

static void clear_attempt(struct attempt *attempt)
{
	prepared_block_free(attempt->prepared);
	memset(attempt, 0, sizeof(*attempt));
}

static bool begin(struct block_loop *loop, struct error *error)
{
	return database_in_transaction(loop->parts.database) ||
	       database_begin(loop->parts.database, error);
}

static bool commit(struct block_loop *loop, struct error *error)
{
	return !database_in_transaction(loop->parts.database) ||
	       (ledger_store_write(loop->parts.ledger, error) &&
		body_store_sync(loop->parts.bodies, error) &&
		database_commit(loop->parts.database, error));
}

/* A block that is known to be invalid may be so by an earlier rule of the list,
 * which needs history to be seen. */
static bool name_fault(struct block_loop *loop, struct prepared_block *prepared,
		       struct error *error)
{
	bool *known = memory_new(prepared->body.count + 1, sizeof(*known));
	bool ok = begin(loop, error) &&
		  ledger_store_write(loop->parts.ledger, error) &&
		  ledger_store_find_duplicates(loop->parts.ledger, known,
					       prepared->judge, &prepared->body,
					       error);

	if (ok) {
		struct finding finding = block_judge_body(
			prepared->judge, &prepared->body, known);

		if (finding.verdict != VERDICT_VALID)
			prepared->finding = finding;
	}
	memory_free(known);
	return ok;
}

/* Judges the body against what the chain was before it. */
static bool judge_state(struct block_loop *loop, struct attempt *attempt,
			const struct watched_block *block, struct error *error)
{
	struct block_judge *judge = attempt->prepared->judge;
	struct ledger *state = ledger_new();
	/* Coins are looked up in one transaction, not each in its own. */
	bool ok = begin(loop, error);

	ledger_store_begin(loop->parts.ledger, &attempt->footing);
	while (ok && block_judge_next(judge, MOST_INPUTS)) {
		ok = ledger_store_load(loop->parts.ledger, state,
				       &attempt->footing, judge, block, error);
		if (ok)
			block_judge_against(judge, state);
	}
	ledger_free(state);
	if (ok)
		attempt->prepared->finding = block_judge_finish(judge);
	return ok;
}

/* Judges the authenticated body of an attempt; the judge stays for applying. */
static bool judge(struct block_loop *loop, struct attempt *attempt,
		  const struct watched_block *block, const struct hash *domain,
		  struct error *error)
{
	struct block_facts facts = { block->blknum, block->root, false,
				     *domain };
	struct prepared_block *prepared = attempt->prepared;

	if (prepared->judge == NULL)
		prepared_block_judge(prepared, &facts, loop->parts.workers);
	if (prepared->finding.verdict != VERDICT_VALID)
		return true;
	if (!judge_state(loop, attempt, block, error))
		return false;
	if (verdict_grade(prepared->finding.verdict) != VERDICT_GRADE_P)
		return true;
	return name_fault(loop, prepared, error);
}

static bool put_block(struct block_loop *loop,
		      const struct watched_block *block, struct error *error)
{
	return begin(loop, error) &&
	       watcher_store_put_block(loop->parts.database, block, error);
}

/* Keeps the body of the attempt as that of its root. */
static bool keep_body(struct block_loop *loop, struct watched_block *block,
		      const struct attempt *attempt, struct error *error)
{
	if (!body_store_put_unsynced(loop->parts.bodies, &block->root,
				     &attempt->prepared->file, error))
		return false;
	block->has_body = true;
	block->transaction_count = attempt->prepared->body.count;
	return true;
}

/* It challenges exits all the same. */
static bool know_body(struct block_loop *loop, const struct block_body *body,
		      uint64_t blknum, struct error *error)
{
	return begin(loop, error) &&
	       known_store_put_body(loop->parts.database, body, blknum, error);
}

static bool apply(struct block_loop *loop, struct block_loop_report *report,
		  struct watched_block *block, const struct attempt *attempt,
		  const struct pass_facts *facts, struct error *error)
{
	const struct block_body *body = &attempt->prepared->body;

	block->state = BLOCK_STATE_APPLIED;
	block->verdict = VERDICT_VALID;
	block->has_tx_index = false;
	block->has_body = true;
	block->transaction_count = body->count;
	if (!begin(loop, error) ||
	    !ledger_store_apply(loop->parts.ledger, attempt->prepared->judge,
				body, block, error) ||
	    !placeless_store_apply(loop->parts.database, body, block->blknum,
				   facts, error) ||
	    !put_block(loop, block, error))
		return false;
	report->applied++;
	report->transactions += body->count;
	return !ledger_store_is_full(loop->parts.ledger) || commit(loop, error);
}

/* The stored body of a block; `found` false: there is none that is what it
 * should be. */
static bool read_stored(struct block_loop *loop, bool *found,
			struct attempt *attempt,
			const struct watched_block *block, struct error *error)
{
	clear_attempt(attempt);
	attempt->prepared = prepared_block_new();
	attempt->prepared->is_stored = true;
	*found = body_store_map(loop->parts.bodies, &attempt->prepared->file,
				&block->root, error);
	if (!*found)
		return error->code == ERROR_NO_INPUT;
	prepared_block_authenticate(attempt->prepared, &block->root);
	*found = attempt->prepared->has_body;
	return true;
}

/* Asks one source; the attempt has a body if it is authentic. */
static bool ask(struct block_loop *loop, struct attempt *attempt, size_t source,
		const struct watched_block *block, struct error *error)
{
	struct error reason = { 0 };

	clear_attempt(attempt);
	struct prepared_block *prepared = prepared_block_new();
	attempt->prepared = prepared;
	if (!block_fetch_body(loop->parts.fetch, &prepared->finding.verdict,
			      &prepared->file, source, &block->root, &reason)) {
		*error = reason;
		return false;
	}
	if (prepared->finding.verdict == VERDICT_VALID)
		prepared_block_authenticate(prepared, &block->root);
	if (!prepared->has_body)
		log_event(LOG_WARNING, "no good body",
			  log_number("block", block->blknum),
			  log_text("source",
				   block_fetch_name(loop->parts.fetch, source)),
			  log_text("verdict",
				   verdict_code(prepared->finding.verdict)),
			  log_text("reason", reason.message));
	return true;
}

static void note_finding(struct watched_block *block, struct finding finding)
{
	block->verdict = finding.verdict;
	block->has_tx_index = finding.has_tx_index;
	block->tx_index = finding.has_tx_index ? finding.tx_index : 0;
}

static bool is_final(const struct pass_facts *facts, uint64_t eth_block_number)
{
	return facts->final_known && eth_block_number <= facts->final_number;
}

static enum block_outcome decide(const struct block_loop *loop,
				 const struct watched_block *block,
				 const struct ledger_footing *footing,
				 struct finding finding,
				 const struct pass_facts *facts)
{
	struct block_circumstances circumstances = {
		.verdict = finding.verdict,
		.committed_at = block->time.seconds,
		.now = facts->now.seconds,
		.limit = loop->parts.withholding_limit,
		.failed_rounds = block->failed_rounds,
		.rests_on_unfinal =
			footing->has_unknown_deposit ||
			(footing->newest_eth_block > 0 &&
			 !is_final(facts, footing->newest_eth_block)),
		.block_is_final = is_final(facts, block->eth_block_number),
	};

	return block_validator_decide(&circumstances);
}

static void write_facts(char *out, size_t size,
			const struct watched_block *block)
{
	char root[HEX_SIZE(32)];
	char index[32] = "null";

	hex_encode(root, bytes_view(block->root.bytes, 32));
	if (block->has_tx_index)
		(void)snprintf(index, sizeof(index), "%u",
			       (unsigned int)block->tx_index); /* it fits */
	(void)snprintf(out, size,
		       "{\"block\":%llu,\"root\":\"%s\",\"committed_at\":%llu,"
		       "\"rule\":\"%s\",\"transaction\":%s,"
		       "\"failed_rounds\":%llu,\"body\":%s,"
		       "\"revealed_late\":%s}",
		       (unsigned long long)block->blknum, root,
		       (unsigned long long)block->time.seconds,
		       verdict_code(block->verdict), index,
		       (unsigned long long)block->failed_rounds,
		       block->has_body ? "true" : "false",
		       block->has_body && block->state == BLOCK_STATE_WITHHELD
			       ? "true"
			       : "false"); /* it fits */
}

/* Raises the event of a bad block, which latches. */
static bool raise_bad(struct block_loop *loop, enum event_kind kind,
		      const struct watched_block *block,
		      struct pass_facts *facts, struct error *error)
{
	char key[32];
	char text[320];
	struct raised_event event = {
		.kind = kind,
		.key = key,
		.facts = text,
		.at = facts->now,
		.has_bad_block = true,
		.bad_block = block->blknum,
		.bad_at = block->time,
	};

	(void)snprintf(key, sizeof(key), "%llu",
		       (unsigned long long)block->blknum); /* it fits */
	write_facts(text, sizeof(text), block);
	return begin(loop, error) &&
	       event_store_raise(loop->parts.database, NULL, &event, error) &&
	       event_store_latch(loop->parts.database, &facts->latch, error);
}

static bool know_stored(struct block_loop *loop,
			const struct watched_block *block, struct error *error)
{
	struct attempt attempt = { 0 };
	bool found;
	bool ok = read_stored(loop, &found, &attempt, block, error) &&
		  (!found || know_body(loop, &attempt.prepared->body,
				       block->blknum, error));

	clear_attempt(&attempt);
	return ok;
}

static bool halt(struct block_loop *loop, struct watched_block *block,
		 enum block_outcome outcome, struct pass_facts *facts,
		 struct error *error)
{
	bool invalid = outcome == BLOCK_OUTCOME_INVALID;

	block->state = invalid ? BLOCK_STATE_INVALID : BLOCK_STATE_WITHHELD;
	log_event(LOG_ERROR, "the chain is halted",
		  log_text("event",
			   invalid ? "invalid_block" : "block_withholding"),
		  log_number("block", block->blknum),
		  log_text("rule", verdict_code(block->verdict)),
		  log_number("transaction", block->tx_index));
	return put_block(loop, block, error) &&
	       know_stored(loop, block, error) &&
	       raise_bad(loop,
			 invalid ? EVENT_INVALID_BLOCK
				 : EVENT_BLOCK_WITHHOLDING,
			 block, facts, error) &&
	       commit(loop, error);
}

/* The search for a valid body of one block. */
struct search {
	struct finding worst; /* to report if none is valid */
	struct ledger_footing footing;
	bool is_over; /* a valid one, or a fault of grade P */
	bool applied;
	/* The first copy in which signatures alone are wrong, and what others
	 * have to mend it. */
	struct prepared_block *ill;
	struct block_mend *mend;
};

static void clear_search(struct search *search)
{
	block_mend_free(search->mend);
	prepared_block_free(search->ill);
}

/* The attempt's copy is the first that is ill signed, or helps it. */
static void note_ill(struct search *search, struct attempt *attempt,
		     const struct hash *domain)
{
	if (search->ill != NULL) {
		if (search->mend != NULL)
			block_mend_take_copy(search->mend,
					     &attempt->prepared->body);
		return;
	}
	search->ill = attempt->prepared;
	attempt->prepared = NULL;
	search->mend =
		block_mend_new(search->ill->judge, &search->ill->body, domain);
}

/* Judges the body of an attempt, if there is one, and applies it if it is
 * valid. The best body is kept. */
static bool try_attempt(struct block_loop *loop, struct search *search,
			struct block_loop_report *report,
			struct attempt *attempt, struct watched_block *block,
			const struct pass_facts *facts, struct error *error)
{
	struct prepared_block *prepared = attempt->prepared;
	bool is_first = prepared->has_body && !block->has_body;

	if (prepared->has_body &&
	    !judge(loop, attempt, block, &facts->domain, error))
		return false;
	struct finding finding = prepared->finding;
	struct finding worst = block_validator_worse(search->worst, finding);
	if (worst.verdict != search->worst.verdict)
		search->footing = attempt->footing;
	search->worst = worst;
	search->applied = finding.verdict == VERDICT_VALID;
	search->is_over = search->applied ||
			  verdict_grade(finding.verdict) == VERDICT_GRADE_P;
	if (prepared->is_stored && prepared->has_body) {
		block->has_body = true;
		block->transaction_count = prepared->body.count;
	} else if ((is_first || search->applied) &&
		   !keep_body(loop, block, attempt, error)) {
		return false;
	}
	if (search->applied)
		return apply(loop, report, block, attempt, facts, error);
	if (verdict_grade(finding.verdict) == VERDICT_GRADE_W)
		note_ill(search, attempt, &facts->domain);
	return true;
}

static bool search_ahead(struct block_loop *loop, struct search *search,
			 struct block_loop_report *report,
			 struct watched_block *block,
			 const struct pass_facts *facts, struct error *error)
{
	struct attempt attempt = { 0 };
	bool ok = true;

	attempt.prepared =
		ahead_fetch_take_new(loop->ahead, block->blknum, &block->root);
	if (attempt.prepared != NULL)
		ok = try_attempt(loop, search, report, &attempt, block, facts,
				 error);
	clear_attempt(&attempt);
	return ok;
}

static bool search_stored(struct block_loop *loop, struct search *search,
			  struct block_loop_report *report,
			  struct watched_block *block,
			  const struct pass_facts *facts, struct error *error)
{
	struct attempt attempt = { 0 };
	bool found;
	bool ok = read_stored(loop, &found, &attempt, block, error);

	if (ok && found)
		ok = try_attempt(loop, search, report, &attempt, block, facts,
				 error);
	clear_attempt(&attempt);
	return ok;
}

static bool search_sources(struct block_loop *loop, struct search *search,
			   struct block_loop_report *report,
			   struct watched_block *block,
			   const struct pass_facts *facts, struct error *error)
{
	size_t count = block_fetch_count(loop->parts.fetch);
	bool ok = true;

	if (!block->was_tried) {
		block->was_tried = true;
		block->first_tried = facts->now;
	}
	for (size_t i = 0; ok && !search->is_over && i < count; i++) {
		struct attempt attempt = { 0 };

		ok = ask(loop, &attempt, i, block, error) &&
		     try_attempt(loop, search, report, &attempt, block, facts,
				 error);
		clear_attempt(&attempt);
	}
	if (ok && !search->is_over)
		block->failed_rounds++;
	return ok;
}

/* Signatures seen in exits, challenges, other blocks and the owners' wallets.
 */
static bool take_known(struct block_loop *loop, struct block_mend *mend,
		       struct error *error)
{
	struct hash hash;

	for (size_t i = 0; block_mend_ill(&hash, mend, i); i++) {
		size_t count;
		struct signature *list = known_store_signatures_new(
			loop->parts.database, &count, &hash, error);

		if (list == NULL)
			return false;
		block_mend_take(mend, i, list, count);
		memory_free(list);
	}
	return true;
}

/* The mended body becomes a file like any other. */
static bool write_mended(struct block_loop *loop, bool *whole,
			 struct body_file *out, const struct block_mend *mend,
			 struct error *error)
{
	struct growing_buffer bytes;

	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	*whole = block_mend_write(&bytes, mend);
	bool ok = !*whole ||
		  (body_store_begin(loop->parts.bodies, out, error) &&
		   body_file_put(out, growing_buffer_view(&bytes), error) &&
		   body_file_map(out, error));
	growing_buffer_clear(&bytes);
	return ok;
}

/* "accept any valid signature known from elsewhere" */
static bool search_mended(struct block_loop *loop, struct search *search,
			  struct block_loop_report *report,
			  struct watched_block *block,
			  const struct pass_facts *facts, struct error *error)
{
	struct attempt attempt = { 0 };
	bool whole;

	if (search->mend == NULL)
		return true;
	if (!take_known(loop, search->mend, error))
		return false;
	attempt.prepared = prepared_block_new();
	bool ok = write_mended(loop, &whole, &attempt.prepared->file,
			       search->mend, error);
	if (ok && whole) {
		prepared_block_authenticate(attempt.prepared, &block->root);
		log_event(LOG_WARNING, "a block is whole by several copies",
			  log_number("block", block->blknum));
		ok = try_attempt(loop, search, report, &attempt, block, facts,
				 error);
	}
	clear_attempt(&attempt);
	return ok;
}

static bool judge_header(struct block_loop *loop, struct search *search,
			 const struct watched_block *block, struct error *error)
{
	struct block_facts facts = { .number = block->blknum,
				     .root = block->root };

	if (!watcher_store_root_repeated(loop->parts.database,
					 &facts.root_repeated, &block->root,
					 block->blknum, error))
		return false;
	search->worst.verdict = block_judge_header(&facts);
	search->is_over = search->worst.verdict != VERDICT_VALID;
	return true;
}

/* Wherever a body may come from, the nearest first. */
static bool search_bodies(struct block_loop *loop, struct search *search,
			  struct block_loop_report *report,
			  struct watched_block *block,
			  const struct pass_facts *facts, struct error *error)
{
	return search_ahead(loop, search, report, block, facts, error) &&
	       (search->is_over ||
		search_stored(loop, search, report, block, facts, error)) &&
	       (search->is_over ||
		search_sources(loop, search, report, block, facts, error)) &&
	       (search->is_over ||
		search_mended(loop, search, report, block, facts, error));
}

/* Moves the first block that is not applied as far as it goes. */
static bool work_on(struct block_loop *loop, enum block_outcome *outcome,
		    struct block_loop_report *report,
		    struct watched_block *block, struct pass_facts *facts,
		    struct error *error)
{
	struct search search = { .worst = FINDING_VALID };

	if (!judge_header(loop, &search, block, error))
		return false;
	if (!search.is_over) {
		bool ok = search_bodies(loop, &search, report, block, facts,
					error);
		clear_search(&search);
		if (!ok)
			return false;
	}
	if (search.applied) {
		facts->applied_block = block->blknum;
		*outcome = BLOCK_OUTCOME_APPLY;
		return true;
	}
	if (search.worst.verdict == VERDICT_VALID) /* there is no source */
		search.worst.verdict = VERDICT_BLOCK_NOT_AVAILABLE;
	note_finding(block, search.worst);
	*outcome = decide(loop, block, &search.footing, search.worst, facts);
	if (*outcome == BLOCK_OUTCOME_WAIT)
		return put_block(loop, block, error);
	return halt(loop, block, *outcome, facts, error);
}

static void report_missing(struct block_loop_report *report,
			   const struct watched_block *block, uint64_t limit,
			   const struct pass_facts *facts)
{
	struct missing_block missing = { block->blknum, block->time.seconds,
					 block->failed_rounds };

	report->is_missing = true;
	report->missing_block = block->blknum;
	report->missing_since = block->time;
	report->missing_why = block->verdict;
	report->is_suspected =
		block_getter_judge(&missing, facts->now.seconds, limit) !=
		AVAILABILITY_WAITING;
}

/* Fetches the body of a block that is not to be judged now. `new_body` says
 * that there was none before. */
static bool fetch_only(struct block_loop *loop, bool *new_body,
		       struct watched_block *block,
		       const struct pass_facts *facts, struct error *error)
{
	size_t count = block_fetch_count(loop->parts.fetch);
	bool found;
	struct attempt attempt = { 0 };
	bool ok = read_stored(loop, &found, &attempt, block, error);

	if (ok && found) {
		block->has_body = true;
		block->transaction_count = attempt.prepared->body.count;
	}
	if (!block->was_tried) {
		block->was_tried = true;
		block->first_tried = facts->now;
	}
	for (size_t i = 0; ok && !block->has_body && i < count; i++) {
		ok = ask(loop, &attempt, i, block, error);
		if (ok && attempt.prepared->has_body)
			ok = keep_body(loop, block, &attempt, error);
	}
	if (ok && attempt.prepared->has_body &&
	    block->state != BLOCK_STATE_PENDING)
		ok = know_body(loop, &attempt.prepared->body, block->blknum,
			       error);
	*new_body = ok && block->has_body;
	if (ok && !block->has_body)
		block->failed_rounds++;
	clear_attempt(&attempt);
	return ok;
}

/* The body of a withheld block has come after all: no cure, but worth a
 * verdict. */
static bool report_late(struct block_loop *loop, struct watched_block *block,
			struct pass_facts *facts, struct error *error)
{
	struct attempt attempt = { 0 };
	bool found;
	bool ok = read_stored(loop, &found, &attempt, block, error);

	if (ok && found)
		ok = judge(loop, &attempt, block, &facts->domain, error);
	if (ok && found) {
		note_finding(block, attempt.prepared->finding);
		log_event(LOG_WARNING, "a withheld body was revealed late",
			  log_number("block", block->blknum),
			  log_text("verdict", verdict_code(block->verdict)));
		ok = raise_bad(loop, EVENT_BLOCK_WITHHOLDING, block, facts,
			       error);
	}
	clear_attempt(&attempt);
	return ok;
}

/* Bodies of blocks behind one that cannot be applied, or, from 0 on, of those
 * that are not applied and those that a halt stops. */
static bool fetch_behind(struct block_loop *loop, uint64_t from,
			 struct pass_facts *facts, uint64_t until_ms,
			 struct error *error)
{
	struct watched_block *blocks = memory_new(AHEAD, sizeof(*blocks));
	size_t count;
	bool ok = watcher_store_blocks_to_keep(loop->parts.database, blocks,
					       &count, AHEAD, from, from == 0,
					       error);

	for (size_t i = 0; ok && i < count; i++) {
		bool changed = blocks[i].state == BLOCK_STATE_PENDING &&
			       event_store_stops(&facts->latch, blocks[i].time);
		bool new_body = false;

		if (clock_monotonic_ms() >= until_ms)
			break;
		if (changed)
			blocks[i].state = BLOCK_STATE_EVIDENCE;
		ok = fetch_only(loop, &new_body, &blocks[i], facts, error);
		if (ok && new_body && blocks[i].state == BLOCK_STATE_WITHHELD)
			ok = report_late(loop, &blocks[i], facts, error);
		if (ok && (changed || new_body))
			ok = put_block(loop, &blocks[i], error);
	}
	memory_free(blocks);
	return ok;
}

/* The first block that is not applied, PENDING; `found` false: none is. */
static bool first_pending(struct block_loop *loop, bool *found,
			  struct watched_block *block, struct error *error)
{
	size_t count;

	if (!watcher_store_open_blocks(loop->parts.database, block, &count, 1,
				       0, error))
		return false;
	*found = count == 1;
	return true;
}

/* Wants the blocks from this one on, as far as there is room and nothing speaks
 * against getting them. */
static bool want_ahead(struct block_loop *loop,
		       const struct watched_block *block,
		       const struct pass_facts *facts, struct error *error)
{
	while (ahead_fetch_has_room(loop->ahead)) {
		uint64_t newest = ahead_fetch_newest(loop->ahead);
		struct watched_block next = *block;
		size_t count = 1;

		if (newest != 0 &&
		    !watcher_store_open_blocks(loop->parts.database, &next,
					       &count, 1, newest + 1, error))
			return false;
		if (count == 0 || next.verdict != VERDICT_VALID ||
		    (next.was_tried && !next.has_body))
			return true;
		struct block_facts wanted = { next.blknum, next.root, false,
					      facts->domain };
		ahead_fetch_want(loop->ahead, &wanted);
	}
	return true;
}

static bool run(struct block_loop *loop, struct block_loop_report *report,
		struct pass_facts *facts, uint64_t until_ms,
		struct error *error)
{
	struct watched_block block;
	enum block_outcome outcome = BLOCK_OUTCOME_APPLY;
	bool found;

	for (;;) {
		if (!first_pending(loop, &found, &block, error))
			return false;
		if (!found || event_store_stops(&facts->latch, block.time))
			break;
		if (clock_monotonic_ms() >= until_ms) {
			report->has_more = true;
			return true;
		}
		if (!want_ahead(loop, &block, facts, error) ||
		    !work_on(loop, &outcome, report, &block, facts, error))
			return false;
		if (outcome != BLOCK_OUTCOME_APPLY)
			break;
	}
	ahead_fetch_reset(loop->ahead);
	facts->caught_up =
		!found || event_store_stops(&facts->latch, block.time);
	if (!found)
		return true;
	if (outcome == BLOCK_OUTCOME_WAIT)
		report_missing(report, &block, loop->parts.withholding_limit,
			       facts);
	return fetch_behind(loop, facts->caught_up ? 0 : block.blknum + 1,
			    facts, until_ms, error);
}

bool block_loop_pass(struct block_loop *loop, struct block_loop_report *report,
		     struct pass_facts *facts, uint64_t until_ms,
		     struct error *error)
{
	memset(report, 0, sizeof(*report));
	facts->caught_up = false;
	bool ok = run(loop, report, facts, until_ms, error) &&
		  commit(loop, error);

	if (!ok) {
		database_rollback(loop->parts.database);
		ledger_store_forget(loop->parts.ledger);
	}
	return ok;
}
