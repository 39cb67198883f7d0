/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_PAYOUT_STORE_H
#define PLASMA_WATCHER_PAYOUT_STORE_H

/*
 * What exits took out of the vaults, what waits there as a credit, and logs
 * that are an event by themselves. Over the watcher's database; exit_store
 * writes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/amount.h"
#include "common/chain/exit_id.h"
#include "common/chain/position.h"
#include "common/ethereum/contract_events.h"
#include "common/snapshot/snapshot_reader.h"
#include "common/store/database.h"
#include "watcher/exit_place.h"

enum payout_judgement {
	PAYOUT_NOT_JUDGED = 0,
	PAYOUT_RIGHT = 1,
	PAYOUT_INVALID = 2
};

struct payout {
	struct exit_place place; /* of its log */
	struct exit_id exit_id;
	bool in_flight;
	unsigned int slot; /* of an in-flight exit */
	uint64_t time;
	bool has_position;
	struct position position;
};

/* ---- writing, in the order of the logs ---- */

NODISCARD bool payout_store_put(struct database *database,
				const struct payout *payout,
				struct error *error);

/* CreditAdded, CreditClaimed, a bond update, ExitQueueAdded or a Shortfall. */
NODISCARD bool payout_store_put_notice(struct database *database,
				       const struct snapshot_event *event,
				       struct error *error);

/* ---- reading ---- */

/* Pay-outs that nobody judged, up to eth_block `last`. Free with memory_free().
 */
NODISCARD bool payout_store_open_new(struct database *database,
				     struct payout **out, size_t *count,
				     uint64_t last, struct error *error);

/* Outputs of in-flight exits that stand in no applied block, as far as was
 * known when they were paid; and where one turns out to stand. */
NODISCARD bool payout_store_placeless_new(struct database *database,
					  struct payout **out, size_t *count,
					  struct error *error);
NODISCARD bool payout_store_put_place(struct database *database,
				      struct exit_place place,
				      struct position position,
				      struct error *error);

NODISCARD bool payout_store_invalid_new(struct database *database,
					struct payout **out, size_t *count,
					struct error *error);
NODISCARD bool payout_store_judge(struct database *database,
				  struct exit_place place,
				  enum payout_judgement judgement,
				  struct error *error);

struct credit {
	struct address contract; /* where it can be claimed */
	struct token token;
	struct amount amount;
};

/* What waits for an owner; at most `capacity`. */
NODISCARD bool payout_store_credits(struct database *database,
				    struct credit *out, size_t *count,
				    size_t capacity,
				    const struct address *owner,
				    struct error *error);

/* True in `has` if exits of the token can be queued. */
NODISCARD bool payout_store_has_queue(struct database *database, bool *has,
				      const struct token *token,
				      struct error *error);

/* A bond change, a new queue or a shortfall. */
struct exit_notice {
	struct exit_place place;
	enum contract_event_kind kind;
	uint64_t time;
	struct token token;
	struct amount amount; /* the bond, or what is missing */
};

/* Those at or after `since`, oldest first. Free with memory_free(). */
NODISCARD bool payout_store_notices_new(struct database *database,
					struct exit_notice **out, size_t *count,
					uint64_t since, struct error *error);

#endif
