/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_PROCESS_H
#define PLASMA_COMMON_SERVICE_PROCESS_H

/* What a program is to its machine: locks, signals, the service manager. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

/* Called first in main(): closed streams keep their numbers to themselves, no
 * core files, nobody may attach, SIGPIPE ignored, exit code 74 where a mapped
 * file cannot be read, the signals below blocked in all threads, hash and curve
 * tested. False with ERROR_SOFTWARE if the test
 * fails. */
NODISCARD bool process_start(struct error *error);

enum process_signal {
	PROCESS_SIGNAL_NONE,   /* the time is over */
	PROCESS_SIGNAL_STOP,   /* SIGTERM, SIGINT */
	PROCESS_SIGNAL_RELOAD, /* SIGHUP */
	PROCESS_SIGNAL_WAKE    /* SIGUSR1 */
};

/* Waits for a signal, `timeout_ms` at most; one thread alone. */
enum process_signal process_wait(uint64_t timeout_ms);

/* The file LOCK of a folder, held until the process ends or lets go. */
struct process_lock {
	int fd;
};

/* Makes the folder (0700) if it is missing. ERROR_TRY_AGAIN names the holder.
 */
NODISCARD bool process_lock_take(struct process_lock *out, const char *folder,
				 struct error *error);
void process_lock_release(struct process_lock *lock);

/* Tells the service manager, if there is one: "READY=1", "STATUS=…",
 * "WATCHDOG=1", "STOPPING=1". */
void process_notify(const char *state);

/* Says the error on stderr as "PROGRAM: message" and returns its exit code. */
int process_fail(const char *program, const struct error *error);

#endif
