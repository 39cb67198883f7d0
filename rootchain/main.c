/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "common/service/process.h"
#include "rootchain/cmd.h"
#include "rootchain/rootchain_settings.h"

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

	if (options_is(options, "status"))
		return cmd_status(command, error);
	if (options_is(options, "snapshot"))
		return cmd_snapshot(command, error);
	if (options_is(options, "verify"))
		return cmd_verify(command, error);
	if (options_is(options, "import"))
		return cmd_import(command, error);
	if (options_is(options, "digest"))
		return cmd_digest(command, error);
	if (options_is(options, "doctor"))
		return cmd_doctor(command, error);
	if (options_is(options, "explain"))
		return cmd_explain(command, error);
	if (options_is(options, "config show"))
		return show_config(command);
	return cmd_follow(command, error);
}

int main(int argc, char **argv)
{
	struct options options;
	struct command command = { &options, NULL };
	struct error error;

	if (!process_start(&error))
		return process_fail("plasma-rootchain", &error);
	switch (options_parse(&options, &rootchain_options, argc, argv)) {
	case OPTION_OUTCOME_RUN:
		break;
	case OPTION_OUTCOME_END:
		return 0;
	case OPTION_OUTCOME_WRONG:
		return ERROR_USAGE;
	}
	const char *path = options_value(&options, "config");
	if (path == NULL && access(ROOTCHAIN_CONFIG_PATH, F_OK) == 0)
		path = ROOTCHAIN_CONFIG_PATH;
	bool ok = config_load(&command.config, rootchain_config_rows, &options,
			      path, &error) &&
		  run_command(&command, &error);
	config_free(command.config);
	return ok ? 0 : process_fail("plasma-rootchain", &error);
}
