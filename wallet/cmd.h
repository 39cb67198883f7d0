/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_H
#define PLASMA_WALLET_CMD_H

/* The commands of plasma-wallet. Each says on stdout what there is to say and
 * returns true, or fills the error. */

#include <jansson.h>
#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/amount.h"
#include "common/chain/position.h"
#include "common/service/network_file.h"
#include "common/service/program.h"

NODISCARD bool cmd_key(const struct command *command, struct error *error);
NODISCARD bool cmd_address(const struct command *command, struct error *error);
NODISCARD bool cmd_coins(const struct command *command, struct error *error);
NODISCARD bool cmd_history(const struct command *command, struct error *error);
NODISCARD bool cmd_send(const struct command *command, struct error *error);
NODISCARD bool cmd_tx(const struct command *command, struct error *error);
NODISCARD bool cmd_deposit(const struct command *command, struct error *error);
NODISCARD bool cmd_resume(const struct command *command, struct error *error);
NODISCARD bool cmd_exit(const struct command *command, struct error *error);
NODISCARD bool cmd_proof(const struct command *command, struct error *error);
NODISCARD bool cmd_guide(const struct command *command, struct error *error);
NODISCARD bool cmd_doctor(const struct command *command, struct error *error);
NODISCARD bool cmd_config(const struct command *command, struct error *error);
NODISCARD bool cmd_explain(const struct command *command, struct error *error);

#endif
