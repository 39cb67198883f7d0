/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_POSITION_H
#define PLASMA_COMMON_CHAIN_POSITION_H

/*
 * Where an output was made: block, transaction, output (protocol.md 2.2).
 * Packed into 59 bits as (blknum * 100000 + txindex) * 8 + oindex, in the order
 * of the positions of the contracts; this is the key in memory and in SQL.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/u256.h"

struct position {
	uint64_t packed;
};

/* False when a part is out of range: blknum > PROTOCOL_MAX_BLOCK_NUMBER,
 * txindex > 65535 or oindex > 4. */
NODISCARD bool position_make(struct position *out, uint64_t blknum,
			     uint32_t txindex, uint32_t oindex);

/* From the contracts' number, blknum * 10^9 + txindex * 10^4 + oindex; false as
 * above. */
NODISCARD bool position_from_u256(struct position *out, struct u256 number);
struct u256 position_to_u256(struct position position);

/* From the packed form as stored; false when a part is out of range. */
NODISCARD bool position_from_packed(struct position *out, uint64_t packed);

/* What the contracts decode, which allow output indices to 9999: false when the
 * block number or the transaction index is out of their range. */
NODISCARD bool position_decode_as_contract(uint64_t *blknum, uint32_t *txindex,
					   uint32_t *oindex,
					   struct u256 number);

uint64_t position_blknum(struct position position);
uint32_t position_txindex(struct position position);
uint32_t position_oindex(struct position position);

/* The same transaction, output 0. */
struct position position_of_transaction(struct position position);

/* blknum * 100000 + txindex: the part that orders exits (56 bits). */
uint64_t position_priority(struct position position);

int position_compare(struct position a, struct position b);
bool position_equal(struct position a, struct position b);

/* True if the number is that of a deposit block. */
bool blknum_is_deposit(uint64_t blknum);

/* Decimal text of the contracts' number ("1000000000000"), with a zero byte. */
#define POSITION_TEXT_SIZE 24
void position_format(char text[POSITION_TEXT_SIZE], struct position position);

#endif
