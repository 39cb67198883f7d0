/* SPDX-License-Identifier: MIT */
#include "common/actions/action_store.h"
#include "common/base/writer.h"
#include "sql/actions_sql.h"
#include "tests/fault/workload.h"

/* The journal of root-chain transactions: an action is wanted, gets a nonce and
 * bytes, is sent, replaced, mined and done. What was signed is never forgotten,
 * and no nonce is given twice. */

#define STATES 5

static bool open_journal(void **out, struct error *error)
{
	return database_open((struct database **)out, "journal.db",
			     DATABASE_WRITER, actions_schema, error);
}

static struct action wish_of(unsigned int which)
{
	static const uint8_t data[700] = { 0xab, 0xcd };
	struct action wish = {
		.key = { .kind = ACTION_PIGGYBACK_OUTPUT, .index = which },
		.call_data = { data, sizeof(data) },
		.value_wei = u256_of(30),
		.window = { { 1 }, { 2 }, { 5000 } },
		.value_at_risk_wei = u256_of(1000),
		.fee_cap_wei = u256_of(400),
	};

	wish.account.bytes[0] = 5;
	return wish;
}

static bool sign(struct database *database, struct action *action,
		 uint64_t attempt, struct error *error)
{
	uint8_t raw[200] = { 2, (uint8_t)attempt };
	struct fee_offer offer = action->highest_offer;
	struct action_transaction transaction = {
		.account = action->account,
		.attempt = attempt,
		.action_id = action->id,
		.purpose = ACTION_PURPOSE_CALL,
		.raw = { raw, sizeof(raw) },
		.offer = offer,
		.gas_limit = 21000,
		.signed_at = { 50 },
	};

	if (attempt == 1 &&
	    !action_store_next_nonce(database, &transaction.nonce,
				     &action->account, error))
		return false;
	if (attempt > 1)
		transaction.nonce = action->progress.nonce;
	transaction.hash.bytes[0] = (uint8_t)transaction.nonce;
	transaction.hash.bytes[1] = (uint8_t)attempt;
	if (!action_store_put_transaction(database, &transaction, error))
		return false;
	action_note_signed(action, transaction.nonce, offer);
	return action_store_put_progress(database, action, error);
}

/* What each state's step does with the action. */
static bool progress(struct database *database, struct action *action,
		     unsigned int state, struct error *error)
{
	switch (state) {
	case 1:
		return sign(database, action, 1, error);
	case 2:
		action->progress.state = ACTION_SENT;
		break;
	case 3:
		return sign(database, action, 2, error) &&
		       action_store_put_cost(database, &action->account,
					     action->progress.nonce,
					     u256_of(77), error);
	default:
		action->progress.state = ACTION_DONE;
		action->progress.rested_at = 9;
		break;
	}
	return action_store_put_progress(database, action, error);
}

static bool do_step(struct database *database, unsigned int number,
		    struct error *error)
{
	unsigned int state = (number - 1) % STATES;
	struct action wish = wish_of((number - 1) / STATES);
	struct action_list list;

	if (state == 0)
		return action_store_want(database, NULL, NULL, &wish,
					 (struct root_time){ 77 }, error);
	bool ok = action_store_find(database, &list, &wish.key, error) &&
		  (list.count == 1 ||
		   error_set(error, ERROR_SOFTWARE, "the action is gone")) &&
		  progress(database, &list.actions[0], state, error);
	action_list_clear(&list);
	return ok;
}

static bool take_step(void *handle, unsigned int number, struct error *error)
{
	if (!database_begin(handle, error))
		return false;
	if (do_step(handle, number, error) && database_commit(handle, error))
		return true;
	database_rollback(handle);
	return false;
}

static void close_journal(void *handle)
{
	database_close(handle);
}

const struct workload workload_actions = {
	"journal of actions", "journal.db", 3 * STATES,
	open_journal,	      take_step,    close_journal
};
