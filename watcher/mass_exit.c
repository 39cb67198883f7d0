/* SPDX-License-Identifier: MIT */
#include "watcher/mass_exit.h"

#include <assert.h>

#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/chain/priority.h"
#include "common/chain/protocol.h"

static struct exit_decision decision(enum exit_way way, enum exit_reason reason)
{
	struct exit_decision made = { way, reason };

	return made;
}

struct exit_decision mass_exit_decide(const struct own_coin *coin)
{
	if (coin->exit_started)
		return decision(EXIT_WAY_NONE, EXIT_REASON_ALREADY_LEAVING);
	if (amount_is_zero(coin->output.amount))
		return decision(EXIT_WAY_IMPOSSIBLE, EXIT_REASON_ZERO_AMOUNT);
	if (!coin->in_good_state)
		return decision(EXIT_WAY_IMPOSSIBLE, EXIT_REASON_BAD_STATE);
	if (!coin->bytes_known)
		return decision(EXIT_WAY_IMPOSSIBLE, EXIT_REASON_BYTES_UNKNOWN);
	if (coin->signed_by > 1)
		return decision(EXIT_WAY_IN_FLIGHT, EXIT_REASON_SIGNED_TWICE);
	if (coin->signed_by == 1)
		return decision(EXIT_WAY_IN_FLIGHT, EXIT_REASON_SIGNED_AWAY);
	if (coin->exit_challenged)
		return decision(EXIT_WAY_IMPOSSIBLE, EXIT_REASON_CHALLENGED);
	if (coin->output.type == PROTOCOL_OUTPUT_TYPE_FEE)
		return decision(EXIT_WAY_IN_FLIGHT, EXIT_REASON_FEE_OUTPUT);
	if (blknum_is_deposit(position_blknum(coin->position)))
		return decision(EXIT_WAY_STANDARD, EXIT_REASON_DEPOSIT);
	return decision(EXIT_WAY_STANDARD, EXIT_REASON_SETTLED);
}

const char *mass_exit_reason_text(enum exit_reason reason)
{
	switch (reason) {
	case EXIT_REASON_SETTLED:
		return "settled in a verified block and never signed away";
	case EXIT_REASON_DEPOSIT:
		return "a deposit, never signed away";
	case EXIT_REASON_SIGNED_AWAY:
		return "its owner signed it away in a transaction that is in "
		       "no "
		       "verified block: a standard exit would be challenged";
	case EXIT_REASON_SIGNED_TWICE:
		return "its owner signed it away more than once: it can be "
		       "lost";
	case EXIT_REASON_CHALLENGED:
		return "its exit was challenged with a transaction of its "
		       "owner that is not known here: look for it";
	case EXIT_REASON_FEE_OUTPUT:
		return "a fee output has no standard exit: a payment to its "
		       "owner is exited";
	case EXIT_REASON_BAD_STATE:
		return "made in or after the bad block";
	case EXIT_REASON_BYTES_UNKNOWN:
		return "its transaction is not known, so it cannot be proved";
	case EXIT_REASON_ZERO_AMOUNT:
		return "an amount of zero cannot exit";
	case EXIT_REASON_ALREADY_LEAVING:
		break;
	}
	return "an exit of it stands already";
}

struct transaction mass_exit_pay_oneself(const struct own_coin *coin)
{
	struct transaction payment = {
		.type = PROTOCOL_TX_TYPE_PAYMENT,
		.input_count = 1,
		.output_count = 1,
		.inputs = { coin->position },
		.outputs = { coin->output },
	};

	payment.outputs[0].type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	return payment;
}

static struct amount times(struct amount one, uint64_t count)
{
	struct amount product;

	if (!amount_scale(&product, one, count, 1))
		return amount_from_u256(U256_MAX);
	return product;
}

static struct amount plus(struct amount a, struct amount b)
{
	struct amount sum;

	if (!amount_add(&sum, a, b))
		return amount_from_u256(U256_MAX);
	return sum;
}

static bool is_received(const struct received_payment *received, size_t output)
{
	const struct output *of = &received->payment.outputs[output];

	return output < received->payment.output_count &&
	       address_equal(&of->owner, &received->owner) &&
	       token_is_eth(&of->token);
}

bool mass_exit_receiver_starts(const struct received_payment *received,
			       const struct exit_bonds *bonds)
{
	struct amount value = amount_zero();
	struct amount cost = bonds->in_flight_exit_wei;

	if (received->has_own_input || received->is_disputed)
		return false;
	for (size_t i = 0; i < PROTOCOL_MAX_OUTPUTS; i++) {
		if (!is_received(received, i))
			continue;
		value = plus(value, received->payment.outputs[i].amount);
		cost = plus(cost, bonds->piggyback_wei);
	}
	return amount_compare(value, times(cost, 3)) > 0;
}

struct output
mass_exit_largest_received(const struct received_payment *received)
{
	struct output largest = { .amount = amount_zero() };

	for (size_t i = 0; i < PROTOCOL_MAX_OUTPUTS; i++) {
		const struct output *of = &received->payment.outputs[i];

		if (is_received(received, i) &&
		    amount_compare(of->amount, largest.amount) >= 0)
			largest = *of;
	}
	return largest;
}

/* 0: deposits after the bad block, 1: in flight, 2: everything else. */
static int group_of(const struct own_coin *coin, uint64_t bad_block_time)
{
	if (blknum_is_deposit(position_blknum(coin->position)) &&
	    coin->block_time > bad_block_time)
		return 0;
	if (mass_exit_decide(coin).way == EXIT_WAY_IN_FLIGHT)
		return 1;
	return 2;
}

static int compare(const struct own_coin *a, const struct own_coin *b,
		   uint64_t bad_block_time)
{
	int group_a = group_of(a, bad_block_time);
	int group_b = group_of(b, bad_block_time);
	int by_value;

	if (group_a != group_b)
		return group_a < group_b ? -1 : 1;
	by_value = amount_compare(b->output.amount, a->output.amount);
	if (by_value != 0)
		return by_value;
	return position_compare(a->position, b->position);
}

static void merge(struct own_coin *into, const struct own_coin *left,
		  size_t left_count, const struct own_coin *right,
		  size_t right_count, uint64_t bad_block_time)
{
	while (left_count > 0 || right_count > 0) {
		bool from_left = right_count == 0 ||
				 (left_count > 0 &&
				  compare(left, right, bad_block_time) <= 0);

		if (from_left) {
			*into++ = *left++;
			left_count--;
		} else {
			*into++ = *right++;
			right_count--;
		}
	}
}

/* A bottom-up merge sort: stable, no recursion, and the time of the bad block
 * is an argument, which qsort() cannot pass. */
void mass_exit_order(struct own_coin *coins, size_t count,
		     uint64_t bad_block_time)
{
	struct own_coin *scratch;

	if (count < 2)
		return;
	assert(count <= SIZE_MAX / 2);
	scratch = memory_new(count, sizeof(*scratch));
	for (size_t run = 1; run < count; run *= 2) {
		for (size_t from = 0; from < count; from += 2 * run) {
			size_t left = count - from < run ? count - from : run;
			size_t rest = count - from - left;
			size_t right = rest < run ? rest : run;

			merge(scratch + from, coins + from, left,
			      coins + from + left, right, bad_block_time);
		}
		for (size_t i = 0; i < count; i++)
			coins[i] = scratch[i];
	}
	memory_free(scratch);
}

/* ---- what it costs ---- */

/* As measured on a root chain with five inputs, a little above
 * (contracts/gas.json, scenario C-11). */
#define GAS_STANDARD_EXIT 300000
#define GAS_IN_FLIGHT_EXIT 1100000
#define GAS_PIGGYBACK 250000

static void fill_way(struct mass_exit_line *line, const struct own_coin *coin,
		     const struct mass_exit_prices *prices)
{
	bool is_deposit = blknum_is_deposit(position_blknum(coin->position));

	if (line->decision.way == EXIT_WAY_STANDARD) {
		line->gas = GAS_STANDARD_EXIT;
		line->bonds_wei = prices->standard_bond_wei;
		line->bounties_wei = prices->standard_bounty_wei;
		line->pays_at = exitable_at_standard(is_deposit, prices->now,
						     coin->block_time,
						     prices->exit_period);
	} else if (line->decision.way == EXIT_WAY_IN_FLIGHT) {
		line->gas = coin->piggybacks * (uint64_t)GAS_PIGGYBACK;
		line->bonds_wei =
			times(prices->piggyback_bond_wei, coin->piggybacks);
		line->bounties_wei =
			times(prices->piggyback_bounty_wei, coin->piggybacks);
		if (coin->starts_flight) {
			line->gas += GAS_IN_FLIGHT_EXIT;
			line->bonds_wei = plus(line->bonds_wei,
					       prices->in_flight_bond_wei);
		}
		line->pays_at = exitable_at_in_flight(
			prices->now, coin->block_time, prices->exit_period);
	}
}

struct mass_exit_line mass_exit_cost(const struct own_coin *coin,
				     const struct mass_exit_prices *prices)
{
	struct mass_exit_line line = { .decision = mass_exit_decide(coin) };

	fill_way(&line, coin, prices);
	line.gas_now_wei = times(prices->gas_now_wei, line.gas);
	line.gas_high_wei = times(prices->gas_high_wei, line.gas);
	if (line.gas > 0)
		line.start_last =
			instant_after(prices->now, prices->exit_period - 1);
	/* "a coin whose value is below its exit's cost at the configured price
	 * percentile": bounties are cost, too. Of tokens nobody knows the
	 * price here. */
	line.is_stranded =
		line.gas > 0 && token_is_eth(&coin->output.token) &&
		amount_compare(coin->output.amount,
			       plus(line.gas_high_wei, line.bounties_wei)) < 0;
	return line;
}

struct amount mass_exit_needs(const struct address *owner,
			      const struct own_coin *coins, size_t count,
			      const struct mass_exit_prices *prices)
{
	struct amount sum = amount_from_u256(U256_ZERO);

	for (size_t i = 0; i < count; i++) {
		struct mass_exit_line line = mass_exit_cost(&coins[i], prices);

		if (!address_equal(&coins[i].output.owner, owner) ||
		    line.is_stranded)
			continue;
		sum = plus(sum, plus(line.gas_high_wei, line.bonds_wei));
	}
	return sum;
}

uint64_t mass_exit_index(uint64_t outputs, uint64_t block_gas,
			 uint64_t block_seconds, uint64_t seconds)
{
	uint64_t blocks = block_seconds == 0 ? 0 : seconds / block_seconds;
	struct u256 needed;
	struct u256 room;
	struct u256 percent;
	struct u256 rest;
	uint64_t index;

	if (!u256_multiply(&needed, u256_of(outputs),
			   u256_of((uint64_t)GAS_STANDARD_EXIT * 4 * 100)) ||
	    !u256_multiply(&room, u256_of(block_gas), u256_of(blocks)) ||
	    !u256_divide(&percent, &rest, needed, room) ||
	    !u256_to_u64(&index, percent))
		return UINT64_MAX;
	return index;
}
