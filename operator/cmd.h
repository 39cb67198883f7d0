/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_CMD_H
#define PLASMA_OPERATOR_CMD_H

/* The commands of plasma-operator: false with an error whose code is the exit
 * code. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/keys/secret.h"
#include "common/service/program.h"

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
