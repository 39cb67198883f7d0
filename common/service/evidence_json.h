/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_EVIDENCE_JSON_H
#define PLASMA_COMMON_SERVICE_EVIDENCE_JSON_H

/*
 * What both kinds of plasma-evidence(5) are written with: 0x hex, addresses
 * with their checksum, decimal amounts, the network, and where the root chain
 * says something. Members that are missing, unknown or not what they have to
 * be are ERROR_BAD_INPUT, which names them.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/chain/amount.h"
#include "common/chain/position.h"
#include "common/ethereum/evidence_network.h"
#include "common/ethereum/log_anchor.h"
#include "common/service/network_file.h"

#define EVIDENCE_SCHEMA "plasma.evidence/1"

/* ---- writing ---- */

json_t *evidence_json_hex_new(struct bytes view);
json_t *evidence_json_hash_new(const struct hash *hash);
json_t *evidence_json_address_new(const struct address *address);
json_t *evidence_json_amount_new(struct amount amount);
json_t *evidence_json_number_new(uint64_t number);
json_t *evidence_json_position_new(struct position position);
json_t *evidence_json_network_new(const struct evidence_network *network);
json_t *evidence_json_anchor_new(const struct log_anchor *anchor);

/* Takes `value`. */
void evidence_json_set(json_t *object, const char *key, json_t *value);

/* An object with schema, kind, made_at and made_at_unix. */
json_t *evidence_json_new(const char *kind, struct wall_time made_at);

/* Appends the object as people may read it too, and lets go of it. */
void evidence_json_write(struct growing_buffer *out, json_t *object);

/* What a network file says; `codes` has room for NETWORK_MAX_CODE_HASHES and
 * is borrowed by `out`. */
void evidence_json_network_of(struct evidence_network *out,
			      struct evidence_code *codes,
			      const struct network *network);

/* ---- reading ---- */

/* Only these members; `names` ends with NULL. */
NODISCARD bool evidence_json_has_only(json_t *object, const char *const *names,
				      struct error *error);

/* Schema and kind, and only the members in `names`. */
NODISCARD bool evidence_json_is(json_t *object, const char *kind,
				const char *const *names, struct error *error);

NODISCARD bool evidence_json_made_at(struct wall_time *out,
				     const json_t *object, struct error *error);
NODISCARD bool evidence_json_address(struct address *out, const json_t *object,
				     const char *key, struct error *error);
NODISCARD bool evidence_json_amount(struct amount *out, const json_t *object,
				    const char *key, struct error *error);
NODISCARD bool evidence_json_position(struct position *out,
				      const json_t *object, const char *key,
				      struct error *error);

/* Bytes of any length, into the arena; `key` names them. */
NODISCARD bool evidence_json_hex_member(struct bytes *out, struct arena *arena,
					const json_t *object, const char *key,
					struct error *error);

/* The same where the member may be null: empty then. */
NODISCARD bool evidence_json_maybe_hex(struct bytes *out, struct arena *arena,
				       const json_t *object, const char *key,
				       struct error *error);

NODISCARD bool evidence_json_network(struct evidence_network *out,
				     struct arena *arena, const json_t *object,
				     struct error *error);
NODISCARD bool evidence_json_anchor(struct log_anchor *out, struct arena *arena,
				    json_t *object, struct error *error);

#endif
