/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_TRANSACTION_HASH_H
#define PLASMA_COMMON_CHAIN_TRANSACTION_HASH_H

#include <stddef.h>

#include "common/base/bytes.h"
#include "common/chain/transaction.h"

/* keccak256 of the raw form: the name of a transaction (protocol.md 2.1). */
struct hash transaction_hash(struct bytes raw);

/* The EIP-712 struct hash of a payment (protocol.md 3). */
struct hash transaction_struct_hash(const struct transaction *transaction);

/* What the owners of all inputs sign; `domain` is the separator made by
 * eip712_domain_separator() for the framework. */
struct hash transaction_digest(const struct hash *domain,
			       const struct transaction *transaction);

/* The digests of many, several times as fast as one after the other: out[i] is
 * that of transactions[i], 0 <= i < count. */
void transaction_digest_batch(struct hash *out, const struct hash *domain,
			      const struct transaction *const *transactions,
			      size_t count);

#endif
