/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_EXPLANATION_H
#define PLASMA_ROOTCHAIN_EXPLANATION_H

/* What a follower warns of, each with a stable id that its log lines carry, and
 * what to do about it. Ids are never used again. */

#include <stddef.h>

struct explanation {
	const char *id; /* PLR-… */
	const char *name;
	const char *what;
	const char *action;
};

#define EXPLANATION_EXCLUDED "PLR-001"
#define EXPLANATION_FEWER "PLR-002"
#define EXPLANATION_FINALITY "PLR-003"
#define EXPLANATION_POLL "PLR-004"
#define EXPLANATION_CODE "PLR-005"
#define EXPLANATION_DEPOSIT "PLR-006"
#define EXPLANATION_EVENT "PLR-007"

#define EXPLANATION_COUNT 7
extern const struct explanation explanations[EXPLANATION_COUNT];

/* By id or by name; NULL: there is none. */
const struct explanation *explanation_find(const char *text);

#endif
