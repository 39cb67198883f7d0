/* SPDX-License-Identifier: MIT */

/*
 * Random events against what the operator decides: deposits, payments and
 * chains of them, merges, fees that change, exits of all that can exit,
 * reorganisations, blocks, crashes. Every block has to be valid by the rules of
 * those who watch, and no payment may be lost without a word.
 *
 *	operator_walk [STEPS [SEED]]
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/service/log.h"
#include "operator/checkpoint_store.h"
#include "operator/piggyback_search.h"
#include "tests/soak/operator_world.h"

#define STEPS_OF_A_WORLD 400
#define MAX_PICKS 3
#define CONFIRMATIONS 2
#define DEEP 4

static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
	/* xorshift64*: the same walk for the same seed everywhere. */
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * UINT64_C(2685821657736338717) >> 33) % below;
}

static bool one_in(uint64_t count)
{
	return draw(count) == 0;
}

static void step(struct operator_event event)
{
	event.now_ms = world.now_ms;
	world_step(&event, NULL);
}

/* ---- the root chain ---- */

static void see_deposit(struct deposit *deposit)
{
	step((struct operator_event){ .kind = OPERATOR_EVENT_DEPOSIT_SEEN,
				      .as.deposit.blknum = deposit->blknum });
}

/* Of few amounts and owners: many look alike. */
static struct output draw_deposit(void)
{
	return (struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT,
				world_owner((unsigned int)draw(OWNERS)),
				world_token((unsigned int)draw(2)),
				amount_of(20 * (1 + draw(3))) };
}

static bool is_taken(uint64_t blknum)
{
	for (size_t i = 0; i < world.deposit_count; i++) {
		if (!world.deposits[i].is_gone &&
		    world.deposits[i].blknum == blknum)
			return true;
	}
	return false;
}

static void add_deposit(uint64_t blknum, struct output output)
{
	if (world.deposit_count == MAX_DEPOSITS)
		return;
	struct deposit *deposit = &world.deposits[world.deposit_count++];
	*deposit = (struct deposit){ .blknum = blknum,
				     .output = output,
				     .eth_block = world.head };
	see_deposit(deposit);
}

static void new_deposit(void)
{
	uint64_t blknum = world.newest_blknum + 1;

	while (is_taken(blknum))
		blknum++;
	add_deposit(blknum, draw_deposit());
}

/* One that was taken back is there again. */
static void deposit_again(void)
{
	for (size_t i = world.deposit_count; i-- > 0;) {
		const struct deposit *deposit = &world.deposits[i];

		if (!deposit->is_gone || is_taken(deposit->blknum))
			continue;
		add_deposit(deposit->blknum, deposit->output);
		return;
	}
}

static void freeze(struct position position)
{
	if (world.exit_count == MAX_EXITS)
		return;
	world.exits[world.exit_count++] =
		(struct exit_log){ position, world.head };
	step((struct operator_event){ .kind = OPERATOR_EVENT_FROZEN,
				      .as.position = position });
}

static void credit_final(void)
{
	for (size_t i = 0; i < world.deposit_count; i++) {
		struct deposit *deposit = &world.deposits[i];

		if (deposit->is_gone || deposit->credited != 0 ||
		    deposit->eth_block + CONFIRMATIONS > world.head)
			continue;
		deposit->credited = ++world.credited;
		world_credit(deposit);
	}
}

/* The deposit is not on the root chain any more. */
static void revoke(struct deposit *deposit)
{
	struct error error;

	deposit->is_gone = true;
	if (deposit->credited != 0)
		world_expect(checkpoint_store_remove(world.folder, &error),
			     "cannot remove the checkpoint");
	world_revoke(deposit);
}

static void thaw_from(uint64_t eth_block)
{
	size_t kept = 0;

	for (size_t i = 0; i < world.exit_count; i++) {
		const struct exit_log exit = world.exits[i];

		if (exit.eth_block < eth_block) {
			world.exits[kept++] = exit;
			continue;
		}
		step((struct operator_event){ .kind = OPERATOR_EVENT_THAWED,
					      .as.position = exit.position });
	}
	world.exit_count = kept;
}

/* Some eth_blocks are replaced: exits in them are gone, deposits come again,
 * come otherwise, or do not. */
static void reorganise(void)
{
	/* Now and then more than deposits wait for. */
	uint64_t first = world.head - draw(one_in(4) ? DEEP : CONFIRMATIONS);
	size_t count = world.deposit_count;

	thaw_from(first);
	for (size_t i = 0; i < count && !world.is_broken; i++) {
		struct deposit *deposit = &world.deposits[i];

		if (deposit->is_gone || deposit->eth_block < first)
			continue;
		switch (draw(4)) {
		case 0:
			revoke(deposit);
			break;
		case 1:
			revoke(deposit);
			if (!world.is_broken)
				add_deposit(deposit->blknum, draw_deposit());
			break;
		default:
			deposit->eth_block = world.head;
			break;
		}
	}
	world.head++;
	if (world.is_broken)
		return;
	if (one_in(4))
		world_checkpoint();
	if (one_in(8))
		world_restart();
	if (one_in(2)) {
		deposit_again();
		world.head += CONFIRMATIONS;
		credit_final();
	}
}

/* ---- coins to spend ---- */

/* A position where something was made, or could be. */
static struct position draw_position(void)
{
	struct position position;
	uint64_t which = draw(10);

	if (which < 4 && world.paid_count > 0) { /* what waits, mostly */
		size_t back = (size_t)draw(
			world.paid_count < 20 ? world.paid_count : 20);
		const struct paid *paid =
			&world.paid[world.paid_count - 1 - back];

		if (paid->state == PAID_WAITS &&
		    position_make(
			    &position, position_blknum(paid->at),
			    position_txindex(paid->at),
			    (uint32_t)draw(paid->transaction.output_count)))
			return position;
	}
	if (which < 9 && world.coin_count > 0) {
		size_t back = (size_t)draw(
			world.coin_count < 60 ? world.coin_count : 60);

		return world.coins[world.coin_count - 1 - back].position;
	}
	world_expect(position_make(&position,
				   world.newest_blknum + 1000 * draw(2) + 1000,
				   (uint32_t)draw(5), (uint32_t)draw(2)),
		     "a place out of range");
	return position;
}

/* ---- payments ---- */

struct draft {
	struct transaction transaction;
	struct output spent[MAX_PICKS];
	struct coin_name sources[MAX_PICKS];
	unsigned int signers[MAX_PICKS];
};

static bool is_in(const struct draft *draft, struct position position)
{
	for (size_t i = 0; i < draft->transaction.input_count; i++) {
		if (position_equal(draft->transaction.inputs[i], position))
			return true;
	}
	return false;
}

static unsigned int owner_index(const struct output *output)
{
	for (unsigned int i = 0; i < OWNERS; i++) {
		struct address owner = world_owner(i);

		if (address_equal(&owner, &output->owner))
			return i;
	}
	return 0;
}

/* Takes coins that can be spent, and now and then a place where none is. */
static void pick_inputs(struct draft *draft)
{
	uint64_t wanted = 1 + draw(MAX_PICKS);

	for (int tries = 0;
	     tries < 12 && draft->transaction.input_count < wanted; tries++) {
		size_t at = draft->transaction.input_count;
		struct position position = draw_position();

		if (is_in(draft, position))
			continue;
		if (!world_look(position, &draft->spent[at],
				&draft->sources[at])) {
			if (!one_in(20))
				continue;
			draft->spent[at] = draw_deposit();
		}
		draft->transaction.inputs[at] = position;
		draft->signers[at] = one_in(30)
					     ? (unsigned int)draw(OWNERS)
					     : owner_index(&draft->spent[at]);
		draft->transaction.input_count++;
	}
}

static uint64_t sum_of(const struct draft *draft, const struct token *token)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < draft->transaction.input_count; i++) {
		if (token_equal(&draft->spent[i].token, token))
			sum += world_units(draft->spent[i].amount);
	}
	return sum;
}

static void put_output(struct draft *draft, struct token token, uint64_t units)
{
	struct transaction *transaction = &draft->transaction;

	if (units == 0 || transaction->output_count == PROTOCOL_MAX_OUTPUTS)
		return;
	transaction->outputs[transaction->output_count++] =
		(struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT,
				 world_owner((unsigned int)draw(OWNERS)), token,
				 amount_of(units) };
}

/* All of one token, without what is paid for it, in one or two outputs. */
static void pay_out(struct draft *draft, unsigned int index, bool *is_paid)
{
	struct token token = world_token(index);
	uint64_t sum = sum_of(draft, &token);
	uint64_t fee = world_units(world.prices[index].accepted[0]);

	if (one_in(15))
		fee += draw(3);
	if (!*is_paid && sum > fee) {
		sum -= fee;
		*is_paid = true;
	}
	uint64_t first = one_in(2) ? sum / 2 : 0;
	put_output(draft, token, first);
	put_output(draft, token, sum - first);
}

/* One output, of the owner of the first input, and nothing is paid. */
static void merge(struct draft *draft)
{
	struct token token = draft->spent[0].token;

	put_output(draft, token, sum_of(draft, &token));
	draft->transaction.outputs[0].owner = draft->spent[0].owner;
}

/* Submits it; the book says beforehand what has to come of it. */
static void submit(struct paid *paid, const unsigned int *signers)
{
	struct candidate candidate;
	struct candidate *const candidates[] = { &candidate };
	struct hash domain = world_domain();
	struct refusal refusal =
		candidate_read(&candidate, bytes_view(paid->bytes, paid->len));
	bool must_take = world_must_take(paid, signers);

	world_expect(refusal_is_none(refusal), "a payment cannot be read");
	candidate_recover_batch(candidates, &refusal, 1, &domain);
	world_expect(refusal_is_none(refusal), "a signature cannot be read");
	world_step(&(struct operator_event){ .kind = OPERATOR_EVENT_PAYMENT,
					     .now_ms = world.now_ms,
					     .as.candidate = &candidate },
		   paid);
	world_expect(world.refusal != NULL || must_take,
		     "a payment was accepted that had to be refused");
	if (world.refusal != NULL && must_take)
		world_fail(world.refusal);
}

static void pay(void)
{
	struct draft draft;
	bool is_paid = false;

	memset(&draft, 0, sizeof(draft));
	draft.transaction.type = PROTOCOL_TX_TYPE_PAYMENT;
	pick_inputs(&draft);
	if (draft.transaction.input_count == 0)
		return;
	if (draft.transaction.input_count > 1 && one_in(4)) {
		merge(&draft);
	} else {
		pay_out(&draft, 0, &is_paid);
		pay_out(&draft, 1, &is_paid);
	}
	if (draft.transaction.output_count == 0)
		return;
	struct paid *paid = world_sign(&draft.transaction, draft.signers);
	if (paid == NULL)
		return;
	memcpy(paid->sources, draft.sources, sizeof(draft.sources));
	memcpy(paid->signers, draft.signers, sizeof(draft.signers));
	submit(paid, draft.signers);
}

/* Sends once more what was signed long ago: whoever does so means what stands
 * there now. */
static void pay_again(void)
{
	if (world.paid_count == 0 || world.paid_count == MAX_PAID)
		return;
	const struct paid *before = &world.paid[draw(world.paid_count)];
	if (before->state == PAID_WAITS)
		return;
	struct paid *paid = &world.paid[world.paid_count++];
	*paid = *before;
	paid->state = PAID_NOT;
	for (size_t i = 0; i < paid->transaction.input_count; i++) {
		struct output output;

		(void)world_look(paid->transaction.inputs[i], &output,
				 &paid->sources[i]); /* refused if not */
	}
	submit(paid, paid->signers);
}

static void change_fees(void)
{
	struct fee_price *price = &world.prices[draw(2)];

	price->accepted[1] = price->accepted[0];
	price->accepted[0] = amount_of(1 + draw(3));
	price->accepted_count = one_in(2) ? 2 : 1;
	step((struct operator_event){ .kind = OPERATOR_EVENT_FEES,
				      .as.fees = &world.fees });
}

/* ---- exits ---- */

static const struct paid *draw_paid(void)
{
	return world.paid_count == 0 ? NULL
				     : &world.paid[draw(world.paid_count)];
}

/* Where the operator finds an output of a transaction that it may have. */
static bool search(struct position *position, const struct paid *paid,
		   uint32_t oindex)
{
	struct piggyback_question question = {
		.hash = paid->hash,
		.transaction = paid->transaction,
		.oindex = oindex,
		.is_open = true,
	};
	struct piggyback_search search;

	piggyback_search_init(&search, &question, 1);
	piggyback_search_begin(&search,
			       operator_state_ledger_borrow(world.state));
	for (size_t part = 0; search.open_count > 0 && part < LEDGER_PARTS;
	     part++)
		piggyback_search_part(&search, world.state, part);
	piggyback_search_waiting(&search, world.state);
	piggyback_search_end(&search);
	for (size_t i = 0; i < search.candidate_count; i++) {
		struct hash hash;

		if (world_hash_at(&hash, search.candidates[i]))
			piggyback_search_match(&search, search.candidates[i],
					       &hash);
	}
	piggyback_search_clear(&search);
	*position = question.position;
	return question.found;
}

/* An in-flight exit freezes all inputs, and an output when it is piggybacked.
 */
static void exit_in_flight(void)
{
	const struct paid *paid = draw_paid();
	struct position found;
	struct position is_at;

	if (paid == NULL)
		return;
	for (size_t i = 0; i < paid->transaction.input_count; i++)
		freeze(paid->transaction.inputs[i]);
	uint32_t oindex = (uint32_t)draw(paid->transaction.output_count);
	bool was_found = search(&found, paid, oindex);
	if (world_find_unspent(&is_at, &paid->hash, oindex))
		world_expect(was_found && position_equal(found, is_at),
			     "a piggybacked output is not found");
	if (was_found)
		freeze(found);
}

/* ---- blocks ---- */

static uint64_t next_blknum(void)
{
	return world.newest_blknum + 1000;
}

static void fix(void)
{
	bool is_check = one_in(3);

	step((struct operator_event){
		.kind = is_check ? OPERATOR_EVENT_CHECK_BLOCK
				 : OPERATOR_EVENT_FIX_BLOCK,
		.as.blknum = next_blknum() });
	world_expect(!world.is_sound || !world.is_halted,
		     "a block is signed in spite of a halt");
	if (is_check || !world.is_sound)
		return;
	world.is_fixed = true;
	world_look_at_fixed();
}

static void commit(void)
{
	if (!world.is_fixed) {
		fix();
		if (!world.is_fixed || one_in(4))
			return;
	}
	bool and_crash = one_in(12);
	world_commit(and_crash);
	if (and_crash)
		world_restart();
}

static void halt(void)
{
	world.is_halted = !world.is_halted && one_in(3);
	step((struct operator_event){ .kind = OPERATOR_EVENT_HALT,
				      .as.halted = world.is_halted });
}

/* ---- the walk ---- */

static void root_chain_step(void)
{
	switch (draw(12)) {
	case 0:
	case 1:
	case 2:
		freeze(draw_position());
		return;
	case 3:
		exit_in_flight();
		return;
	case 4:
		reorganise();
		return;
	case 5:
	case 6:
		new_deposit();
		return;
	case 7:
		deposit_again();
		return;
	default:
		world.head++;
		credit_final();
		return;
	}
}

static void random_step(void)
{
	uint64_t which = draw(100);

	world.now_ms += draw(30);
	if (which < 50)
		pay();
	else if (which < 54)
		pay_again();
	else if (which < 74)
		root_chain_step();
	else if (which < 80)
		step((struct operator_event){
			.kind = OPERATOR_EVENT_FORM_NOW });
	else if (which < 86)
		step((struct operator_event){ .kind = OPERATOR_EVENT_TIME });
	else if (which < 95)
		commit();
	else if (which < 97)
		change_fees();
	else if (which == 97)
		halt();
	else if (which == 98)
		world_checkpoint();
	else if (one_in(3))
		world_restart();
}

/* All that waits comes into blocks, or was dropped. */
static void finish_world(void)
{
	world.is_halted = false;
	step((struct operator_event){ .kind = OPERATOR_EVENT_HALT });
	for (int i = 0; i < 100 && world_waiting() > 0; i++) {
		step((struct operator_event){
			.kind = OPERATOR_EVENT_FORM_NOW });
		commit();
	}
	world_expect(world_waiting() == 0, "payments wait for ever");
	world_compare_ledger();
}

static void walk_world(uint64_t seed, uint64_t steps)
{
	walk_seed = seed;
	random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	world_begin();
	for (unsigned int i = 0; i < 6; i++)
		new_deposit();
	world.head += CONFIRMATIONS;
	credit_final();
	for (walk_step = 0; walk_step < steps && !world.is_broken;
	     walk_step++) {
		random_step();
		if (walk_step % 8 == 0 && !world.is_broken)
			world_compare_ledger();
	}
	if (!world.is_broken)
		finish_world();
	world_end();
}

int main(int argc, char **argv)
{
	uint64_t steps = argc > 1 ? strtoull(argv[1], NULL, 10) : 12000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

	log_set_level(LOG_ERROR); /* what is dropped is a warning */
	for (uint64_t done = 0; done < steps; done += STEPS_OF_A_WORLD)
		walk_world(seed + done / STEPS_OF_A_WORLD, STEPS_OF_A_WORLD);
	printf("# %llu blocks judged, %llu payments dropped\n",
	       (unsigned long long)blocks_judged,
	       (unsigned long long)payments_dropped);
	printf("ok 1 - %llu steps from seed %llu\n1..1\n",
	       (unsigned long long)steps, (unsigned long long)seed);
	return 0;
}
