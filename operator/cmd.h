/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_CMD_H
#define PLASMA_OPERATOR_CMD_H

/* The commands of plasma-operator: each returns an exit code after having said
 * what there was to say. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/keys/secret.h"
#include "common/service/config_file.h"
#include "common/service/option_table.h"

struct command {
	const struct options *options;
	struct config *config;
};

NODISCARD bool cmd_run(const struct command *command, struct error *error);
NODISCARD bool cmd_init(const struct command *command, struct error *error);
NODISCARD bool cmd_deploy(const struct command *command, struct error *error);
NODISCARD bool cmd_status(const struct command *command, struct error *error);
NODISCARD bool cmd_submit(const struct command *command, struct error *error);
NODISCARD bool cmd_backup(const struct command *command, struct error *error);
NODISCARD bool cmd_restore(const struct command *command, struct error *error);
NODISCARD bool cmd_doctor(const struct command *command, struct error *error);
NODISCARD bool cmd_explain(const struct command *command, struct error *error);
NODISCARD bool cmd_config_check(const struct command *command,
				struct error *error);
NODISCARD bool cmd_block(const struct command *command, struct error *error);

/* The key that keystore and password file say; wipe it. */
NODISCARD bool cmd_read_key(struct secret *secret,
			    const struct command *command, struct error *error);

#endif
