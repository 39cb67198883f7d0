/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_RANDOM_H
#define PLASMA_COMMON_SERVICE_RANDOM_H

#include <stddef.h>

/* Fills with randomness good enough for keys. Never fails: a machine without
 * randomness ends the program. */
void random_fill(void *out, size_t len);

#endif
