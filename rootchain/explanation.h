/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_EXPLANATION_H
#define PLASMA_ROOTCHAIN_EXPLANATION_H

/* What a follower warns of, each with a stable id that its log lines carry, and
 * what to do about it. */

#include "common/service/explanation_table.h"

#define EXPLANATION_EXCLUDED "PLR-001"
#define EXPLANATION_FEWER "PLR-002"
#define EXPLANATION_FINALITY "PLR-003"
#define EXPLANATION_POLL "PLR-004"
#define EXPLANATION_CODE "PLR-005"
#define EXPLANATION_DEPOSIT "PLR-006"
#define EXPLANATION_EVENT "PLR-007"

extern const struct explanation_row explanations[];

#endif
