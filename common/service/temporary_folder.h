/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_TEMPORARY_FOLDER_H
#define PLASMA_COMMON_SERVICE_TEMPORARY_FOLDER_H

/* A folder of our own in TMPDIR, for work of which nothing is kept. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

#define TEMPORARY_FOLDER_SIZE 512

/* Makes one (0700) and says where. ERROR_CANNOT_CREATE; ERROR_CONFIG: TMPDIR is
 * too long. */
NODISCARD bool temporary_folder_make(char out[TEMPORARY_FOLDER_SIZE],
				     struct error *error);

/* Removes it with all that is in it; what cannot be removed is a warning. */
void temporary_folder_remove(const char *folder);

#endif
