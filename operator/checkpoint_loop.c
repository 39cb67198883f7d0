/* SPDX-License-Identifier: MIT */
#include "operator/checkpoint_loop.h"

#include <pthread.h>

#include "common/base/memory.h"
#include "common/service/body_store.h"
#include "common/service/log.h"
#include "common/service/random.h"
#include "common/service/thread.h"
#include "operator/checkpoint_store.h"
#include "operator/recovery_store.h"

struct checkpoint_loop {
	const char *datadir;
	struct operator_network network;
	pthread_t thread;
	pthread_mutex_t mutex; /* covers what follows */
	pthread_cond_t changed;
	bool wanted;
	bool stopping;
};

/* True if nothing was taken back since `before`: what was written is true. */
static bool is_still_true(struct operator_store *store,
			  const struct root_cursor *before, struct error *error)
{
	struct root_cursor now = { 0, 0, 0 };
	bool found;

	return operator_store_cursor(store, &found, &now, error) &&
	       now.generation == before->generation;
}

static bool make_checkpoint(struct checkpoint_loop *loop, struct error *error)
{
	struct recovery_source source = { .datadir = loop->datadir,
					  .framework =
						  loop->network.framework };
	struct operator_settings settings = { .queue_limit = 1 };
	struct operator_state *state = NULL;
	struct root_cursor before = { 0, 0, 0 };
	struct recovery_counts counts;
	uint64_t credited;
	bool found;

	random_fill(settings.seed, sizeof(settings.seed));
	bool ok = operator_store_open_reader(&source.store, loop->datadir,
					     error) &&
		  body_store_open(&source.bodies, loop->datadir,
				  OPERATOR_STORE_BODIES, error) &&
		  operator_store_cursor(source.store, &found, &before, error) &&
		  recovery_store_load_committed(&state, &counts, &credited,
						&settings, &source, error) &&
		  recovery_store_checkpoint(state, loop->datadir,
					    &loop->network.framework, credited,
					    error);
	if (ok && !is_still_true(source.store, &before, error))
		ok = checkpoint_store_remove(loop->datadir, error);
	operator_state_free(state);
	body_store_close(source.bodies);
	operator_store_close(source.store);
	return ok;
}

static void *run(void *context)
{
	struct checkpoint_loop *loop = context;
	struct error error;

	pthread_mutex_lock(&loop->mutex);
	for (;;) {
		while (!loop->wanted && !loop->stopping)
			pthread_cond_wait(&loop->changed, &loop->mutex);
		if (loop->stopping)
			break;
		loop->wanted = false;
		pthread_mutex_unlock(&loop->mutex);
		if (!make_checkpoint(loop, &error))
			log_event(LOG_WARNING, "no checkpoint was written",
				  log_text("reason", error.message));
		pthread_mutex_lock(&loop->mutex);
	}
	pthread_mutex_unlock(&loop->mutex);
	return NULL;
}

bool checkpoint_loop_start(struct checkpoint_loop **out, const char *datadir,
			   const struct operator_network *network,
			   struct error *error)
{
	struct checkpoint_loop *loop = memory_new(1, sizeof(*loop));

	loop->datadir = datadir;
	loop->network = *network;
	pthread_mutex_init(&loop->mutex, NULL);
	pthread_cond_init(&loop->changed, NULL);
	if (!thread_start(&loop->thread, run, loop, error)) {
		memory_free(loop);
		return false;
	}
	*out = loop;
	return true;
}

void checkpoint_loop_stop(struct checkpoint_loop *loop)
{
	if (loop == NULL)
		return;
	pthread_mutex_lock(&loop->mutex);
	loop->stopping = true;
	pthread_cond_signal(&loop->changed);
	pthread_mutex_unlock(&loop->mutex);
	pthread_join(loop->thread, NULL);
	pthread_cond_destroy(&loop->changed);
	pthread_mutex_destroy(&loop->mutex);
	memory_free(loop);
}

void checkpoint_loop_wake(struct checkpoint_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	loop->wanted = true;
	pthread_cond_signal(&loop->changed);
	pthread_mutex_unlock(&loop->mutex);
}
