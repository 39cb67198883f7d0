/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_PAYMENT_API_H
#define PLASMA_OPERATOR_PAYMENT_API_H

/* The calls that bring payments; their context is a struct operator_api. */

#include "common/service/http_server.h"
#include "operator/submit_loop.h"

void payment_api_submit(void *context, struct http_response *response,
			const struct http_request *request);

/* The job of the threads that payment_api_submit() hands its requests to. */
submit_loop_job payment_api_judge;

void payment_api_batch_submit(void *context, struct http_response *response,
			      const struct http_request *request);
void payment_api_bulk(void *context, struct http_response *response,
		      const struct http_request *request);

#endif
