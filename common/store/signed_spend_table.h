/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_STORE_SIGNED_SPEND_TABLE_H
#define PLASMA_COMMON_STORE_SIGNED_SPEND_TABLE_H

/*
 * One signature per coin, ever (formats.md 6). The wallet writes what its keys
 * sign into signed.db: the claim of a coin by a transaction is on disk before
 * the key signs, and the signature is on disk before it leaves the process. A
 * second, different transaction that spends a claimed coin is refused, in this
 * life of the program and in every later one.
 *
 * The watcher reads it: a claimed coin is never exited by a standard exit, but
 * in flight with the transaction that claims it. A claim without a signature
 * counts as signed, for the key may have signed before a crash; its owner can
 * make the same signature again.
 *
 * The file belongs to one child chain, for positions mean nothing elsewhere.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/instant.h"
#include "common/chain/position.h"
#include "common/chain/protocol.h"
#include "common/keys/signature.h"

struct signed_spend_table;

/* Opens for the wallet, the one writer; makes the file if it is missing.
 * ERROR_CONFIG: it belongs to another chain than `chain_id` and `framework`.
 * Else the errors of database_open(). Own with signed_spend_table_close(). */
NODISCARD bool signed_spend_table_open(struct signed_spend_table **out,
				       const char *path, uint64_t chain_id,
				       const struct address *framework,
				       struct error *error);

/* Opens for reading alone; several readers and the writer may run at once.
 * ERROR_NO_INPUT: no such file, which is what a wallet that never signed has.
 * ERROR_CONFIG as above. */
NODISCARD bool signed_spend_table_open_reader(struct signed_spend_table **out,
					      const char *path,
					      uint64_t chain_id,
					      const struct address *framework,
					      struct error *error);

/* NULL is harmless. */
void signed_spend_table_close(struct signed_spend_table *table);

/* A transaction that claims coins of ours. A value: it borrows nothing. */
struct signed_spend {
	uint64_t sequence; /* ascending in the order of the claims, from 1 */
	struct hash transaction_hash;
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	size_t raw_len;
	struct wall_time claimed_at;
	size_t input_count;
	bool is_ours[PROTOCOL_MAX_INPUTS]; /* input i is a claimed coin */
	bool has_signature[PROTOCOL_MAX_INPUTS];
	struct signature signatures[PROTOCOL_MAX_INPUTS];
};

/* The signed form (protocol.md 2.1); `len` is 0 while a signature is missing.
 */
struct signed_spend_form {
	uint8_t bytes[PROTOCOL_MAX_SIGNED_SIZE];
	size_t len;
};
struct signed_spend_form signed_spend_form(const struct signed_spend *spend);

/* The transaction that claims the coin at `position`. */
NODISCARD bool signed_spend_table_find(struct signed_spend_table *table,
				       bool *found, struct signed_spend *out,
				       struct position position,
				       struct error *error);

/* The same by the hash of the raw form. */
NODISCARD bool signed_spend_table_of_hash(struct signed_spend_table *table,
					  bool *found, struct signed_spend *out,
					  const struct hash *transaction_hash,
					  struct error *error);

/* At most `capacity` transactions whose sequence is above `sequence`, in order:
 * a reader that remembers the last one gets only what is new. Signatures may
 * come later than the claim: ask for what was incomplete again. */
NODISCARD bool signed_spend_table_after(struct signed_spend_table *table,
					struct signed_spend *out, size_t *count,
					size_t capacity, uint64_t sequence,
					struct error *error);

enum signed_spend_answer {
	SIGNED_SPEND_CLAIMED, /* now, or by this transaction before */
	SIGNED_SPEND_CONFLICT /* another transaction has one of the coins */
};

/* Claims the inputs of the payment `raw` whose bit is set in `ours` (bit i is
 * input i) for it. On CLAIMED all of them are on disk; claiming the same again
 * changes nothing. On CONFLICT nothing is changed and `conflict` is the
 * transaction that has the first coin concerned. `raw` that is not a payment,
 * or a bit of no input, is ERROR_BAD_INPUT. */
NODISCARD bool signed_spend_table_claim(struct signed_spend_table *table,
					enum signed_spend_answer *answer,
					struct signed_spend *conflict,
					struct bytes raw, unsigned int ours,
					struct wall_time now,
					struct error *error);

/* Stores the signature of input `input_index` of a claimed transaction, of ours
 * or of another owner; it is on disk when this returns, and only then may it
 * leave the process. Another signature than the one stored is ERROR_REFUSED, an
 * input that no claimed transaction has ERROR_BAD_INPUT. */
NODISCARD bool signed_spend_table_put_signature(
	struct signed_spend_table *table, const struct hash *transaction_hash,
	size_t input_index, const struct signature *signature,
	struct error *error);

#endif
