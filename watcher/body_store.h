/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_BODY_STORE_H
#define PLASMA_WATCHER_BODY_STORE_H

/*
 * Bodies that the root authenticates, as files DATADIR/bodies/ROOT, ROOT as 64
 * lower-case hex digits: written once, never changed, of bad blocks too, for
 * they are evidence. From them come transactions and proofs, and peers get them
 * over HTTP.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "common/store/database.h"

struct body_store;

/* Opens DATADIR/bodies, making it if it is not there. Own with
 * body_store_close(). Calls on one store may come from any thread, but only one
 * puts. */
NODISCARD bool body_store_open(struct body_store **out, const char *datadir,
			       struct error *error);
void body_store_close(struct body_store *store);

/* Writes a body, complete or not at all; on disk after body_store_sync(). One
 * that is there already is replaced: same transactions, perhaps other
 * signatures. */
NODISCARD bool body_store_put(struct body_store *store, const struct hash *root,
			      struct bytes body, struct error *error);

/* Everything that was put is on disk when this returns true. */
NODISCARD bool body_store_sync(struct body_store *store, struct error *error);

/* Appends a whole body. ERROR_NO_INPUT: there is none of this root. */
NODISCARD bool body_store_get(struct body_store *store,
			      struct growing_buffer *body,
			      const struct hash *root, struct error *error);

/* Opens a body for reading: a file descriptor of the caller's, and its length;
 * -1 with ERROR_NO_INPUT when there is none of this root. */
NODISCARD int body_store_open_file(struct body_store *store, uint64_t *len,
				   const struct hash *root,
				   struct error *error);

/* A transaction of a block with the proof that it is in there. */
struct inclusion {
	struct position position; /* of the transaction: output 0 */
	struct hash root;
	struct bytes raw;	 /* borrowed from `buffer` */
	struct bytes signatures; /* payload of the list of signatures, as
				  * transaction_read_signatures() takes it */
	uint8_t proof[PROTOCOL_PROOF_SIZE];
	struct growing_buffer buffer; /* private */
};

/* The transaction at a position: of a deposit whose bytes are known, or of any
 * operator block whose body is held, applied or not. `found` false: neither.
 * Clear with inclusion_clear() in each case. */
NODISCARD bool body_store_inclusion(struct body_store *store, bool *found,
				    struct inclusion *out,
				    struct database *database,
				    struct position position,
				    struct error *error);
void inclusion_clear(struct inclusion *inclusion);

#endif
