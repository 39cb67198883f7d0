/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_TYPED_DATA_H
#define PLASMA_WALLET_TYPED_DATA_H

/* A payment as EIP-712 typed data in JSON, for signers that show people what
 * they sign (protocol.md 3). */

#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/chain/transaction.h"

/* Longer than the typed data of any payment. */
#define TYPED_DATA_MAX_LEN 16384

/* Appends the object; `framework` is the verifying contract. */
void typed_data_write(struct growing_buffer *out,
		      const struct address *framework,
		      const struct transaction *payment);

#endif
