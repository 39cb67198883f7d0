/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_PASS_FACTS_H
#define PLASMA_WATCHER_PASS_FACTS_H

/*
 * What one pass over the snapshot is judged by: read once at its beginning, the
 * same for everybody who decides something in it. All pointers are borrowed for
 * the pass.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/chain/amount.h"
#include "common/keys/signer.h"
#include "common/service/network_file.h"
#include "common/snapshot/snapshot_reader.h"
#include "watcher/event.h"

/* An account whose coins are looked after. */
struct watched_owner {
	struct address address;
	const struct signer *signer; /* NULL: its key is not here */
	const char *signed_path;     /* the wallet's signed.db; NULL: none */
};

/* The halt of the chain as far as it decides about exits (protocol.md 15). */
struct latch_facts {
	bool latched;
	enum event_kind kind;	    /* of the oldest HALT event */
	bool challenges_only;	    /* one of them is about the root chain */
	bool has_bad_block;	    /* invalid, withheld or late */
	uint64_t bad_block;	    /* the first one */
	struct root_time bad_at;    /* T */
	struct root_time halted_at; /* without a bad block: the newest moment of
				     * the good state */
	uint64_t last_good_block; /* the good state is that after this operator
				   * block (0: before the first), and all final
				   * deposits */
};

/* A queue whose head is due and cannot be processed, by a simulated call. */
struct stuck_queue {
	struct token token;
	char reason[160]; /* what the node said, fit for a JSON string */
};
#define PASS_MAX_STUCK 64

struct pass_facts {
	struct snapshot_reader *snapshot; /* with its pass open */
	struct snapshot_head head;
	struct root_time now;  /* root-chain time: that of the head */
	struct wall_time wall; /* of the beginning of the pass */
	/* The last eth_block that counts as final: by the node's tag, or by the
	 * configured confirmations where there is none. */
	bool final_known;
	uint64_t final_number;
	struct snapshot_state state;
	const struct network *network;
	struct hash domain; /* EIP-712 separator of the framework */
	struct latch_facts latch;
	const struct watched_owner *owners;
	size_t owner_count;
	/* Newest applied operator block, 0 before the first. */
	uint64_t applied_block;
	/* Every operator block of the snapshot is applied or behind a halt:
	 * what is not known to be spent is unspent. */
	bool caught_up;
	struct stuck_queue stuck[PASS_MAX_STUCK];
	size_t stuck_count;
};

/* False while a block that is not read might spend a coin: its exit would lose
 * the bond, and what is due may be a thief's. Behind a bad block none is read
 * any more, nor where the root chain itself is in doubt. */
NODISCARD bool pass_facts_spends_are_known(const struct pass_facts *facts);

#endif
