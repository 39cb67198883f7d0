/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_STATUS_API_H
#define PLASMA_OPERATOR_STATUS_API_H

/* The calls that say how things stand, and those of the person who runs the
 * operator; their context is a struct operator_api. */

#include "common/service/http_server.h"

void status_api_fees(void *context, struct http_response *response,
		     const struct http_request *request);
void status_api_status(void *context, struct http_response *response,
		       const struct http_request *request);
void status_api_configuration(void *context, struct http_response *response,
			      const struct http_request *request);
void status_api_alarms(void *context, struct http_response *response,
		       const struct http_request *request);
void status_api_live(void *context, struct http_response *response,
		     const struct http_request *request);
void status_api_ready(void *context, struct http_response *response,
		      const struct http_request *request);
void status_api_metrics(void *context, struct http_response *response,
			const struct http_request *request);

/* Only for requests from this machine. */
void status_api_form(void *context, struct http_response *response,
		     const struct http_request *request);
void status_api_bump(void *context, struct http_response *response,
		     const struct http_request *request);

/* The OpenAPI document, and the answer to what there is not. */
void status_api_document(void *context, struct http_response *response,
			 const struct http_request *request);
void status_api_nothing(void *context, struct http_response *response,
			const struct http_request *request);

#endif
