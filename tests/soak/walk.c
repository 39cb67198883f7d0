/* SPDX-License-Identifier: MIT */
#include "tests/soak/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/chain/priority.h"

struct walk walk;
struct walk before;
uint64_t random_state;
uint64_t step_number;

uint64_t walk_draw(uint64_t below)
{
	/* xorshift64*: the same walk for the same seed everywhere. */
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * UINT64_C(2685821657736338717) >> 33) % below;
}

int walk_pick(int below)
{
	return below == 0 ? SLOW_NONE : (int)walk_draw((uint64_t)below);
}

void walk_fail(const char *what, int number, unsigned int slot)
{
	printf("not ok 1 - step %llu: %s (%d, slot %u)\n1..1\n",
	       (unsigned long long)step_number, what, number, slot);
	exit(1);
}

bool walk_tells;

void walk_tell(const char *what, bool taken, const int *numbers, size_t count)
{
	if (!walk_tells)
		return;
	printf("@ %s", what);
	for (size_t i = 0; i < count; i++)
		printf(" %d", numbers[i]);
	printf(" %d %llu\n", taken, (unsigned long long)walk.game.now);
}

/* ---- the world ---- */

char walk_letter_of(int owner)
{
	return (char)('A' + owner);
}

char walk_token_letter(int token)
{
	return token == 0 ? 'E' : 'T';
}

struct position walk_position_of_coin(int coin)
{
	const struct slow_coin *c = &walk.game.coins[coin];

	return place_at(c->blknum, c->txindex, c->oindex);
}

static int new_coin(int owner, int token, uint64_t blknum, uint32_t txindex,
		    uint32_t oindex)
{
	struct slow_game *game = &walk.game;
	struct slow_coin *c;

	if (game->coin_count == SLOW_COINS)
		return SLOW_NONE;
	c = &game->coins[game->coin_count];
	memset(c, 0, sizeof(*c));
	c->owner = owner;
	c->token = token;
	c->blknum = blknum;
	c->txindex = txindex;
	c->oindex = oindex;
	c->block_time = game->now;
	c->spender = SLOW_NONE;
	c->final_by = SLOW_NONE;
	return game->coin_count++;
}

void walk_begin_world(bool quiet, bool is_hunted)
{
	memset(&walk, 0, sizeof(walk));
	walk.quiet = quiet;
	walk.is_hunted = is_hunted;
	walk.game.now = 100000000;
	walk.game.period = PERIOD;
	walk.game.next_block = 1000;
	for (int i = 0; i < 8; i++)
		(void)new_coin(i % OWNERS, i % 2, (uint64_t)(i + 1), 0, 0);
	WALK_TELL("world", true, 0);
	before = walk;
}

void walk_new_payment(void)
{
	struct slow_game *game = &walk.game;
	struct slow_payment *p;
	struct spent_coin coins[SLOW_SIDE];
	struct output outputs[SLOW_SIDE];

	if (game->payment_count == SLOW_PAYMENTS)
		return;
	p = &game->payments[game->payment_count];
	memset(p, 0, sizeof(*p));
	p->input_count = 1 + walk_pick(SLOW_SIDE);
	p->output_count = 1 + walk_pick(SLOW_SIDE);
	p->inputs[0] = walk_pick(game->coin_count);
	p->inputs[1] = walk_pick(game->coin_count);
	if (p->inputs[1] == p->inputs[0])
		p->input_count = 1;
	for (int i = 0; i < p->input_count; i++) {
		const struct slow_coin *c = &game->coins[p->inputs[i]];

		coins[i] = (struct spent_coin){
			walk_position_of_coin(p->inputs[i]),
			walk_letter_of(c->owner), walk_token_letter(c->token),
			UNITS
		};
	}
	for (int i = 0; i < p->output_count; i++) {
		p->output_owner[i] = walk_pick(OWNERS);
		p->output_token[i] = game->coins[p->inputs[0]].token;
		p->outputs[i] = SLOW_NONE;
		outputs[i] = output_for(walk_letter_of(p->output_owner[i]),
					walk_token_letter(p->output_token[i]),
					UNITS);
	}
	payment_make(&walk.made[game->payment_count], coins,
		     (size_t)p->input_count, outputs, (size_t)p->output_count,
		     (uint8_t)game->payment_count);
	WALK_TELL("payment", true, game->payment_count, p->input_count,
		  p->inputs[0], p->inputs[1], p->output_count,
		  p->output_owner[0], p->output_owner[1]);
	game->payment_count++;
}

/* An honest operator leaves alone what an exit started on so long ago that it
 * has seen it. */
static bool is_left_alone(const struct slow_coin *coin)
{
	return walk.quiet && coin->frozen_at != 0 &&
	       walk.game.now >= coin->frozen_at + OPERATOR_LAG;
}

/* A valid block: inputs neither spent nor final. */
void walk_include_payment(void)
{
	struct slow_game *game = &walk.game;
	int number = walk_pick(game->payment_count);

	if (number == SLOW_NONE)
		return;
	struct slow_payment *p = &game->payments[number];
	if (p->included || game->coin_count + p->output_count > SLOW_COINS)
		return;
	for (int i = 0; i < p->input_count; i++) {
		const struct slow_coin *c = &game->coins[p->inputs[i]];

		if (c->spender != SLOW_NONE || c->final_by != SLOW_NONE ||
		    is_left_alone(c))
			return;
	}
	p->included = true;
	p->known = true;
	p->blknum = game->next_block;
	p->txindex = (uint32_t)walk_draw(3);
	p->block_time = game->now;
	game->next_block += 1000;
	WALK_TELL("include", true, number, (int)p->txindex, game->coin_count);
	for (int i = 0; i < p->input_count; i++) {
		game->coins[p->inputs[i]].spender = number;
		game->coins[p->inputs[i]].spent_at = game->now;
	}
	for (int i = 0; i < p->output_count; i++) {
		p->outputs[i] = new_coin(p->output_owner[i], p->output_token[i],
					 p->blknum, p->txindex, (uint32_t)i);
		if (p->output_final[i])
			game->coins[p->outputs[i]].final_by = 2 * number + 1;
		if (p->alive && (p->map & 1u << (5 + i)) != 0)
			slow_freeze(game, p->outputs[i]);
	}
}

/* ---- logs of the contracts ---- */

void walk_replay_entry(struct in_flight_exit *exit,
		       const struct log_entry *entry)
{
	if (entry->kind == LOG_EVENT)
		in_flight_exit_apply(exit, &entry->event, entry->time);
	else
		in_flight_exit_process(exit, &entry->token, &entry->done);
}

static void append(int payment, struct log_entry entry)
{
	struct flight_log *log = &walk.logs[payment];

	if (log->count == LOG_MAX)
		walk_fail("a log is too short", payment, 0);
	log->entries[log->count++] = entry;
	walk_replay_entry(&walk.flights[payment], &entry);
}

static struct log_entry event_entry(enum contract_event_kind kind)
{
	struct log_entry entry = { .kind = LOG_EVENT, .time = walk.game.now };

	entry.event.kind = kind;
	return entry;
}

void walk_begin_flight(int payment)
{
	struct flight_log *log = &walk.logs[payment];
	struct in_flight_exit_started_event event =
		flight_event(&walk.made[payment], walk_letter_of(log->starter));

	if (!in_flight_exit_start(&walk.flights[payment], &event, &log->terms))
		walk_fail("a flight does not start", payment, 0);
}

void walk_start_standard(int coin)
{
	WALK_TELL("start_standard", slow_start_standard(&walk.game, coin),
		  coin);
}

void walk_challenge_standard(int coin, int spend)
{
	WALK_TELL("challenge_standard",
		  slow_challenge_standard(&walk.game, coin, spend), coin,
		  spend);
}

void walk_start_flight(int payment, int by)
{
	const struct slow_payment *p = &walk.game.payments[payment];
	struct flight_log *log = &walk.logs[payment];
	int paid = p->paid;
	int best = p->inputs[0];

	bool taken = slow_start_flight(&walk.game, payment, by);
	WALK_TELL("start_flight", taken, payment, by);
	if (!taken)
		return;
	for (int i = 1; i < p->input_count; i++) {
		if (walk_position_of_coin(p->inputs[i]).packed >
		    walk_position_of_coin(best).packed)
			best = p->inputs[i];
	}
	log->count = 0;
	log->starter = by;
	log->terms = (struct in_flight_terms){
		.started_at = walk.game.now,
		.youngest_block_time = walk.game.coins[best].block_time,
		.exit_period = PERIOD,
		.life = (unsigned int)p->life,
		.paid_side = (enum in_flight_side)paid,
	};
	walk_begin_flight(payment);
}

void walk_piggyback(int payment, unsigned int slot)
{
	struct slow_payment *p = &walk.game.payments[payment];
	struct in_flight_exit *exit = &walk.flights[payment];
	bool queued;
	int owner;
	int token;

	bool taken = slow_piggyback(&walk.game, payment, slot, &queued);
	WALK_TELL("piggyback", taken, payment, (int)slot);
	if (!taken)
		return;
	(void)slow_slot(&walk.game, payment, slot, &owner, &token);
	if (slot >= 5 && p->included)
		slow_freeze(&walk.game, p->outputs[slot - 5]);
	if (queued) {
		struct log_entry entry =
			event_entry(CONTRACT_EVENT_EXIT_QUEUED);

		entry.event.as.exit_queued.exit_id = exit->id;
		entry.event.as.exit_queued.priority =
			priority_make(p->due[token],
				      in_flight_exit_youngest(exit), &exit->id);
		append(payment, entry);
	}
	struct log_entry entry = event_entry(
		slot < 5 ? CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED
			 : CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED);
	entry.event.as.in_flight_exit_slot.transaction_hash =
		exit->transaction_hash;
	entry.event.as.in_flight_exit_slot.index = (uint16_t)(slot % 5);
	append(payment, entry);
}

bool walk_challenge(int payment, int rival, bool with_place, int by)
{
	const struct slow_payment *r = &walk.game.payments[rival];
	struct in_flight_exit *exit = &walk.flights[payment];
	bool placed = with_place && r->included;

	bool taken = slow_challenge(&walk.game, payment, rival, placed, by);
	WALK_TELL("challenge", taken, payment, rival, placed, by);
	if (!taken)
		return false;
	walk.game.payments[rival].known = true;
	struct log_entry entry =
		event_entry(CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED);
	struct in_flight_exit_challenged_event *event =
		&entry.event.as.in_flight_exit_challenged;
	event->transaction_hash = exit->transaction_hash;
	event->challenger = account_of_letter(walk_letter_of(by));
	event->competitor_included = placed;
	if (placed)
		event->competitor_position = place_at(r->blknum, r->txindex, 0);
	append(payment, entry);
	return true;
}

bool walk_answer_challenge(int payment, int by)
{
	const struct slow_payment *p = &walk.game.payments[payment];

	bool taken = slow_respond(&walk.game, payment, by);
	WALK_TELL("respond", taken, payment, by);
	if (!taken)
		return false;
	struct log_entry entry =
		event_entry(CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGE_RESPONDED);
	struct in_flight_exit_challenge_responded_event *event =
		&entry.event.as.in_flight_exit_challenge_responded;
	event->transaction_hash = walk.flights[payment].transaction_hash;
	event->challenger = account_of_letter(walk_letter_of(by));
	event->position = place_at(p->blknum, p->txindex, 0);
	append(payment, entry);
	return true;
}

bool walk_block_slot(int payment, unsigned int slot, int spend)
{
	bool taken = slow_block(&walk.game, payment, slot, spend);
	WALK_TELL("block", taken, payment, (int)slot, spend);
	if (!taken)
		return false;
	walk.game.payments[spend].known = true;
	struct log_entry entry = event_entry(
		slot < 5 ? CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_BLOCKED
			 : CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED);
	entry.event.as.in_flight_exit_slot.transaction_hash =
		walk.flights[payment].transaction_hash;
	entry.event.as.in_flight_exit_slot.index = (uint16_t)(slot % 5);
	append(payment, entry);
	return true;
}

bool walk_delete_flight(int payment)
{
	bool taken = slow_delete(&walk.game, payment);
	WALK_TELL("delete", taken, payment);
	if (!taken)
		return false;
	struct log_entry entry =
		event_entry(CONTRACT_EVENT_IN_FLIGHT_EXIT_DELETED);
	entry.event.as.exit_ended.exit_id = walk.flights[payment].id;
	append(payment, entry);
	return true;
}

/* What the outputs of the slots are finalised by, before an entry. */
void walk_finalised_of(enum finalisation out[IN_FLIGHT_SLOTS], int payment)
{
	const struct slow_payment *p = &walk.game.payments[payment];

	memset(out, 0, IN_FLIGHT_SLOTS * sizeof(*out));
	for (int i = 0; i < p->input_count; i++) {
		int by = walk.game.coins[p->inputs[i]].final_by;

		if (by != SLOW_NONE)
			out[i] = by == 2 * payment + 1 ? FINALISATION_OWN
						       : FINALISATION_FOREIGN;
	}
	for (int i = 0; i < p->output_count; i++) {
		int by = p->included ? walk.game.coins[p->outputs[i]].final_by
				     : SLOW_NONE;

		if (p->output_final[i])
			by = 2 * payment + 1;
		if (by != SLOW_NONE)
			out[5 + i] = by == 2 * payment + 1
					     ? FINALISATION_OWN
					     : FINALISATION_FOREIGN;
	}
}

static void compare_processing(const struct slow_processed *done,
			       const struct in_flight_processing *seen)
{
	if (done->omitted != seen->omitted)
		walk_fail("an entry is omitted by one alone",
			  done->entry.number, 0);
	if (!done->omitted &&
	    (done->paid != seen->paid || done->flagged != seen->flagged ||
	     done->cleared != seen->cleared || done->ended != seen->ends ||
	     done->side != (int)seen->side))
		walk_fail("an entry does something else", done->entry.number,
			  done->paid);
}

void walk_process(int token)
{
	static enum finalisation finalised[SLOW_PAYMENTS][IN_FLIGHT_SLOTS];
	struct log_entry entry = { .kind = LOG_PROCESSED,
				   .time = walk.game.now,
				   .token = token_of_letter(
					   walk_token_letter(token)) };

	for (int i = 0; i < walk.game.payment_count; i++)
		walk_finalised_of(finalised[i], i);
	struct slow_processed done = slow_process(&walk.game, token);
	WALK_TELL("process", done.any, token, done.entry.is_flight,
		  done.entry.number, done.omitted, (int)done.paid,
		  (int)done.cleared, done.ended);
	if (!done.any || !done.entry.is_flight ||
	    walk.game.payments[done.entry.number].life == 0)
		return;
	entry.done = in_flight_exit_foresee(&walk.flights[done.entry.number],
					    &entry.token, walk.game.now,
					    finalised[done.entry.number]);
	compare_processing(&done, &entry.done);
	if (!entry.done.omitted)
		append(done.entry.number, entry);
}
