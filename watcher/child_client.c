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

/* Enough for what the reason of a failure is shown with. */
#define LINE_MOST 200

struct child {
	pid_t pid;
	int input;  /* its standard input, -1 when closed */
	int errors; /* what it says on its standard error, -1 for ours */
	struct growing_buffer *said; /* where that goes; NULL: to ours */
	char line[LINE_MOST + 1];    /* the last of it that was not empty */
	size_t line_len;
	bool line_ended;
};

/* Signals as a program expects them, its input from us, its output to our
 * standard error, what it complains of to `errors`. */
static bool spawn_child(struct child *child, const char *const *argv, int input,
			int errors, struct error *error)
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
	(void)posix_spawn_file_actions_adddup2(&files, errors, 2);
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

/* Remembers the last line, as text that anybody may be shown, and that may
 * stand in a line that ends at a bar. */
static void remember(struct child *child, const char *said, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (said[i] == '\n') {
			child->line_ended = true;
			continue;
		}
		if (child->line_ended)
			child->line_len = 0;
		child->line_ended = false;
		if (child->line_len == LINE_MOST)
			continue;
		if (said[i] >= ' ' && said[i] <= '~' && said[i] != '|')
			child->line[child->line_len++] = said[i];
		else
			child->line[child->line_len++] = '?';
	}
	child->line[child->line_len] = '\0';
}

/* Passes on what the child has said until now. */
static void listen_to(struct child *child)
{
	char said[4096];
	ssize_t len;

	while (child->errors >= 0 &&
	       (len = read(child->errors, said, sizeof(said))) > 0) {
		remember(child, said, (size_t)len);
		if (child->said != NULL)
			(void)growing_buffer_put(
				child->said,
				bytes_view((const uint8_t *)said,
					   (size_t)len)); /* what fits */
		else if (write(2, said, (size_t)len) < 0)
			continue; /* nobody hears us; the line is kept */
	}
}

/* What a program that fails says last begins with its name, as the error. */
static const char *reason_of(const struct child *child, const char *name)
{
	size_t len = strlen(name);

	return strncmp(child->line, name, len) == 0 ? child->line + len
						    : child->line;
}

static bool judge_end(const struct child *child, const char *path, int status,
		      struct error *error)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *reason = reason_of(child, name);
	const char *colon = reason[0] != '\0' && reason[0] != ':' ? ": " : "";

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status))
		return error_set(error, ERROR_UNREACHABLE,
				 "%s ended with %d%s%s", name,
				 WEXITSTATUS(status), colon, reason);
	return error_set(error, ERROR_UNREACHABLE,
			 "%s was killed by signal %d%s%s", name,
			 WTERMSIG(status), colon, reason);
}

static bool wait_for(struct child *child, const char *name, struct bytes input,
		     uint64_t timeout_ms, struct error *error)
{
	uint64_t until = clock_monotonic_ms() + timeout_ms;
	int status;

	for (;;) {
		feed(child, &input);
		pid_t ended = waitpid(child->pid, &status, WNOHANG);

		listen_to(child);
		if (ended == child->pid)
			return judge_end(child, name, status, error);
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

/* Ours is the end `own` of the two: the child does not get it, and it never
 * blocks us. */
static bool make_pipe(int ends[2], int own, struct error *error)
{
	if (pipe(ends) != 0) {
		ends[0] = -1;
		ends[1] = -1;
	} else if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
		   fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 &&
		   fcntl(ends[own], F_SETFL, O_NONBLOCK) == 0) {
		return true;
	}
	return error_set(error, ERROR_UNREACHABLE, "pipe: %s", strerror(errno));
}

static void close_end(int end)
{
	if (end >= 0)
		(void)close(end);
}

static bool run(const char *const *argv, struct bytes input, bool listens,
		struct growing_buffer *said, uint64_t timeout_ms,
		struct error *error)
{
	struct child child = { .errors = -1, .said = said };
	int in[2] = { -1, -1 };
	int errors[2] = { -1, -1 };

	bool ok = make_pipe(in, 1, error) &&
		  (!listens || make_pipe(errors, 0, error)) &&
		  spawn_child(&child, argv, in[0], listens ? errors[1] : 2,
			      error);
	close_end(in[0]);
	close_end(errors[1]);
	child.input = in[1];
	child.errors = errors[0];
	ok = ok && wait_for(&child, argv[0], input, timeout_ms, error);
	close_end(child.input);
	close_end(child.errors);
	return ok;
}

bool child_client_run(const char *const *argv, struct bytes input,
		      struct growing_buffer *said, uint64_t timeout_ms,
		      struct error *error)
{
	return run(argv, input, true, said, timeout_ms, error);
}

bool child_client_run_shell(const char *line, struct bytes input,
			    uint64_t timeout_ms, struct error *error)
{
	const char *const argv[] = { "/bin/sh", "-c", line, NULL };

	/* What it leaves running may say something when we have ended. */
	return run(argv, input, false, NULL, timeout_ms, error);
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
