/* SPDX-License-Identifier: MIT */
#include "watcher/reserve_store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/service/atomic_file.h"
#include "common/service/log.h"

/* How large the file is; 0 if there is none. */
static uint64_t size_in(int folder)
{
	struct stat status;

	return fstatat(folder, RESERVE_STORE_NAME, &status,
		       AT_SYMLINK_NOFOLLOW) == 0
		       ? (uint64_t)status.st_size
		       : 0;
}

/* False with errno, and no file. */
static bool make_in(int folder, uint64_t size)
{
	int fd = openat(folder, RESERVE_STORE_NAME,
			O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int failure = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)size);

	if (fd >= 0)
		(void)close(fd); /* it has no content */
	if (failure != 0)
		(void)unlinkat(folder, RESERVE_STORE_NAME, 0); /* or none */
	errno = failure;
	return failure == 0;
}

static bool give_up_in(int folder)
{
	if (unlinkat(folder, RESERVE_STORE_NAME, 0) != 0)
		return false;
	log_event(LOG_ERROR, "the disk is full: the reserve is given up");
	return true;
}

/* False with errno. */
static bool tend(bool *is_there, int folder, uint64_t size)
{
	struct statvfs status;

	if (fstatvfs(folder, &status) != 0)
		return false;
	uint64_t free_bytes = (uint64_t)status.f_bavail * status.f_frsize;
	*is_there = size_in(folder) >= size;
	if (*is_there && free_bytes < RESERVE_STORE_LEAST_FREE) {
		*is_there = false;
		return give_up_in(folder);
	}
	if (!*is_there && free_bytes >= size + RESERVE_STORE_LEAST_FREE) {
		*is_there = make_in(folder, size);
		return *is_there || errno == ENOSPC || errno == EDQUOT;
	}
	return true;
}

bool reserve_store_tend(bool *is_there, const char *datadir, uint64_t size,
			struct error *error)
{
	*is_there = true;
	if (size == 0)
		return true;
	if (!atomic_file_make_folder(datadir, 0700, error))
		return false;
	int folder = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = folder >= 0 && tend(is_there, folder, size);

	if (!ok)
		(void)error_set(error, ERROR_IO, "%s/%s: %s", datadir,
				RESERVE_STORE_NAME, strerror(errno));
	if (folder >= 0)
		(void)close(folder); /* only looked at */
	return ok;
}
