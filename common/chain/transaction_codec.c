/* SPDX-License-Identifier: MIT */
#include "common/chain/transaction_codec.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "common/chain/protocol.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"

#define INPUT_LEN ((size_t)33) /* a string of 32 bytes */

enum verdict transaction_frame_read(struct transaction_frame *out,
				    struct bytes signed_form)
{
	struct rlp_item whole;
	if (!rlp_item_read(&whole, signed_form) || !whole.is_list)
		return VERDICT_TX_FRAMING;
	struct rlp_reader reader = rlp_reader_into(&whole);
	struct rlp_item signatures = rlp_reader_next(&reader);
	if (!rlp_reader_ok(&reader) || !signatures.is_list)
		return VERDICT_TX_FRAMING;
	out->signatures = signatures.payload;
	out->fields = bytes_view(reader.cursor.at, reader.cursor.left);
	return VERDICT_VALID;
}

size_t transaction_frame_raw_len(const struct transaction_frame *frame)
{
	return rlp_list_len(frame->fields.len);
}

void transaction_frame_write_raw(struct writer *out,
				 const struct transaction_frame *frame)
{
	rlp_put_list_header(out, frame->fields.len);
	writer_put(out, frame->fields);
}

/* The five fields of a raw form. */
struct fields {
	uint64_t type;
	struct rlp_item inputs;
	struct rlp_item outputs;
	struct rlp_item tx_data;
	struct rlp_item metadata;
};

/* Rule 12. A type that does not fit 64 bits is a canonical scalar all the same;
 * it becomes one that is not allowed. */
static bool read_fields(struct fields *out, struct bytes raw)
{
	struct rlp_item whole;
	if (!rlp_item_read(&whole, raw) || !rlp_item_is_canonical(&whole))
		return false;
	struct rlp_reader reader = rlp_reader_into(&whole);
	struct rlp_item type = rlp_reader_next(&reader);
	out->inputs = rlp_reader_next(&reader);
	out->outputs = rlp_reader_next(&reader);
	out->tx_data = rlp_reader_next(&reader);
	out->metadata = rlp_reader_next(&reader);
	struct u256 number;
	if (!rlp_reader_finished(&reader) || !out->inputs.is_list ||
	    !out->outputs.is_list || !rlp_item_to_u256(&number, &type))
		return false;
	if (!u256_to_u64(&out->type, number))
		out->type = UINT64_MAX;
	return true;
}

/* Rules 18-20. */
static enum verdict read_input(struct position *out,
			       const struct rlp_item *item)
{
	struct hash word;
	if (!rlp_item_to_hash(&word, item))
		return VERDICT_INPUT_NOT_32_BYTES;
	if (hash_is_zero(&word))
		return VERDICT_INPUT_ZERO;
	if (!position_from_u256(out, u256_from_be(word.bytes)))
		return VERDICT_INPUT_POSITION_INVALID;
	return VERDICT_VALID;
}

/* Rules 18-21; the list has at most PROTOCOL_MAX_INPUTS items. */
static enum verdict read_inputs(struct transaction *out,
				const struct rlp_item *list)
{
	struct rlp_reader reader = rlp_reader_into(list);
	out->input_count = 0;
	while (rlp_reader_has_more(&reader)) {
		struct rlp_item item = rlp_reader_next(&reader);
		enum verdict verdict =
			read_input(&out->inputs[out->input_count], &item);
		if (verdict != VERDICT_VALID)
			return verdict;
		out->input_count++;
	}
	for (size_t i = 1; i < out->input_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (position_equal(out->inputs[i], out->inputs[j]))
				return VERDICT_DUPLICATE_INPUT;
		}
	}
	return VERDICT_VALID;
}

/* Rules 24-27: [type, [owner, token, amount]]. */
static enum verdict read_output(struct output *out, uint8_t wanted_type,
				const struct rlp_item *item)
{
	struct rlp_reader outer = rlp_reader_into(item);
	struct rlp_item type_item = rlp_reader_next(&outer);
	struct rlp_item data = rlp_reader_next(&outer);
	struct rlp_reader inner = rlp_reader_into(&data);
	struct rlp_item owner = rlp_reader_next(&inner);
	struct rlp_item token = rlp_reader_next(&inner);
	struct rlp_item amount_item = rlp_reader_next(&inner);
	struct u256 type;
	struct u256 amount;
	if (!rlp_reader_finished(&outer) || !rlp_reader_finished(&inner) ||
	    !rlp_item_to_u256(&type, &type_item) ||
	    !rlp_item_to_address(&out->owner, &owner) ||
	    !rlp_item_to_address(&out->token.address, &token) ||
	    !rlp_item_to_u256(&amount, &amount_item))
		return VERDICT_OUTPUT_MALFORMED;
	if (!u256_equal(type, u256_of(wanted_type)))
		return VERDICT_OUTPUT_TYPE_NOT_ALLOWED;
	if (address_is_zero(&out->owner))
		return VERDICT_OUTPUT_OWNER_ZERO;
	if (u256_is_zero(amount))
		return VERDICT_OUTPUT_AMOUNT_ZERO;
	out->type = wanted_type;
	out->amount = amount_from_u256(amount);
	return VERDICT_VALID;
}

/* The list has at most PROTOCOL_MAX_OUTPUTS items. */
static enum verdict read_outputs(struct transaction *out,
				 const struct rlp_item *list)
{
	uint8_t type = out->type == PROTOCOL_TX_TYPE_FEE
			       ? PROTOCOL_OUTPUT_TYPE_FEE
			       : PROTOCOL_OUTPUT_TYPE_PAYMENT;
	struct rlp_reader reader = rlp_reader_into(list);
	out->output_count = 0;
	while (rlp_reader_has_more(&reader)) {
		struct rlp_item item = rlp_reader_next(&reader);
		enum verdict verdict = read_output(
			&out->outputs[out->output_count], type, &item);
		if (verdict != VERDICT_VALID)
			return verdict;
		out->output_count++;
	}
	return VERDICT_VALID;
}

/* Rules 28-30. */
static enum verdict read_tail(struct transaction *out,
			      const struct fields *fields)
{
	out->fee_nonce = (struct hash){ { 0 } };
	if (out->type == PROTOCOL_TX_TYPE_FEE) {
		if (!rlp_item_to_hash(&out->fee_nonce, &fields->tx_data))
			return VERDICT_FEE_NONCE_MALFORMED;
	} else if (fields->tx_data.is_list || fields->tx_data.payload.len > 0) {
		return VERDICT_TX_DATA_NOT_ZERO;
	}
	if (!rlp_item_to_hash(&out->metadata, &fields->metadata))
		return VERDICT_METADATA_MALFORMED;
	return VERDICT_VALID;
}

/* Rules 14-17: how many inputs there may be, and how many outputs a fee has. */
static enum verdict judge_counts(const struct transaction *transaction,
				 size_t inputs, size_t outputs)
{
	if (transaction->type == PROTOCOL_TX_TYPE_FEE) {
		if (inputs != 0)
			return VERDICT_FEE_HAS_INPUTS;
		return outputs == 1 ? VERDICT_VALID : VERDICT_FEE_OUTPUT_COUNT;
	}
	if (inputs == 0)
		return VERDICT_PAYMENT_WITHOUT_INPUTS;
	if (inputs > PROTOCOL_MAX_INPUTS)
		return VERDICT_TOO_MANY_INPUTS;
	return VERDICT_VALID;
}

/* Rules 22-30. */
static enum verdict decode_rest(struct transaction *out,
				const struct fields *fields,
				size_t most_outputs)
{
	size_t outputs = rlp_reader_count(rlp_reader_into(&fields->outputs));
	if (outputs == 0)
		return VERDICT_NO_OUTPUTS;
	if (outputs > most_outputs)
		return VERDICT_TOO_MANY_OUTPUTS;
	enum verdict verdict = read_outputs(out, &fields->outputs);
	return verdict == VERDICT_VALID ? read_tail(out, fields) : verdict;
}

enum verdict transaction_decode(struct transaction *out, struct bytes raw)
{
	struct fields fields;
	if (raw.len > PROTOCOL_MAX_RAW_SIZE)
		return VERDICT_TX_TOO_LONG;
	if (!read_fields(&fields, raw))
		return VERDICT_TX_MALFORMED_RLP;
	if (fields.type != PROTOCOL_TX_TYPE_PAYMENT &&
	    fields.type != PROTOCOL_TX_TYPE_FEE)
		return VERDICT_TX_TYPE_NOT_ALLOWED;
	out->type = (uint8_t)fields.type;
	enum verdict verdict = judge_counts(
		out, rlp_reader_count(rlp_reader_into(&fields.inputs)),
		rlp_reader_count(rlp_reader_into(&fields.outputs)));
	if (verdict == VERDICT_VALID)
		verdict = read_inputs(out, &fields.inputs);
	if (verdict != VERDICT_VALID)
		return verdict;
	return decode_rest(out, &fields, PROTOCOL_MAX_OUTPUTS);
}

enum verdict transaction_decode_deposit(struct transaction *out,
					struct bytes raw)
{
	struct fields fields;
	if (raw.len > PROTOCOL_MAX_RAW_SIZE)
		return VERDICT_TX_TOO_LONG;
	if (!read_fields(&fields, raw))
		return VERDICT_TX_MALFORMED_RLP;
	if (fields.type != PROTOCOL_TX_TYPE_PAYMENT)
		return VERDICT_TX_TYPE_NOT_ALLOWED;
	if (fields.inputs.payload.len > 0)
		return VERDICT_TOO_MANY_INPUTS;
	out->type = PROTOCOL_TX_TYPE_PAYMENT;
	out->input_count = 0;
	return decode_rest(out, &fields, 1);
}

/* Rules 35-37. */
static enum verdict read_signature(struct signature *out,
				   const struct rlp_item *item)
{
	if (item->is_list || item->payload.len != SIGNATURE_SIZE)
		return VERDICT_SIGNATURE_BAD_LENGTH;
	memcpy(out->bytes, item->payload.data, SIGNATURE_SIZE);
	if (!signature_has_valid_v(out))
		return VERDICT_SIGNATURE_BAD_V;
	if (signature_has_high_s(out))
		return VERDICT_SIGNATURE_HIGH_S;
	return VERDICT_VALID;
}

enum verdict
transaction_read_signatures(struct signature out[PROTOCOL_MAX_INPUTS],
			    const struct transaction *transaction,
			    struct bytes signatures)
{
	if (transaction->type == PROTOCOL_TX_TYPE_FEE)
		return signatures.len == 0 ? VERDICT_VALID
					   : VERDICT_FEE_HAS_SIGNATURES;
	/* Bytes that are no item count as none, so the number is wrong. */
	struct rlp_reader reader = rlp_reader_of(signatures);
	if (rlp_reader_count(reader) != transaction->input_count)
		return VERDICT_SIGNATURE_COUNT_MISMATCH;
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct rlp_item item = rlp_reader_next(&reader);
		enum verdict verdict = read_signature(&out[i], &item);
		if (verdict != VERDICT_VALID)
			return verdict;
	}
	return rlp_reader_finished(&reader) ? VERDICT_VALID
					    : VERDICT_SIGNATURE_COUNT_MISMATCH;
}

/* Lengths of [owner, token, amount], of its payload and of the whole output. */
static size_t output_data_payload(const struct output *output)
{
	return 21 + 21 + rlp_u256_len(amount_to_u256(output->amount));
}

static size_t output_payload(const struct output *output)
{
	return rlp_u64_len(output->type) +
	       rlp_list_len(output_data_payload(output));
}

static void put_output(struct writer *out, const struct output *output)
{
	rlp_put_list_header(out, output_payload(output));
	rlp_put_u64(out, output->type);
	rlp_put_list_header(out, output_data_payload(output));
	rlp_put_string(out, bytes_view(output->owner.bytes,
				       sizeof(output->owner.bytes)));
	rlp_put_string(out, bytes_view(output->token.address.bytes,
				       sizeof(output->token.address.bytes)));
	rlp_put_u256(out, amount_to_u256(output->amount));
}

static void put_hash(struct writer *out, const struct hash *hash)
{
	rlp_put_string(out, bytes_view(hash->bytes, sizeof(hash->bytes)));
}

void transaction_encode(struct writer *out,
			const struct transaction *transaction)
{
	bool is_fee = transaction->type == PROTOCOL_TX_TYPE_FEE;
	size_t inputs = transaction->input_count * INPUT_LEN;
	size_t outputs = 0;
	for (size_t i = 0; i < transaction->output_count; i++)
		outputs +=
			rlp_list_len(output_payload(&transaction->outputs[i]));
	rlp_put_list_header(
		out, rlp_u64_len(transaction->type) + rlp_list_len(inputs) +
			     rlp_list_len(outputs) + (is_fee ? 33 : 1) + 33);
	rlp_put_u64(out, transaction->type);
	rlp_put_list_header(out, inputs);
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct hash word;
		u256_to_be(word.bytes,
			   position_to_u256(transaction->inputs[i]));
		put_hash(out, &word);
	}
	rlp_put_list_header(out, outputs);
	for (size_t i = 0; i < transaction->output_count; i++)
		put_output(out, &transaction->outputs[i]);
	if (is_fee)
		put_hash(out, &transaction->fee_nonce);
	else
		rlp_put_u64(out, 0);
	put_hash(out, &transaction->metadata);
}

void transaction_encode_signed(struct writer *out, struct bytes raw,
			       const struct signature *signatures, size_t count)
{
	struct rlp_item whole;
	bool is_raw = rlp_item_read(&whole, raw) && whole.is_list;
	assert(is_raw);
	/* A string of more than one byte is as long as a list. */
	size_t payload = count * rlp_list_len(SIGNATURE_SIZE);
	rlp_put_list_header(out, rlp_list_len(payload) + whole.payload.len);
	rlp_put_list_header(out, payload);
	for (size_t i = 0; i < count; i++)
		rlp_put_string(out,
			       bytes_view(signatures[i].bytes, SIGNATURE_SIZE));
	writer_put(out, whole.payload);
}
