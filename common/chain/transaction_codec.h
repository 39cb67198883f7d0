/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_TRANSACTION_CODEC_H
#define PLASMA_COMMON_CHAIN_TRANSACTION_CODEC_H

/*
 * Bytes to transactions and back (protocol.md 2.1, 2.3), and the rules 9, 11-30
 * and 33-37 of 2.8, which are about bytes alone.
 *
 *   raw    = RLP([type, inputs, outputs, txData, metaData])
 *   signed = RLP([signatures, type, inputs, outputs, txData, metaData])
 */

#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/writer.h"
#include "common/chain/transaction.h"
#include "common/chain/verdict.h"
#include "common/keys/signature.h"

/* A signed transaction cut in two, both views into it. */
struct transaction_frame {
	struct bytes signatures; /* payload of the list of signatures */
	struct bytes fields;	 /* what follows it, verbatim */
};

/* Cuts a signed transaction (rule 9): VERDICT_VALID or VERDICT_TX_FRAMING.
 * What stands inside the two parts is not looked at. */
NODISCARD enum verdict transaction_frame_read(struct transaction_frame *out,
					      struct bytes signed_form);

/* Length of the raw form; writes it: a new list header, then the fields
 * verbatim. */
size_t transaction_frame_raw_len(const struct transaction_frame *frame);
void transaction_frame_write_raw(struct writer *out,
				 const struct transaction_frame *frame);

/* Decodes a raw payment or fee transaction by rules 11-30 in the order of the
 * table; the first broken rule is returned and `out` is then unspecified. A
 * payment without inputs is refused (rule 16): deposits have their own door. */
NODISCARD enum verdict transaction_decode(struct transaction *out,
					  struct bytes raw);

/* Decodes a deposit: a payment without inputs and with exactly one output, by
 * the same rules otherwise (protocol.md 2.5). PAYMENT_WITHOUT_INPUTS is never
 * returned; inputs give TOO_MANY_INPUTS, further outputs TOO_MANY_OUTPUTS. */
NODISCARD enum verdict transaction_decode_deposit(struct transaction *out,
						  struct bytes raw);

/* Reads the signatures of `transaction` by rules 33-37; `out` gets one per
 * input. */
NODISCARD enum verdict
transaction_read_signatures(struct signature out[PROTOCOL_MAX_INPUTS],
			    const struct transaction *transaction,
			    struct bytes signatures);

/* Encodes; a transaction that came from transaction_decode() gives the same
 * bytes again. At most PROTOCOL_MAX_RAW_SIZE bytes. */
void transaction_encode(struct writer *out,
			const struct transaction *transaction);

/* The signed form of a raw form with `count` signatures. At most
 * PROTOCOL_MAX_SIGNED_SIZE bytes for an acceptable transaction. */
void transaction_encode_signed(struct writer *out, struct bytes raw,
			       const struct signature *signatures,
			       size_t count);

#endif
