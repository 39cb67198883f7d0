/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_BODY_STORE_H
#define PLASMA_COMMON_SERVICE_BODY_STORE_H

/*
 * Block bodies as files of one directory, each named by its root, 64 lower-case
 * hex digits: written once, never changed, so that any web server can serve
 * them. Whether a body has the root of its name is for the caller to check.
 *
 * Calls on one store may come from any thread, but only one thread puts.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/service/body_file.h"

struct body_store;

/* Opens DATADIR/NAME, making NAME if it is not there. ERROR_CANNOT_CREATE,
 * ERROR_IO. Borrows `name`; own with body_store_close(). */
NODISCARD bool body_store_open(struct body_store **out, const char *datadir,
			       const char *name, struct error *error);

/* The same with a directory that has to be there, ERROR_CONFIG if it is not.
 * Borrows `path`. */
NODISCARD bool body_store_open_directory(struct body_store **out,
					 const char *path, struct error *error);
void body_store_close(struct body_store *store);

/* Writes a body, complete or not at all; one that is there already is replaced.
 * It is on disk, name and all, when this returns true. ERROR_IO. */
NODISCARD bool body_store_put(struct body_store *store, const struct hash *root,
			      struct bytes body, struct error *error);

/* The same from a file, but it is on disk only after body_store_sync(), which
 * many share. ERROR_IO. */
NODISCARD bool body_store_put_unsynced(struct body_store *store,
				       const struct hash *root,
				       const struct body_file *body,
				       struct error *error);
NODISCARD bool body_store_sync(struct body_store *store, struct error *error);

/* A new, empty file beside the bodies, for one that is yet to come. ERROR_IO.
 */
NODISCARD bool body_store_begin(struct body_store *store, struct body_file *out,
				struct error *error);

/* A body through a mapping, the caller's to clear; cleared if it fails, with
 * the errors of body_store_get(). */
NODISCARD bool body_store_map(struct body_store *store, struct body_file *out,
			      const struct hash *root, struct error *error);

/* Appends a whole body. ERROR_NO_INPUT: there is none of this root. ERROR_IO:
 * it cannot be read, or is empty or longer than a body or than what `body`
 * takes. */
NODISCARD bool body_store_get(struct body_store *store,
			      struct growing_buffer *body,
			      const struct hash *root, struct error *error);

/* Opens a body for reading: a file descriptor of the caller's, and its length
 * in bytes; -1 with the errors of body_store_get(). */
NODISCARD int body_store_open_file(struct body_store *store, uint64_t *len,
				   const struct hash *root,
				   struct error *error);

#endif
