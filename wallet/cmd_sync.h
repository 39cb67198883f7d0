/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_SYNC_H
#define PLASMA_WALLET_CMD_SYNC_H

/* Brings wallet.db up to what the watcher says, and asks whether it is safe to
 * sign. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/u256.h"
#include "wallet/cmd_session.h"
#include "wallet/coin.h"
#include "wallet/watcher_client.h"

/* What was learned about the account. */
struct sync {
	bool is_asked; /* the watcher answered; else see what is stored */
	struct watcher_status status; /* if asked */
};

/* Asks the watcher about the account and stores coins, proofs and transactions,
 * and what signed.db alone knows (pay_adopt()). A watcher that is not
 * configured or does not answer is said on stderr and is no error; one that
 * contradicts itself or the root chain is. */
NODISCARD bool sync_account(struct session *session, struct sync *out,
			    struct error *error);

/* Forgets deposits of ours that the root chain does not have any more at their
 * position, because a reorganisation moved or undid them; the root chain must
 * be open. What the watcher has verified is its business. */
NODISCARD bool sync_drop_moved(struct session *session, struct error *error);

/* All coins of the account, with `is_claimed` from signed.db; the caller frees
 * with memory_free(). */
NODISCARD bool sync_coins(struct session *session, struct coin **out,
			  size_t *count, struct error *error);

/* Coins of blocks that the watcher has not verified, or not again since it
 * began anew, are not verified. Nothing is stored. */
void sync_mark_unreached(struct coin *coins, size_t count,
			 const struct sync *sync);

/* True if the coin can be signed into a payment now. */
bool sync_coin_is_free(const struct coin *coin, bool without_watcher);

/* False, with the reason, unless the watcher says that nothing is wrong and
 * nothing of its own is under way; --force and --without-watcher let it pass.
 */
NODISCARD bool sync_check_quiet(const struct session *session,
				const struct sync *sync, struct error *error);

/* False, with the reason, unless every operator block before these coins is
 * verified (protocol.md 15). */
NODISCARD bool sync_check_verified(const struct session *session,
				   const struct sync *sync,
				   const struct coin *coins,
				   const size_t *chosen, size_t count,
				   struct error *error);

#endif
