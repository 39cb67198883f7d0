/* SPDX-License-Identifier: MIT */
#include "common/service/evidence_json.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/strict_json.h"

#define MAX_CODES 1024

/* ---- writing ---- */

json_t *evidence_json_hex_new(struct bytes view)
{
	char *text = memory_new(1, HEX_SIZE(view.len));

	hex_encode(text, view);
	json_t *value = json_string(text);
	memory_free(text);
	return value;
}

json_t *evidence_json_hash_new(const struct hash *hash)
{
	return evidence_json_hex_new(
		bytes_view(hash->bytes, sizeof(hash->bytes)));
}

json_t *evidence_json_address_new(const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, address);
	return json_string(text);
}

json_t *evidence_json_amount_new(struct amount amount)
{
	char text[AMOUNT_DECIMAL_SIZE];

	(void)amount_to_decimal(text, amount); /* its length */
	return json_string(text);
}

json_t *evidence_json_number_new(uint64_t number)
{
	return json_integer((json_int_t)number);
}

json_t *evidence_json_position_new(struct position position)
{
	char text[POSITION_TEXT_SIZE];

	position_format(text, position);
	return json_string(text);
}

void evidence_json_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		memory_exhausted("a member of an evidence");
}

json_t *evidence_json_network_new(const struct evidence_network *network)
{
	json_t *value = json_object();
	json_t *codes = json_object();

	evidence_json_set(value, "chain_id",
			  evidence_json_number_new(network->chain_id));
	evidence_json_set(
		value, "plasma_framework",
		evidence_json_address_new(&network->plasma_framework));
	evidence_json_set(value, "eth_vault",
			  evidence_json_address_new(&network->eth_vault));
	evidence_json_set(value, "erc20_vault",
			  evidence_json_address_new(&network->erc20_vault));
	evidence_json_set(
		value, "payment_exit_game",
		evidence_json_address_new(&network->payment_exit_game));
	evidence_json_set(value, "min_exit_period",
			  evidence_json_number_new(network->min_exit_period));
	for (size_t i = 0; i < network->code_count; i++) {
		char name[ADDRESS_TEXT_SIZE];

		address_format(name, &network->codes[i].contract);
		evidence_json_set(
			codes, name,
			evidence_json_hash_new(&network->codes[i].code_hash));
	}
	evidence_json_set(value, "code_hashes", codes);
	return value;
}

json_t *evidence_json_anchor_new(const struct log_anchor *anchor)
{
	json_t *value = json_object();
	json_t *nodes = json_array();

	evidence_json_set(value, "eth_block_number",
			  evidence_json_number_new(anchor->eth_block_number));
	evidence_json_set(value, "eth_block_hash",
			  evidence_json_hash_new(&anchor->eth_block_hash));
	evidence_json_set(value, "header",
			  evidence_json_hex_new(anchor->header));
	evidence_json_set(value, "transaction_index",
			  evidence_json_number_new(anchor->transaction_index));
	evidence_json_set(value, "log_index",
			  evidence_json_number_new(anchor->log_index));
	for (size_t i = 0; i < anchor->receipt_proof_count; i++)
		(void)json_array_append_new(
			nodes, evidence_json_hex_new(
				       anchor->receipt_proof[i])); /* memory */
	evidence_json_set(value, "receipt_proof", nodes);
	return value;
}

json_t *evidence_json_new(const char *kind, struct wall_time made_at)
{
	char text[INSTANT_TEXT_SIZE];
	json_t *object = json_object();

	instant_format(text, made_at.seconds);
	evidence_json_set(object, "schema", json_string(EVIDENCE_SCHEMA));
	evidence_json_set(object, "kind", json_string(kind));
	evidence_json_set(object, "made_at", json_string(text));
	evidence_json_set(object, "made_at_unix",
			  evidence_json_number_new(made_at.seconds));
	return object;
}

void evidence_json_write(struct growing_buffer *out, json_t *object)
{
	char *text = json_dumps(object, JSON_INDENT(2));

	json_decref(object);
	if (text == NULL)
		memory_exhausted("the text of an evidence");
	(void)growing_buffer_put(out, bytes_of_string(text)); /* remembered */
	(void)growing_buffer_put_byte(out, '\n');
	free(text); /* allowed: jansson took it */
}

void evidence_json_network_of(struct evidence_network *out,
			      struct evidence_code *codes,
			      const struct network *network)
{
	out->chain_id = network->chain_id;
	out->plasma_framework = network->plasma_framework;
	out->eth_vault = network->eth_vault;
	out->erc20_vault = network->erc20_vault;
	out->payment_exit_game = network->payment_exit_game;
	out->min_exit_period = network->min_exit_period;
	for (size_t i = 0; i < network->code_count; i++) {
		codes[i].contract = network->codes[i].contract;
		codes[i].code_hash = network->codes[i].code_hash;
	}
	out->codes = codes;
	out->code_count = network->code_count;
}

/* ---- reading ---- */

static bool fail(struct error *error, const char *what)
{
	return error_set(error, ERROR_BAD_INPUT, "evidence: %s", what);
}

bool evidence_json_has_only(json_t *object, const char *const *names,
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

bool evidence_json_is(json_t *object, const char *kind,
		      const char *const *names, struct error *error)
{
	const char *schema;
	const char *actual;

	if (!strict_json_string(&schema, object, "schema", error) ||
	    !strict_json_string(&actual, object, "kind", error))
		return false;
	if (strcmp(schema, EVIDENCE_SCHEMA) != 0 || strcmp(actual, kind) != 0)
		return error_set(error, ERROR_BAD_INPUT,
				 "evidence: not of kind \"%s\" in the "
				 "schema " EVIDENCE_SCHEMA,
				 kind);
	return evidence_json_has_only(object, names, error);
}

bool evidence_json_made_at(struct wall_time *out, const json_t *object,
			   struct error *error)
{
	char expected[INSTANT_TEXT_SIZE];
	const char *text;

	if (!strict_json_string(&text, object, "made_at", error) ||
	    !strict_json_number(&out->seconds, object, "made_at_unix", error))
		return false;
	instant_format(expected, out->seconds);
	return strcmp(text, expected) == 0
		       ? true
		       : fail(error, "\"made_at\" and \"made_at_unix\" "
				     "differ");
}

bool evidence_json_address(struct address *out, const json_t *object,
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

bool evidence_json_amount(struct amount *out, const json_t *object,
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

bool evidence_json_position(struct position *out, const json_t *object,
			    const char *key, struct error *error)
{
	struct u256 number;
	const char *text;

	if (!strict_json_string(&text, object, key, error))
		return false;
	if (!u256_from_decimal(&number, text, strlen(text)) ||
	    !position_from_u256(out, number))
		return error_set(error, ERROR_BAD_INPUT,
				 "evidence: \"%s\" is not a position", key);
	return true;
}

/* Bytes of any length, into the arena; `key` names them. */
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

bool evidence_json_hex_member(struct bytes *out, struct arena *arena,
			      const json_t *object, const char *key,
			      struct error *error)
{
	json_t *value = NULL;

	return strict_json_member(&value, object, key, error) &&
	       read_hex(out, arena, value, key, error);
}

bool evidence_json_maybe_hex(struct bytes *out, struct arena *arena,
			     const json_t *object, const char *key,
			     struct error *error)
{
	json_t *value = NULL;

	*out = bytes_view(NULL, 0);
	return strict_json_member(&value, object, key, error) &&
	       (json_is_null(value) || read_hex(out, arena, value, key, error));
}

static bool read_codes(struct evidence_network *out, struct arena *arena,
		       const json_t *network, struct error *error)
{
	struct evidence_code *codes;
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
		struct evidence_code *code = &codes[out->code_count++];

		if (!address_parse(&code->contract, key, strlen(key)))
			return fail(error, "\"code_hashes\" names no address");
		if (!strict_json_bytes(code->code_hash.bytes, 32, object, key,
				       error))
			return false;
	}
	return true;
}

bool evidence_json_network(struct evidence_network *out, struct arena *arena,
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
	       evidence_json_has_only(network, names, error) &&
	       strict_json_number(&out->chain_id, network, "chain_id", error) &&
	       evidence_json_address(&out->plasma_framework, network,
				     "plasma_framework", error) &&
	       evidence_json_address(&out->eth_vault, network, "eth_vault",
				     error) &&
	       evidence_json_address(&out->erc20_vault, network, "erc20_vault",
				     error) &&
	       evidence_json_address(&out->payment_exit_game, network,
				     "payment_exit_game", error) &&
	       strict_json_number(&out->min_exit_period, network,
				  "min_exit_period", error) &&
	       read_codes(out, arena, network, error);
}

static bool read_receipt_proof(struct log_anchor *anchor, struct arena *arena,
			       const json_t *object, struct error *error)
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

bool evidence_json_anchor(struct log_anchor *out, struct arena *arena,
			  json_t *object, struct error *error)
{
	static const char *const names[] = { "eth_block_number",
					     "eth_block_hash",
					     "header",
					     "transaction_index",
					     "log_index",
					     "receipt_proof",
					     NULL };
	uint64_t transaction_index;
	uint64_t log_index;

	if (!evidence_json_has_only(object, names, error) ||
	    !strict_json_number(&out->eth_block_number, object,
				"eth_block_number", error) ||
	    !strict_json_bytes(out->eth_block_hash.bytes, 32, object,
			       "eth_block_hash", error) ||
	    !evidence_json_hex_member(&out->header, arena, object, "header",
				      error) ||
	    !strict_json_number(&transaction_index, object, "transaction_index",
				error) ||
	    !strict_json_number(&log_index, object, "log_index", error) ||
	    !read_receipt_proof(out, arena, object, error))
		return false;
	out->transaction_index = (size_t)transaction_index;
	out->log_index = (size_t)log_index;
	return true;
}
