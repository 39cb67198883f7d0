/* SPDX-License-Identifier: MIT */
#include "watcher/leave_loop.h"

#include <string.h>

#include "common/actions/action_store.h"
#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/chain/exit_id.h"
#include "common/chain/transaction_hash.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/eth_header.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/exit_goal_store.h"
#include "watcher/exit_store.h"
#include "watcher/exit_want_store.h"
#include "watcher/inclusion_store.h"
#include "watcher/inflight_store.h"
#include "watcher/payout_store.h"
#include "watcher/wallet_loop.h"
#include "watcher/watcher_store.h"

#define PAGE 256

/* ---- own coins ---- */

static bool block_time_of(const struct exit_turn *turn, uint64_t *time,
			  struct position position, struct error *error)
{
	uint64_t blknum = position_blknum(position);
	struct watched_deposit deposit;
	struct watched_block block;
	bool found;

	*time = 0;
	if (blknum_is_deposit(blknum)) {
		if (!watcher_store_deposit(turn->database, &found, &deposit,
					   blknum, error))
			return false;
		if (found)
			*time = deposit.time.seconds;
		return true;
	}
	if (!watcher_store_block(turn->database, &found, &block, blknum, error))
		return false;
	if (found)
		*time = block.time.seconds;
	return true;
}

static bool is_in_good_state(const struct exit_turn *turn,
			     struct position position)
{
	const struct latch_facts *latch = &turn->facts->latch;

	return blknum_is_deposit(position_blknum(position)) ||
	       !latch->has_bad_block ||
	       position_blknum(position) <= latch->last_good_block;
}

/* Of one that was challenged nothing comes, and another one would be, too. */
static bool find_exit(const struct exit_turn *turn, struct own_coin *out,
		      struct error *error)
{
	struct recorded_standard_exit recorded;
	bool found;

	if (!exit_store_standard_of_output(turn->database, &found, &recorded,
					   out->position, error))
		return false;
	out->exit_started =
		found && (recorded.exit.status == STANDARD_EXIT_LIVE ||
			  recorded.exit.status == STANDARD_EXIT_PAID);
	out->exit_challenged =
		found && !out->exit_started && recorded.challenged_at != 0;
	return true;
}

static bool is_owner(const struct exit_turn *turn,
		     const struct address *address)
{
	for (size_t i = 0; i < turn->facts->owner_count; i++) {
		if (address_equal(&turn->facts->owners[i].address, address))
			return true;
	}
	return false;
}

/* Whether an input before this one is an owner's, too: it starts the exit. */
static bool is_started_by_another(const struct exit_turn *turn, bool *another,
				  const struct transaction *spend,
				  struct position position, struct error *error)
{
	struct watched_coin coin;
	bool found;

	*another = false;
	for (size_t i = 0; !*another && i < spend->input_count &&
			   !position_equal(spend->inputs[i], position);
	     i++) {
		if (!watcher_store_coin(turn->database, &found, &coin,
					spend->inputs[i], error))
			return false;
		*another = found && is_owner(turn, &coin.output.owner);
	}
	return true;
}

/* What this coin's part of an exit in flight is, with `best` that spends it.
 * NULL: it will be a payment to its owner. */
static bool fill_part(const struct exit_turn *turn, struct own_coin *out,
		      const struct known_spend *best, struct error *error)
{
	struct transaction spend;
	bool another = false;

	out->starts_flight = true;
	out->piggybacks = 2;
	if (best == NULL ||
	    transaction_decode(&spend, best->raw) != VERDICT_VALID)
		return true;
	if (!is_started_by_another(turn, &another, &spend, out->position,
				   error))
		return false;
	out->starts_flight = !another;
	out->piggybacks = 1;
	for (size_t i = 0; !another && i < spend.output_count; i++)
		out->piggybacks += is_owner(turn, &spend.outputs[i].owner);
	return true;
}

static bool fill_coin(const struct exit_turn *turn, struct own_coin *out,
		      const struct watched_coin *coin, struct error *error)
{
	struct known_spend_list spends;
	const struct known_spend *best;
	bool claimed;

	memset(out, 0, sizeof(*out));
	out->position = coin->position;
	out->output = coin->output;
	out->in_good_state = is_in_good_state(turn, coin->position);
	out->bytes_known = true;
	if (!block_time_of(turn, &out->block_time, coin->position, error) ||
	    !find_exit(turn, out, error) ||
	    !known_store_spends(&turn->sources, turn->arena, &spends,
				coin->position, &coin->output.owner, error) ||
	    !known_store_is_claimed(turn->database, &claimed, coin->position,
				    error))
		return false;
	best = known_spend_best(&spends, NULL);
	out->signed_by = (unsigned int)spends.count;
	if (best != NULL)
		out->signed_tx = best->transaction_hash;
	else if (claimed)
		out->signed_by = 1; /* by an unknown signature */
	return fill_part(turn, out, best, error);
}

static bool add_owner(const struct exit_turn *turn, struct own_coin **list,
		      size_t *count, size_t *capacity,
		      const struct address *owner, struct error *error)
{
	struct watched_coin *page = memory_new(PAGE, sizeof(*page));
	struct position from = { 0 };
	size_t got = PAGE;
	bool ok = true;

	while (ok && got == PAGE) {
		ok = watcher_store_own_coins(turn->database, page, &got, PAGE,
					     owner, from, true, error);
		for (size_t i = 0; ok && i < got; i++) {
			if (*count == *capacity) {
				*capacity = *capacity == 0 ? 16 : 2 * *capacity;
				*list = memory_resize(*list, *capacity,
						      sizeof(**list));
			}
			ok = fill_coin(turn, &(*list)[*count], &page[i], error);
			*count += ok;
			ok = ok || exit_want_store_pass_over(turn, error);
			arena_reset(turn->arena);
			from.packed = page[i].position.packed + 1;
		}
	}
	memory_free(page);
	return ok;
}

bool leave_loop_coins_new(const struct exit_turn *turn, struct own_coin **out,
			  size_t *count, struct error *error)
{
	struct own_coin *list = NULL;
	size_t capacity = 0;
	bool ok = true;

	*count = 0;
	for (size_t i = 0; ok && i < turn->facts->owner_count; i++)
		ok = add_owner(turn, &list, count, &capacity,
			       &turn->facts->owners[i].address, error);
	if (!ok) {
		memory_free(list);
		return false;
	}
	mass_exit_order(list, *count,
			turn->facts->latch.latched
				? turn->facts->latch.bad_at.seconds
				: UINT64_MAX);
	*out = list;
	return true;
}

static bool count_outputs(const struct exit_turn *turn, uint64_t *count,
			  struct error *error)
{
	struct statement *row =
		statement_begin(turn->database, SQL_WATCHER_CHAIN_UNSPENT);
	enum statement_result result = statement_step(row, error);

	if (result == STATEMENT_ROW)
		*count = statement_u64(row, 0);
	statement_end(row);
	return result == STATEMENT_ROW;
}

/* eth_blocks whose pace counts, and the seconds that one takes at most: longer
 * pauses are stalls, which have an alarm of their own. */
#define PACE 256
#define SLOWEST 60

/* T, or now where nothing halts. */
static uint64_t leaves_since(const struct exit_turn *turn)
{
	return turn->facts->latch.latched ? turn->facts->latch.bad_at.seconds
					  : turn->world.now;
}

static bool read_header(const struct exit_turn *turn, bool *found,
			struct eth_header *header, uint64_t number,
			struct error *error)
{
	struct bytes rlp;

	if (!snapshot_reader_header(turn->facts->snapshot, found, &rlp, number,
				    error))
		return false;
	*found = *found && eth_header_decode(header, rlp);
	return true;
}

bool leave_loop_index(const struct exit_turn *turn, uint64_t *index,
		      uint64_t *outputs, struct error *error)
{
	uint64_t head = turn->facts->head.number;
	uint64_t last =
		instant_after(leaves_since(turn), turn->world.exit_period - 1);
	struct eth_header newest;
	struct eth_header older;
	uint64_t pace = 1;
	bool found;

	*index = 0;
	if (!count_outputs(turn, outputs, error) ||
	    !read_header(turn, &found, &newest, head, error))
		return false;
	uint64_t gas = found ? newest.gas_limit : 0;
	uint64_t time = found ? newest.time.seconds : 0;
	if (gas == 0)
		return true;
	if (!read_header(turn, &found, &older, head > PACE ? head - PACE : 0,
			 error))
		return false;
	if (found && older.number < head)
		pace = instant_since(time, older.time.seconds) /
		       (head - older.number);
	pace = pace == 0 ? 1 : pace < SLOWEST ? pace : SLOWEST;
	*index = mass_exit_index(*outputs, gas, pace,
				 instant_since(last, turn->world.now));
	return true;
}

/* ---- exits ---- */

/* "Deposits made after T; then IFEs […]; then SEs by value": of actions with
 * one deadline the more valuable goes first, so that the groups get deadlines a
 * second apart, none of them too late. */
static struct window window_of(const struct exit_turn *turn,
			       const struct own_coin *coin)
{
	uint64_t since = leaves_since(turn);
	struct window window =
		deadline_protective_exit(since, since, turn->world.exit_period);

	if (blknum_is_deposit(position_blknum(coin->position)) &&
	    coin->block_time > since) {
		window.last -= 2;
		window.target = window.earliest;
	} else if (mass_exit_decide(coin).way == EXIT_WAY_IN_FLIGHT) {
		window.last -= 1;
	}
	return window;
}

static enum exit_policy_key policy_of(const struct exit_turn *turn)
{
	if (turn->facts->latch.kind == EVENT_BLOCK_WITHHOLDING)
		return EXIT_POLICY_ON_BLOCK_WITHHOLDING;
	if (turn->facts->latch.kind == EVENT_INVALID_BLOCK)
		return EXIT_POLICY_ON_INVALID_BLOCK;
	return EXIT_POLICY_ON_HALT;
}

/* True if the standard exit of the coin is wanted as it should be: its body
 * need not be read again. */
static bool is_wanted(const struct exit_turn *turn,
		      const struct action_list *open, struct position position)
{
	struct hash detail = exit_goal_store_coin_detail(position);

	for (size_t i = 0; i < open->count; i++) {
		const struct action *action = &open->actions[i];

		if (action->key.kind == ACTION_START_STANDARD_EXIT &&
		    hash_equal(&action->detail, &detail) &&
		    action->progress.state != ACTION_MOOT &&
		    action->progress.state != ACTION_MISSED &&
		    !(action->print_only && turn->policy->act))
			return true;
	}
	return false;
}

/* What an exit takes out. */
struct departure {
	struct output output;
	struct position position; /* of a coin; 0: of a payment to us */
	struct window window;
};

static struct departure departure_of(const struct exit_turn *turn,
				     const struct own_coin *coin)
{
	struct departure departure = { coin->output, coin->position,
				       window_of(turn, coin) };

	return departure;
}

static bool wish(const struct exit_turn *turn,
		 const struct departure *departure, enum action_kind kind,
		 const struct exit_id *id,
		 const struct growing_buffer *call_data, struct error *error)
{
	struct exit_wish exit_wish = {
		.kind = kind,
		.contract = turn->facts->network->payment_exit_game,
		.exit_id = *id,
		.account = departure->output.owner,
		.policy = policy_of(turn),
		.window = departure->window,
		.at_risk = departure->output,
		.detail = exit_goal_store_coin_detail(departure->position),
	};

	if (call_data->overflowed)
		return error_set(error, ERROR_SOFTWARE,
				 "the call data of an exit is too long");
	return exit_want_store_wish(turn, &exit_wish,
				    growing_buffer_view(call_data), error);
}

/* Exits of a token that has no queue would revert. */
static bool want_queue(const struct exit_turn *turn, const struct token *token,
		       struct error *error)
{
	uint8_t vault =
		token_is_eth(token) ? PROTOCOL_VAULT_ETH : PROTOCOL_VAULT_ERC20;
	struct exit_wish queue = {
		.kind = ACTION_ADD_EXIT_QUEUE,
		.contract = turn->facts->network->plasma_framework,
		.exit_id = action_subject_of_token(token),
		.index = vault,
		.account = turn->responder,
		.policy = policy_of(turn),
		.window = { 0, 0, UINT64_MAX },
		.at_risk = { .token = *token },
		.detail = exit_goal_store_detail(token),
	};
	struct growing_buffer call_data;
	bool has;

	if (!payout_store_has_queue(turn->database, &has, token, error))
		return false;
	if (has)
		return true;
	growing_buffer_init(&call_data, CONTRACT_CALL_MAX_LEN);
	contract_call_add_exit_queue(&call_data, vault, token);
	bool ok = exit_want_store_wish(turn, &queue,
				       growing_buffer_view(&call_data), error);
	growing_buffer_clear(&call_data);
	return ok;
}

static bool leave_standard(const struct exit_turn *turn, bool *leaves,
			   const struct own_coin *coin, struct error *error)
{
	struct inclusion proved;
	struct growing_buffer call_data;
	bool has = false;

	bool ok = inclusion_store_find(turn->bodies, leaves, &proved,
				       turn->database, coin->position, error);
	if (ok && *leaves) {
		struct hash id = output_id(proved.raw, coin->position);
		struct exit_id exit_id = exit_id_standard(&id);
		struct departure departure = departure_of(turn, coin);
		struct provable_output output = {
			coin->position, proved.raw,
			bytes_view(proved.proof, sizeof(proved.proof))
		};

		growing_buffer_init(&call_data, CONTRACT_CALL_MAX_LEN);
		exit_response_start_standard(&call_data, &output);
		ok = exit_want_store_has(turn, &has, ACTION_START_STANDARD_EXIT,
					 &exit_id, 0, error) &&
		     (has || wish(turn, &departure, ACTION_START_STANDARD_EXIT,
				  &exit_id, &call_data, error));
		growing_buffer_clear(&call_data);
	}
	inclusion_clear(&proved);
	return ok;
}

/* ---- in flight ---- */

struct flight {
	struct transaction transaction;
	struct bytes raw;
	struct inclusion inputs[PROTOCOL_MAX_INPUTS];
	struct provable_output outputs[PROTOCOL_MAX_INPUTS];
	struct signature witnesses[PROTOCOL_MAX_INPUTS];
};

/* Every input has to be provable in a good block, with a signature of its
 * owner. */
static bool fill_input(const struct exit_turn *turn, bool *whole,
		       struct flight *flight, size_t i, const struct hash *hash,
		       struct error *error)
{
	struct position position = flight->transaction.inputs[i];
	struct watched_coin coin;
	bool found;

	if (!inclusion_store_find(turn->bodies, whole, &flight->inputs[i],
				  turn->database, position, error) ||
	    !watcher_store_coin(turn->database, &found, &coin, position, error))
		return false;
	*whole = *whole && found && is_in_good_state(turn, position);
	if (*whole &&
	    !known_store_witness(&turn->sources, whole, &flight->witnesses[i],
				 &flight->transaction, hash, &coin.output.owner,
				 error))
		return false;
	flight->outputs[i].position = position;
	flight->outputs[i].raw = flight->inputs[i].raw;
	flight->outputs[i].proof =
		bytes_view(flight->inputs[i].proof, PROTOCOL_PROOF_SIZE);
	return true;
}

static bool want_flight(const struct exit_turn *turn,
			const struct departure *departure,
			const struct flight *flight, struct error *error)
{
	struct exit_id id = exit_id_in_flight(flight->raw);
	struct growing_buffer call_data;

	growing_buffer_init(&call_data, CONTRACT_CALL_MAX_LEN);
	exit_response_start_in_flight(&call_data, flight->raw, flight->outputs,
				      flight->witnesses,
				      flight->transaction.input_count);
	bool ok = wish(turn, departure, ACTION_START_IN_FLIGHT_EXIT, &id,
		       &call_data, error);
	growing_buffer_clear(&call_data);
	return ok;
}

static bool fill_flight(const struct exit_turn *turn, bool *whole,
			struct flight *flight, const struct hash *hash,
			const struct departure *departure, struct error *error)
{
	size_t filled = 0;
	bool ok = true;

	*whole = transaction_decode(&flight->transaction, flight->raw) ==
		 VERDICT_VALID;
	while (ok && *whole && filled < flight->transaction.input_count) {
		ok = fill_input(turn, whole, flight, filled, hash, error);
		filled++;
	}
	if (ok && *whole)
		ok = want_flight(turn, departure, flight, error);
	for (size_t i = 0; i < filled; i++)
		inclusion_clear(&flight->inputs[i]);
	return ok;
}

/* A life that stands is played by exit_processor. One that is over leaves
 * nothing to its successor if somebody was paid, and if no owner has a slot
 * that pays. */
static bool is_to_begin(const struct exit_turn *turn, bool *begins,
			const struct in_flight_exit *exit, struct error *error)
{
	enum finalisation finalised[IN_FLIGHT_SLOTS];

	*begins = false;
	if (in_flight_exit_is_live(exit) ||
	    exit->paid_side != IN_FLIGHT_SIDE_OPEN)
		return true;
	if (!inflight_store_finalised(turn->database, finalised, exit, error))
		return false;
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++)
		*begins = *begins ||
			  (in_flight_exit_may_pay(exit, i) &&
			   finalised[i] == FINALISATION_NONE &&
			   is_owner(turn, &exit->slots[i].output.owner));
	return true;
}

static bool leave_in_flight(const struct exit_turn *turn, bool *leaves,
			    const struct hash *hash,
			    const struct departure *departure,
			    struct error *error)
{
	struct exit_id id = exit_id_in_flight_of_hash(hash);
	struct recorded_in_flight_exit recorded;
	struct growing_buffer raw;
	bool begins = true;
	bool found;

	*leaves = false;
	if (hash_is_zero(hash))
		return true;
	if (!inflight_store_newest(turn->database, &found, &recorded, &id,
				   turn->world.exit_period, error) ||
	    (found && !is_to_begin(turn, &begins, &recorded.exit, error)))
		return false;
	*leaves = found && in_flight_exit_is_live(&recorded.exit);
	if (!begins)
		return true;
	if (!exit_want_store_has(turn, leaves, ACTION_START_IN_FLIGHT_EXIT, &id,
				 0, error))
		return false;
	if (*leaves)
		return true;
	struct flight *flight = memory_new(1, sizeof(*flight));
	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE);
	bool ok = known_store_raw(turn->database, &found, &raw, hash, error);
	flight->raw = growing_buffer_view(&raw);
	ok = ok && (!found ||
		    fill_flight(turn, leaves, flight, hash, departure, error));
	growing_buffer_clear(&raw);
	memory_free(flight);
	return ok;
}

/* A fee output that nobody signed for is paid to its owner first. */
static bool leave_signed(const struct exit_turn *turn, bool *leaves,
			 struct own_coin *coin, struct error *error)
{
	struct departure departure = departure_of(turn, coin);

	if (coin->signed_by == 0 && !wallet_loop_pay_oneself(turn, coin, error))
		return false;
	return leave_in_flight(turn, leaves, &coin->signed_tx, &departure,
			       error);
}

static bool is_worth_it(const struct exit_turn *turn,
			const struct own_coin *coin)
{
	return !token_is_eth(&coin->output.token) ||
	       amount_compare(coin->output.amount,
			      turn->policy->min_exit_value) >= 0;
}

static bool leave(const struct exit_turn *turn, struct own_coin *coin,
		  const struct action_list *open, struct error *error)
{
	struct exit_decision decision = mass_exit_decide(coin);
	bool leaves = false;
	bool ok = true;

	if (decision.way == EXIT_WAY_NONE) {
		turn->report->own_leaving++;
		return true;
	}
	if (decision.way != EXIT_WAY_IMPOSSIBLE && is_worth_it(turn, coin)) {
		ok = want_queue(turn, &coin->output.token, error);
		if (ok && decision.way == EXIT_WAY_STANDARD) {
			leaves = is_wanted(turn, open, coin->position);
			ok = leaves ||
			     leave_standard(turn, &leaves, coin, error);
		}
		if (ok && decision.way == EXIT_WAY_IN_FLIGHT)
			ok = leave_signed(turn, &leaves, coin, error);
	}
	if (leaves)
		turn->report->own_leaving++;
	else
		turn->report->own_stuck++;
	return ok;
}

/* ---- payments to us ---- */

static bool add_input(const struct exit_turn *turn,
		      struct received_payment *received,
		      struct position position, const struct hash *hash,
		      struct error *error)
{
	struct known_spend_list spends;
	struct watched_coin coin;
	bool found;

	if (!watcher_store_coin(turn->database, &found, &coin, position, error))
		return false;
	if (!found || coin.has_spender || coin.exited) {
		received->is_disputed = true;
		return true;
	}
	received->has_own_input =
		received->has_own_input || is_owner(turn, &coin.output.owner);
	if (!known_store_spends(&turn->sources, turn->arena, &spends, position,
				&coin.output.owner, error))
		return false;
	bool is_signed = false;
	for (size_t i = 0; i < spends.count; i++) {
		bool is_this = hash_equal(&spends.of[i].transaction_hash, hash);

		is_signed = is_signed || is_this;
		received->is_disputed = received->is_disputed || !is_this;
	}
	/* Anybody can write down what nobody signed. */
	received->is_disputed = received->is_disputed || !is_signed;
	return true;
}

static bool leave_with(const struct exit_turn *turn, const struct hash *hash,
		       const struct address *owner, struct error *error)
{
	struct received_payment received = { .owner = *owner };
	uint64_t since = leaves_since(turn);
	struct departure departure = {
		.window = deadline_protective_exit(since, since,
						   turn->world.exit_period),
	};
	struct growing_buffer raw;
	bool leaves;
	bool found;

	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE);
	bool ok = known_store_raw(turn->database, &found, &raw, hash, error);
	found = ok && found &&
		transaction_decode(&received.payment,
				   growing_buffer_view(&raw)) == VERDICT_VALID;
	growing_buffer_clear(&raw);
	found = found && mass_exit_receiver_starts(&received, &turn->bonds);
	for (size_t i = 0; found && ok && !received.is_disputed &&
			   i < received.payment.input_count;
	     i++)
		ok = add_input(turn, &received, received.payment.inputs[i],
			       hash, error);
	if (!ok || !found ||
	    !mass_exit_receiver_starts(&received, &turn->bonds))
		return ok;
	departure.output = mass_exit_largest_received(&received);
	return leave_in_flight(turn, &leaves, hash, &departure, error);
}

/* "stop everything except challenges": what a person asks for is done. */
static bool is_halted(const struct exit_turn *turn)
{
	return turn->facts->latch.latched &&
	       !turn->facts->latch.challenges_only;
}

/* "payment to us, we own no input of Y: leave the IFE to the sender; […] start
 * ourselves only if value > 3x all bonds and the sender is silent for P/28" */
static bool leave_with_payments(const struct exit_turn *turn,
				struct error *error)
{
	uint64_t silent = instant_since(turn->world.now, leaves_since(turn));
	bool ok = true;

	if (!is_halted(turn) || silent < turn->world.exit_period / 28 ||
	    silent >= turn->world.exit_period)
		return true;
	for (size_t i = 0; ok && i < turn->facts->owner_count; i++) {
		const struct address *owner = &turn->facts->owners[i].address;
		struct hash *list;
		size_t count;

		if (!known_store_paying_new(turn->database, &list, &count,
					    owner, error))
			return false;
		for (size_t j = 0; ok && j < count; j++) {
			ok = leave_with(turn, &list[j], owner, error) ||
			     exit_want_store_pass_over(turn, error);
			arena_reset(turn->arena);
		}
		memory_free(list);
	}
	return ok;
}

static bool is_to_leave(const struct exit_turn *turn, struct position position)
{
	if (is_halted(turn) || turn->leave_all)
		return true;
	for (size_t i = 0; i < turn->leave_count; i++) {
		if (position_equal(turn->leave[i], position))
			return true;
	}
	return false;
}

bool leave_loop_pass(const struct exit_turn *turn, struct error *error)
{
	struct action_list open;
	struct own_coin *coins;
	size_t count;

	if (!is_halted(turn) && !turn->leave_all && turn->leave_count == 0)
		return true;
	if (!pass_facts_spends_are_known(turn->facts))
		return true;
	turn->report->leaving_judged = true;
	if (!leave_loop_coins_new(turn, &coins, &count, error))
		return false;
	bool ok = action_store_unsettled(turn->database, &open, error);
	for (size_t i = 0; ok && i < count; i++) {
		if (is_to_leave(turn, coins[i].position))
			ok = leave(turn, &coins[i], &open, error) ||
			     exit_want_store_pass_over(turn, error);
	}
	action_list_clear(&open);
	memory_free(coins);
	return ok && leave_with_payments(turn, error);
}
