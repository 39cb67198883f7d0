/* SPDX-License-Identifier: MIT */
#include "operator/cmd.h"
#include "operator/operator_settings.h"

static const struct program_command commands[] = {
	{ .name = "run", .run = cmd_run },
	{ .name = "init", .run = cmd_init },
	{ .name = "deploy", .run = cmd_deploy },
	{ .name = "status", .run = cmd_status },
	{ .name = "submit", .run = cmd_submit },
	{ .name = "backup", .run = cmd_backup },
	{ .name = "restore", .run = cmd_restore },
	{ .name = "doctor", .run = cmd_doctor },
	{ .name = "explain", .run = cmd_explain },
	{ .name = "block ", .run = cmd_block },
	{ .name = "config check", .run = cmd_config_check },
	{ .name = "config show", .run = program_show_config },
	{ .name = NULL },
};

int main(int argc, char **argv)
{
	const struct program program = {
		.options = &operator_options,
		.settings = operator_config_rows,
		.commands = commands,
		.config_path = OPERATOR_CONFIG_PATH,
	};

	return program_main(&program, argc, argv);
}
