/* SPDX-License-Identifier: MIT */
#include "operator/fee_schedule.h"

#include <assert.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"

#define MAX_ACCEPTED                                                           \
	(sizeof(((struct fee_price *)NULL)->accepted) / sizeof(struct amount))

/* Until when each accepted amount of the price with the same index counts. */
struct grace {
	bool is_current; /* the first amount is in force */
	uint64_t until_ms[4];
};

struct fee_schedule {
	struct fee_table table;
	struct grace *graces;
};

static_assert(MAX_ACCEPTED == 4, "a grace has a time for every amount");

struct fee_schedule *fee_schedule_new(void)
{
	return memory_new(1, sizeof(struct fee_schedule));
}

void fee_schedule_free(struct fee_schedule *schedule)
{
	if (schedule == NULL)
		return;
	memory_free(schedule->table.prices);
	memory_free(schedule->graces);
	memory_free(schedule);
}

const struct fee_table *
fee_schedule_table_borrow(const struct fee_schedule *schedule)
{
	return &schedule->table;
}

bool fee_schedule_is_current(const struct fee_schedule *schedule, size_t index)
{
	return schedule->graces[index].is_current;
}

static struct fee_price *find_price(const struct fee_schedule *schedule,
				    const struct token *token, size_t *index)
{
	for (size_t i = 0; i < schedule->table.count; i++) {
		if (token_equal(&schedule->table.prices[i].token, token)) {
			*index = i;
			return &schedule->table.prices[i];
		}
	}
	return NULL;
}

/* True if neither amount is more than `factor` times the other. */
static bool is_near(struct amount a, struct amount b, uint64_t factor)
{
	struct amount limit;

	if (amount_scale(&limit, a, factor, 1) && amount_compare(b, limit) > 0)
		return false;
	return !amount_scale(&limit, b, factor, 1) ||
	       amount_compare(a, limit) <= 0;
}

static bool judge_rows(const struct fee_schedule *schedule,
		       const struct fee_row *rows, size_t count,
		       uint64_t max_factor, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		char text[HEX_SIZE(20)];
		size_t index;

		hex_encode(text, bytes_view(rows[i].token.address.bytes, 20));
		for (size_t j = 0; j < i; j++) {
			if (token_equal(&rows[i].token, &rows[j].token))
				return error_set(error, ERROR_BAD_INPUT,
						 "fees: token %s stands twice",
						 text);
		}
		const struct fee_price *old =
			find_price(schedule, &rows[i].token, &index);
		if (max_factor != 0 && old != NULL &&
		    schedule->graces[index].is_current &&
		    !is_near(old->accepted[0], rows[i].amount, max_factor))
			return error_set(error, ERROR_REFUSED,
					 "fees: the amount of token %s changes "
					 "by more than a factor of %llu",
					 text, (unsigned long long)max_factor);
	}
	return true;
}

/* Puts an amount in front of those that a price accepts. */
static void push_amount(struct fee_price *price, struct grace *grace,
			struct amount amount, uint64_t now_ms)
{
	if (grace->is_current && price->accepted_count > 0)
		grace->until_ms[0] = now_ms + FEE_SCHEDULE_GRACE_MS;
	if (price->accepted_count == MAX_ACCEPTED)
		price->accepted_count--;
	memmove(price->accepted + 1, price->accepted,
		price->accepted_count * sizeof(*price->accepted));
	memmove(grace->until_ms + 1, grace->until_ms,
		price->accepted_count * sizeof(*grace->until_ms));
	price->accepted[0] = amount;
	price->accepted_count++;
	grace->until_ms[0] = UINT64_MAX;
	grace->is_current = true;
}

static void add_row(struct fee_schedule *schedule, const struct fee_row *row)
{
	struct fee_table *table = &schedule->table;
	size_t count = table->count + 1;

	table->prices =
		memory_resize(table->prices, count, sizeof(*table->prices));
	schedule->graces = memory_resize(schedule->graces, count,
					 sizeof(*schedule->graces));
	table->prices[count - 1] = (struct fee_price){ .token = row->token };
	schedule->graces[count - 1] = (struct grace){ .is_current = false };
	table->count = count;
}

/* Gives an amount that is no longer in force its last 30 seconds. */
static void retire(struct fee_schedule *schedule, size_t index, uint64_t now_ms)
{
	struct grace *grace = &schedule->graces[index];

	if (!grace->is_current)
		return;
	grace->is_current = false;
	grace->until_ms[0] = now_ms + FEE_SCHEDULE_GRACE_MS;
}

bool fee_schedule_change(struct fee_schedule *schedule,
			 const struct fee_row *rows, size_t count,
			 uint64_t max_factor, uint64_t now_ms,
			 struct error *error)
{
	if (count > FEE_SCHEDULE_MAX_TOKENS)
		return error_set(error, ERROR_BAD_INPUT,
				 "fees: more than %d tokens",
				 FEE_SCHEDULE_MAX_TOKENS);
	if (!judge_rows(schedule, rows, count, max_factor, error))
		return false;
	for (size_t i = 0; i < schedule->table.count; i++) {
		bool stays = false;

		for (size_t j = 0; j < count && !stays; j++)
			stays = token_equal(&rows[j].token,
					    &schedule->table.prices[i].token);
		if (!stays)
			retire(schedule, i, now_ms);
	}
	for (size_t j = 0; j < count; j++) {
		size_t index;

		if (find_price(schedule, &rows[j].token, &index) == NULL) {
			index = schedule->table.count;
			add_row(schedule, &rows[j]);
		}
		struct fee_price *price = &schedule->table.prices[index];
		struct grace *grace = &schedule->graces[index];
		if (!grace->is_current ||
		    !amount_equal(price->accepted[0], rows[j].amount))
			push_amount(price, grace, rows[j].amount, now_ms);
	}
	schedule->table.loaded = true;
	return true;
}

void fee_schedule_expire(struct fee_schedule *schedule, uint64_t now_ms)
{
	struct fee_table *table = &schedule->table;
	size_t kept_prices = 0;

	for (size_t i = 0; i < table->count; i++) {
		struct fee_price price = table->prices[i];
		struct grace grace = schedule->graces[i];
		size_t kept = 0;

		for (size_t j = 0; j < price.accepted_count; j++) {
			if (grace.until_ms[j] <= now_ms)
				continue;
			price.accepted[kept] = price.accepted[j];
			grace.until_ms[kept++] = grace.until_ms[j];
		}
		price.accepted_count = kept;
		if (kept == 0)
			continue;
		table->prices[kept_prices] = price;
		schedule->graces[kept_prices++] = grace;
	}
	table->count = kept_prices;
}
