/* SPDX-License-Identifier: MIT */
#include "operator/fee_file_store.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/atomic_file.h"
#include "common/service/strict_json.h"

#define FEE_FILE_CEILING ((size_t)1 << 20)

static bool parse_row(struct fee_row *row, const char *token,
		      const json_t *value, struct error *error)
{
	const char *amount;

	if (!address_parse(&row->token.address, token, strlen(token)))
		return error_set(error, ERROR_BAD_INPUT,
				 "fees: \"%s\" is not the address of a token",
				 token);
	if (!json_is_object(value) || json_object_size(value) != 1)
		return error_set(error, ERROR_BAD_INPUT,
				 "fees: token %s: only an amount is expected",
				 token);
	if (!strict_json_string(&amount, value, "amount", error))
		return error_wrap(error, "fees: token %s", token);
	if (!amount_from_decimal(&row->amount, amount, strlen(amount)) ||
	    amount_is_zero(row->amount))
		return error_set(
			error, ERROR_BAD_INPUT,
			"fees: token %s: \"%s\" is not an amount above "
			"zero",
			token, amount);
	return true;
}

static bool parse_table(struct fee_row **rows, size_t *count, json_t *table,
			struct error *error)
{
	struct fee_row *list =
		memory_new(json_object_size(table) + 1, sizeof(*list));
	const char *token;
	json_t *value;

	*count = 0;
	json_object_foreach(table, token, value)
	{
		if (!parse_row(&list[*count], token, value, error)) {
			memory_free(list);
			return false;
		}
		*count += 1;
	}
	*rows = list;
	return true;
}

bool fee_file_parse_new(struct fee_row **rows, size_t *count, struct bytes text,
			struct error *error)
{
	json_t *root = strict_json_parse_new(text, error);
	json_t *table = json_object_get(root, "1");
	bool ok = root != NULL;

	if (ok && (json_object_size(root) != 1 || !json_is_object(table)))
		ok = error_set(error, ERROR_BAD_INPUT,
			       "fees: an object with the one member \"1\" is "
			       "expected");
	ok = ok && parse_table(rows, count, table, error);
	json_decref(root);
	return ok;
}

/* A token that is not listed may not exist at all; ether does everywhere. */
static bool are_tokens_known(const struct fee_row *rows, size_t count,
			     const struct network *network, struct error *error)
{
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < count; i++) {
		const struct token *token = &rows[i].token;

		if (address_is_zero(&token->address) ||
		    network_token_find(network, token) != NULL)
			continue;
		address_format(text, &token->address);
		return error_set(error, ERROR_BAD_INPUT,
				 "fees: token %s is unknown: [tokens] of the "
				 "network file does not list it",
				 text);
	}
	return true;
}

bool fee_file_read_new(struct fee_row **rows, size_t *count, const char *path,
		       const struct network *network, struct error *error)
{
	struct growing_buffer text;

	growing_buffer_init(&text, FEE_FILE_CEILING);
	bool ok = atomic_file_read(&text, path, error) &&
		  fee_file_parse_new(rows, count, growing_buffer_view(&text),
				     error);
	growing_buffer_clear(&text);
	if (ok && !are_tokens_known(*rows, *count, network, error)) {
		memory_free(*rows);
		return false;
	}
	return ok;
}
