/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* syncfs() */
#include "common/service/body_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/service/descriptor.h"

#define ROOT_NAME_SIZE 65
#define PART_NAME "part"
#define PIECE ((size_t)512 << 10)
#define MOST_UNSYNCED 8

struct body_store {
	const char *name; /* of the directory, for errors */
	int directory_fd;
	/* Files that were put and are not known to be on disk; too many to be
	 * kept open are synced together. */
	int unsynced[MOST_UNSYNCED];
	size_t unsynced_count;
};

static bool fail(const struct body_store *store, struct error *error,
		 const char *what)
{
	return error_set(error, ERROR_IO, "%s: %s: %s", store->name, what,
			 strerror(errno));
}

static struct body_store *new_store(const char *name, int directory_fd)
{
	struct body_store *store = memory_new(1, sizeof(*store));

	store->name = name;
	store->directory_fd = directory_fd;
	return store;
}

/* The directory, and on disk that it is there; -1: it is not. */
static int open_inside(int datadir_fd, const char *name, struct error *error)
{
	if (mkdirat(datadir_fd, name, 0755) != 0 && errno != EEXIST) {
		(void)error_set(error, ERROR_CANNOT_CREATE,
				"%s: cannot make the directory: %s", name,
				strerror(errno));
		return -1;
	}
	int fd = openat(datadir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && fsync(datadir_fd) == 0)
		return fd;
	(void)error_set(error, ERROR_IO, "%s: cannot open the directory: %s",
			name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

bool body_store_open(struct body_store **out, const char *datadir,
		     const char *name, struct error *error)
{
	int datadir_fd = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (datadir_fd < 0)
		return error_set(error, ERROR_IO, "%s: %s", datadir,
				 strerror(errno));
	int fd = open_inside(datadir_fd, name, error);
	close(datadir_fd);
	if (fd < 0)
		return false;
	*out = new_store(name, fd);
	return true;
}

bool body_store_open_directory(struct body_store **out, const char *path,
			       struct error *error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_set(error, ERROR_CONFIG, "%s: %s", path,
				 strerror(errno));
	*out = new_store(path, fd);
	return true;
}

/* Closes the files that wait for a sync. */
static void forget_unsynced(struct body_store *store)
{
	for (size_t i = 0; i < store->unsynced_count && i < MOST_UNSYNCED; i++)
		close(store->unsynced[i]);
	store->unsynced_count = 0;
}

void body_store_close(struct body_store *store)
{
	if (store == NULL)
		return;
	forget_unsynced(store);
	close(store->directory_fd);
	memory_free(store);
}

static void root_name(char name[ROOT_NAME_SIZE], const struct hash *root)
{
	hex_encode_bare(name, bytes_view(root->bytes, sizeof(root->bytes)));
}

/* Each piece is on disk before the next is written: who else waits for this
 * disk, such as payments that are accepted meanwhile, waits no longer than one
 * piece takes. */
static bool write_synced(int fd, const void *body)
{
	struct bytes view = *(const struct bytes *)body;

	while (view.len > 0) {
		size_t len = view.len < PIECE ? view.len : PIECE;

		if (!descriptor_write(fd, bytes_view(view.data, len)) ||
		    fdatasync(fd) != 0)
			return false;
		view = bytes_view(view.data + len, view.len - len);
	}
	return fsync(fd) == 0;
}

static bool write_file(int fd, const void *body)
{
	const struct body_file *file = body;

	return descriptor_write_file(fd, file->fd, file->len);
}

/* Puts a body in place; `fd` is of its file then, the caller's. */
static bool put(int *out, struct body_store *store, const struct hash *root,
		const void *body, bool (*write_body)(int fd, const void *body),
		struct error *error)
{
	char name[ROOT_NAME_SIZE];

	root_name(name, root);
	int fd = openat(store->directory_fd, PART_NAME,
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail(store, error, "cannot make a file");
	if (!write_body(fd, body))
		(void)fail(store, error, "cannot write a body");
	else if (renameat(store->directory_fd, PART_NAME, store->directory_fd,
			  name) != 0)
		(void)fail(store, error, "cannot put a body in place");
	else {
		*out = fd;
		return true;
	}
	close(fd);
	return false;
}

bool body_store_put(struct body_store *store, const struct hash *root,
		    struct bytes body, struct error *error)
{
	int fd;

	if (!put(&fd, store, root, &body, write_synced, error))
		return false;
	close(fd);
	return fsync(store->directory_fd) == 0 ||
	       fail(store, error, "cannot sync");
}

bool body_store_put_unsynced(struct body_store *store, const struct hash *root,
			     const struct body_file *body, struct error *error)
{
	int fd;

	if (!put(&fd, store, root, body, write_file, error))
		return false;
	if (store->unsynced_count < MOST_UNSYNCED)
		store->unsynced[store->unsynced_count] = fd;
	else
		close(fd);
	store->unsynced_count++;
	return true;
}

bool body_store_sync(struct body_store *store, struct error *error)
{
	size_t count = store->unsynced_count;
	bool ok = count <= MOST_UNSYNCED || syncfs(store->directory_fd) == 0;

	for (size_t i = 0; ok && count <= MOST_UNSYNCED && i < count; i++)
		ok = fsync(store->unsynced[i]) == 0;
	ok = ok && (count == 0 || fsync(store->directory_fd) == 0);
	if (!ok)
		(void)fail(store, error, "cannot sync");
	forget_unsynced(store);
	return ok;
}

int body_store_open_file(struct body_store *store, uint64_t *len,
			 const struct hash *root, struct error *error)
{
	char name[ROOT_NAME_SIZE];
	struct stat status;

	root_name(name, root);
	int fd = openat(store->directory_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)error_set(
			error, errno == ENOENT ? ERROR_NO_INPUT : ERROR_IO,
			"%s: %s: %s", store->name, name, strerror(errno));
		return -1;
	}
	if (fstat(fd, &status) != 0 || status.st_size <= 0 ||
	    (uint64_t)status.st_size > PROTOCOL_MAX_BODY_SIZE) {
		(void)error_set(error, ERROR_IO, "%s: %s: not a body",
				store->name, name);
		close(fd);
		return -1;
	}
	*len = (uint64_t)status.st_size;
	return fd;
}

bool body_store_get(struct body_store *store, struct growing_buffer *body,
		    const struct hash *root, struct error *error)
{
	uint64_t len;
	int fd = body_store_open_file(store, &len, root, error);

	if (fd < 0)
		return false;
	uint8_t *at = growing_buffer_extend(body, (size_t)len);
	bool ok = at != NULL;
	if (!ok)
		(void)error_set(error, ERROR_IO, "%s: a body is too long",
				store->name);
	else if (!descriptor_read(fd, at, (size_t)len))
		ok = fail(store, error, "cannot read a body");
	close(fd);
	return ok;
}

bool body_store_begin(struct body_store *store, struct body_file *out,
		      struct error *error)
{
	return body_file_begin(out, store->directory_fd, error);
}

bool body_store_map(struct body_store *store, struct body_file *out,
		    const struct hash *root, struct error *error)
{
	*out = BODY_FILE_NONE;
	out->fd = body_store_open_file(store, &out->len, root, error);
	if (out->fd < 0)
		return false;
	if (body_file_map(out, error))
		return true;
	body_file_clear(out);
	return false;
}
