/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_INCIDENT_EVIDENCE_H
#define PLASMA_COMMON_ETHEREUM_INCIDENT_EVIDENCE_H

/*
 * What convinces a third party that something is wrong with a chain:
 * plasma-evidence(5) with "kind" "incident". It holds logs of the root chain,
 * each proved up to its eth_block, and transactions of the child chain, each
 * proved up to a root that such a log carries; from these the event
 * (protocol.md 11) and the rule of blocks (2.8) are found again, by the same
 * code that judges blocks. The JSON is common/service/incident_evidence_file.
 * Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/chain/exit_id.h"
#include "common/chain/position.h"
#include "common/chain/verdict.h"
#include "common/ethereum/evidence_network.h"
#include "common/ethereum/log_anchor.h"

/* Of each list, and of a whole file. */
#define INCIDENT_MAX_PARTS 8192

/* A transaction of the child chain. At a position where no transaction stands,
 * `raw` is 32 zero bytes: what the tree has there (protocol.md 5). */
struct incident_transaction {
	bool has_position;	  /* else it was seen outside of blocks */
	struct position position; /* output 0 */
	struct bytes raw;
	struct bytes signatures; /* payload of their list; empty: not known */
	struct bytes proof;	 /* 512 bytes; empty without a position */
};

/* The root of a block that no log in the file carries. */
struct incident_root {
	uint64_t blknum;
	struct hash root;
};

/* The views and lists are borrowed. */
struct incident_evidence {
	struct wall_time made_at;
	struct evidence_network network;
	const char *event; /* "invalid_block", … */
	const char *key;   /* block number, exit id, … */
	const char *facts; /* JSON, as the watcher said it */
	enum verdict rule; /* of an invalid block, else VALID */
	bool has_block;
	uint64_t block;
	bool has_tx_index;
	uint32_t tx_index;
	bool has_exit_id;
	struct exit_id exit_id;
	bool has_slot; /* 0 to 4 inputs, 5 to 9 outputs */
	unsigned int slot;
	bool is_complete; /* nothing that was needed was left out */
	/* The head of the root chain when the incident was seen. */
	uint64_t seen_number;
	struct hash seen_hash;
	struct bytes seen_header; /* empty: not known */
	const struct log_anchor *logs;
	size_t log_count;
	const struct incident_root *roots;
	size_t root_count;
	const struct incident_transaction *transactions;
	size_t transaction_count;
};

enum incident_verdict {
	/* It follows from the file: true if its eth_blocks are on the root
	 * chain, but for what is taken on trust. */
	INCIDENT_PROVED,
	/* Every part is sound, but the event does not follow from them: it is
	 * one that no file shows, or something was left out. */
	INCIDENT_STATED,
	/* The parts are sound and show nothing of the kind. */
	INCIDENT_NOT_PROVED,
	INCIDENT_EVENT_UNKNOWN,	 /* no event has this name */
	INCIDENT_HEADER_BROKEN,	 /* not that of the eth_block */
	INCIDENT_RECEIPT_BROKEN, /* not a receipt of the eth_block */
	INCIDENT_LOG_MISSING,	 /* the receipt has no such log */
	INCIDENT_LOG_FOREIGN,	 /* not an event of one of the contracts */
	INCIDENT_ROOT_UNKNOWN,	 /* of a transaction's block */
	INCIDENT_PROOF_BROKEN	 /* does not lead to the root */
};

/* "proved" and so on. */
const char *incident_verdict_code(enum incident_verdict verdict);

/* What a verdict takes on trust beside the hashes of eth_blocks, as bits. */
enum incident_trust {
	INCIDENT_TRUST_ROOTS = 1,
	INCIDENT_TRUST_NO_ANSWER = 2,
	INCIDENT_TRUST_NO_COPY = 4,
	INCIDENT_TRUST_NOT_SERVED = 8,
	INCIDENT_TRUST_EARLIER_BLOCKS = 16,
	INCIDENT_TRUST_FACTS = 32
};
#define INCIDENT_TRUST_COUNT 6

/* One of the bits in words. */
const char *incident_trust_text(enum incident_trust trust);

struct incident_judgement {
	enum incident_verdict verdict;
	/* Of a broken part: in which list, and its index. NULL: the whole. */
	const char *where;
	size_t index;
	unsigned int trusts;
};

/* Judges all that can be judged without the root chain. The arena takes the
 * parts decoded; when it is full the part that did not fit is broken. */
struct incident_judgement
incident_evidence_judge(const struct incident_evidence *evidence,
			struct arena *arena);

#endif
