/* SPDX-License-Identifier: MIT */
#include "operator/mirror_loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/service/body_store.h"
#include "common/service/clock.h"
#include "common/service/http_client.h"
#include "common/service/log.h"
#include "common/service/thread.h"
#include "operator/operator_store.h"

/* The longest body takes less at a megabit per second. What is sent waits in
 * this machine at last, when nothing seems to move. */
#define LIMITS ((struct http_limits){ 5000, 600000, 60 })

#define ANSWER_CEILING ((size_t)64 << 10)
#define FIRST_PAUSE_MS 200
#define LONGEST_PAUSE_MS 30000
#define LOOK_EVERY_MS 2000

struct mirror_loop {
	const char *target;
	char name[256];
	struct operator_status *status;
	struct operator_loop *waiting;
	struct operator_store *reader;
	struct body_store *bodies;
	struct body_store *copies;  /* NULL: the mirror is a web server */
	struct http_client *client; /* NULL: the mirror is a directory */
	pthread_t thread;
	pthread_mutex_t mutex; /* covers what follows */
	pthread_cond_t changed;
	bool stopping;
	bool has_news;
	struct hash offered; /* zero: nothing was */
	struct hash taken;   /* of what was offered, the last one */
	_Atomic uint64_t blknum;
	uint64_t pause_ms;
	bool has_alarm; /* of the thread */
};

static bool put_over_http(struct mirror_loop *loop, const struct hash *root,
			  struct bytes body, struct error *error)
{
	struct growing_buffer answer;
	char name[65];
	char url[1200];
	long status;

	hex_encode_bare(name, bytes_view(root->bytes, sizeof(root->bytes)));
	size_t len = strlen(loop->target);
	const char *slash = loop->target[len - 1] == '/' ? "" : "/";
	if ((size_t)snprintf(url, sizeof(url), "%s%s%s", loop->target, slash,
			     name) >= sizeof(url))
		return error_set(error, ERROR_CONFIG, "the URL is too long");
	growing_buffer_init(&answer, ANSWER_CEILING);
	bool ok = http_client_put(loop->client, &answer, &status, url,
				  "application/octet-stream", body, error);
	growing_buffer_clear(&answer);
	if (ok && (status < 200 || status > 299))
		ok = error_set(error, ERROR_REFUSED, "answers with status %ld",
			       status);
	return ok;
}

static bool copy(struct mirror_loop *loop, const struct hash *root,
		 struct error *error)
{
	struct growing_buffer body;

	growing_buffer_init(&body, PROTOCOL_MAX_BODY_SIZE);
	bool ok = body_store_get(loop->bodies, &body, root, error) &&
		  (loop->copies != NULL
			   ? body_store_put(loop->copies, root,
					    growing_buffer_view(&body), error)
			   : put_over_http(loop, root,
					   growing_buffer_view(&body), error));
	growing_buffer_clear(&body);
	return ok;
}

static void tell_waiting(struct mirror_loop *loop)
{
	if (loop->waiting != NULL)
		operator_loop_wake(loop->waiting);
}

static struct hash read_shared(struct mirror_loop *loop,
			       const struct hash *what)
{
	pthread_mutex_lock(&loop->mutex);
	struct hash hash = *what;
	pthread_mutex_unlock(&loop->mutex);
	return hash;
}

/* Copies what is not committed yet; `found` false if there is nothing. */
static bool copy_offered(struct mirror_loop *loop, bool *found,
			 struct error *error)
{
	struct hash offered = read_shared(loop, &loop->offered);

	*found = !hash_is_zero(&offered) && !hash_equal(&offered, &loop->taken);
	if (!*found)
		return true;
	if (!copy(loop, &offered, error))
		return false;
	pthread_mutex_lock(&loop->mutex);
	loop->taken = offered;
	pthread_mutex_unlock(&loop->mutex);
	tell_waiting(loop);
	return true;
}

/* Copies the next block; `found` false if there is none. */
static bool copy_next(struct mirror_loop *loop, bool *found,
		      struct error *error)
{
	struct committed_block block;
	uint64_t next = atomic_load(&loop->blknum) + PROTOCOL_BLOCK_INTERVAL;

	if (!operator_store_block(loop->reader, found, &block, next, error))
		return false;
	if (!*found)
		return copy_offered(loop, found, error);
	if (!hash_equal(&block.root, &loop->taken) &&
	    !copy(loop, &block.root, error))
		return false;
	atomic_store(&loop->blknum, next);
	tell_waiting(loop);
	return true;
}

/* Sleeps until there is news; true at the end. */
static bool wait_for_news(struct mirror_loop *loop, uint64_t ms, bool any_news)
{
	struct timespec until =
		clock_monotonic_at_ms(clock_monotonic_ms() + ms);
	int timed_out = 0;

	pthread_mutex_lock(&loop->mutex);
	while (!loop->stopping && !(any_news && loop->has_news) &&
	       timed_out == 0)
		timed_out = pthread_cond_timedwait(&loop->changed, &loop->mutex,
						   &until);
	loop->has_news = false;
	bool stopping = loop->stopping;
	pthread_mutex_unlock(&loop->mutex);
	return stopping;
}

static bool is_stopping(struct mirror_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	bool stopping = loop->stopping;
	pthread_mutex_unlock(&loop->mutex);
	return stopping;
}

static void *run(void *context)
{
	struct mirror_loop *loop = context;
	struct error error;
	bool stopping = false;

	while (!stopping) {
		bool found = false;

		if (copy_next(loop, &found, &error)) {
			loop->pause_ms = FIRST_PAUSE_MS;
			operator_status_clear_mine(loop->status,
						   &loop->has_alarm,
						   OPERATOR_ALARM_MIRROR);
			stopping = wait_for_news(
				loop, found ? 0 : LOOK_EVERY_MS, true);
			continue;
		}
		if (is_stopping(loop))
			break; /* it was given up */
		(void)error_wrap(&error, "%s", loop->name);
		operator_status_raise_mine(loop->status, &loop->has_alarm,
					   OPERATOR_ALARM_MIRROR,
					   error.message);
		stopping = wait_for_news(loop, loop->pause_ms, false);
		loop->pause_ms *= 2;
		if (loop->pause_ms > LONGEST_PAUSE_MS)
			loop->pause_ms = LONGEST_PAUSE_MS;
	}
	return NULL;
}

static void mirror_free(struct mirror_loop *loop)
{
	body_store_close(loop->copies);
	body_store_close(loop->bodies);
	operator_store_close(loop->reader);
	if (loop->client != NULL)
		http_client_free(loop->client);
	pthread_cond_destroy(&loop->changed);
	pthread_mutex_destroy(&loop->mutex);
	memory_free(loop);
}

static bool open_target(struct mirror_loop *loop, struct error *error)
{
	if (strncmp(loop->target, "http://", 7) == 0 ||
	    strncmp(loop->target, "https://", 8) == 0) {
		loop->client = http_client_new(LIMITS);
		return true;
	}
	return body_store_open_directory(&loop->copies, loop->target, error);
}

bool mirror_loop_start(struct mirror_loop **out, const char *target,
		       const char *datadir, struct operator_status *status,
		       struct operator_loop *waiting, struct error *error)
{
	struct mirror_loop *loop = memory_new(1, sizeof(*loop));
	pthread_condattr_t monotonic;
	uint64_t blknum = 0;

	loop->target = target;
	loop->status = status;
	loop->waiting = waiting;
	loop->pause_ms = FIRST_PAUSE_MS;
	http_client_mask_url(loop->name, sizeof(loop->name), target);
	pthread_mutex_init(&loop->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&loop->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	bool ok =
		operator_store_open_reader(&loop->reader, datadir, error) &&
		body_store_open(&loop->bodies, datadir, OPERATOR_STORE_BODIES,
				error) &&
		open_target(loop, error) &&
		operator_store_mirror(loop->reader, &blknum, loop->name, error);
	atomic_store(&loop->blknum, blknum);
	if (!ok || !thread_start(&loop->thread, run, loop, error)) {
		mirror_free(loop);
		return error_wrap(error, "mirror");
	}
	*out = loop;
	return true;
}

void mirror_loop_stop(struct mirror_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	loop->stopping = true;
	pthread_cond_broadcast(&loop->changed);
	pthread_mutex_unlock(&loop->mutex);
	if (loop->client != NULL)
		http_client_cancel(loop->client);
	pthread_join(loop->thread, NULL);
	mirror_free(loop);
}

void mirror_loop_wake(struct mirror_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	loop->has_news = true;
	pthread_cond_broadcast(&loop->changed);
	pthread_mutex_unlock(&loop->mutex);
}

void mirror_loop_offer(struct mirror_loop *loop, const struct hash *root)
{
	pthread_mutex_lock(&loop->mutex);
	loop->offered = *root;
	pthread_mutex_unlock(&loop->mutex);
	mirror_loop_wake(loop);
}

bool mirror_loop_has(struct mirror_loop *loop, const struct hash *root)
{
	struct hash taken = read_shared(loop, &loop->taken);

	return hash_equal(&taken, root);
}

uint64_t mirror_loop_blknum(struct mirror_loop *loop)
{
	return atomic_load(&loop->blknum);
}

const char *mirror_loop_name(const struct mirror_loop *loop)
{
	return loop->name;
}
