/* SPDX-License-Identifier: MIT */

/* Transactions, their names and signatures, exits and fees. */

#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/chain/competitor.h"
#include "common/chain/deposit.h"
#include "common/chain/exit_id.h"
#include "common/chain/fee.h"
#include "common/chain/priority.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/codec/merkle_tree.h"
#include "common/keys/secret.h"
#include "common/keys/signature.h"
#include "tests/check_vectors/vector.h"

/* A raw form of the vectors, which must be one. */
static struct transaction decode(struct bytes raw)
{
	struct transaction transaction;
	enum verdict verdict = transaction_decode(&transaction, raw);
	if (verdict == VERDICT_PAYMENT_WITHOUT_INPUTS)
		verdict = transaction_decode_deposit(&transaction, raw);
	if (verdict != VERDICT_VALID)
		vector_stop("no transaction: %s", verdict_code(verdict));
	return transaction;
}

/* True if the transaction encodes to exactly these bytes. */
static bool encodes_to(const struct transaction *transaction, struct bytes raw)
{
	uint8_t buffer[PROTOCOL_MAX_RAW_SIZE];
	struct writer writer = writer_of(buffer, sizeof(buffer));
	transaction_encode(&writer, transaction);
	return writer_ok(&writer) && bytes_equal(writer_view(&writer), raw);
}

void read_eip712(const json_t *file, struct arena *arena)
{
	(void)arena;
	struct address framework = vector_address(file, "verifyingContract");
	struct hash domain = eip712_domain_separator(&framework);
	point(vector_is_hash(file, "domainSeparator", &domain),
	      "the domain separator");
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "otherDomains"), i, item)
	{
		framework = vector_address(item, "verifyingContract");
		domain = eip712_domain_separator(&framework);
		point(vector_is_hash(item, "domainSeparator", &domain),
		      "the domain separator of another framework");
	}
}

/* What read_signatures() says in the words of the file. */
static const char *judge_signature(const struct transaction *transaction,
				   const struct hash *digest,
				   const struct address *owner,
				   struct bytes bytes)
{
	uint8_t buffer[128];
	struct writer writer = writer_of(buffer, sizeof(buffer));
	struct signature read[PROTOCOL_MAX_INPUTS];
	struct address signer;
	writer_put_byte(&writer, bytes.len > 55 ? 0xb8 : 0x80);
	if (bytes.len > 55)
		writer_put_byte(&writer, (uint8_t)bytes.len);
	writer_put(&writer, bytes);
	enum verdict verdict = transaction_read_signatures(
		read, transaction, writer_view(&writer));
	if (verdict != VERDICT_VALID)
		return verdict_code(verdict);
	if (!signature_recover(&signer, &read[0], digest))
		return verdict_code(VERDICT_SIGNATURE_UNRECOVERABLE);
	return address_equal(&signer, owner)
		       ? "accept"
		       : verdict_code(VERDICT_SIGNATURE_WRONG_OWNER);
}

void read_signatures(const json_t *file, struct arena *arena)
{
	struct address framework = vector_address(file, "verifyingContract");
	struct hash domain = eip712_domain_separator(&framework);
	struct transaction transaction =
		decode(vector_bytes(arena, file, "rawTx"));
	struct hash digest = transaction_digest(&domain, &transaction);
	struct address owner = vector_address(file, "owner");
	point(vector_is_hash(file, "digest", &digest), "the digest");
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "cases"), i, item)
	{
		const char *expected = vector_text(item, "verdict");
		const char *found =
			judge_signature(&transaction, &digest, &owner,
					vector_bytes(arena, item, "signature"));
		point(strcmp(found, expected) == 0, "%s is %s",
		      vector_text(item, "name"), found);
	}
}

static bool is_position(const json_t *item, struct u256 number)
{
	uint64_t blknum;
	uint32_t txindex;
	uint32_t oindex;
	if (!position_decode_as_contract(&blknum, &txindex, &oindex, number) ||
	    blknum != vector_u64(item, "blknum") ||
	    txindex != vector_u64(item, "txindex") ||
	    oindex != vector_u64(item, "oindex") ||
	    blknum_is_deposit(blknum) !=
		    json_is_true(vector_member(item, "isDeposit")))
		return false;
	struct position position;
	if (!position_from_u256(&position, number))
		return oindex > PROTOCOL_MAX_OUTPUT_INDEX;
	struct position again;
	struct u256 transaction =
		position_to_u256(position_of_transaction(position));
	return position_priority(position) == vector_u64(item, "priorityPos") &&
	       u256_equal(transaction, vector_u256(item, "txPos")) &&
	       u256_equal(position_to_u256(position), number) &&
	       position_from_packed(&again, position.packed) &&
	       position_equal(again, position);
}

void read_positions(const json_t *file, struct arena *arena)
{
	(void)arena;
	size_t i;
	json_t *item;
	struct position position;
	uint64_t blknum;
	uint32_t txindex;
	uint32_t oindex;
	json_array_foreach(vector_member(file, "accept"), i, item)
	{
		struct u256 number = vector_u256(item, "utxoPos");
		struct hash word;
		u256_to_be(word.bytes, number);
		point(vector_is_hash(item, "utxoPosWord", &word) &&
			      is_position(item, number),
		      "%s", vector_text(item, "utxoPos"));
	}
	json_array_foreach(vector_member(file, "reject"), i, item)
	{
		struct u256 number = vector_u256(item, "utxoPos");
		point(!position_from_u256(&position, number) &&
			      !position_decode_as_contract(&blknum, &txindex,
							   &oindex, number),
		      "refuses: %s", vector_text(item, "name"));
	}
	json_array_foreach(vector_member(file, "stricterHere"), i, item)
	{
		point(!position_from_u256(&position,
					  vector_u256(item, "utxoPos")),
		      "refuses: %s", vector_text(item, "name"));
	}
}

static bool is_exit_id(const json_t *item, const char *key,
		       const struct exit_id *id)
{
	struct exit_id again;
	struct u256 number = exit_id_to_u256(id);
	return u256_equal(number, vector_u256(item, key)) &&
	       exit_id_from_u256(&again, number) && exit_id_equal(&again, id);
}

void read_ids(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "outputs"), i, item)
	{
		struct hash id = output_id(vector_bytes(arena, item, "rawTx"),
					   vector_position(item, "utxoPos"));
		struct exit_id exit = exit_id_standard(&id);
		point(vector_is_hash(item, "outputId", &id) &&
			      is_exit_id(item, "standardExitId", &exit) &&
			      !exit_id_is_in_flight(&exit),
		      "output %s", vector_text(item, "utxoPos"));
	}
	json_array_foreach(vector_member(file, "inFlight"), i, item)
	{
		struct bytes raw = vector_bytes(arena, item, "rawTx");
		struct hash hash = transaction_hash(raw);
		struct exit_id exit = exit_id_in_flight(raw);
		point(vector_is_hash(item, "txHash", &hash) &&
			      is_exit_id(item, "inFlightExitId", &exit) &&
			      exit_id_is_in_flight(&exit),
		      "in flight: %s", vector_text(item, "label"));
	}
}

static bool is_priority(const json_t *item)
{
	struct exit_id id;
	struct position position = vector_position(item, "utxoPos");
	bool is_deposit = strcmp(vector_text(item, "kind"), "deposit") == 0;
	uint64_t at = exitable_at_standard(is_deposit, vector_u64(item, "now"),
					   vector_u64(item, "blockTimestamp"),
					   vector_u64(item, "minExitPeriod"));
	if (at != vector_u64(item, "exitableAt") ||
	    !exit_id_from_u256(&id, vector_u256(item, "exitId")))
		return false;
	struct u256 priority = priority_make(at, position, &id);
	struct exit_id again = priority_exit_id(priority);
	return u256_equal(priority, vector_u256(item, "priority")) &&
	       priority_exitable_at(priority) == at &&
	       exit_id_equal(&again, &id);
}

static bool is_queue(const json_t *item)
{
	struct token token = vector_token(item, "token");
	uint8_t vault = (uint8_t)vector_u64(item, "vaultId");
	struct hash key = exit_queue_key(vault, &token);
	if (!vector_is_hash(item, "queueKey", &key))
		return false;
	const json_t *delegation = json_object_get(item, "delegation");
	if (delegation == NULL)
		return true;
	key = priority_delegation_key(vector_u256(delegation, "priority"),
				      vault, &token);
	return vector_is_hash(delegation, "key", &key);
}

void read_priority(const json_t *file, struct arena *arena)
{
	(void)arena;
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "cases"), i, item)
	{
		point(is_priority(item), "%s", vector_text(item, "name"));
	}
	json_array_foreach(vector_member(file, "queueKeys"), i, item)
	{
		point(is_queue(item), "queue key %zu", i);
	}
	json_array_foreach(vector_member(file, "senderData"), i, item)
	{
		struct address caller = vector_address(item, "address");
		struct hash hash = sender_data(&caller);
		point(vector_is_hash(item, "senderData", &hash),
		      "sender data %zu", i);
	}
	json_array_foreach(vector_member(file, "phases"), i, item)
	{
		uint64_t period = vector_u64(item, "minExitPeriod");
		uint64_t start = vector_u64(item, "start");
		uint64_t last = vector_u64(item, "lastSecondOfPhase1");
		uint64_t first = vector_u64(item, "firstSecondOfPhase2");
		point(in_flight_phase(last, start, period) == 1 &&
			      in_flight_phase(first, start, period) == 2 &&
			      in_flight_phase_1_end(start, period) == last,
		      "phases of an exit period of %llu s",
		      (unsigned long long)period);
	}
}

/* The fields of a payment as they stand in the file. */
static bool has_fields(const struct transaction *transaction,
		       const json_t *item)
{
	const json_t *inputs = vector_member(item, "inputs");
	const json_t *outputs = vector_member(item, "outputs");
	if (transaction->input_count != json_array_size(inputs) ||
	    transaction->output_count != json_array_size(outputs) ||
	    !vector_is_hash(item, "metadata", &transaction->metadata))
		return false;
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct position position =
			vector_position(json_array_get(inputs, i), "utxoPos");
		if (!position_equal(position, transaction->inputs[i]))
			return false;
	}
	for (size_t i = 0; i < transaction->output_count; i++) {
		const json_t *given = json_array_get(outputs, i);
		struct output output = {
			(uint8_t)vector_u64(given, "outputType"),
			vector_address(given, "owner"),
			vector_token(given, "token"),
			vector_amount(given, "amount"),
		};
		if (!output_equal(&output, &transaction->outputs[i]))
			return false;
	}
	return true;
}

/* Who owns the key of an account, by its address. */
static struct secret secret_of(const json_t *accounts, const char *address)
{
	const char *name;
	json_t *account;
	json_t *all = vector_member(accounts, "accounts");
	json_object_foreach(all, name, account)
	{
		if (strcmp(vector_text(account, "address"), address) == 0) {
			struct hash key = vector_hash(account, "privateKey");
			struct secret secret;
			memcpy(secret.bytes, key.bytes, sizeof(secret.bytes));
			return secret;
		}
	}
	vector_stop("no account %s", address);
}

static bool signs_as_given(const json_t *file, const json_t *item,
			   struct arena *arena, const struct hash *digest,
			   struct bytes raw)
{
	const json_t *owners = vector_member(item, "inputOwners");
	const json_t *given = vector_member(item, "signatures");
	struct signature made[PROTOCOL_MAX_INPUTS];
	size_t count = json_array_size(given);
	for (size_t i = 0; i < count; i++) {
		const char *owner =
			json_string_value(json_array_get(owners, i));
		struct secret secret = secret_of(file, owner);
		made[i] = signature_make(&secret, digest);
		struct bytes expected = vector_hex(
			arena, json_string_value(json_array_get(given, i)));
		if (!bytes_equal(bytes_view(made[i].bytes, SIGNATURE_SIZE),
				 expected))
			return false;
	}
	uint8_t buffer[PROTOCOL_MAX_SIGNED_SIZE];
	struct writer writer = writer_of(buffer, sizeof(buffer));
	transaction_encode_signed(&writer, raw, made, count);
	return writer_ok(&writer) &&
	       vector_is_bytes(arena, item, "signedTx", writer_view(&writer));
}

static void read_payment(const json_t *file, const json_t *item,
			 struct arena *arena, const struct hash *domain)
{
	const char *label = vector_text(item, "label");
	struct bytes raw = vector_bytes(arena, item, "rawTx");
	struct transaction transaction = decode(raw);
	point(has_fields(&transaction, item) && encodes_to(&transaction, raw),
	      "%s: decoded and encoded", label);
	struct hash hash = transaction_hash(raw);
	struct hash leaf = merkle_tree_leaf(raw);
	point(vector_is_hash(item, "txHash", &hash) &&
		      vector_is_hash(item, "leaf", &leaf),
	      "%s: hash and leaf", label);
	struct hash digest = transaction_digest(domain, &transaction);
	hash = transaction_struct_hash(&transaction);
	point(vector_is_hash(item, "structHash", &hash) &&
		      vector_is_hash(item, "digest", &digest),
	      "%s: typed data", label);
	point(signs_as_given(file, item, arena, &digest, raw),
	      "%s: signatures and signed form", label);
	struct transaction_frame frame;
	struct bytes signed_form = vector_bytes(arena, item, "signedTx");
	uint8_t buffer[PROTOCOL_MAX_RAW_SIZE];
	struct writer writer = writer_of(buffer, sizeof(buffer));
	bool is_framed =
		transaction_frame_read(&frame, signed_form) == VERDICT_VALID;
	if (is_framed)
		transaction_frame_write_raw(&writer, &frame);
	point(is_framed && bytes_equal(writer_view(&writer), raw),
	      "%s: raw form cut out of the signed one", label);
	size_t i;
	json_t *output;
	json_array_foreach(vector_member(item, "outputIds"), i, output)
	{
		hash = output_id_in_flight(
			raw, (uint32_t)vector_u64(output, "index"));
		struct exit_id id = exit_id_standard(&hash);
		point(vector_is_hash(output, "outputId", &hash) &&
			      is_exit_id(output, "standardExitId", &id),
		      "%s: output id %zu", label, i);
	}
}

void read_payments(const json_t *file, struct arena *arena)
{
	struct address framework = vector_address(file, "verifyingContract");
	struct hash domain = eip712_domain_separator(&framework);
	const char *name;
	json_t *item;
	json_t *accounts = vector_member(file, "accounts");
	json_object_foreach(accounts, name, item)
	{
		const char *text = vector_text(item, "address");
		struct secret secret = secret_of(file, text);
		struct address address = secret_address(&secret);
		struct address expected = vector_address(item, "address");
		point(secret_is_valid(&secret) &&
			      address_equal(&address, &expected),
		      "the address of %s", name);
	}
	size_t i;
	json_array_foreach(vector_member(file, "payments"), i, item)
	{
		read_payment(file, item, arena, &domain);
	}
}

void read_tx_decode(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "cases"), i, item)
	{
		struct transaction transaction;
		struct bytes raw = vector_bytes(arena, item, "rawTx");
		enum verdict verdict = transaction_decode(&transaction, raw);
		const char *found = verdict == VERDICT_VALID
					    ? "accept"
					    : verdict_code(verdict);
		bool good = strcmp(found, vector_text(item, "verdict")) == 0;
		if (good && verdict == VERDICT_VALID)
			good = encodes_to(&transaction, raw);
		point(good, "%s is %s", vector_text(item, "name"), found);
	}
}

void read_fees(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "feeTransactions"), i, item)
	{
		uint64_t blknum = vector_u64(item, "blknum");
		struct token token = vector_token(item, "token");
		struct address claimer = vector_address(item, "claimer");
		struct hash nonce = fee_nonce(blknum, &token);
		struct transaction made =
			fee_transaction(blknum, &claimer, &token,
					vector_amount(item, "amount"));
		struct bytes raw = vector_bytes(arena, item, "rawTx");
		struct transaction read = decode(raw);
		struct hash id =
			output_id(raw, vector_position(item, "utxoPos"));
		uint8_t buffer[PROTOCOL_MAX_SIGNED_SIZE];
		struct writer writer = writer_of(buffer, sizeof(buffer));
		transaction_encode_signed(&writer, raw, NULL, 0);
		point(vector_is_hash(item, "nonce", &nonce) &&
			      encodes_to(&made, raw) &&
			      encodes_to(&read, raw) &&
			      vector_is_hash(item, "outputId", &id) &&
			      vector_is_bytes(arena, item, "signedTx",
					      writer_view(&writer)) &&
			      transaction_judge_fee_fields(&read, blknum) ==
				      VERDICT_VALID,
		      "fee transaction %zu", i);
	}
}

void read_deposits(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "deposits"), i, item)
	{
		struct address owner = vector_address(item, "depositor");
		struct token token = vector_token(item, "token");
		struct hash metadata = vector_hash(item, "metadata");
		struct transaction made = deposit_transaction(
			&owner, &token, vector_amount(item, "amount"),
			&metadata);
		struct bytes raw = vector_bytes(arena, item, "rawTx");
		struct transaction read;
		struct hash root = deposit_root(raw);
		struct hash id =
			output_id(raw, vector_position(item, "utxoPos"));
		uint8_t proof[PROTOCOL_PROOF_SIZE];
		deposit_proof(proof);
		point(encodes_to(&made, raw) &&
			      transaction_decode_deposit(&read, raw) ==
				      VERDICT_VALID &&
			      encodes_to(&read, raw) &&
			      vector_is_hash(item, "root", &root) &&
			      vector_is_hash(item, "outputId", &id) &&
			      vector_is_bytes(arena, item, "proof",
					      bytes_view(proof, sizeof(proof))),
		      "deposit %s", vector_text(item, "label"));
	}
}

static struct block_place inclusion_of(const json_t *item, const char *key)
{
	struct block_place inclusion = { .kind = BLOCK_PLACE_NONE };
	if (strcmp(vector_text(item, key), "none") != 0) {
		inclusion.kind = BLOCK_PLACE_KNOWN;
		inclusion.position = vector_position(item, key);
	}
	return inclusion;
}

void read_competitors(const json_t *file, struct arena *arena)
{
	(void)arena;
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "cases"), i, item)
	{
		const char *text = vector_text(item, "oldestCompetitor");
		struct oldest_competitor oldest = {
			.kind = OLDEST_COMPETITOR_NONE
		};
		if (strcmp(text, "unincluded") == 0) {
			oldest.kind = OLDEST_COMPETITOR_NOT_INCLUDED;
		} else if (strcmp(text, "none") != 0) {
			oldest.kind = OLDEST_COMPETITOR_IN_BLOCK;
			oldest.position =
				vector_position(item, "oldestCompetitor");
		}
		bool viable = competitor_is_viable(
			inclusion_of(item, "inFlightIncludedAt"), oldest,
			inclusion_of(item, "candidate"));
		point(viable == json_is_true(vector_member(item, "challenge")),
		      "seen %s, oldest %s, candidate %s",
		      vector_text(item, "inFlightIncludedAt"), text,
		      vector_text(item, "candidate"));
	}
}

/* Tokens by the first letter of the names that the file gives them. */
static struct token token_named(const char *name)
{
	struct token token = TOKEN_ETH;
	if (strcmp(name, "ETH") != 0)
		token.address.bytes[0] = (uint8_t)name[0];
	return token;
}

static struct fee_table table_of(json_t *accepted, struct arena *arena)
{
	struct fee_table table = { .loaded = json_object_size(accepted) > 0 };
	table.prices = arena_new(arena, json_object_size(accepted),
				 sizeof(*table.prices));
	const char *name;
	json_t *amounts;
	json_object_foreach(accepted, name, amounts)
	{
		struct fee_price *price = &table.prices[table.count++];
		price->token = token_named(name);
		for (size_t i = 0; i < json_array_size(amounts); i++)
			price->accepted[price->accepted_count++] =
				amount_of((uint64_t)json_integer_value(
					json_array_get(amounts, i)));
	}
	return table;
}

void read_operator_fees(const json_t *file, struct arena *arena)
{
	static const char *const answers[] = {
		[FEE_ACCEPTED] = "accept",
		[FEE_NOT_COVERED] = "fees_not_covered",
		[FEE_OVERPAID] = "overpaying_fees",
		[FEE_SEVERAL_CURRENCIES] = "multiple_potential_currency_fees",
	};
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "cases"), i, item)
	{
		struct fee_table table =
			table_of(vector_member(item, "accepted"), arena);
		struct surplus surplus = { .count = 0 };
		const char *name;
		json_t *units;
		json_t *given = vector_member(item, "surplus");
		json_object_foreach(given, name, units)
		{
			surplus.of[surplus.count].token = token_named(name);
			surplus.of[surplus.count++].amount =
				amount_of((uint64_t)json_integer_value(units));
		}
		bool merge = json_is_true(vector_member(item, "merge"));
		const char *found = answers[fee_judge(&table, &surplus, merge)];
		point(strcmp(found, vector_text(item, "result")) == 0,
		      "%s is %s", vector_text(item, "name"), found);
	}
}
