/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_REMOTE_SIGNER_H
#define PLASMA_COMMON_SERVICE_REMOTE_SIGNER_H

/*
 * A service that keeps the key and signs by JSON-RPC: clef
 * (account_signTransaction, account_signTypedData), a node, or any other that
 * speaks eth_signTransaction and eth_signTypedData_v4. What it answers is
 * compared with what was asked for; it may refuse.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/keys/signature.h"
#include "common/keys/signer.h"

struct remote_signer;

/* Own with remote_signer_free(). */
struct remote_signer *remote_signer_new(const char *url,
					const struct address *account);
void remote_signer_free(struct remote_signer *remote);

/* Signs root-chain transactions and refuses mere digests; borrows `remote`. */
struct signer remote_signer_borrow(struct remote_signer *remote);

/* Signs EIP-712 typed data, a JSON object, whose digest is `digest`.
 * ERROR_REFUSED: it does not want to; ERROR_UNREACHABLE; ERROR_PROTOCOL: not a
 * signature of the account over the digest. */
NODISCARD bool remote_signer_sign_typed(struct remote_signer *remote,
					struct signature *out,
					const char *typed_data,
					const struct hash *digest,
					struct error *error);

#endif
