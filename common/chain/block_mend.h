/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_BLOCK_MEND_H
#define PLASMA_COMMON_CHAIN_BLOCK_MEND_H

/*
 * Copies of a block differ in their signatures alone, for the root does not
 * commit to them: "accept any valid signature known from elsewhere"
 * (protocol.md 2.8, grade W). What one copy has wrong is taken from others,
 * signature by signature, until a body is whole that none of them had. A
 * signature is taken as it is, if it is the owner's. A transaction whose own
 * copy has all of them and is ill signed nevertheless stays so: nothing from
 * elsewhere helps it. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/chain/block.h"
#include "common/chain/block_rules.h"
#include "common/keys/signature.h"

struct block_mend;

/* For a copy whose judgement came to a fault of grade W: `judge` as
 * block_judge_finish() left it, `domain` the EIP-712 separator of the
 * framework. The body is borrowed until block_mend_free(). NULL if more than
 * BLOCK_JUDGE_MOST_ILL transactions of it are ill signed. */
struct block_mend *block_mend_new(const struct block_judge *judge,
				  const struct block_body *body,
				  const struct hash *domain);
void block_mend_free(struct block_mend *mend);

/* Takes what helps from another copy, which has the same root (asserted). */
void block_mend_take_copy(struct block_mend *mend,
			  const struct block_body *copy);

/* The hash of the `i`th transaction that is ill signed, false behind the last;
 * and takes what helps it of signatures that were seen anywhere. */
NODISCARD bool block_mend_ill(struct hash *hash, const struct block_mend *mend,
			      size_t i);
void block_mend_take(struct block_mend *mend, size_t i,
		     const struct signature *signatures, size_t count);

/* Appends the body with every transaction mended. False, and nothing, as long
 * as a signature is not known, or if the buffer is full. */
NODISCARD bool block_mend_write(struct growing_buffer *out,
				const struct block_mend *mend);

#endif
