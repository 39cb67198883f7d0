/* SPDX-License-Identifier: MIT */
#include "wallet/cmd_sync.h"

#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/transaction_codec.h"
#include "wallet/cmd_pay.h"
#include "wallet/problem.h"

/* Transactions in one answer, and answers at most: a hundred thousand. */
#define PAGE 100
#define MAX_PAGES 1000

static void note(const char *what, const char *detail)
{
	fprintf(stderr, "plasma-wallet: note: %s%s%s\n", what,
		detail[0] == '\0' ? "" : ": ", detail);
}

static bool without_watcher(const struct session *session)
{
	return options_has(session->command->options, "without-watcher");
}

/* ---- what the watcher says ---- */

/* Whether the framework has this root for the block of a transaction. */
static bool compare_root(struct session *session, bool *same,
			 const struct wallet_transaction *transaction,
			 struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct contract_block block;

	if (!root_chain_fetch_block(&fetch, &block,
				    position_blknum(transaction->position),
				    error))
		return false;
	*same = hash_equal(&block.root, &transaction->root);
	return true;
}

static bool check_root(struct session *session,
		       const struct wallet_transaction *transaction,
		       struct error *error)
{
	bool same;

	if (!compare_root(session, &same, transaction, error))
		return false;
	return same ? true
		    : problem_set(error, PROBLEM_WATCHER_LIES,
				  "the proof of a coin does not lead to the "
				  "root of block %llu",
				  (unsigned long long)position_blknum(
					  transaction->position));
}

static bool drop_if_moved(struct session *session, const struct coin *coin,
			  struct wallet_transaction *stored,
			  struct error *error)
{
	bool same = true;
	bool found;

	if (!wallet_store_transaction(session->store, &found, stored,
				      &coin->transaction_hash, coin->position,
				      error) ||
	    (found && !compare_root(session, &same, stored, error)))
		return false;
	if (same)
		return true;
	note("a reorganisation of the root chain undid a deposit",
	     "`plasma-wallet resume` makes it again");
	return wallet_store_drop_unverified(session->store, coin->position,
					    error);
}

bool sync_drop_moved(struct session *session, struct error *error)
{
	struct wallet_transaction *stored = memory_new(1, sizeof(*stored));
	struct coin *coins = NULL;
	size_t count = 0;
	bool ok = wallet_store_coins(session->store, &coins, &count,
				     &session->account, error);

	for (size_t i = 0; ok && i < count; i++) {
		if (!coins[i].is_verified)
			ok = drop_if_moved(session, &coins[i], stored, error);
	}
	memory_free(coins);
	memory_free(stored);
	return ok;
}

/* Fetches and stores what an exit of the coin needs. A watcher that has not got
 * it yet is asked again another time. */
static bool fetch_proof(struct session *session, struct coin *coin,
			struct error *error)
{
	struct wallet_transaction transaction;
	struct error detail;

	if (!watcher_client_exit_data(session->watcher, &transaction, coin,
				      &detail)) {
		if (detail.code == ERROR_PROTOCOL) {
			*error = detail;
			return false;
		}
		note("no proof of a coin yet", detail.message);
		return true;
	}
	if (session_has_rpc(session) && session_open_rpc(session, &detail) &&
	    !check_root(session, &transaction, &detail)) {
		if (problem_of_error(&detail) == PROBLEM_WATCHER_LIES) {
			*error = detail;
			return false;
		}
		note("a proof is not compared with the root chain",
		     detail.message);
	}
	coin->transaction_hash = transaction.hash;
	coin->has_proof = true;
	return wallet_store_put_transaction(session->store, &transaction,
					    error);
}

/* A coin that the watcher lists as unspent. */
static bool take_coin(struct session *session, struct coin *coin,
		      struct error *error)
{
	struct coin known;
	bool found;

	if (!wallet_store_coin(session->store, &found, &known, coin->position,
			       error))
		return false;
	if (found) {
		coin->transaction_hash = known.transaction_hash;
		coin->has_proof = known.has_proof;
		/* The watcher may not have seen our exit yet. */
		if (known.status == COIN_STATUS_EXITING ||
		    known.status == COIN_STATUS_EXITED)
			coin->status = known.status;
	}
	if (found && known.has_proof &&
	    !output_equal(&known.output, &coin->output))
		return problem_set(error, PROBLEM_WATCHER_LIES,
				   "a coin is another one than before");
	return (coin->has_proof || fetch_proof(session, coin, error)) &&
	       wallet_store_put_coin(session->store, coin, error);
}

static bool is_listed(const struct coin *coins, size_t count,
		      struct position position)
{
	for (size_t i = 0; i < count; i++) {
		if (position_equal(coins[i].position, position))
			return true;
	}
	return false;
}

/* The last operator block before the coin, or the block that made it. */
static uint64_t operator_block_of(const struct coin *coin)
{
	return position_blknum(coin->position) / PROTOCOL_BLOCK_INTERVAL *
	       PROTOCOL_BLOCK_INTERVAL;
}

/* Whether the watcher has come as far as the coin. */
static bool is_reached(const struct watcher_status *status,
		       const struct coin *coin)
{
	return operator_block_of(coin) <= status->last_validated;
}

/* Coins that were there and are not listed any more. What a watcher that is
 * behind does not list it may not know yet: such a coin stays, for an exit of
 * it may be needed. */
static bool drop_unlisted(struct session *session,
			  const struct watcher_status *status,
			  const struct coin *listed, size_t listed_count,
			  struct error *error)
{
	struct coin *coins = NULL;
	size_t count;
	bool ok = wallet_store_coins(session->store, &coins, &count,
				     &session->account, error);

	for (size_t i = 0; ok && i < count; i++) {
		bool was_there = coins[i].status == COIN_STATUS_UNSPENT &&
				 coins[i].is_verified;

		if (was_there && !status->is_stale &&
		    is_reached(status, &coins[i]) &&
		    !is_listed(listed, listed_count, coins[i].position))
			ok = wallet_store_set_coin_status(
				session->store, coins[i].position,
				COIN_STATUS_GONE, error);
	}
	memory_free(coins);
	return ok;
}

static bool take_coins(struct session *session,
		       const struct watcher_status *status, struct error *error)
{
	struct coin *coins = NULL;
	size_t count;

	if (!watcher_client_coins(session->watcher, &coins, &count,
				  &session->account, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = take_coin(session, &coins[i], error);
	ok = ok && drop_unlisted(session, status, coins, count, error);
	memory_free(coins);
	return ok;
}

/* ---- transactions ---- */

static bool decode(struct transaction *out,
		   const struct wallet_transaction *from)
{
	struct bytes raw = bytes_view(from->raw, from->raw_len);

	return blknum_is_deposit(position_blknum(from->position))
		       ? transaction_decode_deposit(out, raw) == VERDICT_VALID
		       : transaction_decode(out, raw) == VERDICT_VALID;
}

/* Outputs of ours that are not known: they were spent or exited since. */
static bool put_outputs(struct session *session,
			const struct wallet_transaction *from,
			const struct transaction *transaction,
			struct error *error)
{
	for (uint32_t i = 0; i < transaction->output_count; i++) {
		struct coin coin = { .output = transaction->outputs[i],
				     .status = COIN_STATUS_GONE,
				     .is_verified = true,
				     .transaction_hash = from->hash };
		bool found;

		if (!address_equal(&coin.output.owner, &session->account) ||
		    !position_make(&coin.position,
				   position_blknum(from->position),
				   position_txindex(from->position), i))
			continue;
		struct coin known;
		if (!wallet_store_coin(session->store, &found, &known,
				       coin.position, error) ||
		    (!found &&
		     !wallet_store_put_coin(session->store, &coin, error)))
			return false;
	}
	return true;
}

static bool mark_inputs(struct session *session,
			const struct transaction *transaction,
			struct error *error)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		/* Nothing happens to coins that are not ours. */
		if (!wallet_store_set_coin_status(session->store,
						  transaction->inputs[i],
						  COIN_STATUS_SPENT, error))
			return false;
	}
	return true;
}

/* First what was made, then what was spent: the order within the pages does
 * not matter then. */
static bool take_page(struct session *session,
		      const struct wallet_transaction *page, size_t count,
		      bool inputs, struct error *error)
{
	struct transaction transaction;

	for (size_t i = 0; i < count; i++) {
		if (!decode(&transaction, &page[i]))
			continue; /* the client has refused it already */
		if (inputs) {
			if (!mark_inputs(session, &transaction, error))
				return false;
			continue;
		}
		if (!wallet_store_put_transaction(session->store, &page[i],
						  error) ||
		    !put_outputs(session, &page[i], &transaction, error))
			return false;
	}
	return true;
}

/* True if everything on the page was included before. */
static bool page_is_known(struct session *session, bool *known,
			  const struct wallet_transaction *page, size_t count,
			  struct error *error)
{
	struct wallet_transaction *stored = memory_new(1, sizeof(*stored));
	bool ok = true;

	*known = true;
	for (size_t i = 0; ok && *known && i < count; i++) {
		bool found;

		ok = wallet_store_transaction(session->store, &found, stored,
					      &page[i].hash, page[i].position,
					      error);
		*known = ok && found && stored->block_time.seconds != 0;
	}
	memory_free(stored);
	return ok;
}

struct pages {
	struct wallet_transaction *all;
	size_t count;
};

/* Fetches what is new, newest first. */
static bool fetch_pages(struct session *session, struct pages *pages,
			struct error *error)
{
	bool is_last = false;

	for (uint64_t page = 1; !is_last && page <= MAX_PAGES; page++) {
		size_t count;
		bool known;

		pages->all = memory_resize(pages->all, pages->count + PAGE,
					   sizeof(*pages->all));
		if (!watcher_client_transactions(
			    session->watcher, pages->all + pages->count, &count,
			    &session->account, page, PAGE, error) ||
		    !page_is_known(session, &known, pages->all + pages->count,
				   count, error))
			return false;
		is_last = count < PAGE || known;
		pages->count += count;
	}
	return true;
}

static bool mark_payments(struct session *session, struct error *error)
{
	struct wallet_transaction *stored = memory_new(1, sizeof(*stored));
	struct own_payment *payments = NULL;
	size_t count = 0;
	bool ok = wallet_store_payments(session->store, &payments, &count,
					&session->account, error);

	for (size_t i = 0; ok && i < count; i++) {
		bool found;

		if (payments[i].state == PAYMENT_STATE_INCLUDED)
			continue;
		ok = wallet_store_transaction_of_hash(session->store, &found,
						      stored, &payments[i].hash,
						      error);
		if (ok && found && stored->is_included) {
			payments[i].state = PAYMENT_STATE_INCLUDED;
			ok = wallet_store_put_payment(session->store,
						      &payments[i], error);
		}
	}
	memory_free(payments);
	memory_free(stored);
	return ok;
}

static bool take_transactions(struct session *session, struct error *error)
{
	struct pages pages = { NULL, 0 };
	bool ok = fetch_pages(session, &pages, error) &&
		  wallet_store_begin(session->store, error);

	if (ok) {
		ok = take_page(session, pages.all, pages.count, false, error) &&
		     take_page(session, pages.all, pages.count, true, error) &&
		     mark_payments(session, error) &&
		     wallet_store_commit(session->store, error);
		if (!ok)
			wallet_store_abandon(session->store);
	}
	memory_free(pages.all);
	return ok;
}

/* ---- the whole ---- */

/* Coins that the watcher has not verified are looked up on the root chain, if
 * it can be asked. */
static void check_deposits(struct session *session)
{
	struct error error;

	if (session_has_rpc(session) && (!session_open_rpc(session, &error) ||
					 !sync_drop_moved(session, &error)))
		note("deposits are not compared with the root chain",
		     problem_message(&error));
}

static bool is_outage(const struct error *error)
{
	return error->code == ERROR_UNREACHABLE;
}

static bool ask_watcher(struct session *session, struct sync *out,
			struct error *error)
{
	struct error detail;

	memset(out, 0, sizeof(*out));
	if (session->watcher == NULL || without_watcher(session)) {
		if (!without_watcher(session))
			note("no watcher is configured: this is what the "
			     "wallet knows by itself",
			     "");
		return true;
	}
	if (!watcher_client_status(session->watcher, &out->status,
				   &session->account, &detail)) {
		*error = detail;
		if (!is_outage(&detail))
			return false;
		note("the watcher does not answer", detail.message);
		return true;
	}
	if (out->status.has_framework &&
	    !address_equal(&out->status.framework,
			   &session->network->plasma_framework))
		return problem_set(error, PROBLEM_WATCHER_LIES,
				   "the watcher watches another network");
	out->is_asked = true;
	check_deposits(session);
	return take_coins(session, &out->status, error) &&
	       take_transactions(session, error);
}

bool sync_account(struct session *session, struct sync *out,
		  struct error *error)
{
	return ask_watcher(session, out, error) && pay_adopt(session, error);
}

bool sync_coins(struct session *session, struct coin **out, size_t *count,
		struct error *error)
{
	struct signed_spend *spend = memory_new(1, sizeof(*spend));

	*out = NULL;
	bool ok = wallet_store_coins(session->store, out, count,
				     &session->account, error);

	for (size_t i = 0; ok && i < *count; i++) {
		ok = signed_spend_table_find(session->signed_spends,
					     &(*out)[i].is_claimed, spend,
					     (*out)[i].position, error);
	}
	memory_free(spend);
	if (!ok) {
		memory_free(*out);
		*out = NULL;
	}
	return ok;
}

void sync_mark_unreached(struct coin *coins, size_t count,
			 const struct sync *sync)
{
	for (size_t i = 0; i < count; i++) {
		if (sync->is_asked && !is_reached(&sync->status, &coins[i]))
			coins[i].is_verified = false;
	}
}

bool sync_coin_is_free(const struct coin *coin, bool is_without_watcher)
{
	return coin->status == COIN_STATUS_UNSPENT && !coin->is_claimed &&
	       (coin->is_verified || is_without_watcher);
}

bool sync_check_quiet(const struct session *session, const struct sync *sync,
		      struct error *error)
{
	bool force = options_has(session->command->options, "force");

	if (!sync->is_asked && without_watcher(session))
		return true;
	if (!sync->is_asked && session->watcher == NULL)
		return problem_set(error, PROBLEM_NEED_WATCHER,
				   "no watcher is configured");
	if (!sync->is_asked)
		return problem_set(error, PROBLEM_WATCHER_SILENT,
				   "%s does not answer",
				   omg_client_name(session->watcher));
	if (sync->status.halt_event[0] != '\0' && !force)
		return problem_set(error, PROBLEM_CHAIN_HALTED,
				   "the watcher has halted: %s",
				   sync->status.halt_event);
	if (sync->status.account_is_busy && !force)
		return problem_set(error, PROBLEM_ACCOUNT_BUSY,
				   "the watcher sends from this account");
	return true;
}

bool sync_check_verified(const struct session *session, const struct sync *sync,
			 const struct coin *coins, const size_t *chosen,
			 size_t count, struct error *error)
{
	if (!sync->is_asked)
		return without_watcher(session) ||
		       sync_check_quiet(session, sync, error);
	if (sync->status.is_stale)
		return problem_set(error, PROBLEM_WATCHER_BEHIND,
				   "the watcher has not heard from the root "
				   "chain for a while");
	for (size_t i = 0; i < count; i++) {
		uint64_t operator_block = operator_block_of(&coins[chosen[i]]);

		if (!is_reached(&sync->status, &coins[chosen[i]]))
			return problem_set(
				error, PROBLEM_WATCHER_BEHIND,
				"block %llu is not verified yet, the watcher "
				"is at %llu",
				(unsigned long long)operator_block,
				(unsigned long long)
					sync->status.last_validated);
	}
	return true;
}
