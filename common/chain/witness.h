/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_WITNESS_H
#define PLASMA_COMMON_CHAIN_WITNESS_H

/* Whose signature shows that an output is spent (protocol.md 2.4, 11.1). */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/chain/transaction.h"
#include "common/keys/signature.h"

/* Who made a signature over a digest, which is given back as contracts take it:
 * one with s above n/2 is mirrored (protocol.md 2.4: "the same signature in
 * usable form"). False if nobody did. */
NODISCARD bool witness_signer(struct address *signer, struct signature *usable,
			      const struct signature *signature,
			      const struct hash *digest);

/* The signature of `owner` over the transaction among `count` that came with
 * it, whatever their order, as contracts take it. `domain` is the EIP-712
 * separator of the framework. False if none is the owner's. */
NODISCARD bool witness_find(struct signature *out,
			    const struct transaction *transaction,
			    const struct hash *domain,
			    const struct address *owner,
			    const struct signature *signatures, size_t count);

#endif
