/* SPDX-License-Identifier: MIT */
#include "operator/block_api.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/service/descriptor.h"
#include "common/service/omg_answer.h"
#include "operator/answer_api.h"
#include "operator/operator_api.h"
#include "operator/payment_intake.h"

#define READ_AT_ONCE ((size_t)16 << 10)
#define PIECE_CEILING ((size_t)4 << 10)

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

/* A committed block as block.get gives it, on its way to somebody who may read
 * slowly: its body is the list header and the signed transactions, one behind
 * the other. */
struct block_text {
	int file;
	uint64_t left; /* bytes of the file that are not read yet */
	size_t at;     /* in the bytes that are */
	size_t len;
	uint8_t bytes[READ_AT_ONCE];
	struct growing_buffer piece; /* of the text */
	size_t piece_at;
	bool has_begun; /* a transaction is written */
	bool is_over;
};

static void text_free(void *context)
{
	struct block_text *text = context;

	(void)close(text->file); /* only read */
	growing_buffer_clear(&text->piece);
	memory_free(text);
}

/* Sees to it that a whole transaction is there, if one follows. */
static bool text_fill(struct block_text *text)
{
	if (text->len - text->at >= PROTOCOL_MAX_SIGNED_SIZE || text->left == 0)
		return true;
	memmove(text->bytes, text->bytes + text->at, text->len - text->at);
	text->len -= text->at;
	text->at = 0;
	size_t more = sizeof(text->bytes) - text->len;
	if (more > text->left)
		more = (size_t)text->left;
	if (!descriptor_read(text->file, text->bytes + text->len, more))
		return false;
	text->len += more;
	text->left -= more;
	return true;
}

/* Writes the next piece; false at the end and if the file is damaged. */
static bool text_next(struct block_text *text)
{
	growing_buffer_reset(&text->piece);
	text->piece_at = 0;
	if (text->is_over || !text_fill(text))
		return false;
	if (text->at == text->len) {
		text->is_over = true;
		(void)growing_buffer_format(&text->piece, "]}");
		answer_api_end(&text->piece);
		return true;
	}
	struct bytes rest =
		bytes_view(text->bytes + text->at, text->len - text->at);
	size_t len = payment_intake_len(rest);
	if (len == 0)
		return false;
	(void)growing_buffer_format(&text->piece,
				    text->has_begun ? ",\"0x" : "\"0x");
	answer_api_put_hex(&text->piece, bytes_view(rest.data, len));
	(void)growing_buffer_put_byte(&text->piece, '"');
	text->has_begun = true;
	text->at += len;
	return true;
}

static size_t text_read(void *context, uint8_t *out, size_t size)
{
	struct block_text *text = context;
	size_t written = 0;

	while (written < size) {
		size_t len = text->piece.len - text->piece_at;

		if (len == 0 && !text_next(text))
			break;
		len = text->piece.len - text->piece_at;
		if (len > size - written)
			len = size - written;
		memcpy(out + written, text->piece.data + text->piece_at, len);
		text->piece_at += len;
		written += len;
	}
	return written;
}

/* Begins the text of a block whose body is open as `file`, which is taken over:
 * false if that cannot be read. Each transaction becomes twice as long and gets
 * 0x, quotes, and a comma before it unless it is the first. */
static bool send_text(struct http_response *response,
		      const struct committed_block *block, int file,
		      uint64_t len)
{
	struct block_text *text = memory_new(1, sizeof(*text));
	struct growing_buffer end;
	char root[HEX_SIZE(32)];

	text->file = file;
	text->left = len;
	growing_buffer_init(&text->piece, PIECE_CEILING);
	if (!text_fill(text) || text->len == 0) {
		text_free(text);
		return false;
	}
	text->at =
		text->bytes[0] <= 0xf7 ? 1 : 1 + (size_t)text->bytes[0] - 0xf7;
	hex_encode(root, bytes_view(block->root.bytes, 32));
	answer_api_begin(&text->piece);
	(void)growing_buffer_format(
		&text->piece,
		"{\"blknum\":%llu,\"hash\":\"%s\",\"transactions\":[",
		(unsigned long long)block->blknum, root);
	growing_buffer_init(&end, PIECE_CEILING);
	answer_api_end(&end);
	response->source = (struct http_source){
		text_read, text_free, text,
		text->piece.len + 2 * (len - text->at) +
			UINT64_C(5) * block->transaction_count - 1 + 2 + end.len
	};
	growing_buffer_clear(&end);
	return true;
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
	struct hash root;
	struct error error;
	uint64_t len;
	bool found;
	int file = -1;

	if (!operator_api_begin_call(api, response, request))
		return;
	if (!read_root(&root, request)) {
		answer_api_refuse(&response->body, "operation", "bad_request",
				  "hash: 0x and 64 hex digits are needed");
		return;
	}
	if (find_block(api, &found, &block, &root, 0, &error) && found)
		file = body_store_open_file(api->parts.bodies, &len, &root,
					    &error);
	if (file < 0 || !send_text(response, &block, file, len))
		answer_api_refuse(&response->body, "get_block", "not_found",
				  "there is no such block");
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
