/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_HTTP_ANSWER_H
#define PLASMA_COMMON_SERVICE_HTTP_ANSWER_H

/* Answers in the form that libmicrohttpd sends: headers, files, parts of
 * them. */

#include "common/service/http_server.h"

struct MHD_Response;

/* Of what a handler filled in. `range` is the header of that name, NULL if
 * there was none; with it the status can become 206. The file or the
 * source of the response belongs to the answer from then on, its body is
 * borrowed until the answer is
 * destroyed. Own with MHD_destroy_response(). */
struct MHD_Response *http_answer_new(unsigned int *status,
				     struct http_response *response,
				     const char *range);

#endif
