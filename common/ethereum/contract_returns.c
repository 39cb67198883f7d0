/* SPDX-License-Identifier: MIT */

/* What contracts return, and call data read back: the second half of
 * contract_calls.h. */

#include <string.h>

#include "common/codec/abi_reader.h"
#include "common/codec/keccak256.h"
#include "common/ethereum/contract_calls.h"

bool contract_return_u256(struct u256 *out, struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	*out = abi_take_u256(&reader);
	return abi_reader_finished(&reader);
}

bool contract_return_u64(uint64_t *out, struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	*out = abi_take_u64(&reader);
	return abi_reader_finished(&reader);
}

bool contract_return_amount(struct amount *out, struct bytes returned)
{
	struct u256 units;
	if (!contract_return_u256(&units, returned))
		return false;
	*out = amount_from_u256(units);
	return true;
}

bool contract_return_bool(bool *out, struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	*out = abi_take_bool(&reader);
	return abi_reader_finished(&reader);
}

bool contract_return_address(struct address *out, struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	*out = abi_take_address(&reader);
	return abi_reader_finished(&reader);
}

bool contract_return_exit_id(struct exit_id *out, struct bytes returned)
{
	struct u256 number;
	return contract_return_u256(&number, returned) &&
	       exit_id_from_u256(out, number);
}

bool contract_return_string(struct bytes *out, struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	abi_expect(&reader, 32);
	*out = abi_take_bytes(&reader);
	return abi_reader_finished(&reader);
}

bool contract_return_block(struct contract_block *out, struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	out->root = abi_take_hash(&reader);
	out->time.seconds = abi_take_u64(&reader);
	return abi_reader_finished(&reader);
}

static struct amount take_amount(struct abi_reader *reader)
{
	return amount_from_u256(abi_take_u256(reader));
}

static struct contract_standard_exit
take_standard_exit(struct abi_reader *reader)
{
	struct contract_standard_exit exit;
	exit.exitable = abi_take_bool(reader);
	exit.position = abi_take_u256(reader);
	exit.output_id = abi_take_hash(reader);
	exit.exit_target = abi_take_address(reader);
	exit.amount = take_amount(reader);
	exit.bond_wei = take_amount(reader);
	exit.bounty_wei = take_amount(reader);
	return exit;
}

bool contract_return_standard_exits(struct contract_standard_exit *out,
				    size_t count, struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	abi_expect(&reader, 32);
	abi_expect(&reader, count);
	for (size_t i = 0; i < count; i++)
		out[i] = take_standard_exit(&reader);
	return abi_reader_finished(&reader);
}

static struct contract_in_flight_slot take_slot(struct abi_reader *reader)
{
	struct contract_in_flight_slot slot;
	slot.output_id = abi_take_hash(reader);
	slot.exit_target = abi_take_address(reader);
	slot.token.address = abi_take_address(reader);
	slot.amount = take_amount(reader);
	slot.bond_wei = take_amount(reader);
	slot.bounty_wei = take_amount(reader);
	return slot;
}

static void take_in_flight_exit(struct contract_in_flight_exit *out,
				struct abi_reader *reader)
{
	out->is_canonical = abi_take_bool(reader);
	out->started_at.seconds = abi_take_u64(reader);
	out->exit_map = abi_take_u256(reader);
	out->position = abi_take_u256(reader);
	for (size_t i = 0; i < PROTOCOL_MAX_INPUTS; i++)
		out->inputs[i] = take_slot(reader);
	for (size_t i = 0; i < PROTOCOL_MAX_OUTPUTS; i++)
		out->outputs[i] = take_slot(reader);
	out->bond_owner = abi_take_address(reader);
	out->bond_wei = take_amount(reader);
	out->oldest_competitor_position = abi_take_u256(reader);
}

bool contract_return_in_flight_exits(struct contract_in_flight_exit *out,
				     size_t count, struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	abi_expect(&reader, 32);
	abi_expect(&reader, count);
	for (size_t i = 0; i < count; i++)
		take_in_flight_exit(&out[i], &reader);
	return abi_reader_finished(&reader);
}

bool contract_return_u256_list(struct u256 *out, size_t *count, size_t capacity,
			       struct bytes returned)
{
	struct abi_reader reader = abi_reader_of(returned);
	abi_expect(&reader, 32);
	uint64_t found = abi_take_u64(&reader);
	if (found > capacity)
		return false;
	for (uint64_t i = 0; i < found; i++)
		out[i] = abi_take_u256(&reader);
	*count = (size_t)found;
	return abi_reader_finished(&reader);
}

bool contract_call_read_deposit(struct bytes *raw, struct bytes call_data)
{
	struct hash selector = keccak256(bytes_of_string("deposit(bytes)"));
	if (call_data.len < 4 || memcmp(call_data.data, selector.bytes, 4) != 0)
		return false;
	return contract_return_string(
		raw, bytes_view(call_data.data + 4, call_data.len - 4));
}
