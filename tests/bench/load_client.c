/* SPDX-License-Identifier: MIT */
#include "tests/bench/load_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/base/memory.h"

#define FIRST_ROOM ((size_t)4096)
#define SECOND_NS UINT64_C(1000000000)
#define NONE SIZE_MAX

/* Who waits for an answer is woken by it, at the cost of whoever sends: on one
 * machine that is the server that is measured. So answers are fetched by the
 * clock as long as every connection waits for one. */
static const struct timespec fetch = { .tv_nsec = 200000 };

struct connection {
	int fd;
	size_t request; /* NONE: idle */
	size_t sent;
	char *answer;
	size_t len;
	size_t capacity;
};

struct client {
	struct load_result *results;
	const struct load_request *requests;
	size_t count;
	size_t next;
	size_t done;
	int epoll;
	struct connection *connections;
	size_t connection_count;
	size_t *idle;
	size_t idle_count;
	bool has_complained;
};

uint64_t load_client_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static bool open_connection(struct client *client, size_t index, uint16_t port,
			    uint8_t from)
{
	struct connection *connection = &client->connections[index];
	struct sockaddr_in own = { .sin_family = AF_INET };
	struct sockaddr_in server = { .sin_family = AF_INET,
				      .sin_port = htons(port) };
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = index };
	int yes = 1;

	own.sin_addr.s_addr = htonl(0x7f000000u | from);
	server.sin_addr.s_addr = htonl(0x7f000001u);
	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	connection->request = NONE;
	connection->capacity = FIRST_ROOM;
	connection->answer = memory_new(1, FIRST_ROOM);
	client->idle[client->idle_count++] = index;
	return connection->fd >= 0 &&
	       bind(connection->fd, (struct sockaddr *)&own, sizeof(own)) ==
		       0 &&
	       connect(connection->fd, (struct sockaddr *)&server,
		       sizeof(server)) == 0 &&
	       setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes,
			  sizeof(yes)) == 0 &&
	       epoll_ctl(client->epoll, EPOLL_CTL_ADD, connection->fd,
			 &event) == 0;
}

/* Requests are sent whole: a server that does not read is none. */
static bool send_next(struct client *client, size_t index)
{
	struct connection *connection = &client->connections[index];
	const struct load_request *request = &client->requests[client->next];
	struct load_result *result = &client->results[client->next];
	size_t sent = 0;

	connection->request = client->next++;
	connection->len = 0;
	*result = (struct load_result){ request->due_ns, 0, 0, 0 };
	if (request->due_ns == 0)
		result->sent_ns = load_client_now();
	while (sent < request->bytes.len) {
		ssize_t count = send(connection->fd, request->bytes.data + sent,
				     request->bytes.len - sent, MSG_NOSIGNAL);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		sent += (size_t)count;
	}
	return true;
}

/* Sends what is due on what is idle. */
static bool send_due(struct client *client)
{
	while (client->idle_count > 0 && client->next < client->count) {
		uint64_t due = client->requests[client->next].due_ns;

		if (due != 0 && due > load_client_now())
			return true;
		if (!send_next(client, client->idle[--client->idle_count]))
			return false;
	}
	return true;
}

/* Length of the whole answer, 0 as long as it is not known. */
static size_t answer_len(struct connection *connection)
{
	connection->answer[connection->len] = '\0';
	const char *end = strstr(connection->answer, "\r\n\r\n");
	const char *len = strstr(connection->answer, "Content-Length: ");

	if (end == NULL || len == NULL || len > end)
		return 0;
	return (size_t)(end - connection->answer) + 4 +
	       (size_t)strtoul(len + 16, NULL, 10);
}

static uint64_t count_words(const char *text, const char *word)
{
	uint64_t count = 0;
	size_t len = strlen(word);

	for (; (text = strstr(text, word)) != NULL; text += len)
		count++;
	return count;
}

static void take_answer(struct client *client, struct connection *connection)
{
	struct load_result *result = &client->results[connection->request];

	result->answered_ns = load_client_now();
	result->good =
		count_words(connection->answer, "\"ok\":true") +
		count_words(connection->answer, "\"txhash\":\"0x") -
		count_words(connection->answer, "\"ok\":true,\"txhash\":\"0x");
	result->bad = count_words(connection->answer, "\"code\":");
	if (result->bad > 0 && !client->has_complained) {
		fprintf(stderr, "refused: %.60s\n",
			strstr(connection->answer, "\"code\":"));
		client->has_complained = true;
	}
	connection->request = NONE;
	client->done++;
	client->idle[client->idle_count++] =
		(size_t)(connection - client->connections);
}

static bool receive(struct client *client, struct connection *connection)
{
	size_t room = connection->capacity - connection->len - 1;
	ssize_t got = recv(connection->fd, connection->answer + connection->len,
			   room, 0);

	if (got < 0 && errno == EINTR)
		return true;
	if (got <= 0) {
		fprintf(stderr, "request %zu: %s after %zu bytes: %.200s\n",
			connection->request,
			got == 0 ? "closed" : strerror(errno), connection->len,
			connection->answer);
		return false;
	}
	connection->len += (size_t)got;
	size_t len = answer_len(connection);
	if (len != 0 && connection->len >= len)
		take_answer(client, connection);
	size_t needed = len > connection->len ? len : connection->len;
	if (needed + FIRST_ROOM > connection->capacity) {
		connection->capacity = needed + 2 * FIRST_ROOM;
		connection->answer = memory_resize(connection->answer,
						   connection->capacity, 1);
	}
	return true;
}

/* What may be slept until something is due. Counted in nanoseconds: a load that
 * spins through the last millisecond takes a processor from what it measures.
 */
static struct timespec pause_of(const struct client *client)
{
	if (client->next == client->count || client->idle_count == 0)
		return (struct timespec){ .tv_sec = 1 };
	uint64_t due = client->requests[client->next].due_ns;
	uint64_t now = load_client_now();
	uint64_t left = due <= now ? 0 : due - now;

	return (struct timespec){ .tv_sec = (time_t)(left / SECOND_NS),
				  .tv_nsec = (long)(left % SECOND_NS) };
}

static bool run(struct client *client)
{
	struct epoll_event events[256];

	while (client->done < client->count) {
		if (!send_due(client))
			return false;
		struct timespec pause = pause_of(client);

		if (client->idle_count == 0)
			(void)nanosleep(&fetch, NULL); /* allowed: see there */
		int count =
			epoll_pwait2(client->epoll, events, 256, &pause, NULL);

		for (int i = 0; i < count; i++) {
			if (!receive(client,
				     &client->connections[events[i].data.u64]))
				return false;
		}
	}
	return true;
}

bool load_client_run(struct load_result *results,
		     const struct load_request *requests, size_t count,
		     uint16_t port, size_t connections, uint8_t from)
{
	struct client client = { .results = results,
				 .requests = requests,
				 .count = count,
				 .epoll = epoll_create1(EPOLL_CLOEXEC),
				 .connection_count = connections };
	bool ok = client.epoll >= 0;

	client.connections =
		memory_new(connections, sizeof(*client.connections));
	client.idle = memory_new(connections, sizeof(*client.idle));
	for (size_t i = 0; ok && i < connections; i++)
		ok = open_connection(&client, i, port, from);
	if (!ok)
		perror("connect");
	ok = ok && run(&client);
	for (size_t i = 0; i < connections; i++) {
		if (client.connections[i].fd > 0)
			(void)close(client.connections[i].fd); /* read */
		memory_free(client.connections[i].answer);
	}
	(void)close(client.epoll); /* nothing to lose */
	memory_free(client.connections);
	memory_free(client.idle);
	return ok;
}
