/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_LOG_H
#define PLASMA_COMMON_SERVICE_LOG_H

/*
 * Events with fields, one line each on stderr:
 *
 *	level=warning event="a root is pending" block=1000 since=12
 *
 * WARNING means that someone should look, ERROR that someone must. Behind a
 * systemd journal each line begins with its priority. Secrets are never fields;
 * user names and passwords in URLs are masked.
 *
 *	log_event(LOG_INFO, "block committed", log_number("block", 1000),
 *		  log_hash("root", &root));
 */

#include <stdint.h>

#include "common/base/bytes.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

enum log_field_kind {
	LOG_FIELD_END,
	LOG_FIELD_TEXT,
	LOG_FIELD_NUMBER,
	LOG_FIELD_HASH,
	LOG_FIELD_ADDRESS
};

struct log_field {
	enum log_field_kind kind;
	const char *name;
	union {
		const char *text; /* borrowed */
		uint64_t number;
		struct hash hash;
		struct address address;
	} as;
};

struct log_field log_text(const char *name, const char *text);
struct log_field log_number(const char *name, uint64_t number);
struct log_field log_hash(const char *name, const struct hash *hash);
struct log_field log_address(const char *name, const struct address *address);

/* Lines below `level` are not written; LOG_INFO at first. */
void log_set_level(enum log_level level);

/* `fields` end with one of kind LOG_FIELD_END. From any thread. */
void log_write(enum log_level level, const char *event,
	       const struct log_field *fields);

#define log_event(level, ...)                                                  \
	log_event_list(level, __VA_ARGS__, (struct log_field){ 0 })
#define log_event_list(level, event, ...)                                      \
	log_write(level, event, (const struct log_field[]){ __VA_ARGS__ })

#endif
