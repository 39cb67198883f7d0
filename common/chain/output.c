/* SPDX-License-Identifier: MIT */
#include "common/chain/output.h"

bool output_equal(const struct output *a, const struct output *b)
{
	return a->type == b->type && address_equal(&a->owner, &b->owner) &&
	       token_equal(&a->token, &b->token) &&
	       amount_equal(a->amount, b->amount);
}
