/* SPDX-License-Identifier: MIT */
#include "common/service/root_chain_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/service/strict_json.h"

#define PARAMS_CEILING ((size_t)64 << 10)

/* "0x…" of fixed length out of an object. */
static bool read_hash(struct hash *out, const json_t *object, const char *key,
		      struct error *error)
{
	return strict_json_bytes(out->bytes, sizeof(out->bytes), object, key,
				 error);
}

static bool read_address(struct address *out, const json_t *object,
			 const char *key, struct error *error)
{
	return strict_json_bytes(out->bytes, sizeof(out->bytes), object, key,
				 error);
}

static bool read_number(uint64_t *out, const json_t *object, const char *key,
			struct error *error)
{
	json_t *member = NULL;

	return strict_json_member(&member, object, key, error) &&
	       (strict_json_quantity(out, member, error) ||
		error_wrap(error, "%s", key));
}

static bool read_index(uint32_t *out, const json_t *object, const char *key,
		       struct error *error)
{
	uint64_t number;

	if (!read_number(&number, object, key, error))
		return false;
	if (number > UINT32_MAX)
		return error_set(error, ERROR_BAD_INPUT, "%s is too large",
				 key);
	*out = (uint32_t)number;
	return true;
}

static bool read_u256(struct u256 *out, const json_t *object, const char *key,
		      struct error *error)
{
	json_t *member = NULL;

	return strict_json_member(&member, object, key, error) &&
	       (strict_json_quantity_u256(out, member, error) ||
		error_wrap(error, "%s", key));
}

/* Bytes of any length, into the arena. */
static bool read_data(struct bytes *out, struct arena *arena,
		      const json_t *object, const char *key,
		      struct error *error)
{
	const char *text;

	if (!strict_json_string(&text, object, key, error))
		return false;
	size_t digits = strlen(text);
	size_t len = digits < 2 ? 0 : (digits - 2) / 2;
	uint8_t *bytes = arena_new(arena, len + 1, 1);
	if (bytes == NULL)
		return error_set(error, ERROR_BAD_INPUT,
				 "%s: more than may come", key);
	if (!hex_decode(bytes, len, text, digits))
		return error_set(error, ERROR_BAD_INPUT, "%s is not hex", key);
	*out = bytes_view(bytes, len);
	return true;
}

/* Says who broke the protocol, and with what. */
static bool blame(struct root_chain_rpc *rpc, const char *method,
		  struct error *error)
{
	error->code = ERROR_PROTOCOL;
	return error_wrap(error, "%s: %s", root_chain_rpc_name(rpc), method);
}

/* The fields that were appended one by one, each only with all before it. */
static bool read_appended(struct eth_header *header, const json_t *object,
			  struct error *error)
{
	static const char *const keys[] = {
		"baseFeePerGas", "withdrawalsRoot",	  "blobGasUsed",
		"excessBlobGas", "parentBeaconBlockRoot", "requestsHash"
	};
	size_t count = 0;

	while (count < 6 && json_object_get(object, keys[count]) != NULL)
		count++;
	header->appended = (enum eth_header_appended)count;
	return (count < 1 ||
		read_u256(&header->base_fee_wei, object, keys[0], error)) &&
	       (count < 2 ||
		read_hash(&header->withdrawals_root, object, keys[1], error)) &&
	       (count < 3 ||
		read_number(&header->blob_gas_used, object, keys[2], error)) &&
	       (count < 4 || read_number(&header->excess_blob_gas, object,
					 keys[3], error)) &&
	       (count < 5 || read_hash(&header->parent_beacon_root, object,
				       keys[4], error)) &&
	       (count < 6 ||
		read_hash(&header->requests_hash, object, keys[5], error));
}

static bool read_header(struct eth_header *out, struct arena *arena,
			const json_t *object, struct error *error)
{
	*out = (struct eth_header){ .number = 0 };
	return read_hash(&out->parent_hash, object, "parentHash", error) &&
	       read_hash(&out->ommers_hash, object, "sha3Uncles", error) &&
	       read_address(&out->beneficiary, object, "miner", error) &&
	       read_hash(&out->state_root, object, "stateRoot", error) &&
	       read_hash(&out->transactions_root, object, "transactionsRoot",
			 error) &&
	       read_hash(&out->receipts_root, object, "receiptsRoot", error) &&
	       strict_json_bytes(out->logs_bloom.bytes, ETH_BLOOM_LEN, object,
				 "logsBloom", error) &&
	       read_u256(&out->difficulty, object, "difficulty", error) &&
	       read_number(&out->number, object, "number", error) &&
	       read_number(&out->gas_limit, object, "gasLimit", error) &&
	       read_number(&out->gas_used, object, "gasUsed", error) &&
	       read_number(&out->time.seconds, object, "timestamp", error) &&
	       read_data(&out->extra_data, arena, object, "extraData", error) &&
	       read_hash(&out->mix_hash, object, "mixHash", error) &&
	       strict_json_bytes(out->nonce, sizeof(out->nonce), object,
				 "nonce", error) &&
	       read_appended(out, object, error);
}

static bool read_transactions(struct root_chain_block *out, struct arena *arena,
			      const json_t *object, struct error *error)
{
	json_t *list = NULL;

	if (!strict_json_member(&list, object, "transactions", error))
		return false;
	out->transaction_count = json_array_size(list);
	out->transactions = arena_new(arena, out->transaction_count + 1,
				      sizeof(*out->transactions));
	if (!json_is_array(list) || out->transactions == NULL)
		return error_set(error, ERROR_BAD_INPUT,
				 "transactions: no list, or too long");
	for (size_t i = 0; i < out->transaction_count; i++) {
		const json_t *item = json_array_get(list, i);

		if (!json_is_string(item) ||
		    !hex_decode(out->transactions[i].bytes, 32,
				json_string_value(item),
				json_string_length(item)))
			return error_set(error, ERROR_BAD_INPUT,
					 "transactions: not a hash");
	}
	return true;
}

static const char *block_method(const struct eth_point *point)
{
	return point->kind == ETH_POINT_HASH ? "eth_getBlockByHash"
					     : "eth_getBlockByNumber";
}

static void format_block_params(char params[ETH_POINT_TEXT_SIZE + 16],
				const struct eth_point *point)
{
	char text[ETH_POINT_TEXT_SIZE];

	eth_point_format(text, point);
	(void)snprintf(params, ETH_POINT_TEXT_SIZE + 16, "[%s,false]",
		       text); /* fits */
}

static bool read_block(bool *found, struct root_chain_block *out,
		       struct arena *arena, const json_t *result,
		       struct error *error)
{
	*found = !json_is_null(result);
	return !*found || (read_header(&out->header, arena, result, error) &&
			   read_hash(&out->hash, result, "hash", error) &&
			   read_transactions(out, arena, result, error));
}

bool root_chain_reader_block(struct root_chain_rpc *rpc, bool *found,
			     struct root_chain_block *out, struct arena *arena,
			     const struct eth_point *point, struct error *error)
{
	char params[ETH_POINT_TEXT_SIZE + 16];
	json_t *result;

	format_block_params(params, point);
	if (!root_chain_rpc_call(rpc, &result, block_method(point), params,
				 error)) {
		/* Nodes without finality refuse the tag, some of them. */
		if (error->code != ERROR_REFUSED ||
		    (point->kind != ETH_POINT_SAFE &&
		     point->kind != ETH_POINT_FINALIZED))
			return false;
		*found = false;
		return true;
	}
	bool ok = read_block(found, out, arena, result, error);
	json_decref(result);
	return ok ? true : blame(rpc, block_method(point), error);
}

size_t root_chain_reader_add_block(struct root_chain_batch *batch,
				   const struct eth_point *point)
{
	char params[ETH_POINT_TEXT_SIZE + 16];

	format_block_params(params, point);
	return root_chain_batch_add(batch, block_method(point), params);
}

/* As blame() for an answer of a batch. */
static bool blame_call(const struct root_chain_batch *batch, size_t index,
		       struct error *error)
{
	error->code = ERROR_PROTOCOL;
	return error_wrap(error, "%s", root_chain_batch_method(batch, index));
}

bool root_chain_reader_take_block(const struct root_chain_batch *batch,
				  size_t index, bool *found,
				  struct root_chain_block *out,
				  struct arena *arena, struct error *error)
{
	json_t *result;

	return root_chain_batch_result(&result, batch, index, error) &&
	       (read_block(found, out, arena, result, error) ||
		blame_call(batch, index, error));
}

/* Address, topics and data. */
static bool read_log(struct eth_log *out, struct arena *arena,
		     const json_t *object, struct error *error)
{
	json_t *topics = NULL;

	*out = (struct eth_log){ .topic_count = 0 };
	if (!read_address(&out->address, object, "address", error) ||
	    !read_data(&out->data, arena, object, "data", error) ||
	    !strict_json_member(&topics, object, "topics", error))
		return false;
	out->topic_count = json_array_size(topics);
	if (!json_is_array(topics) || out->topic_count > ETH_LOG_MAX_TOPICS)
		return error_set(error, ERROR_BAD_INPUT,
				 "topics: not a list of at most four");
	for (size_t i = 0; i < out->topic_count; i++) {
		const json_t *topic = json_array_get(topics, i);

		if (!json_is_string(topic) ||
		    !hex_decode(out->topics[i].bytes, 32,
				json_string_value(topic),
				json_string_length(topic)))
			return error_set(error, ERROR_BAD_INPUT,
					 "topics: not 32 bytes of hex");
	}
	return true;
}

/* Where the log stands. */
static bool read_log_place(struct eth_log *out, const json_t *object,
			   struct error *error)
{
	return read_number(&out->eth_block_number, object, "blockNumber",
			   error) &&
	       read_hash(&out->eth_block_hash, object, "blockHash", error) &&
	       read_hash(&out->eth_transaction_hash, object, "transactionHash",
			 error) &&
	       read_index(&out->eth_transaction_index, object,
			  "transactionIndex", error) &&
	       read_index(&out->log_index, object, "logIndex", error);
}

static bool read_receipt(struct root_chain_mined *out, struct arena *arena,
			 const json_t *object, struct error *error)
{
	struct eth_receipt *receipt = &out->receipt;
	json_t *logs = NULL;
	uint64_t type = 0;
	uint64_t status;

	*out = (struct root_chain_mined){ .eth_block_number = 0 };
	if ((json_object_get(object, "type") != NULL &&
	     !read_number(&type, object, "type", error)) ||
	    !read_number(&status, object, "status", error) ||
	    !read_number(&receipt->cumulative_gas_used, object,
			 "cumulativeGasUsed", error) ||
	    !strict_json_bytes(receipt->logs_bloom.bytes, ETH_BLOOM_LEN, object,
			       "logsBloom", error) ||
	    !read_number(&out->eth_block_number, object, "blockNumber",
			 error) ||
	    !read_hash(&out->eth_block_hash, object, "blockHash", error) ||
	    !read_hash(&out->eth_transaction_hash, object, "transactionHash",
		       error) ||
	    !read_index(&out->eth_transaction_index, object, "transactionIndex",
			error) ||
	    !strict_json_member(&logs, object, "logs", error))
		return false;
	if (type > 127 || status > 1 || !json_is_array(logs))
		return error_set(error, ERROR_BAD_INPUT,
				 "type, status or logs of a receipt");
	receipt->type = (uint8_t)type;
	receipt->succeeded = status == 1;
	receipt->log_count = json_array_size(logs);
	receipt->logs = arena_new(arena, receipt->log_count + 1,
				  sizeof(*receipt->logs));
	if (receipt->logs == NULL)
		return error_set(error, ERROR_BAD_INPUT, "too many logs");
	for (size_t i = 0; i < receipt->log_count; i++) {
		if (!read_log(&receipt->logs[i], arena, json_array_get(logs, i),
			      error))
			return false;
	}
	return true;
}

static bool read_receipts(struct root_chain_mined **out, size_t *count,
			  struct arena *arena, const json_t *list,
			  struct error *error)
{
	*count = json_array_size(list);
	*out = arena_new(arena, *count + 1, sizeof(**out));
	if (!json_is_array(list) || *out == NULL)
		return error_set(error, ERROR_BAD_INPUT,
				 "no list, or too long");
	for (size_t i = 0; i < *count; i++) {
		if (!read_receipt(&(*out)[i], arena, json_array_get(list, i),
				  error))
			return false;
	}
	return true;
}

static const char receipts_method[] = "eth_getBlockReceipts";

static void format_hash_params(char params[ETH_POINT_TEXT_SIZE + 8],
			       const struct hash *hash)
{
	const struct eth_point point = { .kind = ETH_POINT_HASH,
					 .hash = *hash };
	char text[ETH_POINT_TEXT_SIZE];

	eth_point_format(text, &point);
	(void)snprintf(params, ETH_POINT_TEXT_SIZE + 8, "[%s]",
		       text); /* it fits */
}

bool root_chain_reader_receipts(struct root_chain_rpc *rpc, bool *found,
				struct root_chain_mined **out, size_t *count,
				struct arena *arena,
				const struct hash *eth_block_hash,
				struct error *error)
{
	char params[ETH_POINT_TEXT_SIZE + 8];
	json_t *result;

	format_hash_params(params, eth_block_hash);
	if (!root_chain_rpc_call(rpc, &result, receipts_method, params, error))
		return false;
	*found = !json_is_null(result);
	bool ok = !*found || read_receipts(out, count, arena, result, error);
	json_decref(result);
	return ok ? true : blame(rpc, receipts_method, error);
}

size_t root_chain_reader_add_receipts(struct root_chain_batch *batch,
				      const struct hash *eth_block_hash)
{
	char params[ETH_POINT_TEXT_SIZE + 8];

	format_hash_params(params, eth_block_hash);
	return root_chain_batch_add(batch, receipts_method, params);
}

bool root_chain_reader_take_receipts(const struct root_chain_batch *batch,
				     size_t index, bool *found,
				     struct root_chain_mined **out,
				     size_t *count, struct arena *arena,
				     struct error *error)
{
	json_t *result;

	if (!root_chain_batch_result(&result, batch, index, error))
		return false;
	*found = !json_is_null(result);
	return !*found || read_receipts(out, count, arena, result, error) ||
	       blame_call(batch, index, error);
}

static void put_filter(struct growing_buffer *params,
		       const struct root_chain_log_filter *filter)
{
	char text[HEX_SIZE(32)];

	/* What does not fit shows in the buffer. */
	if (filter->by_hash) {
		hex_encode(text, bytes_view(filter->eth_block_hash.bytes, 32));
		(void)growing_buffer_format(params, "[{\"blockHash\":\"%s\"",
					    text);
	} else {
		(void)growing_buffer_format(
			params,
			"[{\"fromBlock\":\"0x%llx\",\"toBlock\":\"0x%llx\"",
			(unsigned long long)filter->first,
			(unsigned long long)filter->last);
	}
	(void)growing_buffer_format(params, ",\"address\":[");
	for (size_t i = 0; i < filter->address_count; i++) {
		hex_encode(text, bytes_view(filter->addresses[i].bytes, 20));
		(void)growing_buffer_format(params, "%s\"%s\"",
					    i == 0 ? "" : ",", text);
	}
	(void)growing_buffer_format(params, "]}]");
}

static bool read_logs(struct eth_log **out, size_t *count, struct arena *arena,
		      const json_t *list, struct error *error)
{
	*count = json_array_size(list);
	*out = arena_new(arena, *count + 1, sizeof(**out));
	if (!json_is_array(list) || *out == NULL)
		return error_set(error, ERROR_BAD_INPUT,
				 "no list, or too long");
	for (size_t i = 0; i < *count; i++) {
		const json_t *object = json_array_get(list, i);

		if (!read_log(&(*out)[i], arena, object, error) ||
		    !read_log_place(&(*out)[i], object, error))
			return false;
	}
	return true;
}

bool root_chain_reader_logs(struct root_chain_rpc *rpc, struct eth_log **out,
			    size_t *count, struct arena *arena,
			    const struct root_chain_log_filter *filter,
			    struct error *error)
{
	static const char method[] = "eth_getLogs";
	struct growing_buffer params;
	json_t *result;

	growing_buffer_init(&params, PARAMS_CEILING);
	put_filter(&params, filter);
	bool ok = !params.overflowed ||
		  error_set(error, ERROR_BAD_INPUT, "%s: too many addresses",
			    method);
	ok = ok && root_chain_rpc_call(rpc, &result, method,
				       growing_buffer_string(&params), error);
	growing_buffer_clear(&params);
	if (!ok)
		return false;
	ok = read_logs(out, count, arena, result, error);
	json_decref(result);
	return ok ? true : blame(rpc, method, error);
}

static bool read_transaction(struct root_chain_transaction *out,
			     struct arena *arena, const json_t *object,
			     struct error *error)
{
	const json_t *to = json_object_get(object, "to");
	const json_t *place = json_object_get(object, "blockHash");

	*out = (struct root_chain_transaction){ .nonce = 0 };
	out->creates_contract = to == NULL || json_is_null(to);
	out->is_mined = place != NULL && !json_is_null(place);
	return read_address(&out->from, object, "from", error) &&
	       (out->creates_contract ||
		read_address(&out->to, object, "to", error)) &&
	       read_number(&out->nonce, object, "nonce", error) &&
	       read_u256(&out->value_wei, object, "value", error) &&
	       read_data(&out->input, arena, object, "input", error) &&
	       (!out->is_mined ||
		read_hash(&out->eth_block_hash, object, "blockHash", error));
}

static const char transaction_method[] = "eth_getTransactionByHash";

size_t
root_chain_reader_add_transaction(struct root_chain_batch *batch,
				  const struct hash *eth_transaction_hash)
{
	char params[ETH_POINT_TEXT_SIZE + 8];

	format_hash_params(params, eth_transaction_hash);
	return root_chain_batch_add(batch, transaction_method, params);
}

bool root_chain_reader_take_transaction(const struct root_chain_batch *batch,
					size_t index, bool *found,
					struct root_chain_transaction *out,
					struct arena *arena,
					struct error *error)
{
	json_t *result;

	if (!root_chain_batch_result(&result, batch, index, error))
		return false;
	*found = !json_is_null(result);
	return !*found || read_transaction(out, arena, result, error) ||
	       blame_call(batch, index, error);
}
