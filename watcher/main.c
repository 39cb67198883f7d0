/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "common/service/process.h"
#include "watcher/cmd.h"
#include "watcher/event.h"
#include "watcher/watcher_settings.h"

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

	if (options_is(options, "run"))
		return cmd_run(command, error);
	if (options_is(options, "status"))
		return cmd_status(command, error);
	if (options_is(options, "plan"))
		return cmd_plan(command, error);
	if (options_is(options, "guide"))
		return cmd_guide(command, error);
	if (options_is(options, "exits"))
		return cmd_exits(command, error);
	if (options_is(options, "exit"))
		return cmd_exit(command, error);
	if (options_is(options, "evidence export") ||
	    options_is(options, "evidence verify"))
		return cmd_evidence(command, error);
	if (options_is(options, "doctor"))
		return cmd_doctor(command, error);
	if (options_is(options, "explain"))
		return cmd_explain(command, error);
	if (options_is(options, "config show"))
		return show_config(command);
	return cmd_latch(command, error);
}

/* `check` answers whoever monitors in their own codes, whatever happens. */
static int fail(const struct options *options, const struct error *error)
{
	if (!options_is(options, "check"))
		return process_fail("plasma-watcher", error);
	printf("UNKNOWN - %s\n", error->message);
	return SEVERITY_UNKNOWN;
}

int main(int argc, char **argv)
{
	struct options options;
	struct command command = { &options, NULL };
	struct error error;
	int code = 0;

	if (!process_start(&error))
		return process_fail("plasma-watcher", &error);
	switch (options_parse(&options, &watcher_options, argc, argv)) {
	case OPTION_OUTCOME_RUN:
		break;
	case OPTION_OUTCOME_END:
		return 0;
	case OPTION_OUTCOME_WRONG:
		return ERROR_USAGE;
	}
	const char *path = options_value(&options, "config");
	if (path == NULL && access(WATCHER_CONFIG_PATH, F_OK) == 0)
		path = WATCHER_CONFIG_PATH;
	if (!config_load(&command.config, watcher_config_rows, &options, path,
			 &error))
		return fail(&options, &error);
	if (options_is(&options, "check"))
		code = cmd_check(&command);
	else if (!run_command(&command, &error))
		code = fail(&options, &error);
	config_free(command.config);
	return code;
}
