/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_KNOWN_STORE_H
#define PLASMA_WATCHER_KNOWN_STORE_H

/*
 * Signed transactions seen anywhere (protocol.md 11, "known transaction"). What
 * stands in applied blocks is in the verified chain; everything else is put
 * here, and stays for ever: bad, revealed and removed blocks, starts of
 * in-flight exits, challenges, the wallet's signed spends, peers. One question
 * is asked of both together: who spends this output?
 *
 * Over the watcher's database; what writes does so in the caller's transaction.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/block.h"
#include "common/chain/competitor.h"
#include "common/chain/position.h"
#include "common/chain/transaction_codec.h"
#include "common/keys/signature.h"
#include "common/service/body_store.h"
#include "common/store/database.h"
#include "watcher/known_spend.h"

/* Where it was seen first. The numbers are stored. */
enum known_source {
	KNOWN_SOURCE_BAD_BLOCK = 1, /* a body that is not applied */
	KNOWN_SOURCE_EXIT = 2,	    /* start of an in-flight exit */
	KNOWN_SOURCE_CHALLENGE = 3, /* of an in-flight exit's canonicity */
	KNOWN_SOURCE_WALLET = 4,    /* signed by a watched owner's wallet */
	KNOWN_SOURCE_PEER = 5,	    /* handed to us */
	KNOWN_SOURCE_BLOCK = 6	    /* the spender in an applied block */
};

/* Remembers a transaction with the signatures that came with it, in any order.
 * `position` says where it stands in a body that its root authenticates; NULL:
 * in none. Bytes that are no payment with inputs cannot spend anything and are
 * left out, which is success. */
NODISCARD bool known_store_put(struct database *database, struct bytes raw,
			       const struct signature *signatures, size_t count,
			       enum known_source source,
			       const struct position *position,
			       struct error *error);

/* The same of a signed form cut in two, as bodies have it: items of the list of
 * signatures that are not 65 bytes are left out. */
NODISCARD bool known_store_put_frame(struct database *database,
				     const struct transaction_frame *frame,
				     enum known_source source,
				     const struct position *position,
				     struct error *error);

/* The same of all transactions of a block that is not, or no longer, applied:
 * whoever signed something in it has signed it all the same. */
NODISCARD bool known_store_put_body(struct database *database,
				    const struct block_body *body,
				    uint64_t blknum, struct error *error);

/* Where spends are looked for. */
struct known_sources {
	struct database *database;
	struct body_store *bodies;
	struct hash domain; /* EIP-712 separator of the framework */
	/* How many signatures may still be recovered, the oldest first: who
	 * made them is kept, once for all, and what is left waits. NULL: all
	 * are recovered, and nothing is written. */
	uint64_t *recoveries;
};

/* Every known spend of the output at `position` by a transaction that bears the
 * signature of its `owner`; in the arena, at most KNOWN_STORE_MAX_SPENDS: the
 * spend in an applied block first, then those in other bodies from the oldest
 * on, then those in none. The ceiling of the arena is ERROR_SOFTWARE.
 */
#define KNOWN_STORE_MAX_SPENDS 64
NODISCARD bool
known_store_spends(const struct known_sources *sources, struct arena *arena,
		   struct known_spend_list *out, struct position position,
		   const struct address *owner, struct error *error);

/* Where a transaction stands: in an applied block, which `applied` says, with
 * the time of that block; else in another body; else BLOCK_PLACE_NONE. */
struct known_inclusion {
	struct block_place place;
	bool applied;
	uint64_t block_time;
};
NODISCARD bool known_store_inclusion(const struct known_sources *sources,
				     struct known_inclusion *out,
				     const struct transaction *transaction,
				     const struct hash *transaction_hash,
				     struct error *error);

/* True in `claimed` if a wallet told us that it signs away the output, even if
 * no signature was seen. */
NODISCARD bool known_store_is_claimed(struct database *database, bool *claimed,
				      struct position position,
				      struct error *error);

/* All signatures that were seen with a transaction outside applied blocks,
 * whosever they are. Free with memory_free(); NULL with an error. */
NODISCARD struct signature *
known_store_signatures_new(struct database *database, size_t *count,
			   const struct hash *transaction_hash,
			   struct error *error);

/* The signature of `owner` over the transaction, whose hash is given, among all
 * that were seen outside applied blocks, however many others there are: whoever
 * serves a body puts into it what they like. In the form that contracts take;
 * `found` false if it was not seen. */
NODISCARD bool known_store_witness(const struct known_sources *sources,
				   bool *found, struct signature *out,
				   const struct transaction *transaction,
				   const struct hash *transaction_hash,
				   const struct address *owner,
				   struct error *error);

/* Its raw form, appended to `raw`; `found` false if it is not here. */
NODISCARD bool known_store_raw(struct database *database, bool *found,
			       struct growing_buffer *raw,
			       const struct hash *transaction_hash,
			       struct error *error);

/* Hashes of the transactions outside applied blocks whose bytes name `owner`, a
 * watched one, as those do that pay it; at most KNOWN_STORE_MAX_PAYMENTS. Free
 * with memory_free(). */
#define KNOWN_STORE_MAX_PAYMENTS 65536
NODISCARD bool known_store_paying_new(struct database *database,
				      struct hash **out, size_t *count,
				      const struct address *owner,
				      struct error *error);

#endif
