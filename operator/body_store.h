/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_BODY_STORE_H
#define PLASMA_OPERATOR_BODY_STORE_H

/*
 * Block bodies as files DATADIR/blocks/ROOT, ROOT as 64 lower-case hex digits:
 * written once, never changed, so that any web server can serve them.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"

struct body_store;

/* Opens DATADIR/blocks, making it if it is not there. Own with
 * body_store_close(). Calls on one store may come from any thread. */
NODISCARD bool body_store_open(struct body_store **out, const char *datadir,
			       struct error *error);

/* The same with another folder of bodies, which is there. */
NODISCARD bool body_store_open_directory(struct body_store **out,
					 const char *path, struct error *error);
void body_store_close(struct body_store *store);

/* Writes a body; it is on disk, name and all, when this returns true. A file
 * that is there already is replaced by the same content. */
NODISCARD bool body_store_put(struct body_store *store, const struct hash *root,
			      struct bytes body, struct error *error);

/* Reads a body whole. ERROR_NO_INPUT: there is none of this root. */
NODISCARD bool body_store_get(struct body_store *store,
			      struct growing_buffer *body,
			      const struct hash *root, struct error *error);

/* Opens a body for reading: a file descriptor of the caller's, and its length;
 * -1 with ERROR_NO_INPUT when there is none of this root. */
NODISCARD int body_store_open_file(struct body_store *store, uint64_t *len,
				   const struct hash *root,
				   struct error *error);

#endif
