/* SPDX-License-Identifier: MIT */
#include "common/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message is one line, whatever it was made from. */
static void keep_on_one_line(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n' || *text == '\r')
			*text = ' ';
	}
}

void error_fill(struct error *error, enum error_code code, const char *format,
		...)
{
	va_list arguments;
	va_start(arguments, format);
	error->code = code;
	error->message[0] = '\0';
	(void)vsnprintf(error->message, sizeof(error->message), format,
			arguments);
	va_end(arguments);
	keep_on_one_line(error->message);
}

void error_prefix(struct error *error, const char *format, ...)
{
	char before[sizeof(error->message)];
	char after[sizeof(error->message)];
	va_list arguments;
	va_start(arguments, format);
	before[0] = '\0';
	(void)vsnprintf(before, sizeof(before), format, arguments);
	va_end(arguments);
	memcpy(after, error->message, sizeof(after));
	error_fill(error, error->code, "%s: %s", before, after);
}
