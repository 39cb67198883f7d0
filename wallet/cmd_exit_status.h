/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_EXIT_STATUS_H
#define PLASMA_WALLET_CMD_EXIT_STATUS_H

/* What became of the exits that the wallet started, and getting paid. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "wallet/cmd_session.h"

/* Brings the rows of our exits up to what the root chain says. The root chain
 * must be open. */
NODISCARD bool exit_status_refresh(struct session *session,
				   struct error *error);

/* "wanted", "started", … "deleted". */
const char *exit_status_name(enum own_exit_state state);

/* `exit status` */
NODISCARD bool exit_status_show(struct session *session, struct error *error);

/* `exit finalize` */
NODISCARD bool exit_status_finalize(struct session *session,
				    struct error *error);

#endif
