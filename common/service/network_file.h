/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_NETWORK_FILE_H
#define PLASMA_COMMON_SERVICE_NETWORK_FILE_H

/*
 * The description of one child chain, plasma-network(5): which root chain,
 * which contracts with which code, since when. Written when the contracts are
 * deployed, read by every program.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/amount.h"

#define NETWORK_NAME_SIZE 64
#define NETWORK_URL_SIZE 160
#define NETWORK_SYMBOL_SIZE 16
#define NETWORK_MAX_CODE_HASHES 64
#define NETWORK_MAX_TOKENS 256

struct network_code {
	struct address contract;
	struct hash code_hash; /* keccak256 of the runtime code */
};

struct network_token {
	struct token token;
	char symbol[NETWORK_SYMBOL_SIZE];
	unsigned int decimals; /* 0 to 77 */
	struct amount minimum_deposit;
};

struct network {
	char name[NETWORK_NAME_SIZE]; /* a-z 0-9 - */
	uint64_t chain_id;
	struct address plasma_framework;
	struct address eth_vault;
	struct address erc20_vault;
	struct address payment_exit_game;
	struct address authority;
	struct address maintainer;
	uint64_t min_exit_period;  /* seconds */
	uint64_t deployment_block; /* eth_block */
	struct hash deployment_block_hash;
	uint64_t first_nonce;	      /* of the authority, of its first block */
	uint64_t extensions;	      /* 0: none of protocol.md 14.5 */
	struct address fee_exit_game; /* zero: none */
	struct address condition_registry;   /* zero: none */
	char operator_url[NETWORK_URL_SIZE]; /* empty: not said */
	struct network_code codes[NETWORK_MAX_CODE_HASHES];
	size_t code_count;
	struct network_token tokens[NETWORK_MAX_TOKENS];
	size_t token_count;
};

/* Reads the file. ERROR_NO_INPUT: not there; ERROR_CONFIG: a key unknown, twice
 * or missing, or a value that is not what the key wants; names the line. Own
 * with network_free(). */
NODISCARD bool network_read_new(struct network **out, const char *path,
				struct error *error);

/* The same from memory; `name` stands for the path in messages. */
NODISCARD bool network_parse_new(struct network **out, const char *name,
				 struct bytes text, struct error *error);
void network_free(struct network *network);

/* Appends the file; reading it gives the same network. */
void network_write(struct growing_buffer *out, const struct network *network);

/* Where the description called `name` lies: one with a slash or a dot is a path
 * as it is, a bare name means a file of `folder` with ".conf" behind it. False
 * if it is neither. */
NODISCARD bool network_path(char *out, size_t size, const char *folder,
			    const char *name);

/* NULL if the network does not list it. */
const struct network_token *network_token_find(const struct network *network,
					       const struct token *token);
const struct network_token *
network_token_by_symbol(const struct network *network, const char *symbol);
const struct network_code *network_code_find(const struct network *network,
					     const struct address *contract);

#endif
