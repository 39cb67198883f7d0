/* SPDX-License-Identifier: MIT */
#include "common/keys/signer.h"

static bool sign_with_secret(struct signature *out, void *context,
			     const struct hash *digest, struct error *error)
{
	const struct secret *secret = context;
	(void)error;
	*out = signature_make(secret, digest);
	return true;
}

struct signer signer_of_secret(struct secret *secret)
{
	return (struct signer){ secret_address(secret), sign_with_secret,
				secret, NULL };
}

bool signer_sign(struct signature *out, const struct signer *signer,
		 const struct hash *digest, struct error *error)
{
	if (!signer->sign(out, signer->context, digest, error))
		return false;
	struct address found;
	if (!signature_recover(&found, out, digest) ||
	    !address_equal(&found, &signer->address))
		return error_set(error, ERROR_SOFTWARE,
				 "the signer made a signature that is not of "
				 "its account");
	return true;
}
