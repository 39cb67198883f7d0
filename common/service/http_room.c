/* SPDX-License-Identifier: MIT */
#include "common/service/http_room.h"

#define FREE ((size_t)64 << 10)

/* What a body of so many bytes needs. */
static size_t need(size_t len)
{
	return len > FREE ? len - FREE : 0;
}

void http_room_init(struct http_room *room, size_t most)
{
	(void)pthread_mutex_init(&room->lock, NULL); /* never fails */
	room->most = most;
	room->taken = 0;
}

void http_room_clear(struct http_room *room)
{
	(void)pthread_mutex_destroy(&room->lock); /* nobody waits */
}

bool http_room_take(struct http_room *room, size_t len, size_t more)
{
	size_t needed = need(len + more) - need(len);

	(void)pthread_mutex_lock(&room->lock); /* never fails */
	bool fits = needed <= room->most - room->taken;
	if (fits)
		room->taken += needed;
	(void)pthread_mutex_unlock(&room->lock); /* is held */
	return fits;
}

void http_room_give(struct http_room *room, size_t len, size_t less)
{
	(void)pthread_mutex_lock(&room->lock); /* never fails */
	room->taken -= need(len) - need(len - less);
	(void)pthread_mutex_unlock(&room->lock); /* is held */
}
