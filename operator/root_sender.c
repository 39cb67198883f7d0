/* SPDX-License-Identifier: MIT */
#include "operator/root_sender.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/eth_transaction.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "operator/submission.h"

#define RAW_CEILING 8192
#define GWEI UINT64_C(1000000000)
#define HOUR 3600
#define HOURS 25
#define BALANCE_EVERY_MS 10000

/* The balance must last for so many submissions (protocol.md 13.9). */
#define LASTING_SUBMISSIONS 1000

struct root_sender {
	struct root_sender_parts parts;
	struct root_sender_counts counts;
	struct hash sent_at_head;
	bool has_sent;
	bool is_capped;	     /* blocks wait for the daily cap */
	const char *trouble; /* nothing may be signed any more */
	/* What was offered, by hour, the hour being that of its place. */
	uint64_t hours[HOURS];
	struct u256 offered_wei[HOURS];
	struct u256 last_cost_wei; /* of the last submission */
	uint64_t balance_at_ms;
};

/* The store failed: what is on disk is read again by the next life. */
static NORETURN void give_up(const struct error *error)
{
	log_event(LOG_ERROR, "the disk failed: stopping",
		  log_text("error", error->message));
	exit(ERROR_IO);
}

/* ---- money ---- */

/* The most that the transaction can cost. */
static struct u256 cost_of(const struct root_transaction *transaction)
{
	return u256_saturating_multiply(transaction->max_fee_wei,
					u256_of(transaction->gas_limit));
}

/* What it costs more than what was offered before. */
static struct u256 more_than(struct u256 before_wei,
			     const struct root_transaction *transaction)
{
	return u256_saturating_subtract(cost_of(transaction), before_wei);
}

static struct u256 *bucket_of(struct root_sender *sender, uint64_t seconds)
{
	uint64_t hour = seconds / HOUR;
	size_t at = (size_t)(hour % HOURS);

	if (sender->hours[at] != hour) {
		sender->hours[at] = hour;
		sender->offered_wei[at] = u256_of(0);
	}
	return &sender->offered_wei[at];
}

/* Counts an offer; one that replaces another counts with what is more. */
static void count_offer(struct root_sender *sender,
			const struct root_transaction *transaction,
			struct u256 before_wei)
{
	struct u256 *bucket = bucket_of(sender, transaction->signed_at);

	*bucket = u256_saturating_add(*bucket,
				      more_than(before_wei, transaction));
	sender->last_cost_wei = cost_of(transaction);
}

static bool is_within_daily_cap(struct root_sender *sender, uint64_t now,
				struct u256 more_wei)
{
	struct u256 total = more_wei;

	for (size_t i = 0; i < HOURS; i++) {
		if (sender->hours[i] + 24 >= now / HOUR)
			total = u256_saturating_add(total,
						    sender->offered_wei[i]);
	}
	return u256_compare(total, sender->parts.daily_cap_wei) <= 0;
}

static bool load_offers(struct root_sender *sender, struct error *error)
{
	uint64_t now = clock_wall().seconds;
	struct root_transaction *list;
	size_t count;

	if (!operator_store_root_transactions_since_new(
		    sender->parts.store, &list, &count,
		    instant_since(now, UINT64_C(24) * HOUR), error))
		return false;
	for (size_t i = 0; i < count; i++)
		count_offer(sender, &list[i],
			    list[i].attempt > 1 && i > 0 ? cost_of(&list[i - 1])
							 : u256_of(0));
	memory_free(list);
	return true;
}

bool root_sender_new(struct root_sender **out,
		     const struct root_sender_parts *parts, struct error *error)
{
	struct root_sender *sender = memory_new(1, sizeof(*sender));

	sender->parts = *parts;
	if (!load_offers(sender, error)) {
		memory_free(sender);
		return false;
	}
	*out = sender;
	return true;
}

void root_sender_free(struct root_sender *sender)
{
	memory_free(sender);
}

struct root_sender_counts root_sender_counts(const struct root_sender *sender)
{
	return sender->counts;
}

void root_sender_wake(struct root_sender *sender)
{
	sender->has_sent = false;
}

uint64_t root_sender_in_flight(const struct root_sender_view *view)
{
	if (view->next_child_block == 0 ||
	    view->newest_blknum < view->next_child_block)
		return 0;
	return (view->newest_blknum - view->next_child_block) /
		       PROTOCOL_BLOCK_INTERVAL +
	       1;
}

/* ---- asking ---- */

static bool read_market(struct root_sender *sender,
			struct submission_market *market, struct error *error)
{
	struct root_chain_head head;

	if (!root_chain_rpc_head(sender->parts.rpc, &head, error))
		return false;
	market->head = head.number;
	market->base_fee_wei = head.base_fee_wei;
	market->tip_wei = sender->parts.tip_wei;
	market->max_fee_cap_wei = sender->parts.max_fee_wei;
	return true;
}

static void watch_balance(struct root_sender *sender)
{
	const struct root_sender_parts *parts = &sender->parts;
	uint64_t now_ms = clock_monotonic_ms();
	struct u256 balance_wei;
	struct u256 needed_wei;
	struct u256 gwei;
	struct u256 rest;
	struct error error;

	if (sender->balance_at_ms != 0 &&
	    now_ms < sender->balance_at_ms + BALANCE_EVERY_MS)
		return;
	sender->balance_at_ms = now_ms;
	/* What is offered is about twice what is taken. */
	if (!root_chain_rpc_balance(parts->rpc, &balance_wei,
				    &parts->signer->address, &error) ||
	    !u256_multiply(&needed_wei,
			   u256_shift_right(sender->last_cost_wei, 1),
			   u256_of(LASTING_SUBMISSIONS)) ||
	    !u256_divide(&gwei, &rest, balance_wei, u256_of(GWEI)))
		return;
	if (!u256_to_u64(&sender->counts.balance_gwei, gwei))
		sender->counts.balance_gwei = UINT64_MAX;
	if (u256_compare(balance_wei, needed_wei) < 0)
		operator_status_raise(parts->status, OPERATOR_ALARM_BALANCE,
				      "the authority's ether does not last for "
				      "1000 submissions");
	else
		operator_status_clear(parts->status, OPERATOR_ALARM_BALANCE);
}

/* The root that the contract had for a block at that eth_block; zero: none. */
static bool ask_root(struct root_sender *sender, struct hash *root,
		     uint64_t blknum, uint64_t eth_block)
{
	struct growing_buffer call;
	struct growing_buffer returned;
	struct contract_block block;
	struct error error;

	growing_buffer_init(&call, 256);
	growing_buffer_init(&returned, 256);
	contract_call_blocks(&call, blknum);
	bool ok = root_chain_rpc_view_at(sender->parts.rpc, &returned,
					 &sender->parts.framework,
					 growing_buffer_view(&call), eth_block,
					 &error) &&
		  contract_return_block(&block, growing_buffer_view(&returned));
	growing_buffer_clear(&call);
	growing_buffer_clear(&returned);
	if (ok)
		*root = block.root;
	return ok;
}

/* What it means that our nonce is used at that eth_block: NULL, all is well or
 * cannot be told. */
static const char *judge_used_nonce(struct root_sender *sender,
				    const struct root_batch *batch,
				    uint64_t eth_block)
{
	for (uint64_t i = 0; i < batch->block_count; i++) {
		uint64_t blknum =
			batch->first_blknum + i * PROTOCOL_BLOCK_INTERVAL;
		struct hash theirs;
		struct hash ours;
		struct error error;
		bool found;

		if (!operator_store_signed_root(sender->parts.store, &found,
						&ours, blknum, &error))
			give_up(&error);
		if (!ask_root(sender, &theirs, blknum, eth_block))
			return NULL;
		if (hash_is_zero(&theirs))
			return "the authority's nonce was used for something "
			       "that is not a block";
		if (!found || !hash_equal(&theirs, &ours))
			return "the contract has another root for a block of "
			       "ours";
	}
	return NULL;
}

/* A node says that our nonce is used: that is well if our roots are there. All
 * is asked of one eth_block, which has to be there still when all is answered:
 * behind one address may be nodes of which one lags. */
static void look_at_used_nonce(struct root_sender *sender,
			       const struct root_batch *batch)
{
	const struct root_sender_parts *parts = &sender->parts;
	struct root_chain_head head;
	struct hash hash;
	struct error error;
	uint64_t mined;
	bool found;

	if (!root_chain_rpc_head(parts->rpc, &head, &error) ||
	    !root_chain_rpc_nonce_at(parts->rpc, &mined,
				     &parts->signer->address, head.number,
				     &error) ||
	    mined <= batch->nonce)
		return;
	const char *trouble = judge_used_nonce(sender, batch, head.number);
	if (trouble != NULL &&
	    root_chain_rpc_block_hash(parts->rpc, &found, &hash, head.number,
				      &error) &&
	    found && hash_equal(&hash, &head.hash))
		sender->trouble = trouble;
}

/* ---- signing ---- */

static uint64_t gas_of_batch(uint64_t block_count)
{
	return SUBMISSION_GAS_PER_ROOT * (block_count + 1);
}

/* Half of the estimate on top, below the ceiling. */
static bool find_gas(struct root_sender *sender, uint64_t *gas,
		     const struct root_batch *batch, struct bytes call_data,
		     struct error *error)
{
	if (batch->block_count > 1) {
		*gas = gas_of_batch(batch->block_count);
		return true;
	}
	if (!root_chain_rpc_estimate_gas(
		    sender->parts.rpc, gas, &sender->parts.signer->address,
		    &sender->parts.framework, call_data, error))
		return false;
	*gas += *gas / 2;
	if (*gas > SUBMISSION_GAS_CEILING)
		*gas = SUBMISSION_GAS_CEILING;
	return true;
}

/* The call with the roots that are recorded for the batch and no others. */
static bool write_call(struct root_sender *sender, struct growing_buffer *call,
		       const struct root_batch *batch, struct error *error)
{
	struct hash roots[SUBMISSION_MAX_BATCH];

	for (uint64_t i = 0; i < batch->block_count; i++) {
		uint64_t blknum =
			batch->first_blknum + i * PROTOCOL_BLOCK_INTERVAL;
		bool found;

		if (!operator_store_signed_root(sender->parts.store, &found,
						&roots[i], blknum, error))
			give_up(error);
		if (!found)
			return error_set(error, ERROR_REFUSED,
					 "block %llu: no root is recorded",
					 (unsigned long long)blknum);
	}
	if (batch->block_count == 1)
		contract_call_submit_block(call, &roots[0]);
	else
		contract_call_submit_blocks(call, batch->first_blknum, roots,
					    batch->block_count);
	return true;
}

static bool make_transaction(struct root_sender *sender,
			     struct growing_buffer *raw,
			     struct root_transaction *transaction,
			     const struct root_batch *batch,
			     struct error *error)
{
	const struct root_sender_parts *parts = &sender->parts;
	struct growing_buffer call_data;
	struct eth_transaction eth = {
		.chain_id = parts->chain_id,
		.nonce = batch->nonce,
		.max_priority_fee_wei = transaction->max_priority_fee_wei,
		.max_fee_wei = transaction->max_fee_wei,
		.to = parts->framework,
	};

	growing_buffer_init(&call_data, CONTRACT_CALL_MAX_LEN);
	bool ok = write_call(sender, &call_data, batch, error);
	eth.data = growing_buffer_view(&call_data);
	growing_buffer_reset(raw);
	ok = ok && find_gas(sender, &eth.gas_limit, batch, eth.data, error) &&
	     eth_transaction_sign(raw, &eth, parts->signer, error);
	growing_buffer_clear(&call_data);
	if (!ok)
		return false;
	transaction->attempt++;
	transaction->gas_limit = eth.gas_limit;
	transaction->signed_at = clock_wall().seconds;
	transaction->hash = eth_transaction_hash(growing_buffer_view(raw));
	return true;
}

static void raise_daily_cap(struct root_sender *sender)
{
	operator_status_raise(sender->parts.status, OPERATOR_ALARM_PRICE_CAP,
			      "roots need more than daily_cap");
}

bool root_sender_can_sign(struct root_sender *sender, uint64_t count)
{
	const struct submission none = { .is_signed = false };
	struct root_transaction transaction = {
		.gas_limit = gas_of_batch(count),
	};
	struct submission_market market;
	struct fee_offer offer;
	struct error error;

	if (sender->trouble != NULL)
		return false;
	if (!read_market(sender, &market, &error)) {
		operator_status_raise(sender->parts.status,
				      OPERATOR_ALARM_ROOT_CHAIN, error.message);
		return false;
	}
	(void)submission_decide(&offer, &none, &market); /* to sign */
	transaction.max_fee_wei = offer.max_fee_wei;
	sender->is_capped = !is_within_daily_cap(sender, clock_wall().seconds,
						 cost_of(&transaction));
	if (sender->is_capped)
		raise_daily_cap(sender);
	return !sender->is_capped;
}

/* Signs a batch: always the recorded roots and nonce, whatever anybody asks
 * for. The bytes are stored before this returns. */
static bool sign_batch(struct root_sender *sender, struct growing_buffer *raw,
		       struct root_transaction *transaction,
		       const struct root_batch *batch, struct u256 before_wei,
		       struct error *error)
{
	if (!make_transaction(sender, raw, transaction, batch, error))
		return false;
	if (!is_within_daily_cap(sender, transaction->signed_at,
				 more_than(before_wei, transaction))) {
		raise_daily_cap(sender);
		return error_set(error, ERROR_REFUSED,
				 "roots need more than daily_cap");
	}
	if (!operator_store_put_root_transaction(
		    sender->parts.store, batch->nonce, transaction,
		    growing_buffer_view(raw), error))
		give_up(error);
	count_offer(sender, transaction, before_wei);
	return true;
}

/* ---- sending ---- */

static void send_raw(struct root_sender *sender, const struct root_batch *batch,
		     struct bytes raw)
{
	enum root_chain_receiving receiving;
	struct error error;

	if (root_chain_rpc_send(sender->parts.rpc, &receiving, raw, &error)) {
		sender->counts.sent += receiving == ROOT_CHAIN_TAKEN ? 1 : 0;
		if (receiving == ROOT_CHAIN_NONCE_USED)
			look_at_used_nonce(sender, batch);
	} else if (error.code != ERROR_REFUSED) {
		operator_status_raise(sender->parts.status,
				      OPERATOR_ALARM_ROOT_CHAIN, error.message);
	} else {
		log_event(LOG_WARNING, "a node refuses a root",
			  log_number("block", batch->first_blknum),
			  log_text("reason", error.message));
	}
}

static void find_last(struct root_sender *sender, bool *found,
		      struct root_transaction *transaction,
		      struct growing_buffer *raw,
		      const struct root_batch *batch)
{
	struct error error;

	growing_buffer_init(raw, RAW_CEILING);
	*transaction = (struct root_transaction){ .attempt = 0 };
	if (!operator_store_last_root_transaction(sender->parts.store, found,
						  transaction, raw,
						  batch->nonce, &error))
		give_up(&error);
}

/* Signs with fees that are higher. What cannot be signed again, for the daily
 * cap or for want of an estimate, is sent as it was signed before. */
static void raise_fees(struct root_sender *sender, struct growing_buffer *raw,
		       const struct root_transaction *transaction,
		       const struct root_batch *batch, struct u256 before_wei)
{
	struct root_transaction raised = *transaction;
	struct growing_buffer again;
	struct error error;

	growing_buffer_init(&again, RAW_CEILING);
	if (sign_batch(sender, &again, &raised, batch, before_wei, &error)) {
		growing_buffer_reset(raw);
		(void)growing_buffer_put(raw, growing_buffer_view(&again));
		sender->counts.raised++;
	} else {
		log_event(LOG_WARNING, "a root keeps its fees",
			  log_number("block", batch->first_blknum),
			  log_text("reason", error.message));
	}
	growing_buffer_clear(&again);
}

/* Gets a batch that is not on the root chain on its way. */
static bool send_batch(struct root_sender *sender,
		       const struct submission_market *market,
		       const struct root_batch *batch, struct error *error)
{
	struct root_transaction transaction;
	struct fee_offer offer;
	struct growing_buffer raw;
	bool found;

	find_last(sender, &found, &transaction, &raw, batch);
	struct submission submission = {
		found,
		{ transaction.max_fee_wei, transaction.max_priority_fee_wei },
		transaction.signed_at_eth_block,
	};
	enum submission_answer answer =
		submission_decide(&offer, &submission, market);
	bool ok = true;
	struct u256 before_wei = found ? cost_of(&transaction) : u256_of(0);

	transaction.max_fee_wei = offer.max_fee_wei;
	transaction.max_priority_fee_wei = offer.max_priority_fee_wei;
	transaction.signed_at_eth_block = market->head;
	if (answer == SUBMISSION_SIGN)
		ok = sign_batch(sender, &raw, &transaction, batch, before_wei,
				error);
	if (answer == SUBMISSION_RAISE)
		raise_fees(sender, &raw, &transaction, batch, before_wei);
	if (answer == SUBMISSION_CAPPED)
		operator_status_raise(sender->parts.status,
				      OPERATOR_ALARM_PRICE_CAP,
				      "a root needs more than max_fee_gwei");
	if (ok)
		send_raw(sender, batch, growing_buffer_view(&raw));
	growing_buffer_clear(&raw);
	return ok;
}

/* Binds what has no nonce yet to the nonces that follow. */
static void bind_nonces(struct root_sender *sender,
			const struct root_sender_view *view)
{
	struct root_batch newest;
	struct root_batch next;
	struct error error;
	bool found;

	if (!operator_store_newest_root_batch(sender->parts.store, &found,
					      &newest, &error))
		give_up(&error);
	while (submission_next_batch(
		&next, found ? &newest : NULL, sender->parts.first_nonce,
		view->newest_blknum,
		(view->extensions & 1) != 0 ? SUBMISSION_MAX_BATCH : 1)) {
		if (!operator_store_put_root_batch(sender->parts.store, &next,
						   &error))
			give_up(&error);
		newest = next;
		found = true;
	}
}

static struct root_batch batch_of(struct root_sender *sender, uint64_t blknum)
{
	struct root_batch batch = { 0, 0, 0 };
	struct error error;
	bool found;

	if (!operator_store_root_batch_of(sender->parts.store, &found, &batch,
					  blknum, &error))
		give_up(&error);
	if (!found)
		batch.block_count = 0;
	return batch;
}

static void watch_oldest(struct root_sender *sender,
			 const struct root_batch *batch, uint64_t head)
{
	struct error error;
	uint64_t signed_at;
	bool found;

	if (!operator_store_first_signed_at(sender->parts.store, &found,
					    &signed_at, batch->nonce, &error))
		give_up(&error);
	if (found && instant_since(head, signed_at) >= SUBMISSION_ALARM)
		operator_status_raise(sender->parts.status,
				      OPERATOR_ALARM_PENDING,
				      "a root is on its way for 4 eth_blocks "
				      "or more");
	else
		operator_status_clear(sender->parts.status,
				      OPERATOR_ALARM_PENDING);
}

/* Everything from the first block that the contract does not have. */
static bool send_all(struct root_sender *sender,
		     const struct root_sender_view *view, struct error *error)
{
	struct submission_market market;
	uint64_t blknum = view->next_child_block;

	bind_nonces(sender, view);
	if (!read_market(sender, &market, error))
		return false;
	while (blknum <= view->newest_blknum && sender->trouble == NULL) {
		struct root_batch batch = batch_of(sender, blknum);

		if (batch.block_count == 0)
			return error_set(error, ERROR_REFUSED,
					 "block %llu has no nonce",
					 (unsigned long long)blknum);
		if (blknum == view->next_child_block)
			watch_oldest(sender, &batch, market.head);
		if (!send_batch(sender, &market, &batch, error))
			return false;
		blknum = root_batch_end(&batch);
	}
	return true;
}

bool root_sender_pass(struct root_sender *sender, const char **reason,
		      const struct root_sender_view *view)
{
	struct operator_status *status = sender->parts.status;
	struct error error;

	if (sender->trouble == NULL && root_sender_in_flight(view) == 0) {
		operator_status_clear(status, OPERATOR_ALARM_PENDING);
		if (!sender->is_capped)
			operator_status_clear(status, OPERATOR_ALARM_PRICE_CAP);
	} else if (sender->trouble == NULL &&
		   !(sender->has_sent &&
		     hash_equal(&sender->sent_at_head, &view->head))) {
		if (send_all(sender, view, &error)) {
			operator_status_clear(status,
					      OPERATOR_ALARM_ROOT_CHAIN);
			sender->has_sent = true;
			sender->sent_at_head = view->head;
		} else {
			operator_status_raise(status, OPERATOR_ALARM_ROOT_CHAIN,
					      error.message);
		}
	}
	watch_balance(sender);
	*reason = sender->trouble;
	return sender->trouble == NULL;
}

/* Signs and sends with higher fees what was signed before. */
static bool raise_by(struct root_sender *sender, struct fee_offer *offer,
		     const struct root_batch *batch, uint64_t percent,
		     const struct submission_market *market,
		     struct error *error)
{
	struct root_transaction transaction;
	struct growing_buffer raw;
	bool found;

	find_last(sender, &found, &transaction, &raw, batch);
	const struct fee_offer before = { transaction.max_fee_wei,
					  transaction.max_priority_fee_wei };
	struct u256 before_wei = cost_of(&transaction);
	bool ok = true;
	if (!found)
		ok = error_set(error, ERROR_REFUSED,
			       "nothing is signed for the block yet");
	else if (!submission_bump(offer, before, percent, market))
		ok = error_set(error, ERROR_REFUSED,
			       "that is above max_fee_gwei");
	if (ok) {
		transaction.max_fee_wei = offer->max_fee_wei;
		transaction.max_priority_fee_wei = offer->max_priority_fee_wei;
		transaction.signed_at_eth_block = market->head;
		ok = sign_batch(sender, &raw, &transaction, batch, before_wei,
				error);
	}
	if (ok) {
		send_raw(sender, batch, growing_buffer_view(&raw));
		sender->counts.raised++;
	}
	growing_buffer_clear(&raw);
	return ok;
}

bool root_sender_bump(struct root_sender *sender, uint64_t *max_fee_gwei,
		      const struct root_sender_view *view, uint64_t blknum,
		      uint64_t percent, struct error *error)
{
	struct root_batch batch = batch_of(sender, blknum);
	struct submission_market market;
	struct fee_offer offer;
	struct u256 gwei;
	struct u256 rest;

	if (sender->trouble != NULL)
		return error_set(error, ERROR_REFUSED, "%s", sender->trouble);
	if (blknum < view->next_child_block)
		return error_set(error, ERROR_REFUSED,
				 "the block is on the root chain already");
	if (batch.block_count == 0)
		return error_set(error, ERROR_REFUSED,
				 "nothing is signed for the block yet");
	if (!read_market(sender, &market, error) ||
	    !raise_by(sender, &offer, &batch, percent, &market, error))
		return false;
	bool divides =
		u256_divide(&gwei, &rest, offer.max_fee_wei, u256_of(GWEI));
	if (!divides || !u256_to_u64(max_fee_gwei, gwei))
		*max_fee_gwei = UINT64_MAX;
	return true;
}
