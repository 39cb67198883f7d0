/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_OPTION_TABLE_H
#define PLASMA_COMMON_SERVICE_OPTION_TABLE_H

/*
 * The command line of a program as one table, from which come the parser and
 * --help, against which the manual page is checked. --help and --version are
 * there without a row.
 *
 *	plasma-watcher [COMMAND] [OPTION...] [ARGUMENT...]
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

struct option_row {
	const char *name;     /* "datadir", without dashes */
	const char *value;    /* "DIR" in --help; NULL: a flag */
	const char *commands; /* "run check": of these; NULL: of all */
	bool is_repeatable;
	const char *help; /* one line */
};

/* The row of the command that is meant when none is given comes first. */
struct command_row {
	const char *name;      /* "exit start": one or two words */
	const char *arguments; /* "POSITION", for --help; NULL: none */
	size_t most_arguments;
	const char *help; /* one line */
};

/* Both tables end with a row without a name. */
struct option_table {
	const char *program; /* "plasma-watcher" */
	const char *summary; /* one line */
	const struct command_row *commands;
	const struct option_row *options;
};

#define OPTION_MAX_GIVEN 64
#define OPTION_MAX_ARGUMENTS 32

struct option_given {
	const struct option_row *row;
	const char *value; /* NULL: a flag */
};

/* What was typed; points into argv. */
struct options {
	const struct option_table *table;
	const struct command_row *command;
	struct option_given given[OPTION_MAX_GIVEN];
	size_t given_count;
	const char *arguments[OPTION_MAX_ARGUMENTS];
	size_t argument_count;
};

enum option_outcome {
	OPTION_OUTCOME_RUN,  /* go on */
	OPTION_OUTCOME_END,  /* --help or --version was answered: exit 0 */
	OPTION_OUTCOME_WRONG /* said on stderr: exit 64 */
};

/* Parses argv, answers --help and --version on stdout and explains wrong usage
 * on stderr. */
NODISCARD enum option_outcome options_parse(struct options *out,
					    const struct option_table *table,
					    int argc, char **argv);

/* True if the option was given. Asserts that the table has it. */
bool options_has(const struct options *options, const char *name);

/* The value of an option, NULL if it was not given. Of a repeated one the value
 * number `index`, NULL behind the last. */
const char *options_value(const struct options *options, const char *name);
const char *options_value_at(const struct options *options, const char *name,
			     size_t index);

/* True if the command is the one with this name. */
bool options_is(const struct options *options, const char *command);

/* The known word that `word` is most likely meant to be, or NULL if none is
 * near. `words` ends with NULL. */
const char *option_suggestion(const char *word, const char *const *words);

#endif
