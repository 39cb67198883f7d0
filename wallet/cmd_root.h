/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_ROOT_H
#define PLASMA_WALLET_CMD_ROOT_H

/*
 * The wallet's transactions on the root chain: each is an action in wallet.db
 * before anything is signed, is sent until its goal is true there, and is taken
 * up again by the next run after a crash (`resume`).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/actions/action_store.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "wallet/cmd_session.h"

/* An action of the account on `contract`, with the limits of the configuration;
 * the caller sets what else it needs. False if the configuration is wrong. */
NODISCARD bool root_wish(const struct session *session, struct action *out,
			 enum action_kind kind, const struct address *contract,
			 struct error *error);

/* The status of all coins that an exit is about: its coin, and in flight every
 * input of ours. */
NODISCARD bool root_set_coins(struct session *session,
			      const struct own_exit *exit,
			      enum coin_status status, struct error *error);

/* Stores the wishes as one, all or none; with them the exit that they are for
 * (NULL: none), whose coins count as exiting then. */
NODISCARD bool root_want(struct session *session, const struct action *wishes,
			 size_t count, const struct own_exit *exit,
			 struct error *error);

/* Asks the watcher before anything is sent: PLL-014 while it sends from the
 * account itself, unless --force. Whoever runs the actions then gives up
 * deposits that were not sent yet, unless `deposit` itself would go on: why not
 * is in `kept`, whose code is ERROR_NONE if it would. */
NODISCARD bool root_check_free(struct session *session, struct error *kept,
			       struct error *error);

/* The same for exits, which are there for the case that operator and watcher
 * are gone: it is said of deposits that stay, and they go on. */
NODISCARD bool root_check_exits(struct session *session, struct error *error);

/* How many deposits, and approvals of them, were wanted and not sent. */
NODISCARD bool root_unsent_deposits(struct session *session, size_t *count,
				    struct error *error);

/* Moves all open actions of the wallet on until none is open, or, without
 * `wait`, until each was sent. PLL-032 when one does not go on, PLL-034 when
 * one can no longer reach its goal. The key must be open. */
NODISCARD bool root_run(struct session *session, bool wait,
			struct error *error);

/* How many actions are open. */
NODISCARD bool root_open_count(struct session *session, size_t *count,
			       struct error *error);

/* The largest bond that the configuration allows; PLL-043 if `bond` is above
 * it. */
NODISCARD bool root_check_bond(const struct session *session,
			       struct amount bond, struct error *error);

#endif
