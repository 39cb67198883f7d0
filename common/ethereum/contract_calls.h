/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_CONTRACT_CALLS_H
#define PLASMA_COMMON_ETHEREUM_CONTRACT_CALLS_H

/*
 * Calls of the contracts (protocol.md 14): call data of what programs send and
 * ask, and what the answers of the views mean. Encoders append to a buffer,
 * which remembers if its ceiling was too low. Decoders take exactly the bytes
 * that a contract returns and refuse everything else.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/base/u256.h"
#include "common/chain/amount.h"
#include "common/chain/exit_id.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"

/* Longer than any call below but submitBlocks(). */
#define CONTRACT_CALL_MAX_LEN 32768

/* ---- PlasmaFramework ---- */

void contract_call_submit_block(struct growing_buffer *out,
				const struct hash *root);
void contract_call_submit_blocks(struct growing_buffer *out,
				 uint64_t first_blknum,
				 const struct hash *roots, size_t count);
void contract_call_add_exit_queue(struct growing_buffer *out, uint8_t vault_id,
				  const struct token *token);

/* processExits(vaultId, token, 0, max, senderData of the caller). */
void contract_call_process_exits(struct growing_buffer *out, uint8_t vault_id,
				 const struct token *token, uint64_t max,
				 const struct address *caller);

/* As above but only if `top` stands at the head of the queue; zero: any. */
void contract_call_process_exits_from(struct growing_buffer *out,
				      uint8_t vault_id,
				      const struct token *token,
				      const struct exit_id *top, uint64_t max,
				      const struct hash *sender_data);
void contract_call_register_vault(struct growing_buffer *out, uint8_t vault_id,
				  const struct address *vault);
void contract_call_register_exit_game(struct growing_buffer *out,
				      uint64_t tx_type,
				      const struct address *exit_game,
				      uint8_t protocol);
void contract_call_set_version(struct growing_buffer *out, const char *version);
void contract_call_transfer_ownership(struct growing_buffer *out,
				      const struct address *owner);
void contract_call_accept_ownership(struct growing_buffer *out);

/* ---- vaults ---- */

/* deposit(bytes) of both vaults; `raw` is the deposit transaction. */
void contract_call_deposit(struct growing_buffer *out, struct bytes raw);
void contract_call_set_deposit_verifier(struct growing_buffer *out,
					const struct address *verifier);
void contract_call_set_minimum_deposit(struct growing_buffer *out,
				       const struct token *token,
				       struct amount minimum);

/* claimCredit(to) of EthVault and PaymentExitGame. */
void contract_call_claim_credit(struct growing_buffer *out,
				const struct address *to);

/* claimCredit(token, to) of Erc20Vault. */
void contract_call_claim_token_credit(struct growing_buffer *out,
				      const struct token *token,
				      const struct address *to);

/* ---- PaymentExitGame: standard exits ---- */

/* `proof` has 512 bytes. */
void contract_call_start_standard_exit(struct growing_buffer *out,
				       struct position position,
				       struct bytes output_tx,
				       struct bytes proof);

struct challenge_standard_exit {
	struct exit_id exit_id;
	struct bytes exiting_tx;
	struct bytes challenge_tx;
	uint16_t input_index;
	struct bytes witness;
	struct hash sender_data;
};

void contract_call_challenge_standard_exit(
	struct growing_buffer *out, const struct challenge_standard_exit *call);

/* ---- PaymentExitGame: in-flight exits ---- */

struct start_in_flight_exit {
	struct bytes in_flight_tx;
	size_t input_count; /* of each of the four arrays */
	struct bytes input_txs[PROTOCOL_MAX_INPUTS];
	struct position input_positions[PROTOCOL_MAX_INPUTS];
	struct bytes input_proofs[PROTOCOL_MAX_INPUTS];
	struct bytes witnesses[PROTOCOL_MAX_INPUTS];
};

void contract_call_start_in_flight_exit(
	struct growing_buffer *out, const struct start_in_flight_exit *call);

void contract_call_piggyback_on_input(struct growing_buffer *out,
				      struct bytes in_flight_tx,
				      uint16_t input_index);
void contract_call_piggyback_on_output(struct growing_buffer *out,
				       struct bytes in_flight_tx,
				       uint16_t output_index);

struct challenge_not_canonical {
	struct bytes input_tx;
	struct position input_position;
	struct bytes in_flight_tx;
	uint16_t in_flight_tx_input_index;
	struct bytes competing_tx;
	uint16_t competing_tx_input_index;
	bool competing_tx_included; /* else position and proof are left out */
	struct position competing_tx_position; /* output 0 */
	struct bytes competing_tx_proof;
	struct bytes competing_tx_witness;
};

void contract_call_challenge_not_canonical(
	struct growing_buffer *out, const struct challenge_not_canonical *call);

void contract_call_respond_to_challenge(struct growing_buffer *out,
					struct bytes in_flight_tx,
					struct position position,
					struct bytes proof);

struct challenge_input_spent {
	struct bytes in_flight_tx;
	uint16_t in_flight_tx_input_index;
	struct bytes challenging_tx;
	uint16_t challenging_tx_input_index;
	struct bytes challenging_tx_witness;
	struct bytes input_tx;
	struct position input_position;
	struct hash sender_data;
};

void contract_call_challenge_input_spent(
	struct growing_buffer *out, const struct challenge_input_spent *call);

struct challenge_output_spent {
	struct bytes in_flight_tx;
	struct bytes in_flight_tx_proof;
	struct position output_position;
	struct bytes challenging_tx;
	uint16_t challenging_tx_input_index;
	struct bytes challenging_tx_witness;
	struct hash sender_data;
};

void contract_call_challenge_output_spent(
	struct growing_buffer *out, const struct challenge_output_spent *call);

void contract_call_delete_in_flight_exit(struct growing_buffer *out,
					 const struct exit_id *exit_id);

/* ---- PaymentExitGame and registry: set-up ---- */

void contract_call_init(struct growing_buffer *out);
void contract_call_update_standard_exit_bond(struct growing_buffer *out,
					     struct amount bond_wei,
					     struct amount bounty_wei);
void contract_call_update_ife_bond(struct growing_buffer *out,
				   struct amount bond_wei);
void contract_call_update_piggyback_bond(struct growing_buffer *out,
					 struct amount bond_wei,
					 struct amount bounty_wei);
void contract_call_register_spending_condition(struct growing_buffer *out,
					       uint64_t output_type,
					       uint64_t spending_tx_type,
					       const struct address *condition);
void contract_call_renounce_ownership(struct growing_buffer *out);

/* ---- ERC-20 ---- */

void contract_call_approve(struct growing_buffer *out,
			   const struct address *spender, struct amount amount);
void contract_call_transfer(struct growing_buffer *out,
			    const struct address *to, struct amount amount);
void contract_call_balance_of(struct growing_buffer *out,
			      const struct address *owner);
void contract_call_allowance(struct growing_buffer *out,
			     const struct address *owner,
			     const struct address *spender);

/* ---- views ---- */

/* Views without an argument. */
enum contract_view {
	CONTRACT_VIEW_NEXT_CHILD_BLOCK,	    /* framework, number */
	CONTRACT_VIEW_NEXT_DEPOSIT,	    /* framework, number */
	CONTRACT_VIEW_NEXT_DEPOSIT_BLOCK,   /* framework, number */
	CONTRACT_VIEW_CHILD_BLOCK_INTERVAL, /* framework, number */
	CONTRACT_VIEW_MIN_EXIT_PERIOD,	    /* framework, seconds */
	CONTRACT_VIEW_EXTENSIONS,	    /* framework, bits */
	CONTRACT_VIEW_AUTHORITY,	    /* framework, address */
	CONTRACT_VIEW_MAINTAINER,	    /* framework, address */
	CONTRACT_VIEW_OWNER,		    /* framework, address */
	CONTRACT_VIEW_PENDING_OWNER,	    /* framework, address */
	CONTRACT_VIEW_VERSION,		    /* framework, string */
	CONTRACT_VIEW_STANDARD_EXIT_BOND,   /* exit game, wei */
	CONTRACT_VIEW_STANDARD_EXIT_BOUNTY, /* exit game, wei */
	CONTRACT_VIEW_IFE_BOND,		    /* exit game, wei */
	CONTRACT_VIEW_PIGGYBACK_BOND,	    /* exit game, wei */
	CONTRACT_VIEW_PIGGYBACK_BOUNTY,	    /* exit game, wei */
	CONTRACT_VIEW_DEPOSIT_VERIFIER,	    /* vault, address in effect */
	CONTRACT_VIEW_HEAP_LIST,	    /* queue, priorities */
	CONTRACT_VIEW_QUEUE_SIZE	    /* queue, number */
};

void contract_call_view(struct growing_buffer *out, enum contract_view view);

void contract_call_blocks(struct growing_buffer *out, uint64_t blknum);
void contract_call_is_deposit(struct growing_buffer *out, uint64_t blknum);
void contract_call_vaults(struct growing_buffer *out, uint64_t vault_id);
void contract_call_exit_games(struct growing_buffer *out, uint64_t tx_type);
void contract_call_protocols(struct growing_buffer *out, uint64_t tx_type);
void contract_call_is_exit_game_safe(struct growing_buffer *out,
				     const struct address *exit_game);
void contract_call_has_exit_queue(struct growing_buffer *out, uint8_t vault_id,
				  const struct token *token);
void contract_call_exits_queues(struct growing_buffer *out,
				const struct hash *queue_key);
void contract_call_get_next_exit(struct growing_buffer *out, uint8_t vault_id,
				 const struct token *token);
void contract_call_is_output_finalized(struct growing_buffer *out,
				       const struct hash *output_id);
void contract_call_outputs_finalizations(struct growing_buffer *out,
					 const struct hash *output_id);
void contract_call_minimum_deposit(struct growing_buffer *out,
				   const struct token *token);

/* creditOf(owner) of EthVault and PaymentExitGame. */
void contract_call_credit_of(struct growing_buffer *out,
			     const struct address *owner);

/* creditOf(owner, token) of Erc20Vault. */
void contract_call_token_credit_of(struct growing_buffer *out,
				   const struct address *owner,
				   const struct token *token);
void contract_call_total_credits(struct growing_buffer *out,
				 const struct token *token);
void contract_call_in_flight_exit_due_at(struct growing_buffer *out,
					 const struct exit_id *exit_id,
					 const struct token *token);

/* Records of exits; at most CONTRACT_CALL_MAX_IDS ids in one call. */
#define CONTRACT_CALL_MAX_IDS 256
void contract_call_standard_exits(struct growing_buffer *out,
				  const struct exit_id *ids, size_t count);
void contract_call_in_flight_exits(struct growing_buffer *out,
				   const struct exit_id *ids, size_t count);

/* ---- what views return ---- */

NODISCARD bool contract_return_u256(struct u256 *out, struct bytes returned);
NODISCARD bool contract_return_u64(uint64_t *out, struct bytes returned);
NODISCARD bool contract_return_amount(struct amount *out,
				      struct bytes returned);
NODISCARD bool contract_return_bool(bool *out, struct bytes returned);
NODISCARD bool contract_return_address(struct address *out,
				       struct bytes returned);
NODISCARD bool contract_return_exit_id(struct exit_id *out,
				       struct bytes returned);

/* Points into `returned`. */
NODISCARD bool contract_return_string(struct bytes *out, struct bytes returned);

struct contract_block {
	struct hash root; /* zero: no such block */
	struct root_time time;
};

NODISCARD bool contract_return_block(struct contract_block *out,
				     struct bytes returned);

struct contract_standard_exit {
	bool exitable;
	struct u256 position; /* as the contract counts; zero: no record */
	struct hash output_id;
	struct address exit_target;
	struct amount amount;
	struct amount bond_wei;
	struct amount bounty_wei;
};

/* Exactly `count` records, in the order of the ids asked. */
NODISCARD bool
contract_return_standard_exits(struct contract_standard_exit *out, size_t count,
			       struct bytes returned);

struct contract_in_flight_slot {
	struct hash output_id;
	struct address exit_target;
	struct token token;
	struct amount amount;
	struct amount bond_wei;
	struct amount bounty_wei;
};

struct contract_in_flight_exit {
	bool is_canonical;
	struct root_time started_at; /* 0: no record */
	struct u256 exit_map;	     /* bits 0-4 inputs, 5-9 outputs */
	struct u256 position;
	struct contract_in_flight_slot inputs[PROTOCOL_MAX_INPUTS];
	struct contract_in_flight_slot outputs[PROTOCOL_MAX_OUTPUTS];
	struct address bond_owner;
	struct amount bond_wei;
	struct u256 oldest_competitor_position;
};

NODISCARD bool
contract_return_in_flight_exits(struct contract_in_flight_exit *out,
				size_t count, struct bytes returned);

/* An array of at most `capacity` words. */
NODISCARD bool contract_return_u256_list(struct u256 *out, size_t *count,
					 size_t capacity,
					 struct bytes returned);

/* ---- reading call data back ---- */

/* The bytes argument of a deposit(bytes) call; points into `call_data`. */
NODISCARD bool contract_call_read_deposit(struct bytes *raw,
					  struct bytes call_data);

#endif
