/* SPDX-License-Identifier: MIT */
#include "tests/unit/operator/payments.h"

#include <check.h>
#include <string.h>

#include "common/chain/transaction_codec.h"

struct address account_of(uint8_t byte)
{
	struct address address;

	memset(address.bytes, byte, sizeof(address.bytes));
	return address;
}

struct output output_of(uint8_t owner, uint64_t units)
{
	return (struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT, account_of(owner),
				TOKEN_ETH, amount_of(units) };
}

struct position position_at(uint64_t blknum, uint32_t txindex, uint32_t oindex)
{
	struct position position;

	ck_assert(position_make(&position, blknum, txindex, oindex));
	return position;
}

/* A list header for `len` bytes, in front of which the list began. */
static void put_header(struct writer *out, size_t len)
{
	if (len < 56) {
		writer_put_byte(out, (uint8_t)(0xc0 + len));
	} else if (len < 256) {
		writer_put_byte(out, 0xf8);
		writer_put_number(out, len, 1);
	} else {
		writer_put_byte(out, 0xf9);
		writer_put_number(out, len, 2);
	}
}

void make_payment_of(struct made_payment *out, const struct position *inputs,
		     size_t input_count, uint8_t signer,
		     const struct output *outputs, size_t count)
{
	struct transaction transaction = {
		.type = PROTOCOL_TX_TYPE_PAYMENT,
		.input_count = (uint8_t)input_count,
		.output_count = (uint8_t)count,
	};
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	uint8_t signatures[5 * 67];
	struct writer raw_writer = writer_of(raw, sizeof(raw));
	struct writer list = writer_of(signatures, sizeof(signatures));
	struct writer all =
		writer_of(out->signed_form, sizeof(out->signed_form));

	memcpy(transaction.inputs, inputs, input_count * sizeof(*inputs));
	memcpy(transaction.outputs, outputs, count * sizeof(*outputs));
	transaction_encode(&raw_writer, &transaction);
	for (size_t i = 0; i < input_count; i++) {
		uint8_t signature[65];

		memset(signature, 1, sizeof(signature));
		signature[64] = 27;
		writer_put_byte(&list, 0xb8);
		writer_put_byte(&list, 65);
		writer_put(&list, bytes_view(signature, sizeof(signature)));
	}
	size_t head = raw[0] == 0xf9 ? 3 : raw[0] == 0xf8 ? 2 : 1;
	size_t list_head = list.len < 256 ? 2 : 3;
	put_header(&all, list_head + list.len + raw_writer.len - head);
	put_header(&all, list.len);
	writer_put(&all, writer_view(&list));
	writer_put(&all, bytes_view(raw + head, raw_writer.len - head));

	struct refusal refusal =
		candidate_read(&out->candidate, writer_view(&all));
	ck_assert_msg(refusal_is_none(refusal), "%s", refusal_code(refusal));
	for (size_t i = 0; i < input_count; i++)
		out->candidate.signers[i] = account_of(signer);
}

void make_payment(struct made_payment *out, struct position input,
		  uint8_t signer, const struct output *outputs, size_t count)
{
	make_payment_of(out, &input, 1, signer, outputs, count);
}
