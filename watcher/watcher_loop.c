/* SPDX-License-Identifier: MIT */
#include "watcher/watcher_loop.h"

#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/codec/eip712.h"
#include "common/ethereum/eth_header.h"
#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/http_client.h"
#include "common/service/log.h"
#include "watcher/block_loop.h"
#include "watcher/child_client.h"
#include "watcher/deadline.h"
#include "watcher/event_store.h"
#include "watcher/exit_loop.h"
#include "watcher/funds_loop.h"
#include "watcher/incident_loop.h"
#include "watcher/ledger_store.h"
#include "watcher/queue_loop.h"
#include "watcher/reach_loop.h"
#include "watcher/reserve_store.h"
#include "watcher/root_store.h"
#include "watcher/second_look_loop.h"
#include "watcher/watcher_store.h"

#define FOLLOWER_TIMEOUT_MS 120000
#define HOOK_TIMEOUT_MS 30000
#define HOUR 3600
#define SECOND_LOOK_MS ((uint64_t)HOUR * 1000)
#define MAX_FOLLOWER_URLS 16

struct watcher_loop {
	struct watcher_loop_parts parts;
	struct snapshot_reader *snapshot;
	struct ledger_store *ledger;
	struct block_loop *blocks;
	struct exit_loop *exits;
	struct action_sender *sender; /* NULL: nothing is sent */
	struct funds_loop *funds;     /* with a sender */
	struct http_client *pinger;
	struct reach_loop *reach;
	bool has_reserve;	 /* room on the disk for more than exits */
	uint64_t second_look_ms; /* not before, by the monotonic clock */
};

static void open_exits(struct watcher_loop *loop)
{
	const struct watcher_loop_parts *parts = &loop->parts;
	struct exit_loop_parts exits = {
		.database = parts->database,
		.bodies = parts->bodies,
		.policy = parts->policy,
		.responder = parts->responder,
		.leave_all = parts->leave_all,
		.leave = parts->leave,
		.leave_count = parts->leave_count,
	};
	struct action_sender_parts sender = {
		.database = parts->database,
		.rpc = parts->rpc,
		.chain_id = parts->network->chain_id,
		.signers = parts->signers,
		.signer_count = parts->signer_count,
		.goal = exit_loop_goal,
		.refresh = exit_loop_refresh,
		.limits = parts->limits,
		.tip_wei = parts->tip_wei,
		.print_only = !parts->policy.act,
	};

	loop->exits = exit_loop_new(&exits);
	sender.context = loop->exits;
	if (parts->rpc == NULL)
		return;
	loop->sender = action_sender_new(&sender);
	loop->funds =
		funds_loop_new(parts->database, parts->rpc, parts->owner_count);
}

struct watcher_loop *watcher_loop_new(const struct watcher_loop_parts *parts)
{
	const struct network *network = parts->network;
	struct watcher_loop *loop = memory_new(1, sizeof(*loop));
	struct address *owners =
		memory_new(parts->owner_count + 1, sizeof(*owners));
	struct block_loop_parts blocks = {
		parts->database,
		parts->bodies,
		NULL,
		parts->fetch,
		parts->ahead,
		parts->workers,
		deadline_withholding_limit(parts->withholding_grace,
					   network->min_exit_period),
	};

	loop->parts = *parts;
	for (size_t i = 0; i < parts->owner_count; i++)
		owners[i] = parts->owners[i].address;
	loop->ledger = ledger_store_new(parts->database, parts->bodies, owners,
					parts->owner_count);
	blocks.ledger = loop->ledger;
	loop->blocks = block_loop_new(&blocks);
	open_exits(loop);
	loop->reach = reach_loop_new(parts->operator_url);
	memory_free(owners);
	return loop;
}

void watcher_loop_free(struct watcher_loop *loop)
{
	if (loop == NULL)
		return;
	funds_loop_free(loop->funds);
	action_sender_free(loop->sender);
	exit_loop_free(loop->exits);
	block_loop_free(loop->blocks);
	ledger_store_free(loop->ledger);
	http_client_free(loop->pinger);
	reach_loop_free(loop->reach);
	if (loop->snapshot != NULL)
		snapshot_reader_close(loop->snapshot);
	memory_free(loop);
}

static void say_problem(struct pass_report *report, const char *what,
			const struct error *error)
{
	if (report->problem[0] == '\0')
		(void)snprintf(report->problem, sizeof(report->problem),
			       "%.60s: %.160s", what,
			       error->message); /* cut is fine */
}

/* The first warning of a pass stays: what comes later may follow from it. */
static void warn(struct pass_report *report, const char *what, const char *why)
{
	if (report->warning[0] == '\0')
		(void)snprintf(report->warning, sizeof(report->warning),
			       "%.60s: %.160s", what, why); /* cut is fine */
}

/* A full disk has room for exits, and for nothing else. */
static bool tend_reserve(struct watcher_loop *loop, struct pass_report *report,
			 struct error *error)
{
	struct error full;

	if (!reserve_store_tend(&loop->has_reserve, loop->parts.datadir,
				loop->parts.reserve_bytes, error))
		return false;
	if (!loop->has_reserve) {
		(void)error_set(&full, ERROR_IO,
				"blocks wait, exits are answered");
		say_problem(report, "the disk is full", &full);
	}
	return true;
}

/* Lets a follower of ours catch up. That it fails is no problem as long as the
 * snapshot is young enough. */
static void run_follower(struct watcher_loop *loop, struct pass_report *report)
{
	const struct follower_settings *follower = &loop->parts.follower;
	const char *argv[2 * MAX_FOLLOWER_URLS + 10];
	char program[512];
	struct error error;
	size_t count = 0;

	if (!follower->is_ours)
		return;
	child_client_sibling(program, sizeof(program), "plasma-rootchain");
	argv[count++] = follower->program != NULL ? follower->program : program;
	argv[count++] = "follow";
	argv[count++] = "--once";
	argv[count++] = "--network";
	argv[count++] = follower->network_path;
	argv[count++] = "--datadir";
	argv[count++] = follower->datadir;
	for (size_t i = 0; i < MAX_FOLLOWER_URLS && follower->urls[i] != NULL;
	     i++) {
		argv[count++] = "--root-rpc";
		argv[count++] = follower->urls[i];
	}
	argv[count] = NULL;
	if (child_client_run(argv, bytes_view(NULL, 0), follower->said,
			     FOLLOWER_TIMEOUT_MS, &error))
		return;
	log_event(LOG_WARNING, "the follower failed",
		  log_text("reason", error.message));
	warn(report, "the root chain cannot be followed", error.message);
}

/* A snapshot that is replaced by another file is opened again by the next pass,
 * as is one that could not be read. */
static void forget_snapshot(struct watcher_loop *loop)
{
	if (loop->snapshot != NULL)
		snapshot_reader_close(loop->snapshot);
	loop->snapshot = NULL;
}

static bool open_pass(struct watcher_loop *loop, struct pass_facts *facts,
		      struct error *error)
{
	if (loop->snapshot == NULL &&
	    !snapshot_reader_open(&loop->snapshot, loop->parts.snapshot_path,
				  loop->parts.network, error)) {
		loop->snapshot = NULL;
		return false;
	}
	return snapshot_reader_begin(loop->snapshot, &facts->head, error);
}

/* The last eth_block that counts as final. */
static void find_final(const struct watcher_loop *loop,
		       struct pass_facts *facts)
{
	const struct snapshot_head *head = &facts->head;
	uint64_t confirmations = loop->parts.confirmations;

	facts->final_known =
		head->finalized.known || head->number + 1 >= confirmations;
	if (head->finalized.known)
		facts->final_number = head->finalized.number;
	else if (facts->final_known)
		facts->final_number = head->number + 1 - confirmations;
}

static bool fill_facts(struct watcher_loop *loop, struct pass_facts *facts,
		       struct error *error)
{
	struct database *database = loop->parts.database;
	struct watched_block applied;
	struct watched_block open;
	size_t open_count;
	bool found;

	facts->snapshot = loop->snapshot;
	facts->now = facts->head.time;
	facts->network = loop->parts.network;
	facts->domain =
		eip712_domain_separator(&loop->parts.network->plasma_framework);
	facts->owners = loop->parts.owners;
	facts->owner_count = loop->parts.owner_count;
	find_final(loop, facts);
	if (!snapshot_reader_state(loop->snapshot, &facts->state, error) ||
	    !event_store_latch(database, &facts->latch, error) ||
	    !watcher_store_newest_applied(database, &found, &applied, error) ||
	    !watcher_store_open_blocks(database, &open, &open_count, 1, 0,
				       error))
		return false;
	facts->applied_block = found ? applied.blknum : 0;
	facts->caught_up =
		open_count == 0 || event_store_stops(&facts->latch, open.time);
	return true;
}

static void report_head(const struct watcher_loop *loop,
			struct pass_report *report,
			const struct pass_facts *facts)
{
	const struct snapshot_head *head = &facts->head;
	uint64_t age = instant_since(report->now.seconds,
				     head->last_good_poll.seconds);

	report->has_head = true;
	report->head_number = head->number;
	report->head_time = head->time;
	report->last_good_poll = head->last_good_poll;
	report->agreeing = head->agreeing;
	report->quorum = head->quorum;
	report->exit_period = loop->parts.network->min_exit_period;
	if (age > loop->parts.snapshot_max_age)
		(void)snprintf(report->problem, sizeof(report->problem),
			       "the snapshot is stale: its last good poll was "
			       "%llu s ago, %llu s are allowed",
			       (unsigned long long)age,
			       (unsigned long long)loop->parts
				       .snapshot_max_age); /* it fits */
}

static bool report_blocks(const struct watcher_loop *loop,
			  struct pass_report *report,
			  const struct pass_facts *facts, struct error *error)
{
	struct watched_block newest;
	bool found;

	if (!watcher_store_newest_seen(loop->parts.database, &found, &newest,
				       error))
		return false;
	report->newest_block = found ? newest.blknum : 0;
	report->applied_block = facts->applied_block;
	return watcher_store_own_count(loop->parts.database, &report->own_coins,
				       error);
}

/* The base fee of the head, as its header proves it; zero without the header.
 */
static bool read_base_fee(struct u256 *out, const struct pass_facts *facts,
			  struct error *error)
{
	struct eth_header header;
	struct bytes rlp;
	bool found;

	*out = U256_ZERO;
	if (!snapshot_reader_header(facts->snapshot, &found, &rlp,
				    facts->head.number, error))
		return false;
	if (found && eth_header_decode(&header, rlp))
		*out = header.base_fee_wei;
	return true;
}

/* Sends what is wanted. That a node does not answer is said and tried again. */
static bool act(struct watcher_loop *loop, struct pass_report *report,
		const struct pass_facts *facts, struct u256 base_fee_wei,
		struct error *error)
{
	struct action_moment moment = {
		.now = facts->now,
		.head = facts->head.number,
		.finalized = facts->final_known ? facts->final_number : 0,
		.base_fee_wei = base_fee_wei,
	};

	if (loop->sender == NULL)
		return true;
	if (action_sender_pass(loop->sender, &report->actions, &moment, error))
		return funds_loop_pass(loop->funds, &report->actions,
				       exit_loop_needs_borrow(loop->exits),
				       facts, error);
	if (error->code == ERROR_IO)
		return false;
	log_event(LOG_WARNING, "nothing can be sent",
		  log_text("reason", error->message));
	warn(report, "nothing can be sent", error->message);
	return true;
}

/* Evidence is on disk before anything is answered. */
static bool keep_evidence(struct watcher_loop *loop, struct pass_report *report,
			  const struct pass_facts *facts, struct error *error)
{
	struct evidence_sources sources = { loop->snapshot,
					    loop->parts.database,
					    loop->parts.bodies };
	char incidents[48];
	size_t failed;

	if (!incident_loop_pass(&sources, &failed, loop->parts.datadir, facts,
				error))
		return false;
	(void)snprintf(incidents, sizeof(incidents), "of %zu incidents",
		       failed); /* it fits */
	if (failed > 0)
		warn(report, "evidence cannot be written", incidents);
	return true;
}

/* Sources may be slow and history long: what exits need is done before, too. */
static bool answer_first(struct watcher_loop *loop, struct pass_report *report,
			 const struct pass_facts *facts, struct error *error)
{
	struct watched_block open;
	struct u256 base_fee_wei;
	size_t count;

	if (!watcher_store_open_blocks(loop->parts.database, &open, &count, 1,
				       0, error))
		return false;
	return count == 0 ||
	       (read_base_fee(&base_fee_wei, facts, error) &&
		exit_loop_pass(loop->exits, &report->exits, facts, error) &&
		keep_evidence(loop, report, facts, error) &&
		act(loop, report, facts, base_fee_wei, error));
}

/* Everything that is judged by the snapshot, with its pass open. */
static bool judge_in_pass(struct watcher_loop *loop, struct pass_report *report,
			  struct pass_facts *facts, uint64_t until_ms,
			  struct error *error)
{
	struct root_store_report root;

	return fill_facts(loop, facts, error) &&
	       root_store_follow(loop->parts.database, loop->parts.bodies,
				 loop->ledger, &root, facts, error) &&
	       fill_facts(loop, facts, error) &&
	       queue_loop_simulate(loop->parts.rpc, loop->parts.database, facts,
				   error) &&
	       answer_first(loop, report, facts, error) &&
	       (!loop->has_reserve ||
		block_loop_pass(loop->blocks, &report->blocks, facts, until_ms,
				error)) &&
	       report_blocks(loop, report, facts, error) &&
	       exit_loop_pass(loop->exits, &report->exits, facts, error) &&
	       keep_evidence(loop, report, facts, error);
}

/* Behind everything else, for a source may take its time. Who comes more often
 * than every hour, from cron, fetches large blocks again once in each. */
static bool look_again(struct watcher_loop *loop,
		       const struct pass_report *report,
		       const struct pass_facts *facts, struct error *error)
{
	struct second_look_parts parts = { loop->parts.database,
					   loop->parts.bodies,
					   loop->parts.fetch, false };
	uint64_t now_ms = clock_monotonic_ms();
	struct watcher_pass before = { 0 };
	bool found;

	if (!facts->caught_up || facts->latch.latched || !loop->has_reserve ||
	    loop->parts.is_recorded || now_ms < loop->second_look_ms)
		return true;
	loop->second_look_ms = now_ms + SECOND_LOOK_MS;
	if (!watcher_store_last_pass(loop->parts.database, &found, &before,
				     error))
		return false;
	parts.takes_large = before.completed_at.seconds / HOUR !=
			    report->now.seconds / HOUR;
	return second_look_loop_pass(&parts, facts, error);
}

/* False only for what ends the program. */
static bool judge(struct watcher_loop *loop, struct pass_report *report,
		  uint64_t until_ms, struct error *error)
{
	struct u256 base_fee_wei;
	struct pass_facts facts;

	memset(&facts, 0, sizeof(facts));
	facts.wall = report->now;
	if (!open_pass(loop, &facts, error)) {
		say_problem(report, "the snapshot cannot be read", error);
		forget_snapshot(loop);
		return true;
	}
	if (loop->parts.is_recorded)
		facts.wall = report->now = facts.head.last_good_poll;
	report_head(loop, report, &facts);
	bool ok = judge_in_pass(loop, report, &facts, until_ms, error) &&
		  read_base_fee(&base_fee_wei, &facts, error);
	snapshot_reader_end(loop->snapshot);
	if (ok)
		return act(loop, report, &facts, base_fee_wei, error) &&
		       look_again(loop, report, &facts, error);
	forget_snapshot(loop);
	if (error->code == ERROR_IO)
		return false;
	say_problem(report, "the pass failed", error);
	return true;
}

/* Tells the hook of every event that it does not know yet. */
static bool tell_hook(struct watcher_loop *loop, struct error *error)
{
	struct database *database = loop->parts.database;
	struct standing_event *list;
	size_t count;

	if (loop->parts.hook == NULL)
		return true;
	if (!event_store_list_new(database, &list, &count, error))
		return false;
	bool ok = database_begin(database, error);
	for (size_t i = 0; ok && i < count; i++) {
		struct growing_buffer text;
		struct error reason;

		if (list[i].told)
			continue;
		growing_buffer_init(&text, (size_t)1 << 20);
		watcher_status_event_json(&text, &list[i], loop->parts.datadir);
		if (child_client_run_shell(loop->parts.hook,
					   growing_buffer_view(&text),
					   HOOK_TIMEOUT_MS, &reason))
			ok = event_store_mark_told(database, list[i].kind,
						   list[i].key, error);
		else
			log_event(LOG_ERROR, "the hook failed",
				  log_text("event", event_code(list[i].kind)),
				  log_text("reason", reason.message));
		growing_buffer_clear(&text);
	}
	ok = ok && database_commit(database, error);
	if (!ok)
		database_rollback(database);
	event_store_list_free(list, count);
	return ok;
}

/* Whoever guards the guard looks at these; only a completed pass touches them.
 */
static void give_signs_of_life(struct watcher_loop *loop,
			       const struct pass_report *report,
			       enum severity severity)
{
	char text[256];
	struct error error;

	(void)snprintf(text, sizeof(text),
		       "{\"at\":%llu,\"eth_block\":%llu,\"block\":%llu,"
		       "\"severity\":%u}\n",
		       (unsigned long long)report->now.seconds,
		       (unsigned long long)report->head_number,
		       (unsigned long long)report->applied_block,
		       (unsigned int)severity); /* it fits */
	if (!atomic_file_write(loop->parts.datadir, "heartbeat",
			       bytes_of_string(text), 0644, &error))
		log_event(LOG_ERROR, "no heartbeat",
			  log_text("reason", error.message));
	if (loop->parts.ping_url == NULL)
		return;
	struct growing_buffer answer;
	long status = 0;

	if (loop->pinger == NULL)
		loop->pinger =
			http_client_new((struct http_limits){ 2000, 5000, 5 });
	growing_buffer_init(&answer, 65536);
	if (!http_client_get(loop->pinger, &answer, &status,
			     loop->parts.ping_url, &error))
		log_event(LOG_WARNING, "the ping failed",
			  log_text("reason", error.message));
	growing_buffer_clear(&answer);
}

/* A watcher that slept longer than is safe says so, once. */
static bool judge_own_sleep(struct watcher_loop *loop,
			    const struct pass_report *report,
			    const struct watcher_pass *before,
			    struct error *error)
{
	uint64_t safe =
		deadline_safe_interval(loop->parts.network->min_exit_period);
	char text[128];
	struct raised_event event = {
		.kind = EVENT_STALLED_WATCHER,
		.key = "",
		.facts = text,
		.at = report->head_time,
	};
	/* Who never completed a pass has not slept since. */
	uint64_t slept = before->completed_at.seconds != 0
				 ? instant_since(report->now.seconds,
						 before->completed_at.seconds)
				 : 0;

	if (slept <= safe || loop->parts.is_recorded)
		return event_store_clear(loop->parts.database,
					 EVENT_STALLED_WATCHER, "", error);
	(void)snprintf(text, sizeof(text), "{\"slept\":%llu,\"safe\":%llu}",
		       (unsigned long long)slept,
		       (unsigned long long)safe); /* it fits */
	return event_store_raise(loop->parts.database, NULL, &event, error);
}

/* Ages are reckoned by the wall clock, and no age tells of one that was put
 * back. */
static void judge_own_clock(struct pass_report *report,
			    const struct watcher_pass *before)
{
	const char *what = NULL;

	if (instant_lies_ahead(report->last_good_poll, report->now))
		what = "the last good poll";
	else if (instant_lies_ahead(before->completed_at, report->now))
		what = "the last pass";
	if (what == NULL)
		return;
	(void)snprintf(report->clock, sizeof(report->clock),
		       "the wall clock is wrong: %s lies ahead of it",
		       what); /* it fits */
	log_event(LOG_WARNING, "the wall clock is wrong",
		  log_text("lies_ahead_of_it", what));
}

/* Stores what the pass found. An incomplete one does not count as one: its
 * moment stays that of the last complete one. */
static bool store_pass(struct watcher_loop *loop, struct pass_report *report,
		       enum severity *severity, char line[STATUS_LINE_SIZE],
		       struct error *error)
{
	struct database *database = loop->parts.database;
	struct watcher_pass pass = { 0 };
	bool found;

	if (!watcher_store_last_pass(database, &found, &pass, error) ||
	    !judge_own_sleep(loop, report, &pass, error))
		return false;
	judge_own_clock(report, &pass);
	if (!reach_loop_judge(loop->reach, database, report->now,
			      report->head_time, error) ||
	    !watcher_status_judge(severity, line, database, report, error))
		return false;
	if (watcher_status_is_complete(report))
		pass.completed_at = report->now;
	pass.head_number = report->head_number;
	pass.head_time = report->head_time;
	pass.severity = (unsigned int)*severity;
	(void)snprintf(pass.line, sizeof(pass.line), "%s", line); /* it fits */
	return watcher_store_put_last_pass(database, &pass, error);
}

static bool conclude(struct watcher_loop *loop, struct pass_report *report,
		     enum severity *severity, char line[STATUS_LINE_SIZE],
		     struct error *error)
{
	struct database *database = loop->parts.database;

	if (!database_begin(database, error))
		return false;
	bool ok = store_pass(loop, report, severity, line, error) &&
		  database_commit(database, error);
	if (!ok)
		database_rollback(database);
	return ok;
}

bool watcher_loop_pass(struct watcher_loop *loop, struct pass_report *report,
		       enum severity *severity, char line[STATUS_LINE_SIZE],
		       uint64_t budget_ms, struct error *error)
{
	uint64_t started_ms = clock_monotonic_ms();

	memset(report, 0, sizeof(*report));
	if (!tend_reserve(loop, report, error))
		return false;
	run_follower(loop, report);
	report->now = clock_wall();
	if (!judge(loop, report, started_ms + budget_ms, error))
		return false;
	/* While a block is missing its own clock runs. */
	if (!report->blocks.is_missing)
		reach_loop_ask(loop->reach, report->now);
	report->took_ms = clock_monotonic_ms() - started_ms;
	if (!conclude(loop, report, severity, line, error) ||
	    !tell_hook(loop, error))
		return false;
	if (watcher_status_is_complete(report))
		give_signs_of_life(loop, report, *severity);
	return true;
}
