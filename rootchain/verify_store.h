/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_VERIFY_STORE_H
#define PLASMA_ROOTCHAIN_VERIFY_STORE_H

/*
 * Is a snapshot what an honest follower would have written? Asked of the file
 * alone, without a network: everything in it that can be derived from its
 * headers is derived again and compared. What then rests on somebody's word is
 * that the head's hash is one of the root chain, and the balances of the
 * vaults.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/service/network_file.h"
#include "common/snapshot/snapshot_reader.h"

struct verify_report {
	struct snapshot_identity identity;
	struct snapshot_head head;
	struct snapshot_state state;
	struct hash digest;
	uint64_t eth_blocks;
	uint64_t receipts; /* eth_blocks whose receipts were needed */
	uint64_t logs;
	uint64_t child_blocks;
	bool has_digest_beside;
};

/* Verifies the file. `network` NULL: whatever network it says it is about; then
 * code hashes and the words that the network file fixes are not compared.
 * ERROR_BAD_INPUT names the first thing that is wrong; others are those of
 * snapshot_reader_open(). `progress`, if not NULL, is called now and then. */
NODISCARD bool verify_store_check(struct verify_report *out, const char *path,
				  const struct network *network,
				  void (*progress)(uint64_t at, uint64_t head),
				  struct error *error);

#endif
