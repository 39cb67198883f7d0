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

/* Where the root chain has one eth_block only. */
#define USUAL_BLOCK_SECONDS 12

/* Of the newest headers; the newest first. */
struct newest_headers {
	struct u256 fees[HEADERS];
	size_t count;
	uint64_t gas_limit; /* of the newest */
	uint64_t newest_time;
	uint64_t oldest_time;
};

static int by_price(const void *a, const void *b)
{
	const struct u256 *left = a;
	const struct u256 *right = b;

	return u256_compare(*left, *right);
}

static bool read_headers(const struct exit_turn *turn,
			 struct newest_headers *out, struct error *error)
{
	uint64_t number = turn->facts->head.number;

	while (out->count < HEADERS) {
		struct eth_header header;
		struct bytes rlp;
		bool found;

		if (!snapshot_reader_header(turn->facts->snapshot, &found, &rlp,
					    number, error))
			return false;
		if (!found || !eth_header_decode(&header, rlp))
			break;
		if (out->count == 0) {
			out->gas_limit = header.gas_limit;
			out->newest_time = header.time.seconds;
		}
		out->oldest_time = header.time.seconds;
		out->fees[out->count++] = header.base_fee_wei;
		if (number-- == 0)
			break;
	}
	return out->count > 0 ||
	       error_set(error, ERROR_BAD_INPUT, "the snapshot has no header");
}

static struct root_chain_pace pace_of(const struct newest_headers *headers)
{
	struct root_chain_pace pace = { headers->gas_limit,
					USUAL_BLOCK_SECONDS };

	if (headers->count > 1)
		pace.block_seconds =
			(headers->newest_time - headers->oldest_time) /
			(headers->count - 1);
	if (pace.block_seconds == 0)
		pace.block_seconds = 1;
	return pace;
}

bool price_store_read(const struct exit_turn *turn,
		      struct mass_exit_prices *prices,
		      struct root_chain_pace *pace, struct error *error)
{
	const struct snapshot_state *state = &turn->facts->state;
	struct newest_headers *headers = memory_new(1, sizeof(*headers));

	if (!read_headers(turn, headers, error)) {
		memory_free(headers);
		return false;
	}
	*prices = (struct mass_exit_prices){
		.gas_now_wei = amount_from_u256(headers->fees[0]),
		.standard_bond_wei = state->standard_exit_bond_wei,
		.standard_bounty_wei = state->standard_exit_bounty_wei,
		.in_flight_bond_wei = state->ife_bond_wei,
		.piggyback_bond_wei = state->piggyback_bond_wei,
		.piggyback_bounty_wei = state->piggyback_bounty_wei,
		.now = turn->world.now,
		.exit_period = turn->world.exit_period,
	};
	if (pace != NULL)
		*pace = pace_of(headers);
	qsort(headers->fees, headers->count, sizeof(headers->fees[0]),
	      by_price);
	prices->gas_high_wei = amount_from_u256(
		headers->fees[(headers->count - 1) * PERCENTILE / 100]);
	memory_free(headers);
	return true;
}
