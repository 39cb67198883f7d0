/* SPDX-License-Identifier: MIT */
#include "operator/recovery_store.h"

#include <assert.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/service/log.h"
#include "operator/checkpoint_store.h"
#include "operator/moved_places.h"
#include "operator/payment_intake.h"

/* Rows of blocks that are read at once. */
#define PAGE 256

/* Payments of one file, see accepted_store.h. */
#define PAYMENTS_CEILING ((size_t)512 << 20)

static void run_step(struct operator_state *state,
		     const struct operator_event *event)
{
	struct operator_effects effects = { NULL, 0, 0 };

	operator_step(state, &effects, event);
	operator_effects_clear(&effects);
}

/* Reads the checkpoint if it is one of a block that we committed. */
static bool load_checkpoint(struct operator_state *state,
			    struct checkpoint_head *head,
			    const struct recovery_source *source,
			    struct error *error)
{
	struct ledger *ledger = operator_state_ledger_borrow(state);
	struct committed_block block;
	struct error problem;
	bool found = false;

	memset(head, 0, sizeof(*head));
	if (!checkpoint_store_read(ledger, head, source->datadir,
				   &source->framework, &problem)) {
		memset(head, 0, sizeof(*head));
		if (problem.code != ERROR_NO_INPUT)
			log_event(LOG_WARNING, "no checkpoint can be used",
				  log_text("reason", problem.message));
		return true;
	}
	if (!operator_store_block(source->store, &found, &block, head->blknum,
				  error))
		return false;
	if (!found && head->blknum != 0) {
		log_event(LOG_WARNING, "the checkpoint is of no block of ours",
			  log_number("block", head->blknum));
		ledger_reset(ledger);
		memset(head, 0, sizeof(*head));
	}
	return true;
}

/* `credited` is how many were credited when this began: of those that come
 * meanwhile nothing is known yet. */
static bool load_deposits(struct operator_state *state,
			  const struct checkpoint_head *head, uint64_t credited,
			  const struct recovery_source *source,
			  struct error *error)
{
	struct stored_deposit *deposits;
	size_t count;

	if (!operator_store_deposits_new(source->store, &deposits, &count,
					 error))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct stored_deposit *deposit = &deposits[i];
		struct operator_event event = {
			.kind = OPERATOR_EVENT_DEPOSIT_SEEN,
			.as.deposit = { deposit->blknum, deposit->output },
		};

		if (deposit->credited != 0 &&
		    deposit->credited <= head->deposits_credited) {
			operator_state_note_deposit(state, deposit->blknum);
			continue;
		}
		if (deposit->credited > credited)
			continue;
		if (deposit->credited != 0)
			event.kind = OPERATOR_EVENT_DEPOSIT_CREDITED;
		run_step(state, &event);
	}
	memory_free(deposits);
	return true;
}

static bool load_freezes(struct operator_state *state,
			 const struct recovery_source *source,
			 struct error *error)
{
	struct position *positions;
	size_t count;

	if (!operator_store_freezes_from_new(source->store, &positions, &count,
					     0, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct operator_event event = {
			.kind = OPERATOR_EVENT_FROZEN,
			.as.position = positions[i],
		};

		run_step(state, &event);
	}
	memory_free(positions);
	return true;
}

/* Decodes the transactions of a body that was ours. */
static bool decode_body(struct transaction *out, const struct block_body *body)
{
	struct growing_buffer raw;
	bool ok = true;

	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE + 16);
	for (uint32_t i = 0; ok && i < body->count; i++) {
		growing_buffer_reset(&raw);
		struct bytes view = block_body_raw(body, i, &raw);

		ok = transaction_decode(&out[i], view) == VERDICT_VALID;
	}
	growing_buffer_clear(&raw);
	return ok;
}

static bool replay_block(struct operator_state *state,
			 const struct recovery_source *source,
			 const struct committed_block *block,
			 struct error *error)
{
	struct growing_buffer bytes;
	struct block_body body;

	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	if (!body_store_get(source->bodies, &bytes, &block->root, error)) {
		growing_buffer_clear(&bytes);
		return error_wrap(error, "block %llu",
				  (unsigned long long)block->blknum);
	}
	struct finding finding =
		block_body_read(&body, growing_buffer_view(&bytes));
	struct transaction *transactions =
		memory_new((size_t)body.count + 1, sizeof(*transactions));
	bool ok = finding.verdict == VERDICT_VALID &&
		  hash_equal(&body.root, &block->root) &&
		  body.count == block->transaction_count &&
		  decode_body(transactions, &body);

	if (ok)
		operator_state_replay(state, block->blknum, transactions,
				      body.count);
	else
		(void)error_set(error, ERROR_IO,
				"block %llu: its body is damaged",
				(unsigned long long)block->blknum);
	memory_free(transactions);
	block_body_clear(&body);
	growing_buffer_clear(&bytes);
	return ok;
}

static bool replay_blocks(struct operator_state *state,
			  struct recovery_counts *counts,
			  const struct recovery_source *source,
			  uint64_t next_blknum, struct error *error)
{
	uint64_t from = PROTOCOL_BLOCK_INTERVAL;
	size_t count = PAGE;

	while (count == PAGE) {
		struct committed_block page[PAGE];

		if (!operator_store_blocks_from(source->store, page, &count,
						PAGE, from, error))
			return false;
		for (size_t i = 0; i < count && page[i].blknum < next_blknum;
		     i++) {
			if (page[i].blknum <= counts->checkpoint_blknum) {
				operator_state_note_block(
					state, page[i].blknum,
					page[i].transaction_count);
				continue;
			}
			if (!replay_block(state, source, &page[i], error))
				return false;
			counts->blocks_replayed++;
		}
		if (count > 0)
			from = page[count - 1].blknum + PROTOCOL_BLOCK_INTERVAL;
	}
	return true;
}

/* How far the accepted payments are taken in again. */
struct replay {
	struct operator_state *state;
	struct recovery_counts *counts;
	struct moved_places moved;
	bool in_place; /* each payment stands where it stood */
};

static struct refusal take_again(const struct replay *replay,
				 struct position *position,
				 const struct candidate *candidate)
{
	struct operator_effects effects = { NULL, 0, 0 };
	struct operator_event event = {
		.kind = OPERATOR_EVENT_REPLAYED,
		.as.candidate = candidate,
	};
	struct refusal refusal = REFUSED_NOT;

	if (moved_places_are_spent(&replay->moved, &candidate->transaction))
		return refusal_of_verdict(VERDICT_INPUT_UNKNOWN);
	operator_step(replay->state, &effects, &event);
	for (size_t i = 0; i < effects.count; i++) {
		const struct operator_effect *effect = &effects.items[i];

		if (effect->kind == OPERATOR_EFFECT_REFUSE)
			refusal = effect->refusal;
		if (effect->kind == OPERATOR_EFFECT_KEEP)
			*position = effect->position;
	}
	operator_effects_clear(&effects);
	return refusal;
}

/* Takes one accepted payment in again, which stood at `was`. */
static void replay_payment(struct replay *replay, struct position was,
			   struct bytes signed_form)
{
	struct candidate candidate;
	struct position now = { 0 };
	struct refusal refusal = candidate_read(&candidate, signed_form);

	if (refusal_is_none(refusal))
		refusal = take_again(replay, &now, &candidate);
	if (!refusal_is_none(refusal) || position_compare(now, was) != 0) {
		moved_places_note(&replay->moved, was);
		replay->in_place = false;
	}
	if (refusal_is_none(refusal)) {
		replay->counts->payments_waiting++;
		return;
	}
	replay->counts->payments_dropped++;
	log_event(LOG_WARNING, "an accepted payment can never be included",
		  log_number("block", position_blknum(was)),
		  log_text("reason", refusal_code(refusal)));
}

static bool replay_file(struct replay *replay,
			const struct recovery_source *source, uint64_t blknum,
			struct error *error)
{
	struct mempool *pool = operator_state_mempool_borrow(replay->state);
	struct growing_buffer payments;
	uint32_t txindex = 0;
	uint64_t cut;

	if (mempool_open_borrow(pool)->blknum < blknum) {
		struct operator_event event = {
			.kind = OPERATOR_EVENT_FORM_NOW
		};

		run_step(replay->state, &event);
	}
	growing_buffer_init(&payments, PAYMENTS_CEILING);
	bool ok = accepted_store_load(source->accepted, &payments, &cut, blknum,
				      error);
	struct bytes rest = growing_buffer_view(&payments);
	replay->counts->bytes_cut += ok ? cut : 0;
	while (ok && rest.len > 0) {
		size_t len = payment_intake_len(rest);
		struct position was;

		if (len == 0 || !position_make(&was, blknum, txindex++, 0)) {
			ok = error_set(error, ERROR_IO,
				       "accepted payments of block %llu: not a "
				       "list of payments",
				       (unsigned long long)blknum);
			break;
		}
		replay_payment(replay, was, bytes_view(rest.data, len));
		rest = bytes_view(rest.data + len, rest.len - len);
	}
	growing_buffer_clear(&payments);
	return ok;
}

bool recovery_store_write_waiting(struct operator_state *state,
				  struct accepted_store *accepted,
				  struct error *error)
{
	struct mempool *pool = operator_state_mempool_borrow(state);
	size_t count = mempool_block_count(pool);
	struct accepted_block *blocks = memory_new(count, sizeof(*blocks));
	struct growing_buffer *buffers = memory_new(count, sizeof(*buffers));
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		const struct forming_block *block =
			mempool_block_borrow(pool, i);

		if (block->count == 0)
			continue;
		growing_buffer_init(&buffers[used], PAYMENTS_CEILING);
		for (uint32_t j = 0; j < block->count; j++)
			(void)growing_buffer_put(
				&buffers[used],
				payment_bytes(block->payments[j]));
		blocks[used].blknum = block->blknum;
		blocks[used].payments = growing_buffer_view(&buffers[used]);
		used++;
	}
	bool ok = accepted_store_rewrite(accepted, blocks, used, error);
	for (size_t i = 0; i < used; i++)
		growing_buffer_clear(&buffers[i]);
	memory_free(buffers);
	memory_free(blocks);
	return ok;
}

static bool replay_payments(struct operator_state *state,
			    struct recovery_counts *counts,
			    const struct recovery_source *source,
			    uint64_t next_blknum, struct error *error)
{
	uint64_t *blknums;
	size_t count;
	struct replay replay = { .state = state,
				 .counts = counts,
				 .in_place = true };
	bool ok = true;

	if (!accepted_store_list_new(source->accepted, &blknums, &count, error))
		return false;
	moved_places_init(&replay.moved);
	for (size_t i = 0; ok && i < count; i++) {
		if (blknums[i] < next_blknum)
			ok = accepted_store_drop(source->accepted, blknums[i],
						 error);
		else
			ok = replay_file(&replay, source, blknums[i], error);
	}
	moved_places_clear(&replay.moved);
	memory_free(blknums);
	return ok &&
	       (replay.in_place ||
		recovery_store_write_waiting(state, source->accepted, error));
}

bool recovery_store_load_committed(struct operator_state **out,
				   struct recovery_counts *counts,
				   uint64_t *credited,
				   const struct operator_settings *settings,
				   const struct recovery_source *source,
				   struct error *error)
{
	struct operator_settings complete = *settings;
	struct committed_block newest;
	struct checkpoint_head head;
	bool found;

	memset(counts, 0, sizeof(*counts));
	if (!operator_store_newest_block(source->store, &found, &newest, error))
		return false;
	complete.next_blknum =
		PROTOCOL_BLOCK_INTERVAL + (found ? newest.blknum : 0);
	struct operator_state *state = operator_state_new(&complete);

	/* Deposits that are credited after the count only come twice. */
	bool ok = operator_store_deposits_credited(source->store, credited,
						   error) &&
		  load_checkpoint(state, &head, source, error);
	counts->checkpoint_blknum = ok ? head.blknum : 0;
	ok = ok && load_deposits(state, &head, *credited, source, error) &&
	     replay_blocks(state, counts, source, complete.next_blknum, error);
	if (!ok) {
		operator_state_free(state);
		return false;
	}
	*out = state;
	return true;
}

bool recovery_store_load(struct operator_state **out,
			 struct recovery_counts *counts,
			 const struct operator_settings *settings,
			 const struct recovery_source *source,
			 struct error *error)
{
	struct operator_state *state;
	uint64_t credited;

	if (!recovery_store_load_committed(&state, counts, &credited, settings,
					   source, error))
		return false;
	struct mempool *pool = operator_state_mempool_borrow(state);
	uint64_t next_blknum = mempool_open_borrow(pool)->blknum;
	if (load_freezes(state, source, error) &&
	    replay_payments(state, counts, source, next_blknum, error)) {
		*out = state;
		return true;
	}
	operator_state_free(state);
	return false;
}

/* True if a committed block made the coin. */
static bool is_committed(struct position position, uint64_t next_blknum)
{
	uint64_t blknum = position_blknum(position);

	return blknum_is_deposit(blknum) || blknum < next_blknum;
}

/* Hands out the coins that waiting payments spend and committed blocks made;
 * without a writer it only counts. */
static uint64_t put_spent(struct operator_state *state,
			  struct checkpoint_writer *writer,
			  uint64_t next_blknum)
{
	struct mempool *pool = operator_state_mempool_borrow(state);
	uint64_t count = 0;

	for (size_t i = 0; i < mempool_block_count(pool); i++) {
		const struct forming_block *block =
			mempool_block_borrow(pool, i);

		for (uint32_t j = 0; j < block->count; j++) {
			const struct payment *payment = block->payments[j];
			struct candidate candidate;
			struct refusal refusal = candidate_read(
				&candidate, payment_bytes(payment));

			assert(refusal_is_none(refusal));
			for (uint32_t k = 0; k < payment->spent_count; k++) {
				struct position input =
					candidate.transaction.inputs[k];

				if (!is_committed(input, next_blknum) ||
				    operator_state_was_revoked(state, input))
					continue;
				count++;
				if (writer != NULL)
					checkpoint_writer_put(
						writer, input,
						&payment->spent[k]);
			}
		}
	}
	return count;
}

static uint64_t put_unspent(const struct ledger *ledger,
			    struct checkpoint_writer *writer,
			    uint64_t next_blknum)
{
	struct position position;
	struct output output;
	enum coin_state state;
	uint64_t count = 0;
	size_t at = 0;

	while (ledger_next(ledger, &at, &position, &output, &state)) {
		if (!is_committed(position, next_blknum))
			continue;
		count++;
		if (writer != NULL)
			checkpoint_writer_put(writer, position, &output);
	}
	return count;
}

bool recovery_store_checkpoint(struct operator_state *state,
			       const char *datadir,
			       const struct address *framework,
			       uint64_t deposits_credited, struct error *error)
{
	struct mempool *pool = operator_state_mempool_borrow(state);
	const struct ledger *ledger = operator_state_ledger_borrow(state);
	uint64_t next_blknum = mempool_block_borrow(pool, 0)->blknum;
	struct checkpoint_head head = {
		.framework = *framework,
		.blknum = next_blknum - PROTOCOL_BLOCK_INTERVAL,
		.deposits_credited = deposits_credited,
		.coin_count = put_unspent(ledger, NULL, next_blknum) +
			      put_spent(state, NULL, next_blknum),
	};
	struct checkpoint_writer *writer;
	struct position broken;

	if (operator_state_is_broken(state, &broken))
		return error_set(error, ERROR_REFUSED,
				 "a committed block spends deposit %llu, which "
				 "the root chain took back",
				 (unsigned long long)position_blknum(broken));
	if (!checkpoint_writer_begin(&writer, datadir, &head, error))
		return false;
	(void)put_unspent(ledger, writer, next_blknum); /* counted above */
	(void)put_spent(state, writer, next_blknum);
	return checkpoint_writer_end(writer, error);
}
