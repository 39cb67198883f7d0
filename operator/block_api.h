/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_BLOCK_API_H
#define PLASMA_OPERATOR_BLOCK_API_H

/* The calls that give committed blocks; their context is a struct operator_api.
 */

#include "common/service/http_server.h"

void block_api_get(void *context, struct http_response *response,
		   const struct http_request *request);
void block_api_body(void *context, struct http_response *response,
		    const struct http_request *request);
void block_api_by_number(void *context, struct http_response *response,
			 const struct http_request *request);

#endif
