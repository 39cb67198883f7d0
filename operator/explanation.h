/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_EXPLANATION_H
#define PLASMA_OPERATOR_EXPLANATION_H

/* What the identifiers of alarms, refusals and exit codes mean and what to do;
 * plasma-operator(1) lists the same, and a test compares. */

struct explanation {
	const char *id;	  /* PLO-…; ends with a row without one */
	const char *name; /* of the alarm, "submit:…", or "exit N" */
	const char *what;
	const char *action;
};

extern const struct explanation explanations[];

/* By identifier or by name; NULL: there is none. */
const struct explanation *explanation_find(const char *text);

#endif
