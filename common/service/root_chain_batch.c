/* SPDX-License-Identifier: MIT */
#include "common/service/root_chain_batch.h"

#include <assert.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/service/strict_json.h"

#define REQUEST_CEILING ((size_t)16 << 20)
#define REFUSAL_SIZE 200

struct call {
	const char *method;
	char *params;
	json_t *result; /* or NULL */
	bool is_refused;
	char refusal[REFUSAL_SIZE];
};

struct root_chain_batch {
	struct call *calls;
	size_t count;
	size_t capacity;
	size_t first_open; /* all before it are answered */
	struct growing_buffer request;
};

struct root_chain_batch *root_chain_batch_new(void)
{
	struct root_chain_batch *batch = memory_new(1, sizeof(*batch));

	growing_buffer_init(&batch->request, REQUEST_CEILING);
	return batch;
}

void root_chain_batch_free(struct root_chain_batch *batch)
{
	if (batch == NULL)
		return;
	for (size_t i = 0; i < batch->count; i++) {
		json_decref(batch->calls[i].result);
		memory_free(batch->calls[i].params);
	}
	memory_free(batch->calls);
	growing_buffer_clear(&batch->request);
	memory_free(batch);
}

size_t root_chain_batch_add(struct root_chain_batch *batch, const char *method,
			    const char *params)
{
	if (batch->count == batch->capacity) {
		batch->capacity = 2 * batch->capacity + 16;
		batch->calls = memory_resize(batch->calls, batch->capacity,
					     sizeof(*batch->calls));
	}
	batch->calls[batch->count] = (struct call){
		.method = method,
		.params = memory_copy_string(params, strlen(params)),
	};
	return batch->count++;
}

size_t root_chain_batch_count(const struct root_chain_batch *batch)
{
	return batch->count;
}

static bool is_answered(const struct call *call)
{
	return call->result != NULL || call->is_refused;
}

static void refuse(struct call *call, const char *message)
{
	size_t len = strlen(message);

	if (len >= sizeof(call->refusal))
		len = sizeof(call->refusal) - 1;
	memcpy(call->refusal, message, len);
	call->refusal[len] = '\0';
	call->is_refused = true;
}

/* What an answer's `error` says; NULL if that is no refusal. Gateways that take
 * no more requests often say a string where a node says an object. */
static const char *refusal_of(const json_t *answer)
{
	const json_t *refusal = json_object_get(answer, "error");
	const char *message =
		json_string_value(json_object_get(refusal, "message"));

	if (!json_is_object(refusal))
		return json_string_value(refusal);
	return message == NULL ? "error" : message;
}

/* One of the answers; `first_id` is that of calls[first]. */
static bool take_answer(struct root_chain_batch *batch, size_t first,
			size_t end, uint64_t first_id, json_t *answer)
{
	struct error problem;
	const char *refusal = refusal_of(answer);
	json_t *result = json_object_get(answer, "result");
	uint64_t id;

	if (!json_is_object(answer) ||
	    !strict_json_number(&id, answer, "id", &problem) || id < first_id ||
	    id - first_id >= end - first)
		return false;
	struct call *call = &batch->calls[first + (size_t)(id - first_id)];
	if (is_answered(call) || (refusal != NULL) == (result != NULL))
		return false;
	if (refusal != NULL)
		refuse(call, refusal);
	else
		call->result = json_incref(result);
	return true;
}

static bool take_answers(struct root_chain_batch *batch,
			 struct root_chain_rpc *rpc, size_t first, size_t end,
			 uint64_t first_id, struct bytes text,
			 struct error *error)
{
	struct error problem;
	json_t *answers = strict_json_parse_new(text, &problem);

	if (answers == NULL)
		return error_set(error, ERROR_PROTOCOL, "%s: %s: %s",
				 root_chain_rpc_name(rpc),
				 batch->calls[first].method, problem.message);
	const char *refusal = refusal_of(answers);
	bool ok = json_is_array(answers) &&
		  json_array_size(answers) == end - first;
	for (size_t i = 0; ok && i < end - first; i++)
		ok = take_answer(batch, first, end, first_id,
				 json_array_get(answers, i));
	if (refusal != NULL)
		(void)error_set(error, ERROR_REFUSED, "%s: %.*s",
				root_chain_rpc_name(rpc), REFUSAL_SIZE,
				refusal);
	else if (!ok)
		(void)root_chain_rpc_no_answer(rpc, batch->calls[first].method,
					       text, error);
	json_decref(answers);
	return ok;
}

/* Calls first to end - 1 in one request. */
static bool ask_list(struct root_chain_batch *batch, struct root_chain_rpc *rpc,
		     size_t first, size_t end, struct error *error)
{
	uint64_t first_id = root_chain_rpc_take_ids(rpc, end - first);
	struct growing_buffer *request = &batch->request;
	struct bytes answer;

	growing_buffer_reset(request);
	for (size_t i = first; i < end; i++) {
		/* What does not fit shows in the buffer. */
		(void)growing_buffer_format(
			request,
			"%c{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"%s\","
			"\"params\":",
			i == first ? '[' : ',',
			(unsigned long long)first_id + (i - first),
			batch->calls[i].method);
		(void)growing_buffer_put(
			request, bytes_of_string(batch->calls[i].params));
		(void)growing_buffer_put_byte(request, '}');
	}
	if (!growing_buffer_put_byte(request, ']'))
		return error_set(error, ERROR_BAD_INPUT,
				 "%s: the questions are too long",
				 batch->calls[first].method);
	return root_chain_rpc_exchange(rpc, &answer,
				       growing_buffer_view(request), error) &&
	       take_answers(batch, rpc, first, end, first_id, answer, error);
}

static bool ask_one(struct call *call, struct root_chain_rpc *rpc,
		    struct error *error)
{
	if (root_chain_rpc_call(rpc, &call->result, call->method, call->params,
				error))
		return true;
	if (error->code != ERROR_REFUSED)
		return false;
	refuse(call, error->message);
	return true;
}

/* The first call without an answer, or the end. */
static size_t first_open(const struct root_chain_batch *batch)
{
	size_t first = batch->first_open;

	while (first < batch->count && is_answered(&batch->calls[first]))
		first++;
	return first;
}

bool root_chain_batch_is_complete(const struct root_chain_batch *batch)
{
	return first_open(batch) == batch->count;
}

bool root_chain_batch_ask(struct root_chain_batch *batch,
			  struct root_chain_rpc *rpc, size_t most,
			  struct error *error)
{
	size_t first = first_open(batch);
	size_t end = first;

	assert(most > 0);
	batch->first_open = first;
	while (end < batch->count && end - first < most &&
	       !is_answered(&batch->calls[end]))
		end++;
	if (end == first)
		return true;
	return end - first == 1 ? ask_one(&batch->calls[first], rpc, error)
				: ask_list(batch, rpc, first, end, error);
}

bool root_chain_batch_result(json_t **result,
			     const struct root_chain_batch *batch, size_t index,
			     struct error *error)
{
	assert(index < batch->count);
	const struct call *call = &batch->calls[index];

	assert(is_answered(call));
	if (call->is_refused)
		return error_set(error, ERROR_REFUSED, "%s: %s", call->method,
				 call->refusal);
	*result = call->result;
	return true;
}

const char *root_chain_batch_method(const struct root_chain_batch *batch,
				    size_t index)
{
	assert(index < batch->count);
	return batch->calls[index].method;
}
