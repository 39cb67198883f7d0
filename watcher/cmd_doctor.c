/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/clock.h"
#include "common/service/doctor.h"
#include "common/service/explanation_table.h"
#include "common/service/http_client.h"
#include "common/service/network_check.h"
#include "common/service/root_chain_rpc.h"
#include "common/snapshot/snapshot_reader.h"
#include "watcher/cmd.h"
#include "watcher/cmd_reading.h"
#include "watcher/deadline.h"
#include "watcher/explanation.h"
#include "watcher/leave_loop.h"
#include "watcher/wallet_loop.h"
#include "watcher/watcher_store.h"

#define ANSWER_CEILING ((size_t)4 << 20)

static void look_at_snapshot(struct doctor *doctor)
{
	const struct config *config = doctor->config;
	const char *path = config_text(config, "watcher", "snapshot");
	struct error error;
	uint64_t most = 0;

	if (path == NULL) {
		doctor_say(doctor, true, "the snapshot",
			   "none is given: a follower is run by each pass");
		return;
	}
	bool ok = config_number(&most, config, "watcher", "snapshot_max_age", 1,
				86400, &error) &&
		  snapshot_reader_check(path, doctor->network,
					clock_wall().seconds, most, &error);

	doctor_say_result(doctor, ok, "the snapshot", &error);
}

static bool look_at_node(struct doctor *doctor, struct root_chain_rpc *rpc)
{
	struct error error;
	bool ok = network_check_ask(rpc, doctor->network, &error);

	doctor_say_result(doctor, ok, root_chain_rpc_name(rpc), &error);
	return ok;
}

/* ---- where bodies come from ---- */

static bool folder_answers(const char *folder, struct error *error)
{
	return access(folder, R_OK | X_OK) == 0 ||
	       error_set(error, ERROR_NO_INPUT, "%s", strerror(errno));
}

/* Any answer will do: a web server need not have a page there. */
static bool server_answers(const char *url, struct error *error)
{
	struct http_client *client = http_client_new(HTTP_LIMITS_USUAL);
	struct growing_buffer out;
	long status;

	growing_buffer_init(&out, ANSWER_CEILING);
	bool ok = http_client_get(client, &out, &status, url, error);
	growing_buffer_clear(&out);
	http_client_free(client);
	return ok;
}

static void look_at_source(struct doctor *doctor, const char *source)
{
	char name[256];
	char thing[sizeof(name) + 16];
	struct error error;
	bool ok = strstr(source, "://") == NULL
			  ? folder_answers(source, &error)
			  : server_answers(source, &error);

	http_client_mask_url(name, sizeof(name), source);
	(void)snprintf(thing, sizeof(thing), "source %s", name); /* it fits */
	doctor_say_result(doctor, ok, thing, &error);
}

static void look_at_sources(struct doctor *doctor)
{
	const char *operator_url = doctor->network->operator_url;
	const char *source;
	size_t count = 0;

	while ((source = config_text_at(doctor->config, "watcher", "source",
					count)) != NULL) {
		look_at_source(doctor, source);
		count++;
	}
	if (count == 0 && operator_url[0] != '\0')
		look_at_source(doctor, operator_url);
	else if (count == 0)
		doctor_say(doctor, false, "a source of bodies",
			   "none is given, by --source or the network file: no "
			   "block can be verified");
}

/* ---- leaving ---- */

/* What the owners need to leave with, as of the last pass. */
struct leaving {
	struct own_coin *coins;
	size_t count;
	struct mass_exit_prices prices;
};

/* What was signed away is not exited by a standard exit, if that is known. */
static void look_at_signed(struct doctor *doctor, const struct reading *reading)
{
	char account[ADDRESS_TEXT_SIZE];
	char thing[80];
	struct error error;

	for (size_t i = 0; i < reading->facts.owner_count; i++) {
		bool ok = wallet_loop_look_at_table(&reading->owners[i],
						    doctor->network,
						    reading->database, &error);

		address_format(account, &reading->owners[i].address);
		(void)snprintf(thing, sizeof(thing), "what %s signed",
			       account); /* it fits */
		doctor_say_result(doctor, ok, thing, &error);
	}
	if (config_text_at(doctor->config, "owner", "address", 0) == NULL)
		doctor_say(doctor, true, "owners",
			   "none is given: the chain is watched, and nobody's "
			   "coins leave");
}

static void look_at_leaving(struct doctor *doctor,
			    const struct command *command,
			    struct leaving *leaving)
{
	struct reading reading;
	struct error error;

	bool ok = cmd_reading_open(&reading, command, &error) &&
		  cmd_reading_prices(&reading, &leaving->prices, &error) &&
		  leave_loop_coins_new(&reading.turn, &leaving->coins,
				       &leaving->count, &error);
	if (!ok && error.code == ERROR_NO_INPUT)
		doctor_say(doctor, true, "the cost of leaving",
			   "not known before the first pass");
	else
		doctor_say_result(doctor, ok, "the cost of leaving", &error);
	look_at_signed(doctor, &reading);
	cmd_reading_close(&reading);
}

static bool can_leave(const struct leaving *leaving,
		      const struct address *owner, struct u256 balance,
		      struct error *error)
{
	struct amount has = amount_from_u256(balance);
	struct amount needs = mass_exit_needs(owner, leaving->coins,
					      leaving->count, &leaving->prices);
	char needs_text[AMOUNT_TEXT_SIZE];
	char has_text[AMOUNT_TEXT_SIZE];

	if (u256_is_zero(balance))
		return error_set(error, ERROR_REFUSED,
				 "it has no ether for bonds and gas");
	amount_format(needs_text, needs, "ETH", 18);
	amount_format(has_text, has, "ETH", 18);
	return amount_compare(has, needs) >= 0 ||
	       error_set(error, ERROR_REFUSED,
			 "it has %s, and bonds and gas of leaving may take %s",
			 has_text, needs_text);
}

/* Whether an owner can be paid, and can pay for its exits. */
static void look_at_owner(struct doctor *doctor, struct root_chain_rpc *rpc,
			  const struct leaving *leaving, const char *text)
{
	struct growing_buffer code;
	struct address owner;
	struct u256 balance;
	struct error error;
	char thing[64];

	(void)snprintf(thing, sizeof(thing), "owner %.42s", text); /* it fits */
	growing_buffer_init(&code, ANSWER_CEILING);
	bool ok = (address_parse(&owner, text, strlen(text)) ||
		   error_set(&error, ERROR_CONFIG, "not an account")) &&
		  root_chain_rpc_balance(rpc, &balance, &owner, &error) &&
		  root_chain_rpc_code(rpc, &code, &owner, &error) &&
		  can_leave(leaving, &owner, balance, &error);
	ok = ok && (code.len == 0 ||
		    error_set(&error, ERROR_REFUSED,
			      "it has code: what is paid to it may wait as a "
			      "credit"));
	growing_buffer_clear(&code);
	doctor_say_result(doctor, ok, thing, &error);
}

static void look_at_root_chain(struct doctor *doctor,
			       const struct leaving *leaving)
{
	const struct config *config = doctor->config;
	bool any = false;

	for (size_t i = 0; config_text_at(config, "root_chain", "rpc", i);
	     i++) {
		struct root_chain_rpc *rpc = root_chain_rpc_new(
			config_text_at(config, "root_chain", "rpc", i),
			HTTP_LIMITS_USUAL, ANSWER_CEILING);
		bool ok = look_at_node(doctor, rpc);

		for (size_t j = 0; ok && !any; j++) {
			const char *owner =
				config_text_at(config, "owner", "address", j);

			if (owner == NULL)
				break;
			look_at_owner(doctor, rpc, leaving, owner);
		}
		any = any || ok;
		root_chain_rpc_free(rpc);
	}
	doctor_say(doctor, any, "a root-chain node to send with",
		   any ? "" : "none answers: nothing can be sent");
}

static void look_at_passes(struct doctor *doctor)
{
	const char *datadir = config_text(doctor->config, "watcher", "datadir");
	uint64_t safe =
		deadline_safe_interval(doctor->network->min_exit_period);
	struct database *database;
	struct watcher_pass pass;
	struct error error;
	bool found = false;
	bool ok = watcher_store_open_reader(&database, datadir, &error);

	if (!ok && error.code == ERROR_NO_INPUT) {
		doctor_say(doctor, true, "the last pass", "there was none yet");
		return;
	}
	if (ok) {
		ok = watcher_store_last_pass(database, &found, &pass, &error);
		database_close(database);
	}
	if (ok && found && pass.completed_at.seconds != 0) {
		struct wall_time now = clock_wall();
		uint64_t age =
			instant_since(now.seconds, pass.completed_at.seconds);

		if (instant_lies_ahead(pass.completed_at, now))
			ok = error_set(&error, ERROR_REFUSED,
				       "it lies in the future: a clock is "
				       "wrong");
		else
			ok = age <= safe || error_set(&error, ERROR_REFUSED,
						      "it was %llu s ago, more "
						      "than %llu are not safe",
						      (unsigned long long)age,
						      (unsigned long long)safe);
	}
	doctor_say_result(doctor, ok, "the last completed pass", &error);
}

bool cmd_doctor(const struct command *command, struct error *error)
{
	struct doctor doctor = doctor_of(command, "watcher");
	struct leaving leaving = { .count = 0 };

	if (doctor_look_at_network(&doctor)) {
		look_at_snapshot(&doctor);
		look_at_sources(&doctor);
		look_at_leaving(&doctor, command, &leaving);
		look_at_root_chain(&doctor, &leaving);
		look_at_passes(&doctor);
	}
	memory_free(leaving.coins);
	doctor_look_at_datadir(&doctor);
	return doctor_end(&doctor, error);
}

bool cmd_explain(const struct command *command, struct error *error)
{
	const struct options *options = command->options;
	struct explanation_row rows[EXPLANATION_COUNT + 1];

	for (size_t i = 0; i < EXPLANATION_COUNT; i++)
		rows[i] = (struct explanation_row){
			explanations[i].id,
			event_code(explanations[i].kind),
			explanations[i].what,
			explanations[i].action,
		};
	rows[EXPLANATION_COUNT].id = NULL;
	const char *rule = options->argument_count == 0
				   ? NULL
				   : explanation_of_rule(options->arguments[0]);
	if (rule == NULL)
		return explanation_table_say(rows, command, error);
	explanation_table_print(
		&(struct explanation_row){ options->arguments[0],
					   "a rule of blocks", rule,
					   "See invalid_block." },
		command->is_json);
	return true;
}
