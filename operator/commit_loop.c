/* SPDX-License-Identifier: MIT */
#include "operator/commit_loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/memory.h"
#include "common/chain/priority.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/ethereum/contract_calls.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "common/service/strict_json.h"
#include "common/service/thread.h"
#include "common/service/watcher_answer.h"
#include "operator/block_builder.h"
#include "operator/late_spend_store.h"
#include "operator/piggyback_store.h"
#include "operator/self_payment.h"
#include "operator/submission.h"

#define ANSWER_CEILING ((size_t)1 << 20)
#define WATCHER_EVERY_MS 2000

/* Deposits after which a block is formed early, of 999. */
#define DEPOSIT_PRESSURE 500

/* A person asks for higher fees. */
struct bump {
	uint64_t blknum;
	uint64_t percent;
	uint64_t max_fee_gwei;
	bool done;
	bool ok;
	struct error error;
};

/* The block behind the newest one as the mirrors were offered it. */
struct offer {
	uint64_t blknum; /* 0: they were not */
	uint64_t reforms;
	struct hash root;
};

struct commit_loop {
	struct commit_loop_parts parts;
	pthread_t thread;
	atomic_bool stopping;
	struct operator_facts facts;
	struct root_sender_view view;
	bool is_broken; /* nothing more is committed in this life */
	bool watcher_halts;
	bool was_halted;
	uint64_t self_paid_blknum; /* the last block it was tried for */
	struct http_client *watcher;
	uint64_t watcher_asked_at_ms;
	uint64_t checkpoint_blknum;
	uint64_t *mirrored; /* as stored, per mirror */
	struct offer offer;
	/* Blocks that are not mined spend nothing that was frozen up to this
	 * eth_block, as of this generation of the snapshot. */
	uint64_t late_eth_block;
	uint64_t generation;
	pthread_mutex_t mutex; /* covers what follows */
	pthread_cond_t bumped;
	struct bump *bump; /* NULL: nobody asks */
	bool is_bumping;   /* one was taken and is not answered yet */
	bool refuses;	   /* no other one is taken */
};

/* The store failed: what is on disk is read again by the next life. */
static NORETURN void give_up(const struct error *error)
{
	log_event(LOG_ERROR, "the disk failed: stopping",
		  log_text("error", error->message));
	exit(ERROR_IO);
}

static void set_halted(struct commit_loop *loop)
{
	bool halted = loop->is_broken || loop->watcher_halts;
	struct operator_event event = { .kind = OPERATOR_EVENT_HALT,
					.as.halted = halted };
	struct position broken;

	if (halted == loop->was_halted)
		return;
	loop->was_halted = halted;
	if (!operator_loop_apply(loop->parts.loop, &broken, &event, 1))
		loop->is_broken = true;
	if (!halted)
		operator_status_clear(loop->parts.status,
				      OPERATOR_ALARM_HALTED);
}

/* Nothing is committed any more until a person has looked. */
static void halt(struct commit_loop *loop, const char *reason, uint64_t blknum)
{
	if (!loop->is_broken)
		log_event(LOG_ERROR, "halted", log_text("reason", reason),
			  log_number("block", blknum));
	loop->is_broken = true;
	operator_status_raise(loop->parts.status, OPERATOR_ALARM_HALTED,
			      reason);
	set_halted(loop);
}

static uint64_t in_flight(struct commit_loop *loop)
{
	loop->view.newest_blknum = loop->facts.newest_blknum;
	return root_sender_in_flight(&loop->view);
}

/* ---- deposits ---- */

static void form_now(struct commit_loop *loop)
{
	struct operator_event event = { .kind = OPERATOR_EVENT_FORM_NOW,
					.now_ms = clock_monotonic_ms() };
	struct position broken;

	if (!operator_loop_apply(loop->parts.loop, &broken, &event, 1))
		log_event(LOG_ERROR, "forming a block broke another");
}

struct self_payment {
	struct transaction payment;
	const struct address *account;
	bool found;
};

/* On the deciding thread, whose ledger it is. */
static bool visit_self_payment(struct operator_state *state, size_t part,
			       void *context)
{
	struct self_payment *self = context;
	struct admission_view view = operator_state_view(state);

	self->found =
		self_payment_make(&self->payment, self->account, &view, part);
	return !self->found;
}

/* Signs and submits as any wallet does. */
static bool submit_self_payment(struct commit_loop *loop,
				const struct transaction *payment,
				struct error *error)
{
	const struct commit_loop_parts *parts = &loop->parts;
	uint8_t raw_form[PROTOCOL_MAX_RAW_SIZE];
	uint8_t signed_form[PROTOCOL_MAX_SIGNED_SIZE];
	struct writer raw = writer_of(raw_form, sizeof(raw_form));
	struct writer whole = writer_of(signed_form, sizeof(signed_form));
	struct hash domain = eip712_domain_separator(&parts->framework);
	struct hash digest = transaction_digest(&domain, payment);
	struct signature signature;
	struct ticket ticket = { .was_recovered = true };

	if (!signer_sign(&signature, parts->signer, &digest, error))
		return false;
	transaction_encode(&raw, payment);
	transaction_encode_signed(&whole, writer_view(&raw), &signature, 1);
	ticket.refusal = candidate_read(&ticket.candidate, writer_view(&whole));
	ticket.candidate.signers[0] = parts->signer->address;
	operator_loop_submit(parts->loop, &ticket, 1);
	return refusal_is_none(ticket.refusal) ||
	       error_set(error, ERROR_REFUSED, "%s",
			 refusal_code(ticket.refusal));
}

/* Once for each block number: without a coin every coin is looked at. */
static void pay_self(struct commit_loop *loop)
{
	struct self_payment self = { .account = &loop->parts.signer->address };
	struct error error;

	if (loop->self_paid_blknum == loop->view.next_child_block)
		return;
	loop->self_paid_blknum = loop->view.next_child_block;
	operator_loop_walk(loop->parts.loop, visit_self_payment, &self);
	if (!self.found)
		operator_status_raise(loop->parts.status,
				      OPERATOR_ALARM_DEPOSITS,
				      "deposits come close to their limit and "
				      "there is nothing to form a block of");
	else if (!submit_self_payment(loop, &self.payment, &error))
		operator_status_raise(loop->parts.status,
				      OPERATOR_ALARM_DEPOSITS, error.message);
	else
		log_event(LOG_INFO, "paid itself to make room for deposits");
}

/* Deposits must not come to the end of their numbers (protocol.md 13.6): what
 * waits is formed early, and if nothing does, the operator pays itself. A block
 * on its way is enough. */
static void relieve_deposits(struct commit_loop *loop, uint64_t next_deposit)
{
	if (next_deposit < DEPOSIT_PRESSURE) {
		operator_status_clear(loop->parts.status,
				      OPERATOR_ALARM_DEPOSITS);
		return;
	}
	struct operator_counts counts = operator_loop_counts(loop->parts.loop);
	if (in_flight(loop) > 0 || counts.closed > 0 || loop->was_halted)
		return;
	if (counts.waiting == 0)
		pay_self(loop);
	form_now(loop);
}

/* ---- the snapshot ---- */

/* Nobody but the root chain can make that good. */
static void halt_for_deposit(struct commit_loop *loop, uint64_t blknum)
{
	halt(loop,
	     "a committed block spends a deposit that the root chain took back",
	     blknum);
}

static void take_news(struct commit_loop *loop, const struct root_news *news)
{
	struct position broken;

	if (news->event_count > 0 &&
	    !operator_loop_apply(loop->parts.loop, &broken, news->events,
				 news->event_count))
		halt_for_deposit(loop, position_blknum(broken));
	if (news->trouble == ROOT_TROUBLE_FOREIGN_ROOT)
		halt(loop,
		     "the contract has a root that is not ours: the "
		     "authority's key is used elsewhere",
		     news->trouble_blknum);
	if (news->trouble == ROOT_TROUBLE_FINALITY)
		halt(loop, "the root chain replaced what was final", 0);
	loop->facts.ready = true;
	loop->facts.eth_block = news->head.number;
	loop->facts.eth_time = news->head.time;
	loop->facts.last_good_poll = news->head.last_good_poll;
	loop->facts.next_child_block = news->state.next_child_block;
	loop->view.head = news->head.hash;
	loop->view.eth_block = news->head.number;
	loop->view.next_child_block = news->state.next_child_block;
	loop->view.extensions = news->state.extensions;
	relieve_deposits(loop, news->state.next_deposit);
}

static bool freeze_piggybacked(struct commit_loop *loop, struct error *error)
{
	const struct piggyback_parts parts = { loop->parts.loop,
					       loop->parts.store,
					       loop->parts.bodies };

	return piggyback_store_freeze(&parts, error);
}

/* True if the snapshot could be read and is fresh enough to sign by. */
static bool read_snapshot(struct commit_loop *loop, struct root_news *news)
{
	struct error error;

	if (!root_store_poll(loop->parts.reader, news, &error)) {
		if (error.code == ERROR_IO)
			give_up(&error);
		operator_status_raise(loop->parts.status,
				      OPERATOR_ALARM_SNAPSHOT, error.message);
		return false;
	}
	take_news(loop, news);
	if (!freeze_piggybacked(loop, &error))
		give_up(&error);
	if (instant_since(clock_wall().seconds,
			  news->head.last_good_poll.seconds) >
	    loop->parts.snapshot_max_age) {
		operator_status_raise(loop->parts.status,
				      OPERATOR_ALARM_SNAPSHOT,
				      "the snapshot is too old to sign by");
		return false;
	}
	operator_status_clear(loop->parts.status, OPERATOR_ALARM_SNAPSHOT);
	return true;
}

/* ---- committing ---- */

static void commit_block(struct commit_loop *loop,
			 const struct forming_block *forming)
{
	const struct commit_loop_parts *parts = &loop->parts;
	struct built_block built;
	struct error error;

	block_builder_build(&built, forming, &parts->fee_claimer);
	struct committed_block block = {
		.blknum = built.blknum,
		.root = built.root,
		.transaction_count = built.transaction_count,
		.body_len = built.body.len,
		.formed_at = clock_wall().seconds,
	};
	if (!body_store_put(parts->bodies, &built.root,
			    growing_buffer_view(&built.body), &error) ||
	    !operator_store_commit_block(parts->store, &block, &error))
		give_up(&error);
	operator_loop_commit(parts->loop, built.blknum, built.fees,
			     built.fee_count);
	log_event(LOG_INFO, "block committed",
		  log_number("block", block.blknum),
		  log_hash("root", &block.root),
		  log_number("transactions", block.transaction_count));
	loop->facts.newest_blknum = block.blknum;
	loop->facts.newest_formed_at = block.formed_at;
	root_sender_wake(parts->sender);
	for (size_t i = 0; i < parts->mirror_count; i++)
		mirror_loop_wake(parts->mirrors[i]);
	built_block_clear(&built);
}

/* Writes the body that the block would have now and lets the mirrors have it.
 */
static void offer_block(struct commit_loop *loop,
			const struct forming_block *block)
{
	const struct commit_loop_parts *parts = &loop->parts;
	struct built_block built;
	struct error error;

	block_builder_build(&built, block, &parts->fee_claimer);
	if (!body_store_put(parts->bodies, &built.root,
			    growing_buffer_view(&built.body), &error))
		give_up(&error);
	loop->offer.root = built.root;
	for (size_t i = 0; i < parts->mirror_count; i++)
		mirror_loop_offer(parts->mirrors[i], &built.root);
	built_block_clear(&built);
}

/* True if all mirrors that are waited for have the block as it is now. */
static bool mirrors_have(struct commit_loop *loop,
			 const struct forming_block *block)
{
	const struct commit_loop_parts *parts = &loop->parts;
	uint64_t reforms = operator_loop_counts(parts->loop).reforms;

	if (!parts->mirror_before_send)
		return true;
	if (loop->offer.blknum != block->blknum ||
	    loop->offer.reforms != reforms) {
		loop->offer.blknum = block->blknum;
		loop->offer.reforms = reforms;
		offer_block(loop, block);
	}
	for (size_t i = 0; i < parts->mirror_count; i++) {
		if (!mirror_loop_has(parts->mirrors[i], &loop->offer.root))
			return false;
	}
	return true;
}

/* A block is committed when its root can be signed and sent at once: up to then
 * it can be formed again. */
static void commit_closed_blocks(struct commit_loop *loop)
{
	const struct commit_loop_parts *parts = &loop->parts;
	uint64_t count = 0;

	while (!loop->is_broken && !loop->watcher_halts &&
	       in_flight(loop) < parts->blocks_in_flight) {
		const struct forming_block *block =
			operator_loop_check_next_borrow(parts->loop);

		if (block == NULL || !mirrors_have(loop, block) ||
		    !root_sender_can_sign(parts->sender, ++count))
			return;
		block = operator_loop_fix_next_borrow(parts->loop);
		if (block == NULL)
			return;
		commit_block(loop, block);
	}
}

/* ---- mirrors ---- */

/* Remembers how far the mirrors are; the newest block that may be sent. */
static uint64_t watch_mirrors(struct commit_loop *loop)
{
	const struct commit_loop_parts *parts = &loop->parts;
	uint64_t least = loop->facts.newest_blknum;
	struct error error;

	for (size_t i = 0; i < parts->mirror_count; i++) {
		uint64_t blknum = mirror_loop_blknum(parts->mirrors[i]);

		if (blknum != loop->mirrored[i] &&
		    !operator_store_put_mirror(
			    parts->store, mirror_loop_name(parts->mirrors[i]),
			    blknum, &error))
			give_up(&error);
		if (blknum > loop->mirrored[i])
			root_sender_wake(parts->sender);
		loop->mirrored[i] = blknum;
		if (blknum < least)
			least = blknum;
	}
	loop->facts.mirrored_blknum = parts->mirror_count == 0 ? 0 : least;
	return parts->mirror_before_send ? least : loop->facts.newest_blknum;
}

/* ---- sending ---- */

/* With the mutex held. */
static void finish_bump(struct commit_loop *loop, struct bump *bump)
{
	bump->done = true;
	loop->is_bumping = false;
	pthread_cond_broadcast(&loop->bumped);
}

/* Whoever asks waits for it: on every turn, also when nothing may be signed. */
static void answer_bump(struct commit_loop *loop, bool may_sign)
{
	pthread_mutex_lock(&loop->mutex);
	struct bump *bump = loop->bump;
	loop->bump = NULL;
	loop->is_bumping = bump != NULL;
	pthread_mutex_unlock(&loop->mutex);
	if (bump == NULL)
		return;
	if (loop->is_broken)
		bump->ok = error_set(&bump->error, ERROR_REFUSED,
				     "the operator is halted");
	else if (!may_sign)
		bump->ok = error_set(&bump->error, ERROR_TRY_AGAIN,
				     "the snapshot cannot be read or is "
				     "too old to sign by");
	else
		bump->ok = root_sender_bump(
			loop->parts.sender, &bump->max_fee_gwei, &loop->view,
			bump->blknum, bump->percent, &bump->error);
	pthread_mutex_lock(&loop->mutex);
	finish_bump(loop, bump);
	pthread_mutex_unlock(&loop->mutex);
}

static void send_roots(struct commit_loop *loop)
{
	struct root_sender *sender = loop->parts.sender;
	const char *reason;

	loop->facts.blocks_in_flight = in_flight(loop);
	loop->view.newest_blknum = watch_mirrors(loop);
	if (!loop->is_broken && !root_sender_pass(sender, &reason, &loop->view))
		halt(loop, reason, loop->view.next_child_block);
	answer_bump(loop, true);
	struct root_sender_counts counts = root_sender_counts(sender);
	loop->facts.roots_sent = counts.sent;
	loop->facts.roots_raised = counts.raised;
	loop->facts.authority_balance_gwei = counts.balance_gwei;
}

/* ---- late spends ---- */

static void search_late_spends(struct commit_loop *loop,
			       const struct late_spend_range *range)
{
	const struct commit_loop_parts *parts = &loop->parts;
	struct error error;
	uint64_t blknum;
	bool found;

	if (!late_spend_store_find(&found, &blknum, parts->store, parts->bodies,
				   range, &error))
		give_up(&error);
	loop->late_eth_block = range->eth_block;
	if (found)
		halt(loop,
		     "a root that is not mined spends a coin whose exit "
		     "started too long ago",
		     blknum);
}

/* A committed block that is not mined L after an exit of what it spends was
 * started would be a reason for all to leave (protocol.md 13.5). False if it
 * cannot be told: then nothing is signed. */
static bool look_for_late_spends(struct commit_loop *loop,
				 const struct root_news *news)
{
	struct late_spend_range range = {
		.first_blknum = news->state.next_child_block,
		.last_blknum = loop->facts.newest_blknum,
	};
	struct error error;

	if (news->head.generation != loop->generation)
		loop->late_eth_block = 0;
	loop->generation = news->head.generation;
	range.after = loop->late_eth_block;
	if (loop->is_broken || in_flight(loop) == 0)
		return true;
	if (!root_store_eth_block_before(
		    loop->parts.reader, &range.eth_block,
		    exit_late_after(loop->parts.exit_period), &error)) {
		operator_status_raise(loop->parts.status,
				      OPERATOR_ALARM_SNAPSHOT, error.message);
		return false;
	}
	if (range.eth_block > news->head.number)
		range.eth_block = news->head.number;
	if (range.eth_block > range.after)
		search_late_spends(loop, &range);
	return true;
}

/* ---- exitability ---- */

static void watch_exitability(struct commit_loop *loop)
{
	struct operator_counts counts = operator_loop_counts(loop->parts.loop);
	uint64_t percent =
		exitability_percent(&loop->parts.exitability,
				    loop->parts.exit_period, counts.coins);

	loop->facts.exitability_percent = percent;
	if (percent >= EXITABILITY_CRITICAL_PERCENT)
		operator_status_raise(loop->parts.status,
				      OPERATOR_ALARM_EXITABILITY,
				      "critical: a mass exit of all outputs "
				      "would hardly fit into an exit period");
	else if (percent >= EXITABILITY_WARNING_PERCENT)
		operator_status_raise(loop->parts.status,
				      OPERATOR_ALARM_EXITABILITY,
				      "a mass exit of all outputs would need "
				      "half of what the root chain can take");
	else
		operator_status_clear(loop->parts.status,
				      OPERATOR_ALARM_EXITABILITY);
}

/* ---- the own watcher ---- */

/* False: the answer is none. */
static bool read_answer(bool *halts, struct growing_buffer *answer,
			struct error *error)
{
	json_t *root =
		strict_json_parse_new(growing_buffer_view(answer), error);
	const json_t *data = json_object_get(root, "data");
	bool ok = root != NULL &&
		  (json_is_true(json_object_get(root, "success")) ||
		   error_set(error, ERROR_PROTOCOL, "it refuses status.get"));

	if (ok)
		*halts = watcher_answer_halt(data) != NULL;
	json_decref(root);
	return ok;
}

static void ask_watcher(struct commit_loop *loop)
{
	struct growing_buffer answer;
	char url[1024];
	struct error error;
	long status;

	if (loop->parts.watcher_url == NULL ||
	    clock_monotonic_ms() < loop->watcher_asked_at_ms + WATCHER_EVERY_MS)
		return;
	loop->watcher_asked_at_ms = clock_monotonic_ms();
	(void)snprintf(url, sizeof(url), "%s/status.get",
		       loop->parts.watcher_url); /* cut: not reached */
	growing_buffer_init(&answer, ANSWER_CEILING);
	if (http_client_post(loop->watcher, &answer, &status, url,
			     "application/json", bytes_of_string("{}"),
			     &error) &&
	    read_answer(&loop->watcher_halts, &answer, &error))
		operator_status_clear(loop->parts.status,
				      OPERATOR_ALARM_WATCHER);
	else /* that is an alarm, not a halt, and ends none */
		operator_status_raise(loop->parts.status,
				      OPERATOR_ALARM_WATCHER, error.message);
	growing_buffer_clear(&answer);
	if (loop->watcher_halts)
		operator_status_raise(
			loop->parts.status, OPERATOR_ALARM_HALTED,
			"the own watcher reports an event that halts the "
			"chain");
	set_halted(loop);
}

/* ---- the thread ---- */

static void checkpoint_if_due(struct commit_loop *loop)
{
	uint64_t newest = loop->facts.newest_blknum;

	if (newest < loop->checkpoint_blknum + loop->parts.checkpoint_blocks *
						       PROTOCOL_BLOCK_INTERVAL)
		return;
	checkpoint_loop_wake(loop->parts.checkpoints);
	loop->checkpoint_blknum = newest;
}

static void *run(void *context)
{
	struct commit_loop *loop = context;

	if (loop->parts.broken_deposit != 0)
		halt_for_deposit(loop, loop->parts.broken_deposit);
	while (!atomic_load(&loop->stopping)) {
		struct root_news news;

		ask_watcher(loop);
		if (read_snapshot(loop, &news) &&
		    look_for_late_spends(loop, &news)) {
			commit_closed_blocks(loop);
			send_roots(loop);
			checkpoint_if_due(loop);
		} else {
			answer_bump(loop, false);
		}
		watch_exitability(loop);
		operator_status_put(loop->parts.status, &loop->facts);
		operator_loop_wait_closed(loop->parts.loop,
					  loop->parts.poll_ms);
	}
	return NULL;
}

/* Asks the contract itself, which the snapshot may lag behind. */
static bool compare_history(struct commit_loop *loop, struct error *error)
{
	const struct commit_loop_parts *parts = &loop->parts;
	struct growing_buffer call;
	struct growing_buffer returned;
	struct contract_block block = { { { 0 } }, { 0 } };
	struct hash ours;
	uint64_t next = 0;
	bool found = false;

	growing_buffer_init(&call, 256);
	growing_buffer_init(&returned, 256);
	contract_call_view(&call, CONTRACT_VIEW_NEXT_CHILD_BLOCK);
	bool ok = root_chain_rpc_view(parts->rpc, &returned, &parts->framework,
				      growing_buffer_view(&call), error) &&
		  (contract_return_u64(&next, growing_buffer_view(&returned)) ||
		   error_set(error, ERROR_CONFIG,
			     "no framework answers at the network's address"));
	uint64_t last = next - PROTOCOL_BLOCK_INTERVAL;
	if (ok && next > PROTOCOL_BLOCK_INTERVAL) {
		growing_buffer_reset(&call);
		growing_buffer_reset(&returned);
		contract_call_blocks(&call, last);
		ok = root_chain_rpc_view(parts->rpc, &returned,
					 &parts->framework,
					 growing_buffer_view(&call), error) &&
		     (contract_return_block(&block,
					    growing_buffer_view(&returned)) ||
		      error_set(error, ERROR_PROTOCOL,
				"blocks(%llu) cannot be read",
				(unsigned long long)last)) &&
		     operator_store_signed_root(parts->store, &found, &ours,
						last, error);
	}
	growing_buffer_clear(&call);
	growing_buffer_clear(&returned);
	if (!ok || next <= PROTOCOL_BLOCK_INTERVAL)
		return ok;
	switch (submission_compare(next, last, &block.root,
				   found ? &ours : NULL)) {
	case SUBMISSION_HISTORY_AGREES:
		return true;
	case SUBMISSION_HISTORY_AHEAD:
		return error_set(error, ERROR_REFUSED,
				 "the contract has block %llu, which this data "
				 "directory does not know",
				 (unsigned long long)last);
	case SUBMISSION_HISTORY_DIFFERS:
		return error_set(error, ERROR_REFUSED,
				 "the contract has another root for block %llu "
				 "than this data directory",
				 (unsigned long long)last);
	}
	return false;
}

static void commit_loop_free(struct commit_loop *loop)
{
	http_client_free(loop->watcher);
	pthread_mutex_destroy(&loop->mutex);
	pthread_cond_destroy(&loop->bumped);
	memory_free(loop->mirrored);
	memory_free(loop);
}

bool commit_loop_start(struct commit_loop **out,
		       const struct commit_loop_parts *parts,
		       struct error *error)
{
	struct commit_loop *loop = memory_new(1, sizeof(*loop));
	struct committed_block newest;
	bool found = false;

	loop->parts = *parts;
	loop->watcher = http_client_new((struct http_limits){ 500, 2000, 2 });
	loop->mirrored =
		memory_new(parts->mirror_count + 1, sizeof(*loop->mirrored));
	pthread_mutex_init(&loop->mutex, NULL);
	pthread_cond_init(&loop->bumped, NULL);
	bool ok = compare_history(loop, error) &&
		  operator_store_newest_block(parts->store, &found, &newest,
					      error);
	if (ok && found) {
		loop->facts.newest_blknum = newest.blknum;
		loop->facts.newest_formed_at = newest.formed_at;
		loop->checkpoint_blknum = newest.blknum;
	}
	if (!ok || !thread_start(&loop->thread, run, loop, error)) {
		commit_loop_free(loop);
		return false;
	}
	*out = loop;
	return true;
}

void commit_loop_refuse(struct commit_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	struct bump *bump = loop->bump;
	loop->bump = NULL;
	loop->refuses = true;
	if (bump != NULL) {
		bump->ok = error_set(&bump->error, ERROR_TRY_AGAIN,
				     "the operator is stopping");
		finish_bump(loop, bump);
	}
	pthread_mutex_unlock(&loop->mutex);
}

void commit_loop_stop(struct commit_loop *loop)
{
	commit_loop_refuse(loop);
	atomic_store(&loop->stopping, true);
	operator_loop_wake(loop->parts.loop);
	pthread_join(loop->thread, NULL);
	commit_loop_free(loop);
}

bool commit_loop_bump(struct commit_loop *loop, uint64_t *max_fee_gwei,
		      uint64_t blknum, uint64_t percent, struct error *error)
{
	struct bump bump = { .blknum = blknum, .percent = percent };

	pthread_mutex_lock(&loop->mutex);
	bool refuses = loop->refuses;
	bool taken = !refuses && loop->bump == NULL && !loop->is_bumping;
	if (taken) {
		/* Until it is done, which is awaited below. */
		/* cppcheck-suppress autoVariables */
		loop->bump = &bump;
	}
	pthread_mutex_unlock(&loop->mutex);
	if (!taken)
		return error_set(error, ERROR_TRY_AGAIN,
				 refuses ? "the operator is stopping"
					 : "another one is under way");
	operator_loop_wake(loop->parts.loop);
	pthread_mutex_lock(&loop->mutex);
	while (!bump.done)
		pthread_cond_wait(&loop->bumped, &loop->mutex);
	pthread_mutex_unlock(&loop->mutex);
	*max_fee_gwei = bump.max_fee_gwei;
	if (!bump.ok)
		*error = bump.error;
	return bump.ok;
}
