/* SPDX-License-Identifier: MIT */
#include "watcher/mass_exit.h"

#include <assert.h>

#include "common/base/memory.h"
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
	case EXIT_REASON_FEE_OUTPUT:
		return "a fee output has no standard exit";
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
