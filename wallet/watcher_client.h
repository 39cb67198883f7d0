/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_WATCHER_CLIENT_H
#define PLASMA_WALLET_WATCHER_CLIENT_H

/*
 * What the wallet asks its owner's own watcher. The watcher is trusted to say
 * what is in verified blocks; what can be checked from the bytes alone is
 * checked here all the same, so that a wrong URL does no harm.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/chain/position.h"
#include "wallet/coin.h"
#include "wallet/omg_client.h"
#include "wallet/wallet_store.h"

#define WATCHER_EVENT_SIZE 64

struct watcher_status {
	uint64_t last_validated; /* child block */
	uint64_t last_mined;	 /* child block on the root chain */
	bool has_framework;
	struct address framework;
	/* A HALT event or a latch; empty: none. */
	char halt_event[WATCHER_EVENT_SIZE];
	/* The watcher has root-chain transactions of the account under way. */
	bool account_is_busy;
	/* It has not heard from the root chain for a while. */
	bool is_stale;
};

NODISCARD bool watcher_client_status(struct omg_client *client,
				     struct watcher_status *out,
				     const struct address *account,
				     struct error *error);

/* Unspent coins of an owner; the caller frees with memory_free().
 * ERROR_PROTOCOL: not what a watcher says. */
NODISCARD bool watcher_client_coins(struct omg_client *client,
				    struct coin **out, size_t *count,
				    const struct address *owner,
				    struct error *error);

/* The transaction that made a coin, with its proof; the coin is the output that
 * it says, and the root is what the proof leads to. */
NODISCARD bool watcher_client_exit_data(struct omg_client *client,
					struct wallet_transaction *out,
					const struct coin *coin,
					struct error *error);

/* Verified transactions of an owner, newest first, at most `limit` from page
 * `page` (1, 2, …); without proofs. `count` below `limit`: the last page. */
NODISCARD bool watcher_client_transactions(struct omg_client *client,
					   struct wallet_transaction *out,
					   size_t *count,
					   const struct address *owner,
					   uint64_t page, size_t limit,
					   struct error *error);

#endif
