/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_JSON_PRINT_H
#define PLASMA_COMMON_SERVICE_JSON_PRINT_H

/* What --json of a command says: one object on one line of stdout. */

#include <jansson.h>

/* Takes the reference. `object` is not NULL. */
void json_print(json_t *object);

#endif
