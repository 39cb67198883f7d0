/* SPDX-License-Identifier: MIT */
#include "operator/operator_step.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "operator/moved_places.h"

struct operator_state {
	struct operator_settings settings;
	struct ledger *ledger;
	struct mempool *mempool;
	struct history history;
	size_t history_capacity;
	struct hash_map *frozen;
	struct hash_map *revoked; /* deposits that were credited once */
	const struct fee_table *fees;
	bool halted;
	/* A waiting payment may spend what it must not: look before fixing. */
	bool suspicious;
	bool is_broken;
	struct position broken;
};

static const struct fee_table no_fees = { false, 0, NULL };

struct operator_state *
operator_state_new(const struct operator_settings *settings)
{
	struct operator_state *state = memory_new(1, sizeof(*state));
	const uint8_t *seed = settings->seed;

	state->settings = *settings;
	state->ledger = ledger_new();
	state->mempool = mempool_new(settings->next_blknum);
	state->history.deposits_credited = hash_map_new(sizeof(uint64_t), seed);
	state->history.deposits_seen = hash_map_new(sizeof(uint64_t), seed);
	state->frozen = hash_map_new(sizeof(uint64_t), seed);
	state->revoked = hash_map_new(sizeof(uint64_t), seed);
	state->fees = &no_fees;
	return state;
}

void operator_state_free(struct operator_state *state)
{
	if (state == NULL)
		return;
	ledger_free(state->ledger);
	mempool_free(state->mempool);
	hash_map_free(state->history.deposits_credited);
	hash_map_free(state->history.deposits_seen);
	hash_map_free(state->frozen);
	hash_map_free(state->revoked);
	memory_free(state->history.tx_counts);
	memory_free(state);
}

struct ledger *operator_state_ledger_borrow(struct operator_state *state)
{
	return state->ledger;
}

struct mempool *operator_state_mempool_borrow(struct operator_state *state)
{
	return state->mempool;
}

size_t operator_state_frozen_count(const struct operator_state *state)
{
	return hash_map_count(state->frozen);
}

struct admission_view operator_state_view(const struct operator_state *state)
{
	return (struct admission_view){
		state->ledger, &state->history,		state->frozen,
		state->fees,   &state->settings.policy, state->halted
	};
}

void operator_effects_clear(struct operator_effects *effects)
{
	memory_free(effects->items);
	*effects = (struct operator_effects){ NULL, 0, 0 };
}

static struct operator_effect *put_effect(struct operator_effects *effects,
					  enum operator_effect_kind kind)
{
	if (effects->count == effects->capacity) {
		effects->capacity = 2 * effects->capacity + 64;
		effects->items =
			memory_resize(effects->items, effects->capacity,
				      sizeof(*effects->items));
	}
	struct operator_effect *effect = &effects->items[effects->count++];
	*effect = (struct operator_effect){ .kind = kind };
	return effect;
}

static void put_block_effect(struct operator_effects *effects,
			     enum operator_effect_kind kind, uint64_t blknum)
{
	put_effect(effects, kind)->blknum = blknum;
}

static struct position place(uint64_t blknum, uint32_t txindex, uint32_t oindex)
{
	struct position position;
	bool made = position_make(&position, blknum, txindex, oindex);

	assert(made);
	return position;
}

void operator_state_note_block(struct operator_state *state, uint64_t blknum,
			       uint32_t count)
{
	struct history *history = &state->history;
	size_t index = (size_t)(blknum / PROTOCOL_BLOCK_INTERVAL) - 1;

	assert(blknum > 0 && blknum % PROTOCOL_BLOCK_INTERVAL == 0);
	if (index >= state->history_capacity) {
		state->history_capacity = 2 * index + 64;
		history->tx_counts = memory_resize(history->tx_counts,
						   state->history_capacity,
						   sizeof(*history->tx_counts));
	}
	while (history->block_count <= index)
		history->tx_counts[history->block_count++] = 0;
	history->tx_counts[index] = count;
}

void operator_state_note_deposit(struct operator_state *state, uint64_t blknum)
{
	hash_map_put(state->history.deposits_credited, &blknum, 1);
}

/* Takes the inputs out of the ledger and puts the outputs in. */
static void apply(struct operator_state *state,
		  const struct transaction *transaction, uint64_t blknum,
		  uint32_t txindex)
{
	for (uint32_t i = 0; i < transaction->input_count; i++)
		ledger_remove(state->ledger, transaction->inputs[i]);
	for (uint32_t i = 0; i < transaction->output_count; i++)
		ledger_put(state->ledger, place(blknum, txindex, i),
			   &transaction->outputs[i], COIN_UNSPENT);
}

static void set_broken(struct operator_state *state, struct position position)
{
	if (!state->is_broken)
		state->broken = position;
	state->is_broken = true;
}

bool operator_state_is_broken(const struct operator_state *state,
			      struct position *broken)
{
	*broken = state->broken;
	return state->is_broken;
}

void operator_state_replay(struct operator_state *state, uint64_t blknum,
			   const struct transaction *transactions,
			   uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct transaction *transaction = &transactions[i];

		for (uint32_t j = 0; j < transaction->input_count; j++) {
			if (ledger_find(state->ledger, NULL,
					transaction->inputs[j]) == COIN_UNKNOWN)
				set_broken(state, transaction->inputs[j]);
		}
		apply(state, transaction, blknum, i);
	}
	operator_state_note_block(state, blknum, count);
}

bool operator_state_was_revoked(const struct operator_state *state,
				struct position position)
{
	uint64_t blknum = position_blknum(position);

	return hash_map_get(state->revoked, NULL, &blknum);
}

/* The reverse of apply(). */
static void undo(struct operator_state *state, const struct payment *payment,
		 uint64_t blknum, uint32_t txindex)
{
	struct candidate candidate;
	struct refusal refusal =
		candidate_read(&candidate, payment_bytes(payment));

	assert(refusal_is_none(refusal));
	for (uint32_t i = 0; i < candidate.transaction.output_count; i++)
		ledger_remove(state->ledger, place(blknum, txindex, i));
	for (uint32_t i = 0; i < payment->spent_count; i++) {
		struct position input = candidate.transaction.inputs[i];

		if (!operator_state_was_revoked(state, input))
			ledger_put(state->ledger, input, &payment->spent[i],
				   COIN_UNSPENT);
	}
}

/* Judges a candidate and takes it if it may enter. */
static struct refusal admit(struct operator_state *state,
			    struct operator_effects *effects,
			    struct position *position,
			    const struct candidate *candidate, uint64_t now_ms,
			    bool trusted)
{
	struct admission_view view = operator_state_view(state);
	struct admission_result result;
	struct forming_block *block = mempool_open_borrow(state->mempool);
	struct refusal refusal =
		admission_judge(&result, candidate, &view,
				place(block->blknum, block->count, 0), trusted);
	bool closed;

	if (!refusal_is_none(refusal))
		return refusal;
	*position = mempool_place(state->mempool, &closed, &result.surplus);
	if (closed)
		put_block_effect(effects, OPERATOR_EFFECT_CLOSED,
				 block->blknum);
	enum verdict verdict =
		mempool_add(state->mempool, candidate, &result, now_ms);
	if (verdict != VERDICT_VALID)
		return refusal_of_verdict(verdict);
	apply(state, &candidate->transaction, position_blknum(*position),
	      position_txindex(*position));
	operator_state_note_block(state, position_blknum(*position),
				  position_txindex(*position) + 1);
	return REFUSED_NOT;
}

static void close_open_block(struct operator_state *state,
			     struct operator_effects *effects)
{
	uint64_t blknum = mempool_open_borrow(state->mempool)->blknum;

	mempool_close(state->mempool);
	put_block_effect(effects, OPERATOR_EFFECT_CLOSED, blknum);
}

static void take_payment(struct operator_state *state,
			 struct operator_effects *effects,
			 const struct operator_event *event)
{
	bool trusted = event->kind == OPERATOR_EVENT_REPLAYED;
	struct refusal refusal = refusal_of(REFUSAL_QUEUE_FULL);
	struct position position = { 0 };

	if (trusted ||
	    mempool_count(state->mempool) < state->settings.queue_limit)
		refusal = admit(state, effects, &position, event->as.candidate,
				event->now_ms, trusted);
	if (!refusal_is_none(refusal)) {
		put_effect(effects, OPERATOR_EFFECT_REFUSE)->refusal = refusal;
		return;
	}
	put_effect(effects, OPERATOR_EFFECT_KEEP)->position = position;
	if (mempool_open_borrow(state->mempool)->count >=
		    state->settings.block_payments &&
	    !trusted)
		close_open_block(state, effects);
}

uint64_t operator_state_closes_at_ms(const struct operator_state *state)
{
	const struct forming_block *block = mempool_open_borrow(state->mempool);

	if (block->count == 0 || state->halted)
		return UINT64_MAX;
	return block->opened_at_ms + state->settings.interval_ms;
}

/* Takes a payment in again that stood at `was`. */
static struct refusal admit_again(struct operator_state *state,
				  struct operator_effects *effects,
				  struct moved_places *moved,
				  const struct payment *payment,
				  struct position was, uint64_t now_ms)
{
	struct candidate candidate;
	struct position now;
	struct refusal refusal =
		candidate_read(&candidate, payment_bytes(payment));

	if (refusal_is_none(refusal) &&
	    moved_places_are_spent(moved, &candidate.transaction))
		refusal = refusal_of_verdict(VERDICT_INPUT_UNKNOWN);
	if (refusal_is_none(refusal))
		refusal = admit(state, effects, &now, &candidate, now_ms, true);
	if (!refusal_is_none(refusal) || position_compare(now, was) != 0)
		moved_places_note(moved, was);
	return refusal;
}

/* Takes all payments from block `index` on back and in again, each in its own
 * block, without those that may not be included any more. */
static void form_again(struct operator_state *state,
		       struct operator_effects *effects, size_t index,
		       uint64_t now_ms)
{
	uint64_t blknum = mempool_block_borrow(state->mempool, index)->blknum;
	struct moved_places moved;
	size_t count;
	size_t *ends;
	size_t end_count;
	struct payment **taken = mempool_take_from_adopt(
		state->mempool, &count, &ends, &end_count, index);

	moved_places_init(&moved);
	for (size_t block = end_count; block-- > 0;) {
		size_t begin = block == 0 ? 0 : ends[block - 1];

		for (size_t i = ends[block]; i-- > begin;)
			undo(state, taken[i],
			     blknum + block * PROTOCOL_BLOCK_INTERVAL,
			     (uint32_t)(i - begin));
	}
	for (size_t block = 0, i = 0; block < end_count; block++) {
		for (size_t begin = i; i < ends[block]; i++) {
			struct position was =
				place(blknum + block * PROTOCOL_BLOCK_INTERVAL,
				      (uint32_t)(i - begin), 0);
			struct refusal refusal = admit_again(
				state, effects, &moved, taken[i], was, now_ms);

			if (!refusal_is_none(refusal)) {
				struct operator_effect *effect = put_effect(
					effects, OPERATOR_EFFECT_DROPPED);
				effect->hash = taken[i]->hash;
				effect->refusal = refusal;
			}
			payment_free(taken[i]);
		}
		if (block + 1 < end_count &&
		    mempool_open_borrow(state->mempool)->count > 0)
			mempool_close(state->mempool);
	}
	moved_places_clear(&moved);
	memory_free(taken);
	memory_free(ends);
	put_block_effect(effects, OPERATOR_EFFECT_REFORMED, blknum);
}

/* True if the payment spends what is frozen or was taken back. */
static bool is_spoilt(const struct operator_state *state,
		      const struct payment *payment)
{
	struct candidate candidate;
	struct refusal refusal =
		candidate_read(&candidate, payment_bytes(payment));

	assert(refusal_is_none(refusal));
	for (size_t i = 0; i < candidate.transaction.input_count; i++) {
		struct position input = candidate.transaction.inputs[i];

		if (hash_map_get(state->frozen, NULL, &input.packed) ||
		    operator_state_was_revoked(state, input))
			return true;
	}
	return false;
}

/* Index of the first block that is not fixed and has a spoilt payment. */
static bool find_spoilt(struct operator_state *state, size_t *index)
{
	for (size_t i = 0; i < mempool_block_count(state->mempool); i++) {
		struct forming_block *block =
			mempool_block_borrow(state->mempool, i);

		if (block->state == FORMING_FIXED)
			continue;
		for (uint32_t j = 0; j < block->count; j++) {
			if (is_spoilt(state, block->payments[j])) {
				*index = i;
				return true;
			}
		}
	}
	return false;
}

static void drop_spoilt(struct operator_state *state,
			struct operator_effects *effects, uint64_t now_ms)
{
	size_t index;

	if (state->suspicious && find_spoilt(state, &index))
		form_again(state, effects, index, now_ms);
	state->suspicious = false;
}

/* A block that was only checked may be formed again before it is fixed. */
static void check_block(struct operator_state *state,
			struct operator_effects *effects,
			const struct operator_event *event)
{
	drop_spoilt(state, effects, event->now_ms);

	struct forming_block *block =
		mempool_find_borrow(state->mempool, event->as.blknum);
	if (block == NULL || block->state == FORMING_OPEN || state->halted) {
		put_block_effect(effects, OPERATOR_EFFECT_NOT_SOUND,
				 event->as.blknum);
		return;
	}
	if (event->kind == OPERATOR_EVENT_FIX_BLOCK)
		block->state = FORMING_FIXED;
	put_block_effect(effects, OPERATOR_EFFECT_SOUND, event->as.blknum);
}

static void commit_block(struct operator_state *state,
			 struct operator_effects *effects,
			 const struct operator_event *event)
{
	struct forming_block *block = mempool_block_borrow(state->mempool, 0);
	uint32_t count = block->count;

	assert(block->blknum == event->as.committed.blknum &&
	       block->state == FORMING_FIXED);
	for (size_t i = 0; i < event->as.committed.fee_count; i++)
		ledger_put(state->ledger,
			   place(block->blknum, count + (uint32_t)i, 0),
			   &event->as.committed.fees[i], COIN_UNSPENT);
	operator_state_note_block(
		state, block->blknum,
		count + (uint32_t)event->as.committed.fee_count);
	put_effect(effects, OPERATOR_EFFECT_DONE)->block =
		mempool_take_oldest(state->mempool);
}

/* What a payment that can still be dropped took from the position, or NULL. */
static const struct output *find_unfixed_spend(struct operator_state *state,
					       struct position position)
{
	for (size_t i = 0; i < mempool_block_count(state->mempool); i++) {
		struct forming_block *block =
			mempool_block_borrow(state->mempool, i);

		for (uint32_t j = 0;
		     block->state != FORMING_FIXED && j < block->count; j++) {
			const struct payment *payment = block->payments[j];
			struct candidate candidate;
			struct refusal refusal = candidate_read(
				&candidate, payment_bytes(payment));

			assert(refusal_is_none(refusal));
			for (size_t k = 0; k < payment->spent_count; k++) {
				if (position_equal(
					    candidate.transaction.inputs[k],
					    position))
					return &payment->spent[k];
			}
		}
	}
	return NULL;
}

/* A deposit that was spent, taken back and has come again: true if it is spent
 * still, because it is the same. What was paid from another one is dropped. */
static bool returns_spent(struct operator_state *state,
			  struct operator_effects *effects,
			  const struct operator_event *event)
{
	uint64_t blknum = event->as.deposit.blknum;
	const struct output *spent =
		find_unfixed_spend(state, place(blknum, 0, 0));
	bool is_same =
		spent != NULL && output_equal(spent, &event->as.deposit.output);

	if (spent != NULL && !is_same)
		drop_spoilt(state, effects, event->now_ms);
	hash_map_remove(state->revoked, &blknum);
	return is_same || state->is_broken;
}

static void credit(struct operator_state *state,
		   struct operator_effects *effects,
		   const struct operator_event *event)
{
	uint64_t blknum = event->as.deposit.blknum;
	struct position position = place(blknum, 0, 0);

	hash_map_remove(state->history.deposits_seen, &blknum);
	if (hash_map_get(state->history.deposits_credited, NULL, &blknum))
		return;
	bool is_spent = operator_state_was_revoked(state, position) &&
			returns_spent(state, effects, event);
	operator_state_note_deposit(state, blknum);
	if (!is_spent)
		ledger_put(state->ledger, position, &event->as.deposit.output,
			   COIN_UNSPENT);
}

static void revoke(struct operator_state *state,
		   struct operator_effects *effects,
		   const struct operator_event *event)
{
	uint64_t blknum = event->as.deposit.blknum;
	struct position position = place(blknum, 0, 0);

	hash_map_remove(state->history.deposits_seen, &blknum);
	if (!hash_map_remove(state->history.deposits_credited, &blknum))
		return;
	if (ledger_find(state->ledger, NULL, position) == COIN_UNSPENT) {
		ledger_remove(state->ledger, position);
		return;
	}
	hash_map_put(state->revoked, &blknum, 1);
	if (find_unfixed_spend(state, position) != NULL) {
		state->suspicious = true;
		return;
	}
	set_broken(state, position);
	put_effect(effects, OPERATOR_EFFECT_FINALITY_BROKEN)->position =
		position;
}

static void freeze(struct operator_state *state, struct position position)
{
	uint64_t reasons = 0;

	(void)hash_map_get(state->frozen, &reasons, &position.packed);
	hash_map_put(state->frozen, &position.packed, reasons + 1);
	if (ledger_find(state->ledger, NULL, position) != COIN_UNSPENT)
		state->suspicious = true;
}

static void thaw(struct operator_state *state, struct position position)
{
	uint64_t reasons;

	if (!hash_map_get(state->frozen, &reasons, &position.packed))
		return;
	if (reasons > 1)
		hash_map_put(state->frozen, &position.packed, reasons - 1);
	else
		hash_map_remove(state->frozen, &position.packed);
}

void operator_step(struct operator_state *state,
		   struct operator_effects *effects,
		   const struct operator_event *event)
{
	switch (event->kind) {
	case OPERATOR_EVENT_PAYMENT:
	case OPERATOR_EVENT_REPLAYED:
		take_payment(state, effects, event);
		return;
	case OPERATOR_EVENT_TIME:
		if (event->now_ms >= operator_state_closes_at_ms(state))
			close_open_block(state, effects);
		return;
	case OPERATOR_EVENT_FORM_NOW:
		if (mempool_open_borrow(state->mempool)->count > 0 &&
		    !state->halted)
			close_open_block(state, effects);
		return;
	case OPERATOR_EVENT_DEPOSIT_SEEN:
		hash_map_put(state->history.deposits_seen,
			     &event->as.deposit.blknum, 1);
		return;
	case OPERATOR_EVENT_DEPOSIT_CREDITED:
		credit(state, effects, event);
		return;
	case OPERATOR_EVENT_DEPOSIT_REVOKED:
		revoke(state, effects, event);
		return;
	case OPERATOR_EVENT_FROZEN:
		freeze(state, event->as.position);
		return;
	case OPERATOR_EVENT_THAWED:
		thaw(state, event->as.position);
		return;
	case OPERATOR_EVENT_HALT:
		state->halted = event->as.halted;
		return;
	case OPERATOR_EVENT_FEES:
		state->fees = event->as.fees;
		return;
	case OPERATOR_EVENT_CHECK_BLOCK:
	case OPERATOR_EVENT_FIX_BLOCK:
		check_block(state, effects, event);
		return;
	case OPERATOR_EVENT_COMMITTED:
		commit_block(state, effects, event);
		return;
	}
}
