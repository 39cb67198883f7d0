/* SPDX-License-Identifier: MIT */
#include "common/service/program.h"

#include <assert.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/service/json_print.h"
#include "common/service/process.h"

#define CONFIG_TEXT_CEILING ((size_t)1 << 20)

bool program_show_config(const struct command *command, struct error *error)
{
	struct growing_buffer text;

	(void)error; /* what was read can be shown */
	if (command->is_json) {
		json_t *object = config_json_new(command->config);

		json_print(object);
		return true;
	}
	growing_buffer_init(&text, CONFIG_TEXT_CEILING);
	config_show(command->config, &text);
	fputs(growing_buffer_string(&text), stdout);
	growing_buffer_clear(&text);
	return true;
}

static bool is_for(const struct program_command *command, const char *name)
{
	size_t len = strlen(command->name);

	return command->name[len - 1] == ' '
		       ? strncmp(name, command->name, len) == 0
		       : strcmp(name, command->name) == 0;
}

/* Every command of the option table has somebody who runs it. */
static const struct program_command *find(const struct program *program,
					  const char *name)
{
	const struct program_command *command = program->commands;

	while (command->name != NULL && !is_for(command, name))
		command++;
	assert(command->name != NULL);
	return command;
}

static int fail(const struct program *program, const struct options *options,
		const struct error *error)
{
	return program->fail != NULL
		       ? program->fail(options, error)
		       : process_fail(program->options->program, error);
}

static int run(const struct program *program, const struct options *options)
{
	struct command command = { options, NULL,
				   options_has(options, "json") };
	const struct program_command *found =
		find(program, options->command->name);
	const char *path = options_value(options, "config");
	struct error error;
	int code = 0;

	if (path == NULL && program->config_path != NULL &&
	    access(program->config_path, F_OK) == 0)
		path = program->config_path;
	if (!config_load(&command.config, program->settings, options, path,
			 &error))
		return fail(program, options, &error);
	if (found->judge != NULL)
		code = found->judge(&command);
	else if (!found->run(&command, &error))
		code = fail(program, options, &error);
	config_free(command.config);
	return code;
}

static void let_signals_through(void)
{
	sigset_t none;

	(void)sigemptyset(&none);		     /* never fails */
	(void)sigprocmask(SIG_SETMASK, &none, NULL); /* never fails */
}

int program_main(const struct program *program, int argc, char **argv)
{
	struct options options;
	struct error error;

	if (!process_start(&error))
		return process_fail(program->options->program, &error);
	if (program->is_interruptible)
		let_signals_through();
	switch (options_parse(&options, program->options, argc, argv)) {
	case OPTION_OUTCOME_RUN:
		return run(program, &options);
	case OPTION_OUTCOME_END:
		return 0;
	case OPTION_OUTCOME_WRONG:
		break;
	}
	return ERROR_USAGE;
}
