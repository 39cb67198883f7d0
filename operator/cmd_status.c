/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/base/decimal.h"
#include "common/chain/protocol.h"
#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/http_client.h"
#include "common/service/json_print.h"
#include "common/service/process.h"
#include "common/service/strict_json.h"
#include "operator/cmd.h"
#include "operator/operator_api.h"

#define ANSWER_CEILING ((size_t)1 << 20)
#define URL_SIZE 160

/* What the running operator wrote into a file of its data directory. */
static bool read_file(struct growing_buffer *out, const struct command *command,
		      const char *name, struct error *error)
{
	const char *datadir =
		config_text(command->config, "operator", "datadir");
	char file[4096];

	growing_buffer_init(out, 64);
	(void)snprintf(file, sizeof(file), "%s/%s", datadir,
		       name); /* cut: none */
	return atomic_file_read(out, file, error);
}

/* Where the running operator listens: the port is that of the file it wrote. */
static bool find_url(char url[URL_SIZE], const struct command *command,
		     const char *path, struct error *error)
{
	struct growing_buffer text;
	uint64_t port = 0;
	bool ok = read_file(&text, command, "port", error);

	if (ok && text.len > 0)
		text.len--; /* the line break */
	if (ok &&
	    !decimal_parse_u64(&port, growing_buffer_string(&text), 65535))
		ok = error_set(error, ERROR_BAD_INPUT,
			       "the file port: no port");
	growing_buffer_clear(&text);
	(void)snprintf(url, URL_SIZE, "http://127.0.0.1:%llu/%s",
		       (unsigned long long)port, path); /* it fits */
	return ok;
}

/* One call of the running operator; the data is given back with json_decref().
 * ERROR_REFUSED: it refuses, and says why. */
static bool call(const struct command *command, json_t **data,
		 const char *method, const char *body, struct error *error)
{
	struct http_client *client = http_client_new(HTTP_LIMITS_USUAL);
	struct growing_buffer answer;
	char url[URL_SIZE];
	json_t *root = NULL;
	long status;

	growing_buffer_init(&answer, ANSWER_CEILING);
	bool ok = find_url(url, command, method, error) &&
		  http_client_post(client, &answer, &status, url,
				   "application/json", bytes_of_string(body),
				   error);
	if (ok) {
		root = strict_json_parse_new(growing_buffer_view(&answer),
					     error);
		ok = root != NULL;
	}
	json_t *inside = json_object_get(root, "data");
	if (ok && !json_is_true(json_object_get(root, "success")))
		ok = error_set(
			error, ERROR_REFUSED, "%s",
			json_is_string(json_object_get(inside, "description"))
				? json_string_value(json_object_get(
					  inside, "description"))
				: "it refuses");
	*data = ok ? json_incref(inside) : NULL;
	json_decref(root);
	growing_buffer_clear(&answer);
	http_client_free(client);
	return ok;
}

static void print_status(const json_t *data)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)data, key, value)
	{
		if (json_is_integer(value))
			printf("%s: %" JSON_INTEGER_FORMAT "\n", key,
			       json_integer_value(value));
		if (json_is_boolean(value))
			printf("%s: %s\n", key,
			       json_is_true(value) ? "yes" : "no");
	}
}

static bool is_ready(const json_t *data)
{
	return json_is_true(json_object_get(data, "ready"));
}

/* Asks again and again until the operator is ready or the time is over. */
static bool wait_for_status(const struct command *command, json_t **data,
			    uint64_t seconds, struct error *error)
{
	uint64_t end_ms = clock_monotonic_ms() + seconds * 1000;

	for (;;) {
		bool ok = call(command, data, "status.get", "{}", error);

		if (ok && (seconds == 0 || is_ready(*data)))
			return true;
		if (ok) {
			json_decref(*data);
			ok = error_set(error, ERROR_TRY_AGAIN,
				       "the operator is not ready");
		}
		if (clock_monotonic_ms() >= end_ms ||
		    process_wait(100) == PROCESS_SIGNAL_STOP)
			return ok;
	}
}

bool cmd_status(const struct command *command, struct error *error)
{
	const char *wait = options_value(command->options, "wait");
	uint64_t seconds = 0;
	json_t *data;

	if (wait != NULL && !decimal_parse_u64(&seconds, wait, 86400))
		return error_set(error, ERROR_USAGE,
				 "%s is no number of "
				 "seconds",
				 wait);
	if (!wait_for_status(command, &data, seconds, error))
		return false;
	if (command->is_json) {
		json_object_set_new(data, "schema",
				    json_string("plasma.status/1"));
		json_print(json_incref(data));
	} else {
		print_status(data);
	}
	json_decref(data);
	return true;
}

static bool bump_root(const struct command *command, json_t **data,
		      uint64_t blknum, uint64_t percent, struct error *error)
{
	struct growing_buffer key;
	char body[192];
	bool ok = read_file(&key, command, OPERATOR_CONTROL_KEY_FILE, error);

	if (ok) {
		(void)snprintf(body, sizeof(body),
			       "{\"control_key\":\"%s\",\"blknum\":%llu,"
			       "\"percent\":%llu}",
			       growing_buffer_string(&key),
			       (unsigned long long)blknum,
			       (unsigned long long)percent); /* it fits */
		ok = call(command, data, "block.bump", body, error);
	}
	growing_buffer_clear(&key);
	return ok;
}

bool cmd_submit(const struct command *command, struct error *error)
{
	const struct options *options = command->options;
	const char *bump = options_value(options, "bump");
	uint64_t percent;
	uint64_t blknum;
	json_t *data;

	if (options->argument_count != 1 ||
	    !decimal_parse_u64(&blknum, options->arguments[0],
			       PROTOCOL_MAX_BLOCK_NUMBER))
		return error_set(error, ERROR_USAGE,
				 "submit: the number of a block is needed");
	if (bump == NULL || !decimal_parse_u64(&percent, bump, 10000))
		return error_set(error, ERROR_USAGE,
				 "submit: --bump PERCENT is needed");
	if (!bump_root(command, &data, blknum, percent, error))
		return error_wrap(error, "block %llu",
				  (unsigned long long)blknum);
	if (command->is_json) {
		json_print(json_incref(data));
	} else {
		printf("block %llu: offered at most %" JSON_INTEGER_FORMAT
		       " gwei per gas\n",
		       (unsigned long long)blknum,
		       json_integer_value(
			       json_object_get(data, "max_fee_gwei")));
	}
	json_decref(data);
	return true;
}
