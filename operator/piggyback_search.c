/* SPDX-License-Identifier: MIT */
#include "operator/piggyback_search.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/memory.h"

void piggyback_search_init(struct piggyback_search *search,
			   struct piggyback_question *questions, size_t count)
{
	*search = (struct piggyback_search){
		.questions = questions,
		.count = count,
		.by_output = memory_new(count, sizeof(*search->by_output)),
	};
}

void piggyback_search_clear(struct piggyback_search *search)
{
	memory_free(search->by_output);
	memory_free(search->candidates);
	*search = (struct piggyback_search){ .count = 0 };
}

/* True if the transaction may be in a block: a block spends all inputs. */
static bool may_be_included(const struct transaction *transaction,
			    const struct ledger *ledger)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		if (ledger_find(ledger, NULL, transaction->inputs[i]) ==
		    COIN_UNSPENT)
			return false;
	}
	return true;
}

/* What an output looks like: its content and its index. */
static int compare_outputs(uint32_t a_oindex, const struct output *a,
			   uint32_t b_oindex, const struct output *b)
{
	int order = address_compare(&a->owner, &b->owner);

	if (order == 0)
		order = (a_oindex > b_oindex) - (a_oindex < b_oindex);
	if (order == 0)
		order = amount_compare(a->amount, b->amount);
	if (order == 0)
		order = token_compare(&a->token, &b->token);
	if (order == 0)
		order = (a->type > b->type) - (a->type < b->type);
	return order;
}

static const struct output *output_of(const struct piggyback_question *question)
{
	return &question->transaction.outputs[question->oindex];
}

static int compare_questions(const void *a, const void *b)
{
	const struct piggyback_question *const *left = a;
	const struct piggyback_question *const *right = b;

	return compare_outputs((*left)->oindex, output_of(*left),
			       (*right)->oindex, output_of(*right));
}

void piggyback_search_begin(struct piggyback_search *search,
			    const struct ledger *ledger)
{
	for (size_t i = 0; i < search->count; i++) {
		struct piggyback_question *question = &search->questions[i];

		question->is_open =
			question->is_open &&
			may_be_included(&question->transaction, ledger);
		if (question->is_open)
			search->by_output[search->open_count++] = question;
	}
	if (search->open_count > 0)
		qsort(search->by_output, search->open_count,
		      sizeof(*search->by_output), compare_questions);
}

/* True if a question is about an output that looks like the coin. */
static bool is_asked_for(const struct piggyback_search *search, uint32_t oindex,
			 const struct output *coin)
{
	size_t low = 0;
	size_t high = search->open_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct piggyback_question *question =
			search->by_output[middle];
		int order = compare_outputs(oindex, coin, question->oindex,
					    output_of(question));

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static void add_candidate(struct piggyback_search *search,
			  struct position position)
{
	if (search->candidate_count == search->candidate_capacity) {
		search->candidate_capacity = 2 * search->candidate_count + 16;
		search->candidates = memory_resize(search->candidates,
						   search->candidate_capacity,
						   sizeof(*search->candidates));
	}
	search->candidates[search->candidate_count++] = position;
}

/* A coin that a question may be about. */
static void consider(struct piggyback_search *search, struct mempool *pool,
		     struct position position, const struct output *coin)
{
	uint32_t index = position_txindex(position);

	if (blknum_is_deposit(position_blknum(position)) ||
	    !is_asked_for(search, position_oindex(position), coin))
		return;
	const struct forming_block *block =
		mempool_find_borrow(pool, position_blknum(position));
	if (block == NULL)
		add_candidate(search, position);
	else if (block->state == FORMING_FIXED && index < block->count)
		piggyback_search_match(search, position,
				       &block->payments[index]->hash);
}

void piggyback_search_part(struct piggyback_search *search,
			   struct operator_state *state, size_t part)
{
	const struct ledger *ledger = operator_state_ledger_borrow(state);
	struct mempool *pool = operator_state_mempool_borrow(state);
	struct position position;
	struct output coin;
	enum coin_state coin_state;

	for (size_t at = 0; ledger_part_next(ledger, part, &at, &position,
					     &coin, &coin_state);)
		consider(search, pool, position, &coin);
}

/* True if a question is about something that looks like what was spent: most
 * payments need not be read. */
static bool may_matter(const struct piggyback_search *search,
		       const struct payment *payment)
{
	for (size_t i = 0; i < payment->spent_count; i++) {
		for (uint32_t o = 0; o < PROTOCOL_MAX_OUTPUTS; o++) {
			if (is_asked_for(search, o, &payment->spent[i]))
				return true;
		}
	}
	return false;
}

static void consider_spent(struct piggyback_search *search,
			   struct mempool *pool, const struct payment *payment)
{
	struct candidate candidate;
	struct refusal refusal =
		candidate_read(&candidate, payment_bytes(payment));

	assert(refusal_is_none(refusal));
	for (size_t i = 0; i < payment->spent_count; i++)
		consider(search, pool, candidate.transaction.inputs[i],
			 &payment->spent[i]);
}

void piggyback_search_waiting(struct piggyback_search *search,
			      struct operator_state *state)
{
	struct mempool *pool = operator_state_mempool_borrow(state);

	for (size_t i = 0; i < mempool_block_count(pool); i++) {
		const struct forming_block *block =
			mempool_block_borrow(pool, i);

		if (block->state == FORMING_FIXED)
			continue;
		for (uint32_t j = 0; j < block->count; j++) {
			if (may_matter(search, block->payments[j]))
				consider_spent(search, pool,
					       block->payments[j]);
		}
	}
}

static int compare_positions(const void *a, const void *b)
{
	const struct position *left = a;
	const struct position *right = b;

	return (left->packed > right->packed) - (left->packed < right->packed);
}

void piggyback_search_end(struct piggyback_search *search)
{
	if (search->candidate_count > 0)
		qsort(search->candidates, search->candidate_count,
		      sizeof(*search->candidates), compare_positions);
}

void piggyback_search_match(struct piggyback_search *search,
			    struct position candidate, const struct hash *hash)
{
	for (size_t i = 0; i < search->open_count; i++) {
		struct piggyback_question *question = search->by_output[i];

		if (question->oindex != position_oindex(candidate) ||
		    !hash_equal(&question->hash, hash))
			continue;
		question->found = true;
		question->position = candidate;
	}
}

bool piggyback_search_is_done(const struct piggyback_search *search)
{
	for (size_t i = 0; i < search->open_count; i++) {
		if (!search->by_output[i]->found)
			return false;
	}
	return true;
}
