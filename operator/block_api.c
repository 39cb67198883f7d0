/* SPDX-License-Identifier: MIT */
#include "operator/block_api.h"

#include <stdio.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/chain/protocol.h"
#include "common/service/omg_answer.h"
#include "operator/answer_api.h"
#include "operator/operator_api.h"
#include "operator/payment_intake.h"

/* A committed block by its root or, without one, by its number. */
static bool find_block(struct operator_api *api, bool *found,
		       struct committed_block *block, const struct hash *root,
		       uint64_t blknum, struct error *error)
{
	pthread_mutex_lock(&api->reader_mutex);
	bool ok = root != NULL ? operator_store_block_of_root(api->parts.reader,
							      found, block,
							      root, error)
			       : operator_store_block(api->parts.reader, found,
						      block, blknum, error);
	pthread_mutex_unlock(&api->reader_mutex);
	return ok;
}

/* A committed block as block.get gives it: its body is the list header and the
 * signed transactions, one behind the other. */
static void write_block(struct growing_buffer *out,
			const struct committed_block *block, struct bytes body)
{
	char root[HEX_SIZE(32)];
	size_t head = body.len == 0 || body.data[0] <= 0xf7
			      ? 1
			      : 1 + (size_t)body.data[0] - 0xf7;

	hex_encode(root, bytes_view(block->root.bytes, 32));
	(void)growing_buffer_format(
		out, "{\"blknum\":%llu,\"hash\":\"%s\",\"transactions\":[",
		(unsigned long long)block->blknum, root);
	for (size_t at = head; at < body.len;) {
		size_t len = payment_intake_len(
			bytes_view(body.data + at, body.len - at));

		if (len == 0)
			break;
		(void)growing_buffer_format(out, at == head ? "\"0x" : ",\"0x");
		answer_api_put_hex(out, bytes_view(body.data + at, len));
		(void)growing_buffer_put_byte(out, '"');
		at += len;
	}
	(void)growing_buffer_format(out, "]}");
}

static bool read_root(struct hash *root, const struct http_request *request)
{
	struct json_members members;
	size_t len;

	if (!json_scan_object(&members, request->body))
		return false;
	const struct json_value *value = json_members_find(&members, "hash");
	return value != NULL &&
	       payment_intake_hex(root->bytes, &len, sizeof(root->bytes),
				  value) &&
	       len == sizeof(root->bytes);
}

void block_api_get(void *context, struct http_response *response,
		   const struct http_request *request)
{
	struct operator_api *api = context;
	struct committed_block block;
	struct growing_buffer body;
	struct hash root;
	struct error error;
	bool found;

	if (!operator_api_begin_call(api, response, request))
		return;
	if (!read_root(&root, request)) {
		answer_api_refuse(&response->body, "operation", "bad_request",
				  "hash: 0x and 64 hex digits are needed");
		return;
	}
	growing_buffer_init(&body, PROTOCOL_MAX_BODY_SIZE);
	if (!find_block(api, &found, &block, &root, 0, &error) || !found ||
	    !body_store_get(api->parts.bodies, &body, &root, &error)) {
		answer_api_refuse(&response->body, "get_block", "not_found",
				  "there is no such block");
		growing_buffer_clear(&body);
		return;
	}
	answer_api_begin(&response->body);
	write_block(&response->body, &block, growing_buffer_view(&body));
	answer_api_end(&response->body);
	growing_buffer_clear(&body);
}

void block_api_body(void *context, struct http_response *response,
		    const struct http_request *request)
{
	struct operator_api *api = context;
	struct hash root;
	struct error error;
	uint64_t len;

	if (!operator_api_begin_plain(api, response, request))
		return;
	if (!omg_answer_read_root(&root, request->rest)) {
		operator_answer_api_text(response, 404,
					 "a block is named by 64 lower-case "
					 "hex digits");
		return;
	}
	int file = body_store_open_file(api->parts.bodies, &len, &root, &error);
	if (file < 0) {
		operator_answer_api_text(
			response, error.code == ERROR_NO_INPUT ? 404 : 500,
			"no such block");
		return;
	}
	omg_answer_body(response, request, &root, file, len);
}

void block_api_by_number(void *context, struct http_response *response,
			 const struct http_request *request)
{
	struct operator_api *api = context;
	struct committed_block block;
	struct error error;
	uint64_t blknum;
	bool found;
	char root[65];

	if (!operator_api_begin_plain(api, response, request))
		return;
	if (!decimal_parse_u64(&blknum, request->rest,
			       PROTOCOL_MAX_BLOCK_NUMBER) ||
	    !find_block(api, &found, &block, NULL, blknum, &error) || !found) {
		operator_answer_api_text(response, 404, "no such block");
		return;
	}
	hex_encode_bare(root, bytes_view(block.root.bytes, 32));
	operator_answer_api_text(response, 307, root);
	(void)snprintf(response->location, sizeof(response->location),
		       "/blocks/%s", root); /* it fits */
}
