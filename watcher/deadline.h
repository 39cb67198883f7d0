/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_DEADLINE_H
#define PLASMA_WATCHER_DEADLINE_H

/*
 * By when must we act? One answer for each obligation of protocol.md section
 * 10, in seconds of root-chain time. Pure.
 */

#include <stdint.h>

/* When an obligation can, should and must be met. */
struct window {
	uint64_t earliest; /* not before this second */
	uint64_t target;   /* we aim for this second */
	uint64_t last;	   /* the last second that helps, inclusive;
			    * UINT64_MAX: none */
};

/* Challenge a standard exit started at `started`, due at `exitable_at`, or
 * answer or block a piggyback: until the first entry can be processed. */
struct window deadline_before_processing(uint64_t started,
					 uint64_t exitable_at);

/* Piggyback: in phase 1 of an in-flight exit started at `started`, at once. */
struct window deadline_piggyback(uint64_t started, uint64_t exit_period);

/* Challenge the canonicity of an in-flight exit: phase 1, within an hour. */
struct window deadline_canonicity(uint64_t started, uint64_t exit_period);

/* Delete an empty in-flight exit. */
struct window deadline_delete_empty(uint64_t started, uint64_t exit_period);

/* Process an entry that is due at `exitable_at`. */
struct window deadline_process(uint64_t exitable_at);

/* Leave after a bad block whose root was stored at `bad_block_time`: start a
 * standard exit, or start an in-flight exit and piggyback it. So too after
 * another halt, of that time, or after a new vault, verifier or exit game was
 * announced then. */
struct window deadline_protective_exit(uint64_t noticed,
				       uint64_t bad_block_time,
				       uint64_t exit_period);

/* How long a body may be missing before the block counts as withheld: the
 * configured grace, never above exit_period / 14; 0 stands for the default of
 * min(7200, exit_period / 14). */
uint64_t deadline_withholding_limit(uint64_t configured, uint64_t exit_period);

/* The longest a watcher may sleep: half the exit period. */
uint64_t deadline_safe_interval(uint64_t exit_period);

#endif
