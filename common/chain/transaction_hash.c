/* SPDX-License-Identifier: MIT */
#include "common/chain/transaction_hash.h"

#include "common/codec/eip712.h"
#include "common/codec/keccak256.h"

/* The types as they are spelt in protocol.md 3, and hashed. */
#define INPUT_TYPE "Input(uint256 blknum,uint256 txindex,uint256 oindex)"
#define OUTPUT_TYPE                                                            \
	"Output(uint256 outputType,bytes20 outputGuard,address currency,"      \
	"uint256 amount)"
#define TRANSACTION_TYPE                                                       \
	"Transaction(uint256 txType,Input[] inputs,Output[] outputs,"          \
	"uint256 txData,bytes32 metadata)" INPUT_TYPE OUTPUT_TYPE

struct hash transaction_hash(struct bytes raw)
{
	return keccak256(raw);
}

/* Begins the hash of a struct: first comes the hash of its type. */
static void begin_struct(struct keccak256 *keccak, const char *type)
{
	struct hash hash = keccak256(bytes_of_string(type));
	keccak256_init(keccak);
	eip712_add_hash(keccak, &hash);
}

static struct hash input_hash(struct position position)
{
	struct keccak256 keccak;
	begin_struct(&keccak, INPUT_TYPE);
	eip712_add_u64(&keccak, position_blknum(position));
	eip712_add_u64(&keccak, position_txindex(position));
	eip712_add_u64(&keccak, position_oindex(position));
	return keccak256_finish(&keccak);
}

static struct hash output_hash(const struct output *output)
{
	struct keccak256 keccak;
	begin_struct(&keccak, OUTPUT_TYPE);
	eip712_add_u64(&keccak, output->type);
	eip712_add_bytes20(&keccak, &output->owner);
	eip712_add_address(&keccak, &output->token.address);
	eip712_add_u256(&keccak, amount_to_u256(output->amount));
	return keccak256_finish(&keccak);
}

struct hash transaction_struct_hash(const struct transaction *transaction)
{
	struct keccak256 inputs;
	keccak256_init(&inputs);
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct hash hash = input_hash(transaction->inputs[i]);
		eip712_add_hash(&inputs, &hash);
	}
	struct keccak256 outputs;
	keccak256_init(&outputs);
	for (size_t i = 0; i < transaction->output_count; i++) {
		struct hash hash = output_hash(&transaction->outputs[i]);
		eip712_add_hash(&outputs, &hash);
	}
	struct hash inputs_hash = keccak256_finish(&inputs);
	struct hash outputs_hash = keccak256_finish(&outputs);

	struct keccak256 keccak;
	begin_struct(&keccak, TRANSACTION_TYPE);
	eip712_add_u64(&keccak, transaction->type);
	eip712_add_hash(&keccak, &inputs_hash);
	eip712_add_hash(&keccak, &outputs_hash);
	eip712_add_u64(&keccak, 0); /* txData */
	eip712_add_hash(&keccak, &transaction->metadata);
	return keccak256_finish(&keccak);
}

struct hash transaction_digest(const struct hash *domain,
			       const struct transaction *transaction)
{
	struct hash struct_hash = transaction_struct_hash(transaction);
	return eip712_digest(domain, &struct_hash);
}
