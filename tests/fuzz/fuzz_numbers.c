/* SPDX-License-Identifier: MIT */

/* Any text as hexadecimal, decimal, an address or a quantity: what is taken is
 * written the same again, or in the one form that it has. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/u256.h"
#include "common/ethereum/eth_quantity.h"
#include "common/keys/address.h"
#include "tests/fuzz/driver.h"

const char *const fuzz_seeds[] = {
	"=0x00c0FFee",
	"=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
	"=0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
	"=115792089237316195423570985008687907853269984665640564039457584007913"
	"129639935",
	"=0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"=18446744073709551615",
	"=0",
	"=12.5",
	NULL,
};

static void check_hex(const char *text, size_t len)
{
	uint8_t bytes[64];
	char again[HEX_SIZE(64)];
	size_t count = len >= 2 ? (len - 2) / 2 : 0;

	if (count > sizeof(bytes) || !hex_decode(bytes, count, text, len))
		return;
	hex_encode(again, bytes_view(bytes, count));
	for (size_t i = 0; i < len; i++)
		if (tolower((unsigned char)text[i]) != again[i])
			abort();
}

static void check_decimal(const char *text, size_t len)
{
	char again[U256_DECIMAL_SIZE];
	struct u256 number;
	uint64_t small;

	if (!u256_from_decimal(&number, text, len))
		return;
	if (u256_to_decimal(again, number) != len ||
	    memcmp(again, text, len) != 0)
		abort();
	if (decimal_parse_u64(&small, again, UINT64_MAX) !=
	    u256_to_u64(&small, number))
		abort();
}

static void check_quantity(const char *text, size_t len)
{
	char again[ETH_QUANTITY_SIZE];
	struct u256 number;

	if (!eth_quantity_parse(&number, text, len))
		return;
	eth_quantity_format(again, number);
	if (strlen(again) != len)
		abort();
}

static void check_address(const char *text, size_t len)
{
	char again[ADDRESS_TEXT_SIZE];
	struct address address;
	struct address other;

	if (!address_parse(&address, text, len))
		return;
	address_format(again, &address);
	if (!address_parse(&other, again, strlen(again)) ||
	    !address_equal(&address, &other))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Without a zero byte behind it. */
	const char *text = (const char *)data;
	struct u256 scaled;

	check_hex(text, size);
	check_decimal(text, size);
	check_quantity(text, size);
	check_address(text, size);
	for (unsigned int decimals = 0; decimals <= 18; decimals += 6)
		(void)!decimal_parse_scaled(&scaled, text, size, decimals);
	return 0;
}
