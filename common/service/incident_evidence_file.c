/* SPDX-License-Identifier: MIT */
#include "common/service/incident_evidence_file.h"

#include <stdlib.h>
#include <string.h>

#include "common/chain/protocol.h"
#include "common/service/evidence_json.h"
#include "common/service/strict_json.h"

/* ---- writing ---- */

static void append(json_t *list, json_t *value)
{
	(void)json_array_append_new(list, value); /* memory */
}

static json_t *maybe_hex_new(struct bytes view)
{
	return view.len == 0 ? json_null() : evidence_json_hex_new(view);
}

static json_t *maybe_number_new(bool is_there, uint64_t number)
{
	return is_there ? evidence_json_number_new(number) : json_null();
}

static json_t *seen_new(const struct incident_evidence *evidence)
{
	json_t *value = json_object();

	evidence_json_set(value, "eth_block_number",
			  evidence_json_number_new(evidence->seen_number));
	evidence_json_set(value, "eth_block_hash",
			  evidence_json_hash_new(&evidence->seen_hash));
	evidence_json_set(value, "header",
			  maybe_hex_new(evidence->seen_header));
	return value;
}

static json_t *roots_new(const struct incident_evidence *evidence)
{
	json_t *list = json_array();

	for (size_t i = 0; i < evidence->root_count; i++) {
		json_t *value = json_object();

		evidence_json_set(
			value, "block",
			evidence_json_number_new(evidence->roots[i].blknum));
		evidence_json_set(
			value, "root",
			evidence_json_hash_new(&evidence->roots[i].root));
		append(list, value);
	}
	return list;
}

static json_t *transaction_new(const struct incident_transaction *transaction)
{
	json_t *value = json_object();

	evidence_json_set(
		value, "position",
		transaction->has_position
			? evidence_json_position_new(transaction->position)
			: json_null());
	evidence_json_set(value, "transaction",
			  evidence_json_hex_new(transaction->raw));
	evidence_json_set(value, "signatures",
			  maybe_hex_new(transaction->signatures));
	evidence_json_set(value, "proof", maybe_hex_new(transaction->proof));
	return value;
}

static json_t *transactions_new(const struct incident_evidence *evidence)
{
	json_t *list = json_array();

	for (size_t i = 0; i < evidence->transaction_count; i++)
		append(list, transaction_new(&evidence->transactions[i]));
	return list;
}

static json_t *logs_new(const struct incident_evidence *evidence)
{
	json_t *list = json_array();

	for (size_t i = 0; i < evidence->log_count; i++)
		append(list, evidence_json_anchor_new(&evidence->logs[i]));
	return list;
}

/* What is claimed. */
static void put_claim(json_t *value, const struct incident_evidence *evidence)
{
	json_t *facts = json_loads(evidence->facts, 0, NULL);

	evidence_json_set(value, "event", json_string(evidence->event));
	evidence_json_set(value, "key", json_string(evidence->key));
	evidence_json_set(value, "facts",
			  json_is_object(facts) ? facts : json_object());
	evidence_json_set(value, "rule",
			  evidence->rule == VERDICT_VALID
				  ? json_null()
				  : json_string(verdict_code(evidence->rule)));
	evidence_json_set(
		value, "block",
		maybe_number_new(evidence->has_block, evidence->block));
	evidence_json_set(
		value, "transaction_index",
		maybe_number_new(evidence->has_tx_index, evidence->tx_index));
	evidence_json_set(value, "exit_id",
			  evidence->has_exit_id
				  ? evidence_json_hex_new(bytes_view(
					    evidence->exit_id.bytes,
					    sizeof(evidence->exit_id.bytes)))
				  : json_null());
	evidence_json_set(value, "slot",
			  maybe_number_new(evidence->has_slot, evidence->slot));
	evidence_json_set(value, "complete",
			  json_boolean(evidence->is_complete));
}

void incident_evidence_write(struct growing_buffer *out,
			     const struct incident_evidence *evidence)
{
	json_t *value = evidence_json_new("incident", evidence->made_at);

	put_claim(value, evidence);
	evidence_json_set(value, "network",
			  evidence_json_network_new(&evidence->network));
	evidence_json_set(value, "seen_at", seen_new(evidence));
	evidence_json_set(value, "logs", logs_new(evidence));
	evidence_json_set(value, "roots", roots_new(evidence));
	evidence_json_set(value, "transactions", transactions_new(evidence));
	evidence_json_write(out, value);
}

/* ---- reading ---- */

static bool fail(struct error *error, const char *what)
{
	return error_set(error, ERROR_BAD_INPUT, "evidence: %s", what);
}

/* A copy of a text of printable ASCII. */
static bool read_text(const char **out, struct arena *arena,
		      const json_t *object, const char *key,
		      struct error *error)
{
	const char *text;

	if (!strict_json_string(&text, object, key, error))
		return false;
	size_t len = strlen(text);
	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return error_set(error, ERROR_BAD_INPUT,
					 "evidence: \"%s\" is not plain text",
					 key);
	}
	struct bytes copy =
		arena_copy(arena, bytes_view((const uint8_t *)text, len + 1));
	*out = (const char *)copy.data;
	return copy.data != NULL || fail(error, "too long");
}

static bool read_maybe_number(bool *is_there, uint64_t *out, uint64_t most,
			      const json_t *object, const char *key,
			      struct error *error)
{
	json_t *value = NULL;

	if (!strict_json_member(&value, object, key, error))
		return false;
	*is_there = !json_is_null(value);
	if (!*is_there)
		return true;
	if (!strict_json_number(out, object, key, error))
		return false;
	return *out <= most || error_set(error, ERROR_BAD_INPUT,
					 "evidence: \"%s\" is too large", key);
}

static bool read_rule(struct incident_evidence *out, const json_t *object,
		      struct error *error)
{
	json_t *value = NULL;

	out->rule = VERDICT_VALID;
	if (!strict_json_member(&value, object, "rule", error))
		return false;
	if (json_is_null(value))
		return true;
	return (json_is_string(value) &&
		verdict_from_code(&out->rule, json_string_value(value)) &&
		out->rule != VERDICT_VALID) ||
	       fail(error, "\"rule\" is no rule of blocks");
}

static bool read_facts(struct incident_evidence *out, struct arena *arena,
		       const json_t *object, struct error *error)
{
	json_t *facts = NULL;

	if (!strict_json_member(&facts, object, "facts", error))
		return false;
	if (!json_is_object(facts))
		return fail(error, "\"facts\" is not an object");
	char *text = json_dumps(facts, JSON_COMPACT);
	if (text == NULL)
		return fail(error, "\"facts\" is not an object");
	struct bytes copy = arena_copy(
		arena, bytes_view((const uint8_t *)text, strlen(text) + 1));
	free(text); /* allowed: jansson took it */
	out->facts = (const char *)copy.data;
	return copy.data != NULL || fail(error, "too long");
}

static bool read_claim(struct incident_evidence *out, struct arena *arena,
		       const json_t *object, struct error *error)
{
	json_t *id = NULL;
	json_t *complete = NULL;
	uint64_t tx_index = 0;
	uint64_t slot = 0;

	if (!read_text(&out->event, arena, object, "event", error) ||
	    !read_text(&out->key, arena, object, "key", error) ||
	    !read_facts(out, arena, object, error) ||
	    !read_rule(out, object, error) ||
	    !read_maybe_number(&out->has_block, &out->block,
			       PROTOCOL_MAX_BLOCK_NUMBER, object, "block",
			       error) ||
	    !read_maybe_number(&out->has_tx_index, &tx_index,
			       PROTOCOL_MAX_TX_INDEX, object,
			       "transaction_index", error) ||
	    !read_maybe_number(&out->has_slot, &slot,
			       PROTOCOL_MAX_INPUTS + PROTOCOL_MAX_OUTPUTS - 1,
			       object, "slot", error) ||
	    !strict_json_member(&id, object, "exit_id", error) ||
	    !strict_json_member(&complete, object, "complete", error))
		return false;
	out->tx_index = (uint32_t)tx_index;
	out->slot = (unsigned int)slot;
	out->is_complete = json_is_true(complete);
	if (!json_is_boolean(complete))
		return fail(error, "\"complete\" is neither true nor false");
	out->has_exit_id = !json_is_null(id);
	return !out->has_exit_id ||
	       strict_json_bytes(out->exit_id.bytes, sizeof(out->exit_id.bytes),
				 object, "exit_id", error);
}

static bool read_seen(struct incident_evidence *out, struct arena *arena,
		      const json_t *object, struct error *error)
{
	static const char *const names[] = { "eth_block_number",
					     "eth_block_hash", "header", NULL };
	json_t *seen = NULL;

	return strict_json_member(&seen, object, "seen_at", error) &&
	       evidence_json_has_only(seen, names, error) &&
	       strict_json_number(&out->seen_number, seen, "eth_block_number",
				  error) &&
	       strict_json_bytes(out->seen_hash.bytes, 32, seen,
				 "eth_block_hash", error) &&
	       evidence_json_maybe_hex(&out->seen_header, arena, seen, "header",
				       error);
}

/* A list of not too many parts, and room for them in the arena. */
static bool read_list(json_t **list, void **out, size_t *count,
		      struct arena *arena, size_t size, const json_t *object,
		      const char *key, struct error *error)
{
	if (!strict_json_member(list, object, key, error))
		return false;
	*count = json_array_size(*list);
	*out = json_is_array(*list) && *count <= INCIDENT_MAX_PARTS
		       ? arena_new(arena, *count + 1, size)
		       : NULL;
	return *out != NULL || error_set(error, ERROR_BAD_INPUT,
					 "evidence: \"%s\" is not a list, or "
					 "too long",
					 key);
}

static bool read_logs(struct incident_evidence *out, struct arena *arena,
		      const json_t *object, struct error *error)
{
	json_t *list = NULL;
	void *room = NULL;
	bool ok = read_list(&list, &room, &out->log_count, arena,
			    sizeof(struct log_anchor), object, "logs", error);
	struct log_anchor *logs = room;

	for (size_t i = 0; ok && i < out->log_count; i++)
		ok = evidence_json_anchor(&logs[i], arena,
					  json_array_get(list, i), error) ||
		     error_wrap(error, "\"logs\": %zu", i);
	out->logs = logs;
	return ok;
}

static bool read_root(struct incident_root *out, json_t *object,
		      struct error *error)
{
	static const char *const names[] = { "block", "root", NULL };

	return evidence_json_has_only(object, names, error) &&
	       strict_json_number(&out->blknum, object, "block", error) &&
	       strict_json_bytes(out->root.bytes, 32, object, "root", error);
}

static bool read_roots(struct incident_evidence *out, struct arena *arena,
		       const json_t *object, struct error *error)
{
	json_t *list = NULL;
	void *room = NULL;
	bool ok =
		read_list(&list, &room, &out->root_count, arena,
			  sizeof(struct incident_root), object, "roots", error);
	struct incident_root *roots = room;

	for (size_t i = 0; ok && i < out->root_count; i++)
		ok = read_root(&roots[i], json_array_get(list, i), error) ||
		     error_wrap(error, "\"roots\": %zu", i);
	out->roots = roots;
	return ok;
}

static bool read_transaction(struct incident_transaction *out,
			     struct arena *arena, json_t *object,
			     struct error *error)
{
	static const char *const names[] = { "position", "transaction",
					     "signatures", "proof", NULL };
	json_t *position = NULL;

	if (!evidence_json_has_only(object, names, error) ||
	    !strict_json_member(&position, object, "position", error) ||
	    !evidence_json_hex_member(&out->raw, arena, object, "transaction",
				      error) ||
	    !evidence_json_maybe_hex(&out->signatures, arena, object,
				     "signatures", error) ||
	    !evidence_json_maybe_hex(&out->proof, arena, object, "proof",
				     error))
		return false;
	out->has_position = !json_is_null(position);
	if (!out->has_position)
		return true;
	if (!evidence_json_position(&out->position, object, "position", error))
		return false;
	return position_oindex(out->position) == 0 ||
	       fail(error, "\"position\" is not that of a transaction");
}

static bool read_transactions(struct incident_evidence *out,
			      struct arena *arena, const json_t *object,
			      struct error *error)
{
	json_t *list = NULL;
	void *room = NULL;
	bool ok = read_list(&list, &room, &out->transaction_count, arena,
			    sizeof(struct incident_transaction), object,
			    "transactions", error);
	struct incident_transaction *transactions = room;

	for (size_t i = 0; ok && i < out->transaction_count; i++)
		ok = read_transaction(&transactions[i], arena,
				      json_array_get(list, i), error) ||
		     error_wrap(error, "\"transactions\": %zu", i);
	out->transactions = transactions;
	return ok;
}

bool incident_evidence_from_json(struct incident_evidence *out,
				 struct arena *arena, json_t *object,
				 struct error *error)
{
	static const char *const names[] = {
		"schema",   "kind",	    "made_at", "made_at_unix",
		"network",  "event",	    "key",     "facts",
		"rule",	    "block",	    "slot",    "transaction_index",
		"exit_id",  "seen_at",	    "logs",    "roots",
		"complete", "transactions", NULL
	};

	memset(out, 0, sizeof(*out));
	return evidence_json_is(object, "incident", names, error) &&
	       evidence_json_made_at(&out->made_at, object, error) &&
	       evidence_json_network(&out->network, arena, object, error) &&
	       read_claim(out, arena, object, error) &&
	       read_seen(out, arena, object, error) &&
	       read_logs(out, arena, object, error) &&
	       read_roots(out, arena, object, error) &&
	       read_transactions(out, arena, object, error);
}
