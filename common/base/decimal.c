/* SPDX-License-Identifier: MIT */
#include "common/base/decimal.h"

#include <assert.h>
#include <string.h>

bool decimal_parse_u64(uint64_t *out, const char *text, uint64_t max)
{
	size_t len = strnlen(text, 21);
	struct u256 number;
	uint64_t value;
	if (!u256_from_decimal(&number, text, len) ||
	    !u256_to_u64(&value, number) || value > max)
		return false;
	*out = value;
	return true;
}

/* Multiplies by ten and adds a digit. */
static bool append_digit(struct u256 *number, char digit)
{
	if (digit < '0' || digit > '9')
		return false;
	struct u256 result;
	if (!u256_multiply(&result, *number, u256_of(10)) ||
	    !u256_add(&result, result, u256_of((uint64_t)(digit - '0'))))
		return false;
	*number = result;
	return true;
}

bool decimal_parse_scaled(struct u256 *out, const char *text, size_t len,
			  unsigned int decimals)
{
	const char *point = len == 0 ? NULL : memchr(text, '.', len);
	size_t whole = point == NULL ? len : (size_t)(point - text);
	size_t behind = point == NULL ? 0 : len - whole - 1;
	if (whole == 0 || (point != NULL && behind == 0) || behind > decimals)
		return false;
	if (whole > 1 && text[0] == '0')
		return false;
	struct u256 number = U256_ZERO;
	for (size_t i = 0; i < whole; i++) {
		if (!append_digit(&number, text[i]))
			return false;
	}
	for (size_t i = 0; i < decimals; i++) {
		char digit = '0';

		if (i < behind)
			digit = text[whole + 1 + i];
		if (!append_digit(&number, digit))
			return false;
	}
	*out = number;
	return true;
}

void decimal_format_scaled(char text[DECIMAL_SCALED_SIZE], struct u256 number,
			   unsigned int decimals)
{
	assert(decimals <= 77);
	char digits[U256_DECIMAL_SIZE];
	size_t len = u256_to_decimal(digits, number);
	size_t whole = len > decimals ? len - decimals : 0;
	/* The digits behind the point that count, and zeros before them. */
	size_t end = len;
	while (end > whole && digits[end - 1] == '0')
		end--;
	size_t at = 0;
	if (whole == 0)
		text[at++] = '0';
	memcpy(text + at, digits, whole);
	at += whole;
	if (end > whole) {
		text[at++] = '.';
		for (size_t i = len; i < decimals; i++)
			text[at++] = '0';
		memcpy(text + at, digits + whole, end - whole);
		at += end - whole;
	}
	text[at] = '\0';
}
