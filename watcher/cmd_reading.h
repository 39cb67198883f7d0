/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_CMD_READING_H
#define PLASMA_WATCHER_CMD_READING_H

/* What commands that only tell have open: the database, the bodies and the
 * snapshot, for reading. Another process may watch meanwhile. */

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/cmd.h"
#include "watcher/exit_turn.h"
#include "watcher/mass_exit.h"

struct reading {
	struct network *network;
	struct database *database;
	struct body_store *bodies;
	struct snapshot_reader *snapshot;
	bool in_pass;
	struct watched_owner *owners;
	struct address *accounts;
	struct exit_policy policy;
	struct exit_report report;
	struct arena arena;
	struct pass_facts facts;
	struct exit_turn turn; /* as of the last pass and the newest head */
};

/* Close in any case. ERROR_NO_INPUT: nobody has watched yet. */
NODISCARD bool cmd_reading_open(struct reading *reading,
				const struct command *command,
				struct error *error);
void cmd_reading_close(struct reading *reading);

/* What leaving costs now. */
NODISCARD bool cmd_reading_prices(struct reading *reading,
				  struct mass_exit_prices *prices,
				  struct error *error);

#endif
