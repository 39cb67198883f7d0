/* SPDX-License-Identifier: MIT */
#include "wallet/cmd_print.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/keys/address.h"

json_t *print_object_new(const char *name)
{
	json_t *object = json_object();
	char schema[64];

	(void)snprintf(schema, sizeof(schema), "plasma.wallet.%s/1",
		       name); /* it fits */
	print_set_text(object, "schema", schema);
	return object;
}

void print_json(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);

	assert(text != NULL);
	json_decref(object);
	puts(text);
	free(text); /* allowed: jansson took it */
}

void print_set(json_t *object, const char *key, json_t *value)
{
	int result = json_object_set_new(object, key, value);

	assert(result == 0);
}

void print_set_text(json_t *object, const char *key, const char *text)
{
	print_set(object, key, json_string(text));
}

void print_set_number(json_t *object, const char *key, uint64_t number)
{
	print_set(object, key, json_integer((json_int_t)number));
}

void print_set_bool(json_t *object, const char *key, bool value)
{
	print_set(object, key, json_boolean(value));
}

void print_set_hex(json_t *object, const char *key, struct bytes view)
{
	char *text = memory_new(1, HEX_SIZE(view.len));

	hex_encode(text, view);
	print_set_text(object, key, text);
	memory_free(text);
}

void print_set_hash(json_t *object, const char *key, const struct hash *hash)
{
	print_set_hex(object, key, bytes_view(hash->bytes, 32));
}

void print_set_address(json_t *object, const char *key,
		       const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, address);
	print_set_text(object, key, text);
}

void print_set_amount(json_t *object, const char *key, struct amount amount)
{
	char text[AMOUNT_DECIMAL_SIZE];

	(void)amount_to_decimal(text, amount); /* its length */
	print_set_text(object, key, text);
}

void print_set_position(json_t *object, const char *key,
			struct position position)
{
	char text[POSITION_TEXT_SIZE];

	position_format(text, position);
	print_set_text(object, key, text);
}

void print_set_instant(json_t *object, const char *key, uint64_t seconds)
{
	char text[INSTANT_TEXT_SIZE];
	char unix_key[64];

	(void)snprintf(unix_key, sizeof(unix_key), "%s_unix",
		       key); /* it fits */
	if (seconds == 0) {
		print_set(object, key, json_null());
		print_set(object, unix_key, json_null());
		return;
	}
	instant_format(text, seconds);
	print_set_text(object, key, text);
	print_set_number(object, unix_key, seconds);
}

void print_token_name(char out[PRINT_TOKEN_SIZE], const struct network *network,
		      const struct token *token)
{
	const struct network_token *known = network_token_find(network, token);
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, &token->address);
	if (token_is_eth(token))
		(void)snprintf(out, PRINT_TOKEN_SIZE, "ETH"); /* it fits */
	else if (known != NULL)
		(void)snprintf(out, PRINT_TOKEN_SIZE, "%s",
			       known->symbol); /* it fits */
	else
		(void)snprintf(out, PRINT_TOKEN_SIZE, "units of %s",
			       text); /* it fits */
}

static unsigned int decimals_of(const struct network *network,
				const struct token *token)
{
	const struct network_token *known = network_token_find(network, token);

	if (token_is_eth(token))
		return 18;
	return known == NULL ? 0 : known->decimals;
}

void print_amount(char out[PRINT_AMOUNT_SIZE], const struct network *network,
		  const struct token *token, struct amount amount)
{
	char name[PRINT_TOKEN_SIZE];
	char text[AMOUNT_TEXT_SIZE];

	print_token_name(name, network, token);
	amount_format(text, amount, "", decimals_of(network, token));
	(void)snprintf(out, PRINT_AMOUNT_SIZE, "%s%s", text,
		       name); /* it fits */
}

void print_set_token_amount(json_t *object, const struct network *network,
			    const struct token *token, struct amount amount)
{
	char name[PRINT_TOKEN_SIZE];
	char text[PRINT_AMOUNT_SIZE];

	print_token_name(name, network, token);
	print_amount(text, network, token, amount);
	print_set_address(object, "token", &token->address);
	print_set_text(object, "symbol", name);
	print_set_amount(object, "amount", amount);
	print_set_text(object, "text", text);
}

void print_instant(char out[PRINT_INSTANT_SIZE], uint64_t seconds)
{
	char text[INSTANT_TEXT_SIZE];

	instant_format(text, seconds);
	if (seconds == 0)
		(void)snprintf(out, PRINT_INSTANT_SIZE, "-"); /* it fits */
	else
		(void)snprintf(out, PRINT_INSTANT_SIZE, "%.10s %.8s UTC", text,
			       text + 11); /* it fits */
}

/* ---- tables ---- */

struct print_table {
	size_t columns;
	size_t count; /* of cells */
	size_t capacity;
	char **cells;
	size_t widths[PRINT_MAX_COLUMNS];
};

struct print_table *print_table_new(size_t columns)
{
	struct print_table *table = memory_new(1, sizeof(*table));

	assert(columns >= 1 && columns <= PRINT_MAX_COLUMNS);
	table->columns = columns;
	return table;
}

void print_table_cell(struct print_table *table, const char *text)
{
	size_t column = table->count % table->columns;
	size_t len = strlen(text);

	if (table->count == table->capacity) {
		table->capacity =
			table->capacity == 0 ? 64 : 2 * table->capacity;
		table->cells = memory_resize(table->cells, table->capacity,
					     sizeof(*table->cells));
	}
	table->cells[table->count++] = memory_copy_string(text, len);
	if (len > table->widths[column])
		table->widths[column] = len;
}

void print_table_end(struct print_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		size_t column = i % table->columns;

		if (column + 1 == table->columns)
			printf("%s\n", table->cells[i]);
		else
			printf("%-*s  ", (int)table->widths[column],
			       table->cells[i]);
		memory_free(table->cells[i]);
	}
	memory_free(table->cells);
	memory_free(table);
}
