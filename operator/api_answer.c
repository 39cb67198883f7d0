/* SPDX-License-Identifier: MIT */
#include "operator/api_answer.h"

#include "common/base/hex.h"
#include "config.h"

#define ENVELOPE                                                               \
	"{\"version\":\"" PACKAGE_VERSION "\","                                \
	"\"service_name\":\"child_chain\","

void api_answer_begin(struct growing_buffer *out)
{
	static const char text[] = ENVELOPE "\"success\":true,\"data\":";

	(void)growing_buffer_put(out, bytes_view(text, sizeof(text) - 1));
}

void api_answer_end(struct growing_buffer *out)
{
	(void)growing_buffer_put_byte(out, '}');
}

void api_answer_refuse(struct growing_buffer *out, const char *area,
		       const char *reason, const char *description)
{
	growing_buffer_reset(out);
	(void)growing_buffer_format(
		out,
		"%s\"success\":false,\"data\":{\"object\":\"error\","
		"\"code\":\"%s:%s\",\"description\":\"%s\",\"messages\":{}}}",
		ENVELOPE, area, reason, description);
}

void api_answer_put_string(struct growing_buffer *out, const char *text)
{
	(void)growing_buffer_put_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)growing_buffer_put_byte(out, '\\');
		if ((unsigned char)*text >= 0x20)
			(void)growing_buffer_put_byte(out, (uint8_t)*text);
	}
	(void)growing_buffer_put_byte(out, '"');
}

void api_answer_put_hex(struct growing_buffer *out, struct bytes bytes)
{
	uint8_t *text = growing_buffer_extend(out, 2 * bytes.len + 1);

	if (text == NULL)
		return;
	hex_encode_bare((char *)text, bytes);
	out->len--; /* the zero byte */
}
