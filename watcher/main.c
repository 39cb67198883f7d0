/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/base/memory.h"
#include "common/service/process.h"
#include "watcher/cmd.h"
#include "watcher/event.h"
#include "watcher/watcher_settings.h"

static const struct program_command commands[] = {
	{ .name = "run", .run = cmd_run },
	{ .name = "check", .judge = cmd_check },
	{ .name = "status", .run = cmd_status },
	{ .name = "exits", .run = cmd_exits },
	{ .name = "plan", .run = cmd_plan },
	{ .name = "guide", .run = cmd_guide },
	{ .name = "exit", .run = cmd_exit },
	{ .name = "evidence ", .run = cmd_evidence },
	{ .name = "replay", .judge = cmd_replay },
	{ .name = "latch ", .run = cmd_latch },
	{ .name = "doctor", .run = cmd_doctor },
	{ .name = "explain", .run = cmd_explain },
	{ .name = "config show", .run = program_show_config },
	{ .name = NULL },
};

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
	const struct program program = {
		.options = &watcher_options,
		.settings = watcher_config_rows,
		.commands = commands,
		.config_path = WATCHER_CONFIG_PATH,
		.fail = fail,
	};

	memory_be_small();
	return program_main(&program, argc, argv);
}
