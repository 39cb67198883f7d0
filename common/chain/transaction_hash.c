/* SPDX-License-Identifier: MIT */
#include "common/chain/transaction_hash.h"

#include <assert.h>
#include <string.h>

#include "common/codec/eip712.h"
#include "common/codec/keccak256.h"
#include "common/codec/keccak256_batch.h"

/* The hashes of the types as they are spelt in protocol.md 3:
 *
 *   Input(uint256 blknum,uint256 txindex,uint256 oindex)
 *   Output(uint256 outputType,bytes20 outputGuard,address currency,uint256
 *   amount)
 *   Transaction(uint256 txType,Input[] inputs,Output[] outputs,uint256
 *   txData,bytes32 metadata), with the other two behind it
 */
static const struct hash input_type = {
	{ 0x5f, 0x0e, 0x06, 0xe5, 0x0b, 0x51, 0x3a, 0x68, 0xa0, 0x90, 0x81,
	  0x89, 0x49, 0x17, 0x24, 0x83, 0xac, 0xfe, 0xc7, 0x69, 0xd9, 0xb7,
	  0x75, 0x6c, 0xad, 0x7c, 0x00, 0xb2, 0x6b, 0x52, 0x17, 0x8c }
};
static const struct hash output_type = {
	{ 0x9f, 0xd6, 0x42, 0xc2, 0xbb, 0xaa, 0x2f, 0x34, 0x31, 0xad, 0xd5,
	  0x5d, 0xf5, 0xd3, 0x93, 0x28, 0x07, 0x04, 0x8f, 0xb4, 0x1b, 0x6b,
	  0x07, 0xd6, 0x5c, 0x59, 0xe0, 0xf9, 0xad, 0x3a, 0x8e, 0xb7 }
};
static const struct hash transaction_type = {
	{ 0xde, 0xdc, 0x68, 0x8f, 0x03, 0x1b, 0x5e, 0x9e, 0x79, 0xfc, 0x80,
	  0x13, 0xfc, 0xd7, 0xf9, 0x52, 0xc1, 0x40, 0x65, 0xbb, 0xed, 0xe7,
	  0x3c, 0x04, 0x3b, 0x90, 0x40, 0x52, 0xba, 0x0c, 0x68, 0x8e }
};

/* Lengths of what is hashed, words of 32 bytes. */
#define WORD ((size_t)32)
#define INPUT_LEN (4 * WORD)
#define OUTPUT_LEN (5 * WORD)
#define TRANSACTION_LEN (6 * WORD)
#define DIGEST_LEN (2 + 2 * WORD)

/* Transactions that are hashed together: enough to fill all lanes. */
#define GROUP ((size_t)16)
#define MAX_PARTS (GROUP * (PROTOCOL_MAX_INPUTS + PROTOCOL_MAX_OUTPUTS))

struct hash transaction_hash(struct bytes raw)
{
	return keccak256(raw);
}

/* Messages that lie one after the other. */
struct messages {
	struct writer writer;
	struct bytes views[MAX_PARTS];
	size_t count;
};

/* What was written since the message before is one. */
static void end_message(struct messages *messages, size_t len)
{
	assert(writer_ok(&messages->writer) && messages->count < MAX_PARTS);
	messages->views[messages->count++] = bytes_view(
		messages->writer.start + messages->writer.len - len, len);
}

static void put_input(struct messages *out, struct position position)
{
	eip712_put_hash(&out->writer, &input_type);
	eip712_put_u64(&out->writer, position_blknum(position));
	eip712_put_u64(&out->writer, position_txindex(position));
	eip712_put_u64(&out->writer, position_oindex(position));
	end_message(out, INPUT_LEN);
}

static void put_output(struct messages *out, const struct output *output)
{
	eip712_put_hash(&out->writer, &output_type);
	eip712_put_u64(&out->writer, output->type);
	eip712_put_bytes20(&out->writer, &output->owner);
	eip712_put_address(&out->writer, &output->token.address);
	eip712_put_u256(&out->writer, amount_to_u256(output->amount));
	end_message(out, OUTPUT_LEN);
}

/* The hashes of all inputs, then of all outputs, transaction by transaction. */
static void hash_parts(struct hash *out,
		       const struct transaction *const *transactions,
		       size_t count)
{
	uint8_t buffer[MAX_PARTS * OUTPUT_LEN];
	struct messages messages = { writer_of(buffer, sizeof(buffer)),
				     { { 0 } },
				     0 };

	for (size_t i = 0; i < count; i++) {
		const struct transaction *transaction = transactions[i];

		for (size_t j = 0; j < transaction->input_count; j++)
			put_input(&messages, transaction->inputs[j]);
		for (size_t j = 0; j < transaction->output_count; j++)
			put_output(&messages, &transaction->outputs[j]);
	}
	keccak256_batch(out, messages.views, messages.count);
}

/* For each transaction the hash of its inputs' hashes and of its outputs'. */
static void hash_lists(struct hash *out,
		       const struct transaction *const *transactions,
		       size_t count)
{
	struct hash parts[MAX_PARTS];
	struct bytes views[2 * GROUP];
	size_t at = 0;

	hash_parts(parts, transactions, count);
	for (size_t i = 0; i < count; i++) {
		size_t inputs = transactions[i]->input_count;
		size_t outputs = transactions[i]->output_count;

		views[2 * i] = bytes_view(&parts[at], inputs * WORD);
		views[2 * i + 1] =
			bytes_view(&parts[at + inputs], outputs * WORD);
		at += inputs + outputs;
	}
	keccak256_batch(out, views, 2 * count);
}

static void hash_structs(struct hash *out,
			 const struct transaction *const *transactions,
			 size_t count)
{
	struct hash lists[2 * GROUP];
	uint8_t buffer[GROUP * TRANSACTION_LEN];
	struct messages messages = { writer_of(buffer, sizeof(buffer)),
				     { { 0 } },
				     0 };

	hash_lists(lists, transactions, count);
	for (size_t i = 0; i < count; i++) {
		eip712_put_hash(&messages.writer, &transaction_type);
		eip712_put_u64(&messages.writer, transactions[i]->type);
		eip712_put_hash(&messages.writer, &lists[2 * i]);
		eip712_put_hash(&messages.writer, &lists[2 * i + 1]);
		eip712_put_u64(&messages.writer, 0); /* txData */
		eip712_put_hash(&messages.writer, &transactions[i]->metadata);
		end_message(&messages, TRANSACTION_LEN);
	}
	keccak256_batch(out, messages.views, count);
}

struct hash transaction_struct_hash(const struct transaction *transaction)
{
	struct hash hash;

	hash_structs(&hash, &transaction, 1);
	return hash;
}

static void hash_group(struct hash *out, const struct hash *domain,
		       const struct transaction *const *transactions,
		       size_t count)
{
	struct hash structs[GROUP];
	uint8_t buffer[GROUP * DIGEST_LEN];
	struct messages messages = { writer_of(buffer, sizeof(buffer)),
				     { { 0 } },
				     0 };

	hash_structs(structs, transactions, count);
	for (size_t i = 0; i < count; i++) {
		eip712_put_digest(&messages.writer, domain, &structs[i]);
		end_message(&messages, DIGEST_LEN);
	}
	keccak256_batch(out, messages.views, count);
}

void transaction_digest_batch(struct hash *out, const struct hash *domain,
			      const struct transaction *const *transactions,
			      size_t count)
{
	while (count > 0) {
		size_t now = count < GROUP ? count : GROUP;

		hash_group(out, domain, transactions, now);
		out += now;
		transactions += now;
		count -= now;
	}
}

struct hash transaction_digest(const struct hash *domain,
			       const struct transaction *transaction)
{
	struct hash digest;

	transaction_digest_batch(&digest, domain, &transaction, 1);
	return digest;
}
