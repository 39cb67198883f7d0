/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_EXPLANATION_H
#define PLASMA_OPERATOR_EXPLANATION_H

/* What the identifiers of alarms, refusals and exit codes mean and what to do;
 * plasma-operator(1) lists the same, and a test compares. */

#include "common/service/explanation_table.h"

/* Named by the alarm, "submit:…", or "exit N". */
extern const struct explanation_row explanations[];

#endif
