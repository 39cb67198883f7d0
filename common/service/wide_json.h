/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_WIDE_JSON_H
#define PLASMA_COMMON_SERVICE_WIDE_JSON_H

/*
 * JSON whose integers may have 256 bits, as OMG-style calls write them: amounts
 * and positions are bare digits there, and nothing may pass through a double.
 * Integers of more than 18 characters become strings of the same digits before
 * strict_json sees them; reals are refused.
 */

#include <jansson.h>
#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/u256.h"

/* The value, to be given back with json_decref(); NULL with ERROR_BAD_INPUT. */
NODISCARD json_t *wide_json_parse_new(struct bytes text, struct error *error);

/* A member that is an integer, or a string of decimal digits; not negative.
 * ERROR_BAD_INPUT. */
NODISCARD bool wide_json_u256(struct u256 *out, const json_t *object,
			      const char *key, struct error *error);

/* The same for a number of 64 bits. */
NODISCARD bool wide_json_u64(uint64_t *out, const json_t *object,
			     const char *key, struct error *error);

#endif
