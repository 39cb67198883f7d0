/* SPDX-License-Identifier: MIT */
#include "common/chain/exit_id.h"

#include <string.h>

#include "common/codec/keccak256.h"

/* protocol.md 4: "SE id = outputId >> 89", "IFE id = (K(raw) >> 89) | 2^167".
 */
#define SHIFT 89
#define IN_FLIGHT_BIT 0x80 /* bit 167, in the first of 21 bytes */

static void add_number(struct keccak256 *keccak, struct u256 number)
{
	uint8_t word[32];
	u256_to_be(word, number);
	keccak256_add(keccak, bytes_view(word, sizeof(word)));
}

static void begin_output_id(struct keccak256 *keccak, struct bytes raw,
			    uint32_t oindex)
{
	keccak256_init(keccak);
	keccak256_add(keccak, raw);
	add_number(keccak, u256_of(oindex));
}

struct hash output_id(struct bytes raw, struct position position)
{
	struct keccak256 keccak;
	begin_output_id(&keccak, raw, position_oindex(position));
	if (blknum_is_deposit(position_blknum(position)))
		add_number(&keccak, position_to_u256(position));
	return keccak256_finish(&keccak);
}

struct hash output_id_in_flight(struct bytes raw, uint32_t oindex)
{
	struct keccak256 keccak;
	begin_output_id(&keccak, raw, oindex);
	return keccak256_finish(&keccak);
}

/* The upper 167 bits of a hash. */
static struct exit_id id_of_hash(const struct hash *hash)
{
	uint8_t word[32];
	u256_to_be(word, u256_shift_right(u256_from_be(hash->bytes), SHIFT));
	struct exit_id id;
	memcpy(id.bytes, word + sizeof(word) - sizeof(id.bytes),
	       sizeof(id.bytes));
	return id;
}

struct exit_id exit_id_standard(const struct hash *output_id)
{
	return id_of_hash(output_id);
}

struct exit_id exit_id_in_flight(struct bytes raw)
{
	struct hash hash = keccak256(raw);
	return exit_id_in_flight_of_hash(&hash);
}

struct exit_id exit_id_in_flight_of_hash(const struct hash *transaction_hash)
{
	struct exit_id id = id_of_hash(transaction_hash);
	id.bytes[0] |= IN_FLIGHT_BIT;
	return id;
}

bool exit_id_is_in_flight(const struct exit_id *id)
{
	return (id->bytes[0] & IN_FLIGHT_BIT) != 0;
}

bool exit_id_equal(const struct exit_id *a, const struct exit_id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

struct u256 exit_id_to_u256(const struct exit_id *id)
{
	return u256_from_be_bytes(id->bytes, sizeof(id->bytes));
}

bool exit_id_from_u256(struct exit_id *out, struct u256 number)
{
	if (u256_byte_len(number) > sizeof(out->bytes))
		return false;
	uint8_t word[32];
	u256_to_be(word, number);
	memcpy(out->bytes, word + sizeof(word) - sizeof(out->bytes),
	       sizeof(out->bytes));
	return true;
}

struct hash exit_queue_key(uint8_t vault_id, const struct token *token)
{
	struct keccak256 keccak;
	keccak256_init(&keccak);
	add_number(&keccak, u256_of(vault_id));
	keccak256_add(&keccak, bytes_view(token->address.bytes,
					  sizeof(token->address.bytes)));
	return keccak256_finish(&keccak);
}

struct hash sender_data(const struct address *caller)
{
	return keccak256(bytes_view(caller->bytes, sizeof(caller->bytes)));
}
