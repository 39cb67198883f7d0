/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_NETWORK_CHECK_H
#define PLASMA_COMMON_SERVICE_NETWORK_CHECK_H

/*
 * Whether a network file tells what the contract itself says: every deadline
 * follows from the exit period, and who believes a wrong one misses them all.
 * The chain id, the exit period, the authority and the extensions of a chain
 * never change, so that any difference is an error of the file, or of where it
 * is asked.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/service/network_file.h"
#include "common/service/root_chain_batch.h"
#include "common/service/root_chain_rpc.h"

/* What the framework contract says of itself. */
struct network_answers {
	uint64_t min_exit_period; /* seconds */
	uint64_t extensions;	  /* 0: none, or it knows no such question */
	struct address authority;
};

/* Compares; of the extensions the file may name fewer than there are.
 * ERROR_CONFIG names the first difference with both values. */
NODISCARD bool network_check_answers(const struct network *network,
				     const struct network_answers *answers,
				     struct error *error);

/* The questions as calls of a batch, at the node's newest eth_block: first the
 * chain id, then those to the contract. Returns the index of the first of
 * NETWORK_CHECK_CALLS in a row. */
#define NETWORK_CHECK_CALLS 4
size_t network_check_add(struct root_chain_batch *batch,
			 const struct network *network);

/* Compare the answers from `index` on; a contract is only asked of a node that
 * has the eth_block of its deployment. ERROR_CONFIG: another chain id or
 * another contract; else the errors of root_chain_batch_result() and
 * ERROR_PROTOCOL. */
NODISCARD bool network_check_take_chain(const struct root_chain_batch *batch,
					size_t index,
					const struct network *network,
					struct error *error);
NODISCARD bool network_check_take_contract(const struct root_chain_batch *batch,
					   size_t index,
					   const struct network *network,
					   struct arena *arena,
					   struct error *error);

/* Asks a node all of it, one call after the other. The errors are those of
 * asking and of both comparisons. */
NODISCARD bool network_check_ask(struct root_chain_rpc *rpc,
				 const struct network *network,
				 struct error *error);

#endif
