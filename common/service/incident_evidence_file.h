/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_INCIDENT_EVIDENCE_FILE_H
#define PLASMA_COMMON_SERVICE_INCIDENT_EVIDENCE_FILE_H

/* An incident's evidence as JSON, plasma-evidence(5): "schema"
 * "plasma.evidence/1", "kind" "incident". What it says is judged by
 * common/ethereum/incident_evidence. */

#include <jansson.h>
#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/ethereum/incident_evidence.h"

/* Longer than any evidence that is written. */
#define INCIDENT_EVIDENCE_MAX_LEN ((size_t)64 << 20)

/* Appends the file, as people may read it too. */
void incident_evidence_write(struct growing_buffer *out,
			     const struct incident_evidence *evidence);

/* Reads the object; what varies in length lies in the arena, whose ceiling
 * should be 4 * INCIDENT_EVIDENCE_MAX_LEN. ERROR_BAD_INPUT: another schema or
 * kind, a member that is missing, unknown or not what it has to be; names it.
 */
NODISCARD bool incident_evidence_from_json(struct incident_evidence *out,
					   struct arena *arena, json_t *object,
					   struct error *error);

#endif
