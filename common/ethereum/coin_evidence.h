/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_COIN_EVIDENCE_H
#define PLASMA_COMMON_ETHEREUM_COIN_EVIDENCE_H

/*
 * Everything that is needed to take one coin off the child chain with our
 * programs and the operator gone, and to prove to a third party that the coin
 * was made: plasma-evidence(5) with "kind" "coin". Wallet and watcher write and
 * verify it with these; the JSON is common/service/coin_evidence_file.
 *
 * A coin of an operator block rests on the BlockRootSubmitted log that carries
 * the block's root, a deposit on its DepositCreated log, which carries owner,
 * token and amount (its root follows from the transaction). The log stands in
 * a receipt, the receipt in the trie of an eth_block, and that is as true as
 * the hash of the eth_block: whoever trusts the hash needs nobody else.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/chain/amount.h"
#include "common/chain/output.h"
#include "common/chain/position.h"
#include "common/ethereum/evidence_network.h"
#include "common/ethereum/log_anchor.h"

/* The views borrow. */
struct coin_evidence {
	struct wall_time made_at;
	struct evidence_network network;
	struct position position;
	struct output output;
	struct bytes transaction;	 /* raw form */
	struct bytes signed_transaction; /* empty: not known, or a deposit */
	struct bytes proof;		 /* 512 bytes */
	struct hash root;		 /* of the block of `position` */
	bool has_anchor; /* false: where the root stands was not known */
	struct log_anchor anchor;
	/* startStandardExit() of the coin, to be sent by its owner to the exit
	 * game with the bond as value; empty for an output of type 2, which
	 * has no standard exit. */
	struct bytes exit_call_data;
	struct amount exit_value_wei;
};

/* What is wrong with an evidence, in the order of the checks. */
enum coin_evidence_verdict {
	COIN_EVIDENCE_VALID,
	/* Not a transaction as a block of this number has it. */
	COIN_EVIDENCE_TRANSACTION_BROKEN,
	COIN_EVIDENCE_OUTPUT_MISSING, /* it has no such output */
	COIN_EVIDENCE_OUTPUT_DIFFERS, /* it has another one */
	/* Not the signed form of the transaction. */
	COIN_EVIDENCE_SIGNED_FORM_BROKEN,
	COIN_EVIDENCE_PROOF_BROKEN,  /* does not lead to the root */
	COIN_EVIDENCE_HEADER_BROKEN, /* not that of the eth_block */
	/* Does not lead to a receipt of the eth_block. */
	COIN_EVIDENCE_RECEIPT_BROKEN,
	/* The log is not there, or not by the contract, or says otherwise. */
	COIN_EVIDENCE_LOG_DIFFERS,
	/* Not the exit of this coin, or its value is zero. */
	COIN_EVIDENCE_EXIT_DIFFERS
};

/* Judges all that can be judged without the root chain. VALID with has_anchor
 * means: true if anchor.eth_block_hash is an eth_block of chain `chain_id` and
 * the contracts are the right ones. VALID without it means only that the parts
 * fit together: the root has to be asked for. The arena takes a receipt. */
NODISCARD enum coin_evidence_verdict
coin_evidence_judge(const struct coin_evidence *evidence, struct arena *arena);

/* "valid", "proof_broken" and so on. */
const char *coin_evidence_verdict_code(enum coin_evidence_verdict verdict);

/* Appends the call data that `exit_call_data` has to be; nothing for an output
 * of type 2. Reads position, output, transaction and proof. */
void coin_evidence_exit_call(struct growing_buffer *out,
			     const struct coin_evidence *evidence);

#endif
