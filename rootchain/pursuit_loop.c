/* SPDX-License-Identifier: MIT */
#include "rootchain/pursuit_loop.h"

#include <assert.h>

#include "common/service/clock.h"
#include "common/service/log.h"
#include "rootchain/explanation.h"

/* A chain that moves on while it is searched is searched again, so often. */
#define MOST_SEARCHES 8

bool pursuit_loop_start(struct pursuit *pursuit, struct error *error)
{
	struct stored_eth_block tip;
	bool has_tip;

	if (!snapshot_store_tip(pursuit->store, &has_tip, &tip, error) ||
	    !snapshot_store_head(pursuit->store, &pursuit->has_head,
				 &pursuit->head, error))
		return false;
	if (pursuit->has_head)
		pursuit->seen = pursuit->head.number;
	else
		pursuit->head =
			(struct snapshot_head){ .number = 0, .proofs = true };
	pursuit->before = pursuit->head;
	const struct follower_point from = { tip.number, tip.hash };
	follower_start(&pursuit->follower, pursuit->network->deployment_block,
		       pursuit->range, has_tip ? &from : NULL,
		       &pursuit->target);
	return true;
}

static bool count_search(struct pursuit *pursuit, struct error *error)
{
	return ++pursuit->searches <= MOST_SEARCHES ||
	       error_set(error, ERROR_PROTOCOL,
			 "%s: its chain is another at every look",
			 rootchain_client_name(pursuit->client,
					       pursuit->endpoint));
}

static bool begin_writing(struct pursuit *pursuit, struct error *error)
{
	return snapshot_store_is_writing(pursuit->store) ||
	       snapshot_store_begin(pursuit->store, error);
}

static bool look(struct pursuit *pursuit, uint64_t number, struct error *error)
{
	struct stored_eth_block stored;
	struct hash hash;
	bool is_stored;
	bool found;

	if (!snapshot_store_eth_block(pursuit->store, &is_stored, &stored,
				      number, error) ||
	    !history_fetch_hash(pursuit->history, &found, &hash,
				pursuit->endpoint, number, error))
		return false;
	assert(is_stored);
	follower_saw(&pursuit->follower, number,
		     found && hash_equal(&hash, &stored.hash));
	return true;
}

static void lower_level(struct snapshot_level *level, uint64_t most)
{
	if (level->known && level->number > most)
		level->number = most;
}

/* Readers saw what is taken back: they are told, and for ever. */
static bool record_reorganisation(struct pursuit *pursuit, uint64_t first,
				  struct error *error)
{
	struct snapshot_head *head = &pursuit->head;
	struct stored_eth_block undone;
	bool found;

	if (!pursuit->has_head || first > head->number)
		return true;
	if (!snapshot_store_eth_block(pursuit->store, &found, &undone, first,
				      error))
		return false;
	assert(found);
	const struct stored_reorganisation what = {
		.generation = head->generation + 1,
		.first_undone = first,
		.first_undone_hash = undone.hash,
		.old_head_number = pursuit->before.number,
		.old_head_hash = pursuit->before.hash,
		.finalized = head->finalized,
		.seen_at = clock_wall(),
	};
	bool breaks_finality =
		head->finalized.known && first <= head->finalized.number;
	if (breaks_finality && !pursuit->may_break_finality)
		return error_set(error, ERROR_PROTOCOL,
				 "%s: it has another eth_block %llu than the "
				 "finalized one, and too few say so",
				 rootchain_client_name(pursuit->client,
						       pursuit->endpoint),
				 (unsigned long long)first);
	log_event(
		breaks_finality ? LOG_ERROR : LOG_INFO,
		breaks_finality ? "a finalized eth_block was replaced"
				: "reorganisation",
		log_text("id", breaks_finality ? EXPLANATION_FINALITY : "none"),
		log_number("first_undone", first),
		log_number("old_head", head->number),
		log_number("generation", what.generation));
	head->generation = what.generation;
	head->finality_broken = head->finality_broken || breaks_finality;
	head->number = first - 1;
	lower_level(&head->safe, first - 1);
	lower_level(&head->finalized, first - 1);
	if (pursuit->seen > first - 1)
		pursuit->seen = first - 1;
	pursuit->is_visible_undone = true;
	return snapshot_store_put_reorganisation(pursuit->store, &what, error);
}

static bool undo(struct pursuit *pursuit, uint64_t first, struct error *error)
{
	struct stored_eth_block tip;
	bool found;

	if (!begin_writing(pursuit, error) ||
	    !record_reorganisation(pursuit, first, error) ||
	    !snapshot_store_undo(pursuit->store, first, error) ||
	    !snapshot_store_tip(pursuit->store, &found, &tip, error))
		return false;
	assert(found);
	const struct follower_point point = { tip.number, tip.hash };
	follower_moved(&pursuit->follower, &point);
	return count_search(pursuit, error);
}

/* What is complete in itself is committed, so that it need not be fetched
 * again; but never what readers would take for the head's. */
static bool commit_range(struct pursuit *pursuit, struct error *error)
{
	const struct follower *follower = &pursuit->follower;

	if (pursuit->is_visible_undone ||
	    follower->tip.number == follower->target.number)
		return true;
	if (!snapshot_store_commit(pursuit->store, error))
		return false;
	return pursuit->progress == NULL ||
	       pursuit->progress(pursuit->context, follower->tip.number,
				 follower->target.number) ||
	       error_set(error, ERROR_TRY_AGAIN, "stopped");
}

static bool fetch(struct pursuit *pursuit, struct follower_want want,
		  struct error *error)
{
	struct follower *follower = &pursuit->follower;
	struct stored_eth_block tip;
	bool is_linked;

	if (!begin_writing(pursuit, error) ||
	    !history_fetch_range(pursuit->history, &is_linked, &tip,
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
	return commit_range(pursuit, error);
}

bool pursuit_loop_run(struct pursuit *pursuit, struct error *error)
{
	for (;;) {
		struct follower_want want = follower_want(&pursuit->follower);
		bool ok = true;

		switch (want.kind) {
		case FOLLOWER_WANT_NOTHING:
			return true;
		case FOLLOWER_WANT_BEHIND:
			pursuit->is_behind = true;
			return true;
		case FOLLOWER_WANT_FOREIGN:
			return error_set(
				error, ERROR_CONFIG,
				"%s: its chain is not the one that is followed",
				rootchain_client_name(pursuit->client,
						      pursuit->endpoint));
		case FOLLOWER_WANT_LOOK:
			ok = look(pursuit, want.first, error);
			break;
		case FOLLOWER_WANT_UNDO:
			ok = undo(pursuit, want.first, error);
			break;
		case FOLLOWER_WANT_FETCH:
			ok = fetch(pursuit, want, error);
			break;
		}
		if (!ok)
			return false;
	}
}
