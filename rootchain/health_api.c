/* SPDX-License-Identifier: MIT */
#include "rootchain/health_api.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/service/http_server.h"
#include "common/service/log.h"
#include "common/service/metrics.h"

#define METRICS_CEILING ((size_t)64 << 10)
#define PLAIN "text/plain; charset=utf-8"

/* Few ask, and nobody sends a body. */
#define LIMITS ((struct http_server_limits){ 64, 16, 30, 1, 1 << 16 })

struct health_api {
	struct http_server *server;
	pthread_mutex_t lock; /* of all below */
	char problem[300];    /* empty: ready */
	struct growing_buffer metrics;
};

static void answer_live(void *context, struct http_response *response,
			const struct http_request *request)
{
	(void)context;
	(void)request;
	http_response_text(response, 200, PLAIN, "ok\n");
}

static void answer_ready(void *context, struct http_response *response,
			 const struct http_request *request)
{
	struct health_api *api = context;
	char text[sizeof(api->problem) + 2];

	(void)request;
	(void)pthread_mutex_lock(&api->lock); /* never fails */
	bool is_ready = api->problem[0] == '\0';
	(void)snprintf(text, sizeof(text), "%s\n",
		       is_ready ? "ok" : api->problem); /* it fits */
	(void)pthread_mutex_unlock(&api->lock);		/* is held */
	http_response_text(response, is_ready ? 200 : 503, PLAIN, text);
}

static void answer_metrics(void *context, struct http_response *response,
			   const struct http_request *request)
{
	struct health_api *api = context;

	(void)request;
	(void)pthread_mutex_lock(&api->lock); /* never fails */
	http_response_text(response, 200, METRICS_CONTENT_TYPE,
			   growing_buffer_string(&api->metrics));
	(void)pthread_mutex_unlock(&api->lock); /* is held */
}

static const struct http_route routes[] = {
	{ "GET", "/livez", 0, answer_live, "the program runs", true },
	{ "GET", "/readyz", 0, answer_ready, "the last poll was good", true },
	{ "GET", "/metrics", 0, answer_metrics, "figures for Prometheus",
	  true },
	{ NULL, NULL, 0, NULL, NULL, false },
};

bool health_api_start(struct health_api **out, const char *listen,
		      struct error *error)
{
	struct health_api *api = memory_new(1, sizeof(*api));

	(void)pthread_mutex_init(&api->lock, NULL); /* never fails */
	growing_buffer_init(&api->metrics, METRICS_CEILING);
	(void)snprintf(api->problem, sizeof(api->problem),
		       "no poll was good yet"); /* it fits */
	if (!http_server_start(&api->server, listen,
			       (struct http_service){ routes, NULL, api },
			       LIMITS, error)) {
		health_api_stop(api);
		return false;
	}
	log_event(LOG_INFO, "listening",
		  log_number("port", http_server_port(api->server)));
	*out = api;
	return true;
}

void health_api_stop(struct health_api *api)
{
	if (api == NULL)
		return;
	if (api->server != NULL)
		http_server_stop(api->server);
	growing_buffer_clear(&api->metrics);
	(void)pthread_mutex_destroy(&api->lock); /* nobody holds it */
	memory_free(api);
}

static void write_head(struct growing_buffer *out,
		       const struct snapshot_head *head)
{
	metrics_put(out, METRIC_GAUGE, "rootchain_head_eth_block",
		    "Number of the newest eth_block of the snapshot.",
		    head->number);
	metrics_put(out, METRIC_GAUGE, "rootchain_head_timestamp_seconds",
		    "Root-chain time of that eth_block.", head->time.seconds);
	metrics_put(out, METRIC_GAUGE, "rootchain_poll_timestamp_seconds",
		    "Wall time of the last good poll.",
		    head->last_good_poll.seconds);
	metrics_put(out, METRIC_GAUGE, "rootchain_agreeing_endpoints",
		    "Endpoints that agreed at the last good poll.",
		    head->agreeing);
	metrics_put(out, METRIC_GAUGE, "rootchain_quorum_endpoints",
		    "Endpoints that have to agree.", head->quorum);
	metrics_put(out, METRIC_COUNTER, "rootchain_reorganisations_total",
		    "Reorganisations that undid an eth_block.",
		    head->generation);
	metrics_put(out, METRIC_GAUGE, "rootchain_finality_broken",
		    "1 once a finalized eth_block was replaced.",
		    head->finality_broken ? 1 : 0);
}

static void write_endpoints(struct growing_buffer *out,
			    const struct health_facts *facts)
{
	size_t count = rootchain_client_count(facts->client);

	metrics_begin(out, METRIC_GAUGE, "rootchain_endpoint_well",
		      "1 unless the endpoint is excluded.");
	for (size_t i = 0; i < count; i++)
		metrics_value(out, "rootchain_endpoint_well", "endpoint",
			      rootchain_client_name(facts->client, i),
			      facts->records[i].trouble == ENDPOINT_WELL);
	metrics_begin(out, METRIC_GAUGE, "rootchain_endpoint_head_eth_block",
		      "The newest eth_block that the endpoint told of.");
	for (size_t i = 0; i < count; i++)
		metrics_value(out, "rootchain_endpoint_head_eth_block",
			      "endpoint",
			      rootchain_client_name(facts->client, i),
			      facts->records[i].head);
}

void health_api_tell(struct health_api *api, const struct health_facts *facts)
{
	if (api == NULL)
		return;
	(void)pthread_mutex_lock(&api->lock); /* never fails */
	(void)snprintf(api->problem, sizeof(api->problem), "%s",
		       facts->problem == NULL ? "" : facts->problem); /* cut is
								       * fine */
	growing_buffer_reset(&api->metrics);
	metrics_put(&api->metrics, METRIC_COUNTER, "rootchain_good_polls_total",
		    "Good polls since the start.", facts->good_polls);
	metrics_put(&api->metrics, METRIC_COUNTER,
		    "rootchain_failed_polls_total",
		    "Failed polls since the start.", facts->failed_polls);
	if (facts->head != NULL)
		write_head(&api->metrics, facts->head);
	write_endpoints(&api->metrics, facts);
	(void)pthread_mutex_unlock(&api->lock); /* is held */
}
