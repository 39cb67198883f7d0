/* SPDX-License-Identifier: MIT */
#include "rootchain/cmd.h"
#include "rootchain/rootchain_settings.h"

static const struct program_command commands[] = {
	{ .name = "follow", .run = cmd_follow },
	{ .name = "status", .run = cmd_status },
	{ .name = "snapshot", .run = cmd_snapshot },
	{ .name = "verify", .run = cmd_verify },
	{ .name = "import", .run = cmd_import },
	{ .name = "digest", .run = cmd_digest },
	{ .name = "doctor", .run = cmd_doctor },
	{ .name = "explain", .run = cmd_explain },
	{ .name = "config show", .run = program_show_config },
	{ .name = NULL },
};

int main(int argc, char **argv)
{
	const struct program program = {
		.options = &rootchain_options,
		.settings = rootchain_config_rows,
		.commands = commands,
		.config_path = ROOTCHAIN_CONFIG_PATH,
	};

	return program_main(&program, argc, argv);
}
