/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_FAULT_FAULT_VFS_H
#define PLASMA_TESTS_FAULT_FAULT_VFS_H

/*
 * A disk for SQLite that lies in memory and fails when it is told to. It keeps
 * apart what was written and what was synced, so that it can lose power: of
 * what was not synced a part is there afterwards, in any order, torn or not.
 *
 * It counts the operations that change something or read; the operation with
 * the number of the fault is where it strikes. One thread only.
 */

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
	FAULT_NONE,
	FAULT_POWER,	     /* nothing works any more until fault_vfs_boot() */
	FAULT_ERROR_ONCE,    /* one I/O error */
	FAULT_ERROR_FOREVER, /* I/O errors from there on */
	FAULT_FULL_ONCE,     /* one write finds the disk full */
	FAULT_FULL_FOREVER   /* every write from there on */
};

/* What becomes of writes that were not synced when the power fails. */
enum fault_loss {
	FAULT_LOSS_ALL,	   /* none is there */
	FAULT_LOSS_NONE,   /* all are */
	FAULT_LOSS_SOME,   /* each is or is not: reordered */
	FAULT_LOSS_SECTORS /* each sector of each is or is not: torn */
};
#define FAULT_LOSS_COUNT 4

/* Makes it the disk that SQLite uses by default. */
void fault_vfs_install(void);

/* An empty disk without a fault. */
void fault_vfs_format(void);

/* The fault strikes at operation `at`, counted from now on, 1 for the first. */
void fault_vfs_arm(enum fault_kind kind, uint64_t at);

/* Operations since it was armed. */
uint64_t fault_vfs_operations(void);

/* True if the fault has struck. */
bool fault_vfs_has_struck(void);

/* The power comes back, without a fault: by `loss` and `seed` some of what was
 * not synced is lost. All connections have to be closed. Without a power fault
 * everything that was written is there. */
void fault_vfs_boot(enum fault_loss loss, uint64_t seed);

/* Flips a bit of a file on the disk; false if the file has no such bit. */
bool fault_vfs_flip(const char *path, uint64_t bit);

#endif
