/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/keystore_file.h"
#include "watcher/cmd.h"
#include "watcher/reserve_store.h"
#include "watcher/watcher_store.h"

#define MOST_SOURCES 64
#define RPC_CEILING ((size_t)4 << 20)
#define SAID_CEILING ((size_t)64 << 10)

static size_t count_values(const struct config *config, const char *section,
			   const char *key)
{
	size_t count = 0;

	while (config_text_at(config, section, key, count) != NULL)
		count++;
	return count;
}

static char *join_new(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = memory_new(size, 1);

	(void)snprintf(path, size, "%s/%s", folder, name); /* it fits */
	return path;
}

/* ---- keys and owners ---- */

static bool read_keys(struct session *session, struct error *error)
{
	const struct config *config = session->command->config;
	size_t count = count_values(config, "watcher", "keystore");
	struct growing_buffer password;
	const char *file;

	session->secrets = memory_new(count + 1, sizeof(*session->secrets));
	session->signers = memory_new(count + 1, sizeof(*session->signers));
	if (count == 0)
		return true;
	if (!config_needed(&file, config, "watcher", "password_file", error))
		return false;
	growing_buffer_init(&password, 4096);
	bool ok = keystore_file_read_password(&password, file, error);
	for (size_t i = 0; ok && i < count; i++) {
		ok = keystore_file_read(
			&session->secrets[i],
			config_text_at(config, "watcher", "keystore", i),
			growing_buffer_view(&password), error);
		if (ok)
			session->signers[session->signer_count++] =
				signer_of_secret(&session->secrets[i]);
	}
	if (password.data != NULL)
		memset(password.data, 0, password.capacity);
	growing_buffer_clear(&password);
	return ok;
}

static const struct signer *find_signer(const struct session *session,
					const struct address *account)
{
	for (size_t i = 0; i < session->signer_count; i++) {
		if (address_equal(&session->signers[i].address, account))
			return &session->signers[i];
	}
	return NULL;
}

static bool read_owners(struct session *session, struct error *error)
{
	const struct config *config = session->command->config;
	size_t count = count_values(config, "owner", "address");
	size_t tables = count_values(config, "owner", "signed");

	if (tables > 1 && tables != count)
		return error_set(
			error, ERROR_CONFIG,
			"[owner] signed: %zu tables for %zu owners; "
			"give one for all, or one for each in the same "
			"order",
			tables, count);
	session->owners = memory_new(count + 1, sizeof(*session->owners));
	for (size_t i = 0; i < count; i++) {
		struct watched_owner *owner = &session->owners[i];
		const char *text =
			config_text_at(config, "owner", "address", i);

		if (!address_parse(&owner->address, text, strlen(text)))
			return error_set(
				error, ERROR_CONFIG,
				"[owner] address = %s: not an account, or its "
				"checksum is wrong",
				text);
		owner->signer = find_signer(session, &owner->address);
		owner->signed_path = config_text_at(config, "owner", "signed",
						    tables == 1 ? 0 : i);
		session->owner_count++;
	}
	return true;
}

/* ---- places ---- */

static void read_urls(struct session *session)
{
	const struct config *config = session->command->config;

	session->url_count = count_values(config, "root_chain", "rpc");
	session->urls =
		memory_new(session->url_count + 1, sizeof(*session->urls));
	for (size_t i = 0; i < session->url_count; i++)
		session->urls[i] =
			config_text_at(config, "root_chain", "rpc", i);
}

/* The configured sources, and the operator that the network file names; a
 * recording has the configured ones alone. */
static void open_sources(struct session *session)
{
	const struct config *config = session->command->config;
	const char *sources[MOST_SOURCES + 1];
	const char *operator_url = session->network->operator_url;
	bool is_listed = session->recording != NULL || operator_url[0] == '\0';
	size_t count = 0;

	while (count < MOST_SOURCES) {
		const char *source =
			config_text_at(config, "watcher", "source", count);

		if (source == NULL)
			break;
		is_listed = is_listed || strcmp(source, operator_url) == 0;
		sources[count++] = source;
	}
	if (!is_listed)
		sources[count++] = operator_url;
	session->fetch = block_fetch_new(sources, count, session->bodies);
	session->ahead = block_fetch_new(sources, count, session->bodies);
}

static void find_snapshot(struct session *session)
{
	const char *path =
		config_text(session->command->config, "watcher", "snapshot");

	session->follower_datadir = join_new(session->datadir, "rootchain");
	session->snapshot_path =
		path != NULL
			? memory_copy_string(path, strlen(path))
			: join_new(session->follower_datadir, "rootchain.db");
}

/* Nobody is asked, nothing is kept and nothing is signed. */
static bool read_recording(struct session *session, struct error *error)
{
	const struct session_recording *recording = session->recording;

	session->datadir = recording->datadir;
	session->snapshot_path = memory_copy_string(
		recording->snapshot_path, strlen(recording->snapshot_path));
	session->urls = memory_new(1, sizeof(*session->urls));
	return read_owners(session, error);
}

static bool read_place(struct session *session, bool acts, struct error *error)
{
	static const char *const words[] = { "print", "do", NULL };
	const struct config *config = session->command->config;
	size_t word = acts ? 1 : 0;

	session->datadir = config_text(config, "watcher", "datadir");
	if (config_text(config, "watcher", "act") != NULL &&
	    !config_word(&word, config, "watcher", "act", words, error))
		return false;
	session->acts = word == 1;
	if (!config_number(&session->reserve_bytes, config, "watcher",
			   "reserve_mib", 0, 65536, error))
		return false;
	session->reserve_bytes <<= 20;
	read_urls(session);
	find_snapshot(session);
	return read_keys(session, error) && read_owners(session, error);
}

static bool read_settings(struct session *session, bool acts,
			  struct error *error)
{
	const struct config *config = session->command->config;

	return config_needed(&session->network_path, config, "watcher",
			     "network", error) &&
	       network_read_new(&session->network, session->network_path,
				error) &&
	       config_number(&session->memory_mib, config, "watcher",
			     "memory_mib", WATCHER_STORE_LEAST_MEMORY, 65536,
			     error) &&
	       (session->recording != NULL ? read_recording(session, error)
					   : read_place(session, acts, error));
}

static bool watch_owners(struct session *session, struct error *error)
{
	struct address *owners =
		memory_new(session->owner_count + 1, sizeof(*owners));

	for (size_t i = 0; i < session->owner_count; i++)
		owners[i] = session->owners[i].address;
	bool ok = database_begin(session->database, error) &&
		  watcher_store_watch(session->database, owners,
				      session->owner_count, error) &&
		  database_commit(session->database, error);
	if (!ok && session->database != NULL)
		database_rollback(session->database);
	memory_free(owners);
	return ok;
}

static bool open_stores(struct session *session, struct error *error)
{
	struct watcher_network network = { session->network->chain_id,
					   session->network->plasma_framework };

	bool has_reserve;

	/* Even a lock needs room. */
	if (!reserve_store_tend(&has_reserve, session->datadir,
				session->reserve_bytes, error))
		return false;
	if (!process_lock_take(&session->lock, session->datadir, error))
		return false;
	session->has_lock = true;
	return watcher_store_open(&session->database, session->datadir,
				  &network, error) &&
	       watcher_store_set_memory(session->database, session->memory_mib,
					error) &&
	       watch_owners(session, error) &&
	       body_store_open(&session->bodies, session->datadir,
			       WATCHER_STORE_BODIES, error);
}

static bool fill_numbers(struct watcher_loop_parts *parts,
			 const struct config *config, uint64_t *workers,
			 struct error *error)
{
	return config_number(workers, config, "watcher", "workers", 0, 1024,
			     error) &&
	       config_number(&parts->confirmations, config, "watcher",
			     "confirmations", 1, 100000, error) &&
	       config_number(&parts->snapshot_max_age, config, "watcher",
			     "snapshot_max_age", 1, 86400, error) &&
	       config_number(&parts->withholding_grace, config, "policy",
			     "withholding_grace", 0, 864000, error);
}

const char *cmd_session_operator(const struct session *session)
{
	const struct config *config = session->command->config;
	const char *source;

	if (session->network->operator_url[0] != '\0')
		return session->network->operator_url;
	for (size_t i = 0;
	     (source = config_text_at(config, "watcher", "source", i)) != NULL;
	     i++) {
		if (strncmp(source, "http://", 7) == 0 ||
		    strncmp(source, "https://", 8) == 0)
			return source;
	}
	return NULL;
}

/* What a pass does beside judging, which a recording has no use for. */
static void leave_out_the_world(struct watcher_loop_parts *parts)
{
	parts->is_recorded = true;
	parts->follower.is_ours = false;
	parts->operator_url = NULL;
	parts->hook = NULL;
	parts->ping_url = NULL;
}

static bool open_loop(struct session *session, struct error *error)
{
	const struct config *config = session->command->config;
	bool is_cron = options_has(session->command->options, "cron");
	uint64_t workers;
	struct watcher_loop_parts parts = {
		.network = session->network,
		.datadir = session->datadir,
		.snapshot_path = session->snapshot_path,
		.reserve_bytes = session->reserve_bytes,
		.follower = { config_text(config, "watcher", "snapshot") ==
				      NULL,
			      config_text(config, "watcher",
					  "rootchain_program"),
			      session->network_path, session->follower_datadir,
			      session->urls,
			      is_cron ? &session->follower_said : NULL },
		.database = session->database,
		.bodies = session->bodies,
		.owners = session->owners,
		.owner_count = session->owner_count,
		.operator_url = cmd_session_operator(session),
		.hook = config_text(config, "watcher", "hook"),
		.ping_url = config_text(config, "watcher", "ping_url"),
		.signers = session->signers,
		.signer_count = session->signer_count,
	};

	if (!fill_numbers(&parts, config, &workers, error) ||
	    !cmd_read_policy(&parts, config, session->acts, error))
		return false;
	if (session->recording != NULL)
		leave_out_the_world(&parts);
	open_sources(session);
	if (session->url_count > 0)
		session->rpc = root_chain_rpc_new(
			session->urls[0], HTTP_LIMITS_USUAL, RPC_CEILING);
	for (size_t i = 1; i < session->url_count; i++)
		root_chain_rpc_also(session->rpc, session->urls[i]);
	parts.rpc = session->rpc;
	session->workers = workers_new((size_t)workers);
	parts.fetch = session->fetch;
	parts.ahead = session->ahead;
	parts.workers = session->workers;
	if (session->leave != NULL) {
		parts.leave_all = session->leave->all;
		parts.leave = session->leave->positions;
		parts.leave_count = session->leave->count;
	}
	session->loop = watcher_loop_new(&parts);
	return true;
}

static bool open_session(struct session *session, const struct command *command,
			 bool acts, struct error *error)
{
	session->command = command;
	growing_buffer_init(&session->follower_said, SAID_CEILING);
	return read_settings(session, acts, error) &&
	       open_stores(session, error) && open_loop(session, error) &&
	       cmd_look_at_accounts(session, error);
}

bool cmd_session_open(struct session *session, const struct command *command,
		      bool acts, struct error *error)
{
	memset(session, 0, sizeof(*session));
	return open_session(session, command, acts, error);
}

bool cmd_session_open_to_leave(struct session *session,
			       const struct command *command,
			       const struct session_leave *leave,
			       struct error *error)
{
	memset(session, 0, sizeof(*session));
	session->leave = leave;
	return open_session(session, command, true, error);
}

bool cmd_session_open_recording(struct session *session,
				const struct command *command,
				const struct session_recording *recording,
				struct error *error)
{
	memset(session, 0, sizeof(*session));
	session->recording = recording;
	return open_session(session, command, false, error);
}

void cmd_session_close(struct session *session)
{
	watcher_loop_free(session->loop);
	root_chain_rpc_free(session->rpc);
	if (session->workers != NULL)
		workers_free(session->workers);
	block_fetch_free(session->ahead);
	block_fetch_free(session->fetch);
	body_store_close(session->bodies);
	database_close(session->database);
	if (session->has_lock)
		process_lock_release(&session->lock);
	for (size_t i = 0; i < session->signer_count; i++)
		secret_wipe(&session->secrets[i]);
	memory_free(session->secrets);
	memory_free(session->signers);
	memory_free(session->owners);
	memory_free(session->urls);
	memory_free(session->snapshot_path);
	memory_free(session->follower_datadir);
	growing_buffer_clear(&session->follower_said);
	network_free(session->network);
}
