/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/service/user_folder.h"
#include "wallet/cmd.h"
#include "wallet/cmd_print.h"
#include "wallet/problem.h"
#include "wallet/wallet_settings.h"

#define PATH_SIZE 1024

static const struct program_command commands[] = {
	{ .name = "balance", .run = cmd_coins },
	{ .name = "coins", .run = cmd_coins },
	{ .name = "key ", .run = cmd_key },
	{ .name = "address", .run = cmd_address },
	{ .name = "deposit", .run = cmd_deposit },
	{ .name = "send", .run = cmd_send },
	{ .name = "merge", .run = cmd_send },
	{ .name = "history", .run = cmd_history },
	{ .name = "tx ", .run = cmd_tx },
	{ .name = "exit ", .run = cmd_exit },
	{ .name = "resume", .run = cmd_resume },
	{ .name = "proof ", .run = cmd_proof },
	{ .name = "guide", .run = cmd_guide },
	{ .name = "doctor", .run = cmd_doctor },
	{ .name = "config show", .run = cmd_config },
	{ .name = "explain", .run = cmd_explain },
	{ .name = NULL },
};

/* One line what, one line why, one line what to do. */
static int fail(const struct options *options, const struct error *error)
{
	enum problem problem = problem_of_error(error);
	json_t *object;

	(void)fflush(stdout);
	if (!options_has(options, "json")) {
		fprintf(stderr, "plasma-wallet: %s: %s\n  why: %s\n  do:  %s\n",
			problem_id(problem), problem_message(error),
			problem_why(problem), problem_remedy(problem));
		return (int)error->code;
	}
	object = print_object_new("error");
	print_set_text(object, "id", problem_id(problem));
	print_set_text(object, "message", problem_message(error));
	print_set_text(object, "why", problem_why(problem));
	print_set_text(object, "do", problem_remedy(problem));
	print_set_number(object, "exit_code", error->code);
	(void)json_dumpf(object, stderr, JSON_COMPACT); /* to a terminal */
	fputc('\n', stderr);
	json_decref(object);
	return (int)error->code;
}

int main(int argc, char **argv)
{
	char path[PATH_SIZE];
	const struct program program = {
		.options = &wallet_options,
		.settings = wallet_config_rows,
		.commands = commands,
		.config_path =
			user_folder_config(path, sizeof(path), "wallet.conf")
				? path
				: NULL,
		.is_interruptible = true,
		.fail = fail,
	};

	return program_main(&program, argc, argv);
}
