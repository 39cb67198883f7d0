/* SPDX-License-Identifier: MIT */
#include "common/service/environment.h"

#include <stdlib.h>

const char *environment_get(const char *name)
{
	return getenv(name);
}
