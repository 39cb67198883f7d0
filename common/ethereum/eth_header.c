/* SPDX-License-Identifier: MIT */
#include "common/ethereum/eth_header.h"

#include <assert.h>
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"

/* EIP-1559: half of the gas limit is the target, and the base fee moves by at
 * most an eighth. The first block with a base fee has this one. */
#define ELASTICITY 2
#define MAX_CHANGE_DIVISOR 8
#define INITIAL_BASE_FEE_WEI UINT64_C(1000000000)

/* ---- writing ---- */

static void put_hash(struct writer *out, const struct hash *hash)
{
	rlp_put_string(out, bytes_view(hash->bytes, sizeof(hash->bytes)));
}

/* Each appended field stands behind all before it. */
static void put_appended(struct writer *out, const struct eth_header *header)
{
	if (header->appended >= ETH_HEADER_APPENDED_BASE_FEE)
		rlp_put_u256(out, header->base_fee_wei);
	if (header->appended >= ETH_HEADER_APPENDED_WITHDRAWALS_ROOT)
		put_hash(out, &header->withdrawals_root);
	if (header->appended >= ETH_HEADER_APPENDED_BLOB_GAS_USED)
		rlp_put_u64(out, header->blob_gas_used);
	if (header->appended >= ETH_HEADER_APPENDED_EXCESS_BLOB_GAS)
		rlp_put_u64(out, header->excess_blob_gas);
	if (header->appended >= ETH_HEADER_APPENDED_PARENT_BEACON_ROOT)
		put_hash(out, &header->parent_beacon_root);
	if (header->appended >= ETH_HEADER_APPENDED_REQUESTS_HASH)
		put_hash(out, &header->requests_hash);
}

static void put_fields(struct writer *out, const struct eth_header *header)
{
	put_hash(out, &header->parent_hash);
	put_hash(out, &header->ommers_hash);
	rlp_put_string(out, bytes_view(header->beneficiary.bytes,
				       sizeof(header->beneficiary.bytes)));
	put_hash(out, &header->state_root);
	put_hash(out, &header->transactions_root);
	put_hash(out, &header->receipts_root);
	rlp_put_string(out,
		       bytes_view(header->logs_bloom.bytes, ETH_BLOOM_LEN));
	rlp_put_u256(out, header->difficulty);
	rlp_put_u64(out, header->number);
	rlp_put_u64(out, header->gas_limit);
	rlp_put_u64(out, header->gas_used);
	rlp_put_u64(out, header->time.seconds);
	rlp_put_string(out, header->extra_data);
	put_hash(out, &header->mix_hash);
	rlp_put_string(out, bytes_view(header->nonce, sizeof(header->nonce)));
	put_appended(out, header);
}

void eth_header_encode(struct growing_buffer *out,
		       const struct eth_header *header)
{
	struct writer counter = writer_of(NULL, 0);

	put_fields(&counter, header);
	size_t len = rlp_list_len(counter.needed);
	uint8_t *room = growing_buffer_extend(out, len);
	if (room == NULL)
		return;
	struct writer writer = writer_of(room, len);
	rlp_put_list_header(&writer, counter.needed);
	put_fields(&writer, header);
	assert(writer_ok(&writer) && writer.len == len);
}

/* ---- reading ---- */

static bool take_hash(struct hash *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);

	return rlp_reader_ok(reader) && rlp_item_to_hash(out, &item);
}

static bool take_address(struct address *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);

	return rlp_reader_ok(reader) && rlp_item_to_address(out, &item);
}

static bool take_u64(uint64_t *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);

	return rlp_reader_ok(reader) && rlp_item_to_u64(out, &item);
}

static bool take_u256(struct u256 *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);

	return rlp_reader_ok(reader) && rlp_item_to_u256(out, &item);
}

/* A string of exactly `len` bytes. */
static bool take_fixed(uint8_t *out, size_t len, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);

	if (!rlp_reader_ok(reader) || item.is_list || item.payload.len != len)
		return false;
	memcpy(out, item.payload.data, len);
	return true;
}

static bool take_extra_data(struct bytes *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);

	*out = item.payload;
	return rlp_reader_ok(reader) && !item.is_list &&
	       item.payload.len <= ETH_HEADER_MAX_EXTRA_LEN;
}

static bool take_field(struct eth_header *out, enum eth_header_appended field,
		       struct rlp_reader *reader)
{
	switch (field) {
	case ETH_HEADER_APPENDED_NONE:
		return true;
	case ETH_HEADER_APPENDED_BASE_FEE:
		return take_u256(&out->base_fee_wei, reader);
	case ETH_HEADER_APPENDED_WITHDRAWALS_ROOT:
		return take_hash(&out->withdrawals_root, reader);
	case ETH_HEADER_APPENDED_BLOB_GAS_USED:
		return take_u64(&out->blob_gas_used, reader);
	case ETH_HEADER_APPENDED_EXCESS_BLOB_GAS:
		return take_u64(&out->excess_blob_gas, reader);
	case ETH_HEADER_APPENDED_PARENT_BEACON_ROOT:
		return take_hash(&out->parent_beacon_root, reader);
	case ETH_HEADER_APPENDED_REQUESTS_HASH:
		return take_hash(&out->requests_hash, reader);
	}
	return false;
}

/* The appended fields that are there, and over those of later forks. */
static bool take_appended(struct eth_header *out, struct rlp_reader *reader)
{
	while (rlp_reader_has_more(reader) &&
	       out->appended < ETH_HEADER_APPENDED_REQUESTS_HASH) {
		out->appended++;
		if (!take_field(out, out->appended, reader))
			return false;
	}
	while (rlp_reader_has_more(reader))
		(void)rlp_reader_next(reader);
	return rlp_reader_finished(reader);
}

bool eth_header_decode(struct eth_header *out, struct bytes rlp)
{
	struct rlp_item whole;

	*out = (struct eth_header){ 0 };
	if (rlp.len > ETH_HEADER_MAX_LEN || !rlp_item_read(&whole, rlp) ||
	    !rlp_item_is_canonical(&whole))
		return false;
	struct rlp_reader reader = rlp_reader_into(&whole);
	return take_hash(&out->parent_hash, &reader) &&
	       take_hash(&out->ommers_hash, &reader) &&
	       take_address(&out->beneficiary, &reader) &&
	       take_hash(&out->state_root, &reader) &&
	       take_hash(&out->transactions_root, &reader) &&
	       take_hash(&out->receipts_root, &reader) &&
	       take_fixed(out->logs_bloom.bytes, ETH_BLOOM_LEN, &reader) &&
	       take_u256(&out->difficulty, &reader) &&
	       take_u64(&out->number, &reader) &&
	       take_u64(&out->gas_limit, &reader) &&
	       take_u64(&out->gas_used, &reader) &&
	       take_u64(&out->time.seconds, &reader) &&
	       take_extra_data(&out->extra_data, &reader) &&
	       take_hash(&out->mix_hash, &reader) &&
	       take_fixed(out->nonce, sizeof(out->nonce), &reader) &&
	       take_appended(out, &reader);
}

struct hash eth_header_hash(struct bytes rlp)
{
	return keccak256(rlp);
}

bool eth_header_follows(const struct eth_header *child, uint64_t parent_number,
			const struct hash *parent_hash)
{
	return parent_number < UINT64_MAX &&
	       child->number == parent_number + 1 &&
	       hash_equal(&child->parent_hash, parent_hash);
}

/* ---- blooms ---- */

/* One of the three bits of an item, by the first six bytes of its hash: which
 * byte of the bloom it lies in, and its mask there. */
static size_t place_of_bit(uint8_t *mask, const struct hash *hash, size_t which)
{
	unsigned int bit = (unsigned int)hash->bytes[2 * which] << 8 |
			   hash->bytes[2 * which + 1];

	bit %= 8 * ETH_BLOOM_LEN;
	*mask = (uint8_t)(1u << (bit % 8));
	return ETH_BLOOM_LEN - 1 - bit / 8;
}

void eth_bloom_add(struct eth_bloom *bloom, struct bytes item)
{
	struct hash hash = keccak256(item);

	for (size_t i = 0; i < 3; i++) {
		uint8_t mask;
		size_t at = place_of_bit(&mask, &hash, i);

		bloom->bytes[at] |= mask;
	}
}

bool eth_bloom_may_hold(const struct eth_bloom *bloom, struct bytes item)
{
	struct hash hash = keccak256(item);

	for (size_t i = 0; i < 3; i++) {
		uint8_t mask;
		size_t at = place_of_bit(&mask, &hash, i);

		if ((bloom->bytes[at] & mask) == 0)
			return false;
	}
	return true;
}

/* ---- fees ---- */

/* base fee * distance / target / 8, which no real base fee lets overflow. */
static bool change_of(struct u256 *out, struct u256 base_fee, uint64_t distance,
		      uint64_t target)
{
	struct u256 rest;

	return u256_multiply(out, base_fee, u256_of(distance)) &&
	       u256_divide(out, &rest, *out, u256_of(target)) &&
	       u256_divide(out, &rest, *out, u256_of(MAX_CHANGE_DIVISOR));
}

struct u256 eth_header_next_base_fee(const struct eth_header *header)
{
	struct u256 base_fee = header->base_fee_wei;
	uint64_t target = header->gas_limit / ELASTICITY;
	struct u256 change;
	struct u256 next;

	if (header->appended < ETH_HEADER_APPENDED_BASE_FEE)
		return u256_of(INITIAL_BASE_FEE_WEI);
	if (target == 0 || header->gas_used == target)
		return base_fee;
	if (header->gas_used < target) {
		if (!change_of(&change, base_fee, target - header->gas_used,
			       target) ||
		    !u256_subtract(&next, base_fee, change))
			return base_fee;
		return next;
	}
	if (!change_of(&change, base_fee, header->gas_used - target, target))
		return U256_MAX;
	if (u256_is_zero(change))
		change = u256_of(1);
	return u256_saturating_add(base_fee, change);
}
