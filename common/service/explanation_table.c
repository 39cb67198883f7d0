/* SPDX-License-Identifier: MIT */
#include "common/service/explanation_table.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/service/json_print.h"

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

void explanation_table_print(const struct explanation_row *row, bool is_json)
{
	if (!is_json) {
		printf("%s %s\n%s\n%s\n", row->id, row->name, row->what,
		       row->action);
		return;
	}
	json_t *object =
		json_pack("{s:s,s:s,s:s,s:s,s:s}", "schema",
			  "plasma.explanation/1", "id", row->id, "name",
			  row->name, "what", row->what, "action", row->action);
	json_print(object);
}

/* All of them by their names. */
static void list(const struct explanation_row *table, bool is_json)
{
	json_t *rows = json_array();

	for (const struct explanation_row *row = table; row->id != NULL;
	     row++) {
		if (is_json)
			(void)json_array_append_new(
				rows, json_pack("{s:s,s:s}", "id", row->id,
						"name", row->name)); /* array */
		else
			printf("%s %s\n", row->id, row->name);
	}
	json_t *object = json_pack("{s:s,s:o}", "schema",
				   "plasma.explanations/1", "all", rows);
	if (is_json)
		json_print(object);
	else
		json_decref(object);
}

bool explanation_table_say(const struct explanation_row *table,
			   const struct command *command, struct error *error)
{
	const struct options *options = command->options;

	if (options->argument_count == 0) {
		list(table, command->is_json);
		return true;
	}
	const struct explanation_row *found =
		find(table, options->arguments[0]);
	if (found == NULL)
		return error_set(error, ERROR_REFUSED,
				 "there is no %s; explain alone lists all",
				 options->arguments[0]);
	explanation_table_print(found, command->is_json);
	return true;
}
