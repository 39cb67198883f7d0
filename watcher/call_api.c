/* SPDX-License-Identifier: MIT */
#include "watcher/call_api.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/keys/address.h"
#include "common/service/strict_json.h"
#include "common/service/wide_json.h"

#define USUAL_LIMIT 100
#define MOST_LIMIT 200

#define BAD_REQUEST "operation:bad_request"

bool call_refuse(struct call *call, const char *code, const char *description)
{
	(void)snprintf(call->refusal, sizeof(call->refusal), "%s", code);
	return error_set(&call->error, ERROR_REFUSED, "%s", description);
}

bool call_refuse_format(struct call *call, const char *code, const char *format,
			...)
{
	char text[sizeof(call->error.message)];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments); /* cut */
	va_end(arguments);
	return call_refuse(call, code, text);
}

bool call_has(const struct call *call, const char *key)
{
	const json_t *value = json_object_get(call->parameters, key);

	return value != NULL && !json_is_null(value);
}

bool call_address(struct call *call, struct address *out, const char *key)
{
	const char *text =
		json_string_value(json_object_get(call->parameters, key));

	if (text != NULL && address_parse(out, text, strlen(text)))
		return true;
	return call_refuse_format(call, BAD_REQUEST, "%s: no address", key);
}

bool call_position(struct call *call, struct position *out, const char *key)
{
	struct u256 number;
	struct error error;

	if (wide_json_u256(&number, call->parameters, key, &error) &&
	    position_from_u256(out, number))
		return true;
	return call_refuse_format(call, BAD_REQUEST,
				  "%s: no position of an output", key);
}

bool call_hash(struct call *call, struct hash *out, const char *key)
{
	struct error error;

	return strict_json_bytes(out->bytes, sizeof(out->bytes),
				 call->parameters, key, &error) ||
	       call_refuse_format(call, BAD_REQUEST,
				  "%s: 0x and 64 hex digits are needed", key);
}

bool call_data(struct call *call, struct growing_buffer *out, const char *key)
{
	json_t *value = NULL;
	struct error error;

	return (strict_json_member(&value, call->parameters, key, &error) &&
		strict_json_data(out, value, &error)) ||
	       call_refuse_format(call, BAD_REQUEST,
				  "%s: bytes as hex digits are needed", key);
}

bool call_index(struct call *call, uint64_t *out, const char *key,
		uint64_t most)
{
	struct error error;

	return (wide_json_u64(out, call->parameters, key, &error) &&
		*out <= most) ||
	       call_refuse_format(call, BAD_REQUEST,
				  "%s: a number up to %llu is needed", key,
				  (unsigned long long)most);
}

bool call_paging(struct call *call)
{
	call->is_page = true;
	call->page = 1;
	call->limit = USUAL_LIMIT;
	if (call_has(call, "page") &&
	    !call_index(call, &call->page, "page", UINT32_MAX))
		return false;
	if (call_has(call, "limit") &&
	    !call_index(call, &call->limit, "limit", UINT32_MAX))
		return false;
	if (call->page == 0 || call->limit == 0)
		return call_refuse(call, BAD_REQUEST,
				   "page and limit begin with 1");
	if (call->limit > MOST_LIMIT)
		call->limit = MOST_LIMIT;
	return true;
}
