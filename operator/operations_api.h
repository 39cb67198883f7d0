/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATIONS_API_H
#define PLASMA_OPERATOR_OPERATIONS_API_H

/*
 * Everything that can be asked over HTTP, as one table: the server finds its
 * routes in it, and the OpenAPI document is written from it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/growing_buffer.h"
#include "common/service/http_server.h"

enum api_face {
	API_FACE_CALL,	/* of wallets: JSON in, an envelope out, status 200 */
	API_FACE_BODY,	/* a block body or where it is */
	API_FACE_BULK,	/* payments as bytes in, JSON lines out */
	API_FACE_PLAIN, /* text out, 200 or 503 */
	API_FACE_JSON,	/* a document out */
	API_FACE_REST	/* whatever is not documented */
};

struct api_operation {
	const char *method;
	const char *path; /* with a `*` at its end: see `parameter` */
	enum api_face face;
	size_t max_body;
	bool is_quick;
	http_handler *handler;
	const char *parameter; /* what the `*` stands for */
	const char *summary;
	const char *request; /* JSON schema of the body; NULL: none is needed */
	const char *data;    /* JSON schema of the data in the answer */
};

/* Ends with a row without a path. */
extern const struct api_operation api_operations[];

/* Writes the OpenAPI document of the table. */
void api_operations_document(struct growing_buffer *out);

#endif
