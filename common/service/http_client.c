/* SPDX-License-Identifier: MIT */
#include "common/service/http_client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"

#define SLOWEST 1024L /* bytes a second */

struct http_client {
	CURL *curl;
	struct http_limits limits;
	atomic_bool is_cancelled;
	bool has_headers; /* the empty line behind them has come */
	http_take *take;  /* of the request under way */
	void *context;
	char problem[CURL_ERROR_SIZE];
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void start_library(void)
{
	CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);

	if (result != CURLE_OK)
		memory_exhausted(curl_easy_strerror(result));
}

struct http_client *http_client_new(struct http_limits limits)
{
	struct http_client *client = memory_new(1, sizeof(*client));

	(void)pthread_once(&library_once, start_library); /* never fails */
	client->curl = curl_easy_init();
	if (client->curl == NULL)
		memory_exhausted("no handle of libcurl");
	client->limits = limits;
	return client;
}

void http_client_cancel(struct http_client *client)
{
	atomic_store(&client->is_cancelled, true);
}

void http_client_free(struct http_client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	memory_free(client);
}

void http_client_mask_url(char *out, size_t size, const char *url)
{
	const char *host = strstr(url, "://");
	const char *at = NULL;

	if (host != NULL) {
		host += 3;
		at = host + strcspn(host, "@/?#");
	}
	if (at != NULL && *at == '@')
		(void)snprintf(out, size, "%.*s***%s", (int)(host - url), url,
			       at); /* cut is fine */
	else
		(void)snprintf(out, size, "%s", url); /* cut is fine */
}

static size_t take_part(char *data, size_t size, size_t count, void *context)
{
	struct http_client *client = context;

	return client->take(client->context, bytes_view(data, size * count))
		       ? size * count
		       : 0;
}

static bool take_into_buffer(void *context, struct bytes part)
{
	return growing_buffer_put(context, part);
}

/* Anything but 0 ends the request. */
static int look_around(void *context, UNUSED curl_off_t a, UNUSED curl_off_t b,
		       UNUSED curl_off_t c, UNUSED curl_off_t d)
{
	struct http_client *client = context;

	return atomic_load(&client->is_cancelled) ? 1 : 0;
}

/* libcurl takes headers that break off for a whole answer without a body. */
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
	struct http_client *client = context;
	size_t len = size * count;

	if (len >= 5 && memcmp(data, "HTTP/", 5) == 0)
		client->has_headers = false; /* of an answer after another */
	if (len <= 2 && (data[0] == '\r' || data[0] == '\n'))
		client->has_headers = true;
	return len;
}

static void set_options(struct http_client *client, const char *url,
			http_take *take, void *context)
{
	CURL *curl = client->curl;

	client->take = take;
	client->context = context;
	curl_easy_reset(curl);
	/* None of these fails with the values that stand here. */
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->problem);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(curl, CURLOPT_SSLVERSION,
			       (long)CURL_SSLVERSION_TLSv1_2); /* or later */
	(void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	/* A name that nobody resolves is given up in time, too. */
	(void)curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
			       (long)client->limits.connect_ms);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
			       (long)client->limits.total_ms);
	(void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOWEST);
	(void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
			       (long)client->limits.slow_seconds);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_part);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, client);
	(void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_around);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, client);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, client);
	(void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "plasma-chain");
}

static bool perform(struct http_client *client, long *status, const char *url,
		    struct error *error)
{
	char masked[256];

	client->problem[0] = '\0';
	client->has_headers = false;
	CURLcode result = curl_easy_perform(client->curl);
	if (result == CURLE_OK && !client->has_headers)
		result = CURLE_PARTIAL_FILE;
	if (result == CURLE_OK) {
		(void)curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE,
					status); /* it is there */
		return true;
	}
	http_client_mask_url(masked, sizeof(masked), url);
	return error_set(
		error,
		result == CURLE_PARTIAL_FILE || result == CURLE_WRITE_ERROR
			? ERROR_PROTOCOL
			: ERROR_UNREACHABLE,
		"%s: %s", masked,
		client->problem[0] != '\0' ? client->problem
					   : curl_easy_strerror(result));
}

static bool perform_into(struct http_client *client, struct growing_buffer *out,
			 long *status, const char *url, struct error *error)
{
	char masked[256];
	size_t before = out->len;

	if (perform(client, status, url, error))
		return true;
	out->len = before;
	if (!out->overflowed)
		return false;
	http_client_mask_url(masked, sizeof(masked), url);
	return error_set(error, ERROR_PROTOCOL,
			 "%s: the answer is longer than %zu bytes", masked,
			 out->ceiling);
}

bool http_client_get(struct http_client *client, struct growing_buffer *out,
		     long *status, const char *url, struct error *error)
{
	set_options(client, url, take_into_buffer, out);
	return perform_into(client, out, status, url, error);
}

bool http_client_get_in_parts(struct http_client *client, long *status,
			      http_take *take, void *context, const char *url,
			      struct error *error)
{
	set_options(client, url, take, context);
	return perform(client, status, url, error);
}

static bool send_body(struct http_client *client, struct growing_buffer *out,
		      long *status, const char *method, const char *url,
		      const char *content_type, struct bytes body,
		      struct error *error)
{
	char header[128];
	struct curl_slist *headers;

	(void)snprintf(header, sizeof(header), "Content-Type: %s",
		       content_type); /* ours are short */
	headers = curl_slist_append(NULL, header);
	headers = curl_slist_append(headers, "Expect:");
	set_options(client, url, take_into_buffer, out);
	(void)curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE,
			       (curl_off_t)body.len);
	(void)curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS,
			       body.len == 0 ? "" : (const char *)body.data);
	(void)curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, method);
	bool ok = perform_into(client, out, status, url, error);
	curl_slist_free_all(headers);
	return ok;
}

bool http_client_post(struct http_client *client, struct growing_buffer *out,
		      long *status, const char *url, const char *content_type,
		      struct bytes body, struct error *error)
{
	return send_body(client, out, status, "POST", url, content_type, body,
			 error);
}

bool http_client_put(struct http_client *client, struct growing_buffer *out,
		     long *status, const char *url, const char *content_type,
		     struct bytes body, struct error *error)
{
	return send_body(client, out, status, "PUT", url, content_type, body,
			 error);
}
