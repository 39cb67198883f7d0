/* SPDX-License-Identifier: MIT */

/* Any text as a network file: what is taken is written in one form, which reads
 * the same. */

#include <stdlib.h>
#include <string.h>

#include "common/service/network_file.h"
#include "tests/fuzz/driver.h"

#define HASH                                                                   \
	"0x1111111111111111111111111111111111111111111111111111111111111111"
#define ONE "0x1111111111111111111111111111111111111111"
#define TWO "0x2222222222222222222222222222222222222222"

/* What every description has. */
#define NETWORK                                                                \
	"=[network]\nname = devnet\nchain_id = 31337\n"                        \
	"plasma_framework = " ONE "\neth_vault = " TWO "\n"                    \
	"erc20_vault = " ONE "\npayment_exit_game = " TWO "\n"                 \
	"authority = " ONE "\nmaintainer = " TWO "\n"                          \
	"min_exit_period = 604800\ndeployment_block = 5\n"                     \
	"deployment_block_hash = " HASH "\nfirst_nonce = 0\n"

const char *const fuzz_seeds[] = {
	NETWORK "operator_url = https://operator.example/ ; a remark\n"
		"[code_hashes]\n" ONE " = " HASH "\n"
		"[tokens]\n" TWO " = DAI 18 1000000000000000\n",
	/* A symbol that would be written as a remark. */
	NETWORK "[tokens]\n" TWO " =;DAI 18 1\n",
	"=  ", /* ends within a line of blanks */
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
