/* SPDX-License-Identifier: MIT */

/* Any text as a network file: what is taken is written in one form, which reads
 * the same. */

#include <stdlib.h>
#include <string.h>

#include "common/service/network_file.h"
#include "tests/fuzz/driver.h"

#define HASH                                                                   \
	"0x1111111111111111111111111111111111111111111111111111111111111111"
#define TEN(digit) digit digit digit digit digit digit digit digit digit digit
#define ADDRESS(digit) "0x" TEN(digit) TEN(digit) TEN(digit) TEN(digit)

const char
	*const fuzz_seeds[] = {
		"=[network]\nname = devnet\nchain_id = 31337\n"
		"plasma_framework = " ADDRESS("1") "\neth_vault = " ADDRESS(
			"2") "\n"
			     "erc20_vault = " ADDRESS(
				     "3") "\npayment_exit_game "
					  "= " ADDRESS("4") "\n"
							    "authority "
							    "= " ADDRESS("5") "\nmaintainer = " ADDRESS(
								    "6") "\n"
									 "m"
									 "i"
									 "n"
									 "_"
									 "e"
									 "x"
									 "i"
									 "t"
									 "_"
									 "p"
									 "e"
									 "r"
									 "i"
									 "o"
									 "d"
									 " "
									 "="
									 " "
									 "6"
									 "0"
									 "4"
									 "8"
									 "0"
									 "0"
									 "\ndep"
									 "loyme"
									 "nt_"
									 "block"
									 " = "
									 "5\n"
									 "d"
									 "e"
									 "p"
									 "l"
									 "o"
									 "y"
									 "m"
									 "e"
									 "n"
									 "t"
									 "_"
									 "b"
									 "l"
									 "o"
									 "c"
									 "k"
									 "_"
									 "h"
									 "a"
									 "s"
									 "h"
									 " "
									 "="
									 " " HASH
									 "\nfir"
									 "st_"
									 "nonce"
									 " = "
									 "0\n"
									 "o"
									 "p"
									 "e"
									 "r"
									 "a"
									 "t"
									 "o"
									 "r"
									 "_"
									 "u"
									 "r"
									 "l"
									 " "
									 "="
									 " "
									 "h"
									 "t"
									 "t"
									 "p"
									 "s"
									 ":"
									 "/"
									 "/"
									 "o"
									 "p"
									 "e"
									 "r"
									 "a"
									 "t"
									 "o"
									 "r"
									 "."
									 "e"
									 "x"
									 "a"
									 "m"
									 "p"
									 "l"
									 "e"
									 "/"
									 " "
									 ";"
									 " "
									 "a"
									 " "
									 "r"
									 "e"
									 "m"
									 "a"
									 "r"
									 "k"
									 "\n"
									 "["
									 "c"
									 "o"
									 "d"
									 "e"
									 "_"
									 "h"
									 "a"
									 "s"
									 "h"
									 "e"
									 "s"
									 "]"
									 "\n" ADDRESS(
										 "1") " = " HASH
										      "\n"
										      "[tokens]\n" ADDRESS(
											      "7") " = DAI 18 1000000000000000\n",
		NULL,
	};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct network *network;
	struct network *again;
	struct growing_buffer first;
	struct growing_buffer second;
	struct error error;

	if (!network_parse_new(&network, "fuzz", bytes_view(data, size),
			       &error))
		return 0;
	growing_buffer_init(&first, (size_t)1 << 20);
	growing_buffer_init(&second, (size_t)1 << 20);
	network_write(&first, network);
	if (!network_parse_new(&again, "again", growing_buffer_view(&first),
			       &error))
		abort();
	network_write(&second, again);
	if (!bytes_equal(growing_buffer_view(&first),
			 growing_buffer_view(&second)))
		abort();
	growing_buffer_clear(&first);
	growing_buffer_clear(&second);
	network_free(network);
	network_free(again);
	return 0;
}
