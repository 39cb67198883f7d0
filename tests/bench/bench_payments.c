/* SPDX-License-Identifier: MIT */
#include "tests/bench/bench_payments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/codec/merkle_tree.h"

#define SIGNED_SIZE 1000

/* What a worker makes of a payment. */
struct job {
	const struct bench_signers *signers;
	const struct bench_payment *payment;
	uint8_t bytes[SIGNED_SIZE];
	size_t len;
	struct hash leaf;
};

struct bench_signers bench_signers_of(const struct address *framework)
{
	struct bench_signers signers;

	for (uint8_t i = 0; i < BENCH_KEYS; i++) {
		memset(signers.keys[i].bytes, i + 1, 32);
		signers.accounts[i] = secret_address(&signers.keys[i]);
	}
	signers.domain = eip712_domain_separator(framework);
	return signers;
}

struct position bench_place(uint64_t blknum, uint32_t tx, uint32_t output)
{
	struct position position;

	if (!position_make(&position, blknum, tx, output))
		exit(1);
	return position;
}

struct amount bench_amount(uint64_t units, bool is_wide)
{
	return is_wide ? amount_from_u256(
				 (struct u256){ { 0, 0, 0, units << 20 } })
		       : amount_of(units);
}

static void fill_transaction(struct transaction *out, const struct job *job)
{
	const struct bench_payment *payment = job->payment;

	*out = (struct transaction){ 0 };
	out->type = PROTOCOL_TX_TYPE_PAYMENT;
	out->input_count = (uint8_t)payment->input_count;
	memcpy(out->inputs, payment->inputs, sizeof(out->inputs));
	out->output_count = (uint8_t)payment->output_count;
	for (uint32_t i = 0; i < payment->output_count; i++)
		out->outputs[i] = (struct output){
			PROTOCOL_OUTPUT_TYPE_PAYMENT,
			job->signers->accounts[payment->owners[0]], TOKEN_ETH,
			bench_amount(payment->units[i], payment->is_wide)
		};
}

static void sign_job(struct job *job)
{
	const struct bench_payment *payment = job->payment;
	struct transaction transaction;
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	struct writer raw_writer = writer_of(raw, sizeof(raw));
	struct writer writer = writer_of(job->bytes, sizeof(job->bytes));

	fill_transaction(&transaction, job);
	transaction_encode(&raw_writer, &transaction);
	struct hash digest =
		transaction_digest(&job->signers->domain, &transaction);
	for (size_t i = 0; i < payment->input_count; i++)
		signatures[i] = signature_make(
			&job->signers->keys[payment->owners[i]], &digest);
	transaction_encode_signed(&writer, writer_view(&raw_writer), signatures,
				  payment->input_count);
	job->len = writer.len;
	job->leaf = merkle_tree_leaf(writer_view(&raw_writer));
}

static void sign_piece(void *items, size_t count)
{
	struct job *jobs = items;

	for (size_t i = 0; i < count; i++)
		sign_job(&jobs[i]);
}

static void write_body(const char *folder, const struct hash *root,
		       const struct job *jobs, size_t count, uint64_t len)
{
	uint8_t head[16];
	struct writer writer = writer_of(head, sizeof(head));
	char name[65];
	char path[400];

	hex_encode_bare(name, bytes_view(root->bytes, 32));
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	if (file == NULL)
		exit(1);
	block_body_write_header(&writer, len);
	(void)fwrite(head, 1, writer.len, file);
	for (size_t i = 0; i < count; i++)
		(void)fwrite(jobs[i].bytes, 1, jobs[i].len, file);
	if (fclose(file) != 0)
		exit(1);
}

struct hash bench_payments_write(const struct bench_payment *payments,
				 size_t count,
				 const struct bench_signers *signers,
				 struct workers *workers, const char *folder)
{
	struct job *jobs = memory_new(count, sizeof(*jobs));
	struct hash *leaves = memory_new(count, sizeof(*leaves));
	uint64_t len = 0;

	for (size_t i = 0; i < count; i++) {
		jobs[i].signers = signers;
		jobs[i].payment = &payments[i];
	}
	workers_run(workers, sign_piece, jobs, sizeof(*jobs), count, 64);
	for (size_t i = 0; i < count; i++) {
		leaves[i] = jobs[i].leaf;
		len += jobs[i].len;
	}
	struct hash root = merkle_tree_root(leaves, count);
	write_body(folder, &root, jobs, count, len);
	memory_free(leaves);
	memory_free(jobs);
	return root;
}
