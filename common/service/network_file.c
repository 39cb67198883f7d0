/* SPDX-License-Identifier: MIT */
#include "common/service/network_file.h"

#include <stdio.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/atomic_file.h"
#include "common/service/ini_file.h"
#include "common/service/option_table.h"

/* The exit periods that contracts are deployed with (protocol.md 14.4). */
#define LEAST_EXIT_PERIOD 600
#define MOST_EXIT_PERIOD ((uint64_t)1 << 27)

/* The keys of [network], in the order in which they are written. */
enum network_key {
	NETWORK_KEY_NAME,
	NETWORK_KEY_CHAIN_ID,
	NETWORK_KEY_PLASMA_FRAMEWORK,
	NETWORK_KEY_ETH_VAULT,
	NETWORK_KEY_ERC20_VAULT,
	NETWORK_KEY_PAYMENT_EXIT_GAME,
	NETWORK_KEY_AUTHORITY,
	NETWORK_KEY_MAINTAINER,
	NETWORK_KEY_MIN_EXIT_PERIOD,
	NETWORK_KEY_DEPLOYMENT_BLOCK,
	NETWORK_KEY_DEPLOYMENT_BLOCK_HASH,
	NETWORK_KEY_FIRST_NONCE,
	NETWORK_KEY_EXTENSIONS,
	NETWORK_KEY_FEE_EXIT_GAME,
	NETWORK_KEY_CONDITION_REGISTRY,
	NETWORK_KEY_OPERATOR_URL,
	NETWORK_KEY_COUNT
};

static const char *const key_names[NETWORK_KEY_COUNT + 1] = {
	[NETWORK_KEY_NAME] = "name",
	[NETWORK_KEY_CHAIN_ID] = "chain_id",
	[NETWORK_KEY_PLASMA_FRAMEWORK] = "plasma_framework",
	[NETWORK_KEY_ETH_VAULT] = "eth_vault",
	[NETWORK_KEY_ERC20_VAULT] = "erc20_vault",
	[NETWORK_KEY_PAYMENT_EXIT_GAME] = "payment_exit_game",
	[NETWORK_KEY_AUTHORITY] = "authority",
	[NETWORK_KEY_MAINTAINER] = "maintainer",
	[NETWORK_KEY_MIN_EXIT_PERIOD] = "min_exit_period",
	[NETWORK_KEY_DEPLOYMENT_BLOCK] = "deployment_block",
	[NETWORK_KEY_DEPLOYMENT_BLOCK_HASH] = "deployment_block_hash",
	[NETWORK_KEY_FIRST_NONCE] = "first_nonce",
	[NETWORK_KEY_EXTENSIONS] = "extensions",
	[NETWORK_KEY_FEE_EXIT_GAME] = "fee_exit_game",
	[NETWORK_KEY_CONDITION_REGISTRY] = "condition_registry",
	[NETWORK_KEY_OPERATOR_URL] = "operator_url",
};

static bool is_optional(enum network_key key)
{
	return key >= NETWORK_KEY_EXTENSIONS;
}

struct network_parse {
	struct network *network;
	bool seen[NETWORK_KEY_COUNT];
};

static bool bad(struct error *error, const char *key, const char *what)
{
	return error_set(error, ERROR_CONFIG, "%s is not %s", key, what);
}

static bool take_address(struct address *out, const char *key, const char *text,
			 struct error *error)
{
	return address_parse(out, text, strlen(text))
		       ? true
		       : bad(error, key,
			     "an address of 0x and 40 digits with a right "
			     "checksum");
}

static bool take_hash(struct hash *out, const char *key, const char *text,
		      struct error *error)
{
	return hex_decode(out->bytes, sizeof(out->bytes), text, strlen(text))
		       ? true
		       : bad(error, key, "a hash of 0x and 64 digits");
}

static bool take_number(uint64_t *out, const char *key, const char *text,
			uint64_t least, uint64_t most, struct error *error)
{
	uint64_t number;

	if (!decimal_parse_u64(&number, text, most) || number < least)
		return error_set(error, ERROR_CONFIG,
				 "%s is not a whole number from %llu to %llu",
				 key, (unsigned long long)least,
				 (unsigned long long)most);
	*out = number;
	return true;
}

static bool take_name(struct network *network, const char *text,
		      struct error *error)
{
	size_t len = strlen(text);

	if (len == 0 || len >= sizeof(network->name) ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return bad(error, "name", "made of a-z, 0-9 and -");
	memcpy(network->name, text, len + 1);
	return true;
}

static bool take_url(struct network *network, const char *text,
		     struct error *error)
{
	size_t len = strlen(text);

	if (len >= sizeof(network->operator_url) ||
	    (strncmp(text, "http://", 7) != 0 &&
	     strncmp(text, "https://", 8) != 0))
		return bad(error, "operator_url",
			   "a URL that begins with http:// or https://");
	memcpy(network->operator_url, text, len + 1);
	return true;
}

static bool take_network_value(struct network *network, enum network_key which,
			       const char *key, const char *text,
			       struct error *error)
{
	switch (which) {
	case NETWORK_KEY_NAME:
		return take_name(network, text, error);
	case NETWORK_KEY_CHAIN_ID:
		return take_number(&network->chain_id, key, text, 1, INT64_MAX,
				   error);
	case NETWORK_KEY_PLASMA_FRAMEWORK:
		return take_address(&network->plasma_framework, key, text,
				    error);
	case NETWORK_KEY_ETH_VAULT:
		return take_address(&network->eth_vault, key, text, error);
	case NETWORK_KEY_ERC20_VAULT:
		return take_address(&network->erc20_vault, key, text, error);
	case NETWORK_KEY_PAYMENT_EXIT_GAME:
		return take_address(&network->payment_exit_game, key, text,
				    error);
	case NETWORK_KEY_AUTHORITY:
		return take_address(&network->authority, key, text, error);
	case NETWORK_KEY_MAINTAINER:
		return take_address(&network->maintainer, key, text, error);
	case NETWORK_KEY_MIN_EXIT_PERIOD:
		return take_number(&network->min_exit_period, key, text,
				   LEAST_EXIT_PERIOD, MOST_EXIT_PERIOD, error);
	case NETWORK_KEY_DEPLOYMENT_BLOCK:
		return take_number(&network->deployment_block, key, text, 0,
				   INT64_MAX, error);
	case NETWORK_KEY_DEPLOYMENT_BLOCK_HASH:
		return take_hash(&network->deployment_block_hash, key, text,
				 error);
	case NETWORK_KEY_FIRST_NONCE:
		return take_number(&network->first_nonce, key, text, 0,
				   INT64_MAX, error);
	case NETWORK_KEY_EXTENSIONS:
		return take_number(&network->extensions, key, text, 0,
				   INT64_MAX, error);
	case NETWORK_KEY_FEE_EXIT_GAME:
		return take_address(&network->fee_exit_game, key, text, error);
	case NETWORK_KEY_CONDITION_REGISTRY:
		return take_address(&network->condition_registry, key, text,
				    error);
	case NETWORK_KEY_OPERATOR_URL:
		return take_url(network, text, error);
	case NETWORK_KEY_COUNT:
		break;
	}
	return false;
}

static bool take_network_line(struct network_parse *parse, const char *key,
			      const char *text, struct error *error)
{
	enum network_key which = NETWORK_KEY_NAME;

	while (which < NETWORK_KEY_COUNT && strcmp(key_names[which], key) != 0)
		which++;
	if (which == NETWORK_KEY_COUNT) {
		const char *meant = option_suggestion(key, key_names);

		return error_set(error, ERROR_CONFIG, "unknown key %s%s%s%s",
				 key, meant == NULL ? "" : ", did you mean ",
				 meant == NULL ? "" : meant,
				 meant == NULL ? "" : "?");
	}
	if (parse->seen[which])
		return error_set(error, ERROR_CONFIG, "%s stands twice", key);
	parse->seen[which] = true;
	return take_network_value(parse->network, which, key, text, error);
}

static bool take_code_line(struct network *network, const char *key,
			   const char *text, struct error *error)
{
	struct network_code code;

	if (!take_address(&code.contract, key, key, error) ||
	    !take_hash(&code.code_hash, key, text, error))
		return false;
	if (network_code_find(network, &code.contract) != NULL)
		return error_set(error, ERROR_CONFIG, "%s stands twice", key);
	if (network->code_count == NETWORK_MAX_CODE_HASHES)
		return error_set(error, ERROR_CONFIG,
				 "[code_hashes] has more than %d lines",
				 NETWORK_MAX_CODE_HASHES);
	network->codes[network->code_count++] = code;
	return true;
}

/* The next word of `*at`, at most `size` - 1 characters; false if there is
 * none or it is longer. */
static bool next_word(char *out, size_t size, const char **at)
{
	*at += strspn(*at, " \t");
	size_t len = strcspn(*at, " \t");

	if (len == 0 || len >= size)
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len;
	return true;
}

static bool take_token_line(struct network *network, const char *key,
			    const char *text, struct error *error)
{
	struct network_token token = { .decimals = 0 };
	char decimals[4];
	char minimum[AMOUNT_DECIMAL_SIZE];
	uint64_t number;

	if (!take_address(&token.token.address, key, key, error))
		return false;
	if (!next_word(token.symbol, sizeof(token.symbol), &text) ||
	    !next_word(decimals, sizeof(decimals), &text) ||
	    !next_word(minimum, sizeof(minimum), &text) ||
	    text[strspn(text, " \t")] != '\0' ||
	    !decimal_parse_u64(&number, decimals, 77) ||
	    !amount_from_decimal(&token.minimum_deposit, minimum,
				 strlen(minimum)))
		return bad(error, key,
			   "followed by a symbol, decimals (0 to 77) and the "
			   "smallest deposit in base units");
	token.decimals = (unsigned int)number;
	if (network_token_find(network, &token.token) != NULL ||
	    network_token_by_symbol(network, token.symbol) != NULL)
		return error_set(error, ERROR_CONFIG, "%s (%s) stands twice",
				 key, token.symbol);
	if (network->token_count == NETWORK_MAX_TOKENS)
		return error_set(error, ERROR_CONFIG,
				 "[tokens] has more than %d lines",
				 NETWORK_MAX_TOKENS);
	network->tokens[network->token_count++] = token;
	return true;
}

static bool take_line(void *context, size_t line, const char *section,
		      const char *key, const char *value, struct error *error)
{
	struct network_parse *parse = context;

	(void)line; /* the reader puts it before what is said here */
	if (strcmp(section, "network") == 0)
		return take_network_line(parse, key, value, error);
	if (strcmp(section, "code_hashes") == 0)
		return take_code_line(parse->network, key, value, error);
	if (strcmp(section, "tokens") == 0)
		return take_token_line(parse->network, key, value, error);
	return error_set(error, ERROR_CONFIG,
			 "unknown section %s: there are network, code_hashes "
			 "and tokens",
			 section);
}

bool network_parse_new(struct network **out, const char *name,
		       struct bytes text, struct error *error)
{
	struct network_parse parse = { memory_new(1, sizeof(struct network)),
				       { false } };
	bool ok = ini_file_parse(name, text, take_line, &parse, error);

	for (enum network_key key = NETWORK_KEY_NAME;
	     ok && key < NETWORK_KEY_COUNT; key++) {
		if (!parse.seen[key] && !is_optional(key))
			ok = error_set(error, ERROR_CONFIG,
				       "%s: [network] has no %s", name,
				       key_names[key]);
	}
	if (!ok) {
		network_free(parse.network);
		return false;
	}
	*out = parse.network;
	return true;
}

bool network_read_new(struct network **out, const char *path,
		      struct error *error)
{
	struct growing_buffer text;

	growing_buffer_init(&text, INI_FILE_MAX_LEN);
	bool ok =
		atomic_file_read(&text, path, error) &&
		network_parse_new(out, path, growing_buffer_view(&text), error);
	growing_buffer_clear(&text);
	return ok;
}

void network_free(struct network *network)
{
	memory_free(network);
}

static void write_address(struct growing_buffer *out, enum network_key key,
			  const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, address);
	/* What is cut short shows in growing_buffer.overflowed, here and
	 * below. */
	(void)growing_buffer_format(out, "%s = %s\n", key_names[key], text);
}

static void write_number(struct growing_buffer *out, enum network_key key,
			 uint64_t number)
{
	(void)growing_buffer_format(out, "%s = %llu\n", key_names[key],
				    (unsigned long long)number);
}

static void write_codes_and_tokens(struct growing_buffer *out,
				   const struct network *network)
{
	char address[ADDRESS_TEXT_SIZE];
	char hash[HEX_SIZE(32)];
	char minimum[AMOUNT_DECIMAL_SIZE];

	(void)growing_buffer_format(out, "\n[code_hashes]\n");
	for (size_t i = 0; i < network->code_count; i++) {
		const struct network_code *code = &network->codes[i];

		address_format(address, &code->contract);
		hex_encode(hash, bytes_view(code->code_hash.bytes, 32));
		(void)growing_buffer_format(out, "%s = %s\n", address, hash);
	}
	(void)growing_buffer_format(out, "\n[tokens]\n");
	for (size_t i = 0; i < network->token_count; i++) {
		const struct network_token *token = &network->tokens[i];

		address_format(address, &token->token.address);
		(void)amount_to_decimal(minimum, token->minimum_deposit);
		(void)growing_buffer_format(out, "%s = %s %u %s\n", address,
					    token->symbol, token->decimals,
					    minimum);
	}
}

void network_write(struct growing_buffer *out, const struct network *network)
{
	char hash[HEX_SIZE(32)];

	(void)growing_buffer_format(out, "[network]\nname = %s\n",
				    network->name);
	write_number(out, NETWORK_KEY_CHAIN_ID, network->chain_id);
	write_address(out, NETWORK_KEY_PLASMA_FRAMEWORK,
		      &network->plasma_framework);
	write_address(out, NETWORK_KEY_ETH_VAULT, &network->eth_vault);
	write_address(out, NETWORK_KEY_ERC20_VAULT, &network->erc20_vault);
	write_address(out, NETWORK_KEY_PAYMENT_EXIT_GAME,
		      &network->payment_exit_game);
	write_address(out, NETWORK_KEY_AUTHORITY, &network->authority);
	write_address(out, NETWORK_KEY_MAINTAINER, &network->maintainer);
	write_number(out, NETWORK_KEY_MIN_EXIT_PERIOD,
		     network->min_exit_period);
	write_number(out, NETWORK_KEY_DEPLOYMENT_BLOCK,
		     network->deployment_block);
	hex_encode(hash, bytes_view(network->deployment_block_hash.bytes, 32));
	(void)growing_buffer_format(
		out, "%s = %s\n", key_names[NETWORK_KEY_DEPLOYMENT_BLOCK_HASH],
		hash);
	write_number(out, NETWORK_KEY_FIRST_NONCE, network->first_nonce);
	write_number(out, NETWORK_KEY_EXTENSIONS, network->extensions);
	if (!address_is_zero(&network->fee_exit_game))
		write_address(out, NETWORK_KEY_FEE_EXIT_GAME,
			      &network->fee_exit_game);
	if (!address_is_zero(&network->condition_registry))
		write_address(out, NETWORK_KEY_CONDITION_REGISTRY,
			      &network->condition_registry);
	if (network->operator_url[0] != '\0')
		(void)growing_buffer_format(out, "operator_url = %s\n",
					    network->operator_url);
	write_codes_and_tokens(out, network);
}

bool network_path(char *out, size_t size, const char *folder, const char *name)
{
	int len;

	if (strpbrk(name, "/.") != NULL)
		len = snprintf(out, size, "%s", name);
	else if (atomic_file_name_is_good(name))
		len = snprintf(out, size, "%s/%s.conf", folder, name);
	else
		return false;
	return len > 0 && (size_t)len < size;
}

const struct network_token *network_token_find(const struct network *network,
					       const struct token *token)
{
	for (size_t i = 0; i < network->token_count; i++) {
		if (token_equal(&network->tokens[i].token, token))
			return &network->tokens[i];
	}
	return NULL;
}

const struct network_token *
network_token_by_symbol(const struct network *network, const char *symbol)
{
	for (size_t i = 0; i < network->token_count; i++) {
		if (strcmp(network->tokens[i].symbol, symbol) == 0)
			return &network->tokens[i];
	}
	return NULL;
}

const struct network_code *network_code_find(const struct network *network,
					     const struct address *contract)
{
	for (size_t i = 0; i < network->code_count; i++) {
		if (address_equal(&network->codes[i].contract, contract))
			return &network->codes[i];
	}
	return NULL;
}
