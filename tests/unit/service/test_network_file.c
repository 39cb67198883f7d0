/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/service/network_file.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static struct error error;

#define HASH                                                                   \
	"0x1111111111111111111111111111111111111111111111111111111111111111"
#define ADDRESS(digit) "0x" digit digit digit digit
#define FIVE(digit) digit digit digit digit digit digit digit digit digit digit

static const char text[] =
	"[network]\n"
	"name = devnet\n"
	"chain_id = 31337\n"
	"plasma_framework = " ADDRESS(FIVE(
		"1")) "\n"
		      "eth_vault = " ADDRESS(FIVE(
			      "2")) "\n"
				    "erc20_vault = " ADDRESS(FIVE(
					    "3")) "\n"
						  "payment_exit_game "
						  "= " ADDRESS(FIVE(
							  "4")) "\n"
								"authority "
								"= " ADDRESS(FIVE(
									"5")) "\n"
									      "maintainer = " ADDRESS(FIVE(
										      "6")) "\n"
											    "min_exit_period = 604800\n"
											    "deployment_block = 5\n"
											    "deployment_block_hash = " HASH
											    "\n"
											    "first_nonce = 0\n"
											    "extensions = 1\n"
											    "fee_exit_game = " ADDRESS(FIVE(
												    "7")) "\n"
													  "condition_registry = " ADDRESS(FIVE(
														  "8")) "\n"
															"operator_url = https://operator.example/\n"
															"[code_hashes]\n" ADDRESS(FIVE(
																"1")) " = " HASH
																      "\n"
																      "[tokens]\n"
																      "0x6B175474E89094C44Da98b954EedeAC495271d0F = DAI 18 "
																      "1000000000000000\n";

static struct network *parse(const char *source)
{
	struct network *network = NULL;

	if (!network_parse_new(&network, "devnet.conf", bytes_of_string(source),
			       &error))
		return NULL;
	return network;
}

START_TEST(test_reads_the_description)
{
	struct network *network = parse(text);
	const struct network_token *token;

	ck_assert_msg(network != NULL, "%s", error.message);
	ck_assert_str_eq(network->name, "devnet");
	ck_assert_uint_eq(network->chain_id, 31337);
	ck_assert_uint_eq(network->payment_exit_game.bytes[7], 0x44);
	ck_assert_uint_eq(network->min_exit_period, 604800);
	ck_assert_uint_eq(network->deployment_block_hash.bytes[31], 0x11);
	ck_assert_uint_eq(network->code_count, 1);
	ck_assert_ptr_nonnull(
		network_code_find(network, &network->plasma_framework));
	ck_assert_ptr_null(network_code_find(network, &network->eth_vault));
	token = network_token_by_symbol(network, "DAI");
	ck_assert_ptr_nonnull(token);
	ck_assert_uint_eq(token->decimals, 18);
	ck_assert_ptr_eq(network_token_find(network, &token->token), token);
	network_free(network);
}
END_TEST

START_TEST(test_what_is_written_reads_the_same)
{
	struct network *network = parse(text);
	struct growing_buffer out;
	struct growing_buffer again;

	growing_buffer_init(&out, 1 << 16);
	growing_buffer_init(&again, 1 << 16);
	ck_assert_ptr_nonnull(network);
	network_write(&out, network);
	network_free(network);
	const char *path =
		scratch_write("devnet.conf", growing_buffer_string(&out));
	ck_assert_msg(network_read_new(&network, path, &error), "%s",
		      error.message);
	network_write(&again, network);
	ck_assert_str_eq(growing_buffer_string(&out),
			 growing_buffer_string(&again));
	network_free(network);
	growing_buffer_clear(&out);
	growing_buffer_clear(&again);
}
END_TEST

static const struct {
	const char *from;
	const char *to;
	const char *says;
} damages[] = {
	{ "chain_id = 31337\n", "", "chain_id" },
	{ "chain_id = 31337", "chain_id = 0", "chain_id" },
	{ "chain_id = 31337", "chain_id = 0x1", "chain_id" },
	{ "chain_id = 31337\n", "chain_id = 1\nchain_id = 1\n", "chain_id" },
	{ "eth_vault", "eth_valut", "eth_vault" },
	{ "devnet", "Dev Net", "name" },
	{ "604800", "599", "min_exit_period" },
	{ "604800", "99999999999", "min_exit_period" },
	{ "https://", "ftp://", "operator_url" },
	{ "0x6B17", "0x6b17", "checksum" },
	{ "DAI 18 1", "DAI 78 1", "decimals" },
	{ "DAI 18 1000000000000000", "DAI 18", "decimals" },
	{ "= DAI", "=;DAI", "begins with ;" },
	{ " = " HASH "\n[", " = 0x11\n[", "" },
	{ "[tokens]", "[token]", "token" },
	{ "0x2222", "0x222", "eth_vault" },
};

START_TEST(test_a_damaged_description_is_refused)
{
	char damaged[4096];
	const char *at = strstr(text, damages[_i].from);

	ck_assert_ptr_nonnull(at);
	snprintf(damaged, sizeof(damaged), "%.*s%s%s", (int)(at - text), text,
		 damages[_i].to, at + strlen(damages[_i].from));
	ck_assert_msg(parse(damaged) == NULL, "%s", damages[_i].to);
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert_msg(strstr(error.message, damages[_i].says) != NULL, "%s: %s",
		      damages[_i].to, error.message);
}
END_TEST

START_TEST(test_a_bare_name_lies_in_the_folder)
{
	char path[64];

	ck_assert(network_path(path, sizeof(path), "/etc/networks", "devnet"));
	ck_assert_str_eq(path, "/etc/networks/devnet.conf");
	ck_assert(network_path(path, sizeof(path), "/etc", "./x/devnet.conf"));
	ck_assert_str_eq(path, "./x/devnet.conf");
	ck_assert(network_path(path, sizeof(path), "/etc", "devnet.conf"));
	ck_assert_str_eq(path, "devnet.conf");
	ck_assert(!network_path(path, 8, "/etc/networks", "devnet"));
}
END_TEST

Suite *network_file_suite(void);

Suite *network_file_suite(void)
{
	Suite *suite = suite_create("network_file");
	TCase *tests = tcase_create("network");

	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_test(tests, test_reads_the_description);
	tcase_add_test(tests, test_what_is_written_reads_the_same);
	tcase_add_loop_test(tests, test_a_damaged_description_is_refused, 0,
			    (int)(sizeof(damages) / sizeof(damages[0])));
	tcase_add_test(tests, test_a_bare_name_lies_in_the_folder);
	suite_add_tcase(suite, tests);
	return suite;
}
