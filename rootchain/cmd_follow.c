/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/service/clock.h"
#include "common/service/log.h"
#include "common/service/process.h"
#include "rootchain/cmd.h"
#include "rootchain/explanation.h"
#include "rootchain/follower_loop.h"
#include "rootchain/heads_fetch.h"

/* How long a poll that goes on and on may say nothing. */
#define PROGRESS_MS 1000

struct follow {
	const struct command *command;
	struct network *network;
	struct process_lock lock;
	bool has_lock;
	struct snapshot_store *store;
	struct rootchain_client *client;
	struct follower_loop *loop;
	uint64_t poll_ms;
	uint64_t said_at_ms; /* progress */
	bool is_stopped;
	bool is_ready;
	bool was_good; /* the last poll */
};

static bool number(struct follow *follow, uint64_t *out, const char *key,
		   uint64_t least, uint64_t most, struct error *error)
{
	return config_number(out, follow->command->config, "rootchain", key,
			     least, most, error);
}

static bool open_store(struct follow *follow, struct error *error)
{
	const struct config *config = follow->command->config;
	const char *datadir = config_text(config, "rootchain", "datadir");
	const char *path;

	if (!config_needed(&path, config, "rootchain", "network", error) ||
	    !network_read_new(&follow->network, path, error) ||
	    !process_lock_take(&follow->lock, datadir, error))
		return false;
	follow->has_lock = true;
	struct snapshot_identity identity =
		snapshot_store_identity(follow->network);
	return snapshot_store_open(&follow->store, datadir, &identity, error);
}

/* The main thread follows; a look at the signals in between. */
static bool is_stopped(struct follow *follow, uint64_t wait_ms)
{
	if (process_wait(wait_ms) == PROCESS_SIGNAL_STOP)
		follow->is_stopped = true;
	return follow->is_stopped;
}

/* A bar on a terminal, a line in a log. */
static void show_progress(uint64_t at, uint64_t target, uint64_t first)
{
	char bar[41];
	uint64_t whole = target > first ? target - first : 1;
	uint64_t done = at > first ? at - first : 0;
	size_t filled = (size_t)((done > whole ? whole : done) * 40 / whole);

	if (!isatty(STDERR_FILENO)) {
		log_event(LOG_INFO, "fetching", log_number("eth_block", at),
			  log_number("target", target));
		return;
	}
	memset(bar, '-', 40);
	memset(bar, '#', filled);
	bar[40] = '\0';
	fprintf(stderr, "\r\033[K[%s] %3llu %% eth_block %llu of %llu%s", bar,
		(unsigned long long)(done * 100 / whole),
		(unsigned long long)at, (unsigned long long)target,
		at >= target ? "\n" : "");
}

static bool say_progress(void *context, uint64_t at, uint64_t target)
{
	struct follow *follow = context;
	uint64_t now = clock_monotonic_ms();

	process_notify("WATCHDOG=1");
	if (now - follow->said_at_ms >= PROGRESS_MS) {
		show_progress(at, target, follow->network->deployment_block);
		follow->said_at_ms = now;
	}
	return !is_stopped(follow, 0);
}

static bool start(struct follow *follow, struct error *error)
{
	static const char *const words[] = { "full", "off", NULL };
	struct follower_loop_parts parts = {
		.progress = say_progress,
		.context = follow,
	};
	size_t proofs;

	if (!number(follow, &follow->poll_ms, "poll_ms", 1, 3600000, error) ||
	    !number(follow, &parts.quorum, "quorum", 1,
		    HEADS_FETCH_MAX_ENDPOINTS, error) ||
	    !number(follow, &parts.timeout_ms, "timeout_ms", 100, 600000,
		    error) ||
	    !number(follow, &parts.range, "eth_blocks_per_range", 1, 1024,
		    error) ||
	    !config_word(&proofs, follow->command->config, "rootchain",
			 "proofs", words, error) ||
	    !open_store(follow, error) ||
	    !cmd_client_new(&follow->client, follow->command, parts.timeout_ms,
			    error))
		return false;
	parts.network = follow->network;
	parts.store = follow->store;
	parts.client = follow->client;
	parts.proofs = proofs == 0;
	follow->loop = follower_loop_new(&parts);
	return true;
}

static void say_good(struct follow *follow)
{
	const struct snapshot_head *head =
		follower_loop_head_borrow(follow->loop);
	char status[96];

	if (!follow->is_ready || !follow->was_good)
		log_event(LOG_INFO,
			  follow->is_ready ? "following again" : "ready",
			  log_number("eth_block", head->number));
	follow->was_good = true;
	(void)snprintf(status, sizeof(status), "%sSTATUS=eth_block %llu",
		       follow->is_ready ? "" : "READY=1\n",
		       (unsigned long long)head->number); /* it fits */
	follow->is_ready = true;
	process_notify(status);
	process_notify("WATCHDOG=1");
}

static void say_bad(struct follow *follow, const struct error *error)
{
	log_event(LOG_WARNING, "the poll failed",
		  log_text("id", EXPLANATION_POLL),
		  log_text("reason", error->message));
	follow->was_good = false;
}

/* What no later poll can change. */
static bool is_final(const struct error *error)
{
	return error->code == ERROR_BAD_INPUT || error->code == ERROR_IO ||
	       error->code == ERROR_CANNOT_CREATE;
}

static bool follow_on(struct follow *follow, struct error *error)
{
	do {
		if (follower_loop_poll(follow->loop, error)) {
			say_good(follow);
		} else {
			if (follow->is_stopped)
				break;
			if (is_final(error))
				return false;
			say_bad(follow, error);
		}
	} while (!is_stopped(follow, follow->poll_ms));
	process_notify("STOPPING=1");
	return true;
}

static void stop(struct follow *follow)
{
	follower_loop_free(follow->loop);
	rootchain_client_free(follow->client);
	snapshot_store_close(follow->store);
	if (follow->has_lock)
		process_lock_release(&follow->lock);
	network_free(follow->network);
}

bool cmd_follow(const struct command *command, struct error *error)
{
	struct follow follow = { .command = command };
	bool ok = start(&follow, error);

	if (ok && options_has(command->options, "once"))
		ok = follower_loop_poll(follow.loop, error);
	else if (ok)
		ok = follow_on(&follow, error);
	stop(&follow);
	return ok;
}
