/* SPDX-License-Identifier: MIT */
#include "operator/self_payment.h"

bool self_payment_make(struct transaction *out, const struct address *account,
		       const struct admission_view *view, size_t part)
{
	struct position position;
	struct output coin;
	enum coin_state state;

	for (size_t at = 0; ledger_part_next(view->ledger, part, &at, &position,
					     &coin, &state);) {
		if (state != COIN_UNSPENT ||
		    !address_equal(&coin.owner, account) ||
		    hash_map_get(view->frozen, NULL, &position.packed))
			continue;
		/* A fee that was claimed becomes money like any other. */
		coin.type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
		*out = (struct transaction){
			.type = PROTOCOL_TX_TYPE_PAYMENT,
			.input_count = 1,
			.output_count = 1,
			.inputs = { position },
			.outputs = { coin },
		};
		return true;
	}
	return false;
}
