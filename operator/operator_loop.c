/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pthread_rwlockattr_setkind_np() */

#include "operator/operator_loop.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "common/service/thread.h"
#include "operator/recovery_store.h"

/* Room for the payments of one batch; more are written in several. */
#define BATCH_CEILING ((size_t)64 << 20)

/* Batches begin no faster: what comes meanwhile shares one fsync. Where more is
 * known to follow, so much is added. */
#define GATHER_MS 4
#define FOLLOW_MS 4

enum request_kind {
	REQUEST_PAYMENTS,
	REQUEST_EVENTS,
	REQUEST_CHECK_NEXT,
	REQUEST_FIX_NEXT,
	REQUEST_COMMIT,
	REQUEST_VISIT
};

struct request {
	struct request *next;
	enum request_kind kind;
	bool done;
	struct ticket *tickets;
	const struct operator_event *events;
	size_t count;
	bool broken;
	struct position broken_position;
	const struct forming_block *sound;
	struct forming_block *committed;
	operator_visit *visit;
	operator_loop_done *call; /* NULL: somebody waits for `done` */
	void *context;
};

struct operator_loop {
	struct operator_state *state;
	struct accepted_store *store;
	pthread_t thread;
	pthread_rwlock_t state_lock; /* written by the deciding thread alone */
	pthread_mutex_t mutex;	     /* covers what follows */
	pthread_cond_t arrived;
	pthread_cond_t finished;
	pthread_cond_t gathered; /* nothing more follows */
	pthread_cond_t closed;
	bool has_closed; /* a block was closed and nobody has looked yet */
	struct request *first;
	struct request **last;
	bool refusing;
	bool stopping;
	bool more_follow; /* soon, as the last one said who brought payments */
	struct operator_counts counts;
	/* Of the deciding thread. */
	struct operator_effects effects;
	struct growing_buffer batch;
	uint64_t batch_blknum;
	bool reformed;
	bool closing;
	uint64_t next_batch_ms;
};

static NORETURN void give_up(const struct error *error)
{
	log_event(LOG_ERROR, "the disk failed: stopping",
		  log_text("error", error->message));
	exit(ERROR_IO);
}

static void flush_batch(struct operator_loop *loop)
{
	struct error error;

	if (loop->batch.len == 0)
		return;
	if (!accepted_store_append(loop->store, loop->batch_blknum,
				   growing_buffer_view(&loop->batch), &error))
		give_up(&error);
	growing_buffer_reset(&loop->batch);
}

static void keep(struct operator_loop *loop, const struct candidate *candidate,
		 uint64_t blknum)
{
	if (loop->batch_blknum != blknum ||
	    loop->batch.len + candidate->signed_form.len > BATCH_CEILING)
		flush_batch(loop);
	loop->batch_blknum = blknum;
	bool fits = growing_buffer_put(&loop->batch, candidate->signed_form);
	assert(fits);
}

static void report_dropped(const struct operator_effect *effect)
{
	char hash[HEX_SIZE(32)];

	hex_encode(hash, bytes_view(effect->hash.bytes, 32));
	log_event(LOG_WARNING, "an accepted payment can never be included",
		  log_text("transaction", hash),
		  log_text("reason", refusal_code(effect->refusal)));
}

/* Handles the effects of one event. `ticket` is that of a payment. */
static void perform(struct operator_loop *loop, struct request *request,
		    struct ticket *ticket)
{
	for (size_t i = 0; i < loop->effects.count; i++) {
		const struct operator_effect *effect = &loop->effects.items[i];

		switch (effect->kind) {
		case OPERATOR_EFFECT_KEEP:
			assert(ticket != NULL);
			ticket->refusal = REFUSED_NOT;
			ticket->position = effect->position;
			keep(loop, &ticket->candidate,
			     position_blknum(effect->position));
			break;
		case OPERATOR_EFFECT_REFUSE:
			assert(ticket != NULL);
			ticket->refusal = effect->refusal;
			break;
		case OPERATOR_EFFECT_CLOSED:
			loop->closing = true;
			break;
		case OPERATOR_EFFECT_NOT_SOUND:
			break;
		case OPERATOR_EFFECT_SOUND:
			assert(request != NULL);
			request->sound = mempool_find_borrow(
				operator_state_mempool_borrow(loop->state),
				effect->blknum);
			break;
		case OPERATOR_EFFECT_DROPPED:
			report_dropped(effect);
			break;
		case OPERATOR_EFFECT_DONE:
			assert(request != NULL);
			request->committed = effect->block;
			accepted_store_release(loop->store,
					       effect->block->blknum);
			break;
		case OPERATOR_EFFECT_REFORMED:
			loop->reformed = true;
			break;
		case OPERATOR_EFFECT_FINALITY_BROKEN:
			assert(request != NULL);
			request->broken = true;
			request->broken_position = effect->position;
			break;
		}
	}
	loop->effects.count = 0;
}

static void prefetch_inputs(const struct ledger *ledger,
			    const struct ticket *tickets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct transaction *transaction =
			&tickets[i].candidate.transaction;

		if (refusal_is_none(tickets[i].refusal))
			ledger_prefetch(ledger, transaction->inputs,
					transaction->input_count);
	}
}

/* Where the outputs will stand if all are accepted. */
static void prefetch_outputs(struct operator_loop *loop,
			     const struct ticket *tickets, size_t count)
{
	const struct forming_block *block =
		mempool_open_borrow(operator_state_mempool_borrow(loop->state));
	const struct ledger *ledger = operator_state_ledger_borrow(loop->state);
	uint32_t txindex = block->count;

	for (size_t i = 0; i < count; i++) {
		struct position places[PROTOCOL_MAX_OUTPUTS];
		size_t outputs = tickets[i].candidate.transaction.output_count;
		uint32_t made = 0;

		if (!refusal_is_none(tickets[i].refusal))
			continue;
		while (made < outputs &&
		       position_make(&places[made], block->blknum, txindex,
				     made))
			made++;
		ledger_prefetch(ledger, places, made);
		txindex++;
	}
}

static void prefetch(struct operator_loop *loop, const struct ticket *tickets,
		     size_t count)
{
	prefetch_inputs(operator_state_ledger_borrow(loop->state), tickets,
			count);
	prefetch_outputs(loop, tickets, count);
}

static void run_payments(struct operator_loop *loop, struct request *request,
			 uint64_t now_ms)
{
	for (size_t i = 0; i < request->count; i++) {
		struct ticket *ticket = &request->tickets[i];
		size_t left = request->count - i;
		struct operator_event event = {
			.kind = OPERATOR_EVENT_PAYMENT,
			.now_ms = now_ms,
			.as.candidate = &ticket->candidate,
		};

		if (i % CANDIDATE_BATCH == 0)
			prefetch(loop, ticket,
				 left < CANDIDATE_BATCH ? left
							: CANDIDATE_BATCH);
		if (!refusal_is_none(ticket->refusal))
			continue;
		operator_step(loop->state, &loop->effects, &event);
		perform(loop, request, ticket);
	}
}

static void run_check_next(struct operator_loop *loop, struct request *request,
			   uint64_t now_ms)
{
	struct mempool *pool = operator_state_mempool_borrow(loop->state);
	const struct forming_block *block = mempool_block_borrow(pool, 0);
	struct operator_event event = {
		.kind = request->kind == REQUEST_FIX_NEXT
				? OPERATOR_EVENT_FIX_BLOCK
				: OPERATOR_EVENT_CHECK_BLOCK,
		.now_ms = now_ms,
		.as.blknum = block->blknum,
	};

	if (block->state == FORMING_FIXED) {
		request->sound = block;
		return;
	}
	if (block->state == FORMING_OPEN)
		return;
	operator_step(loop->state, &loop->effects, &event);
	perform(loop, request, NULL);
}

static void run_request(struct operator_loop *loop, struct request *request,
			uint64_t now_ms)
{
	switch (request->kind) {
	case REQUEST_PAYMENTS:
		run_payments(loop, request, now_ms);
		return;
	case REQUEST_EVENTS:
	case REQUEST_COMMIT:
		for (size_t i = 0; i < request->count; i++) {
			operator_step(loop->state, &loop->effects,
				      &request->events[i]);
			perform(loop, request, NULL);
		}
		return;
	case REQUEST_CHECK_NEXT:
	case REQUEST_FIX_NEXT:
		run_check_next(loop, request, now_ms);
		return;
	case REQUEST_VISIT:
		request->visit(loop->state, request->context);
		return;
	}
}

static void count_batch(struct operator_loop *loop,
			const struct request *requests)
{
	struct operator_state *state = loop->state;
	struct admission_view view = operator_state_view(state);
	struct mempool *pool = operator_state_mempool_borrow(state);

	for (; requests != NULL; requests = requests->next) {
		if (requests->kind != REQUEST_PAYMENTS)
			continue;
		for (size_t i = 0; i < requests->count; i++) {
			if (refusal_is_none(requests->tickets[i].refusal))
				loop->counts.accepted++;
			else
				loop->counts.refused++;
		}
	}
	loop->counts.batches++;
	loop->counts.reforms += loop->reformed ? 1 : 0;
	loop->counts.waiting = mempool_count(pool);
	loop->counts.closed = mempool_block_count(pool) - 1;
	loop->counts.coins = ledger_count(view.ledger);
	loop->counts.frozen = operator_state_frozen_count(state);
	loop->counts.ledger_bytes = ledger_memory(view.ledger);
	loop->counts.open_blknum = mempool_open_borrow(pool)->blknum;
	loop->counts.halted = view.halted;
}

/* Tells everybody who asked. A request that somebody waits for is gone as soon
 * as it is done. */
static void report(struct operator_loop *loop, struct request *requests)
{
	struct request *to_call = NULL;
	struct request **last = &to_call;

	pthread_mutex_lock(&loop->mutex);
	count_batch(loop, requests);
	while (requests != NULL) {
		struct request *next = requests->next;

		if (requests->call != NULL) {
			*last = requests;
			last = &requests->next;
			requests->next = NULL;
		} else {
			requests->done = true;
		}
		requests = next;
	}
	pthread_cond_broadcast(&loop->finished);
	if (loop->closing) {
		loop->has_closed = true;
		pthread_cond_broadcast(&loop->closed);
	}
	pthread_mutex_unlock(&loop->mutex);
	while (to_call != NULL) {
		struct request *next = to_call->next;

		to_call->call(to_call->context);
		memory_free(to_call);
		to_call = next;
	}
}

/* Runs a batch: steps, then the disk, then the answers. */
static void run_batch(struct operator_loop *loop, struct request *requests)
{
	uint64_t now_ms = clock_monotonic_ms();
	struct operator_event tick = { .kind = OPERATOR_EVENT_TIME,
				       .now_ms = now_ms };
	struct error error;

	loop->reformed = false;
	loop->closing = false;
	pthread_rwlock_wrlock(&loop->state_lock);
	for (struct request *at = requests; at != NULL; at = at->next)
		run_request(loop, at, now_ms);
	operator_step(loop->state, &loop->effects, &tick);
	perform(loop, NULL, NULL);
	pthread_rwlock_unlock(&loop->state_lock);

	if (loop->reformed) {
		growing_buffer_reset(&loop->batch);
		if (!recovery_store_write_waiting(loop->state, loop->store,
						  &error))
			give_up(&error);
	}
	flush_batch(loop);
	if (!accepted_store_sync(loop->store, &error))
		give_up(&error);
	report(loop, requests);
}

/* Waits for requests, or until the open block has to close. */
static void wait_for_work(struct operator_loop *loop)
{
	uint64_t closes_at_ms = operator_state_closes_at_ms(loop->state);
	uint64_t now_ms = clock_monotonic_ms();

	if (closes_at_ms == UINT64_MAX) {
		pthread_cond_wait(&loop->arrived, &loop->mutex);
	} else if (closes_at_ms > now_ms) {
		struct timespec until = clock_monotonic_at_ms(closes_at_ms);

		(void)pthread_cond_timedwait(&loop->arrived, &loop->mutex,
					     &until); /* looked at again */
	}
}

/* Lets more requests come if the last batch has only just begun. */
static void gather(struct operator_loop *loop)
{
	while (!loop->stopping) {
		uint64_t until_ms = loop->next_batch_ms +
				    (loop->more_follow ? FOLLOW_MS : 0);
		struct timespec until = clock_monotonic_at_ms(until_ms);

		if (clock_monotonic_ms() >= until_ms)
			break;
		(void)pthread_cond_timedwait(&loop->gathered, &loop->mutex,
					     &until); /* looked at again */
	}
	loop->next_batch_ms = clock_monotonic_ms() + GATHER_MS;
}

static void *run(void *context)
{
	struct operator_loop *loop = context;

	pthread_mutex_lock(&loop->mutex);
	for (;;) {
		if (loop->first == NULL && !loop->stopping)
			wait_for_work(loop);
		gather(loop);
		struct request *requests = loop->first;
		bool last = requests == NULL && loop->stopping;

		loop->first = NULL;
		loop->last = &loop->first;
		pthread_mutex_unlock(&loop->mutex);
		if (last)
			return NULL;
		run_batch(loop, requests);
		pthread_mutex_lock(&loop->mutex);
	}
}

/* The deciding thread goes before those that only look: by default it waits as
 * long as one of them holds the lock, and under a flood one always does. */
static void init_state_lock(struct operator_loop *loop)
{
	pthread_rwlockattr_t attributes;

	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(
		&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&loop->state_lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

bool operator_loop_start(struct operator_loop **out,
			 struct operator_state *state,
			 struct accepted_store *store, struct error *error)
{
	struct operator_loop *loop = memory_new(1, sizeof(*loop));
	pthread_condattr_t monotonic;

	loop->state = state;
	loop->store = store;
	loop->last = &loop->first;
	growing_buffer_init(&loop->batch, BATCH_CEILING);
	init_state_lock(loop);
	pthread_mutex_init(&loop->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&loop->arrived, &monotonic);
	pthread_cond_init(&loop->closed, &monotonic);
	pthread_cond_init(&loop->gathered, &monotonic);
	pthread_cond_init(&loop->finished, NULL);
	pthread_condattr_destroy(&monotonic);
	count_batch(loop, NULL);
	if (!thread_start(&loop->thread, run, loop, error)) {
		memory_free(loop);
		return false;
	}
	*out = loop;
	return true;
}

void operator_loop_refuse(struct operator_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	loop->refusing = true;
	pthread_mutex_unlock(&loop->mutex);
}

struct operator_state *operator_loop_stop(struct operator_loop *loop)
{
	struct operator_state *state = loop->state;

	pthread_mutex_lock(&loop->mutex);
	loop->refusing = true;
	loop->stopping = true;
	pthread_cond_signal(&loop->arrived);
	pthread_mutex_unlock(&loop->mutex);
	pthread_join(loop->thread, NULL);

	operator_effects_clear(&loop->effects);
	growing_buffer_clear(&loop->batch);
	pthread_cond_destroy(&loop->arrived);
	pthread_cond_destroy(&loop->closed);
	pthread_cond_destroy(&loop->gathered);
	pthread_cond_destroy(&loop->finished);
	pthread_mutex_destroy(&loop->mutex);
	pthread_rwlock_destroy(&loop->state_lock);
	memory_free(loop);
	return state;
}

/* Appends to the queue, whose mutex is held. */
static void enqueue(struct operator_loop *loop, struct request *request,
		    bool more_follow)
{
	if (loop->more_follow && !more_follow)
		pthread_cond_signal(&loop->gathered);
	loop->more_follow = more_follow;
	*loop->last = request;
	loop->last = &request->next;
	if (loop->first == request)
		pthread_cond_signal(&loop->arrived);
}

/* Puts the request into the queue and waits until it is done. */
static void run_and_wait(struct operator_loop *loop, struct request *request)
{
	pthread_mutex_lock(&loop->mutex);
	enqueue(loop, request, false);
	while (!request->done)
		pthread_cond_wait(&loop->finished, &loop->mutex);
	pthread_mutex_unlock(&loop->mutex);
}

static bool is_refusing(struct operator_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	bool refusing = loop->refusing;
	pthread_mutex_unlock(&loop->mutex);
	return refusing;
}

static void refuse_all(struct ticket *tickets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (refusal_is_none(tickets[i].refusal))
			tickets[i].refusal = refusal_of(REFUSAL_SHUTTING_DOWN);
	}
}

void operator_loop_submit(struct operator_loop *loop, struct ticket *tickets,
			  size_t count)
{
	struct request request = { .kind = REQUEST_PAYMENTS,
				   .tickets = tickets,
				   .count = count };

	if (is_refusing(loop))
		refuse_all(tickets, count);
	else
		run_and_wait(loop, &request);
}

void operator_loop_submit_later(struct operator_loop *loop,
				struct ticket *tickets, size_t count,
				bool more_follow, operator_loop_done *done,
				void *context)
{
	struct request *request = memory_new(1, sizeof(*request));

	request->kind = REQUEST_PAYMENTS;
	request->tickets = tickets;
	request->count = count;
	request->call = done;
	request->context = context;
	pthread_mutex_lock(&loop->mutex);
	bool refusing = loop->refusing;
	if (!refusing)
		enqueue(loop, request, more_follow);
	pthread_mutex_unlock(&loop->mutex);
	if (!refusing)
		return;
	memory_free(request);
	refuse_all(tickets, count);
	done(context);
}

void operator_loop_wait_closed(struct operator_loop *loop, uint64_t timeout_ms)
{
	struct timespec until =
		clock_monotonic_at_ms(clock_monotonic_ms() + timeout_ms);
	int timed_out = 0;

	pthread_mutex_lock(&loop->mutex);
	while (!loop->has_closed && timed_out == 0)
		timed_out = pthread_cond_timedwait(&loop->closed, &loop->mutex,
						   &until);
	loop->has_closed = false;
	pthread_mutex_unlock(&loop->mutex);
}

void operator_loop_wake(struct operator_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	loop->has_closed = true;
	pthread_cond_broadcast(&loop->closed);
	pthread_mutex_unlock(&loop->mutex);
}

/* True if an input may be made by a payment that is still on its way in. */
static bool may_come(const struct transaction *transaction,
		     uint64_t open_blknum)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		uint64_t blknum = position_blknum(transaction->inputs[i]);

		if (blknum >= open_blknum && !blknum_is_deposit(blknum))
			return true;
	}
	return false;
}

void operator_loop_prejudge(struct operator_loop *loop, struct ticket *tickets,
			    size_t count)
{
	struct output spent[PROTOCOL_MAX_INPUTS];

	pthread_rwlock_rdlock(&loop->state_lock);
	struct admission_view view = operator_state_view(loop->state);
	uint64_t open_blknum =
		mempool_open_borrow(operator_state_mempool_borrow(loop->state))
			->blknum;
	prefetch_inputs(view.ledger, tickets, count);
	for (size_t i = 0; i < count; i++) {
		const struct transaction *transaction =
			&tickets[i].candidate.transaction;
		struct refusal refusal = refusal_of(REFUSAL_CHAIN_HALTED);

		if (!refusal_is_none(tickets[i].refusal))
			continue;
		if (!view.halted)
			refusal = admission_judge_inputs(spent, transaction,
							 &view);
		if (refusal.verdict == VERDICT_INPUT_UNKNOWN &&
		    may_come(transaction, open_blknum))
			refusal = REFUSED_NOT;
		tickets[i].refusal = refusal;
	}
	pthread_rwlock_unlock(&loop->state_lock);
}

bool operator_loop_apply(struct operator_loop *loop, struct position *broken,
			 const struct operator_event *events, size_t count)
{
	struct request request = { .kind = REQUEST_EVENTS,
				   .events = events,
				   .count = count };

	run_and_wait(loop, &request);
	*broken = request.broken_position;
	return !request.broken;
}

static const struct forming_block *ask_for_next(struct operator_loop *loop,
						enum request_kind kind)
{
	struct request request = { .kind = kind };

	run_and_wait(loop, &request);
	return request.sound;
}

const struct forming_block *
operator_loop_check_next_borrow(struct operator_loop *loop)
{
	return ask_for_next(loop, REQUEST_CHECK_NEXT);
}

const struct forming_block *
operator_loop_fix_next_borrow(struct operator_loop *loop)
{
	return ask_for_next(loop, REQUEST_FIX_NEXT);
}

void operator_loop_commit(struct operator_loop *loop, uint64_t blknum,
			  const struct output *fees, size_t fee_count)
{
	struct operator_event event = {
		.kind = OPERATOR_EVENT_COMMITTED,
		.as.committed = { blknum, fees, fee_count },
	};
	struct request request = { .kind = REQUEST_COMMIT,
				   .events = &event,
				   .count = 1 };
	struct error error;

	run_and_wait(loop, &request);
	/* Both take a while for a full block: not on the deciding thread. */
	forming_block_free(request.committed);
	if (!accepted_store_drop(loop->store, blknum, &error))
		give_up(&error);
}

void operator_loop_visit(struct operator_loop *loop, operator_visit *visit,
			 void *context)
{
	struct request request = { .kind = REQUEST_VISIT,
				   .visit = visit,
				   .context = context };

	run_and_wait(loop, &request);
}

struct operator_counts operator_loop_counts(struct operator_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	struct operator_counts counts = loop->counts;
	pthread_mutex_unlock(&loop->mutex);
	return counts;
}

struct walk {
	operator_visit_part *visit;
	void *context;
	size_t part; /* the next one */
};

static void visit_parts(struct operator_state *state, void *context)
{
	struct walk *walk = context;
	size_t coins = ledger_count(operator_state_ledger_borrow(state));
	size_t end = walk->part + 1 +
		     COINS_BETWEEN_BATCHES / (coins / LEDGER_PARTS + 1);

	if (end > LEDGER_PARTS)
		end = LEDGER_PARTS;
	while (walk->part < end) {
		if (!walk->visit(state, walk->part++, walk->context))
			end = walk->part = LEDGER_PARTS;
	}
}

void operator_loop_walk(struct operator_loop *loop, operator_visit_part *visit,
			void *context)
{
	struct walk walk = { visit, context, 0 };

	while (walk.part < LEDGER_PARTS)
		operator_loop_visit(loop, visit_parts, &walk);
}
