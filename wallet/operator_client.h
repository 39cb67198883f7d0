/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_OPERATOR_CLIENT_H
#define PLASMA_WALLET_OPERATOR_CLIENT_H

/* What the wallet asks the operator for. Its answers are forecasts and prices,
 * never evidence. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/chain/amount.h"
#include "wallet/omg_client.h"

#define OPERATOR_MAX_FEES 64

struct operator_fees {
	size_t count;
	struct {
		struct token token;
		struct amount amount;
	} of[OPERATOR_MAX_FEES];
};

/* The fee of a payment, per token in which it can be paid. */
NODISCARD bool operator_client_fees(struct omg_client *client,
				    struct operator_fees *out,
				    struct error *error);

struct operator_forecast {
	uint64_t blknum;
	uint32_t txindex;
};

/* Hands a signed transaction in. OMG_ANSWER_DATA: accepted, `forecast` says
 * where it will probably be. */
NODISCARD enum omg_answer operator_client_submit(
	struct omg_client *client, struct operator_forecast *forecast,
	struct omg_refusal *refusal, struct bytes signed_form,
	const struct hash *transaction_hash, struct error *error);

#endif
