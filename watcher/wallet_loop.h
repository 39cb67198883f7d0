/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_WALLET_LOOP_H
#define PLASMA_WATCHER_WALLET_LOOP_H

/*
 * What watched owners sign on the child chain: taken over from their wallets,
 * and signed here where an exit needs it (protocol.md 15).
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/exit_turn.h"
#include "watcher/mass_exit.h"

/* Takes over what is new in the signed-spend tables of the owners, and raises
 * and ends signed_spends_unknown. */
NODISCARD bool wallet_loop_read(const struct exit_turn *turn,
				struct error *error);

/* Whether the signed-spend table of `owner` can be read. One that is not there,
 * in a folder that is, belongs to a wallet that never signed, unless it was
 * read before: `database` is the watcher's, or NULL before its first pass.
 * ERROR_CONFIG: none is configured; else what is wrong with it. */
NODISCARD bool wallet_loop_look_at_table(const struct watched_owner *owner,
					 const struct network *network,
					 struct database *database,
					 struct error *error);

/* Signs the payment of a fee output to its owner, remembers it, and names it in
 * `coin`: it is exited in flight like any other that was signed. Without the
 * owner's key the coin stays as it is, which is success. */
NODISCARD bool wallet_loop_pay_oneself(const struct exit_turn *turn,
				       struct own_coin *coin,
				       struct error *error);

#endif
