/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/service/process.h"
#include "common/service/user_folder.h"
#include "wallet/cmd.h"
#include "wallet/cmd_print.h"
#include "wallet/problem.h"
#include "wallet/wallet_settings.h"

struct entry {
	const char *name; /* of the command, or its first word and a blank */
	bool (*run)(const struct command *command, struct error *error);
};

static const struct entry entries[] = {
	{ "address", cmd_address }, { "balance", cmd_coins },
	{ "coins", cmd_coins },	    { "config ", cmd_config },
	{ "deposit", cmd_deposit }, { "doctor", cmd_doctor },
	{ "exit ", cmd_exit },	    { "explain", cmd_explain },
	{ "guide", cmd_guide },	    { "history", cmd_history },
	{ "key ", cmd_key },	    { "merge", cmd_send },
	{ "proof ", cmd_proof },    { "resume", cmd_resume },
	{ "send", cmd_send },	    { "tx ", cmd_tx },
};

static bool run_command(const struct command *command, struct error *error)
{
	const char *name = command->options->command->name;

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		size_t len = strlen(entries[i].name);
		bool is_group = entries[i].name[len - 1] == ' ';

		if (is_group ? strncmp(name, entries[i].name, len) == 0
			     : strcmp(name, entries[i].name) == 0)
			return entries[i].run(command, error);
	}
	return error_set(error, ERROR_USAGE, "no such command");
}

/* One line what, one line why, one line what to do. */
static int fail(const struct error *error, bool is_json)
{
	enum problem problem = problem_of_error(error);
	json_t *object;

	(void)fflush(stdout);
	if (!is_json) {
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

/* A person at a terminal may interrupt: what matters is on disk. */
static void let_signals_through(void)
{
	sigset_t none;

	(void)sigemptyset(&none);		     /* never fails */
	(void)sigprocmask(SIG_SETMASK, &none, NULL); /* never fails */
}

int main(int argc, char **argv)
{
	struct command command = { NULL, NULL, false };
	struct options options;
	struct error error;
	char path[1024];

	if (!process_start(&error))
		return process_fail("plasma-wallet", &error);
	let_signals_through();
	switch (options_parse(&options, &wallet_options, argc, argv)) {
	case OPTION_OUTCOME_RUN:
		break;
	case OPTION_OUTCOME_END:
		return 0;
	case OPTION_OUTCOME_WRONG:
		return ERROR_USAGE;
	}
	command.options = &options;
	command.is_json = options_has(&options, "json");
	const char *config = options_value(&options, "config");
	if (config == NULL &&
	    user_folder_config(path, sizeof(path), "wallet.conf") &&
	    access(path, F_OK) == 0)
		config = path;
	bool ok = config_load(&command.config, wallet_config_rows, &options,
			      config, &error) &&
		  run_command(&command, &error);
	config_free(command.config);
	return ok ? 0 : fail(&error, command.is_json);
}
