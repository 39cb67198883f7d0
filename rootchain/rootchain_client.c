/* SPDX-License-Identifier: MIT */
#include "rootchain/rootchain_client.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/service/clock.h"
#include "common/service/thread.h"

enum endpoint_state {
	ENDPOINT_IDLE,
	ENDPOINT_STARTED,
	ENDPOINT_DONE,
	ENDPOINT_ABANDONED /* busy, but nobody wants to know */
};

struct endpoint {
	struct rootchain_client *client;
	struct root_chain_rpc *rpc; /* of the thread alone */
	pthread_t thread;
	enum endpoint_state state;
	struct root_chain_batch *batch;
	bool ok;
	struct error error;
	size_t most_calls;
	uint64_t requests;
	/* Request budget: hundredths of requests that may be sent, and since
	 * when that is so. */
	uint64_t budget;
	uint64_t budget_at_ms;
};

struct rootchain_client {
	struct rootchain_client_settings settings;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool is_stopping;
	struct endpoint *endpoints;
	size_t count;
};

/* Waits for the budget of one request; the mutex is held. */
static void await_budget(struct endpoint *endpoint)
{
	struct rootchain_client *client = endpoint->client;
	uint64_t rate = client->settings.requests_per_second;

	endpoint->requests++;
	if (rate == 0)
		return;
	for (;;) {
		uint64_t now = clock_monotonic_ms();
		uint64_t gained =
			(now - endpoint->budget_at_ms) * rate; /* 1/1000 */

		endpoint->budget += gained;
		endpoint->budget_at_ms = now;
		if (endpoint->budget > 1000 * rate)
			endpoint->budget = 1000 * rate;
		if (endpoint->budget >= 1000 || client->is_stopping)
			break;
		uint64_t wait_ms = (1000 - endpoint->budget) / rate + 1;
		struct timespec until = clock_monotonic_at_ms(now + wait_ms);
		(void)pthread_cond_timedwait(&client->changed, &client->mutex,
					     &until); /* looked at again */
	}
	endpoint->budget -= endpoint->budget >= 1000 ? 1000 : 0;
}

/* Asks, in smaller requests where the node takes none as large. */
static bool work(struct endpoint *endpoint, struct root_chain_batch *batch,
		 struct error *error)
{
	struct rootchain_client *client = endpoint->client;

	while (!root_chain_batch_is_complete(batch)) {
		size_t most = endpoint->most_calls;

		pthread_mutex_lock(&client->mutex);
		await_budget(endpoint);
		pthread_mutex_unlock(&client->mutex);
		if (root_chain_batch_ask(batch, endpoint->rpc, most, error))
			continue;
		if (most == 1 || (error->code != ERROR_REFUSED &&
				  error->code != ERROR_PROTOCOL))
			return false;
		endpoint->most_calls = most / 2;
	}
	/* What was too much once need not be for ever. */
	if (endpoint->most_calls < client->settings.most_calls)
		endpoint->most_calls++;
	return true;
}

static void *run_endpoint(void *context)
{
	struct endpoint *endpoint = context;
	struct rootchain_client *client = endpoint->client;

	pthread_mutex_lock(&client->mutex);
	for (;;) {
		while (endpoint->state != ENDPOINT_STARTED &&
		       !client->is_stopping)
			pthread_cond_wait(&client->changed, &client->mutex);
		if (client->is_stopping)
			break;
		struct root_chain_batch *batch = endpoint->batch;
		struct error error = { .code = ERROR_NONE };

		pthread_mutex_unlock(&client->mutex);
		bool ok = work(endpoint, batch, &error);

		/* A failure that names nobody would exclude nobody, and one
		 * endpoint is not worth the whole follower. */
		if (!ok && error.code == ERROR_NONE)
			(void)error_set(&error, ERROR_PROTOCOL,
					"%s: it failed and does not say why",
					root_chain_rpc_name(endpoint->rpc));
		pthread_mutex_lock(&client->mutex);
		endpoint->ok = ok;
		endpoint->error = error;
		if (endpoint->state == ENDPOINT_ABANDONED) {
			root_chain_batch_free(batch);
			endpoint->batch = NULL;
			endpoint->state = ENDPOINT_IDLE;
		} else {
			endpoint->state = ENDPOINT_DONE;
		}
		pthread_cond_broadcast(&client->changed);
	}
	pthread_mutex_unlock(&client->mutex);
	return NULL;
}

struct rootchain_client *
rootchain_client_new(const char *const *urls, size_t count,
		     const struct rootchain_client_settings *settings)
{
	struct rootchain_client *client = memory_new(1, sizeof(*client));
	pthread_condattr_t attributes;

	client->settings = *settings;
	/* With these arguments none of them fails. */
	(void)pthread_mutex_init(&client->mutex, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&client->changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	client->endpoints = memory_new(count, sizeof(*client->endpoints));
	client->count = count;
	for (size_t i = 0; i < count; i++) {
		struct endpoint *endpoint = &client->endpoints[i];

		endpoint->client = client;
		endpoint->most_calls = settings->most_calls;
		endpoint->budget = 1000 * settings->requests_per_second;
		endpoint->budget_at_ms = clock_monotonic_ms();
		endpoint->rpc = root_chain_rpc_new(urls[i], settings->limits,
						   settings->max_answer);
		thread_require(&endpoint->thread, run_endpoint, endpoint);
	}
	return client;
}

void rootchain_client_free(struct rootchain_client *client)
{
	if (client == NULL)
		return;
	pthread_mutex_lock(&client->mutex);
	client->is_stopping = true;
	pthread_cond_broadcast(&client->changed);
	pthread_mutex_unlock(&client->mutex);
	for (size_t i = 0; i < client->count; i++)
		root_chain_rpc_cancel(client->endpoints[i].rpc);
	for (size_t i = 0; i < client->count; i++) {
		struct endpoint *endpoint = &client->endpoints[i];

		(void)pthread_join(endpoint->thread, NULL); /* it was made */
		root_chain_batch_free(endpoint->batch);
		root_chain_rpc_free(endpoint->rpc);
	}
	(void)pthread_cond_destroy(&client->changed); /* nobody waits */
	(void)pthread_mutex_destroy(&client->mutex);  /* nobody holds it */
	memory_free(client->endpoints);
	memory_free(client);
}

size_t rootchain_client_count(const struct rootchain_client *client)
{
	return client->count;
}

static struct endpoint *endpoint_at(const struct rootchain_client *client,
				    size_t endpoint)
{
	assert(endpoint < client->count);
	return &client->endpoints[endpoint];
}

const char *rootchain_client_name(const struct rootchain_client *client,
				  size_t endpoint)
{
	return root_chain_rpc_name(endpoint_at(client, endpoint)->rpc);
}

static enum endpoint_state state_of(const struct rootchain_client *client,
				    size_t endpoint)
{
	struct endpoint *one = endpoint_at(client, endpoint);

	pthread_mutex_lock(&one->client->mutex);
	enum endpoint_state state = one->state;
	pthread_mutex_unlock(&one->client->mutex);
	return state;
}

bool rootchain_client_is_busy(const struct rootchain_client *client,
			      size_t endpoint)
{
	return state_of(client, endpoint) != ENDPOINT_IDLE;
}

void rootchain_client_start(struct rootchain_client *client, size_t endpoint,
			    struct root_chain_batch *batch_adopt)
{
	struct endpoint *one = endpoint_at(client, endpoint);

	pthread_mutex_lock(&client->mutex);
	assert(one->state == ENDPOINT_IDLE);
	one->batch = batch_adopt;
	one->state = ENDPOINT_STARTED;
	pthread_cond_broadcast(&client->changed);
	pthread_mutex_unlock(&client->mutex);
}

static void count_states(const struct rootchain_client *client, size_t *started,
			 size_t *good)
{
	*started = 0;
	*good = 0;
	for (size_t i = 0; i < client->count; i++) {
		const struct endpoint *endpoint = &client->endpoints[i];

		if (endpoint->state == ENDPOINT_STARTED)
			*started += 1;
		else if (endpoint->state == ENDPOINT_DONE && endpoint->ok)
			*good += 1;
	}
}

void rootchain_client_wait(struct rootchain_client *client, size_t enough,
			   uint64_t timeout_ms, uint64_t grace_ms)
{
	uint64_t end_ms = clock_monotonic_ms() + timeout_ms;
	bool has_enough = false;

	pthread_mutex_lock(&client->mutex);
	for (;;) {
		uint64_t now = clock_monotonic_ms();
		size_t started;
		size_t good;

		count_states(client, &started, &good);
		if (!has_enough && good >= enough) {
			has_enough = true;
			if (now + grace_ms < end_ms)
				end_ms = now + grace_ms;
		}
		if (started == 0 || now >= end_ms)
			break;
		struct timespec until = clock_monotonic_at_ms(end_ms);
		(void)pthread_cond_timedwait(&client->changed, &client->mutex,
					     &until); /* looked at again */
	}
	pthread_mutex_unlock(&client->mutex);
}

bool rootchain_client_take(struct rootchain_client *client, size_t endpoint,
			   struct root_chain_batch **batch, struct error *error)
{
	struct endpoint *one = endpoint_at(client, endpoint);
	bool ok = false;

	*batch = NULL;
	pthread_mutex_lock(&client->mutex);
	assert(one->state == ENDPOINT_STARTED || one->state == ENDPOINT_DONE);
	if (one->state == ENDPOINT_STARTED) {
		one->state = ENDPOINT_ABANDONED;
		(void)error_set(error, ERROR_UNREACHABLE,
				"%s: no answer in time",
				root_chain_rpc_name(one->rpc));
	} else {
		ok = one->ok;
		if (ok)
			*batch = one->batch;
		else
			root_chain_batch_free(one->batch);
		if (!ok)
			*error = one->error;
		one->batch = NULL;
		one->state = ENDPOINT_IDLE;
	}
	pthread_mutex_unlock(&client->mutex);
	return ok;
}

bool rootchain_client_ask(struct rootchain_client *client, size_t endpoint,
			  struct root_chain_batch **batch, uint64_t timeout_ms,
			  struct error *error)
{
	if (rootchain_client_is_busy(client, endpoint)) {
		root_chain_batch_free(*batch);
		*batch = NULL;
		return error_set(error, ERROR_UNREACHABLE,
				 "%s: still busy with an earlier question",
				 rootchain_client_name(client, endpoint));
	}
	rootchain_client_start(client, endpoint, *batch);
	rootchain_client_wait(client, 1, timeout_ms, 0);
	return rootchain_client_take(client, endpoint, batch, error);
}
