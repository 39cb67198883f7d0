/* SPDX-License-Identifier: MIT */
#include "watcher/ahead_fetch.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/service/thread.h"
#include "watcher/block_validator.h"

/* Blocks that are under way or wait to be taken, and how many bytes of bodies
 * there may be, with the one that was taken, before a further one is begun. */
#define SLOTS 16
#define MOST_BYTES ((size_t)8 << 20)

/* Threads that prepare: while one cuts and judges what it read, which nobody
 * can help with, the workers recover the signers of the other's block. */
#define PREPARERS 2

/* Signatures that go to the workers at once, and in one piece. */
#define JOBS_AT_ONCE 4096
#define JOBS_IN_PIECE 32

void prepared_block_authenticate(struct prepared_block *prepared,
				 const struct hash *root)
{
	prepared->finding = block_validator_authenticate(
		&prepared->body, prepared->file.bytes, root);
	prepared->has_body = prepared->finding.verdict == VERDICT_VALID;
}

static void recover_piece(void *items, size_t count)
{
	signature_recover_batch(items, count);
}

void prepared_block_judge(struct prepared_block *prepared,
			  const struct block_facts *facts,
			  struct workers *workers)
{
	struct signature_job *jobs;
	size_t count;

	assert(prepared->has_body && prepared->judge == NULL);
	prepared->judge = block_judge_new(facts);
	prepared->finding =
		block_judge_body(prepared->judge, &prepared->body, NULL);
	if (prepared->finding.verdict != VERDICT_VALID)
		return;
	jobs = memory_new(JOBS_AT_ONCE, sizeof(*jobs));
	while ((count = block_judge_signatures(prepared->judge, jobs,
					       JOBS_AT_ONCE)) > 0) {
		workers_run(workers, recover_piece, jobs, sizeof(*jobs), count,
			    JOBS_IN_PIECE);
		block_judge_signers(prepared->judge, jobs, count);
	}
	memory_free(jobs);
}

struct prepared_block *prepared_block_new(void)
{
	struct prepared_block *prepared = memory_new(1, sizeof(*prepared));

	prepared->file = BODY_FILE_NONE;
	return prepared;
}

void prepared_block_free(struct prepared_block *prepared)
{
	if (prepared == NULL)
		return;
	block_judge_free(prepared->judge);
	if (prepared->has_body)
		block_body_clear(&prepared->body);
	body_file_clear(&prepared->file);
	memory_free(prepared);
}

struct slot {
	struct block_facts facts;
	struct prepared_block *prepared; /* owned; NULL until it is ready */
	bool is_begun;
	bool is_ready;
};

/* A ring: `count` slots from `first` on are wanted. */
struct ahead_fetch {
	struct body_store *bodies;
	struct block_fetch *fetch;
	pthread_mutex_t fetching; /* `fetch` is for one thread at a time */
	struct workers *workers;
	pthread_t threads[PREPARERS];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct slot slots[SLOTS];
	size_t first;
	size_t count;
	size_t busy;	  /* slots that are begun and not ready */
	size_t usual_len; /* of the last body; as of a large one at first */
	size_t taken_len; /* of the body that was taken and is in work */
	bool is_awaited;  /* the first slot: nothing else is in work */
	bool ending;
};

static struct slot *slot_at(struct ahead_fetch *ahead, size_t index)
{
	return &ahead->slots[(ahead->first + index) % SLOTS];
}

/* The first good body, of the store or of a source. If our own disk fails there
 * is none; who looks again hears of it. */
static void find_body(struct ahead_fetch *ahead,
		      struct prepared_block *prepared, const struct hash *root)
{
	size_t count = block_fetch_count(ahead->fetch);
	enum verdict verdict;
	struct error reason;
	bool ok = true;

	prepared->is_stored =
		body_store_map(ahead->bodies, &prepared->file, root, &reason);
	if (prepared->is_stored)
		prepared_block_authenticate(prepared, root);
	for (size_t i = 0; ok && !prepared->has_body && i < count; i++) {
		prepared->is_stored = false;
		(void)pthread_mutex_lock(&ahead->fetching); /* never fails */
		ok = block_fetch_body(ahead->fetch, &verdict, &prepared->file,
				      i, root, &reason);
		(void)pthread_mutex_unlock(&ahead->fetching); /* is held */
		if (ok && verdict == VERDICT_VALID)
			prepared_block_authenticate(prepared, root);
	}
}

/* Bytes of the bodies that there are, as far as that is known. */
static size_t bytes_in_work(struct ahead_fetch *ahead)
{
	size_t len = ahead->taken_len + ahead->busy * ahead->usual_len;

	for (size_t i = 0; i < ahead->count; i++) {
		if (slot_at(ahead, i)->is_ready)
			len += (size_t)slot_at(ahead, i)->prepared->file.len;
	}
	return len;
}

/* The next slot to begin with; NULL: none, or there is too much in work
 * already. What somebody waits for is never held up. */
static struct slot *first_open(struct ahead_fetch *ahead)
{
	for (size_t i = 0; i < ahead->count; i++) {
		if (slot_at(ahead, i)->is_begun)
			continue;
		return (i == 0 && ahead->is_awaited) ||
				       bytes_in_work(ahead) < MOST_BYTES
			       ? slot_at(ahead, i)
			       : NULL;
	}
	return NULL;
}

static void *prepare_until_the_end(void *context)
{
	struct ahead_fetch *ahead = context;

	(void)pthread_mutex_lock(&ahead->lock); /* never fails */
	while (!ahead->ending) {
		struct slot *slot = first_open(ahead);

		if (slot == NULL) {
			/* Never fails. */
			(void)pthread_cond_wait(&ahead->changed, &ahead->lock);
			continue;
		}
		slot->is_begun = true;
		ahead->busy++;
		(void)pthread_mutex_unlock(&ahead->lock); /* is held */
		struct prepared_block *prepared = prepared_block_new();
		find_body(ahead, prepared, &slot->facts.root);
		if (prepared->has_body)
			prepared_block_judge(prepared, &slot->facts,
					     ahead->workers);
		(void)pthread_mutex_lock(&ahead->lock); /* never fails */
		slot->prepared = prepared;
		slot->is_ready = true;
		ahead->busy--;
		ahead->usual_len = (size_t)prepared->file.len;
		(void)pthread_cond_broadcast(&ahead->changed);
	}
	(void)pthread_mutex_unlock(&ahead->lock); /* is held */
	return NULL;
}

struct ahead_fetch *ahead_fetch_new(struct body_store *bodies,
				    struct block_fetch *fetch,
				    struct workers *workers)
{
	struct ahead_fetch *ahead = memory_new(1, sizeof(*ahead));

	ahead->bodies = bodies;
	ahead->fetch = fetch;
	ahead->workers = workers;
	ahead->usual_len = MOST_BYTES;
	(void)pthread_mutex_init(&ahead->fetching, NULL); /* never fails */
	(void)pthread_mutex_init(&ahead->lock, NULL);
	(void)pthread_cond_init(&ahead->changed, NULL);
	for (size_t i = 0; i < PREPARERS; i++)
		thread_require(&ahead->threads[i], prepare_until_the_end,
			       ahead);
	return ahead;
}

void ahead_fetch_free(struct ahead_fetch *ahead)
{
	if (ahead == NULL)
		return;
	(void)pthread_mutex_lock(&ahead->lock); /* never fails */
	ahead->ending = true;
	(void)pthread_cond_broadcast(&ahead->changed);
	(void)pthread_mutex_unlock(&ahead->lock); /* is held */
	for (size_t i = 0; i < PREPARERS; i++) {
		int result = pthread_join(ahead->threads[i], NULL);

		assert(result == 0);
	}
	for (size_t i = 0; i < SLOTS; i++)
		prepared_block_free(ahead->slots[i].prepared);
	(void)pthread_cond_destroy(&ahead->changed); /* nobody waits */
	(void)pthread_mutex_destroy(&ahead->lock);
	(void)pthread_mutex_destroy(&ahead->fetching);
	memory_free(ahead);
}

bool ahead_fetch_has_room(struct ahead_fetch *ahead)
{
	(void)pthread_mutex_lock(&ahead->lock); /* never fails */
	bool has_room = ahead->count < SLOTS;
	(void)pthread_mutex_unlock(&ahead->lock); /* is held */
	return has_room;
}

void ahead_fetch_want(struct ahead_fetch *ahead,
		      const struct block_facts *facts)
{
	(void)pthread_mutex_lock(&ahead->lock); /* never fails */
	assert(ahead->count < SLOTS);
	struct slot *slot = slot_at(ahead, ahead->count++);

	memset(slot, 0, sizeof(*slot));
	slot->facts = *facts;
	(void)pthread_cond_broadcast(&ahead->changed);
	(void)pthread_mutex_unlock(&ahead->lock); /* is held */
}

uint64_t ahead_fetch_newest(struct ahead_fetch *ahead)
{
	uint64_t blknum = 0;

	(void)pthread_mutex_lock(&ahead->lock); /* never fails */
	if (ahead->count > 0)
		blknum = slot_at(ahead, ahead->count - 1)->facts.number;
	(void)pthread_mutex_unlock(&ahead->lock); /* is held */
	return blknum;
}

/* The lock is held. */
static void forget_all(struct ahead_fetch *ahead)
{
	while (ahead->count > 0 && !slot_at(ahead, ahead->count - 1)->is_begun)
		ahead->count--;
	while (ahead->busy > 0)
		/* Never fails. */
		(void)pthread_cond_wait(&ahead->changed, &ahead->lock);
	for (size_t i = 0; i < SLOTS; i++)
		prepared_block_free(ahead->slots[i].prepared);
	memset(ahead->slots, 0, sizeof(ahead->slots));
	ahead->first = 0;
	ahead->count = 0;
	ahead->taken_len = 0;
	ahead->usual_len = MOST_BYTES;
}

struct prepared_block *ahead_fetch_take_new(struct ahead_fetch *ahead,
					    uint64_t blknum,
					    const struct hash *root)
{
	struct prepared_block *prepared = NULL;

	(void)pthread_mutex_lock(&ahead->lock); /* never fails */
	struct slot *slot = slot_at(ahead, 0);
	ahead->taken_len = 0;
	if (ahead->count > 0 && slot->facts.number == blknum &&
	    hash_equal(&slot->facts.root, root)) {
		ahead->is_awaited = true;
		(void)pthread_cond_broadcast(&ahead->changed);
		while (!slot->is_ready)
			/* Never fails. */
			(void)pthread_cond_wait(&ahead->changed, &ahead->lock);
		ahead->is_awaited = false;
		prepared = slot->prepared;
		ahead->taken_len = (size_t)prepared->file.len;
		memset(slot, 0, sizeof(*slot));
		ahead->first = (ahead->first + 1) % SLOTS;
		ahead->count--;
		(void)pthread_cond_broadcast(&ahead->changed);
	} else {
		forget_all(ahead);
	}
	(void)pthread_mutex_unlock(&ahead->lock); /* is held */
	if (prepared != NULL && !prepared->has_body) {
		prepared_block_free(prepared);
		prepared = NULL;
	}
	return prepared;
}

void ahead_fetch_reset(struct ahead_fetch *ahead)
{
	(void)pthread_mutex_lock(&ahead->lock); /* never fails */
	forget_all(ahead);
	(void)pthread_mutex_unlock(&ahead->lock); /* is held */
}
