/* SPDX-License-Identifier: MIT */
#include "watcher/exit_processor.h"

#include <assert.h>
#include <string.h>

#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/chain/priority.h"

#define HALF(period) ((period) / 2)

/* Blocking against contracts that lock others out: a minute into phase 2. */
#define DELAYED_BLOCK 60

/* ---- findings ---- */

void exit_findings_clear(struct exit_findings *findings)
{
	memory_free(findings->of);
	memset(findings, 0, sizeof(*findings));
}

static struct exit_finding *add(struct exit_findings *out,
				const struct exit_id *id, int slot)
{
	if (out->count == out->capacity) {
		out->capacity = out->capacity == 0 ? 16 : 2 * out->capacity;
		out->of =
			memory_resize(out->of, out->capacity, sizeof(*out->of));
	}
	struct exit_finding *finding = &out->of[out->count++];
	memset(finding, 0, sizeof(*finding));
	finding->exit_id = *id;
	finding->slot = slot;
	return finding;
}

static struct exit_finding *add_event(struct exit_findings *out,
				      enum event_kind event,
				      enum event_class class,
				      const struct exit_id *id, int slot)
{
	struct exit_finding *finding = add(out, id, slot);

	finding->has_event = true;
	finding->event = event;
	finding->class = class;
	return finding;
}

static struct exit_response *respond(struct exit_finding *finding,
				     enum action_kind kind, unsigned int index,
				     struct window window,
				     const struct output *at_risk)
{
	finding->has_response = true;
	finding->response.kind = kind;
	finding->response.exit_id = finding->exit_id;
	finding->response.index = index;
	finding->response.window = window;
	finding->response.at_risk = *at_risk;
	return &finding->response;
}

static void show(struct exit_response *response,
		 const struct known_spend *spend)
{
	response->has_spend = true;
	response->spend = *spend;
}

static bool is_among(const struct address *list, size_t count,
		     const struct address *address)
{
	for (size_t i = 0; i < count; i++) {
		if (address_equal(&list[i], address))
			return true;
	}
	return false;
}

static bool is_own(const struct exit_world *world,
		   const struct address *address)
{
	return is_among(world->owners, world->owner_count, address);
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* True once `now` is `late` or more after `since`. */
static bool is_late(const struct exit_world *world, uint64_t since)
{
	return world->now >=
	       instant_after(since, exit_late_after(world->exit_period));
}

/* "at or after that log's time + min(82 800, P/7)": a block of `block_time`
 * that spends what has been exiting since `since`. */
static bool is_late_spend(const struct exit_world *world,
			  const struct known_spend *spend, uint64_t since)
{
	return spend->in_applied_block &&
	       spend->block_time >=
		       instant_after(since,
				     exit_late_after(world->exit_period));
}

/* ---- standard exits ---- */

static void judge_late_standard(struct exit_findings *out,
				const struct exit_world *world,
				const struct standard_exit_case *one)
{
	for (size_t i = 0; i < one->spends.count; i++) {
		const struct known_spend *spend = &one->spends.of[i];

		/* A challenge that stood before the block made the exit end
		 * before it could pay. */
		if (one->challenged_at != 0 &&
		    one->challenged_at < spend->block_time)
			continue;
		if (is_late_spend(world, spend, one->exit.started_at))
			(void)add_event(out, EVENT_LATE_SPEND_OF_EXITING_OUTPUT,
					EVENT_CLASS_HALT, &one->exit.id,
					-1); /* nothing to answer: see below */
	}
}

void exit_processor_judge_standard(struct exit_findings *out,
				   const struct exit_world *world,
				   const struct standard_exit_case *one)
{
	const struct known_spend *spend = known_spend_best(&one->spends, NULL);
	struct exit_finding *finding;

	if (spend == NULL)
		return;
	judge_late_standard(out, world, one);
	struct spend_facts facts = {
		.spend_known = true,
		.in_applied_block = spend->in_applied_block,
		.spending_block_at = spend->block_time,
	};
	enum standard_exit_judgement judgement = standard_exit_judge(
		&one->exit, &facts, world->now, world->exit_period);
	if (judgement == STANDARD_EXIT_HONEST)
		return;
	finding = one->is_judged ? add_event(out, EVENT_INVALID_EXIT,
					     EVENT_CLASS_A, &one->exit.id, -1)
				 : add(out, &one->exit.id, -1);
	/* An exit of our own that we signed away: no defence, and a person has
	 * to know. */
	if (is_own(world, &one->exit.output.owner))
		finding->waits = true;
	else
		show(respond(finding, ACTION_CHALLENGE_STANDARD_EXIT, 0,
			     deadline_before_processing(one->exit.started_at,
							one->exit.exitable_at),
			     &one->exit.output),
		     spend);
	if (judgement == STANDARD_EXIT_UNCHALLENGED && one->is_judged)
		(void)add_event(out, EVENT_UNCHALLENGED_EXIT, EVENT_CLASS_HALT,
				&one->exit.id, -1); /* answered above */
}

/* ---- in-flight exits: what several rules ask ---- */

static bool is_piggybacked(const struct in_flight_exit *exit, unsigned int slot)
{
	return (exit->map >> slot & 1) != 0;
}

static bool in_phase_1(const struct exit_world *world,
		       const struct in_flight_exit *exit)
{
	return in_flight_phase(world->now, exit->started_at,
			       world->exit_period) == 1;
}

/* X of the token of a slot. Against contracts without our extensions "the
 * smallest exitableAt of any queued entry with this (exit id, token)". */
static uint64_t due_of_slot(const struct exit_world *world,
			    const struct in_flight_exit_case *one,
			    unsigned int slot)
{
	uint64_t due = in_flight_exit_due_at(
		one->exit, &one->exit->slots[slot].output.token);

	if (world->has_extensions)
		return due;
	return earlier(due, one->queued_for[slot]);
}

/* The first entry of any token that can be processed. */
static uint64_t first_due(const struct exit_world *world,
			  const struct in_flight_exit_case *one)
{
	uint64_t due = UINT64_MAX;

	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		if (in_flight_exit_has(one->exit, i))
			due = earlier(due, due_of_slot(world, one, i));
	}
	return due;
}

/* The most valuable slot of those in `bits`, in units of its own token; tokens
 * before ETH, for nobody knows here what they are worth. */
static const struct output *most_valuable(const struct in_flight_exit *exit,
					  uint16_t bits)
{
	const struct output *most = NULL;

	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		const struct output *output = &exit->slots[i].output;

		if (!in_flight_exit_has(exit, i) || (bits >> i & 1) == 0)
			continue;
		if (most == NULL ||
		    (!token_is_eth(&output->token) &&
		     token_is_eth(&most->token)) ||
		    (token_is_eth(&output->token) ==
			     token_is_eth(&most->token) &&
		     amount_compare(output->amount, most->amount) > 0))
			most = output;
	}
	return most;
}

/* In phase 1 what has not joined may still do so, in its last second. */
static const struct output *at_stake(const struct exit_world *world,
				     const struct in_flight_exit *exit)
{
	const struct output *most = most_valuable(
		exit, in_phase_1(world, exit) ? UINT16_MAX : exit->map);

	return most != NULL ? most : most_valuable(exit, UINT16_MAX);
}

/* ---- canonicity ---- */

static bool is_older(const struct known_spend *a, const struct known_spend *b)
{
	if (a->place.kind != b->place.kind)
		return a->place.kind == BLOCK_PLACE_KNOWN;
	if (a->place.kind == BLOCK_PLACE_NONE)
		return hash_compare(&a->transaction_hash,
				    &b->transaction_hash) < 0;
	return position_compare(a->place.position, b->place.position) < 0;
}

const struct known_spend *
exit_processor_competitor(const struct in_flight_exit_case *one,
			  unsigned int *input)
{
	const struct known_spend *oldest = NULL;

	for (unsigned int i = 0; i < one->exit->transaction.input_count; i++) {
		for (size_t j = 0; j < one->spends[i].count; j++) {
			const struct known_spend *spend = &one->spends[i].of[j];

			if (hash_equal(&spend->transaction_hash,
				       &one->exit->transaction_hash) ||
			    !competitor_is_viable(one->place, one->exit->oldest,
						  spend->place))
				continue;
			if (oldest == NULL || is_older(spend, oldest)) {
				oldest = spend;
				*input = i;
			}
		}
	}
	return oldest;
}

/* "the viable competitor is in an applied block, the IFE is still canonical and
 * the later of S and the competitor's block lies more than min(82 800, P/7)
 * back (or phase 1 is over); I for an un-included competitor, and when no slot
 * was piggybacked by S + H" */
static void judge_unchallenged(struct exit_findings *out,
			       const struct exit_world *world,
			       const struct in_flight_exit_case *one,
			       const struct known_spend *competitor)
{
	const struct in_flight_exit *exit = one->exit;
	bool phase_1 = in_phase_1(world, exit);
	uint64_t late = exit_late_after(world->exit_period);
	uint64_t since = exit->started_at;

	if (!exit->is_canonical)
		return;
	if (competitor->in_applied_block)
		since = later(since, competitor->block_time);
	if (phase_1 && world->now <= instant_after(since, late))
		return;
	bool halts =
		competitor->in_applied_block && (phase_1 || exit->map != 0);
	(void)add_event(out, EVENT_UNCHALLENGED_NON_CANONICAL_IFE,
			halts ? EVENT_CLASS_HALT : EVENT_CLASS_I, &exit->id,
			-1); /* answered by non_canonical_ife */
}

static void judge_canonicity(struct exit_findings *out,
			     const struct exit_world *world,
			     const struct in_flight_exit_case *one)
{
	const struct in_flight_exit *exit = one->exit;
	unsigned int input = 0;
	const struct known_spend *competitor =
		exit_processor_competitor(one, &input);

	if (competitor == NULL || !in_flight_exit_side_is_open(exit))
		return;
	if (in_phase_1(world, exit)) {
		struct exit_finding *finding =
			add_event(out, EVENT_NON_CANONICAL_IFE, EVENT_CLASS_A,
				  &exit->id, -1);

		show(respond(finding, ACTION_CHALLENGE_NOT_CANONICAL, input,
			     deadline_canonicity(exit->started_at,
						 world->exit_period),
			     at_stake(world, exit)),
		     competitor);
	}
	judge_unchallenged(out, world, one, competitor);
}

/* A competitor that stands before the transaction itself would win against the
 * response. */
static bool response_would_lose(const struct in_flight_exit_case *one)
{
	for (unsigned int i = 0; i < one->exit->transaction.input_count; i++) {
		for (size_t j = 0; j < one->spends[i].count; j++) {
			const struct known_spend *spend = &one->spends[i].of[j];

			if (!hash_equal(&spend->transaction_hash,
					&one->exit->transaction_hash) &&
			    spend->place.kind == BLOCK_PLACE_KNOWN &&
			    position_compare(spend->place.position,
					     one->place.position) < 0)
				return true;
		}
	}
	return false;
}

static bool own_output_is_piggybacked(const struct exit_world *world,
				      const struct in_flight_exit *exit)
{
	for (unsigned int i = IN_FLIGHT_OUTPUT_SLOT; i < IN_FLIGHT_SLOTS; i++) {
		if (is_piggybacked(exit, i) &&
		    is_own(world, &exit->slots[i].output.owner))
			return true;
	}
	return false;
}

/* In a body that nobody applied, inclusion still answers a challenge, but it is
 * no event: only our own outputs are a reason to use it. */
static void judge_challenge(struct exit_findings *out,
			    const struct exit_world *world,
			    const struct in_flight_exit_case *one)
{
	const struct in_flight_exit *exit = one->exit;
	struct exit_finding *finding;

	if (exit->is_canonical || one->place.kind != BLOCK_PLACE_KNOWN ||
	    !in_flight_exit_side_is_open(exit))
		return;
	if (exit->oldest.kind == OLDEST_COMPETITOR_IN_BLOCK &&
	    position_compare(one->place.position, exit->oldest.position) >= 0)
		return;
	if (one->in_applied_block)
		finding = add_event(out, EVENT_INVALID_IFE_CHALLENGE,
				    EVENT_CLASS_A, &exit->id, -1);
	else if (own_output_is_piggybacked(world, exit))
		finding = add(out, &exit->id, -1);
	else
		return;
	if (response_would_lose(one)) {
		finding->waits = true;
		return;
	}
	(void)respond(finding, ACTION_RESPOND_TO_CHALLENGE, 0,
		      deadline_before_processing(exit->challenged_at,
						 first_due(world, one)),
		      at_stake(world, exit)); /* shows the transaction itself */
}

/* ---- piggybacks ---- */

/* Whether another known transaction spends what a slot stands for. */
static const struct known_spend *
spend_of_slot(const struct in_flight_exit_case *one, unsigned int slot)
{
	if (slot >= IN_FLIGHT_OUTPUT_SLOT &&
	    one->place.kind != BLOCK_PLACE_KNOWN)
		return NULL;
	return known_spend_best(&one->spends[slot],
				&one->exit->transaction_hash);
}

/* Whether joining with a slot may pay it. */
static bool may_pay(const struct in_flight_exit_case *one, unsigned int slot)
{
	return in_flight_exit_may_pay(one->exit, slot) &&
	       one->finalised[slot] == FINALISATION_NONE &&
	       spend_of_slot(one, slot) == NULL;
}

/* "hard limit T + P - 1 for […] the first piggyback of each token of an IFE
 * (not its start)"; after it only phase 1 counts. */
static struct window joining_window(const struct exit_world *world,
				    const struct in_flight_exit *exit)
{
	struct window window =
		deadline_piggyback(exit->started_at, world->exit_period);

	if (world->leave_by != 0 && world->now <= world->leave_by)
		window.last = earlier(window.last, world->leave_by);
	window.target = earlier(window.target, window.last);
	return window;
}

static void judge_available(struct exit_findings *out,
			    const struct exit_world *world,
			    const struct in_flight_exit_case *one,
			    unsigned int slot)
{
	const struct in_flight_exit *exit = one->exit;
	const struct in_flight_slot *of = &exit->slots[slot];
	bool is_output = slot >= IN_FLIGHT_OUTPUT_SLOT;

	if (is_piggybacked(exit, slot) || !in_phase_1(world, exit))
		return;
	/* In an applied block the inputs are spent for good and the outputs are
	 * ordinary coins. */
	if (!is_own(world, &of->output.owner) || one->in_applied_block ||
	    !may_pay(one, slot)) {
		(void)add_event(out, EVENT_PIGGYBACK_AVAILABLE, EVENT_CLASS_I,
				&exit->id, (int)slot); /* not ours to take */
		return;
	}
	struct exit_finding *finding =
		add_event(out, EVENT_PIGGYBACK_AVAILABLE, EVENT_CLASS_A,
			  &exit->id, (int)slot);
	struct exit_response *response = respond(
		finding,
		is_output ? ACTION_PIGGYBACK_OUTPUT : ACTION_PIGGYBACK_INPUT,
		is_output ? slot - IN_FLIGHT_OUTPUT_SLOT : slot,
		joining_window(world, exit), &of->output);
	response->by_owner = true;
	response->owner = of->output.owner;
}

/* "when an invalid piggyback is the only live one of its token and honest slots
 * of that token are not yet piggybacked, block it at S + H + 60 s instead […];
 * never later than X - P/14" */
static bool blocking_locks_out(const struct exit_world *world,
			       const struct in_flight_exit_case *one,
			       unsigned int slot)
{
	const struct token *token = &one->exit->slots[slot].output.token;
	bool others_wait = false;

	if (world->has_extensions || !in_phase_1(world, one->exit))
		return false;
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		if (i == slot || !in_flight_exit_has(one->exit, i) ||
		    !token_equal(&one->exit->slots[i].output.token, token))
			continue;
		if (is_piggybacked(one->exit, i))
			return false;
		others_wait = others_wait || spend_of_slot(one, i) == NULL;
	}
	return others_wait;
}

static struct window blocking_window(const struct exit_world *world,
				     const struct in_flight_exit_case *one,
				     unsigned int slot)
{
	uint64_t due = due_of_slot(world, one, slot);
	struct window window = deadline_before_processing(
		one->exit->slots[slot].piggybacked_at, due);

	if (blocking_locks_out(world, one, slot)) {
		uint64_t at =
			instant_after(one->exit->started_at,
				      HALF(world->exit_period) + DELAYED_BLOCK);

		window.earliest = earlier(
			at, instant_since(due, world->exit_period / 14));
		window.target = later(window.target, window.earliest);
	}
	return window;
}

static void judge_piggyback(struct exit_findings *out,
			    const struct exit_world *world,
			    const struct in_flight_exit_case *one,
			    unsigned int slot)
{
	const struct in_flight_exit *exit = one->exit;
	const struct in_flight_slot *of = &exit->slots[slot];
	const struct known_spend *spend = spend_of_slot(one, slot);
	bool is_output = slot >= IN_FLIGHT_OUTPUT_SLOT;

	if (!is_piggybacked(exit, slot) || spend == NULL)
		return;
	struct exit_finding *finding =
		add_event(out, EVENT_INVALID_PIGGYBACK, EVENT_CLASS_A,
			  &exit->id, (int)slot);
	if (is_own(world, &of->output.owner))
		finding->waits = true;
	else
		show(respond(finding,
			     is_output ? ACTION_CHALLENGE_OUTPUT_SPENT
				       : ACTION_CHALLENGE_INPUT_SPENT,
			     is_output ? slot - IN_FLIGHT_OUTPUT_SLOT : slot,
			     blocking_window(world, one, slot), &of->output),
		     spend);
	if (spend->in_applied_block &&
	    is_late(world, later(of->piggybacked_at, spend->block_time)))
		(void)add_event(out, EVENT_UNCHALLENGED_PIGGYBACK,
				EVENT_CLASS_HALT, &exit->id,
				(int)slot); /* answered above */
}

/* A spend of an input by another transaction long after the start, or of an
 * output long after its own piggyback. */
static void judge_late_in_flight(struct exit_findings *out,
				 const struct exit_world *world,
				 const struct in_flight_exit_case *one,
				 unsigned int slot)
{
	const struct in_flight_exit *exit = one->exit;
	bool is_output = slot >= IN_FLIGHT_OUTPUT_SLOT;
	uint64_t since =
		is_output ? exit->slots[slot].piggybacked_at : exit->started_at;

	if (is_output && !is_piggybacked(exit, slot))
		return;
	for (size_t i = 0; i < one->spends[slot].count; i++) {
		const struct known_spend *spend = &one->spends[slot].of[i];

		if (hash_equal(&spend->transaction_hash,
			       &exit->transaction_hash) ||
		    !is_late_spend(world, spend, since))
			continue;
		(void)add_event(out, EVENT_LATE_SPEND_OF_EXITING_OUTPUT,
				EVENT_CLASS_HALT, &exit->id,
				(int)slot); /* answered elsewhere */
	}
}

/* ---- in-flight exits: all rules ---- */

/* In a halt an exit that others started, and nobody joined in time, stands in
 * the way of one that pays. */
static bool hinders(const struct exit_world *world,
		    const struct in_flight_exit_case *one)
{
	if (world->leave_by == 0 || one->in_applied_block)
		return false;
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		if (in_flight_exit_has(one->exit, i) &&
		    is_own(world, &one->exit->slots[i].output.owner) &&
		    may_pay(one, i))
			return true;
	}
	return false;
}

static void judge_empty(struct exit_findings *out,
			const struct exit_world *world,
			const struct in_flight_exit_case *one)
{
	const struct in_flight_exit *exit = one->exit;

	if (in_phase_1(world, exit) || exit->map != 0 ||
	    (!is_among(world->accounts, world->account_count,
		       &exit->bond_owner) &&
	     !hinders(world, one)))
		return;
	(void)respond(
		add(out, &exit->id, -1), ACTION_DELETE_IN_FLIGHT_EXIT, 0,
		deadline_delete_empty(exit->started_at, world->exit_period),
		at_stake(world, exit)); /* its bond comes back */
}

void exit_processor_judge_in_flight(struct exit_findings *out,
				    const struct exit_world *world,
				    const struct in_flight_exit_case *one)
{
	if (!in_flight_exit_is_live(one->exit))
		return;
	judge_canonicity(out, world, one);
	judge_challenge(out, world, one);
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		if (!in_flight_exit_has(one->exit, i))
			continue;
		judge_available(out, world, one, i);
		judge_piggyback(out, world, one, i);
		judge_late_in_flight(out, world, one, i);
	}
	judge_empty(out, world, one);
}

/* ---- pay-outs ---- */

/* "a canonical un-included exit is legitimate" */
static bool input_forbids(const struct paid_output *input)
{
	return !input->exists || input->is_exited_by_other_id ||
	       (input->is_spent && !input->is_spent_by_exit);
}

bool exit_processor_payout_is_invalid(const struct payout_case *one)
{
	if (!one->is_in_flight_output || one->is_included)
		return !one->paid.exists || one->paid.is_spent;
	for (size_t i = 0; i < one->input_count; i++) {
		if (input_forbids(&one->inputs[i]))
			return true;
	}
	return false;
}

/* ---- queues, vaults and bonds ---- */

bool exit_processor_queue_is_stuck(uint64_t head_due, uint64_t now,
				   uint64_t exit_period)
{
	return now > instant_after(head_due, exit_period / 14);
}

bool exit_processor_is_insolvent(struct amount balance, struct amount owed,
				 struct amount credits)
{
	struct amount sum;

	return !amount_add(&sum, owed, credits) ||
	       amount_compare(balance, sum) < 0;
}

enum event_class exit_processor_bond_class(struct amount bond_wei,
					   struct amount ceiling_wei)
{
	if (amount_is_zero(ceiling_wei) ||
	    amount_compare(bond_wei, ceiling_wei) <= 0)
		return EVENT_CLASS_I;
	return EVENT_CLASS_A;
}
