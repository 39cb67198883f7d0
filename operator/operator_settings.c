/* SPDX-License-Identifier: MIT */
#include "operator/operator_settings.h"

#include <stddef.h>

static const struct command_row commands[] = {
	{ "run", NULL, 0, "operate the chain" },
	{ "init", NULL, 0, "make the data directory" },
	{ "deploy", NULL, 0, "deploy the contracts, write the network file" },
	{ "status", NULL, 0, "ask the running operator how it is" },
	{ "block list", NULL, 0, "list the committed blocks" },
	{ "block show", "NUMBER", 1, "show one block" },
	{ "block verify", "[NUMBER]", 1, "check bodies against their roots" },
	{ "config show", NULL, 0, "print the configuration in force" },
	{ NULL, NULL, 0, NULL },
};

static const struct option_row options[] = {
	{ "config", "FILE", NULL, false, "read this configuration" },
	{ "datadir", "DIR", NULL, false, "keep everything in this directory" },
	{ "network", "FILE", NULL, false, "the network file" },
	{ "snapshot", "FILE", NULL, false, "the snapshot of the root chain" },
	{ "root-rpc", "URL", NULL, false, "endpoint of a root-chain node" },
	{ "keystore", "FILE", NULL, false,
	  "encrypted key of the authority, or of the deployer" },
	{ "password-file", "FILE", NULL, false,
	  "file whose first line is the password of the keystore" },
	{ "listen", "ADDRESS:PORT", NULL, false, "where to serve HTTP" },
	{ "fees", "FILE", NULL, false, "the fee file" },
	{ "exit-period", "SECONDS", "deploy", false, "600 to 134217728" },
	{ "out", "FILE", "deploy", false, "where to write the network file" },
	{ "name", "NAME", "deploy", false, "name of the network" },
	{ "authority", "ADDRESS", "deploy", false,
	  "the account that will commit blocks" },
	{ "maintainer", "ADDRESS", "deploy", false,
	  "the account that will own the framework" },
	{ "token", "ADDRESS=MINIMUM", "deploy", true,
	  "admit a token with this smallest deposit" },
	{ "contracts", "DIR", "deploy", false, "the compiled contracts" },
	{ "json", NULL, NULL, false, "print one JSON object" },
	{ NULL, NULL, NULL, false, NULL },
};

const struct option_table operator_options = {
	"plasma-operator",
	"operate a Plasma child chain",
	commands,
	options,
};

const struct config_row operator_config_rows[] = {
	{ "operator", "datadir", "datadir", "/var/lib/plasma-operator", false },
	{ "operator", "network", "network", NULL, false },
	{ "operator", "snapshot", "snapshot",
	  "/var/lib/plasma-rootchain/rootchain.db", false },
	{ "operator", "keystore", "keystore", NULL, false },
	{ "operator", "password_file", "password-file", NULL, false },
	{ "operator", "listen", "listen", "127.0.0.1:9656", false },
	{ "operator", "fees", "fees", NULL, false },
	{ "operator", "fee_claimer", NULL, NULL, false },
	{ "operator", "block_interval_ms", NULL, "15000", false },
	{ "operator", "block_payments", NULL, "65000", false },
	{ "operator", "queue_limit", NULL, "131072", false },
	{ "operator", "deposit_finality", NULL, "finalized", false },
	{ "operator", "poll_ms", NULL, "1000", false },
	{ "operator", "snapshot_max_age", NULL, "600", false },
	{ "operator", "watcher", NULL, NULL, false },
	{ "operator", "max_fee_gwei", NULL, "500", false },
	{ "operator", "max_priority_fee_gwei", NULL, "1", false },
	{ "operator", "blocks_in_flight", NULL, "8", false },
	{ "operator", "checkpoint_blocks", NULL, "1000", false },
	{ "root_chain", "rpc", "root-rpc", NULL, false },
	{ NULL, NULL, NULL, NULL, false },
};
