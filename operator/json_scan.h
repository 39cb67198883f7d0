/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_JSON_SCAN_H
#define PLASMA_OPERATOR_JSON_SCAN_H

/*
 * A strict scanner for the bodies of hot requests, without memory of its own
 * and without recursion: it judges a whole JSON text (RFC 8259; duplicate keys
 * of the outer object are refused, and so is nesting deeper than 32) and gives
 * views of the members of the outer object, or of the elements of a list.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define JSON_SCAN_MAX_DEPTH 32
#define JSON_SCAN_MAX_MEMBERS 32

enum json_kind {
	JSON_KIND_STRING,
	JSON_KIND_NUMBER,
	JSON_KIND_OBJECT,
	JSON_KIND_LIST,
	JSON_KIND_TRUE,
	JSON_KIND_FALSE,
	JSON_KIND_NULL
};

struct json_value {
	enum json_kind kind;
	/* The text of the value; of a string what stands between the quotes,
	 * escapes as they are. */
	struct bytes text;
	bool has_escape; /* of a string */
};

struct json_member {
	struct bytes key; /* without quotes; keys with escapes are refused */
	struct json_value value;
};

struct json_members {
	size_t count;
	struct json_member of[JSON_SCAN_MAX_MEMBERS];
};

/* Reads an object and nothing else but white space around it. False for
 * anything that is not strict JSON, for duplicate keys, and for more than
 * JSON_SCAN_MAX_MEMBERS members. */
NODISCARD bool json_scan_object(struct json_members *out, struct bytes text);

/* The member with this key, or NULL. */
const struct json_value *json_members_find(const struct json_members *members,
					   const char *key);

/* The next element of a list whose text was judged: start with `rest` = the
 * text of the list; false at the end. */
NODISCARD bool json_scan_next_element(struct json_value *out,
				      struct bytes *rest);

#endif
