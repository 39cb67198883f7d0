/* SPDX-License-Identifier: MIT */
#include "watcher/block_fetch.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/service/atomic_file.h"
#include "common/service/http_client.h"

#define NAME_SIZE 256
#define ROOT_NAME_SIZE 65

/* A body of the largest size may take its time, silence may not. */
#define LIMITS ((struct http_limits){ 5000, 120000, 10 })

struct source {
	char *place; /* URL or folder, without a slash at its end */
	bool is_folder;
	char name[NAME_SIZE];
};

struct block_fetch {
	struct http_client *client;
	struct source *sources;
	size_t count;
};

static void init_source(struct source *source, const char *place)
{
	size_t len = strlen(place);

	while (len > 1 && place[len - 1] == '/')
		len--;
	source->place = memory_copy_string(place, len);
	source->is_folder = strstr(place, "://") == NULL;
	http_client_mask_url(source->name, sizeof(source->name), source->place);
}

struct block_fetch *block_fetch_new(const char *const *sources, size_t count)
{
	struct block_fetch *fetch = memory_new(1, sizeof(*fetch));

	fetch->client = http_client_new(LIMITS);
	fetch->sources = memory_new(count + 1, sizeof(*fetch->sources));
	fetch->count = count;
	for (size_t i = 0; i < count; i++)
		init_source(&fetch->sources[i], sources[i]);
	return fetch;
}

void block_fetch_free(struct block_fetch *fetch)
{
	if (fetch == NULL)
		return;
	for (size_t i = 0; i < fetch->count; i++)
		memory_free(fetch->sources[i].place);
	memory_free(fetch->sources);
	http_client_free(fetch->client);
	memory_free(fetch);
}

size_t block_fetch_count(const struct block_fetch *fetch)
{
	return fetch->count;
}

const char *block_fetch_name(const struct block_fetch *fetch, size_t index)
{
	assert(index < fetch->count);
	return fetch->sources[index].name;
}

static enum verdict from_folder(struct growing_buffer *out,
				struct error *reason, const char *path)
{
	if (atomic_file_read(out, path, reason))
		return VERDICT_VALID;
	return out->overflowed ? VERDICT_BODY_TOO_LARGE
			       : VERDICT_BLOCK_NOT_AVAILABLE;
}

static enum verdict from_server(struct block_fetch *fetch,
				struct growing_buffer *out,
				struct error *reason, const char *url)
{
	long status;

	if (!http_client_get(fetch->client, out, &status, url, reason))
		return out->overflowed ? VERDICT_BODY_TOO_LARGE
				       : VERDICT_BLOCK_NOT_AVAILABLE;
	if (status == 200)
		return VERDICT_VALID;
	(void)error_set(reason, ERROR_UNREACHABLE, "it answers %ld",
			status); /* says false */
	return VERDICT_BLOCK_NOT_AVAILABLE;
}

enum verdict block_fetch_body(struct block_fetch *fetch,
			      struct growing_buffer *out, struct error *reason,
			      size_t index, const struct hash *root)
{
	const struct source *source = &fetch->sources[index];
	size_t size =
		strlen(source->place) + sizeof("/blocks/") + ROOT_NAME_SIZE;
	char *place = memory_new(size, 1);
	char name[ROOT_NAME_SIZE];
	enum verdict verdict;

	assert(index < fetch->count);
	hex_encode_bare(name, bytes_view(root->bytes, sizeof(root->bytes)));
	(void)snprintf(place, size, "%s/%s%s", source->place,
		       source->is_folder ? "" : "blocks/", name); /* it fits */
	growing_buffer_clear(out);
	growing_buffer_init(out, PROTOCOL_MAX_BODY_SIZE);
	verdict = source->is_folder ? from_folder(out, reason, place)
				    : from_server(fetch, out, reason, place);
	memory_free(place);
	return verdict;
}
