/* SPDX-License-Identifier: MIT */
#include "watcher/price_store.h"

#include <stdlib.h>

#include "common/base/memory.h"
#include "common/base/u256.h"
#include "common/ethereum/eth_header.h"
#include "common/snapshot/snapshot_reader.h"

/* Headers that the percentile is taken from. */
#define HEADERS 512
#define PERCENTILE 95

static int by_price(const void *a, const void *b)
{
	const struct u256 *left = a;
	const struct u256 *right = b;

	return u256_compare(*left, *right);
}

/* Base fees of the newest headers; the newest first. */
static bool read_fees(const struct exit_turn *turn, struct u256 fees[HEADERS],
		      size_t *count, struct error *error)
{
	uint64_t number = turn->facts->head.number;

	*count = 0;
	while (*count < HEADERS) {
		struct eth_header header;
		struct bytes rlp;
		bool found;

		if (!snapshot_reader_header(turn->facts->snapshot, &found, &rlp,
					    number, error))
			return false;
		if (!found || !eth_header_decode(&header, rlp))
			break;
		fees[(*count)++] = header.base_fee_wei;
		if (number-- == 0)
			break;
	}
	return true;
}

bool price_store_read(const struct exit_turn *turn, bool *found,
		      struct mass_exit_prices *prices, struct error *error)
{
	const struct snapshot_state *state = &turn->facts->state;
	struct u256 *fees = memory_new(HEADERS, sizeof(*fees));
	size_t count;

	bool ok = read_fees(turn, fees, &count, error);
	*found = ok && count > 0;
	if (!*found) {
		memory_free(fees);
		return ok;
	}
	*prices = (struct mass_exit_prices){
		.gas_now_wei = amount_from_u256(fees[0]),
		.standard_bond_wei = state->standard_exit_bond_wei,
		.standard_bounty_wei = state->standard_exit_bounty_wei,
		.in_flight_bond_wei = state->ife_bond_wei,
		.piggyback_bond_wei = state->piggyback_bond_wei,
		.piggyback_bounty_wei = state->piggyback_bounty_wei,
		.now = turn->world.now,
		.exit_period = turn->world.exit_period,
	};
	qsort(fees, count, sizeof(*fees), by_price);
	prices->gas_high_wei =
		amount_from_u256(fees[(count - 1) * PERCENTILE / 100]);
	memory_free(fees);
	return true;
}
