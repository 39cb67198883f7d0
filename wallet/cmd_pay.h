/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_PAY_H
#define PLASMA_WALLET_CMD_PAY_H

/* Signing and handing in, in the order that loses no coin: claim on disk, sign,
 * signature on disk, send. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/store/signed_spend_table.h"
#include "wallet/cmd_session.h"
#include "wallet/operator_client.h"
#include "wallet/payment.h"

/* Claims all inputs of `raw`, signs it and stores the signatures; `form` may
 * leave the process then. What was claimed before by the same transaction is
 * signed to its end. Nothing is claimed or signed unless all inputs are the
 * account's: PLL-022 if one is another's, PLL-021 if its owner is not known.
 * PLL-012 if another transaction has one of the coins. The key must be open. */
NODISCARD bool pay_sign(struct session *session, struct signed_spend_form *form,
			const struct payment_raw *raw, struct error *error);

/* What signed.db claims of the account's coins and wallet.db does not know, for
 * a crash came between or wallet.db is an older copy, becomes a payment again.
 */
NODISCARD bool pay_adopt(struct session *session, struct error *error);

struct pay_result {
	bool is_accepted;
	struct operator_forecast forecast; /* if accepted */
};

/* Hands it to the operator and notes what it answers: PLL-018 if it refuses,
 * PLL-019 if it does not answer. */
NODISCARD bool pay_submit(struct session *session, struct pay_result *result,
			  const struct signed_spend_form *form,
			  const struct hash *hash, struct error *error);

#endif
