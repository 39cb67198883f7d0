/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_HTTP_CALLERS_H
#define PLASMA_COMMON_SERVICE_HTTP_CALLERS_H

/*
 * Who is connected to a server, and who of them owes it a request. When there
 * are too many, the one who has owed it longest gives way: strangers who say
 * nothing, or say it slowly, keep nobody out. Whoever waits for an answer
 * stays.
 */

#include <stdbool.h>
#include <stddef.h>

/* A connection. */
struct http_caller {
	int fd;
	bool is_silent; /* has not sent a whole request since its last answer */
	struct http_caller *before; /* silent for longer */
	struct http_caller *after;
};

struct http_callers {
	size_t count; /* that are connected */
	size_t most;  /* with more than this, the silent give way */
	struct http_caller *first; /* silent for longest; NULL: nobody is */
	struct http_caller *last;
};

/* Of so many connections, how many there may be where each may also have a file
 * as its answer, and the rest of the program needs some: whoever connects does
 * not take the last file that it can open. */
unsigned int http_callers_fit(unsigned int wanted);

/* Somebody connects, silent at first. If it is one too many, the connection of
 * who has been silent longest, never the new one, is shut down; the server sees
 * it end. Own with http_callers_leave(). */
struct http_caller *http_callers_join(struct http_callers *callers, int fd);

/* A request is complete; the caller waits for the answer now. */
void http_callers_asked(struct http_callers *callers,
			struct http_caller *caller);

/* An answer has been sent, or was given up: the next request is owed. */
void http_callers_answered(struct http_callers *callers,
			   struct http_caller *caller);

/* The connection is over. */
void http_callers_leave(struct http_callers *callers,
			struct http_caller *caller);

#endif
