/* SPDX-License-Identifier: MIT */
#include "tests/soak/operator_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/block_rules.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/codec/keccak256.h"
#include "common/keys/signature.h"
#include "operator/block_builder.h"

#define MOST_JOBS 64

struct operator_world world;
uint64_t walk_seed;
uint64_t walk_step;
uint64_t blocks_judged;
uint64_t payments_dropped;

const struct address world_framework = { { 0xf0 } };

void world_fail(const char *what)
{
	printf("not ok 1 - seed %llu, step %llu: %s\n1..1\n",
	       (unsigned long long)walk_seed, (unsigned long long)walk_step,
	       what);
	world_remove_files();
	exit(1);
}

void world_expect(bool holds, const char *what)
{
	if (!holds)
		world_fail(what);
}

void world_expect_ok(bool ok, const struct error *error)
{
	if (!ok)
		world_fail(error->message);
}

/* ---- names ---- */

static struct secret secret_of(unsigned int index)
{
	struct secret secret = { { 0 } };

	secret.bytes[31] = (uint8_t)(index + 1);
	return secret;
}

struct address world_owner(unsigned int index)
{
	static struct address owners[OWNERS];
	struct secret secret = secret_of(index);

	if (address_is_zero(&owners[index]))
		owners[index] = secret_address(&secret);
	return owners[index];
}

struct token world_token(unsigned int index)
{
	struct token token = TOKEN_ETH;

	token.address.bytes[0] = index == 0 ? 0 : 0x70;
	return token;
}

static unsigned int index_of_token(const struct token *token)
{
	return token_is_eth(token) ? 0 : 1;
}

uint64_t world_units(struct amount amount)
{
	char text[AMOUNT_DECIMAL_SIZE];

	amount_to_decimal(text, amount);
	return strtoull(text, NULL, 10);
}

struct hash world_domain(void)
{
	return eip712_domain_separator(&world_framework);
}

static struct coin_name name_of_deposit(uint64_t blknum,
					const struct output *output)
{
	uint8_t bytes[256];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	writer_put_number(&writer, blknum, 8);
	writer_put(&writer, bytes_view(output->owner.bytes, 20));
	writer_put(&writer, bytes_view(output->token.address.bytes, 20));
	writer_put_number(&writer, world_units(output->amount), 8);
	return (struct coin_name){ keccak256(writer_view(&writer)), 0 };
}

static bool name_equal(const struct coin_name *a, const struct coin_name *b)
{
	return hash_equal(&a->hash, &b->hash) && a->oindex == b->oindex;
}

/* ---- the book ---- */

static struct coin *find_coin(struct position position)
{
	for (size_t i = world.coin_count; i-- > 0;) {
		struct coin *coin = &world.coins[i];

		if (!coin->is_gone && position_equal(coin->position, position))
			return coin;
	}
	return NULL;
}

static void add_coin(struct position position, const struct output *output,
		     struct coin_name name)
{
	world_expect(world.coin_count < MAX_COINS, "too many coins");
	world.coins[world.coin_count++] = (struct coin){ .position = position,
							 .output = *output,
							 .name = name };
	ledger_put(world.truth, position, output, COIN_UNSPENT);
}

/* The payment that waits at the place of the position; NULL: none. */
static struct paid *find_waiting(struct position position)
{
	for (size_t i = 0; i < world.paid_count; i++) {
		struct paid *paid = &world.paid[i];

		if (paid->state == PAID_WAITS &&
		    position_blknum(paid->at) == position_blknum(position) &&
		    position_txindex(paid->at) == position_txindex(position))
			return paid;
	}
	return NULL;
}

static bool is_spent_by_waiting(struct position position)
{
	for (size_t i = 0; i < world.paid_count; i++) {
		const struct paid *paid = &world.paid[i];

		if (paid->state != PAID_WAITS)
			continue;
		for (size_t j = 0; j < paid->transaction.input_count; j++) {
			if (position_equal(paid->transaction.inputs[j],
					   position))
				return true;
		}
	}
	return false;
}

/* What was made at the position, spent or not. */
static bool find_made(struct position position, struct output *output,
		      struct coin_name *name, bool *is_spent)
{
	const struct coin *coin = find_coin(position);
	uint32_t oindex = position_oindex(position);

	if (coin != NULL) {
		*output = coin->output;
		*name = coin->name;
		*is_spent = coin->is_spent;
		return true;
	}
	const struct paid *paid = find_waiting(position);
	if (paid == NULL || oindex >= paid->transaction.output_count)
		return false;
	*output = paid->transaction.outputs[oindex];
	*name = (struct coin_name){ paid->hash, oindex };
	*is_spent = false;
	return true;
}

bool world_look(struct position position, struct output *output,
		struct coin_name *name)
{
	bool is_spent;

	return find_made(position, output, name, &is_spent) && !is_spent &&
	       !is_spent_by_waiting(position);
}

bool world_is_frozen(struct position position)
{
	for (size_t i = 0; i < world.exit_count; i++) {
		if (position_equal(world.exits[i].position, position))
			return true;
	}
	return false;
}

/* True if the block that is fixed spends the coin. */
static bool is_spent_by_fixed(struct position position)
{
	for (size_t i = 0; world.is_fixed && i < world.paid_count; i++) {
		const struct paid *paid = &world.paid[i];

		if (paid->state != PAID_WAITS ||
		    position_blknum(paid->at) != world.newest_blknum + 1000)
			continue;
		for (size_t j = 0; j < paid->transaction.input_count; j++) {
			if (position_equal(paid->transaction.inputs[j],
					   position))
				return true;
		}
	}
	return false;
}

bool world_hash_at(struct hash *hash, struct position position)
{
	const struct coin *coin = find_coin(position);

	if (coin != NULL)
		*hash = coin->name.hash;
	return coin != NULL;
}

bool world_find_unspent(struct position *position, const struct hash *hash,
			uint32_t oindex)
{
	const struct coin_name name = { *hash, oindex };

	for (size_t i = 0; i < world.coin_count; i++) {
		const struct coin *coin = &world.coins[i];

		if (coin->is_gone || coin->is_spent ||
		    !name_equal(&coin->name, &name) ||
		    is_spent_by_fixed(coin->position))
			continue;
		*position = coin->position;
		return true;
	}
	return false;
}

size_t world_waiting(void)
{
	size_t count = 0;

	for (size_t i = 0; i < world.paid_count; i++)
		count += world.paid[i].state == PAID_WAITS ? 1 : 0;
	return count;
}

/* ---- payments ---- */

struct paid *world_sign(const struct transaction *transaction,
			const unsigned int *signers)
{
	struct hash domain = world_domain();
	struct hash digest = transaction_digest(&domain, transaction);
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	uint8_t bytes[PROTOCOL_MAX_RAW_SIZE];
	struct writer raw = writer_of(bytes, sizeof(bytes));

	if (world.paid_count == MAX_PAID)
		return NULL;
	struct paid *paid = &world.paid[world.paid_count++];
	memset(paid, 0, sizeof(*paid));
	struct writer whole = writer_of(paid->bytes, sizeof(paid->bytes));
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct secret secret = secret_of(signers[i]);

		signatures[i] = signature_make(&secret, &digest);
	}
	transaction_encode(&raw, transaction);
	transaction_encode_signed(&whole, writer_view(&raw), signatures,
				  transaction->input_count);
	world_expect(writer_ok(&whole), "a payment cannot be written");
	paid->transaction = *transaction;
	paid->hash = transaction_hash(writer_view(&raw));
	paid->len = writer_view(&whole).len;
	return paid;
}

/* Sums of a payment per token; false if it gives more than it has. */
static bool find_surplus(uint64_t surplus[2], const struct paid *paid,
			 const struct output *spent)
{
	const struct transaction *transaction = &paid->transaction;
	uint64_t in[2] = { 0, 0 };
	uint64_t out[2] = { 0, 0 };

	for (size_t i = 0; i < transaction->input_count; i++)
		in[index_of_token(&spent[i].token)] +=
			world_units(spent[i].amount);
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];

		out[index_of_token(&output->token)] +=
			world_units(output->amount);
	}
	for (size_t i = 0; i < 2; i++)
		surplus[i] = in[i] - out[i];
	return in[0] >= out[0] && in[1] >= out[1];
}

/* More inputs than outputs, these of one token, and all of one owner. */
static bool is_merge(const struct transaction *transaction,
		     const struct output *spent)
{
	const struct output *first = &transaction->outputs[0];
	bool is_one = transaction->output_count < transaction->input_count;

	for (size_t i = 0; i < transaction->input_count; i++)
		is_one &= address_equal(&spent[i].owner, &first->owner);
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];

		is_one &= address_equal(&output->owner, &first->owner) &&
			  token_equal(&output->token, &first->token);
	}
	return is_one;
}

static bool covers_fee(const struct paid *paid, const struct output *spent)
{
	uint64_t surplus[2];

	if (!find_surplus(surplus, paid, spent))
		return false;
	if (surplus[0] == 0 && surplus[1] == 0)
		return is_merge(&paid->transaction, spent);
	if ((surplus[0] != 0 && surplus[1] != 0) ||
	    is_merge(&paid->transaction, spent))
		return false;
	const struct fee_price *price = &world.prices[surplus[0] != 0 ? 0 : 1];
	for (size_t i = 0; i < price->accepted_count; i++) {
		if (world_units(price->accepted[i]) == surplus[0] + surplus[1])
			return true;
	}
	return false;
}

bool world_must_take(const struct paid *paid, const unsigned int *signers)
{
	const struct transaction *transaction = &paid->transaction;
	struct output spent[PROTOCOL_MAX_INPUTS];

	if (world.is_halted || world_waiting() >= world.settings.queue_limit)
		return false;
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct address signer = world_owner(signers[i]);
		struct coin_name name;

		if (!world_look(transaction->inputs[i], &spent[i], &name) ||
		    world_is_frozen(transaction->inputs[i]) ||
		    !address_equal(&signer, &spent[i].owner))
			return false;
	}
	return covers_fee(paid, spent);
}

/* ---- what the operator did ---- */

static struct paid *find_paid(const struct hash *hash)
{
	for (size_t i = world.paid_count; i-- > 0;) {
		if (world.paid[i].state == PAID_WAITS &&
		    hash_equal(&world.paid[i].hash, hash))
			return &world.paid[i];
	}
	return NULL;
}

void world_read_places(void)
{
	struct mempool *pool = operator_state_mempool_borrow(world.state);
	const struct paid *before = NULL;

	for (size_t i = 0; i < world.paid_count; i++)
		world.paid[i].is_seen = false;
	for (size_t i = 0; i < mempool_block_count(pool); i++) {
		const struct forming_block *block =
			mempool_block_borrow(pool, i);

		for (uint32_t j = 0; j < block->count; j++) {
			struct paid *paid =
				find_paid(&block->payments[j]->hash);

			world_expect(paid != NULL,
				     "a payment waits that was not accepted");
			world_expect(!paid->is_seen, "a payment waits twice");
			world_expect(before == NULL || paid > before,
				     "payments stand in another order");
			before = paid;
			paid->is_seen = true;
			world_expect(
				position_make(&paid->at, block->blknum, j, 0),
				"a place out of range");
		}
	}
}

/* A payment that was accepted may be dropped if what it spends exits, or is not
 * there any more where it was signed for. */
static bool may_be_dropped(const struct paid *paid)
{
	for (size_t i = 0; i < paid->transaction.input_count; i++) {
		struct position input = paid->transaction.inputs[i];
		struct output output;
		struct coin_name name;
		bool is_spent;

		if (world_is_frozen(input) ||
		    !find_made(input, &output, &name, &is_spent) ||
		    !name_equal(&name, &paid->sources[i]))
			return true;
	}
	return false;
}

void world_drop(struct paid *paid)
{
	paid->state = PAID_DROPPED;
	payments_dropped++;
}

/* After the places were read: whoever was dropped had to be. */
void world_judge_dropped(const struct paid *const *dropped, size_t count)
{
	for (size_t i = 0; i < count; i++)
		world_expect(may_be_dropped(dropped[i]),
			     "a payment was dropped without need");
	for (size_t i = 0; i < world.paid_count; i++)
		world_expect(world.paid[i].state != PAID_WAITS ||
				     world.paid[i].is_seen,
			     "a payment was lost without a word");
}

static void take_effect(const struct operator_effect *effect, struct paid *paid,
			const struct paid **dropped, size_t *count)
{
	struct paid *one;

	switch (effect->kind) {
	case OPERATOR_EFFECT_KEEP:
		world_expect(paid != NULL, "a payment out of nothing");
		paid->state = PAID_WAITS;
		paid->at = effect->position;
		return;
	case OPERATOR_EFFECT_REFUSE:
		world.refusal = refusal_code(effect->refusal);
		return;
	case OPERATOR_EFFECT_SOUND:
		world.is_sound = true;
		return;
	case OPERATOR_EFFECT_DROPPED:
		one = find_paid(&effect->hash);
		world_expect(one != NULL, "dropped what did not wait");
		world_drop(one);
		dropped[(*count)++] = one;
		return;
	case OPERATOR_EFFECT_DONE:
		forming_block_free(effect->block);
		return;
	case OPERATOR_EFFECT_FINALITY_BROKEN:
		world.is_broken = true;
		return;
	case OPERATOR_EFFECT_CLOSED:
	case OPERATOR_EFFECT_NOT_SOUND:
	case OPERATOR_EFFECT_REFORMED:
		return;
	}
}

void world_step(const struct operator_event *event, struct paid *paid)
{
	const struct paid *dropped[MAX_PAID];
	bool is_reformed = false;
	size_t count = 0;

	world.is_sound = false;
	world.refusal = NULL;
	operator_step(world.state, &world.effects, event);
	for (size_t i = 0; i < world.effects.count; i++) {
		is_reformed |=
			world.effects.items[i].kind == OPERATOR_EFFECT_REFORMED;
		take_effect(&world.effects.items[i], paid, dropped, &count);
	}
	world.effects.count = 0;
	world_expect(count == 0 || is_reformed,
		     "payments are dropped and the files stay as they are");
	if (is_reformed) {
		world_read_places();
		world_judge_dropped(dropped, count);
	}
}

/* ---- deposits ---- */

void world_credit(const struct deposit *deposit)
{
	struct position position;

	world_expect(position_make(&position, deposit->blknum, 0, 0),
		     "a place out of range");
	add_coin(position, &deposit->output,
		 name_of_deposit(deposit->blknum, &deposit->output));
	world.supply[index_of_token(&deposit->output.token)] +=
		world_units(deposit->output.amount);
	world_step(
		&(struct operator_event){
			.kind = OPERATOR_EVENT_DEPOSIT_CREDITED,
			.now_ms = world.now_ms,
			.as.deposit = { deposit->blknum, deposit->output } },
		NULL);
}

/* What a committed block spends cannot be taken back: nothing can go on. */
void world_revoke(const struct deposit *deposit)
{
	struct position position;
	bool must_break = false;

	world_expect(position_make(&position, deposit->blknum, 0, 0),
		     "a place out of range");
	struct coin *coin = find_coin(position);
	if (deposit->credited != 0) {
		must_break = coin->is_spent || is_spent_by_fixed(position);
		coin->is_gone = true;
		ledger_remove(world.truth, position);
		world.supply[index_of_token(&coin->output.token)] -=
			world_units(coin->output.amount);
	}
	world_step(
		&(struct operator_event){
			.kind = OPERATOR_EVENT_DEPOSIT_REVOKED,
			.now_ms = world.now_ms,
			.as.deposit.blknum = deposit->blknum },
		NULL);
	world_expect(world.is_broken == must_break,
		     "a deposit that was spent is taken back");
}

/* ---- blocks ---- */

void world_look_at_fixed(void)
{
	struct mempool *pool = operator_state_mempool_borrow(world.state);
	const struct forming_block *block = mempool_block_borrow(pool, 0);

	world_expect(block->state == FORMING_FIXED, "it is not fixed");
	for (uint32_t i = 0; i < block->count; i++) {
		const struct paid *paid = find_paid(&block->payments[i]->hash);

		world_expect(paid != NULL, "a payment out of nothing");
		for (size_t j = 0; j < paid->transaction.input_count; j++)
			world_expect(
				!world_is_frozen(paid->transaction.inputs[j]),
				"a block is fixed that spends what exits");
	}
}

static struct finding judge_body(struct block_judge *judge,
				 const struct block_body *body)
{
	struct signature_job jobs[MOST_JOBS];
	struct finding finding = block_judge_body(judge, body, NULL);
	size_t count;

	if (finding.verdict != VERDICT_VALID)
		return finding;
	while ((count = block_judge_signatures(judge, jobs, MOST_JOBS)) > 0) {
		signature_recover_batch(jobs, count);
		block_judge_signers(judge, jobs, count);
	}
	while (block_judge_next(judge, MOST_JOBS))
		block_judge_against(judge, world.truth);
	return block_judge_finish(judge);
}

/* What the transaction spends is spent, what it makes is there. */
static void book_transaction(const struct transaction *transaction,
			     struct bytes raw, uint64_t blknum, uint32_t index)
{
	struct hash hash = transaction_hash(raw);
	struct paid *paid = find_paid(&hash);

	world_expect((paid == NULL) == (transaction->input_count == 0),
		     "a block has what was not accepted");
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct coin *coin = find_coin(transaction->inputs[i]);

		world_expect(coin != NULL && !coin->is_spent,
			     "it spends what is not there");
		world_expect(name_equal(&coin->name, &paid->sources[i]),
			     "a payment spends another coin than it was "
			     "signed for");
		coin->is_spent = true;
		ledger_mark(world.truth, coin->position, COIN_SPENT);
	}
	for (uint32_t i = 0; i < transaction->output_count; i++) {
		struct position position;

		world_expect(position_make(&position, blknum, index, i),
			     "a place out of range");
		add_coin(position, &transaction->outputs[i],
			 (struct coin_name){ hash, i });
	}
	if (paid != NULL)
		paid->state = PAID_COMMITTED;
}

/* As much is there of each token as was deposited. */
static void check_supply(void)
{
	uint64_t sums[2] = { 0, 0 };

	for (size_t i = 0; i < world.coin_count; i++) {
		const struct coin *coin = &world.coins[i];

		if (!coin->is_spent && !coin->is_gone)
			sums[index_of_token(&coin->output.token)] +=
				world_units(coin->output.amount);
	}
	world_expect(sums[0] == world.supply[0] && sums[1] == world.supply[1],
		     "money was made or lost");
}

static void book_block(const struct block_body *body, uint64_t blknum)
{
	struct growing_buffer buffer;

	growing_buffer_init(&buffer, PROTOCOL_MAX_RAW_SIZE + 16);
	for (uint32_t i = 0; i < body->count; i++) {
		struct transaction transaction;

		growing_buffer_reset(&buffer);
		struct bytes raw = block_body_raw(body, i, &buffer);
		world_expect(transaction_decode(&transaction, raw) ==
				     VERDICT_VALID,
			     "a transaction cannot be read");
		book_transaction(&transaction, raw, blknum, i);
	}
	growing_buffer_clear(&buffer);
	check_supply();
}

static void judge_built(const struct built_block *built)
{
	const struct block_facts facts = {
		.number = built->blknum,
		.root = built->root,
		.domain = world_domain(),
	};
	struct block_judge *judge = block_judge_new(&facts);
	struct block_body body;
	struct finding finding =
		block_body_read(&body, growing_buffer_view(&built->body));

	if (finding.verdict == VERDICT_VALID)
		finding = judge_body(judge, &body);
	if (finding.verdict != VERDICT_VALID)
		world_fail(verdict_code(finding.verdict));
	blocks_judged++;
	book_block(&body, built->blknum);
	block_judge_free(judge);
	block_body_clear(&body);
}

void world_commit(bool and_crash)
{
	struct mempool *pool = operator_state_mempool_borrow(world.state);
	const struct forming_block *block = mempool_block_borrow(pool, 0);
	struct address claimer = world_owner(0);
	struct built_block built;
	struct error error;

	block_builder_build(&built, block, &claimer);
	judge_built(&built);
	const struct committed_block row = {
		.blknum = built.blknum,
		.root = built.root,
		.transaction_count = built.transaction_count,
		.body_len = built.body.len,
		.formed_at = 1,
	};
	world_expect_ok(body_store_put(world.source.bodies, &built.root,
				       growing_buffer_view(&built.body),
				       &error),
			&error);
	world_expect_ok(
		operator_store_commit_block(world.source.store, &row, &error),
		&error);
	world.newest_blknum = built.blknum;
	world.is_fixed = false;
	if (!and_crash)
		world_step(
			&(struct operator_event){
				.kind = OPERATOR_EVENT_COMMITTED,
				.as.committed = { built.blknum, built.fees,
						  built.fee_count } },
			NULL);
	built_block_clear(&built);
}

/* ---- the ledger ---- */

static size_t count_view(void)
{
	size_t count = 0;
	struct output output;
	struct coin_name name;

	for (size_t i = 0; i < world.coin_count; i++)
		count += !world.coins[i].is_gone &&
					 world_look(world.coins[i].position,
						    &output, &name)
				 ? 1
				 : 0;
	for (size_t i = 0; i < world.paid_count; i++) {
		const struct paid *paid = &world.paid[i];

		for (uint32_t j = 0; paid->state == PAID_WAITS &&
				     j < paid->transaction.output_count;
		     j++) {
			struct position position;

			world_expect(position_make(&position,
						   position_blknum(paid->at),
						   position_txindex(paid->at),
						   j),
				     "a place out of range");
			count += world_look(position, &output, &name) ? 1 : 0;
		}
	}
	return count;
}

void world_compare_ledger(void)
{
	const struct ledger *ledger = operator_state_ledger_borrow(world.state);
	struct position position;
	struct output has;
	struct output expected;
	struct coin_name name;
	enum coin_state state;
	size_t at = 0;

	while (ledger_next(ledger, &at, &position, &has, &state))
		world_expect(world_look(position, &expected, &name) &&
				     output_equal(&has, &expected),
			     "the operator has a coin that is not there");
	world_expect(ledger_count(ledger) == count_view(),
		     "the operator lacks a coin");
}
