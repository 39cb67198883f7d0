/* SPDX-License-Identifier: MIT */
#include "operator/status_api.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/chain/protocol.h"
#include "common/service/metrics.h"
#include "common/service/omg_answer.h"
#include "operator/answer_api.h"
#include "operator/json_scan.h"
#include "operator/operations_api.h"
#include "operator/operator_api.h"

typedef unsigned long long number;

void status_api_fees(void *context, struct http_response *response,
		     const struct http_request *request)
{
	struct operator_api *api = context;

	if (!operator_api_begin_call(api, response, request))
		return;
	answer_api_begin(&response->body);
	operator_status_write_fees(api->parts.status, &response->body);
	answer_api_end(&response->body);
}

static void write_framework(struct operator_api *api,
			    struct growing_buffer *out)
{
	char text[HEX_SIZE(20)];

	hex_encode(text, bytes_view(api->parts.framework.bytes, 20));
	(void)growing_buffer_format(
		out, "\"contract_addr\":{\"plasma_framework\":\"%s\"}", text);
}

static uint64_t last_mined(const struct operator_facts *facts)
{
	return facts->next_child_block >= PROTOCOL_BLOCK_INTERVAL
		       ? facts->next_child_block - PROTOCOL_BLOCK_INTERVAL
		       : 0;
}

void status_api_status(void *context, struct http_response *response,
		       const struct http_request *request)
{
	struct operator_api *api = context;
	struct operator_facts facts = operator_status_facts(api->parts.status);
	struct operator_counts counts = operator_loop_counts(api->parts.loop);
	struct growing_buffer *out = &response->body;

	if (!operator_api_begin_call(api, response, request))
		return;
	answer_api_begin(out);
	(void)growing_buffer_format(
		out,
		"{\"last_mined_child_block_number\":%llu,"
		"\"last_formed_child_block_number\":%llu,"
		"\"last_formed_child_block_timestamp\":%llu,"
		"\"last_seen_eth_block_number\":%llu,"
		"\"last_seen_eth_block_timestamp\":%llu,"
		"\"open_child_block_number\":%llu,\"ready\":%s,"
		"\"halted\":%s,\"accepted\":%llu,\"refused\":%llu,"
		"\"waiting\":%llu,\"coins\":%llu,\"frozen\":%llu,"
		"\"blocks_in_flight\":%llu,\"exitability_percent\":%llu,",
		(number)last_mined(&facts), (number)facts.newest_blknum,
		(number)facts.newest_formed_at, (number)facts.eth_block,
		(number)facts.eth_time.seconds, (number)counts.open_blknum,
		facts.ready ? "true" : "false",
		counts.halted ? "true" : "false", (number)counts.accepted,
		(number)counts.refused, (number)counts.waiting,
		(number)counts.coins, (number)counts.frozen,
		(number)facts.blocks_in_flight,
		(number)facts.exitability_percent);
	write_framework(api, out);
	(void)growing_buffer_put_byte(out, '}');
	answer_api_end(out);
}

void status_api_configuration(void *context, struct http_response *response,
			      const struct http_request *request)
{
	struct operator_api *api = context;
	struct growing_buffer *out = &response->body;

	if (!operator_api_begin_call(api, response, request))
		return;
	answer_api_begin(out);
	(void)growing_buffer_format(out,
				    "{\"deposit_finality_margin\":%llu,"
				    "\"exit_processor_sla_seconds\":%llu,"
				    "\"min_exit_period_seconds\":%llu,",
				    (number)api->parts.deposit_margin,
				    (number)api->parts.exit_period / 14,
				    (number)api->parts.exit_period);
	write_framework(api, out);
	(void)growing_buffer_put_byte(out, '}');
	answer_api_end(out);
}

void status_api_alarms(void *context, struct http_response *response,
		       const struct http_request *request)
{
	struct operator_api *api = context;
	struct operator_facts facts = operator_status_facts(api->parts.status);
	struct growing_buffer *out = &response->body;
	const char *separator = "";

	if (!operator_api_begin_call(api, response, request))
		return;
	answer_api_begin(out);
	(void)growing_buffer_put_byte(out, '[');
	for (int i = 0; i < OPERATOR_ALARM_COUNT; i++) {
		if (!facts.alarms[i])
			continue;
		(void)growing_buffer_format(
			out, "%s{\"%s\":{\"description\":", separator,
			operator_alarm_name((enum operator_alarm)i));
		omg_answer_put_prose(out, facts.alarm_text[i]);
		(void)growing_buffer_format(out, "}}");
		separator = ",";
	}
	(void)growing_buffer_put_byte(out, ']');
	answer_api_end(out);
}

void status_api_live(void *context, struct http_response *response,
		     const struct http_request *request)
{
	(void)context; /* that it answers is the answer */
	(void)request;
	operator_answer_api_text(response, 200, "alive");
}

void status_api_ready(void *context, struct http_response *response,
		      const struct http_request *request)
{
	struct operator_api *api = context;
	struct operator_facts facts = operator_status_facts(api->parts.status);

	(void)request; /* it has no arguments */
	if (!facts.ready)
		operator_answer_api_text(
			response, 503, "the root chain has not been read yet");
	else if (facts.alarms[OPERATOR_ALARM_HALTED])
		operator_answer_api_text(response, 503, "the chain is halted");
	else if (facts.alarms[OPERATOR_ALARM_SNAPSHOT])
		operator_answer_api_text(
			response, 503,
			"the snapshot of the root chain is stale");
	else
		operator_answer_api_text(response, 200, "ready");
}

static void put(struct growing_buffer *out, enum metric_kind kind,
		const char *name, const char *help, uint64_t value)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "operator_%s", name); /* it fits */
	metrics_put(out, kind, full, help, value);
}

static void write_payments(struct growing_buffer *out,
			   const struct operator_counts *counts)
{
	put(out, METRIC_COUNTER, "payments_accepted_total",
	    "Payments that are on disk.", counts->accepted);
	put(out, METRIC_COUNTER, "payments_refused_total",
	    "Payments that were refused by the state of the chain.",
	    counts->refused);
	put(out, METRIC_COUNTER, "commit_batches_total",
	    "Writes of accepted payments.", counts->batches);
	put(out, METRIC_GAUGE, "payments_waiting",
	    "Accepted payments in no committed block.", counts->waiting);
	put(out, METRIC_GAUGE, "coins", "Unspent outputs.", counts->coins);
	put(out, METRIC_GAUGE, "coins_frozen", "Outputs frozen by exits.",
	    counts->frozen);
	put(out, METRIC_GAUGE, "ledger_bytes", "Memory of unspent outputs.",
	    counts->ledger_bytes);
	put(out, METRIC_GAUGE, "halted", "1 while the chain is halted.",
	    counts->halted ? 1 : 0);
}

static void write_blocks(struct growing_buffer *out,
			 const struct operator_facts *facts)
{
	put(out, METRIC_GAUGE, "block_number",
	    "The newest block that was committed to.", facts->newest_blknum);
	put(out, METRIC_GAUGE, "mined_block_number",
	    "The newest block on the root chain.", last_mined(facts));
	put(out, METRIC_GAUGE, "blocks_in_flight",
	    "Blocks whose roots are not on the root chain.",
	    facts->blocks_in_flight);
	put(out, METRIC_COUNTER, "roots_sent_total", "Root transactions sent.",
	    facts->roots_sent);
	put(out, METRIC_COUNTER, "roots_raised_total",
	    "Root transactions replaced with higher fees.",
	    facts->roots_raised);
	put(out, METRIC_GAUGE, "root_chain_block", "The head of the snapshot.",
	    facts->eth_block);
	put(out, METRIC_GAUGE, "snapshot_poll_timestamp_seconds",
	    "When the follower last read the root chain well.",
	    facts->last_good_poll.seconds);
	put(out, METRIC_GAUGE, "authority_balance_gwei",
	    "What the authority can spend on roots.",
	    facts->authority_balance_gwei);
	put(out, METRIC_GAUGE, "exitability_percent",
	    "Of the gas that a mass exit of all outputs may use, what it "
	    "needs.",
	    facts->exitability_percent);
	put(out, METRIC_GAUGE, "mirrored_block_number",
	    "The newest block that every mirror has.", facts->mirrored_blknum);
}

void status_api_metrics(void *context, struct http_response *response,
			const struct http_request *request)
{
	struct operator_api *api = context;
	struct operator_facts facts = operator_status_facts(api->parts.status);
	struct operator_counts counts = operator_loop_counts(api->parts.loop);
	struct growing_buffer *out = &response->body;

	(void)request; /* it has no arguments */
	response->status = 200;
	response->content_type = METRICS_CONTENT_TYPE;
	write_payments(out, &counts);
	write_blocks(out, &facts);
	metrics_begin(out, METRIC_GAUGE, "operator_alarm",
		      "1 while it is raised.");
	for (int i = 0; i < OPERATOR_ALARM_COUNT; i++)
		metrics_value(out, "operator_alarm", "name",
			      operator_alarm_name((enum operator_alarm)i),
			      facts.alarms[i] ? 1 : 0);
}

static bool has_control_key(const struct operator_api *api,
			    const struct json_members *members)
{
	const struct json_value *value =
		json_members_find(members, "control_key");
	uint8_t key[OPERATOR_CONTROL_KEY_SIZE];

	return value != NULL && value->kind == JSON_KIND_STRING &&
	       hex_decode_bare(key, sizeof(key), (const char *)value->text.data,
			       value->text.len) &&
	       sodium_memcmp(key, api->parts.control_key, sizeof(key)) == 0;
}

/* False, answered, unless the request is from here, where else there is
 * nothing, and from who runs the operator. */
static bool begin_local(struct operator_api *api, struct json_members *members,
			struct http_response *response,
			const struct http_request *request)
{
	if (!operator_api_begin_call(api, response, request))
		return false;
	if (!request->is_local) {
		answer_api_refuse(&response->body, "operation", "not_found",
				  "there is no such method");
		return false;
	}
	if (json_scan_object(members, request->body) &&
	    has_control_key(api, members))
		return true;
	answer_api_refuse(&response->body, "operation", "bad_request",
			  "the control_key of the data directory is needed");
	return false;
}

void status_api_form(void *context, struct http_response *response,
		     const struct http_request *request)
{
	struct operator_api *api = context;
	struct operator_event event = { .kind = OPERATOR_EVENT_FORM_NOW };
	struct json_members members;
	struct position broken;

	if (!begin_local(api, &members, response, request))
		return;
	bool sound = operator_loop_apply(api->parts.loop, &broken, &event, 1);
	assert(sound);
	answer_api_begin(&response->body);
	(void)growing_buffer_format(&response->body, "{}");
	answer_api_end(&response->body);
}

static bool read_number(uint64_t *out, const struct json_members *members,
			const char *key, uint64_t most)
{
	const struct json_value *value = json_members_find(members, key);
	char digits[24];

	if (value == NULL || value->kind != JSON_KIND_NUMBER ||
	    value->text.len >= sizeof(digits))
		return false;
	memcpy(digits, value->text.data, value->text.len);
	digits[value->text.len] = '\0';
	return decimal_parse_u64(out, digits, most);
}

void status_api_bump(void *context, struct http_response *response,
		     const struct http_request *request)
{
	struct operator_api *api = context;
	struct json_members members;
	struct error error;
	uint64_t blknum;
	uint64_t percent;
	uint64_t max_fee_gwei;

	if (!begin_local(api, &members, response, request))
		return;
	if (!read_number(&blknum, &members, "blknum",
			 PROTOCOL_MAX_BLOCK_NUMBER) ||
	    !read_number(&percent, &members, "percent", 10000)) {
		answer_api_refuse(&response->body, "operation", "bad_request",
				  "blknum and percent are needed");
		return;
	}
	if (!commit_loop_bump(api->parts.commit, &max_fee_gwei, blknum, percent,
			      &error)) {
		answer_api_refuse(&response->body, "block", "not_bumped",
				  error.message);
		return;
	}
	answer_api_begin(&response->body);
	(void)growing_buffer_format(&response->body,
				    "{\"blknum\":%llu,\"max_fee_gwei\":%llu}",
				    (number)blknum, (number)max_fee_gwei);
	answer_api_end(&response->body);
}

void status_api_document(void *context, struct http_response *response,
			 const struct http_request *request)
{
	(void)context; /* the table is always the same */
	(void)request;
	response->status = 200;
	response->content_type = "application/json";
	api_operations_document(&response->body);
}

void status_api_nothing(void *context, struct http_response *response,
			const struct http_request *request)
{
	struct operator_api *api = context;

	if (!operator_api_begin_call(api, response, request))
		return;
	answer_api_refuse(&response->body, "operation", "not_found",
			  "there is no such method");
}
