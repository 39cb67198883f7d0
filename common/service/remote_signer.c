/* SPDX-License-Identifier: MIT */
#include "common/service/remote_signer.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/ethereum/eth_quantity.h"
#include "common/ethereum/eth_transaction.h"
#include "common/service/root_chain_rpc.h"
#include "common/service/strict_json.h"

#define ANSWER_CEILING ((size_t)1 << 20)

/* A person may have to say yes at the signer: two minutes. */
#define LIMITS ((struct http_limits){ 5000, 120000, 120 })

struct remote_signer {
	struct root_chain_rpc *rpc;
	struct address account;
};

struct remote_signer *remote_signer_new(const char *url,
					const struct address *account)
{
	struct remote_signer *remote = memory_new(1, sizeof(*remote));

	remote->rpc = root_chain_rpc_new(url, LIMITS, ANSWER_CEILING);
	remote->account = *account;
	return remote;
}

void remote_signer_free(struct remote_signer *remote)
{
	if (remote == NULL)
		return;
	root_chain_rpc_free(remote->rpc);
	memory_free(remote);
}

/* What JSON-RPC says of a method that is not there. */
static bool is_unknown_method(const struct error *error)
{
	return error->code == ERROR_REFUSED &&
	       strstr(error->message, "-32601") != NULL;
}

/* The first method is clef's, the second everybody else's: the second is tried
 * when there is no first. */
static bool call(struct remote_signer *remote, json_t **result,
		 const char *const methods[2], const char *params,
		 struct error *error)
{
	struct error first;

	if (root_chain_rpc_call(remote->rpc, result, methods[0], params,
				&first))
		return true;
	if (!is_unknown_method(&first)) {
		*error = first;
		return error_wrap(error, "the signer at %s",
				  root_chain_rpc_name(remote->rpc));
	}
	return root_chain_rpc_call(remote->rpc, result, methods[1], params,
				   error)
		       ? true
		       : error_wrap(error, "the signer at %s",
				    root_chain_rpc_name(remote->rpc));
}

static void put_quantity(struct growing_buffer *out, const char *key,
			 struct u256 number)
{
	char text[ETH_QUANTITY_SIZE];

	eth_quantity_format(text, number);
	(void)growing_buffer_format(out, ",\"%s\":\"%s\"", key,
				    text); /* remembered */
}

/* [{"from":…,"to":…,"gas":…,…}] as JSON-RPC has transactions. */
static void put_transaction(struct growing_buffer *out,
			    const struct remote_signer *remote,
			    const struct eth_transaction *tx)
{
	char *data = memory_new(1, HEX_SIZE(tx->data.len));
	char from[HEX_SIZE(20)];
	char to[HEX_SIZE(20)];

	hex_encode(from, bytes_view(remote->account.bytes, 20));
	hex_encode(to, bytes_view(tx->to.bytes, 20));
	hex_encode(data, tx->data);
	(void)growing_buffer_format(out, "[{\"type\":\"0x2\",\"from\":\"%s\"",
				    from); /* remembered */
	if (!tx->creates_contract)
		(void)growing_buffer_format(out, ",\"to\":\"%s\"", to);
	put_quantity(out, "chainId", u256_of(tx->chain_id));
	put_quantity(out, "nonce", u256_of(tx->nonce));
	put_quantity(out, "gas", u256_of(tx->gas_limit));
	put_quantity(out, "maxFeePerGas", tx->max_fee_wei);
	put_quantity(out, "maxPriorityFeePerGas", tx->max_priority_fee_wei);
	put_quantity(out, "value", tx->value_wei);
	(void)growing_buffer_format(out, ",\"data\":\"%s\"}]",
				    data); /* remembered */
	memory_free(data);
}

/* The bytes, or an object that has them as "raw". */
static bool read_raw(struct growing_buffer *out, json_t *result,
		     struct error *error)
{
	json_t *raw = json_is_object(result) ? json_object_get(result, "raw")
					     : result;

	if (strict_json_data(out, raw, error))
		return true;
	error->code = ERROR_PROTOCOL;
	return false;
}

static bool sign_transaction(struct growing_buffer *out, void *context,
			     const struct eth_transaction *tx,
			     struct error *error)
{
	static const char *const methods[2] = { "account_signTransaction",
						"eth_signTransaction" };
	struct remote_signer *remote = context;
	struct growing_buffer params;
	json_t *result = NULL;

	growing_buffer_init(&params, (size_t)4 * ETH_TRANSACTION_MAX_LEN);
	put_transaction(&params, remote, tx);
	bool ok = call(remote, &result, methods, growing_buffer_string(&params),
		       error) &&
		  read_raw(out, result, error);
	json_decref(result);
	growing_buffer_clear(&params);
	return ok;
}

static bool refuse_digest(struct signature *out, void *context,
			  const struct hash *digest, struct error *error)
{
	(void)out;
	(void)context;
	(void)digest;
	return error_set(error, ERROR_REFUSED,
			 "a remote signer signs transactions and typed data, "
			 "not digests");
}

struct signer remote_signer_borrow(struct remote_signer *remote)
{
	return (struct signer){ remote->account, refuse_digest, remote,
				sign_transaction };
}

/* The signature with v as 27 or 28 and s in the lower half. */
static bool read_signature(struct signature *out, const json_t *result,
			   struct error *error)
{
	const char *text = json_string_value(result);

	if (text == NULL ||
	    !hex_decode(out->bytes, SIGNATURE_SIZE, text, strlen(text)))
		return error_set(error, ERROR_PROTOCOL,
				 "the signer answers no signature of 65 bytes");
	if (out->bytes[64] < 2)
		out->bytes[64] = (uint8_t)(out->bytes[64] + 27);
	if (signature_has_valid_v(out) && signature_has_high_s(out))
		*out = signature_mirror(out);
	return true;
}

bool remote_signer_sign_typed(struct remote_signer *remote,
			      struct signature *out, const char *typed_data,
			      const struct hash *digest, struct error *error)
{
	static const char *const methods[2] = { "account_signTypedData",
						"eth_signTypedData_v4" };
	struct growing_buffer params;
	char account[HEX_SIZE(20)];
	struct address signer;
	json_t *result = NULL;

	hex_encode(account, bytes_view(remote->account.bytes, 20));
	growing_buffer_init(&params, ANSWER_CEILING);
	(void)growing_buffer_format(&params, "[\"%s\",%s]", account,
				    typed_data); /* remembered */
	bool ok = call(remote, &result, methods, growing_buffer_string(&params),
		       error) &&
		  read_signature(out, result, error);
	json_decref(result);
	growing_buffer_clear(&params);
	if (!ok)
		return false;
	return signature_recover(&signer, out, digest) &&
			       address_equal(&signer, &remote->account)
		       ? true
		       : error_set(error, ERROR_PROTOCOL,
				   "the signer made a signature that is not of "
				   "its account over this payment");
}
