/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_hash.h"
#include "common/service/body_store.h"
#include "operator/cmd.h"
#include "operator/operator_store.h"

#define PAGE 256

struct shelf {
	struct operator_store *store;
	struct body_store *bodies;
	bool is_json;
};

static void print_block(const struct shelf *shelf,
			const struct committed_block *block)
{
	char root[HEX_SIZE(32)];
	char formed_at[INSTANT_TEXT_SIZE];

	hex_encode(root, bytes_view(block->root.bytes, 32));
	instant_format(formed_at, block->formed_at);
	printf(shelf->is_json
		       ? "{\"schema\":\"plasma.block/1\",\"blknum\":%llu,"
			 "\"root\":\"%s\",\"transactions\":%u,"
			 "\"body_len\":%llu,\"formed_at\":\"%s\"}\n"
		       : "%llu %s %u transactions, %llu bytes, %s\n",
	       (unsigned long long)block->blknum, root,
	       block->transaction_count, (unsigned long long)block->body_len,
	       formed_at);
}

/* Reads a body and holds it against the root that was committed. */
static bool read_body(const struct shelf *shelf, struct growing_buffer *bytes,
		      struct block_body *body,
		      const struct committed_block *block, struct error *error)
{
	growing_buffer_reset(bytes);
	if (!body_store_get(shelf->bodies, bytes, &block->root, error))
		return false;
	struct finding finding =
		block_body_read(body, growing_buffer_view(bytes));
	if (finding.verdict == VERDICT_VALID &&
	    hash_equal(&body->root, &block->root))
		return true;
	block_body_clear(body);
	return error_set(error, ERROR_REFUSED,
			 "block %llu: its body is not the one committed to",
			 (unsigned long long)block->blknum);
}

static bool show(const struct shelf *shelf, const struct committed_block *block,
		 struct error *error)
{
	struct growing_buffer bytes;
	struct growing_buffer raw;
	struct block_body body;

	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	growing_buffer_init(&raw, PROTOCOL_MAX_SIGNED_SIZE);
	bool ok = read_body(shelf, &bytes, &body, block, error);
	if (ok) {
		print_block(shelf, block);
		for (uint32_t i = 0; i < body.count && !shelf->is_json; i++) {
			char text[HEX_SIZE(32)];

			growing_buffer_reset(&raw);
			struct hash hash = transaction_hash(
				block_body_raw(&body, i, &raw));
			hex_encode(text, bytes_view(hash.bytes, 32));
			printf("%u %s\n", i, text);
		}
		block_body_clear(&body);
	}
	growing_buffer_clear(&raw);
	growing_buffer_clear(&bytes);
	return ok;
}

static bool verify(const struct shelf *shelf,
		   const struct committed_block *block, struct error *error)
{
	struct growing_buffer bytes;
	struct block_body body;

	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	bool ok = read_body(shelf, &bytes, &body, block, error);
	if (ok)
		block_body_clear(&body);
	growing_buffer_clear(&bytes);
	return ok;
}

/* Lists, or verifies, every block. */
static bool walk(const struct shelf *shelf, bool verifies, struct error *error)
{
	uint64_t from = PROTOCOL_BLOCK_INTERVAL;
	uint64_t total = 0;
	size_t count = PAGE;

	while (count == PAGE) {
		struct committed_block page[PAGE];

		if (!operator_store_blocks_from(shelf->store, page, &count,
						PAGE, from, error))
			return false;
		for (size_t i = 0; i < count; i++, total++) {
			if (!verifies)
				print_block(shelf, &page[i]);
			else if (!verify(shelf, &page[i], error))
				return false;
		}
		if (count > 0)
			from = page[count - 1].blknum + PROTOCOL_BLOCK_INTERVAL;
	}
	if (verifies)
		printf(shelf->is_json
			       ? "{\"schema\":\"plasma.blocks/1\",\"verified\":"
				 "%llu}\n"
			       : "%llu blocks verified\n",
		       (unsigned long long)total);
	return true;
}

static bool one(const struct shelf *shelf, const char *text, bool verifies,
		struct error *error)
{
	struct committed_block block;
	uint64_t blknum;
	bool found;

	if (!decimal_parse_u64(&blknum, text, PROTOCOL_MAX_BLOCK_NUMBER))
		return error_set(error, ERROR_USAGE, "%s is no block number",
				 text);
	if (!operator_store_block(shelf->store, &found, &block, blknum, error))
		return false;
	if (!found)
		return error_set(error, ERROR_REFUSED, "there is no block %s",
				 text);
	if (!verifies)
		return show(shelf, &block, error);
	if (!verify(shelf, &block, error))
		return false;
	printf("1 block verified\n");
	return true;
}

bool cmd_block(const struct command *command, struct error *error)
{
	const struct options *options = command->options;
	const char *datadir =
		config_text(command->config, "operator", "datadir");
	struct shelf shelf = { .is_json = command->is_json };
	bool verifies = options_is(options, "block verify");
	bool ok = operator_store_open_reader(&shelf.store, datadir, error) &&
		  body_store_open(&shelf.bodies, datadir, OPERATOR_STORE_BODIES,
				  error);

	if (ok && options->argument_count == 1)
		ok = one(&shelf, options->arguments[0], verifies, error);
	else if (ok && options_is(options, "block show"))
		ok = error_set(error, ERROR_USAGE,
			       "block show: a number is needed");
	else if (ok)
		ok = walk(&shelf, verifies, error);
	body_store_close(shelf.bodies);
	operator_store_close(shelf.store);
	return ok;
}
