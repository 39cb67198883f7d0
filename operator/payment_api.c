/* SPDX-License-Identifier: MIT */
#include "operator/payment_api.h"

#include <assert.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "operator/answer_api.h"
#include "operator/operator_api.h"
#include "operator/payment_intake.h"

/* The payments of one transaction.batch_submit, and those of a bulk that are
 * judged at once. */
#define BATCH_CEILING ((size_t)8 << 20)
#define MAX_BATCH 4096

/* No payment is shorter: its metadata and one input alone are longer. */
#define LEAST_PAYMENT 64

/* Payments that a worker takes at once. */
#define PIECE CANDIDATE_BATCH

/* Cheap checks first, then what the state says of the inputs, then who signed.
 * At most CANDIDATE_BATCH tickets, whose bytes must live as long as they do. */
static void prepare(struct operator_api *api, struct ticket *tickets,
		    size_t count)
{
	struct candidate *candidates[CANDIDATE_BATCH] = { NULL };
	struct refusal refusals[CANDIDATE_BATCH];
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		candidates[i] = &tickets[i].candidate;
	candidate_read_batch(candidates, refusals, count);
	for (size_t i = 0; i < count; i++) {
		tickets[i].was_recovered = false;
		tickets[i].refusal = refusals[i];
	}
	operator_loop_prejudge(api->parts.loop, tickets, count);
	for (size_t i = 0; i < count; i++) {
		struct ticket *ticket = &tickets[i];

		if (!refusal_is_none(ticket->refusal))
			continue;
		ticket->was_recovered = ticket->may_recover;
		if (ticket->may_recover)
			candidates[left++] = &ticket->candidate;
		else
			ticket->refusal = refusal_of(REFUSAL_TOO_MANY_REFUSED);
	}
	candidate_recover_batch(candidates, refusals, left, &api->parts.domain);
	for (size_t i = 0, at = 0; i < count; i++) {
		if (tickets[i].was_recovered)
			tickets[i].refusal = refusals[at++];
	}
}

/* True if the payment cost a recovery for nothing, by its own fault. */
static bool was_wasted(const struct ticket *ticket)
{
	enum refusal_kind kind = ticket->refusal.kind;

	return ticket->was_recovered && kind != REFUSAL_NONE &&
	       kind != REFUSAL_CHAIN_HALTED && kind != REFUSAL_QUEUE_FULL &&
	       kind != REFUSAL_SHUTTING_DOWN;
}

static void put_text(struct growing_buffer *out, const char *text, size_t len)
{
	(void)growing_buffer_put(out, bytes_view(text, len)); /* has room */
}

static void put_number(struct growing_buffer *out, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	put_text(out, digits + at, sizeof(digits) - at);
}

/* {"blknum":…,"txindex":…,"txhash":"0x…"}, as often as there are payments. */
static void write_accepted(struct growing_buffer *out,
			   const struct ticket *ticket)
{
	static const char blknum[] = "{\"blknum\":";
	static const char txindex[] = ",\"txindex\":";
	static const char txhash[] = ",\"txhash\":\"";
	static const char tail[] = "\"}";
	char hash[HEX_SIZE(32)];

	hex_encode(hash, bytes_view(ticket->candidate.hash.bytes, 32));
	put_text(out, blknum, sizeof(blknum) - 1);
	put_number(out, position_blknum(ticket->position));
	put_text(out, txindex, sizeof(txindex) - 1);
	put_number(out, position_txindex(ticket->position));
	put_text(out, txhash, sizeof(txhash) - 1);
	put_text(out, hash, HEX_SIZE(32) - 1);
	put_text(out, tail, sizeof(tail) - 1);
}

static bool is_ready(struct operator_api *api, struct http_response *out)
{
	if (operator_status_is_ready(api->parts.status))
		return true;
	answer_api_refuse(&out->body, "operation", "not_ready",
			  "the operator has not read the root chain yet");
	return false;
}

static void refuse_request(struct http_response *out, const char *description)
{
	answer_api_refuse(&out->body, "operation", "bad_request", description);
}

/* ---- one payment ---- */

static_assert(SUBMIT_LOOP_MOST <= CANDIDATE_BATCH, "are prepared at once");

/* Requests that are answered when their payments are on disk. */
struct batch {
	struct operator_api *api;
	size_t count;
	struct submit submits[SUBMIT_LOOP_MOST];
	struct ticket tickets[SUBMIT_LOOP_MOST];
	uint8_t bytes[SUBMIT_LOOP_MOST][PROTOCOL_MAX_SIGNED_SIZE];
};

static void answer(struct operator_api *api, const struct submit *submit,
		   const struct ticket *ticket)
{
	struct growing_buffer *out = &submit->response->body;

	if (refusal_is_none(ticket->refusal)) {
		answer_api_begin(out);
		write_accepted(out, ticket);
		answer_api_end(out);
	} else {
		answer_api_refuse(out, "submit", refusal_code(ticket->refusal),
				  refusal_text(ticket->refusal));
		if (was_wasted(ticket))
			operator_api_count_wasted(api, submit->request->peer,
						  1);
	}
	http_response_finish(submit->response);
}

static void complete(void *context)
{
	struct batch *batch = context;

	for (size_t i = 0; i < batch->count; i++)
		answer(batch->api, &batch->submits[i], &batch->tickets[i]);
	memory_free(batch);
}

/* False, with the answer in `out`, unless the bytes of a payment could be read
 * into `bytes`. */
static bool read_submit(struct http_response *out, struct ticket *ticket,
			uint8_t bytes[PROTOCOL_MAX_SIGNED_SIZE],
			const struct http_request *request)
{
	struct json_members members;
	size_t len;

	if (!json_scan_object(&members, request->body)) {
		refuse_request(out, "the body is not one JSON object");
		return false;
	}
	const struct json_value *value =
		json_members_find(&members, "transaction");
	if (value == NULL || value->kind != JSON_KIND_STRING) {
		refuse_request(out, "transaction: a string of hex is needed");
		return false;
	}
	if (value->text.len / 2 > PROTOCOL_MAX_SIGNED_SIZE + 1) {
		answer_api_refuse(&out->body, "submit",
				  verdict_code(VERDICT_TX_TOO_LONG),
				  "longer than any payment");
		return false;
	}
	if (!payment_intake_hex(bytes, &len, PROTOCOL_MAX_SIGNED_SIZE, value)) {
		refuse_request(out, "transaction: not 0x and hex digits");
		return false;
	}
	ticket->candidate.signed_form = bytes_view(bytes, len);
	return true;
}

/* Takes those in that have the bytes of a payment; the others are answered. */
static void read_batch(struct batch *batch, const struct submit *submits,
		       size_t count)
{
	batch->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct ticket *ticket = &batch->tickets[batch->count];

		if (!read_submit(submits[i].response, ticket,
				 batch->bytes[batch->count],
				 submits[i].request)) {
			http_response_finish(submits[i].response);
			continue;
		}
		ticket->may_recover = operator_api_may_waste(
			batch->api, submits[i].request->peer);
		batch->submits[batch->count++] = submits[i];
	}
}

/* Answers those that are refused, so that they wait for no disk. */
static void answer_refused(struct batch *batch)
{
	size_t left = 0;

	for (size_t i = 0; i < batch->count; i++) {
		const struct ticket *ticket = &batch->tickets[i];

		if (!refusal_is_none(ticket->refusal)) {
			answer(batch->api, &batch->submits[i], ticket);
			continue;
		}
		if (left < i) {
			batch->submits[left] = batch->submits[i];
			batch->tickets[left] = *ticket;
		}
		left++;
	}
	batch->count = left;
}

void payment_api_judge(void *context, const struct submit *submits,
		       size_t count, bool more_follow)
{
	struct operator_api *api = context;
	struct batch *batch = memory_resize(NULL, 1, sizeof(*batch));

	batch->api = api;
	read_batch(batch, submits, count);
	prepare(api, batch->tickets, batch->count);
	answer_refused(batch);
	if (batch->count > 0)
		operator_loop_submit_later(api->parts.loop, batch->tickets,
					   batch->count, more_follow, complete,
					   batch);
	else
		memory_free(batch);
}

void payment_api_submit(void *context, struct http_response *response,
			const struct http_request *request)
{
	struct operator_api *api = context;

	if (!operator_api_begin_call(api, response, request) ||
	    !is_ready(api, response))
		return;
	http_response_defer(response);
	submit_loop_put(api->submits, (struct submit){ response, request });
}

/* ---- many payments ---- */

/* Payments that arrive together: their bytes, and what becomes of them. */
struct bunch {
	struct growing_buffer bytes;
	struct ticket *tickets;
	size_t count;
	size_t capacity;
};

static void bunch_clear(struct bunch *bunch)
{
	growing_buffer_clear(&bunch->bytes);
	memory_free(bunch->tickets);
}

static void bunch_add(struct bunch *bunch, struct bytes signed_form)
{
	if (bunch->count == bunch->capacity) {
		bunch->capacity = 2 * bunch->capacity + 256;
		bunch->tickets = memory_resize(bunch->tickets, bunch->capacity,
					       sizeof(*bunch->tickets));
	}
	bunch->tickets[bunch->count++].candidate.signed_form = signed_form;
}

/* What one worker does at a time. */
struct piece {
	struct operator_api *api;
	struct ticket *tickets;
	size_t count;
};

static void prepare_pieces(void *items, size_t count)
{
	struct piece *pieces = items;

	for (size_t i = 0; i < count; i++)
		prepare(pieces[i].api, pieces[i].tickets, pieces[i].count);
}

/* Judges all, on all processors, and submits those that are left. */
static void bunch_submit(struct bunch *bunch, struct operator_api *api,
			 const struct http_request *request)
{
	bool may_recover = operator_api_may_waste(api, request->peer);
	size_t piece_count = (bunch->count + PIECE - 1) / PIECE;
	struct piece *pieces = memory_new(piece_count + 1, sizeof(*pieces));
	uint64_t wasted = 0;

	for (size_t i = 0; i < bunch->count; i++)
		bunch->tickets[i].may_recover = may_recover;
	for (size_t i = 0; i < piece_count; i++) {
		size_t left = bunch->count - i * PIECE;

		pieces[i] = (struct piece){ api, bunch->tickets + i * PIECE,
					    left < PIECE ? left : PIECE };
	}
	workers_run(api->workers, prepare_pieces, pieces, sizeof(*pieces),
		    piece_count, 1);
	memory_free(pieces);
	operator_loop_submit(api->parts.loop, bunch->tickets, bunch->count);
	for (size_t i = 0; i < bunch->count; i++)
		wasted += was_wasted(&bunch->tickets[i]) ? 1 : 0;
	operator_api_count_wasted(api, request->peer, wasted);
}

/* Decodes the elements of the list; false unless all are hex strings. */
static bool read_list(struct bunch *bunch, struct bytes list)
{
	const size_t size = PROTOCOL_MAX_SIGNED_SIZE + 1;
	struct json_value element;
	struct bytes rest = list;

	growing_buffer_init(&bunch->bytes, BATCH_CEILING);
	while (json_scan_next_element(&element, &rest)) {
		uint8_t *bytes = growing_buffer_extend(&bunch->bytes, size);
		size_t len;

		/* One byte more than any payment has says as much as all: the
		 * payment is refused, not those beside it. */
		if (element.text.len > 2 + 2 * size)
			element.text.len = 2 + 2 * size;
		if (bunch->count == MAX_BATCH || bytes == NULL ||
		    !payment_intake_hex(bytes, &len, size, &element))
			return false;
		bunch_add(bunch, bytes_view(NULL, len));
	}
	/* Only now do the bytes stay where they are. */
	for (size_t i = 0; i < bunch->count; i++)
		bunch->tickets[i].candidate.signed_form.data =
			bunch->bytes.data + i * size;
	return true;
}

static void write_batch(struct growing_buffer *out, const struct bunch *bunch)
{
	answer_api_begin(out);
	(void)growing_buffer_put_byte(out, '[');
	for (size_t i = 0; i < bunch->count; i++) {
		const struct ticket *ticket = &bunch->tickets[i];

		if (i > 0)
			(void)growing_buffer_put_byte(out, ',');
		if (refusal_is_none(ticket->refusal))
			write_accepted(out, ticket);
		else
			(void)growing_buffer_format(
				out,
				"{\"object\":\"error\",\"code\":\"submit:%s\","
				"\"description\":\"%s\"}",
				refusal_code(ticket->refusal),
				refusal_text(ticket->refusal));
	}
	(void)growing_buffer_put_byte(out, ']');
	answer_api_end(out);
}

void payment_api_batch_submit(void *context, struct http_response *response,
			      const struct http_request *request)
{
	struct operator_api *api = context;
	struct json_members members;
	struct bunch bunch = { .count = 0 };

	if (!operator_api_begin_call(api, response, request))
		return;
	if (!json_scan_object(&members, request->body)) {
		refuse_request(response, "the body is not one JSON object");
		return;
	}
	const struct json_value *value =
		json_members_find(&members, "transactions");
	if (value == NULL || value->kind != JSON_KIND_LIST) {
		refuse_request(response, "transactions: a list is needed");
		return;
	}
	if (!is_ready(api, response))
		return;
	if (!read_list(&bunch, value->text)) {
		refuse_request(response,
			       "transactions: not a list of hex strings");
		bunch_clear(&bunch);
		return;
	}
	bunch_submit(&bunch, api, request);
	write_batch(&response->body, &bunch);
	bunch_clear(&bunch);
}

/* Cuts payments off the front of `rest`, as many as are judged at once. What
 * cannot be cut is one last bad payment, and so is what begins with a list that
 * is too short for one: otherwise each byte could ask for a line. */
static void read_bulk(struct bunch *bunch, struct bytes *rest)
{
	bunch->count = 0;
	while (rest->len > 0 && bunch->count < MAX_BATCH) {
		size_t len = payment_intake_len(*rest);

		if (len < LEAST_PAYMENT)
			len = rest->len;
		bunch_add(bunch, bytes_view(rest->data, len));
		*rest = bytes_view(rest->data + len, rest->len - len);
	}
}

static void write_line(struct growing_buffer *out, size_t index,
		       const struct ticket *ticket)
{
	static const char head[] = "{\"index\":";
	static const char good[] = ",\"ok\":true,\"txhash\":\"0x";
	static const char bad[] = ",\"ok\":false,\"code\":\"submit:";
	static const char tail[] = "\"}\n";

	put_text(out, head, sizeof(head) - 1);
	put_number(out, index);
	if (refusal_is_none(ticket->refusal)) {
		char hash[65];

		hex_encode_bare(hash,
				bytes_view(ticket->candidate.hash.bytes, 32));
		put_text(out, good, sizeof(good) - 1);
		put_text(out, hash, 64);
	} else {
		const char *code = refusal_code(ticket->refusal);

		put_text(out, bad, sizeof(bad) - 1);
		put_text(out, code, strlen(code));
	}
	put_text(out, tail, sizeof(tail) - 1);
}

void payment_api_bulk(void *context, struct http_response *response,
		      const struct http_request *request)
{
	struct operator_api *api = context;
	struct bytes rest = request->body;
	struct bunch bunch = { .count = 0 };
	size_t index = 0;

	if (!operator_api_begin_plain(api, response, request))
		return;
	if (!operator_status_is_ready(api->parts.status)) {
		operator_answer_api_text(response, 503, "not ready");
		return;
	}
	response->status = 200;
	response->content_type = "application/x-ndjson";
	growing_buffer_init(&bunch.bytes, 1); /* the request has them */
	while (rest.len > 0) {
		read_bulk(&bunch, &rest);
		bunch_submit(&bunch, api, request);
		for (size_t i = 0; i < bunch.count; i++)
			write_line(&response->body, index++, &bunch.tickets[i]);
	}
	bunch_clear(&bunch);
}
