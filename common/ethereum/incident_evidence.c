/* SPDX-License-Identifier: MIT */
#include "common/ethereum/incident_evidence.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/chain/deposit.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/witness.h"
#include "common/codec/eip712.h"
#include "common/codec/merkle_tree.h"
#include "common/codec/rlp_reader.h"
#include "common/ethereum/incident_parts.h"
#include "common/keys/address.h"

/* Signatures that are looked at of one transaction. */
#define MAX_SIGNATURES ((size_t)2 * PROTOCOL_MAX_INPUTS)

const char *incident_verdict_code(enum incident_verdict verdict)
{
	switch (verdict) {
	case INCIDENT_PROVED:
		return "proved";
	case INCIDENT_STATED:
		return "stated";
	case INCIDENT_NOT_PROVED:
		return "not_proved";
	case INCIDENT_EVENT_UNKNOWN:
		return "event_unknown";
	case INCIDENT_HEADER_BROKEN:
		return "header_broken";
	case INCIDENT_RECEIPT_BROKEN:
		return "receipt_broken";
	case INCIDENT_LOG_MISSING:
		return "log_missing";
	case INCIDENT_LOG_FOREIGN:
		return "log_foreign";
	case INCIDENT_ROOT_UNKNOWN:
		return "root_unknown";
	case INCIDENT_PROOF_BROKEN:
		return "proof_broken";
	}
	return "unknown";
}

const char *incident_trust_text(enum incident_trust trust)
{
	switch (trust) {
	case INCIDENT_TRUST_ROOTS:
		return "roots of blocks that the file has without their log";
	case INCIDENT_TRUST_NO_ANSWER:
		return "that nobody had answered it on the root chain when it "
		       "was seen";
	case INCIDENT_TRUST_NO_COPY:
		return "that no copy of the block has good signatures, to "
		       "which "
		       "the root does not commit";
	case INCIDENT_TRUST_NOT_SERVED:
		return "that no source served the body until it was seen";
	case INCIDENT_TRUST_EARLIER_BLOCKS:
		return "that the blocks of the other transactions in the file "
		       "are valid";
	case INCIDENT_TRUST_FACTS:
		return "what the facts say and no part of the file shows";
	}
	return "nothing";
}

/* ---- what the parts say ---- */

bool incident_parts_is_before(const struct incident_log *a,
			      const struct incident_log *b)
{
	if (a->log.eth_block_number != b->log.eth_block_number)
		return a->log.eth_block_number < b->log.eth_block_number;
	if (a->log.eth_transaction_index != b->log.eth_transaction_index)
		return a->log.eth_transaction_index <
		       b->log.eth_transaction_index;
	return a->log.log_index < b->log.log_index;
}

const struct incident_log *
incident_parts_root_log(const struct incident_parts *parts, uint64_t blknum)
{
	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		const struct contract_event *event = &parts->logs[i].event;

		if (event->kind == CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED &&
		    event->as.block_root_submitted.blknum == blknum)
			return &parts->logs[i];
	}
	return NULL;
}

bool incident_parts_root(struct incident_parts *parts, struct hash *out,
			 uint64_t blknum)
{
	const struct incident_evidence *evidence = parts->evidence;
	const struct incident_log *log = incident_parts_root_log(parts, blknum);

	if (log != NULL) {
		*out = log->event.as.block_root_submitted.root;
		return true;
	}
	for (size_t i = 0; i < evidence->root_count; i++) {
		if (evidence->roots[i].blknum != blknum)
			continue;
		*out = evidence->roots[i].root;
		parts->trusts |= INCIDENT_TRUST_ROOTS;
		return true;
	}
	return false;
}

const struct incident_known *
incident_parts_at(const struct incident_parts *parts, struct position position)
{
	struct position wanted = position_of_transaction(position);

	for (size_t i = 0; i < parts->evidence->transaction_count; i++) {
		const struct incident_transaction *of =
			parts->transactions[i].of;

		if (of->has_position && position_equal(of->position, wanted))
			return &parts->transactions[i];
	}
	return NULL;
}

bool incident_parts_output(const struct incident_parts *parts,
			   struct output *out, struct position position)
{
	const struct incident_known *known = incident_parts_at(parts, position);
	uint32_t oindex = position_oindex(position);

	if (known == NULL || !known->decodes ||
	    oindex >= known->transaction.output_count)
		return false;
	*out = known->transaction.outputs[oindex];
	return true;
}

unsigned int incident_parts_input(const struct transaction *transaction,
				  struct position position)
{
	unsigned int i = 0;

	while (i < transaction->input_count &&
	       !position_equal(transaction->inputs[i], position))
		i++;
	return i;
}

bool incident_parts_is_signed(const struct incident_parts *parts,
			      const struct incident_known *known,
			      const struct address *owner)
{
	struct rlp_reader items = rlp_reader_of(known->of->signatures);
	struct signature signatures[MAX_SIGNATURES];
	struct signature witness;
	size_t count = 0;

	while (rlp_reader_has_more(&items) && count < MAX_SIGNATURES) {
		struct rlp_item item = rlp_reader_next(&items);

		if (item.is_list || item.payload.len != SIGNATURE_SIZE)
			continue;
		memcpy(signatures[count++].bytes, item.payload.data,
		       SIGNATURE_SIZE);
	}
	return known->decodes &&
	       witness_find(&witness, &known->transaction, &parts->domain,
			    owner, signatures, count);
}

/* ---- proving the parts ---- */

static struct incident_judgement broken(enum incident_verdict verdict,
					const char *where, size_t index)
{
	return (struct incident_judgement){ verdict, where, index, 0 };
}

static bool is_ours(const struct evidence_network *network,
		    const struct eth_log *log, enum contract_event_kind kind)
{
	unsigned int roles = contract_event_emitters(kind);

	return ((roles & CONTRACT_ROLE_FRAMEWORK) != 0 &&
		address_equal(&log->address, &network->plasma_framework)) ||
	       ((roles & CONTRACT_ROLE_ETH_VAULT) != 0 &&
		address_equal(&log->address, &network->eth_vault)) ||
	       ((roles & CONTRACT_ROLE_ERC20_VAULT) != 0 &&
		address_equal(&log->address, &network->erc20_vault)) ||
	       ((roles & CONTRACT_ROLE_EXIT_GAME) != 0 &&
		address_equal(&log->address, &network->payment_exit_game));
}

static enum incident_verdict prove_log(struct incident_log *out,
				       const struct incident_evidence *evidence,
				       size_t index, struct arena *arena)
{
	switch (log_anchor_prove(&out->log, &out->time, &evidence->logs[index],
				 arena)) {
	case LOG_ANCHOR_HEADER_BROKEN:
		return INCIDENT_HEADER_BROKEN;
	case LOG_ANCHOR_RECEIPT_BROKEN:
		return INCIDENT_RECEIPT_BROKEN;
	case LOG_ANCHOR_LOG_MISSING:
		return INCIDENT_LOG_MISSING;
	case LOG_ANCHOR_VALID:
		break;
	}
	return contract_event_decode(&out->event, &out->log) ==
				       CONTRACT_EVENT_VALID &&
			       out->event.kind != CONTRACT_EVENT_UNKNOWN &&
			       is_ours(&evidence->network, &out->log,
				       out->event.kind)
		       ? INCIDENT_PROVED
		       : INCIDENT_LOG_FOREIGN;
}

/* The deposit is the one of its log. */
static bool has_deposit_log(const struct incident_parts *parts,
			    const struct incident_known *known)
{
	const struct output *output = &known->transaction.outputs[0];
	uint64_t blknum = position_blknum(known->of->position);

	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		const struct contract_event *event = &parts->logs[i].event;
		const struct deposit_created_event *created =
			&event->as.deposit_created;

		if (event->kind == CONTRACT_EVENT_DEPOSIT_CREATED &&
		    created->blknum == blknum &&
		    address_equal(&created->depositor, &output->owner) &&
		    token_equal(&created->token, &output->token) &&
		    amount_equal(created->amount, output->amount))
			return true;
	}
	return false;
}

static enum incident_verdict prove_deposit(struct incident_parts *parts,
					   const struct incident_known *known)
{
	const struct incident_transaction *of = known->of;
	struct hash root;

	if (!known->decodes || position_txindex(of->position) != 0)
		return INCIDENT_PROOF_BROKEN;
	if (has_deposit_log(parts, known))
		return INCIDENT_PROVED;
	if (!incident_parts_root(parts, &root, position_blknum(of->position)))
		return INCIDENT_ROOT_UNKNOWN;
	struct hash actual = deposit_root(of->raw);
	return hash_equal(&actual, &root) ? INCIDENT_PROVED
					  : INCIDENT_PROOF_BROKEN;
}

static enum incident_verdict prove_transaction(struct incident_parts *parts,
					       struct incident_known *known)
{
	const struct incident_transaction *of = known->of;
	uint64_t blknum = position_blknum(of->position);
	bool is_deposit = of->has_position && blknum_is_deposit(blknum);
	struct hash root;

	known->decodes =
		of->raw.len <= PROTOCOL_MAX_RAW_SIZE &&
		(is_deposit ? transaction_decode_deposit(&known->transaction,
							 of->raw)
			    : transaction_decode(&known->transaction,
						 of->raw)) == VERDICT_VALID;
	if (!known->decodes)
		memset(&known->transaction, 0, sizeof(known->transaction));
	if (!of->has_position)
		return INCIDENT_PROVED;
	if (is_deposit)
		return prove_deposit(parts, known);
	if (!incident_parts_root(parts, &root, blknum))
		return INCIDENT_ROOT_UNKNOWN;
	struct hash leaf = merkle_tree_leaf(of->raw);
	return merkle_tree_proves(&root, &leaf, position_txindex(of->position),
				  of->proof)
		       ? INCIDENT_PROVED
		       : INCIDENT_PROOF_BROKEN;
}

static struct incident_judgement prove_parts(struct incident_parts *parts,
					     struct arena *arena)
{
	const struct incident_evidence *evidence = parts->evidence;
	struct eth_header seen;

	parts->logs =
		arena_new(arena, evidence->log_count + 1, sizeof(*parts->logs));
	parts->transactions = arena_new(arena, evidence->transaction_count + 1,
					sizeof(*parts->transactions));
	if (parts->logs == NULL || parts->transactions == NULL)
		return broken(INCIDENT_PROOF_BROKEN, "transactions", 0);
	if (evidence->seen_header.len > 0) {
		if (!log_anchor_header(&seen, evidence->seen_header,
				       evidence->seen_number,
				       &evidence->seen_hash))
			return broken(INCIDENT_HEADER_BROKEN, "seen_at", 0);
		parts->seen_at = seen.time;
	}
	for (size_t i = 0; i < evidence->log_count; i++) {
		enum incident_verdict verdict =
			prove_log(&parts->logs[i], evidence, i, arena);

		if (verdict != INCIDENT_PROVED)
			return broken(verdict, "logs", i);
	}
	for (size_t i = 0; i < evidence->transaction_count; i++) {
		parts->transactions[i].of = &evidence->transactions[i];
		enum incident_verdict verdict =
			prove_transaction(parts, &parts->transactions[i]);

		if (verdict != INCIDENT_PROVED)
			return broken(verdict, "transactions", i);
	}
	return broken(INCIDENT_PROVED, NULL, 0);
}

/* ---- events ---- */

/* A root was committed, and so long ago that a body has to be out. */
static bool shows_withholding(struct incident_parts *parts)
{
	parts->trusts |= INCIDENT_TRUST_NOT_SERVED;
	return parts->evidence->has_block &&
	       incident_parts_root_log(parts, parts->evidence->block) != NULL;
}

/* Two logs give one number two roots. */
static bool shows_two_roots(struct incident_parts *parts)
{
	uint64_t blknum = parts->evidence->block;
	const struct incident_log *first =
		incident_parts_root_log(parts, blknum);

	for (size_t i = 0; first != NULL && i < parts->evidence->log_count;
	     i++) {
		const struct contract_event *event = &parts->logs[i].event;

		if (event->kind == CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED &&
		    event->as.block_root_submitted.blknum == blknum &&
		    !hash_equal(&event->as.block_root_submitted.root,
				&first->event.as.block_root_submitted.root))
			return true;
	}
	return false;
}

/* The maintainer made the change that the key names: "vault 0x…". */
static bool shows_governance(struct incident_parts *parts)
{
	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		char key[24 + HEX_SIZE(20)];
		char hex[HEX_SIZE(20)];
		struct address who;
		const char *what;

		if (!contract_event_governance(&what, &who,
					       &parts->logs[i].event))
			continue;
		hex_encode(hex, bytes_view(who.bytes, 20));
		(void)snprintf(key, sizeof(key), "%s %s", what,
			       hex); /* it fits */
		if (strcmp(key, parts->evidence->key) == 0)
			return true;
	}
	return false;
}

/* The bond that the key names was announced: "IFEBondUpdated". */
static bool shows_bond(struct incident_parts *parts)
{
	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		enum contract_event_kind kind = parts->logs[i].event.kind;

		if (contract_event_is_bond(kind) &&
		    strcmp(contract_event_name(kind), parts->evidence->key) ==
			    0)
			return true;
	}
	return false;
}

/* A vault paid less than was due of the token that the key begins with. */
static bool shows_shortfall(struct incident_parts *parts)
{
	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		const struct contract_event *event = &parts->logs[i].event;
		char token[ADDRESS_TEXT_SIZE];

		if (event->kind != CONTRACT_EVENT_SHORTFALL)
			continue;
		address_format(token, &event->as.account_amount.token.address);
		if (strncmp(parts->evidence->key, token, strlen(token)) == 0)
			return true;
	}
	return false;
}

struct event_row {
	const char *code;
	/* NULL: no file can show it. */
	bool (*shows)(struct incident_parts *parts);
	/* A complete file always shows it. */
	bool is_decisive;
};

static const struct event_row event_rows[] = {
	{ "invalid_block", incident_block_shows, true },
	{ "block_withholding", shows_withholding, false },
	{ "changed_root", shows_two_roots, false },
	{ "equivocation", shows_two_roots, false },
	{ "invalid_exit", incident_exit_shows_standard, true },
	{ "unchallenged_exit", incident_exit_shows_standard, true },
	{ "late_spend_of_exiting_output", incident_exit_shows_late_spend,
	  true },
	{ "non_canonical_ife", incident_exit_shows_competitor, true },
	{ "unchallenged_non_canonical_ife", incident_exit_shows_competitor,
	  true },
	{ "invalid_ife_challenge", incident_exit_shows_inclusion, true },
	{ "invalid_piggyback", incident_exit_shows_piggyback, true },
	{ "unchallenged_piggyback", incident_exit_shows_piggyback, true },
	{ "invalid_finalized_exit", incident_exit_shows_payout, false },
	{ "block_number_gap", NULL, false },
	{ "insolvent_vault", shows_shortfall, false },
	{ "governance_change", shows_governance, false },
	{ "bond_change", shows_bond, true },
	{ "finality_broken", NULL, false },
	{ "queue_stuck", NULL, false },
	{ "deposit_bytes_unknown", NULL, false },
};

static const struct event_row *find_row(const char *code)
{
	for (size_t i = 0; i < sizeof(event_rows) / sizeof(event_rows[0]);
	     i++) {
		if (strcmp(event_rows[i].code, code) == 0)
			return &event_rows[i];
	}
	return NULL;
}

struct incident_judgement
incident_evidence_judge(const struct incident_evidence *evidence,
			struct arena *arena)
{
	const struct event_row *row = find_row(evidence->event);
	struct incident_parts parts = {
		.evidence = evidence,
		.domain = eip712_domain_separator(
			&evidence->network.plasma_framework),
	};

	if (row == NULL)
		return broken(INCIDENT_EVENT_UNKNOWN, "event", 0);
	struct incident_judgement out = prove_parts(&parts, arena);
	if (out.verdict != INCIDENT_PROVED)
		return out;
	if (row->shows == NULL || !row->shows(&parts)) {
		out.verdict = row->is_decisive && evidence->is_complete
				      ? INCIDENT_NOT_PROVED
				      : INCIDENT_STATED;
		parts.trusts |= INCIDENT_TRUST_FACTS;
	}
	out.trusts = parts.trusts;
	return out;
}
