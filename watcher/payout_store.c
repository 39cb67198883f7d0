/* SPDX-License-Identifier: MIT */
#include "watcher/payout_store.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"

/* ---- writing ---- */

bool payout_store_put(struct database *database, const struct payout *payout,
		      struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_PAYOUT);

	statement_bind_u64(row, 1, payout->place.eth_block_number);
	statement_bind_u64(row, 2, payout->place.log_index);
	statement_bind_bytes(row, 3,
			     bytes_view(payout->exit_id.bytes,
					sizeof(payout->exit_id.bytes)));
	statement_bind_u64(row, 4, payout->in_flight ? payout->slot + 1 : 0);
	statement_bind_u64(row, 5, payout->time);
	if (payout->has_position)
		statement_bind_u64(row, 6, payout->position.packed);
	else
		statement_bind_null(row, 6);
	return statement_run(row, error);
}

static bool put_credit(struct database *database,
		       const struct snapshot_event *event, struct error *error)
{
	bool claimed = event->event.kind == CONTRACT_EVENT_CREDIT_CLAIMED;
	const struct credit_claimed_event *out =
		&event->event.as.credit_claimed;
	const struct account_amount_event *in = &event->event.as.account_amount;
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_CREDIT);

	statement_bind_u64(row, 1, event->log.eth_block_number);
	statement_bind_u64(row, 2, event->log.log_index);
	statement_bind_address(row, 3, &event->log.address);
	statement_bind_address(row, 4, claimed ? &out->owner : &in->account);
	statement_bind_address(
		row, 5, claimed ? &out->token.address : &in->token.address);
	statement_bind_u256(row, 6,
			    amount_to_u256(claimed ? out->amount : in->amount));
	statement_bind_u64(row, 7, claimed);
	return statement_run(row, error);
}

/* What a notice is about, and how much. */
static void read_notice_event(struct token *token, struct amount *amount,
			      const struct contract_event *event)
{
	*token = TOKEN_ETH;
	*amount = amount_zero();
	if (event->kind == CONTRACT_EVENT_SHORTFALL) {
		*token = event->as.account_amount.token;
		*amount = event->as.account_amount.amount;
	} else if (event->kind == CONTRACT_EVENT_EXIT_QUEUE_ADDED) {
		*token = event->as.exit_queue_added.token;
	} else {
		*amount = event->as.bond_updated.bond_wei;
	}
}

bool payout_store_put_notice(struct database *database,
			     const struct snapshot_event *event,
			     struct error *error)
{
	enum contract_event_kind kind = event->event.kind;
	struct token token;
	struct amount amount;

	if (kind == CONTRACT_EVENT_CREDIT_ADDED ||
	    kind == CONTRACT_EVENT_CREDIT_CLAIMED)
		return put_credit(database, event, error);
	read_notice_event(&token, &amount, &event->event);
	struct statement *row =
		statement_begin(database, SQL_WATCHER_INSERT_EXIT_NOTICE);
	statement_bind_u64(row, 1, event->log.eth_block_number);
	statement_bind_u64(row, 2, event->log.log_index);
	statement_bind_u64(row, 3, kind);
	statement_bind_u64(row, 4, event->time.seconds);
	statement_bind_address(row, 5, &token.address);
	statement_bind_u256(row, 6, amount_to_u256(amount));
	return statement_run(row, error);
}

bool payout_store_has_queue(struct database *database, bool *has,
			    const struct token *token, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_EXIT_NOTICE_OF);

	statement_bind_u64(row, 1, CONTRACT_EVENT_EXIT_QUEUE_ADDED);
	statement_bind_address(row, 2, &token->address);
	enum statement_result result = statement_step(row, error);
	*has = result == STATEMENT_ROW;
	statement_end(row);
	return result != STATEMENT_FAILED;
}

/* ---- pay-outs ---- */

static bool read_payout(void *element, struct statement *row,
			struct error *error)
{
	struct payout *out = element;
	uint64_t slot = statement_u64(row, 3);

	if (!statement_exit_id(&out->exit_id, row, 2, error))
		return false;
	out->place.eth_block_number = statement_u64(row, 0);
	out->place.log_index = (uint32_t)statement_u64(row, 1);
	out->in_flight = slot > 0;
	out->slot = slot > 0 ? (unsigned int)slot - 1 : 0;
	out->time = statement_u64(row, 4);
	out->has_position = !statement_is_null(row, 5);
	if (out->has_position &&
	    !position_from_packed(&out->position, statement_u64(row, 5)))
		return error_set(error, ERROR_IO,
				 "watcher.db: a pay-out is of no position");
	return true;
}

bool payout_store_open_new(struct database *database, struct payout **out,
			   size_t *count, uint64_t last, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PAYOUTS_TO_JUDGE);

	statement_bind_u64(row, 1, last);
	*out = statement_rows_new(count, sizeof(**out), row, read_payout,
				  error);
	return *out != NULL;
}

bool payout_store_placeless_new(struct database *database, struct payout **out,
				size_t *count, struct error *error)
{
	*out = statement_rows_new(
		count, sizeof(**out),
		statement_begin(database, SQL_WATCHER_PAYOUTS_OF_NO_PLACE),
		read_payout, error);
	return *out != NULL;
}

bool payout_store_put_place(struct database *database, struct exit_place place,
			    struct position position, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PLACE_PAYOUT);

	statement_bind_u64(row, 1, place.eth_block_number);
	statement_bind_u64(row, 2, place.log_index);
	statement_bind_u64(row, 3, position.packed);
	return statement_run(row, error);
}

bool payout_store_invalid_new(struct database *database, struct payout **out,
			      size_t *count, struct error *error)
{
	*out = statement_rows_new(
		count, sizeof(**out),
		statement_begin(database, SQL_WATCHER_PAYOUTS_INVALID),
		read_payout, error);
	return *out != NULL;
}

bool payout_store_judge(struct database *database, struct exit_place place,
			enum payout_judgement judgement, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_JUDGE_PAYOUT);

	statement_bind_u64(row, 1, place.eth_block_number);
	statement_bind_u64(row, 2, place.log_index);
	statement_bind_u64(row, 3, judgement);
	return statement_run(row, error);
}

/* ---- credits ---- */

static bool read_credit(struct credit *out, bool *claimed,
			struct statement *row, struct error *error)
{
	struct u256 amount;

	if (!statement_address(&out->contract, row, 0, error) ||
	    !statement_address(&out->token.address, row, 1, error) ||
	    !statement_u256(&amount, row, 2, error))
		return false;
	out->amount = amount_from_u256(amount);
	*claimed = statement_u64(row, 3) != 0;
	return true;
}

/* A claim takes the whole credit. */
static void add_credit(struct credit *sum, const struct credit *one,
		       bool claimed)
{
	if (claimed)
		sum->amount = amount_zero();
	else if (!amount_add(&sum->amount, sum->amount, one->amount))
		sum->amount = amount_from_u256(U256_MAX);
}

static bool same_credit(const struct credit *a, const struct credit *b)
{
	return address_equal(&a->contract, &b->contract) &&
	       token_equal(&a->token, &b->token);
}

static size_t without_zeros(struct credit *credits, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (!amount_is_zero(credits[i].amount))
			credits[kept++] = credits[i];
	}
	return kept;
}

bool payout_store_credits(struct database *database, struct credit *out,
			  size_t *count, size_t capacity,
			  const struct address *owner, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_CREDITS_OF_OWNER);
	enum statement_result result;
	bool ok = true;

	*count = 0;
	statement_bind_address(row, 1, owner);
	while (ok && (result = statement_step(row, error)) != STATEMENT_DONE) {
		struct credit one;
		bool claimed;

		ok = result == STATEMENT_ROW &&
		     read_credit(&one, &claimed, row, error);
		if (!ok)
			break;
		if (*count == 0 || !same_credit(&out[*count - 1], &one)) {
			*count = without_zeros(out, *count);
			if (*count == capacity)
				break;
			out[*count] = one;
			out[(*count)++].amount = amount_zero();
		}
		add_credit(&out[*count - 1], &one, claimed);
	}
	statement_end(row);
	*count = without_zeros(out, *count);
	return ok;
}

/* ---- notices ---- */

static bool read_notice(void *element, struct statement *row,
			struct error *error)
{
	struct exit_notice *out = element;
	struct u256 amount;

	if (!statement_address(&out->token.address, row, 4, error) ||
	    !statement_u256(&amount, row, 5, error))
		return false;
	out->place.eth_block_number = statement_u64(row, 0);
	out->place.log_index = (uint32_t)statement_u64(row, 1);
	out->kind = (enum contract_event_kind)statement_u64(row, 2);
	out->time = statement_u64(row, 3);
	out->amount = amount_from_u256(amount);
	return true;
}

bool payout_store_notices_new(struct database *database,
			      struct exit_notice **out, size_t *count,
			      uint64_t since, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_EXIT_NOTICES_SINCE);

	statement_bind_u64(row, 1, since);
	*out = statement_rows_new(count, sizeof(**out), row, read_notice,
				  error);
	return *out != NULL;
}
