/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_PASSWORD_SOURCE_H
#define PLASMA_COMMON_SERVICE_PASSWORD_SOURCE_H

/*
 * Where a password comes from: a file, an open file descriptor, a credential of
 * the service manager, or the terminal. Never the command line and never the
 * environment.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"

struct password_source {
	const char *file;	/* NULL: not that way */
	const char *descriptor; /* decimal number; NULL: not that way */
	const char *credential; /* name in $CREDENTIALS_DIRECTORY; NULL */
	const char *prompt;	/* "Password of 0x…"; NULL: never ask */
	bool twice;		/* a new one is typed twice */
};

#define PASSWORD_MAX_LEN 1024

/* The first line, without its line break, from the first source that there is.
 * `out` must be fresh; wipe it with password_source_wipe() in any case.
 * ERROR_PERMISSION: there is no source, or two different passwords were typed;
 * ERROR_BAD_INPUT: empty or too long; ERROR_NO_INPUT, ERROR_IO. */
NODISCARD bool password_source_read(struct growing_buffer *out,
				    const struct password_source *source,
				    struct error *error);

/* Overwrites and frees; harmless twice. */
void password_source_wipe(struct growing_buffer *password);

#endif
