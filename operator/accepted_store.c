/* SPDX-License-Identifier: MIT */
#include "operator/accepted_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cursor.h"
#include "common/base/decimal.h"
#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/protocol.h"
#include "common/service/descriptor.h"
#include "common/service/random.h"
#include "operator/crc32c.h"

#define NAME_SIZE 40
#define FILE_MAGIC 0x504c4132u /* "PLA2" */
#define FILE_HEAD_SIZE 16
#define MARK_SIZE 8
#define BATCH_HEADER_SIZE (MARK_SIZE + 12)
#define BATCH_TRAILER_SIZE 4
#define MAX_FILE_SIZE ((size_t)512 << 20)

/* How much room is made ahead: as much as is in the file, within these. */
#define LEAST_ROOM ((uint64_t)64 << 10)
#define MOST_ROOM ((uint64_t)2 << 20)

#define DIRECTORY ACCEPTED_STORE_FOLDER
#define DIRECTORY_NEW "accepted.new"
#define DIRECTORY_OLD ACCEPTED_STORE_FOLDER_OLD

struct mark {
	uint8_t bytes[MARK_SIZE];
};

struct accepted_store {
	int datadir_fd;
	int directory_fd;
	int fd; /* of the file that is written, or -1 */
	uint64_t blknum;
	struct mark mark; /* of that file */
	uint64_t batches; /* in it */
	uint64_t len;	  /* of its head and of them all */
	uint64_t room;	  /* length of the file; zeros behind the batches */
	bool dirty;
	struct crc32c crc;
};

static bool fail(struct error *error, const char *what)
{
	return error_set(error, ERROR_IO, "accepted payments: %s: %s", what,
			 strerror(errno));
}

static uint32_t crc_of(struct crc32c *crc, struct bytes view)
{
	crc32c_reset(crc);
	crc32c_add(crc, view);
	return crc32c_value(crc);
}

static void file_name(char name[NAME_SIZE], uint64_t blknum)
{
	(void)snprintf(name, NAME_SIZE, "%llu.log", /* allowed: it fits */
		       (unsigned long long)blknum);
}

/* True with the number if the name is that of a file of ours. */
static bool read_file_name(uint64_t *blknum, const char *name)
{
	char digits[NAME_SIZE];
	size_t len = strlen(name);

	if (len < 5 || len >= NAME_SIZE || strcmp(name + len - 4, ".log") != 0)
		return false;
	memcpy(digits, name, len - 4);
	digits[len - 4] = '\0';
	return decimal_parse_u64(blknum, digits, PROTOCOL_MAX_BLOCK_NUMBER);
}

/* What stands in the file from there on. */
static struct bytes behind(struct bytes content, uint64_t at)
{
	return at == content.len ? bytes_view(NULL, 0)
				 : bytes_view(content.data + at,
					      content.len - (size_t)at);
}

static bool is_zero(struct bytes view)
{
	for (size_t i = 0; i < view.len; i++) {
		if (view.data[i] != 0)
			return false;
	}
	return true;
}

/* Where the next bytes go that are written to the file. */
static bool go_to(struct accepted_store *store, uint64_t at,
		  struct error *error)
{
	return lseek(store->fd, (off_t)at, SEEK_SET) >= 0 ||
	       fail(error, "cannot seek");
}

/* Removes a directory of plain files; true if it is not there afterwards. */
static bool remove_directory(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT;
	DIR *directory = fdopendir(fd);
	if (directory == NULL) {
		close(fd);
		return false;
	}
	const struct dirent *entry;
	while ((entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] != '.')
			(void)unlinkat(fd, entry->d_name, 0); /* see rmdir */
	}
	closedir(directory);
	return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

/* Rewriting makes accepted.new complete, moves accepted to accepted.old and
 * accepted.new to accepted. */
static bool finish_rewrite(struct accepted_store *store, struct error *error)
{
	if (faccessat(store->datadir_fd, DIRECTORY, F_OK, 0) != 0) {
		if (faccessat(store->datadir_fd, DIRECTORY_OLD, F_OK, 0) == 0) {
			if (renameat(store->datadir_fd, DIRECTORY_NEW,
				     store->datadir_fd, DIRECTORY) != 0)
				return fail(error, "rename");
		} else if (mkdirat(store->datadir_fd, DIRECTORY, 0700) != 0) {
			return error_set(error, ERROR_CANNOT_CREATE,
					 "accepted payments: directory: %s",
					 strerror(errno));
		}
	}
	if (!remove_directory(store->datadir_fd, DIRECTORY_NEW) ||
	    !remove_directory(store->datadir_fd, DIRECTORY_OLD))
		return fail(error, "cannot remove what a rewriting left");
	if (fsync(store->datadir_fd) != 0)
		return fail(error, "fsync of the data directory");
	return true;
}

static bool open_directory(struct accepted_store *store, struct error *error)
{
	store->directory_fd = openat(store->datadir_fd, DIRECTORY,
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->directory_fd < 0)
		return fail(error, "cannot open the directory");
	return true;
}

bool accepted_store_open(struct accepted_store **out, const char *datadir,
			 struct error *error)
{
	struct accepted_store *store = memory_new(1, sizeof(*store));

	store->fd = -1;
	store->directory_fd = -1;
	crc32c_init(&store->crc);
	store->datadir_fd = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->datadir_fd < 0) {
		(void)fail(error, "cannot open the data directory");
		accepted_store_close(store);
		return false;
	}
	if (!finish_rewrite(store, error) || !open_directory(store, error)) {
		accepted_store_close(store);
		return false;
	}
	*out = store;
	return true;
}

void accepted_store_close(struct accepted_store *store)
{
	if (store == NULL)
		return;
	if (store->fd >= 0)
		close(store->fd);
	if (store->directory_fd >= 0)
		close(store->directory_fd);
	if (store->datadir_fd >= 0)
		close(store->datadir_fd);
	memory_free(store);
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

bool accepted_store_list_new(struct accepted_store *store, uint64_t **blknums,
			     size_t *count, struct error *error)
{
	int fd = openat(store->directory_fd, ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (directory == NULL) {
		if (fd >= 0)
			close(fd);
		return fail(error, "cannot list the directory");
	}
	*blknums = memory_new(1, sizeof(**blknums));
	*count = 0;
	const struct dirent *entry;
	while ((entry = readdir(directory)) != NULL) {
		uint64_t blknum;

		if (!read_file_name(&blknum, entry->d_name))
			continue;
		*blknums =
			memory_resize(*blknums, *count + 1, sizeof(**blknums));
		(*blknums)[(*count)++] = blknum;
	}
	closedir(directory);
	qsort(*blknums, *count, sizeof(**blknums), compare_numbers);
	return true;
}

static bool read_file(struct growing_buffer *out, int fd, struct error *error)
{
	for (;;) {
		uint8_t chunk[65536];
		ssize_t len = read(fd, chunk, sizeof(chunk));

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return fail(error, "cannot read");
		if (len == 0)
			return true;
		if (!growing_buffer_put(out, bytes_view(chunk, (size_t)len)))
			return error_set(error, ERROR_IO,
					 "accepted payments: a file is longer "
					 "than %zu bytes",
					 MAX_FILE_SIZE);
	}
}

/* The mark of the file; false if it does not begin with a head. */
static bool read_head(struct mark *mark, struct crc32c *crc_state,
		      struct bytes content)
{
	struct cursor cursor = cursor_of(content);
	uint64_t magic = cursor_take_number(&cursor, 4);
	struct bytes bytes = cursor_take(&cursor, MARK_SIZE);
	uint64_t crc = cursor_take_number(&cursor, 4);

	if (!cursor_ok(&cursor) || magic != FILE_MAGIC ||
	    crc != crc_of(crc_state, bytes_view(content.data, 4 + MARK_SIZE)))
		return false;
	memcpy(mark->bytes, bytes.data, MARK_SIZE);
	return true;
}

static bool fail_without_head(struct error *error, const char *name)
{
	return error_set(error, ERROR_IO,
			 "accepted payments: %s: its beginning is damaged, or "
			 "an earlier version of the operator wrote it",
			 name);
}

/* The length of the whole batch `number` at the front of `view`, whose payments
 * are then `payments`; 0 if there is no such batch. */
static size_t read_batch(struct bytes *payments, uint64_t *number,
			 struct crc32c *crc_state, const struct mark *mark,
			 struct bytes view)
{
	struct cursor cursor = cursor_of(view);
	struct bytes begin = cursor_take(&cursor, MARK_SIZE);
	uint64_t len = cursor_take_number(&cursor, 4);

	*number = cursor_take_number(&cursor, 8);
	if (!cursor_ok(&cursor) || len > cursor.left ||
	    memcmp(begin.data, mark->bytes, MARK_SIZE) != 0)
		return 0;
	*payments = cursor_take(&cursor, (size_t)len);
	uint64_t crc = cursor_take_number(&cursor, 4);
	size_t covered = BATCH_HEADER_SIZE + (size_t)len;
	if (!cursor_ok(&cursor) ||
	    crc != crc_of(crc_state, bytes_view(view.data, covered)))
		return 0;
	return covered + BATCH_TRAILER_SIZE;
}

/* True if any whole batch behind `number` stands somewhere in the view. */
static bool has_later_batch(struct crc32c *crc_state, const struct mark *mark,
			    struct bytes view, uint64_t number)
{
	for (size_t at = 0; at + BATCH_HEADER_SIZE <= view.len; at++) {
		struct bytes payments;
		uint64_t found;
		struct bytes rest = bytes_view(view.data + at, view.len - at);

		if (rest.data[0] == mark->bytes[0] &&
		    read_batch(&payments, &found, crc_state, mark, rest) != 0 &&
		    found > number)
			return true;
	}
	return false;
}

static bool load_batches(struct accepted_store *store,
			 struct growing_buffer *payments, uint64_t *good,
			 struct bytes content, const char *name,
			 struct error *error)
{
	struct mark mark;
	uint64_t expected = 1;
	size_t at = FILE_HEAD_SIZE;

	*good = 0;
	if (!read_head(&mark, &store->crc, content))
		/* Nothing follows a head before it is on disk. */
		return content.len <= FILE_HEAD_SIZE ||
		       fail_without_head(error, name);
	while (at < content.len) {
		struct bytes batch;
		uint64_t number;
		struct bytes rest =
			bytes_view(content.data + at, content.len - at);
		size_t len =
			read_batch(&batch, &number, &store->crc, &mark, rest);

		if (len == 0 || number != expected) {
			if (has_later_batch(&store->crc, &mark, rest, expected))
				return error_set(
					error, ERROR_IO,
					"accepted payments: batch %llu is "
					"damaged and others follow it",
					(unsigned long long)expected);
			break;
		}
		if (!growing_buffer_put(payments, batch))
			return error_set(error, ERROR_IO,
					 "accepted payments: too many");
		at += len;
		expected++;
	}
	*good = at;
	return true;
}

bool accepted_store_load(struct accepted_store *store,
			 struct growing_buffer *payments, uint64_t *cut,
			 uint64_t blknum, struct error *error)
{
	char name[NAME_SIZE];
	struct growing_buffer content;
	uint64_t good = 0;

	file_name(name, blknum);
	int fd = openat(store->directory_fd, name, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fail(error, name);
	growing_buffer_init(&content, MAX_FILE_SIZE);
	bool ok = read_file(&content, fd, error) &&
		  load_batches(store, payments, &good,
			       growing_buffer_view(&content), name, error);
	struct bytes rest = behind(growing_buffer_view(&content), good);
	*cut = is_zero(rest) ? 0 : rest.len;
	if (ok && rest.len > 0 &&
	    (ftruncate(fd, (off_t)good) != 0 || fsync(fd) != 0))
		ok = fail(error, "cannot cut a torn batch away");
	growing_buffer_clear(&content);
	close(fd);
	return ok;
}

static bool write_head(int fd, struct mark *mark, struct crc32c *crc_state,
		       struct error *error)
{
	uint8_t head[FILE_HEAD_SIZE];
	struct writer writer = writer_of(head, sizeof(head));

	random_fill(mark->bytes, MARK_SIZE);
	writer_put_number(&writer, FILE_MAGIC, 4);
	writer_put(&writer, bytes_view(mark->bytes, MARK_SIZE));
	writer_put_number(&writer, crc_of(crc_state, writer_view(&writer)), 4);
	return (writer_ok(&writer) &&
		descriptor_write(fd, writer_view(&writer))) ||
	       fail(error, "cannot write");
}

static bool begin_file(struct accepted_store *store, struct error *error)
{
	store->len = FILE_HEAD_SIZE;
	store->room = FILE_HEAD_SIZE;
	return write_head(store->fd, &store->mark, &store->crc, error) &&
	       (fsync(store->fd) == 0 || fail(error, "fsync"));
}

/* Finds the end of the batches of a file that goes on being written. */
static bool find_end(struct accepted_store *store, struct bytes content,
		     const char *name, struct error *error)
{
	size_t len = FILE_HEAD_SIZE;

	if (!read_head(&store->mark, &store->crc, content))
		return fail_without_head(error, name);
	store->len = len;
	store->room = content.len;
	while (len > 0) {
		struct bytes batch;
		uint64_t number;
		struct bytes rest = behind(content, store->len);

		len = read_batch(&batch, &number, &store->crc, &store->mark,
				 rest);
		store->len += len;
		store->batches += len > 0 ? 1 : 0;
		if (len == 0 && !is_zero(rest))
			return error_set(error, ERROR_IO,
					 "accepted payments: torn batch");
	}
	return go_to(store, store->len, error);
}

/* Begins the file that is open, or goes to where it ends. */
static bool go_on(struct accepted_store *store, const char *name,
		  struct error *error)
{
	struct growing_buffer content;

	store->batches = 0;
	growing_buffer_init(&content, MAX_FILE_SIZE);
	bool ok = read_file(&content, store->fd, error);
	if (ok && content.len == 0)
		ok = begin_file(store, error);
	else if (ok)
		ok = find_end(store, growing_buffer_view(&content), name,
			      error);
	growing_buffer_clear(&content);
	return ok;
}

static bool open_file(struct accepted_store *store, uint64_t blknum,
		      struct error *error)
{
	char name[NAME_SIZE];

	if (!accepted_store_sync(store, error))
		return false;
	if (store->fd >= 0)
		close(store->fd);
	file_name(name, blknum);
	store->blknum = blknum;
	store->fd = openat(store->directory_fd, name,
			   O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->fd < 0)
		return fail(error, name);
	if (fsync(store->directory_fd) != 0)
		return fail(error, "fsync of the directory");
	return go_on(store, name, error);
}

/* Makes the file longer if `len` bytes more do not fit: what is written over
 * zeros later costs the file system no journal when it is synchronised. */
static bool make_room(struct accepted_store *store, uint64_t len,
		      struct error *error)
{
	static const uint8_t zeros[LEAST_ROOM];
	uint64_t more = store->len;

	if (store->len + len <= store->room)
		return true;
	if (more < LEAST_ROOM)
		more = LEAST_ROOM;
	if (more > MOST_ROOM)
		more = MOST_ROOM;
	if (!go_to(store, store->room, error))
		return false;
	for (uint64_t end = store->len + len + more; store->room < end;) {
		uint64_t piece = end - store->room;

		if (piece > sizeof(zeros))
			piece = sizeof(zeros);
		if (!descriptor_write(store->fd,
				      bytes_view(zeros, (size_t)piece)))
			return fail(error, "cannot make room");
		store->room += piece;
	}
	return go_to(store, store->len, error);
}

static size_t batch_size(struct bytes payments)
{
	return BATCH_HEADER_SIZE + payments.len + BATCH_TRAILER_SIZE;
}

static bool write_batch(int fd, const struct mark *mark,
			struct crc32c *crc_state, uint64_t number,
			struct bytes payments, struct error *error)
{
	size_t size = batch_size(payments);
	uint8_t *batch = memory_new(size, 1);
	struct writer writer = writer_of(batch, size);

	writer_put(&writer, bytes_view(mark->bytes, MARK_SIZE));
	writer_put_number(&writer, payments.len, 4);
	writer_put_number(&writer, number, 8);
	writer_put(&writer, payments);
	writer_put_number(&writer, crc_of(crc_state, writer_view(&writer)), 4);
	bool ok = writer_ok(&writer) &&
		  descriptor_write(fd, writer_view(&writer));
	memory_free(batch);
	return ok ? true : fail(error, "cannot write");
}

bool accepted_store_append(struct accepted_store *store, uint64_t blknum,
			   struct bytes payments, struct error *error)
{
	if (store->fd < 0 || store->blknum != blknum) {
		if (!open_file(store, blknum, error))
			return false;
	}
	if (!make_room(store, batch_size(payments), error) ||
	    !write_batch(store->fd, &store->mark, &store->crc,
			 store->batches + 1, payments, error))
		return false;
	store->batches++;
	store->len += batch_size(payments);
	store->dirty = true;
	return true;
}

bool accepted_store_sync(struct accepted_store *store, struct error *error)
{
	if (!store->dirty)
		return true;
	if (fdatasync(store->fd) != 0)
		return fail(error, "fsync");
	store->dirty = false;
	return true;
}

void accepted_store_release(struct accepted_store *store, uint64_t blknum)
{
	if (store->fd < 0 || store->blknum != blknum)
		return;
	close(store->fd);
	store->fd = -1;
	store->dirty = false;
}

bool accepted_store_drop(struct accepted_store *store, uint64_t blknum,
			 struct error *error)
{
	char name[NAME_SIZE];

	file_name(name, blknum);
	if (unlinkat(store->directory_fd, name, 0) != 0 && errno != ENOENT)
		return fail(error, name);
	return true;
}

static bool write_new_file(struct accepted_store *store, int directory_fd,
			   const struct accepted_block *block,
			   struct error *error)
{
	char name[NAME_SIZE];

	file_name(name, block->blknum);
	int fd = openat(directory_fd, name,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(error, name);
	struct mark mark;
	bool ok =
		write_head(fd, &mark, &store->crc, error) &&
		write_batch(fd, &mark, &store->crc, 1, block->payments, error);
	if (ok && fsync(fd) != 0)
		ok = fail(error, "fsync");
	close(fd);
	return ok;
}

static bool write_new_directory(struct accepted_store *store,
				const struct accepted_block *blocks,
				size_t count, struct error *error)
{
	if (!remove_directory(store->datadir_fd, DIRECTORY_NEW) ||
	    !remove_directory(store->datadir_fd, DIRECTORY_OLD) ||
	    mkdirat(store->datadir_fd, DIRECTORY_NEW, 0700) != 0)
		return fail(error, "cannot make a new directory");
	int fd = openat(store->datadir_fd, DIRECTORY_NEW,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(error, "cannot open the new directory");
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = write_new_file(store, fd, &blocks[i], error);
	if (ok && fsync(fd) != 0)
		ok = fail(error, "fsync of the new directory");
	close(fd);
	return ok;
}

bool accepted_store_rewrite(struct accepted_store *store,
			    const struct accepted_block *blocks, size_t count,
			    struct error *error)
{
	if (!accepted_store_sync(store, error) ||
	    !write_new_directory(store, blocks, count, error))
		return false;
	if (store->fd >= 0)
		close(store->fd);
	store->fd = -1;
	close(store->directory_fd);
	store->directory_fd = -1;
	if (renameat(store->datadir_fd, DIRECTORY, store->datadir_fd,
		     DIRECTORY_OLD) != 0 ||
	    renameat(store->datadir_fd, DIRECTORY_NEW, store->datadir_fd,
		     DIRECTORY) != 0 ||
	    fsync(store->datadir_fd) != 0)
		return fail(error, "cannot put the new directory in place");
	return finish_rewrite(store, error) && open_directory(store, error);
}
