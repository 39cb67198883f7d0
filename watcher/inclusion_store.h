/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_INCLUSION_STORE_H
#define PLASMA_WATCHER_INCLUSION_STORE_H

/*
 * Transactions with the proof that they are in a block: of the bodies that are
 * held, of bad blocks too, for they are evidence, and of deposits.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "common/service/body_store.h"
#include "common/store/database.h"

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
 * ERROR_IO: it cannot be read, or a file is not what its name says. Clear with
 * inclusion_clear() in each case. */
NODISCARD bool inclusion_store_find(struct body_store *bodies, bool *found,
				    struct inclusion *out,
				    struct database *database,
				    struct position position,
				    struct error *error);
void inclusion_clear(struct inclusion *inclusion);

#endif
