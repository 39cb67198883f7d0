/* SPDX-License-Identifier: MIT */
#include "common/codec/eip712.h"

#include <string.h>

static const char domain_type[] =
	"EIP712Domain(string name,string version,address verifyingContract,"
	"bytes32 salt)";

static const struct hash domain_salt = {
	{ 0xfa, 0xd5, 0xc7, 0xf6, 0x26, 0xd8, 0x0f, 0x92, 0x56, 0xef, 0x01,
	  0x92, 0x9f, 0x3b, 0xeb, 0x96, 0xe0, 0x58, 0xb8, 0xb4, 0xb0, 0xe3,
	  0xfe, 0x52, 0xd8, 0x4f, 0x05, 0x4c, 0x0e, 0x2a, 0x7a, 0x83 }
};

static void add_hash_of_text(struct keccak256 *keccak, const char *text)
{
	struct hash hash = keccak256(bytes_of_string(text));
	eip712_add_hash(keccak, &hash);
}

struct hash eip712_domain_separator(const struct address *framework)
{
	struct keccak256 keccak;
	keccak256_init(&keccak);
	add_hash_of_text(&keccak, domain_type);
	add_hash_of_text(&keccak, "OMG Network");
	add_hash_of_text(&keccak, "2");
	eip712_add_address(&keccak, framework);
	eip712_add_hash(&keccak, &domain_salt);
	return keccak256_finish(&keccak);
}

struct hash eip712_digest(const struct hash *domain,
			  const struct hash *struct_hash)
{
	struct keccak256 keccak;
	keccak256_init(&keccak);
	keccak256_add(&keccak, bytes_view("\x19\x01", 2));
	eip712_add_hash(&keccak, domain);
	eip712_add_hash(&keccak, struct_hash);
	return keccak256_finish(&keccak);
}

void eip712_add_hash(struct keccak256 *keccak, const struct hash *hash)
{
	keccak256_add(keccak, bytes_view(hash->bytes, sizeof(hash->bytes)));
}

void eip712_add_u64(struct keccak256 *keccak, uint64_t number)
{
	eip712_add_u256(keccak, u256_of(number));
}

void eip712_add_u256(struct keccak256 *keccak, struct u256 number)
{
	struct hash word;
	u256_to_be(word.bytes, number);
	eip712_add_hash(keccak, &word);
}

void eip712_add_address(struct keccak256 *keccak, const struct address *address)
{
	struct hash word = { { 0 } };
	memcpy(word.bytes + 12, address->bytes, sizeof(address->bytes));
	eip712_add_hash(keccak, &word);
}

void eip712_add_bytes20(struct keccak256 *keccak, const struct address *address)
{
	struct hash word = { { 0 } };
	memcpy(word.bytes, address->bytes, sizeof(address->bytes));
	eip712_add_hash(keccak, &word);
}
