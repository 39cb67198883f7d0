/* SPDX-License-Identifier: MIT */
#include "common/base/memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "common/base/attributes.h"

static NORETURN void out_of_memory(size_t count, size_t size)
{
	fprintf(stderr, "out of memory: %zu objects of %zu bytes\n", count,
		size);
	exit(70);
}

void *memory_new(size_t count, size_t size)
{
	void *pointer = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);

	if (pointer == NULL)
		out_of_memory(count, size);
	return pointer;
}

void *memory_resize(void *old, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		out_of_memory(count, size);
	size_t len = count * size;
	void *pointer = realloc(old, len == 0 ? 1 : len);

	if (pointer == NULL)
		out_of_memory(count, size);
	return pointer;
}

char *memory_copy_string(const char *text, size_t len)
{
	char *copy = memory_new(len + 1, 1);

	memcpy(copy, text, len);
	return copy;
}

void memory_free(void *pointer)
{
	free(pointer);
}

void memory_exhausted(const char *what)
{
	fprintf(stderr, "out of memory: %s\n", what);
	exit(70);
}

void memory_be_small(void)
{
#ifdef __GLIBC__
	/* Else it raises the size of what it does not take from its heap. What
	 * is smaller stays for what comes: a page that is given back and taken
	 * again costs more than what is done with it. A wish: none of these
	 * fails with such a value. */
	(void)mallopt(M_MMAP_THRESHOLD, 4 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, 8 << 20);
	/* One heap: what one thread freed another one takes. */
	(void)mallopt(M_ARENA_MAX, 1);
#endif
}

/* Pages are no longer than this. */
#define PAGES ((size_t)64 << 10)

void memory_drop_mapped(struct bytes read)
{
	uintptr_t at = (uintptr_t)read.data;
	size_t len = read.len / PAGES * PAGES;

	assert(at % 4096 == 0);
	/* It is a wish, and nothing is lost if it is not heard. */
	if (len > 0)
		(void)madvise((void *)at, len, MADV_DONTNEED);
}
