/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_KEYS_SIGNER_H
#define PLASMA_COMMON_KEYS_SIGNER_H

/*
 * Somebody who signs digests for one account: a key in memory, or a service
 * that keeps the key elsewhere and may refuse.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/keys/secret.h"
#include "common/keys/signature.h"

struct eth_transaction;
struct growing_buffer;

struct signer {
	struct address address;
	bool (*sign)(struct signature *out, void *context,
		     const struct hash *digest, struct error *error);
	void *context;
	/* Appends the signed root-chain transaction, where the service does not
	 * sign mere digests; NULL: `sign` does. See eth_transaction_sign(). */
	bool (*sign_transaction)(struct growing_buffer *out, void *context,
				 const struct eth_transaction *transaction,
				 struct error *error);
};

/* A signer that uses `secret`, which it borrows and which must be valid
 * (asserted). It never fails. */
struct signer signer_of_secret(struct secret *secret);

/* False with `error` if the signer refuses, or signs as somebody else. */
NODISCARD bool signer_sign(struct signature *out, const struct signer *signer,
			   const struct hash *digest, struct error *error);

#endif
