/* SPDX-License-Identifier: MIT */
/*
 * Prints generated transactions and what the library says of each, one a line,
 * for the contracts to agree with: transaction_cases COUNT [SEED].
 *
 * A line is hexadecimal: a byte that is 1 for a payment that may exit in flight
 * and 0 for anything else, the hash, the digest, the exit id, the id of the
 * last output (168 bits are 21 bytes), a signature, a byte that is 1 if the
 * owner's key made it, 0 if not and 2 if there is none, the owner, and the raw
 * bytes. What is refused has zeros in the middle.
 */

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/writer.h"
#include "common/chain/exit_id.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/keys/signature.h"

enum sizes {
	RAW_MAX = 800,
	SIGNED_EVERY = 8,
};

enum signature_says { SAYS_NO, SAYS_YES, SAYS_NOTHING };

/* The verifying contract that both sides sign for. */
static const struct address framework = {
	{ 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1,
	  0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1 }
};

static const struct secret owner_key = { { [31] = 7 } };

static uint64_t random_state;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t random_below(uint64_t bound)
{
	return random_next() % bound;
}

static void random_fill(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)random_next();
}

static struct amount random_amount(void)
{
	uint8_t bytes[32] = { 0 };
	size_t len = 1 + random_below(sizeof(bytes));
	random_fill(bytes + sizeof(bytes) - len, len);
	if (random_below(20) == 0)
		memset(bytes, random_below(2) ? 0xff : 0, sizeof(bytes));
	return amount_from_be(bytes);
}

static struct position random_position(void)
{
	static const uint64_t edges[] = { 0, 1, 999, 1000,
					  PROTOCOL_MAX_BLOCK_NUMBER };
	uint64_t blknum = random_below(3) == 0
				  ? edges[random_below(5)]
				  : random_below(PROTOCOL_MAX_BLOCK_NUMBER);
	struct position position;
	bool made =
		position_make(&position, blknum, (uint32_t)random_below(65536),
			      (uint32_t)random_below(5));
	assert(made);
	(void)made;
	return position;
}

static struct transaction random_payment(void)
{
	struct transaction t;
	memset(&t, 0, sizeof(t));
	t.type = PROTOCOL_TX_TYPE_PAYMENT;
	t.input_count = (uint8_t)(1 + random_below(PROTOCOL_MAX_INPUTS));
	t.output_count = (uint8_t)(1 + random_below(PROTOCOL_MAX_OUTPUTS));
	for (int i = 0; i < t.input_count; i++) {
		t.inputs[i] = random_position();
		if (i > 0 && random_below(40) == 0)
			t.inputs[i] = t.inputs[random_below((uint64_t)i)];
	}
	for (int i = 0; i < t.output_count; i++) {
		struct output *output = &t.outputs[i];
		output->type = random_below(40) == 0
				       ? (uint8_t)random_below(9)
				       : PROTOCOL_OUTPUT_TYPE_PAYMENT;
		if (random_below(60) != 0)
			random_fill(output->owner.bytes, 20);
		if (random_below(2) == 0)
			random_fill(output->token.address.bytes, 20);
		output->amount = random_amount();
	}
	random_fill(t.metadata.bytes, sizeof(t.metadata.bytes));
	return t;
}

/* Changes, inserts or removes bytes; most changes break something. */
static size_t mutate(uint8_t *raw, size_t len)
{
	static const uint8_t telling[] = { 0x00, 0x01, 0x02, 0x03, 0x7f,
					   0x80, 0x81, 0x94, 0xa0, 0xb7,
					   0xb8, 0xc0, 0xf7, 0xf8, 0xf9 };
	size_t at = random_below(3) == 0 ? random_below(len < 12 ? len : 12)
					 : random_below(len);
	uint8_t byte = random_below(2) ? telling[random_below(sizeof(telling))]
				       : (uint8_t)random_next();
	switch (random_below(4)) {
	case 0:
		raw[at] = byte;
		return len;
	case 1:
		raw[at] = (uint8_t)(raw[at] + (random_below(2) ? 1 : 255));
		return len;
	case 2:
		memmove(raw + at + 1, raw + at, len - at);
		raw[at] = byte;
		return len + 1;
	default:
		memmove(raw + at, raw + at + 1, len - at - 1);
		return len - 1;
	}
}

static void put_hash(struct writer *line, struct hash hash)
{
	writer_put(line, bytes_view(hash.bytes, sizeof(hash.bytes)));
}

static void put_signature(struct writer *line, const struct hash *digest)
{
	struct signature signature = signature_make(&owner_key, digest);
	struct address owner = secret_address(&owner_key);
	if (random_below(2)) {
		size_t at = random_below(3) ? 64 : random_below(65);
		signature.bytes[at] =
			(uint8_t)(signature.bytes[at] ^ (1 << random_below(8)));
	} else if (random_below(3) == 0) {
		signature = signature_mirror(&signature);
	}
	struct address signer;
	bool good = signature_has_valid_v(&signature) &&
		    !signature_has_high_s(&signature) &&
		    signature_recover(&signer, &signature, digest) &&
		    address_equal(&signer, &owner);
	writer_put(line, bytes_view(signature.bytes, sizeof(signature.bytes)));
	writer_put_byte(line, good ? SAYS_YES : SAYS_NO);
	writer_put(line, bytes_view(owner.bytes, sizeof(owner.bytes)));
}

static void put_accepted(struct writer *line, const struct transaction *t,
			 struct bytes raw, bool with_signature)
{
	struct hash domain = eip712_domain_separator(&framework);
	struct hash digest = transaction_digest(&domain, t);
	struct exit_id id = exit_id_in_flight(raw);
	writer_put_byte(line, 1);
	put_hash(line, transaction_hash(raw));
	put_hash(line, digest);
	writer_put(line, bytes_view(id.bytes, sizeof(id.bytes)));
	put_hash(line, output_id_in_flight(raw, t->output_count - 1U));
	if (with_signature) {
		put_signature(line, &digest);
	} else {
		writer_put_zeros(line, SIGNATURE_SIZE);
		writer_put_byte(line, SAYS_NOTHING);
		writer_put_zeros(line, 20);
	}
}

static void put_refused(struct writer *line)
{
	writer_put_zeros(line, 1 + 32 + 32 + 21 + 32 + SIGNATURE_SIZE);
	writer_put_byte(line, SAYS_NOTHING);
	writer_put_zeros(line, 20);
}

static void print_case(uint64_t number)
{
	uint8_t raw[RAW_MAX], buffer[2 * RAW_MAX];
	struct transaction t = random_payment();
	struct writer writer = writer_of(raw, sizeof(raw));
	transaction_encode(&writer, &t);
	assert(writer_ok(&writer));
	size_t len = writer.len;
	for (uint64_t times = random_below(4); times > 1; times--)
		len = mutate(raw, len);

	struct bytes view = bytes_view(raw, len);
	struct writer line = writer_of(buffer, sizeof(buffer));
	if (transaction_decode(&t, view) == VERDICT_VALID &&
	    t.type == PROTOCOL_TX_TYPE_PAYMENT)
		put_accepted(&line, &t, view, number % SIGNED_EVERY == 0);
	else
		put_refused(&line);
	writer_put(&line, view);
	assert(writer_ok(&line));
	for (size_t i = 0; i < line.len; i++)
		printf("%02x", buffer[i]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	random_state = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	random_state += UINT64_C(0x9e3779b97f4a7c15);
	for (uint64_t i = 0; i < count; i++)
		print_case(i);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
