/* SPDX-License-Identifier: MIT */
#include "wallet/omg_client.h"

#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/service/http_client.h"
#include "common/service/strict_json.h"
#include "common/service/wide_json.h"

#define ANSWER_CEILING ((size_t)16 << 20)
#define URL_SIZE 512

struct omg_client {
	struct http_client *http;
	const char *who;
	char url[URL_SIZE];
	char name[URL_SIZE];
};

struct omg_client *omg_client_new(const char *url, const char *who)
{
	struct omg_client *client = memory_new(1, sizeof(*client));
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	client->who = who;
	client->http = http_client_new(HTTP_LIMITS_USUAL);
	(void)snprintf(client->url, sizeof(client->url), "%.*s", (int)len,
		       url); /* one that is cut is not reached */
	http_client_mask_url(client->name, sizeof(client->name), client->url);
	return client;
}

void omg_client_free(struct omg_client *client)
{
	if (client == NULL)
		return;
	http_client_free(client->http);
	memory_free(client);
}

const char *omg_client_name(const struct omg_client *client)
{
	return client->name;
}

static void copy_text(char *out, size_t size, const json_t *object,
		      const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	size_t len = 0;

	/* What it says ends up on a terminal. */
	for (; text != NULL && *text != '\0' && len + 1 < size; text++)
		out[len++] = (char)(*text < ' ' || *text > '~' ? '?' : *text);
	out[len] = '\0';
}

/* Takes the envelope off. */
static enum omg_answer open_envelope(struct omg_client *client, json_t **data,
				     struct omg_refusal *refusal,
				     const json_t *envelope,
				     struct error *error)
{
	const json_t *success = json_object_get(envelope, "success");
	json_t *inside = json_object_get(envelope, "data");

	if (!json_is_boolean(success) || inside == NULL) {
		(void)error_set(error, ERROR_PROTOCOL,
				"%s at %s answers in another way than "
				"expected",
				client->who, client->name);
		return OMG_ANSWER_FAILED;
	}
	if (json_is_true(success)) {
		*data = json_incref(inside);
		return OMG_ANSWER_DATA;
	}
	copy_text(refusal->code, sizeof(refusal->code), inside, "code");
	copy_text(refusal->description, sizeof(refusal->description), inside,
		  "description");
	return OMG_ANSWER_REFUSAL;
}

static bool post(struct omg_client *client, struct growing_buffer *answer,
		 const char *method, const char *body, struct error *error)
{
	char url[URL_SIZE + 64];
	long status;

	if (snprintf(url, sizeof(url), "%s/%s", client->url, method) >=
	    (int)sizeof(url))
		return error_set(error, ERROR_CONFIG, "the URL is too long");
	if (!http_client_post(client->http, answer, &status, url,
			      "application/json", bytes_of_string(body), error))
		return error_wrap(error, "%s", client->who);
	if (status != 200)
		return error_set(error, ERROR_PROTOCOL,
				 "%s at %s answers %s with HTTP %ld",
				 client->who, client->name, method, status);
	return true;
}

enum omg_answer omg_client_call(struct omg_client *client, json_t **data,
				struct omg_refusal *refusal, const char *method,
				const char *body, struct error *error)
{
	enum omg_answer answer = OMG_ANSWER_FAILED;
	struct growing_buffer text;

	growing_buffer_init(&text, ANSWER_CEILING);
	if (post(client, &text, method, body, error)) {
		json_t *envelope =
			wide_json_parse_new(growing_buffer_view(&text), error);

		if (envelope == NULL) {
			error->code = ERROR_PROTOCOL;
			(void)error_wrap(error, "%s: %s", client->who, method);
		} else {
			answer = open_envelope(client, data, refusal, envelope,
					       error);
		}
		json_decref(envelope);
	}
	growing_buffer_clear(&text);
	return answer;
}

bool omg_client_ask(struct omg_client *client, json_t **data,
		    const char *method, const char *body, struct error *error)
{
	struct omg_refusal refusal;

	switch (omg_client_call(client, data, &refusal, method, body, error)) {
	case OMG_ANSWER_DATA:
		return true;
	case OMG_ANSWER_REFUSAL:
		return error_set(error, ERROR_REFUSED, "%s refuses %s: %s (%s)",
				 client->who, method, refusal.code,
				 refusal.description);
	case OMG_ANSWER_FAILED:
		break;
	}
	return false;
}
