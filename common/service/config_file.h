/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_CONFIG_FILE_H
#define PLASMA_COMMON_SERVICE_CONFIG_FILE_H

/*
 * The settings of a program, from five places: option, environment
 * (PLASMA_SECTION_KEY), configuration file, network file, built-in; the first
 * that has a value wins. What the table does not know is an error with a
 * suggestion; a variable that is like none of the table is somebody else's.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/u256.h"
#include "common/service/option_table.h"

/* A table of settings ends with a row without a section. */
struct config_row {
	const char *section;
	const char *key;
	const char *option;   /* that overrides it; NULL: none does */
	const char *built_in; /* NULL: unset */
	bool is_repeatable;   /* a line each; in the environment, blanks between
			       */
};

struct config;

/* Reads everything but the network file. `path` NULL: no file; a file that is
 * not there is ERROR_NO_INPUT. ERROR_CONFIG: an unknown key or section, a key
 * twice, a bad line. Own with config_free(). Borrows `rows` and `options`. */
NODISCARD bool config_load(struct config **out, const struct config_row *rows,
			   const struct options *options, const char *path,
			   struct error *error);
void config_free(struct config *config);

/* Says what the network file has for a setting; it counts if nothing above has
 * said anything. `path` is for config_show(). */
void config_offer(struct config *config, const char *section, const char *key,
		  const char *value, const char *path);

/* The value, borrowed, or NULL if there is none. Of a repeatable setting the
 * value number `index`, NULL behind the last. Asserts that the table has it. */
const char *config_text(const struct config *config, const char *section,
			const char *key);
const char *config_text_at(const struct config *config, const char *section,
			   const char *key, size_t index);

/* ERROR_CONFIG, naming the setting and where it comes from: not set, not a
 * number, or not from `least` to `most`. */
NODISCARD bool config_number(uint64_t *out, const struct config *config,
			     const char *section, const char *key,
			     uint64_t least, uint64_t most,
			     struct error *error);

/* yes, no, true, false, 1 or 0. */
NODISCARD bool config_bool(bool *out, const struct config *config,
			   const char *section, const char *key,
			   struct error *error);

/* An amount of wei with its unit: 2gwei, 0.1eth. */
NODISCARD bool config_wei(struct u256 *out, const struct config *config,
			  const char *section, const char *key,
			  struct error *error);

/* One of `words`, which ends with NULL; `out` is its index. */
NODISCARD bool config_word(size_t *out, const struct config *config,
			   const char *section, const char *key,
			   const char *const *words, struct error *error);

/* A setting that has to be there: ERROR_CONFIG says how to set it. */
NODISCARD bool config_needed(const char **out, const struct config *config,
			     const char *section, const char *key,
			     struct error *error);

/* Fails with ERROR_CONFIG: "[section] key = value (from where): what". */
bool config_fail(struct error *error, const struct config *config,
		 const char *section, const char *key, const char *what);

/* All settings as a file that says the same, with origins as comments. URLs
 * lose their credentials. */
void config_show(const struct config *config, struct growing_buffer *out);

/* The same as an object "plasma.config/1"; the caller has the reference. */
json_t *config_json_new(const struct config *config);

#endif
