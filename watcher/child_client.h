/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_CHILD_CLIENT_H
#define PLASMA_WATCHER_CHILD_CLIENT_H

/* Other programs that a pass runs: the follower, and the hook of incidents. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"

/* Runs a program found along $PATH, or by its path, with `input` on its
 * standard input and its output on our standard error, and waits for its end,
 * `timeout_ms` at most; then it is killed. What it says on its standard error
 * is appended to `said`, or goes to ours if that is NULL. `argv` ends with
 * NULL. False with ERROR_UNREACHABLE unless it ends with 0; the message says
 * how it ended, and the last line that it wrote to its standard error, which
 * all goes to ours. */
NODISCARD bool child_client_run(const char *const *argv, struct bytes input,
				struct growing_buffer *said,
				uint64_t timeout_ms, struct error *error);

/* The same for a line of the shell, whose last line is not read. */
NODISCARD bool child_client_run_shell(const char *line, struct bytes input,
				      uint64_t timeout_ms, struct error *error);

/* Writes the path of a program that lies in the folder of our own program, or
 * else its bare name, to be found along $PATH. */
void child_client_sibling(char *out, size_t size, const char *name);

#endif
