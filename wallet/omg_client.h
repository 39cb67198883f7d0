/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_OMG_CLIENT_H
#define PLASMA_WALLET_OMG_CLIENT_H

/*
 * The calls that OMG-style services answer: POST URL/METHOD with a JSON object,
 * always HTTP 200, and an envelope that says success or an error code. Both the
 * operator and the watcher speak it.
 */

#include <jansson.h>
#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

struct omg_client;

/* `who` names the service in messages ("the watcher"), of constant life. Own
 * with omg_client_free(). */
struct omg_client *omg_client_new(const char *url, const char *who);
void omg_client_free(struct omg_client *client);

/* The URL without its credentials. */
const char *omg_client_name(const struct omg_client *client);

enum omg_answer {
	OMG_ANSWER_DATA,    /* `data` is the caller's to json_decref() */
	OMG_ANSWER_REFUSAL, /* see `refusal` */
	OMG_ANSWER_FAILED   /* no answer, or none of this kind: see the error */
};

struct omg_refusal {
	char code[64]; /* "submit:input_spent" */
	char description[200];
};

/* Calls `method` with the JSON object `body`. */
NODISCARD enum omg_answer omg_client_call(struct omg_client *client,
					  json_t **data,
					  struct omg_refusal *refusal,
					  const char *method, const char *body,
					  struct error *error);

/* The same where a refusal is an error like any other (ERROR_REFUSED). */
NODISCARD bool omg_client_ask(struct omg_client *client, json_t **data,
			      const char *method, const char *body,
			      struct error *error);

#endif
