/* SPDX-License-Identifier: MIT */
#include "common/service/explanation_table.h"

#include <stdio.h>
#include <string.h>

/* The row with this identifier or name; NULL: there is none. */
static const struct explanation_row *find(const struct explanation_row *table,
					  const char *text)
{
	for (const struct explanation_row *row = table; row->id != NULL;
	     row++) {
		if (strcmp(row->id, text) == 0 || strcmp(row->name, text) == 0)
			return row;
	}
	return NULL;
}

bool explanation_table_say(const struct explanation_row *table,
			   const struct command *command, struct error *error)
{
	const struct options *options = command->options;

	if (options->argument_count == 0) {
		for (const struct explanation_row *row = table; row->id != NULL;
		     row++)
			printf("%s %s\n", row->id, row->name);
		return true;
	}
	const struct explanation_row *found =
		find(table, options->arguments[0]);
	if (found == NULL)
		return error_set(error, ERROR_REFUSED,
				 "there is no %s; explain alone lists all",
				 options->arguments[0]);
	printf("%s %s\n%s\n%s\n", found->id, found->name, found->what,
	       found->action);
	return true;
}
