/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_KEYSTORE_FOLDER_H
#define PLASMA_COMMON_SERVICE_KEYSTORE_FOLDER_H

/*
 * Keystores as files of a folder, as geth and cast keep them: 0600 in 0700,
 * named UTC--2026-01-31T23-59-59.000000000Z--ADDRESS. What others can read or
 * change is refused, not used.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/instant.h"

/* False with ERROR_PERMISSION unless the file is an ordinary one (no link) on
 * a local file system that belongs to us alone and that nobody else can read or
 * write, in a folder that nobody else can write. ERROR_NO_INPUT: not there. */
NODISCARD bool keystore_folder_check_private(const char *path,
					     struct error *error);

/* The name that geth gives: 40 lower-case digits of the account at its end. */
#define KEYSTORE_NAME_SIZE 96
void keystore_folder_name(char name[KEYSTORE_NAME_SIZE],
			  const struct address *account, struct wall_time now);

#define KEYSTORE_FOLDER_MAX_FILES 256
#define KEYSTORE_PATH_SIZE 1024

/* One keystore: the account that file or name say, if they say one. */
struct keystore_entry {
	char path[KEYSTORE_PATH_SIZE];
	bool has_account;
	struct address account;
};

/* The files of a folder that are keystores by their content, by name; other
 * files are passed over. A path that is a file is the only one. No folder: none
 * and true. ERROR_BAD_INPUT: more than `capacity`; ERROR_IO. */
NODISCARD bool keystore_folder_list(struct keystore_entry *out, size_t *count,
				    size_t capacity, const char *path,
				    struct error *error);

#endif
