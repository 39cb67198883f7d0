/* SPDX-License-Identifier: MIT */
#include "watcher/cmd_reading.h"

#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/codec/eip712.h"
#include "common/keys/address.h"
#include "watcher/event_store.h"
#include "watcher/price_store.h"
#include "watcher/watcher_store.h"

static bool read_owners(struct reading *reading, const struct config *config,
			struct error *error)
{
	bool has_one_table =
		config_text_at(config, "owner", "signed", 1) == NULL;
	size_t count = 0;

	while (config_text_at(config, "owner", "address", count) != NULL)
		count++;
	reading->owners = memory_new(count + 1, sizeof(*reading->owners));
	reading->accounts = memory_new(count + 1, sizeof(*reading->accounts));
	for (size_t i = 0; i < count; i++) {
		const char *text =
			config_text_at(config, "owner", "address", i);

		if (!address_parse(&reading->owners[i].address, text,
				   strlen(text)))
			return error_set(
				error, ERROR_CONFIG,
				"[owner] address = %s: not an account, or its "
				"checksum is wrong",
				text);
		reading->owners[i].signed_path = config_text_at(
			config, "owner", "signed", has_one_table ? 0 : i);
		reading->accounts[i] = reading->owners[i].address;
	}
	reading->facts.owners = reading->owners;
	reading->facts.owner_count = count;
	return true;
}

static bool open_snapshot(struct reading *reading, const struct config *config,
			  const char *datadir, struct error *error)
{
	const char *path = config_text(config, "watcher", "snapshot");
	char own[512];

	(void)snprintf(own, sizeof(own), "%s/rootchain/rootchain.db",
		       datadir); /* a path that is cut does not open */
	if (!snapshot_reader_open(&reading->snapshot, path != NULL ? path : own,
				  reading->network, error) ||
	    !snapshot_reader_begin(reading->snapshot, &reading->facts.head,
				   error))
		return false;
	reading->in_pass = true;
	reading->facts.snapshot = reading->snapshot;
	reading->facts.now = reading->facts.head.time;
	return snapshot_reader_state(reading->snapshot, &reading->facts.state,
				     error);
}

static bool fill_facts(struct reading *reading, struct error *error)
{
	struct watched_block applied;
	bool found;

	reading->facts.network = reading->network;
	reading->facts.domain =
		eip712_domain_separator(&reading->network->plasma_framework);
	if (!event_store_latch(reading->database, &reading->facts.latch,
			       error) ||
	    !watcher_store_newest_applied(reading->database, &found, &applied,
					  error))
		return false;
	reading->facts.applied_block = found ? applied.blknum : 0;
	return true;
}

static void fill_turn(struct reading *reading)
{
	struct exit_turn *turn = &reading->turn;
	const struct pass_facts *facts = &reading->facts;

	turn->database = reading->database;
	turn->bodies = reading->bodies;
	turn->policy = &reading->policy;
	turn->facts = facts;
	turn->sources.database = reading->database;
	turn->sources.bodies = reading->bodies;
	turn->sources.domain = facts->domain;
	turn->bonds.standard_exit_wei = facts->state.standard_exit_bond_wei;
	turn->bonds.in_flight_exit_wei = facts->state.ife_bond_wei;
	turn->bonds.piggyback_wei = facts->state.piggyback_bond_wei;
	turn->world.now = facts->now.seconds;
	turn->world.exit_period = reading->network->min_exit_period;
	turn->world.has_extensions = (facts->state.extensions & 1) != 0;
	turn->world.owners = reading->accounts;
	turn->world.owner_count = facts->owner_count;
	turn->world.accounts = reading->accounts;
	turn->world.account_count = facts->owner_count;
	turn->arena = &reading->arena;
	turn->report = &reading->report;
}

bool cmd_reading_open(struct reading *reading, const struct command *command,
		      struct error *error)
{
	const struct config *config = command->config;
	const char *datadir = config_text(config, "watcher", "datadir");
	const char *network;

	memset(reading, 0, sizeof(*reading));
	arena_init(&reading->arena, EXIT_TURN_ARENA);
	if (!config_needed(&network, config, "watcher", "network", error) ||
	    !network_read_new(&reading->network, network, error) ||
	    !read_owners(reading, config, error) ||
	    !watcher_store_open_reader(&reading->database, datadir, error) ||
	    !database_begin(reading->database, error) ||
	    !body_store_open(&reading->bodies, datadir, WATCHER_STORE_BODIES,
			     error) ||
	    !open_snapshot(reading, config, datadir, error) ||
	    !fill_facts(reading, error))
		return false;
	fill_turn(reading);
	return true;
}

void cmd_reading_close(struct reading *reading)
{
	if (reading->in_pass)
		snapshot_reader_end(reading->snapshot);
	if (reading->snapshot != NULL)
		snapshot_reader_close(reading->snapshot);
	if (reading->bodies != NULL)
		body_store_close(reading->bodies);
	if (reading->database != NULL)
		database_rollback(reading->database);
	database_close(reading->database);
	network_free(reading->network);
	memory_free(reading->owners);
	memory_free(reading->accounts);
	arena_clear(&reading->arena);
}

bool cmd_reading_prices(struct reading *reading,
			struct mass_exit_prices *prices, struct error *error)
{
	bool found;

	return price_store_read(&reading->turn, &found, prices, error) &&
	       (found || error_set(error, ERROR_BAD_INPUT,
				   "the snapshot has no header of its head"));
}
