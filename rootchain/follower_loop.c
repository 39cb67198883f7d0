/* SPDX-License-Identifier: MIT */
#include "rootchain/follower_loop.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/ethereum/eth_header.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "common/service/random.h"
#include "rootchain/explanation.h"
#include "rootchain/heads_fetch.h"
#include "rootchain/history_fetch.h"
#include "rootchain/pursuit_loop.h"
#include "rootchain/state_fetch.h"

/* Where heads differ, older eth_blocks are tried, each time twice as far back.
 */
#define MOST_TRIES 7

struct follower_loop {
	struct follower_loop_parts parts;
	struct history_fetch *history;
	struct state_fetch *state;
	struct snapshot_head head; /* as readers see it */
	bool has_head;
	size_t count; /* of endpoints */
	struct endpoint_record records[HEADS_FETCH_MAX_ENDPOINTS];
	struct endpoint_head heads[HEADS_FETCH_MAX_ENDPOINTS];
	/* Of the poll: who answered as it should and was not excluded since. */
	bool candidates[HEADS_FETCH_MAX_ENDPOINTS];
	struct quorum_vote votes[HEADS_FETCH_MAX_ENDPOINTS];
	struct follower_point target;
	size_t agreeing;
	bool is_disputed;
	struct stored_eth_block anchor; /* finalized, or the deployment */
	bool dissent[HEADS_FETCH_MAX_ENDPOINTS]; /* about balances */
	size_t told_agreeing;			 /* what the log says */
	size_t leader;				 /* who was followed last */
};

struct follower_loop *follower_loop_new(const struct follower_loop_parts *parts)
{
	struct follower_loop *loop = memory_new(1, sizeof(*loop));
	const struct history_fetch_parts history = {
		parts->network,	   parts->client, parts->store,
		parts->timeout_ms, parts->proofs,
	};
	const struct state_fetch_parts state = {
		parts->network,	   parts->client, parts->store,
		parts->timeout_ms, parts->proofs,
	};

	loop->parts = *parts;
	loop->count = rootchain_client_count(parts->client);
	assert(loop->count <= HEADS_FETCH_MAX_ENDPOINTS);
	loop->told_agreeing = SIZE_MAX;
	loop->history = history_fetch_new(&history);
	loop->state = state_fetch_new(&state);
	return loop;
}

void follower_loop_free(struct follower_loop *loop)
{
	if (loop == NULL)
		return;
	history_fetch_free(loop->history);
	state_fetch_free(loop->state);
	memory_free(loop);
}

const struct snapshot_head *
follower_loop_head_borrow(const struct follower_loop *loop)
{
	return loop->has_head ? &loop->head : NULL;
}

const struct endpoint_record *
follower_loop_records_borrow(const struct follower_loop *loop)
{
	return loop->records;
}

/* ---- who is believed ---- */

static uint32_t draw(void)
{
	uint32_t random;

	random_fill(&random, sizeof(random));
	return random;
}

static void exclude(struct follower_loop *loop, size_t endpoint,
		    enum endpoint_trouble trouble, const char *reason)
{
	loop->candidates[endpoint] = false;
	if (endpoint_record_exclude(&loop->records[endpoint], trouble, reason,
				    clock_monotonic_ms(), draw()))
		log_event(LOG_WARNING, "endpoint excluded",
			  log_text("id", EXPLANATION_EXCLUDED),
			  log_text("endpoint",
				   rootchain_client_name(loop->parts.client,
							 endpoint)),
			  log_text("trouble", endpoint_trouble_name(trouble)),
			  log_text("reason", reason));
}

static void restore(struct follower_loop *loop, size_t endpoint)
{
	if (endpoint_record_restore(&loop->records[endpoint]))
		log_event(LOG_INFO, "endpoint is back",
			  log_text("endpoint",
				   rootchain_client_name(loop->parts.client,
							 endpoint)));
}

static size_t count_candidates(const struct follower_loop *loop)
{
	size_t count = 0;

	for (size_t i = 0; i < loop->count; i++)
		count += loop->candidates[i] ? 1 : 0;
	return count;
}

/* Why nobody is left to follow: the first reason that there is. */
static bool fail_alone(struct follower_loop *loop, struct error *error)
{
	for (size_t i = 0; i < loop->count; i++) {
		const struct endpoint_record *record = &loop->records[i];

		if (record->trouble == ENDPOINT_PROTOCOL)
			return error_set(error, ERROR_PROTOCOL, "%s",
					 record->reason);
		if (record->trouble == ENDPOINT_FOREIGN)
			return error_set(error, ERROR_CONFIG, "%s",
					 record->reason);
	}
	for (size_t i = 0; i < loop->count; i++) {
		if (loop->records[i].trouble != ENDPOINT_WELL)
			return error_set(error, ERROR_UNREACHABLE, "%s",
					 loop->records[i].reason);
	}
	return error_set(error, ERROR_UNREACHABLE, "no endpoint answers");
}

/* Where everybody agreed before: what contradicts it needs a quorum. */
static bool read_anchor(struct follower_loop *loop, struct error *error)
{
	const struct network *network = loop->parts.network;
	bool found;

	if (!snapshot_store_head(loop->parts.store, &loop->has_head,
				 &loop->head, error))
		return false;
	loop->anchor.number = network->deployment_block;
	loop->anchor.hash = network->deployment_block_hash;
	if (!loop->has_head || !loop->head.finalized.known ||
	    loop->head.finalized.number <= network->deployment_block)
		return true;
	return snapshot_store_eth_block(loop->parts.store, &found,
					&loop->anchor,
					loop->head.finalized.number, error) &&
	       (found || error_set(error, ERROR_BAD_INPUT,
				   "the snapshot is damaged: its finalized "
				   "eth_block is missing"));
}

/* Asks everybody whose time has come. */
static void ask_heads(struct follower_loop *loop)
{
	uint64_t start_ms = clock_monotonic_ms();
	bool ask[HEADS_FETCH_MAX_ENDPOINTS] = { false };
	size_t enough = 0;

	for (size_t i = 0; i < loop->count; i++) {
		ask[i] = endpoint_record_is_due(&loop->records[i], start_ms);
		enough += ask[i] && loop->records[i].trouble == ENDPOINT_WELL
				  ? 1
				  : 0;
	}
	if (enough > loop->parts.quorum)
		enough = loop->parts.quorum;
	heads_fetch(loop->heads, loop->parts.client, ask, loop->parts.network,
		    loop->anchor.number, enough == 0 ? 1 : enough,
		    loop->parts.timeout_ms);
	uint64_t end_ms = clock_monotonic_ms();
	for (size_t i = 0; i < loop->count; i++) {
		struct endpoint_head *head = &loop->heads[i];

		loop->candidates[i] = head->is_answered;
		if (head->is_answered) {
			loop->records[i].head = head->number;
			continue;
		}
		/* Still busy with a question of an earlier poll. */
		if (!head->is_asked) {
			if (ask[i] && endpoint_record_late(&loop->records[i],
							   end_ms, draw()))
				exclude(loop, i, ENDPOINT_SLOW,
					"others answer long before it");
			continue;
		}
		/* Nobody waited for it as long as it might have taken. */
		if (head->is_late &&
		    end_ms - start_ms < loop->parts.timeout_ms) {
			if (endpoint_record_late(&loop->records[i], end_ms,
						 draw()))
				exclude(loop, i, ENDPOINT_SLOW,
					head->error.message);
			continue;
		}
		exclude(loop, i, endpoint_trouble_of(head->error.code),
			head->error.message);
	}
}

static void drop_stale(struct follower_loop *loop)
{
	uint64_t numbers[HEADS_FETCH_MAX_ENDPOINTS];
	size_t count = 0;

	for (size_t i = 0; i < loop->count; i++) {
		if (loop->candidates[i])
			numbers[count++] = loop->heads[i].number;
	}
	if (count == 0)
		return;
	uint64_t height = quorum_height(numbers, count, loop->parts.quorum);
	/* What was agreed on before is a height, too. */
	if (loop->has_head && loop->head.number > height)
		height = loop->head.number;
	for (size_t i = 0; i < loop->count; i++) {
		struct error reason;

		if (!loop->candidates[i] ||
		    !quorum_is_stale(loop->heads[i].number, height))
			continue;
		(void)error_set(
			&reason, ERROR_UNREACHABLE,
			"%s: its head %llu is %llu behind",
			rootchain_client_name(loop->parts.client, i),
			(unsigned long long)loop->heads[i].number,
			(unsigned long long)(height - loop->heads[i].number));
		exclude(loop, i, ENDPOINT_STALE, reason.message);
	}
}

/* ---- votes ---- */

/* What every candidate says about an eth_block. */
static void vote_on(struct follower_loop *loop, uint64_t number)
{
	bool ask[HEADS_FETCH_MAX_ENDPOINTS] = { false };
	struct hash hashes[HEADS_FETCH_MAX_ENDPOINTS];
	bool known[HEADS_FETCH_MAX_ENDPOINTS];
	size_t asked = 0;

	for (size_t i = 0; i < loop->count; i++) {
		loop->votes[i] = (struct quorum_vote){ .is_known = false };
		if (!loop->candidates[i])
			continue;
		loop->votes[i].is_known = loop->heads[i].number == number;
		loop->votes[i].hash = loop->heads[i].hash;
		ask[i] = loop->heads[i].number > number;
		asked += ask[i] ? 1 : 0;
	}
	if (asked == 0)
		return;
	heads_fetch_hashes(hashes, known, loop->parts.client, ask, number,
			   asked, loop->parts.timeout_ms);
	for (size_t i = 0; i < loop->count; i++) {
		if (!ask[i])
			continue;
		loop->votes[i].is_known = known[i];
		loop->votes[i].hash = hashes[i];
	}
}

static void drop_dissenters(struct follower_loop *loop, uint64_t number,
			    const struct hash *hash)
{
	for (size_t i = 0; i < loop->count; i++) {
		struct error reason;

		if (!loop->candidates[i] || !loop->votes[i].is_known ||
		    hash_equal(&loop->votes[i].hash, hash))
			continue;
		(void)error_set(&reason, ERROR_PROTOCOL,
				"%s: it has another eth_block %llu than others",
				rootchain_client_name(loop->parts.client, i),
				(unsigned long long)number);
		exclude(loop, i, ENDPOINT_DISAGREES, reason.message);
	}
}

/* A finalized eth_block is another one only if a quorum says so. */
static void drop_contradictors(struct follower_loop *loop)
{
	for (size_t i = 0; i < loop->count; i++) {
		loop->votes[i].is_known =
			loop->candidates[i] && loop->heads[i].has_anchor;
		loop->votes[i].hash = loop->heads[i].anchor_hash;
	}
	struct quorum_count result =
		quorum_count(loop->votes, loop->count, loop->parts.quorum);
	if (result.outcome == QUORUM_AGREED)
		drop_dissenters(loop, loop->anchor.number, &result.hash);
	else
		drop_dissenters(loop, loop->anchor.number, &loop->anchor.hash);
}

/* Those who voted for the target are followed, in turn. */
static void keep_members(struct follower_loop *loop)
{
	for (size_t i = 0; i < loop->count; i++) {
		if (!loop->votes[i].is_known ||
		    !hash_equal(&loop->votes[i].hash, &loop->target.hash))
			loop->candidates[i] = false;
	}
}

/* Votes on `number`; true if it can be the target. */
static bool try_target(struct follower_loop *loop, uint64_t number)
{
	vote_on(loop, number);
	struct quorum_count result =
		quorum_count(loop->votes, loop->count, loop->parts.quorum);

	loop->is_disputed = result.outcome == QUORUM_DISPUTED;
	if (result.outcome == QUORUM_NOBODY || loop->is_disputed)
		return false;
	loop->target.number = number;
	loop->target.hash = result.hash;
	loop->agreeing = result.count;
	if (result.outcome == QUORUM_AGREED)
		drop_dissenters(loop, number, &result.hash);
	keep_members(loop);
	return true;
}

/* The highest number that a quorum of endpoints has, or a little less where
 * heads differ for a moment. */
static bool choose_target(struct follower_loop *loop, struct error *error)
{
	uint64_t numbers[HEADS_FETCH_MAX_ENDPOINTS];
	uint64_t deployment = loop->parts.network->deployment_block;
	size_t count = 0;

	for (size_t i = 0; i < loop->count; i++) {
		if (loop->candidates[i])
			numbers[count++] = loop->heads[i].number;
	}
	if (count == 0)
		return fail_alone(loop, error);
	uint64_t number = quorum_height(numbers, count, loop->parts.quorum);
	for (unsigned int i = 0; i < MOST_TRIES; i++) {
		uint64_t back = ((uint64_t)1 << i) - 1;

		if (number - deployment < back)
			break;
		if (try_target(loop, number - back))
			return true;
		if (!loop->is_disputed && count_candidates(loop) == 0)
			return fail_alone(loop, error);
	}
	return error_set(error, ERROR_UNREACHABLE,
			 "the endpoints disagree about eth_blocks near %llu, "
			 "and none has a quorum",
			 (unsigned long long)number);
}

/* ---- what readers see ---- */

/* A level never goes back, unless what it rested on is gone, and never above
 * the head. */
static void raise_level(struct snapshot_level *level, uint64_t told,
			uint64_t most)
{
	if (told > most)
		told = most;
	if (!level->known || told > level->number)
		*level = (struct snapshot_level){ true, told };
}

/* What a quorum of the members calls finalized, or safe. */
static void raise_levels(struct follower_loop *loop, struct snapshot_head *head,
			 const bool *members)
{
	uint64_t safe[HEADS_FETCH_MAX_ENDPOINTS];
	uint64_t finalized[HEADS_FETCH_MAX_ENDPOINTS];
	size_t safe_count = 0;
	size_t finalized_count = 0;

	for (size_t i = 0; i < loop->count; i++) {
		if (members[i] && loop->heads[i].has_safe)
			safe[safe_count++] = loop->heads[i].safe;
		if (members[i] && loop->heads[i].has_finalized)
			finalized[finalized_count++] = loop->heads[i].finalized;
	}
	if (finalized_count > 0)
		raise_level(&head->finalized,
			    quorum_height(finalized, finalized_count,
					  loop->parts.quorum),
			    head->number);
	if (safe_count > 0)
		raise_level(&head->safe,
			    quorum_height(safe, safe_count, loop->parts.quorum),
			    head->number);
	if (head->finalized.known &&
	    (!head->safe.known || head->safe.number < head->finalized.number))
		head->safe = head->finalized;
}

static bool read_point(struct follower_loop *loop, struct state_point *at,
		       uint64_t number, struct error *error)
{
	struct growing_buffer rlp;
	struct eth_header header;
	bool found;

	growing_buffer_init(&rlp, ETH_HEADER_MAX_LEN);
	bool ok = snapshot_store_header(loop->parts.store, &found, &rlp, number,
					error);
	if (ok) {
		ok = found &&
		     eth_header_decode(&header, growing_buffer_view(&rlp));
		assert(ok);
		at->number = number;
		at->hash = eth_header_hash(growing_buffer_view(&rlp));
		at->state_root = header.state_root;
		at->time = header.time;
	}
	growing_buffer_clear(&rlp);
	return ok;
}

/* The target is older than what was fetched for a poll that failed. State at
 * the target is compared with all that is stored, so the rest goes first. */
static bool step_back(struct follower_loop *loop, const struct pursuit *pursuit,
		      struct error *error)
{
	struct stored_eth_block stored;
	bool found;

	if (!snapshot_store_eth_block(loop->parts.store, &found, &stored,
				      pursuit->target.number, error))
		return false;
	/* The endpoint may have told another hash than the one voted on. */
	if (!found || !hash_equal(&stored.hash, &pursuit->target.hash))
		return error_set(error, ERROR_PROTOCOL,
				 "%s: its eth_block %llu is not the one that "
				 "it voted for",
				 rootchain_client_name(loop->parts.client,
						       pursuit->endpoint),
				 (unsigned long long)pursuit->target.number);
	return snapshot_store_undo(loop->parts.store,
				   pursuit->target.number + 1, error);
}

static bool write_head(struct follower_loop *loop, struct pursuit *pursuit,
		       const bool *members, struct error *error)
{
	struct snapshot_head *head = &pursuit->head;
	bool stays = pursuit->has_head && !pursuit->is_visible_undone &&
		     ((pursuit->is_behind &&
		       pursuit->target.number <= head->number) ||
		      hash_equal(&head->hash, &pursuit->target.hash));
	const struct state_witnesses witnesses = { members, loop->parts.quorum,
						   loop->dissent };
	struct state_point at;

	memset(loop->dissent, 0, sizeof(loop->dissent));
	if (!stays) {
		if ((pursuit->is_behind && !step_back(loop, pursuit, error)) ||
		    !read_point(loop, &at, pursuit->target.number, error) ||
		    !state_fetch_head(loop->state, pursuit->endpoint, &at,
				      pursuit->seen, &witnesses, error))
			return false;
		head->number = at.number;
		head->hash = at.hash;
		head->time = at.time;
	}
	head->last_good_poll = clock_wall();
	head->proofs = head->proofs && state_fetch_is_proved(loop->state) &&
		       history_fetch_is_proved(loop->history);
	head->agreeing = loop->agreeing;
	head->quorum = loop->parts.quorum;
	raise_levels(loop, head, members);
	return snapshot_store_put_head(loop->parts.store, head, error);
}

static bool begin_writing(struct follower_loop *loop, struct error *error)
{
	return snapshot_store_is_writing(loop->parts.store) ||
	       snapshot_store_begin(loop->parts.store, error);
}

/* Follows one of the members to the target, in one transaction at last. */
static bool follow(struct follower_loop *loop, size_t endpoint,
		   const bool *members, struct error *error)
{
	struct pursuit pursuit = {
		.network = loop->parts.network,
		.client = loop->parts.client,
		.store = loop->parts.store,
		.history = loop->history,
		.range = loop->parts.range,
		.endpoint = endpoint,
		.target = loop->target,
		.may_break_finality = loop->agreeing >= loop->parts.quorum,
		.progress = loop->parts.progress,
		.context = loop->parts.context,
	};
	bool ok = pursuit_loop_start(&pursuit, error) &&
		  pursuit_loop_run(&pursuit, error);

	/* Nothing visible is older than the first good poll. */
	if (ok && pursuit.is_behind && !pursuit.has_head)
		ok = error_set(
			error, ERROR_UNREACHABLE,
			"%s: its head is behind what was fetched",
			rootchain_client_name(loop->parts.client, endpoint));
	ok = ok && begin_writing(loop, error) &&
	     write_head(loop, &pursuit, members, error) &&
	     snapshot_store_commit(loop->parts.store, error);
	if (!ok) {
		snapshot_store_rollback(loop->parts.store);
		return false;
	}
	loop->head = pursuit.head;
	loop->has_head = true;
	return true;
}

/* An error of our own machine, or the wish to stop, is nobody's fault. */
static bool is_endpoints(enum error_code code)
{
	return code == ERROR_UNREACHABLE || code == ERROR_PROTOCOL ||
	       code == ERROR_REFUSED || code == ERROR_CONFIG;
}

/* The members in turn, the one of last time first, until one has led there. */
static bool follow_somebody(struct follower_loop *loop, struct error *error)
{
	bool members[HEADS_FETCH_MAX_ENDPOINTS];

	memcpy(members, loop->candidates, sizeof(members));
	for (size_t i = 0; i < loop->count; i++) {
		size_t endpoint = (loop->leader + i) % loop->count;

		if (!loop->candidates[endpoint])
			continue;
		if (follow(loop, endpoint, members, error)) {
			loop->leader = endpoint;
			return true;
		}
		if (!is_endpoints(error->code))
			return false;
		exclude(loop, endpoint, endpoint_trouble_of(error->code),
			error->message);
	}
	return fail_alone(loop, error);
}

static void say_agreeing(struct follower_loop *loop)
{
	if (loop->agreeing == loop->told_agreeing)
		return;
	if (loop->agreeing < loop->parts.quorum)
		log_event(LOG_WARNING, "fewer endpoints agree than wanted",
			  log_text("id", EXPLANATION_FEWER),
			  log_number("agreeing", loop->agreeing),
			  log_number("quorum", loop->parts.quorum));
	else if (loop->told_agreeing < loop->parts.quorum)
		log_event(LOG_INFO, "enough endpoints agree again",
			  log_number("agreeing", loop->agreeing),
			  log_number("quorum", loop->parts.quorum));
	loop->told_agreeing = loop->agreeing;
}

bool follower_loop_poll(struct follower_loop *loop, struct error *error)
{
	if (!read_anchor(loop, error))
		return false;
	ask_heads(loop);
	drop_contradictors(loop);
	drop_stale(loop);
	if (!choose_target(loop, error) || !follow_somebody(loop, error)) {
		loop->told_agreeing = SIZE_MAX;
		return false;
	}
	for (size_t i = 0; i < loop->count; i++) {
		if (loop->dissent[i])
			exclude(loop, i, ENDPOINT_DISAGREES,
				"it tells other balances of tokens than "
				"others");
		else if (loop->candidates[i])
			restore(loop, i);
	}
	say_agreeing(loop);
	return true;
}
