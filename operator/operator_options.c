/* SPDX-License-Identifier: MIT */
#include "operator/operator_options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/memory.h"
#include "common/service/environment.h"

static const struct {
	const char *name;
	const char *key;
	const char *value;
	const char *argument;
	const char *help;
} table[OPTION_COUNT] = {
#define OPTION_ROW(id, name, key, value, argument, help)                       \
	{ name, key, value, argument, help },
	OPTION_LIST(OPTION_ROW)
#undef OPTION_ROW
};

static void set_value(struct options *options, size_t id, const char *value,
		      enum option_origin origin)
{
	memory_free(options->values[id]);
	options->values[id] = memory_copy_string(value, strlen(value));
	options->origins[id] = origin;
}

void options_clear(struct options *options)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		memory_free(options->values[i]);
		options->values[i] = NULL;
	}
}

static bool read_command_line(struct options *out, int argc, char **argv,
			      struct error *error)
{
	struct option options[OPTION_COUNT + 1] = { { 0 } };
	int choice;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		options[i].name = table[i].name;
		options[i].has_arg = table[i].argument == NULL ?
					     no_argument :
					     required_argument;
		options[i].val = (int)i + 1;
	}
	opterr = 0;
	while ((choice = getopt_long(argc, argv, "", options, NULL)) != -1) {
		size_t id = (size_t)choice - 1;

		if (choice == '?')
			return error_set(error, ERROR_USAGE,
					 "%s: unknown option, or its argument "
					 "is missing",
					 argv[optind - 1]);
		if (id == OPTION_TOKEN) {
			if (out->token_count == OPTIONS_MAX_TOKENS)
				return error_set(error, ERROR_USAGE,
						 "too many tokens");
			out->tokens[out->token_count++] = optarg;
		}
		set_value(out, id, optarg == NULL ? "yes" : optarg,
			  OPTION_ORIGIN_COMMAND_LINE);
	}
	for (int i = optind; i < argc; i++) {
		if (out->word_count == OPTIONS_MAX_WORDS)
			return error_set(error, ERROR_USAGE,
					 "too many arguments");
		out->words[out->word_count++] = argv[i];
	}
	return true;
}

struct file_context {
	struct options *options;
	struct error *error;
	bool failed;
};

/* The key that looks most like the one that is not known. */
static const char *suggest(const char *key)
{
	const char *best = "datadir";
	size_t best_len = 0;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		size_t len = 0;

		if (table[i].key == NULL)
			continue;
		while (key[len] != '\0' && table[i].key[len] == key[len])
			len++;
		if (len > best_len) {
			best_len = len;
			best = table[i].key;
		}
	}
	return best;
}

static int take_pair(void *context, const char *section, const char *key,
		     const char *value)
{
	struct file_context *file = context;
	bool is_rpc = strcmp(section, "root_chain") == 0 &&
		      strcmp(key, "rpc") == 0;

	if (file->failed)
		return 1;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		bool matches = is_rpc ? i == OPTION_ROOT_RPC :
					table[i].key != NULL &&
						strcmp(section, "operator") ==
							0 &&
						strcmp(table[i].key, key) == 0;

		if (!matches)
			continue;
		if (file->options->origins[i] < OPTION_ORIGIN_FILE)
			set_value(file->options, i, value, OPTION_ORIGIN_FILE);
		return 1;
	}
	file->failed = true;
	(void)error_set(file->error, ERROR_CONFIG,
			"configuration: [%s] %s is not known; is it \"%s\"?",
			section, key, suggest(key));
	return 1;
}

static bool read_file(struct options *options, struct error *error)
{
	struct file_context context = { options, error, false };
	const char *path = options_text(options, OPTION_CONFIG);
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		/* The built-in one may be missing. */
		if (errno == ENOENT && options->origins[OPTION_CONFIG] ==
					       OPTION_ORIGIN_DEFAULT)
			return true;
		return error_set(error,
				 errno == ENOENT ? ERROR_NO_INPUT :
						   ERROR_CONFIG,
				 "%s: %s", path, strerror(errno));
	}
	int line = ini_parse_file(file, take_pair, &context);
	(void)fclose(file); /* only read */
	if (context.failed)
		return error_wrap(error, "%s", path);
	if (line != 0)
		return error_set(error, ERROR_CONFIG,
				 "%s: line %d: neither a section nor a key and "
				 "a value, or too long",
				 path, line);
	return true;
}

static void read_environment(struct options *options)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		char name[64] = "PLASMA_OPERATOR_";
		size_t len = strlen(name);

		if (table[i].key == NULL ||
		    options->origins[i] > OPTION_ORIGIN_ENVIRONMENT)
			continue;
		for (const char *at = table[i].key; *at != '\0'; at++)
			name[len++] = (char)toupper((unsigned char)*at);
		name[len] = '\0';
		const char *value = environment_get(name);
		if (value != NULL)
			set_value(options, i, value, OPTION_ORIGIN_ENVIRONMENT);
	}
}

bool options_read(struct options *out, int argc, char **argv,
		  struct error *error)
{
	memset(out, 0, sizeof(*out));
	if (!read_command_line(out, argc, argv, error))
		return false;
	read_environment(out);
	return out->values[OPTION_HELP] != NULL ||
	       out->values[OPTION_VERSION] != NULL || read_file(out, error);
}

const char *options_text(const struct options *options, enum option_id id)
{
	return options->values[id] != NULL ? options->values[id] :
					     table[id].value;
}

bool options_require(const char **out, const struct options *options,
		     enum option_id id, struct error *error)
{
	*out = options_text(options, id);
	if (*out != NULL)
		return true;
	return error_set(error, table[id].key == NULL ? ERROR_USAGE :
							ERROR_CONFIG,
			 "--%s is needed", table[id].name);
}

bool options_number(uint64_t *out, const struct options *options,
		    enum option_id id, uint64_t least, uint64_t most,
		    struct error *error)
{
	const char *text;

	if (!options_require(&text, options, id, error))
		return false;
	if (!decimal_parse_u64(out, text, most) || *out < least)
		return error_set(error,
				 options->origins[id] ==
						 OPTION_ORIGIN_COMMAND_LINE ?
					 ERROR_USAGE :
					 ERROR_CONFIG,
				 "%s: %s is not a number from %llu to %llu",
				 table[id].name, text,
				 (unsigned long long)least,
				 (unsigned long long)most);
	return true;
}

void options_print_help(FILE *out)
{
	fputs("usage: plasma-operator [OPTION]... [COMMAND]\n\n"
	      "  run (default), init, deploy, status, block list,\n"
	      "  block show NUMBER, block verify [NUMBER], config show\n\n",
	      out);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		fprintf(out, "  --%s%s%s\n\t%s\n", table[i].name,
			table[i].argument == NULL ? "" : " ",
			table[i].argument == NULL ? "" : table[i].argument,
			table[i].help);
}

void options_print(FILE *out, const struct options *options)
{
	static const char *const origins[] = { "built-in", "file",
					       "environment", "option" };

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const char *value = options_text(options, (enum option_id)i);

		if (table[i].key != NULL && value != NULL)
			fprintf(out, "%s = %s ; %s\n", table[i].key, value,
				origins[options->origins[i]]);
	}
}
