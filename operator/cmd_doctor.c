/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/codec/keccak256.h"
#include "common/service/clock.h"
#include "common/service/doctor.h"
#include "common/service/network_check.h"
#include "common/service/root_chain_rpc.h"
#include "common/snapshot/snapshot_reader.h"
#include "operator/cmd.h"
#include "operator/explanation.h"
#include "operator/fee_file_store.h"
#include "operator/fee_schedule.h"

#define ANSWER_CEILING ((size_t)4 << 20)

static void look_at_accounts(struct doctor *doctor)
{
	if (address_equal(&doctor->network->authority,
			  &doctor->network->maintainer))
		doctor_say(doctor, true, "authority and maintainer",
			   "one account; it must send nothing but blocks, use "
			   "two");
}

static void look_at_key(struct doctor *doctor, const struct command *command)
{
	struct secret secret = { { 0 } };
	struct error error;
	bool ok = cmd_read_key(&secret, command, &error);

	if (ok) {
		struct address address = secret_address(&secret);

		ok = address_equal(&address, &doctor->network->authority) ||
		     error_set(&error, ERROR_CONFIG,
			       "it is not the authority's");
	}
	secret_wipe(&secret);
	doctor_say_result(doctor, ok, "the keystore", &error);
}

static bool read_fees(const struct command *command,
		      const struct network *network, struct error *error)
{
	const char *path = config_text(command->config, "operator", "fees");
	struct fee_row *rows;
	size_t count;

	if (path == NULL)
		return error_set(error, ERROR_CONFIG, "no fee file is set");
	if (!fee_file_read_new(&rows, &count, path, network, error))
		return false;
	struct fee_schedule *schedule = fee_schedule_new();
	bool ok = fee_schedule_change(schedule, rows, count, 0,
				      clock_monotonic_ms(), error);
	fee_schedule_free(schedule);
	memory_free(rows);
	return ok;
}

static void look_at_snapshot(struct doctor *doctor)
{
	const struct config *config = doctor->config;
	const char *path = config_text(config, "operator", "snapshot");
	struct error error;
	uint64_t most = 0;
	bool ok = config_number(&most, config, "operator", "snapshot_max_age",
				1, 86400, &error) &&
		  snapshot_reader_check(path, doctor->network,
					clock_wall().seconds, most, &error);

	doctor_say_result(doctor, ok, "the snapshot", &error);
}

static void look_at_codes(struct doctor *doctor, struct root_chain_rpc *rpc)
{
	const struct network *network = doctor->network;
	struct growing_buffer code;
	struct error error;
	bool ok = true;

	growing_buffer_init(&code, ANSWER_CEILING);
	for (size_t i = 0; ok && i < network->code_count; i++) {
		growing_buffer_reset(&code);
		ok = root_chain_rpc_code(rpc, &code,
					 &network->codes[i].contract, &error);
		struct hash hash = keccak256(growing_buffer_view(&code));
		ok = ok && (hash_equal(&hash, &network->codes[i].code_hash) ||
			    error_set(&error, ERROR_REFUSED,
				      "contract %zu has other code", i + 1));
	}
	growing_buffer_clear(&code);
	doctor_say_result(doctor, ok, "the code of all contracts", &error);
}

static void look_at_account(struct doctor *doctor, struct root_chain_rpc *rpc)
{
	struct u256 balance = u256_of(0);
	struct error error;
	uint64_t nonce;
	bool ok = root_chain_rpc_balance(rpc, &balance,
					 &doctor->network->authority, &error) &&
		  root_chain_rpc_nonce(rpc, &nonce, &doctor->network->authority,
				       &error);

	ok = ok && (!u256_is_zero(balance) ||
		    error_set(&error, ERROR_REFUSED, "it has no ether"));
	ok = ok && (nonce >= doctor->network->first_nonce ||
		    error_set(&error, ERROR_REFUSED,
			      "its nonce is before the first block's"));
	doctor_say_result(doctor, ok, "the authority's account", &error);
}

static void look_at_root_chain(struct doctor *doctor)
{
	struct root_chain_rpc *rpc = NULL;
	struct error error;
	const char *url;
	bool ok = config_needed(&url, doctor->config, "root_chain", "rpc",
				&error);

	if (ok) {
		rpc = root_chain_rpc_new(url, HTTP_LIMITS_USUAL,
					 ANSWER_CEILING);
		ok = network_check_ask(rpc, doctor->network, &error);
	}
	doctor_say_result(doctor, ok, "the root-chain node", &error);
	if (ok) {
		look_at_codes(doctor, rpc);
		look_at_account(doctor, rpc);
	}
	root_chain_rpc_free(rpc);
}

bool cmd_doctor(const struct command *command, struct error *error)
{
	struct doctor doctor = doctor_of(command, "operator");
	struct error problem;

	if (doctor_look_at_network(&doctor)) {
		look_at_accounts(&doctor);
		look_at_key(&doctor, command);
		look_at_snapshot(&doctor);
		look_at_root_chain(&doctor);
		doctor_say_result(&doctor,
				  read_fees(command, doctor.network, &problem),
				  "the fee file", &problem);
	}
	doctor_look_at_datadir(&doctor);
	return doctor_end(&doctor, error);
}

bool cmd_config_check(const struct command *command, struct error *error)
{
	struct network *network = NULL;
	const char *path;
	bool ok = config_needed(&path, command->config, "operator", "network",
				error) &&
		  network_read_new(&network, path, error) &&
		  read_fees(command, network, error);

	network_free(network);
	if (ok)
		printf("the configuration can be read\n");
	return ok;
}

bool cmd_explain(const struct command *command, struct error *error)
{
	return explanation_table_say(explanations, command, error);
}
