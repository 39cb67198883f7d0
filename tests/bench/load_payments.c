/* SPDX-License-Identifier: MIT */
#include "tests/bench/load_payments.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/codec/keccak256.h"
#include "common/keys/signer.h"

#define FEE 1
#define MAX_THREADS 64

void load_payments_init(struct load_payments *load, uint64_t seed,
			const struct address *framework, uint64_t first_blknum,
			uint64_t block_payments)
{
	uint8_t bytes[8];

	memset(load, 0, sizeof(*load));
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(seed >> (56 - 8 * i));
	struct hash key = keccak256(bytes_view(bytes, sizeof(bytes)));
	memcpy(load->secret.bytes, key.bytes, sizeof(load->secret.bytes));
	load->owner = signer_of_secret(&load->secret).address;
	load->domain = eip712_domain_separator(framework);
	load->first_blknum = first_blknum;
	load->block_payments = block_payments;
}

void load_payments_clear(struct load_payments *load)
{
	memory_free(load->coins);
	load->coins = NULL;
}

void load_payments_add(struct load_payments *load, struct position position,
		       uint64_t amount)
{
	if ((load->coin_count & (load->coin_count + 1)) == 0)
		load->coins =
			memory_resize(load->coins, 2 * load->coin_count + 2,
				      sizeof(*load->coins));
	load->coins[load->coin_count++] =
		(struct load_coin){ position, amount };
}

void load_bytes_clear(struct load_bytes *bytes)
{
	growing_buffer_clear(&bytes->bytes);
	memory_free(bytes->starts);
	bytes->starts = NULL;
}

struct bytes load_bytes_at(const struct load_bytes *bytes, size_t index)
{
	return bytes_view(bytes->bytes.data + bytes->starts[index],
			  bytes->starts[index + 1] - bytes->starts[index]);
}

/* Appends the payment of a coin to `count` parts; the amounts of the parts. */
static size_t make_payment(const struct load_payments *load, uint8_t *out,
			   uint64_t *parts, const struct load_coin *coin,
			   size_t count)
{
	struct secret secret = load->secret;
	struct signer signer = signer_of_secret(&secret);
	struct transaction transaction = {
		.type = PROTOCOL_TX_TYPE_PAYMENT,
		.input_count = 1,
		.output_count = (uint8_t)count,
	};
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	struct writer raw_writer = writer_of(raw, sizeof(raw));
	struct writer writer = writer_of(out, PROTOCOL_MAX_SIGNED_SIZE);
	struct signature signature;
	struct error error;

	assert(coin->amount > count * (FEE + 1));
	transaction.inputs[0] = coin->position;
	for (size_t i = 0; i < count; i++) {
		uint64_t left = coin->amount - FEE;

		parts[i] = left / count + (i == 0 ? left % count : 0);
		transaction.outputs[i] =
			(struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT,
					 load->owner, TOKEN_ETH,
					 amount_of(parts[i]) };
	}
	transaction_encode(&raw_writer, &transaction);
	struct hash digest = transaction_digest(&load->domain, &transaction);
	bool is_signed = signer_sign(&signature, &signer, &digest, &error);
	assert(is_signed);
	transaction_encode_signed(&writer, writer_view(&raw_writer), &signature,
				  1);
	assert(writer_ok(&writer));
	return writer.len;
}

void load_payments_split(struct load_payments *load, struct load_bytes *out,
			 size_t count)
{
	growing_buffer_init(&out->bytes, SIZE_MAX / 2);
	out->starts = memory_new(count + 1, sizeof(*out->starts));
	out->count = count;
	for (size_t i = 0; i < count; i++) {
		uint8_t bytes[PROTOCOL_MAX_SIGNED_SIZE];
		uint64_t parts[PROTOCOL_MAX_OUTPUTS];
		size_t index = load->spent_count++;

		assert(index < load->coin_count);
		size_t len =
			make_payment(load, bytes, parts, &load->coins[index],
				     PROTOCOL_MAX_OUTPUTS);
		out->starts[i] = out->bytes.len;
		(void)growing_buffer_put(&out->bytes, bytes_view(bytes, len));
		for (uint32_t j = 0; j < PROTOCOL_MAX_OUTPUTS; j++) {
			struct position position;
			bool made = position_make(
				&position,
				load->first_blknum +
					index / load->block_payments *
						PROTOCOL_BLOCK_INTERVAL,
				(uint32_t)(index % load->block_payments), j);

			assert(made);
			load_payments_add(load, position, parts[j]);
		}
	}
	out->starts[count] = out->bytes.len;
}

struct share {
	const struct load_payments *load;
	size_t first;
	size_t count;
	uint8_t *bytes; /* PROTOCOL_MAX_SIGNED_SIZE each */
	size_t *lens;
};

static void *make_share(void *context)
{
	struct share *share = context;
	uint64_t parts[PROTOCOL_MAX_OUTPUTS];

	for (size_t i = 0; i < share->count; i++)
		share->lens[i] = make_payment(
			share->load,
			share->bytes + i * PROTOCOL_MAX_SIGNED_SIZE, parts,
			&share->load->coins[share->first + i], 2);
	return NULL;
}

void load_payments_pay(const struct load_payments *load, struct load_bytes *out,
		       size_t first, size_t count)
{
	size_t threads = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t ids[MAX_THREADS];
	struct share shares[MAX_THREADS];
	uint8_t *bytes = memory_new(count, PROTOCOL_MAX_SIGNED_SIZE);
	size_t *lens = memory_new(count, sizeof(*lens));

	assert(first + count <= load->coin_count);
	threads = threads > MAX_THREADS ? MAX_THREADS : threads;
	for (size_t i = 0; i < threads; i++) {
		size_t begin = count * i / threads;

		shares[i] = (struct share){
			load, first + begin, count * (i + 1) / threads - begin,
			bytes + begin * PROTOCOL_MAX_SIGNED_SIZE, lens + begin
		};
		int number =
			pthread_create(&ids[i], NULL, make_share, &shares[i]);
		assert(number == 0);
	}
	for (size_t i = 0; i < threads; i++)
		(void)pthread_join(ids[i], NULL); /* it was made */
	growing_buffer_init(&out->bytes, SIZE_MAX / 2);
	out->starts = memory_new(count + 1, sizeof(*out->starts));
	out->count = count;
	for (size_t i = 0; i < count; i++) {
		out->starts[i] = out->bytes.len;
		(void)growing_buffer_put(
			&out->bytes,
			bytes_view(bytes + i * PROTOCOL_MAX_SIGNED_SIZE,
				   lens[i]));
	}
	out->starts[count] = out->bytes.len;
	memory_free(bytes);
	memory_free(lens);
}
