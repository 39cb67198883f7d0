/* SPDX-License-Identifier: MIT */
#include "operator/explanation.h"

#include <stddef.h>

const struct explanation_row explanations[] = {
	{ "PLO-001", "snapshot",
	  "The snapshot of the root chain cannot be read, or the follower has "
	  "not read the root chain well for too long; nothing is signed.",
	  "Look at plasma-rootchain status and its log." },
	{ "PLO-002", "root_chain",
	  "The root-chain node cannot be asked or refuses; roots are not sent.",
	  "Look at the node and at [root_chain] rpc." },
	{ "PLO-003", "pending_root",
	  "A root is on its way for 4 eth_blocks or more.",
	  "Wait for the fees to be raised, or use submit --bump." },
	{ "PLO-004", "price_cap",
	  "A root needs more than max_fee_gwei or daily_cap allows.",
	  "Raise the cap, or wait until the root chain is cheaper." },
	{ "PLO-005", "low_balance",
	  "The authority's ether does not last for 1000 submissions.",
	  "Send ether to the authority." },
	{ "PLO-006", "watcher",
	  "The own watcher cannot be asked; the operator goes on.",
	  "Look at the watcher and at [operator] watcher." },
	{ "PLO-007", "mirror",
	  "A mirror does not take bodies; it is tried again.",
	  "Look at the mirror: room, rights, and whether it is there." },
	{ "PLO-008", "exitability",
	  "A mass exit of all outputs would hardly fit into an exit period.",
	  "Ask users to merge coins; set exitability_percent." },
	{ "PLO-009", "halted",
	  "Nothing is accepted and nothing is signed any more.",
	  "Read the reason in alarm.get and in the log. If the authority's key "
	  "was used elsewhere, stop the operator and tell all users. If a "
	  "deposit "
	  "is gone, start the operator again when the root chain has it again; "
	  "until then it halts in every life." },
	{ "PLO-010", "deposits",
	  "Deposits come close to the 1000 that fit between two blocks, nobody "
	  "pays, and the authority has no coin to pay to itself.",
	  "Pay the authority something on the child chain, or let fee_claimer "
	  "be the authority." },
	{ "PLO-020", "submit:deposit_not_final",
	  "An input is a deposit that is not final on the root chain yet.",
	  "Try again after the margin in configuration.get." },
	{ "PLO-021", "submit:input_exiting",
	  "An exit of an input has started on the root chain.",
	  "Spend other coins; this one leaves through its exit." },
	{ "PLO-022", "submit:fees_not_covered",
	  "The payment leaves no fee, too little, or in a token not taken.",
	  "Ask fees.all and leave exactly that." },
	{ "PLO-023", "submit:overpaying_fees",
	  "The payment leaves more than the fee, which is taken exactly.",
	  "Ask fees.all and leave exactly that." },
	{ "PLO-024", "submit:chain_halted",
	  "A watcher reports that the chain cannot be trusted.",
	  "Do not pay; look at your own watcher and be ready to leave." },
	{ "PLO-025", "submit:outputs_limited",
	  "There are as many outputs as the root chain can let out in time.",
	  "Merge coins: no more outputs than inputs are taken." },
	{ "PLO-026", "submit:dust",
	  "An output is worth less than its exit would cost.",
	  "Pay a larger amount, or merge." },
	{ "PLO-027", "submit:too_many_refused",
	  "Too many payments of this address were refused.",
	  "Try again in a second, with better payments." },
	{ "PLO-028", "submit:queue_full", "Too many payments wait for a block.",
	  "Try again in a moment." },
	{ "PLO-029", "submit:shutting_down", "The operator is going down.",
	  "Try again in a moment." },
	{ "PLO-040", "exit 74",
	  "The disk failed, and what is on it is not known.",
	  "Make sure that the disk works and has room, and start again: what "
	  "was acknowledged is read back." },
	{ "PLO-041", "exit 1",
	  "At a start: the contract is ahead of this data directory, or has "
	  "another root.",
	  "Never start the operator with an old copy of its data." },
	{ "PLO-042", "exit 75", "Another operator has the data directory.",
	  "The message names the holder." },
	{ NULL, NULL, NULL, NULL },
};
