/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_ETH_TRANSACTION_H
#define PLASMA_COMMON_ETHEREUM_ETH_TRANSACTION_H

/*
 * Root-chain transactions of type 2 (EIP-1559), the only ones that we send:
 * 0x02 || RLP [chain id, nonce, tip cap, fee cap, gas limit, to, value, data,
 * access list (empty), y parity, r, s]; what is signed ends with the access
 * list.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/u256.h"

struct signer;

/* The most gas that one transaction may ask for (EIP-7825). */
#define ETH_TRANSACTION_MAX_GAS UINT64_C(16777216)

/* Longer than any transaction that nodes relay. */
#define ETH_TRANSACTION_MAX_LEN 131072

struct eth_transaction {
	uint64_t chain_id;
	uint64_t nonce;
	struct u256 max_priority_fee_wei; /* per gas */
	struct u256 max_fee_wei;	  /* per gas */
	uint64_t gas_limit;
	bool creates_contract; /* then `to` is not used */
	struct address to;
	struct u256 value_wei;
	struct bytes data; /* borrowed */
};

struct eth_transaction_signature {
	uint8_t y_parity; /* 0 or 1 */
	struct u256 r;
	struct u256 s;
};

/* keccak256 of what the sender signs. */
struct hash eth_transaction_signing_hash(const struct eth_transaction *tx);

/* Appends the signed transaction as it is sent. */
void eth_transaction_encode(struct growing_buffer *out,
			    const struct eth_transaction *tx,
			    const struct eth_transaction_signature *signature);

/* Signs and appends; false with `error` if the signer refuses or fails. */
NODISCARD bool eth_transaction_sign(struct growing_buffer *out,
				    const struct eth_transaction *tx,
				    const struct signer *signer,
				    struct error *error);

/* The name of a signed transaction: keccak256 of its bytes. */
struct hash eth_transaction_hash(struct bytes encoded);

/* Reads a signed transaction of the form above back; data points into
 * `encoded`. False for any other form. */
NODISCARD bool
eth_transaction_decode(struct eth_transaction *tx,
		       struct eth_transaction_signature *signature,
		       struct bytes encoded);

/* Whom a transaction of any of Ethereum's types calls, and with what; points
 * into `encoded`. False if it creates a contract, or is of another type. */
NODISCARD bool eth_transaction_read_call(struct address *to,
					 struct bytes *input,
					 struct bytes encoded);

/* Who signed; false if nobody can have. */
NODISCARD bool
eth_transaction_sender(struct address *out, const struct eth_transaction *tx,
		       const struct eth_transaction_signature *signature);

#endif
