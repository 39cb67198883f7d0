/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "common/service/process.h"
#include "rootchain/cmd.h"
#include "rootchain/explanation.h"
#include "rootchain/follower_loop.h"
#include "rootchain/heads_fetch.h"
#include "rootchain/health_api.h"

/* How long a poll that goes on and on may say nothing. */
#define PROGRESS_MS 1000
#define ENDPOINTS_CEILING ((size_t)64 << 10)

struct follow {
	const struct command *command;
	struct network *network;
	struct process_lock lock;
	bool has_lock;
	struct snapshot_store *store;
	struct rootchain_client *client;
	struct follower_loop *loop;
	struct health_api *health; /* NULL: nobody may ask */
	uint64_t good_polls;
	uint64_t failed_polls;
	uint64_t poll_ms;
	uint64_t said_at_ms; /* progress */
	bool is_stopped;
	bool is_ready;
	bool was_good;			 /* the last poll */
	struct growing_buffer endpoints; /* as last written */
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
		snapshot_identity_of(follow->network);
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
	bool is_alone;

	if (!number(follow, &follow->poll_ms, "poll_ms", 1, 3600000, error) ||
	    !number(follow, &parts.timeout_ms, "timeout_ms", 100, 600000,
		    error) ||
	    !number(follow, &parts.range, "eth_blocks_per_range", 1, 1024,
		    error) ||
	    !config_word(&proofs, follow->command->config, "rootchain",
			 "proofs", words, error) ||
	    !open_store(follow, error) ||
	    !cmd_quorum(&parts.quorum, &is_alone, follow->command->config,
			error) ||
	    !cmd_client_new(&follow->client, follow->command, parts.timeout_ms,
			    error))
		return false;
	if (is_alone)
		log_event(LOG_WARNING, "nobody contradicts the only endpoint",
			  log_text("id", EXPLANATION_FEWER));
	parts.network = follow->network;
	parts.store = follow->store;
	parts.client = follow->client;
	parts.proofs = proofs == 0;
	follow->loop = follower_loop_new(&parts);
	const char *listen =
		config_text(follow->command->config, "rootchain", "listen");
	return listen == NULL ||
	       options_has(follow->command->options, "once") ||
	       health_api_start(&follow->health, listen, error);
}

/* One object per endpoint: what `status` tells about them. */
static void write_endpoints(struct follow *follow, struct growing_buffer *out)
{
	const struct endpoint_record *records =
		follower_loop_records_borrow(follow->loop);
	size_t count = rootchain_client_count(follow->client);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *row = json_pack(
			"{s:s,s:b,s:s,s:s}", "endpoint",
			rootchain_client_name(follow->client, i), "well",
			records[i].trouble == ENDPOINT_WELL, "trouble",
			endpoint_trouble_name(records[i].trouble), "reason",
			records[i].reason);

		/* A reason that is no text is left out with its row. */
		if (row != NULL)
			(void)json_array_append_new(list, row);
	}
	char *text = json_dumps(list, JSON_COMPACT);
	if (text != NULL)
		/* What does not fit is cut by the next change. */
		(void)growing_buffer_put(out, bytes_of_string(text));
	memory_free(text);
	json_decref(list);
}

/* Only when it is another than last time: every write waits for the disk. */
static void keep_endpoints(struct follow *follow)
{
	const char *datadir =
		config_text(follow->command->config, "rootchain", "datadir");
	struct growing_buffer now;
	struct error error;

	growing_buffer_init(&now, ENDPOINTS_CEILING);
	write_endpoints(follow, &now);
	if (!bytes_equal(growing_buffer_view(&now),
			 growing_buffer_view(&follow->endpoints))) {
		if (!atomic_file_write(datadir, "endpoints.json",
				       growing_buffer_view(&now), 0644, &error))
			log_event(LOG_WARNING, "endpoints.json is not written",
				  log_text("reason", error.message));
		growing_buffer_clear(&follow->endpoints);
		follow->endpoints = now;
		return;
	}
	growing_buffer_clear(&now);
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

/* `problem` NULL: the poll was good. */
static void tell_health(struct follow *follow, const char *problem)
{
	struct health_facts facts = {
		.head = follower_loop_head_borrow(follow->loop),
		.records = follower_loop_records_borrow(follow->loop),
		.client = follow->client,
		.problem = problem,
	};

	if (problem == NULL)
		follow->good_polls++;
	else
		follow->failed_polls++;
	facts.good_polls = follow->good_polls;
	facts.failed_polls = follow->failed_polls;
	health_api_tell(follow->health, &facts);
}

static bool follow_on(struct follow *follow, struct error *error)
{
	do {
		if (follower_loop_poll(follow->loop, error)) {
			say_good(follow);
			tell_health(follow, NULL);
		} else {
			if (follow->is_stopped)
				break;
			if (is_final(error))
				return false;
			say_bad(follow, error);
			tell_health(follow, error->message);
		}
		keep_endpoints(follow);
	} while (!is_stopped(follow, follow->poll_ms));
	process_notify("STOPPING=1");
	return true;
}

static void stop(struct follow *follow)
{
	health_api_stop(follow->health);
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

	growing_buffer_init(&follow.endpoints, ENDPOINTS_CEILING);
	if (ok && options_has(command->options, "once")) {
		ok = follower_loop_poll(follow.loop, error);
		keep_endpoints(&follow);
	} else if (ok)
		ok = follow_on(&follow, error);
	growing_buffer_clear(&follow.endpoints);
	stop(&follow);
	return ok;
}
