/* SPDX-License-Identifier: MIT */
#include "watcher/submit_api.h"

#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/keys/address.h"
#include "common/service/http_client.h"
#include "common/service/omg_answer.h"
#include "common/service/strict_json.h"
#include "common/service/wide_json.h"
#include "watcher/coin_api.h"
#include "watcher/event_store.h"
#include "watcher/payment_draft.h"
#include "watcher/row_api.h"
#include "watcher/typed_api.h"

#define ANSWER_CEILING ((size_t)1 << 20)
#define URL_SIZE 1024

/* ---- the operator ---- */

/* The operator refused: with its code. */
static bool pass_refusal(struct call *call, const json_t *data)
{
	const char *code = json_string_value(json_object_get(data, "code"));
	const char *text =
		json_string_value(json_object_get(data, "description"));

	if (code == NULL || strpbrk(code, "\"\\") != NULL)
		return call_refuse(call, "operator:bad_answer",
				   "the operator's answer is no answer");
	return call_refuse(call, code,
			   text == NULL ? "the operator refuses" : text);
}

/* The data of an envelope that was judged to be JSON, as it stands there. False
 * if that is no JSON by itself. */
static bool cut_data(struct bytes *out, struct growing_buffer *envelope)
{
	static const char key[] = "\"data\":";
	const char *text = growing_buffer_string(envelope);
	const char *begin = strstr(text, key);
	const char *end = strrchr(text, '}');
	struct error error;

	if (begin == NULL || end == NULL || begin > end)
		return false;
	begin += sizeof(key) - 1;
	*out = bytes_view(begin, (size_t)(end - begin));
	json_t *data = wide_json_parse_new(*out, &error);
	json_decref(data);
	return data != NULL;
}

static bool judge_answer(struct call *call, struct bytes *data,
			 struct growing_buffer *answer)
{
	json_t *envelope =
		wide_json_parse_new(growing_buffer_view(answer), &call->error);
	bool is_good = json_is_true(json_object_get(envelope, "success"));
	bool ok = is_good && cut_data(data, answer);

	if (!ok)
		ok = pass_refusal(call,
				  is_good ? NULL
					  : json_object_get(envelope, "data"));
	json_decref(envelope);
	return ok;
}

/* Asks the operator; `data` points into `answer`. */
static bool ask_operator(struct call *call, struct bytes *data,
			 struct growing_buffer *answer, const char *method,
			 struct bytes body)
{
	char url[URL_SIZE];
	long status;

	if (call->parts->operator_url == NULL ||
	    snprintf(url, sizeof(url), "%s/%s", call->parts->operator_url,
		     method) >= (int)sizeof(url))
		return call_refuse(call, "operator:unknown",
				   "neither the network file nor a source "
				   "names an operator");
	struct http_client *client = http_client_new(HTTP_LIMITS_USUAL);
	bool ok = http_client_post(client, answer, &status, url,
				   "application/json", body, &call->error);
	http_client_free(client);
	if (!ok)
		return call_refuse(call, "operator:unreachable",
				   "the operator does not answer");
	return judge_answer(call, data, answer);
}

static bool pass_on(struct call *call, const char *method, struct bytes body)
{
	struct growing_buffer answer;
	struct bytes data = { NULL, 0 };

	growing_buffer_init(&answer, ANSWER_CEILING);
	bool ok = ask_operator(call, &data, &answer, method, body);
	if (ok)
		(void)growing_buffer_put(call->out, data);
	growing_buffer_clear(&answer);
	return ok;
}

bool submit_api_fees(struct call *call)
{
	return pass_on(call, "fees.all", bytes_of_string("{}"));
}

/* ---- submitting ---- */

/* Nobody should pay on a chain that everybody has to leave. */
static bool is_safe(struct call *call)
{
	struct latch_facts latch;

	if (!event_store_latch(call->database, &latch, &call->error))
		return false;
	return !latch.latched ||
	       call_refuse_format(call, "submit:chain_byzantine",
				  "the chain is halted: %s",
				  event_code(latch.kind));
}

static bool submit(struct call *call, struct bytes signed_form)
{
	struct growing_buffer body;

	growing_buffer_init(&body, (size_t)4 * PROTOCOL_MAX_SIGNED_SIZE);
	(void)growing_buffer_format(&body, "{\"transaction\":");
	omg_answer_put_hex(&body, signed_form);
	(void)growing_buffer_put_byte(&body, '}');
	bool ok =
		pass_on(call, "transaction.submit", growing_buffer_view(&body));
	growing_buffer_clear(&body);
	return ok;
}

bool submit_api_submit(struct call *call)
{
	struct growing_buffer signed_form;

	growing_buffer_init(&signed_form, PROTOCOL_MAX_SIGNED_SIZE);
	bool ok = is_safe(call) &&
		  call_data(call, &signed_form, "transaction") &&
		  submit(call, growing_buffer_view(&signed_form));
	growing_buffer_clear(&signed_form);
	return ok;
}

bool submit_api_submit_typed(struct call *call)
{
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	uint8_t raw_bytes[PROTOCOL_MAX_RAW_SIZE];
	uint8_t signed_bytes[PROTOCOL_MAX_SIGNED_SIZE];
	struct transaction transaction;
	size_t count;

	if (!is_safe(call) ||
	    !typed_api_read(call, &transaction, signatures, &count))
		return false;
	struct writer raw = writer_of(raw_bytes, sizeof(raw_bytes));
	transaction_encode(&raw, &transaction);
	struct writer form = writer_of(signed_bytes, sizeof(signed_bytes));
	transaction_encode_signed(&form, writer_view(&raw), signatures, count);
	return submit(call, writer_view(&form));
}

/* ---- making a payment ---- */

struct draft {
	struct draft_wish wish;
	struct output payments[PROTOCOL_MAX_OUTPUTS];
};

static bool read_payment(struct call *call, struct output *out,
			 const json_t *object)
{
	const char *owner = json_string_value(json_object_get(object, "owner"));
	const char *token =
		json_string_value(json_object_get(object, "currency"));
	struct u256 amount;
	struct error error;

	out->type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	if (owner == NULL || token == NULL ||
	    !address_parse(&out->owner, owner, strlen(owner)) ||
	    !address_parse(&out->token.address, token, strlen(token)) ||
	    !wide_json_u256(&amount, object, "amount", &error) ||
	    u256_is_zero(amount))
		return call_refuse(call, "operation:bad_request",
				   "payments: owner, currency and an amount "
				   "are needed");
	out->amount = amount_from_u256(amount);
	return true;
}

static bool read_wish(struct call *call, struct draft *draft)
{
	const json_t *list = json_object_get(call->parameters, "payments");
	const json_t *fee = json_object_get(call->parameters, "fee");
	const char *token = json_string_value(json_object_get(fee, "currency"));

	memset(draft, 0, sizeof(*draft));
	draft->wish.payments = draft->payments;
	draft->wish.payment_count = json_array_size(list);
	if (draft->wish.payment_count == 0 ||
	    draft->wish.payment_count > PROTOCOL_MAX_OUTPUTS)
		return call_refuse(call, "operation:bad_request",
				   "payments: one to five are needed");
	for (size_t i = 0; i < draft->wish.payment_count; i++)
		if (!read_payment(call, &draft->payments[i],
				  json_array_get(list, i)))
			return false;
	if (token == NULL || !address_parse(&draft->wish.fee_token.address,
					    token, strlen(token)))
		return call_refuse(call, "operation:bad_request",
				   "fee: a currency is needed");
	if (call_has(call, "metadata") &&
	    !call_hash(call, &draft->wish.metadata, "metadata"))
		return false;
	return call_address(call, &draft->wish.owner, "owner");
}

/* The amount for a token in {"1":[{"currency":…,"amount":…}]}. */
static bool find_fee(struct call *call, struct draft_wish *wish,
		     const json_t *fees)
{
	const json_t *list = json_object_get(fees, "1");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		const char *text =
			json_string_value(json_object_get(row, "currency"));
		struct token token;
		struct u256 amount;
		struct error error;

		if (text == NULL ||
		    !address_parse(&token.address, text, strlen(text)) ||
		    !token_equal(&token, &wish->fee_token) ||
		    !wide_json_u256(&amount, row, "amount", &error))
			continue;
		wish->fee = amount_from_u256(amount);
		return true;
	}
	return call_refuse(call, "transaction.create:fee_currency",
			   "the operator takes no fee in this currency");
}

static bool read_fee(struct call *call, struct draft_wish *wish)
{
	struct growing_buffer answer;
	struct bytes data = { NULL, 0 };

	growing_buffer_init(&answer, ANSWER_CEILING);
	bool ok = ask_operator(call, &data, &answer, "fees.all",
			       bytes_of_string("{}"));
	if (ok) {
		json_t *fees = wide_json_parse_new(data, &call->error);

		ok = fees != NULL && find_fee(call, wish, fees);
		json_decref(fees);
	}
	growing_buffer_clear(&answer);
	return ok;
}

static bool choose(struct call *call, struct transaction *transaction,
		   const struct draft_wish *wish)
{
	struct watched_coin *coins;
	size_t count;

	if (!coin_api_list_new(call, &coins, &count, &wish->owner))
		return false;
	struct draft_coin *choice = memory_new(count + 1, sizeof(*choice));
	for (size_t i = 0; i < count; i++)
		choice[i] = (struct draft_coin){ coins[i].position,
						 coins[i].output };
	enum draft_result result =
		payment_draft_make(transaction, wish, choice, count);
	memory_free(choice);
	memory_free(coins);
	switch (result) {
	case DRAFT_READY:
		return true;
	case DRAFT_NOT_ENOUGH:
		return call_refuse(call,
				   "transaction.create:insufficient_funds",
				   "the coins do not cover payments and fee");
	case DRAFT_TOO_MANY_INPUTS:
		return call_refuse(call, "transaction.create:too_many_inputs",
				   "it would take more than five coins: merge "
				   "some");
	case DRAFT_TOO_MANY_OUTPUTS:
		return call_refuse(call, "transaction.create:too_many_outputs",
				   "with the change there would be more than "
				   "five outputs");
	}
	return false;
}

static bool put_inputs(struct call *call, const struct transaction *transaction)
{
	struct row_reader reader;
	bool ok = true;

	row_reader_init(&reader, call->database, call->bodies);
	for (unsigned int i = 0; i < transaction->input_count && ok; i++) {
		struct watched_coin coin;
		bool found;

		(void)growing_buffer_format(call->out, "%s", i == 0 ? "" : ",");
		ok = watcher_store_coin(call->database, &found, &coin,
					transaction->inputs[i], &call->error) &&
		     row_reader_put_coin(&reader, call->out, &coin,
					 &call->error);
	}
	row_reader_clear(&reader);
	return ok;
}

static void put_value(struct growing_buffer *out, const struct token *token,
		      struct amount amount)
{
	(void)growing_buffer_format(out, "\"currency\":");
	omg_answer_put_hex(out, bytes_view(token->address.bytes, 20));
	(void)growing_buffer_format(out, ",\"amount\":");
	omg_answer_put_u256(out, amount_to_u256(amount));
}

static void put_outputs(struct growing_buffer *out,
			const struct transaction *transaction)
{
	for (unsigned int i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];

		(void)growing_buffer_format(out,
					    "%s{\"owner\":", i == 0 ? "" : ",");
		omg_answer_put_hex(out, bytes_view(output->owner.bytes, 20));
		(void)growing_buffer_put_byte(out, ',');
		put_value(out, &output->token, output->amount);
		(void)growing_buffer_put_byte(out, '}');
	}
}

static void put_signing(struct call *call,
			const struct transaction *transaction)
{
	const struct address *framework = &call->network->plasma_framework;
	struct hash domain = eip712_domain_separator(framework);
	struct hash digest = transaction_digest(&domain, transaction);
	uint8_t bytes[PROTOCOL_MAX_RAW_SIZE];
	struct writer raw = writer_of(bytes, sizeof(bytes));

	transaction_encode(&raw, transaction);
	(void)growing_buffer_format(call->out, ",\"metadata\":");
	omg_answer_put_hex(call->out,
			   bytes_view(transaction->metadata.bytes, 32));
	(void)growing_buffer_format(call->out, ",\"txbytes\":");
	omg_answer_put_hex(call->out, writer_view(&raw));
	(void)growing_buffer_format(call->out, ",\"sign_hash\":");
	omg_answer_put_hex(call->out, bytes_view(digest.bytes, 32));
	(void)growing_buffer_format(call->out, ",\"typed_data\":");
	typed_api_put(call->out, framework, transaction);
}

bool submit_api_create(struct call *call)
{
	struct transaction transaction;
	struct draft draft;

	if (!read_wish(call, &draft) || !read_fee(call, &draft.wish) ||
	    !choose(call, &transaction, &draft.wish))
		return false;
	(void)growing_buffer_format(call->out,
				    "{\"result\":\"complete\","
				    "\"transactions\":[{\"inputs\":[");
	if (!put_inputs(call, &transaction))
		return false;
	(void)growing_buffer_format(call->out, "],\"outputs\":[");
	put_outputs(call->out, &transaction);
	(void)growing_buffer_format(call->out, "],\"fee\":{");
	put_value(call->out, &draft.wish.fee_token, draft.wish.fee);
	(void)growing_buffer_put_byte(call->out, '}');
	put_signing(call, &transaction);
	(void)growing_buffer_format(call->out, "}]}");
	return true;
}
