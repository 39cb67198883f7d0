/* SPDX-License-Identifier: MIT */
#include "common/keys/signature.h"

#include <assert.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <string.h>

#include "common/base/u256.h"
#include "common/codec/keccak256.h"
#include "common/codec/keccak256_batch.h"

#define V_AT 64
#define S_AT 32

/* Public keys that are hashed side by side. */
#define GROUP 16

/* n / 2, rounded down, and n. */
static const uint8_t half_of_order[32] = {
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4,
	0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0
};
static const uint8_t order[32] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				   0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf,
				   0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c,
				   0xd0, 0x36, 0x41, 0x41 };

bool signature_has_valid_v(const struct signature *signature)
{
	return signature->bytes[V_AT] == 27 || signature->bytes[V_AT] == 28;
}

bool signature_has_high_s(const struct signature *signature)
{
	return memcmp(signature->bytes + S_AT, half_of_order,
		      sizeof(half_of_order)) > 0;
}

bool signature_has_s_below_order(const struct signature *signature)
{
	return memcmp(signature->bytes + S_AT, order, sizeof(order)) < 0;
}

struct signature signature_mirror(const struct signature *signature)
{
	struct u256 s;
	bool is_below_order = u256_subtract(
		&s, u256_from_be(order), u256_from_be(signature->bytes + S_AT));
	assert(is_below_order && signature_has_valid_v(signature));
	struct signature mirror = *signature;
	u256_to_be(mirror.bytes + S_AT, s);
	mirror.bytes[V_AT] = (uint8_t)(55 - signature->bytes[V_AT]);
	return mirror;
}

/* The account whose public key has this hash. */
static struct address address_of_hash(const struct hash *hash)
{
	struct address address;
	memcpy(address.bytes, hash->bytes + 12, sizeof(address.bytes));
	return address;
}

struct address signature_address_of_point(const uint8_t point[65])
{
	struct hash hash = keccak256(bytes_view(point + 1, 64));
	return address_of_hash(&hash);
}

/* The public key. Recovery needs nothing that is secret or that a context would
 * have to make, so the static one serves every thread. */
static bool recover_point(uint8_t point[65], const struct signature *signature,
			  const struct hash *digest)
{
	const secp256k1_context *context = secp256k1_context_static;
	if (!signature_has_valid_v(signature) ||
	    signature_has_high_s(signature))
		return false;
	secp256k1_ecdsa_recoverable_signature parsed;
	secp256k1_pubkey key;
	/* Refuses r and s from n on; recovery refuses zero. */
	if (!secp256k1_ecdsa_recoverable_signature_parse_compact(
		    context, &parsed, signature->bytes,
		    signature->bytes[V_AT] - 27) ||
	    !secp256k1_ecdsa_recover(context, &key, &parsed, digest->bytes))
		return false;
	size_t len = 65;
	(void)secp256k1_ec_pubkey_serialize(context, point, &len, &key,
					    SECP256K1_EC_UNCOMPRESSED);
	return true;
}

bool signature_recover(struct address *signer,
		       const struct signature *signature,
		       const struct hash *digest)
{
	uint8_t point[65];
	if (!recover_point(point, signature, digest))
		return false;
	*signer = signature_address_of_point(point);
	return true;
}

/* At most GROUP jobs. A point that was not recovered is hashed for nothing. */
static void recover_group(struct signature_job *jobs, size_t count)
{
	uint8_t points[GROUP][65] = { 0 };
	struct bytes views[GROUP] = { 0 };
	struct hash hashes[GROUP];
	for (size_t i = 0; i < count; i++) {
		jobs[i].recovered = recover_point(points[i], &jobs[i].signature,
						  &jobs[i].digest);
		views[i] = bytes_view(points[i] + 1, 64);
	}
	keccak256_batch(hashes, views, count);
	for (size_t i = 0; i < count; i++) {
		if (jobs[i].recovered)
			jobs[i].signer = address_of_hash(&hashes[i]);
	}
}

void signature_recover_batch(struct signature_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i += GROUP)
		recover_group(jobs + i, count - i < GROUP ? count - i : GROUP);
}

struct signature signature_make(const struct secret *secret,
				const struct hash *digest)
{
	secp256k1_context *context =
		secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
	assert(context != NULL);
	secp256k1_ecdsa_recoverable_signature made;
	int signs = secp256k1_ecdsa_sign_recoverable(
		context, &made, digest->bytes, secret->bytes, NULL, NULL);
	assert(signs == 1);
	struct signature signature;
	int recovery_id = 0;
	(void)secp256k1_ecdsa_recoverable_signature_serialize_compact(
		context, signature.bytes, &recovery_id, &made);
	secp256k1_context_destroy(context);
	/* 2 and 3 stand for an r above n, which nobody has ever met. */
	assert(recovery_id == 0 || recovery_id == 1);
	signature.bytes[V_AT] = (uint8_t)(27 + recovery_id);
	return signature;
}
