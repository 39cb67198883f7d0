/* SPDX-License-Identifier: MIT */
#include "common/service/root_chain_transactions.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/u256.h"
#include "common/codec/rlp_writer.h"
#include "common/service/strict_json.h"

static const char method[] = "eth_getBlockByHash";

/* No transaction that a node relays is longer. */
#define TRANSACTION_CEILING ((size_t)16 << 20)

size_t root_chain_transactions_add(struct root_chain_batch *batch,
				   const struct hash *eth_block_hash)
{
	char params[HEX_SIZE(32) + 16];
	char text[HEX_SIZE(32)];

	hex_encode(text, bytes_view(eth_block_hash->bytes, 32));
	(void)snprintf(params, sizeof(params), "[\"%s\",true]",
		       text); /* it fits */
	return root_chain_batch_add(batch, method, params);
}

/* ---- items of RLP, appended ---- */

static void put_string(struct growing_buffer *out, struct bytes view)
{
	uint8_t *space = growing_buffer_extend(out, rlp_string_len(view));

	if (space == NULL)
		return; /* the buffer remembers */
	struct writer writer = writer_of(space, rlp_string_len(view));
	rlp_put_string(&writer, view);
}

/* Puts the header of a list before what was appended since `start`. */
static void close_list(struct growing_buffer *out, size_t start)
{
	size_t payload = out->len - start;
	size_t header = rlp_list_len(payload) - payload;

	if (growing_buffer_extend(out, header) == NULL)
		return;
	memmove(out->data + start + header, out->data + start, payload);
	struct writer writer = writer_of(out->data + start, header);
	rlp_put_list_header(&writer, payload);
}

static bool put_quantity(struct growing_buffer *out, const json_t *object,
			 const char *key, struct error *error)
{
	json_t *member = NULL;
	struct u256 number;
	uint8_t bytes[32];

	if (!strict_json_member(&member, object, key, error) ||
	    !strict_json_quantity_u256(&number, member, error))
		return error_wrap(error, "%s", key);
	size_t len = u256_byte_len(number);
	u256_to_be(bytes, number);
	put_string(out, bytes_view(bytes + sizeof(bytes) - len, len));
	return true;
}

static bool put_data_value(struct growing_buffer *out, const json_t *value,
			   struct error *error)
{
	struct growing_buffer data;

	growing_buffer_init(&data, TRANSACTION_CEILING);
	bool ok = strict_json_data(&data, value, error);
	if (ok)
		put_string(out, growing_buffer_view(&data));
	growing_buffer_clear(&data);
	return ok;
}

static bool put_data(struct growing_buffer *out, const json_t *object,
		     const char *key, struct error *error)
{
	json_t *member = NULL;

	return strict_json_member(&member, object, key, error) &&
	       (put_data_value(out, member, error) ||
		error_wrap(error, "%s", key));
}

/* An address, or nothing where a contract is made. */
static bool put_to(struct growing_buffer *out, const json_t *object,
		   struct error *error)
{
	const json_t *to = json_object_get(object, "to");

	if (to != NULL && !json_is_null(to))
		return put_data(out, object, "to", error);
	put_string(out, bytes_view(NULL, 0));
	return true;
}

static bool put_list_of_data(struct growing_buffer *out, const json_t *list,
			     struct error *error)
{
	size_t start = out->len;

	if (!json_is_array(list))
		return error_set(error, ERROR_BAD_INPUT, "not a list");
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!put_data_value(out, json_array_get(list, i), error))
			return false;
	}
	close_list(out, start);
	return true;
}

static bool put_access_list(struct growing_buffer *out, const json_t *object,
			    struct error *error)
{
	const json_t *list = json_object_get(object, "accessList");
	size_t start = out->len;

	if (!json_is_array(list))
		return error_set(error, ERROR_BAD_INPUT,
				 "accessList: not a list");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		size_t entry_start = out->len;

		if (!put_data(out, entry, "address", error) ||
		    !put_list_of_data(
			    out, json_object_get(entry, "storageKeys"), error))
			return error_wrap(error, "accessList");
		close_list(out, entry_start);
	}
	close_list(out, start);
	return true;
}

static bool put_authorizations(struct growing_buffer *out, const json_t *object,
			       struct error *error)
{
	const json_t *list = json_object_get(object, "authorizationList");
	size_t start = out->len;

	if (!json_is_array(list))
		return error_set(error, ERROR_BAD_INPUT,
				 "authorizationList: not a list");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		size_t entry_start = out->len;

		if (!put_quantity(out, entry, "chainId", error) ||
		    !put_data(out, entry, "address", error) ||
		    !put_quantity(out, entry, "nonce", error) ||
		    !put_quantity(out, entry, "yParity", error) ||
		    !put_quantity(out, entry, "r", error) ||
		    !put_quantity(out, entry, "s", error))
			return error_wrap(error, "authorizationList");
		close_list(out, entry_start);
	}
	close_list(out, start);
	return true;
}

/* ---- transactions ---- */

/* What each type has between the nonce and the gas, and behind the data. */
static bool put_prices(struct growing_buffer *out, const json_t *object,
		       uint64_t type, struct error *error)
{
	if (type < 2)
		return put_quantity(out, object, "gasPrice", error);
	return put_quantity(out, object, "maxPriorityFeePerGas", error) &&
	       put_quantity(out, object, "maxFeePerGas", error);
}

static bool put_additions(struct growing_buffer *out, const json_t *object,
			  uint64_t type, struct error *error)
{
	if (type == 0)
		return put_quantity(out, object, "v", error);
	if (!put_access_list(out, object, error))
		return false;
	if (type == 3 &&
	    (!put_quantity(out, object, "maxFeePerBlobGas", error) ||
	     !put_list_of_data(out,
			       json_object_get(object, "blobVersionedHashes"),
			       error)))
		return false;
	if (type == 4 && !put_authorizations(out, object, error))
		return false;
	return put_quantity(out, object, "yParity", error);
}

static bool put_transaction(struct growing_buffer *out, const json_t *object,
			    uint64_t type, struct error *error)
{
	if (type > 0)
		/* What does not fit shows in the buffer. */
		(void)growing_buffer_put_byte(out, (uint8_t)type);
	size_t start = out->len;
	if ((type > 0 && !put_quantity(out, object, "chainId", error)) ||
	    !put_quantity(out, object, "nonce", error) ||
	    !put_prices(out, object, type, error) ||
	    !put_quantity(out, object, "gas", error) ||
	    !put_to(out, object, error) ||
	    !put_quantity(out, object, "value", error) ||
	    !put_data(out, object, "input", error) ||
	    !put_additions(out, object, type, error) ||
	    !put_quantity(out, object, "r", error) ||
	    !put_quantity(out, object, "s", error))
		return false;
	close_list(out, start);
	return true;
}

static bool read_type(uint64_t *type, const json_t *object, struct error *error)
{
	const json_t *member = json_object_get(object, "type");

	*type = 0;
	return member == NULL || strict_json_quantity(type, member, error) ||
	       error_wrap(error, "type");
}

static bool take_one(struct bytes *out, bool *known, struct arena *arena,
		     const json_t *object, struct growing_buffer *space,
		     struct error *error)
{
	uint64_t type;

	if (!read_type(&type, object, error))
		return false;
	if (type > 4) {
		*known = false;
		return true;
	}
	growing_buffer_reset(space);
	if (!put_transaction(space, object, type, error))
		return false;
	*out = arena_copy(arena, growing_buffer_view(space));
	return (!space->overflowed && out->data != NULL) ||
	       error_set(error, ERROR_BAD_INPUT, "more than may come");
}

static bool take_all(struct bytes **out, size_t *count, bool *known,
		     struct arena *arena, const json_t *list,
		     struct error *error)
{
	struct growing_buffer space;
	bool ok = true;

	*count = json_array_size(list);
	*out = arena_new(arena, *count + 1, sizeof(**out));
	if (!json_is_array(list) || *out == NULL)
		return error_set(error, ERROR_BAD_INPUT,
				 "transactions: no list, or too long");
	growing_buffer_init(&space, TRANSACTION_CEILING);
	for (size_t i = 0; ok && i < *count; i++)
		ok = take_one(&(*out)[i], known, arena, json_array_get(list, i),
			      &space, error);
	growing_buffer_clear(&space);
	return ok;
}

bool root_chain_transactions_take(const struct root_chain_batch *batch,
				  size_t index, bool *found, bool *known,
				  struct bytes **out, size_t *count,
				  struct arena *arena, struct error *error)
{
	json_t *result;

	if (!root_chain_batch_result(&result, batch, index, error))
		return false;
	*found = !json_is_null(result);
	*known = true;
	if (!*found || take_all(out, count, known, arena,
				json_object_get(result, "transactions"), error))
		return true;
	error->code = ERROR_PROTOCOL;
	return error_wrap(error, "%s", method);
}
