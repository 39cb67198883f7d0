/* SPDX-License-Identifier: MIT */
#include "rootchain/contract_facts.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"

/* "| SE | 23 300 000 000 000 000 | 5 350 000 000 000 000 |" and the two below
 * it (protocol.md 9). */
#define STANDARD_EXIT_BOND UINT64_C(23300000000000000)
#define STANDARD_EXIT_BOUNTY UINT64_C(5350000000000000)
#define IFE_BOND UINT64_C(26900000000000000)
#define PIGGYBACK_BOND UINT64_C(30900000000000000)
#define PIGGYBACK_BOUNTY UINT64_C(25000000000000000)

#define BOND_KINDS 3

struct bond_history {
	struct contract_facts_bond before;
	struct contract_facts_bond last;
	struct root_time effective_from; /* of the last */
};

struct contract_facts {
	const struct network *network;
	struct bond_history bonds[BOND_KINDS];
	struct contract_facts_token tokens[CONTRACT_FACTS_MAX_TOKENS];
	size_t token_count;
	struct address contracts[CONTRACT_FACTS_MAX_CONTRACTS];
	size_t contract_count;
};

static void start_bond(struct bond_history *history, uint64_t bond,
		       uint64_t bounty)
{
	history->last.bond_wei = amount_of(bond);
	history->last.bounty_wei = amount_of(bounty);
	history->before = history->last;
}

static void add_contract(struct contract_facts *facts,
			 const struct address *contract)
{
	for (size_t i = 0; i < facts->contract_count; i++) {
		if (address_equal(&facts->contracts[i], contract))
			return;
	}
	if (facts->contract_count < CONTRACT_FACTS_MAX_CONTRACTS)
		facts->contracts[facts->contract_count++] = *contract;
}

struct contract_facts *contract_facts_new(const struct network *network)
{
	struct contract_facts *facts = memory_new(1, sizeof(*facts));

	facts->network = network;
	start_bond(&facts->bonds[CONTRACT_FACTS_BOND_STANDARD_EXIT],
		   STANDARD_EXIT_BOND, STANDARD_EXIT_BOUNTY);
	start_bond(&facts->bonds[CONTRACT_FACTS_BOND_IFE], IFE_BOND, 0);
	start_bond(&facts->bonds[CONTRACT_FACTS_BOND_PIGGYBACK], PIGGYBACK_BOND,
		   PIGGYBACK_BOUNTY);
	for (size_t i = 0; i < network->code_count; i++)
		add_contract(facts, &network->codes[i].contract);
	add_contract(facts, &network->plasma_framework);
	add_contract(facts, &network->eth_vault);
	add_contract(facts, &network->erc20_vault);
	add_contract(facts, &network->payment_exit_game);
	return facts;
}

void contract_facts_free(struct contract_facts *facts)
{
	memory_free(facts);
}

/* The token's row, made in its place if there is none; NULL when the list is
 * full. */
static struct contract_facts_token *token_row(struct contract_facts *facts,
					      const struct token *token)
{
	size_t low = 0;
	size_t high = facts->token_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = token_compare(&facts->tokens[middle].token, token);

		if (order == 0)
			return &facts->tokens[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (facts->token_count == CONTRACT_FACTS_MAX_TOKENS)
		return NULL;
	memmove(&facts->tokens[low + 1], &facts->tokens[low],
		(facts->token_count - low) * sizeof(facts->tokens[0]));
	facts->token_count++;
	facts->tokens[low] = (struct contract_facts_token){
		.token = *token,
		.may_be_held =
			token_is_eth(token) || facts->network->extensions == 0,
	};
	return &facts->tokens[low];
}

/* "A new size takes effect 172 800 s after StandardExitBondUpdated(bond,
 * bounty), IFEBondUpdated(bond) or PiggybackBondUpdated(bond, bounty); an
 * update during the delay replaces the pending one" (protocol.md 9). */
static void update_bond(struct bond_history *history,
			const struct bond_updated_event *event,
			struct root_time time)
{
	if (time.seconds >= history->effective_from.seconds)
		history->before = history->last;
	history->last.bond_wei = event->bond_wei;
	history->last.bounty_wei = event->bounty_wei;
	history->effective_from.seconds =
		instant_after(time.seconds, PROTOCOL_BOND_CHANGE_DELAY);
}

static void change_minimum(struct contract_facts *facts,
			   const struct minimum_deposit_updated_event *event)
{
	struct contract_facts_token *row = token_row(facts, &event->token);

	if (row == NULL)
		return;
	row->minimum_deposit = event->amount;
	row->may_be_held = true;
}

static bool is_vault(const struct contract_facts *facts,
		     const struct address *contract)
{
	return address_equal(contract, &facts->network->eth_vault) ||
	       address_equal(contract, &facts->network->erc20_vault);
}

/* Credits of the exit game are its own ether, not the vault's. */
static void change_credits(struct contract_facts *facts,
			   const struct address *contract,
			   const struct token *token, struct amount amount,
			   bool is_added)
{
	struct contract_facts_token *row;

	if (!is_vault(facts, contract))
		return;
	row = token_row(facts, token);
	if (row == NULL)
		return;
	row->may_be_held = true;
	/* A contract that gives more than there is says something false, and
	 * its code is not the one that it should be. */
	if (is_added ? !amount_add(&row->credits, row->credits, amount)
		     : !amount_subtract(&row->credits, row->credits, amount))
		row->credits = amount_zero();
}

static void add_queue(struct contract_facts *facts,
		      const struct exit_queue_added_event *event)
{
	struct contract_facts_token *row = token_row(facts, &event->token);

	if (row != NULL)
		row->has_exit_queue = true;
}

void contract_facts_apply(struct contract_facts *facts,
			  const struct address *contract,
			  const struct contract_event *event,
			  struct root_time time)
{
	if (event->kind == CONTRACT_EVENT_EXIT_QUEUE_ADDED)
		add_queue(facts, &event->as.exit_queue_added);
	else if (event->kind == CONTRACT_EVENT_STANDARD_EXIT_BOND_UPDATED)
		update_bond(&facts->bonds[CONTRACT_FACTS_BOND_STANDARD_EXIT],
			    &event->as.bond_updated, time);
	else if (event->kind == CONTRACT_EVENT_IFE_BOND_UPDATED)
		update_bond(&facts->bonds[CONTRACT_FACTS_BOND_IFE],
			    &event->as.bond_updated, time);
	else if (event->kind == CONTRACT_EVENT_PIGGYBACK_BOND_UPDATED)
		update_bond(&facts->bonds[CONTRACT_FACTS_BOND_PIGGYBACK],
			    &event->as.bond_updated, time);
	else if (event->kind == CONTRACT_EVENT_VAULT_REGISTERED)
		add_contract(facts, &event->as.vault_registered.vault);
	else if (event->kind == CONTRACT_EVENT_EXIT_GAME_REGISTERED)
		add_contract(facts, &event->as.exit_game_registered.exit_game);
	else if (event->kind == CONTRACT_EVENT_SET_DEPOSIT_VERIFIER_CALLED)
		add_contract(facts, &event->as.deposit_verifier.verifier);
	else if (event->kind == CONTRACT_EVENT_MINIMUM_DEPOSIT_UPDATED)
		change_minimum(facts, &event->as.minimum_deposit_updated);
	else if (event->kind == CONTRACT_EVENT_CREDIT_ADDED)
		change_credits(facts, contract, &event->as.account_amount.token,
			       event->as.account_amount.amount, true);
	else if (event->kind == CONTRACT_EVENT_CREDIT_CLAIMED)
		change_credits(facts, contract, &event->as.credit_claimed.token,
			       event->as.credit_claimed.amount, false);
}

struct contract_facts_bond
contract_facts_bond_at(const struct contract_facts *facts,
		       enum contract_facts_bond_kind kind, struct root_time now)
{
	const struct bond_history *history = &facts->bonds[kind];

	return now.seconds < history->effective_from.seconds ? history->before
							     : history->last;
}

const struct contract_facts_token *
contract_facts_tokens_borrow(const struct contract_facts *facts, size_t *count)
{
	*count = facts->token_count;
	return facts->tokens;
}

const struct address *
contract_facts_contracts_borrow(const struct contract_facts *facts,
				size_t *count)
{
	*count = facts->contract_count;
	return facts->contracts;
}

uint64_t contract_facts_next_child_block(uint64_t newest_blknum)
{
	return newest_blknum - newest_blknum % PROTOCOL_BLOCK_INTERVAL +
	       PROTOCOL_BLOCK_INTERVAL;
}

uint64_t contract_facts_next_deposit(uint64_t newest_blknum)
{
	return newest_blknum % PROTOCOL_BLOCK_INTERVAL + 1;
}
