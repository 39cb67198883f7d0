/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_WATCHER_LOOP_H
#define PLASMA_WATCHER_WATCHER_LOOP_H

/*
 * One pass of the watcher: read the root chain, get and judge blocks, decide
 * about exits, act, and say what came of it. `run` does one after the other,
 * `check` does one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action_sender.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/body_store.h"
#include "common/service/network_file.h"
#include "common/service/root_chain_rpc.h"
#include "common/service/workers.h"
#include "common/store/database.h"
#include "watcher/block_fetch.h"
#include "watcher/exit_loop.h"
#include "watcher/pass_facts.h"
#include "watcher/watcher_status.h"

/* The follower that a watcher runs itself where nobody else keeps a snapshot.
 */
struct follower_settings {
	bool is_ours;
	const char *program;	  /* NULL: that beside our own program */
	const char *network_path; /* for its command line */
	const char *datadir;
	const char *const *urls; /* ends with NULL */
	/* What it says on its standard error; NULL: it goes to ours. */
	struct growing_buffer *said;
};

struct watcher_loop_parts {
	const struct network *network;
	const char *datadir;
	const char *snapshot_path;
	uint64_t reserve_bytes; /* kept free for a full disk; 0: none */
	/* The snapshot is a recording: the pass is made at the moment of its
	 * last good poll, and nobody slept before. */
	bool is_recorded;
	struct follower_settings follower;
	struct database *database; /* for writing */
	struct body_store *bodies;
	struct block_fetch *fetch;
	struct block_fetch *ahead; /* of the same sources */
	struct workers *workers;
	const struct watched_owner *owners;
	size_t owner_count;
	uint64_t withholding_grace; /* seconds; 0: the default */
	uint64_t confirmations;	   /* where the node says nothing of finality */
	uint64_t snapshot_max_age; /* seconds of wall time */
	/* How exits are answered, and with which limits. */
	struct exit_policy policy;
	struct address responder; /* zero: an owner */
	/* Coins that leave although nothing halts, see exit_loop. */
	bool leave_all;
	const struct position *leave;
	size_t leave_count;
	const struct signer *signers;
	size_t signer_count;
	struct root_chain_rpc *rpc; /* to send with; NULL: nothing is sent */
	struct action_limits limits;
	struct u256 tip_wei;
	/* Where the operator listens; NULL: nobody said. */
	const char *operator_url;
	const char *hook;     /* line of the shell; NULL: none */
	const char *ping_url; /* NULL: none */
};

struct watcher_loop;

/* Borrows its parts. Own with watcher_loop_free(). */
struct watcher_loop *watcher_loop_new(const struct watcher_loop_parts *parts);
void watcher_loop_free(struct watcher_loop *loop);

/* One pass that verifies blocks for at most `budget_ms`. What kept it from
 * finding out is in `report`, not an error; severity and line are stored as the
 * last pass. ERROR_IO: the database or the disk failed and the program must
 * end. */
NODISCARD bool watcher_loop_pass(struct watcher_loop *loop,
				 struct pass_report *report,
				 enum severity *severity,
				 char line[STATUS_LINE_SIZE],
				 uint64_t budget_ms, struct error *error);

#endif
