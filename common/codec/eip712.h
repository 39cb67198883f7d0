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
#include "common/codec/keccak256.h"

/* The domain separator of a PlasmaFramework. It has no chain id: cache it per
 * address of the framework, never per chain. */
struct hash eip712_domain_separator(const struct address *framework);

/* keccak256(19 01 || domain || struct hash). */
struct hash eip712_digest(const struct hash *domain,
			  const struct hash *struct_hash);

/* The members of a struct, 32 bytes each, added to its hash: a hash or a word,
 * a number, an address aligned right (address) and left (bytes20). */
void eip712_add_hash(struct keccak256 *keccak, const struct hash *hash);
void eip712_add_u64(struct keccak256 *keccak, uint64_t number);
void eip712_add_u256(struct keccak256 *keccak, struct u256 number);
void eip712_add_address(struct keccak256 *keccak,
			const struct address *address);
void eip712_add_bytes20(struct keccak256 *keccak,
			const struct address *address);

#endif
