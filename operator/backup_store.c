/* SPDX-License-Identifier: MIT */
#include "operator/backup_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cursor.h"
#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/codec/keccak256.h"
#include "common/service/atomic_file.h"
#include "common/service/descriptor.h"
#include "operator/accepted_store.h"
#include "operator/operator_store.h"

#define MAGIC UINT64_C(0x504c41534d414231) /* "PLASMAB1" */
#define CHUNK ((size_t)1 << 16)
#define MAX_NAME 255
#define DATABASE "operator.db"
#define COPY "operator.db.copy"

/* The accepted payments are rewritten in milliseconds, and seldom. */
#define MOST_TRIES 1000

/* The backup as a stream of bytes that is hashed on its way. */
struct stream {
	int fd;
	struct keccak256 keccak;
	struct backup_counts *counts;
	const char *path;
};

static bool fail(struct error *error, const char *path, const char *what)
{
	return error_set(error, ERROR_IO, "%s: %s: %s", path, what,
			 strerror(errno));
}

static bool put(struct stream *stream, struct bytes view, struct error *error)
{
	keccak256_add(&stream->keccak, view);
	return descriptor_write(stream->fd, view) ||
	       fail(error, stream->path, "cannot write");
}

static bool put_head(struct stream *stream, const char *name, uint64_t len,
		     struct error *error)
{
	uint8_t bytes[2 + MAX_NAME + 8];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	writer_put_number(&writer, strlen(name), 2);
	writer_put(&writer, bytes_of_string(name));
	writer_put_number(&writer, len, 8);
	if (!writer_ok(&writer))
		return error_set(error, ERROR_IO, "%s: the name is too long",
				 name);
	return put(stream, writer_view(&writer), error);
}

/* Copies `len` bytes of a file that may grow meanwhile. */
static bool put_content(struct stream *stream, int fd, const char *name,
			uint64_t len, struct error *error)
{
	uint8_t chunk[CHUNK];

	while (len > 0) {
		size_t wanted = len < CHUNK ? (size_t)len : CHUNK;
		ssize_t got = read(fd, chunk, wanted);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_set(error, ERROR_IO,
					 "%s: it became shorter", name);
		if (!put(stream, bytes_view(chunk, (size_t)got), error))
			return false;
		len -= (uint64_t)got;
	}
	return true;
}

/* A file that is gone meanwhile was not needed any more. */
static bool put_file(struct stream *stream, int folder, const char *inside,
		     const char *name, struct error *error)
{
	int fd = openat(folder, inside, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return errno == ENOENT || fail(error, inside, "cannot open");
	bool ok = fstat(fd, &status) == 0 ||
		  fail(error, inside, "cannot look at it");
	ok = ok && (S_ISREG(status.st_mode) ||
		    error_set(error, ERROR_IO, "%s: not a file", inside));
	ok = ok && put_head(stream, name, (uint64_t)status.st_size, error) &&
	     put_content(stream, fd, inside, (uint64_t)status.st_size, error);
	if (ok) {
		stream->counts->files++;
		stream->counts->bytes += (uint64_t)status.st_size;
	}
	close(fd);
	return ok;
}

/* All files of a folder that are complete: "part" and the like are not. */
static bool put_folder(struct stream *stream, int datadir, const char *folder,
		       struct error *error)
{
	int fd = openat(datadir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool ok = true;

	if (directory == NULL) {
		bool is_missing = errno == ENOENT;

		if (fd >= 0)
			close(fd);
		return is_missing || fail(error, folder, "cannot open");
	}
	while (ok && (entry = readdir(directory)) != NULL) {
		char name[MAX_NAME + 64];

		if (entry->d_name[0] == '.' ||
		    strncmp(entry->d_name, "part", 4) == 0)
			continue;
		(void)snprintf(name, sizeof(name), "%s/%s", folder,
			       entry->d_name); /* cut: not opened */
		ok = put_file(stream, dirfd(directory), entry->d_name, name,
			      error);
	}
	closedir(directory);
	return ok;
}

/* True if `name` is not the folder any more that is open. */
static bool is_replaced(int datadir, const char *name, int fd)
{
	struct stat opened;
	struct stat named;

	return fstat(fd, &opened) != 0 ||
	       fstatat(datadir, name, &named, 0) != 0 ||
	       opened.st_dev != named.st_dev || opened.st_ino != named.st_ino;
}

static bool is_there(int datadir, const char *name)
{
	return faccessat(datadir, name, F_OK, 0) == 0;
}

/* The accepted payments, of which a file that is gone was not needed any more
 * unless all of them were being rewritten: `again` then. */
static bool put_accepted(struct stream *stream, int datadir, bool *again,
			 struct error *error)
{
	int fd = openat(datadir, ACCEPTED_STORE_FOLDER,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*again = false;
	if (fd < 0 && errno != ENOENT)
		return fail(error, ACCEPTED_STORE_FOLDER, "cannot open");
	if (fd < 0) {
		/* In this order: when the old one is gone the new one is there.
		 */
		*again = is_there(datadir, ACCEPTED_STORE_FOLDER_OLD) ||
			 is_there(datadir, ACCEPTED_STORE_FOLDER);
		return true;
	}
	bool ok = put_folder(stream, datadir, ACCEPTED_STORE_FOLDER, error);
	*again = is_replaced(datadir, ACCEPTED_STORE_FOLDER, fd);
	close(fd);
	return ok || *again;
}

/* Begins the stream, up to and with the accepted payments. */
static bool put_begin(struct stream *stream, int datadir, struct error *error)
{
	uint8_t magic[8];
	struct writer writer = writer_of(magic, sizeof(magic));
	bool again = true;

	writer_put_number(&writer, MAGIC, 8);
	for (int i = 0; again && i < MOST_TRIES; i++) {
		memset(stream->counts, 0, sizeof(*stream->counts));
		keccak256_init(&stream->keccak);
		if (ftruncate(stream->fd, 0) != 0 ||
		    lseek(stream->fd, 0, SEEK_SET) != 0)
			return fail(error, stream->path, "cannot write");
		if (!put(stream, writer_view(&writer), error) ||
		    !put_accepted(stream, datadir, &again, error))
			return false;
	}
	return !again || error_set(error, ERROR_TRY_AGAIN,
				   "accepted: it is being rewritten");
}

/* Payments first: what is committed meanwhile is in the database, too, but what
 * was in the database first could have lost its payments meanwhile. */
static bool put_all(struct stream *stream, int datadir, const char *path,
		    struct error *error)
{
	struct operator_store *reader = NULL;
	struct committed_block newest;
	char copy[4096];
	bool found = false;

	(void)snprintf(copy, sizeof(copy), "%s/" COPY, path); /* cut: fails */
	if (!put_begin(stream, datadir, error))
		return false;
	if (unlinkat(datadir, COPY, 0) != 0 && errno != ENOENT)
		return fail(error, copy, "cannot remove");
	bool ok = operator_store_open_reader(&reader, path, error) &&
		  operator_store_copy(reader, copy, error) &&
		  operator_store_newest_block(reader, &found, &newest, error);
	operator_store_close(reader);
	ok = ok && put_file(stream, datadir, COPY, DATABASE, error) &&
	     put_folder(stream, datadir, OPERATOR_STORE_BODIES, error);
	(void)unlinkat(datadir, COPY, 0); /* made by ourselves */
	stream->counts->newest_blknum = ok && found ? newest.blknum : 0;
	return ok;
}

static bool put_end(struct stream *stream, struct error *error)
{
	static const uint8_t none[2] = { 0, 0 };

	if (!put(stream, bytes_view(none, sizeof(none)), error))
		return false;
	struct hash hash = keccak256_finish(&stream->keccak);
	keccak256_init(&stream->keccak);
	return put(stream, bytes_view(hash.bytes, sizeof(hash.bytes)), error) &&
	       (fsync(stream->fd) == 0 ||
		fail(error, stream->path, "cannot write"));
}

/* ---- reading ---- */

static bool take(struct stream *stream, uint8_t *out, size_t len,
		 struct error *error)
{
	if (!descriptor_read(stream->fd, out, len))
		return errno == ENODATA
			       ? error_set(error, ERROR_BAD_INPUT,
					   "%s: it is cut off", stream->path)
			       : fail(error, stream->path, "cannot read");
	keccak256_add(&stream->keccak, bytes_view(out, len));
	return true;
}

static bool take_number(struct stream *stream, uint64_t *out, size_t len,
			struct error *error)
{
	uint8_t bytes[8];

	if (!take(stream, bytes, len, error))
		return false;
	struct cursor cursor = cursor_of(bytes_view(bytes, len));
	*out = cursor_take_number(&cursor, len);
	return true;
}

/* "operator.db", "blocks/…" or "accepted/…", nothing that climbs. */
static bool is_good_name(const char *name)
{
	const char *slash = strchr(name, '/');

	if (strcmp(name, DATABASE) == 0)
		return true;
	return slash != NULL && atomic_file_name_is_good(slash + 1) &&
	       (strncmp(name, OPERATOR_STORE_BODIES "/", 7) == 0 ||
		strncmp(name, "accepted/", 9) == 0);
}

/* Takes the content, into the file unless that is -1. */
static bool take_content(struct stream *stream, int fd, uint64_t len,
			 struct error *error)
{
	uint8_t chunk[CHUNK];

	while (len > 0) {
		size_t part = len < CHUNK ? (size_t)len : CHUNK;

		if (!take(stream, chunk, part, error))
			return false;
		if (fd >= 0 && !descriptor_write(fd, bytes_view(chunk, part)))
			return error_set(error, ERROR_IO, "cannot write: %s",
					 strerror(errno));
		len -= part;
	}
	return fd < 0 || fsync(fd) == 0 ||
	       error_set(error, ERROR_IO, "cannot write: %s", strerror(errno));
}

/* One file; `name` is empty at the end. */
static bool take_file(struct stream *stream, char name[MAX_NAME + 1],
		      int folder, struct error *error)
{
	uint64_t name_len;
	uint64_t len;
	int fd = -1;

	if (!take_number(stream, &name_len, 2, error))
		return false;
	if (name_len > MAX_NAME)
		return error_set(error, ERROR_BAD_INPUT, "%s: not a backup",
				 stream->path);
	if (!take(stream, (uint8_t *)name, (size_t)name_len, error))
		return false;
	name[name_len] = '\0';
	if (name_len == 0)
		return true;
	if (!is_good_name(name) || strlen(name) != name_len ||
	    !take_number(stream, &len, 8, error))
		return error_set(error, ERROR_BAD_INPUT, "%s: not a backup",
				 stream->path);
	if (folder >= 0) {
		fd = openat(folder, name,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0)
			return error_set(error, ERROR_CANNOT_CREATE, "%s: %s",
					 name, strerror(errno));
	}
	bool ok = take_content(stream, fd, len, error);
	if (fd >= 0)
		close(fd);
	stream->counts->files++;
	stream->counts->bytes += len;
	return ok;
}

/* Reads everything, into the folder unless that is -1. */
static bool take_all(struct stream *stream, int folder, struct error *error)
{
	char name[MAX_NAME + 1];
	uint8_t stored[32];
	uint64_t magic;

	keccak256_init(&stream->keccak);
	if (!take_number(stream, &magic, 8, error))
		return false;
	if (magic != MAGIC)
		return error_set(error, ERROR_BAD_INPUT, "%s: not a backup",
				 stream->path);
	do {
		if (!take_file(stream, name, folder, error))
			return false;
	} while (name[0] != '\0');
	struct hash hash = keccak256_finish(&stream->keccak);
	keccak256_init(&stream->keccak);
	return take(stream, stored, sizeof(stored), error) &&
	       (memcmp(stored, hash.bytes, sizeof(stored)) == 0 ||
		error_set(error, ERROR_BAD_INPUT, "%s: it is damaged",
			  stream->path));
}

static bool read_backup(struct backup_counts *counts, const char *path,
			int folder, struct error *error)
{
	struct stream stream = { .path = path, .counts = counts };

	memset(counts, 0, sizeof(*counts));
	stream.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (stream.fd < 0)
		return error_set(error, ERROR_NO_INPUT, "%s: %s", path,
				 strerror(errno));
	bool ok = take_all(&stream, folder, error);
	close(stream.fd);
	return ok;
}

/* ---- the whole ---- */

bool backup_store_write(struct backup_counts *counts, const char *datadir,
			const char *path, struct error *error)
{
	struct stream stream = { .path = path, .counts = counts };
	struct backup_counts read_back;
	int folder = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return error_set(error, ERROR_NO_INPUT, "%s: %s", datadir,
				 strerror(errno));
	stream.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (stream.fd < 0) {
		(void)error_set(error, ERROR_CANNOT_CREATE, "%s: %s", path,
				strerror(errno));
		close(folder);
		return false;
	}
	bool ok = put_all(&stream, folder, datadir, error) &&
		  put_end(&stream, error);
	close(stream.fd);
	close(folder);
	ok = ok && read_backup(&read_back, path, -1, error) &&
	     (read_back.bytes == counts->bytes ||
	      error_set(error, ERROR_IO, "%s: it reads back otherwise", path));
	if (!ok)
		(void)unlink(path); /* it is none */
	return ok;
}

static bool find_newest(struct backup_counts *counts, const char *datadir,
			struct error *error)
{
	struct operator_store *reader = NULL;
	struct committed_block newest;
	bool found = false;
	bool ok = operator_store_open_reader(&reader, datadir, error) &&
		  operator_store_newest_block(reader, &found, &newest, error);

	operator_store_close(reader);
	counts->newest_blknum = ok && found ? newest.blknum : 0;
	return ok;
}

bool backup_store_restore(struct backup_counts *counts, const char *path,
			  const char *datadir, struct error *error)
{
	if (!read_backup(counts, path, -1, error))
		return false;
	int folder = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return error_set(error, ERROR_CANNOT_CREATE, "%s: %s", datadir,
				 strerror(errno));
	bool ok = faccessat(folder, DATABASE, F_OK, 0) != 0 ||
		  error_set(error, ERROR_CANNOT_CREATE,
			    "%s: there is an operator's data already", datadir);
	for (int i = 0; ok && i < 2; i++) {
		const char *name = i == 0 ? OPERATOR_STORE_BODIES : "accepted";

		ok = mkdirat(folder, name, i == 0 ? 0755 : 0700) == 0 ||
		     errno == EEXIST ||
		     error_set(error, ERROR_CANNOT_CREATE, "%s/%s: %s", datadir,
			       name, strerror(errno));
	}
	ok = ok && read_backup(counts, path, folder, error) &&
	     (fsync(folder) == 0 || fail(error, datadir, "cannot write"));
	close(folder);
	return ok && find_newest(counts, datadir, error);
}
