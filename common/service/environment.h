/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_ENVIRONMENT_H
#define PLASMA_COMMON_SERVICE_ENVIRONMENT_H

/* The value of an environment variable; NULL if it is not set. Borrowed. */
const char *environment_get(const char *name);

#endif
