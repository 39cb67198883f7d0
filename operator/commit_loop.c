/* SPDX-License-Identifier: MIT */
#include "operator/commit_loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/eth_transaction.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "common/service/strict_json.h"
#include "operator/block_builder.h"
#include "operator/recovery_store.h"
#include "operator/submission.h"

#define RAW_CEILING 4096
#define ANSWER_CEILING ((size_t)1 << 20)
#define WATCHER_EVERY_MS 2000

struct commit_loop {
	struct commit_loop_parts parts;
	pthread_t thread;
	atomic_bool stopping;
	struct operator_facts facts;
	struct hash sent_at_head; /* when all pending roots were last sent */
	bool has_sent;
	bool is_broken; /* nothing more is committed in this life */
	bool watcher_halts;
	bool was_halted;
	struct http_client *watcher;
	uint64_t watcher_asked_at_ms;
	uint64_t checkpoint_blknum;
};

static void raise_alarm(struct commit_loop *loop, enum operator_alarm alarm,
			const char *text)
{
	if (operator_status_raise(loop->parts.status, alarm, text))
		log_event(LOG_WARNING, "alarm raised",
			  log_text("alarm", operator_alarm_name(alarm)),
			  log_text("reason", text));
}

static void clear_alarm(struct commit_loop *loop, enum operator_alarm alarm)
{
	if (operator_status_clear(loop->parts.status, alarm))
		log_event(LOG_INFO, "alarm cleared",
			  log_text("alarm", operator_alarm_name(alarm)));
}

/* The store failed: what is on disk is read again by the next life. */
static NORETURN void give_up(const struct error *error)
{
	log_event(LOG_ERROR, "the disk failed: stopping",
		  log_text("error", error->message));
	exit(ERROR_IO);
}

static void set_halted(struct commit_loop *loop)
{
	bool halted = loop->is_broken || loop->watcher_halts;
	struct operator_event event = { .kind = OPERATOR_EVENT_HALT,
					.as.halted = halted };
	struct position broken;

	if (halted == loop->was_halted)
		return;
	loop->was_halted = halted;
	if (!operator_loop_apply(loop->parts.loop, &broken, &event, 1))
		loop->is_broken = true;
	if (!halted)
		clear_alarm(loop, OPERATOR_ALARM_HALTED);
}

/* Nothing is committed any more until a person has looked. */
static void halt(struct commit_loop *loop, const char *reason, uint64_t blknum)
{
	if (!loop->is_broken)
		log_event(LOG_ERROR, "halted", log_text("reason", reason),
			  log_number("block", blknum));
	loop->is_broken = true;
	raise_alarm(loop, OPERATOR_ALARM_HALTED, reason);
	set_halted(loop);
}

/* ---- the snapshot ---- */

static void take_news(struct commit_loop *loop, const struct root_news *news)
{
	struct position broken;

	if (news->event_count > 0 &&
	    !operator_loop_apply(loop->parts.loop, &broken, news->events,
				 news->event_count))
		halt(loop,
		     "a committed block spends a deposit that the root "
		     "chain took back",
		     position_blknum(broken));
	if (news->trouble == ROOT_TROUBLE_FOREIGN_ROOT)
		halt(loop,
		     "the contract has a root that is not ours: the "
		     "authority's key is used elsewhere",
		     news->trouble_blknum);
	if (news->trouble == ROOT_TROUBLE_FINALITY)
		halt(loop, "the root chain replaced what was final", 0);
	loop->facts.ready = true;
	loop->facts.eth_block = news->head.number;
	loop->facts.eth_time = news->head.time;
	loop->facts.last_good_poll = news->head.last_good_poll;
	loop->facts.next_child_block = news->state.next_child_block;
}

/* True if the snapshot could be read and is fresh enough to sign by. */
static bool read_snapshot(struct commit_loop *loop, struct root_news *news)
{
	struct error error;

	if (!root_store_poll(loop->parts.reader, news, &error)) {
		if (error.code == ERROR_IO)
			give_up(&error);
		raise_alarm(loop, OPERATOR_ALARM_SNAPSHOT, error.message);
		return false;
	}
	take_news(loop, news);
	if (instant_since(clock_wall().seconds,
			  news->head.last_good_poll.seconds) >
	    loop->parts.snapshot_max_age) {
		raise_alarm(loop, OPERATOR_ALARM_SNAPSHOT,
			    "the snapshot is too old to sign by");
		return false;
	}
	clear_alarm(loop, OPERATOR_ALARM_SNAPSHOT);
	return true;
}

/* ---- committing ---- */

static void commit_block(struct commit_loop *loop,
			 const struct forming_block *forming)
{
	const struct commit_loop_parts *parts = &loop->parts;
	struct built_block built;
	struct error error;

	block_builder_build(&built, forming, &parts->fee_claimer);
	struct committed_block block = {
		.blknum = built.blknum,
		.root = built.root,
		.transaction_count = built.transaction_count,
		.body_len = built.body.len,
		.formed_at = clock_wall().seconds,
	};
	if (!body_store_put(parts->bodies, &built.root,
			    growing_buffer_view(&built.body), &error) ||
	    !operator_store_commit_block(
		    parts->store, &block,
		    submission_nonce(parts->first_nonce, built.blknum), &error))
		give_up(&error);
	operator_loop_commit(parts->loop, built.blknum, built.fees,
			     built.fee_count);
	log_event(LOG_INFO, "block committed",
		  log_number("block", block.blknum),
		  log_hash("root", &block.root),
		  log_number("transactions", block.transaction_count));
	loop->facts.newest_blknum = block.blknum;
	loop->facts.newest_formed_at = block.formed_at;
	loop->has_sent = false;
	built_block_clear(&built);
}

static uint64_t count_in_flight(const struct commit_loop *loop)
{
	uint64_t next = loop->facts.next_child_block;
	uint64_t newest = loop->facts.newest_blknum;

	if (next == 0 || newest < next)
		return 0;
	return (newest - next) / PROTOCOL_BLOCK_INTERVAL + 1;
}

static void commit_closed_blocks(struct commit_loop *loop)
{
	while (!loop->is_broken && !loop->watcher_halts &&
	       count_in_flight(loop) < loop->parts.blocks_in_flight) {
		const struct forming_block *block =
			operator_loop_fix_next_borrow(loop->parts.loop);

		if (block == NULL)
			return;
		commit_block(loop, block);
	}
}

/* ---- sending ---- */

static bool read_market(struct commit_loop *loop,
			struct submission_market *market, struct error *error)
{
	struct root_chain_head head;

	if (!root_chain_rpc_head(loop->parts.rpc, &head, error))
		return false;
	market->head = head.number;
	market->base_fee_wei = head.base_fee_wei;
	market->tip_wei = loop->parts.tip_wei;
	market->max_fee_cap_wei = loop->parts.max_fee_wei;
	return true;
}

/* Half of the estimate on top, below the ceiling. */
static bool find_gas(struct commit_loop *loop, uint64_t *gas,
		     struct bytes call_data, struct error *error)
{
	if (!root_chain_rpc_estimate_gas(
		    loop->parts.rpc, gas, &loop->parts.signer->address,
		    &loop->parts.framework, call_data, error))
		return false;
	*gas += *gas / 2;
	if (*gas > SUBMISSION_GAS_CEILING)
		*gas = SUBMISSION_GAS_CEILING;
	return true;
}

/* Signs the root transaction of a block: always the recorded root and nonce,
 * whatever anybody asks for. The bytes are stored before this returns. */
static bool sign_root(struct commit_loop *loop, struct growing_buffer *raw,
		      struct root_transaction *transaction, uint64_t blknum,
		      struct error *error)
{
	const struct commit_loop_parts *parts = &loop->parts;
	struct growing_buffer call_data;
	struct hash root;
	uint64_t nonce;
	bool found;

	if (!operator_store_signed_root(parts->store, &found, &root, &nonce,
					blknum, error))
		give_up(error);
	if (!found || nonce != submission_nonce(parts->first_nonce, blknum))
		return error_set(error, ERROR_REFUSED,
				 "block %llu: nothing is recorded to sign",
				 (unsigned long long)blknum);
	growing_buffer_init(&call_data, CONTRACT_CALL_MAX_LEN);
	contract_call_submit_block(&call_data, &root);
	struct eth_transaction eth = {
		.chain_id = parts->chain_id,
		.nonce = nonce,
		.max_priority_fee_wei = transaction->max_priority_fee_wei,
		.max_fee_wei = transaction->max_fee_wei,
		.to = parts->framework,
		.data = growing_buffer_view(&call_data),
	};
	growing_buffer_reset(raw);
	bool ok = find_gas(loop, &eth.gas_limit, eth.data, error) &&
		  eth_transaction_sign(raw, &eth, parts->signer, error);
	growing_buffer_clear(&call_data);
	if (!ok)
		return false;
	transaction->attempt++;
	transaction->gas_limit = eth.gas_limit;
	transaction->hash = eth_transaction_hash(growing_buffer_view(raw));
	if (!operator_store_put_root_transaction(
		    parts->store, blknum, transaction, growing_buffer_view(raw),
		    clock_wall().seconds, error))
		give_up(error);
	return true;
}

/* A node says that our nonce is used. That is well if the block is there. */
static void look_at_used_nonce(struct commit_loop *loop, uint64_t blknum)
{
	const struct commit_loop_parts *parts = &loop->parts;
	struct growing_buffer call;
	struct growing_buffer returned;
	struct contract_block block;
	struct hash ours;
	struct error error;
	uint64_t nonce;
	bool found = false;

	growing_buffer_init(&call, 256);
	growing_buffer_init(&returned, 256);
	contract_call_blocks(&call, blknum);
	if (root_chain_rpc_view(parts->rpc, &returned, &parts->framework,
				growing_buffer_view(&call), &error) &&
	    contract_return_block(&block, growing_buffer_view(&returned)) &&
	    operator_store_signed_root(parts->store, &found, &ours, &nonce,
				       blknum, &error) &&
	    found && !hash_is_zero(&block.root) &&
	    !hash_equal(&block.root, &ours))
		halt(loop, "the contract has another root for a block of ours",
		     blknum);
	growing_buffer_clear(&call);
	growing_buffer_clear(&returned);
}

static void send_raw(struct commit_loop *loop, uint64_t blknum,
		     struct bytes raw)
{
	struct error error;
	bool known;

	if (root_chain_rpc_send(loop->parts.rpc, &known, raw, &error)) {
		loop->facts.roots_sent += known ? 0 : 1;
		return;
	}
	if (error.code != ERROR_REFUSED) {
		raise_alarm(loop, OPERATOR_ALARM_ROOT_CHAIN, error.message);
		return;
	}
	if (strstr(error.message, "nonce too low") != NULL)
		look_at_used_nonce(loop, blknum);
	else
		log_event(LOG_WARNING, "a node refuses a root",
			  log_number("block", blknum),
			  log_text("reason", error.message));
}

/* Gets the root of one block that is not on the root chain on its way. */
static bool send_root(struct commit_loop *loop,
		      const struct submission_market *market, uint64_t blknum,
		      struct error *error)
{
	struct root_transaction transaction = { .attempt = 0 };
	struct submission_fees fees;
	struct growing_buffer raw;
	bool found;

	growing_buffer_init(&raw, RAW_CEILING);
	if (!operator_store_last_root_transaction(loop->parts.store, &found,
						  &transaction, &raw, blknum,
						  error))
		give_up(error);
	struct submission submission = {
		found,
		{ transaction.max_fee_wei, transaction.max_priority_fee_wei },
		transaction.signed_at_eth_block,
	};
	enum submission_answer answer =
		submission_decide(&fees, &submission, market);
	bool ok = true;
	if (answer == SUBMISSION_SIGN || answer == SUBMISSION_RAISE) {
		transaction.max_fee_wei = fees.max_fee_wei;
		transaction.max_priority_fee_wei = fees.max_priority_fee_wei;
		transaction.signed_at_eth_block = market->head;
		ok = sign_root(loop, &raw, &transaction, blknum, error);
		loop->facts.roots_raised += answer == SUBMISSION_RAISE ? 1 : 0;
	}
	if (answer == SUBMISSION_CAPPED)
		raise_alarm(loop, OPERATOR_ALARM_PRICE_CAP,
			    "a root needs more than max_fee_gwei");
	if (ok)
		send_raw(loop, blknum, growing_buffer_view(&raw));
	growing_buffer_clear(&raw);
	return ok;
}

/* Sends everything that is committed and not mined, oldest first. */
static void send_roots(struct commit_loop *loop, const struct root_news *news)
{
	struct submission_market market;
	struct error error;
	uint64_t in_flight = count_in_flight(loop);

	loop->facts.blocks_in_flight = in_flight;
	if (in_flight == 0) {
		clear_alarm(loop, OPERATOR_ALARM_PENDING);
		clear_alarm(loop, OPERATOR_ALARM_PRICE_CAP);
		return;
	}
	if (loop->is_broken || news->state.next_child_block == 0 ||
	    (loop->has_sent &&
	     hash_equal(&loop->sent_at_head, &news->head.hash)))
		return;
	if (!read_market(loop, &market, &error)) {
		raise_alarm(loop, OPERATOR_ALARM_ROOT_CHAIN, error.message);
		return;
	}
	for (uint64_t i = 0; i < in_flight && !loop->is_broken; i++) {
		uint64_t blknum = news->state.next_child_block +
				  i * PROTOCOL_BLOCK_INTERVAL;

		if (!send_root(loop, &market, blknum, &error)) {
			raise_alarm(loop, OPERATOR_ALARM_ROOT_CHAIN,
				    error.message);
			return;
		}
	}
	clear_alarm(loop, OPERATOR_ALARM_ROOT_CHAIN);
	loop->has_sent = true;
	loop->sent_at_head = news->head.hash;
}

/* ---- the own watcher ---- */

/* True if the answer of status.get tells of an event that halts the chain. */
static bool tells_of_halt(struct growing_buffer *answer)
{
	static const char *const halting[] = {
		"block_withholding",
		"invalid_block",
		"changed_root",
		"block_number_gap",
		"unchallenged_exit",
		"invalid_finalized_exit",
		"late_spend_of_exiting_output",
		"unchallenged_non_canonical_ife",
		"unchallenged_piggyback",
		"insolvent_vault",
		"finality_broken",
	};
	struct error error;
	json_t *root =
		strict_json_parse_new(growing_buffer_view(answer), &error);
	const json_t *events = json_object_get(json_object_get(root, "data"),
					       "byzantine_events");
	bool halts = false;

	for (size_t i = 0; i < json_array_size(events); i++) {
		const char *name = json_string_value(
			json_object_get(json_array_get(events, i), "event"));

		for (size_t j = 0;
		     name != NULL && j < sizeof(halting) / sizeof(halting[0]);
		     j++)
			halts = halts || strcmp(name, halting[j]) == 0;
	}
	json_decref(root);
	return halts;
}

static void ask_watcher(struct commit_loop *loop)
{
	struct growing_buffer answer;
	char url[1024];
	struct error error;
	long status;

	if (loop->parts.watcher_url == NULL ||
	    clock_monotonic_ms() < loop->watcher_asked_at_ms + WATCHER_EVERY_MS)
		return;
	loop->watcher_asked_at_ms = clock_monotonic_ms();
	(void)snprintf(url, sizeof(url), "%s/status.get",
		       loop->parts.watcher_url); /* cut: not reached */
	growing_buffer_init(&answer, ANSWER_CEILING);
	if (!http_client_post(loop->watcher, &answer, &status, url,
			      "application/json", bytes_of_string("{}"),
			      &error)) {
		/* That is an alarm, not a halt. */
		raise_alarm(loop, OPERATOR_ALARM_WATCHER, error.message);
		growing_buffer_clear(&answer);
		return;
	}
	clear_alarm(loop, OPERATOR_ALARM_WATCHER);
	loop->watcher_halts = tells_of_halt(&answer);
	growing_buffer_clear(&answer);
	if (loop->watcher_halts)
		raise_alarm(loop, OPERATOR_ALARM_HALTED,
			    "the own watcher reports an event that halts the "
			    "chain");
	set_halted(loop);
}

/* ---- the thread ---- */

static void write_checkpoint(struct operator_state *state, void *context)
{
	struct commit_loop *loop = context;
	struct error error;
	uint64_t credited;

	if (!operator_store_deposits_credited(loop->parts.store, &credited,
					      &error) ||
	    !recovery_store_checkpoint(state, loop->parts.datadir,
				       &loop->parts.framework, credited,
				       &error))
		log_event(LOG_WARNING, "no checkpoint was written",
			  log_text("reason", error.message));
}

static void checkpoint_if_due(struct commit_loop *loop)
{
	uint64_t newest = loop->facts.newest_blknum;

	if (newest < loop->checkpoint_blknum + loop->parts.checkpoint_blocks *
						       PROTOCOL_BLOCK_INTERVAL)
		return;
	operator_loop_visit(loop->parts.loop, write_checkpoint, loop);
	loop->checkpoint_blknum = newest;
}

static void *run(void *context)
{
	struct commit_loop *loop = context;

	while (!atomic_load(&loop->stopping)) {
		struct root_news news;

		ask_watcher(loop);
		if (read_snapshot(loop, &news)) {
			commit_closed_blocks(loop);
			send_roots(loop, &news);
			checkpoint_if_due(loop);
		}
		operator_status_put(loop->parts.status, &loop->facts);
		operator_loop_wait_closed(loop->parts.loop,
					  loop->parts.poll_ms);
	}
	return NULL;
}

/* Asks the contract itself, which the snapshot may lag behind. */
static bool compare_history(struct commit_loop *loop, struct error *error)
{
	const struct commit_loop_parts *parts = &loop->parts;
	struct growing_buffer call;
	struct growing_buffer returned;
	struct contract_block block = { { { 0 } }, { 0 } };
	struct hash ours;
	uint64_t next = 0;
	uint64_t nonce;
	bool found = false;

	growing_buffer_init(&call, 256);
	growing_buffer_init(&returned, 256);
	contract_call_view(&call, CONTRACT_VIEW_NEXT_CHILD_BLOCK);
	bool ok = root_chain_rpc_view(parts->rpc, &returned, &parts->framework,
				      growing_buffer_view(&call), error) &&
		  (contract_return_u64(&next, growing_buffer_view(&returned)) ||
		   error_set(error, ERROR_CONFIG,
			     "no framework answers at the network's address"));
	uint64_t last = next - PROTOCOL_BLOCK_INTERVAL;
	if (ok && next > PROTOCOL_BLOCK_INTERVAL) {
		growing_buffer_reset(&call);
		growing_buffer_reset(&returned);
		contract_call_blocks(&call, last);
		ok = root_chain_rpc_view(parts->rpc, &returned,
					 &parts->framework,
					 growing_buffer_view(&call), error) &&
		     (contract_return_block(&block,
					    growing_buffer_view(&returned)) ||
		      error_set(error, ERROR_PROTOCOL,
				"blocks(%llu) cannot be read",
				(unsigned long long)last)) &&
		     operator_store_signed_root(parts->store, &found, &ours,
						&nonce, last, error);
	}
	growing_buffer_clear(&call);
	growing_buffer_clear(&returned);
	if (!ok || next <= PROTOCOL_BLOCK_INTERVAL)
		return ok;
	switch (submission_compare(next, last, &block.root,
				   found ? &ours : NULL)) {
	case SUBMISSION_HISTORY_AGREES:
		return true;
	case SUBMISSION_HISTORY_AHEAD:
		return error_set(error, ERROR_REFUSED,
				 "the contract has block %llu, which this data "
				 "directory does not know",
				 (unsigned long long)last);
	case SUBMISSION_HISTORY_DIFFERS:
		return error_set(error, ERROR_REFUSED,
				 "the contract has another root for block %llu "
				 "than this data directory",
				 (unsigned long long)last);
	}
	return false;
}

bool commit_loop_start(struct commit_loop **out,
		       const struct commit_loop_parts *parts,
		       struct error *error)
{
	struct commit_loop *loop = memory_new(1, sizeof(*loop));
	struct committed_block newest;
	bool found;

	loop->parts = *parts;
	loop->watcher = http_client_new((struct http_limits){ 500, 2000, 2 });
	if (!compare_history(loop, error) ||
	    !operator_store_newest_block(parts->store, &found, &newest,
					 error)) {
		http_client_free(loop->watcher);
		memory_free(loop);
		return false;
	}
	if (found) {
		loop->facts.newest_blknum = newest.blknum;
		loop->facts.newest_formed_at = newest.formed_at;
		loop->checkpoint_blknum = newest.blknum;
	}
	int number = pthread_create(&loop->thread, NULL, run, loop);
	if (number != 0) {
		http_client_free(loop->watcher);
		memory_free(loop);
		return error_set(error, ERROR_IO, "cannot make a thread: %s",
				 strerror(number));
	}
	*out = loop;
	return true;
}

void commit_loop_stop(struct commit_loop *loop)
{
	atomic_store(&loop->stopping, true);
	operator_loop_wake(loop->parts.loop);
	pthread_join(loop->thread, NULL);
	http_client_free(loop->watcher);
	memory_free(loop);
}
