/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_CONTRACT_EVENTS_H
#define PLASMA_COMMON_ETHEREUM_CONTRACT_EVENTS_H

/*
 * Every event of the contracts (protocol.md 14.2 and 14.5), decoded strictly
 * from a log: number of topics, padding of each word, offsets and lengths. Who
 * emitted the log is not judged here; see contract_event_emitters().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/u256.h"
#include "common/chain/amount.h"
#include "common/chain/exit_id.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "common/ethereum/eth_log.h"

/* The numbers are stored. */
enum contract_event_kind {
	CONTRACT_EVENT_UNKNOWN = 0, /* no topic, or one of no event of ours */
	CONTRACT_EVENT_BLOCK_SUBMITTED = 1,
	CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED = 2,
	CONTRACT_EVENT_DEPOSIT_CREATED = 3,
	CONTRACT_EVENT_ETH_WITHDRAWN = 4,
	CONTRACT_EVENT_ERC20_WITHDRAWN = 5,
	CONTRACT_EVENT_WITHDRAW_FAILED = 6,
	CONTRACT_EVENT_EXIT_QUEUE_ADDED = 7,
	CONTRACT_EVENT_EXIT_QUEUED = 8,
	CONTRACT_EVENT_PROCESSED_EXITS_NUM = 9,
	CONTRACT_EVENT_EXIT_STARTED = 10,
	CONTRACT_EVENT_EXIT_CHALLENGED = 11,
	CONTRACT_EVENT_EXIT_FINALIZED = 12,
	CONTRACT_EVENT_EXIT_OMITTED = 13,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED = 14,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED = 15,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED = 16,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED = 17,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGE_RESPONDED = 18,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_BLOCKED = 19,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED = 20,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN = 21,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN = 22,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_FINALIZED = 23,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_OMITTED = 24,
	CONTRACT_EVENT_IN_FLIGHT_EXIT_DELETED = 25,
	CONTRACT_EVENT_BOND_RETURN_FAILED = 26,
	CONTRACT_EVENT_BOUNTY_RETURN_FAILED = 27,
	CONTRACT_EVENT_IN_FLIGHT_BOND_RETURN_FAILED = 28,
	CONTRACT_EVENT_IN_FLIGHT_BOUNTY_RETURN_FAILED = 29,
	CONTRACT_EVENT_STANDARD_EXIT_BOND_UPDATED = 30,
	CONTRACT_EVENT_IFE_BOND_UPDATED = 31,
	CONTRACT_EVENT_PIGGYBACK_BOND_UPDATED = 32,
	CONTRACT_EVENT_VAULT_REGISTERED = 33,
	CONTRACT_EVENT_EXIT_GAME_REGISTERED = 34,
	CONTRACT_EVENT_SET_DEPOSIT_VERIFIER_CALLED = 35,
	CONTRACT_EVENT_CREDIT_ADDED = 36,
	CONTRACT_EVENT_CREDIT_CLAIMED = 37,
	CONTRACT_EVENT_MINIMUM_DEPOSIT_UPDATED = 38,
	CONTRACT_EVENT_SHORTFALL = 39,
	CONTRACT_EVENT_OWNERSHIP_TRANSFER_STARTED = 40,
	CONTRACT_EVENT_OWNERSHIP_TRANSFERRED = 41
};
#define CONTRACT_EVENT_KIND_COUNT 42

/* Who emits an event, as bits. */
enum contract_role {
	CONTRACT_ROLE_FRAMEWORK = 1,
	CONTRACT_ROLE_ETH_VAULT = 2,
	CONTRACT_ROLE_ERC20_VAULT = 4,
	CONTRACT_ROLE_EXIT_GAME = 8
};

/* Views in these structs borrow from the data of the log. */

struct block_submitted_event {
	uint64_t blknum;
};

struct block_root_submitted_event {
	uint64_t blknum;
	struct hash root;
};

struct deposit_created_event {
	struct address depositor;
	uint64_t blknum;
	struct token token;
	struct amount amount;
};

/* ETH_WITHDRAWN, ERC20_WITHDRAWN, WITHDRAW_FAILED, the four *_RETURN_FAILED,
 * CREDIT_ADDED and SHORTFALL: an amount of a token concerns an account. The
 * token is zero where the event has none. */
struct account_amount_event {
	struct address account;
	struct token token;
	struct amount amount;
};

struct credit_claimed_event {
	struct address owner;
	struct token token;
	struct address to;
	struct amount amount;
};

struct minimum_deposit_updated_event {
	struct token token;
	struct amount amount;
};

struct exit_queue_added_event {
	struct u256 vault_id;
	struct token token;
};

struct exit_queued_event {
	struct exit_id exit_id;
	struct u256 priority;
};

struct processed_exits_num_event {
	struct u256 processed;
	struct u256 vault_id;
	struct token token;
};

struct exit_started_event {
	struct address owner;
	struct exit_id exit_id;
	struct position position;
	struct bytes output_tx; /* raw transaction */
};

struct exit_challenged_event {
	struct position position;
};

/* EXIT_FINALIZED, EXIT_OMITTED, IN_FLIGHT_EXIT_FINALIZED and _DELETED. */
struct exit_ended_event {
	struct exit_id exit_id;
};

struct in_flight_exit_started_event {
	struct address initiator;
	struct hash transaction_hash;
	struct bytes in_flight_tx;
	size_t input_count; /* the same for the three arrays */
	struct position input_positions[PROTOCOL_MAX_INPUTS];
	struct bytes witnesses[PROTOCOL_MAX_INPUTS];
	struct bytes input_txs[PROTOCOL_MAX_INPUTS];
};

/* The two *_PIGGYBACKED and the two *_BLOCKED. */
struct in_flight_exit_slot_event {
	struct address account; /* exit target, or challenger */
	struct hash transaction_hash;
	uint16_t index; /* 0 to 4 */
};

struct in_flight_exit_challenged_event {
	struct address challenger;
	struct hash transaction_hash;
	bool competitor_included; /* else competitor_position is zero */
	struct position competitor_position;
	uint16_t input_index;
	struct bytes competing_tx;
	uint16_t competing_tx_input_index;
	struct bytes competing_tx_witness;
};

struct in_flight_exit_challenge_responded_event {
	struct address challenger;
	struct hash transaction_hash;
	struct position position;
};

/* The two *_WITHDRAWN. */
struct in_flight_exit_withdrawn_event {
	struct exit_id exit_id;
	uint16_t index; /* 0 to 4 */
};

struct in_flight_exit_omitted_event {
	struct exit_id exit_id;
	struct token token;
};

/* The three *_BOND_UPDATED; no bounty for the in-flight exit bond. */
struct bond_updated_event {
	struct amount bond_wei;
	struct amount bounty_wei;
};

struct vault_registered_event {
	struct u256 vault_id;
	struct address vault;
};

struct exit_game_registered_event {
	struct u256 tx_type;
	struct address exit_game;
	uint8_t protocol;
};

struct deposit_verifier_event {
	struct address verifier;
};

/* The two OWNERSHIP_*. */
struct ownership_event {
	struct address previous_owner;
	struct address next_owner;
};

struct contract_event {
	enum contract_event_kind kind; /* says which member holds */
	union {
		struct block_submitted_event block_submitted;
		struct block_root_submitted_event block_root_submitted;
		struct deposit_created_event deposit_created;
		struct account_amount_event account_amount;
		struct credit_claimed_event credit_claimed;
		struct minimum_deposit_updated_event minimum_deposit_updated;
		struct exit_queue_added_event exit_queue_added;
		struct exit_queued_event exit_queued;
		struct processed_exits_num_event processed_exits_num;
		struct exit_started_event exit_started;
		struct exit_challenged_event exit_challenged;
		struct exit_ended_event exit_ended;
		struct in_flight_exit_started_event in_flight_exit_started;
		struct in_flight_exit_slot_event in_flight_exit_slot;
		struct in_flight_exit_challenged_event
			in_flight_exit_challenged;
		struct in_flight_exit_challenge_responded_event
			in_flight_exit_challenge_responded;
		struct in_flight_exit_withdrawn_event in_flight_exit_withdrawn;
		struct in_flight_exit_omitted_event in_flight_exit_omitted;
		struct bond_updated_event bond_updated;
		struct vault_registered_event vault_registered;
		struct exit_game_registered_event exit_game_registered;
		struct deposit_verifier_event deposit_verifier;
		struct ownership_event ownership;
	} as;
};

enum contract_event_verdict {
	CONTRACT_EVENT_VALID,
	CONTRACT_EVENT_BAD_TOPIC_COUNT, /* more or fewer than the event has */
	CONTRACT_EVENT_BAD_TOPIC,	/* an indexed value out of its range */
	CONTRACT_EVENT_BAD_DATA /* a word out of its range, an offset or a
				   length that is not the one encoders write */
};

/* Decodes the log. A log that is no event of ours is valid, of kind UNKNOWN. */
NODISCARD enum contract_event_verdict
contract_event_decode(struct contract_event *out, const struct eth_log *log);

/* The first topic of a kind; all zero for UNKNOWN. */
struct hash contract_event_topic(enum contract_event_kind kind);

/* "DepositCreated"; "unknown" for UNKNOWN. */
const char *contract_event_name(enum contract_event_kind kind);

/* "DepositCreated(address,uint256,address,uint256)"; "unknown" for UNKNOWN. */
const char *contract_event_signature(enum contract_event_kind kind);

/* What the maintainer changes with an event, as a word, and who comes: a
 * "vault", an "exit_game", a "deposit_verifier" or a "maintainer". False for
 * events of other kinds (governance_change of protocol.md 11). */
bool contract_event_governance(const char **what, struct address *who,
			       const struct contract_event *event);

/* True for the three that announce another bond (bond_change). */
bool contract_event_is_bond(enum contract_event_kind kind);

/* The enum contract_role bits of those that emit the kind. */
unsigned int contract_event_emitters(enum contract_event_kind kind);

#endif
