/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/store/signed_spend_table.h"
#include "tests/fault/workload.h"

/* The wallet's memory of what it signed: a claim, then the signature of it. */

static bool open_table(void **out, struct error *error)
{
	struct address framework = { { 7 } };

	return signed_spend_table_open((struct signed_spend_table **)out,
				       "signed.db", 31337, &framework, error);
}

static struct bytes payment_of(uint8_t buffer[PROTOCOL_MAX_RAW_SIZE],
			       unsigned int which)
{
	struct transaction payment = { .type = PROTOCOL_TX_TYPE_PAYMENT,
				       .input_count = 2,
				       .output_count = 1 };
	struct writer writer = writer_of(buffer, PROTOCOL_MAX_RAW_SIZE);

	for (uint32_t i = 0; i < 2; i++)
		if (!position_make(&payment.inputs[i], 1000, which, i))
			return bytes_view(NULL, 0);
	payment.outputs[0].type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	payment.outputs[0].owner.bytes[0] = 1;
	payment.outputs[0].amount = amount_from_u256(u256_of(5 + which));
	transaction_encode(&writer, &payment);
	return writer_view(&writer);
}

static bool take_step(void *handle, unsigned int number, struct error *error)
{
	uint8_t buffer[PROTOCOL_MAX_RAW_SIZE];
	struct bytes raw = payment_of(buffer, (number - 1) / 2);
	struct hash hash = transaction_hash(raw);
	struct signature signature;
	enum signed_spend_answer answer;
	static struct signed_spend conflict;

	if (number % 2 != 0)
		return signed_spend_table_claim(handle, &answer, &conflict, raw,
						3, (struct wall_time){ 99 },
						error) &&
		       (answer == SIGNED_SPEND_CLAIMED ||
			error_set(error, ERROR_SOFTWARE, "a conflict"));
	memset(signature.bytes, (int)number, sizeof(signature.bytes));
	return signed_spend_table_put_signature(handle, &hash, 0, &signature,
						error);
}

static void close_table(void *handle)
{
	signed_spend_table_close(handle);
}

const struct workload workload_signed_spends = {
	"signed spends", "signed.db", 12, open_table, take_step, close_table
};
