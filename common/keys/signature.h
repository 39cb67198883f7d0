/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_KEYS_SIGNATURE_H
#define PLASMA_COMMON_KEYS_SIGNATURE_H

/*
 * Recoverable signatures of secp256k1 as the contracts take them (protocol.md
 * 2.4): r32 || s32 || v1, where v is 27 or 28 and s at most n/2.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/keys/secret.h"

#define SIGNATURE_SIZE 65

struct signature {
	uint8_t bytes[SIGNATURE_SIZE];
};

/* v is 27 or 28. */
bool signature_has_valid_v(const struct signature *signature);

/* s > n/2: another signature by the same key, which nobody may use as is. */
bool signature_has_high_s(const struct signature *signature);

/* s < n: only such a signature has a mirror image. */
bool signature_has_s_below_order(const struct signature *signature);

/* (r, n-s, 55-v) of a signature with a valid v and s below n: the same
 * signature with s on the other side of n/2. */
struct signature signature_mirror(const struct signature *signature);

/* Who signed the digest. False if v is not valid, s > n/2, r or s is not 1 to
 * n - 1, or no public key results. */
NODISCARD bool signature_recover(struct address *signer,
				 const struct signature *signature,
				 const struct hash *digest);

/* One recovery as a value, for workers. */
struct signature_job {
	struct hash digest;
	struct signature signature;
	struct address signer; /* if recovered */
	bool recovered;
};

/* Fills `recovered` and `signer` of each job. */
void signature_recover_batch(struct signature_job *jobs, size_t count);

/* The signature of the digest by a valid key (asserted): the nonce is that of
 * RFC 6979, so that the same digest gives the same signature. */
struct signature signature_make(const struct secret *secret,
				const struct hash *digest);

/* The account of a public key: 04 || x32 || y32. */
struct address signature_address_of_point(const uint8_t point[65]);

#endif
