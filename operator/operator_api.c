/* SPDX-License-Identifier: MIT */
#include "operator/operator_api.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "config.h"
#include "operator/json_scan.h"

/* The payments of one transaction.batch_submit. */
#define BATCH_CEILING ((size_t)8 << 20)
#define MAX_BATCH 4096

struct operator_api {
	struct operator_api_parts parts;
	pthread_mutex_t reader_mutex;
};

struct operator_api *operator_api_new(const struct operator_api_parts *parts)
{
	struct operator_api *api = memory_new(1, sizeof(*api));

	api->parts = *parts;
	pthread_mutex_init(&api->reader_mutex, NULL);
	return api;
}

void operator_api_free(struct operator_api *api)
{
	if (api == NULL)
		return;
	pthread_mutex_destroy(&api->reader_mutex);
	memory_free(api);
}

#define ENVELOPE "{\"version\":\"" PACKAGE_VERSION "\","
#define SERVICE "\"service_name\":\"child_chain\","

/* {"version":…,"service_name":…,"success":true,"data": … then finish(). */
static void begin(struct http_response *out)
{
	(void)growing_buffer_format(&out->body, "%s",
				    ENVELOPE SERVICE
				    "\"success\":true,\"data\":");
}

static void finish(struct http_response *out)
{
	(void)growing_buffer_put_byte(&out->body, '}');
}

static void fail(struct http_response *out, const char *area,
		 const char *reason, const char *description)
{
	growing_buffer_reset(&out->body);
	(void)growing_buffer_format(
		&out->body,
		"%s\"success\":false,\"data\":{\"object\":\"error\","
		"\"code\":\"%s:%s\",\"description\":\"%s\",\"messages\":{}}}",
		ENVELOPE SERVICE, area, reason, description);
}

static void fail_bad_request(struct http_response *out, const char *description)
{
	fail(out, "operation", "bad_request", description);
}

static void plain(struct http_response *out, unsigned int status,
		  const char *text)
{
	out->status = status;
	out->content_type = "text/plain; charset=utf-8";
	(void)growing_buffer_format(&out->body, "%s\n", text);
}

/* The bytes of a JSON string of 0x and hex digits, into `out`, which has room
 * for `capacity` bytes; false for anything else. */
static bool read_hex(uint8_t *out, size_t *len, size_t capacity,
		     const struct json_value *value)
{
	if (value->kind != JSON_KIND_STRING || value->has_escape ||
	    value->text.len < 2 || value->text.len % 2 != 0 ||
	    value->text.len / 2 - 1 > capacity)
		return false;
	*len = value->text.len / 2 - 1;
	return hex_decode(out, *len, (const char *)value->text.data,
			  value->text.len);
}

/* Cheap checks first, then what the state says of the inputs, then who signed.
 * `bytes` must live as long as the ticket. */
static void prepare(struct operator_api *api, struct ticket *ticket,
		    struct bytes bytes, bool may_prejudge)
{
	ticket->refusal = candidate_read(&ticket->candidate, bytes);
	if (refusal_is_none(ticket->refusal) && may_prejudge)
		ticket->refusal = operator_loop_prejudge(
			api->parts.loop, &ticket->candidate.transaction);
	if (refusal_is_none(ticket->refusal))
		ticket->refusal = candidate_recover(&ticket->candidate,
						    &api->parts.domain);
}

static void write_accepted(struct growing_buffer *out,
			   const struct ticket *ticket)
{
	char hash[HEX_SIZE(32)];

	hex_encode(hash, bytes_view(ticket->candidate.hash.bytes, 32));
	(void)growing_buffer_format(
		out, "{\"blknum\":%llu,\"txindex\":%u,\"txhash\":\"%s\"}",
		(unsigned long long)position_blknum(ticket->position),
		position_txindex(ticket->position), hash);
}

static bool is_ready(struct operator_api *api, struct http_response *out)
{
	if (operator_status_facts(api->parts.status).ready)
		return true;
	fail(out, "operation", "not_ready",
	     "the operator has not read the root chain yet");
	return false;
}

static void answer_submit(struct operator_api *api, struct http_response *out,
			  const struct json_members *members)
{
	const struct json_value *value =
		json_members_find(members, "transaction");
	uint8_t bytes[PROTOCOL_MAX_SIGNED_SIZE];
	struct ticket ticket;
	size_t len;

	if (value == NULL || value->kind != JSON_KIND_STRING) {
		fail_bad_request(out, "transaction: a string of hex is needed");
		return;
	}
	if (!is_ready(api, out))
		return;
	if (value->text.len / 2 > sizeof(bytes) + 1) {
		fail(out, "submit", verdict_code(VERDICT_TX_TOO_LONG),
		     "longer than any payment");
		return;
	}
	if (!read_hex(bytes, &len, sizeof(bytes), value)) {
		fail_bad_request(out, "transaction: not 0x and hex digits");
		return;
	}
	prepare(api, &ticket, bytes_view(bytes, len), true);
	if (refusal_is_none(ticket.refusal))
		operator_loop_submit(api->parts.loop, &ticket, 1);
	if (!refusal_is_none(ticket.refusal)) {
		fail(out, "submit", refusal_code(ticket.refusal),
		     refusal_text(ticket.refusal));
		return;
	}
	begin(out);
	write_accepted(&out->body, &ticket);
	finish(out);
}

/* Payments that arrive together: their bytes and tickets. */
struct bunch {
	struct growing_buffer bytes;
	struct ticket *tickets;
	size_t count;
};

static void bunch_clear(struct bunch *bunch)
{
	growing_buffer_clear(&bunch->bytes);
	memory_free(bunch->tickets);
}

/* Decodes the elements of the list; false unless all are hex strings. */
static bool read_batch(struct operator_api *api, struct bunch *bunch,
		       struct bytes list)
{
	struct json_value element;
	struct bytes rest = list;

	while (json_scan_next_element(&element, &rest)) {
		uint8_t *bytes = growing_buffer_extend(
			&bunch->bytes, PROTOCOL_MAX_SIGNED_SIZE + 1);
		size_t len;

		if (bunch->count == MAX_BATCH || bytes == NULL ||
		    !read_hex(bytes, &len, PROTOCOL_MAX_SIGNED_SIZE + 1,
			      &element))
			return false;
		bunch->tickets[bunch->count].candidate.signed_form.len = len;
		bunch->count++;
	}
	for (size_t i = 0; i < bunch->count; i++) {
		struct ticket *ticket = &bunch->tickets[i];
		const uint8_t *bytes =
			bunch->bytes.data + i * (PROTOCOL_MAX_SIGNED_SIZE + 1);

		prepare(api, ticket,
			bytes_view(bytes, ticket->candidate.signed_form.len),
			true);
	}
	return true;
}

static void answer_batch_submit(struct operator_api *api,
				struct http_response *out,
				const struct json_members *members)
{
	const struct json_value *value =
		json_members_find(members, "transactions");
	struct bunch bunch = { .count = 0 };

	if (value == NULL || value->kind != JSON_KIND_LIST) {
		fail_bad_request(out, "transactions: a list is needed");
		return;
	}
	if (!is_ready(api, out))
		return;
	growing_buffer_init(&bunch.bytes, BATCH_CEILING);
	bunch.tickets = memory_new(MAX_BATCH, sizeof(*bunch.tickets));
	if (!read_batch(api, &bunch, value->text)) {
		fail_bad_request(out,
				 "transactions: not a list of hex strings");
		bunch_clear(&bunch);
		return;
	}
	operator_loop_submit(api->parts.loop, bunch.tickets, bunch.count);
	begin(out);
	(void)growing_buffer_put_byte(&out->body, '[');
	for (size_t i = 0; i < bunch.count; i++) {
		const struct ticket *ticket = &bunch.tickets[i];

		if (i > 0)
			(void)growing_buffer_put_byte(&out->body, ',');
		if (refusal_is_none(ticket->refusal))
			write_accepted(&out->body, ticket);
		else
			(void)growing_buffer_format(
				&out->body,
				"{\"object\":\"error\",\"code\":\"submit:%s\","
				"\"description\":\"%s\"}",
				refusal_code(ticket->refusal),
				refusal_text(ticket->refusal));
	}
	(void)growing_buffer_put_byte(&out->body, ']');
	finish(out);
	bunch_clear(&bunch);
}

/* Length of the RLP list at the front, all of it; 0 if it is not there. */
static size_t list_len(struct bytes bytes)
{
	if (bytes.len == 0 || bytes.data[0] < 0xc0)
		return 0;
	size_t len = (size_t)bytes.data[0] - 0xc0;
	size_t head = 1;
	if (len > 55) {
		size_t len_len = len - 55;

		if (len_len > 3 || bytes.len < 1 + len_len)
			return 0;
		len = 0;
		for (size_t i = 1; i <= len_len; i++)
			len = len << 8 | bytes.data[i];
		head += len_len;
	}
	return len <= bytes.len - head ? head + len : 0;
}

/* Cuts the bytes into payments; what cannot be cut is one last bad payment. */
static void read_bulk(struct operator_api *api, struct bunch *bunch,
		      struct bytes bytes)
{
	size_t capacity = 0;

	while (bytes.len > 0) {
		size_t len = list_len(bytes);

		if (len == 0)
			len = bytes.len;
		if (bunch->count == capacity) {
			capacity = 2 * capacity + 256;
			bunch->tickets = memory_resize(bunch->tickets, capacity,
						       sizeof(*bunch->tickets));
		}
		/* Those ahead in the same request may make the inputs. */
		prepare(api, &bunch->tickets[bunch->count++],
			bytes_view(bytes.data, len), true);
		bytes = bytes_view(bytes.data + len, bytes.len - len);
	}
}

static void answer_bulk(struct operator_api *api, struct http_response *out,
			const struct http_request *request)
{
	struct bunch bunch = { .count = 0 };

	if (!operator_status_facts(api->parts.status).ready) {
		plain(out, 503, "not ready");
		return;
	}
	growing_buffer_init(&bunch.bytes, 1);
	read_bulk(api, &bunch, request->body);
	operator_loop_submit(api->parts.loop, bunch.tickets, bunch.count);
	out->status = 200;
	out->content_type = "application/x-ndjson";
	for (size_t i = 0; i < bunch.count; i++) {
		const struct ticket *ticket = &bunch.tickets[i];
		char hash[HEX_SIZE(32)];

		if (!refusal_is_none(ticket->refusal)) {
			(void)growing_buffer_format(
				&out->body,
				"{\"index\":%zu,\"ok\":false,"
				"\"code\":\"submit:%s\"}\n",
				i, refusal_code(ticket->refusal));
			continue;
		}
		hex_encode(hash, bytes_view(ticket->candidate.hash.bytes, 32));
		(void)growing_buffer_format(
			&out->body,
			"{\"index\":%zu,\"ok\":true,\"txhash\":\"%s\"}\n", i,
			hash);
	}
	bunch_clear(&bunch);
}

/* A committed block by its root or its number; `error` may be overwritten. */
static bool find_block(struct operator_api *api, bool *found,
		       struct committed_block *block, const struct hash *root,
		       uint64_t blknum, struct error *error)
{
	pthread_mutex_lock(&api->reader_mutex);
	bool ok = root != NULL ? operator_store_block_of_root(api->parts.reader,
							      found, block,
							      root, error)
			       : operator_store_block(api->parts.reader, found,
						      block, blknum, error);
	pthread_mutex_unlock(&api->reader_mutex);
	return ok;
}

/* Appends the hex digits of the bytes. */
static void put_hex(struct growing_buffer *out, struct bytes bytes)
{
	uint8_t *text = growing_buffer_extend(out, 2 * bytes.len + 1);

	if (text == NULL)
		return;
	hex_encode_bare((char *)text, bytes);
	out->len--; /* the zero byte */
}

/* A committed block as block.get gives it: its body is the list header and the
 * signed transactions, one behind the other. */
static void write_block(struct growing_buffer *out,
			const struct committed_block *block, struct bytes body)
{
	char root[HEX_SIZE(32)];
	size_t head = body.len == 0 || body.data[0] <= 0xf7
			      ? 1
			      : 1 + (size_t)body.data[0] - 0xf7;

	hex_encode(root, bytes_view(block->root.bytes, 32));
	(void)growing_buffer_format(
		out, "{\"blknum\":%llu,\"hash\":\"%s\",\"transactions\":[",
		(unsigned long long)block->blknum, root);
	for (size_t at = head; at < body.len;) {
		size_t len =
			list_len(bytes_view(body.data + at, body.len - at));

		if (len == 0)
			break;
		(void)growing_buffer_format(out, at == head ? "\"0x" : ",\"0x");
		put_hex(out, bytes_view(body.data + at, len));
		(void)growing_buffer_put_byte(out, '"');
		at += len;
	}
	(void)growing_buffer_format(out, "]}");
}

static void answer_block_get(struct operator_api *api,
			     struct http_response *out,
			     const struct json_members *members)
{
	const struct json_value *value = json_members_find(members, "hash");
	struct committed_block block;
	struct growing_buffer body;
	struct hash root;
	struct error error;
	size_t len;
	bool found;

	if (value == NULL ||
	    !read_hex(root.bytes, &len, sizeof(root.bytes), value) ||
	    len != sizeof(root.bytes)) {
		fail_bad_request(out, "hash: 0x and 64 hex digits are needed");
		return;
	}
	growing_buffer_init(&body, PROTOCOL_MAX_BODY_SIZE);
	if (!find_block(api, &found, &block, &root, 0, &error) || !found ||
	    !body_store_get(api->parts.bodies, &body, &root, &error)) {
		fail(out, "get_block", "not_found", "there is no such block");
		growing_buffer_clear(&body);
		return;
	}
	begin(out);
	write_block(&out->body, &block, growing_buffer_view(&body));
	finish(out);
	growing_buffer_clear(&body);
}

static void answer_fees(struct operator_api *api, struct http_response *out)
{
	begin(out);
	operator_status_write_fees(api->parts.status, &out->body);
	finish(out);
}

static void write_framework(struct operator_api *api,
			    struct growing_buffer *out)
{
	char text[HEX_SIZE(20)];

	hex_encode(text, bytes_view(api->parts.framework.bytes, 20));
	(void)growing_buffer_format(
		out, "\"contract_addr\":{\"plasma_framework\":\"%s\"}", text);
}

static void answer_status(struct operator_api *api, struct http_response *out)
{
	struct operator_facts facts = operator_status_facts(api->parts.status);
	struct operator_counts counts = operator_loop_counts(api->parts.loop);

	begin(out);
	(void)growing_buffer_format(
		&out->body,
		"{\"last_mined_child_block_number\":%llu,"
		"\"last_formed_child_block_number\":%llu,"
		"\"last_formed_child_block_timestamp\":%llu,"
		"\"last_seen_eth_block_number\":%llu,"
		"\"last_seen_eth_block_timestamp\":%llu,"
		"\"open_child_block_number\":%llu,\"ready\":%s,"
		"\"halted\":%s,\"accepted\":%llu,\"refused\":%llu,"
		"\"waiting\":%llu,\"coins\":%llu,\"frozen\":%llu,"
		"\"blocks_in_flight\":%llu,",
		(unsigned long long)(facts.next_child_block >=
						     PROTOCOL_BLOCK_INTERVAL
					     ? facts.next_child_block -
						       PROTOCOL_BLOCK_INTERVAL
					     : 0),
		(unsigned long long)facts.newest_blknum,
		(unsigned long long)facts.newest_formed_at,
		(unsigned long long)facts.eth_block,
		(unsigned long long)facts.eth_time.seconds,
		(unsigned long long)counts.open_blknum,
		facts.ready ? "true" : "false",
		counts.halted ? "true" : "false",
		(unsigned long long)counts.accepted,
		(unsigned long long)counts.refused,
		(unsigned long long)counts.waiting,
		(unsigned long long)counts.coins,
		(unsigned long long)counts.frozen,
		(unsigned long long)facts.blocks_in_flight);
	write_framework(api, &out->body);
	(void)growing_buffer_put_byte(&out->body, '}');
	finish(out);
}

static void answer_configuration(struct operator_api *api,
				 struct http_response *out)
{
	begin(out);
	(void)growing_buffer_format(
		&out->body,
		"{\"deposit_finality_margin\":%llu,"
		"\"exit_processor_sla_seconds\":%llu,"
		"\"min_exit_period_seconds\":%llu,",
		(unsigned long long)api->parts.deposit_margin,
		(unsigned long long)api->parts.exit_period / 14,
		(unsigned long long)api->parts.exit_period);
	write_framework(api, &out->body);
	(void)growing_buffer_put_byte(&out->body, '}');
	finish(out);
}

/* Quotes and backslashes cannot be in JSON as they are. */
static void put_text(struct growing_buffer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)growing_buffer_put_byte(out, '\\');
		if ((unsigned char)*text >= 0x20)
			(void)growing_buffer_put_byte(out, (uint8_t)*text);
	}
}

static void answer_alarms(struct operator_api *api, struct http_response *out)
{
	struct operator_facts facts = operator_status_facts(api->parts.status);
	const char *separator = "";

	begin(out);
	(void)growing_buffer_put_byte(&out->body, '[');
	for (int i = 0; i < OPERATOR_ALARM_COUNT; i++) {
		if (!facts.alarms[i])
			continue;
		(void)growing_buffer_format(
			&out->body, "%s{\"%s\":{\"description\":\"", separator,
			operator_alarm_name((enum operator_alarm)i));
		put_text(&out->body, facts.alarm_text[i]);
		(void)growing_buffer_format(&out->body, "\"}}");
		separator = ",";
	}
	(void)growing_buffer_put_byte(&out->body, ']');
	finish(out);
}

static void answer_form(struct operator_api *api, struct http_response *out,
			bool is_local)
{
	struct operator_event event = { .kind = OPERATOR_EVENT_FORM_NOW };
	struct position broken;

	if (!is_local) {
		fail(out, "operation", "not_found", "there is no such method");
		return;
	}
	bool sound = operator_loop_apply(api->parts.loop, &broken, &event, 1);
	assert(sound);
	begin(out);
	(void)growing_buffer_format(&out->body, "{}");
	finish(out);
}

static void answer_call(struct operator_api *api, struct http_response *out,
			const struct http_request *request)
{
	const char *name = request->path + 1;
	struct json_members members = { .count = 0 };
	bool has_arguments = strcmp(name, "transaction.submit") == 0 ||
			     strcmp(name, "transaction.batch_submit") == 0 ||
			     strcmp(name, "block.get") == 0;

	out->status = 200;
	out->content_type = "application/json";
	if ((has_arguments || request->body.len > 0) &&
	    !json_scan_object(&members, request->body)) {
		fail_bad_request(out, "the body is not one JSON object");
		return;
	}
	if (strcmp(name, "transaction.submit") == 0)
		answer_submit(api, out, &members);
	else if (strcmp(name, "transaction.batch_submit") == 0)
		answer_batch_submit(api, out, &members);
	else if (strcmp(name, "block.get") == 0)
		answer_block_get(api, out, &members);
	else if (strcmp(name, "fees.all") == 0)
		answer_fees(api, out);
	else if (strcmp(name, "status.get") == 0)
		answer_status(api, out);
	else if (strcmp(name, "configuration.get") == 0)
		answer_configuration(api, out);
	else if (strcmp(name, "alarm.get") == 0)
		answer_alarms(api, out);
	else if (strcmp(name, "block.form") == 0)
		answer_form(api, out, request->is_local);
	else
		fail(out, "operation", "not_found", "there is no such method");
}

static void answer_body(struct operator_api *api, struct http_response *out,
			const char *name, const char *if_none_match)
{
	struct hash root;
	struct error error;

	if (!hex_decode_bare(root.bytes, sizeof(root.bytes), name,
			     strlen(name)) ||
	    strspn(name, "0123456789abcdef") != 64) {
		plain(out, 404, "a block is named by 64 lower-case hex digits");
		return;
	}
	int file = body_store_open_file(api->parts.bodies, &out->file_len,
					&root, &error);
	if (file < 0) {
		plain(out, error.code == ERROR_NO_INPUT ? 404 : 500,
		      "no such block");
		return;
	}
	(void)snprintf(out->etag, sizeof(out->etag), "\"%s\"",
		       name); /* 64 digits */
	out->is_immutable = true;
	out->content_type = "application/octet-stream";
	out->status = 200;
	if (if_none_match != NULL && strstr(if_none_match, out->etag) != NULL) {
		out->status = 304;
		close(file);
		return;
	}
	out->file = file;
}

static void answer_by_number(struct operator_api *api,
			     struct http_response *out, const char *number)
{
	struct committed_block block;
	struct error error;
	uint64_t blknum;
	bool found;
	char root[65];

	if (!decimal_parse_u64(&blknum, number, PROTOCOL_MAX_BLOCK_NUMBER) ||
	    !find_block(api, &found, &block, NULL, blknum, &error) || !found) {
		plain(out, 404, "no such block");
		return;
	}
	hex_encode_bare(root, bytes_view(block.root.bytes, 32));
	plain(out, 307, root);
	(void)snprintf(out->location, sizeof(out->location), "/blocks/%s",
		       root); /* it fits */
}

static void answer_ready(struct operator_api *api, struct http_response *out)
{
	struct operator_facts facts = operator_status_facts(api->parts.status);

	if (!facts.ready)
		plain(out, 503, "the root chain has not been read yet");
	else if (facts.alarms[OPERATOR_ALARM_HALTED])
		plain(out, 503, "the chain is halted");
	else if (facts.alarms[OPERATOR_ALARM_SNAPSHOT])
		plain(out, 503, "the snapshot of the root chain is stale");
	else
		plain(out, 200, "ready");
}

static void put_metric(struct growing_buffer *out, const char *name,
		       const char *type, const char *help, uint64_t value)
{
	(void)growing_buffer_format(out,
				    "# HELP plasmachain_operator_%s %s\n"
				    "# TYPE plasmachain_operator_%s %s\n"
				    "plasmachain_operator_%s %llu\n",
				    name, help, name, type, name,
				    (unsigned long long)value);
}

static void answer_metrics(struct operator_api *api, struct http_response *out)
{
	struct operator_facts facts = operator_status_facts(api->parts.status);
	struct operator_counts counts = operator_loop_counts(api->parts.loop);
	struct growing_buffer *body = &out->body;

	out->status = 200;
	out->content_type = "text/plain; version=0.0.4; charset=utf-8";
	put_metric(body, "payments_accepted_total", "counter",
		   "Payments that are on disk.", counts.accepted);
	put_metric(body, "payments_refused_total", "counter",
		   "Payments that were refused.", counts.refused);
	put_metric(body, "commit_batches_total", "counter",
		   "Writes of accepted payments.", counts.batches);
	put_metric(body, "payments_waiting", "gauge",
		   "Accepted payments in no committed block.", counts.waiting);
	put_metric(body, "coins", "gauge", "Unspent outputs.", counts.coins);
	put_metric(body, "coins_frozen", "gauge", "Outputs frozen by exits.",
		   counts.frozen);
	put_metric(body, "ledger_bytes", "gauge", "Memory of unspent outputs.",
		   counts.ledger_bytes);
	put_metric(body, "block_number", "gauge",
		   "The newest block that was committed to.",
		   facts.newest_blknum);
	put_metric(body, "blocks_in_flight", "gauge",
		   "Blocks whose roots are not on the root chain.",
		   facts.blocks_in_flight);
	put_metric(body, "roots_sent_total", "counter",
		   "Root transactions sent.", facts.roots_sent);
	put_metric(body, "roots_raised_total", "counter",
		   "Root transactions replaced with higher fees.",
		   facts.roots_raised);
	put_metric(body, "root_chain_block", "gauge",
		   "The head of the snapshot.", facts.eth_block);
	put_metric(body, "halted", "gauge", "1 while the chain is halted.",
		   counts.halted ? 1 : 0);
	(void)growing_buffer_format(
		body,
		"# HELP plasmachain_operator_alarm 1 while it is raised.\n"
		"# TYPE plasmachain_operator_alarm gauge\n");
	for (int i = 0; i < OPERATOR_ALARM_COUNT; i++)
		(void)growing_buffer_format(
			body, "plasmachain_operator_alarm{name=\"%s\"} %d\n",
			operator_alarm_name((enum operator_alarm)i),
			facts.alarms[i] ? 1 : 0);
}

static void answer_get(struct operator_api *api, struct http_response *out,
		       const struct http_request *request)
{
	static const char by_number[] = "/blocks/by-number/";
	static const char blocks[] = "/blocks/";
	const char *path = request->path;

	if (strncmp(path, by_number, strlen(by_number)) == 0)
		answer_by_number(api, out, path + strlen(by_number));
	else if (strncmp(path, blocks, strlen(blocks)) == 0)
		answer_body(api, out, path + strlen(blocks),
			    request->if_none_match);
	else if (strcmp(path, "/livez") == 0)
		plain(out, 200, "alive");
	else if (strcmp(path, "/readyz") == 0)
		answer_ready(api, out);
	else if (strcmp(path, "/metrics") == 0)
		answer_metrics(api, out);
	else
		plain(out, 404, "nothing here");
}

static void handle_get(void *context, struct http_response *response,
		       const struct http_request *request)
{
	answer_get(context, response, request);
}

static void handle_bulk(void *context, struct http_response *response,
			const struct http_request *request)
{
	answer_bulk(context, response, request);
}

static void handle_call(void *context, struct http_response *response,
			const struct http_request *request)
{
	answer_call(context, response, request);
}

#define MAX_CALL ((size_t)4 << 20)
#define MAX_BULK ((size_t)64 << 20)

const struct http_route operator_api_routes[] = {
	{ "GET", "/blocks/*", 0, handle_get,
	  "the body of a block by its root, or by-number/NUMBER" },
	{ "GET", "/livez", 0, handle_get, "the program runs" },
	{ "GET", "/readyz", 0, handle_get, "it can do its work" },
	{ "GET", "/metrics", 0, handle_get, "figures for Prometheus" },
	{ "POST", "/transactions", MAX_BULK, handle_bulk,
	  "signed payments one behind the other" },
	{ "POST", "/*", MAX_CALL, handle_call, "the calls of wallets" },
	{ NULL, NULL, 0, NULL, NULL },
};
