/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SNAPSHOT_SNAPSHOT_DIGEST_H
#define PLASMA_COMMON_SNAPSHOT_SNAPSHOT_DIGEST_H

/*
 * What two honest followers at the same head agree on, as one hash: keccak256
 * over the keccak256 of each of the records below, in order. A record begins
 * with one byte that says what it is; all numbers are 8 bytes big-endian, bytes
 * of varying length are preceded by theirs. (One hash for each record, so that
 * several are made at once.)
 *
 *   'N' chain id, framework, ETH vault, ERC-20 vault, exit game (20 bytes
 *       each), deployment block number and hash
 *   'H' length and RLP of each header, ascending
 *   'L' eth_block number, transaction index, log index, transaction hash,
 *       address, number of topics, topics, length and data of each log of a
 *       contract, in order, behind the header of its eth_block
 *   'R' child block number, root, time of each block in ascending order
 *   'E' head number and hash
 *
 * Finality levels, proofs, names of endpoints, wall times and what was undone
 * are not in it.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/snapshot/snapshot_reader.h"

/* The digest of the state that the open pass sees. ERROR_BAD_INPUT: the rows do
 * not belong together (a log without its header), ERROR_IO: unreadable. */
NODISCARD bool snapshot_digest(struct hash *out, struct snapshot_reader *reader,
			       struct error *error);

#endif
