/* SPDX-License-Identifier: MIT */
#include "common/keys/secret.h"

#include <assert.h>
#include <secp256k1.h>
#include <sodium.h>

#include "common/keys/signature.h"

bool secret_is_valid(const struct secret *secret)
{
	return secp256k1_ec_seckey_verify(secp256k1_context_static,
					  secret->bytes) == 1;
}

struct address secret_address(const struct secret *secret)
{
	secp256k1_context *context =
		secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
	assert(context != NULL);
	secp256k1_pubkey key;
	int made = secp256k1_ec_pubkey_create(context, &key, secret->bytes);
	assert(made == 1);
	uint8_t point[65];
	size_t len = sizeof(point);
	(void)secp256k1_ec_pubkey_serialize(context, point, &len, &key,
					    SECP256K1_EC_UNCOMPRESSED);
	secp256k1_context_destroy(context);
	return signature_address_of_point(point);
}

void secret_wipe(struct secret *secret)
{
	sodium_memzero(secret->bytes, sizeof(secret->bytes));
}
