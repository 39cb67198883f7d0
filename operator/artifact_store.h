/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_ARTIFACT_STORE_H
#define PLASMA_OPERATOR_ARTIFACT_STORE_H

/* Compiled contracts, one file NAME.json each, as the compiler's output says
 * them: bytecode in hex with places for libraries, and where those are. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "operator/deployment.h"

struct contract_artifacts {
	struct contract_artifact *of; /* owned */
	size_t count;
};

/* Reads all contracts that a deployment needs, and their libraries.
 * ERROR_NO_INPUT: one is not there; ERROR_BAD_INPUT: not an artifact. Clear
 * with contract_artifacts_clear(), also after a failure. */
NODISCARD bool contract_artifacts_read(struct contract_artifacts *out,
				       const char *folder, struct error *error);
void contract_artifacts_clear(struct contract_artifacts *artifacts);

#endif
