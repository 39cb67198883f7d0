/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/hex.h"
#include "common/ethereum/eth_transaction.h"
#include "tests/unit/runner.h"

/* Calls of the account abab... with the bytes 01 02, by another implementation.
 */
static const char *const calls[] = {
	/* without a type */
	"0xf861010182520894abababababababababababababababababababab80"
	"82010226a0bd4ec6cad319e0c5a249a8f4cb3dfe50dc1abf4deaefbddac3"
	"861d4c2318c7afa00dda7414ce80e88d1d9f9ce020dc0cf3def62de7d097"
	"df04490a8c89b3dfd53e",
	/* 1, with an access list */
	"0x01f89c01010182520894ababababababababababababababababababab"
	"ab80820102f838f794cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcde1"
	"a00000000000000000000000000000000000000000000000000000000000"
	"00000080a02ac8218f0380dab81628a8fe70f8e8a59e6d0b6f3f1547a9e1"
	"6beeaed947b02aa02c86b607fac182be5c7ffb2a7615fce9c1cd796078f8"
	"7f1fac2f3475c179dba0",
	/* 2 */
	"0x02f8640101010282520894abababababababababababababababababab"
	"abab80820102c080a0b24f54133a44b62c1f0717cfa52a46fee3599c8eeb"
	"583f49eaf1ed0eed832189a07e32faf933af090aca5d830ef3deb30d43a7"
	"ba0749d02ee7a34a7af694418116",
	/* 3 */
	"0x03f8470101010282520894abababababababababababababababababab"
	"abab80820102c005e1a00100000000000000000000000000000000000000"
	"000000000000000000000000800101",
	/* 4 */
	"0x04e50101010282520894ababababababababababababababababababab"
	"ab80820102c0c0800101",
};

static const char *const creation =
	"0x02f850010101028252088080820102c080a048de6e498558586ce510e8"
	"b33551e68dfe8a4d38b86cf25baa294a0b0bc7c17da04768408280191e3c"
	"602bf93852b4fd039954f38f442e823519a2c5620ac5d969";

static uint8_t bytes[512];

static struct bytes decode(const char *text)
{
	size_t len = strlen(text) / 2 - 1;

	ck_assert(hex_decode(bytes, len, text, strlen(text)));
	return bytes_view(bytes, len);
}

START_TEST(test_reads_the_call_of_every_type)
{
	struct bytes encoded = decode(calls[_i]);
	struct address to;
	struct bytes input;

	ck_assert(eth_transaction_read_call(&to, &input, encoded));
	ck_assert_uint_eq(to.bytes[0], 0xab);
	ck_assert_uint_eq(to.bytes[19], 0xab);
	ck_assert_uint_eq(input.len, 2);
	ck_assert_uint_eq(input.data[0], 1);
	ck_assert_uint_eq(input.data[1], 2);
	/* Cut anywhere it is none. */
	for (size_t len = 0; len < encoded.len; len++)
		ck_assert(!eth_transaction_read_call(
			&to, &input, bytes_view(encoded.data, len)));
}
END_TEST

START_TEST(test_reads_no_call_where_there_is_none)
{
	struct bytes encoded = decode(creation);
	struct address to;
	struct bytes input;

	ck_assert(!eth_transaction_read_call(&to, &input, encoded));
	encoded = decode(calls[2]);
	bytes[0] = 5;
	ck_assert(!eth_transaction_read_call(&to, &input, encoded));
	bytes[0] = 0;
	ck_assert(!eth_transaction_read_call(&to, &input, encoded));
}
END_TEST

Suite *eth_transaction_suite(void);

Suite *eth_transaction_suite(void)
{
	Suite *suite = suite_create("eth_transaction");
	TCase *tests = tcase_create("calls");

	tcase_add_loop_test(tests, test_reads_the_call_of_every_type, 0,
			    (int)(sizeof(calls) / sizeof(calls[0])));
	tcase_add_test(tests, test_reads_no_call_where_there_is_none);
	suite_add_tcase(suite, tests);
	return suite;
}
