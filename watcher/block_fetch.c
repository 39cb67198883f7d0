/* SPDX-License-Identifier: MIT */
#include "watcher/block_fetch.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
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
	struct body_store *bodies;
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

struct block_fetch *block_fetch_new(const char *const *sources, size_t count,
				    struct body_store *bodies)
{
	struct block_fetch *fetch = memory_new(1, sizeof(*fetch));

	fetch->client = http_client_new(LIMITS);
	fetch->sources = memory_new(count + 1, sizeof(*fetch->sources));
	fetch->count = count;
	fetch->bodies = bodies;
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

static bool from_folder(struct body_file *out, const char *path,
			struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(error, ERROR_NO_INPUT, "%s: %s", path,
				 strerror(errno));
	bool ok = body_file_put_rest(out, fd, error);

	(void)close(fd); /* only read */
	return ok;
}

/* A body on its way, and why its file does not take it. */
struct arrival {
	struct body_file *file;
	struct error error;
};

static bool take(void *context, struct bytes part)
{
	struct arrival *arrival = context;

	return body_file_put(arrival->file, part, &arrival->error);
}

static bool from_server(struct block_fetch *fetch, struct body_file *out,
			const char *url, struct error *error)
{
	struct arrival arrival = { .file = out };
	long status;
	bool ok = http_client_get_in_parts(fetch->client, &status, take,
					   &arrival, url, error);

	if (arrival.error.code != ERROR_NONE) {
		*error = arrival.error;
		return false;
	}
	return ok && (status == 200 || error_set(error, ERROR_UNREACHABLE,
						 "it answers %ld", status));
}

/* False with ERROR_IO: it is our own disk that fails. */
static bool get(struct block_fetch *fetch, struct body_file *out, size_t index,
		const struct hash *root, struct error *error)
{
	const struct source *source = &fetch->sources[index];
	size_t size =
		strlen(source->place) + sizeof("/blocks/") + ROOT_NAME_SIZE;
	char *place = memory_new(size, 1);
	char name[ROOT_NAME_SIZE];

	hex_encode_bare(name, bytes_view(root->bytes, sizeof(root->bytes)));
	(void)snprintf(place, size, "%s/%s%s", source->place,
		       source->is_folder ? "" : "blocks/", name); /* it fits */
	bool ok = body_store_begin(fetch->bodies, out, error) &&
		  (source->is_folder ? from_folder(out, place, error)
				     : from_server(fetch, out, place, error)) &&
		  body_file_map(out, error);
	memory_free(place);
	return ok;
}

bool block_fetch_body(struct block_fetch *fetch, enum verdict *verdict,
		      struct body_file *out, size_t index,
		      const struct hash *root, struct error *error)
{
	assert(index < fetch->count);
	*verdict = VERDICT_VALID;
	body_file_clear(out);
	if (get(fetch, out, index, root, error))
		return true;
	*verdict = out->overflowed ? VERDICT_BODY_TOO_LARGE
				   : VERDICT_BLOCK_NOT_AVAILABLE;
	body_file_clear(out);
	return error->code != ERROR_IO;
}
