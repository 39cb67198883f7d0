/* SPDX-License-Identifier: MIT */
#include "common/chain/block_rules.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_hash.h"
#include "common/chain/transaction_rules.h"
#include "common/codec/merkle_tree.h"

/* A block of more transactions is large: they are not kept, but decoded again
 * where they are needed, for memory's sake. */
#define MOST_KEPT 8192

/* Outputs of its own that a large block looks back at before what was read for
 * that leaves memory. */
#define LOOK_BACKS 64

/* What is remembered of one transaction in any case. */
struct judged {
	uint32_t first_input; /* index of its inputs in those of the block */
	uint8_t input_count;
	bool is_fee;
	bool is_ill_signed; /* by a rule of 33-38 or 46 */
	/* The first broken rule of 33-37, and how many signatures before it can
	 * be recovered. */
	uint8_t signature_count;
	enum verdict signature_verdict;
};

struct position_list {
	struct position *of;
	size_t count;
	size_t capacity;
};

/* An output that the block spends more often than once. */
struct repeat {
	struct position position;
	bool is_spent; /* by a transaction that is judged */
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
	struct transaction room[DIGEST_GROUP];
	const struct transaction *transactions[DIGEST_GROUP];
	struct hash of[DIGEST_GROUP];
};

struct block_judge {
	struct block_facts facts;
	const struct block_body *body;
	struct judged *judged;	     /* body->count of them */
	struct transaction *kept;    /* as many, or NULL: the block is large */
	struct position_list inputs; /* of all transactions, in their order */
	struct repeat *repeats;	     /* ascending */
	size_t repeat_count;
	struct address *signers; /* of all inputs; zero: none is recovered */
	struct place next_job;
	struct place next_signer;
	struct digests digests;
	struct finding signature_finding; /* the first of grade W, or valid */
	struct finding state_finding;	  /* of rules 42-51 */
	uint32_t first;		    /* the transactions in work: from here */
	uint32_t end;		    /* to before this */
	struct position_list loads; /* what they spend, made before the block */
	size_t look_backs;
	struct ill_signed *ill_signed;
	size_t ill_count;
	struct fee_pots *pots;
};

struct block_judge *block_judge_new(const struct block_facts *facts)
{
	struct block_judge *judge = memory_new(1, sizeof(*judge));
	judge->facts = *facts;
	judge->pots = fee_pots_new();
	return judge;
}

static void clear_list(struct position_list *list)
{
	memory_free(list->of);
	*list = (struct position_list){ 0 };
}

static void forget_inputs(struct block_judge *judge)
{
	clear_list(&judge->inputs);
	clear_list(&judge->loads);
	memory_free(judge->repeats);
	judge->repeats = NULL;
	judge->repeat_count = 0;
	memory_free(judge->signers);
	judge->signers = NULL;
}

void block_judge_free(struct block_judge *judge)
{
	if (judge == NULL)
		return;
	fee_pots_free(judge->pots);
	forget_inputs(judge);
	memory_free(judge->ill_signed);
	memory_free(judge->kept);
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
				  const struct transaction *transaction,
				  struct bytes signatures)
{
	/* A signature that was not read has no valid v. */
	struct signature read[PROTOCOL_MAX_INPUTS] = { 0 };
	judged->signature_verdict =
		transaction_read_signatures(read, transaction, signatures);
	judged->signature_count = 0;
	while (judged->signature_count < transaction->input_count &&
	       signature_has_valid_v(&read[judged->signature_count]) &&
	       !signature_has_high_s(&read[judged->signature_count]))
		judged->signature_count++;
}

static void append(struct position_list *list, struct position position)
{
	if (list->count == list->capacity) {
		list->capacity += list->capacity / 2 + 1024;
		list->of = memory_resize(list->of, list->capacity,
					 sizeof(*list->of));
	}
	list->of[list->count++] = position;
}

static void remember(struct block_judge *judge, struct judged *judged,
		     const struct transaction *transaction)
{
	judged->is_fee = transaction->type == PROTOCOL_TX_TYPE_FEE;
	judged->first_input = (uint32_t)judge->inputs.count;
	judged->input_count = transaction->input_count;
	for (size_t i = 0; i < transaction->input_count; i++)
		append(&judge->inputs, transaction->inputs[i]);
}

static enum verdict decode(struct transaction *out,
			   const struct transaction_frame *frame)
{
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	struct writer writer = writer_of(raw, sizeof(raw));
	transaction_frame_write_raw(&writer, frame);
	return transaction_decode(out, writer_view(&writer));
}

/* Rules 11-37 of one transaction. */
static enum verdict judge_transaction(struct block_judge *judge, uint32_t index)
{
	struct judged *judged = &judge->judged[index];
	struct transaction_frame frame = block_body_frame(judge->body, index);
	struct transaction room;
	struct transaction *transaction = &room;
	if (judge->kept != NULL)
		transaction = &judge->kept[index];
	if (transaction_frame_raw_len(&frame) > PROTOCOL_MAX_RAW_SIZE)
		return VERDICT_TX_TOO_LONG;
	enum verdict verdict = decode(transaction, &frame);
	if (verdict == VERDICT_VALID)
		verdict = transaction_judge_fee_fields(transaction,
						       judge->facts.number);
	if (verdict != VERDICT_VALID)
		return verdict;
	remember(judge, judged, transaction);
	judge_signature_bytes(judged, transaction, frame.signatures);
	return VERDICT_VALID;
}

static int compare_positions(const void *a, const void *b)
{
	const struct position *left = a;
	const struct position *right = b;
	return position_compare(*left, *right);
}

static void sort(struct position_list *list)
{
	if (list->count > 0)
		qsort(list->of, list->count, sizeof(*list->of),
		      compare_positions);
}

static void drop_repeated(struct position_list *list)
{
	size_t distinct = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (i == 0 || !position_equal(list->of[i], list->of[i - 1]))
			list->of[distinct++] = list->of[i];
	}
	list->count = distinct;
}

static int compare_repeats(const void *a, const void *b)
{
	const struct repeat *left = a;
	const struct repeat *right = b;
	return position_compare(left->position, right->position);
}

static struct repeat *find_repeat(const struct block_judge *judge,
				  struct position position)
{
	struct repeat key = { position, false };
	return judge->repeat_count == 0
		       ? NULL
		       : bsearch(&key, judge->repeats, judge->repeat_count,
				 sizeof(key), compare_repeats);
}

/* Which outputs the block spends more often than once: an honest one none. */
static void note_repeats(struct block_judge *judge)
{
	struct position_list sorted = { 0 };
	for (size_t i = 0; i < judge->inputs.count; i++)
		append(&sorted, judge->inputs.of[i]);
	sort(&sorted);
	for (size_t i = 1; i < sorted.count; i++) {
		struct position position = sorted.of[i];
		if (!position_equal(position, sorted.of[i - 1]) ||
		    (i > 1 && position_equal(position, sorted.of[i - 2])))
			continue;
		judge->repeats =
			memory_resize(judge->repeats, judge->repeat_count + 1,
				      sizeof(*judge->repeats));
		judge->repeats[judge->repeat_count++] =
			(struct repeat){ position, false };
	}
	clear_list(&sorted);
}

static struct finding judge_transactions(struct block_judge *judge)
{
	for (uint32_t i = 0; i < judge->body->count; i++) {
		block_body_walk(judge->body, i);
		enum verdict verdict = judge_transaction(judge, i);
		if (verdict != VERDICT_VALID)
			return of_transaction(verdict, i);
	}
	block_body_walk(judge->body, judge->body->count);
	return FINDING_VALID;
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

/* Rules 39 and 40 in one pass. */
static struct finding judge_fee_order(const struct block_judge *judge)
{
	uint32_t none = judge->body->count;
	struct mark *marks = memory_new(none, sizeof(*marks));
	size_t fees = 0;
	uint32_t late_payment = none;
	for (uint32_t i = 0; i < none; i++) {
		block_body_walk(judge->body, i);
		if (!judge->judged[i].is_fee) {
			if (fees > 0 && late_payment == none)
				late_payment = i;
			continue;
		}
		struct transaction room;
		const struct output *output =
			&block_judge_transaction(judge, i, &room)->outputs[0];
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
	memory_free(judge->kept);
	judge->kept = body->count > MOST_KEPT
			      ? NULL
			      : memory_new(body->count, sizeof(*judge->kept));
	judge->body = body;
	forget_inputs(judge);
	judge->next_job = (struct place){ 0, 0 };
	judge->next_signer = (struct place){ 0, 0 };
	judge->digests.count = 0;
	judge->first = 0;
	judge->end = 0;
	judge->state_finding = FINDING_VALID;
	judge->signature_finding = FINDING_VALID;
	judge->ill_count = 0;
	fee_pots_reset(judge->pots);
	struct finding finding = judge_transactions(judge);
	if (finding.verdict == VERDICT_VALID)
		finding = judge_fee_order(judge);
	if (finding.verdict == VERDICT_VALID)
		finding = judge_duplicates(judge, known);
	note_repeats(judge);
	judge->signers =
		memory_new(judge->inputs.count, sizeof(*judge->signers));
	return finding;
}

const struct transaction *
block_judge_transaction(const struct block_judge *judge, uint32_t index,
			struct transaction *room)
{
	assert(index < judge->body->count);
	if (judge->kept != NULL)
		return &judge->kept[index];
	struct transaction_frame frame = block_body_frame(judge->body, index);
	enum verdict verdict = decode(room, &frame);
	assert(verdict == VERDICT_VALID); /* it was so before */
	return room;
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

/* Makes the digest of transaction `index` together with those behind it, unless
 * it is there; where it is. */
static uint32_t make_digest(struct block_judge *judge, uint32_t index)
{
	struct digests *digests = &judge->digests;
	if (index - digests->first < digests->count && index >= digests->first)
		return index - digests->first;
	digests->first = index;
	digests->count = judge->body->count - index;
	if (digests->count > DIGEST_GROUP)
		digests->count = DIGEST_GROUP;
	for (uint32_t i = 0; i < digests->count; i++)
		digests->transactions[i] = block_judge_transaction(
			judge, index + i, &digests->room[i]);
	transaction_digest_batch(digests->of, &judge->facts.domain,
				 digests->transactions, digests->count);
	return 0;
}

size_t block_judge_signatures(struct block_judge *judge,
			      struct signature_job *jobs, size_t capacity)
{
	size_t count = 0;
	while (count < capacity && find_signature(judge, &judge->next_job)) {
		uint32_t tx = judge->next_job.tx;
		const struct judged *judged = &judge->judged[tx];
		block_body_walk(judge->body, tx);
		uint32_t at = make_digest(judge, tx);
		struct signature read[PROTOCOL_MAX_INPUTS];
		enum verdict again = transaction_read_signatures(
			read, judge->digests.transactions[at],
			block_body_frame(judge->body, tx).signatures);
		assert(again == judged->signature_verdict);
		for (; count < capacity &&
		       judge->next_job.input < judged->signature_count;
		     judge->next_job.input++) {
			jobs[count] = (struct signature_job){ 0 };
			jobs[count].digest = judge->digests.of[at];
			jobs[count++].signature = read[judge->next_job.input];
		}
	}
	return count;
}

/* The signer of input `place.input` of transaction `place.tx`. */
static struct address *signer_at(const struct block_judge *judge,
				 struct place place)
{
	return &judge->signers[judge->judged[place.tx].first_input +
			       place.input];
}

void block_judge_signers(struct block_judge *judge,
			 const struct signature_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool was_given_out = find_signature(judge, &judge->next_signer);
		assert(was_given_out);
		if (jobs[i].recovered)
			*signer_at(judge, judge->next_signer) = jobs[i].signer;
		judge->next_signer.input++;
	}
}

/* Keeps the first fault of grade W, and who has one. */
static void note_signature_fault(struct block_judge *judge,
				 enum verdict verdict, uint32_t index)
{
	judge->judged[index].is_ill_signed = true;
	if (judge->signature_finding.verdict == VERDICT_VALID)
		judge->signature_finding = of_transaction(verdict, index);
}

/* Rules 33-38, signature by signature. */
static void note_signature_faults(struct block_judge *judge)
{
	for (uint32_t i = 0; i < judge->body->count; i++) {
		const struct judged *judged = &judge->judged[i];
		for (uint8_t j = 0; j < judged->signature_count; j++) {
			if (address_is_zero(
				    signer_at(judge, (struct place){ i, j })))
				note_signature_fault(
					judge, VERDICT_SIGNATURE_UNRECOVERABLE,
					i);
		}
		if (judged->signature_verdict != VERDICT_VALID)
			note_signature_fault(judge, judged->signature_verdict,
					     i);
	}
}

bool block_judge_next(struct block_judge *judge, size_t most_inputs)
{
	uint32_t count = judge->body->count;
	assert(!find_signature(judge, &judge->next_signer));
	if (judge->end == 0)
		note_signature_faults(judge);
	if (judge->end == count ||
	    judge->state_finding.verdict != VERDICT_VALID)
		return false;
	size_t first = judge->judged[judge->end].first_input;
	size_t end = first;
	judge->first = judge->end;
	do {
		end += judge->judged[judge->end++].input_count;
	} while (judge->end < count &&
		 end + judge->judged[judge->end].input_count - first <=
			 most_inputs);
	judge->loads.count = 0;
	for (size_t i = first; i < end; i++) {
		struct position position = judge->inputs.of[i];
		if (position_blknum(position) != judge->facts.number)
			append(&judge->loads, position);
	}
	sort(&judge->loads);
	drop_repeated(&judge->loads);
	return true;
}

const struct position *block_judge_inputs(const struct block_judge *judge,
					  size_t *count)
{
	*count = judge->loads.count;
	return judge->loads.of;
}

/* An output of the block itself, of a transaction that is judged. */
static enum coin_state find_own(struct block_judge *judge,
				struct output *output, struct position position)
{
	struct transaction room;
	uint32_t oindex = position_oindex(position);
	const struct transaction *maker = block_judge_transaction(
		judge, position_txindex(position), &room);
	if (judge->kept == NULL && ++judge->look_backs % LOOK_BACKS == 0)
		block_body_walk(judge->body, judge->body->count);
	if (oindex >= maker->output_count)
		return COIN_UNKNOWN;
	*output = maker->outputs[oindex];
	return COIN_UNSPENT;
}

static enum coin_state find_input(struct block_judge *judge,
				  struct output *output,
				  const struct ledger *state,
				  struct position position)
{
	const struct repeat *repeat = find_repeat(judge, position);
	if (repeat != NULL && repeat->is_spent)
		return COIN_SPENT;
	if (position_blknum(position) == judge->facts.number)
		return find_own(judge, output, position);
	return ledger_find(state, output, position);
}

/* Rules 42-46 of one input. */
static enum verdict judge_input(struct block_judge *judge, struct output *spent,
				const struct ledger *state,
				struct position position, struct place place)
{
	const struct judged *judged = &judge->judged[place.tx];
	const struct address *signer = signer_at(judge, place);
	struct position own;
	bool in_range = position_make(&own, judge->facts.number, place.tx, 0);
	assert(in_range);
	if (position_compare(position_of_transaction(position), own) >= 0)
		return VERDICT_INPUT_NOT_OLDER;
	switch (find_input(judge, spent, state, position)) {
	case COIN_EXITED:
		return VERDICT_INPUT_EXITED;
	case COIN_SPENT:
		return VERDICT_INPUT_SPENT;
	case COIN_UNKNOWN:
		return VERDICT_INPUT_UNKNOWN;
	case COIN_UNSPENT:
		break;
	}
	if (place.input < judged->signature_count && !address_is_zero(signer) &&
	    !address_equal(signer, &spent->owner))
		note_signature_fault(judge, VERDICT_SIGNATURE_WRONG_OWNER,
				     place.tx);
	return VERDICT_VALID;
}

/* Remembers an ill signed transaction, and whose outputs it spends. */
static void note_ill_signed(struct block_judge *judge, uint32_t index,
			    const struct transaction *transaction,
			    const struct output *spent)
{
	if (judge->ill_count++ >= BLOCK_JUDGE_MOST_ILL)
		return;
	judge->ill_signed = memory_resize(judge->ill_signed, judge->ill_count,
					  sizeof(*judge->ill_signed));
	struct ill_signed *ill = &judge->ill_signed[judge->ill_count - 1];
	*ill = (struct ill_signed){ .index = index };
	for (uint8_t i = 0; i < transaction->input_count; i++)
		ill->owners[i] = spent[i].owner;
}

/* Rules 42-51 of one transaction. */
static enum verdict judge_against(struct block_judge *judge,
				  const struct ledger *state,
				  const struct transaction *transaction,
				  uint32_t index)
{
	struct output spent[PROTOCOL_MAX_INPUTS];
	for (uint8_t i = 0; i < transaction->input_count; i++) {
		enum verdict verdict = judge_input(judge, &spent[i], state,
						   transaction->inputs[i],
						   (struct place){ index, i });
		if (verdict != VERDICT_VALID)
			return verdict;
	}
	if (judge->judged[index].is_ill_signed)
		note_ill_signed(judge, index, transaction, spent);
	if (transaction->type == PROTOCOL_TX_TYPE_FEE)
		return fee_pots_claim(judge->pots, transaction);
	struct surplus surplus;
	enum verdict verdict =
		transaction_judge_amounts(&surplus, transaction, spent);
	if (verdict != VERDICT_VALID)
		return verdict;
	return fee_pots_add(judge->pots, &surplus);
}

void block_judge_against(struct block_judge *judge, const struct ledger *state)
{
	for (uint32_t i = judge->first; i < judge->end; i++) {
		struct transaction room;
		block_body_walk(judge->body, i);
		const struct transaction *transaction =
			block_judge_transaction(judge, i, &room);
		enum verdict verdict =
			judge_against(judge, state, transaction, i);
		if (verdict != VERDICT_VALID) {
			judge->state_finding = of_transaction(verdict, i);
			return;
		}
		for (size_t k = 0; k < transaction->input_count; k++) {
			struct repeat *repeat =
				find_repeat(judge, transaction->inputs[k]);
			if (repeat != NULL)
				repeat->is_spent = true;
		}
	}
}

struct finding block_judge_finish(struct block_judge *judge)
{
	assert(judge->end == judge->body->count ||
	       judge->state_finding.verdict != VERDICT_VALID);
	forget_inputs(judge);
	return judge->state_finding.verdict == VERDICT_VALID
		       ? judge->signature_finding
		       : judge->state_finding;
}

const struct ill_signed *block_judge_ill_signed(const struct block_judge *judge,
						size_t *count)
{
	*count = judge->ill_count;
	return judge->ill_count > BLOCK_JUDGE_MOST_ILL ? NULL
						       : judge->ill_signed;
}

const struct fee_pots *block_judge_unclaimed(const struct block_judge *judge)
{
	return judge->pots;
}
