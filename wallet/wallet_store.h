/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_WALLET_STORE_H
#define PLASMA_WALLET_WALLET_STORE_H

/*
 * wallet.db: coins with their transactions and proofs, payments, exits, and the
 * journal of root-chain transactions (common/actions). One process at a time
 * writes it, under the lock of the data directory. It belongs to one child
 * chain.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/chain/exit_id.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "common/store/database.h"
#include "wallet/coin.h"

struct wallet_store;

/* ERROR_CONFIG: it belongs to another child chain. Else the errors of
 * database_open(). Own with wallet_store_close(). */
NODISCARD bool wallet_store_open(struct wallet_store **out, const char *path,
				 uint64_t chain_id,
				 const struct address *framework,
				 struct error *error);
void wallet_store_close(struct wallet_store *store);

/* For common/actions; borrowed. */
struct database *wallet_store_database(struct wallet_store *store);

/* Several writes as one. */
NODISCARD bool wallet_store_begin(struct wallet_store *store,
				  struct error *error);
NODISCARD bool wallet_store_commit(struct wallet_store *store,
				   struct error *error);
void wallet_store_abandon(struct wallet_store *store);

/* ---- transactions ---- */

struct wallet_transaction {
	struct hash hash;
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	size_t raw_len;
	bool is_included;
	struct position position;    /* if included: output 0 */
	struct root_time block_time; /* if included; 0: not known */
	bool has_proof;
	uint8_t proof[PROTOCOL_PROOF_SIZE];
	struct hash root; /* if it has a proof */
};

/* Inserts, or adds what was not known. */
NODISCARD bool
wallet_store_put_transaction(struct wallet_store *store,
			     const struct wallet_transaction *transaction,
			     struct error *error);
/* The transaction of a hash at a position (any output of it), which tells two
 * deposits with the same bytes apart. */
NODISCARD bool wallet_store_transaction(struct wallet_store *store, bool *found,
					struct wallet_transaction *out,
					const struct hash *hash,
					struct position position,
					struct error *error);

/* The same where the position is not known: that of a payment, or of the first
 * of several deposits. */
NODISCARD bool wallet_store_transaction_of_hash(struct wallet_store *store,
						bool *found,
						struct wallet_transaction *out,
						const struct hash *hash,
						struct error *error);

/* The newest, those in no block first; the caller frees with memory_free(). */
NODISCARD bool wallet_store_transactions_newest(struct wallet_store *store,
						struct wallet_transaction **out,
						size_t *count, size_t limit,
						struct error *error);

/* ---- coins ---- */

/* Inserts or replaces; a coin once verified stays so. `has_proof` and
 * `is_claimed` are not stored. */
NODISCARD bool wallet_store_put_coin(struct wallet_store *store,
				     const struct coin *coin,
				     struct error *error);
NODISCARD bool wallet_store_set_coin_status(struct wallet_store *store,
					    struct position position,
					    enum coin_status status,
					    struct error *error);

/* Forgets a deposit of ours that a reorganisation moved, unless the watcher has
 * it. */
NODISCARD bool wallet_store_drop_unverified(struct wallet_store *store,
					    struct position position,
					    struct error *error);
NODISCARD bool wallet_store_coin(struct wallet_store *store, bool *found,
				 struct coin *out, struct position position,
				 struct error *error);

/* All coins of an owner by position; `is_claimed` is false. The caller frees
 * with memory_free(). */
NODISCARD bool wallet_store_coins(struct wallet_store *store, struct coin **out,
				  size_t *count, const struct address *owner,
				  struct error *error);

/* ---- payments ---- */

/* Stored: the numbers never change. */
enum payment_state {
	PAYMENT_STATE_SIGNED = 1,   /* not known to be accepted */
	PAYMENT_STATE_ACCEPTED = 2, /* by the operator; proves nothing */
	PAYMENT_STATE_REFUSED = 3,  /* by the operator, with a code */
	PAYMENT_STATE_INCLUDED = 4  /* in a verified block */
};

#define PAYMENT_ANSWER_SIZE 280

struct own_payment {
	struct hash hash;
	struct address account;
	struct wall_time made_at;
	enum payment_state state;
	char answer[PAYMENT_ANSWER_SIZE]; /* of the operator, for people */
};

NODISCARD bool wallet_store_put_payment(struct wallet_store *store,
					const struct own_payment *payment,
					struct error *error);

/* Oldest first; the caller frees with memory_free(). */
NODISCARD bool wallet_store_payments(struct wallet_store *store,
				     struct own_payment **out, size_t *count,
				     const struct address *account,
				     struct error *error);

/* ---- exits ---- */

/* Stored: the numbers never change. */
enum own_exit_state {
	OWN_EXIT_WANTED = 1,	 /* not on the root chain yet */
	OWN_EXIT_STARTED = 2,	 /* there is a record */
	OWN_EXIT_CHALLENGED = 3, /* somebody proved a spend */
	OWN_EXIT_PAID = 4,	 /* the output is flagged, the record gone */
	OWN_EXIT_OMITTED = 5,	 /* processed without paying us */
	OWN_EXIT_DELETED = 6	 /* an in-flight exit that nobody joined */
};

struct own_exit {
	struct exit_id id;	  /* tells standard from in-flight exits */
	struct position position; /* of the coin */
	struct address account;
	struct token token;
	struct amount amount;
	struct hash hash; /* of the coin's transaction, or the one in flight */
	struct wall_time wanted_at;
	struct root_time exitable_at; /* 0: not known yet */
	enum own_exit_state state;
};

NODISCARD bool wallet_store_put_exit(struct wallet_store *store,
				     const struct own_exit *exit,
				     struct error *error);

/* Oldest first; the caller frees with memory_free(). */
NODISCARD bool wallet_store_exits(struct wallet_store *store,
				  struct own_exit **out, size_t *count,
				  const struct address *account,
				  struct error *error);

#endif
