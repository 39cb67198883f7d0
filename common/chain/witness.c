/* SPDX-License-Identifier: MIT */
#include "common/chain/witness.h"

#include "common/chain/transaction_hash.h"

bool witness_find(struct signature *out, const struct transaction *transaction,
		  const struct hash *domain, const struct address *owner,
		  const struct signature *signatures, size_t count)
{
	struct hash digest = transaction_digest(domain, transaction);

	for (size_t i = 0; i < count; i++) {
		struct signature usable = signatures[i];
		struct address signer;

		if (signature_has_valid_v(&usable) &&
		    signature_has_high_s(&usable) &&
		    signature_has_s_below_order(&usable))
			usable = signature_mirror(&usable);
		if (signature_recover(&signer, &usable, &digest) &&
		    address_equal(&signer, owner)) {
			*out = usable;
			return true;
		}
	}
	return false;
}
