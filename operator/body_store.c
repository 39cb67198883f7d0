/* SPDX-License-Identifier: MIT */
#include "operator/body_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"

#define ROOT_NAME_SIZE 65
#define PART_NAME "part"
#define PIECE ((size_t)512 << 10)

struct body_store {
	int datadir_fd;
	int directory_fd;
};

static bool fail(struct error *error, const char *what)
{
	return error_set(error, ERROR_IO, "blocks: %s: %s", what,
			 strerror(errno));
}

bool body_store_open(struct body_store **out, const char *datadir,
		     struct error *error)
{
	struct body_store *store = memory_new(1, sizeof(*store));

	store->directory_fd = -1;
	store->datadir_fd = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->datadir_fd < 0) {
		(void)fail(error, "cannot open the data directory");
		goto failed;
	}
	if (mkdirat(store->datadir_fd, "blocks", 0755) != 0 &&
	    errno != EEXIST) {
		(void)error_set(error, ERROR_CANNOT_CREATE,
				"blocks: cannot make the directory: %s",
				strerror(errno));
		goto failed;
	}
	store->directory_fd = openat(store->datadir_fd, "blocks",
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->directory_fd < 0 || fsync(store->datadir_fd) != 0) {
		(void)fail(error, "cannot open the directory");
		goto failed;
	}
	*out = store;
	return true;
failed:
	body_store_close(store);
	return false;
}

bool body_store_open_directory(struct body_store **out, const char *path,
			       struct error *error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_set(error, ERROR_CONFIG, "%s: %s", path,
				 strerror(errno));
	struct body_store *store = memory_new(1, sizeof(*store));
	store->datadir_fd = -1;
	store->directory_fd = fd;
	*out = store;
	return true;
}

void body_store_close(struct body_store *store)
{
	if (store == NULL)
		return;
	if (store->directory_fd >= 0)
		close(store->directory_fd);
	if (store->datadir_fd >= 0)
		close(store->datadir_fd);
	memory_free(store);
}

static void root_name(char name[ROOT_NAME_SIZE], const struct hash *root)
{
	hex_encode_bare(name, bytes_view(root->bytes, sizeof(root->bytes)));
}

static bool write_all(int fd, struct bytes view)
{
	while (view.len > 0) {
		ssize_t written = write(fd, view.data, view.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		view.data += written;
		view.len -= (size_t)written;
	}
	return true;
}

/* Each piece is on disk before the next is written: payments that are accepted
 * meanwhile wait for the disk no longer than one piece takes. */
static bool write_in_pieces(int fd, struct bytes view)
{
	while (view.len > 0) {
		size_t len = view.len < PIECE ? view.len : PIECE;

		if (!write_all(fd, bytes_view(view.data, len)) ||
		    fdatasync(fd) != 0)
			return false;
		view = bytes_view(view.data + len, view.len - len);
	}
	return true;
}

bool body_store_put(struct body_store *store, const struct hash *root,
		    struct bytes body, struct error *error)
{
	char name[ROOT_NAME_SIZE];

	root_name(name, root);
	int fd = openat(store->directory_fd, PART_NAME,
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail(error, "cannot make a file");
	bool ok = write_in_pieces(fd, body) && fsync(fd) == 0;
	if (!ok)
		(void)fail(error, "cannot write a body");
	close(fd);
	if (!ok)
		return false;
	if (renameat(store->directory_fd, PART_NAME, store->directory_fd,
		     name) != 0 ||
	    fsync(store->directory_fd) != 0)
		return fail(error, "cannot put a body in place");
	return true;
}

int body_store_open_file(struct body_store *store, uint64_t *len,
			 const struct hash *root, struct error *error)
{
	char name[ROOT_NAME_SIZE];
	struct stat status;

	root_name(name, root);
	int fd = openat(store->directory_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)error_set(error,
				errno == ENOENT ? ERROR_NO_INPUT : ERROR_IO,
				"blocks: %s: %s", name, strerror(errno));
		return -1;
	}
	if (fstat(fd, &status) != 0 || status.st_size <= 0 ||
	    (uint64_t)status.st_size > PROTOCOL_MAX_BODY_SIZE) {
		(void)error_set(error, ERROR_IO, "blocks: %s: not a body",
				name);
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
		(void)error_set(error, ERROR_IO, "blocks: a body is too long");
	while (ok && len > 0) {
		ssize_t got = read(fd, at, (size_t)len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			ok = fail(error, "cannot read a body");
		else {
			at += got;
			len -= (uint64_t)got;
		}
	}
	close(fd);
	return ok;
}
