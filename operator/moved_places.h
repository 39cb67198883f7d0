/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_MOVED_PLACES_H
#define PLASMA_OPERATOR_MOVED_PLACES_H

/*
 * Accepted payments that do not stand where they stood. When a payment is
 * dropped, those behind it move up. Whoever spends an output of a waiting
 * payment names the place of that payment, and signed for what stood there: the
 * coin that stands there now may be somebody else's, or worth more.
 */

#include <stdbool.h>

#include "common/chain/position.h"
#include "common/chain/transaction.h"

struct hash_map;

struct moved_places {
	struct hash_map *places;
};

/* Own with moved_places_clear(). */
void moved_places_init(struct moved_places *moved);
void moved_places_clear(struct moved_places *moved);

/* Says that the payment at `place`, which is that of its first output, was
 * dropped or stands somewhere else now. */
void moved_places_note(struct moved_places *moved, struct position place);

/* True if the transaction spends an output of such a place. */
bool moved_places_are_spent(const struct moved_places *moved,
			    const struct transaction *transaction);

#endif
