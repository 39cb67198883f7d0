/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_TRACE_FETCH_H
#define PLASMA_ROOTCHAIN_TRACE_FETCH_H

/* Deposits that a contract makes: their bytes stand in a call within the
 * transaction, which only a trace shows. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "rootchain/rootchain_client.h"

/* Appends the bytes of the deposit with this root that the transaction made
 * with the vault. `found` false: the endpoint serves no traces, or there is no
 * such call. */
NODISCARD bool trace_fetch_deposit(struct rootchain_client *client,
				   size_t endpoint, bool *found,
				   struct growing_buffer *raw,
				   const struct hash *eth_transaction_hash,
				   const struct address *vault,
				   const struct hash *root, uint64_t timeout_ms,
				   struct error *error);

#endif
