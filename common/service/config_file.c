/* SPDX-License-Identifier: MIT */
#include "common/service/config_file.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/memory.h"
#include "common/chain/amount.h"
#include "common/service/http_client.h"
#include "common/service/ini_file.h"

#define VARIABLE_SIZE 128
#define NAME_SIZE 128
#define MAX_VALUES 64
#define PLACE_SIZE 160
#define MASKED_SIZE 512

extern char **environ;

/* The higher wins. */
enum origin {
	ORIGIN_UNSET,
	ORIGIN_BUILT_IN,
	ORIGIN_NETWORK,
	ORIGIN_FILE,
	ORIGIN_ENVIRONMENT,
	ORIGIN_OPTION
};

/* What one row has come to. */
struct setting {
	enum origin origin;
	char *values[MAX_VALUES];
	size_t count;
	char place[PLACE_SIZE]; /* "/etc/x.conf:12", "PLASMA_X_Y" */
};

struct config {
	const struct config_row *rows;
	size_t row_count;
	struct setting *settings; /* one for each row */
	const char *path;
};

static void forget(struct setting *setting)
{
	for (size_t i = 0; i < setting->count; i++)
		memory_free(setting->values[i]);
	setting->count = 0;
	setting->origin = ORIGIN_UNSET;
}

static bool add_value(struct setting *setting, enum origin origin,
		      const char *value, size_t len)
{
	if (setting->count == MAX_VALUES)
		return false;
	setting->values[setting->count++] = memory_copy_string(value, len);
	setting->origin = origin;
	return true;
}

static size_t row_index(const struct config *config, const char *section,
			const char *key)
{
	size_t index = 0;

	while (index < config->row_count &&
	       (strcmp(config->rows[index].section, section) != 0 ||
		strcmp(config->rows[index].key, key) != 0))
		index++;
	return index;
}

static struct setting *find(const struct config *config, const char *section,
			    const char *key)
{
	size_t index = row_index(config, section, key);

	assert(index < config->row_count);
	return &config->settings[index];
}

/* Says that nobody knows this setting, and which may have been meant. */
static bool unknown(const struct config *config, const char *section,
		    const char *key, struct error *error)
{
	const char **words = memory_new(config->row_count + 1, sizeof(*words));
	size_t count = 0;

	for (size_t i = 0; i < config->row_count; i++) {
		if (strcmp(config->rows[i].section, section) == 0)
			words[count++] = config->rows[i].key;
	}
	bool known_section = count > 0;
	if (!known_section) {
		for (size_t i = 0; i < config->row_count; i++)
			words[count++] = config->rows[i].section;
	}
	words[count] = NULL;
	const char *meant =
		option_suggestion(known_section ? key : section, words);
	memory_free(words);
	return error_set(error, ERROR_CONFIG, "unknown %s %s%s%s%s",
			 known_section ? "key" : "section",
			 known_section ? key : section,
			 meant == NULL ? "" : ", did you mean ",
			 meant == NULL ? "" : meant, meant == NULL ? "" : "?");
}

static bool take_line(void *context, size_t line, const char *section,
		      const char *key, const char *value, struct error *error)
{
	struct config *config = context;
	size_t index = row_index(config, section, key);

	if (index == config->row_count)
		return unknown(config, section, key, error);
	struct setting *setting = &config->settings[index];
	if (setting->origin == ORIGIN_FILE &&
	    !config->rows[index].is_repeatable)
		return error_set(error, ERROR_CONFIG,
				 "%s stands twice, first at %s", key,
				 setting->place);
	if (setting->origin < ORIGIN_FILE)
		forget(setting);
	(void)snprintf(setting->place, sizeof(setting->place), "%s:%zu",
		       config->path, line); /* cut is fine */
	return add_value(setting, ORIGIN_FILE, value, strlen(value))
		       ? true
		       : error_set(error, ERROR_CONFIG, "%s stands too often",
				   key);
}

static void variable_name(char out[VARIABLE_SIZE], const struct config_row *row)
{
	(void)snprintf(out, VARIABLE_SIZE, "PLASMA_%s_%s", row->section,
		       row->key); /* ours are short */
	for (char *at = out; *at != '\0'; at++) {
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
		else if (*at == '-')
			*at = '_';
	}
}

static bool take_variable(struct setting *setting, const struct config_row *row,
			  struct error *error)
{
	char name[VARIABLE_SIZE];

	variable_name(name, row);
	const char *value = getenv(name);
	if (value == NULL)
		return true;
	forget(setting);
	(void)snprintf(setting->place, sizeof(setting->place), "%s",
		       name); /* it fits */
	if (!row->is_repeatable)
		return add_value(setting, ORIGIN_ENVIRONMENT, value,
				 strlen(value));
	setting->origin = ORIGIN_ENVIRONMENT;
	value += strspn(value, " ");
	while (*value != '\0') {
		size_t len = strcspn(value, " ");

		if (!add_value(setting, ORIGIN_ENVIRONMENT, value, len))
			return error_set(error, ERROR_CONFIG,
					 "%s has too many values", name);
		value += len;
		value += strspn(value, " ");
	}
	return true;
}

static bool take_option(struct setting *setting, const struct config_row *row,
			const struct options *options, struct error *error)
{
	const char *value = NULL;

	if (row->option == NULL || options == NULL ||
	    !options_has(options, row->option))
		return true;
	forget(setting);
	(void)snprintf(setting->place, sizeof(setting->place), "--%s",
		       row->option); /* ours are short */
	for (size_t i = 0;
	     (value = options_value_at(options, row->option, i)) != NULL; i++) {
		/* A flag says yes. */
		const char *said = *value == '\0' ? "yes" : value;

		if (!add_value(setting, ORIGIN_OPTION, said, strlen(said)))
			return error_set(error, ERROR_USAGE,
					 "--%s is given too often",
					 row->option);
	}
	return true;
}

/* Whether `variable` names no setting of one of our sections, but almost does.
 * What is like none of ours is somebody else's: a cluster sets variables for a
 * service that is called plasma-operator. */
static bool check_variable(const struct config *config, const char *variable,
			   size_t len, struct error *error)
{
	char name[VARIABLE_SIZE];
	const char **names = memory_new(config->row_count + 1, sizeof(*names));
	char(*texts)[VARIABLE_SIZE] =
		memory_new(config->row_count + 1, sizeof(*texts));
	const char *meant = NULL;
	bool is_known = false;
	size_t count = 0;

	(void)snprintf(name, sizeof(name), "%.*s", (int)len,
		       variable); /* longer than all of ours, if it is cut */
	for (size_t i = 0; i < config->row_count; i++) {
		const struct config_row *row = &config->rows[i];
		size_t prefix = strlen("PLASMA__") + strlen(row->section);

		variable_name(texts[i], row);
		is_known = is_known || strcmp(name, texts[i]) == 0;
		if (strncmp(name, texts[i], prefix) == 0)
			names[count++] = texts[i];
	}
	if (!is_known)
		meant = option_suggestion(name, names);
	bool ok =
		meant == NULL ||
		error_set(error, ERROR_CONFIG,
			  "unknown variable %s, did you mean %s?", name, meant);
	memory_free(names);
	memory_free(texts);
	return ok;
}

static bool check_variables(const struct config *config, struct error *error)
{
	bool ok = true;

	for (char **at = environ; ok && *at != NULL; at++) {
		size_t len = strcspn(*at, "=");

		if (len > 7 && len < VARIABLE_SIZE &&
		    strncmp(*at, "PLASMA_", 7) == 0)
			ok = check_variable(config, *at, len, error);
	}
	return ok;
}

bool config_load(struct config **out, const struct config_row *rows,
		 const struct options *options, const char *path,
		 struct error *error)
{
	struct config *config = memory_new(1, sizeof(*config));

	config->rows = rows;
	config->path = path;
	while (rows[config->row_count].section != NULL)
		config->row_count++;
	config->settings =
		memory_new(config->row_count, sizeof(*config->settings));
	for (size_t i = 0; i < config->row_count; i++) {
		if (rows[i].built_in == NULL)
			continue;
		bool fits =
			add_value(&config->settings[i], ORIGIN_BUILT_IN,
				  rows[i].built_in, strlen(rows[i].built_in));
		assert(fits);
	}
	bool ok =
		check_variables(config, error) &&
		(path == NULL || ini_file_read(path, take_line, config, error));
	for (size_t i = 0; ok && i < config->row_count; i++)
		ok = take_variable(&config->settings[i], &rows[i], error) &&
		     take_option(&config->settings[i], &rows[i], options,
				 error);
	if (!ok) {
		config_free(config);
		return false;
	}
	*out = config;
	return true;
}

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	for (size_t i = 0; i < config->row_count; i++)
		forget(&config->settings[i]);
	memory_free(config->settings);
	memory_free(config);
}

void config_offer(struct config *config, const char *section, const char *key,
		  const char *value, const char *path)
{
	struct setting *setting = find(config, section, key);

	if (setting->origin > ORIGIN_NETWORK)
		return;
	forget(setting);
	bool fits = add_value(setting, ORIGIN_NETWORK, value, strlen(value));
	assert(fits);
	(void)snprintf(setting->place, sizeof(setting->place), "%s",
		       path); /* cut is fine */
}

const char *config_text_at(const struct config *config, const char *section,
			   const char *key, size_t index)
{
	const struct setting *setting = find(config, section, key);

	return index < setting->count ? setting->values[index] : NULL;
}

const char *config_text(const struct config *config, const char *section,
			const char *key)
{
	return config_text_at(config, section, key, 0);
}

static const char *origin_name(const struct setting *setting)
{
	switch (setting->origin) {
	case ORIGIN_UNSET:
		return "not set";
	case ORIGIN_BUILT_IN:
		return "built-in";
	case ORIGIN_NETWORK:
	case ORIGIN_FILE:
	case ORIGIN_ENVIRONMENT:
	case ORIGIN_OPTION:
		return setting->place;
	}
	return "";
}

bool config_fail(struct error *error, const struct config *config,
		 const char *section, const char *key, const char *what)
{
	const struct setting *setting = find(config, section, key);
	char masked[MASKED_SIZE] = "";

	if (setting->count > 0)
		http_client_mask_url(masked, sizeof(masked),
				     setting->values[0]);
	return error_set(error, ERROR_CONFIG, "[%s] %s = %.120s (%s): %s",
			 section, key, masked, origin_name(setting), what);
}

bool config_needed(const char **out, const struct config *config,
		   const char *section, const char *key, struct error *error)
{
	size_t index = row_index(config, section, key);
	char variable[VARIABLE_SIZE];

	*out = config_text(config, section, key);
	if (*out != NULL && **out != '\0')
		return true;
	const struct config_row *row = &config->rows[index];
	variable_name(variable, row);
	return error_set(error, ERROR_CONFIG,
			 "[%s] %s is not set: set it in the configuration "
			 "file, with %s%s%s",
			 section, key, variable,
			 row->option == NULL ? "" : " or with --",
			 row->option == NULL ? "" : row->option);
}

bool config_number(uint64_t *out, const struct config *config,
		   const char *section, const char *key, uint64_t least,
		   uint64_t most, struct error *error)
{
	char what[NAME_SIZE];
	const char *text;
	uint64_t number;

	if (!config_needed(&text, config, section, key, error))
		return false;
	(void)snprintf(what, sizeof(what),
		       "not a whole number from %llu to %llu",
		       (unsigned long long)least,
		       (unsigned long long)most); /* it fits */
	if (!decimal_parse_u64(&number, text, most) || number < least)
		return config_fail(error, config, section, key, what);
	*out = number;
	return true;
}

bool config_bool(bool *out, const struct config *config, const char *section,
		 const char *key, struct error *error)
{
	static const char *const words[] = { "no", "yes", "false", "true",
					     "0",  "1",	  NULL };
	size_t index;

	if (!config_word(&index, config, section, key, words, error))
		return false;
	*out = index % 2 == 1;
	return true;
}

bool config_wei(struct u256 *out, const struct config *config,
		const char *section, const char *key, struct error *error)
{
	struct amount amount;
	const char *text;

	if (!config_needed(&text, config, section, key, error))
		return false;
	if (!amount_parse(&amount, text, NULL, 0))
		return config_fail(error, config, section, key,
				   "not an amount with its unit, such as 2gwei "
				   "or 0.1eth");
	*out = amount_to_u256(amount);
	return true;
}

bool config_word(size_t *out, const struct config *config, const char *section,
		 const char *key, const char *const *words, struct error *error)
{
	const char *text;
	char what[MASKED_SIZE] = "not one of";
	size_t len = strlen(what);

	if (!config_needed(&text, config, section, key, error))
		return false;
	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			*out = i;
			return true;
		}
		if (len + strlen(words[i]) + 2 < sizeof(what))
			len += (size_t)snprintf(what + len, sizeof(what) - len,
						" %s", words[i]);
	}
	return config_fail(error, config, section, key, what);
}

json_t *config_json_new(const struct config *config)
{
	json_t *settings = json_array();
	char masked[MASKED_SIZE];

	for (size_t i = 0; i < config->row_count; i++) {
		const struct config_row *row = &config->rows[i];
		const struct setting *setting = &config->settings[i];
		json_t *values = json_array();

		for (size_t j = 0; j < setting->count; j++) {
			http_client_mask_url(masked, sizeof(masked),
					     setting->values[j]);
			(void)json_array_append_new(
				values, json_string(masked)); /* an array */
		}
		(void)json_array_append_new(
			settings,
			json_pack("{s:s,s:s,s:o,s:s}", "section", row->section,
				  "key", row->key, "values", values, "from",
				  origin_name(setting))); /* an array */
	}
	return json_pack("{s:s,s:o}", "schema", "plasma.config/1", "settings",
			 settings);
}

void config_show(const struct config *config, struct growing_buffer *out)
{
	const char *section = "";
	char masked[MASKED_SIZE];

	/* What is cut short shows in growing_buffer.overflowed. */
	for (size_t i = 0; i < config->row_count; i++) {
		const struct config_row *row = &config->rows[i];
		const struct setting *setting = &config->settings[i];

		if (strcmp(section, row->section) != 0) {
			section = row->section;
			(void)growing_buffer_format(
				out, "%s[%s]\n", i == 0 ? "" : "\n", section);
		}
		(void)growing_buffer_format(out, "; %s: %s\n", row->key,
					    origin_name(setting));
		for (size_t j = 0; j < setting->count; j++) {
			http_client_mask_url(masked, sizeof(masked),
					     setting->values[j]);
			(void)growing_buffer_format(out, "%s = %s\n", row->key,
						    masked);
		}
	}
}
