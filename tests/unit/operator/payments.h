/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_OPERATOR_PAYMENTS_H
#define PLASMA_TESTS_UNIT_OPERATOR_PAYMENTS_H

/* Payments for tests of the operator: well-formed, with signatures of the right
 * form that nobody made; the signers are said beside them. */

#include <stdint.h>

#include "common/chain/protocol.h"
#include "operator/admission.h"

struct made_payment {
	uint8_t signed_form[PROTOCOL_MAX_SIGNED_SIZE];
	struct candidate candidate; /* borrows signed_form */
};

/* The account all of whose bytes are `byte`. */
struct address account_of(uint8_t byte);

/* An output of `units` wei for account_of(owner). */
struct output output_of(uint8_t owner, uint64_t units);

struct position position_at(uint64_t blknum, uint32_t txindex, uint32_t oindex);

/* A payment of `signer` from one coin to up to five outputs. */
void make_payment(struct made_payment *out, struct position input,
		  uint8_t signer, const struct output *outputs, size_t count);

/* The same from several coins of one signer. */
void make_payment_of(struct made_payment *out, const struct position *inputs,
		     size_t input_count, uint8_t signer,
		     const struct output *outputs, size_t count);

#endif
