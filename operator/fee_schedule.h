/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_FEE_SCHEDULE_H
#define PLASMA_OPERATOR_FEE_SCHEDULE_H

/*
 * The fees that the operator takes, as they change: an amount that was in force
 * until a change is accepted for 30 seconds more (protocol.md 2.7), so that a
 * wallet which asked a moment ago is not turned away.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/amount.h"
#include "common/chain/fee.h"

#define FEE_SCHEDULE_GRACE_MS 30000
#define FEE_SCHEDULE_MAX_TOKENS 1024

/* One row of a fee file: what a payment costs when it is paid in `token`. */
struct fee_row {
	struct token token;
	struct amount amount;
};

struct fee_schedule;

/* No table is loaded at first: nothing but merges is accepted. Own with
 * fee_schedule_free(). */
struct fee_schedule *fee_schedule_new(void);
void fee_schedule_free(struct fee_schedule *schedule);

/* Puts `rows` in force. A token that stood in the table before may change by a
 * factor of `max_factor` at most, up or down, unless that is 0; refused:
 * ERROR_REFUSED names the token, and nothing changes. A token may not stand
 * twice: ERROR_BAD_INPUT. */
NODISCARD bool fee_schedule_change(struct fee_schedule *schedule,
				   const struct fee_row *rows, size_t count,
				   uint64_t max_factor, uint64_t now_ms,
				   struct error *error);

/* Forgets amounts whose time is over. */
void fee_schedule_expire(struct fee_schedule *schedule, uint64_t now_ms);

/* True if the price with this index of the table is in force; false if it is
 * accepted only until its grace ends. */
bool fee_schedule_is_current(const struct fee_schedule *schedule, size_t index);

/* What is accepted now; borrowed, stays where it is while the schedule lives.
 */
const struct fee_table *
fee_schedule_table_borrow(const struct fee_schedule *schedule);

#endif
