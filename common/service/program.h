/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_PROGRAM_H
#define PLASMA_COMMON_SERVICE_PROGRAM_H

/*
 * What main() of every program does: start the process, read the command line
 * and the settings, run the command, say what failed. A program is the tables
 * of that.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/config_file.h"
#include "common/service/option_table.h"

/* A command as it was given. */
struct command {
	const struct options *options;
	struct config *config;
	bool is_json; /* --json */
};

/* Who runs a command; one of the two. `run` says on stdout what there is to
 * say, or fills the error, whose code is the exit code. `judge` says everything
 * itself and returns the exit code. */
struct program_command {
	const char *name; /* "exit start", or "exit " for all that begin so */
	bool (*run)(const struct command *command, struct error *error);
	int (*judge)(const struct command *command);
};

struct program {
	const struct option_table *options;
	const struct config_row *settings;
	const struct program_command *commands; /* ends with no name */
	/* Read if it is there and --config names no other; NULL: none. */
	const char *config_path;
	/* A person may interrupt it by signals: what matters is on disk. */
	bool is_interruptible;
	/* Says an error and returns the exit code; NULL: process_fail(). */
	int (*fail)(const struct options *options, const struct error *error);
};

/* Runs the program; returns its exit code. */
NODISCARD int program_main(const struct program *program, int argc,
			   char **argv);

/* The command that prints the settings in force; it never fails. */
NODISCARD bool program_show_config(const struct command *command,
				   struct error *error);

#endif
