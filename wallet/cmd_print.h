/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_PRINT_H
#define PLASMA_WALLET_CMD_PRINT_H

/* What all commands print alike: JSON objects with a schema, amounts with their
 * units, tables. */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/chain/amount.h"
#include "common/chain/position.h"
#include "common/service/network_file.h"

/* An object that begins with "schema": "plasma.wallet.NAME/1". */
json_t *print_object_new(const char *name);

/* Prints the object in one line and gives it back to jansson. */
void print_json(json_t *object);

void print_set(json_t *object, const char *key, json_t *value);
void print_set_text(json_t *object, const char *key, const char *text);
void print_set_number(json_t *object, const char *key, uint64_t number);
void print_set_bool(json_t *object, const char *key, bool value);
void print_set_hash(json_t *object, const char *key, const struct hash *hash);
void print_set_hex(json_t *object, const char *key, struct bytes view);
void print_set_address(json_t *object, const char *key,
		       const struct address *address);
void print_set_amount(json_t *object, const char *key, struct amount amount);
void print_set_position(json_t *object, const char *key,
			struct position position);

/* "KEY": "2026-…Z" and "KEY_unix": seconds; null for 0. */
void print_set_instant(json_t *object, const char *key, uint64_t seconds);

/* How people call a token: its symbol, or "units of 0x…". */
#define PRINT_TOKEN_SIZE 64
void print_token_name(char out[PRINT_TOKEN_SIZE], const struct network *network,
		      const struct token *token);

/* An amount with it: "1.5 ETH". */
#define PRINT_AMOUNT_SIZE (AMOUNT_TEXT_SIZE + PRINT_TOKEN_SIZE)
void print_amount(char out[PRINT_AMOUNT_SIZE], const struct network *network,
		  const struct token *token, struct amount amount);

/* "token": address, "symbol": …, "amount": units, "text": "1.5 ETH". */
void print_set_token_amount(json_t *object, const struct network *network,
			    const struct token *token, struct amount amount);

/* "2026-01-31 23:59:59 UTC", or "-" for 0. */
#define PRINT_INSTANT_SIZE 32
void print_instant(char out[PRINT_INSTANT_SIZE], uint64_t seconds);

/* Rows of text in columns that fit; the first row is the heading. */
#define PRINT_MAX_COLUMNS 8
struct print_table;
struct print_table *print_table_new(size_t columns);

/* Adds one cell; cells fill rows from left to right. The text is copied. */
void print_table_cell(struct print_table *table, const char *text);

/* Prints and frees. */
void print_table_end(struct print_table *table);

#endif
