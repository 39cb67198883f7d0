/* SPDX-License-Identifier: MIT */
#include "common/service/option_table.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "config.h"

/* What getopt_long() gives for options that have no row. */
#define HELP_VALUE 1
#define VERSION_VALUE 2
#define FIRST_ROW_VALUE 256

/* Words farther apart than this are not taken for one another. */
#define MOST_EDITS 2
#define LONGEST_WORD 63

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to insert, leave out or change to make one word of the other. */
static size_t edits_between(const char *a, const char *b)
{
	size_t row[LONGEST_WORD + 1];
	size_t b_len = strlen(b);

	if (strlen(a) > LONGEST_WORD || b_len > LONGEST_WORD)
		return LONGEST_WORD;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_len];
}

const char *option_suggestion(const char *word, const char *const *words)
{
	const char *best = NULL;
	size_t best_edits = MOST_EDITS + 1;

	for (; *words != NULL; words++) {
		size_t edits = edits_between(word, *words);

		if (edits < best_edits) {
			best = *words;
			best_edits = edits;
		}
	}
	return best;
}

static size_t count_options(const struct option_table *table)
{
	size_t count = 0;

	while (table->options[count].name != NULL)
		count++;
	return count;
}

/* True if `word` stands in `list`, whose words have blanks between them, or
 * commas when they have blanks themselves. */
static bool list_has(const char *list, const char *word)
{
	const char *separators = strchr(list, ',') != NULL ? "," : " ";
	size_t len = strlen(word);

	/* One command of two words. */
	if (strcmp(list, word) == 0)
		return true;
	while (*list != '\0') {
		size_t part = strcspn(list, separators);

		if (part == len && strncmp(list, word, len) == 0)
			return true;
		list += part;
		list += strspn(list, ", ");
	}
	return false;
}

static void print_option(const struct option_row *row)
{
	char head[80];

	(void)snprintf(head, sizeof(head), "--%s%s%s", row->name,
		       row->value == NULL ? "" : "=",
		       row->value == NULL ? "" : row->value); /* it fits */
	printf("  %-28s %s%s", head, row->help,
	       row->is_repeatable ? " (repeatable)" : "");
	if (row->commands != NULL)
		printf(" [%s]", row->commands);
	printf("\n");
}

static void print_help(const struct option_table *table)
{
	const struct command_row *command;

	printf("%s: %s\n\nusage: %s [COMMAND] [OPTION]... [ARGUMENT]...\n\n",
	       table->program, table->summary, table->program);
	printf("Commands; the first is meant when none is given:\n");
	for (command = table->commands; command->name != NULL; command++) {
		char head[80];

		(void)snprintf(head, sizeof(head), "%s %s", command->name,
			       command->arguments == NULL
				       ? ""
				       : command->arguments); /* it fits */
		printf("  %-28s %s\n", head, command->help);
	}
	printf("\nOptions:\n");
	for (size_t i = 0; table->options[i].name != NULL; i++)
		print_option(&table->options[i]);
	printf("  %-28s print this and exit\n", "--help");
	printf("  %-28s print the version and exit\n", "--version");
}

static enum option_outcome wrong(const struct option_table *table,
				 const char *what, const char *word,
				 const char *suggestion)
{
	fprintf(stderr, "%s: %s%s", table->program, what, word);
	if (suggestion != NULL)
		fprintf(stderr, "; did you mean %s?", suggestion);
	fprintf(stderr, "\nTry `%s --help`.\n", table->program);
	return OPTION_OUTCOME_WRONG;
}

static enum option_outcome unknown_option(const struct option_table *table,
					  const char *word)
{
	size_t count = count_options(table);
	const char **words = memory_new(count + 3, sizeof(*words));
	char name[LONGEST_WORD + 1];

	for (size_t i = 0; i < count; i++)
		words[i] = table->options[i].name;
	words[count] = "help";
	words[count + 1] = "version";
	(void)snprintf(name, sizeof(name), "%.*s",
		       (int)strcspn(word + strspn(word, "-"), "="),
		       word + strspn(word, "-")); /* cut is fine */
	const char *suggestion = option_suggestion(name, words);
	memory_free(words);
	if (suggestion == NULL)
		return wrong(table, "unknown option ", word, NULL);
	(void)snprintf(name, sizeof(name), "--%s", suggestion); /* it fits */
	return wrong(table, "unknown option ", word, name);
}

static struct option *long_options_new(const struct option_table *table)
{
	size_t count = count_options(table);
	struct option *rows = memory_new(count + 3, sizeof(*rows));

	for (size_t i = 0; i < count; i++) {
		rows[i].name = table->options[i].name;
		rows[i].has_arg = table->options[i].value == NULL
					  ? no_argument
					  : required_argument;
		rows[i].val = FIRST_ROW_VALUE + (int)i;
	}
	rows[count] = (struct option){ "help", no_argument, NULL, HELP_VALUE };
	rows[count + 1] =
		(struct option){ "version", no_argument, NULL, VERSION_VALUE };
	return rows;
}

static enum option_outcome
take_row(struct options *out, const struct option_row *row, const char *value)
{
	if (!row->is_repeatable && options_has(out, row->name))
		return wrong(out->table, "given twice: --", row->name, NULL);
	if (out->given_count == OPTION_MAX_GIVEN)
		return wrong(out->table, "too many options at --", row->name,
			     NULL);
	out->given[out->given_count++] = (struct option_given){ row, value };
	return OPTION_OUTCOME_RUN;
}

/* The word that getopt stumbled over: it does not leave the word of a short
 * option before all its letters are looked at. */
static const char *wrong_word(int argc, char **argv)
{
	const char *next = optind < argc ? argv[optind] : "";

	return optopt != 0 && next[0] == '-' && next[1] == optopt
		       ? next
		       : argv[optind - 1];
}

static enum option_outcome parse_options(struct options *out,
					 const struct option *rows, int argc,
					 char **argv)
{
	const struct option_table *table = out->table;
	enum option_outcome outcome = OPTION_OUTCOME_RUN;

	opterr = 0;
	optind = 0; /* begin anew */
	while (outcome == OPTION_OUTCOME_RUN) {
		int value = getopt_long(argc, argv, ":", rows, NULL);

		if (value == -1)
			break;
		if (value >= FIRST_ROW_VALUE) {
			outcome = take_row(
				out, &table->options[value - FIRST_ROW_VALUE],
				optarg);
		} else if (value == HELP_VALUE) {
			print_help(table);
			outcome = OPTION_OUTCOME_END;
		} else if (value == VERSION_VALUE) {
			printf("%s %s\n", table->program, PACKAGE_VERSION);
			outcome = OPTION_OUTCOME_END;
		} else if (value == ':') {
			outcome = wrong(table,
					"needs a value: ", argv[optind - 1],
					NULL);
		} else {
			outcome = unknown_option(table, wrong_word(argc, argv));
		}
	}
	return outcome;
}

/* How many of the words make this command; 0: they do not. */
static size_t words_of(const struct command_row *command, int count,
		       char **words)
{
	const char *blank = strchr(command->name, ' ');
	size_t first_len = blank == NULL ? strlen(command->name)
					 : (size_t)(blank - command->name);

	if (count < 1 || strlen(words[0]) != first_len ||
	    strncmp(words[0], command->name, first_len) != 0)
		return 0;
	if (blank == NULL)
		return 1;
	return count >= 2 && strcmp(words[1], blank + 1) == 0 ? 2 : 0;
}

/* Says which commands begin with this word; false if none of two words does. */
static bool say_incomplete(const struct option_table *table, const char *word)
{
	size_t len = strlen(word);
	bool found = false;

	for (const struct command_row *command = table->commands;
	     command->name != NULL; command++) {
		if (strncmp(command->name, word, len) != 0 ||
		    command->name[len] != ' ')
			continue;
		if (!found)
			fprintf(stderr, "%s: %s is not the whole command; ",
				table->program, word);
		fprintf(stderr, "%s%s",
			found ? ", " : "which one: ", command->name);
		found = true;
	}
	if (found)
		fprintf(stderr, "?\nTry `%s --help`.\n", table->program);
	return found;
}

static enum option_outcome unknown_command(const struct option_table *table,
					   int count, char **words)
{
	const char *names[LONGEST_WORD + 1];
	size_t name_count = 0;
	char typed[LONGEST_WORD + 1];

	for (const struct command_row *command = table->commands;
	     command->name != NULL && name_count < LONGEST_WORD; command++)
		names[name_count++] = command->name;
	names[name_count] = NULL;
	if (count == 1 && say_incomplete(table, words[0]))
		return OPTION_OUTCOME_WRONG;
	const char *suggestion = option_suggestion(words[0], names);
	(void)snprintf(typed, sizeof(typed), "%s%s%s", words[0],
		       count > 1 ? " " : "",
		       count > 1 ? words[1] : ""); /* cut is fine */
	if (suggestion == NULL)
		suggestion = option_suggestion(typed, names);
	return wrong(table, "unknown command ", words[0], suggestion);
}

static enum option_outcome find_command(struct options *out, int count,
					char **words)
{
	const struct option_table *table = out->table;
	size_t used = 0;

	out->command = table->commands;
	if (count > 0) {
		while (out->command->name != NULL &&
		       (used = words_of(out->command, count, words)) == 0)
			out->command++;
		if (out->command->name == NULL)
			return unknown_command(table, count, words);
	}
	size_t arguments = (size_t)count - used;
	if (arguments > out->command->most_arguments ||
	    arguments > OPTION_MAX_ARGUMENTS)
		return wrong(table, "too many arguments: ",
			     words[used + out->command->most_arguments], NULL);
	for (size_t i = 0; i < arguments; i++)
		out->arguments[i] = words[used + i];
	out->argument_count = arguments;
	return OPTION_OUTCOME_RUN;
}

enum option_outcome options_parse(struct options *out,
				  const struct option_table *table, int argc,
				  char **argv)
{
	char what[160];

	*out = (struct options){ .table = table };
	struct option *rows = long_options_new(table);
	enum option_outcome outcome = parse_options(out, rows, argc, argv);
	memory_free(rows);
	if (outcome == OPTION_OUTCOME_RUN)
		outcome = find_command(out, argc - optind, argv + optind);
	if (outcome != OPTION_OUTCOME_RUN)
		return outcome;
	for (size_t i = 0; i < out->given_count; i++) {
		const struct option_row *row = out->given[i].row;

		if (row->commands == NULL ||
		    list_has(row->commands, out->command->name))
			continue;
		(void)snprintf(what, sizeof(what), "%s has no option --",
			       out->command->name); /* it fits */
		return wrong(table, what, row->name, NULL);
	}
	return OPTION_OUTCOME_RUN;
}

const char *options_value_at(const struct options *options, const char *name,
			     size_t index)
{
	const struct option_row *row = options->table->options;

	while (row->name != NULL && strcmp(row->name, name) != 0)
		row++;
	assert(row->name != NULL);
	for (size_t i = 0; i < options->given_count; i++) {
		if (options->given[i].row != row)
			continue;
		if (index == 0)
			return row->value == NULL ? ""
						  : options->given[i].value;
		index--;
	}
	return NULL;
}

const char *options_value(const struct options *options, const char *name)
{
	return options_value_at(options, name, 0);
}

bool options_has(const struct options *options, const char *name)
{
	return options_value_at(options, name, 0) != NULL;
}

bool options_is(const struct options *options, const char *command)
{
	return strcmp(options->command->name, command) == 0;
}
