/* SPDX-License-Identifier: MIT */

/*
 * A machine that stops at one call, to be loaded in front of a program
 * (LD_PRELOAD). Calls that change files below POWER_CUT_DIR or send something
 * to a socket are points, named by what they do, to which file, and how many of
 * that name there were since POWER_CUT_ARMED, a file, is there:
 *
 *	fdatasync accepted/N.log 1
 *	rename blocks/HEX 1
 *	send request 4
 *
 * Each is appended to POWER_CUT_LOG. At the one that POWER_CUT_POINT names the
 * process is killed before the call is made.
 *
 * What a power failure would leave is kept in POWER_CUT_IMAGE: inode/INO is
 * what a file held when it was last synced, folder/INO lists "NAME INO" as a
 * folder was then. hold/INO keeps the number of an inode from being used again.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MAX_NAMES 256
#define PATH_SIZE 4096

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char name[128];
	unsigned int count;
} names[MAX_NAMES];
static in_port_t served_port;

/* ---- names ---- */

/* Digits become N, eight of hex or more HEX. */
static void generalise(char *out, size_t size, const char *path)
{
	size_t len = 0;

	while (*path != '\0' && len + 8 < size) {
		size_t hex = strspn(path, "0123456789abcdef");
		size_t digits = strspn(path, "0123456789");

		if (hex >= 8 || digits > 0) {
			len += (size_t)snprintf(out + len, size - len, "%s",
						hex >= 8 ? "HEX" : "N");
			path += hex >= 8 ? hex : digits;
		} else {
			out[len++] = *path++;
		}
	}
	out[len] = '\0';
}

/* The path of a descriptor below the folder, or NULL. */
static const char *path_of(char path[PATH_SIZE], int fd)
{
	const char *folder = getenv("POWER_CUT_DIR");
	char link[64];

	if (folder == NULL)
		return NULL;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, PATH_SIZE - 1);
	size_t head = strlen(folder);
	if (len < (ssize_t)head || strncmp(path, folder, head) != 0)
		return NULL;
	path[len] = '\0';
	if (path[head] == '\0')
		return ".";
	return path[head] == '/' ? path + head + 1 : NULL;
}

/* ---- points ---- */

static unsigned int count_of(const char *name)
{
	size_t i = 0;

	while (i + 1 < MAX_NAMES && names[i].name[0] != '\0' &&
	       strcmp(names[i].name, name) != 0)
		i++;
	(void)snprintf(names[i].name, sizeof(names[i].name), "%s", name);
	return ++names[i].count;
}

static void note(const char *line)
{
	const char *path = getenv("POWER_CUT_LOG");
	int fd = path == NULL
			 ? -1
			 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
				0644);

	if (fd < 0)
		return;
	(void)!NEXT(write)(fd, line, strlen(line));
	close(fd);
}

static void pass(const char *what, const char *whom)
{
	const char *armed = getenv("POWER_CUT_ARMED");
	const char *point = getenv("POWER_CUT_POINT");
	char general[96];
	char name[128];
	char line[160];

	if (armed == NULL || access(armed, F_OK) != 0)
		return;
	generalise(general, sizeof(general), whom);
	(void)snprintf(name, sizeof(name), "%s %s", what, general);
	pthread_mutex_lock(&mutex);
	(void)snprintf(line, sizeof(line), "%s %u\n", name, count_of(name));
	note(line);
	line[strlen(line) - 1] = '\0';
	if (point != NULL && strcmp(line, point) == 0)
		(void)kill(getpid(), SIGKILL);
	pthread_mutex_unlock(&mutex);
}

static void pass_file(const char *what, int fd)
{
	char path[PATH_SIZE];
	const char *whom = path_of(path, fd);

	if (whom != NULL)
		pass(what, whom);
}

static void pass_entry(const char *what, int folder, const char *entry)
{
	char path[PATH_SIZE];
	char whole[2 * PATH_SIZE];
	const char *whom = path_of(path, folder);

	if (whom == NULL)
		return;
	(void)snprintf(whole, sizeof(whole), "%s/%s", whom, entry);
	pass(what, strncmp(whole, "./", 2) == 0 ? whole + 2 : whole);
}

static void pass_path(const char *what, const char *path)
{
	const char *folder = getenv("POWER_CUT_DIR");
	size_t head = folder == NULL ? 0 : strlen(folder);

	if (head > 0 && strncmp(path, folder, head) == 0 && path[head] == '/')
		pass(what, path + head + 1);
}

/* ---- what a power failure leaves ---- */

static int open_image(const char *kind, ino_t inode)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s/%llu",
		       getenv("POWER_CUT_IMAGE"), kind,
		       (unsigned long long)inode);
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static void hold(int fd, const char *path, ino_t inode)
{
	char held[PATH_SIZE];

	(void)snprintf(held, sizeof(held), "%s/hold/%llu",
		       getenv("POWER_CUT_IMAGE"), (unsigned long long)inode);
	/* It may be held already. */
	(void)!linkat(fd, path, AT_FDCWD, held, 0);
}

static void keep_file(int fd, ino_t inode)
{
	char part[65536];
	off_t at = 0;
	ssize_t len;
	int out = open_image("inode", inode);

	while ((len = pread(fd, part, sizeof(part), at)) > 0) {
		(void)!NEXT(write)(out, part, (size_t)len);
		at += len;
	}
	close(out);
}

static void keep_folder(int fd, ino_t inode)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fdopendir(again);
	int out = open_image("folder", inode);
	struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.' &&
		    (entry->d_name[1] == '\0' || entry->d_name[1] == '.'))
			continue;
		if (entry->d_type != DT_DIR)
			hold(fd, entry->d_name, entry->d_ino);
		(void)dprintf(out, "%s %llu\n", entry->d_name,
			      (unsigned long long)entry->d_ino);
	}
	if (folder != NULL)
		closedir(folder);
	close(out);
}

/* A file that is written only cannot be read through its descriptor. */
static void keep(int fd)
{
	char path[PATH_SIZE];
	struct stat status;

	if (getenv("POWER_CUT_IMAGE") == NULL || path_of(path, fd) == NULL ||
	    fstat(fd, &status) != 0)
		return;
	pthread_mutex_lock(&mutex);
	if (S_ISDIR(status.st_mode)) {
		keep_folder(fd, status.st_ino);
	} else {
		int readable = open(path, O_RDONLY | O_CLOEXEC);

		keep_file(readable, status.st_ino);
		close(readable);
	}
	pthread_mutex_unlock(&mutex);
}

/* ---- the calls ---- */

int fsync(int fd)
{
	pass_file("fsync", fd);
	int result = NEXT(fsync)(fd);
	keep(fd);
	return result;
}

int fdatasync(int fd)
{
	pass_file("fdatasync", fd);
	int result = NEXT(fdatasync)(fd);
	keep(fd);
	return result;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	pass_file("write", fd);
	return NEXT(write)(fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	pass_file("write", fd);
	return NEXT(pwrite)(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	pass_file("write", fd);
	return NEXT(pwrite64)(fd, bytes, len, at);
}

int ftruncate(int fd, off_t len)
{
	pass_file("truncate", fd);
	return NEXT(ftruncate)(fd, len);
}

int ftruncate64(int fd, off64_t len)
{
	pass_file("truncate", fd);
	return NEXT(ftruncate64)(fd, len);
}

int rename(const char *from, const char *to)
{
	pass_path("rename", to);
	return NEXT(rename)(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	pass_entry("rename", to_folder, to);
	return NEXT(renameat)(from_folder, from, to_folder, to);
}

int unlink(const char *path)
{
	pass_path("unlink", path);
	return NEXT(unlink)(path);
}

int unlinkat(int folder, const char *name, int flags)
{
	pass_entry("unlink", folder, name);
	return NEXT(unlinkat)(folder, name, flags);
}

int listen(int fd, int backlog)
{
	struct sockaddr_in address;
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len) == 0)
		served_port = address.sin_port;
	return NEXT(listen)(fd, backlog);
}

static void pass_socket(int fd)
{
	struct sockaddr_in address = { 0 };
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len) == 0 &&
	    address.sin_family == AF_INET)
		pass("send",
		     address.sin_port == served_port ? "answer" : "request");
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	pass_socket(fd);
	return NEXT(send)(fd, bytes, len, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	pass_socket(fd);
	return NEXT(sendmsg)(fd, message, flags);
}
