/* SPDX-License-Identifier: MIT */
#include "common/base/u256.h"

#include <assert.h>

#define LIMBS 4

/* Two limbs: what a product or a carry needs. */
typedef unsigned __int128 wide;

struct u256 u256_of(uint64_t number)
{
	return (struct u256){ { number, 0, 0, 0 } };
}

/* Written out, it is one load that turns the bytes around. */
static uint64_t limb_from_be(const uint8_t bytes[8])
{
	return (uint64_t)bytes[0] << 56 | (uint64_t)bytes[1] << 48 |
	       (uint64_t)bytes[2] << 40 | (uint64_t)bytes[3] << 32 |
	       (uint64_t)bytes[4] << 24 | (uint64_t)bytes[5] << 16 |
	       (uint64_t)bytes[6] << 8 | (uint64_t)bytes[7];
}

struct u256 u256_from_be(const uint8_t bytes[32])
{
	return (struct u256){
		{ limb_from_be(bytes + 24), limb_from_be(bytes + 16),
		  limb_from_be(bytes + 8), limb_from_be(bytes) }
	};
}

void u256_to_be(uint8_t bytes[32], struct u256 number)
{
	for (size_t i = 0; i < 32; i++)
		bytes[31 - i] = (uint8_t)(number.limbs[i / 8] >> (8 * (i % 8)));
}

struct u256 u256_from_be_bytes(const uint8_t *bytes, size_t len)
{
	assert(len <= 32);
	struct u256 number = U256_ZERO;
	for (size_t i = 0; i < len; i++)
		number.limbs[i / 8] |= (uint64_t)bytes[len - 1 - i]
				       << (8 * (i % 8));
	return number;
}

size_t u256_byte_len(struct u256 number)
{
	return (u256_bit_len(number) + 7) / 8;
}

size_t u256_bit_len(struct u256 number)
{
	for (size_t i = LIMBS; i > 0; i--) {
		uint64_t limb = number.limbs[i - 1];
		if (limb == 0)
			continue;
		size_t bits = 0;
		for (; limb != 0; limb >>= 1)
			bits++;
		return 64 * (i - 1) + bits;
	}
	return 0;
}

bool u256_is_zero(struct u256 number)
{
	return u256_equal(number, U256_ZERO);
}

int u256_compare(struct u256 a, struct u256 b)
{
	for (size_t i = LIMBS; i > 0; i--) {
		if (a.limbs[i - 1] != b.limbs[i - 1])
			return a.limbs[i - 1] < b.limbs[i - 1] ? -1 : 1;
	}
	return 0;
}

bool u256_equal(struct u256 a, struct u256 b)
{
	return u256_compare(a, b) == 0;
}

bool u256_to_u64(uint64_t *out, struct u256 number)
{
	if ((number.limbs[1] | number.limbs[2] | number.limbs[3]) != 0)
		return false;
	*out = number.limbs[0];
	return true;
}

bool u256_add(struct u256 *out, struct u256 a, struct u256 b)
{
	struct u256 sum;
	uint64_t carry = 0;
	for (size_t i = 0; i < LIMBS; i++) {
		wide limb = (wide)a.limbs[i] + b.limbs[i] + carry;
		sum.limbs[i] = (uint64_t)limb;
		carry = (uint64_t)(limb >> 64);
	}
	if (carry != 0)
		return false;
	*out = sum;
	return true;
}

bool u256_subtract(struct u256 *out, struct u256 a, struct u256 b)
{
	if (u256_compare(a, b) < 0)
		return false;
	struct u256 difference;
	uint64_t borrow = 0;
	for (size_t i = 0; i < LIMBS; i++) {
		wide limb = (wide)a.limbs[i] - b.limbs[i] - borrow;
		difference.limbs[i] = (uint64_t)limb;
		borrow = (uint64_t)(limb >> 64) & 1;
	}
	*out = difference;
	return true;
}

bool u256_multiply(struct u256 *out, struct u256 a, struct u256 b)
{
	uint64_t product[2 * LIMBS] = { 0 };
	for (size_t i = 0; i < LIMBS; i++) {
		uint64_t carry = 0;
		for (size_t j = 0; j < LIMBS; j++) {
			wide limb = (wide)a.limbs[i] * b.limbs[j] +
				    product[i + j] + carry;
			product[i + j] = (uint64_t)limb;
			carry = (uint64_t)(limb >> 64);
		}
		product[i + LIMBS] = carry;
	}
	for (size_t i = LIMBS; i < sizeof(product) / sizeof(*product); i++) {
		if (product[i] != 0)
			return false;
	}
	for (size_t i = 0; i < LIMBS; i++)
		out->limbs[i] = product[i];
	return true;
}

struct u256 u256_saturating_add(struct u256 a, struct u256 b)
{
	return u256_add(&a, a, b) ? a : U256_MAX;
}

struct u256 u256_saturating_subtract(struct u256 a, struct u256 b)
{
	return u256_subtract(&a, a, b) ? a : U256_ZERO;
}

struct u256 u256_saturating_multiply(struct u256 a, struct u256 b)
{
	return u256_multiply(&a, a, b) ? a : U256_MAX;
}

struct u256 u256_smaller(struct u256 a, struct u256 b)
{
	return u256_compare(a, b) < 0 ? a : b;
}

struct u256 u256_larger(struct u256 a, struct u256 b)
{
	return u256_compare(a, b) > 0 ? a : b;
}

/* Divides by one limb; returns the remainder. */
static uint64_t divide_by_limb(struct u256 *number, uint64_t divisor)
{
	uint64_t remainder = 0;
	for (size_t i = LIMBS; i > 0; i--) {
		wide part = (wide)remainder << 64 | number->limbs[i - 1];
		number->limbs[i - 1] = (uint64_t)(part / divisor);
		remainder = (uint64_t)(part % divisor);
	}
	return remainder;
}

/* Long division bit by bit: rare (divisors above 64 bits), and easy to trust.
 */
static void divide_by_bits(struct u256 *quotient, struct u256 *remainder,
			   struct u256 a, struct u256 b)
{
	struct u256 result = U256_ZERO;
	struct u256 rest = U256_ZERO;
	for (size_t bit = u256_bit_len(a); bit > 0; bit--) {
		size_t at = bit - 1;
		bool carried = (rest.limbs[3] >> 63) != 0;
		rest = u256_shift_left(rest, 1);
		rest.limbs[0] |= (a.limbs[at / 64] >> (at % 64)) & 1;
		if (!carried && u256_compare(rest, b) < 0)
			continue;
		/* With a carry the true rest is 2^256 larger than `rest`, and
		 * the difference below is right modulo 2^256. */
		uint64_t borrow = 0;
		for (size_t i = 0; i < LIMBS; i++) {
			wide limb = (wide)rest.limbs[i] - b.limbs[i] - borrow;
			rest.limbs[i] = (uint64_t)limb;
			borrow = (uint64_t)(limb >> 64) & 1;
		}
		result.limbs[at / 64] |= (uint64_t)1 << (at % 64);
	}
	*quotient = result;
	*remainder = rest;
}

bool u256_divide(struct u256 *quotient, struct u256 *remainder, struct u256 a,
		 struct u256 b)
{
	if (u256_is_zero(b))
		return false;
	uint64_t small;
	if (u256_to_u64(&small, b)) {
		uint64_t rest = divide_by_limb(&a, small);
		*quotient = a;
		*remainder = u256_of(rest);
		return true;
	}
	divide_by_bits(quotient, remainder, a, b);
	return true;
}

struct u256 u256_shift_left(struct u256 number, unsigned int count)
{
	assert(count <= 255);
	struct u256 shifted = U256_ZERO;
	size_t limbs = count / 64;
	unsigned int bits = count % 64;
	for (size_t i = LIMBS; i > limbs; i--) {
		size_t from = i - 1 - limbs;
		shifted.limbs[i - 1] = number.limbs[from] << bits;
		if (bits > 0 && from > 0)
			shifted.limbs[i - 1] |=
				number.limbs[from - 1] >> (64 - bits);
	}
	return shifted;
}

struct u256 u256_shift_right(struct u256 number, unsigned int count)
{
	assert(count <= 255);
	struct u256 shifted = U256_ZERO;
	size_t limbs = count / 64;
	unsigned int bits = count % 64;
	for (size_t i = 0; i + limbs < LIMBS; i++) {
		size_t from = i + limbs;
		shifted.limbs[i] = number.limbs[from] >> bits;
		if (bits > 0 && from + 1 < LIMBS)
			shifted.limbs[i] |= number.limbs[from + 1]
					    << (64 - bits);
	}
	return shifted;
}

struct u256 u256_or(struct u256 a, struct u256 b)
{
	for (size_t i = 0; i < LIMBS; i++)
		a.limbs[i] |= b.limbs[i];
	return a;
}

bool u256_from_decimal(struct u256 *out, const char *digits, size_t len)
{
	if (len == 0 || len > U256_DECIMAL_SIZE - 1)
		return false;
	if (digits[0] == '0' && len > 1)
		return false;
	struct u256 number = U256_ZERO;
	for (size_t i = 0; i < len; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(digits[i] - '0');
		if (!u256_multiply(&number, number, u256_of(10)) ||
		    !u256_add(&number, number, u256_of(digit)))
			return false;
	}
	*out = number;
	return true;
}

size_t u256_to_decimal(char text[U256_DECIMAL_SIZE], struct u256 number)
{
	char reversed[U256_DECIMAL_SIZE];
	size_t len = 0;
	do {
		uint64_t digit = divide_by_limb(&number, 10);
		reversed[len++] = (char)('0' + digit);
	} while (!u256_is_zero(number));
	for (size_t i = 0; i < len; i++)
		text[i] = reversed[len - 1 - i];
	text[len] = '\0';
	return len;
}
