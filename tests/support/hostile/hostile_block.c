/* SPDX-License-Identifier: MIT */
/*
 * Prints a block as no operator may make it, for the hostile operator of the
 * tests:
 *
 *	hostile-block --framework 0xADDRESS --key 0xHEX --block N [OPTION]...
 *
 *	--break RULE	how it is wrong: the name of a rule of protocol.md 2.8,
 *			or "valid", the default
 *	--thief ADDRESS	who gets what is invented; the key's account unless
 *given
 *	--input NUMBER	position of the coin that is spent; the first deposit
 *	--amount NUMBER	what the thief gets; 1000 ether unless given
 *	--list		print the names of all rules that it can break
 *
 * Signed transactions in hexadecimal, one a line on standard input, come before
 * what is wrong. Prints two lines, "root 0x…" and "body 0x…".
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/codec/eip712.h"
#include "common/keys/address.h"
#include "tests/support/hostile/forge.h"

#define LINE_MAX_SIZE 4096

struct wish {
	struct forge forge;
	struct secret key;
	const char *rule;
	bool has_framework;
	bool has_thief;
};

_Noreturn static void refuse(const char *what)
{
	fprintf(stderr, "hostile-block: %s\n", what);
	exit(64);
}

static struct u256 number_of(const char *text)
{
	struct u256 number;

	if (!decimal_parse_scaled(&number, text, strlen(text), 0))
		refuse("not a number");
	return number;
}

static struct address address_of(const char *text)
{
	struct address address;

	if (!address_parse(&address, text, strlen(text)))
		refuse("not an address");
	return address;
}

static void list_rules(void)
{
	for (size_t i = 0; forge_mode_name(i) != NULL; i++)
		puts(forge_mode_name(i));
	exit(0);
}

static void take(struct wish *wish, int option, const char *value)
{
	struct forge *forge = &wish->forge;

	switch (option) {
	case 'f': {
		struct address framework = address_of(value);

		forge->domain = eip712_domain_separator(&framework);
		wish->has_framework = true;
		break;
	}
	case 'k':
		if (!hex_decode(wish->key.bytes, 32, value, strlen(value)) ||
		    !secret_is_valid(&wish->key))
			refuse("not a key");
		forge->key = &wish->key;
		break;
	case 'n':
		if (!decimal_parse_u64(&forge->blknum, value,
				       PROTOCOL_MAX_BLOCK_NUMBER))
			refuse("not a block number");
		break;
	case 'b':
		wish->rule = value;
		break;
	case 't':
		forge->thief = address_of(value);
		wish->has_thief = true;
		break;
	case 'i':
		forge->input = number_of(value);
		break;
	case 'a':
		forge->amount = number_of(value);
		break;
	case 'l':
		list_rules();
		break;
	default:
		refuse("unknown option");
	}
}

static void take_options(struct wish *wish, int argc, char **argv)
{
	static const struct option options[] = {
		{ "framework", required_argument, NULL, 'f' },
		{ "key", required_argument, NULL, 'k' },
		{ "block", required_argument, NULL, 'n' },
		{ "break", required_argument, NULL, 'b' },
		{ "thief", required_argument, NULL, 't' },
		{ "input", required_argument, NULL, 'i' },
		{ "amount", required_argument, NULL, 'a' },
		{ "list", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	wish->rule = "valid";
	wish->forge.amount = number_of("1000000000000000000000");
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		take(wish, option, optarg);
	if (!wish->has_framework || wish->forge.key == NULL ||
	    wish->forge.blknum == 0)
		refuse("--framework, --key and --block are needed");
	if (!wish->has_thief)
		wish->forge.thief = secret_address(wish->forge.key);
}

static void add_lines(struct forge *forge)
{
	static char line[LINE_MAX_SIZE];
	static uint8_t bytes[LINE_MAX_SIZE / 2];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		size_t len = strcspn(line, "\n");
		size_t size = len < 2 ? 0 : (len - 2) / 2;

		if (!hex_decode(bytes, size, line, len) ||
		    !forge_add_signed(forge, bytes_view(bytes, size)))
			refuse("a line is no signed transaction");
	}
}

static void print(const char *name, struct bytes view)
{
	char *text = memory_new(HEX_SIZE(view.len), 1);

	hex_encode(text, view);
	printf("%s %s\n", name, text);
	memory_free(text);
}

int main(int argc, char **argv)
{
	struct wish wish = { .has_framework = false };
	struct growing_buffer body;
	struct hash root;

	forge_init(&wish.forge);
	take_options(&wish, argc, argv);
	add_lines(&wish.forge);
	if (!forge_break(&wish.forge, wish.rule))
		refuse("it cannot break this rule (--list names them)");
	growing_buffer_init(&body, PROTOCOL_MAX_BODY_SIZE);
	forge_finish(&body, &root, &wish.forge);
	print("root", bytes_view(root.bytes, sizeof(root.bytes)));
	print("body", growing_buffer_view(&body));
	growing_buffer_clear(&body);
	forge_clear(&wish.forge);
	return 0;
}
