/* SPDX-License-Identifier: MIT */
#include "common/service/user_folder.h"

#include <stdio.h>
#include <stdlib.h>

static bool make_path(char *out, size_t size, const char *variable,
		      const char *below_home, const char *name)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");

	/* The rules want absolute paths and pass over others. */
	if (base != NULL && base[0] == '/')
		return snprintf(out, size, "%s/plasma-chain/%s", base, name) <
		       (int)size;
	if (home == NULL || home[0] != '/')
		return false;
	return snprintf(out, size, "%s/%s/plasma-chain/%s", home, below_home,
			name) < (int)size;
}

bool user_folder_config(char *out, size_t size, const char *name)
{
	return make_path(out, size, "XDG_CONFIG_HOME", ".config", name);
}

bool user_folder_data(char *out, size_t size, const char *name)
{
	return make_path(out, size, "XDG_DATA_HOME", ".local/share", name);
}
