/* SPDX-License-Identifier: MIT */
#include "common/chain/block_rules.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_hash.h"
#include "common/chain/transaction_rules.h"
#include "common/codec/merkle_tree.h"

/* What is known of one transaction. */
struct judged {
	struct transaction transaction;
	/* The first broken rule of 33-37, and how many signatures before it can
	 * be recovered. */
	enum verdict signature_verdict;
	uint8_t signature_count;
	bool recovered[PROTOCOL_MAX_INPUTS];
	struct address signers[PROTOCOL_MAX_INPUTS];
};

/* A signature: of which transaction, for which input. */
struct place {
	uint32_t tx;
	uint8_t input;
};

/* Digests that are made at once, enough to fill all lanes of the hash. */
#define DIGEST_GROUP 64

/* Those of the transactions from `first` on. */
struct digests {
	uint32_t first;
	uint32_t count;
	struct hash of[DIGEST_GROUP];
};

struct block_judge {
	struct block_facts facts;
	const struct block_body *body;
	struct judged *judged; /* body->count of them */
	struct place next_job;
	struct place next_signer;
	struct digests digests;
	struct finding signature_finding; /* the first of grade W, or valid */
	struct fee_pots *pots;
};

struct block_judge *block_judge_new(const struct block_facts *facts)
{
	struct block_judge *judge = memory_new(1, sizeof(*judge));
	judge->facts = *facts;
	judge->pots = fee_pots_new();
	return judge;
}

void block_judge_free(struct block_judge *judge)
{
	if (judge == NULL)
		return;
	fee_pots_free(judge->pots);
	memory_free(judge->judged);
	memory_free(judge);
}

enum verdict block_judge_header(const struct block_facts *facts)
{
	struct hash empty = merkle_tree_empty(MERKLE_TREE_DEPTH);
	if (hash_is_zero(&facts->root))
		return VERDICT_ZERO_ROOT;
	if (facts->root_repeated)
		return VERDICT_REPEATED_ROOT;
	if (hash_equal(&facts->root, &empty))
		return VERDICT_EMPTY_BLOCK;
	return VERDICT_VALID;
}

static struct finding of_block(enum verdict verdict)
{
	return (struct finding){ verdict, false, 0 };
}

static struct finding of_transaction(enum verdict verdict, uint32_t index)
{
	return (struct finding){ verdict, true, index };
}

/* Rules 33-37: a fault is noted, and the search goes on. */
static void judge_signature_bytes(struct judged *judged,
				  struct bytes signatures)
{
	/* A signature that was not read has no valid v. */
	struct signature read[PROTOCOL_MAX_INPUTS] = { 0 };
	judged->signature_verdict = transaction_read_signatures(
		read, &judged->transaction, signatures);
	judged->signature_count = 0;
	while (judged->signature_count < judged->transaction.input_count &&
	       signature_has_valid_v(&read[judged->signature_count]) &&
	       !signature_has_high_s(&read[judged->signature_count]))
		judged->signature_count++;
}

/* Rules 11-37 of one transaction. */
static enum verdict judge_transaction(struct block_judge *judge, uint32_t index,
				      struct growing_buffer *buffer)
{
	struct judged *judged = &judge->judged[index];
	const struct transaction_frame *frame = &judge->body->frames[index];
	if (transaction_frame_raw_len(frame) > PROTOCOL_MAX_RAW_SIZE)
		return VERDICT_TX_TOO_LONG;
	struct bytes raw = block_body_raw(judge->body, index, buffer);
	enum verdict verdict = transaction_decode(&judged->transaction, raw);
	if (verdict == VERDICT_VALID)
		verdict = transaction_judge_fee_fields(&judged->transaction,
						       judge->facts.number);
	if (verdict == VERDICT_VALID)
		judge_signature_bytes(judged, frame->signatures);
	return verdict;
}

static struct finding judge_transactions(struct block_judge *judge)
{
	struct finding finding = FINDING_VALID;
	struct growing_buffer buffer;
	growing_buffer_init(&buffer, PROTOCOL_MAX_RAW_SIZE);
	for (uint32_t i = 0; i < judge->body->count; i++) {
		enum verdict verdict = judge_transaction(judge, i, &buffer);
		if (verdict != VERDICT_VALID) {
			finding = of_transaction(verdict, i);
			break;
		}
	}
	growing_buffer_clear(&buffer);
	return finding;
}

/* Something that must not occur twice, and in which transaction it does. */
struct mark {
	struct hash hash;
	uint32_t index;
};

static int compare_marks(const void *a, const void *b)
{
	const struct mark *left = a;
	const struct mark *right = b;
	int order = hash_compare(&left->hash, &right->hash);
	if (order != 0)
		return order;
	return left->index < right->index ? -1 : left->index > right->index;
}

/* The smallest index whose mark has occurred at a smaller one; `none` if there
 * is none. Sorts the marks: no attacker can make that slow. */
static uint32_t first_repeated(struct mark *marks, size_t count, uint32_t none)
{
	uint32_t first = none;
	if (count > 0)
		qsort(marks, count, sizeof(*marks), compare_marks);
	for (size_t i = 1; i < count; i++) {
		if (hash_equal(&marks[i].hash, &marks[i - 1].hash) &&
		    marks[i].index < first)
			first = marks[i].index;
	}
	return first;
}

static bool is_fee(const struct block_judge *judge, uint32_t index)
{
	return judge->judged[index].transaction.type == PROTOCOL_TX_TYPE_FEE;
}

/* Rules 39 and 40 in one pass. */
static struct finding judge_fee_order(const struct block_judge *judge)
{
	uint32_t none = judge->body->count;
	struct mark *marks = memory_new(none, sizeof(*marks));
	size_t fees = 0;
	uint32_t late_payment = none;
	for (uint32_t i = 0; i < none; i++) {
		if (!is_fee(judge, i)) {
			if (fees > 0 && late_payment == none)
				late_payment = i;
			continue;
		}
		const struct output *output =
			&judge->judged[i].transaction.outputs[0];
		memcpy(marks[fees].hash.bytes, output->token.address.bytes,
		       sizeof(output->token.address.bytes));
		marks[fees++].index = i;
	}
	uint32_t same_token = first_repeated(marks, fees, none);
	memory_free(marks);
	if (same_token < late_payment)
		return of_transaction(VERDICT_FEE_DUPLICATE_TOKEN, same_token);
	if (late_payment < none)
		return of_transaction(VERDICT_PAYMENT_AFTER_FEE, late_payment);
	return FINDING_VALID;
}

/* Rule 41. */
static struct finding judge_duplicates(const struct block_judge *judge,
				       const bool *known)
{
	uint32_t none = judge->body->count;
	struct mark *marks = memory_new(none, sizeof(*marks));
	for (uint32_t i = 0; i < none; i++) {
		/* Of the same raw form, the same leaf. */
		marks[i].hash = judge->body->leaves[i];
		marks[i].index = i;
	}
	uint32_t first = first_repeated(marks, none, none);
	memory_free(marks);
	for (uint32_t i = 0; known != NULL && i < first; i++) {
		if (known[i])
			first = i;
	}
	return first == none
		       ? FINDING_VALID
		       : of_transaction(VERDICT_DUPLICATE_TRANSACTION, first);
}

struct finding block_judge_body(struct block_judge *judge,
				const struct block_body *body,
				const bool *known)
{
	enum verdict verdict = block_judge_header(&judge->facts);
	if (verdict != VERDICT_VALID)
		return of_block(verdict);
	if (!hash_equal(&body->root, &judge->facts.root))
		return of_block(VERDICT_ROOT_MISMATCH);
	memory_free(judge->judged);
	judge->judged = memory_new(body->count, sizeof(*judge->judged));
	judge->body = body;
	judge->next_job = (struct place){ 0, 0 };
	judge->next_signer = (struct place){ 0, 0 };
	judge->digests.count = 0;
	struct finding finding = judge_transactions(judge);
	if (finding.verdict == VERDICT_VALID)
		finding = judge_fee_order(judge);
	if (finding.verdict == VERDICT_VALID)
		finding = judge_duplicates(judge, known);
	return finding;
}

static int compare_positions(const void *a, const void *b)
{
	const struct position *left = a;
	const struct position *right = b;
	return position_compare(*left, *right);
}

size_t block_judge_inputs(const struct block_judge *judge, struct position *out)
{
	size_t count = 0;
	for (uint32_t i = 0; i < judge->body->count; i++)
		count += judge->judged[i].transaction.input_count;
	struct position *all = memory_new(count, sizeof(*all));
	count = 0;
	for (uint32_t i = 0; i < judge->body->count; i++) {
		const struct transaction *transaction =
			&judge->judged[i].transaction;
		for (size_t j = 0; j < transaction->input_count; j++) {
			if (position_blknum(transaction->inputs[j]) !=
			    judge->facts.number)
				all[count++] = transaction->inputs[j];
		}
	}
	if (count > 0)
		qsort(all, count, sizeof(*all), compare_positions);
	size_t distinct = 0;
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && position_equal(all[i], all[i - 1]))
			continue;
		if (out != NULL)
			out[distinct] = all[i];
		distinct++;
	}
	memory_free(all);
	return distinct;
}

const struct transaction *
block_judge_transaction(const struct block_judge *judge, uint32_t index)
{
	assert(index < judge->body->count);
	return &judge->judged[index].transaction;
}

/* Moves to the next signature that can be recovered, from `place` on. False at
 * the end. */
static bool find_signature(const struct block_judge *judge, struct place *place)
{
	while (place->tx < judge->body->count) {
		if (place->input < judge->judged[place->tx].signature_count)
			return true;
		*place = (struct place){ place->tx + 1, 0 };
	}
	return false;
}

/* The digest of transaction `index`, made together with those behind it. */
static struct hash digest_of(struct block_judge *judge, uint32_t index)
{
	const struct transaction *transactions[DIGEST_GROUP];
	struct digests *digests = &judge->digests;
	if (index - digests->first < digests->count && index >= digests->first)
		return digests->of[index - digests->first];
	digests->first = index;
	digests->count = judge->body->count - index;
	if (digests->count > DIGEST_GROUP)
		digests->count = DIGEST_GROUP;
	for (uint32_t i = 0; i < digests->count; i++)
		transactions[i] = &judge->judged[index + i].transaction;
	transaction_digest_batch(digests->of, &judge->facts.domain,
				 transactions, digests->count);
	return digests->of[0];
}

size_t block_judge_signatures(struct block_judge *judge,
			      struct signature_job *jobs, size_t capacity)
{
	size_t count = 0;
	while (count < capacity && find_signature(judge, &judge->next_job)) {
		uint32_t tx = judge->next_job.tx;
		const struct judged *judged = &judge->judged[tx];
		struct signature read[PROTOCOL_MAX_INPUTS];
		enum verdict again = transaction_read_signatures(
			read, &judged->transaction,
			judge->body->frames[tx].signatures);
		assert(again == judged->signature_verdict);
		struct hash digest = digest_of(judge, tx);
		for (; count < capacity &&
		       judge->next_job.input < judged->signature_count;
		     judge->next_job.input++) {
			jobs[count] = (struct signature_job){ 0 };
			jobs[count].digest = digest;
			jobs[count++].signature = read[judge->next_job.input];
		}
	}
	return count;
}

void block_judge_signers(struct block_judge *judge,
			 const struct signature_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool was_given_out = find_signature(judge, &judge->next_signer);
		assert(was_given_out);
		struct judged *judged = &judge->judged[judge->next_signer.tx];
		uint8_t input = judge->next_signer.input++;
		judged->recovered[input] = jobs[i].recovered;
		judged->signers[input] = jobs[i].signer;
	}
}

/* Keeps the first fault of grade W. */
static void note_signature_fault(struct block_judge *judge,
				 enum verdict verdict, uint32_t index)
{
	if (judge->signature_finding.verdict == VERDICT_VALID)
		judge->signature_finding = of_transaction(verdict, index);
}

/* Rules 33-38, signature by signature. */
static void note_signature_faults(struct block_judge *judge)
{
	for (uint32_t i = 0; i < judge->body->count; i++) {
		const struct judged *judged = &judge->judged[i];
		for (uint8_t j = 0; j < judged->signature_count; j++) {
			if (!judged->recovered[j])
				note_signature_fault(
					judge, VERDICT_SIGNATURE_UNRECOVERABLE,
					i);
		}
		if (judged->signature_verdict != VERDICT_VALID)
			note_signature_fault(judge, judged->signature_verdict,
					     i);
	}
}

/* Rules 42-46 of one input. */
static enum verdict judge_input(struct block_judge *judge, struct output *spent,
				const struct ledger *state, struct place place)
{
	const struct judged *judged = &judge->judged[place.tx];
	struct position position = judged->transaction.inputs[place.input];
	struct position own;
	bool in_range = position_make(&own, judge->facts.number, place.tx, 0);
	assert(in_range);
	if (position_compare(position_of_transaction(position), own) >= 0)
		return VERDICT_INPUT_NOT_OLDER;
	switch (ledger_find(state, spent, position)) {
	case COIN_EXITED:
		return VERDICT_INPUT_EXITED;
	case COIN_SPENT:
		return VERDICT_INPUT_SPENT;
	case COIN_UNKNOWN:
		return VERDICT_INPUT_UNKNOWN;
	case COIN_UNSPENT:
		break;
	}
	if (place.input < judged->signature_count &&
	    judged->recovered[place.input] &&
	    !address_equal(&judged->signers[place.input], &spent->owner))
		note_signature_fault(judge, VERDICT_SIGNATURE_WRONG_OWNER,
				     place.tx);
	return VERDICT_VALID;
}

static void apply(const struct block_judge *judge, struct ledger *state,
		  uint32_t index)
{
	const struct transaction *transaction =
		&judge->judged[index].transaction;
	for (size_t i = 0; i < transaction->input_count; i++)
		ledger_mark(state, transaction->inputs[i], COIN_SPENT);
	for (uint32_t i = 0; i < transaction->output_count; i++) {
		struct position position;
		bool in_range =
			position_make(&position, judge->facts.number, index, i);
		assert(in_range);
		ledger_put(state, position, &transaction->outputs[i],
			   COIN_UNSPENT);
	}
}

/* Rules 42-51 of one transaction. */
static enum verdict judge_against(struct block_judge *judge,
				  const struct ledger *state, uint32_t index)
{
	const struct transaction *transaction =
		&judge->judged[index].transaction;
	if (transaction->type == PROTOCOL_TX_TYPE_FEE)
		return fee_pots_claim(judge->pots, transaction);
	struct output spent[PROTOCOL_MAX_INPUTS];
	for (uint8_t i = 0; i < transaction->input_count; i++) {
		enum verdict verdict = judge_input(judge, &spent[i], state,
						   (struct place){ index, i });
		if (verdict != VERDICT_VALID)
			return verdict;
	}
	struct surplus surplus;
	enum verdict verdict =
		transaction_judge_amounts(&surplus, transaction, spent);
	if (verdict != VERDICT_VALID)
		return verdict;
	return fee_pots_add(judge->pots, &surplus);
}

struct finding block_judge_finish(struct block_judge *judge,
				  struct ledger *state)
{
	assert(!find_signature(judge, &judge->next_signer));
	judge->signature_finding = FINDING_VALID;
	fee_pots_reset(judge->pots);
	note_signature_faults(judge);
	for (uint32_t i = 0; i < judge->body->count; i++) {
		enum verdict verdict = judge_against(judge, state, i);
		if (verdict != VERDICT_VALID)
			return of_transaction(verdict, i);
		apply(judge, state, i);
	}
	return judge->signature_finding;
}

const struct fee_pots *block_judge_unclaimed(const struct block_judge *judge)
{
	return judge->pots;
}
