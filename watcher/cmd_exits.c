/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>

#include "common/base/hex.h"
#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/json_print.h"
#include "watcher/cmd.h"
#include "watcher/cmd_reading.h"
#include "watcher/exit_store.h"
#include "watcher/exit_want_store.h"
#include "watcher/inflight_store.h"

/* The newest standard exits that are told. */
#define NEWEST 1000

static const char *status_name(enum standard_exit_status status)
{
	switch (status) {
	case STANDARD_EXIT_LIVE:
		return "live";
	case STANDARD_EXIT_CHALLENGED:
		return "challenged";
	case STANDARD_EXIT_PAID:
		return "paid";
	case STANDARD_EXIT_OMITTED:
		break;
	}
	return "omitted";
}

static json_t *standard_json(const struct recorded_standard_exit *one)
{
	const struct standard_exit *exit = &one->exit;
	char id[EXIT_KEY_SIZE];
	char position[POSITION_TEXT_SIZE];
	char owner[ADDRESS_TEXT_SIZE];
	char token[ADDRESS_TEXT_SIZE];
	char amount[AMOUNT_DECIMAL_SIZE];

	exit_want_store_key(id, &exit->id, -1);
	position_format(position, exit->position);
	address_format(owner, &exit->output.owner);
	address_format(token, &exit->output.token.address);
	(void)amount_to_decimal(amount, exit->output.amount);
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I}", "kind",
			 "standard", "exit_id", id, "status",
			 status_name(exit->status), "position", position,
			 "owner", owner, "token", token, "amount", amount,
			 "started_at", (json_int_t)exit->started_at,
			 "exitable_at", (json_int_t)exit->exitable_at);
}

static json_t *in_flight_json(const struct recorded_in_flight_exit *one)
{
	const struct in_flight_exit *exit = &one->exit;
	uint64_t due = in_flight_exit_due_at(exit, NULL);
	char id[EXIT_KEY_SIZE];
	char hash[HEX_SIZE(32)];
	char owner[ADDRESS_TEXT_SIZE];

	exit_want_store_key(id, &exit->id, -1);
	hex_encode(hash, bytes_view(exit->transaction_hash.bytes, 32));
	address_format(owner, &exit->bond_owner);
	return json_pack("{s:s,s:s,s:s,s:b,s:i,s:s,s:I,s:o,s:i}", "kind",
			 "in_flight", "exit_id", id, "transaction", hash,
			 "canonical", exit->is_canonical, "exit_map",
			 (int)exit->map, "bond_owner", owner, "started_at",
			 (json_int_t)exit->started_at, "exitable_at",
			 due == UINT64_MAX ? json_null()
					   : json_integer((json_int_t)due),
			 "life", (int)exit->life);
}

static void append(json_t *list, json_t *row)
{
	(void)json_array_append_new(list, row); /* it is an array */
}

static bool collect(json_t *list, struct reading *reading, struct error *error)
{
	struct recorded_standard_exit *standard;
	struct recorded_in_flight_exit *in_flight;
	size_t count;

	if (!exit_store_all_standard_new(reading->database, &standard, &count,
					 NEWEST, error))
		return false;
	for (size_t i = 0; i < count; i++)
		append(list, standard_json(&standard[i]));
	memory_free(standard);
	if (!inflight_store_alive_new(reading->database, &in_flight, &count,
				      reading->turn.world.exit_period, error))
		return false;
	for (size_t i = 0; i < count; i++)
		append(list, in_flight_json(&in_flight[i]));
	memory_free(in_flight);
	return true;
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL ? text : "";
}

static void print_row(const json_t *row)
{
	json_int_t due =
		json_integer_value(json_object_get(row, "exitable_at"));
	char at[INSTANT_TEXT_SIZE] = "-";

	if (due > 0)
		instant_format(at, (uint64_t)due);
	if (json_object_get(row, "position") != NULL)
		printf("%s  standard   %s of %s, %s units, due %s\n",
		       text_of(row, "exit_id"), text_of(row, "status"),
		       text_of(row, "position"), text_of(row, "amount"), at);
	else
		printf("%s  in flight  %s, map %lld, due %s\n",
		       text_of(row, "exit_id"),
		       json_is_true(json_object_get(row, "canonical"))
			       ? "canonical"
			       : "not canonical",
		       (long long)json_integer_value(
			       json_object_get(row, "exit_map")),
		       at);
}

bool cmd_exits(const struct command *command, struct error *error)
{
	struct reading reading;
	json_t *list = json_array();
	json_t *object = json_pack("{s:s,s:o}", "schema", "plasma.exits/1",
				   "exits", list);

	bool ok = cmd_reading_open(&reading, command, error) &&
		  collect(list, &reading, error);
	if (ok && command->is_json) {
		json_print(json_incref(object));
	} else if (ok) {
		for (size_t i = 0; i < json_array_size(list); i++)
			print_row(json_array_get(list, i));
	}
	json_decref(object);
	cmd_reading_close(&reading);
	return ok;
}

/* ---- exit ---- */

static bool read_positions(struct session_leave *leave,
			   const struct options *options, struct error *error)
{
	for (size_t i = 0; i < options->argument_count; i++) {
		const char *text = options->arguments[i];
		struct u256 number;
		size_t len = 0;

		while (text[len] != '\0')
			len++;
		if (!u256_from_decimal(&number, text, len) ||
		    !position_from_u256(&leave->positions[leave->count],
					number))
			return error_set(error, ERROR_USAGE,
					 "%s: not a position", text);
		leave->count++;
	}
	leave->all = options_has(options, "all");
	return leave->all != (leave->count > 0) ||
	       error_set(error, ERROR_USAGE,
			 "say --all or the positions of coins");
}

/* Whoever wants to leave has to know if nothing came of it. */
static bool check_judged(const struct pass_report *report, struct error *error)
{
	if (report->exits.leaving_judged)
		return true;
	return error_set(error, ERROR_TRY_AGAIN, "%s, nothing was started",
			 report->problem[0] != '\0'
				 ? report->problem
				 : "not every block is read");
}

/* One pass that wants the exits and sends or prints them; what is not done yet
 * goes on with the next pass of whoever watches. */
bool cmd_exit(const struct command *command, struct error *error)
{
	struct session session;
	struct session_leave leave = { .count = 0 };
	struct growing_buffer printed;
	struct pass_report report;
	enum severity severity;
	char line[STATUS_LINE_SIZE];

	if (!read_positions(&leave, command->options, error))
		return false;
	if (options_has(command->options, "dry-run"))
		return cmd_plan(command, error);
	bool ok = cmd_session_open_to_leave(&session, command, &leave, error) &&
		  watcher_loop_pass(session.loop, &report, &severity, line,
				    60000, error) &&
		  check_judged(&report, error);
	growing_buffer_init(&printed, (size_t)16 << 20);
	ok = ok && cmd_list_printed(&printed, session.database, error);
	if (ok) {
		printf("%s\n%zu coins leave, %zu cannot\n", line,
		       report.exits.own_leaving, report.exits.own_stuck);
		fputs(growing_buffer_string(&printed), stdout);
	}
	growing_buffer_clear(&printed);
	cmd_session_close(&session);
	return ok;
}
