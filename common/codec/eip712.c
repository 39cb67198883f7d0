/* SPDX-License-Identifier: MIT */
#include "common/codec/eip712.h"

#include <assert.h>

#include "common/codec/keccak256.h"

static const char domain_type[] =
	"EIP712Domain(string name,string version,address verifyingContract,"
	"bytes32 salt)";

static const struct hash domain_salt = {
	{ 0xfa, 0xd5, 0xc7, 0xf6, 0x26, 0xd8, 0x0f, 0x92, 0x56, 0xef, 0x01,
	  0x92, 0x9f, 0x3b, 0xeb, 0x96, 0xe0, 0x58, 0xb8, 0xb4, 0xb0, 0xe3,
	  0xfe, 0x52, 0xd8, 0x4f, 0x05, 0x4c, 0x0e, 0x2a, 0x7a, 0x83 }
};

static void put_hash_of_text(struct writer *out, const char *text)
{
	struct hash hash = keccak256(bytes_of_string(text));

	eip712_put_hash(out, &hash);
}

struct hash eip712_domain_separator(const struct address *framework)
{
	uint8_t buffer[5 * sizeof(struct hash)];
	struct writer writer = writer_of(buffer, sizeof(buffer));

	put_hash_of_text(&writer, domain_type);
	put_hash_of_text(&writer, "OMG Network");
	put_hash_of_text(&writer, "2");
	eip712_put_address(&writer, framework);
	eip712_put_hash(&writer, &domain_salt);
	assert(writer_ok(&writer));
	return keccak256(writer_view(&writer));
}

void eip712_put_digest(struct writer *out, const struct hash *domain,
		       const struct hash *struct_hash)
{
	writer_put(out, bytes_view("\x19\x01", 2));
	eip712_put_hash(out, domain);
	eip712_put_hash(out, struct_hash);
}

void eip712_put_hash(struct writer *out, const struct hash *hash)
{
	writer_put(out, bytes_view(hash->bytes, sizeof(hash->bytes)));
}

void eip712_put_u64(struct writer *out, uint64_t number)
{
	writer_put_zeros(out, 24);
	writer_put_number(out, number, 8);
}

void eip712_put_u256(struct writer *out, struct u256 number)
{
	struct hash word;

	u256_to_be(word.bytes, number);
	eip712_put_hash(out, &word);
}

void eip712_put_address(struct writer *out, const struct address *address)
{
	writer_put_zeros(out, 12);
	writer_put(out, bytes_view(address->bytes, sizeof(address->bytes)));
}

void eip712_put_bytes20(struct writer *out, const struct address *address)
{
	writer_put(out, bytes_view(address->bytes, sizeof(address->bytes)));
	writer_put_zeros(out, 12);
}
