/* SPDX-License-Identifier: MIT */
#include "watcher/watcher_api.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/service/log.h"
#include "common/service/omg_answer.h"
#include "common/service/wide_json.h"
#include "watcher/call_api.h"
#include "watcher/chain_api.h"
#include "watcher/coin_api.h"
#include "watcher/in_flight_api.h"
#include "watcher/status_api.h"
#include "watcher/submit_api.h"
#include "watcher/watcher_store.h"

#define SERVICE "watcher"
#define MAX_CALL ((size_t)64 << 10)
#define MAX_ANSWER ((size_t)64 << 20)
#define MOST_CONNECTIONS 32

struct watcher_api {
	struct watcher_api_parts parts;
	pthread_mutex_t mutex; /* covers the idle connections */
	struct database *idle[MOST_CONNECTIONS];
	size_t idle_count;
};

struct watcher_api *watcher_api_new(const struct watcher_api_parts *parts)
{
	struct watcher_api *api = memory_new(1, sizeof(*api));

	api->parts = *parts;
	pthread_mutex_init(&api->mutex, NULL);
	return api;
}

void watcher_api_free(struct watcher_api *api)
{
	if (api == NULL)
		return;
	for (size_t i = 0; i < api->idle_count; i++)
		database_close(api->idle[i]);
	pthread_mutex_destroy(&api->mutex);
	memory_free(api);
}

const struct watcher_api_parts *
watcher_api_parts_borrow(const struct watcher_api *api)
{
	return &api->parts;
}

bool watcher_api_take_database(struct watcher_api *api, struct database **out,
			       struct error *error)
{
	struct database *database = NULL;

	pthread_mutex_lock(&api->mutex);
	if (api->idle_count > 0)
		database = api->idle[--api->idle_count];
	pthread_mutex_unlock(&api->mutex);
	if (database == NULL &&
	    !watcher_store_open_reader(&database, api->parts.datadir, error))
		return false;
	if (!database_begin(database, error)) {
		database_close(database);
		return false;
	}
	*out = database;
	return true;
}

void watcher_api_give_database(struct watcher_api *api,
			       struct database *database)
{
	database_rollback(database);
	pthread_mutex_lock(&api->mutex);
	bool is_kept = api->idle_count < MOST_CONNECTIONS;
	if (is_kept)
		api->idle[api->idle_count++] = database;
	pthread_mutex_unlock(&api->mutex);
	if (!is_kept)
		database_close(database);
}

/* ---- calls ---- */

struct method {
	const char *path;
	call_function *function;
	const char *doc;
};

static const struct method methods[] = {
	{ "/account.get_balance", coin_api_balance,
	  "what an owner has, by token" },
	{ "/account.get_exitable_utxos", coin_api_exitable,
	  "coins that a standard exit can take out" },
	{ "/account.get_transactions", chain_api_account_transactions,
	  "verified transactions of an owner" },
	{ "/account.get_utxos", coin_api_coins, "unspent coins of an owner" },
	{ "/alarm.get", status_api_alarms, "what a person should look at" },
	{ "/block.all", chain_api_blocks, "verified blocks" },
	{ "/configuration.get", status_api_configuration,
	  "what the chain is run with" },
	{ "/deposit.all", chain_api_deposits, "deposits" },
	{ "/fees.all", submit_api_fees, "the operator's fees" },
	{ "/in_flight_exit.get_competitor", in_flight_api_competitor,
	  "what a canonicity challenge needs" },
	{ "/in_flight_exit.get_data", in_flight_api_data,
	  "what the start of an in-flight exit needs" },
	{ "/in_flight_exit.get_input_challenge_data",
	  in_flight_api_input_challenge,
	  "what blocks a piggyback on an input" },
	{ "/in_flight_exit.get_output_challenge_data",
	  in_flight_api_output_challenge,
	  "what blocks a piggyback on an output" },
	{ "/in_flight_exit.prove_canonical", in_flight_api_prove,
	  "what a response to a challenge needs" },
	{ "/status.get", status_api_status, "how things stand" },
	{ "/transaction.all", chain_api_transactions, "verified transactions" },
	{ "/transaction.create", submit_api_create,
	  "a payment ready to be signed" },
	{ "/transaction.get", chain_api_transaction,
	  "a verified transaction by its hash" },
	{ "/transaction.submit", submit_api_submit,
	  "hands a signed payment to the operator" },
	{ "/transaction.submit_typed", submit_api_submit_typed,
	  "the same from typed data and signatures" },
	{ "/utxo.get_challenge_data", coin_api_challenge_data,
	  "what a challenge of a standard exit needs" },
	{ "/utxo.get_exit_data", coin_api_exit_data,
	  "what a standard exit needs" },
};

#define METHOD_COUNT (sizeof(methods) / sizeof(methods[0]))

static void finish(struct http_response *response, struct call *call,
		   bool is_good)
{
	struct growing_buffer *out = &response->body;

	if (is_good && call->out->overflowed)
		is_good = call_refuse(call, "operation:too_long",
				      "the answer is too long: ask for less");
	if (!is_good) {
		if (call->refusal[0] == '\0')
			log_event(LOG_WARNING, "a call failed",
				  log_text("reason", call->error.message));
		omg_answer_refuse(out, SERVICE,
				  call->refusal[0] != '\0' ? call->refusal
							   : "operation:failed",
				  call->error.message);
		return;
	}
	omg_answer_begin(out, SERVICE);
	(void)growing_buffer_put(out, growing_buffer_view(call->out));
	if (call->is_page)
		omg_answer_end_page(out, call->page, call->limit);
	else
		omg_answer_end(out);
}

static bool run(struct watcher_api *api, struct call *call,
		call_function *function)
{
	if (!watcher_api_take_database(api, &call->database, &call->error))
		return false;
	bool ok = function(call);
	watcher_api_give_database(api, call->database);
	return ok;
}

/* A call without a body is one without parameters. */
static json_t *parse_new(struct call *call)
{
	struct bytes body = call->body;

	if (body.len == 0)
		body = bytes_of_string("{}");
	json_t *parameters = wide_json_parse_new(body, &call->error);
	if (parameters != NULL && json_is_object(parameters))
		return parameters;
	json_decref(parameters);
	(void)call_refuse(call, "operation:bad_request",
			  "the body is no JSON object");
	return NULL;
}

static void answer_call(void *context, struct http_response *response,
			const struct http_request *request)
{
	struct watcher_api *api = context;
	struct growing_buffer data;
	const struct method *method = NULL;
	struct call call = { .parts = &api->parts,
			     .network = api->parts.network,
			     .bodies = api->parts.bodies,
			     .body = request->body,
			     .out = &data };

	for (size_t i = 0; i < METHOD_COUNT; i++)
		if (strcmp(request->path, methods[i].path) == 0)
			method = &methods[i];
	response->status = 200;
	response->content_type = "application/json";
	growing_buffer_init(&data, MAX_ANSWER);
	json_t *parameters = parse_new(&call);
	call.parameters = parameters;
	bool ok = parameters != NULL;
	if (ok && method == NULL)
		ok = call_refuse(&call, "operation:not_found",
				 "there is no such method");
	finish(response, &call, ok && run(api, &call, method->function));
	json_decref(parameters);
	growing_buffer_clear(&data);
}

/* ---- routes ---- */

/* Bodies that the root authenticates, good and bad: peers judge themselves. */
static void answer_body(void *context, struct http_response *response,
			const struct http_request *request)
{
	struct watcher_api *api = context;
	struct error error;
	struct hash root;
	uint64_t len;
	int file = -1;

	if (omg_answer_read_root(&root, request->rest))
		file = body_store_open_file(api->parts.bodies, &len, &root,
					    &error);
	if (file < 0)
		http_response_text(response, 404, "text/plain; charset=utf-8",
				   "no such block\n");
	else
		omg_answer_body(response, request, &root, file, len);
}

static const struct http_route routes[] = {
	{ "GET", "/blocks/*", 0, answer_body, "the body of a block", false },
	{ "GET", "/livez", 0, status_api_live, "the program runs", true },
	{ "GET", "/readyz", 0, status_api_ready, "it can do its work", false },
	{ "GET", "/metrics", 0, status_api_metrics, "figures for Prometheus",
	  false },
	{ "POST", "/*", MAX_CALL, answer_call, "calls of wallets", false },
	{ NULL, NULL, 0, NULL, NULL, false },
};

const struct http_route *watcher_api_routes(void)
{
	return routes;
}
