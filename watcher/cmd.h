/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_CMD_H
#define PLASMA_WATCHER_CMD_H

/* The commands of plasma-watcher, and what those that watch have open. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/keys/secret.h"
#include "common/keys/signer.h"
#include "common/service/process.h"
#include "common/service/program.h"
#include "watcher/watcher_loop.h"

NODISCARD bool cmd_run(const struct command *command, struct error *error);
NODISCARD bool cmd_status(const struct command *command, struct error *error);
NODISCARD bool cmd_latch(const struct command *command, struct error *error);
NODISCARD bool cmd_doctor(const struct command *command, struct error *error);
NODISCARD bool cmd_evidence(const struct command *command, struct error *error);
NODISCARD bool cmd_explain(const struct command *command, struct error *error);
NODISCARD bool cmd_plan(const struct command *command, struct error *error);
NODISCARD bool cmd_guide(const struct command *command, struct error *error);
NODISCARD bool cmd_exits(const struct command *command, struct error *error);
NODISCARD bool cmd_exit(const struct command *command, struct error *error);

/* Says its line itself and returns the code of monitoring plugins. */
int cmd_check(const struct command *command);

/* As cmd_check(), about snapshots that were recorded. */
int cmd_replay(const struct command *command);

/* What `run` and `check` have open. */
struct session {
	const struct command *command;
	const char *datadir;
	const char *network_path;
	struct network *network;
	bool acts; /* --act=do */
	struct secret *secrets;
	struct signer *signers;
	size_t signer_count;
	struct watched_owner *owners;
	size_t owner_count;
	char *snapshot_path;
	uint64_t reserve_bytes;
	uint64_t memory_mib;
	char *follower_datadir;
	/* What the follower said, with --cron: for somebody to read only if not
	 * all is well. */
	struct growing_buffer follower_said;
	const char **urls; /* of root-chain nodes, ends with NULL */
	size_t url_count;
	struct process_lock lock;
	bool has_lock;
	struct database *database;
	struct body_store *bodies;
	struct block_fetch *fetch;
	struct block_fetch *ahead;
	struct workers *workers;
	struct root_chain_rpc *rpc; /* NULL: no node is configured */
	struct watcher_loop *loop;
	const struct session_leave *leave;	   /* NULL: as the chain goes */
	const struct session_recording *recording; /* NULL: the chain lives */
};

/* Opens everything; `acts` is what counts if nothing is configured.
 * ERROR_TRY_AGAIN: another process has the data directory. Close in any case.
 */
NODISCARD bool cmd_session_open(struct session *session,
				const struct command *command, bool acts,
				struct error *error);
void cmd_session_close(struct session *session);

/* The URL of the operator: of the network file, else the first source that is
 * one; NULL: nobody said. */
const char *cmd_session_operator(const struct session *session);

/* Coins that leave although nothing halts. */
struct session_leave {
	bool all;
	struct position positions[OPTION_MAX_ARGUMENTS];
	size_t count;
};

/* As above, to send unless told otherwise; `leave` is borrowed as long as the
 * session. */
NODISCARD bool cmd_session_open_to_leave(struct session *session,
					 const struct command *command,
					 const struct session_leave *leave,
					 struct error *error);

/* A snapshot that was recorded, judged in a data directory of its own. */
struct session_recording {
	const char *snapshot_path;
	const char *datadir;
};

/* As above, with all that is configured but data directory, snapshot, keys,
 * nodes, hook and ping: no secret is read, nobody is told and nothing is sent.
 * `recording` is borrowed as long as the session. */
NODISCARD bool cmd_session_open_recording(
	struct session *session, const struct command *command,
	const struct session_recording *recording, struct error *error);

/* How exits are answered, from the configuration. */
NODISCARD bool cmd_read_policy(struct watcher_loop_parts *parts,
			       const struct config *config, bool acts,
			       struct error *error);

/* Asks the root chain whether an account of the session carries code, which
 * what is paid to it may fail on: warns; ERROR_CONFIG where the contracts do
 * not credit what fails. A node that does not answer stops nothing. */
NODISCARD bool cmd_look_at_accounts(struct session *session,
				    struct error *error);

/* Prints what stands against the chain, two lines each. `datadir`: where its
 * evidence is; NULL: do not say. */
NODISCARD bool cmd_print_events(struct database *database, const char *datadir,
				struct error *error);

/* Prints what comes too late, a line each, as of the last pass. */
NODISCARD bool cmd_print_overdue(struct database *database,
				 struct error *error);

/* Appends every action that waits for somebody to sign it, one JSON object a
 * line. */
NODISCARD bool cmd_list_printed(struct growing_buffer *out,
				struct database *database, struct error *error);

#endif
