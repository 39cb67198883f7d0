/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_EIP712_H
#define PLASMA_COMMON_CODEC_EIP712_H

/*
 * Typed data as wallets sign it (protocol.md 3). What a payment's struct is
 * stands in common/chain/transaction_hash.
 */

#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/u256.h"
#include "common/base/writer.h"

/* The domain separator of a PlasmaFramework. It has no chain id: cache it per
 * address of the framework, never per chain. */
struct hash eip712_domain_separator(const struct address *framework);

/* 19 01 || domain || struct hash, 66 bytes, whose keccak256 is what wallets
 * sign.
 */
void eip712_put_digest(struct writer *out, const struct hash *domain,
		       const struct hash *struct_hash);

/* The members of a struct, 32 bytes each, as they are hashed: a hash or a word,
 * a number, an address aligned right (address) and left (bytes20). */
void eip712_put_hash(struct writer *out, const struct hash *hash);
void eip712_put_u64(struct writer *out, uint64_t number);
void eip712_put_u256(struct writer *out, struct u256 number);
void eip712_put_address(struct writer *out, const struct address *address);
void eip712_put_bytes20(struct writer *out, const struct address *address);

#endif
