/* SPDX-License-Identifier: MIT */

/*
 * Memory that ends, to be loaded in front of a program (LD_PRELOAD) that is
 * built without a sanitizer: the FAILING_MEMORY-th piece that it wants from the
 * heap, counted from 1, is not given. At its end the program leaves the number
 * of those that it wanted in the file FAILING_MEMORY_COUNT.
 */

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_ulong wanted;

static int fails_now(void)
{
	const char *number = getenv("FAILING_MEMORY");

	if (number == NULL ||
	    atomic_fetch_add(&wanted, 1) + 1 != strtoul(number, NULL, 10))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails_now() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails_now() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails_now() ? NULL : __libc_realloc(old, size);
}

__attribute__((destructor)) static void tell_count(void)
{
	const char *path = getenv("FAILING_MEMORY_COUNT");
	FILE *file = path == NULL ? NULL : fopen(path, "w");

	if (file == NULL)
		return;
	fprintf(file, "%lu\n", atomic_load(&wanted));
	fclose(file);
}
