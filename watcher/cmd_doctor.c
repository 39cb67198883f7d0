/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/clock.h"
#include "common/service/network_file.h"
#include "common/service/root_chain_rpc.h"
#include "common/snapshot/snapshot_reader.h"
#include "watcher/cmd.h"
#include "watcher/deadline.h"
#include "watcher/explanation.h"
#include "watcher/watcher_store.h"

#define ANSWER_CEILING ((size_t)4 << 20)
#define LEAST_FREE ((uint64_t)1 << 30)

struct examination {
	const struct command *command;
	struct network *network;
	unsigned int wrong;
};

/* One line per thing that was looked at. */
static void say(struct examination *examination, bool ok, const char *thing,
		const char *more)
{
	printf("%s %s%s%s\n", ok ? "ok   " : "WRONG", thing,
	       more[0] != '\0' ? ": " : "", more);
	examination->wrong += ok ? 0 : 1;
}

static void say_result(struct examination *examination, bool ok,
		       const char *thing, const struct error *error)
{
	say(examination, ok, thing, ok ? "" : error->message);
}

static bool look_at_network(struct examination *examination)
{
	struct error error;
	const char *path;
	bool ok = config_needed(&path, examination->command->config, "watcher",
				"network", &error) &&
		  network_read_new(&examination->network, path, &error);

	say_result(examination, ok, "the network file", &error);
	return ok;
}

static void look_at_snapshot(struct examination *examination)
{
	const struct config *config = examination->command->config;
	const struct network *network = examination->network;
	const char *path = config_text(config, "watcher", "snapshot");
	struct snapshot_identity identity = {
		.chain_id = network->chain_id,
		.plasma_framework = network->plasma_framework,
		.eth_vault = network->eth_vault,
		.erc20_vault = network->erc20_vault,
		.payment_exit_game = network->payment_exit_game,
		.deployment_block = network->deployment_block,
		.deployment_block_hash = network->deployment_block_hash,
	};
	struct snapshot_reader *reader = NULL;
	struct snapshot_head head = { .number = 0 };
	struct error error;
	uint64_t most = 0;

	if (path == NULL) {
		say(examination, true, "the snapshot",
		    "none is given: a follower is run by each pass");
		return;
	}
	bool ok = config_number(&most, config, "watcher", "snapshot_max_age", 1,
				86400, &error) &&
		  snapshot_reader_open(&reader, path, &identity, &error) &&
		  snapshot_reader_begin(reader, &head, &error);
	if (ok) {
		snapshot_reader_end(reader);
		uint64_t age = instant_since(clock_wall().seconds,
					     head.last_good_poll.seconds);
		ok = age <= most ||
		     error_set(&error, ERROR_TRY_AGAIN, "it is %llu s old",
			       (unsigned long long)age);
	}
	if (reader != NULL)
		snapshot_reader_close(reader);
	say_result(examination, ok, "the snapshot", &error);
}

static bool look_at_node(struct examination *examination,
			 struct root_chain_rpc *rpc)
{
	struct error error;
	uint64_t chain_id = 0;
	bool ok = root_chain_rpc_chain_id(rpc, &chain_id, &error) &&
		  (chain_id == examination->network->chain_id ||
		   error_set(&error, ERROR_CONFIG, "it is of chain %llu",
			     (unsigned long long)chain_id));

	say_result(examination, ok, root_chain_rpc_name(rpc), &error);
	return ok;
}

/* Whether an owner can be paid, and can pay for an exit. */
static void look_at_owner(struct examination *examination,
			  struct root_chain_rpc *rpc, const char *text)
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
		  root_chain_rpc_code(rpc, &code, &owner, &error);
	ok = ok && (!u256_is_zero(balance) ||
		    error_set(&error, ERROR_REFUSED,
			      "it has no ether for bonds and gas"));
	ok = ok && (code.len == 0 ||
		    error_set(&error, ERROR_REFUSED,
			      "it has code: what is paid to it may wait as a "
			      "credit"));
	growing_buffer_clear(&code);
	say_result(examination, ok, thing, &error);
}

static void look_at_root_chain(struct examination *examination)
{
	const struct config *config = examination->command->config;
	bool any = false;

	for (size_t i = 0; config_text_at(config, "root_chain", "rpc", i);
	     i++) {
		struct root_chain_rpc *rpc = root_chain_rpc_new(
			config_text_at(config, "root_chain", "rpc", i),
			HTTP_LIMITS_USUAL, ANSWER_CEILING);
		bool ok = look_at_node(examination, rpc);

		for (size_t j = 0; ok && !any; j++) {
			const char *owner =
				config_text_at(config, "owner", "address", j);

			if (owner == NULL)
				break;
			look_at_owner(examination, rpc, owner);
		}
		any = any || ok;
		root_chain_rpc_free(rpc);
	}
	say(examination, any, "a root-chain node to send with",
	    any ? "" : "none answers: nothing can be sent");
}

static void look_at_passes(struct examination *examination)
{
	const char *datadir =
		config_text(examination->command->config, "watcher", "datadir");
	uint64_t safe =
		deadline_safe_interval(examination->network->min_exit_period);
	struct database *database;
	struct watcher_pass pass;
	struct error error;
	bool found = false;
	bool ok = watcher_store_open_reader(&database, datadir, &error);

	if (!ok && error.code == ERROR_NO_INPUT) {
		say(examination, true, "the last pass", "there was none yet");
		return;
	}
	if (ok) {
		ok = watcher_store_last_pass(database, &found, &pass, &error);
		database_close(database);
	}
	if (ok && found) {
		uint64_t age = instant_since(clock_wall().seconds,
					     pass.completed_at.seconds);

		ok = age <= safe ||
		     error_set(&error, ERROR_REFUSED,
			       "it was %llu s ago, more than %llu are not safe",
			       (unsigned long long)age,
			       (unsigned long long)safe);
	}
	say_result(examination, ok, "the last completed pass", &error);
}

static void look_at_disk(struct examination *examination)
{
	const char *datadir =
		config_text(examination->command->config, "watcher", "datadir");
	struct statvfs status;
	bool ok = statvfs(datadir, &status) == 0;
	uint64_t room = ok ? (uint64_t)status.f_bavail * status.f_frsize : 0;

	say(examination, ok && room >= LEAST_FREE, "the data directory",
	    !ok			 ? "it is not there"
	    : room >= LEAST_FREE ? ""
				 : "less than a gigabyte is free");
}

bool cmd_doctor(const struct command *command, struct error *error)
{
	struct examination examination = { .command = command };

	if (look_at_network(&examination)) {
		look_at_snapshot(&examination);
		look_at_root_chain(&examination);
		look_at_passes(&examination);
	}
	look_at_disk(&examination);
	network_free(examination.network);
	return examination.wrong == 0 ||
	       error_set(error, ERROR_REFUSED, "%u things are wrong",
			 examination.wrong);
}

bool cmd_explain(const struct command *command, struct error *error)
{
	const struct options *options = command->options;
	const char *text = options->arguments[0];

	if (options->argument_count == 0) {
		for (size_t i = 0; i < EXPLANATION_COUNT; i++)
			printf("%s %s\n", explanations[i].id,
			       event_code(explanations[i].kind));
		return true;
	}
	const struct explanation *found = explanation_find(text);
	if (found != NULL) {
		printf("%s %s\n%s\n%s\n", found->id, event_code(found->kind),
		       found->what, found->action);
		return true;
	}
	const char *rule = explanation_of_rule(text);
	if (rule == NULL)
		return error_set(error, ERROR_REFUSED,
				 "there is no %s; explain alone lists all",
				 text);
	printf("%s\n%s\n", text, rule);
	return true;
}
