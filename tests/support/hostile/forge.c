/* SPDX-License-Identifier: MIT */
#include "tests/support/hostile/forge.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/fee.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/merkle_tree.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"
#include "common/keys/signature.h"

#define SCRATCH 4096

void forge_init(struct forge *forge)
{
	memset(forge, 0, sizeof(*forge));
	growing_buffer_init(&forge->payload, PROTOCOL_MAX_BODY_SIZE);
}

void forge_clear(struct forge *forge)
{
	growing_buffer_clear(&forge->payload);
	memory_free(forge->leaves);
	forge->leaves = NULL;
}

/* Makes room by doubling: for a whole block one at a time is minutes where each
 * move is watched. */
static void add_leaf(struct forge *forge, struct bytes raw)
{
	size_t count = forge->count;

	if ((count & (count - 1)) == 0)
		forge->leaves =
			memory_resize(forge->leaves, count == 0 ? 1 : 2 * count,
				      sizeof(*forge->leaves));
	forge->leaves[forge->count++] = merkle_tree_leaf(raw);
}

/* Adds a transaction in two parts: its signatures, and what is hashed. */
static void add_parts(struct forge *forge, struct bytes signatures,
		      struct bytes fields)
{
	uint8_t head[16];
	uint8_t raw_bytes[SCRATCH];
	struct writer raw = writer_of(raw_bytes, sizeof(raw_bytes));
	struct writer writer = writer_of(head, sizeof(head));

	rlp_put_list_header(&writer, signatures.len + fields.len);
	(void)growing_buffer_put(&forge->payload, writer_view(&writer));
	(void)growing_buffer_put(&forge->payload, signatures);
	(void)growing_buffer_put(&forge->payload, fields);

	rlp_put_list_header(&raw, fields.len);
	writer_put(&raw, fields);
	add_leaf(forge, writer_view(&raw));
}

bool forge_add_signed(struct forge *forge, struct bytes signed_form)
{
	struct rlp_item whole;

	if (!rlp_item_read(&whole, signed_form) || !whole.is_list)
		return false;
	struct rlp_reader reader = rlp_reader_into(&whole);
	struct rlp_item signatures = rlp_reader_next(&reader);
	if (!rlp_reader_ok(&reader) || !signatures.is_list)
		return false;
	add_parts(forge, signatures.encoding,
		  bytes_view(whole.payload.data + signatures.encoding.len,
			     whole.payload.len - signatures.encoding.len));
	return true;
}

/* ---- encoding whatever it is ---- */

static void put_list(struct writer *out, const struct writer *items)
{
	rlp_put_list_header(out, items->len);
	writer_put(out, writer_view(items));
}

static void put_inputs(struct writer *out, const struct forged *forged)
{
	uint8_t bytes[SCRATCH];
	struct writer items = writer_of(bytes, sizeof(bytes));

	for (size_t i = 0; i < forged->input_count; i++) {
		uint8_t word[32];

		u256_to_be(word, forged->inputs[i]);
		rlp_put_string(&items, bytes_view(word, forged->input_len));
	}
	put_list(out, &items);
}

static void put_outputs(struct writer *out, const struct forged *forged)
{
	uint8_t bytes[SCRATCH];
	struct writer items = writer_of(bytes, sizeof(bytes));

	for (size_t i = 0; i < forged->output_count; i++) {
		uint8_t output_bytes[256];
		uint8_t data_bytes[256];
		struct writer output =
			writer_of(output_bytes, sizeof(output_bytes));
		struct writer data = writer_of(data_bytes, sizeof(data_bytes));

		rlp_put_string(&data, bytes_view(forged->outputs[i].owner.bytes,
						 forged->owner_len));
		rlp_put_string(&data,
			       bytes_view(forged->outputs[i].token.bytes, 20));
		rlp_put_u256(&data, forged->outputs[i].amount);
		rlp_put_u64(&output, forged->outputs[i].type);
		put_list(&output, &data);
		put_list(&items, &output);
	}
	put_list(out, &items);
}

static void add_forged(struct forge *forge, const struct forged *forged)
{
	uint8_t field_bytes[SCRATCH];
	uint8_t signature_bytes[SCRATCH];
	uint8_t list_bytes[SCRATCH];
	struct writer fields = writer_of(field_bytes, sizeof(field_bytes));
	struct writer signatures =
		writer_of(signature_bytes, sizeof(signature_bytes));
	struct writer list = writer_of(list_bytes, sizeof(list_bytes));

	rlp_put_u64(&fields, forged->type);
	put_inputs(&fields, forged);
	put_outputs(&fields, forged);
	rlp_put_string(&fields, bytes_view(forged->data, forged->data_len));
	rlp_put_string(&fields,
		       bytes_view(forged->metadata, forged->metadata_len));
	for (size_t i = 0; i < forged->extra_fields; i++)
		rlp_put_u64(&fields, 0);
	for (size_t i = 0; i < forged->signature_count; i++)
		rlp_put_string(&signatures, bytes_view(forged->signatures[i],
						       forged->signature_len));
	put_list(&list, &signatures);
	add_parts(forge, writer_view(&list), writer_view(&fields));
}

/* ---- what it starts from ---- */

/* Signs what fits into a transaction of the right shape. */
static void sign(const struct forge *forge, struct forged *forged)
{
	struct transaction transaction = { .type = PROTOCOL_TX_TYPE_PAYMENT };

	for (size_t i = 0; i < forged->input_count && i < PROTOCOL_MAX_INPUTS;
	     i++) {
		if (position_from_u256(&transaction.inputs[i],
				       forged->inputs[i]))
			transaction.input_count++;
	}
	for (size_t i = 0; i < forged->output_count && i < PROTOCOL_MAX_OUTPUTS;
	     i++) {
		transaction.outputs[i].type = (uint8_t)forged->outputs[i].type;
		transaction.outputs[i].owner = forged->outputs[i].owner;
		transaction.outputs[i].token.address = forged->outputs[i].token;
		transaction.outputs[i].amount =
			amount_from_u256(forged->outputs[i].amount);
		transaction.output_count++;
	}
	struct hash digest = transaction_digest(&forge->domain, &transaction);
	struct signature signature = signature_make(forge->key, &digest);

	forged->signature_len = SIGNATURE_SIZE;
	forged->signature_count = forged->input_count;
	for (size_t i = 0; i < forged->input_count; i++)
		memcpy(forged->signatures[i], signature.bytes, SIGNATURE_SIZE);
}

/* A payment of the coin to the thief, by the thief. */
static struct forged theft(const struct forge *forge)
{
	struct forged forged = {
		.type = PROTOCOL_TX_TYPE_PAYMENT,
		.input_count = 1,
		.input_len = 32,
		.output_count = 1,
		.owner_len = 20,
		.metadata_len = 32,
	};

	forged.inputs[0] = u256_is_zero(forge->input)
				   ? u256_of(UINT64_C(1000000000))
				   : forge->input;
	forged.outputs[0].type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	forged.outputs[0].owner = forge->thief;
	forged.outputs[0].amount = forge->amount;
	return forged;
}

static void finish(struct forge *forge, struct forged *forged)
{
	sign(forge, forged);
	add_forged(forge, forged);
}

/* A fee transaction for the invented amount. */
static struct forged fee(const struct forge *forge)
{
	struct forged forged = {
		.type = PROTOCOL_TX_TYPE_FEE,
		.input_len = 32,
		.output_count = 1,
		.owner_len = 20,
		.data_len = 32,
		.metadata_len = 32,
	};
	struct token token = TOKEN_ETH;
	struct hash nonce = fee_nonce(forge->blknum, &token);

	memcpy(forged.data, nonce.bytes, 32);
	forged.outputs[0].type = PROTOCOL_OUTPUT_TYPE_FEE;
	forged.outputs[0].owner = forge->thief;
	forged.outputs[0].amount = forge->amount;
	return forged;
}

/* ---- one way to break each rule ---- */

static void break_input(struct forge *forge, const char *mode)
{
	struct forged forged = theft(forge);

	if (strcmp(mode, "payment_without_inputs") == 0) {
		forged.input_count = 0;
	} else if (strcmp(mode, "too_many_inputs") == 0) {
		for (size_t i = 1; i < 6; i++)
			forged.inputs[i] =
				u256_of(UINT64_C(1000000000) * (i + 1));
		forged.input_count = 6;
	} else if (strcmp(mode, "input_not_32_bytes") == 0) {
		forged.input_len = 31;
	} else if (strcmp(mode, "input_zero") == 0) {
		forged.inputs[0] = U256_ZERO;
	} else if (strcmp(mode, "input_position_invalid") == 0) {
		forged.inputs[0] = u256_of(UINT64_C(1000000009));
	} else if (strcmp(mode, "duplicate_input") == 0) {
		forged.inputs[1] = forged.inputs[0];
		forged.input_count = 2;
	} else if (strcmp(mode, "input_unknown") == 0) {
		/* The 65536th transaction of the block before: never there. */
		forged.inputs[0] =
			u256_of((forge->blknum - 1) * UINT64_C(1000000000) +
				UINT64_C(655350000));
	} else if (strcmp(mode, "input_not_older") == 0) {
		forged.inputs[0] =
			u256_of(forge->blknum * UINT64_C(1000000000) +
				forge->count * UINT64_C(10000));
	}
	finish(forge, &forged);
}

static void break_output(struct forge *forge, const char *mode)
{
	struct forged forged = theft(forge);

	if (strcmp(mode, "no_outputs") == 0) {
		forged.output_count = 0;
	} else if (strcmp(mode, "too_many_outputs") == 0) {
		for (size_t i = 1; i < 6; i++)
			forged.outputs[i] = forged.outputs[0];
		forged.output_count = 6;
	} else if (strcmp(mode, "output_malformed") == 0) {
		forged.owner_len = 19;
	} else if (strcmp(mode, "output_type_not_allowed") == 0) {
		forged.outputs[0].type = PROTOCOL_OUTPUT_TYPE_FEE;
	} else if (strcmp(mode, "output_owner_zero") == 0) {
		memset(forged.outputs[0].owner.bytes, 0, 20);
	} else if (strcmp(mode, "output_amount_zero") == 0) {
		forged.outputs[0].amount = U256_ZERO;
	} else if (strcmp(mode, "amount_overflow") == 0) {
		forged.outputs[0].amount = U256_MAX;
		forged.outputs[1] = forged.outputs[0];
		forged.output_count = 2;
	}
	finish(forge, &forged);
}

static void break_field(struct forge *forge, const char *mode)
{
	struct forged forged = theft(forge);

	if (strcmp(mode, "tx_malformed_rlp") == 0)
		forged.extra_fields = 1;
	else if (strcmp(mode, "tx_type_not_allowed") == 0)
		forged.type = 2;
	else if (strcmp(mode, "tx_data_not_zero") == 0)
		forged.data[forged.data_len++] = 1;
	else if (strcmp(mode, "metadata_malformed") == 0)
		forged.metadata_len = 31;
	else if (strcmp(mode, "tx_too_long") == 0)
		forged.metadata_len = 600;
	finish(forge, &forged);
}

static void break_signature(struct forge *forge, const char *mode)
{
	struct forged forged = theft(forge);

	sign(forge, &forged);
	if (strcmp(mode, "signature_count_mismatch") == 0) {
		forged.signature_count = 0;
	} else if (strcmp(mode, "signature_bad_length") == 0) {
		forged.signature_len = 66;
	} else if (strcmp(mode, "signature_bad_v") == 0) {
		forged.signatures[0][64] = 29;
	} else if (strcmp(mode, "signature_high_s") == 0) {
		struct signature signature;

		memcpy(signature.bytes, forged.signatures[0], SIGNATURE_SIZE);
		signature = signature_mirror(&signature);
		memcpy(forged.signatures[0], signature.bytes, SIGNATURE_SIZE);
	} else if (strcmp(mode, "signature_unrecoverable") == 0) {
		memset(forged.signatures[0], 0, 32);
	}
	add_forged(forge, &forged);
}

static void break_fee(struct forge *forge, const char *mode)
{
	struct forged forged = fee(forge);

	if (strcmp(mode, "fee_has_inputs") == 0) {
		forged.inputs[0] = u256_of(UINT64_C(1000000000));
		forged.input_count = 1;
	} else if (strcmp(mode, "fee_output_count") == 0) {
		forged.outputs[1] = forged.outputs[0];
		forged.output_count = 2;
	} else if (strcmp(mode, "fee_nonce_malformed") == 0) {
		forged.data_len = 31;
	} else if (strcmp(mode, "fee_nonce_mismatch") == 0) {
		forged.data[31] ^= 1;
	} else if (strcmp(mode, "fee_metadata_not_zero") == 0) {
		forged.metadata[0] = 1;
	} else if (strcmp(mode, "fee_has_signatures") == 0) {
		forged.signature_len = SIGNATURE_SIZE;
		forged.signature_count = 1;
	} else if (strcmp(mode, "fee_token_not_collected") == 0) {
		struct token token = { forge->thief };
		struct hash nonce = fee_nonce(forge->blknum, &token);

		forged.outputs[0].token = forge->thief;
		memcpy(forged.data, nonce.bytes, 32);
	} else if (strcmp(mode, "fee_duplicate_token") == 0) {
		add_forged(forge, &forged);
		forged.outputs[0].owner.bytes[0] ^= 1;
	}
	add_forged(forge, &forged);
}

static void break_order(struct forge *forge, const char *mode)
{
	struct forged stolen = theft(forge);
	struct forged claimed = fee(forge);

	if (strcmp(mode, "payment_after_fee") == 0) {
		add_forged(forge, &claimed);
		finish(forge, &stolen);
	} else { /* duplicate_transaction */
		finish(forge, &stolen);
		finish(forge, &stolen);
	}
}

/* What is right in form and theft in substance: with a coin that is spent,
 * unspent, or worth less than is paid. */
static void break_substance(struct forge *forge, const char *mode)
{
	struct forged forged = theft(forge);

	(void)mode;
	finish(forge, &forged);
}

/* What cannot be cut into transactions, or not into so few. */
static void break_framing(struct forge *forge, const char *mode)
{
	static const uint8_t string[] = { 0x83, 'b', 'a', 'd' };

	if (strcmp(mode, "too_many_transactions") == 0) {
		struct forged forged = theft(forge);

		sign(forge, &forged);
		while (forge->count <= PROTOCOL_LEAVES)
			add_forged(forge, &forged);
		return;
	}
	(void)growing_buffer_put(&forge->payload,
				 bytes_view(string, sizeof(string)));
	add_leaf(forge, bytes_view(string, sizeof(string)));
}

static void break_nothing(struct forge *forge, const char *mode)
{
	(void)forge;
	(void)mode;
}

static const struct {
	const char *mode;
	void (*breaks)(struct forge *forge, const char *mode);
} table[] = {
	{ "valid", break_nothing },
	{ "too_many_transactions", break_framing },
	{ "tx_framing", break_framing },
	{ "tx_too_long", break_field },
	{ "tx_malformed_rlp", break_field },
	{ "tx_type_not_allowed", break_field },
	{ "fee_has_inputs", break_fee },
	{ "fee_output_count", break_fee },
	{ "payment_without_inputs", break_input },
	{ "too_many_inputs", break_input },
	{ "input_not_32_bytes", break_input },
	{ "input_zero", break_input },
	{ "input_position_invalid", break_input },
	{ "duplicate_input", break_input },
	{ "no_outputs", break_output },
	{ "too_many_outputs", break_output },
	{ "output_malformed", break_output },
	{ "output_type_not_allowed", break_output },
	{ "output_owner_zero", break_output },
	{ "output_amount_zero", break_output },
	{ "fee_nonce_malformed", break_fee },
	{ "tx_data_not_zero", break_field },
	{ "metadata_malformed", break_field },
	{ "fee_nonce_mismatch", break_fee },
	{ "fee_metadata_not_zero", break_fee },
	{ "fee_has_signatures", break_fee },
	{ "signature_count_mismatch", break_signature },
	{ "signature_bad_length", break_signature },
	{ "signature_bad_v", break_signature },
	{ "signature_high_s", break_signature },
	{ "signature_unrecoverable", break_signature },
	{ "fee_duplicate_token", break_fee },
	{ "payment_after_fee", break_order },
	{ "duplicate_transaction", break_order },
	{ "input_not_older", break_input },
	{ "input_exited", break_substance },
	{ "input_spent", break_substance },
	{ "input_unknown", break_input },
	{ "signature_wrong_owner", break_substance },
	{ "amount_overflow", break_output },
	{ "amounts_do_not_add_up", break_substance },
	{ "fee_token_not_collected", break_fee },
	{ "fee_amount_mismatch", break_fee },
};

#define MODE_COUNT (sizeof(table) / sizeof(table[0]))

bool forge_break(struct forge *forge, const char *mode)
{
	for (size_t i = 0; i < MODE_COUNT; i++) {
		if (strcmp(table[i].mode, mode) == 0) {
			table[i].breaks(forge, mode);
			return true;
		}
	}
	return false;
}

const char *forge_mode_name(size_t index)
{
	return index < MODE_COUNT ? table[index].mode : NULL;
}

void forge_finish(struct growing_buffer *body, struct hash *root,
		  const struct forge *forge)
{
	uint8_t head[16];
	struct writer writer = writer_of(head, sizeof(head));

	rlp_put_list_header(&writer, forge->payload.len);
	(void)growing_buffer_put(body, writer_view(&writer));
	(void)growing_buffer_put(body, growing_buffer_view(&forge->payload));
	*root = merkle_tree_root(forge->leaves, forge->count < PROTOCOL_LEAVES
							? forge->count
							: PROTOCOL_LEAVES);
}
