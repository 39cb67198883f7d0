/* SPDX-License-Identifier: MIT */
#include "common/base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
