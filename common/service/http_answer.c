/* SPDX-License-Identifier: MIT */
#include "common/service/http_answer.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/memory.h"

/* Bytes of a source that are made at once. */
#define SOURCE_PIECE ((size_t)32 << 10)

/* One part of a file, if the request asks for one: "bytes=FIRST-[LAST]". */
static bool read_range(uint64_t *first, uint64_t *len, const char *text,
		       uint64_t file_len)
{
	char digits[24];
	uint64_t last = file_len - 1;

	if (text == NULL || file_len == 0 || strncmp(text, "bytes=", 6) != 0)
		return false;
	text += 6;
	size_t first_len = strcspn(text, "-");
	if (first_len >= sizeof(digits) || text[first_len] != '-')
		return false;
	memcpy(digits, text, first_len);
	digits[first_len] = '\0';
	if (!decimal_parse_u64(first, digits, file_len - 1))
		return false;
	text += first_len + 1;
	if (*text != '\0' && !decimal_parse_u64(&last, text, UINT64_MAX))
		return false;
	if (last > file_len - 1)
		last = file_len - 1;
	if (last < *first)
		return false;
	*len = last - *first + 1;
	return true;
}

static struct MHD_Response *file_answer(unsigned int *status,
					struct http_response *response,
					const char *range)
{
	uint64_t first = 0;
	uint64_t len = response->file_len;
	bool is_part = response->status == MHD_HTTP_OK &&
		       read_range(&first, &len, range, response->file_len);
	struct MHD_Response *answer = MHD_create_response_from_fd_at_offset64(
		len, response->file, first);

	assert(answer != NULL);
	response->file = -1; /* closed with the answer */
	(void)MHD_add_response_header(answer, MHD_HTTP_HEADER_ACCEPT_RANGES,
				      "bytes"); /* it is well-formed */
	if (is_part) {
		char text[80];

		(void)snprintf(
			text, sizeof(text), "bytes %llu-%llu/%llu",
			(unsigned long long)first,
			(unsigned long long)(first + len - 1),
			(unsigned long long)response->file_len); /* it fits */
		(void)MHD_add_response_header(answer,
					      MHD_HTTP_HEADER_CONTENT_RANGE,
					      text); /* it is well-formed */
		*status = MHD_HTTP_PARTIAL_CONTENT;
	}
	return answer;
}

static ssize_t read_source(void *context, uint64_t at, char *out, size_t size)
{
	struct http_source *source = context;
	size_t len = source->read(source->context, (uint8_t *)out, size);

	(void)at; /* in order, without gaps */
	return len > 0 ? (ssize_t)len : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void free_source(void *context)
{
	struct http_source *source = context;

	source->free(source->context);
	memory_free(source);
}

static struct MHD_Response *source_answer(struct http_response *response)
{
	struct http_source *source = memory_new(1, sizeof(*source));

	*source = response->source;
	response->source.read = NULL; /* freed with the answer */
	return MHD_create_response_from_callback(
		source->len, SOURCE_PIECE, read_source, source, free_source);
}

static void add_headers(struct MHD_Response *answer,
			const struct http_response *response)
{
	/* All of them are well-formed. */
	(void)MHD_add_response_header(answer, MHD_HTTP_HEADER_CONTENT_TYPE,
				      response->content_type);
	(void)MHD_add_response_header(
		answer, MHD_HTTP_HEADER_CACHE_CONTROL,
		response->is_immutable ? "public, max-age=31536000, immutable"
				       : "no-store");
	if (response->etag[0] != '\0')
		(void)MHD_add_response_header(answer, MHD_HTTP_HEADER_ETAG,
					      response->etag);
	if (response->location[0] != '\0')
		(void)MHD_add_response_header(answer, MHD_HTTP_HEADER_LOCATION,
					      response->location);
	if (response->retry_after_seconds != 0) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%u",
			       response->retry_after_seconds); /* it fits */
		(void)MHD_add_response_header(
			answer, MHD_HTTP_HEADER_RETRY_AFTER, text);
	}
}

struct MHD_Response *http_answer_new(unsigned int *status,
				     struct http_response *response,
				     const char *range)
{
	struct MHD_Response *answer;

	*status = response->status;
	if (response->file >= 0)
		answer = file_answer(status, response, range);
	else if (response->source.read != NULL)
		answer = source_answer(response);
	else
		answer = MHD_create_response_from_buffer(
			response->body.len, response->body.data,
			MHD_RESPMEM_PERSISTENT);
	assert(answer != NULL);
	add_headers(answer, response);
	return answer;
}
