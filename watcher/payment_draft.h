/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_PAYMENT_DRAFT_H
#define PLASMA_WATCHER_PAYMENT_DRAFT_H

/* A payment that somebody else will sign: which of an owner's coins pay several
 * receivers and the fee, and what comes back. Pure. */

#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/chain/amount.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction.h"

struct draft_coin {
	struct position position;
	struct output output;
};

struct draft_wish {
	struct address owner; /* of the coins, gets the change */
	const struct output *payments;
	size_t payment_count;
	struct token fee_token;
	struct amount fee;
	struct hash metadata;
};

enum draft_result {
	DRAFT_READY,
	DRAFT_NOT_ENOUGH,
	DRAFT_TOO_MANY_INPUTS, /* enough, but in too many coins */
	DRAFT_TOO_MANY_OUTPUTS /* with the change */
};

/* The largest coins of each token first, ties by age: the fewest inputs. The
 * surplus of the transaction is exactly the fee. */
NODISCARD enum draft_result payment_draft_make(struct transaction *out,
					       const struct draft_wish *wish,
					       const struct draft_coin *coins,
					       size_t count);

#endif
