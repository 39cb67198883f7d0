/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_HTTP_ROOM_H
#define PLASMA_COMMON_SERVICE_HTTP_ROOM_H

/*
 * The memory that the bodies of all requests may take together. The first 64
 * KiB of each need none of it: whoever sends a few long bodies slowly, or never
 * to their end, does not keep out those who ask for little. What these come to
 * the number of connections bounds.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

struct http_room {
	pthread_mutex_t lock;
	size_t most;
	size_t taken;
};

void http_room_init(struct http_room *room, size_t most);
void http_room_clear(struct http_room *room);

/* Takes what a body of `len` bytes needs when it grows by `more`; false, and
 * nothing is taken, if there is too little. From any thread. */
NODISCARD bool http_room_take(struct http_room *room, size_t len, size_t more);

/* Gives back what a body needs when it is shorter by the last `less` of its
 * `len` bytes. From any thread. */
void http_room_give(struct http_room *room, size_t len, size_t less);

#endif
