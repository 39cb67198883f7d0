/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_ETH_HEADER_H
#define PLASMA_COMMON_ETHEREUM_ETH_HEADER_H

/*
 * Headers of root-chain blocks. The hash of a header is keccak256 of its RLP,
 * and only a hash that we made ourselves from bytes is believed: what a node
 * says in JSON becomes bytes here, and the hash of the bytes has to be the one
 * that the chain of headers asks for.
 *
 * RLP list, in order: parent hash, ommers hash, beneficiary, state root,
 * transactions root, receipts root, logs bloom (256 bytes), difficulty, number,
 * gas limit, gas used, timestamp, extra data, mix hash (32), nonce (8), and
 * since then appended, each only with all before it: base fee, withdrawals
 * root, blob gas used, excess blob gas, parent beacon root, requests hash.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/base/u256.h"

#define ETH_BLOOM_LEN 256

/* Development and proof-of-authority chains put more than the 32 bytes of the
 * main chain into the extra data. */
#define ETH_HEADER_MAX_EXTRA_LEN 4096
#define ETH_HEADER_MAX_LEN 8192

/* How many of the appended fields a header has. */
enum eth_header_appended {
	ETH_HEADER_APPENDED_NONE = 0,
	ETH_HEADER_APPENDED_BASE_FEE = 1,
	ETH_HEADER_APPENDED_WITHDRAWALS_ROOT = 2,
	ETH_HEADER_APPENDED_BLOB_GAS_USED = 3,
	ETH_HEADER_APPENDED_EXCESS_BLOB_GAS = 4,
	ETH_HEADER_APPENDED_PARENT_BEACON_ROOT = 5,
	ETH_HEADER_APPENDED_REQUESTS_HASH = 6
};

struct eth_bloom {
	uint8_t bytes[ETH_BLOOM_LEN];
};

struct eth_header {
	struct hash parent_hash;
	struct hash ommers_hash;
	struct address beneficiary;
	struct hash state_root;
	struct hash transactions_root;
	struct hash receipts_root;
	struct eth_bloom logs_bloom;
	struct u256 difficulty;
	uint64_t number;
	uint64_t gas_limit;
	uint64_t gas_used;
	struct root_time time;
	struct bytes extra_data; /* borrowed */
	struct hash mix_hash;
	uint8_t nonce[8];
	enum eth_header_appended appended;
	struct u256 base_fee_wei;
	struct hash withdrawals_root;
	uint64_t blob_gas_used;
	uint64_t excess_blob_gas;
	struct hash parent_beacon_root;
	struct hash requests_hash;
};

/* Appends the RLP of the header. */
void eth_header_encode(struct growing_buffer *out,
		       const struct eth_header *header);

/* Reads canonical RLP; extra_data points into `rlp`. Items behind the known
 * ones (of a later fork) are accepted and skipped. False for anything that is
 * not a header. */
NODISCARD bool eth_header_decode(struct eth_header *out, struct bytes rlp);

/* keccak256 of the RLP. */
struct hash eth_header_hash(struct bytes rlp);

/* True if `child` stands directly on the header with this number and hash. */
NODISCARD bool eth_header_follows(const struct eth_header *child,
				  uint64_t parent_number,
				  const struct hash *parent_hash);

/* Blooms: what was added is always found; what was not may be found too. */
void eth_bloom_add(struct eth_bloom *bloom, struct bytes item);
bool eth_bloom_may_hold(const struct eth_bloom *bloom, struct bytes item);

/* The base fee that the next block must have (EIP-1559), in wei. */
struct u256 eth_header_next_base_fee(const struct eth_header *header);

#endif
