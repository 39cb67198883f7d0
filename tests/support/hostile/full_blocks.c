/* SPDX-License-Identifier: MIT */
/*
 * Writes a block of COUNT payments of five inputs and five outputs, and the
 * blocks before it that make its coins; with 65,536 it is the largest valid
 * block that there can be:
 *
 *	full-blocks FRAMEWORK KEY POSITION WEI BLOCK COUNT FOLDER
 *
 * The deposit at POSITION, of WEI, belongs to the account of KEY, and so does
 * every coin; BLOCK is the number of the first block. Each body is a file in
 * FOLDER that is named by its root; the roots are printed, one a line, the
 * largest block last.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/codec/merkle_tree.h"
#include "common/keys/address.h"
#include "common/keys/secret.h"

#define SIDE 5 /* outputs of each payment, inputs of the last ones */
#define BODY_CEILING ((size_t)62 << 20)

struct chain {
	struct hash domain;
	struct secret key;
	struct address owner;
	struct position deposit;
	uint64_t units; /* of each coin that the next block makes */
	uint64_t blknum;
	const char *folder;
};

_Noreturn static void refuse(const char *what)
{
	fprintf(stderr, "full-blocks: %s\n", what);
	exit(64);
}

static struct position place(uint64_t blknum, size_t index, size_t output)
{
	struct position position;

	if (!position_make(&position, blknum, (uint32_t)index,
			   (uint32_t)output))
		refuse("no such position");
	return position;
}

/* Coin `number` of the block before. */
static struct position coin_of(const struct chain *chain, uint64_t first,
			       size_t number)
{
	if (chain->blknum == first)
		return chain->deposit;
	return place(chain->blknum - 1000, number / SIDE, number % SIDE);
}

static void put_payment(struct growing_buffer *body, struct hash *leaf,
			const struct chain *chain, uint64_t first, size_t index,
			uint8_t inputs)
{
	struct transaction payment = { .type = PROTOCOL_TX_TYPE_PAYMENT,
				       .input_count = inputs,
				       .output_count = SIDE };
	uint8_t raw_bytes[PROTOCOL_MAX_RAW_SIZE];
	uint8_t bytes[PROTOCOL_MAX_SIGNED_SIZE];
	struct signature signatures[SIDE];
	struct writer raw = writer_of(raw_bytes, sizeof(raw_bytes));
	struct writer whole = writer_of(bytes, sizeof(bytes));

	for (size_t i = 0; i < inputs; i++)
		payment.inputs[i] = coin_of(chain, first, index * inputs + i);
	for (size_t i = 0; i < SIDE; i++)
		payment.outputs[i] = (struct output){
			PROTOCOL_OUTPUT_TYPE_PAYMENT, chain->owner, TOKEN_ETH,
			amount_from_u256(u256_of(chain->units))
		};
	struct hash digest = transaction_digest(&chain->domain, &payment);
	signatures[0] = signature_make(&chain->key, &digest);
	for (size_t i = 1; i < inputs; i++)
		signatures[i] = signatures[0];
	transaction_encode(&raw, &payment);
	transaction_encode_signed(&whole, writer_view(&raw), signatures,
				  inputs);
	*leaf = merkle_tree_leaf(writer_view(&raw));
	if (!growing_buffer_put(body, writer_view(&whole)))
		refuse("the body is too long");
}

static void write_body(const struct chain *chain, struct bytes payload,
		       const struct hash *root)
{
	uint8_t head[16];
	struct writer header = writer_of(head, sizeof(head));
	char name[HEX_SIZE(32)];
	char path[4096];

	hex_encode_bare(name, bytes_view(root->bytes, 32));
	(void)snprintf(path, sizeof(path), "%s/%s", chain->folder,
		       name); /* a path that is cut does not open */
	FILE *file = fopen(path, "wb");
	block_body_write_header(&header, payload.len);
	if (file == NULL || fwrite(head, 1, header.len, file) != header.len ||
	    fwrite(payload.data, 1, payload.len, file) != payload.len ||
	    fclose(file) != 0)
		refuse("a body cannot be written");
	printf("0x%s\n", name);
}

static void make_block(struct chain *chain, uint64_t first, size_t count,
		       uint8_t inputs)
{
	struct hash *leaves = memory_new(count, sizeof(*leaves));
	struct growing_buffer body;

	growing_buffer_init(&body, BODY_CEILING);
	for (size_t i = 0; i < count; i++)
		put_payment(&body, &leaves[i], chain, first, i, inputs);
	struct hash root = merkle_tree_root(leaves, count);
	write_body(chain, growing_buffer_view(&body), &root);
	growing_buffer_clear(&body);
	memory_free(leaves);
	chain->blknum += 1000;
}

static uint64_t number_of(const char *text)
{
	uint64_t number;

	if (!decimal_parse_u64(&number, text, UINT64_MAX))
		refuse("not a number");
	return number;
}

int main(int argc, char **argv)
{
	struct chain chain;
	struct address framework;

	if (argc != 8)
		refuse("FRAMEWORK KEY POSITION WEI BLOCK COUNT FOLDER");
	if (!address_parse(&framework, argv[1], strlen(argv[1])) ||
	    !hex_decode(chain.key.bytes, 32, argv[2], strlen(argv[2])) ||
	    !secret_is_valid(&chain.key) ||
	    !position_from_u256(&chain.deposit, u256_of(number_of(argv[3]))))
		refuse("no such framework, key or position");
	chain.domain = eip712_domain_separator(&framework);
	chain.owner = secret_address(&chain.key);
	chain.units = number_of(argv[4]);
	chain.blknum = number_of(argv[5]);
	chain.folder = argv[7];
	uint64_t first = chain.blknum;
	uint64_t count = number_of(argv[6]);
	if (count == 0 || count > MERKLE_TREE_LEAVES)
		refuse("1 to 65536 payments fit into a block");
	for (size_t few = 1; few < count; few *= SIDE) {
		chain.units /= SIDE;
		make_block(&chain, first, few, 1);
	}
	chain.units /= SIDE;
	make_block(&chain, first, count, 1);
	make_block(&chain, first, count, SIDE);
	return 0;
}
