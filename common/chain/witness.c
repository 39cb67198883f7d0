/* SPDX-License-Identifier: MIT */
#include "common/chain/witness.h"

#include "common/chain/transaction_hash.h"

bool witness_signer(struct address *signer, struct signature *usable,
		    const struct signature *signature,
		    const struct hash *digest)
{
	*usable = *signature;
	if (signature_has_valid_v(usable) && signature_has_high_s(usable) &&
	    signature_has_s_below_order(usable))
		*usable = signature_mirror(usable);
	return signature_recover(signer, usable, digest);
}

bool witness_find(struct signature *out, const struct transaction *transaction,
		  const struct hash *domain, const struct address *owner,
		  const struct signature *signatures, size_t count)
{
	struct hash digest = transaction_digest(domain, transaction);

	for (size_t i = 0; i < count; i++) {
		struct signature usable;
		struct address signer;

		if (witness_signer(&signer, &usable, &signatures[i], &digest) &&
		    address_equal(&signer, owner)) {
			*out = usable;
			return true;
		}
	}
	return false;
}
