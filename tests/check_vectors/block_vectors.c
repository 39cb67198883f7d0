/* SPDX-License-Identifier: MIT */

/* Whole blocks against one state: which rule is broken first, and where. */

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/block_rules.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "tests/check_vectors/vector.h"

/* Few at a time, so that a block takes several rounds: every transaction meets
 * the state in a round of its own. */
#define JOBS 2
#define INPUTS 1

struct block_case {
	const json_t *file;
	const json_t *item;
	struct arena *arena;
	struct block_facts facts;
	struct ledger *ledger;
};

static struct finding of_block(enum verdict verdict)
{
	return (struct finding){ verdict, false, 0 };
}

static struct output output_of(const json_t *item)
{
	return (struct output){
		(uint8_t)vector_u64(item, "outputType"),
		vector_address(item, "owner"),
		vector_token(item, "token"),
		vector_amount(item, "amount"),
	};
}

static struct position position_of(const json_t *text)
{
	struct u256 number;
	struct position position;
	const char *digits = json_string_value(text);
	if (digits == NULL ||
	    !u256_from_decimal(&number, digits, strlen(digits)) ||
	    !position_from_u256(&position, number))
		vector_stop("no position in the state");
	return position;
}

static struct ledger *ledger_of(const json_t *state)
{
	static const struct output unknown = { .type = 1 };
	struct ledger *ledger = ledger_new();
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(state, "utxos"), i, item)
	{
		struct output output = output_of(item);
		ledger_put(ledger, vector_position(item, "utxoPos"), &output,
			   COIN_UNSPENT);
	}
	json_array_foreach(vector_member(state, "spentPositions"), i, item)
	{
		ledger_put(ledger, position_of(item), &unknown, COIN_SPENT);
	}
	json_array_foreach(vector_member(state, "exitedPositions"), i, item)
	{
		ledger_put(ledger, position_of(item), &unknown, COIN_EXITED);
	}
	return ledger;
}

static bool is_in(const json_t *hashes, const struct hash *hash)
{
	size_t i;
	json_t *item;
	json_array_foreach(hashes, i, item)
	{
		struct hash one = vector_hash_of(json_string_value(item));
		if (hash_equal(&one, hash))
			return true;
	}
	return false;
}

/* The body as one list, if each of the transactions is one itself. */
static struct finding make_body(const struct block_case *block,
				const json_t *transactions,
				struct growing_buffer *body)
{
	struct growing_buffer payload;
	growing_buffer_init(&payload, PROTOCOL_MAX_BODY_SIZE);
	struct finding finding = FINDING_VALID;
	size_t i;
	json_t *item;
	json_array_foreach(transactions, i, item)
	{
		struct transaction_frame frame;
		struct bytes bytes =
			vector_hex(block->arena, json_string_value(item));
		enum verdict verdict = transaction_frame_read(&frame, bytes);
		if (verdict != VERDICT_VALID) {
			finding =
				(struct finding){ verdict, true, (uint32_t)i };
			break;
		}
		growing_buffer_put(&payload, bytes);
	}
	uint8_t header[9];
	struct writer writer = writer_of(header, sizeof(header));
	block_body_write_header(&writer, payload.len);
	growing_buffer_put(body, writer_view(&writer));
	growing_buffer_put(body, growing_buffer_view(&payload));
	growing_buffer_clear(&payload);
	return finding;
}

static bool *known_of(const struct block_case *block,
		      const struct block_body *body)
{
	const json_t *state = vector_member(block->file, "state");
	const json_t *hashes = vector_member(state, "knownTxHashes");
	bool *known = arena_new(block->arena, body->count, sizeof(*known));
	struct growing_buffer buffer;
	growing_buffer_init(&buffer, 4096);
	for (uint32_t i = 0; i < body->count; i++) {
		struct hash hash =
			transaction_hash(block_body_raw(body, i, &buffer));
		known[i] = is_in(hashes, &hash);
	}
	growing_buffer_clear(&buffer);
	return known;
}

/* True if the unclaimed pots are those of the case. */
static bool leaves_pots(const struct block_case *block,
			const struct block_judge *judge)
{
	const struct fee_pots *pots = block_judge_unclaimed(judge);
	const json_t *given = vector_member(block->item, "unclaimedSurplus");
	if (fee_pots_count(pots) != json_array_size(given))
		return false;
	for (size_t i = 0; i < fee_pots_count(pots); i++) {
		struct token token;
		struct amount amount;
		bool found = false;
		fee_pots_get(pots, i, &token, &amount);
		for (size_t j = 0; j < json_array_size(given); j++) {
			const json_t *pot = json_array_get(given, j);
			struct token other = vector_token(pot, "token");
			found |= token_equal(&other, &token) &&
				 amount_equal(vector_amount(pot, "amount"),
					      amount);
		}
		if (!found)
			return false;
	}
	return true;
}

/* True if the unspent coins are those of the case. */
static bool leaves_coins(const struct block_case *block)
{
	const json_t *given = vector_member(block->item, "utxosAfter");
	size_t unspent = 0;
	size_t at = 0;
	struct position position;
	struct output output;
	enum coin_state state;
	while (ledger_next(block->ledger, &at, &position, &output, &state))
		unspent += state == COIN_UNSPENT ? 1 : 0;
	size_t i;
	json_t *item;
	json_array_foreach(given, i, item)
	{
		struct output expected = output_of(item);
		if (ledger_find(block->ledger, &output,
				vector_position(item, "utxoPos")) !=
			    COIN_UNSPENT ||
		    !output_equal(&output, &expected))
			return false;
	}
	return unspent == json_array_size(given);
}

/* What a valid block does to the coins. */
static void apply(const struct block_case *block,
		  const struct block_judge *judge, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct transaction room;
		const struct transaction *transaction =
			block_judge_transaction(judge, i, &room);
		for (size_t j = 0; j < transaction->input_count; j++)
			ledger_mark(block->ledger, transaction->inputs[j],
				    COIN_SPENT);
		for (uint32_t j = 0; j < transaction->output_count; j++) {
			struct position position;
			bool in_range = position_make(
				&position, block->facts.number, i, j);
			assert(in_range);
			ledger_put(block->ledger, position,
				   &transaction->outputs[j], COIN_UNSPENT);
		}
	}
}

/* The caller's part of block_rules.h. */
static struct finding judge_body(const struct block_case *block,
				 struct block_judge *judge,
				 const struct block_body *body)
{
	struct finding finding =
		block_judge_body(judge, body, known_of(block, body));
	if (finding.verdict != VERDICT_VALID)
		return finding;
	struct signature_job jobs[JOBS];
	size_t count;
	while ((count = block_judge_signatures(judge, jobs, JOBS)) > 0) {
		signature_recover_batch(jobs, count);
		block_judge_signers(judge, jobs, count);
	}
	while (block_judge_next(judge, INPUTS))
		block_judge_against(judge, block->ledger);
	finding = block_judge_finish(judge);
	if (finding.verdict == VERDICT_VALID)
		apply(block, judge, body->count);
	return finding;
}

static bool is_left(const struct block_case *block,
		    const struct block_judge *judge, struct finding finding)
{
	return finding.verdict != VERDICT_VALID ||
	       (leaves_pots(block, judge) && leaves_coins(block));
}

static struct finding judge_bytes(const struct block_case *block,
				  const json_t *reply, bool *is_state_right)
{
	struct growing_buffer bytes;
	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	struct finding finding =
		make_body(block, vector_member(reply, "transactions"), &bytes);
	struct block_body body = { 0 };
	struct block_judge *judge = block_judge_new(&block->facts);
	if (finding.verdict == VERDICT_VALID)
		finding = block_body_read(&body, growing_buffer_view(&bytes));
	if (finding.verdict == VERDICT_VALID) {
		finding = judge_body(block, judge, &body);
		*is_state_right = is_left(block, judge, finding);
	}
	block_judge_free(judge);
	block_body_clear(&body);
	growing_buffer_clear(&bytes);
	return finding;
}

/* Rules 4, 6 and 7 belong to whoever fetches, here this program. */
static struct finding judge_case(const struct block_case *block,
				 bool *is_state_right)
{
	enum verdict verdict = block_judge_header(&block->facts);
	if (verdict != VERDICT_VALID)
		return of_block(verdict);
	const json_t *reply = vector_member(block->item, "body");
	if (json_is_null(reply))
		return of_block(VERDICT_BLOCK_NOT_AVAILABLE);
	if (vector_u64(reply, "number") != block->facts.number)
		return of_block(VERDICT_BODY_NUMBER_MISMATCH);
	if (!vector_is_hash(reply, "root", &block->facts.root))
		return of_block(VERDICT_BODY_ROOT_MISMATCH);
	return judge_bytes(block, reply, is_state_right);
}

static void read_case(const json_t *file, const json_t *item,
		      struct arena *arena)
{
	const json_t *state = vector_member(file, "state");
	struct address framework = vector_address(file, "verifyingContract");
	struct block_case block = {
		.file = file,
		.item = item,
		.arena = arena,
		.ledger = ledger_of(state),
	};
	block.facts.number = vector_u64(item, "blknum");
	block.facts.root = vector_hash(item, "root");
	block.facts.root_repeated =
		is_in(vector_member(state, "knownRoots"), &block.facts.root);
	block.facts.domain = eip712_domain_separator(&framework);
	bool is_state_right = true;
	struct finding finding = judge_case(&block, &is_state_right);
	const json_t *index = vector_member(item, "txindex");
	bool is_index_right = finding.has_tx_index
				      ? json_is_integer(index) &&
						vector_u64(item, "txindex") ==
							finding.tx_index
				      : json_is_null(index);
	const char *found = verdict_code(finding.verdict);
	point(strcmp(found, vector_text(item, "verdict")) == 0 &&
		      is_index_right && is_state_right,
	      "%s is %s", vector_text(item, "name"), found);
	ledger_free(block.ledger);
}

void read_blocks(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "cases"), i, item)
	{
		read_case(file, item, arena);
	}
}
