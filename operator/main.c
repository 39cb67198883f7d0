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

static bool run_show_config(const struct command *command, struct error *error)
{
	(void)error; /* what was read can be shown */
	return show_config(command);
}

static bool run_command(const struct command *command, struct error *error)
{
	static const struct {
		const char *name;
		bool (*run)(const struct command *command, struct error *error);
	} rows[] = {
		{ "run", cmd_run },
		{ "init", cmd_init },
		{ "deploy", cmd_deploy },
		{ "status", cmd_status },
		{ "submit", cmd_submit },
		{ "backup", cmd_backup },
		{ "restore", cmd_restore },
		{ "doctor", cmd_doctor },
		{ "explain", cmd_explain },
		{ "config check", cmd_config_check },
		{ "config show", run_show_config },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (options_is(command->options, rows[i].name))
			return rows[i].run(command, error);
	}
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
