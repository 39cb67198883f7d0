/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_INI_FILE_H
#define PLASMA_COMMON_SERVICE_INI_FILE_H

/*
 * Files of `[section]` and `key = value` lines. Comments begin with `;` or `#`,
 * within a line with ` ;`; no value begins with `;`. A line that is too long,
 * has no key or stands before the first section is an error that names it;
 * nothing is skipped in silence.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"

#define INI_FILE_MAX_LEN ((size_t)1 << 20)

/* Takes one line; false with `error` ends the reading, and the place is put
 * before its message. */
typedef bool ini_file_taker(void *context, size_t line, const char *section,
			    const char *key, const char *value,
			    struct error *error);

/* Reads a file. ERROR_NO_INPUT: it is not there; ERROR_CONFIG: a bad line, or
 * what `take` says; ERROR_IO. */
NODISCARD bool ini_file_read(const char *path, ini_file_taker *take,
			     void *context, struct error *error);

/* The same from memory; `name` stands for the path in messages. */
NODISCARD bool ini_file_parse(const char *name, struct bytes text,
			      ini_file_taker *take, void *context,
			      struct error *error);

#endif
