/* SPDX-License-Identifier: MIT */
#include "common/service/ini_file.h"

#include <ini.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/service/atomic_file.h"

/* The library cuts lines that do not fit its buffer, line end and zero byte
 * included; what is longer is refused before it sees it. */
#define LONGEST_LINE 196

/* What the library reads from, and what it has found. */
struct ini_walk {
	struct bytes left;
	size_t line; /* that was read last */
	ini_file_taker *take;
	void *context;
	struct error *error;
	bool failed;
};

static void fail(struct ini_walk *walk, const char *what)
{
	if (!walk->failed)
		(void)error_set(walk->error, ERROR_CONFIG, "%s", what);
	walk->failed = true;
}

/* Gives the library one line, as fgets() would. */
static char *read_line(char *out, int size, void *stream)
{
	struct ini_walk *walk = stream;
	const uint8_t *end = NULL;

	if (walk->left.len == 0 || walk->failed)
		return NULL;
	end = memchr(walk->left.data, '\n', walk->left.len);
	size_t len = end == NULL ? walk->left.len
				 : (size_t)(end - walk->left.data) + 1;
	walk->line++;
	if (len > LONGEST_LINE || len + 1 > (size_t)size) {
		fail(walk, "the line is longer than 195 characters");
		return NULL;
	}
	if (memchr(walk->left.data, '\0', len) != NULL) {
		fail(walk, "the line holds a zero byte");
		return NULL;
	}
	memcpy(out, walk->left.data, len);
	out[len] = '\0';
	/* The library would take it as more of the value above. */
	size_t blanks = strspn(out, " \t");
	if (blanks > 0 && strchr(";#\r\n", out[blanks]) == NULL) {
		fail(walk, "the line begins with a blank");
		return NULL;
	}
	walk->left.data += len;
	walk->left.len -= len;
	return out;
}

static int take_pair(void *context, const char *section, const char *key,
		     const char *value)
{
	struct ini_walk *walk = context;

	if (walk->failed)
		return 0;
	if (section[0] == '\0') {
		fail(walk, "it stands before the first [section]");
		return 0;
	}
	if (key[0] == '\0') {
		fail(walk, "there is no key");
		return 0;
	}
	/* Behind a blank it would be a remark: it reads like one. */
	if (value[0] == ';') {
		fail(walk, "the value begins with ;");
		return 0;
	}
	if (!walk->take(walk->context, walk->line, section, key, value,
			walk->error)) {
		walk->failed = true;
		return 0;
	}
	return 1;
}

bool ini_file_parse(const char *name, struct bytes text, ini_file_taker *take,
		    void *context, struct error *error)
{
	struct ini_walk walk = {
		.left = text, .take = take, .context = context, .error = error
	};

	/* Whatever it says beside 0 is an error, and it says it in one way
	 * only: the number of a line. */
	int result = ini_parse_stream(read_line, &walk, take_pair, &walk);
	if (walk.failed)
		return error_wrap(error, "%s:%zu", name, walk.line);
	if (result != 0)
		return error_set(error, ERROR_CONFIG,
				 "%s:%d: neither a [section] nor key = value",
				 name, result);
	return true;
}

bool ini_file_read(const char *path, ini_file_taker *take, void *context,
		   struct error *error)
{
	struct growing_buffer text;

	growing_buffer_init(&text, INI_FILE_MAX_LEN);
	bool ok = atomic_file_read(&text, path, error) &&
		  ini_file_parse(path, growing_buffer_view(&text), take,
				 context, error);
	growing_buffer_clear(&text);
	return ok;
}
