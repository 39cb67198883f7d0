/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_SUBMIT_LOOP_H
#define PLASMA_OPERATOR_SUBMIT_LOOP_H

/*
 * Judges payments that come one per request, on all processors. The thread that
 * reads the requests does its share between two turns at the connections, and
 * as long as that is all, nobody else is woken for it; on every other processor
 * a thread takes what is more. Each takes as many as have come: the more there
 * are, the more share hashing side by side, one place in the queue of the
 * deciding thread, and one waking of it. Nobody waits for company.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/service/http_server.h"

/* A request whose answer is deferred; both live until it is finished. */
struct submit {
	struct http_response *response;
	const struct http_request *request;
};

/* Takes at most this many at once. */
#define SUBMIT_LOOP_MOST ((size_t)32)

/* Judges so many and sees to it that each is answered; on any of the threads.
 * `more_follow`: others wait to be judged. */
typedef void submit_loop_job(void *context, const struct submit *submits,
			     size_t count, bool more_follow);

struct submit_loop;

/* Starts the threads. Own with submit_loop_stop(). */
struct submit_loop *submit_loop_start(submit_loop_job *job, void *context);

/* Judges what waits, ends the threads. Frees. */
void submit_loop_stop(struct submit_loop *loop);

/* Puts one into the queue, which is as long as there are connections. */
void submit_loop_put(struct submit_loop *loop, struct submit submit);

/* Judges a share of the queue and calls the threads for what is left; by the
 * thread that puts, when it has put all that came. False if there was nothing.
 */
NODISCARD bool submit_loop_help(struct submit_loop *loop);

#endif
