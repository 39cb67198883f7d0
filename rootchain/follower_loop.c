/* SPDX-License-Identifier: MIT */
#include "rootchain/follower_loop.h"

#include <assert.h>

#include "common/base/memory.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "rootchain/follower.h"
#include "rootchain/heads_fetch.h"
#include "rootchain/history_fetch.h"
#include "rootchain/state_fetch.h"

/* A chain that moves on while it is searched is searched again, so often. */
#define MOST_SEARCHES 8

struct follower_loop {
	struct follower_loop_parts parts;
	struct history_fetch *history;
	struct state_fetch *state;
	struct snapshot_head head; /* as readers see it */
	bool has_head;
	struct endpoint_head heads[HEADS_FETCH_MAX_ENDPOINTS];
};

struct follower_loop *follower_loop_new(const struct follower_loop_parts *parts)
{
	struct follower_loop *loop = memory_new(1, sizeof(*loop));
	const struct history_fetch_parts history = {
		parts->network,
		parts->client,
		parts->store,
		parts->timeout_ms,
	};
	const struct state_fetch_parts state = {
		parts->network,	   parts->client, parts->store,
		parts->timeout_ms, parts->proofs,
	};

	loop->parts = *parts;
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

/* ---- one step of following ---- */

struct pursuit {
	size_t endpoint;
	struct follower follower;
	const struct endpoint_head *target;
	struct snapshot_head head; /* what the next one will be */
	bool has_head;
	bool is_visible_undone; /* so that all has to be one transaction */
	uint64_t seen;		/* child blocks up to this one are checked */
	unsigned int searches;
};

static bool begin_writing(struct follower_loop *loop, struct error *error)
{
	return snapshot_store_is_writing(loop->parts.store) ||
	       snapshot_store_begin(loop->parts.store, error);
}

static bool look(struct follower_loop *loop, struct pursuit *pursuit,
		 uint64_t number, struct error *error)
{
	struct stored_eth_block stored;
	struct hash hash;
	bool is_stored;
	bool found;

	if (!snapshot_store_eth_block(loop->parts.store, &is_stored, &stored,
				      number, error) ||
	    !history_fetch_hash(loop->history, &found, &hash, pursuit->endpoint,
				number, error))
		return false;
	assert(is_stored);
	follower_saw(&pursuit->follower, number,
		     found && hash_equal(&hash, &stored.hash));
	return true;
}

/* Readers saw what is taken back: they are told, and for ever. */
static bool record_reorganisation(struct follower_loop *loop,
				  struct pursuit *pursuit, uint64_t first,
				  struct error *error)
{
	struct snapshot_head *head = &pursuit->head;
	struct stored_eth_block undone;
	bool found;

	if (!pursuit->has_head || first > head->number)
		return true;
	if (!snapshot_store_eth_block(loop->parts.store, &found, &undone, first,
				      error))
		return false;
	assert(found);
	const struct stored_reorganisation what = {
		.generation = head->generation + 1,
		.first_undone = first,
		.first_undone_hash = undone.hash,
		.old_head_number = head->number,
		.old_head_hash = head->hash,
		.finalized = head->finalized,
		.seen_at = clock_wall(),
	};
	bool breaks_finality =
		head->finalized.known && first <= head->finalized.number;
	log_event(breaks_finality ? LOG_ERROR : LOG_INFO,
		  breaks_finality ? "a finalized eth_block was replaced"
				  : "reorganisation",
		  log_number("first_undone", first),
		  log_number("old_head", head->number),
		  log_number("generation", what.generation));
	head->generation = what.generation;
	head->finality_broken = head->finality_broken || breaks_finality;
	head->number = first - 1;
	if (pursuit->seen > first - 1)
		pursuit->seen = first - 1;
	pursuit->is_visible_undone = true;
	return snapshot_store_put_reorganisation(loop->parts.store, &what,
						 error);
}

static bool undo(struct follower_loop *loop, struct pursuit *pursuit,
		 uint64_t first, struct error *error)
{
	struct stored_eth_block tip;
	bool found;

	if (!begin_writing(loop, error) ||
	    !record_reorganisation(loop, pursuit, first, error) ||
	    !snapshot_store_undo(loop->parts.store, first, error) ||
	    !snapshot_store_tip(loop->parts.store, &found, &tip, error))
		return false;
	assert(found);
	const struct follower_point point = { tip.number, tip.hash };
	follower_moved(&pursuit->follower, &point);
	return true;
}

/* What is complete in itself is committed, so that it need not be fetched
 * again; but never what readers would take for the head's. */
static bool commit_range(struct follower_loop *loop, struct pursuit *pursuit,
			 struct error *error)
{
	const struct follower *follower = &pursuit->follower;

	if (pursuit->is_visible_undone ||
	    follower->tip.number == follower->target.number)
		return true;
	if (!snapshot_store_commit(loop->parts.store, error))
		return false;
	return loop->parts.progress == NULL ||
	       loop->parts.progress(loop->parts.context, follower->tip.number,
				    follower->target.number) ||
	       error_set(error, ERROR_TRY_AGAIN, "stopped");
}

static bool fetch(struct follower_loop *loop, struct pursuit *pursuit,
		  struct follower_want want, struct error *error)
{
	struct follower *follower = &pursuit->follower;
	struct stored_eth_block tip;
	bool is_linked;

	if (!begin_writing(loop, error) ||
	    !history_fetch_range(loop->history, &is_linked, &tip,
				 pursuit->endpoint,
				 follower->has_tip ? &follower->tip.hash : NULL,
				 want.first, want.last, error))
		return false;
	if (!is_linked) {
		follower_not_linked(follower);
		return ++pursuit->searches <= MOST_SEARCHES ||
		       error_set(
			       error, ERROR_TRY_AGAIN,
			       "the root chain moves too fast to be followed");
	}
	const struct follower_point point = { tip.number, tip.hash };
	follower_moved(follower, &point);
	return commit_range(loop, pursuit, error);
}

static bool behind(struct follower_loop *loop, struct pursuit *pursuit,
		   struct error *error)
{
	return error_set(
		error, ERROR_UNREACHABLE,
		"%s: its head %llu is behind the %llu that it had",
		rootchain_client_name(loop->parts.client, pursuit->endpoint),
		(unsigned long long)pursuit->target->number,
		(unsigned long long)pursuit->follower.tip.number);
}

static bool pursue(struct follower_loop *loop, struct pursuit *pursuit,
		   struct error *error)
{
	for (;;) {
		struct follower_want want = follower_want(&pursuit->follower);
		bool ok = true;

		switch (want.kind) {
		case FOLLOWER_WANT_NOTHING:
			return true;
		case FOLLOWER_WANT_BEHIND:
			return behind(loop, pursuit, error);
		case FOLLOWER_WANT_FOREIGN:
			return error_set(
				error, ERROR_CONFIG,
				"%s: its chain is not the one that is followed",
				rootchain_client_name(loop->parts.client,
						      pursuit->endpoint));
		case FOLLOWER_WANT_LOOK:
			ok = look(loop, pursuit, want.first, error);
			break;
		case FOLLOWER_WANT_UNDO:
			ok = undo(loop, pursuit, want.first, error);
			break;
		case FOLLOWER_WANT_FETCH:
			ok = fetch(loop, pursuit, want, error);
			break;
		}
		if (!ok)
			return false;
	}
}

/* ---- a poll ---- */

static bool start_pursuit(struct follower_loop *loop, struct pursuit *pursuit,
			  struct error *error)
{
	const struct endpoint_head *target = pursuit->target;
	const struct follower_point to = { target->number, target->hash };
	struct stored_eth_block tip;
	bool has_tip;

	if (!snapshot_store_tip(loop->parts.store, &has_tip, &tip, error) ||
	    !snapshot_store_head(loop->parts.store, &pursuit->has_head,
				 &pursuit->head, error))
		return false;
	if (pursuit->has_head)
		pursuit->seen = pursuit->head.number;
	else
		pursuit->head =
			(struct snapshot_head){ .number = 0, .proofs = true };
	const struct follower_point from = { tip.number, tip.hash };
	follower_start(&pursuit->follower,
		       loop->parts.network->deployment_block, loop->parts.range,
		       has_tip ? &from : NULL, &to);
	return true;
}

/* A level never goes back, unless what it rested on is gone, and never above
 * the head. */
static struct snapshot_level raise_level(struct snapshot_level level,
					 bool is_told, uint64_t told,
					 uint64_t most)
{
	if (level.known && level.number > most)
		level.number = most;
	if (!is_told)
		return level;
	if (told > most)
		told = most;
	if (!level.known || told > level.number)
		level = (struct snapshot_level){ true, told };
	return level;
}

static void raise_levels(struct pursuit *pursuit)
{
	const struct endpoint_head *target = pursuit->target;
	struct snapshot_head *head = &pursuit->head;

	head->finalized = raise_level(head->finalized, target->has_finalized,
				      target->finalized, head->number);
	head->safe = raise_level(head->safe, target->has_safe, target->safe,
				 head->number);
	if (head->safe.known && head->finalized.known &&
	    head->finalized.number > head->safe.number)
		head->finalized.number = head->safe.number;
}

static bool write_head(struct follower_loop *loop, struct pursuit *pursuit,
		       struct error *error)
{
	const struct endpoint_head *target = pursuit->target;
	struct snapshot_head *head = &pursuit->head;
	const struct state_point at = { target->number, target->hash,
					target->state_root, target->time };
	bool is_same = pursuit->has_head && !pursuit->is_visible_undone &&
		       hash_equal(&head->hash, &target->hash);

	if (!is_same && !state_fetch_head(loop->state, pursuit->endpoint, &at,
					  pursuit->seen, error))
		return false;
	head->number = target->number;
	head->hash = target->hash;
	head->time = target->time;
	head->last_good_poll = clock_wall();
	head->proofs = head->proofs && state_fetch_is_proved(loop->state);
	head->agreeing = 1;
	head->quorum = loop->parts.quorum;
	raise_levels(pursuit);
	return snapshot_store_put_head(loop->parts.store, head, error);
}

static bool follow(struct follower_loop *loop, size_t endpoint,
		   struct error *error)
{
	struct pursuit pursuit = {
		.endpoint = endpoint,
		.target = &loop->heads[endpoint],
	};
	bool ok = start_pursuit(loop, &pursuit, error) &&
		  pursue(loop, &pursuit, error) && begin_writing(loop, error) &&
		  write_head(loop, &pursuit, error) &&
		  snapshot_store_commit(loop->parts.store, error);

	if (!ok) {
		snapshot_store_rollback(loop->parts.store);
		return false;
	}
	loop->head = pursuit.head;
	loop->has_head = true;
	return true;
}

bool follower_loop_poll(struct follower_loop *loop, struct error *error)
{
	bool ask[HEADS_FETCH_MAX_ENDPOINTS];

	for (size_t i = 0; i < HEADS_FETCH_MAX_ENDPOINTS; i++)
		ask[i] = true;
	heads_fetch(loop->heads, loop->parts.client, ask, loop->parts.network,
		    1, loop->parts.timeout_ms);
	if (!loop->heads[0].is_answered) {
		*error = loop->heads[0].error;
		return false;
	}
	return follow(loop, 0, error);
}
