/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/base/growing_buffer.h"
#include "wallet/cmd.h"
#include "wallet/cmd_print.h"
#include "wallet/problem.h"

bool cmd_config(const struct command *command, struct error *error)
{
	struct growing_buffer text;

	(void)error; /* nothing can fail */
	growing_buffer_init(&text, (size_t)1 << 20);
	config_show(command->config, &text);
	if (command->is_json) {
		json_t *object = print_object_new("config");

		print_set_text(object, "text", growing_buffer_string(&text));
		print_json(object);
	} else {
		fputs(growing_buffer_string(&text), stdout);
	}
	growing_buffer_clear(&text);
	return true;
}

static bool explain_all(bool is_json)
{
	json_t *rows = json_array();

	for (int i = 0; i < PROBLEM_COUNT; i++) {
		enum problem problem = (enum problem)i;
		json_t *row = json_object();

		print_set_text(row, "id", problem_id(problem));
		print_set_text(row, "why", problem_why(problem));
		(void)json_array_append_new(rows, row); /* memory */
		if (!is_json)
			printf("%s %s\n", problem_id(problem),
			       problem_why(problem));
	}
	if (!is_json) {
		json_decref(rows);
		return true;
	}
	json_t *object = print_object_new("explanations");
	print_set(object, "explanations", rows);
	print_json(object);
	return true;
}

bool cmd_explain(const struct command *command, struct error *error)
{
	enum problem problem;

	if (command->options->argument_count == 0)
		return explain_all(command->is_json);
	const char *id = command->options->arguments[0];
	if (!problem_from_id(&problem, id))
		return error_set(error, ERROR_REFUSED,
				 "there is no %.20s here; explain alone lists "
				 "all",
				 id);
	if (command->is_json) {
		json_t *object = print_object_new("explanation");

		print_set_text(object, "id", problem_id(problem));
		print_set_text(object, "why", problem_why(problem));
		print_set_text(object, "do", problem_remedy(problem));
		print_json(object);
		return true;
	}
	printf("%s\n  why: %s\n  do:  %s\n", problem_id(problem),
	       problem_why(problem), problem_remedy(problem));
	return true;
}
