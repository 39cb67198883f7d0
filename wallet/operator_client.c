/* SPDX-License-Identifier: MIT */
#include "wallet/operator_client.h"

#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/chain/protocol.h"
#include "common/keys/address.h"
#include "common/service/strict_json.h"
#include "common/service/wide_json.h"

static bool read_fee(struct operator_fees *out, const json_t *row,
		     struct error *error)
{
	struct u256 amount;
	const char *currency;

	if (out->count == OPERATOR_MAX_FEES)
		return error_set(error, ERROR_PROTOCOL,
				 "the operator lists more than %d fees",
				 OPERATOR_MAX_FEES);
	if (!strict_json_string(&currency, row, "currency", error) ||
	    !wide_json_u256(&amount, row, "amount", error))
		return false;
	if (!address_parse(&out->of[out->count].token.address, currency,
			   strlen(currency)))
		return error_set(error, ERROR_PROTOCOL,
				 "the operator lists a fee in a token that is "
				 "none");
	out->of[out->count++].amount = amount_from_u256(amount);
	return true;
}

bool operator_client_fees(struct omg_client *client, struct operator_fees *out,
			  struct error *error)
{
	json_t *data = NULL;

	out->count = 0;
	if (!omg_client_ask(client, &data, "fees.all", "{}", error))
		return false;
	/* Of payments, which are transactions of type 1. */
	const json_t *rows = json_object_get(data, "1");
	bool ok = true;
	for (size_t i = 0; ok && i < json_array_size(rows); i++)
		ok = read_fee(out, json_array_get(rows, i), error);
	json_decref(data);
	return ok;
}

static bool read_forecast(struct operator_forecast *out, const json_t *data,
			  const struct hash *expected, struct error *error)
{
	struct hash hash;
	uint64_t txindex;

	if (!wide_json_u64(&out->blknum, data, "blknum", error) ||
	    !wide_json_u64(&txindex, data, "txindex", error) ||
	    !strict_json_bytes(hash.bytes, 32, data, "txhash", error))
		return false;
	if (txindex > PROTOCOL_MAX_TX_INDEX || !hash_equal(&hash, expected))
		return error_set(error, ERROR_PROTOCOL,
				 "the operator answers for another "
				 "transaction");
	out->txindex = (uint32_t)txindex;
	return true;
}

enum omg_answer operator_client_submit(struct omg_client *client,
				       struct operator_forecast *forecast,
				       struct omg_refusal *refusal,
				       struct bytes signed_form,
				       const struct hash *transaction_hash,
				       struct error *error)
{
	char hex[HEX_SIZE(PROTOCOL_MAX_SIGNED_SIZE)];
	char body[sizeof(hex) + 32];
	json_t *data = NULL;

	hex_encode(hex, signed_form);
	(void)snprintf(body, sizeof(body), "{\"transaction\":\"%s\"}",
		       hex); /* it fits */
	enum omg_answer answer = omg_client_call(
		client, &data, refusal, "transaction.submit", body, error);
	if (answer == OMG_ANSWER_DATA &&
	    !read_forecast(forecast, data, transaction_hash, error))
		answer = OMG_ANSWER_FAILED;
	json_decref(data);
	return answer;
}
