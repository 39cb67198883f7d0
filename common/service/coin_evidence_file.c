/* SPDX-License-Identifier: MIT */
#include "common/service/coin_evidence_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/keys/address.h"
#include "common/service/strict_json.h"

#define MAX_CODES 1024

/* ---- writing ---- */

static json_t *hex_new(struct bytes view)
{
	char *text = memory_new(1, HEX_SIZE(view.len));

	hex_encode(text, view);
	json_t *value = json_string(text);
	memory_free(text);
	return value;
}

static json_t *hash_new(const struct hash *hash)
{
	return hex_new(bytes_view(hash->bytes, sizeof(hash->bytes)));
}

static json_t *address_new(const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, address);
	return json_string(text);
}

static json_t *amount_new(struct amount amount)
{
	char text[AMOUNT_DECIMAL_SIZE];

	(void)amount_to_decimal(text, amount); /* its length */
	return json_string(text);
}

static json_t *number_new(uint64_t number)
{
	return json_integer((json_int_t)number);
}

static void set(json_t *object, const char *key, json_t *value)
{
	int result = json_object_set_new(object, key, value);

	assert(result == 0);
}

static json_t *network_new(const struct coin_evidence *evidence)
{
	json_t *network = json_object();
	json_t *codes = json_object();

	set(network, "chain_id", number_new(evidence->chain_id));
	set(network, "plasma_framework",
	    address_new(&evidence->plasma_framework));
	set(network, "eth_vault", address_new(&evidence->eth_vault));
	set(network, "erc20_vault", address_new(&evidence->erc20_vault));
	set(network, "payment_exit_game",
	    address_new(&evidence->payment_exit_game));
	set(network, "min_exit_period", number_new(evidence->min_exit_period));
	for (size_t i = 0; i < evidence->code_count; i++) {
		char name[ADDRESS_TEXT_SIZE];

		address_format(name, &evidence->codes[i].contract);
		set(codes, name, hash_new(&evidence->codes[i].code_hash));
	}
	set(network, "code_hashes", codes);
	return network;
}

static json_t *output_new(const struct output *output)
{
	json_t *value = json_object();

	set(value, "type", number_new(output->type));
	set(value, "token", address_new(&output->token.address));
	set(value, "amount", amount_new(output->amount));
	return value;
}

static json_t *anchor_new(const struct coin_evidence_anchor *anchor)
{
	json_t *value = json_object();
	json_t *nodes = json_array();

	set(value, "eth_block_number", number_new(anchor->eth_block_number));
	set(value, "eth_block_hash", hash_new(&anchor->eth_block_hash));
	set(value, "header", hex_new(anchor->header));
	set(value, "transaction_index", number_new(anchor->transaction_index));
	set(value, "log_index", number_new(anchor->log_index));
	for (size_t i = 0; i < anchor->receipt_proof_count; i++)
		(void)json_array_append_new(
			nodes, hex_new(anchor->receipt_proof[i])); /* memory */
	set(value, "receipt_proof", nodes);
	return value;
}

static json_t *exit_new(const struct coin_evidence *evidence)
{
	json_t *value = json_object();

	if (evidence->exit_call_data.len == 0) {
		json_decref(value);
		return json_null();
	}
	set(value, "from", address_new(&evidence->output.owner));
	set(value, "to", address_new(&evidence->payment_exit_game));
	set(value, "data", hex_new(evidence->exit_call_data));
	set(value, "value_wei", amount_new(evidence->exit_value_wei));
	return value;
}

json_t *coin_evidence_to_json_new(const struct coin_evidence *evidence)
{
	char position[POSITION_TEXT_SIZE];
	char made_at[INSTANT_TEXT_SIZE];
	json_t *value = json_object();

	position_format(position, evidence->position);
	instant_format(made_at, evidence->made_at.seconds);
	set(value, "schema", json_string(COIN_EVIDENCE_SCHEMA));
	set(value, "kind", json_string("coin"));
	set(value, "made_at", json_string(made_at));
	set(value, "made_at_unix", number_new(evidence->made_at.seconds));
	set(value, "network", network_new(evidence));
	set(value, "position", json_string(position));
	set(value, "owner", address_new(&evidence->output.owner));
	set(value, "output", output_new(&evidence->output));
	set(value, "transaction", hex_new(evidence->transaction));
	set(value, "signed_transaction",
	    evidence->signed_transaction.len == 0
		    ? json_null()
		    : hex_new(evidence->signed_transaction));
	set(value, "proof", hex_new(evidence->proof));
	set(value, "root", hash_new(&evidence->root));
	set(value, "anchor",
	    evidence->has_anchor ? anchor_new(&evidence->anchor) : json_null());
	set(value, "exit", exit_new(evidence));
	return value;
}

void coin_evidence_write(struct growing_buffer *out,
			 const struct coin_evidence *evidence)
{
	json_t *value = coin_evidence_to_json_new(evidence);
	char *text = json_dumps(value, JSON_INDENT(2));

	json_decref(value);
	assert(text != NULL);
	(void)growing_buffer_put(out, bytes_of_string(text)); /* remembered */
	(void)growing_buffer_put_byte(out, '\n');
	free(text); /* allowed: jansson took it */
}

/* ---- reading ---- */

static bool fail(struct error *error, const char *what)
{
	return error_set(error, ERROR_BAD_INPUT, "evidence: %s", what);
}

/* Only these members. `names` ends with NULL. */
static bool has_only(json_t *object, const char *const *names,
		     struct error *error)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return fail(error, "an object is missing");
	json_object_foreach(object, key, value)
	{
		size_t i = 0;

		while (names[i] != NULL && strcmp(names[i], key) != 0)
			i++;
		if (names[i] == NULL)
			return error_set(error, ERROR_BAD_INPUT,
					 "evidence: unknown member \"%.40s\"",
					 key);
	}
	return true;
}

static bool read_address(struct address *out, const json_t *object,
			 const char *key, struct error *error)
{
	const char *text;

	if (!strict_json_string(&text, object, key, error))
		return false;
	if (!address_parse(out, text, strlen(text)))
		return error_set(error, ERROR_BAD_INPUT,
				 "evidence: \"%s\" is not an address, or its "
				 "checksum is wrong",
				 key);
	return true;
}

static bool read_amount(struct amount *out, const json_t *object,
			const char *key, struct error *error)
{
	const char *text;

	if (!strict_json_string(&text, object, key, error))
		return false;
	if (!amount_from_decimal(out, text, strlen(text)))
		return error_set(error, ERROR_BAD_INPUT,
				 "evidence: \"%s\" is not a decimal number",
				 key);
	return true;
}

/* 0x hex of any length, into the arena. */
static bool read_hex(struct bytes *out, struct arena *arena,
		     const json_t *value, const char *key, struct error *error)
{
	const char *text = json_string_value(value);
	size_t len = text == NULL ? 0 : json_string_length(value);
	uint8_t *bytes =
		len < 2 ? NULL : arena_new(arena, (len - 2) / 2 + 1, 1);

	if (bytes == NULL || !hex_decode(bytes, (len - 2) / 2, text, len))
		return error_set(error, ERROR_BAD_INPUT,
				 "evidence: \"%s\" is not hex", key);
	*out = bytes_view(bytes, (len - 2) / 2);
	return true;
}

static bool read_hex_member(struct bytes *out, struct arena *arena,
			    const json_t *object, const char *key,
			    struct error *error)
{
	json_t *value = NULL;

	return strict_json_member(&value, object, key, error) &&
	       read_hex(out, arena, value, key, error);
}

static bool read_codes(struct coin_evidence *out, struct arena *arena,
		       const json_t *network, struct error *error)
{
	struct coin_evidence_code *codes;
	json_t *object = NULL;
	const char *key;
	json_t *value;

	if (!strict_json_member(&object, network, "code_hashes", error))
		return false;
	size_t count = json_object_size(object);
	codes = count <= MAX_CODES ? arena_new(arena, count + 1, sizeof(*codes))
				   : NULL;
	if (!json_is_object(object) || codes == NULL)
		return fail(error, "\"code_hashes\" is not a small object");
	out->codes = codes;
	out->code_count = 0;
	json_object_foreach(object, key, value)
	{
		struct coin_evidence_code *code = &codes[out->code_count++];

		if (!address_parse(&code->contract, key, strlen(key)))
			return fail(error, "\"code_hashes\" names no address");
		if (!strict_json_bytes(code->code_hash.bytes, 32, object, key,
				       error))
			return false;
	}
	return true;
}

static bool read_network(struct coin_evidence *out, struct arena *arena,
			 const json_t *object, struct error *error)
{
	static const char *const names[] = {
		"chain_id",	     "plasma_framework",
		"eth_vault",	     "erc20_vault",
		"payment_exit_game", "min_exit_period",
		"code_hashes",	     NULL
	};
	json_t *network = NULL;

	return strict_json_member(&network, object, "network", error) &&
	       has_only(network, names, error) &&
	       strict_json_number(&out->chain_id, network, "chain_id", error) &&
	       read_address(&out->plasma_framework, network, "plasma_framework",
			    error) &&
	       read_address(&out->eth_vault, network, "eth_vault", error) &&
	       read_address(&out->erc20_vault, network, "erc20_vault", error) &&
	       read_address(&out->payment_exit_game, network,
			    "payment_exit_game", error) &&
	       strict_json_number(&out->min_exit_period, network,
				  "min_exit_period", error) &&
	       read_codes(out, arena, network, error);
}

static bool read_position(struct position *out, const json_t *object,
			  struct error *error)
{
	struct u256 number;
	const char *text;

	if (!strict_json_string(&text, object, "position", error))
		return false;
	if (!u256_from_decimal(&number, text, strlen(text)) ||
	    !position_from_u256(out, number))
		return fail(error, "\"position\" is not a position");
	return true;
}

static bool read_output(struct output *out, const json_t *object,
			struct error *error)
{
	static const char *const names[] = { "type", "token", "amount", NULL };
	json_t *output = NULL;
	uint64_t type;

	if (!strict_json_member(&output, object, "output", error) ||
	    !has_only(output, names, error) ||
	    !strict_json_number(&type, output, "type", error) ||
	    !read_address(&out->owner, object, "owner", error) ||
	    !read_address(&out->token.address, output, "token", error) ||
	    !read_amount(&out->amount, output, "amount", error))
		return false;
	if (type != PROTOCOL_OUTPUT_TYPE_PAYMENT &&
	    type != PROTOCOL_OUTPUT_TYPE_FEE)
		return fail(error, "an output type that is not known");
	out->type = (uint8_t)type;
	return true;
}

static bool read_receipt_proof(struct coin_evidence_anchor *anchor,
			       struct arena *arena, const json_t *object,
			       struct error *error)
{
	json_t *nodes = NULL;

	if (!strict_json_member(&nodes, object, "receipt_proof", error))
		return false;
	if (!json_is_array(nodes) ||
	    json_array_size(nodes) > TRIE_PROOF_MAX_NODES)
		return fail(error, "\"receipt_proof\" is not a short list");
	anchor->receipt_proof_count = json_array_size(nodes);
	for (size_t i = 0; i < anchor->receipt_proof_count; i++) {
		if (!read_hex(&anchor->receipt_proof[i], arena,
			      json_array_get(nodes, i), "receipt_proof", error))
			return false;
	}
	return true;
}

static bool read_anchor(struct coin_evidence *out, struct arena *arena,
			const json_t *object, struct error *error)
{
	static const char *const names[] = { "eth_block_number",
					     "eth_block_hash",
					     "header",
					     "transaction_index",
					     "log_index",
					     "receipt_proof",
					     NULL };
	struct coin_evidence_anchor *anchor = &out->anchor;
	uint64_t transaction_index;
	uint64_t log_index;
	json_t *value = NULL;

	if (!strict_json_member(&value, object, "anchor", error))
		return false;
	out->has_anchor = !json_is_null(value);
	if (!out->has_anchor)
		return true;
	if (!has_only(value, names, error) ||
	    !strict_json_number(&anchor->eth_block_number, value,
				"eth_block_number", error) ||
	    !strict_json_bytes(anchor->eth_block_hash.bytes, 32, value,
			       "eth_block_hash", error) ||
	    !read_hex_member(&anchor->header, arena, value, "header", error) ||
	    !strict_json_number(&transaction_index, value, "transaction_index",
				error) ||
	    !strict_json_number(&log_index, value, "log_index", error) ||
	    !read_receipt_proof(anchor, arena, value, error))
		return false;
	anchor->transaction_index = (size_t)transaction_index;
	anchor->log_index = (size_t)log_index;
	return true;
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
	if (!has_only(value, names, error) ||
	    !read_address(&from, value, "from", error) ||
	    !read_address(&to, value, "to", error) ||
	    !read_hex_member(&out->exit_call_data, arena, value, "data",
			     error) ||
	    !read_amount(&out->exit_value_wei, value, "value_wei", error))
		return false;
	if (!address_equal(&from, &out->output.owner) ||
	    !address_equal(&to, &out->payment_exit_game))
		return fail(error, "the exit is not from the owner to the "
				   "exit game");
	return true;
}

static bool read_transaction(struct coin_evidence *out, struct arena *arena,
			     const json_t *object, struct error *error)
{
	json_t *form = NULL;

	if (!read_hex_member(&out->transaction, arena, object, "transaction",
			     error) ||
	    !strict_json_member(&form, object, "signed_transaction", error))
		return false;
	out->signed_transaction = bytes_view(NULL, 0);
	if (!json_is_null(form) && !read_hex(&out->signed_transaction, arena,
					     form, "signed_transaction", error))
		return false;
	return read_hex_member(&out->proof, arena, object, "proof", error) &&
	       strict_json_bytes(out->root.bytes, 32, object, "root", error);
}

static bool read_kind(json_t *object, struct error *error)
{
	static const char *const names[] = {
		"schema",      "kind",	   "made_at", "made_at_unix",
		"network",     "position", "owner",   "output",
		"transaction", "proof",	   "root",    "signed_transaction",
		"anchor",      "exit",	   NULL
	};
	const char *schema;
	const char *kind;

	if (!strict_json_string(&schema, object, "schema", error) ||
	    !strict_json_string(&kind, object, "kind", error))
		return false;
	if (strcmp(schema, COIN_EVIDENCE_SCHEMA) != 0 ||
	    strcmp(kind, "coin") != 0)
		return fail(error, "not a coin of " COIN_EVIDENCE_SCHEMA);
	return has_only(object, names, error);
}

static bool read_made_at(struct coin_evidence *out, const json_t *object,
			 struct error *error)
{
	char expected[INSTANT_TEXT_SIZE];
	const char *text;

	if (!strict_json_string(&text, object, "made_at", error) ||
	    !strict_json_number(&out->made_at.seconds, object, "made_at_unix",
				error))
		return false;
	instant_format(expected, out->made_at.seconds);
	return strcmp(text, expected) == 0
		       ? true
		       : fail(error, "\"made_at\" and \"made_at_unix\" "
				     "differ");
}

bool coin_evidence_from_json(struct coin_evidence *out, struct arena *arena,
			     json_t *object, struct error *error)
{
	memset(out, 0, sizeof(*out));
	return read_kind(object, error) && read_made_at(out, object, error) &&
	       read_network(out, arena, object, error) &&
	       read_position(&out->position, object, error) &&
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
