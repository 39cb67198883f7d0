/* SPDX-License-Identifier: MIT */
#include "common/service/root_chain_rpc.h"

#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/ethereum/eth_quantity.h"
#include "common/ethereum/eth_transaction.h"
#include "common/service/strict_json.h"

#define NAME_SIZE 256
#define REQUEST_CEILING ((size_t)4 << 20)
#define MOST_SHOWN 100 /* bytes of an answer that is none */

struct node {
	char *url;
	char name[NAME_SIZE];
};

struct root_chain_rpc {
	struct http_client *client;
	struct node *nodes; /* asked in turn */
	size_t node_count;
	size_t current;
	uint64_t next_id;
	struct growing_buffer request;
	struct growing_buffer answer;
};

void root_chain_rpc_also(struct root_chain_rpc *rpc, const char *url)
{
	rpc->nodes = memory_resize(rpc->nodes, rpc->node_count + 1,
				   sizeof(*rpc->nodes));
	struct node *node = &rpc->nodes[rpc->node_count++];

	node->url = memory_copy_string(url, strlen(url));
	http_client_mask_url(node->name, sizeof(node->name), url);
}

struct root_chain_rpc *root_chain_rpc_new(const char *url,
					  struct http_limits limits,
					  size_t max_answer)
{
	struct root_chain_rpc *rpc = memory_new(1, sizeof(*rpc));

	rpc->client = http_client_new(limits);
	root_chain_rpc_also(rpc, url);
	growing_buffer_init(&rpc->request, REQUEST_CEILING);
	growing_buffer_init(&rpc->answer, max_answer);
	return rpc;
}

void root_chain_rpc_free(struct root_chain_rpc *rpc)
{
	if (rpc == NULL)
		return;
	http_client_free(rpc->client);
	growing_buffer_clear(&rpc->request);
	growing_buffer_clear(&rpc->answer);
	for (size_t i = 0; i < rpc->node_count; i++)
		memory_free(rpc->nodes[i].url);
	memory_free(rpc->nodes);
	memory_free(rpc);
}

const char *root_chain_rpc_name(const struct root_chain_rpc *rpc)
{
	return rpc->nodes[rpc->current].name;
}

bool root_chain_rpc_no_answer(const struct root_chain_rpc *rpc,
			      const char *method, struct bytes text,
			      struct error *error)
{
	size_t len = text.len < MOST_SHOWN ? text.len : MOST_SHOWN;

	return error_set(error, ERROR_PROTOCOL,
			 "%s: %s: not the answer to the question, but %.*s",
			 root_chain_rpc_name(rpc), method, (int)len,
			 (const char *)text.data);
}

/* The result out of an answer; the node's own error is a refusal. */
static bool read_answer(struct root_chain_rpc *rpc, json_t **result,
			const char *method, uint64_t id, struct error *error)
{
	struct error problem;
	uint64_t answered = 0;
	json_t *answer = strict_json_parse_new(
		growing_buffer_view(&rpc->answer), &problem);

	if (answer == NULL)
		return error_set(error, ERROR_PROTOCOL, "%s: %s: %s",
				 rpc->nodes[rpc->current].name, method,
				 problem.message);
	const json_t *refusal = json_object_get(answer, "error");
	json_t *value = json_object_get(answer, "result");
	bool ok = false;
	if (json_is_object(refusal)) {
		const char *message =
			json_string_value(json_object_get(refusal, "message"));

		(void)error_set(error, ERROR_REFUSED, "%s: %s: %s (%lld)",
				rpc->nodes[rpc->current].name, method,
				message == NULL ? "error" : message,
				(long long)json_integer_value(
					json_object_get(refusal, "code")));
	} else if (value == NULL ||
		   !strict_json_number(&answered, answer, "id", &problem) ||
		   answered != id) {
		(void)root_chain_rpc_no_answer(
			rpc, method, growing_buffer_view(&rpc->answer), error);
	} else {
		*result = json_incref(value);
		ok = true;
	}
	json_decref(answer);
	return ok;
}

bool root_chain_rpc_exchange(struct root_chain_rpc *rpc, struct bytes *answer,
			     struct bytes request, struct error *error)
{
	long status;

	growing_buffer_reset(&rpc->answer);
	if (!http_client_post(rpc->client, &rpc->answer, &status,
			      rpc->nodes[rpc->current].url, "application/json",
			      request, error))
		return false;
	/* Some nodes put their error into an answer of status 400 or 500. */
	if (status != 200 &&
	    (rpc->answer.len == 0 ||
	     (rpc->answer.data[0] != '{' && rpc->answer.data[0] != '[')))
		return error_set(error, ERROR_UNREACHABLE,
				 "%s: HTTP status %ld",
				 rpc->nodes[rpc->current].name, status);
	*answer = growing_buffer_view(&rpc->answer);
	return true;
}

uint64_t root_chain_rpc_take_ids(struct root_chain_rpc *rpc, size_t count)
{
	uint64_t first = rpc->next_id + 1;

	rpc->next_id += count;
	return first;
}

void root_chain_rpc_cancel(struct root_chain_rpc *rpc)
{
	http_client_cancel(rpc->client);
}

/* The request is made; one node is asked. */
static bool ask_once(struct root_chain_rpc *rpc, json_t **result,
		     const char *method, uint64_t id, struct error *error)
{
	struct bytes answer;

	return root_chain_rpc_exchange(rpc, &answer,
				       growing_buffer_view(&rpc->request),
				       error) &&
	       read_answer(rpc, result, method, id, error);
}

bool root_chain_rpc_call(struct root_chain_rpc *rpc, json_t **result,
			 const char *method, const char *params,
			 struct error *error)
{
	uint64_t id = root_chain_rpc_take_ids(rpc, 1);
	bool ok = false;

	growing_buffer_reset(&rpc->request);
	if (!growing_buffer_format(&rpc->request,
				   "{\"jsonrpc\":\"2.0\",\"id\":%llu,"
				   "\"method\":\"%s\",\"params\":%s}",
				   (unsigned long long)id, method, params))
		return error_set(error, ERROR_BAD_INPUT,
				 "%s: the question is too long", method);
	for (size_t i = 0; i < rpc->node_count; i++) {
		ok = ask_once(rpc, result, method, id, error);
		if (ok || (error->code != ERROR_UNREACHABLE &&
			   error->code != ERROR_PROTOCOL))
			return ok;
		rpc->current = (rpc->current + 1) % rpc->node_count;
	}
	return false;
}

/* A member of an object as a quantity. */
static bool read_quantity(uint64_t *out, const json_t *object, const char *key,
			  struct error *error)
{
	json_t *member = NULL;

	return strict_json_member(&member, object, key, error) &&
	       strict_json_quantity(out, member, error);
}

/* What a caller has to know: the node broke the protocol. */
static bool blame(struct root_chain_rpc *rpc, const char *method,
		  struct error *error)
{
	error->code = ERROR_PROTOCOL;
	return error_wrap(error, "%s: %s", rpc->nodes[rpc->current].name,
			  method);
}

static bool call_quantity(struct root_chain_rpc *rpc, struct u256 *out,
			  const char *method, const char *params,
			  struct error *error)
{
	json_t *result;

	if (!root_chain_rpc_call(rpc, &result, method, params, error))
		return false;
	bool ok = strict_json_quantity_u256(out, result, error);
	json_decref(result);
	return ok ? true : blame(rpc, method, error);
}

static bool call_number(struct root_chain_rpc *rpc, uint64_t *out,
			const char *method, const char *params,
			struct error *error)
{
	struct u256 number;

	if (!call_quantity(rpc, &number, method, params, error))
		return false;
	return u256_to_u64(out, number)
		       ? true
		       : error_set(error, ERROR_PROTOCOL,
				   "%s: %s: a number above 2^64",
				   rpc->nodes[rpc->current].name, method);
}

static bool call_data(struct root_chain_rpc *rpc, struct growing_buffer *out,
		      const char *method, const char *params,
		      struct error *error)
{
	json_t *result;

	if (!root_chain_rpc_call(rpc, &result, method, params, error))
		return false;
	bool ok = strict_json_data(out, result, error);
	json_decref(result);
	return ok ? true : blame(rpc, method, error);
}

bool root_chain_rpc_chain_id(struct root_chain_rpc *rpc, uint64_t *chain_id,
			     struct error *error)
{
	return call_number(rpc, chain_id, "eth_chainId", "[]", error);
}

static bool read_head(struct root_chain_head *head, const json_t *block,
		      struct error *error)
{
	json_t *base_fee = json_object_get(block, "baseFeePerGas");

	head->base_fee_wei = U256_ZERO;
	return read_quantity(&head->number, block, "number", error) &&
	       read_quantity(&head->time.seconds, block, "timestamp", error) &&
	       read_quantity(&head->gas_limit, block, "gasLimit", error) &&
	       strict_json_bytes(head->hash.bytes, 32, block, "hash", error) &&
	       (base_fee == NULL ||
		strict_json_quantity_u256(&head->base_fee_wei, base_fee,
					  error));
}

bool root_chain_rpc_head(struct root_chain_rpc *rpc,
			 struct root_chain_head *head, struct error *error)
{
	static const char method[] = "eth_getBlockByNumber";
	json_t *result;

	if (!root_chain_rpc_call(rpc, &result, method, "[\"latest\",false]",
				 error))
		return false;
	bool ok = read_head(head, result, error);
	json_decref(result);
	return ok ? true : blame(rpc, method, error);
}

bool root_chain_rpc_block_hash(struct root_chain_rpc *rpc, bool *found,
			       struct hash *hash, uint64_t number,
			       struct error *error)
{
	static const char method[] = "eth_getBlockByNumber";
	char params[64];
	json_t *result;

	(void)snprintf(params, sizeof(params), "[\"0x%llx\",false]",
		       (unsigned long long)number); /* it fits */
	if (!root_chain_rpc_call(rpc, &result, method, params, error))
		return false;
	*found = !json_is_null(result);
	bool ok = !*found ||
		  strict_json_bytes(hash->bytes, 32, result, "hash", error);
	json_decref(result);
	return ok ? true : blame(rpc, method, error);
}

/* ["0xACCOUNT","TAG"], where TAG says of which eth_block. */
static void account_params_at(char params[96], const struct address *account,
			      const char *tag)
{
	char text[HEX_SIZE(20)];

	hex_encode(text, bytes_view(account->bytes, 20));
	(void)snprintf(params, 96, "[\"%s\",\"%s\"]", text, tag); /* it fits */
}

static void account_params(char params[96], const struct address *account)
{
	account_params_at(params, account, "latest");
}

bool root_chain_rpc_nonce(struct root_chain_rpc *rpc, uint64_t *nonce,
			  const struct address *account, struct error *error)
{
	char params[96];

	account_params(params, account);
	return call_number(rpc, nonce, "eth_getTransactionCount", params,
			   error);
}

/* The eth_block as a node wants it named. */
static void tag_of(char tag[24], uint64_t eth_block_number)
{
	(void)snprintf(tag, 24, "0x%llx",
		       (unsigned long long)eth_block_number); /* it fits */
}

bool root_chain_rpc_nonce_at(struct root_chain_rpc *rpc, uint64_t *nonce,
			     const struct address *account,
			     uint64_t eth_block_number, struct error *error)
{
	char params[96];
	char tag[24];

	tag_of(tag, eth_block_number);
	account_params_at(params, account, tag);
	return call_number(rpc, nonce, "eth_getTransactionCount", params,
			   error);
}

bool root_chain_rpc_balance(struct root_chain_rpc *rpc,
			    struct u256 *balance_wei,
			    const struct address *account, struct error *error)
{
	char params[96];

	account_params(params, account);
	return call_quantity(rpc, balance_wei, "eth_getBalance", params, error);
}

bool root_chain_rpc_code(struct root_chain_rpc *rpc,
			 struct growing_buffer *code,
			 const struct address *account, struct error *error)
{
	char params[96];

	account_params(params, account);
	return call_data(rpc, code, "eth_getCode", params, error);
}

/* [{"from":…,"value":…,"gas":…,"to":…,"data":…},"TAG"]; without `from` if that
 * is NULL, without `value` or `gas` if it is zero. */
static char *call_params_new(const struct address *from,
			     const struct address *to, struct u256 value_wei,
			     uint64_t gas, struct bytes data, const char *tag)
{
	struct growing_buffer params;
	char *hex = memory_new(HEX_SIZE(data.len), 1);
	char text[HEX_SIZE(20)];
	char value[ETH_QUANTITY_SIZE];

	growing_buffer_init(&params, 512 + 2 * data.len);
	growing_buffer_format(&params, "[{");
	if (from != NULL) {
		hex_encode(text, bytes_view(from->bytes, 20));
		growing_buffer_format(&params, "\"from\":\"%s\",", text);
	}
	if (!u256_is_zero(value_wei)) {
		eth_quantity_format(value, value_wei);
		growing_buffer_format(&params, "\"value\":\"%s\",", value);
	}
	if (gas != 0)
		growing_buffer_format(&params, "\"gas\":\"0x%llx\",",
				      (unsigned long long)gas);
	hex_encode(hex, data);
	hex_encode(text, bytes_view(to->bytes, 20));
	growing_buffer_format(&params, "\"to\":\"%s\",\"data\":\"%s\"},\"%s\"]",
			      text, hex, tag);
	memory_free(hex);
	char *result =
		memory_copy_string(growing_buffer_string(&params), params.len);
	growing_buffer_clear(&params);
	return result;
}

static bool view(struct root_chain_rpc *rpc, struct growing_buffer *returned,
		 const struct address *contract, struct bytes data,
		 const char *tag, struct error *error)
{
	char *params = call_params_new(NULL, contract, U256_ZERO, 0, data, tag);
	bool ok = call_data(rpc, returned, "eth_call", params, error);

	memory_free(params);
	return ok;
}

bool root_chain_rpc_view(struct root_chain_rpc *rpc,
			 struct growing_buffer *returned,
			 const struct address *contract, struct bytes data,
			 struct error *error)
{
	return view(rpc, returned, contract, data, "latest", error);
}

bool root_chain_rpc_view_at(struct root_chain_rpc *rpc,
			    struct growing_buffer *returned,
			    const struct address *contract, struct bytes data,
			    uint64_t eth_block_number, struct error *error)
{
	char tag[24];

	tag_of(tag, eth_block_number);
	return view(rpc, returned, contract, data, tag, error);
}

bool root_chain_rpc_estimate_payment(struct root_chain_rpc *rpc, uint64_t *gas,
				     const struct address *from,
				     const struct address *to,
				     struct u256 value_wei, struct bytes data,
				     struct error *error)
{
	/* Nodes search below what an eth_block has room for unless told. */
	char *params = call_params_new(from, to, value_wei,
				       ETH_TRANSACTION_MAX_GAS, data, "latest");
	bool ok = call_number(rpc, gas, "eth_estimateGas", params, error);

	memory_free(params);
	return ok;
}

bool root_chain_rpc_estimate_gas(struct root_chain_rpc *rpc, uint64_t *gas,
				 const struct address *from,
				 const struct address *to, struct bytes data,
				 struct error *error)
{
	return root_chain_rpc_estimate_payment(rpc, gas, from, to, U256_ZERO,
					       data, error);
}

/* True if the node's words, which differ, say why it takes no transaction that
 * need not be sent any more. */
static bool read_refusal(enum root_chain_receiving *receiving,
			 const char *message)
{
	static const struct {
		const char *words; /* in small letters */
		enum root_chain_receiving receiving;
	} rows[] = {
		{ "already known", ROOT_CHAIN_KNOWN },
		{ "alreadyknown", ROOT_CHAIN_KNOWN },
		{ "known transaction", ROOT_CHAIN_KNOWN },
		{ "already imported", ROOT_CHAIN_KNOWN },
		{ "nonce too low", ROOT_CHAIN_NONCE_USED },
		{ "nonce is too low", ROOT_CHAIN_NONCE_USED },
		{ "nonce below", ROOT_CHAIN_NONCE_USED },
		{ "oldnonce", ROOT_CHAIN_NONCE_USED },
		{ "already used", ROOT_CHAIN_NONCE_USED },
	};
	char small[sizeof(((struct error *)NULL)->message)];
	size_t len = 0;

	for (; message[len] != '\0'; len++) {
		bool is_capital = message[len] >= 'A' && message[len] <= 'Z';

		small[len] = message[len];
		if (is_capital)
			small[len] = (char)(message[len] | 0x20);
	}
	small[len] = '\0';
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strstr(small, rows[i].words) == NULL)
			continue;
		*receiving = rows[i].receiving;
		return true;
	}
	return false;
}

bool root_chain_rpc_send(struct root_chain_rpc *rpc,
			 enum root_chain_receiving *receiving, struct bytes raw,
			 struct error *error)
{
	size_t size = HEX_SIZE(raw.len) + 8;
	char *params = memory_new(size, 1);
	json_t *result = NULL;

	params[0] = '[';
	params[1] = '"';
	hex_encode(params + 2, raw);
	(void)snprintf(params + 2 + 2 + 2 * raw.len, 3, "\"]"); /* it fits */
	bool ok = root_chain_rpc_call(rpc, &result, "eth_sendRawTransaction",
				      params, error);
	memory_free(params);
	json_decref(result);
	*receiving = ROOT_CHAIN_TAKEN;
	return ok || (error->code == ERROR_REFUSED &&
		      read_refusal(receiving, error->message));
}

static bool read_receipt(struct root_chain_receipt *receipt,
			 const json_t *value, struct error *error)
{
	json_t *price = json_object_get(value, "effectiveGasPrice");
	uint64_t status;

	receipt->gas_price_wei = U256_ZERO;
	if (price != NULL &&
	    !strict_json_quantity_u256(&receipt->gas_price_wei, price, error))
		return false;
	if (!read_quantity(&status, value, "status", error) ||
	    !read_quantity(&receipt->eth_block_number, value, "blockNumber",
			   error) ||
	    !read_quantity(&receipt->gas_used, value, "gasUsed", error) ||
	    !strict_json_bytes(receipt->eth_block_hash.bytes, 32, value,
			       "blockHash", error))
		return false;
	receipt->succeeded = status == 1;
	return true;
}

bool root_chain_rpc_receipt(struct root_chain_rpc *rpc, bool *found,
			    struct root_chain_receipt *receipt,
			    const struct hash *eth_transaction_hash,
			    struct error *error)
{
	static const char method[] = "eth_getTransactionReceipt";
	char params[HEX_SIZE(32) + 8];
	char text[HEX_SIZE(32)];
	json_t *result;

	hex_encode(text, bytes_view(eth_transaction_hash->bytes, 32));
	(void)snprintf(params, sizeof(params), "[\"%s\"]", text); /* it fits */
	if (!root_chain_rpc_call(rpc, &result, method, params, error))
		return false;
	*found = !json_is_null(result);
	bool ok = !*found || read_receipt(receipt, result, error);
	json_decref(result);
	return ok ? true : blame(rpc, method, error);
}
