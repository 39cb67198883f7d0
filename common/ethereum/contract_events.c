/* SPDX-License-Identifier: MIT */
#include "common/ethereum/contract_events.h"

#include <assert.h>
#include <string.h>

#include "common/base/cursor.h"
#include "common/base/hex.h"

/*
 * A log is read from front to back: its topics, then the words of its data,
 * then, in the order of their offsets, the parts of varying length. Encoders
 * write the parts without a gap and pad them with zeros, so an offset is right
 * only if it is where the reader stands when it comes to the part.
 */
struct event_reader {
	const struct eth_log *log;
	size_t next_topic;
	struct cursor data;
	bool bad_topic;
	bool bad_data;
};

typedef void event_decoder(struct contract_event *out, struct event_reader *r);

static struct hash topic(struct event_reader *r)
{
	assert(r->next_topic < r->log->topic_count);
	return r->log->topics[r->next_topic++];
}

static struct hash word(struct event_reader *r)
{
	return cursor_take_hash(&r->data);
}

/* ---- words as values; `bad` is set when one is out of its range ---- */

static struct address as_address(struct hash w, bool *bad)
{
	struct address address;
	if (!bytes_are_zero(bytes_view(w.bytes, 12)))
		*bad = true;
	memcpy(address.bytes, w.bytes + 12, sizeof(address.bytes));
	return address;
}

static struct token as_token(struct hash w, bool *bad)
{
	return (struct token){ as_address(w, bad) };
}

static uint64_t as_number(struct hash w, uint64_t max, bool *bad)
{
	uint64_t number = 0;
	if (!u256_to_u64(&number, u256_from_be(w.bytes)) || number > max) {
		*bad = true;
		return 0;
	}
	return number;
}

static struct position as_position(struct hash w, bool *bad)
{
	struct position position = { 0 };
	if (!position_from_u256(&position, u256_from_be(w.bytes)))
		*bad = true;
	return position;
}

static struct exit_id as_exit_id(struct hash w, bool *bad)
{
	struct exit_id id = { { 0 } };
	if (!exit_id_from_u256(&id, u256_from_be(w.bytes)))
		*bad = true;
	return id;
}

/* ---- the same, from where the reader stands ---- */

static struct address topic_address(struct event_reader *r)
{
	return as_address(topic(r), &r->bad_topic);
}

static struct token topic_token(struct event_reader *r)
{
	return as_token(topic(r), &r->bad_topic);
}

static uint64_t topic_blknum(struct event_reader *r)
{
	return as_number(topic(r), PROTOCOL_MAX_BLOCK_NUMBER, &r->bad_topic);
}

static struct exit_id topic_exit_id(struct event_reader *r)
{
	return as_exit_id(topic(r), &r->bad_topic);
}

static struct address word_address(struct event_reader *r)
{
	return as_address(word(r), &r->bad_data);
}

static struct token word_token(struct event_reader *r)
{
	return as_token(word(r), &r->bad_data);
}

static struct u256 word_u256(struct event_reader *r)
{
	return u256_from_be(word(r).bytes);
}

static struct amount word_amount(struct event_reader *r)
{
	return amount_from_be(word(r).bytes);
}

/* An amount of 128 bits. */
static struct amount word_bond(struct event_reader *r)
{
	struct hash w = word(r);
	if (!bytes_are_zero(bytes_view(w.bytes, 16)))
		r->bad_data = true;
	return amount_from_be(w.bytes);
}

static uint16_t word_index(struct event_reader *r, uint64_t max)
{
	return (uint16_t)as_number(word(r), max, &r->bad_data);
}

/* How far into the data the reader stands. */
static size_t place(const struct event_reader *r)
{
	return r->log->data.len - r->data.left;
}

/* True, and the reader goes on, if the part said to begin at `offset` bytes
 * behind `base` begins here. */
static bool stands_at(struct event_reader *r, size_t base, uint64_t offset)
{
	if (offset != place(r) - base)
		r->bad_data = true;
	return !r->bad_data;
}

static uint64_t word_offset(struct event_reader *r)
{
	return as_number(word(r), r->log->data.len, &r->bad_data);
}

/* Length, bytes, zeros up to the next word. */
static struct bytes part_bytes(struct event_reader *r)
{
	uint64_t len = as_number(word(r), r->data.left, &r->bad_data);
	struct bytes bytes = cursor_take(&r->data, len);
	struct bytes padding = cursor_take(&r->data, (32 - len % 32) % 32);
	if (!bytes_are_zero(padding))
		r->bad_data = true;
	return bytes;
}

/* Count, that many offsets, that many byte strings. */
static void part_bytes_list(struct bytes out[PROTOCOL_MAX_INPUTS],
			    struct event_reader *r, size_t count)
{
	uint64_t offsets[PROTOCOL_MAX_INPUTS];
	if (as_number(word(r), PROTOCOL_MAX_INPUTS, &r->bad_data) != count)
		r->bad_data = true;
	size_t base = place(r);
	for (size_t i = 0; i < count; i++)
		offsets[i] = word_offset(r);
	for (size_t i = 0; i < count && stands_at(r, base, offsets[i]); i++)
		out[i] = part_bytes(r);
}

/* ---- one decoder per shape ---- */

static void decode_block_submitted(struct contract_event *out,
				   struct event_reader *r)
{
	out->as.block_submitted.blknum =
		as_number(word(r), PROTOCOL_MAX_BLOCK_NUMBER, &r->bad_data);
}

static void decode_block_root_submitted(struct contract_event *out,
					struct event_reader *r)
{
	out->as.block_root_submitted.blknum = topic_blknum(r);
	out->as.block_root_submitted.root = word(r);
}

static void decode_deposit_created(struct contract_event *out,
				   struct event_reader *r)
{
	struct deposit_created_event *event = &out->as.deposit_created;
	event->depositor = topic_address(r);
	event->blknum = topic_blknum(r);
	event->token = topic_token(r);
	event->amount = word_amount(r);
}

static void decode_account_amount(struct contract_event *out,
				  struct event_reader *r)
{
	out->as.account_amount.account = topic_address(r);
	out->as.account_amount.token = TOKEN_ETH;
	out->as.account_amount.amount = word_amount(r);
}

static void decode_account_token_amount(struct contract_event *out,
					struct event_reader *r)
{
	out->as.account_amount.account = topic_address(r);
	out->as.account_amount.token = topic_token(r);
	out->as.account_amount.amount = word_amount(r);
}

static void decode_credit_claimed(struct contract_event *out,
				  struct event_reader *r)
{
	struct credit_claimed_event *event = &out->as.credit_claimed;
	event->owner = topic_address(r);
	event->token = topic_token(r);
	event->to = word_address(r);
	event->amount = word_amount(r);
}

static void decode_minimum_deposit_updated(struct contract_event *out,
					   struct event_reader *r)
{
	out->as.minimum_deposit_updated.token = topic_token(r);
	out->as.minimum_deposit_updated.amount = word_amount(r);
}

static void decode_exit_queue_added(struct contract_event *out,
				    struct event_reader *r)
{
	out->as.exit_queue_added.vault_id = word_u256(r);
	out->as.exit_queue_added.token = word_token(r);
}

static void decode_exit_queued(struct contract_event *out,
			       struct event_reader *r)
{
	out->as.exit_queued.exit_id = topic_exit_id(r);
	out->as.exit_queued.priority = word_u256(r);
}

static void decode_processed_exits_num(struct contract_event *out,
				       struct event_reader *r)
{
	out->as.processed_exits_num.processed = word_u256(r);
	out->as.processed_exits_num.vault_id = word_u256(r);
	out->as.processed_exits_num.token = word_token(r);
}

static void decode_exit_started(struct contract_event *out,
				struct event_reader *r)
{
	struct exit_started_event *event = &out->as.exit_started;
	event->owner = topic_address(r);
	event->exit_id = as_exit_id(word(r), &r->bad_data);
	event->position = as_position(word(r), &r->bad_data);
	uint64_t offset = word_offset(r);
	if (stands_at(r, 0, offset))
		event->output_tx = part_bytes(r);
}

static void decode_exit_challenged(struct contract_event *out,
				   struct event_reader *r)
{
	out->as.exit_challenged.position = as_position(topic(r), &r->bad_topic);
}

static void decode_exit_ended(struct contract_event *out,
			      struct event_reader *r)
{
	out->as.exit_ended.exit_id = topic_exit_id(r);
}

static void decode_in_flight_exit_started(struct contract_event *out,
					  struct event_reader *r)
{
	struct in_flight_exit_started_event *event =
		&out->as.in_flight_exit_started;
	uint64_t offsets[4];
	event->initiator = topic_address(r);
	event->transaction_hash = topic(r);
	for (size_t i = 0; i < 4; i++)
		offsets[i] = word_offset(r);
	if (!stands_at(r, 0, offsets[0]))
		return;
	event->in_flight_tx = part_bytes(r);
	if (!stands_at(r, 0, offsets[1]))
		return;
	event->input_count =
		as_number(word(r), PROTOCOL_MAX_INPUTS, &r->bad_data);
	for (size_t i = 0; i < event->input_count; i++)
		event->input_positions[i] = as_position(word(r), &r->bad_data);
	if (!stands_at(r, 0, offsets[2]))
		return;
	part_bytes_list(event->witnesses, r, event->input_count);
	if (stands_at(r, 0, offsets[3]))
		part_bytes_list(event->input_txs, r, event->input_count);
}

static void decode_in_flight_exit_slot(struct contract_event *out,
				       struct event_reader *r)
{
	out->as.in_flight_exit_slot.account = topic_address(r);
	out->as.in_flight_exit_slot.transaction_hash = topic(r);
	out->as.in_flight_exit_slot.index =
		word_index(r, PROTOCOL_MAX_INPUTS - 1);
}

static void decode_in_flight_exit_challenged(struct contract_event *out,
					     struct event_reader *r)
{
	struct in_flight_exit_challenged_event *event =
		&out->as.in_flight_exit_challenged;
	event->challenger = topic_address(r);
	event->transaction_hash = topic(r);
	struct hash position = word(r);
	event->competitor_included =
		!u256_equal(u256_from_be(position.bytes), U256_MAX);
	if (event->competitor_included)
		event->competitor_position =
			as_position(position, &r->bad_data);
	event->input_index = word_index(r, PROTOCOL_MAX_INPUTS - 1);
	uint64_t tx_offset = word_offset(r);
	event->competing_tx_input_index =
		word_index(r, PROTOCOL_MAX_INPUTS - 1);
	uint64_t witness_offset = word_offset(r);
	if (!stands_at(r, 0, tx_offset))
		return;
	event->competing_tx = part_bytes(r);
	if (stands_at(r, 0, witness_offset))
		event->competing_tx_witness = part_bytes(r);
}

static void
decode_in_flight_exit_challenge_responded(struct contract_event *out,
					  struct event_reader *r)
{
	struct in_flight_exit_challenge_responded_event *event =
		&out->as.in_flight_exit_challenge_responded;
	event->challenger = topic_address(r);
	event->transaction_hash = topic(r);
	event->position = as_position(word(r), &r->bad_data);
}

static void decode_in_flight_exit_withdrawn(struct contract_event *out,
					    struct event_reader *r)
{
	out->as.in_flight_exit_withdrawn.exit_id = topic_exit_id(r);
	out->as.in_flight_exit_withdrawn.index =
		word_index(r, PROTOCOL_MAX_INPUTS - 1);
}

static void decode_in_flight_exit_omitted(struct contract_event *out,
					  struct event_reader *r)
{
	out->as.in_flight_exit_omitted.exit_id = topic_exit_id(r);
	out->as.in_flight_exit_omitted.token = word_token(r);
}

static void decode_bond_updated(struct contract_event *out,
				struct event_reader *r)
{
	out->as.bond_updated.bond_wei = word_bond(r);
	out->as.bond_updated.bounty_wei = word_bond(r);
}

static void decode_ife_bond_updated(struct contract_event *out,
				    struct event_reader *r)
{
	out->as.bond_updated.bond_wei = word_bond(r);
	out->as.bond_updated.bounty_wei = amount_zero();
}

static void decode_vault_registered(struct contract_event *out,
				    struct event_reader *r)
{
	out->as.vault_registered.vault_id = word_u256(r);
	out->as.vault_registered.vault = word_address(r);
}

static void decode_exit_game_registered(struct contract_event *out,
					struct event_reader *r)
{
	out->as.exit_game_registered.tx_type = word_u256(r);
	out->as.exit_game_registered.exit_game = word_address(r);
	out->as.exit_game_registered.protocol =
		(uint8_t)as_number(word(r), UINT8_MAX, &r->bad_data);
}

static void decode_deposit_verifier(struct contract_event *out,
				    struct event_reader *r)
{
	out->as.deposit_verifier.verifier = word_address(r);
}

static void decode_ownership(struct contract_event *out, struct event_reader *r)
{
	out->as.ownership.previous_owner = topic_address(r);
	out->as.ownership.next_owner = topic_address(r);
}

/* ---- the table ---- */

#define FRAMEWORK CONTRACT_ROLE_FRAMEWORK
#define ETH_VAULT CONTRACT_ROLE_ETH_VAULT
#define ERC20_VAULT CONTRACT_ROLE_ERC20_VAULT
#define EXIT_GAME CONTRACT_ROLE_EXIT_GAME
#define VAULTS (ETH_VAULT | ERC20_VAULT)
#define PAYERS (VAULTS | EXIT_GAME)

struct event_form {
	const char *name;
	const char *signature;
	const char *topic; /* keccak256 of the signature, in hex */
	unsigned int emitters;
	size_t topic_count;
	event_decoder *decode;
};

#define EVENT(kind, name, parameters, emitters, topics, decode, topic)         \
	[CONTRACT_EVENT_##kind] = { name,     name parameters, topic,          \
				    emitters, topics,	       decode }

/* Held against keccak256 of the signatures by a test. */
static const struct event_form forms[CONTRACT_EVENT_KIND_COUNT] = {
	EVENT(UNKNOWN, "unknown", "", 0, 0, NULL, ""),
	EVENT(BLOCK_SUBMITTED, "BlockSubmitted", "(uint256)", FRAMEWORK, 1,
	      decode_block_submitted,
	      "5a978f4723b249ccf79cd7a658a8601c"
	      "e1ff8b89fc770251a6be35216351ce32"),
	EVENT(BLOCK_ROOT_SUBMITTED, "BlockRootSubmitted", "(uint256,bytes32)",
	      FRAMEWORK, 2, decode_block_root_submitted,
	      "5f43678597f8ffef8d6bb3363bdac97d"
	      "add9f7f82a673fbd482ff661ec2372ba"),
	EVENT(DEPOSIT_CREATED, "DepositCreated",
	      "(address,uint256,address,uint256)", VAULTS, 4,
	      decode_deposit_created,
	      "18569122d84f30025bb8dffb33563f1b"
	      "dbfb9637f21552b11b8305686e9cb307"),
	EVENT(ETH_WITHDRAWN, "EthWithdrawn", "(address,uint256)", ETH_VAULT, 2,
	      decode_account_amount,
	      "8455ae6be5d92f1df1c3c1484388e247"
	      "a36c7e60d72055ae216dbc258f257d4b"),
	EVENT(ERC20_WITHDRAWN, "Erc20Withdrawn", "(address,address,uint256)",
	      ERC20_VAULT, 3, decode_account_token_amount,
	      "cd43b20ab5058a2a0a057681c9d3754a"
	      "a8971fe74dacc8b6e4be0a49dae13101"),
	EVENT(WITHDRAW_FAILED, "WithdrawFailed", "(address,uint256)", ETH_VAULT,
	      2, decode_account_amount,
	      "a2269912b47133fae1d7f448c9284ea2"
	      "48951ac29b8c7c41d301f8721a38d10d"),
	EVENT(EXIT_QUEUE_ADDED, "ExitQueueAdded", "(uint256,address)",
	      FRAMEWORK, 1, decode_exit_queue_added,
	      "0a925273fd754a41a580f8214815d5ae"
	      "8a37367f561b3bd9d91a96730a418a17"),
	EVENT(EXIT_QUEUED, "ExitQueued", "(uint168,uint256)", FRAMEWORK, 2,
	      decode_exit_queued,
	      "ff8bed3fbf0c1a01d8a5fbac133a08b7"
	      "2f688d495d836354820c1ecc41cc76b8"),
	EVENT(PROCESSED_EXITS_NUM, "ProcessedExitsNum",
	      "(uint256,uint256,address)", FRAMEWORK, 1,
	      decode_processed_exits_num,
	      "7e35599fe450e626673ce6c37179ef98"
	      "20aed16f76c1b350618ef7a612d13005"),
	EVENT(EXIT_STARTED, "ExitStarted", "(address,uint168,uint256,bytes)",
	      EXIT_GAME, 2, decode_exit_started,
	      "be1fcee8d584647b0ce80e56f62c950e"
	      "0cb2126418f52cc052a665e5f85a5d93"),
	EVENT(EXIT_CHALLENGED, "ExitChallenged", "(uint256)", EXIT_GAME, 2,
	      decode_exit_challenged,
	      "5dfba526c59b25f899f935c5b0d5b873"
	      "9e97e4d89c38c158eca3192ea34b87d8"),
	EVENT(EXIT_FINALIZED, "ExitFinalized", "(uint168)", EXIT_GAME, 2,
	      decode_exit_ended,
	      "70e52502e7b0d293b1482362622a6c35"
	      "6bb815e59c3f258858a7abb444193f0d"),
	EVENT(EXIT_OMITTED, "ExitOmitted", "(uint168)", EXIT_GAME, 2,
	      decode_exit_ended,
	      "3158c5080ca9c209c750403d24ad237f"
	      "ed4bf4918db5d010b62de1f3370fb3e0"),
	EVENT(IN_FLIGHT_EXIT_STARTED, "InFlightExitStarted",
	      "(address,bytes32,bytes,uint256[],bytes[],bytes[])", EXIT_GAME, 3,
	      decode_in_flight_exit_started,
	      "9650546f63f8c929f52c753e240b0ee1"
	      "e90d3af599016f3db6ff97066e0bd0f1"),
	EVENT(IN_FLIGHT_EXIT_INPUT_PIGGYBACKED, "InFlightExitInputPiggybacked",
	      "(address,bytes32,uint16)", EXIT_GAME, 3,
	      decode_in_flight_exit_slot,
	      "a93c0e9b202feaf554acf6ef1185b898"
	      "c9f214da16e51740b06b5f7487b018e5"),
	EVENT(IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED,
	      "InFlightExitOutputPiggybacked", "(address,bytes32,uint16)",
	      EXIT_GAME, 3, decode_in_flight_exit_slot,
	      "6ecd8e79a5f67f6c12b54371ada2ffb4"
	      "1bc128c61d9ac1e969f0aa2aca46cd78"),
	EVENT(IN_FLIGHT_EXIT_CHALLENGED, "InFlightExitChallenged",
	      "(address,bytes32,uint256,uint16,bytes,uint16,bytes)", EXIT_GAME,
	      3, decode_in_flight_exit_challenged,
	      "8d80eb4f245f436d007299a3a1ba7abf"
	      "25588af9cdcf918b697a8b6455272d58"),
	EVENT(IN_FLIGHT_EXIT_CHALLENGE_RESPONDED,
	      "InFlightExitChallengeResponded", "(address,bytes32,uint256)",
	      EXIT_GAME, 3, decode_in_flight_exit_challenge_responded,
	      "637cc4a7148767df19331a5c7dfb6d31"
	      "f0a7e159a3dbb28a716be18c8c74f768"),
	EVENT(IN_FLIGHT_EXIT_INPUT_BLOCKED, "InFlightExitInputBlocked",
	      "(address,bytes32,uint16)", EXIT_GAME, 3,
	      decode_in_flight_exit_slot,
	      "4794045885b2e249895bc730deb7caed"
	      "c2e6b4b49d56ccd696b69d1f4944b8ec"),
	EVENT(IN_FLIGHT_EXIT_OUTPUT_BLOCKED, "InFlightExitOutputBlocked",
	      "(address,bytes32,uint16)", EXIT_GAME, 3,
	      decode_in_flight_exit_slot,
	      "cbe8dad2e7fcbfe0dcba2f9b2e44f122"
	      "c66cd26dc0808a0f7e9ec41e4fe285bf"),
	EVENT(IN_FLIGHT_EXIT_INPUT_WITHDRAWN, "InFlightExitInputWithdrawn",
	      "(uint168,uint16)", EXIT_GAME, 2, decode_in_flight_exit_withdrawn,
	      "200e0a44848146751892cb59f95c6088"
	      "655224ee9737bfcab17b2110d73b488c"),
	EVENT(IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN, "InFlightExitOutputWithdrawn",
	      "(uint168,uint16)", EXIT_GAME, 2, decode_in_flight_exit_withdrawn,
	      "3dcc2251cfab3eb0f6c76eec13346767"
	      "d46ed18e7277f4826d3ef0c033fe6959"),
	EVENT(IN_FLIGHT_EXIT_FINALIZED, "InFlightExitFinalized", "(uint168)",
	      EXIT_GAME, 2, decode_exit_ended,
	      "efe866c7e4ff37640e0e410c30042c59"
	      "3c6e87111eb4b8aca95f03b4ec6415a8"),
	EVENT(IN_FLIGHT_EXIT_OMITTED, "InFlightExitOmitted",
	      "(uint168,address)", EXIT_GAME, 2, decode_in_flight_exit_omitted,
	      "102bf5c574615b4d28ed3e4dac7f5d99"
	      "883c9634f4cd7893f33c0e56e854b97e"),
	EVENT(IN_FLIGHT_EXIT_DELETED, "InFlightExitDeleted", "(uint168)",
	      EXIT_GAME, 2, decode_exit_ended,
	      "08c8ce0b90361de12348d9d765286dd6"
	      "61d722dc06e5e13672f80afd3af002c4"),
	EVENT(BOND_RETURN_FAILED, "BondReturnFailed", "(address,uint256)",
	      EXIT_GAME, 2, decode_account_amount,
	      "c128a1281b55cd407680883dcfc3d0ff"
	      "fb69ec5176f175cefa465d34968547e8"),
	EVENT(BOUNTY_RETURN_FAILED, "BountyReturnFailed", "(address,uint256)",
	      EXIT_GAME, 2, decode_account_amount,
	      "3284ab3df4ccd704382568ca3d723e7d"
	      "3963035fe594998925159e1528cd61ab"),
	EVENT(IN_FLIGHT_BOND_RETURN_FAILED, "InFlightBondReturnFailed",
	      "(address,uint256)", EXIT_GAME, 2, decode_account_amount,
	      "6e9bc14d15fc350181ead2878efb011f"
	      "527c6984ebf42e3c0dbf72a2d5edc9f2"),
	EVENT(IN_FLIGHT_BOUNTY_RETURN_FAILED, "InFlightBountyReturnFailed",
	      "(address,uint256)", EXIT_GAME, 2, decode_account_amount,
	      "bcb5b7e69b0e45e3b81abdac084e1428"
	      "e191586ee82332e056e6df21a894badc"),
	EVENT(STANDARD_EXIT_BOND_UPDATED, "StandardExitBondUpdated",
	      "(uint128,uint128)", EXIT_GAME, 1, decode_bond_updated,
	      "496fbb8e98212135812fbac67eed9bd5"
	      "cd43620583d535cfb087ff6a7582211f"),
	EVENT(IFE_BOND_UPDATED, "IFEBondUpdated", "(uint128)", EXIT_GAME, 1,
	      decode_ife_bond_updated,
	      "63ccac61f03626a0e717e96da239ff89"
	      "96745b6c4ddcaffdedc88d7ef938f5ec"),
	EVENT(PIGGYBACK_BOND_UPDATED, "PiggybackBondUpdated",
	      "(uint128,uint128)", EXIT_GAME, 1, decode_bond_updated,
	      "186bb3a0980e8f7a0469cdf4e6bb7371"
	      "babcffcce7d823ceb040a26bdf5df91f"),
	EVENT(VAULT_REGISTERED, "VaultRegistered", "(uint256,address)",
	      FRAMEWORK, 1, decode_vault_registered,
	      "7051aac27f9b76ec8f37bd5796f2dcf4"
	      "02bd840a1c45c952a6eeb0e11bde0996"),
	EVENT(EXIT_GAME_REGISTERED, "ExitGameRegistered",
	      "(uint256,address,uint8)", FRAMEWORK, 1,
	      decode_exit_game_registered,
	      "0ceb02f7474c01f5959171cead2f5fb2"
	      "a44d9c16fe480725a2110b601b19db82"),
	EVENT(SET_DEPOSIT_VERIFIER_CALLED, "SetDepositVerifierCalled",
	      "(address)", VAULTS, 1, decode_deposit_verifier,
	      "11e5a7570e0de4b31179f8c9cf5e8a1e"
	      "6cfd23731ec7a5a06e3006d71dd321fd"),
	EVENT(CREDIT_ADDED, "CreditAdded", "(address,address,uint256)", PAYERS,
	      3, decode_account_token_amount,
	      "39b4e60aa451b822332bf55532a880f1"
	      "1d59a1b401efd7ee18a404f637910775"),
	EVENT(CREDIT_CLAIMED, "CreditClaimed",
	      "(address,address,address,uint256)", PAYERS, 3,
	      decode_credit_claimed,
	      "18703effbcb86fc70dd81daf4783ddd3"
	      "f73d0b8318a097269a56b7c1825be776"),
	EVENT(MINIMUM_DEPOSIT_UPDATED, "MinimumDepositUpdated",
	      "(address,uint256)", VAULTS, 2, decode_minimum_deposit_updated,
	      "f0e28330ffbe819e29a41bfd76538529"
	      "b9ac5b51651631da843897e68e3b36c4"),
	EVENT(SHORTFALL, "Shortfall", "(address,address,uint256)", VAULTS, 3,
	      decode_account_token_amount,
	      "3118bd429e57b6ef531301e04353f2fe"
	      "9c7a3526150ddf54ba2a41c77f5d8725"),
	EVENT(OWNERSHIP_TRANSFER_STARTED, "OwnershipTransferStarted",
	      "(address,address)", FRAMEWORK, 3, decode_ownership,
	      "38d16b8cac22d99fc7c124b9cd0de2d3"
	      "fa1faef420bfe791d8c362d765e22700"),
	EVENT(OWNERSHIP_TRANSFERRED, "OwnershipTransferred",
	      "(address,address)", FRAMEWORK, 3, decode_ownership,
	      "8be0079c531659141344cd1fd0a4f284"
	      "19497f9722a3daafe3b4186f6b6457e0"),
};

/* UNKNOWN if it is none of ours. */
static enum contract_event_kind kind_of(const struct hash *first)
{
	char text[2 * sizeof(first->bytes) + 1];
	hex_encode_bare(text, bytes_view(first->bytes, sizeof(first->bytes)));
	for (size_t i = 1; i < CONTRACT_EVENT_KIND_COUNT; i++)
		if (strcmp(text, forms[i].topic) == 0)
			return (enum contract_event_kind)i;
	return CONTRACT_EVENT_UNKNOWN;
}

static const struct event_form *form_of(enum contract_event_kind kind)
{
	assert((unsigned int)kind < CONTRACT_EVENT_KIND_COUNT);
	return &forms[kind];
}

struct hash contract_event_topic(enum contract_event_kind kind)
{
	struct hash first = { { 0 } };
	if (kind != CONTRACT_EVENT_UNKNOWN) {
		bool read = hex_decode_bare(first.bytes, sizeof(first.bytes),
					    form_of(kind)->topic,
					    2 * sizeof(first.bytes));
		assert(read);
	}
	return first;
}

const char *contract_event_name(enum contract_event_kind kind)
{
	return form_of(kind)->name;
}

const char *contract_event_signature(enum contract_event_kind kind)
{
	return form_of(kind)->signature;
}

bool contract_event_governance(const char **what, struct address *who,
			       const struct contract_event *event)
{
	if (event->kind == CONTRACT_EVENT_VAULT_REGISTERED) {
		*what = "vault";
		*who = event->as.vault_registered.vault;
	} else if (event->kind == CONTRACT_EVENT_EXIT_GAME_REGISTERED) {
		*what = "exit_game";
		*who = event->as.exit_game_registered.exit_game;
	} else if (event->kind == CONTRACT_EVENT_SET_DEPOSIT_VERIFIER_CALLED) {
		*what = "deposit_verifier";
		*who = event->as.deposit_verifier.verifier;
	} else if (event->kind == CONTRACT_EVENT_OWNERSHIP_TRANSFER_STARTED ||
		   event->kind == CONTRACT_EVENT_OWNERSHIP_TRANSFERRED) {
		*what = "maintainer";
		*who = event->as.ownership.next_owner;
	} else {
		return false;
	}
	return true;
}

bool contract_event_is_bond(enum contract_event_kind kind)
{
	return kind == CONTRACT_EVENT_STANDARD_EXIT_BOND_UPDATED ||
	       kind == CONTRACT_EVENT_IFE_BOND_UPDATED ||
	       kind == CONTRACT_EVENT_PIGGYBACK_BOND_UPDATED;
}

unsigned int contract_event_emitters(enum contract_event_kind kind)
{
	return form_of(kind)->emitters;
}

enum contract_event_verdict contract_event_decode(struct contract_event *out,
						  const struct eth_log *log)
{
	struct contract_event event = { .kind = CONTRACT_EVENT_UNKNOWN };
	*out = event;
	if (log->topic_count == 0)
		return CONTRACT_EVENT_VALID;
	event.kind = kind_of(&log->topics[0]);
	if (event.kind == CONTRACT_EVENT_UNKNOWN)
		return CONTRACT_EVENT_VALID;
	if (log->topic_count != forms[event.kind].topic_count)
		return CONTRACT_EVENT_BAD_TOPIC_COUNT;
	struct event_reader reader = {
		.log = log,
		.next_topic = 1,
		.data = cursor_of(log->data),
	};
	forms[event.kind].decode(&event, &reader);
	if (reader.bad_topic)
		return CONTRACT_EVENT_BAD_TOPIC;
	if (reader.bad_data || !cursor_finished(&reader.data))
		return CONTRACT_EVENT_BAD_DATA;
	*out = event;
	return CONTRACT_EVENT_VALID;
}
