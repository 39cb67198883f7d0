/* SPDX-License-Identifier: MIT */
/*
 * An explicit-state model of the exit game for one swap of two tokens.
 *
 * Alice's coin a (token E) and Bob's coin b (token T) are spent by one
 * transaction Y; its outputs are p (token T, Alice's) and q (token E, Bob's).
 * Alice has also signed Z, another spend of a. She, the operator and everybody
 * unnamed play against one honest person, who acts at any moment up to the last
 * one that is allowed. Every order of actions is explored, with restarts and
 * with both queues, up to the bounds below. Three plays:
 *
 *	owner	Bob is honest; Y is in no block that he can see, though
 *		the operator may prove its inclusion to others
 *	holder	Bob is honest; Y is in a good block, so q is his coin, and
 *		he takes it out by a standard exit
 *	watcher	nobody in Y is honest; a was spent by Z in a good block,
 *		and somebody honest challenges what is wrong
 *
 * What must hold: no output is paid twice; Y never pays inputs and outputs; Bob
 * is paid in full; nothing is paid for a once Z is in a good block. Then one
 * rule after the other is taken away, and the model must find what that costs.
 *
 *	cc -O2 -o two_tokens two_tokens.c && ./two_tokens
 */

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum bounds {
	PERIOD = 4, /* the exit period, in ticks */
	HALF = PERIOD / 2,
	LAST_BAD_BLOCK = 1,
	LAST_START = 5,
	LAST_LIFE = 2,
	END = 11,
	ENTRIES = 3, /* of one exit in one queue */
	NOBODY = 0xff,
};

enum coin { A, B, P, Q, COINS };
enum token { E, T, TOKENS };
enum side { NEITHER, INPUTS, OUTPUTS };
enum play { OWNER, HOLDER, WATCHER, PLAYS };
enum flag { CLEAR, BY_FLIGHT, BY_STANDARD };

static const enum token token_of[COINS] = { E, T, T, E };
static const char *const play_names[PLAYS] = { "owner", "holder", "watcher" };

/* Rules that can be taken away. */
enum rule {
	JOIN_QUEUED = 1 << 0, /* a piggyback joins an entry that waits */
	OWN_LIFE = 1 << 1,    /* an entry pays only the life that queued it */
	ONE_SIDE = 1 << 2,    /* the other side is never paid under an id */
	FIX_SIDE = 1 << 3,    /* the first entry fixes the side of a life */
	FIX_UNPAID = 1 << 4,  /* ... even if it pays nothing */
	OLDER_ONLY = 1 << 5,  /* a response must be older */
	ALL_RULES = (1 << 6) - 1,
};

/* Everything in bytes, so that equal states are equal bytes. */
struct state {
	uint8_t time;
	uint8_t bad;		  /* time of the first bad block + 1, or 0 */
	uint8_t blocks;		  /* transactions included so far */
	uint8_t y_place, z_place; /* order of inclusion, or 0 */
	uint8_t y_time;		  /* of the block with Y */
	uint8_t lives;
	uint8_t start; /* of the live exit + 1, or 0 */
	uint8_t map;   /* piggybacked coins */
	uint8_t canonical;
	uint8_t oldest; /* competitor: 0 none, a place, NOBODY */
	uint8_t fixed;	/* enum side, of this life */
	uint8_t side;	/* enum side, paid under the id */
	uint8_t due_start[TOKENS], due[TOKENS];
	uint8_t queued[TOKENS][ENTRIES]; /* due + 1, ascending */
	uint8_t standard[COINS];	 /* due + 1, or 0 */
	uint8_t challenged;		 /* standard exits */
	uint8_t flagged[COINS];
	uint8_t paid;
	uint8_t left[TOKENS]; /* in the vault */
	uint8_t twice;	      /* an output that was paid twice */
	uint8_t both;	      /* sides of Y that were paid */
};

struct search {
	enum play play;
	unsigned rules;
	struct state *table;
	uint8_t *used;
	size_t size, count;
	struct state *stack;
	size_t depth, room;
	const char *violation;
	struct state witness;
};

/* ---- the search ---- */

static uint64_t state_hash(const struct state *s)
{
	const uint8_t *bytes = (const uint8_t *)s;
	uint64_t hash = 1469598103934665603u;
	size_t i;

	for (i = 0; i < sizeof(*s); i++)
		hash = (hash ^ bytes[i]) * 1099511628211u;
	return hash ^ (hash >> 29);
}

static void *or_die(void *memory)
{
	if (memory == NULL) {
		fputs("two_tokens: out of memory\n", stderr);
		exit(70);
	}
	return memory;
}

static bool search_insert(struct search *x, const struct state *s)
{
	size_t i = (size_t)state_hash(s) & (x->size - 1);

	while (x->used[i]) {
		if (memcmp(&x->table[i], s, sizeof(*s)) == 0)
			return false;
		i = (i + 1) & (x->size - 1);
	}
	x->used[i] = 1;
	x->table[i] = *s;
	x->count++;
	return true;
}

static void search_grow(struct search *x)
{
	struct state *table = x->table;
	uint8_t *used = x->used;
	size_t i, size = x->size;

	x->size = size == 0 ? 1 << 16 : 2 * size;
	x->table = or_die(malloc(x->size * sizeof(*x->table)));
	x->used = or_die(calloc(x->size, 1));
	x->count = 0;
	for (i = 0; i < size; i++) {
		if (used[i])
			search_insert(x, &table[i]);
	}
	free(table);
	free(used);
}

static void search_push(struct search *x, const struct state *s)
{
	if (2 * (x->count + 1) > x->size)
		search_grow(x);
	if (!search_insert(x, s))
		return;
	if (x->depth == x->room) {
		x->room = x->room == 0 ? 1024 : 2 * x->room;
		x->stack =
			or_die(realloc(x->stack, x->room * sizeof(*x->stack)));
	}
	x->stack[x->depth++] = *s;
}

/* ---- the contract ---- */

static bool is_input(enum coin c)
{
	return c == A || c == B;
}

static bool in_phase_one(const struct state *s)
{
	return s->start != 0 && s->time <= s->start - 1 + HALF - 1;
}

static unsigned bits_of(enum token k)
{
	return k == E ? 1u << A | 1u << Q : 1u << B | 1u << P;
}

static void pay(struct state *s, enum coin c)
{
	enum token k = token_of[c];

	if (s->left[k] == 0)
		return;
	s->left[k]--;
	if (s->paid & 1u << c)
		s->twice = 1;
	s->paid = (uint8_t)(s->paid | 1u << c);
}

static void flag(struct state *s, enum coin c, enum flag by)
{
	if (s->flagged[c] == CLEAR)
		s->flagged[c] = (uint8_t)by;
}

static bool queue_has(const struct state *s, enum token k, unsigned due)
{
	int i;

	for (i = 0; i < ENTRIES; i++) {
		if (s->queued[k][i] == due + 1)
			return true;
	}
	return false;
}

static bool queue_add(struct state *s, enum token k, unsigned due)
{
	int i = ENTRIES - 1;

	if (s->queued[k][i] != 0)
		return false;
	while (i > 0 &&
	       (s->queued[k][i - 1] == 0 || s->queued[k][i - 1] > due + 1)) {
		s->queued[k][i] = s->queued[k][i - 1];
		i--;
	}
	s->queued[k][i] = (uint8_t)(due + 1);
	return true;
}

static void queue_drop_first(struct state *s, enum token k)
{
	memmove(&s->queued[k][0], &s->queued[k][1], ENTRIES - 1);
	s->queued[k][ENTRIES - 1] = 0;
}

static bool start_exit(struct state *s)
{
	if (s->start != 0 || s->lives == LAST_LIFE || s->time > LAST_START)
		return false;
	s->start = (uint8_t)(s->time + 1);
	s->lives++;
	s->map = 0;
	s->canonical = 1;
	s->oldest = 0;
	s->fixed = NEITHER;
	return true;
}

static void end_exit(struct state *s)
{
	s->start = 0;
	s->map = 0;
	s->canonical = 0;
	s->oldest = 0;
	s->fixed = NEITHER;
	memset(s->due_start, 0, sizeof(s->due_start));
	memset(s->due, 0, sizeof(s->due));
}

/* The inputs are old: an entry is due one period after its first piggyback. */
static bool piggyback(struct state *s, enum coin c, unsigned rules)
{
	enum token k = token_of[c];
	unsigned due = s->time + PERIOD;
	bool waits;

	if (!in_phase_one(s) || s->map & 1u << c)
		return false;
	if (rules & JOIN_QUEUED)
		waits = s->due_start[k] == s->start || queue_has(s, k, due);
	else
		waits = (s->map & bits_of(k)) != 0;
	if (!waits && queue_has(s, k, due))
		return false;
	if (!waits && !queue_add(s, k, due))
		return false;
	if (s->due_start[k] != s->start) {
		s->due_start[k] = s->start;
		s->due[k] = (uint8_t)due;
	}
	s->map = (uint8_t)(s->map | 1u << c);
	return true;
}

static bool compete(struct state *s, unsigned place, unsigned rules)
{
	if (!in_phase_one(s) || (s->oldest != 0 && place >= s->oldest))
		return false;
	if (rules & FIX_SIDE && s->fixed != NEITHER)
		return false;
	s->oldest = (uint8_t)place;
	s->canonical = 0;
	return true;
}

static bool respond(struct state *s, unsigned rules)
{
	if (s->start == 0 || s->y_place == 0 || s->oldest == 0)
		return false;
	if (s->canonical || (rules & OLDER_ONLY && s->y_place >= s->oldest))
		return false;
	if (rules & FIX_SIDE && s->fixed != NEITHER)
		return false;
	s->oldest = s->y_place;
	s->canonical = 1;
	return true;
}

static bool delete_exit(struct state *s)
{
	if (s->start == 0 || in_phase_one(s) || s->map != 0)
		return false;
	end_exit(s);
	return true;
}

static void settle_inputs(struct state *s, enum token k)
{
	enum coin c = k == E ? A : B;

	if (!(s->map & 1u << c))
		return;
	if (s->flagged[c] == CLEAR) {
		pay(s, c);
		s->side = INPUTS;
		s->both |= INPUTS;
	}
	flag(s, c, BY_FLIGHT);
}

static void settle_outputs(struct state *s, enum token k)
{
	enum coin c = k == E ? Q : P;

	if (s->map & 1u << c && s->flagged[c] == CLEAR) {
		pay(s, c);
		s->side = OUTPUTS;
		s->both |= OUTPUTS;
	}
	flag(s, A, BY_FLIGHT);
	flag(s, B, BY_FLIGHT);
	if (s->map & 1u << c)
		flag(s, c, BY_FLIGHT);
}

static enum side side_of(const struct state *s, unsigned rules)
{
	bool foreign =
		s->flagged[A] == BY_STANDARD || s->flagged[B] == BY_STANDARD;

	if (rules & FIX_SIDE && s->fixed != NEITHER)
		return (enum side)s->fixed;
	if (!s->canonical || foreign)
		return INPUTS;
	return OUTPUTS;
}

static void process_flight(struct state *s, enum token k, unsigned rules)
{
	enum side side, before = (enum side)s->side;
	uint8_t paid = s->paid;

	if (s->start == 0)
		return;
	if (rules & OWN_LIFE &&
	    (s->due_start[k] != s->start || s->time <= s->due[k]))
		return;
	side = side_of(s, rules);
	if (!(rules & ONE_SIDE) || before == NEITHER || before == side) {
		if (side == INPUTS)
			settle_inputs(s, k);
		else
			settle_outputs(s, k);
	}
	if (rules & FIX_UNPAID || s->paid != paid)
		s->fixed = (uint8_t)side;
	s->map = (uint8_t)(s->map & ~bits_of(k));
	if (s->map == 0)
		end_exit(s);
}

static void process_standard(struct state *s, enum coin c)
{
	bool challenged = s->challenged & 1u << c;

	s->standard[c] = 0;
	s->challenged = (uint8_t)(s->challenged & ~(1u << c));
	if (challenged || s->flagged[c] != CLEAR)
		return;
	flag(s, c, BY_STANDARD);
	pay(s, c);
}

/* The head of a queue: the least due time, then the older position. */
static bool process(struct state *s, enum token k, unsigned rules)
{
	enum coin input = k == E ? A : B, output = k == E ? Q : P;
	unsigned best = s->standard[input];
	enum coin coin = input;
	bool flight = false;

	if (s->queued[k][0] != 0 && (best == 0 || s->queued[k][0] < best)) {
		best = s->queued[k][0];
		flight = true;
	}
	if (s->standard[output] != 0 &&
	    (best == 0 || s->standard[output] < best)) {
		best = s->standard[output];
		coin = output;
		flight = false;
	}
	if (best == 0 || best - 1 >= s->time)
		return false;
	if (flight) {
		queue_drop_first(s, k);
		process_flight(s, k, rules);
	} else {
		process_standard(s, coin);
	}
	return true;
}

static bool start_standard(struct state *s, enum coin c, enum play play)
{
	unsigned due = s->time + PERIOD;

	if (s->standard[c] != 0 || s->flagged[c] != CLEAR ||
	    s->time > LAST_START)
		return false;
	if (!is_input(c) && s->y_place == 0)
		return false;
	if (!is_input(c) && play != HOLDER && s->y_time + 2u * PERIOD > due)
		due = s->y_time + 2u * PERIOD;
	s->standard[c] = (uint8_t)(due + 1);
	return true;
}

static bool challenge_standard(struct state *s, enum coin c)
{
	if (s->standard[c] == 0 || s->challenged & 1u << c)
		return false;
	s->challenged = (uint8_t)(s->challenged | 1u << c);
	return true;
}

static bool block(struct state *s, enum coin c)
{
	if (s->start == 0 || !(s->map & 1u << c))
		return false;
	s->map = (uint8_t)(s->map & ~(1u << c));
	return true;
}

/* ---- the operator ---- */

static bool bad_block(struct state *s)
{
	if (s->bad != 0 || s->time > LAST_BAD_BLOCK)
		return false;
	s->bad = (uint8_t)(s->time + 1);
	return true;
}

static bool include(struct state *s, uint8_t *place)
{
	if (*place != 0 || s->bad == 0)
		return false;
	*place = ++s->blocks;
	if (place == &s->y_place)
		s->y_time = s->time;
	return true;
}

/* ---- honest people ---- */

static bool bob_is_paid(const struct state *s)
{
	return s->paid & (1u << B | 1u << Q);
}

static bool has_both(const struct state *s)
{
	unsigned both = 1u << B | 1u << Q;

	return (s->map & both) == both;
}

/* The last moment at which no entry of this life may be processed. */
static unsigned first_due(const struct state *s)
{
	unsigned due = END;
	int k;

	for (k = 0; k < TOKENS; k++) {
		if (s->due_start[k] == s->start && s->due[k] < due)
			due = s->due[k];
	}
	return due;
}

static bool owner_must_act(const struct state *s)
{
	if (s->standard[A] == s->time + 1 && !(s->challenged & 1u << A))
		return true;
	if (bob_is_paid(s) || s->fixed != NEITHER)
		return false;
	if (s->start != 0 && !has_both(s) && s->lives == 1 &&
	    s->time == s->start - 1 + HALF - 1)
		return true;
	if (s->bad != 0 && s->time == s->bad - 1 + PERIOD - 1)
		return s->start == 0 || !has_both(s);
	return false;
}

static bool holder_must_act(const struct state *s)
{
	if (s->standard[A] == s->time + 1 && !(s->challenged & 1u << A))
		return true;
	if (s->start != 0 && !s->canonical && s->oldest > s->y_place &&
	    s->fixed == NEITHER && s->time == first_due(s))
		return true;
	return s->bad != 0 && s->time == s->bad - 1 + PERIOD - 1 &&
	       s->standard[Q] == 0 && s->flagged[Q] == CLEAR;
}

static bool watcher_must_act(const struct state *s)
{
	if (s->standard[A] == s->time + 1 && !(s->challenged & 1u << A))
		return true;
	if (s->start == 0)
		return false;
	if (s->oldest != s->z_place && s->time == s->start - 1 + HALF - 1)
		return true;
	return s->map & 1u << A && s->due_start[E] == s->start &&
	       s->time >= s->due[E];
}

static bool must_act(const struct state *s, enum play play)
{
	switch (play) {
	case OWNER:
		return owner_must_act(s);
	case HOLDER:
		return holder_must_act(s);
	case WATCHER:
		return watcher_must_act(s);
	case PLAYS:
		break;
	}
	return false;
}

/* ---- all moves ---- */

enum move {
	M_START,
	M_PIGGY_A,
	M_PIGGY_B,
	M_PIGGY_P,
	M_PIGGY_Q,
	M_COMPETE,
	M_COMPETE_PLACED,
	M_RESPOND,
	M_DELETE,
	M_BLOCK_A,
	M_BLOCK_P,
	M_PROCESS_E,
	M_PROCESS_T,
	M_STANDARD_A,
	M_STANDARD_P,
	M_STANDARD_Q,
	M_CHALLENGE_A,
	M_BAD_BLOCK,
	M_INCLUDE_Y,
	M_INCLUDE_Z,
	MOVES
};

static bool move_in_flight(struct state *s, enum move m, const struct search *x)
{
	bool holder = x->play == HOLDER;

	switch ((int)m) {
	case M_START:
		return start_exit(s);
	case M_PIGGY_A:
		return piggyback(s, A, x->rules);
	case M_PIGGY_B:
		return !holder && piggyback(s, B, x->rules);
	case M_PIGGY_P:
		return piggyback(s, P, x->rules);
	case M_PIGGY_Q:
		return !holder && piggyback(s, Q, x->rules);
	case M_COMPETE:
		return compete(s, NOBODY, x->rules);
	case M_COMPETE_PLACED:
		return s->z_place != 0 && compete(s, s->z_place, x->rules);
	case M_RESPOND:
		return respond(s, x->rules);
	case M_DELETE:
		return delete_exit(s);
	case M_BLOCK_A:
		return block(s, A);
	case M_BLOCK_P:
		return !holder && s->y_place != 0 && block(s, P);
	default:
		return false;
	}
}

static bool move(struct state *s, enum move m, const struct search *x)
{
	switch ((int)m) {
	case M_PROCESS_E:
		return process(s, E, x->rules);
	case M_PROCESS_T:
		return process(s, T, x->rules);
	case M_STANDARD_A:
		return start_standard(s, A, x->play);
	case M_STANDARD_P:
		return x->play == OWNER && start_standard(s, P, x->play);
	case M_STANDARD_Q:
		return x->play == HOLDER && start_standard(s, Q, x->play);
	case M_CHALLENGE_A:
		return challenge_standard(s, A);
	case M_BAD_BLOCK:
		return bad_block(s);
	case M_INCLUDE_Y:
		return include(s, &s->y_place);
	case M_INCLUDE_Z:
		return include(s, &s->z_place);
	default:
		return move_in_flight(s, m, x);
	}
}

static const char *violated(const struct state *s, enum play play)
{
	bool over = s->time == END;

	if (s->twice)
		return "an output was paid twice";
	if (s->both == (INPUTS | OUTPUTS))
		return "inputs and outputs of one transaction were paid";
	if (play == WATCHER && s->paid & (1u << A | 1u << Q))
		return "a coin was paid that had been spent";
	if (play != WATCHER && over && s->bad != 0 && !bob_is_paid(s))
		return "somebody honest was not paid";
	return NULL;
}

/* Leaves time passing to the moment when everybody honest has done his duty. */
static void search_expand(struct search *x, const struct state *s)
{
	struct state next;
	int m;

	for (m = 0; m < MOVES; m++) {
		next = *s;
		if (move(&next, (enum move)m, x))
			search_push(x, &next);
	}
	if (must_act(s, x->play))
		return;
	next = *s;
	if (s->time + 1 == END) {
		while (process(&next, E, x->rules) ||
		       process(&next, T, x->rules))
			continue;
	}
	if (s->time < END) {
		next.time++;
		search_push(x, &next);
	}
}

/*
 * A deadline that cannot be kept shows as a state in which the duty is there
 * and the honest person has no move at all; what others do does not count.
 */
static bool duty_is_possible(const struct search *x, const struct state *s)
{
	static const enum move own[] = {
		M_START,   M_PIGGY_B, M_PIGGY_Q,    M_COMPETE_PLACED,
		M_RESPOND, M_BLOCK_A, M_STANDARD_Q, M_CHALLENGE_A,
	};
	struct state next;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		next = *s;
		if (move(&next, own[i], x))
			return true;
	}
	return false;
}

static void state_init(struct state *s, enum play play)
{
	memset(s, 0, sizeof(*s));
	s->left[E] = 1;
	s->left[T] = 1;
	if (play == HOLDER)
		s->y_place = ++s->blocks;
	if (play == WATCHER)
		s->z_place = ++s->blocks;
}

static void search_run(struct search *x)
{
	struct state s;

	state_init(&s, x->play);
	search_push(x, &s);
	while (x->depth > 0 && x->violation == NULL) {
		s = x->stack[--x->depth];
		x->violation = violated(&s, x->play);
		if (x->violation == NULL && must_act(&s, x->play) &&
		    !duty_is_possible(x, &s))
			x->violation = "an honest deadline cannot be kept";
		if (x->violation != NULL)
			x->witness = s;
		else
			search_expand(x, &s);
	}
	free(x->table);
	free(x->used);
	free(x->stack);
}

static const char *explore(enum play play, unsigned rules, size_t *states)
{
	struct search x = { .play = play, .rules = rules };

	search_run(&x);
	*states = x.count;
	return x.violation;
}

/* ---- the claims ---- */

struct absence {
	unsigned rules;
	const char *name;
};

static const struct absence absences[] = {
	{ JOIN_QUEUED, "a piggyback joins an entry that waits" },
	{ OWN_LIFE, "an entry pays only the life that queued it" },
	{ ONE_SIDE, "the other side is never paid under an id" },
	{ FIX_SIDE, "the first entry fixes the side of a life" },
	{ FIX_UNPAID, "an entry fixes the side even if it pays nothing" },
	{ OLDER_ONLY, "a response must be older than the competitor" },
};

static bool holds(enum play play)
{
	size_t states;
	const char *violation = explore(play, ALL_RULES, &states);

	printf("%s %s: every order of moves, %zu states%s%s\n",
	       violation == NULL ? "ok -" : "not ok -", play_names[play],
	       states, violation == NULL ? "" : ": ",
	       violation == NULL ? "" : violation);
	return violation == NULL;
}

static bool costs(const struct absence *absence)
{
	const char *violation = NULL;
	size_t states;
	int play;

	for (play = 0; play < PLAYS && violation == NULL; play++)
		violation = explore((enum play)play,
				    ALL_RULES & ~absence->rules, &states);
	printf("%s without \"%s\": %s\n", violation ? "ok -" : "not ok -",
	       absence->name, violation ? violation : "nothing is found");
	return violation != NULL;
}

int main(void)
{
	bool good = true;
	size_t i;
	int play;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (play = 0; play < PLAYS; play++)
		good = holds((enum play)play) && good;
	for (i = 0; i < sizeof(absences) / sizeof(absences[0]); i++)
		good = costs(&absences[i]) && good;
	return good ? 0 : 1;
}
