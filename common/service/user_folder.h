/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_USER_FOLDER_H
#define PLASMA_COMMON_SERVICE_USER_FOLDER_H

/* Where the files of a person lie, by the XDG rules. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

/* $XDG_CONFIG_HOME/plasma-chain/NAME, else ~/.config/plasma-chain/NAME. False
 * if there is no home or the path is too long. */
NODISCARD bool user_folder_config(char *out, size_t size, const char *name);

/* $XDG_DATA_HOME/plasma-chain/NAME, else ~/.local/share/plasma-chain/NAME. */
NODISCARD bool user_folder_data(char *out, size_t size, const char *name);

#endif
