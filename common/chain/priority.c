/* SPDX-License-Identifier: MIT */
#include "common/chain/priority.h"

#include <assert.h>

#include "common/base/instant.h"
#include "common/chain/protocol.h"
#include "common/codec/keccak256.h"

/* priority = exitableAt * 2^224 + priorityPosition * 2^168 + exit id */
#define EXITABLE_AT_SHIFT 224
#define POSITION_SHIFT 168

/* max(block_time + 2P, now + P) */
static uint64_t later_of(uint64_t now, uint64_t block_time,
			 uint64_t exit_period)
{
	uint64_t by_block = instant_after(
		instant_after(block_time, exit_period), exit_period);
	uint64_t by_now = instant_after(now, exit_period);
	return by_block > by_now ? by_block : by_now;
}

uint64_t exitable_at_standard(bool is_deposit, uint64_t now,
			      uint64_t block_time, uint64_t exit_period)
{
	if (is_deposit)
		return instant_after(now, exit_period);
	return later_of(now, block_time, exit_period);
}

uint64_t exitable_at_in_flight(uint64_t now, uint64_t youngest_block_time,
			       uint64_t exit_period)
{
	return later_of(now, youngest_block_time, exit_period);
}

struct u256 priority_make(uint64_t exitable_at, struct position position,
			  const struct exit_id *id)
{
	assert(exitable_at <= UINT32_MAX);
	struct u256 at =
		u256_shift_left(u256_of(exitable_at), EXITABLE_AT_SHIFT);
	struct u256 place = u256_shift_left(
		u256_of(position_priority(position)), POSITION_SHIFT);
	return u256_or(u256_or(at, place), exit_id_to_u256(id));
}

uint64_t priority_exitable_at(struct u256 priority)
{
	return u256_shift_right(priority, EXITABLE_AT_SHIFT).limbs[0];
}

struct exit_id priority_exit_id(struct u256 priority)
{
	uint8_t word[32];
	u256_to_be(word, priority);
	struct exit_id id;
	for (size_t i = 0; i < sizeof(id.bytes); i++)
		id.bytes[i] = word[sizeof(word) - sizeof(id.bytes) + i];
	return id;
}

struct hash priority_delegation_key(struct u256 priority, uint8_t vault_id,
				    const struct token *token)
{
	uint8_t words[64];
	u256_to_be(words, priority);
	u256_to_be(words + 32, u256_of(vault_id));
	struct keccak256 keccak;
	keccak256_init(&keccak);
	keccak256_add(&keccak, bytes_view(words, sizeof(words)));
	keccak256_add(&keccak, bytes_view(token->address.bytes,
					  sizeof(token->address.bytes)));
	return keccak256_finish(&keccak);
}

uint64_t exit_late_after(uint64_t exit_period)
{
	uint64_t seventh = exit_period / 7;

	return seventh < PROTOCOL_LATE_EXIT_SECONDS
		       ? seventh
		       : PROTOCOL_LATE_EXIT_SECONDS;
}

int in_flight_phase(uint64_t now, uint64_t start, uint64_t exit_period)
{
	return now <= in_flight_phase_1_end(start, exit_period) ? 1 : 2;
}

uint64_t in_flight_phase_1_end(uint64_t start, uint64_t exit_period)
{
	assert(exit_period >= 2);
	return instant_after(start, exit_period / 2 - 1);
}
