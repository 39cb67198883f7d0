/* SPDX-License-Identifier: MIT */

/*
 * A disk that fails when it is told to, to be loaded in front of a program
 * (LD_PRELOAD): while the file named by FAILING_DISK is there and says "sync",
 * fsync and fdatasync fail with EIO; while it says "full", they and every write
 * to a file that lies beside it fail with ENOSPC.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0, or the number of the failure. */
static int failure_now(void)
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
