/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_HTTP_SERVER_H
#define PLASMA_COMMON_SERVICE_HTTP_SERVER_H

/*
 * An HTTP server from a table of routes. A request is complete and within its
 * limit before its handler sees it, and handlers run on threads of their own,
 * so that one may wait for a disk without holding up the others. A quick
 * handler runs where the request was read: it must never wait. Any handler may
 * leave its answer to another thread, see http_response_defer().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"

struct http_request {
	const char *method; /* GET, HEAD or POST */
	const char *path;   /* without what stands behind a `?` */
	const char *rest;   /* what the `*` of the route stands for */
	struct bytes body;
	const char *if_none_match; /* NULL: not asked */
	bool is_local;		   /* comes from a loopback address */
	uint8_t peer[16]; /* IPv6, or IPv4 as ::ffff:a.b.c.d; zero: unknown */
};

/* A body that is made while it is sent, so that one that is long and read
 * slowly takes no memory. */
struct http_source {
	/* Writes the next bytes, `size` at most, and says how many; 0 breaks
	 * the answer off. On the thread that sends, which must not wait. NULL:
	 * there is no source. */
	size_t (*read)(void *context, uint8_t *out, size_t size);
	void (*free)(void *context); /* once, when nobody reads any more */
	void *context;
	uint64_t len; /* of all that it gives */
};

/* What a handler fills in; at first 200, no body. */
struct http_response {
	unsigned int status;
	const char *content_type;   /* of constant life */
	struct growing_buffer body; /* unless there is a file or a source */
	struct http_source source;  /* the server's, once it is here */
	int file;		    /* open for reading; -1: none */
	uint64_t file_len;
	bool is_immutable;		  /* may be cached for ever */
	char etag[72];			  /* with its quotes; empty: none */
	char location[96];		  /* of a redirect; empty: none */
	unsigned int retry_after_seconds; /* 0: not said */
};

/* The file is closed by the server. From many threads at once. */
typedef void http_handler(void *context, struct http_response *response,
			  const struct http_request *request);

struct http_route {
	const char *method; /* GET, which answers HEAD too, or POST */
	const char *path;   /* with a `*` at its end: any that begins so */
	size_t max_body;    /* a longer one is 413 */
	http_handler *handler;
	const char *doc; /* one line */
	bool is_quick;	 /* never waits: runs where the request was read */
};

/* Called between two turns at the connections, by the thread that reads
 * requests and runs the quick handlers: they may leave work to it that is
 * better done for many requests at once. True if there was any; the next turn
 * then begins at once. Must not take longer than connections may wait. */
typedef bool http_turn(void *context);

/* What a server offers. All is borrowed. */
struct http_service {
	const struct http_route *routes; /* end with a row without a method */
	http_turn *turn;		 /* NULL: none */
	void *context;			 /* of the handlers and of the turn */
};

struct http_server_limits {
	unsigned int connections; /* the silent give way at seven eighths */
	unsigned int connections_per_address;
	unsigned int idle_seconds; /* without a byte */
	unsigned int threads;	   /* that run handlers */
	size_t waiting_bytes; /* of long bodies together, see http_room.h */
};

#define HTTP_SERVER_LIMITS_USUAL                                               \
	((struct http_server_limits){ 1000, 500, 30, 32, (size_t)256 << 20 })

struct http_server;

/* Listens on "HOST:PORT" (port 0: any free one). Where the program may open few
 * files, there are fewer connections than wanted. ERROR_CONFIG: not an address;
 * ERROR_CANNOT_CREATE: it cannot be listened on. Own with http_server_stop().
 */
NODISCARD bool http_server_start(struct http_server **out, const char *listen,
				 struct http_service service,
				 struct http_server_limits limits,
				 struct error *error);

/* Takes no new connections, answers what was asked, frees. Whoever finishes
 * deferred answers must still be at work. */
void http_server_stop(struct http_server *server);

/* The port that is listened on. */
uint16_t http_server_port(const struct http_server *server);

/* For a handler: this answer is completed elsewhere. From then on the response
 * belongs to whoever calls http_response_finish(), which sends it; that may be
 * before the handler returns. Request and body stay until then. What a quick
 * handler defers has to be finished soon: until then the server looks for it
 * every millisecond. */
void http_response_defer(struct http_response *response);

/* Sends a deferred answer; from any thread, once. */
void http_response_finish(struct http_response *response);

/* Appends text to a body; for handlers. */
void http_response_text(struct http_response *response, unsigned int status,
			const char *content_type, const char *text);

#endif
