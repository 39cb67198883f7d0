/* SPDX-License-Identifier: MIT */
#include "wallet/cmd_pay.h"

#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/keys/address.h"
#include "common/keys/signature.h"
#include "common/service/clock.h"
#include "wallet/problem.h"
#include "wallet/typed_data.h"

/* Claims that are read at once. */
#define CLAIMS 16

/* ---- signing ---- */

static bool say_conflict(struct error *error, const struct signed_spend *other)
{
	char hash[HEX_SIZE(32)];

	hex_encode(hash, bytes_view(other->transaction_hash.bytes, 32));
	return problem_set(error, PROBLEM_COIN_SIGNED_AWAY,
			   "transaction %s spends one of the coins", hash);
}

static bool claim(struct session *session, const struct payment_raw *raw,
		  unsigned int inputs, struct error *error)
{
	struct signed_spend *conflict = memory_new(1, sizeof(*conflict));
	enum signed_spend_answer answer;
	bool ok = signed_spend_table_claim(
		session->signed_spends, &answer, conflict,
		bytes_view(raw->bytes, raw->len), inputs, clock_wall(), error);

	if (ok && answer == SIGNED_SPEND_CONFLICT)
		ok = say_conflict(error, conflict);
	memory_free(conflict);
	return ok;
}

static bool check_owner(struct session *session, struct position position,
			struct error *error)
{
	char owner[ADDRESS_TEXT_SIZE];
	char text[POSITION_TEXT_SIZE];
	struct coin coin;
	bool found;

	if (!wallet_store_coin(session->store, &found, &coin, position, error))
		return false;
	position_format(text, position);
	if (!found)
		return problem_set(error, PROBLEM_UNKNOWN_COIN,
				   "nobody knows here whose coin %s is", text);
	if (address_equal(&coin.output.owner, &session->account))
		return true;
	address_format(owner, &coin.output.owner);
	return problem_set(error, PROBLEM_NOT_OUR_COIN,
			   "coin %s is signed away by its owner alone: "
			   "--from %s",
			   text, owner);
}

/* The first signature of an input stays for ever, so one by another account
 * would make the transaction worthless and its coins stuck. */
static bool check_owners(struct session *session,
			 const struct transaction *transaction,
			 struct error *error)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		if (!check_owner(session, transaction->inputs[i], error))
			return false;
	}
	return true;
}

static bool sign_typed(struct session *session, struct signature *out,
		       const struct transaction *transaction,
		       const struct hash *digest, struct error *error)
{
	struct growing_buffer typed;

	growing_buffer_init(&typed, TYPED_DATA_MAX_LEN);
	typed_data_write(&typed, &session->network->plasma_framework,
			 transaction);
	bool ok = remote_signer_sign_typed(session->remote, out,
					   growing_buffer_string(&typed),
					   digest, error);
	growing_buffer_clear(&typed);
	return ok;
}

/* By the key here, or by a service that is shown what it signs. */
static bool sign(struct session *session, struct signature *out,
		 const struct transaction *transaction, struct error *error)
{
	struct hash domain =
		eip712_domain_separator(&session->network->plasma_framework);
	struct hash digest = transaction_digest(&domain, transaction);
	struct address account;

	if (session->remote == NULL
		    ? !signer_sign(out, &session->signer, &digest, error)
		    : !sign_typed(session, out, transaction, &digest, error))
		return false;
	return signature_recover(&account, out, &digest) &&
			       address_equal(&account, &session->account)
		       ? true
		       : error_set(error, ERROR_SOFTWARE,
				   "the signature is not of the account");
}

static bool put_signatures(struct session *session,
			   const struct payment_raw *raw,
			   const struct transaction *transaction,
			   struct error *error)
{
	struct signature signature;

	/* One digest serves all inputs (protocol.md 3). */
	if (!sign(session, &signature, transaction, error))
		return false;
	for (size_t i = 0; i < transaction->input_count; i++) {
		if (!signed_spend_table_put_signature(session->signed_spends,
						      &raw->hash, i, &signature,
						      error))
			return false;
	}
	return true;
}

static bool store_transaction(struct session *session,
			      const struct payment_raw *raw,
			      struct wall_time made_at, struct error *error)
{
	struct wallet_transaction *stored = memory_new(1, sizeof(*stored));
	struct own_payment payment = { .hash = raw->hash,
				       .account = session->account,
				       .made_at = made_at,
				       .state = PAYMENT_STATE_SIGNED };

	stored->hash = raw->hash;
	memcpy(stored->raw, raw->bytes, raw->len);
	stored->raw_len = raw->len;
	bool ok = wallet_store_put_transaction(session->store, stored, error) &&
		  wallet_store_put_payment(session->store, &payment, error);
	memory_free(stored);
	return ok;
}

bool pay_sign(struct session *session, struct signed_spend_form *form,
	      const struct payment_raw *raw, struct error *error)
{
	struct transaction transaction;
	struct signed_spend *spend;
	bool found;

	if (transaction_decode(&transaction,
			       bytes_view(raw->bytes, raw->len)) !=
	    VERDICT_VALID)
		return error_set(error, ERROR_SOFTWARE,
				 "the payment breaks a rule");
	if (!check_owners(session, &transaction, error) ||
	    !claim(session, raw, (1U << transaction.input_count) - 1, error) ||
	    !store_transaction(session, raw, clock_wall(), error) ||
	    !put_signatures(session, raw, &transaction, error))
		return false;
	spend = memory_new(1, sizeof(*spend));
	bool ok = signed_spend_table_of_hash(session->signed_spends, &found,
					     spend, &raw->hash, error);
	if (ok)
		*form = signed_spend_form(spend);
	memory_free(spend);
	return ok;
}

/* ---- claims of which wallet.db does not know ---- */

static bool is_known(const struct own_payment *payments, size_t count,
		     const struct hash *hash)
{
	for (size_t i = 0; i < count; i++) {
		if (hash_equal(&payments[i].hash, hash))
			return true;
	}
	return false;
}

/* Whether one of the coins is the account's. */
static bool is_of_account(struct session *session, bool *out,
			  const struct signed_spend *spend, struct error *error)
{
	struct transaction transaction;
	struct coin coin;
	bool found;
	bool ok = true;

	*out = false;
	if (transaction_decode(&transaction,
			       bytes_view(spend->raw, spend->raw_len)) !=
	    VERDICT_VALID)
		return error_set(error, ERROR_IO, "signed.db is damaged");
	for (size_t i = 0; ok && !*out && i < transaction.input_count; i++) {
		if (!spend->is_ours[i])
			continue;
		ok = wallet_store_coin(session->store, &found, &coin,
				       transaction.inputs[i], error);
		*out = ok && found &&
		       address_equal(&coin.output.owner, &session->account);
	}
	return ok;
}

static bool adopt_one(struct session *session, const struct signed_spend *spend,
		      struct error *error)
{
	struct wallet_transaction *stored = memory_new(1, sizeof(*stored));
	struct own_payment payment = { .hash = spend->transaction_hash,
				       .account = session->account,
				       .made_at = spend->claimed_at,
				       .state = PAYMENT_STATE_INCLUDED };
	struct payment_raw raw = { .hash = spend->transaction_hash,
				   .len = spend->raw_len };
	bool found;

	memcpy(raw.bytes, spend->raw, spend->raw_len);
	bool ok = wallet_store_transaction_of_hash(
		session->store, &found, stored, &payment.hash, error);
	if (ok && found && stored->is_included)
		ok = wallet_store_put_payment(session->store, &payment, error);
	else if (ok)
		ok = store_transaction(session, &raw, spend->claimed_at, error);
	memory_free(stored);
	return ok;
}

static bool adopt_unknown(struct session *session,
			  const struct own_payment *payments, size_t known,
			  struct error *error)
{
	struct signed_spend *spends = memory_new(CLAIMS, sizeof(*spends));
	uint64_t sequence = 0;
	size_t count;
	bool ok = true;

	do {
		ok = signed_spend_table_after(session->signed_spends, spends,
					      &count, CLAIMS, sequence, error);
		for (size_t i = 0; ok && i < count; i++) {
			bool ours;

			sequence = spends[i].sequence;
			if (is_known(payments, known,
				     &spends[i].transaction_hash))
				continue;
			ok = is_of_account(session, &ours, &spends[i], error) &&
			     (!ours || adopt_one(session, &spends[i], error));
		}
	} while (ok && count == CLAIMS);
	memory_free(spends);
	return ok;
}

bool pay_adopt(struct session *session, struct error *error)
{
	struct own_payment *payments = NULL;
	size_t count;
	bool ok = wallet_store_payments(session->store, &payments, &count,
					&session->account, error) &&
		  adopt_unknown(session, payments, count, error);

	memory_free(payments);
	return ok;
}

/* ---- handing in ---- */

/* A payment whose row exists. */
static bool note_answer(struct session *session, const struct hash *hash,
			enum payment_state state, const char *answer,
			struct error *error)
{
	struct own_payment payment = { .hash = *hash,
				       .account = session->account,
				       .made_at = clock_wall(),
				       .state = state };

	(void)snprintf(payment.answer, sizeof(payment.answer), "%s",
		       answer); /* cut is fine */
	return wallet_store_put_payment(session->store, &payment, error);
}

static bool say_refusal(struct session *session,
			const struct omg_refusal *refusal,
			const struct hash *hash, struct error *error)
{
	char answer[PAYMENT_ANSWER_SIZE];

	(void)snprintf(answer, sizeof(answer), "%s %s", refusal->code,
		       refusal->description); /* cut is fine */
	if (!note_answer(session, hash, PAYMENT_STATE_REFUSED, answer, error))
		return false;
	return problem_set(error,
			   strstr(refusal->code, "deposit_not_final") != NULL
				   ? PROBLEM_DEPOSIT_NOT_FINAL
				   : PROBLEM_OPERATOR_REFUSES,
			   "the operator refuses: %s (%s)", refusal->code,
			   refusal->description);
}

bool pay_submit(struct session *session, struct pay_result *result,
		const struct signed_spend_form *form, const struct hash *hash,
		struct error *error)
{
	struct omg_refusal refusal;
	struct error detail;
	char answer[PAYMENT_ANSWER_SIZE];

	result->is_accepted = false;
	switch (operator_client_submit(
		session->operator_service, &result->forecast, &refusal,
		bytes_view(form->bytes, form->len), hash, &detail)) {
	case OMG_ANSWER_DATA:
		result->is_accepted = true;
		(void)snprintf(answer, sizeof(answer),
			       "block %llu, transaction %u",
			       (unsigned long long)result->forecast.blknum,
			       result->forecast.txindex); /* it fits */
		return note_answer(session, hash, PAYMENT_STATE_ACCEPTED,
				   answer, error);
	case OMG_ANSWER_REFUSAL:
		return say_refusal(session, &refusal, hash, error);
	case OMG_ANSWER_FAILED:
		break;
	}
	return problem_set(error, PROBLEM_OPERATOR_SILENT,
			   "the payment is signed, but: %s", detail.message);
}
