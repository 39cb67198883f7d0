/* SPDX-License-Identifier: MIT */
#include "operator/operator_status.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/service/log.h"

#define FEES_CEILING ((size_t)1 << 20)
#define ETHER_DECIMALS 18

struct operator_status {
	pthread_mutex_t mutex;
	struct operator_facts facts;
	size_t raisers[OPERATOR_ALARM_COUNT]; /* of those that several raise */
	struct growing_buffer fees;
};

const char *operator_alarm_name(enum operator_alarm alarm)
{
	switch (alarm) {
	case OPERATOR_ALARM_SNAPSHOT:
		return "snapshot";
	case OPERATOR_ALARM_ROOT_CHAIN:
		return "root_chain";
	case OPERATOR_ALARM_PENDING:
		return "pending_root";
	case OPERATOR_ALARM_PRICE_CAP:
		return "price_cap";
	case OPERATOR_ALARM_BALANCE:
		return "low_balance";
	case OPERATOR_ALARM_WATCHER:
		return "watcher";
	case OPERATOR_ALARM_MIRROR:
		return "mirror";
	case OPERATOR_ALARM_EXITABILITY:
		return "exitability";
	case OPERATOR_ALARM_DEPOSITS:
		return "deposits";
	case OPERATOR_ALARM_HALTED:
		return "halted";
	case OPERATOR_ALARM_COUNT:
		break;
	}
	return "";
}

struct operator_status *operator_status_new(void)
{
	struct operator_status *status = memory_new(1, sizeof(*status));

	pthread_mutex_init(&status->mutex, NULL);
	growing_buffer_init(&status->fees, FEES_CEILING);
	return status;
}

void operator_status_free(struct operator_status *status)
{
	if (status == NULL)
		return;
	pthread_mutex_destroy(&status->mutex);
	growing_buffer_clear(&status->fees);
	memory_free(status);
}

struct operator_facts operator_status_facts(struct operator_status *status)
{
	pthread_mutex_lock(&status->mutex);
	struct operator_facts facts = status->facts;
	pthread_mutex_unlock(&status->mutex);
	return facts;
}

bool operator_status_is_ready(struct operator_status *status)
{
	pthread_mutex_lock(&status->mutex);
	bool ready = status->facts.ready;
	pthread_mutex_unlock(&status->mutex);
	return ready;
}

void operator_status_put(struct operator_status *status,
			 const struct operator_facts *facts)
{
	struct operator_facts all = *facts;

	pthread_mutex_lock(&status->mutex);
	memcpy(all.alarms, status->facts.alarms, sizeof(all.alarms));
	memcpy(all.alarm_text, status->facts.alarm_text,
	       sizeof(all.alarm_text));
	status->facts = all;
	pthread_mutex_unlock(&status->mutex);
}

/* Sets an alarm, or clears it without a text; the mutex is held. True if that
 * is news. */
static bool set_alarm(struct operator_status *status, enum operator_alarm alarm,
		      const char *text)
{
	struct operator_facts *facts = &status->facts;
	bool is_news = facts->alarms[alarm] != (text != NULL);

	facts->alarms[alarm] = text != NULL;
	if (text != NULL)
		(void)snprintf(facts->alarm_text[alarm],
			       sizeof(facts->alarm_text[alarm]), "%s",
			       text); /* cut is fine */
	return is_news;
}

static void log_alarm(enum operator_alarm alarm, const char *text)
{
	if (text != NULL)
		log_event(LOG_WARNING, "alarm raised",
			  log_text("alarm", operator_alarm_name(alarm)),
			  log_text("reason", text));
	else
		log_event(LOG_INFO, "alarm cleared",
			  log_text("alarm", operator_alarm_name(alarm)));
}

void operator_status_raise(struct operator_status *status,
			   enum operator_alarm alarm, const char *text)
{
	pthread_mutex_lock(&status->mutex);
	bool is_news = set_alarm(status, alarm, text);
	pthread_mutex_unlock(&status->mutex);
	if (is_news)
		log_alarm(alarm, text);
}

void operator_status_clear(struct operator_status *status,
			   enum operator_alarm alarm)
{
	pthread_mutex_lock(&status->mutex);
	bool is_news = set_alarm(status, alarm, NULL);
	pthread_mutex_unlock(&status->mutex);
	if (is_news)
		log_alarm(alarm, NULL);
}

void operator_status_raise_mine(struct operator_status *status, bool *is_mine,
				enum operator_alarm alarm, const char *text)
{
	pthread_mutex_lock(&status->mutex);
	status->raisers[alarm] += *is_mine ? 0 : 1;
	*is_mine = true;
	bool is_news = set_alarm(status, alarm, text);
	pthread_mutex_unlock(&status->mutex);
	if (is_news)
		log_alarm(alarm, text);
}

void operator_status_clear_mine(struct operator_status *status, bool *is_mine,
				enum operator_alarm alarm)
{
	pthread_mutex_lock(&status->mutex);
	status->raisers[alarm] -= *is_mine ? 1 : 0;
	*is_mine = false;
	bool is_news =
		status->raisers[alarm] == 0 && set_alarm(status, alarm, NULL);
	pthread_mutex_unlock(&status->mutex);
	if (is_news)
		log_alarm(alarm, NULL);
}

/* What the network says of the token; 18 for ether, which it need not list. */
static unsigned int decimals_of(const struct network *network,
				const struct token *token)
{
	const struct network_token *listed = network_token_find(network, token);

	return listed == NULL ? ETHER_DECIMALS : listed->decimals;
}

static void write_price(struct growing_buffer *out,
			const struct fee_price *price, unsigned int decimals,
			const char *updated_at)
{
	char token[HEX_SIZE(20)];
	char amount[AMOUNT_DECIMAL_SIZE];

	hex_encode(token, bytes_view(price->token.address.bytes, 20));
	amount_to_decimal(amount, price->accepted[0]);
	(void)growing_buffer_format(
		out, "{\"currency\":\"%s\",\"amount\":%s,\"subunit_to_unit\":1",
		token, amount);
	for (unsigned int i = 0; i < decimals; i++)
		(void)growing_buffer_put_byte(out, '0');
	(void)growing_buffer_format(
		out,
		",\"pegged_currency\":null,\"pegged_amount\":null,"
		"\"pegged_subunit_to_unit\":null,\"updated_at\":\"%s\"}",
		updated_at);
}

void operator_status_put_fees(struct operator_status *status,
			      const struct fee_schedule *schedule,
			      const struct network *network,
			      struct wall_time now)
{
	const struct fee_table *table = fee_schedule_table_borrow(schedule);
	char updated_at[INSTANT_TEXT_SIZE];
	const char *comma = "";

	instant_format(updated_at, now.seconds);
	pthread_mutex_lock(&status->mutex);
	growing_buffer_reset(&status->fees);
	(void)growing_buffer_format(&status->fees, "{\"1\":[");
	for (size_t i = 0; i < table->count; i++) {
		const struct fee_price *price = &table->prices[i];

		/* Who asks now pays when the grace may be over. */
		if (!fee_schedule_is_current(schedule, i))
			continue;
		(void)growing_buffer_format(&status->fees, "%s", comma);
		write_price(&status->fees, price,
			    decimals_of(network, &price->token), updated_at);
		comma = ",";
	}
	(void)growing_buffer_format(&status->fees, "]}");
	pthread_mutex_unlock(&status->mutex);
}

void operator_status_write_fees(struct operator_status *status,
				struct growing_buffer *out)
{
	pthread_mutex_lock(&status->mutex);
	(void)growing_buffer_put(out, growing_buffer_view(&status->fees));
	pthread_mutex_unlock(&status->mutex);
}
