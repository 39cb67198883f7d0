/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_ATOMIC_FILE_H
#define PLASMA_COMMON_SERVICE_ATOMIC_FILE_H

/*
 * Files that are there completely or not at all: written beside their place,
 * synced, renamed, and the folder synced. A name is one component of letters,
 * digits and `._-`, not beginning with a dot.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"

#define ATOMIC_FILE_NAME_SIZE 128

/* Writes and replaces. ERROR_CANNOT_CREATE, ERROR_IO. */
NODISCARD bool atomic_file_write(const char *folder, const char *name,
				 struct bytes content, mode_t mode,
				 struct error *error);

/* True if there is nothing at `path`, so that nobody's file is replaced
 * unasked; ERROR_CANNOT_CREATE otherwise. */
NODISCARD bool atomic_file_is_new(const char *path, struct error *error);

/* The same for a path. */
NODISCARD bool atomic_file_write_path(const char *path, struct bytes content,
				      mode_t mode, struct error *error);

/* The same in parts. */
struct atomic_file {
	int folder;
	int fd;
	char name[ATOMIC_FILE_NAME_SIZE];
	char part[ATOMIC_FILE_NAME_SIZE + 32];
};

NODISCARD bool atomic_file_begin(struct atomic_file *file, const char *folder,
				 const char *name, mode_t mode,
				 struct error *error);
NODISCARD bool atomic_file_put(struct atomic_file *file, struct bytes part,
			       struct error *error);

/* Either ends it; after an error too. */
NODISCARD bool atomic_file_commit(struct atomic_file *file,
				  struct error *error);
void atomic_file_abandon(struct atomic_file *file);

/* True if the name is one. */
bool atomic_file_name_is_good(const char *name);

/* Has it on disk that there is something of this path, which itself is synced
 * already. */
NODISCARD bool atomic_file_sync_entry(const char *path, struct error *error);

/* Makes a folder and what is missing above it, on disk when it returns. */
NODISCARD bool atomic_file_make_folder(const char *path, mode_t mode,
				       struct error *error);

/* Appends a whole file. ERROR_NO_INPUT; ERROR_BAD_INPUT: longer than the
 * ceiling; ERROR_PERMISSION; ERROR_IO. */
NODISCARD bool atomic_file_read(struct growing_buffer *out, const char *path,
				struct error *error);

#endif
