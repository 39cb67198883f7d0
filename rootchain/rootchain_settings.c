/* SPDX-License-Identifier: MIT */
#include "rootchain/rootchain_settings.h"

#include <stddef.h>

static const struct command_row commands[] = {
	{ "follow", NULL, 0, "follow the root chain and keep the snapshot" },
	{ "status", NULL, 0, "say how far the snapshot is" },
	{ "snapshot", "FILE", 1, "write a portable snapshot" },
	{ "verify", "[FILE]", 1, "prove a snapshot from its headers on" },
	{ "import", "FILE", 1, "begin with somebody's snapshot, verified" },
	{ "digest", "[FILE]", 1, "print the digest of a snapshot" },
	{ "doctor", NULL, 0, "look whether everything is as it should be" },
	{ "explain", "[ID]", 1, "what a warning means and what to do" },
	{ "config show", NULL, 0, "print the configuration in force" },
	{ NULL, NULL, 0, NULL },
};

static const struct option_row options[] = {
	{ "config", "FILE", NULL, false, "read this configuration" },
	{ "datadir", "DIR", NULL, false, "keep everything in this directory" },
	{ "network", "FILE", NULL, false, "the network file" },
	{ "root-rpc", "URL", NULL, true, "endpoint of a root-chain node" },
	{ "quorum", "NUMBER", NULL, false, "how many endpoints have to agree" },
	{ "proofs", "full|off", NULL, false,
	  "prove everything, or believe the endpoints" },
	{ "listen", "ADDRESS:PORT", "follow", false,
	  "where to serve health and metrics over HTTP" },
	{ "once", NULL, "follow", false, "end after the first good poll" },
	{ "force", NULL, "snapshot", false, "replace a file that is there" },
	{ "online", NULL, "verify", false, "ask the endpoints for the head" },
	{ "json", NULL, NULL, false, "print one JSON object" },
	{ NULL, NULL, NULL, false, NULL },
};

const struct option_table rootchain_options = {
	"plasma-rootchain",
	"follow the root chain and keep a snapshot of it",
	commands,
	options,
};

const struct config_row rootchain_config_rows[] = {
	{ "rootchain", "datadir", "datadir", "/var/lib/plasma-rootchain",
	  false },
	{ "rootchain", "network", "network", NULL, false },
	{ "rootchain", "rpc", "root-rpc", NULL, true },
	{ "rootchain", "quorum", "quorum", "0", false },
	{ "rootchain", "proofs", "proofs", "full", false },
	{ "rootchain", "listen", "listen", NULL, false },
	{ "rootchain", "poll_ms", NULL, "4000", false },
	{ "rootchain", "timeout_ms", NULL, "30000", false },
	{ "rootchain", "calls_per_request", NULL, "64", false },
	{ "rootchain", "requests_per_second", NULL, "0", false },
	{ "rootchain", "eth_blocks_per_range", NULL, "512", false },
	{ NULL, NULL, NULL, NULL, false },
};
