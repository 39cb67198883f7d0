/* SPDX-License-Identifier: MIT */
#include "wallet/typed_data.h"

#include "common/base/hex.h"
#include "common/chain/amount.h"
#include "common/chain/position.h"

static const char types[] =
	"{\"types\":{\"EIP712Domain\":["
	"{\"name\":\"name\",\"type\":\"string\"},"
	"{\"name\":\"version\",\"type\":\"string\"},"
	"{\"name\":\"verifyingContract\",\"type\":\"address\"},"
	"{\"name\":\"salt\",\"type\":\"bytes32\"}],"
	"\"Transaction\":["
	"{\"name\":\"txType\",\"type\":\"uint256\"},"
	"{\"name\":\"inputs\",\"type\":\"Input[]\"},"
	"{\"name\":\"outputs\",\"type\":\"Output[]\"},"
	"{\"name\":\"txData\",\"type\":\"uint256\"},"
	"{\"name\":\"metadata\",\"type\":\"bytes32\"}],"
	"\"Input\":["
	"{\"name\":\"blknum\",\"type\":\"uint256\"},"
	"{\"name\":\"txindex\",\"type\":\"uint256\"},"
	"{\"name\":\"oindex\",\"type\":\"uint256\"}],"
	"\"Output\":["
	"{\"name\":\"outputType\",\"type\":\"uint256\"},"
	"{\"name\":\"outputGuard\",\"type\":\"bytes20\"},"
	"{\"name\":\"currency\",\"type\":\"address\"},"
	"{\"name\":\"amount\",\"type\":\"uint256\"}]},"
	"\"primaryType\":\"Transaction\",";

static const char salt[] =
	"0xfad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c0e2a7a83";

static void put_address(struct growing_buffer *out, const char *before,
			const struct address *address)
{
	char text[HEX_SIZE(20)];

	hex_encode(text, bytes_view(address->bytes, 20));
	(void)growing_buffer_format(out, "%s\"%s\"", before, text);
}

static void put_input(struct growing_buffer *out, struct position position)
{
	(void)growing_buffer_format(
		out,
		"{\"blknum\":\"%llu\",\"txindex\":\"%u\",\"oindex\":\"%u\"}",
		(unsigned long long)position_blknum(position),
		position_txindex(position), position_oindex(position));
}

static void put_output(struct growing_buffer *out, const struct output *output)
{
	char amount[AMOUNT_DECIMAL_SIZE];

	(void)amount_to_decimal(amount, output->amount); /* its length */
	(void)growing_buffer_format(out, "{\"outputType\":\"%u\"",
				    output->type);
	put_address(out, ",\"outputGuard\":", &output->owner);
	put_address(out, ",\"currency\":", &output->token.address);
	(void)growing_buffer_format(out, ",\"amount\":\"%s\"}", amount);
}

/* What does not fit is remembered by the buffer. */
void typed_data_write(struct growing_buffer *out,
		      const struct address *framework,
		      const struct transaction *payment)
{
	char metadata[HEX_SIZE(32)];

	hex_encode(metadata, bytes_view(payment->metadata.bytes, 32));
	(void)growing_buffer_format(
		out, "%s\"domain\":{\"name\":\"OMG Network\",\"version\":\"2\"",
		types);
	put_address(out, ",\"verifyingContract\":", framework);
	(void)growing_buffer_format(out,
				    ",\"salt\":\"%s\"},\"message\":{"
				    "\"txType\":\"1\",\"inputs\":[",
				    salt);
	for (size_t i = 0; i < payment->input_count; i++) {
		if (i > 0)
			(void)growing_buffer_put_byte(out, ',');
		put_input(out, payment->inputs[i]);
	}
	(void)growing_buffer_format(out, "],\"outputs\":[");
	for (size_t i = 0; i < payment->output_count; i++) {
		if (i > 0)
			(void)growing_buffer_put_byte(out, ',');
		put_output(out, &payment->outputs[i]);
	}
	(void)growing_buffer_format(
		out, "],\"txData\":\"0\",\"metadata\":\"%s\"}}", metadata);
}
