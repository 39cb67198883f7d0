/* SPDX-License-Identifier: MIT */
#include "watcher/watcher_settings.h"

#include <stddef.h>

static const struct command_row commands[] = {
	{ "run", NULL, 0, "watch the chain and act" },
	{ "check", NULL, 0, "one pass, one line, an exit code for monitoring" },
	{ "status", NULL, 0, "what the last pass found" },
	{ "latch show", NULL, 0, "why the chain is halted" },
	{ "latch clear", NULL, 0, "end the halt; wants a reason" },
	{ "config show", NULL, 0, "print the configuration in force" },
	{ NULL, NULL, 0, NULL },
};

static const struct option_row options[] = {
	{ "config", "FILE", NULL, false, "read this configuration" },
	{ "datadir", "DIR", NULL, false, "keep everything in this directory" },
	{ "network", "FILE", NULL, false, "the network file" },
	{ "snapshot", "FILE", NULL, false,
	  "a snapshot of the root chain that somebody else keeps" },
	{ "root-rpc", "URL", NULL, true, "endpoint of a root-chain node" },
	{ "source", "URL|DIR", NULL, true, "where bodies of blocks are" },
	{ "owner", "ADDRESS", NULL, true, "look after coins of this account" },
	{ "keystore", "FILE", NULL, true, "encrypted key of an account" },
	{ "password-file", "FILE", NULL, false,
	  "file whose first line is the password of the keystores" },
	{ "listen", "ADDRESS:PORT", NULL, false, "where to serve HTTP" },
	{ "act", "do|print", NULL, false,
	  "send what has to be sent, or print it ready to be signed" },
	{ "cron", NULL, "check", false, "say nothing when all is well" },
	{ "reason", "TEXT", NULL, false, "why latch clear may end the halt" },
	{ "json", NULL, NULL, false, "print one JSON object" },
	{ NULL, NULL, NULL, false, NULL },
};

const struct option_table watcher_options = {
	"plasma-watcher",
	"verify a Plasma child chain and leave it in time",
	commands,
	options,
};

const struct config_row watcher_config_rows[] = {
	{ "watcher", "datadir", "datadir", "/var/lib/plasma-watcher", false },
	{ "watcher", "network", "network", NULL, false },
	{ "watcher", "snapshot", "snapshot", NULL, false },
	{ "watcher", "source", "source", NULL, true },
	{ "watcher", "keystore", "keystore", NULL, true },
	{ "watcher", "password_file", "password-file", NULL, false },
	{ "watcher", "listen", "listen", "127.0.0.1:7434", false },
	{ "watcher", "act", "act", NULL, false },
	{ "watcher", "poll_ms", NULL, "1000", false },
	{ "watcher", "interval", NULL, "600", false },
	{ "watcher", "check_seconds", NULL, "240", false },
	{ "watcher", "workers", NULL, "0", false },
	{ "watcher", "hook", NULL, NULL, false },
	{ "watcher", "ping_url", NULL, NULL, false },
	{ "watcher", "rootchain_program", NULL, NULL, false },
	{ "watcher", "confirmations", NULL, "64", false },
	{ "watcher", "snapshot_max_age", NULL, "600", false },
	{ "watcher", "responder", NULL, NULL, false },
	{ "policy", "withholding_grace", NULL, "0", false },
	{ "policy", "on_block_withholding", NULL, "do", false },
	{ "policy", "on_invalid_block", NULL, "do", false },
	{ "policy", "on_invalid_exit", NULL, "do", false },
	{ "policy", "on_non_canonical_ife", NULL, "do", false },
	{ "policy", "on_invalid_ife_challenge", NULL, "do", false },
	{ "policy", "on_invalid_piggyback", NULL, "do", false },
	{ "policy", "on_piggyback_available", NULL, "do", false },
	{ "policy", "on_halt", NULL, "do", false },
	{ "policy", "on_exit_ready", NULL, "do", false },
	{ "policy", "min_exit_value", NULL, "0wei", false },
	{ "policy", "max_fee_per_action", NULL, "0.5eth", false },
	{ "policy", "max_spend_per_day", NULL, "5eth", false },
	{ "policy", "max_bond", NULL, "1eth", false },
	{ "policy", "first_tip", NULL, "1gwei", false },
	{ "owner", "address", "owner", NULL, true },
	{ "owner", "signed", NULL, NULL, true },
	{ "root_chain", "rpc", "root-rpc", NULL, true },
	{ NULL, NULL, NULL, NULL, false },
};
