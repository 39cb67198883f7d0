/* SPDX-License-Identifier: MIT */
#include "operator/operations_api.h"

#include <string.h>

#include "config.h"
#include "operator/block_api.h"
#include "operator/payment_api.h"
#include "operator/status_api.h"

#define MAX_CALL ((size_t)16 << 10)
#define MAX_BATCH ((size_t)9 << 20)
#define MAX_BULK ((size_t)64 << 20)

/* JSON schemas of what goes in and out. */
#define INTEGER "{\"type\":\"integer\",\"minimum\":0}"
#define BOOLEAN "{\"type\":\"boolean\"}"
#define HEX "{\"type\":\"string\",\"pattern\":\"^0x([0-9a-f]{2})*$\"}"
#define HASH "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-f]{64}$\"}"
#define ADDRESS "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-f]{40}$\"}"
#define CONTROL_KEY                                                            \
	"\"control_key\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"}"
#define LIST(items) "{\"type\":\"array\",\"items\":" items "}"
#define OBJECT(needed, members)                                                \
	"{\"type\":\"object\",\"required\":[" needed                           \
	"],\"properties\":{" members "}}"

#define CONTRACTS                                                              \
	"\"contract_addr\":" OBJECT("\"plasma_framework\"",                    \
				    "\"plasma_framework\":" ADDRESS)
#define PLACE                                                                  \
	OBJECT("\"blknum\",\"txindex\",\"txhash\"",                            \
	       "\"blknum\":" INTEGER ",\"txindex\":" INTEGER                   \
	       ",\"txhash\":" HASH)
#define BLOCK                                                                  \
	OBJECT("\"blknum\",\"hash\",\"transactions\"",                         \
	       "\"blknum\":" INTEGER ",\"hash\":" HASH                         \
	       ",\"transactions\":" LIST(HEX))
#define FEE                                                                    \
	OBJECT("\"currency\",\"amount\"",                                      \
	       "\"currency\":" ADDRESS ",\"amount\":" INTEGER)
#define STATUS                                                                 \
	OBJECT("\"last_mined_child_block_number\",\"halted\"",                 \
	       "\"last_mined_child_block_number\":" INTEGER                    \
	       ",\"last_formed_child_block_number\":" INTEGER                  \
	       ",\"last_seen_eth_block_number\":" INTEGER                      \
	       ",\"open_child_block_number\":" INTEGER ",\"ready\":" BOOLEAN   \
	       ",\"halted\":" BOOLEAN ",\"waiting\":" INTEGER                  \
	       ",\"coins\":" INTEGER "," CONTRACTS)
#define CONFIGURATION                                                          \
	OBJECT("\"deposit_finality_margin\",\"min_exit_period_seconds\"",      \
	       "\"deposit_finality_margin\":" INTEGER                          \
	       ",\"exit_processor_sla_seconds\":" INTEGER                      \
	       ",\"min_exit_period_seconds\":" INTEGER "," CONTRACTS)

const struct api_operation api_operations[] = {
	{ "GET", "/blocks/by-number/*", API_FACE_BODY, 0, false,
	  block_api_by_number, "number", "redirects to the body of a block",
	  NULL, NULL },
	{ "GET", "/blocks/*", API_FACE_BODY, 0, false, block_api_body, "root",
	  "the body of a block, for ever the same", NULL, NULL },
	{ "GET", "/livez", API_FACE_PLAIN, 0, true, status_api_live, NULL,
	  "the program runs", NULL, NULL },
	{ "GET", "/readyz", API_FACE_PLAIN, 0, true, status_api_ready, NULL,
	  "it can do its work", NULL, NULL },
	{ "GET", "/metrics", API_FACE_PLAIN, 0, false, status_api_metrics, NULL,
	  "figures for Prometheus", NULL, NULL },
	{ "GET", "/openapi.json", API_FACE_JSON, 0, false, status_api_document,
	  NULL, "this document", NULL, NULL },
	{ "POST", "/transactions", API_FACE_BULK, MAX_BULK, false,
	  payment_api_bulk, NULL, "signed payments one behind the other", NULL,
	  NULL },
	{ "POST", "/transaction.submit", API_FACE_CALL, MAX_CALL, true,
	  payment_api_submit, NULL, "takes one signed payment",
	  OBJECT("\"transaction\"", "\"transaction\":" HEX), PLACE },
	{ "POST", "/transaction.batch_submit", API_FACE_CALL, MAX_BATCH, false,
	  payment_api_batch_submit, NULL, "takes several signed payments",
	  OBJECT("\"transactions\"", "\"transactions\":" LIST(HEX)),
	  LIST("{\"type\":\"object\"}") },
	{ "POST", "/block.get", API_FACE_CALL, MAX_CALL, false, block_api_get,
	  NULL, "a committed block", OBJECT("\"hash\"", "\"hash\":" HASH),
	  BLOCK },
	{ "POST", "/fees.all", API_FACE_CALL, MAX_CALL, false, status_api_fees,
	  NULL, "the fee of a payment by token", NULL,
	  OBJECT("\"1\"", "\"1\":" LIST(FEE)) },
	{ "POST", "/status.get", API_FACE_CALL, MAX_CALL, false,
	  status_api_status, NULL, "how things stand", NULL, STATUS },
	{ "POST", "/configuration.get", API_FACE_CALL, MAX_CALL, false,
	  status_api_configuration, NULL, "what the chain is run with", NULL,
	  CONFIGURATION },
	{ "POST", "/alarm.get", API_FACE_CALL, MAX_CALL, false,
	  status_api_alarms, NULL, "what a person should look at", NULL,
	  LIST("{\"type\":\"object\"}") },
	{ "POST", "/block.form", API_FACE_CALL, MAX_CALL, false,
	  status_api_form, NULL,
	  "forms a block of what waits; for this machine alone",
	  OBJECT("\"control_key\"", CONTROL_KEY), "{\"type\":\"object\"}" },
	{ "POST", "/block.bump", API_FACE_CALL, MAX_CALL, false,
	  status_api_bump, NULL,
	  "sends a root with higher fees; for this machine alone",
	  OBJECT("\"control_key\",\"blknum\",\"percent\"",
		 CONTROL_KEY ",\"blknum\":" INTEGER ",\"percent\":" INTEGER),
	  OBJECT("\"blknum\",\"max_fee_gwei\"",
		 "\"blknum\":" INTEGER ",\"max_fee_gwei\":" INTEGER) },
	{ "POST", "/*", API_FACE_REST, MAX_CALL, false, status_api_nothing,
	  NULL, "there is no other method", NULL, NULL },
	{ NULL, NULL, API_FACE_REST, 0, false, NULL, NULL, NULL, NULL, NULL },
};

static void put(struct growing_buffer *out, const char *text)
{
	(void)growing_buffer_put(out, bytes_of_string(text));
}

/* The document has a name in braces where the route has a star. */
static void put_path(struct growing_buffer *out,
		     const struct api_operation *operation)
{
	size_t len = strlen(operation->path);

	if (operation->parameter == NULL) {
		put(out, operation->path);
		return;
	}
	(void)growing_buffer_put(out, bytes_view(operation->path, len - 1));
	(void)growing_buffer_format(out, "{%s}", operation->parameter);
}

/* Wallets mix members of JSON-RPC in: nothing forbids more than is named. */
static void put_request(struct growing_buffer *out,
			const struct api_operation *operation)
{
	if (operation->face == API_FACE_BULK)
		put(out, ",\"requestBody\":{\"required\":true,\"content\":{"
			 "\"application/octet-stream\":{\"schema\":{"
			 "\"type\":\"string\",\"format\":\"binary\"}}}}");
	if (operation->face != API_FACE_CALL)
		return;
	(void)growing_buffer_format(
		out,
		",\"requestBody\":{\"required\":%s,\"content\":{"
		"\"application/json\":{\"schema\":%s}}}",
		operation->request == NULL ? "false" : "true",
		operation->request == NULL ? "{\"type\":\"object\"}"
					   : operation->request);
}

static void put_content(struct growing_buffer *out, const char *status,
			const char *description, const char *type,
			const char *schema)
{
	(void)growing_buffer_format(
		out,
		"\"%s\":{\"description\":\"%s\",\"content\":{\"%s\":{"
		"\"schema\":%s}}}",
		status, description, type, schema);
}

static void put_call_answer(struct growing_buffer *out,
			    const struct api_operation *operation)
{
	put(out, "\"200\":{\"description\":\"the data, or the error\","
		 "\"content\":{\"application/json\":{\"schema\":{\"oneOf\":[{"
		 "\"type\":\"object\",\"required\":[\"success\",\"data\"],"
		 "\"properties\":{\"success\":{\"type\":\"boolean\",\"enum\":"
		 "[true]},\"version\":{\"type\":\"string\"},\"service_name\":{"
		 "\"type\":\"string\"},\"data\":");
	put(out, operation->data);
	put(out, "}},{\"$ref\":\"#/components/schemas/Refusal\"}]}}}}");
}

static void put_answers(struct growing_buffer *out,
			const struct api_operation *operation)
{
	static const char text[] = "{\"type\":\"string\"}";
	static const char binary[] =
		"{\"type\":\"string\",\"format\":\"binary\"}";

	switch (operation->face) {
	case API_FACE_CALL:
		put_call_answer(out, operation);
		return;
	case API_FACE_BODY:
		put_content(out, "200", "the RLP list of signed transactions",
			    "application/octet-stream", binary);
		put(out, ",\"206\":{\"description\":\"the part asked for\"},"
			 "\"304\":{\"description\":\"as it was\"},"
			 "\"307\":{\"description\":\"where the body is\"},"
			 "\"404\":{\"description\":\"no such block\"}");
		return;
	case API_FACE_BULK:
		put_content(out, "200", "one line for each payment, in order",
			    "application/x-ndjson", text);
		put(out, ",\"413\":{\"description\":\"too long\"},"
			 "\"503\":{\"description\":\"try again\"}");
		return;
	case API_FACE_PLAIN:
		put_content(out, "200", "yes", "text/plain", text);
		put(out, ",\"503\":{\"description\":\"no, and why\"}");
		return;
	case API_FACE_JSON:
		put_content(out, "200", "the document", "application/json",
			    "{\"type\":\"object\"}");
		return;
	case API_FACE_REST:
		return;
	}
}

static void put_operation(struct growing_buffer *out,
			  const struct api_operation *operation)
{
	put(out, "\"");
	put_path(out, operation);
	(void)growing_buffer_format(
		out, "\":{\"%s\":{\"summary\":\"%s\"",
		strcmp(operation->method, "GET") == 0 ? "get" : "post",
		operation->summary);
	if (operation->parameter != NULL)
		(void)growing_buffer_format(
			out,
			",\"parameters\":[{\"name\":\"%s\",\"in\":\"path\","
			"\"required\":true,\"schema\":{\"type\":\"string\"}}]",
			operation->parameter);
	put_request(out, operation);
	put(out, ",\"responses\":{");
	put_answers(out, operation);
	put(out, "}}}");
}

void api_operations_document(struct growing_buffer *out)
{
	const char *separator = "";

	put(out, "{\"openapi\":\"3.0.3\",\"info\":{\"title\":"
		 "\"plasma-operator\",\"version\":\"" PACKAGE_VERSION "\"},"
		 "\"paths\":{");
	for (const struct api_operation *operation = api_operations;
	     operation->path != NULL; operation++) {
		if (operation->face == API_FACE_REST)
			continue;
		put(out, separator);
		put_operation(out, operation);
		separator = ",";
	}
	put(out, "},\"components\":{\"schemas\":{\"Refusal\":{\"type\":"
		 "\"object\",\"required\":[\"success\",\"data\"],"
		 "\"properties\":{\"success\":{\"type\":\"boolean\",\"enum\":"
		 "[false]},\"data\":{\"type\":\"object\",\"required\":"
		 "[\"object\",\"code\"],\"properties\":{\"object\":{\"type\":"
		 "\"string\"},\"code\":{\"type\":\"string\"},"
		 "\"description\":{\"type\":\"string\"},\"messages\":{"
		 "\"type\":\"object\"}}}}}}}}");
}
