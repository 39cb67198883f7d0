/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_PAYMENT_INTAKE_H
#define PLASMA_OPERATOR_PAYMENT_INTAKE_H

/*
 * Bytes of the network on their way to being payments: hex strings of JSON, and
 * signed payments that lie one behind the other.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "operator/json_scan.h"

/* The bytes of a JSON string of 0x and hex digits, into `out`, which has room
 * for `capacity` bytes; false for anything else. */
NODISCARD bool payment_intake_hex(uint8_t *out, size_t *len, size_t capacity,
				  const struct json_value *value);

/* Length of the RLP list at the front of the bytes, all of it; 0 if there is
 * none or if it is not complete. */
size_t payment_intake_len(struct bytes bytes);

#endif
