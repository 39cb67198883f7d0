/* SPDX-License-Identifier: MIT */
#include "watcher/child_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/service/clock.h"

#define WAIT_STEP_MS 5

extern char **environ;

struct child {
	pid_t pid;
	int input; /* its standard input, -1 when closed */
};

/* Signals as a program expects them, its input from us, its output to our
 * standard error. */
static bool spawn_child(struct child *child, const char *const *argv, int input,
			struct error *error)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	sigset_t all;

	(void)sigemptyset(&none); /* none of these fails */
	(void)sigemptyset(&all);
	(void)sigaddset(&all, SIGPIPE);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_adddup2(&files, input, 0);
	(void)posix_spawn_file_actions_adddup2(&files, 2, 1);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	(void)posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	/* posix_spawnp() does not write to the strings. */
	union {
		const char *const *given;
		char *const *taken;
	} arguments = { argv };
	int result = posix_spawnp(&child->pid, argv[0], &files, &attributes,
				  arguments.taken, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&files);
	return result == 0 || error_set(error, ERROR_UNREACHABLE, "%s: %s",
					argv[0], strerror(result));
}

/* Writes as much of the input as the child takes now. */
static void feed(struct child *child, struct bytes *input)
{
	while (child->input >= 0 && input->len > 0) {
		ssize_t written = write(child->input, input->data, input->len);

		if (written < 0 && errno == EAGAIN)
			return;
		if (written <= 0) {
			input->len = 0; /* it does not want it */
			break;
		}
		input->data += written;
		input->len -= (size_t)written;
	}
	if (child->input >= 0)
		(void)close(child->input);
	child->input = -1;
}

static bool judge_end(const char *name, int status, struct error *error)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status))
		return error_set(error, ERROR_UNREACHABLE, "%s ended with %d",
				 name, WEXITSTATUS(status));
	return error_set(error, ERROR_UNREACHABLE, "%s was killed by signal %d",
			 name, WTERMSIG(status));
}

static bool wait_for(struct child *child, const char *name, struct bytes input,
		     uint64_t timeout_ms, struct error *error)
{
	uint64_t until = clock_monotonic_ms() + timeout_ms;
	int status;

	for (;;) {
		feed(child, &input);
		pid_t ended = waitpid(child->pid, &status, WNOHANG);

		if (ended == child->pid)
			return judge_end(name, status, error);
		if (clock_monotonic_ms() >= until)
			break;
		(void)poll(NULL, 0, WAIT_STEP_MS); /* only waits */
	}
	(void)kill(child->pid, SIGKILL); /* it is ours and not waited for */
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	return error_set(error, ERROR_UNREACHABLE,
			 "%s did not end within %llu s", name,
			 (unsigned long long)(timeout_ms / 1000));
}

bool child_client_run(const char *const *argv, struct bytes input,
		      uint64_t timeout_ms, struct error *error)
{
	struct child child = { 0, -1 };
	int ends[2];

	if (pipe(ends) != 0)
		return error_set(error, ERROR_UNREACHABLE, "pipe: %s",
				 strerror(errno));
	/* Our end is not the child's, and never blocks us. */
	bool ok = fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 &&
		  fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 &&
		  fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0;
	if (!ok)
		(void)error_set(error, ERROR_UNREACHABLE, "pipe: %s",
				strerror(errno));
	ok = ok && spawn_child(&child, argv, ends[0], error);
	(void)close(ends[0]);
	child.input = ends[1];
	ok = ok && wait_for(&child, argv[0], input, timeout_ms, error);
	if (child.input >= 0)
		(void)close(child.input);
	return ok;
}

bool child_client_run_shell(const char *line, struct bytes input,
			    uint64_t timeout_ms, struct error *error)
{
	const char *const argv[] = { "/bin/sh", "-c", line, NULL };

	return child_client_run(argv, input, timeout_ms, error);
}

void child_client_sibling(char *out, size_t size, const char *name)
{
	char own[512];
	ssize_t len = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char *slash = NULL;

	if (len > 0) {
		own[len] = '\0';
		slash = strrchr(own, '/');
	}
	if (slash != NULL) {
		int written = snprintf(out, size, "%.*s/%s", (int)(slash - own),
				       own, name);
		if (written > 0 && (size_t)written < size &&
		    access(out, X_OK) == 0)
			return;
	}
	(void)snprintf(out, size, "%s", name); /* ours are short */
}
