/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_CMD_H
#define PLASMA_ROOTCHAIN_CMD_H

/* The commands of plasma-rootchain: false with an error whose code is the exit
 * code. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/service/network_file.h"
#include "common/service/program.h"
#include "rootchain/rootchain_client.h"

NODISCARD bool cmd_follow(const struct command *command, struct error *error);
NODISCARD bool cmd_status(const struct command *command, struct error *error);

NODISCARD bool cmd_doctor(const struct command *command, struct error *error);
NODISCARD bool cmd_explain(const struct command *command, struct error *error);
NODISCARD bool cmd_digest(const struct command *command, struct error *error);
NODISCARD bool cmd_snapshot(const struct command *command, struct error *error);
NODISCARD bool cmd_verify(const struct command *command, struct error *error);
NODISCARD bool cmd_import(const struct command *command, struct error *error);

/* Asks the configured endpoints whether an eth_block has this hash. `network`
 * NULL: there is no network file. ERROR_REFUSED: one says that it has another;
 * ERROR_UNREACHABLE: fewer than the quorum say that it has. */
NODISCARD bool cmd_confirm(const struct command *command,
			   const struct network *network, uint64_t number,
			   const struct hash *hash, struct error *error);

/* How many endpoints have to agree. Who does not say it wants two, or the one
 * that there is; only this last is `*is_alone`: nobody contradicts it. */
NODISCARD bool cmd_quorum(uint64_t *quorum, bool *is_alone,
			  const struct config *config, struct error *error);

/* The configured endpoints; own with rootchain_client_free(). */
NODISCARD bool cmd_client_new(struct rootchain_client **out,
			      const struct command *command,
			      uint64_t timeout_ms, struct error *error);

/* DIR/rootchain.db of the configured data directory; false if the path is too
 * long. */
#define CMD_PATH_SIZE 4096
NODISCARD bool cmd_snapshot_path(char out[CMD_PATH_SIZE],
				 const struct command *command,
				 struct error *error);

#endif
