/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_SELF_PAYMENT_H
#define PLASMA_OPERATOR_SELF_PAYMENT_H

/*
 * What a block is formed of when deposits come close to the end of their
 * numbers and nobody pays (protocol.md 13.6): a coin of the operator that it
 * pays to itself, whole.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/chain/transaction.h"
#include "operator/admission.h"

/* The payment to `account` of one of its coins that can be spent now; false if
 * it has none in this part of the ledger (ledger_part_next()). */
NODISCARD bool self_payment_make(struct transaction *out,
				 const struct address *account,
				 const struct admission_view *view,
				 size_t part);

#endif
