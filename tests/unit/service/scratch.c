/* SPDX-License-Identifier: MIT */
#include "tests/unit/service/scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/runner.h"

static char folder[32];

void scratch_make(void)
{
	snprintf(folder, sizeof(folder), "service-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

void scratch_remove(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL) {
		char path[400];

		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		ck_assert_msg(unlink(path) == 0 || rmdir(path) == 0, "%s",
			      path);
	}
	closedir(dir);
	ck_assert_int_eq(rmdir(folder), 0);
}

const char *scratch_folder(void)
{
	return folder;
}

const char *scratch_path(const char *name)
{
	static char paths[4][160];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

const char *scratch_write(const char *name, const char *text)
{
	const char *path = scratch_path(name);
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
	ck_assert_int_eq(fclose(file), 0);
	return path;
}
