/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "common/service/process.h"
#include "operator/cmd.h"
#include "operator/operator_settings.h"

static bool show_config(const struct command *command)
{
	struct growing_buffer text;

	growing_buffer_init(&text, (size_t)1 << 20);
	config_show(command->config, &text, true);
	fputs(growing_buffer_string(&text), stdout);
	growing_buffer_clear(&text);
	return true;
}

static bool run_command(const struct command *command, struct error *error)
{
	const struct options *options = command->options;

	if (options_is(options, "deploy"))
		return cmd_deploy(command, error);
	if (options_is(options, "init"))
		return cmd_init(command, error);
	if (options_is(options, "run"))
		return cmd_run(command, error);
	if (options_is(options, "status"))
		return cmd_status(command, error);
	if (options_is(options, "config show"))
		return show_config(command);
	return cmd_block(command, error);
}

int main(int argc, char **argv)
{
	struct options options;
	struct command command = { &options, NULL };
	struct error error;

	if (!process_start(&error))
		return process_fail("plasma-operator", &error);
	switch (options_parse(&options, &operator_options, argc, argv)) {
	case OPTION_OUTCOME_RUN:
		break;
	case OPTION_OUTCOME_END:
		return 0;
	case OPTION_OUTCOME_WRONG:
		return ERROR_USAGE;
	}
	const char *path = options_value(&options, "config");
	if (path == NULL && access(OPERATOR_CONFIG_PATH, F_OK) == 0)
		path = OPERATOR_CONFIG_PATH;
	bool ok = config_load(&command.config, operator_config_rows, &options,
			      path, &error) &&
		  run_command(&command, &error);
	config_free(command.config);
	return ok ? 0 : process_fail("plasma-operator", &error);
}
