/* SPDX-License-Identifier: MIT */
#include "common/service/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/service/descriptor.h"
#include "common/service/random.h"

#define READ_PIECE 65536

bool atomic_file_name_is_good(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strlen(name);

	return len > 0 && len < ATOMIC_FILE_NAME_SIZE && name[0] != '.' &&
	       strspn(name, allowed) == len;
}

static bool fail(struct error *error, const char *name, const char *what)
{
	enum error_code code =
		errno == EACCES || errno == EPERM || errno == EROFS
			? ERROR_CANNOT_CREATE
			: ERROR_IO;

	return error_set(error, code, "%s: cannot %s: %s", name, what,
			 strerror(errno));
}

bool atomic_file_begin(struct atomic_file *file, const char *folder,
		       const char *name, mode_t mode, struct error *error)
{
	uint8_t seed[8];

	*file = (struct atomic_file){ .folder = -1, .fd = -1 };
	if (!atomic_file_name_is_good(name))
		return error_set(error, ERROR_BAD_INPUT,
				 "not the name of a file: %.100s", name);
	random_fill(seed, sizeof(seed));
	(void)snprintf(file->name, sizeof(file->name), "%s",
		       name); /* it fits */
	(void)snprintf(file->part, sizeof(file->part),
		       "%s.%02x%02x%02x%02x%02x%02x%02x%02x.part", name,
		       seed[0], seed[1], seed[2], seed[3], seed[4], seed[5],
		       seed[6], seed[7]); /* it fits */
	file->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->folder < 0)
		return error_set(error, ERROR_CANNOT_CREATE, "%s: %s", folder,
				 strerror(errno));
	file->fd = openat(file->folder, file->part,
			  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			  mode);
	if (file->fd >= 0)
		return true;
	(void)fail(error, file->part, "create");
	atomic_file_abandon(file);
	return false;
}

bool atomic_file_put(struct atomic_file *file, struct bytes part,
		     struct error *error)
{
	return descriptor_write(file->fd, part) ||
	       fail(error, file->part, "write");
}

bool atomic_file_commit(struct atomic_file *file, struct error *error)
{
	int fd = file->fd;

	if (fsync(fd) != 0) {
		(void)fail(error, file->part, "sync");
		atomic_file_abandon(file);
		return false;
	}
	file->fd = -1;
	if (close(fd) != 0 ||
	    renameat(file->folder, file->part, file->folder, file->name) != 0) {
		(void)fail(error, file->name, "rename");
		atomic_file_abandon(file);
		return false;
	}
	file->part[0] = '\0'; /* there is nothing to take away any more */
	bool ok = fsync(file->folder) == 0;
	if (!ok)
		(void)fail(error, file->name, "sync the folder of");
	atomic_file_abandon(file);
	return ok;
}

void atomic_file_abandon(struct atomic_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd); /* what was written is not wanted */
	if (file->folder >= 0) {
		if (file->part[0] != '\0')
			/* It may never have come to be. */
			(void)unlinkat(file->folder, file->part, 0);
		(void)close(file->folder); /* only read */
	}
	file->fd = -1;
	file->folder = -1;
}

bool atomic_file_write(const char *folder, const char *name,
		       struct bytes content, mode_t mode, struct error *error)
{
	struct atomic_file file;

	if (!atomic_file_begin(&file, folder, name, mode, error))
		return false;
	if (atomic_file_put(&file, content, error))
		return atomic_file_commit(&file, error);
	atomic_file_abandon(&file);
	return false;
}

bool atomic_file_is_new(const char *path, struct error *error)
{
	struct stat state;

	return (lstat(path, &state) != 0 && errno == ENOENT) ||
	       error_set(error, ERROR_CANNOT_CREATE,
			 "%s is there already; --force replaces it", path);
}

bool atomic_file_write_path(const char *path, struct bytes content, mode_t mode,
			    struct error *error)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return atomic_file_write(".", path, content, mode, error);
	char *folder = memory_copy_string(
		path, slash == path ? 1 : (size_t)(slash - path));
	bool ok = atomic_file_write(folder, slash + 1, content, mode, error);

	memory_free(folder);
	return ok;
}

bool atomic_file_sync_entry(const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	char *folder =
		slash == NULL
			? memory_copy_string(".", 1)
			: memory_copy_string(
				  path,
				  slash == path ? 1 : (size_t)(slash - path));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = (fd >= 0 && fsync(fd) == 0) ||
		  fail(error, path, "sync the folder of");

	if (fd >= 0)
		(void)close(fd); /* only read */
	memory_free(folder);
	return ok;
}

/* Makes the folder and has it on disk, unless it is there. */
static bool make_one(const char *path, mode_t mode)
{
	struct error ignored; /* said by the caller: errno stays */

	if (mkdir(path, mode) != 0)
		return errno == EEXIST;
	return atomic_file_sync_entry(path, &ignored);
}

bool atomic_file_make_folder(const char *path, mode_t mode, struct error *error)
{
	char *part = memory_copy_string(path, strlen(path));
	bool ok = path[0] != '\0';

	for (char *at = part + ok; ok && at[-1] != '\0'; at++) {
		char kept = *at;

		if (kept != '/' && kept != '\0')
			continue;
		*at = '\0';
		ok = make_one(part, mode);
		*at = kept;
		if (kept == '\0')
			break;
	}
	memory_free(part);
	struct stat found;
	if (ok && (stat(path, &found) != 0 || !S_ISDIR(found.st_mode))) {
		errno = ENOTDIR;
		ok = false;
	}
	return ok ? true
		  : error_set(error, ERROR_CANNOT_CREATE, "%s: %s", path,
			      strerror(errno));
}

bool atomic_file_read(struct growing_buffer *out, const char *path,
		      struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(error,
				 errno == ENOENT   ? ERROR_NO_INPUT
				 : errno == EACCES ? ERROR_PERMISSION
						   : ERROR_IO,
				 "%s: %s", path, strerror(errno));
	uint8_t *piece = memory_new(READ_PIECE, 1);
	bool ok = true;
	for (;;) {
		ssize_t len = read(fd, piece, READ_PIECE);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			ok = error_set(error, ERROR_IO, "%s: %s", path,
				       strerror(errno));
		else if (!growing_buffer_put(out,
					     bytes_view(piece, (size_t)len)))
			ok = error_set(error, ERROR_BAD_INPUT,
				       "%s: longer than %zu bytes", path,
				       out->ceiling);
		if (!ok || len == 0)
			break;
	}
	memory_free(piece);
	(void)close(fd); /* only read */
	return ok;
}
