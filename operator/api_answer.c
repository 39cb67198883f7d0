/* SPDX-License-Identifier: MIT */
#include "operator/api_answer.h"

#include <stdio.h>

#include "common/service/omg_answer.h"

#define SERVICE "child_chain"

void api_answer_begin(struct growing_buffer *out)
{
	omg_answer_begin(out, SERVICE);
}

void api_answer_end(struct growing_buffer *out)
{
	omg_answer_end(out);
}

void api_answer_refuse(struct growing_buffer *out, const char *area,
		       const char *reason, const char *description)
{
	char code[96];

	(void)snprintf(code, sizeof(code), "%s:%s", area, reason); /* fits */
	omg_answer_refuse(out, SERVICE, code, description);
}

void api_answer_put_string(struct growing_buffer *out, const char *text)
{
	omg_answer_put_string(out, text);
}

void api_answer_put_hex(struct growing_buffer *out, struct bytes bytes)
{
	omg_answer_put_digits(out, bytes);
}
