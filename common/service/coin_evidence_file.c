/* SPDX-License-Identifier: MIT */
#include "common/service/coin_evidence_file.h"

#include <string.h>

#include "common/chain/protocol.h"
#include "common/service/evidence_json.h"
#include "common/service/strict_json.h"

/* ---- writing ---- */

static json_t *output_new(const struct output *output)
{
	json_t *value = json_object();

	evidence_json_set(value, "type",
			  evidence_json_number_new(output->type));
	evidence_json_set(value, "token",
			  evidence_json_address_new(&output->token.address));
	evidence_json_set(value, "amount",
			  evidence_json_amount_new(output->amount));
	return value;
}

static json_t *exit_new(const struct coin_evidence *evidence)
{
	if (evidence->exit_call_data.len == 0)
		return json_null();
	json_t *value = json_object();
	evidence_json_set(value, "from",
			  evidence_json_address_new(&evidence->output.owner));
	evidence_json_set(value, "to",
			  evidence_json_address_new(
				  &evidence->network.payment_exit_game));
	evidence_json_set(value, "data",
			  evidence_json_hex_new(evidence->exit_call_data));
	evidence_json_set(value, "value_wei",
			  evidence_json_amount_new(evidence->exit_value_wei));
	return value;
}

/* The object; the caller's to json_decref(). */
static json_t *to_json_new(const struct coin_evidence *evidence)
{
	json_t *value = evidence_json_new("coin", evidence->made_at);

	evidence_json_set(value, "network",
			  evidence_json_network_new(&evidence->network));
	evidence_json_set(value, "position",
			  evidence_json_position_new(evidence->position));
	evidence_json_set(value, "owner",
			  evidence_json_address_new(&evidence->output.owner));
	evidence_json_set(value, "output", output_new(&evidence->output));
	evidence_json_set(value, "transaction",
			  evidence_json_hex_new(evidence->transaction));
	evidence_json_set(
		value, "signed_transaction",
		evidence->signed_transaction.len == 0
			? json_null()
			: evidence_json_hex_new(evidence->signed_transaction));
	evidence_json_set(value, "proof",
			  evidence_json_hex_new(evidence->proof));
	evidence_json_set(value, "root",
			  evidence_json_hash_new(&evidence->root));
	evidence_json_set(value, "anchor",
			  evidence->has_anchor
				  ? evidence_json_anchor_new(&evidence->anchor)
				  : json_null());
	evidence_json_set(value, "exit", exit_new(evidence));
	return value;
}

void coin_evidence_write(struct growing_buffer *out,
			 const struct coin_evidence *evidence)
{
	evidence_json_write(out, to_json_new(evidence));
}

/* ---- reading ---- */

static bool fail(struct error *error, const char *what)
{
	return error_set(error, ERROR_BAD_INPUT, "evidence: %s", what);
}

static bool read_output(struct output *out, const json_t *object,
			struct error *error)
{
	static const char *const names[] = { "type", "token", "amount", NULL };
	json_t *output = NULL;
	uint64_t type;

	if (!strict_json_member(&output, object, "output", error) ||
	    !evidence_json_has_only(output, names, error) ||
	    !strict_json_number(&type, output, "type", error) ||
	    !evidence_json_address(&out->owner, object, "owner", error) ||
	    !evidence_json_address(&out->token.address, output, "token",
				   error) ||
	    !evidence_json_amount(&out->amount, output, "amount", error))
		return false;
	if (type != PROTOCOL_OUTPUT_TYPE_PAYMENT &&
	    type != PROTOCOL_OUTPUT_TYPE_FEE)
		return fail(error, "an output type that is not known");
	out->type = (uint8_t)type;
	return true;
}

static bool read_anchor(struct coin_evidence *out, struct arena *arena,
			const json_t *object, struct error *error)
{
	json_t *value = NULL;

	if (!strict_json_member(&value, object, "anchor", error))
		return false;
	out->has_anchor = !json_is_null(value);
	return !out->has_anchor ||
	       evidence_json_anchor(&out->anchor, arena, value, error);
}

/* Sender and receiver are those of the rest, so they have to agree with it. */
static bool read_exit(struct coin_evidence *out, struct arena *arena,
		      const json_t *object, struct error *error)
{
	static const char *const names[] = { "from", "to", "data", "value_wei",
					     NULL };
	struct address from;
	struct address to;
	json_t *value = NULL;

	if (!strict_json_member(&value, object, "exit", error))
		return false;
	out->exit_call_data = bytes_view(NULL, 0);
	out->exit_value_wei = amount_zero();
	if (json_is_null(value))
		return true;
	if (!evidence_json_has_only(value, names, error) ||
	    !evidence_json_address(&from, value, "from", error) ||
	    !evidence_json_address(&to, value, "to", error) ||
	    !evidence_json_hex_member(&out->exit_call_data, arena, value,
				      "data", error) ||
	    !evidence_json_amount(&out->exit_value_wei, value, "value_wei",
				  error))
		return false;
	if (!address_equal(&from, &out->output.owner) ||
	    !address_equal(&to, &out->network.payment_exit_game))
		return fail(error, "the exit is not from the owner to the "
				   "exit game");
	return true;
}

static bool read_transaction(struct coin_evidence *out, struct arena *arena,
			     const json_t *object, struct error *error)
{
	return evidence_json_hex_member(&out->transaction, arena, object,
					"transaction", error) &&
	       evidence_json_maybe_hex(&out->signed_transaction, arena, object,
				       "signed_transaction", error) &&
	       evidence_json_hex_member(&out->proof, arena, object, "proof",
					error) &&
	       strict_json_bytes(out->root.bytes, 32, object, "root", error);
}

bool coin_evidence_from_json(struct coin_evidence *out, struct arena *arena,
			     json_t *object, struct error *error)
{
	static const char *const names[] = {
		"schema",      "kind",	   "made_at", "made_at_unix",
		"network",     "position", "owner",   "output",
		"transaction", "proof",	   "root",    "signed_transaction",
		"anchor",      "exit",	   NULL
	};

	memset(out, 0, sizeof(*out));
	return evidence_json_is(object, "coin", names, error) &&
	       evidence_json_made_at(&out->made_at, object, error) &&
	       evidence_json_network(&out->network, arena, object, error) &&
	       evidence_json_position(&out->position, object, "position",
				      error) &&
	       read_output(&out->output, object, error) &&
	       read_transaction(out, arena, object, error) &&
	       read_anchor(out, arena, object, error) &&
	       read_exit(out, arena, object, error);
}

bool coin_evidence_read(struct coin_evidence *out, struct arena *arena,
			struct bytes text, struct error *error)
{
	if (text.len > COIN_EVIDENCE_MAX_LEN)
		return fail(error, "longer than any evidence is");
	json_t *object = strict_json_parse_new(text, error);
	bool ok = object != NULL &&
		  coin_evidence_from_json(out, arena, object, error);
	json_decref(object);
	return ok;
}
