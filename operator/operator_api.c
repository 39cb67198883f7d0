/* SPDX-License-Identifier: MIT */
#include "operator/operator_api.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/service/clock.h"
#include "operator/answer_api.h"
#include "operator/operations_api.h"
#include "operator/payment_api.h"

struct operator_api *operator_api_new(const struct operator_api_parts *parts)
{
	struct operator_api *api = memory_new(1, sizeof(*api));
	size_t count = 0;

	api->parts = *parts;
	api->workers = workers_new(0);
	while (api_operations[count].path != NULL)
		count++;
	api->routes = memory_new(count + 1, sizeof(*api->routes));
	for (size_t i = 0; i < count; i++) {
		const struct api_operation *operation = &api_operations[i];

		api->routes[i] = (struct http_route){
			.method = operation->method,
			.path = operation->path,
			.max_body = operation->max_body,
			.handler = operation->handler,
			.doc = operation->summary,
			.is_quick = operation->is_quick,
		};
	}
	pthread_mutex_init(&api->reader_mutex, NULL);
	pthread_mutex_init(&api->limit_mutex, NULL);
	api->requests =
		rate_limit_new(parts->requests_per_second,
			       2 * parts->requests_per_second, parts->seed);
	api->wasted = rate_limit_new(parts->wasted_per_second,
				     2 * parts->wasted_per_second, parts->seed);
	api->submits = submit_loop_start(payment_api_judge, api);
	return api;
}

void operator_api_free(struct operator_api *api)
{
	if (api == NULL)
		return;
	submit_loop_stop(api->submits);
	rate_limit_free(api->requests);
	rate_limit_free(api->wasted);
	workers_free(api->workers);
	pthread_mutex_destroy(&api->reader_mutex);
	pthread_mutex_destroy(&api->limit_mutex);
	memory_free(api->routes);
	memory_free(api);
}

static bool take_turn(void *context)
{
	struct operator_api *api = context;

	return submit_loop_help(api->submits);
}

struct http_service operator_api_service(struct operator_api *api)
{
	return (struct http_service){ api->routes, take_turn, api };
}

static bool may_ask(struct operator_api *api,
		    const struct http_request *request)
{
	if (api->parts.requests_per_second == 0)
		return true;
	pthread_mutex_lock(&api->limit_mutex);
	bool may = rate_limit_take(api->requests, request->peer, 1,
				   clock_monotonic_ms());
	pthread_mutex_unlock(&api->limit_mutex);
	return may;
}

bool operator_api_begin_call(struct operator_api *api,
			     struct http_response *out,
			     const struct http_request *request)
{
	out->status = 200;
	out->content_type = "application/json";
	if (may_ask(api, request))
		return true;
	answer_api_refuse(&out->body, "operation", "too_many_requests",
			  "this address asks too often: try again");
	out->retry_after_seconds = 1;
	return false;
}

bool operator_api_begin_plain(struct operator_api *api,
			      struct http_response *out,
			      const struct http_request *request)
{
	if (may_ask(api, request))
		return true;
	operator_answer_api_text(out, 429,
				 "this address asks too often: try again");
	out->retry_after_seconds = 1;
	return false;
}

bool operator_api_may_waste(struct operator_api *api, const uint8_t peer[16])
{
	if (api->parts.wasted_per_second == 0)
		return true;
	pthread_mutex_lock(&api->limit_mutex);
	bool may = rate_limit_has(api->wasted, peer, clock_monotonic_ms());
	pthread_mutex_unlock(&api->limit_mutex);
	return may;
}

void operator_api_count_wasted(struct operator_api *api, const uint8_t peer[16],
			       uint64_t count)
{
	if (count == 0 || api->parts.wasted_per_second == 0)
		return;
	pthread_mutex_lock(&api->limit_mutex);
	rate_limit_charge(api->wasted, peer, count, clock_monotonic_ms());
	pthread_mutex_unlock(&api->limit_mutex);
}

void operator_answer_api_text(struct http_response *out, unsigned int status,
			      const char *text)
{
	out->status = status;
	out->content_type = "text/plain; charset=utf-8";
	growing_buffer_reset(&out->body);
	(void)growing_buffer_format(&out->body, "%s\n", text);
}
