/* SPDX-License-Identifier: MIT */
#include "common/service/json_print.h"

#include <stdio.h>

void json_print(json_t *object)
{
	/* A reader that went away is no error of ours. */
	(void)json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}
