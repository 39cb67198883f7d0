/* SPDX-License-Identifier: MIT */
#include "common/service/http_server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <limits.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "common/base/decimal.h"
#include "common/base/memory.h"
#include "common/service/http_answer.h"
#include "common/service/http_callers.h"
#include "common/service/http_framing.h"
#include "common/service/http_room.h"
#include "common/service/log.h"
#include "common/service/thread.h"

#define HOST_SIZE 128

/* As long as an answer is awaited, a connection that needs no event to go on is
 * looked at this often at least. */
#define LOOK_MS 1

/* With so many answers awaited it is the clock that begins a turn, not every
 * request that arrives and every answer that is complete. */
#define BUSY 4
#define TURN_NS 500000
#define CONNECTION_MEMORY ((size_t)4 << 10) /* cleared after each request */

/* One in so many connections is kept free for who comes next: as many as may
 * connect before those who gave way are gone. */
#define RESERVE 8
#define MAX_RESPONSE ((size_t)256 << 20)

/* So many exchanges are kept for further requests, none of whose two buffers
 * has more memory than this. */
#define MOST_SPARE 256
#define SPARE_MEMORY ((size_t)2 << 10)

/* Holders of an exchange: the handler, whoever finishes a deferred answer, and,
 * counted apart, the connection. The answer is complete when none but it is
 * left; the last one frees. */
#define HOLDER 1
#define CONNECTION (1 << 16)

/* One request from its first line to its answer. */
struct exchange {
	struct MHD_Connection *connection;
	const struct http_route *route;
	struct http_request request;
	struct growing_buffer body;
	struct http_response response;
	unsigned int refusal; /* status, if it never reaches a handler */
	bool was_handed;      /* to a handler */
	bool is_suspended;    /* the connection sleeps until it is answered */
	bool is_awaited;      /* the connection is asked again and again */
	atomic_int holders;
	struct http_server *server;
	struct exchange *after; /* in a queue, or among the spare ones */
};

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_service service;
	struct http_server_limits limits;
	uint16_t port;
	pthread_t loop;		     /* that runs the daemon */
	struct http_callers callers; /* of the loop */
	struct http_room room;
	struct exchange *spare; /* of the loop: with memory for the next ones */
	size_t spare_count;
	size_t awaited;	   /* of the loop: answers that others complete */
	bool has_answered; /* of the loop: there is something to send */
	int wake_fd;	   /* an eventfd that ends its pause */
	atomic_bool is_woken;
	atomic_bool is_ending; /* nobody connects, nothing is handed over */
	atomic_bool is_over;   /* all is answered */
	pthread_mutex_t lock;  /* covers what follows */
	pthread_cond_t arrived;
	pthread_cond_t answered;
	size_t running;		/* requests that were handed to a handler */
	struct exchange *first; /* that wait for a thread */
	struct exchange *last;
	pthread_t *threads;
};

static bool matches(struct exchange *exchange, const struct http_route *route,
		    const char *path)
{
	size_t len = strlen(route->path);

	if (route->path[len - 1] != '*') {
		exchange->request.rest = "";
		return strcmp(route->path, path) == 0;
	}
	exchange->request.rest = path + len - 1;
	return strncmp(route->path, path, len - 1) == 0;
}

/* Finds who answers; else says why nobody does. */
static void find_route(struct http_server *server, struct exchange *exchange,
		       const char *method, const char *path)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	const struct http_route *route = server->service.routes;

	exchange->refusal = MHD_HTTP_NOT_FOUND;
	for (; route->method != NULL; route++) {
		if (!matches(exchange, route, path))
			continue;
		if (strcmp(route->method, wanted) == 0) {
			exchange->refusal = 0;
			exchange->route = route;
			return;
		}
		exchange->refusal = MHD_HTTP_METHOD_NOT_ALLOWED;
	}
}

/* Who asks. */
static void read_peer(struct http_request *request,
		      struct MHD_Connection *connection)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *peer = info == NULL ? NULL : info->client_addr;

	if (peer != NULL && peer->sa_family == AF_INET) {
		struct sockaddr_in address;

		memcpy(&address, peer, sizeof(address));
		memcpy(request->peer, mapped, sizeof(mapped));
		memcpy(request->peer + sizeof(mapped), &address.sin_addr, 4);
		request->is_local = request->peer[12] == 127;
	}
	if (peer != NULL && peer->sa_family == AF_INET6) {
		struct sockaddr_in6 address;

		memcpy(&address, peer, sizeof(address));
		memcpy(request->peer, &address.sin6_addr, 16);
		request->is_local =
			IN6_IS_ADDR_LOOPBACK(&address.sin6_addr) != 0 ||
			(memcmp(request->peer, mapped, sizeof(mapped)) == 0 &&
			 request->peer[12] == 127);
	}
}

/* The length that the request announces is judged before any of it comes. */
static void judge_length(struct exchange *exchange)
{
	const char *text = MHD_lookup_connection_value(
		exchange->connection, MHD_HEADER_KIND,
		MHD_HTTP_HEADER_CONTENT_LENGTH);
	uint64_t len;

	if (exchange->refusal != 0 || exchange->route == NULL || text == NULL)
		return;
	if (!decimal_parse_u64(&len, text, UINT64_MAX) ||
	    len > exchange->route->max_body)
		exchange->refusal = MHD_HTTP_CONTENT_TOO_LARGE;
}

/* One that has been used, with what its buffers have, or another one. */
static struct exchange *take_spare(struct http_server *server)
{
	struct exchange *exchange = server->spare;

	if (exchange == NULL) {
		exchange = memory_new(1, sizeof(*exchange));
		growing_buffer_init(&exchange->body, 0);
		growing_buffer_init(&exchange->response.body, MAX_RESPONSE);
		return exchange;
	}
	server->spare = exchange->after;
	server->spare_count--;
	struct growing_buffer body = exchange->body;
	struct growing_buffer answer = exchange->response.body;
	*exchange = (struct exchange){ .body = body, .response.body = answer };
	growing_buffer_reset(&exchange->body);
	growing_buffer_reset(&exchange->response.body);
	return exchange;
}

static struct exchange *exchange_new(struct http_server *server,
				     struct MHD_Connection *connection,
				     const char *path, const char *method)
{
	struct exchange *exchange = take_spare(server);
	struct http_request *request = &exchange->request;

	exchange->connection = connection;
	exchange->response.status = MHD_HTTP_OK;
	exchange->response.content_type = "text/plain";
	exchange->response.file = -1;
	find_route(server, exchange, method, path);
	exchange->body.ceiling =
		exchange->route == NULL ? 0 : exchange->route->max_body;
	judge_length(exchange);
	if (!http_framing_is_sound(connection))
		exchange->refusal = MHD_HTTP_BAD_REQUEST;
	request->method = method;
	request->path = path;
	request->if_none_match = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
	read_peer(request, connection);
	exchange->server = server;
	atomic_init(&exchange->holders, CONNECTION);
	return exchange;
}

static void take_body(struct http_server *server, struct exchange *exchange,
		      const char *data, size_t len)
{
	if (exchange->refusal != 0)
		return;
	if (!http_room_take(&server->room, exchange->body.len, len)) {
		exchange->refusal = MHD_HTTP_SERVICE_UNAVAILABLE;
	} else if (!growing_buffer_put(&exchange->body,
				       bytes_view(data, len))) {
		http_room_give(&server->room, exchange->body.len + len, len);
		exchange->refusal = MHD_HTTP_CONTENT_TOO_LARGE;
	}
}

static enum MHD_Result send_response(struct exchange *exchange)
{
	const char *range = MHD_lookup_connection_value(
		exchange->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_RANGE);
	unsigned int status;
	struct MHD_Response *answer =
		http_answer_new(&status, &exchange->response, range);

	exchange->server->has_answered = true;
	enum MHD_Result result =
		MHD_queue_response(exchange->connection, status, answer);
	MHD_destroy_response(answer);
	return result;
}

static const char *refusal_text(unsigned int status)
{
	switch (status) {
	case MHD_HTTP_BAD_REQUEST:
		return "Where the request ends cannot be told for sure.\n";
	case MHD_HTTP_NOT_FOUND:
		return "There is nothing here.\n";
	case MHD_HTTP_METHOD_NOT_ALLOWED:
		return "This cannot be asked in that way.\n";
	case MHD_HTTP_CONTENT_TOO_LARGE:
		return "The request is too long.\n";
	default:
		return "Too much is waiting, try again.\n";
	}
}

static enum MHD_Result send_refusal(struct exchange *exchange)
{
	http_response_text(&exchange->response, exchange->refusal, "text/plain",
			   refusal_text(exchange->refusal));
	return send_response(exchange);
}

/* Nobody looks at it any more. */
static void exchange_end(struct exchange *exchange)
{
	http_room_give(&exchange->server->room, exchange->body.len,
		       exchange->body.len);
	if (exchange->response.file >= 0)
		(void)close(exchange->response.file); /* only read */
	if (exchange->response.source.read != NULL)
		exchange->response.source.free(
			exchange->response.source.context);
}

static void exchange_free(struct exchange *exchange)
{
	growing_buffer_clear(&exchange->body);
	growing_buffer_clear(&exchange->response.body);
	memory_free(exchange);
}

/* Keeps it for the next request unless it is large or there are enough; of the
 * loop. */
static void keep_spare(struct http_server *server, struct exchange *exchange)
{
	if (server->spare_count == MOST_SPARE ||
	    exchange->body.capacity > SPARE_MEMORY ||
	    exchange->response.body.capacity > SPARE_MEMORY) {
		exchange_free(exchange);
		return;
	}
	exchange->after = server->spare;
	server->spare = exchange;
	server->spare_count++;
}

static void count_running(struct http_server *server, int change)
{
	(void)pthread_mutex_lock(&server->lock); /* never fails */
	server->running += (size_t)change;
	if (server->running == 0)
		/* Never fails. */
		(void)pthread_cond_broadcast(&server->answered);
	(void)pthread_mutex_unlock(&server->lock); /* is held */
}

/* Ends the pause of the loop. Of many calls the first one costs. */
static void wake_loop(struct http_server *server)
{
	const uint64_t one = 1;

	if (atomic_exchange(&server->is_woken, true))
		return;
	ssize_t written = write(server->wake_fd, &one, sizeof(one));
	assert(written == sizeof(one));
}

static bool is_complete(struct exchange *exchange)
{
	return atomic_load(&exchange->holders) == CONNECTION;
}

/* One of those who work at the answer lets go. The last one sees to it that the
 * answer is sent, if there is still somebody who waits for it. */
static void let_go(struct exchange *exchange)
{
	struct http_server *server = exchange->server;
	struct MHD_Connection *sleeping =
		exchange->is_suspended ? exchange->connection : NULL;
	int left = atomic_fetch_sub(&exchange->holders, HOLDER) - HOLDER;

	if (left != 0 && left != CONNECTION)
		return;
	if (left == 0) {
		exchange_end(exchange);
		exchange_free(exchange);
	} else if (sleeping != NULL) {
		MHD_resume_connection(sleeping);
	}
	wake_loop(server);
	count_running(server, -1);
}

static struct exchange *exchange_of(struct http_response *response)
{
	return (struct exchange *)(void *)((char *)response -
					   offsetof(struct exchange, response));
}

void http_response_defer(struct http_response *response)
{
	atomic_fetch_add(&exchange_of(response)->holders, HOLDER);
}

void http_response_finish(struct http_response *response)
{
	let_go(exchange_of(response));
}

/* Puts the request into the queue of the handlers' threads; the connection
 * sleeps until then. */
static void queue_exchange(struct http_server *server,
			   struct exchange *exchange)
{
	exchange->is_suspended = true;
	MHD_suspend_connection(exchange->connection);
	if (server->first == NULL)
		server->first = exchange;
	else
		server->last->after = exchange;
	server->last = exchange;
	(void)pthread_cond_signal(&server->arrived); /* never fails */
}

static struct http_caller *caller_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info->socket_context;
}

/* Somebody has connected, or a connection is over. */
static void on_caller(void *context, struct MHD_Connection *connection,
		      void **slot, enum MHD_ConnectionNotificationCode what)
{
	struct http_server *server = context;

	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*slot = http_callers_join(
			&server->callers,
			MHD_get_connection_info(
				connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				->connect_fd);
	else
		http_callers_leave(&server->callers, *slot);
}

/* Gives the request to its handler. At the end it is refused: a connection that
 * sleeps must be woken. */
static void hand_over(struct http_server *server, struct exchange *exchange)
{
	bool is_quick = exchange->route->is_quick;

	exchange->request.body = growing_buffer_view(&exchange->body);
	(void)pthread_mutex_lock(&server->lock); /* never fails */
	if (atomic_load(&server->is_ending)) {
		exchange->refusal = MHD_HTTP_SERVICE_UNAVAILABLE;
	} else {
		exchange->was_handed = true;
		atomic_fetch_add(&exchange->holders, HOLDER);
		server->running++;
		if (!is_quick)
			queue_exchange(server, exchange);
	}
	(void)pthread_mutex_unlock(&server->lock); /* is held */
}

/* Runs a quick handler. Whatever it leaves to others is done soon: the
 * connection is not put to sleep for that, which would cost more than asking
 * it again. */
static void run_quick(struct http_server *server, struct exchange *exchange)
{
	exchange->route->handler(server->service.context, &exchange->response,
				 &exchange->request);
	let_go(exchange);
	exchange->is_awaited = true;
	server->awaited++;
}

/* The answer of a quick handler is sent, or nobody waits for it any more. */
static void stop_awaiting(struct http_server *server, struct exchange *exchange)
{
	if (exchange->is_awaited)
		server->awaited--;
	exchange->is_awaited = false;
}

static enum MHD_Result on_request(void *context,
				  struct MHD_Connection *connection,
				  const char *path, const char *method,
				  const char *version, const char *data,
				  size_t *len, void **slot)
{
	struct http_server *server = context;
	struct exchange *exchange = *slot;

	(void)version; /* both are answered alike */
	if (exchange == NULL) {
		exchange = exchange_new(server, connection, path, method);
		*slot = exchange;
		/* What is announced as too long, or as nobody knows how long,
		 * is not waited for. */
		return exchange->refusal == MHD_HTTP_CONTENT_TOO_LARGE ||
				       exchange->refusal == MHD_HTTP_BAD_REQUEST
			       ? send_refusal(exchange)
			       : MHD_YES;
	}
	if (*len > 0) {
		take_body(server, exchange, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (exchange->refusal == 0 && !exchange->was_handed) {
		http_callers_asked(&server->callers, caller_of(connection));
		hand_over(server, exchange);
		if (exchange->was_handed && !exchange->route->is_quick)
			return MHD_YES; /* asleep */
		if (exchange->was_handed)
			run_quick(server, exchange);
	}
	if (exchange->refusal == 0 && !is_complete(exchange))
		return MHD_YES;
	stop_awaiting(server, exchange);
	return exchange->refusal != 0 ? send_refusal(exchange)
				      : send_response(exchange);
}

static void on_end(void *context, struct MHD_Connection *connection,
		   void **slot, enum MHD_RequestTerminationCode how)
{
	struct http_server *server = context;
	struct exchange *exchange = *slot;

	(void)how; /* it is over either way */
	http_callers_answered(&server->callers, caller_of(connection));
	if (exchange == NULL)
		return;
	*slot = NULL;
	stop_awaiting(server, exchange);
	if (atomic_fetch_sub(&exchange->holders, CONNECTION) != CONNECTION)
		return;
	exchange_end(exchange);
	keep_spare(server, exchange);
}

static struct exchange *next_exchange(struct http_server *server)
{
	(void)pthread_mutex_lock(&server->lock); /* never fails */
	while (server->first == NULL && !atomic_load(&server->is_ending))
		/* Never fails. */
		(void)pthread_cond_wait(&server->arrived, &server->lock);
	struct exchange *exchange = server->first;
	if (exchange != NULL)
		server->first = exchange->after;
	(void)pthread_mutex_unlock(&server->lock); /* is held */
	return exchange;
}

static void *run_handlers(void *context)
{
	struct http_server *server = context;
	struct exchange *exchange;

	while ((exchange = next_exchange(server)) != NULL) {
		exchange->route->handler(server->service.context,
					 &exchange->response,
					 &exchange->request);
		let_go(exchange);
	}
	return NULL;
}

/* Milliseconds that may pass without an event; negative: any. */
static int pause_of(struct http_server *server)
{
	MHD_UNSIGNED_LONG_LONG most;

	if (server->awaited > 0)
		return LOOK_MS;
	if (MHD_get_timeout(server->daemon, &most) != MHD_YES)
		return -1;
	return most < INT_MAX ? (int)most : INT_MAX;
}

/* Waits for something to do at a connection, or to be woken. */
static void wait_for_work(struct http_server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd events[] = {
		{ .fd = info->epoll_fd, .events = POLLIN },
		{ .fd = server->wake_fd, .events = POLLIN },
	};
	const struct timespec turn = { .tv_nsec = TURN_NS };
	uint64_t calls;

	if (server->awaited >= BUSY) {
		(void)nanosleep(&turn, NULL); /* allowed: turns go by time */
		return;
	}
	int pause = pause_of(server);
	if (pause == 0 || poll(events, 2, pause) <= 0 || events[1].revents == 0)
		return;
	ssize_t got = read(server->wake_fd, &calls, sizeof(calls));
	assert(got == sizeof(calls));
	/* From here on a call writes again: what it has to tell is seen in the
	 * turn that follows, or ends the next pause. */
	atomic_store(&server->is_woken, false);
}

static bool take_turn(struct http_server *server)
{
	const struct http_service *service = &server->service;

	return service->turn != NULL && service->turn(service->context);
}

/* The library's own threads would have to put every connection to sleep whose
 * answer others complete: so it runs on one of ours, which sends the answers
 * that have become complete meanwhile all together. */
static void *run_loop(void *context)
{
	struct http_server *server = context;
	MHD_socket listening = MHD_INVALID_SOCKET;
	bool is_over;

	do {
		is_over = atomic_load(&server->is_over);
		if (atomic_load(&server->is_ending) &&
		    listening == MHD_INVALID_SOCKET)
			listening = MHD_quiesce_daemon(server->daemon);
		do {
			server->has_answered = false;
			(void)MHD_run(server->daemon); /* it is ours to run */
		} while (server->has_answered);
		if (!take_turn(server) && !is_over)
			wait_for_work(server);
	} while (!is_over);
	if (listening != MHD_INVALID_SOCKET)
		(void)close(listening); /* nobody listens any more */
	return NULL;
}

/* "127.0.0.1:9656", "[::1]:9656", "localhost:9656". */
static bool resolve(struct sockaddr_storage *out, const char *text,
		    struct error *error)
{
	const char *colon = strrchr(text, ':');
	const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
					.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char host[HOST_SIZE];
	uint64_t port;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host) ||
	    colon == text || !decimal_parse_u64(&port, colon + 1, 65535))
		return error_set(error, ERROR_CONFIG,
				 "not an address to listen on, HOST:PORT: "
				 "%.100s",
				 text);
	size_t len = (size_t)(colon - text);
	bool has_brackets = text[0] == '[' && len > 2 && text[len - 1] == ']';
	if (has_brackets)
		len -= 2;
	memcpy(host, text + has_brackets, len);
	host[len] = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return error_set(error, ERROR_CONFIG,
				 "no address of this machine: %s", host);
	memcpy(out, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

/* What the library has to say: it closed a connection, or the like. */
static void log_complaint(void *context, const char *format, va_list arguments)
	PRINTF_LIKE(2, 0);

static void log_complaint(void *context, const char *format, va_list arguments)
{
	char text[200];

	(void)context; /* the log is one for all */
	(void)vsnprintf(text, sizeof(text), format, arguments); /* cut */
	text[strcspn(text, "\n")] = '\0';
	/* Nearly always what a client did: strangers do not fill the log. */
	log_event(LOG_DEBUG, "HTTP", log_text("problem", text));
}

/* Paths stand as they came: none of ours needs an escape, and %00 would end one
 * early. */
static size_t leave_escaped(void *context, struct MHD_Connection *connection,
			    char *text)
{
	(void)context; /* all are left */
	(void)connection;
	return strlen(text);
}

static bool start_daemon(struct http_server *server, const char *listen,
			 const struct sockaddr_storage *address,
			 struct error *error)
{
	unsigned int flags =
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;

	if (address->ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	server->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, server,
		MHD_OPTION_EXTERNAL_LOGGER, log_complaint, NULL,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
		MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address,
		MHD_OPTION_CONNECTION_LIMIT, server->limits.connections,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		server->limits.connections_per_address,
		MHD_OPTION_CONNECTION_TIMEOUT, server->limits.idle_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
		MHD_OPTION_NOTIFY_CONNECTION, on_caller, server,
		MHD_OPTION_NOTIFY_COMPLETED, on_end, server, MHD_OPTION_END);
	if (server->daemon == NULL)
		return error_set(error, ERROR_CANNOT_CREATE,
				 "cannot listen on %s: it is taken or not "
				 "allowed",
				 listen);
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
	assert(info != NULL);
	server->port = info->port;
	return true;
}

static void join_thread(pthread_t thread)
{
	int result = pthread_join(thread, NULL);

	assert(result == 0);
}

bool http_server_start(struct http_server **out, const char *listen,
		       struct http_service service,
		       struct http_server_limits limits, struct error *error)
{
	struct sockaddr_storage address;

	if (!resolve(&address, listen, error))
		return false;
	limits.connections = http_callers_fit(limits.connections);
	if (limits.connections_per_address > limits.connections / 2)
		limits.connections_per_address = limits.connections / 2;
	struct http_server *server = memory_new(1, sizeof(*server));
	server->service = service;
	server->limits = limits;
	http_room_init(&server->room, limits.waiting_bytes);
	server->callers.most =
		limits.connections - limits.connections / RESERVE;
	if (!start_daemon(server, listen, &address, error)) {
		http_room_clear(&server->room);
		memory_free(server);
		return false;
	}
	server->wake_fd = eventfd(0, EFD_CLOEXEC);
	assert(server->wake_fd >= 0);
	(void)pthread_mutex_init(&server->lock, NULL); /* never fails */
	(void)pthread_cond_init(&server->arrived, NULL);
	(void)pthread_cond_init(&server->answered, NULL);
	server->threads = memory_new(limits.threads, sizeof(*server->threads));
	for (unsigned int i = 0; i < limits.threads; i++)
		thread_require(&server->threads[i], run_handlers, server);
	thread_require(&server->loop, run_loop, server);
	*out = server;
	return true;
}

void http_server_stop(struct http_server *server)
{
	if (server == NULL)
		return;
	(void)pthread_mutex_lock(&server->lock); /* never fails */
	atomic_store(&server->is_ending, true);
	wake_loop(server);
	(void)pthread_cond_broadcast(&server->arrived); /* never fails */
	/* What has been asked is answered first. */
	while (server->running > 0)
		/* Never fails. */
		(void)pthread_cond_wait(&server->answered, &server->lock);
	(void)pthread_mutex_unlock(&server->lock); /* is held */
	for (unsigned int i = 0; i < server->limits.threads; i++)
		join_thread(server->threads[i]);
	atomic_store(&server->is_over, true);
	wake_loop(server);
	join_thread(server->loop);
	MHD_stop_daemon(server->daemon);
	while (server->spare != NULL) {
		struct exchange *spare = server->spare;

		server->spare = spare->after;
		exchange_free(spare);
	}
	(void)close(server->wake_fd);		      /* nobody writes */
	(void)pthread_cond_destroy(&server->arrived); /* nobody waits */
	(void)pthread_cond_destroy(&server->answered);
	(void)pthread_mutex_destroy(&server->lock);
	http_room_clear(&server->room);
	memory_free(server->threads);
	memory_free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
	return server->port;
}

void http_response_text(struct http_response *response, unsigned int status,
			const char *content_type, const char *text)
{
	response->status = status;
	response->content_type = content_type;
	/* What does not fit shows in the buffer. */
	(void)growing_buffer_put(&response->body, bytes_of_string(text));
}
