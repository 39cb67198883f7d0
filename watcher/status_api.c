/* SPDX-License-Identifier: MIT */
#include "watcher/status_api.h"

#include <stdio.h>
#include <string.h>

#include "common/actions/action_store.h"
#include "common/base/memory.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "common/service/metrics.h"
#include "common/service/omg_answer.h"
#include "watcher/event_store.h"
#include "watcher/inflight_store.h"
#include "watcher/watcher_store.h"

#define MOST_ACCOUNTS 256
#define ARENA_CEILING ((size_t)64 << 20)
#define TEXT_TYPE "text/plain; charset=utf-8"

typedef unsigned long long number;

/* ---- status.get ---- */

/* Existing clients know one event by an older spelling. */
static const char *wire_name(enum event_kind kind)
{
	return kind == EVENT_NON_CANONICAL_IFE ? "noncanonical_ife"
					       : event_code(kind);
}

static const char *class_name(enum event_kind kind)
{
	switch (event_class_of(kind)) {
	case EVENT_CLASS_I:
		return "inform";
	case EVENT_CLASS_A:
		return "answer";
	case EVENT_CLASS_HALT:
		return "halt";
	}
	return "";
}

static void put_event(struct growing_buffer *out,
		      const struct standing_event *event)
{
	(void)growing_buffer_format(
		out,
		"{\"event\":\"%s\",\"class\":\"%s\",\"answered\":%s,"
		"\"first_seen\":%llu,\"key\":",
		wire_name(event->kind), class_name(event->kind),
		event->answered ? "true" : "false",
		(number)event->first_seen.seconds);
	omg_answer_put_string(out, event->key);
	(void)growing_buffer_format(out, ",\"details\":%s}", event->facts);
}

static bool put_events(struct call *call)
{
	struct standing_event *list;
	size_t count;

	if (!event_store_list_new(call->database, &list, &count, &call->error))
		return false;
	(void)growing_buffer_format(call->out, ",\"byzantine_events\":[");
	for (size_t i = 0; i < count; i++) {
		(void)growing_buffer_format(call->out, "%s", i == 0 ? "" : ",");
		put_event(call->out, &list[i]);
	}
	(void)growing_buffer_put_byte(call->out, ']');
	event_store_list_free(list, count);
	return true;
}

/* Indices of the slots from `first` on whose bit is set. */
static void put_slots(struct growing_buffer *out, const char *key, uint16_t map,
		      unsigned int first)
{
	const char *separator = "";

	(void)growing_buffer_format(out, ",\"%s\":[", key);
	for (unsigned int i = 0; i < PROTOCOL_MAX_INPUTS; i++) {
		if ((map >> (first + i) & 1) == 0)
			continue;
		(void)growing_buffer_format(out, "%s%u", separator, i);
		separator = ",";
	}
	(void)growing_buffer_put_byte(out, ']');
}

static bool put_exit(struct call *call, struct arena *arena,
		     const struct recorded_in_flight_exit *one)
{
	struct in_flight_exit_started_event started;

	if (!inflight_store_start(call->database, arena, &started, one->place,
				  &call->error))
		return false;
	(void)growing_buffer_format(call->out, "{\"txhash\":");
	omg_answer_put_hex(call->out,
			   bytes_view(one->exit.transaction_hash.bytes, 32));
	(void)growing_buffer_format(call->out, ",\"txbytes\":");
	omg_answer_put_hex(call->out, started.in_flight_tx);
	(void)growing_buffer_format(call->out, ",\"eth_height\":%llu",
				    (number)one->place.eth_block_number);
	put_slots(call->out, "piggybacked_inputs", one->exit.map, 0);
	put_slots(call->out, "piggybacked_outputs", one->exit.map,
		  IN_FLIGHT_OUTPUT_SLOT);
	(void)growing_buffer_put_byte(call->out, '}');
	return true;
}

static bool put_exits(struct call *call)
{
	struct recorded_in_flight_exit *list;
	struct arena arena;
	size_t count;
	bool ok = true;

	if (!inflight_store_alive_new(call->database, &list, &count,
				      call->network->min_exit_period,
				      &call->error))
		return false;
	arena_init(&arena, ARENA_CEILING);
	(void)growing_buffer_format(
		call->out, ",\"in_flight_txs\":[],\"in_flight_exits\":[");
	for (size_t i = 0; i < count && ok; i++) {
		(void)growing_buffer_format(call->out, "%s", i == 0 ? "" : ",");
		ok = put_exit(call, &arena, &list[i]);
	}
	(void)growing_buffer_put_byte(call->out, ']');
	arena_clear(&arena);
	memory_free(list);
	return ok;
}

static bool can_send(const struct watcher_api_parts *parts,
		     const struct address *account)
{
	for (size_t i = 0; i < parts->signer_count; i++)
		if (address_equal(&parts->signers[i].address, account))
			return true;
	return false;
}

/* Accounts that a wallet should leave alone for now (formats.md 6). Actions of
 * others wait for a person. */
static bool put_busy_accounts(struct call *call)
{
	struct address accounts[MOST_ACCOUNTS];
	const char *separator = "";
	size_t count;

	if (!action_store_busy_accounts(call->database, accounts, &count,
					MOST_ACCOUNTS, &call->error))
		return false;
	(void)growing_buffer_format(call->out, ",\"busy_accounts\":[");
	for (size_t i = 0; i < count; i++) {
		if (!can_send(call->parts, &accounts[i]))
			continue;
		(void)growing_buffer_format(call->out, "%s", separator);
		separator = ",";
		omg_answer_put_hex(call->out,
				   bytes_view(accounts[i].bytes, 20));
	}
	(void)growing_buffer_put_byte(call->out, ']');
	return true;
}

static void put_contract(struct call *call)
{
	(void)growing_buffer_format(
		call->out, ",\"contract_addr\":{\"plasma_framework\":");
	omg_answer_put_hex(
		call->out,
		bytes_view(call->network->plasma_framework.bytes, 20));
	(void)growing_buffer_put_byte(call->out, '}');
}

static bool is_stale(const struct watcher_api_parts *parts,
		     const struct watcher_cursor *cursor)
{
	return instant_since(clock_wall().seconds,
			     cursor->last_good_poll.seconds) >
	       parts->snapshot_max_age;
}

/* How far blocks and root chain are read. */
static bool put_heights(struct call *call)
{
	struct watched_block applied = { .blknum = 0 };
	struct watched_block seen = { .blknum = 0 };
	struct watcher_cursor cursor = { .head_number = 0 };
	bool found;

	if (!watcher_store_newest_applied(call->database, &found, &applied,
					  &call->error) ||
	    !watcher_store_newest_seen(call->database, &found, &seen,
				       &call->error) ||
	    !watcher_store_cursor(call->database, &found, &cursor,
				  &call->error))
		return false;
	(void)growing_buffer_format(
		call->out,
		"{\"last_validated_child_block_number\":%llu,"
		"\"last_validated_child_block_timestamp\":%llu,"
		"\"last_mined_child_block_number\":%llu,"
		"\"last_mined_child_block_timestamp\":%llu,"
		"\"last_seen_eth_block_number\":%llu,"
		"\"last_seen_eth_block_timestamp\":%llu,\"eth_syncing\":%s,"
		"\"services_synced_heights\":[{\"service\":\"watcher\","
		"\"height\":%llu}]",
		(number)applied.blknum, (number)applied.time.seconds,
		(number)seen.blknum, (number)seen.time.seconds,
		(number)cursor.head_number, (number)cursor.head_time.seconds,
		is_stale(call->parts, &cursor) ? "true" : "false",
		(number)cursor.eth_block_number);
	return true;
}

bool status_api_status(struct call *call)
{
	struct latch_facts latch;

	if (!event_store_latch(call->database, &latch, &call->error) ||
	    !put_heights(call))
		return false;
	put_contract(call);
	(void)growing_buffer_format(call->out, ",\"halted\":%s",
				    latch.latched ? "true" : "false");
	if (!put_events(call) || !put_exits(call) || !put_busy_accounts(call))
		return false;
	(void)growing_buffer_put_byte(call->out, '}');
	return true;
}

/* ---- alarm.get, configuration.get ---- */

bool status_api_alarms(struct call *call)
{
	struct watcher_pass pass;
	bool found;

	if (!watcher_store_last_pass(call->database, &found, &pass,
				     &call->error))
		return false;
	if (!found || pass.severity == SEVERITY_OK) {
		(void)growing_buffer_format(call->out, "[]");
		return true;
	}
	(void)growing_buffer_format(
		call->out, "[{\"%s\":{\"description\":",
		pass.severity == SEVERITY_WARNING    ? "warning"
		: pass.severity == SEVERITY_CRITICAL ? "critical"
						     : "unknown");
	omg_answer_put_prose(call->out, pass.line);
	(void)growing_buffer_format(call->out, ",\"completed_at\":%llu}}]",
				    (number)pass.completed_at.seconds);
	return true;
}

bool status_api_configuration(struct call *call)
{
	(void)growing_buffer_format(
		call->out,
		"{\"exit_processor_sla_seconds\":%llu,"
		"\"min_exit_period_seconds\":%llu,\"chain_id\":%llu,"
		"\"network\":",
		(number)call->network->min_exit_period / 14,
		(number)call->network->min_exit_period,
		(number)call->network->chain_id);
	omg_answer_put_string(call->out, call->network->name);
	put_contract(call);
	(void)growing_buffer_put_byte(call->out, '}');
	return true;
}

/* ---- health ---- */

void status_api_live(void *context, struct http_response *response,
		     const struct http_request *request)
{
	(void)context; /* that it answers is the answer */
	(void)request;
	http_response_text(response, 200, TEXT_TYPE, "alive\n");
}

/* What monitoring asks for. */
struct health {
	bool has_pass;
	struct watcher_pass pass;
	bool has_cursor;
	struct watcher_cursor cursor;
	struct watched_block applied;
	struct watched_block seen;
	struct latch_facts latch;
	uint64_t events[3]; /* by class */
	uint64_t actions;   /* open */
	uint64_t overdue;   /* open or missed, after their last second */
};

static bool count_events(struct database *database, struct health *health,
			 struct error *error)
{
	struct standing_event *list;
	size_t count;

	if (!event_store_list_new(database, &list, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		health->events[event_class_of(list[i].kind)]++;
	event_store_list_free(list, count);
	return true;
}

static bool count_actions(struct database *database, struct health *health,
			  struct error *error)
{
	struct action_list list;
	bool ok = action_store_unsettled(database, &list, error);

	for (size_t i = 0; ok && i < list.count; i++)
		health->actions += !action_state_is_resting(
			list.actions[i].progress.state);
	action_list_clear(&list);
	if (!ok)
		return false;
	ok = action_store_overdue(database, &list, health->cursor.head_time,
				  error);
	health->overdue = list.count;
	action_list_clear(&list);
	return ok;
}

static bool read_health(struct database *database, struct health *health,
			struct error *error)
{
	bool found;

	memset(health, 0, sizeof(*health));
	return watcher_store_last_pass(database, &health->has_pass,
				       &health->pass, error) &&
	       watcher_store_cursor(database, &health->has_cursor,
				    &health->cursor, error) &&
	       watcher_store_newest_applied(database, &found, &health->applied,
					    error) &&
	       watcher_store_newest_seen(database, &found, &health->seen,
					 error) &&
	       event_store_latch(database, &health->latch, error) &&
	       count_events(database, health, error) &&
	       count_actions(database, health, error);
}

static bool take_health(struct watcher_api *api, struct health *health,
			struct error *error)
{
	struct database *database;

	if (!watcher_api_take_database(api, &database, error))
		return false;
	bool ok = read_health(database, health, error);
	watcher_api_give_database(api, database);
	return ok;
}

void status_api_ready(void *context, struct http_response *response,
		      const struct http_request *request)
{
	struct watcher_api *api = context;
	struct health health;
	struct error error;
	const char *reason = NULL;

	(void)request; /* it has no arguments */
	if (!take_health(api, &health, &error))
		reason = "the database cannot be read\n";
	else if (!health.has_pass || !health.has_cursor)
		reason = "no pass is complete yet\n";
	else if (is_stale(watcher_api_parts_borrow(api), &health.cursor))
		reason = "the snapshot of the root chain is stale\n";
	else if (health.pass.severity == SEVERITY_UNKNOWN)
		reason = "the last pass could not find out\n";
	http_response_text(response, reason == NULL ? 200 : 503, TEXT_TYPE,
			   reason == NULL ? "ready\n" : reason);
}

static void put(struct growing_buffer *out, const char *name, const char *help,
		uint64_t value)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "watcher_%s", name); /* it fits */
	metrics_put(out, METRIC_GAUGE, full, help, value);
}

static void write_metrics(struct growing_buffer *out,
			  const struct health *health)
{
	static const char *const classes[] = { "inform", "answer", "halt" };

	put(out, "block_number", "The newest verified block.",
	    health->applied.blknum);
	put(out, "mined_block_number", "The newest block on the root chain.",
	    health->seen.blknum);
	put(out, "root_chain_block", "The head of the snapshot.",
	    health->cursor.head_number);
	put(out, "snapshot_poll_timestamp_seconds",
	    "When the follower last read the root chain well.",
	    health->cursor.last_good_poll.seconds);
	put(out, "pass_timestamp_seconds", "When the last pass was complete.",
	    health->pass.completed_at.seconds);
	put(out, "severity", "0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
	    health->has_pass ? health->pass.severity : SEVERITY_UNKNOWN);
	put(out, "halted", "1 while the chain is halted.",
	    health->latch.latched ? 1 : 0);
	put(out, "actions_open", "Root-chain transactions under way.",
	    health->actions);
	put(out, "actions_overdue",
	    "Those whose last second passed, missed ones included.",
	    health->overdue);
	metrics_begin(out, METRIC_GAUGE, "watcher_events",
		      "Events that stand, by class.");
	for (size_t i = 0; i < 3; i++)
		metrics_value(out, "watcher_events", "class", classes[i],
			      health->events[i]);
}

void status_api_metrics(void *context, struct http_response *response,
			const struct http_request *request)
{
	struct health health;
	struct error error;

	(void)request; /* it has no arguments */
	if (!take_health(context, &health, &error)) {
		log_event(LOG_WARNING, "no metrics",
			  log_text("reason", error.message));
		http_response_text(response, 503, TEXT_TYPE,
				   "the database cannot be read\n");
		return;
	}
	response->status = 200;
	response->content_type = METRICS_CONTENT_TYPE;
	write_metrics(&response->body, &health);
}
