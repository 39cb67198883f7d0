/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_BODY_FILE_H
#define PLASMA_COMMON_SERVICE_BODY_FILE_H

/*
 * A block body that lies in a file and is looked at through a mapping of it, so
 * that none is ever held in memory as a whole: a full block has 62 MB. Either a
 * file of the body store, which never changes, or a new one without a name,
 * which is gone with its descriptor. A disk that cannot be read back ends the
 * program.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"

struct body_file {
	struct bytes bytes; /* the mapping; empty before body_file_map() */
	uint64_t len;
	int fd;		 /* owned; -1: none */
	bool overflowed; /* more came than the longest body has */
};

#define BODY_FILE_NONE ((struct body_file){ .fd = -1 })

/* A new, empty file in this directory; clear with body_file_clear(). ERROR_IO.
 */
NODISCARD bool body_file_begin(struct body_file *out, int directory_fd,
			       struct error *error);

/* Appends. ERROR_PROTOCOL, and `overflowed` is set, past the longest body;
 * ERROR_IO: the disk is full or fails. */
NODISCARD bool body_file_put(struct body_file *file, struct bytes part,
			     struct error *error);

/* Appends what another descriptor has from its place to its end; errors as
 * before, ERROR_UNREACHABLE if that one cannot be read. */
NODISCARD bool body_file_put_rest(struct body_file *file, int fd,
				  struct error *error);

/* Maps what is written; nothing is appended any more. ERROR_IO. */
NODISCARD bool body_file_map(struct body_file *file, struct error *error);

/* Clearing twice is harmless. */
void body_file_clear(struct body_file *file);

#endif
