/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_HTTP_CLIENT_H
#define PLASMA_COMMON_SERVICE_HTTP_CLIENT_H

/*
 * HTTP requests with limits on everything: time to connect, time altogether,
 * silence, and bytes of the answer. No redirects, http and https only. One
 * client belongs to one thread and keeps its connections.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"

struct http_client;

struct http_limits {
	uint64_t connect_ms;
	uint64_t total_ms;
	uint64_t slow_seconds; /* with less than 1024 bytes a second */
};

#define HTTP_LIMITS_USUAL ((struct http_limits){ 5000, 30000, 10 })

/* Own with http_client_free(). */
struct http_client *http_client_new(struct http_limits limits);
void http_client_free(struct http_client *client);

/* The answer's body is appended to `out`, whose ceiling is the limit of its
 * length, and `status` is that of HTTP, whatever it is. ERROR_UNREACHABLE when
 * there is no answer, ERROR_PROTOCOL when it is too long or cut off. */
NODISCARD bool http_client_get(struct http_client *client,
			       struct growing_buffer *out, long *status,
			       const char *url, struct error *error);
NODISCARD bool http_client_post(struct http_client *client,
				struct growing_buffer *out, long *status,
				const char *url, const char *content_type,
				struct bytes body, struct error *error);

/* Takes the next part of an answer's body; false ends the request. */
typedef bool http_take(void *context, struct bytes part);

/* The same as http_client_get(), but the body goes to `take` as it comes.
 * ERROR_PROTOCOL also when `take` ended the request: why is for it to say. */
NODISCARD bool http_client_get_in_parts(struct http_client *client,
					long *status, http_take *take,
					void *context, const char *url,
					struct error *error);

NODISCARD bool http_client_put(struct http_client *client,
			       struct growing_buffer *out, long *status,
			       const char *url, const char *content_type,
			       struct bytes body, struct error *error);

/* From any thread: the request under way, and every later one, fails within a
 * second with ERROR_UNREACHABLE. */
void http_client_cancel(struct http_client *client);

/* A URL without its credentials, for messages; cut to `size`. */
void http_client_mask_url(char *out, size_t size, const char *url);

#endif
