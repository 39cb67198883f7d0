/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_FEE_FILE_STORE_H
#define PLASMA_OPERATOR_FEE_FILE_STORE_H

/*
 * The fee file: {"1": {"0xTOKEN": {"amount": "decimal string"}}}, where "1" is
 * the transaction type of payments.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/service/network_file.h"
#include "operator/fee_schedule.h"

/* Reads rows, to be freed with memory_free(). ERROR_BAD_INPUT. */
NODISCARD bool fee_file_parse_new(struct fee_row **rows, size_t *count,
				  struct bytes text, struct error *error);

/* The same from a file; each token must be ether or one of those that the
 * network lists. ERROR_NO_INPUT, ERROR_BAD_INPUT. */
NODISCARD bool fee_file_read_new(struct fee_row **rows, size_t *count,
				 const char *path,
				 const struct network *network,
				 struct error *error);

#endif
