/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/keys/address.h"
#include "wallet/cmd.h"
#include "wallet/cmd_pay.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_session.h"
#include "wallet/problem.h"

/* ---- decode ---- */

/* A transaction that somebody gave us, in whatever form it came. */
struct decoded {
	struct transaction transaction;
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	size_t raw_len;
	bool is_deposit;
	bool is_signed;
	struct signature signatures[PROTOCOL_MAX_INPUTS];
};

static bool decode_raw(struct decoded *out, enum verdict *verdict)
{
	struct bytes raw = bytes_view(out->raw, out->raw_len);

	*verdict = transaction_decode(&out->transaction, raw);
	if (*verdict != VERDICT_PAYMENT_WITHOUT_INPUTS)
		return *verdict == VERDICT_VALID;
	out->is_deposit = true;
	*verdict = transaction_decode_deposit(&out->transaction, raw);
	return *verdict == VERDICT_VALID;
}

/* The signed form, or else the raw one. */
static bool decode_any(struct decoded *out, enum verdict *verdict,
		       struct bytes bytes)
{
	struct writer raw = writer_of(out->raw, sizeof(out->raw));
	struct transaction_frame frame;

	if (transaction_frame_read(&frame, bytes) == VERDICT_VALID) {
		transaction_frame_write_raw(&raw, &frame);
		out->raw_len = raw.len;
		if (writer_ok(&raw) && decode_raw(out, verdict)) {
			*verdict = transaction_read_signatures(
				out->signatures, &out->transaction,
				frame.signatures);
			out->is_signed = *verdict == VERDICT_VALID;
			return out->is_signed;
		}
	}
	if (bytes.len > sizeof(out->raw)) {
		*verdict = VERDICT_TX_TOO_LONG;
		return false;
	}
	memcpy(out->raw, bytes.data, bytes.len);
	out->raw_len = bytes.len;
	return decode_raw(out, verdict);
}

static json_t *inputs_json(const struct session *session,
			   const struct decoded *decoded)
{
	struct hash domain =
		eip712_domain_separator(&session->network->plasma_framework);
	struct hash digest = transaction_digest(&domain, &decoded->transaction);
	json_t *rows = json_array();

	for (size_t i = 0; i < decoded->transaction.input_count; i++) {
		json_t *row = json_object();
		struct address signer;

		print_set_position(row, "position",
				   decoded->transaction.inputs[i]);
		if (decoded->is_signed &&
		    signature_recover(&signer, &decoded->signatures[i],
				      &digest))
			print_set_address(row, "signer", &signer);
		(void)json_array_append_new(rows, row); /* memory */
	}
	return rows;
}

static json_t *outputs_json(const struct session *session,
			    const struct transaction *transaction)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];
		json_t *row = json_object();

		print_set_number(row, "type", output->type);
		print_set_address(row, "owner", &output->owner);
		print_set_token_amount(row, session->network, &output->token,
				       output->amount);
		(void)json_array_append_new(rows, row); /* memory */
	}
	return rows;
}

static const char *kind_of(const struct decoded *decoded)
{
	if (decoded->is_deposit)
		return "deposit";
	return decoded->transaction.type == PROTOCOL_TX_TYPE_FEE ? "fee"
								 : "payment";
}

static json_t *decoded_json(const struct session *session,
			    const struct decoded *decoded)
{
	json_t *object = print_object_new("transaction");
	struct bytes raw = bytes_view(decoded->raw, decoded->raw_len);
	struct hash hash = transaction_hash(raw);

	print_set_text(object, "kind", kind_of(decoded));
	print_set_hash(object, "transaction", &hash);
	print_set_hex(object, "raw", raw);
	print_set_bool(object, "signed", decoded->is_signed);
	print_set(object, "inputs", inputs_json(session, decoded));
	print_set(object, "outputs",
		  outputs_json(session, &decoded->transaction));
	print_set_hash(object, "metadata", &decoded->transaction.metadata);
	return object;
}

/* The lines for people, from the object for machines. */
static void say_rows(const json_t *rows, const char *title, const char *first,
		     const char *second)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *more =
			json_string_value(json_object_get(row, second));

		printf("%s %zu: %s%s%s\n", title, i,
		       json_string_value(json_object_get(row, first)),
		       more == NULL ? "" : "  ", more == NULL ? "" : more);
	}
}

static void say_decoded(const json_t *object)
{
	printf("%s %s%s\n", json_string_value(json_object_get(object, "kind")),
	       json_string_value(json_object_get(object, "transaction")),
	       json_is_true(json_object_get(object, "signed")) ? ", signed"
							       : "");
	say_rows(json_object_get(object, "inputs"), "input", "position",
		 "signer");
	say_rows(json_object_get(object, "outputs"), "output", "owner", "text");
}

static void say_and_free(const struct session *session, json_t *object)
{
	if (session->command->is_json) {
		print_json(object);
		return;
	}
	say_decoded(object);
	json_decref(object);
}

static bool decode_hex(const struct session *session, struct error *error)
{
	const char *text = session->command->options->arguments[0];
	size_t len = strlen(text);
	uint8_t bytes[PROTOCOL_MAX_SIGNED_SIZE];
	struct decoded *decoded;
	enum verdict verdict;

	if (len < 2 || (len - 2) / 2 > sizeof(bytes) ||
	    !hex_decode(bytes, (len - 2) / 2, text, len))
		return error_set(error, ERROR_BAD_INPUT,
				 "not 0x and the hex digits of a transaction");
	decoded = memory_new(1, sizeof(*decoded));
	bool ok =
		decode_any(decoded, &verdict, bytes_view(bytes, (len - 2) / 2));
	if (ok)
		say_and_free(session, decoded_json(session, decoded));
	else
		(void)error_set(error, ERROR_BAD_INPUT, "not a transaction: %s",
				verdict_code(verdict));
	memory_free(decoded);
	return ok;
}

/* ---- show ---- */

static bool read_hash(struct hash *out, const char *text, struct error *error)
{
	return hex_decode(out->bytes, 32, text, strlen(text))
		       ? true
		       : error_set(error, ERROR_BAD_INPUT,
				   "%.70s is not a hash of 32 bytes", text);
}

/* The payment of ours with this hash. */
static bool find_payment(struct session *session, bool *found,
			 struct own_payment *out, const struct hash *hash,
			 struct error *error)
{
	struct own_payment *all = NULL;
	size_t count;

	*found = false;
	if (!wallet_store_payments(session->store, &all, &count,
				   &session->account, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (hash_equal(&all[i].hash, hash)) {
			*out = all[i];
			*found = true;
		}
	}
	memory_free(all);
	return true;
}

static const char *state_name(enum payment_state state)
{
	switch (state) {
	case PAYMENT_STATE_SIGNED:
		return "signed";
	case PAYMENT_STATE_ACCEPTED:
		return "accepted";
	case PAYMENT_STATE_REFUSED:
		return "refused";
	case PAYMENT_STATE_INCLUDED:
		break;
	}
	return "included";
}

static void add_place(json_t *object, const struct wallet_transaction *stored)
{
	print_set_bool(object, "included", stored->is_included);
	if (!stored->is_included)
		return;
	print_set_number(object, "blknum", position_blknum(stored->position));
	print_set_number(object, "txindex", position_txindex(stored->position));
	print_set_instant(object, "block_time", stored->block_time.seconds);
	print_set_bool(object, "has_proof", stored->has_proof);
}

static bool show_stored(struct session *session,
			const struct wallet_transaction *stored,
			struct error *error)
{
	struct decoded *decoded = memory_new(1, sizeof(*decoded));
	struct own_payment payment;
	enum verdict verdict;
	bool is_own = false;

	bool ok = decode_any(decoded, &verdict,
			     bytes_view(stored->raw, stored->raw_len));
	if (!ok)
		(void)error_set(error, ERROR_IO, "wallet.db is damaged: %s",
				verdict_code(verdict));
	ok = ok &&
	     find_payment(session, &is_own, &payment, &stored->hash, error);
	if (ok) {
		json_t *object = decoded_json(session, decoded);

		add_place(object, stored);
		if (is_own) {
			print_set_text(object, "state",
				       state_name(payment.state));
			print_set_text(object, "answer", payment.answer);
		}
		if (!session->command->is_json && is_own)
			printf("%s  %s\n", state_name(payment.state),
			       payment.answer);
		if (!session->command->is_json && stored->is_included)
			printf("block %llu, transaction %u\n",
			       (unsigned long long)position_blknum(
				       stored->position),
			       position_txindex(stored->position));
		say_and_free(session, object);
	}
	memory_free(decoded);
	return ok;
}

static bool show(struct session *session, struct error *error)
{
	struct wallet_transaction *stored = memory_new(1, sizeof(*stored));
	struct hash hash;
	bool found = false;

	bool ok = read_hash(&hash, session->command->options->arguments[0],
			    error) &&
		  session_find_account(session, error) &&
		  session_open_stores(session, error) &&
		  wallet_store_transaction_of_hash(session->store, &found,
						   stored, &hash, error);
	if (ok && !found)
		ok = problem_set(error, PROBLEM_UNKNOWN_TRANSACTION,
				 "no transaction of this hash");
	ok = ok && show_stored(session, stored, error);
	memory_free(stored);
	return ok;
}

/* ---- resend ---- */

/* The stored signed form; signed to its end if a crash came between. */
static bool find_form(struct session *session, struct signed_spend_form *form,
		      const struct hash *hash, struct error *error)
{
	struct signed_spend *spend = memory_new(1, sizeof(*spend));
	struct payment_raw raw;
	bool found;

	bool ok = signed_spend_table_of_hash(session->signed_spends, &found,
					     spend, hash, error);
	if (ok && !found)
		ok = problem_set(error, PROBLEM_UNKNOWN_TRANSACTION,
				 "no signed transaction of this hash");
	if (ok)
		*form = signed_spend_form(spend);
	if (ok && form->len == 0) {
		raw.hash = spend->transaction_hash;
		raw.len = spend->raw_len;
		memcpy(raw.bytes, spend->raw, spend->raw_len);
		ok = session_open_key(session, error) &&
		     pay_sign(session, form, &raw, error);
	}
	memory_free(spend);
	return ok;
}

static bool resend_one(struct session *session, json_t *rows,
		       const struct hash *hash, struct error *error)
{
	struct signed_spend_form form;
	struct pay_result result;
	char text[HEX_SIZE(32)];

	if (!find_form(session, &form, hash, error) ||
	    !pay_submit(session, &result, &form, hash, error))
		return false;
	hex_encode(text, bytes_view(hash->bytes, 32));
	json_t *row = json_object();
	print_set_text(row, "transaction", text);
	print_set_number(row, "forecast_blknum", result.forecast.blknum);
	print_set_number(row, "forecast_txindex", result.forecast.txindex);
	(void)json_array_append_new(rows, row); /* memory */
	if (!session->command->is_json)
		printf("%s accepted, forecast for block %llu\n", text,
		       (unsigned long long)result.forecast.blknum);
	return true;
}

/* Everything signed that no verified block has; the last refusal is the error,
 * after all were tried. */
static bool resend_all(struct session *session, json_t *rows,
		       struct error *error)
{
	struct own_payment *all = NULL;
	size_t count;
	bool ok = true;

	if (!pay_adopt(session, error) ||
	    !wallet_store_payments(session->store, &all, &count,
				   &session->account, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct error detail;

		if (all[i].state == PAYMENT_STATE_INCLUDED)
			continue;
		if (!resend_one(session, rows, &all[i].hash, &detail)) {
			*error = detail;
			ok = false;
		}
	}
	memory_free(all);
	return ok;
}

static bool resend(struct session *session, struct error *error)
{
	const struct options *options = session->command->options;
	json_t *rows = json_array();
	struct hash hash;

	bool ok = session_need_operator(session, error) &&
		  session_find_account(session, error) &&
		  session_open_stores(session, error);
	if (ok && options->argument_count == 1)
		ok = read_hash(&hash, options->arguments[0], error) &&
		     resend_one(session, rows, &hash, error);
	else if (ok)
		ok = resend_all(session, rows, error);
	if (!ok || !session->command->is_json) {
		json_decref(rows);
		return ok;
	}
	json_t *object = print_object_new("resent");
	print_set(object, "transactions", rows);
	print_json(object);
	return true;
}

static bool run_tx(struct session *session, struct error *error)
{
	const struct options *options = session->command->options;

	if (options_is(options, "tx resend"))
		return resend(session, error);
	if (options->argument_count != 1)
		return error_set(error, ERROR_USAGE, "which transaction?");
	return options_is(options, "tx decode") ? decode_hex(session, error)
						: show(session, error);
}

bool cmd_tx(const struct command *command, struct error *error)
{
	struct session session;
	bool ok = session_begin(&session, command, error) &&
		  run_tx(&session, error);

	session_end(&session);
	return ok;
}
