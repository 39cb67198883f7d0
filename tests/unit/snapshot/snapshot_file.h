/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_SNAPSHOT_SNAPSHOT_FILE_H
#define PLASMA_TESTS_UNIT_SNAPSHOT_SNAPSHOT_FILE_H

/*
 * A snapshot as a follower writes it, in a folder of its own that goes with the
 * test. Its content is made up but whole: two deposits, two operator blocks.
 */

#include <stdint.h>

#include "common/snapshot/snapshot_reader.h"

/* Makes the folder and the file, and removes both. */
void snapshot_file_make(void);
void snapshot_file_remove(void);

const char *snapshot_file_path(void);

/* Runs SQL on the file, as one who may do anything. */
void snapshot_file_change(const char *sql);

/* The network that it is about. */
struct snapshot_identity snapshot_file_identity(void);

/* Opens it and begins a pass; asserts that both work. */
struct snapshot_reader *snapshot_file_begin(struct snapshot_head *head);

#endif
