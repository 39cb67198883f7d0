/* SPDX-License-Identifier: MIT */
#include "common/ethereum/contract_calls.h"

#include <assert.h>

#include "common/codec/abi_writer.h"

/* Where the only argument is a tuple with parts of varying length, its offset
 * stands before it. */
#define TUPLE_OFFSET 32

static void put_token(struct growing_buffer *out, const struct token *token)
{
	abi_put_address(out, &token->address);
}

static void put_amount(struct growing_buffer *out, struct amount amount)
{
	abi_put_u256(out, amount_to_u256(amount));
}

static void put_exit_id(struct growing_buffer *out, const struct exit_id *id)
{
	abi_put_u256(out, exit_id_to_u256(id));
}

static void put_position(struct growing_buffer *out, struct position position)
{
	abi_put_u256(out, position_to_u256(position));
}

/* The word of a part of bytes; abi_put_bytes() writes the part later. */
static void put_place(struct growing_buffer *out, struct abi_tuple *tuple,
		      struct bytes part)
{
	abi_put_offset(out, tuple, abi_bytes_len(part));
}

/* ---- PlasmaFramework ---- */

void contract_call_submit_block(struct growing_buffer *out,
				const struct hash *root)
{
	abi_put_selector(out, "submitBlock(bytes32)");
	abi_put_hash(out, root);
}

void contract_call_submit_blocks(struct growing_buffer *out,
				 uint64_t first_blknum,
				 const struct hash *roots, size_t count)
{
	struct abi_tuple tuple = abi_tuple_begin(2);
	abi_put_selector(out, "submitBlocks(uint256,bytes32[])");
	abi_put_u64(out, first_blknum);
	abi_put_offset(out, &tuple, ABI_WORD * (1 + count));
	abi_put_u64(out, count);
	for (size_t i = 0; i < count; i++)
		abi_put_hash(out, &roots[i]);
}

static void put_queue(struct growing_buffer *out, const char *signature,
		      uint8_t vault_id, const struct token *token)
{
	abi_put_selector(out, signature);
	abi_put_u64(out, vault_id);
	put_token(out, token);
}

void contract_call_add_exit_queue(struct growing_buffer *out, uint8_t vault_id,
				  const struct token *token)
{
	put_queue(out, "addExitQueue(uint256,address)", vault_id, token);
}

void contract_call_process_exits(struct growing_buffer *out, uint8_t vault_id,
				 const struct token *token, uint64_t max,
				 const struct address *caller)
{
	static const struct exit_id any;
	struct hash hash = sender_data(caller);
	contract_call_process_exits_from(out, vault_id, token, &any, max,
					 &hash);
}

void contract_call_process_exits_from(struct growing_buffer *out,
				      uint8_t vault_id,
				      const struct token *token,
				      const struct exit_id *top, uint64_t max,
				      const struct hash *sender_data)
{
	put_queue(out, "processExits(uint256,address,uint168,uint256,bytes32)",
		  vault_id, token);
	put_exit_id(out, top);
	abi_put_u64(out, max);
	abi_put_hash(out, sender_data);
}

static void put_address_call(struct growing_buffer *out, const char *signature,
			     const struct address *address)
{
	abi_put_selector(out, signature);
	abi_put_address(out, address);
}

static void put_u64_call(struct growing_buffer *out, const char *signature,
			 uint64_t number)
{
	abi_put_selector(out, signature);
	abi_put_u64(out, number);
}

static void put_hash_call(struct growing_buffer *out, const char *signature,
			  const struct hash *hash)
{
	abi_put_selector(out, signature);
	abi_put_hash(out, hash);
}

/* A call whose only argument is bytes. */
static void put_bytes_call(struct growing_buffer *out, const char *signature,
			   struct bytes view)
{
	struct abi_tuple tuple = abi_tuple_begin(1);
	abi_put_selector(out, signature);
	put_place(out, &tuple, view);
	abi_put_bytes(out, view);
}

void contract_call_register_vault(struct growing_buffer *out, uint8_t vault_id,
				  const struct address *vault)
{
	put_u64_call(out, "registerVault(uint256,address)", vault_id);
	abi_put_address(out, vault);
}

void contract_call_register_exit_game(struct growing_buffer *out,
				      uint64_t tx_type,
				      const struct address *exit_game,
				      uint8_t protocol)
{
	put_u64_call(out, "registerExitGame(uint256,address,uint8)", tx_type);
	abi_put_address(out, exit_game);
	abi_put_u64(out, protocol);
}

void contract_call_set_version(struct growing_buffer *out, const char *version)
{
	put_bytes_call(out, "setVersion(string)", bytes_of_string(version));
}

void contract_call_transfer_ownership(struct growing_buffer *out,
				      const struct address *owner)
{
	put_address_call(out, "transferOwnership(address)", owner);
}

void contract_call_accept_ownership(struct growing_buffer *out)
{
	abi_put_selector(out, "acceptOwnership()");
}

/* ---- vaults ---- */

void contract_call_deposit(struct growing_buffer *out, struct bytes raw)
{
	put_bytes_call(out, "deposit(bytes)", raw);
}

void contract_call_set_deposit_verifier(struct growing_buffer *out,
					const struct address *verifier)
{
	put_address_call(out, "setDepositVerifier(address)", verifier);
}

void contract_call_set_minimum_deposit(struct growing_buffer *out,
				       const struct token *token,
				       struct amount minimum)
{
	put_address_call(out, "setMinimumDeposit(address,uint256)",
			 &token->address);
	put_amount(out, minimum);
}

void contract_call_claim_credit(struct growing_buffer *out,
				const struct address *to)
{
	put_address_call(out, "claimCredit(address)", to);
}

void contract_call_claim_token_credit(struct growing_buffer *out,
				      const struct token *token,
				      const struct address *to)
{
	put_address_call(out, "claimCredit(address,address)", &token->address);
	abi_put_address(out, to);
}

/* ---- PaymentExitGame: standard exits ---- */

void contract_call_start_standard_exit(struct growing_buffer *out,
				       struct position position,
				       struct bytes output_tx,
				       struct bytes proof)
{
	struct abi_tuple tuple = abi_tuple_begin(3);
	put_u64_call(out, "startStandardExit((uint256,bytes,bytes))",
		     TUPLE_OFFSET);
	put_position(out, position);
	put_place(out, &tuple, output_tx);
	put_place(out, &tuple, proof);
	abi_put_bytes(out, output_tx);
	abi_put_bytes(out, proof);
}

void contract_call_challenge_standard_exit(
	struct growing_buffer *out, const struct challenge_standard_exit *call)
{
	struct abi_tuple tuple = abi_tuple_begin(6);
	put_u64_call(out,
		     "challengeStandardExit((uint168,bytes,bytes,uint16,bytes,"
		     "bytes32))",
		     TUPLE_OFFSET);
	put_exit_id(out, &call->exit_id);
	put_place(out, &tuple, call->exiting_tx);
	put_place(out, &tuple, call->challenge_tx);
	abi_put_u64(out, call->input_index);
	put_place(out, &tuple, call->witness);
	abi_put_hash(out, &call->sender_data);
	abi_put_bytes(out, call->exiting_tx);
	abi_put_bytes(out, call->challenge_tx);
	abi_put_bytes(out, call->witness);
}

/* ---- PaymentExitGame: in-flight exits ---- */

/* An array of bytes: its length, the places of the items, the items. */
static size_t bytes_array_len(const struct bytes *items, size_t count)
{
	size_t len = ABI_WORD * (1 + count);
	for (size_t i = 0; i < count; i++)
		len += abi_bytes_len(items[i]);
	return len;
}

static void put_bytes_array(struct growing_buffer *out,
			    const struct bytes *items, size_t count)
{
	struct abi_tuple tuple = abi_tuple_begin(count);
	abi_put_u64(out, count);
	for (size_t i = 0; i < count; i++)
		put_place(out, &tuple, items[i]);
	for (size_t i = 0; i < count; i++)
		abi_put_bytes(out, items[i]);
}

void contract_call_start_in_flight_exit(struct growing_buffer *out,
					const struct start_in_flight_exit *call)
{
	size_t count = call->input_count;
	assert(count <= PROTOCOL_MAX_INPUTS);
	struct abi_tuple tuple = abi_tuple_begin(5);
	put_u64_call(out,
		     "startInFlightExit((bytes,bytes[],uint256[],bytes[],"
		     "bytes[]))",
		     TUPLE_OFFSET);
	put_place(out, &tuple, call->in_flight_tx);
	abi_put_offset(out, &tuple, bytes_array_len(call->input_txs, count));
	abi_put_offset(out, &tuple, ABI_WORD * (1 + count));
	abi_put_offset(out, &tuple, bytes_array_len(call->input_proofs, count));
	abi_put_offset(out, &tuple, bytes_array_len(call->witnesses, count));
	abi_put_bytes(out, call->in_flight_tx);
	put_bytes_array(out, call->input_txs, count);
	abi_put_u64(out, count);
	for (size_t i = 0; i < count; i++)
		put_position(out, call->input_positions[i]);
	put_bytes_array(out, call->input_proofs, count);
	put_bytes_array(out, call->witnesses, count);
}

static void put_piggyback(struct growing_buffer *out, const char *signature,
			  struct bytes in_flight_tx, uint16_t index)
{
	struct abi_tuple tuple = abi_tuple_begin(2);
	put_u64_call(out, signature, TUPLE_OFFSET);
	put_place(out, &tuple, in_flight_tx);
	abi_put_u64(out, index);
	abi_put_bytes(out, in_flight_tx);
}

void contract_call_piggyback_on_input(struct growing_buffer *out,
				      struct bytes in_flight_tx,
				      uint16_t input_index)
{
	put_piggyback(out, "piggybackInFlightExitOnInput((bytes,uint16))",
		      in_flight_tx, input_index);
}

void contract_call_piggyback_on_output(struct growing_buffer *out,
				       struct bytes in_flight_tx,
				       uint16_t output_index)
{
	put_piggyback(out, "piggybackInFlightExitOnOutput((bytes,uint16))",
		      in_flight_tx, output_index);
}

void contract_call_challenge_not_canonical(
	struct growing_buffer *out, const struct challenge_not_canonical *call)
{
	struct bytes proof = call->competing_tx_proof;
	struct u256 position = position_to_u256(call->competing_tx_position);
	if (!call->competing_tx_included) {
		proof = bytes_view(NULL, 0);
		position = U256_ZERO;
	}
	struct abi_tuple tuple = abi_tuple_begin(9);
	put_u64_call(out,
		     "challengeInFlightExitNotCanonical((bytes,uint256,bytes,"
		     "uint16,bytes,uint16,uint256,bytes,bytes))",
		     TUPLE_OFFSET);
	put_place(out, &tuple, call->input_tx);
	put_position(out, call->input_position);
	put_place(out, &tuple, call->in_flight_tx);
	abi_put_u64(out, call->in_flight_tx_input_index);
	put_place(out, &tuple, call->competing_tx);
	abi_put_u64(out, call->competing_tx_input_index);
	abi_put_u256(out, position);
	put_place(out, &tuple, proof);
	put_place(out, &tuple, call->competing_tx_witness);
	abi_put_bytes(out, call->input_tx);
	abi_put_bytes(out, call->in_flight_tx);
	abi_put_bytes(out, call->competing_tx);
	abi_put_bytes(out, proof);
	abi_put_bytes(out, call->competing_tx_witness);
}

void contract_call_respond_to_challenge(struct growing_buffer *out,
					struct bytes in_flight_tx,
					struct position position,
					struct bytes proof)
{
	struct abi_tuple tuple = abi_tuple_begin(3);
	abi_put_selector(out,
			 "respondToNonCanonicalChallenge(bytes,uint256,bytes)");
	put_place(out, &tuple, in_flight_tx);
	put_position(out, position);
	put_place(out, &tuple, proof);
	abi_put_bytes(out, in_flight_tx);
	abi_put_bytes(out, proof);
}

void contract_call_challenge_input_spent(
	struct growing_buffer *out, const struct challenge_input_spent *call)
{
	struct abi_tuple tuple = abi_tuple_begin(8);
	put_u64_call(out,
		     "challengeInFlightExitInputSpent((bytes,uint16,bytes,"
		     "uint16,bytes,bytes,uint256,bytes32))",
		     TUPLE_OFFSET);
	put_place(out, &tuple, call->in_flight_tx);
	abi_put_u64(out, call->in_flight_tx_input_index);
	put_place(out, &tuple, call->challenging_tx);
	abi_put_u64(out, call->challenging_tx_input_index);
	put_place(out, &tuple, call->challenging_tx_witness);
	put_place(out, &tuple, call->input_tx);
	put_position(out, call->input_position);
	abi_put_hash(out, &call->sender_data);
	abi_put_bytes(out, call->in_flight_tx);
	abi_put_bytes(out, call->challenging_tx);
	abi_put_bytes(out, call->challenging_tx_witness);
	abi_put_bytes(out, call->input_tx);
}

void contract_call_challenge_output_spent(
	struct growing_buffer *out, const struct challenge_output_spent *call)
{
	struct abi_tuple tuple = abi_tuple_begin(7);
	put_u64_call(out,
		     "challengeInFlightExitOutputSpent((bytes,bytes,uint256,"
		     "bytes,uint16,bytes,bytes32))",
		     TUPLE_OFFSET);
	put_place(out, &tuple, call->in_flight_tx);
	put_place(out, &tuple, call->in_flight_tx_proof);
	put_position(out, call->output_position);
	put_place(out, &tuple, call->challenging_tx);
	abi_put_u64(out, call->challenging_tx_input_index);
	put_place(out, &tuple, call->challenging_tx_witness);
	abi_put_hash(out, &call->sender_data);
	abi_put_bytes(out, call->in_flight_tx);
	abi_put_bytes(out, call->in_flight_tx_proof);
	abi_put_bytes(out, call->challenging_tx);
	abi_put_bytes(out, call->challenging_tx_witness);
}

void contract_call_delete_in_flight_exit(struct growing_buffer *out,
					 const struct exit_id *exit_id)
{
	abi_put_selector(out, "deleteNonPiggybackedInFlightExit(uint168)");
	put_exit_id(out, exit_id);
}

/* ---- PaymentExitGame and registry: set-up ---- */

void contract_call_init(struct growing_buffer *out)
{
	abi_put_selector(out, "init()");
}

void contract_call_update_standard_exit_bond(struct growing_buffer *out,
					     struct amount bond_wei,
					     struct amount bounty_wei)
{
	abi_put_selector(out,
			 "updateStartStandardExitBondSize(uint128,uint128)");
	put_amount(out, bond_wei);
	put_amount(out, bounty_wei);
}

void contract_call_update_ife_bond(struct growing_buffer *out,
				   struct amount bond_wei)
{
	abi_put_selector(out, "updateStartIFEBondSize(uint128)");
	put_amount(out, bond_wei);
}

void contract_call_update_piggyback_bond(struct growing_buffer *out,
					 struct amount bond_wei,
					 struct amount bounty_wei)
{
	abi_put_selector(out, "updatePiggybackBondSize(uint128,uint128)");
	put_amount(out, bond_wei);
	put_amount(out, bounty_wei);
}

void contract_call_register_spending_condition(struct growing_buffer *out,
					       uint64_t output_type,
					       uint64_t spending_tx_type,
					       const struct address *condition)
{
	put_u64_call(out, "registerSpendingCondition(uint256,uint256,address)",
		     output_type);
	abi_put_u64(out, spending_tx_type);
	abi_put_address(out, condition);
}

void contract_call_renounce_ownership(struct growing_buffer *out)
{
	abi_put_selector(out, "renounceOwnership()");
}

/* ---- ERC-20 ---- */

void contract_call_approve(struct growing_buffer *out,
			   const struct address *spender, struct amount amount)
{
	put_address_call(out, "approve(address,uint256)", spender);
	put_amount(out, amount);
}

void contract_call_transfer(struct growing_buffer *out,
			    const struct address *to, struct amount amount)
{
	put_address_call(out, "transfer(address,uint256)", to);
	put_amount(out, amount);
}

void contract_call_balance_of(struct growing_buffer *out,
			      const struct address *owner)
{
	put_address_call(out, "balanceOf(address)", owner);
}

void contract_call_allowance(struct growing_buffer *out,
			     const struct address *owner,
			     const struct address *spender)
{
	put_address_call(out, "allowance(address,address)", owner);
	abi_put_address(out, spender);
}

/* ---- views ---- */

void contract_call_view(struct growing_buffer *out, enum contract_view view)
{
	static const char *const signatures[] = {
		[CONTRACT_VIEW_NEXT_CHILD_BLOCK] = "nextChildBlock()",
		[CONTRACT_VIEW_NEXT_DEPOSIT] = "nextDeposit()",
		[CONTRACT_VIEW_NEXT_DEPOSIT_BLOCK] = "nextDepositBlock()",
		[CONTRACT_VIEW_CHILD_BLOCK_INTERVAL] = "childBlockInterval()",
		[CONTRACT_VIEW_MIN_EXIT_PERIOD] = "minExitPeriod()",
		[CONTRACT_VIEW_EXTENSIONS] = "extensions()",
		[CONTRACT_VIEW_AUTHORITY] = "authority()",
		[CONTRACT_VIEW_MAINTAINER] = "getMaintainer()",
		[CONTRACT_VIEW_OWNER] = "owner()",
		[CONTRACT_VIEW_PENDING_OWNER] = "pendingOwner()",
		[CONTRACT_VIEW_VERSION] = "getVersion()",
		[CONTRACT_VIEW_STANDARD_EXIT_BOND] =
			"startStandardExitBondSize()",
		[CONTRACT_VIEW_STANDARD_EXIT_BOUNTY] =
			"processStandardExitBountySize()",
		[CONTRACT_VIEW_IFE_BOND] = "startIFEBondSize()",
		[CONTRACT_VIEW_PIGGYBACK_BOND] = "piggybackBondSize()",
		[CONTRACT_VIEW_PIGGYBACK_BOUNTY] =
			"processInFlightExitBountySize()",
		[CONTRACT_VIEW_DEPOSIT_VERIFIER] =
			"getEffectiveDepositVerifier()",
		[CONTRACT_VIEW_HEAP_LIST] = "heapList()",
		[CONTRACT_VIEW_QUEUE_SIZE] = "currentSize()",
	};
	abi_put_selector(out, signatures[view]);
}

void contract_call_blocks(struct growing_buffer *out, uint64_t blknum)
{
	put_u64_call(out, "blocks(uint256)", blknum);
}

void contract_call_is_deposit(struct growing_buffer *out, uint64_t blknum)
{
	put_u64_call(out, "isDeposit(uint256)", blknum);
}

void contract_call_vaults(struct growing_buffer *out, uint64_t vault_id)
{
	put_u64_call(out, "vaults(uint256)", vault_id);
}

void contract_call_exit_games(struct growing_buffer *out, uint64_t tx_type)
{
	put_u64_call(out, "exitGames(uint256)", tx_type);
}

void contract_call_protocols(struct growing_buffer *out, uint64_t tx_type)
{
	put_u64_call(out, "protocols(uint256)", tx_type);
}

void contract_call_is_exit_game_safe(struct growing_buffer *out,
				     const struct address *exit_game)
{
	put_address_call(out, "isExitGameSafeToUse(address)", exit_game);
}

void contract_call_has_exit_queue(struct growing_buffer *out, uint8_t vault_id,
				  const struct token *token)
{
	put_queue(out, "hasExitQueue(uint256,address)", vault_id, token);
}

void contract_call_exits_queues(struct growing_buffer *out,
				const struct hash *queue_key)
{
	put_hash_call(out, "exitsQueues(bytes32)", queue_key);
}

void contract_call_get_next_exit(struct growing_buffer *out, uint8_t vault_id,
				 const struct token *token)
{
	put_queue(out, "getNextExit(uint256,address)", vault_id, token);
}

void contract_call_is_output_finalized(struct growing_buffer *out,
				       const struct hash *output_id)
{
	put_hash_call(out, "isOutputFinalized(bytes32)", output_id);
}

void contract_call_outputs_finalizations(struct growing_buffer *out,
					 const struct hash *output_id)
{
	put_hash_call(out, "outputsFinalizations(bytes32)", output_id);
}

void contract_call_minimum_deposit(struct growing_buffer *out,
				   const struct token *token)
{
	put_address_call(out, "minimumDeposit(address)", &token->address);
}

void contract_call_credit_of(struct growing_buffer *out,
			     const struct address *owner)
{
	put_address_call(out, "creditOf(address)", owner);
}

void contract_call_token_credit_of(struct growing_buffer *out,
				   const struct address *owner,
				   const struct token *token)
{
	put_address_call(out, "creditOf(address,address)", owner);
	put_token(out, token);
}

void contract_call_total_credits(struct growing_buffer *out,
				 const struct token *token)
{
	put_address_call(out, "totalCredits(address)", &token->address);
}

void contract_call_in_flight_exit_due_at(struct growing_buffer *out,
					 const struct exit_id *exit_id,
					 const struct token *token)
{
	abi_put_selector(out, "inFlightExitDueAt(uint168,address)");
	put_exit_id(out, exit_id);
	put_token(out, token);
}

static void put_exit_ids(struct growing_buffer *out, const char *signature,
			 const struct exit_id *ids, size_t count)
{
	assert(count <= CONTRACT_CALL_MAX_IDS);
	put_u64_call(out, signature, TUPLE_OFFSET);
	abi_put_u64(out, count);
	for (size_t i = 0; i < count; i++)
		put_exit_id(out, &ids[i]);
}

void contract_call_standard_exits(struct growing_buffer *out,
				  const struct exit_id *ids, size_t count)
{
	put_exit_ids(out, "standardExits(uint168[])", ids, count);
}

void contract_call_in_flight_exits(struct growing_buffer *out,
				   const struct exit_id *ids, size_t count)
{
	put_exit_ids(out, "inFlightExits(uint168[])", ids, count);
}
