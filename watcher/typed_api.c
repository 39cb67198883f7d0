/* SPDX-License-Identifier: MIT */
#include "watcher/typed_api.h"

#include <string.h>

#include "common/keys/address.h"
#include "common/service/omg_answer.h"
#include "common/service/strict_json.h"
#include "common/service/wide_json.h"

typedef unsigned long long number;

#define FIELD(name, type) "{\"name\":\"" name "\",\"type\":\"" type "\"}"

static const char types[] = "{\"types\":{\"EIP712Domain\":[" FIELD(
	"name",
	"string") "," FIELD("version", "string") "," FIELD("verifyingContract",
							   "address") "," FIELD("salt",
										"b"
										"y"
										"t"
										"e"
										"s"
										"3"
										"2") "],\"Transaction\":[" FIELD("txType",
														 "uint256") "," FIELD("inputs", "Input[]") "," FIELD("outputs",
																				     "Output[]") "," FIELD("txData", "uint256") "," FIELD("metadata", "bytes32") "],\"Input\":[" FIELD("blknum", "uint256") "," FIELD("txindex", "uint256") "," FIELD("oindex",
																																								      "uint256") "],\"Output\":[" FIELD("outputType",
																																													"uint256") "," FIELD("outputGuard",
																																															     "bytes20") "," FIELD("currency", "address") "," FIELD("amount", "uint256") "]},\"primaryType\":\"Transaction\",\"domain\":{"
																																																									"\"name\":\"OMG Network\",\"version\":\"2\",\"verifyingContract\":";

static const char salt[] =
	",\"salt\":\"0xfad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c"
	"0e2a7a83\"},\"message\":{\"txType\":";

static void put(struct growing_buffer *out, const char *text)
{
	(void)growing_buffer_put(out, bytes_of_string(text));
}

static void put_inputs(struct growing_buffer *out,
		       const struct transaction *transaction)
{
	put(out, ",\"inputs\":[");
	for (unsigned int i = 0; i < transaction->input_count; i++)
		(void)growing_buffer_format(
			out, "%s{\"blknum\":%llu,\"txindex\":%u,\"oindex\":%u}",
			i == 0 ? "" : ",",
			(number)position_blknum(transaction->inputs[i]),
			position_txindex(transaction->inputs[i]),
			position_oindex(transaction->inputs[i]));
	put(out, "]");
}

static void put_outputs(struct growing_buffer *out,
			const struct transaction *transaction)
{
	put(out, ",\"outputs\":[");
	for (unsigned int i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];

		(void)growing_buffer_format(
			out, "%s{\"outputType\":%u,\"outputGuard\":",
			i == 0 ? "" : ",", output->type);
		omg_answer_put_hex(out, bytes_view(output->owner.bytes, 20));
		put(out, ",\"currency\":");
		omg_answer_put_hex(out,
				   bytes_view(output->token.address.bytes, 20));
		put(out, ",\"amount\":");
		omg_answer_put_u256(out, amount_to_u256(output->amount));
		put(out, "}");
	}
	put(out, "]");
}

void typed_api_put(struct growing_buffer *out, const struct address *framework,
		   const struct transaction *transaction)
{
	put(out, types);
	omg_answer_put_hex(out, bytes_view(framework->bytes, 20));
	put(out, salt);
	(void)growing_buffer_format(out, "%u", transaction->type);
	put_inputs(out, transaction);
	put_outputs(out, transaction);
	put(out, ",\"txData\":0,\"metadata\":");
	omg_answer_put_hex(out, bytes_view(transaction->metadata.bytes, 32));
	put(out, "}}");
}

/* ---- reading ---- */

static bool read_number(const json_t *object, const char *key, uint64_t *out,
			uint64_t most)
{
	struct error error;

	return wide_json_u64(out, object, key, &error) && *out <= most;
}

static bool read_account(const json_t *object, const char *key,
			 struct address *out)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL && address_parse(out, text, strlen(text));
}

/* Clients of an older form fill up with inputs of block 0. */
static bool read_inputs(struct transaction *transaction, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *input = json_array_get(list, i);
		uint64_t blknum;
		uint64_t txindex;
		uint64_t oindex;

		if (!read_number(input, "blknum", &blknum,
				 PROTOCOL_MAX_BLOCK_NUMBER) ||
		    !read_number(input, "txindex", &txindex,
				 PROTOCOL_MAX_TX_INDEX) ||
		    !read_number(input, "oindex", &oindex,
				 PROTOCOL_MAX_OUTPUT_INDEX))
			return false;
		if (blknum == 0)
			continue;
		if (transaction->input_count == PROTOCOL_MAX_INPUTS ||
		    !position_make(
			    &transaction->inputs[transaction->input_count],
			    blknum, (uint32_t)txindex, (uint32_t)oindex))
			return false;
		transaction->input_count++;
	}
	return transaction->input_count > 0;
}

static bool read_output(struct output *output, const json_t *object)
{
	struct u256 amount;
	struct error error;
	uint64_t type;

	if (!read_number(object, "outputType", &type,
			 PROTOCOL_OUTPUT_TYPE_FEE) ||
	    !read_account(object, "outputGuard", &output->owner) ||
	    !read_account(object, "currency", &output->token.address) ||
	    !wide_json_u256(&amount, object, "amount", &error))
		return false;
	output->type = (uint8_t)type;
	output->amount = amount_from_u256(amount);
	return true;
}

/* The same with outputs of nothing. */
static bool read_outputs(struct transaction *transaction, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct output output;

		if (!read_output(&output, json_array_get(list, i)))
			return false;
		if (amount_is_zero(output.amount))
			continue;
		if (transaction->output_count == PROTOCOL_MAX_OUTPUTS)
			return false;
		transaction->outputs[transaction->output_count++] = output;
	}
	return transaction->output_count > 0;
}

static bool read_signatures(struct signature *signatures, size_t *count,
			    const json_t *list)
{
	*count = json_array_size(list);
	if (*count == 0 || *count > PROTOCOL_MAX_INPUTS)
		return false;
	for (size_t i = 0; i < *count; i++) {
		struct growing_buffer bytes;
		struct error error;

		growing_buffer_init(&bytes, SIGNATURE_SIZE);
		bool ok = strict_json_data(&bytes, json_array_get(list, i),
					   &error) &&
			  bytes.len == SIGNATURE_SIZE;
		if (ok)
			memcpy(signatures[i].bytes, bytes.data, SIGNATURE_SIZE);
		growing_buffer_clear(&bytes);
		if (!ok)
			return false;
	}
	return true;
}

bool typed_api_read(struct call *call, struct transaction *transaction,
		    struct signature signatures[PROTOCOL_MAX_INPUTS],
		    size_t *count)
{
	const json_t *message = json_object_get(call->parameters, "message");
	struct error error;

	memset(transaction, 0, sizeof(*transaction));
	transaction->type = PROTOCOL_TX_TYPE_PAYMENT;
	if (!read_inputs(transaction, json_object_get(message, "inputs")) ||
	    !read_outputs(transaction, json_object_get(message, "outputs")) ||
	    !strict_json_bytes(transaction->metadata.bytes, 32, message,
			       "metadata", &error))
		return call_refuse(call, "operation:bad_request",
				   "message: no payment as it is signed");
	return read_signatures(
		       signatures, count,
		       json_object_get(call->parameters, "signatures")) ||
	       call_refuse(call, "operation:bad_request",
			   "signatures: one to five of 65 bytes are needed");
}
