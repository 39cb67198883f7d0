/* SPDX-License-Identifier: MIT */
#include "tests/soak/slow_game.h"

#include <assert.h>
#include <string.h>

#define IS_DEPOSIT(blknum) ((blknum) % 1000 != 0)

uint64_t slow_place_of_coin(const struct slow_game *game, int coin)
{
	return game->coins[coin].blknum * 100000 + game->coins[coin].txindex;
}

uint64_t slow_place_of_payment(const struct slow_game *game, int payment)
{
	return game->payments[payment].blknum * 100000 +
	       game->payments[payment].txindex;
}

int slow_input_of(const struct slow_payment *payment, int coin)
{
	for (int i = 0; i < payment->input_count; i++) {
		if (payment->inputs[i] == coin)
			return i;
	}
	return SLOW_NONE;
}

bool slow_slot(const struct slow_game *game, int payment, unsigned int slot,
	       int *owner, int *token)
{
	const struct slow_payment *p = &game->payments[payment];

	if (slot < 5) {
		if (slot >= (unsigned int)p->input_count)
			return false;
		*owner = game->coins[p->inputs[slot]].owner;
		*token = game->coins[p->inputs[slot]].token;
		return true;
	}
	if (slot - 5 >= (unsigned int)p->output_count)
		return false;
	*owner = p->output_owner[slot - 5];
	*token = p->output_token[slot - 5];
	return true;
}

void slow_freeze(struct slow_game *game, int coin)
{
	if (game->coins[coin].frozen_at == 0)
		game->coins[coin].frozen_at = game->now;
}

static void enqueue(struct slow_game *game, struct slow_entry entry)
{
	assert(game->queue_count < SLOW_QUEUE);
	game->queue[game->queue_count++] = entry;
}

static uint64_t two_periods_after(const struct slow_game *game, uint64_t time)
{
	uint64_t a = time + 2 * game->period;
	uint64_t b = game->now + game->period;

	return a > b ? a : b;
}

/* ---- standard exits ---- */

bool slow_start_standard(struct slow_game *game, int coin)
{
	struct slow_coin *c = &game->coins[coin];

	if (c->se_alive || c->final_by != SLOW_NONE)
		return false;
	c->se_alive = true;
	c->se_challenged = false;
	c->se_challenged_at = 0;
	c->se_started = game->now;
	slow_freeze(game, coin);
	uint64_t due = IS_DEPOSIT(c->blknum)
			       ? game->now + game->period
			       : two_periods_after(game, c->block_time);
	enqueue(game, (struct slow_entry){ due, slow_place_of_coin(game, coin),
					   coin, false, c->token });
	return true;
}

bool slow_challenge_standard(struct slow_game *game, int coin, int spend)
{
	struct slow_coin *c = &game->coins[coin];

	if (!c->se_alive || c->se_challenged ||
	    slow_input_of(&game->payments[spend], coin) == SLOW_NONE)
		return false;
	c->se_challenged = true;
	c->se_challenged_at = game->now;
	return true;
}

/* ---- flights ---- */

static bool phase_1(const struct slow_game *game, const struct slow_payment *p)
{
	return (game->now - p->started) / (game->period / 2) < 1;
}

bool slow_start_flight(struct slow_game *game, int payment, int by)
{
	struct slow_payment *p = &game->payments[payment];

	if (p->alive)
		return false;
	p->alive = true;
	p->known = true;
	p->life++;
	p->started = game->now;
	p->map = 0;
	p->canonical = true;
	p->oldest = 0;
	p->challenged_at = 0;
	p->bond_owner = by;
	p->side = 0;
	memset(p->due, 0, sizeof(p->due));
	memset(p->joined_at, 0, sizeof(p->joined_at));
	memset(p->joined_ever, 0, sizeof(p->joined_ever));
	for (int i = 0; i < p->input_count; i++)
		slow_freeze(game, p->inputs[i]);
	return true;
}

static int youngest(const struct slow_game *game, const struct slow_payment *p)
{
	int best = p->inputs[0];

	for (int i = 1; i < p->input_count; i++) {
		if (slow_place_of_coin(game, p->inputs[i]) * 8 +
			    game->coins[p->inputs[i]].oindex >
		    slow_place_of_coin(game, best) * 8 +
			    game->coins[best].oindex)
			best = p->inputs[i];
	}
	return best;
}

/* An equal priority that is queued already is shared. */
static bool is_queued(const struct slow_game *game, const struct slow_entry *e)
{
	for (int i = 0; i < game->queue_count; i++) {
		const struct slow_entry *other = &game->queue[i];

		if (other->is_flight && other->number == e->number &&
		    other->token == e->token && other->due == e->due &&
		    other->place == e->place)
			return true;
	}
	return false;
}

bool slow_piggyback(struct slow_game *game, int payment, unsigned int slot,
		    bool *queued)
{
	struct slow_payment *p = &game->payments[payment];
	int owner;
	int token;

	*queued = false;
	if (!p->alive || !phase_1(game, p) ||
	    !slow_slot(game, payment, slot, &owner, &token) ||
	    (p->map & 1u << slot) != 0)
		return false;
	if (p->due[token] == 0) {
		int coin = youngest(game, p);
		struct slow_entry entry = {
			two_periods_after(game, game->coins[coin].block_time),
			slow_place_of_coin(game, coin), payment, true, token
		};

		p->due[token] = entry.due;
		if (!is_queued(game, &entry)) {
			enqueue(game, entry);
			*queued = true;
		}
	}
	p->map |= 1u << slot;
	p->joined_at[slot] = game->now;
	p->joined_ever[slot] = true;
	return true;
}

static bool share_input(const struct slow_payment *a,
			const struct slow_payment *b)
{
	for (int i = 0; i < a->input_count; i++) {
		if (slow_input_of(b, a->inputs[i]) != SLOW_NONE)
			return true;
	}
	return false;
}

bool slow_challenge(struct slow_game *game, int payment, int rival,
		    bool with_place, int by)
{
	struct slow_payment *p = &game->payments[payment];
	const struct slow_payment *r = &game->payments[rival];
	uint64_t place = UINT64_MAX;

	if (!p->alive || !phase_1(game, p) || p->side != 0 ||
	    payment == rival || !share_input(p, r) ||
	    (with_place && !r->included))
		return false;
	if (with_place)
		place = slow_place_of_payment(game, rival) + 1;
	if (p->oldest != 0 && place >= p->oldest)
		return false;
	p->oldest = place;
	p->canonical = false;
	p->challenged_at = game->now;
	p->bond_owner = by;
	return true;
}

bool slow_respond(struct slow_game *game, int payment, int by)
{
	struct slow_payment *p = &game->payments[payment];

	if (!p->alive || p->side != 0 || p->oldest == 0 || !p->included ||
	    slow_place_of_payment(game, payment) + 1 >= p->oldest)
		return false;
	p->oldest = slow_place_of_payment(game, payment) + 1;
	p->canonical = true;
	p->bond_owner = by;
	return true;
}

bool slow_block(struct slow_game *game, int payment, unsigned int slot,
		int spend)
{
	struct slow_payment *p = &game->payments[payment];
	int coin;

	if (!p->alive || (p->map & 1u << slot) == 0)
		return false;
	if (slot < 5) {
		coin = p->inputs[slot];
		if (spend == payment)
			return false;
	} else {
		if (!p->included)
			return false;
		coin = p->outputs[slot - 5];
	}
	if (slow_input_of(&game->payments[spend], coin) == SLOW_NONE)
		return false;
	p->map &= ~(1u << slot);
	return true;
}

bool slow_delete(struct slow_game *game, int payment)
{
	struct slow_payment *p = &game->payments[payment];

	if (!p->alive || phase_1(game, p) || p->map != 0)
		return false;
	p->alive = false;
	return true;
}

/* ---- processing ---- */

static bool precedes(const struct slow_entry *a, const struct slow_entry *b)
{
	if (a->due != b->due)
		return a->due < b->due;
	if (a->place != b->place)
		return a->place < b->place;
	if (a->is_flight != b->is_flight)
		return !a->is_flight;
	return a->number < b->number;
}

static bool *final_output(struct slow_game *game, struct slow_payment *p, int j)
{
	(void)game;
	return &p->output_final[j];
}

static bool slot_is_final(struct slow_game *game, struct slow_payment *p,
			  unsigned int slot)
{
	if (slot < 5)
		return game->coins[p->inputs[slot]].final_by != SLOW_NONE;
	if (p->included)
		return game->coins[p->outputs[slot - 5]].final_by !=
			       SLOW_NONE ||
		       *final_output(game, p, (int)slot - 5);
	return *final_output(game, p, (int)slot - 5);
}

static void flag(struct slow_game *game, struct slow_payment *p, int number,
		 unsigned int slot)
{
	if (slot < 5) {
		struct slow_coin *c = &game->coins[p->inputs[slot]];

		if (c->final_by == SLOW_NONE)
			c->final_by = 2 * number + 1;
		return;
	}
	*final_output(game, p, (int)slot - 5) = true;
	if (p->included &&
	    game->coins[p->outputs[slot - 5]].final_by == SLOW_NONE)
		game->coins[p->outputs[slot - 5]].final_by = 2 * number + 1;
}

static void process_standard(struct slow_game *game, struct slow_processed *out)
{
	struct slow_coin *c = &game->coins[out->entry.number];

	out->omitted = c->se_challenged || c->final_by != SLOW_NONE;
	c->se_alive = false;
	if (out->omitted)
		return;
	c->final_by = 2 * out->entry.number;
	out->paid = 1;
}

static void settle(struct slow_game *game, struct slow_processed *out)
{
	struct slow_payment *p = &game->payments[out->entry.number];
	unsigned int from = out->side == 1 ? 0 : 5;

	for (unsigned int slot = from; slot < from + 5; slot++) {
		if ((out->cleared & 1u << slot) == 0)
			continue;
		if (!slot_is_final(game, p, slot))
			out->paid |= 1u << slot;
		out->flagged |= 1u << slot;
	}
	if (out->side == 2)
		out->flagged |= (1u << p->input_count) - 1;
	for (unsigned int slot = 0; slot < 10; slot++) {
		if ((out->flagged & 1u << slot) != 0)
			flag(game, p, out->entry.number, slot);
	}
	if (out->paid != 0)
		p->paid = out->side;
}

static void process_flight(struct slow_game *game, struct slow_processed *out)
{
	struct slow_payment *p = &game->payments[out->entry.number];
	bool foreign = false;

	if (!p->alive || p->due[out->entry.token] == 0 ||
	    game->now <= p->due[out->entry.token]) {
		out->omitted = true;
		return;
	}
	for (int i = 0; i < p->input_count; i++) {
		int by = game->coins[p->inputs[i]].final_by;

		foreign = foreign ||
			  (by != SLOW_NONE && by != 2 * out->entry.number + 1);
	}
	if (p->side == 0)
		p->side = p->canonical && !foreign ? 2 : 1;
	out->side = p->side;
	for (unsigned int slot = 0; slot < 10; slot++) {
		int owner;
		int token;

		if ((p->map & 1u << slot) != 0 &&
		    slow_slot(game, out->entry.number, slot, &owner, &token) &&
		    token == out->entry.token)
			out->cleared |= 1u << slot;
	}
	if (p->paid == 0 || p->paid == p->side)
		settle(game, out);
	p->map &= ~out->cleared;
	out->ended = p->map == 0;
	if (out->ended)
		p->alive = false;
}

struct slow_processed slow_process(struct slow_game *game, int token)
{
	struct slow_processed out = { .any = false };
	int head = SLOW_NONE;

	for (int i = 0; i < game->queue_count; i++) {
		if (game->queue[i].token == token &&
		    (head == SLOW_NONE ||
		     precedes(&game->queue[i], &game->queue[head])))
			head = i;
	}
	if (head == SLOW_NONE || game->queue[head].due >= game->now)
		return out;
	out.any = true;
	out.entry = game->queue[head];
	game->queue[head] = game->queue[--game->queue_count];
	if (out.entry.is_flight)
		process_flight(game, &out);
	else
		process_standard(game, &out);
	return out;
}
