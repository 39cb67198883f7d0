/* SPDX-License-Identifier: MIT */
#include "common/ethereum/coin_evidence.h"

#include <string.h>

#include "common/base/writer.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/codec/merkle_tree.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/contract_events.h"

static bool is_deposit(const struct coin_evidence *evidence)
{
	return blknum_is_deposit(position_blknum(evidence->position));
}

static enum coin_evidence_verdict
judge_transaction(const struct coin_evidence *evidence)
{
	uint32_t oindex = position_oindex(evidence->position);
	struct transaction transaction;
	enum verdict verdict =
		is_deposit(evidence)
			? transaction_decode_deposit(&transaction,
						     evidence->transaction)
			: transaction_decode(&transaction,
					     evidence->transaction);

	if (verdict != VERDICT_VALID)
		return COIN_EVIDENCE_TRANSACTION_BROKEN;
	if (oindex >= transaction.output_count)
		return COIN_EVIDENCE_OUTPUT_MISSING;
	return output_equal(&transaction.outputs[oindex], &evidence->output)
		       ? COIN_EVIDENCE_VALID
		       : COIN_EVIDENCE_OUTPUT_DIFFERS;
}

/* True if there is none, or it is one of the transaction. Who signed is not
 * looked at: the owners of the inputs are not part of the evidence. */
static bool signed_form_fits(const struct coin_evidence *evidence)
{
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	uint8_t buffer[PROTOCOL_MAX_RAW_SIZE];
	struct writer raw = writer_of(buffer, sizeof(buffer));
	struct transaction_frame frame;
	struct transaction transaction;

	if (evidence->signed_transaction.len == 0)
		return true;
	if (is_deposit(evidence) ||
	    transaction_frame_read(&frame, evidence->signed_transaction) !=
		    VERDICT_VALID)
		return false;
	transaction_frame_write_raw(&raw, &frame);
	return writer_ok(&raw) &&
	       bytes_equal(writer_view(&raw), evidence->transaction) &&
	       transaction_decode(&transaction, evidence->transaction) ==
		       VERDICT_VALID &&
	       transaction_read_signatures(signatures, &transaction,
					   frame.signatures) == VERDICT_VALID;
}

static bool proof_leads_to_root(const struct coin_evidence *evidence)
{
	struct hash leaf = merkle_tree_leaf(evidence->transaction);

	return (!is_deposit(evidence) ||
		position_txindex(evidence->position) == 0) &&
	       merkle_tree_proves(&evidence->root, &leaf,
				  position_txindex(evidence->position),
				  evidence->proof);
}

static bool log_says_root(const struct coin_evidence *evidence,
			  const struct contract_event *event)
{
	return event->kind == CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED &&
	       event->as.block_root_submitted.blknum ==
		       position_blknum(evidence->position) &&
	       hash_equal(&event->as.block_root_submitted.root,
			  &evidence->root);
}

static bool log_says_deposit(const struct coin_evidence *evidence,
			     const struct contract_event *event)
{
	return event->kind == CONTRACT_EVENT_DEPOSIT_CREATED &&
	       event->as.deposit_created.blknum ==
		       position_blknum(evidence->position) &&
	       address_equal(&event->as.deposit_created.depositor,
			     &evidence->output.owner) &&
	       token_equal(&event->as.deposit_created.token,
			   &evidence->output.token) &&
	       amount_equal(event->as.deposit_created.amount,
			    evidence->output.amount);
}

/* True if the contract that it has to be emitted exactly this log. */
static bool log_fits(const struct coin_evidence *evidence,
		     const struct eth_log *log)
{
	struct contract_event event;
	const struct address *emitter = &evidence->network.plasma_framework;

	if (is_deposit(evidence))
		emitter = token_is_eth(&evidence->output.token)
				  ? &evidence->network.eth_vault
				  : &evidence->network.erc20_vault;
	if (!address_equal(&log->address, emitter) ||
	    contract_event_decode(&event, log) != CONTRACT_EVENT_VALID)
		return false;
	return is_deposit(evidence) ? log_says_deposit(evidence, &event)
				    : log_says_root(evidence, &event);
}

static enum coin_evidence_verdict
judge_anchor(const struct coin_evidence *evidence, struct arena *arena)
{
	struct eth_log log;

	switch (log_anchor_prove(&log, NULL, &evidence->anchor, arena)) {
	case LOG_ANCHOR_HEADER_BROKEN:
		return COIN_EVIDENCE_HEADER_BROKEN;
	case LOG_ANCHOR_RECEIPT_BROKEN:
		return COIN_EVIDENCE_RECEIPT_BROKEN;
	case LOG_ANCHOR_LOG_MISSING:
		return COIN_EVIDENCE_LOG_DIFFERS;
	case LOG_ANCHOR_VALID:
		break;
	}
	return log_fits(evidence, &log) ? COIN_EVIDENCE_VALID
					: COIN_EVIDENCE_LOG_DIFFERS;
}

void coin_evidence_exit_call(struct growing_buffer *out,
			     const struct coin_evidence *evidence)
{
	if (evidence->output.type != PROTOCOL_OUTPUT_TYPE_PAYMENT)
		return;
	contract_call_start_standard_exit(out, evidence->position,
					  evidence->transaction,
					  evidence->proof);
}

static bool exit_fits(const struct coin_evidence *evidence)
{
	struct growing_buffer call;

	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	coin_evidence_exit_call(&call, evidence);
	bool ok = bytes_equal(growing_buffer_view(&call),
			      evidence->exit_call_data) &&
		  amount_is_zero(evidence->exit_value_wei) == (call.len == 0);
	growing_buffer_clear(&call);
	return ok;
}

enum coin_evidence_verdict
coin_evidence_judge(const struct coin_evidence *evidence, struct arena *arena)
{
	enum coin_evidence_verdict verdict = judge_transaction(evidence);

	if (verdict != COIN_EVIDENCE_VALID)
		return verdict;
	if (!signed_form_fits(evidence))
		return COIN_EVIDENCE_SIGNED_FORM_BROKEN;
	if (!proof_leads_to_root(evidence))
		return COIN_EVIDENCE_PROOF_BROKEN;
	if (evidence->has_anchor)
		verdict = judge_anchor(evidence, arena);
	if (verdict != COIN_EVIDENCE_VALID)
		return verdict;
	return exit_fits(evidence) ? COIN_EVIDENCE_VALID
				   : COIN_EVIDENCE_EXIT_DIFFERS;
}

const char *coin_evidence_verdict_code(enum coin_evidence_verdict verdict)
{
	switch (verdict) {
	case COIN_EVIDENCE_VALID:
		return "valid";
	case COIN_EVIDENCE_TRANSACTION_BROKEN:
		return "transaction_broken";
	case COIN_EVIDENCE_OUTPUT_MISSING:
		return "output_missing";
	case COIN_EVIDENCE_OUTPUT_DIFFERS:
		return "output_differs";
	case COIN_EVIDENCE_SIGNED_FORM_BROKEN:
		return "signed_form_broken";
	case COIN_EVIDENCE_PROOF_BROKEN:
		return "proof_broken";
	case COIN_EVIDENCE_HEADER_BROKEN:
		return "header_broken";
	case COIN_EVIDENCE_RECEIPT_BROKEN:
		return "receipt_broken";
	case COIN_EVIDENCE_LOG_DIFFERS:
		return "log_differs";
	case COIN_EVIDENCE_EXIT_DIFFERS:
		return "exit_differs";
	}
	return "unknown";
}
