/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_VERDICT_H
#define PLASMA_COMMON_CHAIN_VERDICT_H

/*
 * The one list of block-validity rules, in the order of protocol.md 2.8. The
 * value of a verdict is the row of its rule, its code is the name on the wire,
 * and its grade says what the fault proves:
 *
 *   F  the body is not authenticated by the root: ask another source
 *   W  a signature, which the root does not commit to: another copy may be good
 *   P  proved by the root chain and authenticated bytes: final at once
 *
 * Where each rule is judged: 1-3 block_rules.c, 4-7 whoever fetches, 8-10
 * block.c, 11-30 transaction_codec.c, 31-32 transaction_rules.c, 33-38
 * transaction_codec.c and the recovery, 39-51 block_rules.c.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

#define VERDICT_LIST(X)                                                        \
	X(ZERO_ROOT, "zero_root", P)                                           \
	X(REPEATED_ROOT, "repeated_root", P)                                   \
	X(EMPTY_BLOCK, "empty_block", P)                                       \
	X(BLOCK_NOT_AVAILABLE, "block_not_available", F)                       \
	X(BODY_TOO_LARGE, "body_too_large", F)                                 \
	X(BODY_NUMBER_MISMATCH, "body_number_mismatch", F)                     \
	X(BODY_ROOT_MISMATCH, "body_root_mismatch", F)                         \
	X(TOO_MANY_TRANSACTIONS, "too_many_transactions", F)                   \
	X(TX_FRAMING, "tx_framing", F)                                         \
	X(ROOT_MISMATCH, "root_mismatch", F)                                   \
	X(TX_TOO_LONG, "tx_too_long", P)                                       \
	X(TX_MALFORMED_RLP, "tx_malformed_rlp", P)                             \
	X(TX_TYPE_NOT_ALLOWED, "tx_type_not_allowed", P)                       \
	X(FEE_HAS_INPUTS, "fee_has_inputs", P)                                 \
	X(FEE_OUTPUT_COUNT, "fee_output_count", P)                             \
	X(PAYMENT_WITHOUT_INPUTS, "payment_without_inputs", P)                 \
	X(TOO_MANY_INPUTS, "too_many_inputs", P)                               \
	X(INPUT_NOT_32_BYTES, "input_not_32_bytes", P)                         \
	X(INPUT_ZERO, "input_zero", P)                                         \
	X(INPUT_POSITION_INVALID, "input_position_invalid", P)                 \
	X(DUPLICATE_INPUT, "duplicate_input", P)                               \
	X(NO_OUTPUTS, "no_outputs", P)                                         \
	X(TOO_MANY_OUTPUTS, "too_many_outputs", P)                             \
	X(OUTPUT_MALFORMED, "output_malformed", P)                             \
	X(OUTPUT_TYPE_NOT_ALLOWED, "output_type_not_allowed", P)               \
	X(OUTPUT_OWNER_ZERO, "output_owner_zero", P)                           \
	X(OUTPUT_AMOUNT_ZERO, "output_amount_zero", P)                         \
	X(FEE_NONCE_MALFORMED, "fee_nonce_malformed", P)                       \
	X(TX_DATA_NOT_ZERO, "tx_data_not_zero", P)                             \
	X(METADATA_MALFORMED, "metadata_malformed", P)                         \
	X(FEE_NONCE_MISMATCH, "fee_nonce_mismatch", P)                         \
	X(FEE_METADATA_NOT_ZERO, "fee_metadata_not_zero", P)                   \
	X(FEE_HAS_SIGNATURES, "fee_has_signatures", W)                         \
	X(SIGNATURE_COUNT_MISMATCH, "signature_count_mismatch", W)             \
	X(SIGNATURE_BAD_LENGTH, "signature_bad_length", W)                     \
	X(SIGNATURE_BAD_V, "signature_bad_v", W)                               \
	X(SIGNATURE_HIGH_S, "signature_high_s", W)                             \
	X(SIGNATURE_UNRECOVERABLE, "signature_unrecoverable", W)               \
	X(FEE_DUPLICATE_TOKEN, "fee_duplicate_token", P)                       \
	X(PAYMENT_AFTER_FEE, "payment_after_fee", P)                           \
	X(DUPLICATE_TRANSACTION, "duplicate_transaction", P)                   \
	X(INPUT_NOT_OLDER, "input_not_older", P)                               \
	X(INPUT_EXITED, "input_exited", P)                                     \
	X(INPUT_SPENT, "input_spent", P)                                       \
	X(INPUT_UNKNOWN, "input_unknown", P)                                   \
	X(SIGNATURE_WRONG_OWNER, "signature_wrong_owner", W)                   \
	X(AMOUNT_OVERFLOW, "amount_overflow", P)                               \
	X(AMOUNTS_DO_NOT_ADD_UP, "amounts_do_not_add_up", P)                   \
	X(FEE_POT_OVERFLOW, "fee_pot_overflow", P)                             \
	X(FEE_TOKEN_NOT_COLLECTED, "fee_token_not_collected", P)               \
	X(FEE_AMOUNT_MISMATCH, "fee_amount_mismatch", P)

enum verdict {
	VERDICT_VALID = 0,
#define VERDICT_VALUE(name, code, grade) VERDICT_##name,
	VERDICT_LIST(VERDICT_VALUE)
#undef VERDICT_VALUE
};

#define VERDICT_COUNT 52 /* the 51 rules and VALID */

enum verdict_grade {
	VERDICT_GRADE_NONE,
	VERDICT_GRADE_F,
	VERDICT_GRADE_W,
	VERDICT_GRADE_P
};

/* "valid" or the code of the rule. */
const char *verdict_code(enum verdict verdict);

/* VERDICT_GRADE_NONE for VERDICT_VALID. */
enum verdict_grade verdict_grade(enum verdict verdict);

/* False if no verdict has this code. */
NODISCARD bool verdict_from_code(enum verdict *out, const char *code);

#endif
