/* SPDX-License-Identifier: MIT */
#include "common/service/omg_answer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "config.h"

#define ENVELOPE "{\"version\":\"" PACKAGE_VERSION "\",\"service_name\":\"%s\","

void omg_answer_begin(struct growing_buffer *out, const char *service)
{
	(void)growing_buffer_format(
		out, ENVELOPE "\"success\":true,\"data\":", service);
}

void omg_answer_end(struct growing_buffer *out)
{
	(void)growing_buffer_put_byte(out, '}');
}

void omg_answer_end_page(struct growing_buffer *out, uint64_t page,
			 uint64_t limit)
{
	(void)growing_buffer_format(
		out, ",\"data_paging\":{\"page\":%llu,\"limit\":%llu}}",
		(unsigned long long)page, (unsigned long long)limit);
}

void omg_answer_refuse(struct growing_buffer *out, const char *service,
		       const char *code, const char *description)
{
	growing_buffer_reset(out);
	(void)growing_buffer_format(
		out,
		ENVELOPE "\"success\":false,\"data\":{\"object\":\"error\",",
		service);
	(void)growing_buffer_format(out,
				    "\"code\":\"%s\",\"description\":", code);
	omg_answer_put_prose(out, description);
	(void)growing_buffer_format(out, ",\"messages\":{}}}");
}

static void put_character(struct growing_buffer *out, char character)
{
	if (character == '"' || character == '\\')
		(void)growing_buffer_put_byte(out, '\\');
	if ((unsigned char)character >= 0x20)
		(void)growing_buffer_put_byte(out, (uint8_t)character);
}

void omg_answer_put_string(struct growing_buffer *out, const char *text)
{
	(void)growing_buffer_put_byte(out, '"');
	for (; *text != '\0'; text++)
		put_character(out, *text);
	(void)growing_buffer_put_byte(out, '"');
}

/* The host of the URL whose "://" is before `at`, without credentials and what
 * stands behind it; gives where the URL ends: before a blank, or before the
 * colon that is before one. */
static const char *put_host(struct growing_buffer *out, const char *at)
{
	size_t len = strcspn(at, " \t\"'");

	if (len > 0 && at[len] != '\0' && at[len - 1] == ':')
		len--;
	const char *end = at + len;
	size_t host = strcspn(at, "/?# \t\"'");
	if (host > len)
		host = len;
	for (size_t i = host; i > 0; i--) {
		if (at[i - 1] != '@')
			continue;
		at += i;
		host -= i;
		break;
	}
	for (; host > 0; host--)
		put_character(out, *at++);
	if (at < end)
		(void)growing_buffer_format(out, "/***");
	return end;
}

void omg_answer_put_prose(struct growing_buffer *out, const char *text)
{
	static const char scheme_end[] = "://";
	const char *at = text;

	(void)growing_buffer_put_byte(out, '"');
	while (*at != '\0') {
		if (strncmp(at, scheme_end, strlen(scheme_end)) != 0) {
			put_character(out, *at++);
			continue;
		}
		(void)growing_buffer_format(out, "%s", scheme_end);
		at = put_host(out, at + strlen(scheme_end));
	}
	(void)growing_buffer_put_byte(out, '"');
}

void omg_answer_put_digits(struct growing_buffer *out, struct bytes bytes)
{
	uint8_t *text = growing_buffer_extend(out, 2 * bytes.len + 1);

	if (text == NULL)
		return;
	hex_encode_bare((char *)text, bytes);
	out->len--; /* the zero byte */
}

void omg_answer_put_hex(struct growing_buffer *out, struct bytes bytes)
{
	(void)growing_buffer_format(out, "\"0x");
	omg_answer_put_digits(out, bytes);
	(void)growing_buffer_put_byte(out, '"');
}

void omg_answer_put_u256(struct growing_buffer *out, struct u256 number)
{
	char text[U256_DECIMAL_SIZE];

	(void)u256_to_decimal(text, number);
	(void)growing_buffer_format(out, "%s", text);
}

bool omg_answer_read_root(struct hash *root, const char *name)
{
	size_t len = strlen(name);

	return hex_decode_bare(root->bytes, sizeof(root->bytes), name, len) &&
	       strspn(name, "0123456789abcdef") == len;
}

void omg_answer_body(struct http_response *response,
		     const struct http_request *request,
		     const struct hash *root, int file, uint64_t len)
{
	char name[2 * sizeof(root->bytes) + 1];

	hex_encode_bare(name, bytes_view(root->bytes, sizeof(root->bytes)));
	(void)snprintf(response->etag, sizeof(response->etag), "\"%s\"",
		       name); /* 64 digits */
	response->is_immutable = true;
	response->content_type = "application/octet-stream";
	response->status = 200;
	if (request->if_none_match != NULL &&
	    strstr(request->if_none_match, response->etag) != NULL) {
		response->status = 304;
		close(file);
		return;
	}
	response->file = file;
	response->file_len = len;
}
