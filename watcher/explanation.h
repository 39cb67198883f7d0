/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXPLANATION_H
#define PLASMA_WATCHER_EXPLANATION_H

/* What each event means and what to do about it, in words; the manual page
 * refers to it. Rules of blocks are explained by their grade. Pure. */

#include <stdbool.h>
#include <stddef.h>

#include "watcher/event.h"

struct explanation {
	enum event_kind kind;
	const char *id; /* PLW-… */
	const char *what;
	const char *action;
};

#define EXPLANATION_COUNT EVENT_COUNT

/* One for each kind of event, in the order of the kinds. */
extern const struct explanation explanations[EXPLANATION_COUNT];

/* What it means that a block breaks a rule with this code; NULL: no rule has
 * it.
 */
const char *explanation_of_rule(const char *code);

#endif
