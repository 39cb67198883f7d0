/* SPDX-License-Identifier: MIT */

/*
 * A disk that fails when it is told to, to be loaded in front of a program
 * (LD_PRELOAD): while the file named by FAILING_DISK is there and says "sync",
 * fsync and fdatasync fail with EIO; while it says "full", they and every write
 * to a file that lies beside it fail with ENOSPC. With FAILING_DISK_RESERVE
 * there is room again as soon as the file of that name is gone, and none was
 * free before.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* True if the room that somebody may free is still taken, or if there is none
 * such. */
static int has_reserve(void)
{
	const char *path = getenv("FAILING_DISK_RESERVE");

	return path == NULL || access(path, F_OK) == 0;
}

/* 0, or the number of the failure that it was told. */
static int told_failure(void)
{
	const char *path = getenv("FAILING_DISK");
	char word[8] = "";
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	ssize_t len = read(fd, word, sizeof(word) - 1);
	close(fd);
	if (len >= 4 && strncmp(word, "sync", 4) == 0)
		return EIO;
	return len >= 4 && strncmp(word, "full", 4) == 0 ? ENOSPC : 0;
}

static int failure_now(void)
{
	int failure = told_failure();

	return failure == ENOSPC && !has_reserve() ? 0 : failure;
}

/* Logs and sockets work on. */
static int is_file_of_ours(int fd)
{
	struct stat status;

	return fd > 2 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

int fsync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

	errno = failure_now();
	return errno != 0 ? -1 : real(fd);
}

int fdatasync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");

	errno = failure_now();
	return errno != 0 ? -1 : real(fd);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	ssize_t (*real)(int, const void *, size_t) =
		(ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT,
							     "write");

	if (is_file_of_ours(fd) && failure_now() == ENOSPC) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, bytes, len);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	ssize_t (*real)(int, const void *, size_t, off64_t) =
		(ssize_t(*)(int, const void *, size_t, off64_t))dlsym(
			RTLD_NEXT, "pwrite64");

	if (is_file_of_ours(fd) && failure_now() == ENOSPC) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, bytes, len, at);
}

/* Nothing, or what the reserve took. */
int fstatvfs(int fd, struct statvfs *status)
{
	int (*real)(int, struct statvfs *) =
		(int (*)(int, struct statvfs *))dlsym(RTLD_NEXT, "fstatvfs");
	int result = real(fd, status);

	if (told_failure() == ENOSPC)
		status->f_bavail =
			has_reserve() ? 0 : (64 << 20) / status->f_frsize;
	return result;
}
