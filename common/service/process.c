/* SPDX-License-Identifier: MIT */
#include "common/service/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/codec/keccak256.h"
#include "common/keys/secret.h"
#include "common/service/atomic_file.h"
#include "config.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#define HOLDER_SIZE 128
#define OPEN_FILES 8192

static sigset_t awaited_signals(void)
{
	sigset_t set;

	/* None of these fails for signals that there are. */
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGUSR1);
	return set;
}

/* The key 1 and its account. */
static bool curve_self_test(void)
{
	static const char expected[] =
		"0x7e5f4552091a69125d5dfcb7b8c2659029395bdf";
	struct secret secret = { { 0 } };
	char text[HEX_SIZE(20)];

	secret.bytes[31] = 1;
	struct address address = secret_address(&secret);
	hex_encode(text, bytes_view(address.bytes, sizeof(address.bytes)));
	return strcmp(text, expected) == 0;
}

static void *new_for_json(size_t size)
{
	return memory_new(1, size);
}

/* A file that is mapped and cannot be read back, for its disk is broken or it
 * was cut. What is on disk is as after a power failure. */
static void end_unreadable(int number)
{
	static const char text[] = "a file that is in use cannot be read "
				   "(SIGBUS): look at the disk\n";

	(void)number; /* there is no other */
	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)written; /* it ends anyway */
	_exit(ERROR_IO);
}

/* What is opened takes the lowest number that is free: without this, a file of
 * ours could get that of a stream that was closed, and what is printed would go
 * into it. Reading nothing and refusing what is written, as a closed one does.
 */
static bool take_closed_streams(struct error *error)
{
	int fd;

	do {
		fd = open("/dev/null",
			  O_RDONLY); /* the streams are inherited */
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return error_set(error, ERROR_CANNOT_CREATE,
				 "cannot open /dev/null: %s", strerror(errno));
	(void)close(fd); /* nothing was read */
	return true;
}

/* What is usual is less than a server with all its connections needs, for the
 * sake of programs that put them into sets of bits, which none of ours does. A
 * wish: with fewer, there are fewer connections. */
static void raise_open_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur >= OPEN_FILES)
		return;
	files.rlim_cur =
		files.rlim_max < OPEN_FILES ? files.rlim_max : OPEN_FILES;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

bool process_start(struct error *error)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t set = awaited_signals();

	/* A value that could not be put into another would be missed by
	 * nobody: here, too, the end of memory is the end. */
	json_set_alloc_funcs(new_for_json, memory_free);
	if (!take_closed_streams(error))
		return false;
	if (setrlimit(RLIMIT_CORE, &no_core) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0) != 0)
		return error_set(error, ERROR_PERMISSION,
				 "cannot switch off core files: %s",
				 strerror(errno));
	raise_open_files();
	(void)signal(SIGPIPE, SIG_IGN); /* none of these fails */
	(void)signal(SIGBUS, end_unreadable);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (!keccak256_self_test() || !curve_self_test())
		return error_set(error, ERROR_SOFTWARE,
				 "the self-test of keccak256 and secp256k1 "
				 "fails: this build must not be used");
	return true;
}

enum process_signal process_wait(uint64_t timeout_ms)
{
	sigset_t set = awaited_signals();
	struct timespec timeout = { (time_t)(timeout_ms / 1000),
				    (long)(timeout_ms % 1000) * 1000000 };

	switch (sigtimedwait(&set, NULL, &timeout)) {
	case SIGTERM:
	case SIGINT:
		return PROCESS_SIGNAL_STOP;
	case SIGHUP:
		return PROCESS_SIGNAL_RELOAD;
	case SIGUSR1:
		return PROCESS_SIGNAL_WAKE;
	default:
		/* The time is over, or a debugger has been here. */
		return PROCESS_SIGNAL_NONE;
	}
}

static bool say_held(int fd, const char *folder, struct error *error)
{
	char holder[HOLDER_SIZE] = "";
	ssize_t len = pread(fd, holder, sizeof(holder) - 1, 0);

	holder[len < 0 ? 0 : len] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	return error_set(error, ERROR_TRY_AGAIN, "%s is in use by %s", folder,
			 holder[0] == '\0' ? "another process" : holder);
}

static bool write_holder(int fd)
{
	char name[32] = "?";
	char holder[HOLDER_SIZE];

	(void)prctl(PR_GET_NAME, name); /* else its name stays unknown */
	int len = snprintf(holder, sizeof(holder), "process %ld (%s)\n",
			   (long)getpid(), name);
	return ftruncate(fd, 0) == 0 &&
	       pwrite(fd, holder, (size_t)len, 0) == len;
}

bool process_lock_take(struct process_lock *out, const char *folder,
		       struct error *error)
{
	size_t size = strlen(folder) + sizeof("/LOCK");
	char *path = memory_new(size, 1);

	if (!atomic_file_make_folder(folder, 0700, error)) {
		memory_free(path);
		return false;
	}
	(void)snprintf(path, size, "%s/LOCK", folder); /* it fits */
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = true;
	if (fd < 0)
		ok = error_set(error,
			       errno == EACCES ? ERROR_PERMISSION
					       : ERROR_CANNOT_CREATE,
			       "%s: %s", path, strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		ok = errno == EWOULDBLOCK ? say_held(fd, folder, error)
					  : error_set(error, ERROR_IO, "%s: %s",
						      path, strerror(errno));
	else if (!write_holder(fd))
		ok = error_set(error, ERROR_IO, "%s: %s", path,
			       strerror(errno));
	memory_free(path);
	if (!ok && fd >= 0)
		(void)close(fd); /* nothing of ours is in it */
	if (ok)
		out->fd = fd;
	return ok;
}

void process_lock_release(struct process_lock *lock)
{
	if (lock->fd >= 0)
		(void)close(lock->fd); /* which lets go of it */
	lock->fd = -1;
}

void process_notify(const char *state)
{
#ifdef HAVE_SYSTEMD
	(void)sd_notify(0, state); /* there may be nobody to tell */
#else
	(void)state; /* there is nobody to tell */
#endif
}

int process_fail(const char *program, const struct error *error)
{
	/* It would be the exit code of success. */
	assert(error->code != ERROR_NONE);
	fprintf(stderr, "%s: %s\n", program, error->message);
	return (int)error->code;
}
