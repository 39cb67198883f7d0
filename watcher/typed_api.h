/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_TYPED_API_H
#define PLASMA_WATCHER_TYPED_API_H

/* The typed data of a payment as wallets sign it (protocol.md 3), in JSON with
 * raw integers. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/chain/transaction.h"
#include "common/keys/signature.h"
#include "watcher/call_api.h"

/* Appends {"types":…,"primaryType":…,"domain":…,"message":…}. */
void typed_api_put(struct growing_buffer *out, const struct address *framework,
		   const struct transaction *transaction);

/* Reads `message` and `signatures` of a call. False after a refusal. */
NODISCARD bool typed_api_read(struct call *call,
			      struct transaction *transaction,
			      struct signature signatures[PROTOCOL_MAX_INPUTS],
			      size_t *count);

#endif
