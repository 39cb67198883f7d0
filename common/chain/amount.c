/* SPDX-License-Identifier: MIT */
#include "common/chain/amount.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/decimal.h"

bool token_equal(const struct token *a, const struct token *b)
{
	return address_equal(&a->address, &b->address);
}

int token_compare(const struct token *a, const struct token *b)
{
	return address_compare(&a->address, &b->address);
}

bool token_is_eth(const struct token *token)
{
	return address_is_zero(&token->address);
}

struct amount amount_zero(void)
{
	return amount_of(0);
}

struct amount amount_of(uint64_t units)
{
	return amount_from_u256(u256_of(units));
}

struct amount amount_from_u256(struct u256 units)
{
	return (struct amount){ units };
}

struct u256 amount_to_u256(struct amount amount)
{
	return amount.private_units;
}

struct amount amount_from_be(const uint8_t bytes[32])
{
	return amount_from_u256(u256_from_be(bytes));
}

void amount_to_be(uint8_t bytes[32], struct amount amount)
{
	u256_to_be(bytes, amount.private_units);
}

bool amount_is_zero(struct amount amount)
{
	return u256_is_zero(amount.private_units);
}

int amount_compare(struct amount a, struct amount b)
{
	return u256_compare(a.private_units, b.private_units);
}

bool amount_equal(struct amount a, struct amount b)
{
	return amount_compare(a, b) == 0;
}

bool amount_add(struct amount *out, struct amount a, struct amount b)
{
	return u256_add(&out->private_units, a.private_units, b.private_units);
}

bool amount_subtract(struct amount *out, struct amount a, struct amount b)
{
	return u256_subtract(&out->private_units, a.private_units,
			     b.private_units);
}

bool amount_scale(struct amount *out, struct amount a, uint64_t numerator,
		  uint64_t denominator)
{
	struct u256 product;
	struct u256 remainder;

	return u256_multiply(&product, a.private_units, u256_of(numerator)) &&
	       u256_divide(&out->private_units, &remainder, product,
			   u256_of(denominator));
}

bool amount_from_decimal(struct amount *out, const char *digits, size_t len)
{
	return u256_from_decimal(&out->private_units, digits, len);
}

size_t amount_to_decimal(char text[AMOUNT_DECIMAL_SIZE], struct amount amount)
{
	return u256_to_decimal(text, amount.private_units);
}

struct unit {
	const char *name;
	unsigned int decimals;
};

static const struct unit eth_units[] = {
	{ "eth", 18 },
	{ "gwei", 9 },
	{ "wei", 0 },
};

/* The number at the front of `text`, and what follows it without blanks. */
static const char *find_unit(const char *text, size_t *number_len)
{
	size_t len = strspn(text, "0123456789.");
	const char *unit = text + len;

	*number_len = len;
	while (*unit == ' ')
		unit++;
	return unit;
}

bool amount_parse(struct amount *out, const char *text, const char *symbol,
		  unsigned int decimals)
{
	size_t number_len;
	const char *name = find_unit(text, &number_len);

	if (symbol != NULL)
		return strcmp(name, symbol) == 0 &&
		       decimal_parse_scaled(&out->private_units, text,
					    number_len, decimals);
	for (size_t i = 0; i < sizeof(eth_units) / sizeof(eth_units[0]); i++) {
		if (strcmp(name, eth_units[i].name) == 0)
			return decimal_parse_scaled(&out->private_units, text,
						    number_len,
						    eth_units[i].decimals);
	}
	return false;
}

void amount_format(char text[AMOUNT_TEXT_SIZE], struct amount amount,
		   const char *symbol, unsigned int decimals)
{
	char number[DECIMAL_SCALED_SIZE];

	decimal_format_scaled(number, amount.private_units, decimals);
	(void)snprintf(text, AMOUNT_TEXT_SIZE, "%s %s", number,
		       symbol); /* a long symbol is cut */
}
