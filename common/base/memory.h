/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_MEMORY_H
#define PLASMA_COMMON_BASE_MEMORY_H

/*
 * The only callers of malloc are in this folder. When memory is out the program
 * ends with one line on stderr and exit code 70: nothing can be promised then,
 * and everything promised before is on disk.
 */

#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

/* `count` objects of `size` bytes, all zero. Never NULL. Free with
 * memory_free(). */
void *memory_new(size_t count, size_t size);

/* Grows or shrinks to `count` objects of `size` bytes; what is new is not
 * initialised. `old` may be NULL. Never NULL. */
void *memory_resize(void *old, size_t count, size_t size);

/* A copy of `len` bytes followed by a zero byte. */
char *memory_copy_string(const char *text, size_t len);

void memory_free(void *pointer);

/* Ends the program as when memory is out, for what it cannot do without and a
 * library or the system does not give; `what` says so. */
NORETURN void memory_exhausted(const char *what);

/* From now on every large object leaves the process when it is freed, for
 * programs that are to be small; others keep some for what comes. */
void memory_be_small(void);

/* Gives back what is resident of a read-only mapping of a file, from its begin
 * to the end of `read` at most: whoever reads there again reads the file again.
 * For nothing but such a mapping, whose begin is that of `read` (asserted to be
 * the begin of a page). */
void memory_drop_mapped(struct bytes read);

#endif
