/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_LEDGER_H
#define PLASMA_COMMON_CHAIN_LEDGER_H

/*
 * The outputs that a judgement needs, keyed by packed position. The operator
 * keeps all unspent outputs of the chain in one; the watcher fills one for each
 * block with what its database says of the inputs. A position that was never
 * put is unknown.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/chain/output.h"
#include "common/chain/position.h"

enum coin_state {
	COIN_UNKNOWN = 0,
	COIN_UNSPENT = 1,
	COIN_SPENT = 2,
	COIN_EXITED = 3
};

struct ledger;

struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger);
void ledger_reset(struct ledger *ledger);

/* Puts or replaces. With COIN_SPENT and COIN_EXITED the output is remembered
 * too. `state` must not be COIN_UNKNOWN (asserted). */
void ledger_put(struct ledger *ledger, struct position position,
		const struct output *output, enum coin_state state);

/* Asks the memory for what is known of so many positions. Whoever will look for
 * them soon waits for all at once, not for one after the other. */
void ledger_prefetch(const struct ledger *ledger,
		     const struct position *positions, size_t count);

/* The state of a position; `output` (may be NULL) is written unless it is
 * COIN_UNKNOWN. */
enum coin_state ledger_find(const struct ledger *ledger, struct output *output,
			    struct position position);

/* Changes the state of a coin that is there (asserted). */
void ledger_mark(struct ledger *ledger, struct position position,
		 enum coin_state state);

/* Forgets a coin; nothing if it is not there. */
void ledger_remove(struct ledger *ledger, struct position position);

/* Makes room for so many coins at once, where their number is known. */
void ledger_reserve(struct ledger *ledger, size_t count);

size_t ledger_count(const struct ledger *ledger);

/* Bytes of memory in use. */
size_t ledger_memory(const struct ledger *ledger);

/* Walks over all coins: start with *at = 0. The order is that of memory, so
 * that another ledger is filled fastest in it; nothing may depend on it. The
 * ledger must not change meanwhile. */
NODISCARD bool ledger_next(const struct ledger *ledger, size_t *at,
			   struct position *position, struct output *output,
			   enum coin_state *state);

/* The same over one part of the ledger, `part` < LEDGER_PARTS. A coin never
 * changes its part, and all parts are of about the same size: so a ledger that
 * changes in between is walked part by part, and a coin that stays is met once.
 */
#define LEDGER_PARTS ((size_t)1024)

NODISCARD bool ledger_part_next(const struct ledger *ledger, size_t part,
				size_t *at, struct position *position,
				struct output *output, enum coin_state *state);

#endif
