/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/codec/keccak256.h"
#include "common/service/clock.h"
#include "common/service/network_file.h"
#include "common/service/root_chain_rpc.h"
#include "common/snapshot/snapshot_reader.h"
#include "operator/cmd.h"
#include "operator/explanation.h"
#include "operator/fee_file_store.h"
#include "operator/fee_schedule.h"

#define ANSWER_CEILING ((size_t)4 << 20)
#define LEAST_FREE ((uint64_t)1 << 30)

struct examination {
	const struct command *command;
	struct network *network;
	struct root_chain_rpc *rpc;
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
	bool ok = config_needed(&path, examination->command->config, "operator",
				"network", &error) &&
		  network_read_new(&examination->network, path, &error);

	say_result(examination, ok, "the network file", &error);
	if (ok && address_equal(&examination->network->authority,
				&examination->network->maintainer))
		say(examination, true, "authority and maintainer",
		    "one account; it must send nothing but blocks, use two");
	return ok;
}

static void look_at_key(struct examination *examination)
{
	struct secret secret = { { 0 } };
	struct error error;
	bool ok = cmd_read_key(&secret, examination->command, &error);

	if (ok) {
		struct address address = secret_address(&secret);

		ok = address_equal(&address,
				   &examination->network->authority) ||
		     error_set(&error, ERROR_CONFIG,
			       "it is not the authority's");
	}
	secret_wipe(&secret);
	say_result(examination, ok, "the keystore", &error);
}

static bool read_fees(const struct command *command, struct error *error)
{
	const char *path = config_text(command->config, "operator", "fees");
	struct fee_row *rows;
	size_t count;

	if (path == NULL)
		return error_set(error, ERROR_CONFIG, "no fee file is set");
	if (!fee_file_read_new(&rows, &count, path, error))
		return false;
	struct fee_schedule *schedule = fee_schedule_new();
	bool ok = fee_schedule_change(schedule, rows, count, 0,
				      clock_monotonic_ms(), error);
	fee_schedule_free(schedule);
	memory_free(rows);
	return ok;
}

static void look_at_snapshot(struct examination *examination)
{
	const struct network *network = examination->network;
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
	bool ok = config_number(&most, examination->command->config, "operator",
				"snapshot_max_age", 1, 86400, &error) &&
		  snapshot_reader_open(&reader,
				       config_text(examination->command->config,
						   "operator", "snapshot"),
				       &identity, &error) &&
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

static bool look_at_node(struct examination *examination)
{
	struct error error;
	const char *url;
	uint64_t chain_id = 0;
	bool ok = config_needed(&url, examination->command->config,
				"root_chain", "rpc", &error);

	if (ok) {
		examination->rpc = root_chain_rpc_new(url, HTTP_LIMITS_USUAL,
						      ANSWER_CEILING);
		ok = root_chain_rpc_chain_id(examination->rpc, &chain_id,
					     &error) &&
		     (chain_id == examination->network->chain_id ||
		      error_set(&error, ERROR_CONFIG, "it is of chain %llu",
				(unsigned long long)chain_id));
	}
	say_result(examination, ok, "the root-chain node", &error);
	return ok;
}

static void look_at_codes(struct examination *examination)
{
	const struct network *network = examination->network;
	struct growing_buffer code;
	struct error error;
	bool ok = true;

	growing_buffer_init(&code, ANSWER_CEILING);
	for (size_t i = 0; ok && i < network->code_count; i++) {
		growing_buffer_reset(&code);
		ok = root_chain_rpc_code(examination->rpc, &code,
					 &network->codes[i].contract, &error);
		struct hash hash = keccak256(growing_buffer_view(&code));
		ok = ok && (hash_equal(&hash, &network->codes[i].code_hash) ||
			    error_set(&error, ERROR_REFUSED,
				      "contract %zu has other code", i + 1));
	}
	growing_buffer_clear(&code);
	say_result(examination, ok, "the code of all contracts", &error);
}

static void look_at_account(struct examination *examination)
{
	struct u256 balance = u256_of(0);
	struct error error;
	uint64_t nonce;
	bool ok =
		root_chain_rpc_balance(examination->rpc, &balance,
				       &examination->network->authority,
				       &error) &&
		root_chain_rpc_nonce(examination->rpc, &nonce,
				     &examination->network->authority, &error);

	ok = ok && (!u256_is_zero(balance) ||
		    error_set(&error, ERROR_REFUSED, "it has no ether"));
	ok = ok && (nonce >= examination->network->first_nonce ||
		    error_set(&error, ERROR_REFUSED,
			      "its nonce is before the first block's"));
	say_result(examination, ok, "the authority's account", &error);
}

static void look_at_disk(struct examination *examination)
{
	const char *datadir = config_text(examination->command->config,
					  "operator", "datadir");
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
	struct error problem;

	if (look_at_network(&examination)) {
		look_at_key(&examination);
		look_at_snapshot(&examination);
		if (look_at_node(&examination)) {
			look_at_codes(&examination);
			look_at_account(&examination);
		}
	}
	say_result(&examination, read_fees(command, &problem), "the fee file",
		   &problem);
	look_at_disk(&examination);
	root_chain_rpc_free(examination.rpc);
	network_free(examination.network);
	return examination.wrong == 0 ||
	       error_set(error, ERROR_REFUSED, "%u things are wrong",
			 examination.wrong);
}

bool cmd_config_check(const struct command *command, struct error *error)
{
	struct network *network = NULL;
	const char *path;
	bool ok = config_needed(&path, command->config, "operator", "network",
				error) &&
		  network_read_new(&network, path, error) &&
		  read_fees(command, error);

	network_free(network);
	if (ok)
		printf("the configuration can be read\n");
	return ok;
}

bool cmd_explain(const struct command *command, struct error *error)
{
	const struct options *options = command->options;

	for (const struct explanation *at = explanations;
	     options->argument_count == 0 && at->id != NULL; at++)
		printf("%s %s\n", at->id, at->name);
	if (options->argument_count == 0)
		return true;
	const struct explanation *found =
		explanation_find(options->arguments[0]);
	if (found == NULL)
		return error_set(error, ERROR_REFUSED,
				 "there is no %s; explain alone lists all",
				 options->arguments[0]);
	printf("%s %s\n%s\n%s\n", found->id, found->name, found->what,
	       found->action);
	return true;
}
