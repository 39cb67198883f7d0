/* SPDX-License-Identifier: MIT */
#include "common/service/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/instant.h"
#include "common/base/writer.h"
#include "common/service/clock.h"

#define LINE_SIZE 2048

/* The one mutable global here, beside signal flags: how much is said. */
static atomic_int least_level = LOG_INFO;

struct log_field log_text(const char *name, const char *text)
{
	return (struct log_field){ LOG_FIELD_TEXT, name, { .text = text } };
}

struct log_field log_number(const char *name, uint64_t number)
{
	return (struct log_field){ LOG_FIELD_NUMBER,
				   name,
				   { .number = number } };
}

struct log_field log_hash(const char *name, const struct hash *hash)
{
	return (struct log_field){ LOG_FIELD_HASH, name, { .hash = *hash } };
}

struct log_field log_address(const char *name, const struct address *address)
{
	return (struct log_field){ LOG_FIELD_ADDRESS,
				   name,
				   { .address = *address } };
}

void log_set_level(enum log_level level)
{
	atomic_store(&least_level, (int)level);
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return "debug";
	case LOG_INFO:
		return "info";
	case LOG_WARNING:
		return "warning";
	case LOG_ERROR:
		return "error";
	}
	return "";
}

static const char *journal_priority(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return "<7>";
	case LOG_INFO:
		return "<6>";
	case LOG_WARNING:
		return "<4>";
	case LOG_ERROR:
		return "<3>";
	}
	return "";
}

static void put(struct writer *line, const char *text)
{
	writer_put(line, bytes_of_string(text));
}

/* Where the credentials of a URL end, if the text at `at` is behind "://" and
 * has some; else NULL. */
static const char *end_of_credentials(const char *at)
{
	size_t len = strcspn(at, "@/ \"'");

	return at[len] == '@' ? at + len : NULL;
}

/* Quoted; quotes and backslashes escaped, control characters as blanks. */
static void put_quoted(struct writer *line, const char *text)
{
	const char *at = text;

	writer_put_byte(line, '"');
	while (*at != '\0') {
		if (at - text >= 3 && strncmp(at - 3, "://", 3) == 0 &&
		    end_of_credentials(at) != NULL) {
			put(line, "***");
			at = end_of_credentials(at);
		}
		if (*at == '"' || *at == '\\')
			writer_put_byte(line, '\\');
		writer_put_byte(line,
				(unsigned char)*at < 0x20 ? ' ' : (uint8_t)*at);
		at++;
	}
	writer_put_byte(line, '"');
}

static void put_field(struct writer *line, const struct log_field *field)
{
	char text[HEX_SIZE(32)];

	put(line, " ");
	put(line, field->name);
	put(line, "=");
	switch (field->kind) {
	case LOG_FIELD_END:
		break;
	case LOG_FIELD_TEXT:
		put_quoted(line, field->as.text);
		break;
	case LOG_FIELD_NUMBER:
		(void)snprintf(
			text, sizeof(text), "%llu",
			(unsigned long long)field->as.number); /* it fits */
		put(line, text);
		break;
	case LOG_FIELD_HASH:
		hex_encode(text, bytes_view(field->as.hash.bytes, 32));
		put(line, text);
		break;
	case LOG_FIELD_ADDRESS:
		hex_encode(text, bytes_view(field->as.address.bytes, 20));
		put(line, text);
		break;
	}
}

void log_write(enum log_level level, const char *event,
	       const struct log_field *fields)
{
	uint8_t bytes[LINE_SIZE];
	char now[INSTANT_TEXT_SIZE];
	struct writer line = writer_of(bytes, sizeof(bytes) - 1);

	if ((int)level < atomic_load(&least_level))
		return;
	if (getenv("JOURNAL_STREAM") != NULL) {
		put(&line, journal_priority(level));
	} else {
		instant_format(now, clock_wall().seconds);
		put(&line, "time=");
		put(&line, now);
		put(&line, " ");
	}
	put(&line, "level=");
	put(&line, level_name(level));
	put(&line, " event=");
	put_quoted(&line, event);
	for (; fields->kind != LOG_FIELD_END; fields++)
		put_field(&line, fields);
	bytes[line.len] = '\n';
	/* Nowhere to say that a line could not be written. */
	ssize_t written = write(STDERR_FILENO, bytes, line.len + 1);
	(void)written;
}
