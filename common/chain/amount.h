/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_AMOUNT_H
#define PLASMA_COMMON_CHAIN_AMOUNT_H

/*
 * Money: an amount of the smallest unit of one token, 0 to 2^256 - 1. It can be
 * added, subtracted and compared through these functions only; the member is
 * private to amount.c (a gate refuses it elsewhere).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/u256.h"

struct amount {
	struct u256 private_units;
};

/* The contract of an ERC-20 token; all zero for ETH. */
struct token {
	struct address address;
};

#define TOKEN_ETH ((struct token){ { { 0 } } })

bool token_equal(const struct token *a, const struct token *b);
int token_compare(const struct token *a, const struct token *b);
bool token_is_eth(const struct token *token);

struct amount amount_zero(void);
struct amount amount_of(uint64_t units);
struct amount amount_from_u256(struct u256 units);
struct u256 amount_to_u256(struct amount amount);

/* 32 bytes, big-endian. */
struct amount amount_from_be(const uint8_t bytes[32]);
void amount_to_be(uint8_t bytes[32], struct amount amount);

bool amount_is_zero(struct amount amount);
int amount_compare(struct amount a, struct amount b);
bool amount_equal(struct amount a, struct amount b);

/* False, with `out` untouched, when the result is not 0 to 2^256 - 1. */
NODISCARD bool amount_add(struct amount *out, struct amount a, struct amount b);
NODISCARD bool amount_subtract(struct amount *out, struct amount a,
			       struct amount b);

/* a * numerator / denominator rounded down; false when it does not fit or the
 * denominator is 0. */
NODISCARD bool amount_scale(struct amount *out, struct amount a,
			    uint64_t numerator, uint64_t denominator);

/* Digits only, in the smallest unit (for JSON and databases). */
NODISCARD bool amount_from_decimal(struct amount *out, const char *digits,
				   size_t len);
#define AMOUNT_DECIMAL_SIZE U256_DECIMAL_SIZE
size_t amount_to_decimal(char text[AMOUNT_DECIMAL_SIZE], struct amount amount);

/* What a person types: a number and a unit, "1.5eth", "250gwei", "1000wei" or
 * "12.5 TOKEN" where TOKEN is `symbol` with `decimals` (symbol NULL: ETH units
 * only). A bare number is refused. */
NODISCARD bool amount_parse(struct amount *out, const char *text,
			    const char *symbol, unsigned int decimals);

/* "1.5 eth" style text for people: number, blank, symbol. */
#define AMOUNT_TEXT_SIZE (U256_DECIMAL_SIZE + 24)
void amount_format(char text[AMOUNT_TEXT_SIZE], struct amount amount,
		   const char *symbol, unsigned int decimals);

#endif
