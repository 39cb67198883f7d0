/* SPDX-License-Identifier: MIT */
#include "common/chain/position.h"

#include "common/chain/protocol.h"

#define TXINDEX_SPAN 100000
#define BLOCK_OFFSET UINT64_C(1000000000)
#define TX_OFFSET UINT64_C(10000)

bool position_make(struct position *out, uint64_t blknum, uint32_t txindex,
		   uint32_t oindex)
{
	if (blknum > PROTOCOL_MAX_BLOCK_NUMBER ||
	    txindex > PROTOCOL_MAX_TX_INDEX ||
	    oindex > PROTOCOL_MAX_OUTPUT_INDEX)
		return false;
	out->packed = (blknum * TXINDEX_SPAN + txindex) * 8 + oindex;
	return true;
}

bool position_decode_as_contract(uint64_t *blknum, uint32_t *txindex,
				 uint32_t *oindex, struct u256 number)
{
	struct u256 block;
	struct u256 rest;
	uint64_t low;

	if (!u256_divide(&block, &rest, number, u256_of(BLOCK_OFFSET)) ||
	    !u256_to_u64(blknum, block) || !u256_to_u64(&low, rest) ||
	    *blknum > PROTOCOL_MAX_BLOCK_NUMBER ||
	    low / TX_OFFSET > PROTOCOL_MAX_TX_INDEX)
		return false;
	*txindex = (uint32_t)(low / TX_OFFSET);
	*oindex = (uint32_t)(low % TX_OFFSET);
	return true;
}

bool position_from_u256(struct position *out, struct u256 number)
{
	uint64_t blknum;
	uint32_t txindex;
	uint32_t oindex;

	return position_decode_as_contract(&blknum, &txindex, &oindex,
					   number) &&
	       position_make(out, blknum, txindex, oindex);
}

struct u256 position_to_u256(struct position position)
{
	unsigned __int128 number =
		(unsigned __int128)position_blknum(position) * BLOCK_OFFSET +
		(unsigned __int128)position_txindex(position) * TX_OFFSET +
		position_oindex(position);

	return (struct u256){ { (uint64_t)number, (uint64_t)(number >> 64), 0,
				0 } };
}

bool position_from_packed(struct position *out, uint64_t packed)
{
	uint64_t transaction = packed / 8;

	return transaction % TXINDEX_SPAN <= PROTOCOL_MAX_TX_INDEX &&
	       position_make(out, transaction / TXINDEX_SPAN,
			     (uint32_t)(transaction % TXINDEX_SPAN),
			     (uint32_t)(packed % 8));
}

uint64_t position_blknum(struct position position)
{
	return position.packed / 8 / TXINDEX_SPAN;
}

uint32_t position_txindex(struct position position)
{
	return (uint32_t)(position.packed / 8 % TXINDEX_SPAN);
}

uint32_t position_oindex(struct position position)
{
	return (uint32_t)(position.packed % 8);
}

struct position position_of_transaction(struct position position)
{
	return (struct position){ position.packed & ~UINT64_C(7) };
}

uint64_t position_priority(struct position position)
{
	return position.packed / 8;
}

int position_compare(struct position a, struct position b)
{
	return a.packed < b.packed ? -1 : a.packed > b.packed;
}

bool position_equal(struct position a, struct position b)
{
	return a.packed == b.packed;
}

bool blknum_is_deposit(uint64_t blknum)
{
	return blknum % PROTOCOL_BLOCK_INTERVAL != 0;
}

void position_format(char text[POSITION_TEXT_SIZE], struct position position)
{
	char digits[U256_DECIMAL_SIZE];
	size_t len = u256_to_decimal(digits, position_to_u256(position));

	for (size_t i = 0; i <= len; i++)
		text[i] = digits[i];
}
