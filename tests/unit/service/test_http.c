/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/service/http_client.h"
#include "common/service/http_server.h"
#include "tests/unit/runner.h"

/* The server and the client of ours against each other, on loopback; and the
 * client against peers that break off, say nothing, or never end. */

static struct error error;
static struct http_server *server;
static struct http_client *client;
static char url[64];

static void answer_echo(void *context, struct http_response *response,
			const struct http_request *request)
{
	ck_assert_ptr_eq(context, &server);
	growing_buffer_put(&response->body, bytes_of_string(request->method));
	growing_buffer_put(&response->body, bytes_of_string(" "));
	growing_buffer_put(&response->body, bytes_of_string(request->rest));
	growing_buffer_put(&response->body, bytes_of_string(" "));
	growing_buffer_put(&response->body, request->body);
	response->content_type = "text/plain";
}

static void answer_status(void *context, struct http_response *response,
			  const struct http_request *request)
{
	(void)context;
	(void)request;
	http_response_text(response, 503, "text/plain", "not now");
}

static void answer_much(void *context, struct http_response *response,
			const struct http_request *request)
{
	static const uint8_t zeros[65536];

	(void)context;
	(void)request;
	for (int i = 0; i < 16; i++)
		growing_buffer_put(&response->body,
				   bytes_view(zeros, sizeof(zeros)));
}

static void answer_redirect(void *context, struct http_response *response,
			    const struct http_request *request)
{
	(void)context;
	(void)request;
	response->status = 302;
	snprintf(response->location, sizeof(response->location), "/status");
}

/* ---- answers that another thread completes ---- */

/* Requests whose answers wait; the test completes them when it likes. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct http_response *of[4];
	size_t count;
} deferred = { .mutex = PTHREAD_MUTEX_INITIALIZER,
	       .changed = PTHREAD_COND_INITIALIZER };

static void answer_later(void *context, struct http_response *response,
			 const struct http_request *request)
{
	(void)context;
	(void)request;
	http_response_defer(response);
	pthread_mutex_lock(&deferred.mutex);
	deferred.of[deferred.count++] = response;
	pthread_cond_broadcast(&deferred.changed);
	pthread_mutex_unlock(&deferred.mutex);
}

static void finish(struct http_response *response)
{
	http_response_text(response, 200, "text/plain", "later");
	http_response_finish(response);
}

/* It is complete before the handler returns. */
static void answer_at_once(void *context, struct http_response *response,
			   const struct http_request *request)
{
	(void)context;
	(void)request;
	http_response_defer(response);
	finish(response);
}

/* Waits until so many answers are awaited and completes them, the last one
 * first. */
static void *finish_all(void *wanted)
{
	pthread_mutex_lock(&deferred.mutex);
	while (deferred.count < *(const size_t *)wanted)
		pthread_cond_wait(&deferred.changed, &deferred.mutex);
	while (deferred.count > 0)
		finish(deferred.of[--deferred.count]);
	pthread_mutex_unlock(&deferred.mutex);
	return NULL;
}

/* Requests that are answered at the end of the turn that brought them. */
static struct {
	struct http_response *of[4];
	size_t count;
} turn;

static void answer_at_turn(void *context, struct http_response *response,
			   const struct http_request *request)
{
	(void)context;
	(void)request;
	http_response_defer(response);
	turn.of[turn.count++] = response;
}

static bool take_turn(void *context)
{
	size_t count = turn.count;

	/* Check is not for threads that begin before the test does. */
	assert(context == &server);
	while (turn.count > 0)
		finish(turn.of[--turn.count]);
	return count > 0;
}

#define ROUTE(way, where, most, who, quick)                                    \
	{                                                                      \
		.method = way, .path = where, .max_body = most,                \
		.handler = who, .is_quick = quick, .doc = "for the test"       \
	}

static const struct http_route routes[] = {
	ROUTE("POST", "/echo/*", 16, answer_echo, false),
	ROUTE("GET", "/echo/*", 0, answer_echo, false),
	ROUTE("POST", "/long", 1 << 20, answer_status, false),
	ROUTE("POST", "/long-later", 1 << 20, answer_later, false),
	ROUTE("POST", "/quick/*", 16, answer_echo, true),
	ROUTE("GET", "/status", 0, answer_status, true),
	ROUTE("GET", "/much", 0, answer_much, false),
	ROUTE("GET", "/redirect", 0, answer_redirect, false),
	ROUTE("GET", "/later", 0, answer_later, true),
	ROUTE("GET", "/later-slow", 0, answer_later, false),
	ROUTE("GET", "/at-once", 0, answer_at_once, true),
	ROUTE("GET", "/at-turn", 0, answer_at_turn, true),
	ROUTE("GET", "/at-once-slow", 0, answer_at_once, false),
	{ 0 },
};

static const struct http_service service = { routes, take_turn, &server };

static void start(void)
{
	ck_assert_msg(http_server_start(&server, "127.0.0.1:0", service,
					HTTP_SERVER_LIMITS_USUAL, &error),
		      "%s", error.message);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u",
		 (unsigned int)http_server_port(server));
	client = http_client_new((struct http_limits){ 5000, 30000, 15 });
}

static void stop(void)
{
	http_client_free(client);
	http_server_stop(server);
}

static long get(struct growing_buffer *out, const char *path)
{
	char whole[256];
	long status = 0;

	snprintf(whole, sizeof(whole), "%s%s", url, path);
	growing_buffer_reset(out);
	ck_assert_msg(http_client_get(client, out, &status, whole, &error),
		      "%s", error.message);
	return status;
}

static long post(struct growing_buffer *out, const char *path, const char *body)
{
	char whole[256];
	long status = 0;

	snprintf(whole, sizeof(whole), "%s%s", url, path);
	growing_buffer_reset(out);
	ck_assert_msg(http_client_post(client, out, &status, whole,
				       "text/plain", bytes_of_string(body),
				       &error),
		      "%s", error.message);
	return status;
}

START_TEST(test_requests_come_whole_and_answers_go_back)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 1024);
	ck_assert_int_eq(post(&out, "/echo/a/b", "sixteen bytes..."), 200);
	ck_assert_str_eq(growing_buffer_string(&out),
			 "POST a/b sixteen bytes...");
	ck_assert_int_eq(post(&out, "/quick/a", "sixteen bytes..."), 200);
	ck_assert_str_eq(growing_buffer_string(&out),
			 "POST a sixteen bytes...");
	ck_assert_int_eq(get(&out, "/echo/x?y=z"), 200);
	ck_assert_str_eq(growing_buffer_string(&out), "GET x ");
	ck_assert_int_eq(get(&out, "/status"), 503);
	ck_assert_str_eq(growing_buffer_string(&out), "not now");
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_what_no_route_takes_is_refused)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 1024);
	ck_assert_int_eq(get(&out, "/nowhere"), 404);
	ck_assert_int_eq(post(&out, "/status", "x"), 405);
	ck_assert_int_eq(post(&out, "/echo/", "seventeen bytes.."), 413);
	ck_assert_int_eq(get(&out, "/echo/"), 200); /* goes on */
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_a_redirect_is_not_followed)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 1024);
	ck_assert_int_eq(get(&out, "/redirect"), 302);
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_an_answer_has_a_ceiling)
{
	struct growing_buffer out;
	char whole[256];
	long status;

	growing_buffer_init(&out, (1 << 20) - 1);
	snprintf(whole, sizeof(whole), "%s/much", url);
	ck_assert(!http_client_get(client, &out, &status, whole, &error));
	ck_assert_int_eq(error.code, ERROR_PROTOCOL);
	ck_assert_uint_eq(out.len, 0);
	growing_buffer_clear(&out);
	growing_buffer_init(&out, 1 << 20);
	ck_assert_int_eq(get(&out, "/much"), 200);
	ck_assert_uint_eq(out.len, 1 << 20);
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_only_web_addresses_are_fetched)
{
	static const char *const others[] = { "file:///etc/passwd",
					      "ftp://127.0.0.1/x", "gopher://x",
					      "no url" };
	struct growing_buffer out;
	long status;

	growing_buffer_init(&out, 4096);
	for (size_t i = 0; i < 4; i++) {
		ck_assert(!http_client_get(client, &out, &status, others[i],
					   &error));
		ck_assert_int_eq(error.code, ERROR_UNREACHABLE);
	}
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_credentials_never_reach_a_message)
{
	struct growing_buffer out;
	char masked[64];
	long status;

	http_client_mask_url(masked, sizeof(masked),
			     "https://user:secret@host:1/path?q");
	ck_assert_str_eq(masked, "https://***@host:1/path?q");
	http_client_mask_url(masked, sizeof(masked), "http://host/a@b");
	ck_assert_str_eq(masked, "http://host/a@b");
	growing_buffer_init(&out, 4096);
	ck_assert(!http_client_get(client, &out, &status,
				   "http://user:secret@127.0.0.1:1/", &error));
	ck_assert_ptr_null(strstr(error.message, "secret"));
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_an_address_that_is_taken_or_none_is_refused)
{
	struct http_server *other;
	char listen[32];

	snprintf(listen, sizeof(listen), "127.0.0.1:%u",
		 (unsigned int)http_server_port(server));
	ck_assert(!http_server_start(&other, listen, service,
				     HTTP_SERVER_LIMITS_USUAL, &error));
	ck_assert_int_eq(error.code, ERROR_CANNOT_CREATE);
	ck_assert(!http_server_start(&other, "nonsense", service,
				     HTTP_SERVER_LIMITS_USUAL, &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert(!http_server_start(&other, "127.0.0.1:65536", service,
				     HTTP_SERVER_LIMITS_USUAL, &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
}
END_TEST

/* A connection of its own, from an address of this machine, 127.0.0.x, that has
 * said this. */
static int say_from(uint8_t last, const char *text)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct sockaddr_in to = { .sin_family = AF_INET };
	ssize_t len = (ssize_t)strlen(text);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(http_server_port(server));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	ck_assert_int_eq(send(fd, text, (size_t)len, MSG_NOSIGNAL), len);
	return fd;
}

/* One that has asked and does not wait for the answer. */
static int ask_raw(const char *path)
{
	char request[128];

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n",
		 path);
	return say_from(1, request);
}

/* True if the end of what is sent on the connection is this. */
static bool has_answer(int fd, const char *end)
{
	char answer[1024];
	size_t len = 0;
	ssize_t got;

	while ((got = recv(fd, answer + len, sizeof(answer) - 1 - len, 0)) >
	       0) {
		len += (size_t)got;
		answer[len] = '\0';
		const char *body = strstr(answer, "\r\n\r\n");

		if (body != NULL && strcmp(body + 4, end) == 0)
			return true;
	}
	return false;
}

START_TEST(test_another_thread_completes_an_answer)
{
	static const char *const paths[] = { "/later", "/later-slow" };
	struct growing_buffer out;

	growing_buffer_init(&out, 1024);
	for (size_t i = 0; i < 10; i++) {
		size_t one = 1;
		pthread_t thread;

		pthread_create(&thread, NULL, finish_all, &one);
		ck_assert_int_eq(get(&out, paths[i % 2]), 200);
		ck_assert_str_eq(growing_buffer_string(&out), "later");
		pthread_join(thread, NULL);
	}
	ck_assert_int_eq(get(&out, "/at-once"), 200);
	ck_assert_str_eq(growing_buffer_string(&out), "later");
	ck_assert_int_eq(get(&out, "/at-once-slow"), 200);
	ck_assert_str_eq(growing_buffer_string(&out), "later");
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_the_turn_that_brought_a_request_completes_it)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 1024);
	for (size_t i = 0; i < 10; i++) {
		ck_assert_int_eq(get(&out, "/at-turn"), 200);
		ck_assert_str_eq(growing_buffer_string(&out), "later");
	}
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_others_are_answered_while_answers_are_awaited)
{
	int fds[] = { ask_raw("/later"), ask_raw("/later-slow"),
		      ask_raw("/later") };
	size_t count = 3;
	struct growing_buffer out;

	growing_buffer_init(&out, 1 << 20);
	ck_assert_int_eq(get(&out, "/status"), 503);
	ck_assert_int_eq(get(&out, "/much"), 200);
	ck_assert_uint_eq(out.len, 1 << 20);
	finish_all(&count);
	for (size_t i = 0; i < count; i++) {
		ck_assert(has_answer(fds[i], "later"));
		close(fds[i]);
	}
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_who_asked_may_be_gone_when_the_answer_is_complete)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	size_t count = 2;
	struct growing_buffer out;

	growing_buffer_init(&out, 1024);
	for (size_t i = 0; i < count; i++) {
		int fd = ask_raw(i == 0 ? "/later" : "/later-slow");

		pthread_mutex_lock(&deferred.mutex);
		while (deferred.count <= i)
			pthread_cond_wait(&deferred.changed, &deferred.mutex);
		pthread_mutex_unlock(&deferred.mutex);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd);
	}
	/* The server has seen both ends by the time it answers this. */
	ck_assert_int_eq(get(&out, "/status"), 503);
	finish_all(&count);
	ck_assert_int_eq(get(&out, "/status"), 503);
	growing_buffer_clear(&out);
}
END_TEST

static void *stop_server(void *unused)
{
	(void)unused;
	http_server_stop(server);
	return NULL;
}

START_TEST(test_the_end_waits_for_awaited_answers)
{
	int fds[] = { ask_raw("/later"), ask_raw("/later-slow") };
	size_t count = 2;
	pthread_t thread;

	pthread_mutex_lock(&deferred.mutex);
	while (deferred.count < count)
		pthread_cond_wait(&deferred.changed, &deferred.mutex);
	pthread_mutex_unlock(&deferred.mutex);
	pthread_create(&thread, NULL, stop_server, NULL);
	finish_all(&count);
	for (size_t i = 0; i < count; i++) {
		ck_assert(has_answer(fds[i], "later"));
		close(fds[i]);
	}
	pthread_join(thread, NULL);
	server = NULL; /* nothing is left for stop() */
}
END_TEST

/* True if the server has cut the connection. */
static bool is_cut(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) <= 0;
}

/* Begins with a server that takes few connections, and one that awaits its
 * answer since before the flood. */
static void start_few(int *awaiting)
{
	struct http_server_limits few = HTTP_SERVER_LIMITS_USUAL;

	http_server_stop(server);
	few.connections = 32;
	few.connections_per_address = 8;
	ck_assert(http_server_start(&server, "127.0.0.1:0", service, few,
				    &error));
	snprintf(url, sizeof(url), "http://127.0.0.1:%u",
		 (unsigned int)http_server_port(server));
	*awaiting = ask_raw("/later");
	pthread_mutex_lock(&deferred.mutex);
	while (deferred.count < 1)
		pthread_cond_wait(&deferred.changed, &deferred.mutex);
	pthread_mutex_unlock(&deferred.mutex);
}

/* The answer to somebody who was not connected before, within two seconds. */
static long ask_anew(struct growing_buffer *out)
{
	http_client_free(client);
	client = http_client_new((struct http_limits){ 2000, 2000, 15 });
	return get(out, "/status");
}

/* None of these has an idle time that would end it within the test. */
START_TEST(test_who_is_silent_gives_way_to_who_comes)
{
	static const char *const silent[] = {
		"", "GET /status HTTP/1.1\r\nHost: x\r\nX-",
		("POST /quick/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
		 "\r\nhalf"),
		"GET /status HTTP/1.1\r\nHost: x\r\n\r\n"
	};
	int fds[100];
	int awaiting;
	size_t one = 1;
	struct growing_buffer out;

	growing_buffer_init(&out, 1024);
	start_few(&awaiting);
	for (size_t i = 0; i < 100; i++) {
		fds[i] = say_from((uint8_t)(2 + i % 20), silent[i % 3]);
		ck_assert_int_eq(ask_anew(&out), 503);
	}
	/* The first have gone, the last have not. */
	for (size_t i = 0; i < 60; i++)
		ck_assert(is_cut(fds[i]));
	for (size_t i = 90; i < 100; i++) {
		char byte;

		ck_assert_int_eq(recv(fds[i], &byte, 1, MSG_DONTWAIT), -1);
	}
	for (size_t i = 0; i < 100; i++)
		close(fds[i]);
	/* Who has an answer and asks nothing more is silent, too. */
	for (size_t i = 0; i < 100; i++)
		fds[i] = say_from((uint8_t)(2 + i % 20), silent[3]);
	ck_assert_int_eq(ask_anew(&out), 503);
	for (size_t i = 0; i < 100; i++)
		close(fds[i]);
	finish_all(&one);
	ck_assert(has_answer(awaiting, "later"));
	close(awaiting);
	growing_buffer_clear(&out);
}
END_TEST

/* A request whose long body is there and whose answer is awaited. */
static int hold_body(size_t len)
{
	static uint8_t body[(size_t)1 << 20];
	char head[128];

	snprintf(head, sizeof(head),
		 "POST /long-later HTTP/1.1\r\nHost: x\r\n"
		 "Content-Length: %zu\r\n\r\n",
		 len);
	int fd = say_from(1, head);
	for (size_t at = 0; at < len;) {
		ssize_t sent = send(fd, body + at, len - at, MSG_NOSIGNAL);

		ck_assert_int_gt(sent, 0);
		at += (size_t)sent;
	}
	pthread_mutex_lock(&deferred.mutex);
	while (deferred.count < 1)
		pthread_cond_wait(&deferred.changed, &deferred.mutex);
	pthread_mutex_unlock(&deferred.mutex);
	return fd;
}

START_TEST(test_long_bodies_keep_out_no_short_ones)
{
	struct http_server_limits few = HTTP_SERVER_LIMITS_USUAL;
	struct growing_buffer out;
	char body[200000];
	size_t one = 1;

	http_server_stop(server);
	few.waiting_bytes = (size_t)512 << 10;
	ck_assert(http_server_start(&server, "127.0.0.1:0", service, few,
				    &error));
	snprintf(url, sizeof(url), "http://127.0.0.1:%u",
		 (unsigned int)http_server_port(server));
	growing_buffer_init(&out, 1024);
	memset(body, 'a', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	int held = hold_body((size_t)500 << 10);
	ck_assert_int_eq(post(&out, "/long", body), 503);
	ck_assert_str_eq(growing_buffer_string(&out),
			 "Too much is waiting, try again.\n");
	ck_assert_int_eq(post(&out, "/quick/a", "short"), 200);
	body[64 << 10] = '\0';
	ck_assert_int_eq(post(&out, "/long", body), 503);
	ck_assert_str_eq(growing_buffer_string(&out), "not now");
	finish_all(&one);
	ck_assert(has_answer(held, "later"));
	close(held);
	/* There is room again when the server has seen the end of that. */
	body[64 << 10] = 'a';
	do
		ck_assert_int_eq(post(&out, "/long", body), 503);
	while (strcmp(growing_buffer_string(&out), "not now") != 0);
	growing_buffer_clear(&out);
}
END_TEST

/* ---- peers that are not servers of ours ---- */

struct peer {
	int listener;
	const char *says; /* to the first who connects; then it breaks off */
	bool holds;	  /* it does not break off until the test ends */
	pthread_t thread;
	int end[2]; /* a pipe: written to, the test ends */
};

static void *run_peer(void *argument)
{
	struct peer *peer = argument;
	char request[1024];
	int connection = accept(peer->listener, NULL, NULL);
	char byte;

	if (connection < 0)
		return NULL;
	(void)recv(connection, request, sizeof(request), 0);
	(void)send(connection, peer->says, strlen(peer->says), MSG_NOSIGNAL);
	while (peer->holds && read(peer->end[0], &byte, 1) < 0)
		; /* interrupted */
	close(connection);
	return NULL;
}

static void peer_start(struct peer *peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer->listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(peer->listener, (struct sockaddr *)&address, len),
			 0);
	ck_assert_int_eq(listen(peer->listener, 1), 0);
	ck_assert_int_eq(
		getsockname(peer->listener, (struct sockaddr *)&address, &len),
		0);
	ck_assert_int_eq(pipe(peer->end), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
		 (unsigned int)ntohs(address.sin_port));
	ck_assert_int_eq(pthread_create(&peer->thread, NULL, run_peer, peer),
			 0);
}

static void peer_stop(struct peer *peer)
{
	ck_assert_int_eq(write(peer->end[1], "", 1), 1);
	pthread_join(peer->thread, NULL);
	close(peer->listener);
	close(peer->end[0]);
	close(peer->end[1]);
}

static enum error_code ask(const char *says, bool holds)
{
	struct peer peer = { .says = says, .holds = holds };
	struct growing_buffer out;
	long status;

	growing_buffer_init(&out, 4096);
	peer_start(&peer);
	bool ok = http_client_get(client, &out, &status, url, &error);
	peer_stop(&peer);
	ck_assert(ok || out.len == 0);
	growing_buffer_clear(&out);
	return ok ? ERROR_NONE : error.code;
}

START_TEST(test_an_answer_that_is_cut_off_is_none)
{
	ck_assert_int_eq(
		ask("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false),
		ERROR_NONE);
	ck_assert_int_eq(
		ask("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", false),
		ERROR_PROTOCOL);
	ck_assert_int_eq(ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
			     "\r\n5\r\nok",
			     false),
			 ERROR_PROTOCOL);
	ck_assert_int_eq(ask("HTTP/1.1 200 OK\r\nContent-Le", false),
			 ERROR_PROTOCOL);
	ck_assert_int_eq(ask("HTTP/1.1 200 OK\r\n", false), ERROR_PROTOCOL);
	ck_assert_int_eq(ask("HTTP/1.1 200 OK\r\n\r\n", false), ERROR_NONE);
	ck_assert_int_ne(ask("", false), ERROR_NONE);
	ck_assert_int_ne(ask("no HTTP at all\r\n\r\n", false), ERROR_NONE);
}
END_TEST

START_TEST(test_silence_has_an_end)
{
	http_client_free(client);
	client = http_client_new((struct http_limits){ 1000, 300, 15 });
	ck_assert_int_eq(ask("", true), ERROR_UNREACHABLE);
	ck_assert_int_eq(
		ask("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", true),
		ERROR_UNREACHABLE);
}
END_TEST

Suite *http_suite(void);

Suite *http_suite(void)
{
	Suite *suite = suite_create("http");
	TCase *tests = tcase_create("http");

	tcase_set_timeout(tests, 30);
	tcase_add_checked_fixture(tests, start, stop);
	tcase_add_test(tests, test_requests_come_whole_and_answers_go_back);
	tcase_add_test(tests, test_what_no_route_takes_is_refused);
	tcase_add_test(tests, test_a_redirect_is_not_followed);
	tcase_add_test(tests, test_an_answer_has_a_ceiling);
	tcase_add_test(tests, test_only_web_addresses_are_fetched);
	tcase_add_test(tests, test_credentials_never_reach_a_message);
	tcase_add_test(tests, test_an_address_that_is_taken_or_none_is_refused);
	tcase_add_test(tests, test_another_thread_completes_an_answer);
	tcase_add_test(tests,
		       test_the_turn_that_brought_a_request_completes_it);
	tcase_add_test(tests,
		       test_others_are_answered_while_answers_are_awaited);
	tcase_add_test(tests,
		       test_who_asked_may_be_gone_when_the_answer_is_complete);
	tcase_add_test(tests, test_the_end_waits_for_awaited_answers);
	tcase_add_test(tests, test_who_is_silent_gives_way_to_who_comes);
	tcase_add_test(tests, test_long_bodies_keep_out_no_short_ones);
	tcase_add_test(tests, test_an_answer_that_is_cut_off_is_none);
	tcase_add_test(tests, test_silence_has_an_end);
	suite_add_tcase(suite, tests);
	return suite;
}
