/* SPDX-License-Identifier: MIT */
#include "operator/piggyback_store.h"

#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "operator/piggyback_search.h"

static bool visit_part(struct operator_state *state, size_t part, void *context)
{
	piggyback_search_part(context, state, part);
	return true;
}

static void visit_begin(struct operator_state *state, void *context)
{
	piggyback_search_begin(context, operator_state_ledger_borrow(state));
}

static void visit_waiting(struct operator_state *state, void *context)
{
	piggyback_search_waiting(context, state);
}

/* Hashes the transactions that a block has at the candidates, all of which are
 * in it. */
static bool look_into(const struct piggyback_parts *parts,
		      struct piggyback_search *search,
		      const struct position *candidates, size_t count,
		      struct error *error)
{
	uint64_t blknum = position_blknum(candidates[0]);
	struct committed_block block;
	struct growing_buffer bytes;
	struct growing_buffer raw;
	struct block_body body;
	bool exists;

	if (!operator_store_block(parts->store, &exists, &block, blknum, error))
		return false;
	if (!exists)
		return error_set(error, ERROR_IO, "block %llu is not there",
				 (unsigned long long)blknum);
	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE + 16);
	bool ok = body_store_get(parts->bodies, &bytes, &block.root, error);
	if (ok) {
		struct finding finding =
			block_body_read(&body, growing_buffer_view(&bytes));

		ok = finding.verdict == VERDICT_VALID ||
		     error_set(error, ERROR_IO,
			       "block %llu: its body is damaged",
			       (unsigned long long)blknum);
		for (size_t i = 0; ok && i < count; i++) {
			uint32_t index = position_txindex(candidates[i]);

			if (index >= body.count)
				continue;
			growing_buffer_reset(&raw);
			struct hash hash = transaction_hash(
				block_body_raw(&body, index, &raw));
			piggyback_search_match(search, candidates[i], &hash);
		}
		block_body_clear(&body);
	}
	growing_buffer_clear(&raw);
	growing_buffer_clear(&bytes);
	return ok;
}

/* Answers all questions; each body is read once. */
static bool find_outputs(const struct piggyback_parts *parts,
			 struct piggyback_question *questions, size_t count,
			 struct error *error)
{
	struct piggyback_search search;
	bool ok = true;
	size_t end;

	piggyback_search_init(&search, questions, count);
	operator_loop_visit(parts->loop, visit_begin, &search);
	if (search.open_count > 0) {
		operator_loop_walk(parts->loop, visit_part, &search);
		operator_loop_visit(parts->loop, visit_waiting, &search);
	}
	piggyback_search_end(&search);
	for (size_t i = 0; ok && i < search.candidate_count; i = end) {
		uint64_t blknum = position_blknum(search.candidates[i]);

		for (end = i + 1;
		     end < search.candidate_count &&
		     position_blknum(search.candidates[end]) == blknum;
		     end++)
			;
		if (!piggyback_search_is_done(&search))
			ok = look_into(parts, &search, &search.candidates[i],
				       end - i, error);
	}
	piggyback_search_clear(&search);
	return ok;
}

/* Asks for what is piggybacked, out of the transaction that the exit gave; the
 * question is closed if there is no such output. */
static bool ask(struct piggyback_question *out, struct operator_store *store,
		const struct stored_piggyback *piggyback, struct error *error)
{
	struct growing_buffer raw;
	bool known;

	*out = (struct piggyback_question){ .hash = piggyback->hash,
					    .oindex = piggyback->output_index };
	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE + 16);
	bool ok = operator_store_in_flight_exit(store, &known, &raw,
						&piggyback->hash, error);
	out->is_open = ok && known &&
		       transaction_decode(&out->transaction,
					  growing_buffer_view(&raw)) ==
			       VERDICT_VALID &&
		       out->oindex < out->transaction.output_count;
	growing_buffer_clear(&raw);
	return ok;
}

/* In one transaction: the answers are of one moment. */
static bool record(struct operator_store *store,
		   const struct stored_piggyback *piggybacks,
		   const struct piggyback_question *questions, size_t count,
		   struct error *error)
{
	bool ok = true;

	if (!operator_store_begin(store, error))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		ok = (!questions[i].found ||
		      operator_store_put_freeze(
			      store, piggybacks[i].eth_block_number,
			      piggybacks[i].log_index, questions[i].position,
			      error)) &&
		     operator_store_resolve_piggyback(store, &piggybacks[i],
						      error);
	if (ok && operator_store_commit(store, error))
		return true;
	operator_store_abandon(store);
	return false;
}

static bool freeze_found(struct operator_loop *loop,
			 const struct piggyback_question *questions,
			 size_t count, struct error *error)
{
	struct operator_event *events = memory_new(count, sizeof(*events));
	struct position broken;
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		if (questions[i].found)
			events[used++] = (struct operator_event){
				.kind = OPERATOR_EVENT_FROZEN,
				.as.position = questions[i].position
			};
	}
	bool ok = operator_loop_apply(loop, &broken, events, used) ||
		  error_set(error, ERROR_SOFTWARE,
			    "freezing a coin broke a block");
	memory_free(events);
	return ok;
}

static bool freeze_all(const struct piggyback_parts *parts,
		       const struct stored_piggyback *piggybacks, size_t count,
		       struct error *error)
{
	struct piggyback_question *questions =
		memory_new(count, sizeof(*questions));
	bool ok = true;

	for (size_t i = 0; ok && i < count; i++)
		ok = ask(&questions[i], parts->store, &piggybacks[i], error);
	ok = ok && find_outputs(parts, questions, count, error) &&
	     record(parts->store, piggybacks, questions, count, error) &&
	     freeze_found(parts->loop, questions, count, error);
	memory_free(questions);
	return ok;
}

bool piggyback_store_freeze(const struct piggyback_parts *parts,
			    struct error *error)
{
	struct stored_piggyback *piggybacks;
	size_t count;

	if (!operator_store_piggybacks_new(parts->store, &piggybacks, &count,
					   error))
		return false;
	bool ok = count == 0 || freeze_all(parts, piggybacks, count, error);
	memory_free(piggybacks);
	return ok;
}
