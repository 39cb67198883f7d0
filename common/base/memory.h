/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_MEMORY_H
#define PLASMA_COMMON_BASE_MEMORY_H

/*
 * The only callers of malloc are in this folder. When memory is out the program
 * ends with one line on stderr and exit code 70: nothing can be promised then,
 * and everything promised before is on disk.
 */

#include <stddef.h>

/* `count` objects of `size` bytes, all zero. Never NULL. Free with
 * memory_free(). */
void *memory_new(size_t count, size_t size);

/* Grows or shrinks to `count` objects of `size` bytes; what is new is not
 * initialised. `old` may be NULL. Never NULL. */
void *memory_resize(void *old, size_t count, size_t size);

/* A copy of `len` bytes followed by a zero byte. */
char *memory_copy_string(const char *text, size_t len);

void memory_free(void *pointer);

#endif
