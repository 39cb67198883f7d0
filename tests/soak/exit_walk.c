/* SPDX-License-Identifier: MIT */

/*
 * Random walks of users, an operator, time and reorganisations through the exit
 * game. At every step the watcher's values must be those of a slow and plain
 * model of the contracts, every answer it wants must be accepted by the model,
 * every answer that the model would accept and that helps must be wanted, and a
 * halt must be exactly where the definition has one.
 *
 *	exit_walk [STEPS [SEED [quiet | hunted] [tell]]]
 *
 * Without arguments a sample of each. With `tell` it says each step, which
 * walk_on_anvil.mjs plays on the contracts.
 *
 * With `quiet` the operator is honest and the watcher answers in every step:
 * whatever users do, for whatever bond, nothing may halt. With `hunted` too,
 *but there the watcher looks once in ten minutes only, and users act at the
 *seconds that decide: when something becomes late, phases end, entries fall
 *due.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/soak/walk.h"

#define STEPS_OF_A_WORLD 500

static struct slow_game trial;
static uint64_t answers_checked;
static uint64_t halts_seen;

/* ---- the values are those of the model ---- */

static void compare_oldest(int number)
{
	const struct slow_payment *p = &walk.game.payments[number];
	const struct in_flight_exit *exit = &walk.flights[number];
	uint64_t oldest = 0;

	if (exit->oldest.kind == OLDEST_COMPETITOR_NOT_INCLUDED)
		oldest = UINT64_MAX;
	else if (exit->oldest.kind == OLDEST_COMPETITOR_IN_BLOCK)
		oldest = position_priority(exit->oldest.position) + 1;
	if (oldest != p->oldest || exit->is_canonical != p->canonical)
		walk_fail("canonicity differs", number, 0);
}

static void compare_flight(int number)
{
	const struct slow_payment *p = &walk.game.payments[number];
	const struct in_flight_exit *exit = &walk.flights[number];
	struct address owner = account_of_letter(walk_letter_of(p->bond_owner));

	if (p->life == 0)
		return;
	if (in_flight_exit_is_live(exit) != p->alive)
		walk_fail("one is alive, one is not", number, 0);
	if ((int)exit->paid_side != p->paid)
		walk_fail("the paid side differs", number, 0);
	if (!p->alive)
		return;
	if (exit->map != p->map || (int)exit->side != p->side)
		walk_fail("map or side differs", number, exit->map);
	compare_oldest(number);
	if (!address_equal(&exit->bond_owner, &owner))
		walk_fail("the bond is another's", number, 0);
	for (int token = 0; token < SLOW_TOKENS; token++) {
		struct token of = token_of_letter(walk_token_letter(token));
		uint64_t due = in_flight_exit_due_at(exit, &of);

		if (due != (p->due[token] == 0 ? UINT64_MAX : p->due[token]))
			walk_fail("an entry is due at another time", number, 0);
	}
}

/* ---- judging ---- */

static struct known_spend spend_of(int payment, int coin)
{
	const struct slow_payment *p = &walk.game.payments[payment];
	const struct payment *made = &walk.made[payment];
	size_t input = (size_t)slow_input_of(p, coin);

	if (!p->included)
		return spend_by(made, input);
	return spend_applied(made, input, place_at(p->blknum, p->txindex, 0),
			     p->block_time);
}

static size_t spends_of(struct known_spend out[SLOW_PAYMENTS], int coin)
{
	size_t count = 0;

	for (int i = 0; i < walk.game.payment_count; i++) {
		if (walk.game.payments[i].known &&
		    slow_input_of(&walk.game.payments[i], coin) != SLOW_NONE)
			out[count++] = spend_of(i, coin);
	}
	return count;
}

static int payment_of(const struct known_spend *spend)
{
	for (int i = 0; i < walk.game.payment_count; i++) {
		if (hash_equal(&walk.made[i].hash, &spend->transaction_hash))
			return i;
	}
	walk_fail("a spend by nobody", 0, 0);
	return 0;
}

static struct exit_world world_for(const struct address *owner)
{
	struct exit_world world = {
		.now = walk.game.now,
		.exit_period = PERIOD,
		.has_extensions = true,
		.owners = owner,
		.owner_count = 1,
		.accounts = owner,
		.account_count = 1,
	};

	return world;
}

static bool has_halt(const struct exit_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->of[i].has_event &&
		    findings->of[i].class == EVENT_CLASS_HALT)
			return true;
	}
	return false;
}

static uint64_t max_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void check_halt(const struct exit_findings *findings, bool expected,
		       int number)
{
	bool halts = has_halt(findings);

	halts_seen += halts;
	if (halts != expected)
		walk_fail(halts ? "a halt that is none"
				: "no halt where one is",
			  number, 0);
	if (halts && walk.quiet)
		walk_fail("a healthy chain halts", number, 0);
}

/* ---- standard exits ---- */

static bool standard_must_halt(int coin)
{
	const struct slow_coin *c = &walk.game.coins[coin];

	if (c->spender == SLOW_NONE)
		return false;
	if (!c->se_challenged &&
	    walk.game.now >= max_of(c->se_started, c->spent_at) + LATE)
		return true;
	return c->spent_at >= c->se_started + LATE &&
	       !(c->se_challenged && c->se_challenged_at < c->spent_at);
}

static void judge_standard(int coin, bool act)
{
	static const struct address nobody = { { 0 } };
	struct slow_coin *c = &walk.game.coins[coin];
	struct known_spend spends[SLOW_PAYMENTS];
	struct exit_world world = world_for(&nobody);
	struct exit_findings findings = { NULL, 0, 0 };
	struct standard_exit_case one = { .challenged_at = c->se_challenged_at,
					  .is_judged = true };
	bool answered = false;

	one.exit.position = walk_position_of_coin(coin);
	one.exit.output = output_for(walk_letter_of(c->owner),
				     walk_token_letter(c->token), UNITS);
	one.exit.started_at = c->se_started;
	one.exit.exitable_at = c->se_started + PERIOD;
	one.exit.status = c->se_challenged ? STANDARD_EXIT_CHALLENGED
					   : STANDARD_EXIT_LIVE;
	one.spends.of = spends;
	one.spends.count = spends_of(spends, coin);
	exit_processor_judge_standard(&findings, &world, &one);
	check_halt(&findings, standard_must_halt(coin), coin);
	for (size_t i = 0; i < findings.count; i++) {
		if (!findings.of[i].has_response)
			continue;
		int spend = payment_of(&findings.of[i].response.spend);

		answered = true;
		answers_checked++;
		trial = walk.game;
		if (!slow_challenge_standard(&trial, coin, spend))
			walk_fail("a challenge is refused", coin, 0);
		if (act)
			walk_challenge_standard(coin, spend);
	}
	if (!answered && one.spends.count > 0 && !one.challenged_at)
		walk_fail("an invalid exit is not challenged", coin, 0);
	exit_findings_clear(&findings);
}

/* ---- flights ---- */

static bool slot_must_halt(int number, unsigned int slot)
{
	const struct slow_payment *p = &walk.game.payments[number];
	bool joined = (p->map & 1u << slot) != 0;
	int coin;

	if (slot < 5)
		coin = slot < (unsigned int)p->input_count ? p->inputs[slot]
							   : SLOW_NONE;
	else
		coin = p->included && slot - 5 < (unsigned int)p->output_count
			       ? p->outputs[slot - 5]
			       : SLOW_NONE;
	if (coin == SLOW_NONE)
		return false;
	const struct slow_coin *c = &walk.game.coins[coin];
	if (c->spender == SLOW_NONE || c->spender == number)
		return false;
	if (joined &&
	    walk.game.now >= max_of(p->joined_at[slot], c->spent_at) + LATE)
		return true;
	if (slot >= 5)
		return joined && c->spent_at >= p->joined_at[slot] + LATE;
	return c->spent_at >= p->started + LATE;
}

static bool in_first_half(const struct slow_payment *p)
{
	return walk.game.now < p->started + PERIOD / 2;
}

static bool flight_must_halt(int number)
{
	const struct slow_payment *p = &walk.game.payments[number];

	for (unsigned int slot = 0; slot < 10; slot++) {
		if (slot_must_halt(number, slot))
			return true;
	}
	if (!p->canonical || p->side != 0 || p->included)
		return false;
	for (int i = 0; i < p->input_count; i++) {
		const struct slow_coin *c = &walk.game.coins[p->inputs[i]];

		if (c->spender == SLOW_NONE)
			continue;
		if (in_first_half(p)
			    ? walk.game.now >
				      max_of(p->started, c->spent_at) + LATE
			    : p->map != 0)
			return true;
	}
	return false;
}

static void fill_case(struct in_flight_exit_case *one,
		      struct known_spend spends[10][SLOW_PAYMENTS], int number)
{
	const struct slow_payment *p = &walk.game.payments[number];

	memset(one, 0, sizeof(*one));
	one->exit = &walk.flights[number];
	if (p->included) {
		one->place.kind = BLOCK_PLACE_KNOWN;
		one->place.position = place_at(p->blknum, p->txindex, 0);
		one->in_applied_block = true;
		one->block_time = p->block_time;
	}
	walk_finalised_of(one->finalised, number);
	for (int i = 0; i < p->input_count; i++) {
		one->spends[i].of = spends[i];
		one->spends[i].count = spends_of(spends[i], p->inputs[i]);
	}
	for (int i = 0; p->included && i < p->output_count; i++) {
		one->spends[5 + i].of = spends[5 + i];
		one->spends[5 + i].count =
			spends_of(spends[5 + i], p->outputs[i]);
	}
}

/* Tries one answer on a copy of the model, and in the game if `act`. */
static void try_answer(const struct exit_response *response, int number,
		       bool act)
{
	bool with_place = response->has_spend &&
			  response->spend.place.kind == BLOCK_PLACE_KNOWN;
	int spend = response->has_spend ? payment_of(&response->spend) : 0;
	unsigned int slot = response->index;
	bool queued;
	bool good = false;

	answers_checked++;
	trial = walk.game;
	switch ((int)response->kind) {
	case ACTION_CHALLENGE_NOT_CANONICAL:
		good = slow_challenge(&trial, number, spend, with_place, 0) &&
		       !slow_respond(&trial, number, 0);
		if (act)
			(void)walk_challenge(number, spend, with_place, 0);
		break;
	case ACTION_RESPOND_TO_CHALLENGE:
		good = slow_respond(&trial, number, 0);
		if (act)
			(void)walk_answer_challenge(number, 0);
		break;
	case ACTION_CHALLENGE_OUTPUT_SPENT:
		slot += 5;
		/* fall through */
	case ACTION_CHALLENGE_INPUT_SPENT:
		good = slow_block(&trial, number, slot, spend);
		if (act)
			(void)walk_block_slot(number, slot, spend);
		break;
	case ACTION_PIGGYBACK_OUTPUT:
		slot += 5;
		/* fall through */
	case ACTION_PIGGYBACK_INPUT:
		good = slow_piggyback(&trial, number, slot, &queued);
		break;
	case ACTION_DELETE_IN_FLIGHT_EXIT:
		good = slow_delete(&trial, number);
		break;
	}
	if (!good)
		walk_fail(action_kind_name(response->kind), number, slot);
}

static const struct exit_response *find(const struct exit_findings *findings,
					enum action_kind kind,
					unsigned int index)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct exit_response *one = &findings->of[i].response;

		if (findings->of[i].has_response && one->kind == kind &&
		    (index == UINT32_MAX || one->index == index))
			return one;
	}
	return NULL;
}

/* Every answer that the model would take and that helps is wanted. */
static void check_complete(const struct exit_findings *findings, int number)
{
	const struct slow_payment *p = &walk.game.payments[number];
	bool competitor = false;

	trial = walk.game;
	for (int rival = 0; rival < walk.game.payment_count; rival++) {
		const struct slow_payment *r = &walk.game.payments[rival];

		for (unsigned int slot = 0; r->known && slot < 10; slot++) {
			if (!slow_block(&trial, number, slot, rival))
				continue;
			trial = walk.game;
			if (find(findings,
				 slot < 5 ? ACTION_CHALLENGE_INPUT_SPENT
					  : ACTION_CHALLENGE_OUTPUT_SPENT,
				 slot % 5) == NULL)
				walk_fail("a slot is not blocked", number,
					  slot);
		}
		if (!r->known ||
		    !slow_challenge(&trial, number, rival, r->included, 0))
			continue;
		competitor = competitor || !slow_respond(&trial, number, 0);
		trial = walk.game;
	}
	if (competitor &&
	    find(findings, ACTION_CHALLENGE_NOT_CANONICAL, UINT32_MAX) == NULL)
		walk_fail("a competitor is not shown", number, 0);
	trial = walk.game;
	if (!p->canonical && slow_respond(&trial, number, 0) &&
	    find(findings, ACTION_RESPOND_TO_CHALLENGE, UINT32_MAX) == NULL)
		walk_fail("a false challenge is not answered", number, 0);
}

static void judge_flight(int number, bool act)
{
	static struct known_spend spends[10][SLOW_PAYMENTS];
	static const struct address nobody = { { 0 } };
	struct address alice = account_of_letter('A');
	struct exit_world world = world_for(&nobody);
	struct exit_findings findings = { NULL, 0, 0 };
	struct in_flight_exit_case one;

	fill_case(&one, spends, number);
	exit_processor_judge_in_flight(&findings, &world, &one);
	check_halt(&findings, flight_must_halt(number), number);
	check_complete(&findings, number);
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.of[i].has_response)
			try_answer(&findings.of[i].response, number, false);
	}
	/* The answers of one moment go well together. */
	for (size_t i = 0; act && i < findings.count; i++) {
		if (findings.of[i].has_response)
			try_answer(&findings.of[i].response, number, true);
	}
	exit_findings_clear(&findings);
	if (!walk.game.payments[number].alive)
		return;
	world = world_for(&alice);
	fill_case(&one, spends, number);
	exit_processor_judge_in_flight(&findings, &world, &one);
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.of[i].has_response)
			try_answer(&findings.of[i].response, number, false);
	}
	exit_findings_clear(&findings);
}

static void judge_all(bool act)
{
	for (int i = 0; i < walk.game.coin_count; i++) {
		if (walk.game.coins[i].se_alive)
			judge_standard(i, act);
	}
	for (int i = 0; i < walk.game.payment_count; i++) {
		compare_flight(i);
		if (walk.game.payments[i].alive)
			judge_flight(i, act);
	}
}

/* ---- steps ---- */

/* The model goes back; the values are made again from what is left of the logs.
 */
static void reorganise(void)
{
	bool known[SLOW_PAYMENTS];

	for (int i = 0; i < SLOW_PAYMENTS; i++)
		known[i] = walk.game.payments[i].known;
	walk = before;
	for (int i = 0; i < walk.game.payment_count; i++) {
		struct flight_log *log = &walk.logs[i];

		walk.game.payments[i].known =
			walk.game.payments[i].known || known[i];
		if (walk.game.payments[i].life == 0)
			continue;
		walk_begin_flight(i);
		for (int j = 0; j < log->count; j++)
			walk_replay_entry(&walk.flights[i], &log->entries[j]);
	}
}

/* So that a world sees several exit periods: what started is paid in it. */
static uint64_t some_time(void)
{
	if (walk_draw(6) == 0)
		return walk_draw(PERIOD);
	return walk_draw(walk.quiet ? 7200 : 4000);
}

/* A second at which something about an exit changes, or one beside it. */
static uint64_t some_edge(void)
{
	static const uint64_t delays[] = { LATE, PERIOD / 2, PERIOD };
	uint64_t delay = delays[walk_draw(3)];
	int payment = walk_pick(walk.game.payment_count);
	int coin = walk_pick(walk.game.coin_count);
	uint64_t from = walk.game.coins[coin].se_started;

	if (payment != SLOW_NONE && walk_draw(2) == 0)
		from = walk.game.payments[payment].started;
	if (walk.game.queue_count > 0 && walk_draw(3) == 0) {
		from = walk.game.queue[walk_pick(walk.game.queue_count)].due;
		delay = 0;
	}
	return from + delay + walk_draw(3) - 1;
}

/* The watcher looks before its ten minutes are over; then nothing happens until
 * the next edge. */
static void pass_to_edge(void)
{
	uint64_t edge;

	walk.game.now += walk_draw(600);
	judge_all(true);
	edge = some_edge();
	if (edge > walk.game.now)
		walk.game.now = edge;
}

static void process_some(void)
{
	int token = (int)walk_draw(SLOW_TOKENS);

	for (uint64_t most = 1 + walk_draw(6); most > 0; most--)
		walk_process(token);
}

static void user_step(int payment)
{
	unsigned int slot =
		(unsigned int)walk_draw(2) * 5 + (unsigned int)walk_draw(2);

	switch (walk_draw(9)) {
	case 0:
		walk_start_flight(payment, walk_pick(OWNERS));
		break;
	case 1:
	case 2:
	case 3:
	case 4:
		walk_piggyback(payment, slot);
		break;
	case 5:
		(void)walk_challenge(payment,
				     walk_pick(walk.game.payment_count),
				     walk_draw(2) == 0, walk_pick(OWNERS));
		break;
	case 6:
		(void)walk_answer_challenge(payment, walk_pick(OWNERS));
		break;
	case 7:
		(void)walk_block_slot(payment, slot,
				      walk_pick(walk.game.payment_count));
		break;
	default:
		(void)walk_delete_flight(payment);
		break;
	}
}

static void step(void)
{
	int payment = walk_pick(walk.game.payment_count);

	switch (walk_draw(12)) {
	case 0:
		walk_new_payment();
		break;
	case 1:
		walk_include_payment();
		break;
	case 2:
		walk_start_standard(walk_pick(walk.game.coin_count));
		break;
	case 3:
		process_some();
		break;
	case 4:
		if (payment != SLOW_NONE)
			walk.game.payments[payment].known = true;
		break;
	case 5:
		if (walk.is_hunted)
			pass_to_edge();
		else
			walk.game.now += some_time();
		break;
	case 6:
		if (walk_draw(10) == 0) {
			WALK_TELL("remember", true, 0);
			before = walk;
		} else if (walk_draw(20) == 0) {
			reorganise();
			WALK_TELL("reorganise", true, 0);
		}
		break;
	default:
		if (payment != SLOW_NONE)
			user_step(payment);
		break;
	}
	judge_all(walk.quiet ? !walk.is_hunted : walk_draw(4) == 0);
}

/* What is left of the flights at the end of a world. */
static void tell_flights(void)
{
	for (int i = 0; i < walk.game.payment_count; i++) {
		const struct slow_payment *p = &walk.game.payments[i];

		WALK_TELL("flight", p->alive, i, (int)p->map, p->canonical,
			  p->bond_owner);
	}
}

enum manner { MANNER_WILD, MANNER_QUIET, MANNER_HUNTED };

static void walk_for(uint64_t steps, uint64_t seed, enum manner manner,
		     int point)
{
	static const char *const said[] = {
		[MANNER_WILD] = "",
		[MANNER_QUIET] = ", and nothing halts",
		[MANNER_HUNTED] = ", and nobody can make it halt",
	};

	random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	answers_checked = 0;
	halts_seen = 0;
	for (step_number = 0; step_number < steps; step_number++) {
		if (step_number % STEPS_OF_A_WORLD == 0) {
			tell_flights();
			walk_begin_world(manner != MANNER_WILD,
					 manner == MANNER_HUNTED);
		}
		step();
	}
	tell_flights();
	printf("# %llu answers checked, %llu halts\n",
	       (unsigned long long)answers_checked,
	       (unsigned long long)halts_seen);
	printf("ok %d - %llu steps from seed %llu%s\n", point,
	       (unsigned long long)steps, (unsigned long long)seed,
	       said[manner]);
}

static enum manner manner_of(const char *word)
{
	if (strcmp(word, "quiet") == 0)
		return MANNER_QUIET;
	return strcmp(word, "hunted") == 0 ? MANNER_HUNTED : MANNER_WILD;
}

int main(int argc, char **argv)
{
	uint64_t steps = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

	walk_tells = argc > 3 && strcmp(argv[argc - 1], "tell") == 0;
	walk_for(steps, seed, argc > 3 ? manner_of(argv[3]) : MANNER_WILD, 1);
	if (argc == 1) {
		walk_for(500, 1, MANNER_QUIET, 2);
		walk_for(500, 1, MANNER_HUNTED, 3);
	}
	printf("1..%d\n", argc == 1 ? 3 : 1);
	return 0;
}
