/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_SCRATCH_H
#define PLASMA_TESTS_UNIT_SCRATCH_H

/* A folder of its own for each test, and real files in it. */

#include <stddef.h>

/* Makes the folder, and removes it with all that is in it. */
void scratch_make(void);
void scratch_remove(void);

const char *scratch_folder(void);

/* The path of a name in the folder; valid until the next call but three. */
const char *scratch_path(const char *name);

/* No file of this process may grow past so many bytes from now on, as if the
 * disk were full; SIZE_MAX: without end. */
void scratch_limit_files(size_t bytes);

/* Writes a file; returns its path. */
const char *scratch_write(const char *name, const char *text);

#endif
