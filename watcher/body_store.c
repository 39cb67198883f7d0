/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* syncfs() */
#include "watcher/body_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/deposit.h"
#include "common/chain/protocol.h"
#include "watcher/watcher_store.h"

#define ROOT_NAME_SIZE 65
#define PART_NAME "part"
#define MOST_UNSYNCED 8

struct body_store {
	int datadir_fd;
	int directory_fd;
	/* Files that were put and are not known to be on disk; too many to be
	 * kept open are synced together. */
	int unsynced[MOST_UNSYNCED];
	size_t unsynced_count;
};

static bool fail(struct error *error, const char *what)
{
	return error_set(error, ERROR_IO, "bodies: %s: %s", what,
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
	if (mkdirat(store->datadir_fd, "bodies", 0755) != 0 &&
	    errno != EEXIST) {
		(void)error_set(error, ERROR_CANNOT_CREATE,
				"bodies: cannot make the directory: %s",
				strerror(errno));
		goto failed;
	}
	store->directory_fd = openat(store->datadir_fd, "bodies",
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

void body_store_close(struct body_store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < store->unsynced_count && i < MOST_UNSYNCED; i++)
		close(store->unsynced[i]);
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

bool body_store_put(struct body_store *store, const struct hash *root,
		    struct bytes body, struct error *error)
{
	char name[ROOT_NAME_SIZE];

	root_name(name, root);
	int fd = openat(store->directory_fd, PART_NAME,
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail(error, "cannot make a file");
	bool ok = write_all(fd, body);
	if (!ok)
		(void)fail(error, "cannot write a body");
	else if (renameat(store->directory_fd, PART_NAME, store->directory_fd,
			  name) != 0)
		ok = fail(error, "cannot put a body in place");
	if (ok && store->unsynced_count < MOST_UNSYNCED)
		store->unsynced[store->unsynced_count] = fd;
	else
		close(fd);
	store->unsynced_count += ok ? 1 : 0;
	return ok;
}

bool body_store_sync(struct body_store *store, struct error *error)
{
	size_t count = store->unsynced_count;
	bool ok = true;

	if (count > MOST_UNSYNCED)
		ok = syncfs(store->directory_fd) == 0;
	for (size_t i = 0; i < count && i < MOST_UNSYNCED; i++) {
		ok = ok &&
		     (count > MOST_UNSYNCED || fsync(store->unsynced[i]) == 0);
		close(store->unsynced[i]);
	}
	store->unsynced_count = 0;
	if (count > 0 && ok)
		ok = fsync(store->directory_fd) == 0;
	return ok || fail(error, "cannot sync");
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
				"bodies: %s: %s", name, strerror(errno));
		return -1;
	}
	if (fstat(fd, &status) != 0 || status.st_size <= 0 ||
	    (uint64_t)status.st_size > PROTOCOL_MAX_BODY_SIZE) {
		(void)error_set(error, ERROR_IO, "bodies: %s: not a body",
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
		(void)error_set(error, ERROR_IO, "bodies: a body is too long");
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

/* Copies transaction `index` out of a body that was read. */
static void copy_transaction(struct inclusion *out,
			     const struct block_body *body, uint32_t index)
{
	struct bytes signatures = body->frames[index].signatures;
	struct bytes raw = block_body_raw(body, index, &out->buffer);
	size_t raw_len = raw.len;

	(void)growing_buffer_put(&out->buffer,
				 signatures); /* both are of one body */
	out->raw = bytes_view(out->buffer.data, raw_len);
	out->signatures =
		bytes_view(out->buffer.data + raw_len, signatures.len);
	block_body_proof(out->proof, body, index);
}

static bool find_in_body(struct body_store *store, bool *found,
			 struct inclusion *out, uint32_t index,
			 struct error *error)
{
	struct growing_buffer bytes;
	struct block_body body;

	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	bool ok = body_store_get(store, &bytes, &out->root, error);
	if (!ok && error->code == ERROR_NO_INPUT) {
		growing_buffer_clear(&bytes);
		return true;
	}
	if (ok) {
		struct finding finding =
			block_body_read(&body, growing_buffer_view(&bytes));

		ok = (finding.verdict == VERDICT_VALID &&
		      hash_equal(&body.root, &out->root)) ||
		     error_set(error, ERROR_IO,
			       "bodies: a file is not what its name says");
		if (ok && index < body.count) {
			copy_transaction(out, &body, index);
			*found = true;
		}
		block_body_clear(&body);
	}
	growing_buffer_clear(&bytes);
	return ok;
}

static bool find_deposit(bool *found, struct inclusion *out,
			 struct database *database, uint64_t blknum,
			 struct error *error)
{
	struct watched_deposit deposit;
	bool exists;

	if (!watcher_store_deposit(database, &exists, &deposit, blknum, error))
		return false;
	if (!exists || !deposit.bytes_known)
		return true;
	out->root = deposit.root;
	(void)growing_buffer_put(
		&out->buffer,
		bytes_view(deposit.raw, deposit.raw_len)); /* it fits */
	out->raw = growing_buffer_view(&out->buffer);
	deposit_proof(out->proof);
	*found = true;
	return true;
}

bool body_store_inclusion(struct body_store *store, bool *found,
			  struct inclusion *out, struct database *database,
			  struct position position, struct error *error)
{
	uint64_t blknum = position_blknum(position);
	uint32_t index = position_txindex(position);
	struct watched_block block;
	bool exists;

	memset(out, 0, sizeof(*out));
	growing_buffer_init(&out->buffer, PROTOCOL_MAX_BODY_SIZE);
	out->position = position_of_transaction(position);
	*found = false;
	if (blknum_is_deposit(blknum))
		return index != 0 ||
		       find_deposit(found, out, database, blknum, error);
	if (!watcher_store_block(database, &exists, &block, blknum, error))
		return false;
	if (!exists || !block.has_body)
		return true;
	out->root = block.root;
	return find_in_body(store, found, out, index, error);
}

void inclusion_clear(struct inclusion *inclusion)
{
	growing_buffer_clear(&inclusion->buffer);
}
