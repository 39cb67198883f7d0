/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/codec/eip712.h"
#include "common/keys/address.h"
#include "common/keys/signer.h"
#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/http_server.h"
#include "common/service/log.h"
#include "common/service/network_check.h"
#include "common/service/network_file.h"
#include "common/service/process.h"
#include "common/service/random.h"
#include "operator/checkpoint_loop.h"
#include "operator/cmd.h"
#include "operator/commit_loop.h"
#include "operator/exitability.h"
#include "operator/fee_file_store.h"
#include "operator/mirror_loop.h"
#include "operator/operator_api.h"
#include "operator/recovery_store.h"

#define GWEI UINT64_C(1000000000)
#define RPC_CEILING ((size_t)4 << 20)
#define TICK_MS 1000
#define MAX_MIRRORS 16

struct run {
	const struct command *command;
	struct network *network;
	struct secret secret;
	struct signer signer;
	const char *datadir;
	struct process_lock lock;
	bool has_lock;
	struct snapshot_reader *snapshot;
	struct operator_store *store;
	struct operator_store *reader;
	struct accepted_store *accepted;
	struct body_store *bodies;
	struct root_store *root_store;
	struct root_chain_rpc *rpc;
	struct operator_state *state;
	struct operator_loop *loop;
	struct operator_status *status;
	struct fee_schedule *fees;
	uint64_t fee_max_factor; /* by which a reload may change one */
	struct root_sender *sender;
	struct mirror_loop **mirrors;
	size_t mirror_count;
	struct checkpoint_loop *checkpoints;
	struct commit_loop *commit;
	struct operator_api *api;
	struct http_server *server;
	uint64_t broken_deposit; /* see commit_loop_parts */
	struct deposit_finality finality;
	struct exitability_settings exitability;
};

static bool number(struct run *run, uint64_t *out, const char *key,
		   uint64_t least, uint64_t most, struct error *error)
{
	return config_number(out, run->command->config, "operator", key, least,
			     most, error);
}

static bool read_finality(struct run *run, struct error *error)
{
	const char *text = config_text(run->command->config, "operator",
				       "deposit_finality");

	run->finality.at_finalized = strcmp(text, "finalized") == 0;
	run->finality.confirmations = 64;
	return run->finality.at_finalized ||
	       number(run, &run->finality.confirmations, "deposit_finality", 1,
		      100000, error);
}

/* The authority's key and nothing else may commit blocks. */
static bool read_identity(struct run *run, struct error *error)
{
	const char *path;

	if (!config_needed(&path, run->command->config, "operator", "network",
			   error) ||
	    !network_read_new(&run->network, path, error) ||
	    !cmd_read_key(&run->secret, run->command, error))
		return false;
	run->signer = signer_of_secret(&run->secret);
	if (!address_equal(&run->signer.address, &run->network->authority))
		return error_set(error, ERROR_CONFIG,
				 "the keystore is not the authority's");
	return read_finality(run, error);
}

static bool open_stores(struct run *run, struct error *error)
{
	struct operator_network network = { run->network->chain_id,
					    run->network->plasma_framework,
					    run->network->first_nonce };

	run->datadir = config_text(run->command->config, "operator", "datadir");
	if (!process_lock_take(&run->lock, run->datadir, error))
		return false;
	run->has_lock = true;
	return operator_store_open(&run->store, run->datadir, &network,
				   error) &&
	       operator_store_open_reader(&run->reader, run->datadir, error) &&
	       accepted_store_open(&run->accepted, run->datadir, error) &&
	       body_store_open(&run->bodies, run->datadir,
			       OPERATOR_STORE_BODIES, error);
}

/* The snapshot may still be on its way when the machine starts. */
static bool open_snapshot(struct run *run, struct error *error)
{
	const char *path =
		config_text(run->command->config, "operator", "snapshot");
	bool said = false;

	while (!snapshot_reader_open(&run->snapshot, path, run->network,
				     error)) {
		if (error->code != ERROR_TRY_AGAIN &&
		    error->code != ERROR_NO_INPUT)
			return false;
		if (!said)
			log_event(LOG_INFO, "waiting for the snapshot",
				  log_text("reason", error->message));
		said = true;
		if (process_wait(200) == PROCESS_SIGNAL_STOP)
			return error_set(error, ERROR_TRY_AGAIN,
					 "stopped before there was a snapshot");
	}
	run->root_store = root_store_new(run->snapshot, run->store,
					 run->datadir, run->finality);
	return true;
}

/* What the operator refuses for the sake of those who may have to leave. */
static bool read_policy(struct run *run, struct admission_policy *policy,
			struct error *error)
{
	const struct config *config = run->command->config;
	struct u256 dust;
	uint64_t percent;

	if (!number(run, &run->exitability.gas_per_exit, "exit_gas", 1,
		    100000000, error) ||
	    !number(run, &run->exitability.gas_per_eth_block, "eth_block_gas",
		    1, 100000000000, error) ||
	    !number(run, &run->exitability.eth_block_seconds,
		    "eth_block_seconds", 1, 3600, error) ||
	    !number(run, &policy->most_outputs, "most_outputs", 0, UINT64_MAX,
		    error) ||
	    !number(run, &percent, "exitability_percent", 0, 100000, error) ||
	    !config_wei(&dust, config, "operator", "dust", error))
		return false;
	policy->least_ether = amount_from_u256(dust);
	policy->operator_account = run->network->authority;
	if (percent != 0) {
		uint64_t most = exitability_outputs(
			&run->exitability, run->network->min_exit_period,
			percent);

		if (policy->most_outputs == 0 || policy->most_outputs > most)
			policy->most_outputs = most;
	}
	return true;
}

static bool load_state(struct run *run, struct error *error)
{
	struct operator_settings settings = { .next_blknum = 0 };
	struct recovery_source source = {
		run->datadir,  run->network->plasma_framework,
		run->accepted, run->bodies,
		run->store,
	};
	struct recovery_counts counts;
	struct position broken;
	uint64_t block_payments;
	uint64_t queue_limit;

	if (!number(run, &settings.interval_ms, "block_interval_ms", 1,
		    86400000, error) ||
	    !number(run, &block_payments, "block_payments", 1, 65535, error) ||
	    !number(run, &queue_limit, "queue_limit", 1, 10000000, error))
		return false;
	if (!read_policy(run, &settings.policy, error))
		return false;
	settings.block_payments = (uint32_t)block_payments;
	settings.queue_limit = (size_t)queue_limit;
	random_fill(settings.seed, sizeof(settings.seed));
	if (!recovery_store_load(&run->state, &counts, &settings, &source,
				 error))
		return false;
	if (operator_state_is_broken(run->state, &broken))
		run->broken_deposit = position_blknum(broken);
	log_event(LOG_INFO, "state loaded",
		  log_number("checkpoint", counts.checkpoint_blknum),
		  log_number("blocks_replayed", counts.blocks_replayed),
		  log_number("payments_waiting", counts.payments_waiting),
		  log_number("payments_dropped", counts.payments_dropped),
		  log_number("bytes_cut", counts.bytes_cut));
	return true;
}

/* Puts the fee file in force; `max_factor` 0 takes any change. */
static bool change_fees(struct run *run, uint64_t max_factor,
			struct error *error)
{
	const char *path =
		config_text(run->command->config, "operator", "fees");
	struct fee_row *rows;
	size_t count;

	if (path == NULL)
		return error_set(error, ERROR_CONFIG,
				 "[operator] fees: no fee file is set, so that "
				 "nothing but merges is accepted");
	if (!fee_file_read_new(&rows, &count, path, run->network, error))
		return false;
	bool ok = fee_schedule_change(run->fees, rows, count, max_factor,
				      clock_monotonic_ms(), error);
	memory_free(rows);
	if (ok)
		operator_status_put_fees(run->status, run->fees, run->network,
					 clock_wall());
	return ok;
}

struct fee_change {
	struct run *run;
	bool reload;
	bool ok;
	struct error error;
};

/* On the deciding thread, which reads the table. */
static void visit_fees(UNUSED struct operator_state *state, void *context)
{
	struct fee_change *change = context;

	if (change->reload)
		change->ok =
			change_fees(change->run, change->run->fee_max_factor,
				    &change->error);
	else
		fee_schedule_expire(change->run->fees, clock_monotonic_ms());
}

static void reload_fees(struct run *run)
{
	struct fee_change change = { .run = run, .reload = true };

	operator_loop_visit(run->loop, visit_fees, &change);
	if (change.ok)
		log_event(LOG_INFO, "fees changed",
			  log_number(
				  "tokens",
				  fee_schedule_table_borrow(run->fees)->count));
	else
		log_event(LOG_WARNING, "the fees stay as they are",
			  log_text("reason", change.error.message));
}

static bool start_deciding(struct run *run, struct error *error)
{
	struct operator_event event = { .kind = OPERATOR_EVENT_FEES };
	struct position broken;

	run->status = operator_status_new();
	run->fees = fee_schedule_new();
	if (!number(run, &run->fee_max_factor, "fee_max_factor", 1, UINT64_MAX,
		    error) ||
	    !change_fees(run, 0, error))
		return false;
	if (!operator_loop_start(&run->loop, run->state, run->accepted, error))
		return false;
	run->state = NULL;
	event.as.fees = fee_schedule_table_borrow(run->fees);
	return operator_loop_apply(run->loop, &broken, &event, 1) ||
	       error_set(error, ERROR_SOFTWARE, "fees broke a block");
}

static bool fill_commit_parts(struct run *run, struct commit_loop_parts *parts,
			      struct error *error)
{
	const struct config *config = run->command->config;
	const char *claimer = config_text(config, "operator", "fee_claimer");

	parts->fee_claimer = run->network->authority;
	if (claimer != NULL &&
	    !address_parse(&parts->fee_claimer, claimer, strlen(claimer)))
		return config_fail(error, config, "operator", "fee_claimer",
				   "not an account");
	if (!number(run, &parts->poll_ms, "poll_ms", 1, 60000, error) ||
	    !number(run, &parts->snapshot_max_age, "snapshot_max_age", 1, 86400,
		    error) ||
	    !number(run, &parts->blocks_in_flight, "blocks_in_flight", 1, 1000,
		    error) ||
	    !number(run, &parts->checkpoint_blocks, "checkpoint_blocks", 1,
		    1000000, error))
		return false;
	return config_bool(&parts->mirror_before_send, config, "operator",
			   "mirror_before_send", error);
}

static bool make_sender(struct run *run, struct error *error)
{
	struct root_sender_parts parts = {
		.store = run->store,
		.rpc = run->rpc,
		.status = run->status,
		.signer = &run->signer,
		.chain_id = run->network->chain_id,
		.framework = run->network->plasma_framework,
		.first_nonce = run->network->first_nonce,
	};
	uint64_t max_fee;
	uint64_t tip;

	if (!number(run, &max_fee, "max_fee_gwei", 1, 1000000000, error) ||
	    !number(run, &tip, "max_priority_fee_gwei", 0, 1000000000, error) ||
	    !config_wei(&parts.daily_cap_wei, run->command->config, "operator",
			"daily_cap", error))
		return false;
	parts.max_fee_wei = u256_of(max_fee * GWEI);
	parts.tip_wei = u256_of(tip * GWEI);
	return root_sender_new(&run->sender, &parts, error);
}

static bool start_mirrors(struct run *run, struct error *error)
{
	const struct config *config = run->command->config;
	const char *target;

	run->mirrors = memory_new(MAX_MIRRORS, sizeof(*run->mirrors));
	while ((target = config_text_at(config, "operator", "mirror",
					run->mirror_count)) != NULL) {
		if (run->mirror_count == MAX_MIRRORS)
			return config_fail(error, config, "operator", "mirror",
					   "too many mirrors");
		if (!mirror_loop_start(&run->mirrors[run->mirror_count], target,
				       run->datadir, run->status, run->loop,
				       error))
			return false;
		run->mirror_count++;
	}
	return true;
}

static bool start_committing(struct run *run, struct error *error)
{
	const struct config *config = run->command->config;
	struct commit_loop_parts parts = {
		.loop = run->loop,
		.store = run->store,
		.bodies = run->bodies,
		.reader = run->root_store,
		.status = run->status,
		.watcher_url = config_text(config, "operator", "watcher"),
		.signer = &run->signer,
		.framework = run->network->plasma_framework,
		.exit_period = run->network->min_exit_period,
		.exitability = run->exitability,
		.broken_deposit = run->broken_deposit,
	};
	const char *url;

	if (!config_needed(&url, config, "root_chain", "rpc", error) ||
	    !fill_commit_parts(run, &parts, error))
		return false;
	run->rpc = root_chain_rpc_new(url, HTTP_LIMITS_USUAL, RPC_CEILING);
	parts.rpc = run->rpc;
	if (!network_check_ask(run->rpc, run->network, error) ||
	    !make_sender(run, error) || !start_mirrors(run, error))
		return false;
	struct operator_network network = { run->network->chain_id,
					    run->network->plasma_framework,
					    run->network->first_nonce };
	if (!checkpoint_loop_start(&run->checkpoints, run->datadir, &network,
				   error))
		return false;
	parts.checkpoints = run->checkpoints;
	parts.sender = run->sender;
	parts.mirrors = run->mirrors;
	parts.mirror_count = run->mirror_count;
	return commit_loop_start(&run->commit, &parts, error);
}

/* Who can read the file may ask for what is for who runs the operator. */
static bool make_control_key(uint8_t key[OPERATOR_CONTROL_KEY_SIZE],
			     const char *datadir, struct error *error)
{
	char text[2 * OPERATOR_CONTROL_KEY_SIZE + 1];

	random_fill(key, OPERATOR_CONTROL_KEY_SIZE);
	hex_encode_bare(text, bytes_view(key, OPERATOR_CONTROL_KEY_SIZE));
	return atomic_file_write(datadir, OPERATOR_CONTROL_KEY_FILE,
				 bytes_of_string(text), 0600, error);
}

static bool start_serving(struct run *run, struct error *error)
{
	struct operator_api_parts parts = {
		.loop = run->loop,
		.bodies = run->bodies,
		.reader = run->reader,
		.status = run->status,
		.domain = eip712_domain_separator(
			&run->network->plasma_framework),
		.framework = run->network->plasma_framework,
		.exit_period = run->network->min_exit_period,
		.deposit_margin = run->finality.confirmations,
		.commit = run->commit,
	};
	char port[16];

	if (!number(run, &parts.requests_per_second, "requests_per_second", 0,
		    1000000, error) ||
	    !number(run, &parts.wasted_per_second, "refused_per_second", 0,
		    1000000, error))
		return false;
	if (!make_control_key(parts.control_key, run->datadir, error))
		return false;
	random_fill(parts.seed, sizeof(parts.seed));
	run->api = operator_api_new(&parts);
	if (!http_server_start(
		    &run->server,
		    config_text(run->command->config, "operator", "listen"),
		    operator_api_service(run->api), HTTP_SERVER_LIMITS_USUAL,
		    error))
		return false;
	(void)snprintf(port, sizeof(port), "%u\n",
		       (unsigned int)http_server_port(run->server)); /* fits */
	return atomic_file_write(run->datadir, "port", bytes_of_string(port),
				 0644, error);
}

static void form_now(struct run *run)
{
	struct operator_event event = { .kind = OPERATOR_EVENT_FORM_NOW };
	struct position broken;

	if (!operator_loop_apply(run->loop, &broken, &event, 1))
		log_event(LOG_ERROR, "forming a block broke another");
}

static void serve(struct run *run)
{
	char status[64];

	(void)snprintf(status, sizeof(status), "READY=1\nSTATUS=port %u",
		       (unsigned int)http_server_port(run->server)); /* fits */
	process_notify(status);
	log_event(LOG_INFO, "ready",
		  log_number("port", http_server_port(run->server)));
	for (;;) {
		struct fee_change expiry = { .run = run };

		switch (process_wait(TICK_MS)) {
		case PROCESS_SIGNAL_NONE:
			operator_loop_visit(run->loop, visit_fees, &expiry);
			process_notify("WATCHDOG=1");
			break;
		case PROCESS_SIGNAL_STOP:
			process_notify("STOPPING=1");
			return;
		case PROCESS_SIGNAL_RELOAD:
			reload_fees(run);
			break;
		case PROCESS_SIGNAL_WAKE:
			form_now(run);
			break;
		}
	}
}

/* After everything has stopped: the next start replays nothing. */
static void leave_checkpoint(struct run *run)
{
	struct error error;
	uint64_t credited;

	if (!operator_store_deposits_credited(run->store, &credited, &error) ||
	    !recovery_store_checkpoint(run->state, run->datadir,
				       &run->network->plasma_framework,
				       credited, &error))
		log_event(LOG_WARNING, "no checkpoint was written",
			  log_text("reason", error.message));
}

static void stop(struct run *run)
{
	if (run->loop != NULL)
		operator_loop_refuse(run->loop);
	if (run->commit != NULL)
		commit_loop_refuse(run->commit);
	if (run->server != NULL)
		http_server_stop(run->server);
	if (run->commit != NULL)
		commit_loop_stop(run->commit);
	for (size_t i = 0; i < run->mirror_count; i++)
		mirror_loop_stop(run->mirrors[i]);
	memory_free(run->mirrors);
	checkpoint_loop_stop(run->checkpoints);
	root_sender_free(run->sender);
	if (run->loop != NULL) {
		run->state = operator_loop_stop(run->loop);
		leave_checkpoint(run);
	}
	operator_api_free(run->api);
	operator_state_free(run->state);
	fee_schedule_free(run->fees);
	operator_status_free(run->status);
	root_chain_rpc_free(run->rpc);
	root_store_free(run->root_store);
	if (run->snapshot != NULL)
		snapshot_reader_close(run->snapshot);
	body_store_close(run->bodies);
	accepted_store_close(run->accepted);
	operator_store_close(run->reader);
	operator_store_close(run->store);
	secret_wipe(&run->secret);
	if (run->has_lock)
		process_lock_release(&run->lock);
	network_free(run->network);
}

bool cmd_run(const struct command *command, struct error *error)
{
	struct run run = { .command = command };
	bool ok = read_identity(&run, error) && open_stores(&run, error) &&
		  open_snapshot(&run, error) && load_state(&run, error) &&
		  start_deciding(&run, error) &&
		  start_committing(&run, error) && start_serving(&run, error);

	if (ok)
		serve(&run);
	stop(&run);
	return ok;
}

bool cmd_init(const struct command *command, struct error *error)
{
	struct run run = { .command = command };
	const char *path;

	bool ok = config_needed(&path, command->config, "operator", "network",
				error) &&
		  network_read_new(&run.network, path, error) &&
		  open_stores(&run, error);
	if (ok)
		printf("%s is ready for %s\n", run.datadir, run.network->name);
	stop(&run);
	return ok;
}
