/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* nftw() */
#include "common/service/temporary_folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/service/log.h"

#define FOLDERS_OPEN 16

bool temporary_folder_make(char out[TEMPORARY_FOLDER_SIZE], struct error *error)
{
	const char *parent = getenv("TMPDIR");

	if (parent == NULL || parent[0] == '\0')
		parent = "/tmp";
	if (snprintf(out, TEMPORARY_FOLDER_SIZE, "%s/plasma-XXXXXX", parent) >=
	    TEMPORARY_FOLDER_SIZE)
		return error_set(error, ERROR_CONFIG, "TMPDIR is too long");
	return mkdtemp(out) != NULL ||
	       error_set(error, ERROR_CANNOT_CREATE,
			 "no temporary folder in %s: %s", parent,
			 strerror(errno));
}

static int remove_one(const char *path, const struct stat *state, int kind,
		      struct FTW *place)
{
	(void)state;
	(void)kind;
	(void)place;
	return remove(path);
}

void temporary_folder_remove(const char *folder)
{
	if (nftw(folder, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0)
		log_event(LOG_WARNING, "a temporary folder is left behind",
			  log_text("folder", folder),
			  log_text("reason", strerror(errno)));
}
