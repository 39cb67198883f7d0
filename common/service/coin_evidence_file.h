/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_COIN_EVIDENCE_FILE_H
#define PLASMA_COMMON_SERVICE_COIN_EVIDENCE_FILE_H

/* A coin's evidence as JSON, plasma-evidence(5): "schema" "plasma.evidence/1",
 * "kind" "coin". What it says is judged by common/ethereum/coin_evidence. */

#include <jansson.h>
#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/ethereum/coin_evidence.h"

/* Longer than any evidence that is written. */
#define COIN_EVIDENCE_MAX_LEN ((size_t)4 << 20)

/* Appends the file, as people may read it too. */
void coin_evidence_write(struct growing_buffer *out,
			 const struct coin_evidence *evidence);

/* Reads the object; what varies in length lies in the arena, whose ceiling
 * should be 2 * COIN_EVIDENCE_MAX_LEN. ERROR_BAD_INPUT: another schema or kind,
 * a member that is missing, unknown or not what it has to be; names it. */
NODISCARD bool coin_evidence_from_json(struct coin_evidence *out,
				       struct arena *arena, json_t *object,
				       struct error *error);

/* The same from the text of a file. */
NODISCARD bool coin_evidence_read(struct coin_evidence *out,
				  struct arena *arena, struct bytes text,
				  struct error *error);

#endif
