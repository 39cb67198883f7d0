/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_CMD_H
#define PLASMA_ROOTCHAIN_CMD_H

/* The commands of plasma-rootchain: false with an error whose code is the exit
 * code. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/config_file.h"
#include "common/service/network_file.h"
#include "common/service/option_table.h"
#include "common/snapshot/snapshot_reader.h"

struct command {
	const struct options *options;
	struct config *config;
};

NODISCARD bool cmd_follow(const struct command *command, struct error *error);
NODISCARD bool cmd_status(const struct command *command, struct error *error);

/* What a snapshot of this network has to say it is about. */
struct snapshot_identity cmd_identity(const struct network *network);

/* DIR/rootchain.db of the configured data directory; false if the path is too
 * long. */
#define CMD_PATH_SIZE 4096
NODISCARD bool cmd_snapshot_path(char out[CMD_PATH_SIZE],
				 const struct command *command,
				 struct error *error);

#endif
