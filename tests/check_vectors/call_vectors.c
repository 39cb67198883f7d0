/* SPDX-License-Identifier: MIT */

/*
 * Calls of the contracts with decoded arguments: our encoders have to give the
 * call data byte for byte. And views with what they returned.
 */

#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/ethereum/contract_calls.h"
#include "tests/check_vectors/vector.h"

#define CEILING ((size_t)1 << 20)
#define MAX_HASHES 64

/* The arguments of one call. */
struct call {
	struct growing_buffer *out;
	struct arena *arena;
	const json_t *args; /* an array of objects with a value each */
};

/* ---- arguments ---- */

static const json_t *at(const struct call *call, size_t index)
{
	const json_t *arg = json_array_get(call->args, index);
	if (arg == NULL)
		vector_stop("no argument %zu", index);
	return arg;
}

static uint64_t number(const struct call *call, size_t index)
{
	return vector_u64(at(call, index), "value");
}

static struct amount amount(const struct call *call, size_t index)
{
	return vector_amount(at(call, index), "value");
}

static struct address address(const struct call *call, size_t index)
{
	return vector_address(at(call, index), "value");
}

static struct token token(const struct call *call, size_t index)
{
	return vector_token(at(call, index), "value");
}

static struct hash hash(const struct call *call, size_t index)
{
	return vector_hash(at(call, index), "value");
}

static struct bytes bytes(const struct call *call, size_t index)
{
	return vector_bytes(call->arena, at(call, index), "value");
}

static struct exit_id exit_id_of(struct u256 value)
{
	struct exit_id id;
	if (!exit_id_from_u256(&id, value))
		vector_stop("no exit id");
	return id;
}

static struct exit_id id(const struct call *call, size_t index)
{
	return exit_id_of(vector_u256(at(call, index), "value"));
}

static const json_t *tuple(const struct call *call)
{
	return vector_member(at(call, 0), "value");
}

static struct bytes part(const struct call *call, const char *key)
{
	return vector_bytes(call->arena, tuple(call), key);
}

static uint16_t part_index(const struct call *call, const char *key)
{
	return (uint16_t)vector_u64(tuple(call), key);
}

/* Element of an array of hex strings, or of decimal ones. */
static struct bytes element(const struct call *call, const char *key,
			    size_t index)
{
	const char *text = json_string_value(
		json_array_get(vector_member(tuple(call), key), index));
	if (text == NULL)
		vector_stop("no element %zu of %s", index, key);
	return vector_hex(call->arena, text);
}

/* ---- encoders ---- */

static void submit_block(const struct call *c)
{
	struct hash root = hash(c, 0);
	contract_call_submit_block(c->out, &root);
}

static void submit_blocks(const struct call *c)
{
	const json_t *array = vector_member(at(c, 1), "value");
	struct hash roots[MAX_HASHES];
	size_t count = json_array_size(array);
	if (count > MAX_HASHES)
		vector_stop("too many roots");
	for (size_t i = 0; i < count; i++)
		roots[i] = vector_hash_of(
			json_string_value(json_array_get(array, i)));
	contract_call_submit_blocks(c->out, number(c, 0), roots, count);
}

static void add_exit_queue(const struct call *c)
{
	struct token t = token(c, 1);
	contract_call_add_exit_queue(c->out, (uint8_t)number(c, 0), &t);
}

static void process_exits(const struct call *c)
{
	struct token t = token(c, 1);
	struct exit_id top = id(c, 2);
	struct hash data = hash(c, 4);
	contract_call_process_exits_from(c->out, (uint8_t)number(c, 0), &t,
					 &top, number(c, 3), &data);
}

static void register_vault(const struct call *c)
{
	struct address vault = address(c, 1);
	contract_call_register_vault(c->out, (uint8_t)number(c, 0), &vault);
}

static void register_exit_game(const struct call *c)
{
	struct address game = address(c, 1);
	contract_call_register_exit_game(c->out, number(c, 0), &game,
					 (uint8_t)number(c, 2));
}

static void set_version(const struct call *c)
{
	contract_call_set_version(c->out, vector_text(at(c, 0), "value"));
}

static void deposit(const struct call *c)
{
	struct bytes raw;
	contract_call_deposit(c->out, bytes(c, 0));
	if (!contract_call_read_deposit(&raw, growing_buffer_view(c->out)) ||
	    !bytes_equal(raw, bytes(c, 0)))
		vector_stop("a deposit does not read back");
}

static void set_minimum_deposit(const struct call *c)
{
	struct token t = token(c, 0);
	contract_call_set_minimum_deposit(c->out, &t, amount(c, 1));
}

static void claim_token_credit(const struct call *c)
{
	struct token t = token(c, 0);
	struct address to = address(c, 1);
	contract_call_claim_token_credit(c->out, &t, &to);
}

static void start_standard_exit(const struct call *c)
{
	contract_call_start_standard_exit(
		c->out, vector_position(tuple(c), "utxoPos"),
		part(c, "rlpOutputTx"), part(c, "outputTxInclusionProof"));
}

static void challenge_standard_exit(const struct call *c)
{
	struct challenge_standard_exit call = {
		.exit_id = exit_id_of(vector_u256(tuple(c), "exitId")),
		.exiting_tx = part(c, "exitingTx"),
		.challenge_tx = part(c, "challengeTx"),
		.input_index = part_index(c, "inputIndex"),
		.witness = part(c, "witness"),
		.sender_data = vector_hash(tuple(c), "senderData"),
	};
	contract_call_challenge_standard_exit(c->out, &call);
}

static struct position position_of(const json_t *text)
{
	json_t *object = json_pack("{s:O}", "value", text);
	struct position position = vector_position(object, "value");
	json_decref(object);
	return position;
}

static void start_in_flight_exit(const struct call *c)
{
	const json_t *positions = vector_member(tuple(c), "inputUtxosPos");
	struct start_in_flight_exit call = {
		.in_flight_tx = part(c, "inFlightTx"),
		.input_count = json_array_size(positions),
	};
	if (call.input_count > PROTOCOL_MAX_INPUTS)
		vector_stop("too many inputs");
	for (size_t i = 0; i < call.input_count; i++) {
		call.input_txs[i] = element(c, "inputTxs", i);
		call.input_positions[i] =
			position_of(json_array_get(positions, i));
		call.input_proofs[i] = element(c, "inputTxsInclusionProofs", i);
		call.witnesses[i] = element(c, "inFlightTxWitnesses", i);
	}
	contract_call_start_in_flight_exit(c->out, &call);
}

static void piggyback_on_input(const struct call *c)
{
	contract_call_piggyback_on_input(c->out, part(c, "inFlightTx"),
					 part_index(c, "inputIndex"));
}

static void piggyback_on_output(const struct call *c)
{
	contract_call_piggyback_on_output(c->out, part(c, "inFlightTx"),
					  part_index(c, "outputIndex"));
}

static void challenge_not_canonical(const struct call *c)
{
	struct challenge_not_canonical call = {
		.input_tx = part(c, "inputTx"),
		.input_position = vector_position(tuple(c), "inputUtxoPos"),
		.in_flight_tx = part(c, "inFlightTx"),
		.in_flight_tx_input_index =
			part_index(c, "inFlightTxInputIndex"),
		.competing_tx = part(c, "competingTx"),
		.competing_tx_input_index =
			part_index(c, "competingTxInputIndex"),
		.competing_tx_proof = part(c, "competingTxInclusionProof"),
		.competing_tx_witness = part(c, "competingTxWitness"),
	};
	call.competing_tx_included =
		!u256_is_zero(vector_u256(tuple(c), "competingTxPos"));
	if (call.competing_tx_included)
		call.competing_tx_position =
			vector_position(tuple(c), "competingTxPos");
	contract_call_challenge_not_canonical(c->out, &call);
}

static void respond_to_challenge(const struct call *c)
{
	contract_call_respond_to_challenge(c->out, bytes(c, 0),
					   vector_position(at(c, 1), "value"),
					   bytes(c, 2));
}

static void challenge_input_spent(const struct call *c)
{
	struct challenge_input_spent call = {
		.in_flight_tx = part(c, "inFlightTx"),
		.in_flight_tx_input_index =
			part_index(c, "inFlightTxInputIndex"),
		.challenging_tx = part(c, "challengingTx"),
		.challenging_tx_input_index =
			part_index(c, "challengingTxInputIndex"),
		.challenging_tx_witness = part(c, "challengingTxWitness"),
		.input_tx = part(c, "inputTx"),
		.input_position = vector_position(tuple(c), "inputUtxoPos"),
		.sender_data = vector_hash(tuple(c), "senderData"),
	};
	contract_call_challenge_input_spent(c->out, &call);
}

static void challenge_output_spent(const struct call *c)
{
	struct challenge_output_spent call = {
		.in_flight_tx = part(c, "inFlightTx"),
		.in_flight_tx_proof = part(c, "inFlightTxInclusionProof"),
		.output_position = vector_position(tuple(c), "outputUtxoPos"),
		.challenging_tx = part(c, "challengingTx"),
		.challenging_tx_input_index =
			part_index(c, "challengingTxInputIndex"),
		.challenging_tx_witness = part(c, "challengingTxWitness"),
		.sender_data = vector_hash(tuple(c), "senderData"),
	};
	contract_call_challenge_output_spent(c->out, &call);
}

static void delete_in_flight_exit(const struct call *c)
{
	struct exit_id which = id(c, 0);
	contract_call_delete_in_flight_exit(c->out, &which);
}

static void update_standard_exit_bond(const struct call *c)
{
	contract_call_update_standard_exit_bond(c->out, amount(c, 0),
						amount(c, 1));
}

static void update_ife_bond(const struct call *c)
{
	contract_call_update_ife_bond(c->out, amount(c, 0));
}

static void update_piggyback_bond(const struct call *c)
{
	contract_call_update_piggyback_bond(c->out, amount(c, 0), amount(c, 1));
}

static void register_spending_condition(const struct call *c)
{
	struct address condition = address(c, 2);
	contract_call_register_spending_condition(c->out, number(c, 0),
						  number(c, 1), &condition);
}

static void allowance(const struct call *c)
{
	struct address owner = address(c, 0);
	struct address spender = address(c, 1);
	contract_call_allowance(c->out, &owner, &spender);
}

static void token_credit_of(const struct call *c)
{
	struct address owner = address(c, 0);
	struct token t = token(c, 1);
	contract_call_token_credit_of(c->out, &owner, &t);
}

static void in_flight_exit_due_at(const struct call *c)
{
	struct exit_id which = id(c, 0);
	struct token t = token(c, 1);
	contract_call_in_flight_exit_due_at(c->out, &which, &t);
}

static size_t ids(struct exit_id out[MAX_HASHES], const struct call *c)
{
	const json_t *array = vector_member(at(c, 0), "value");
	size_t count = json_array_size(array);
	if (count > MAX_HASHES)
		vector_stop("too many ids");
	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(array, i));
		struct u256 value;
		if (text == NULL ||
		    !u256_from_decimal(&value, text, strlen(text)))
			vector_stop("no id");
		out[i] = exit_id_of(value);
	}
	return count;
}

static void standard_exits(const struct call *c)
{
	struct exit_id list[MAX_HASHES];
	size_t count = ids(list, c);
	contract_call_standard_exits(c->out, list, count);
}

static void in_flight_exits(const struct call *c)
{
	struct exit_id list[MAX_HASHES];
	size_t count = ids(list, c);
	contract_call_in_flight_exits(c->out, list, count);
}

static void has_exit_queue(const struct call *c)
{
	struct token t = token(c, 1);
	contract_call_has_exit_queue(c->out, (uint8_t)number(c, 0), &t);
}

static void get_next_exit(const struct call *c)
{
	struct token t = token(c, 1);
	contract_call_get_next_exit(c->out, (uint8_t)number(c, 0), &t);
}

static const struct {
	const char *function;
	void (*encode)(const struct call *call);
} encoders[] = {
	{ "submitBlock(bytes32)", submit_block },
	{ "submitBlocks(uint256,bytes32[])", submit_blocks },
	{ "addExitQueue(uint256,address)", add_exit_queue },
	{ "processExits(uint256,address,uint168,uint256,bytes32)",
	  process_exits },
	{ "registerVault(uint256,address)", register_vault },
	{ "registerExitGame(uint256,address,uint8)", register_exit_game },
	{ "setVersion(string)", set_version },
	{ "deposit(bytes)", deposit },
	{ "setMinimumDeposit(address,uint256)", set_minimum_deposit },
	{ "claimCredit(address,address)", claim_token_credit },
	{ "startStandardExit((uint256,bytes,bytes))", start_standard_exit },
	{ "challengeStandardExit((uint168,bytes,bytes,uint16,bytes,bytes32))",
	  challenge_standard_exit },
	{ "startInFlightExit((bytes,bytes[],uint256[],bytes[],bytes[]))",
	  start_in_flight_exit },
	{ "piggybackInFlightExitOnInput((bytes,uint16))", piggyback_on_input },
	{ "piggybackInFlightExitOnOutput((bytes,uint16))",
	  piggyback_on_output },
	{ "challengeInFlightExitNotCanonical((bytes,uint256,bytes,uint16,bytes,"
	  "uint16,uint256,bytes,bytes))",
	  challenge_not_canonical },
	{ "respondToNonCanonicalChallenge(bytes,uint256,bytes)",
	  respond_to_challenge },
	{ "challengeInFlightExitInputSpent((bytes,uint16,bytes,uint16,bytes,"
	  "bytes,uint256,bytes32))",
	  challenge_input_spent },
	{ "challengeInFlightExitOutputSpent((bytes,bytes,uint256,bytes,uint16,"
	  "bytes,bytes32))",
	  challenge_output_spent },
	{ "deleteNonPiggybackedInFlightExit(uint168)", delete_in_flight_exit },
	{ "updateStartStandardExitBondSize(uint128,uint128)",
	  update_standard_exit_bond },
	{ "updateStartIFEBondSize(uint128)", update_ife_bond },
	{ "updatePiggybackBondSize(uint128,uint128)", update_piggyback_bond },
	{ "registerSpendingCondition(uint256,uint256,address)",
	  register_spending_condition },
	{ "allowance(address,address)", allowance },
	{ "creditOf(address,address)", token_credit_of },
	{ "inFlightExitDueAt(uint168,address)", in_flight_exit_due_at },
	{ "standardExits(uint168[])", standard_exits },
	{ "inFlightExits(uint168[])", in_flight_exits },
	{ "hasExitQueue(uint256,address)", has_exit_queue },
	{ "getNextExit(uint256,address)", get_next_exit },
};

/* Calls whose only argument is an address, a hash or a number. */
static const struct {
	const char *function;
	void (*encode)(struct growing_buffer *out, const struct address *to);
} of_address[] = {
	{ "transferOwnership(address)", contract_call_transfer_ownership },
	{ "setDepositVerifier(address)", contract_call_set_deposit_verifier },
	{ "claimCredit(address)", contract_call_claim_credit },
	{ "isExitGameSafeToUse(address)", contract_call_is_exit_game_safe },
	{ "balanceOf(address)", contract_call_balance_of },
	{ "creditOf(address)", contract_call_credit_of },
};

static const struct {
	const char *function;
	void (*encode)(struct growing_buffer *out, const struct token *token);
} of_token[] = {
	{ "minimumDeposit(address)", contract_call_minimum_deposit },
	{ "totalCredits(address)", contract_call_total_credits },
};

static const struct {
	const char *function;
	void (*encode)(struct growing_buffer *out, const struct address *to,
		       struct amount amount);
} of_payment[] = {
	{ "approve(address,uint256)", contract_call_approve },
	{ "transfer(address,uint256)", contract_call_transfer },
};

static const struct {
	const char *function;
	void (*encode)(struct growing_buffer *out, const struct hash *hash);
} of_hash[] = {
	{ "exitsQueues(bytes32)", contract_call_exits_queues },
	{ "isOutputFinalized(bytes32)", contract_call_is_output_finalized },
	{ "outputsFinalizations(bytes32)",
	  contract_call_outputs_finalizations },
};

static const struct {
	const char *function;
	void (*encode)(struct growing_buffer *out, uint64_t number);
} of_number[] = {
	{ "blocks(uint256)", contract_call_blocks },
	{ "isDeposit(uint256)", contract_call_is_deposit },
	{ "vaults(uint256)", contract_call_vaults },
	{ "exitGames(uint256)", contract_call_exit_games },
	{ "protocols(uint256)", contract_call_protocols },
};

static const struct {
	const char *function;
	void (*encode)(struct growing_buffer *out);
} of_nothing[] = {
	{ "init()", contract_call_init },
	{ "renounceOwnership()", contract_call_renounce_ownership },
	{ "acceptOwnership()", contract_call_accept_ownership },
};

static const struct {
	const char *function;
	enum contract_view view;
} views[] = {
	{ "nextChildBlock()", CONTRACT_VIEW_NEXT_CHILD_BLOCK },
	{ "nextDeposit()", CONTRACT_VIEW_NEXT_DEPOSIT },
	{ "nextDepositBlock()", CONTRACT_VIEW_NEXT_DEPOSIT_BLOCK },
	{ "childBlockInterval()", CONTRACT_VIEW_CHILD_BLOCK_INTERVAL },
	{ "minExitPeriod()", CONTRACT_VIEW_MIN_EXIT_PERIOD },
	{ "extensions()", CONTRACT_VIEW_EXTENSIONS },
	{ "authority()", CONTRACT_VIEW_AUTHORITY },
	{ "getMaintainer()", CONTRACT_VIEW_MAINTAINER },
	{ "owner()", CONTRACT_VIEW_OWNER },
	{ "pendingOwner()", CONTRACT_VIEW_PENDING_OWNER },
	{ "getVersion()", CONTRACT_VIEW_VERSION },
	{ "startStandardExitBondSize()", CONTRACT_VIEW_STANDARD_EXIT_BOND },
	{ "processStandardExitBountySize()",
	  CONTRACT_VIEW_STANDARD_EXIT_BOUNTY },
	{ "startIFEBondSize()", CONTRACT_VIEW_IFE_BOND },
	{ "piggybackBondSize()", CONTRACT_VIEW_PIGGYBACK_BOND },
	{ "processInFlightExitBountySize()", CONTRACT_VIEW_PIGGYBACK_BOUNTY },
	{ "getEffectiveDepositVerifier()", CONTRACT_VIEW_DEPOSIT_VERIFIER },
	{ "heapList()", CONTRACT_VIEW_HEAP_LIST },
	{ "currentSize()", CONTRACT_VIEW_QUEUE_SIZE },
};

/* Index of the row with this function; the length of the table if none has. */
#define ROW_OF(table, index, name)                                             \
	do {                                                                   \
		index = 0;                                                     \
		while (index < sizeof(table) / sizeof((table)[0]) &&           \
		       strcmp((table)[index].function, name) != 0)             \
			index++;                                               \
	} while (0)
#define HAS_ROW(table, index) ((index) < sizeof(table) / sizeof((table)[0]))

static bool encode_simple(const struct call *c, const char *function)
{
	size_t i;

	ROW_OF(of_nothing, i, function);
	if (HAS_ROW(of_nothing, i)) {
		of_nothing[i].encode(c->out);
		return true;
	}
	ROW_OF(views, i, function);
	if (HAS_ROW(views, i)) {
		contract_call_view(c->out, views[i].view);
		return true;
	}
	ROW_OF(of_number, i, function);
	if (HAS_ROW(of_number, i)) {
		of_number[i].encode(c->out, number(c, 0));
		return true;
	}
	ROW_OF(of_hash, i, function);
	if (HAS_ROW(of_hash, i)) {
		struct hash h = hash(c, 0);
		of_hash[i].encode(c->out, &h);
		return true;
	}
	return false;
}

static bool encode(const struct call *c, const char *function)
{
	size_t i;

	ROW_OF(encoders, i, function);
	if (HAS_ROW(encoders, i)) {
		encoders[i].encode(c);
		return true;
	}
	ROW_OF(of_address, i, function);
	if (HAS_ROW(of_address, i)) {
		struct address a = address(c, 0);
		of_address[i].encode(c->out, &a);
		return true;
	}
	ROW_OF(of_token, i, function);
	if (HAS_ROW(of_token, i)) {
		struct token t = token(c, 0);
		of_token[i].encode(c->out, &t);
		return true;
	}
	ROW_OF(of_payment, i, function);
	if (HAS_ROW(of_payment, i)) {
		struct address a = address(c, 0);
		of_payment[i].encode(c->out, &a, amount(c, 1));
		return true;
	}
	return encode_simple(c, function);
}

static void check_call(struct arena *arena, const json_t *item)
{
	const char *function = vector_text(item, "function");
	struct growing_buffer out;
	struct call call = { &out, arena, vector_member(item, "args") };

	growing_buffer_init(&out, CEILING);
	bool known = encode(&call, function);
	point(known && vector_is_bytes(arena, item, "calldata",
				       growing_buffer_view(&out)),
	      "%s is encoded (%s)%s", function, vector_text(item, "label"),
	      known ? "" : ": by nobody");
	growing_buffer_clear(&out);
}

/* ---- returns ---- */

/* Word number `index` of what was returned. */
static struct u256 word(struct bytes returned, size_t index)
{
	if (returned.len < 32 * (index + 1))
		vector_stop("no word %zu", index);
	return u256_from_be(returned.data + 32 * index);
}

static bool is_word(struct bytes returned, size_t index, struct hash hash)
{
	return u256_equal(word(returned, index), u256_from_be(hash.bytes));
}

static bool is_address(struct bytes returned, size_t index,
		       struct address address)
{
	struct hash padded = { { 0 } };

	memcpy(padded.bytes + 12, address.bytes, sizeof(address.bytes));
	return is_word(returned, index, padded);
}

static bool is_amount(struct bytes returned, size_t index, struct amount amount)
{
	return u256_equal(word(returned, index), amount_to_u256(amount));
}

/* Records begin behind an offset and a count. */
static bool check_standard_exits(struct bytes returned)
{
	struct contract_standard_exit records[8];
	uint64_t count;

	if (!u256_to_u64(&count, word(returned, 1)) || count > 8 ||
	    !contract_return_standard_exits(records, (size_t)count, returned))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct contract_standard_exit *record = &records[i];
		size_t first = 2 + 7 * i;

		if (record->exitable == u256_is_zero(word(returned, first)) ||
		    !u256_equal(record->position, word(returned, first + 1)) ||
		    !is_word(returned, first + 2, record->output_id) ||
		    !is_address(returned, first + 3, record->exit_target) ||
		    !is_amount(returned, first + 4, record->amount) ||
		    !is_amount(returned, first + 5, record->bond_wei) ||
		    !is_amount(returned, first + 6, record->bounty_wei))
			return false;
	}
	return !contract_return_standard_exits(records, (size_t)count + 1,
					       returned);
}

static bool is_slot(struct bytes returned, size_t first,
		    const struct contract_in_flight_slot *slot)
{
	return is_word(returned, first, slot->output_id) &&
	       is_address(returned, first + 1, slot->exit_target) &&
	       is_address(returned, first + 2, slot->token.address) &&
	       is_amount(returned, first + 3, slot->amount) &&
	       is_amount(returned, first + 4, slot->bond_wei) &&
	       is_amount(returned, first + 5, slot->bounty_wei);
}

static bool check_in_flight_exits(struct bytes returned)
{
	struct contract_in_flight_exit record;

	if (!contract_return_in_flight_exits(&record, 1, returned) ||
	    record.is_canonical == u256_is_zero(word(returned, 2)) ||
	    !u256_equal(u256_of(record.started_at.seconds),
			word(returned, 3)) ||
	    !u256_equal(record.exit_map, word(returned, 4)) ||
	    !u256_equal(record.position, word(returned, 5)) ||
	    !is_address(returned, 66, record.bond_owner) ||
	    !is_amount(returned, 67, record.bond_wei) ||
	    !u256_equal(record.oldest_competitor_position, word(returned, 68)))
		return false;
	for (size_t i = 0; i < 5; i++)
		if (!is_slot(returned, 6 + 6 * i, &record.inputs[i]) ||
		    !is_slot(returned, 36 + 6 * i, &record.outputs[i]))
			return false;
	return true;
}

static bool check_block(struct bytes returned)
{
	struct contract_block block;

	return contract_return_block(&block, returned) &&
	       is_word(returned, 0, block.root) &&
	       u256_equal(u256_of(block.time.seconds), word(returned, 1));
}

static bool check_list(struct bytes returned)
{
	struct u256 list[64];
	size_t count;

	if (!contract_return_u256_list(list, &count, 64, returned) ||
	    !u256_equal(u256_of(count), word(returned, 1)))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!u256_equal(list[i], word(returned, 2 + i)))
			return false;
	return count == 0 ||
	       !contract_return_u256_list(list, &count, count - 1, returned);
}

static bool check_word(const char *type, struct bytes returned)
{
	struct u256 number_found;
	struct address address_found;
	struct exit_id id_found;
	bool flag;

	if (strcmp(type, "bool") == 0)
		return contract_return_bool(&flag, returned) &&
		       flag != u256_is_zero(word(returned, 0));
	if (strcmp(type, "address") == 0)
		return contract_return_address(&address_found, returned) &&
		       is_address(returned, 0, address_found);
	if (strcmp(type, "uint168") == 0)
		return contract_return_exit_id(&id_found, returned) &&
		       u256_equal(exit_id_to_u256(&id_found),
				  word(returned, 0));
	return contract_return_u256(&number_found, returned) &&
	       u256_equal(number_found, word(returned, 0));
}

static bool check_returned(const char *function, const char *type,
			   struct bytes returned)
{
	struct bytes text;

	if (strcmp(function, "standardExits(uint168[])") == 0)
		return check_standard_exits(returned);
	if (strcmp(function, "inFlightExits(uint168[])") == 0)
		return check_in_flight_exits(returned);
	if (strcmp(function, "blocks(uint256)") == 0)
		return check_block(returned);
	if (strcmp(type, "uint256[]") == 0)
		return check_list(returned);
	if (strcmp(type, "string") == 0)
		return contract_return_string(&text, returned) &&
		       bytes_equal(text, bytes_of_string("2.0.0"));
	return check_word(type, returned);
}

/* A view that returned, with a byte more and with one less. */
static void check_read(struct arena *arena, const json_t *item)
{
	const char *function = vector_text(item, "function");
	const char *type = json_string_value(
		json_array_get(vector_member(item, "returns"), 0));

	if (strcmp(vector_text(item, "outcome"), "success") != 0)
		return;
	struct bytes returned = vector_bytes(arena, item, "returndata");
	uint8_t *longer = arena_new(arena, returned.len + 32, 1);
	memcpy(longer, returned.data, returned.len);
	point(check_returned(function, type, returned), "%s is decoded (%s)",
	      function, vector_text(item, "label"));
	struct bytes wrong = bytes_view(longer, returned.len + 32);
	struct bytes cut = bytes_view(longer, returned.len - 1);
	struct u256 number_found;
	struct contract_standard_exit record[8];
	struct contract_in_flight_exit in_flight;
	point(!contract_return_u256(&number_found, wrong) &&
		      !contract_return_u256(&number_found, cut) &&
		      !contract_return_standard_exits(record, 1, cut) &&
		      !contract_return_in_flight_exits(&in_flight, 1, cut) &&
		      !contract_return_in_flight_exits(&in_flight, 1, wrong),
	      "%s with another length is refused", function);
}

void read_contract_calls(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;

	read_calls(file, arena);
	json_array_foreach(vector_member(file, "calls"), i, item)
		check_call(arena, item);
	json_array_foreach(json_object_get(file, "reads"), i, item)
		check_read(arena, item);
}
