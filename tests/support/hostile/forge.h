/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_SUPPORT_HOSTILE_FORGE_H
#define PLASMA_TESTS_SUPPORT_HOSTILE_FORGE_H

/*
 * Blocks as no operator may make them: each mode is named after the rule of
 * protocol.md 2.8 that the block breaks. Encodings are written here item by
 * item, since most of what is wanted no honest encoder can write.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/base/u256.h"
#include "common/chain/protocol.h"
#include "common/keys/secret.h"

#define FORGE_MAX_ITEMS 8

/* A transaction in which everything may be wrong. */
struct forged {
	uint64_t type;
	struct u256 inputs[FORGE_MAX_ITEMS];
	size_t input_count;
	size_t input_len; /* bytes of each, at most 32 */
	struct {
		uint64_t type;
		struct address owner;
		struct address token;
		struct u256 amount;
	} outputs[FORGE_MAX_ITEMS];
	size_t output_count;
	size_t owner_len; /* bytes of each owner, at most 20 */
	uint8_t data[32];
	size_t data_len;
	uint8_t metadata[640];
	size_t metadata_len;
	size_t extra_fields;
	uint8_t signatures[FORGE_MAX_ITEMS][66];
	size_t signature_len;
	size_t signature_count;
};

struct forge {
	struct hash domain;
	struct secret *key;   /* signs whatever is forged */
	struct address thief; /* gets what is invented */
	uint64_t blknum;
	struct u256 input;  /* a coin, of anybody; zero: the first deposit */
	struct u256 amount; /* that is invented */
	struct growing_buffer payload; /* signed transactions */
	struct hash *leaves;
	size_t count;
};

void forge_init(struct forge *forge);
void forge_clear(struct forge *forge);

/* Adds a signed transaction as it is; false unless it is one RLP list whose
 * first item is a list. */
NODISCARD bool forge_add_signed(struct forge *forge, struct bytes signed_form);

/* Adds what makes the block break the rule called `mode`; "valid" adds nothing.
 * False if there is no such mode. */
NODISCARD bool forge_break(struct forge *forge, const char *mode);

/* The body of all that was added, and its root. */
void forge_finish(struct growing_buffer *body, struct hash *root,
		  const struct forge *forge);

/* The names of all modes, one by one; NULL behind the last. */
const char *forge_mode_name(size_t index);

#endif
