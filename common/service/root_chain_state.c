/* SPDX-License-Identifier: MIT */
#include "common/service/root_chain_state.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/ethereum/trie_proof.h"
#include "common/service/strict_json.h"

#define PARAMS_CEILING ((size_t)64 << 10)

/* Says with what the node broke the protocol. */
static bool blame(const struct root_chain_batch *batch, size_t index,
		  struct error *error)
{
	error->code = ERROR_PROTOCOL;
	return error_wrap(error, "%s", root_chain_batch_method(batch, index));
}

/* False if there are too many slots. */
static bool put_proof_params(struct growing_buffer *params,
			     const struct address *account,
			     const struct hash *slots, size_t slot_count,
			     const struct eth_point *point)
{
	char text[HEX_SIZE(32)];
	char where[ETH_POINT_TEXT_SIZE];

	hex_encode(text, bytes_view(account->bytes, 20));
	/* What does not fit shows in the buffer. */
	(void)growing_buffer_format(params, "[\"%s\",[", text);
	for (size_t i = 0; i < slot_count; i++) {
		hex_encode(text, bytes_view(slots[i].bytes, 32));
		(void)growing_buffer_format(params, "%s\"%s\"",
					    i == 0 ? "" : ",", text);
	}
	eth_point_format(where, point);
	return growing_buffer_format(params, "],%s]", where);
}

size_t root_chain_state_add_proof(struct root_chain_batch *batch,
				  const struct address *account,
				  const struct hash *slots, size_t slot_count,
				  const struct eth_point *point)
{
	struct growing_buffer params;

	assert(slot_count <= ROOT_CHAIN_MAX_SLOTS);
	growing_buffer_init(&params, PARAMS_CEILING);
	bool ok = put_proof_params(&params, account, slots, slot_count, point);
	assert(ok);
	size_t index = root_chain_batch_add(batch, "eth_getProof",
					    growing_buffer_string(&params));
	growing_buffer_clear(&params);
	return index;
}

size_t root_chain_state_add_view(struct root_chain_batch *batch,
				 const struct address *contract,
				 struct bytes call_data,
				 const struct eth_point *point)
{
	struct growing_buffer params;
	char text[HEX_SIZE(20)];
	char where[ETH_POINT_TEXT_SIZE];

	growing_buffer_init(&params, PARAMS_CEILING);
	hex_encode(text, bytes_view(contract->bytes, 20));
	eth_point_format(where, point);
	bool ok = growing_buffer_format(&params, "[{\"to\":\"%s\",\"data\":\"",
					text);
	char *hex = memory_new(HEX_SIZE(call_data.len), 1);
	hex_encode(hex, call_data);
	ok = ok && growing_buffer_format(&params, "%s\"},%s]", hex, where);
	memory_free(hex);
	assert(ok);
	size_t index = root_chain_batch_add(batch, "eth_call",
					    growing_buffer_string(&params));
	growing_buffer_clear(&params);
	return index;
}

static size_t add_account_call(struct root_chain_batch *batch,
			       const char *method,
			       const struct address *account,
			       const struct eth_point *point)
{
	char params[HEX_SIZE(20) + ETH_POINT_TEXT_SIZE + 8];
	char text[HEX_SIZE(20)];
	char where[ETH_POINT_TEXT_SIZE];

	hex_encode(text, bytes_view(account->bytes, 20));
	eth_point_format(where, point);
	(void)snprintf(params, sizeof(params), "[\"%s\",%s]", text,
		       where); /* it fits */
	return root_chain_batch_add(batch, method, params);
}

size_t root_chain_state_add_code(struct root_chain_batch *batch,
				 const struct address *account,
				 const struct eth_point *point)
{
	return add_account_call(batch, "eth_getCode", account, point);
}

size_t root_chain_state_add_balance(struct root_chain_batch *batch,
				    const struct address *account,
				    const struct eth_point *point)
{
	return add_account_call(batch, "eth_getBalance", account, point);
}

bool root_chain_state_take_quantity(const struct root_chain_batch *batch,
				    size_t index, struct u256 *out,
				    struct error *error)
{
	json_t *result;

	return root_chain_batch_result(&result, batch, index, error) &&
	       (strict_json_quantity_u256(out, result, error) ||
		blame(batch, index, error));
}

/* A string of hex, into the arena. */
static bool read_hex(struct bytes *out, struct arena *arena,
		     const json_t *value, struct error *error)
{
	size_t digits = json_string_length(value);
	size_t len = digits < 2 ? 0 : (digits - 2) / 2;
	uint8_t *bytes = arena_new(arena, len + 1, 1);

	if (bytes == NULL)
		return error_set(error, ERROR_BAD_INPUT, "more than may come");
	if (!json_is_string(value) ||
	    !hex_decode(bytes, len, json_string_value(value), digits))
		return error_set(error, ERROR_BAD_INPUT, "not hex");
	*out = bytes_view(bytes, len);
	return true;
}

bool root_chain_state_take_data(const struct root_chain_batch *batch,
				size_t index, struct bytes *out,
				struct arena *arena, struct error *error)
{
	json_t *result;

	return root_chain_batch_result(&result, batch, index, error) &&
	       (read_hex(out, arena, result, error) ||
		blame(batch, index, error));
}

static bool read_nodes(struct bytes **out, size_t *count, struct arena *arena,
		       const json_t *list, struct error *error)
{
	*count = json_array_size(list);
	if (!json_is_array(list) || *count > TRIE_PROOF_MAX_NODES)
		return error_set(error, ERROR_BAD_INPUT,
				 "no list of nodes, or too long");
	*out = arena_new(arena, *count + 1, sizeof(**out));
	if (*out == NULL)
		return error_set(error, ERROR_BAD_INPUT, "more than may come");
	for (size_t i = 0; i < *count; i++) {
		if (!read_hex(&(*out)[i], arena, json_array_get(list, i),
			      error))
			return false;
	}
	return true;
}

static bool read_proof(struct root_chain_account_proof *out,
		       struct arena *arena, const struct hash *slots,
		       size_t slot_count, const json_t *result,
		       struct error *error)
{
	const json_t *list = json_object_get(result, "storageProof");

	out->slot_count = json_array_size(list);
	if (out->slot_count != slot_count)
		return error_set(error, ERROR_BAD_INPUT,
				 "not as many slots as asked");
	out->slots = arena_new(arena, out->slot_count + 1, sizeof(*out->slots));
	if (out->slots == NULL)
		return error_set(error, ERROR_BAD_INPUT, "more than may come");
	for (size_t i = 0; i < out->slot_count; i++) {
		struct root_chain_storage_proof *slot = &out->slots[i];

		slot->slot = slots[i];
		if (!read_nodes(
			    &slot->nodes, &slot->node_count, arena,
			    json_object_get(json_array_get(list, i), "proof"),
			    error))
			return false;
	}
	return read_nodes(&out->nodes, &out->node_count, arena,
			  json_object_get(result, "accountProof"), error);
}

bool root_chain_state_take_proof(const struct root_chain_batch *batch,
				 size_t index,
				 struct root_chain_account_proof *out,
				 struct arena *arena, const struct hash *slots,
				 size_t slot_count, struct error *error)
{
	json_t *result;

	return root_chain_batch_result(&result, batch, index, error) &&
	       (read_proof(out, arena, slots, slot_count, result, error) ||
		blame(batch, index, error));
}
