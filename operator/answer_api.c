/* SPDX-License-Identifier: MIT */
#include "operator/answer_api.h"

#include <stdio.h>

#include "common/service/omg_answer.h"

#define SERVICE "child_chain"

void answer_api_begin(struct growing_buffer *out)
{
	omg_answer_begin(out, SERVICE);
}

void answer_api_end(struct growing_buffer *out)
{
	omg_answer_end(out);
}

void answer_api_refuse(struct growing_buffer *out, const char *area,
		       const char *reason, const char *description)
{
	char code[96];

	(void)snprintf(code, sizeof(code), "%s:%s", area, reason); /* fits */
	omg_answer_refuse(out, SERVICE, code, description);
}

void answer_api_put_hex(struct growing_buffer *out, struct bytes bytes)
{
	omg_answer_put_digits(out, bytes);
}
