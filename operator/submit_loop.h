/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_SUBMIT_LOOP_H
#define PLASMA_OPERATOR_SUBMIT_LOOP_H

/*
 * Threads, one per processor, that judge payments which come one per request.
 * Each takes as many as have come while all were busy: the more there are, the
 * more share hashing side by side, one place in the queue of the deciding
 * thread, and one waking of it. Nobody waits for company.
 */

#include <stddef.h>

#include "common/service/http_server.h"

/* A request whose answer is deferred; both live until it is finished. */
struct submit {
	struct http_response *response;
	const struct http_request *request;
};

/* Takes at most this many at once. */
#define SUBMIT_LOOP_MOST ((size_t)32)

/* Judges so many and sees to it that each is answered; on any of the threads.
 */
typedef void submit_loop_job(void *context, const struct submit *submits,
			     size_t count);

struct submit_loop;

/* Starts the threads. Own with submit_loop_stop(). */
struct submit_loop *submit_loop_start(submit_loop_job *job, void *context);

/* Judges what waits, ends the threads. Frees. */
void submit_loop_stop(struct submit_loop *loop);

/* Puts one into the queue, which is as long as there are connections; from any
 * thread. */
void submit_loop_put(struct submit_loop *loop, struct submit submit);

#endif
