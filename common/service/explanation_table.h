/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_EXPLANATION_TABLE_H
#define PLASMA_COMMON_SERVICE_EXPLANATION_TABLE_H

/* What a program warns of, each with a stable identifier, and what to do about
 * it: what the command `explain` says. An identifier is never used again. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/program.h"

/* A table ends with a row without an id. */
struct explanation_row {
	const char *id; /* "PLR-001" */
	const char *name;
	const char *what;
	const char *action;
};

/* One of them; as one JSON object where wished. */
void explanation_table_print(const struct explanation_row *row, bool is_json);

/* Says what the argument of the command means; without an argument, lists all.
 * ERROR_REFUSED: there is no such thing. */
NODISCARD bool explanation_table_say(const struct explanation_row *table,
				     const struct command *command,
				     struct error *error);

#endif
