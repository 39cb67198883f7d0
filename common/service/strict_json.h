/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_STRICT_JSON_H
#define PLASMA_COMMON_SERVICE_STRICT_JSON_H

/*
 * JSON from outside: one value, no duplicate keys, nothing behind it. Integers
 * above 2^63 are refused here; where an interface has them, they are scanned
 * otherwise. What is asked for and not there, or of another type, is an error
 * that names it.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/u256.h"

/* The value, to be given back with json_decref(); NULL with ERROR_BAD_INPUT. */
NODISCARD json_t *strict_json_parse_new(struct bytes text, struct error *error);

/* Members of an object; borrowed. ERROR_BAD_INPUT. */
NODISCARD bool strict_json_member(json_t **out, const json_t *object,
				  const char *key, struct error *error);
NODISCARD bool strict_json_string(const char **out, const json_t *object,
				  const char *key, struct error *error);
NODISCARD bool strict_json_number(uint64_t *out, const json_t *object,
				  const char *key, struct error *error);

/* Exactly `len` bytes of 0x hex. */
NODISCARD bool strict_json_bytes(uint8_t *out, size_t len, const json_t *object,
				 const char *key, struct error *error);

/* 0x hex of any length, appended. */
NODISCARD bool strict_json_data(struct growing_buffer *out, const json_t *value,
				struct error *error);

/* A quantity as root-chain nodes write it: 0x, no leading zero but "0x0". */
NODISCARD bool strict_json_quantity(uint64_t *out, const json_t *value,
				    struct error *error);
NODISCARD bool strict_json_quantity_u256(struct u256 *out, const json_t *value,
					 struct error *error);

#endif
